"""What people decide about a case outside its SOPs' steps: told in the timeline and beside the replay, proved by packs."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from engine import canonical, errors, replay
from engine.results import CaseAct, CompletionResult, ReplayVerdict
from engine.types import Actor
from storage.schema import history
from tests.support.office import Office

WHY = "Saudara kandung dari terlapor."


@pytest.fixture
def case(office: Office) -> CompletionResult:
    """A case with one act of each sort."""
    started = office.start()
    lead, sari, tono = office.hire("Kiki", "head_of_unit"), office.hire("Sari", "companion"), office.hire("Tono", "companion")
    office.engine.cases.assign_owner(lead, started.case_id, sari.account_id, note="")
    for act in (
        lambda: office.engine.cases.declare_conflict(lead, started.case_id, tono.account_id, reason=WHY),
        lambda: office.engine.cases.write_note(lead, started.case_id, kind="contact", sensitivity="C3", text="Rahasia."),
        lambda: office.engine.cases.suspend(lead, started.instance_id, reason="Menunggu putusan pengadilan."),
        lambda: office.engine.cases.resume(lead, started.instance_id, reason="Putusan sudah turun."),
    ):
        office.clock.advance(timedelta(minutes=1))
        act()
    return started


def acts(office: Office, actor: Actor, case: CompletionResult) -> tuple[CaseAct, ...]:
    found: tuple[CaseAct, ...] = office.engine.cases.timeline(actor, case.case_id).content.acts
    return found


def test_the_timeline_tells_them_as_far_as_the_reader_may_know(office: Office, case: CompletionResult) -> None:
    told = acts(office, office.actor("case_manager"), case)
    assert [(each.what, each.about) for each in told] == [
        ("assign_owner", "Sari"), ("declare_conflict", "Tono"), ("note", ""), ("suspend", ""), ("resume", "")]
    assert {each.actor_name for each in told} == {"Kiki"}
    assert (told[1].said, told[3].said) == (WHY, "Menunggu putusan pengadilan.") and told[3].sop_title
    assert [each.what for each in acts(office, office.actor("data_staff"), case)] == ["assign_owner", "suspend", "resume"]
    copy = office.engine.cases.printed(office.actor("case_manager"), case.case_id).content
    assert copy.acts == told


def test_an_auditor_reads_them_beside_the_replay_by_role(office: Office, case: CompletionResult) -> None:
    told = office.engine.audit.decisions(office.actor("auditor"), case.case_id)
    assert [(each.what, each.actor_name, each.actor_roles, each.about, each.said) for each in told] == [
        (what, "", ("head_of_unit",), "", "") for what in ("assign_owner", "declare_conflict", "suspend", "resume")]
    for nobody in (office.actor("companion", name="asing"), office.stranger()):
        with pytest.raises((errors.NotAllowed, errors.NotFound)):
            office.engine.audit.decisions(nobody, case.case_id)


def lines_of(pack: bytes) -> list[dict[str, object]]:
    return [canonical.loads(line) for line in pack.split(b"\n")[:-1]]


def test_a_pack_carries_the_chain_and_every_change_of_it_is_found(office: Office, case: CompletionResult) -> None:
    pack = office.engine.audit.export_pack(office.actor("auditor"), case.instance_id)
    assert replay.replay_pack(pack).verdict is ReplayVerdict.CONFIRMED
    assert [line["kind"] for line in lines_of(pack) if line["line"] == "act"] == ["assign_owner", "declare_conflict", "note"]

    def remade(change: object) -> replay.ReplayReport:
        import hashlib
        kept = [line for line in lines_of(pack)[:-1] if change(line) is not False]  # type: ignore[operator]
        body = b"\n".join(canonical.dumps(line) for line in kept) + b"\n"
        return replay.replay_pack(body + canonical.dumps({"line": "end", "sha256": hashlib.sha256(body).hexdigest()}) + b"\n")

    def of(number: int, line: dict[str, object]) -> bool:
        return line["line"] == "act" and line["seq"] == number

    for number, change in (
        (3, lambda line: not of(3, line)), (1, lambda line: not of(1, line)),
        (2, lambda line: line.update(actor_id="orang lain") if of(2, line) else None),
        (2, lambda line: line.update(ciphertext=bytes(60)) if of(2, line) else None),
        (2, lambda line: line.update(ciphertext=None) if of(2, line) else None),
    ):
        found = remade(change)
        assert (found.verdict, found.first_bad_seq) == (ReplayVerdict.BROKEN, number)
        assert found.reason.startswith("case-chain:")
    assert remade(lambda line: None).verdict is ReplayVerdict.CONFIRMED
    assert json.loads(pack.split(b"\n")[0])["format"] == "kawal-pack-1"


def test_a_cut_or_changed_chain_is_found_where_it_stands(office: Office, case: CompletionResult) -> None:
    auditor, journal = office.actor("auditor"), history.journal
    assert office.engine.audit.verify(auditor, case.instance_id).verdict is ReplayVerdict.CONFIRMED
    office.engine.cases.write_note(office.actor("case_manager"), case.case_id, kind="visit", sensitivity="C3", text="Yang terakhir.")
    with office.database.unit_of_work() as uow:   # the very last entry of all: nothing stands behind it
        uow.execute(delete(journal).where(journal.c.chain_id == case.case_id, journal.c.seq == 4))
    report = office.engine.audit.verify(auditor, case.instance_id)
    assert (report.verdict, report.first_bad_seq, report.reason) == (ReplayVerdict.BROKEN, 4, "case-chain:tail-missing")
    with office.database.unit_of_work() as uow:
        uow.execute(update(journal).where(journal.c.chain_id == case.case_id, journal.c.seq == 2).values(actor_id="orang lain"))
    report = office.engine.audit.verify(auditor, case.instance_id)
    assert (report.first_bad_seq, report.reason) == (2, "case-chain:entry-altered")


def test_the_timeline_opens_and_tells_nothing_from_the_break_on(office: Office, case: CompletionResult) -> None:
    manager, journal = office.actor("case_manager"), history.journal

    def told() -> tuple[int | None, list[str]]:
        part = office.engine.cases.timeline(manager, case.case_id)
        copy, notes = office.engine.cases.printed(manager, case.case_id), office.engine.cases.notes(manager, case.case_id)
        assert part.content.history and copy.content.acts == part.content.acts
        assert part.broken_from == copy.broken_from == notes.broken_from
        assert len(notes.content) == len([each for each in part.content.acts if each.what == "note"])
        return part.broken_from, [each.what for each in part.content.acts]

    assert told() == (None, ["assign_owner", "declare_conflict", "note", "suspend", "resume"])
    with office.database.unit_of_work() as uow:
        uow.execute(delete(journal).where(journal.c.chain_id == case.case_id, journal.c.seq == 3))
    assert told() == (3, ["assign_owner", "declare_conflict", "suspend", "resume"])
    with office.database.unit_of_work() as uow:
        uow.execute(update(journal).where(journal.c.chain_id == case.case_id, journal.c.seq == 1).values(actor_id="orang lain"))
    assert told() == (1, ["suspend", "resume"])
