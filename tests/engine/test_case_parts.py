"""The parts of a case page: what each says of a case that was played, what it does not say to others, how often it asks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from engine import errors
from engine.results import Part
from storage.unit_of_work import UnitOfWork
from tests.support import office as offices
from tests.support.office import Office


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Office:
    return offices.opened(tmp_path, database_url)


def statements(monkeypatch: pytest.MonkeyPatch, page: Callable[[], object]) -> int:
    asked: list[str] = []
    with monkeypatch.context() as patch:
        for verb in ("execute", "run"):
            real = getattr(UnitOfWork, verb)
            patch.setattr(UnitOfWork, verb, lambda *given, real=real, verb=verb: asked.append(verb) or real(*given))
        page()
    return len(asked)


def test_the_parts_of_a_case_say_what_was_done(office):
    case_id = office.follow("a01_rujukan_kesehatan").case_id or ""
    manager, cases = office.actor("case_manager"), office.engine.cases

    head = cases.overview(manager, case_id).head
    assert head.stages is not None and head.stages.now == () and "Mereview hasil layanan" in " ".join(head.stages.done)
    (line,) = cases.services(manager, case_id).content.lines
    assert line.line.status == "fulfilled" and {each.record for each in line.records} >= {"referral", "handover", "provider_report"}
    plan = cases.plan(manager, case_id).content
    assert [each.version for each in plan.versions] == sorted((each.version for each in plan.versions), reverse=True)
    assert {each.lines[0].status for each in plan.versions} >= {"planned", "in_delivery", "fulfilled"}
    assert {each.record for each in cases.records(manager, case_id, Part.CONSENTS).content} >= {"consent"}
    whole = cases.get(manager, case_id)
    apart = {each.record for part in Part for each in cases.records(manager, case_id, part).content}
    assert apart == {each.record for each in whole.records}, "no record without a part"
    assert cases.timeline(manager, case_id).content.history == whole.history
    assert {each.state for each in cases.process(manager, case_id).content.steps} >= {"done"}


def test_a_stage_bar_says_what_is_now_and_next(office):
    case_id = office.start().case_id or ""
    stages = office.engine.cases.overview(office.actor("case_manager"), case_id).head.stages
    assert stages is not None and len(stages.now) == 1 and stages.now[0].startswith("Menyetujui seluruh Laporan Kasus")
    assert stages.next and stages.now[0] not in stages.next


def test_a_stage_bar_says_what_the_system_does_and_until_when_nobody_has_to_do_anything(office):
    started = office.follow("a01_rujukan_kesehatan", until="hand_over_referral")
    case_id, contact_at = started.case_id or "", office.clock.now() + timedelta(days=7)
    cases, manager = office.engine.cases, office.actor("case_manager")
    office.complete(office.actor("companion"), office.task(started, "hand_over_referral"), {
        "handed_at": office.clock.now(), "handed_by": "Pendamping", "received_by": "Petugas RSUD", "next_contact_at": contact_at})
    stages = cases.overview(manager, case_id).head.stages
    assert stages is not None and (stages.working, stages.awaited) == (("Menerbitkan Berita Acara Penyerahan",), ())
    office.scene.work()
    stages = cases.overview(manager, case_id).head.stages
    assert stages is not None and stages.working == ()
    (wait,) = stages.awaited
    assert (wait.name, wait.at) == ("Waktu kontak berikut", contact_at)
    assert any(name.startswith("Memantau kondisi") for name in stages.next), "what comes when it is over"
    office.clock.advance(wait.at - office.clock.now())
    office.scene.work()
    stages = cases.overview(manager, case_id).head.stages
    assert stages is not None and stages.awaited == () and any(name.startswith("Memantau kondisi") for name in stages.now)


def test_a_part_of_somebody_elses_case_is_not_there(office):
    case_id, other = office.start().case_id or "", office.start()
    cases = office.engine.cases
    for page in (cases.overview, cases.timeline, cases.plan, cases.services, cases.documents, cases.process):
        with pytest.raises(errors.NotFound):
            page(office.actor("companion", name="asing"), case_id)
        with pytest.raises(errors.NotFound):
            page(office.stranger(), case_id)
    with pytest.raises(errors.NotFound):
        cases.process(office.actor("case_manager"), case_id, other.instance_id)


def test_a_part_asks_the_database_as_often_however_long_the_case(office, monkeypatch):
    short, long = office.start().case_id or "", office.follow("a01_rujukan_kesehatan").case_id or ""
    cases, manager = office.engine.cases, office.actor("case_manager")
    for page, most in ((cases.overview, 26), (cases.timeline, 29), (cases.plan, 26), (cases.services, 26), (cases.documents, 26),
                       (cases.process, 26)):
        counts = [statements(monkeypatch, lambda page=page, of=of: page(manager, of)) for of in (short, long)]
        assert max(counts) <= most, (page.__name__, counts)


def test_a_copy_has_a_number_and_stands_in_the_log(office):
    case_id = office.start().case_id or ""
    first, second = (office.engine.cases.printed(office.actor(role), case_id).content for role in ("case_manager", "auditor"))
    assert (first.number, second.number) == (1, 2)
    assert {field.key for each in second.records for field in each.fields if field.masked} - {
        field.key for each in first.records for field in each.fields if field.masked}, "who sees less prints less"
    log = office.engine.audit.access_log(office.actor("head_of_unit"), case_id, 1).page.rows
    assert [(each.what, each.about) for each in log] == [("print", "copy:2"), ("print", "copy:1")]
    with pytest.raises(errors.NotFound):
        office.engine.cases.printed(office.actor("companion", name="asing"), case_id)


def test_a_case_leads_to_the_tasks_that_its_reader_may_open_and_to_no_other(office):
    case_id = office.start().case_id or ""
    opened = {}
    for role in ("case_manager", "head_of_unit", "data_staff", "auditor"):
        actor = office.actor(role)
        (task,) = office.engine.cases.overview(actor, case_id).content.open_tasks
        opened[role] = task.why is not None
        if opened[role]:
            assert office.engine.tasks.get(actor, task.id).summary.id == task.id
        else:
            with pytest.raises(errors.EngineError):
                office.engine.tasks.get(actor, task.id)
    assert opened == {"case_manager": True, "head_of_unit": True, "data_staff": False, "auditor": False}
