"""The desk: each tile counts what its list shows, and nothing of it belongs to another agency or to who may not know."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from engine.errors import InvalidSubmission, NotAllowed, NotFound
from engine.results import SupervisionTask
from engine.types import Actor
from tests.support import office as offices
from tests.support.office import Office

AGAIN = ("revise_plan", "agree_plan", "give_consent")  # the way back to the decision, once a plan was returned


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Office:
    return offices.opened(tmp_path, database_url)


def manager(office: Office) -> Actor:
    return office.actor("case_manager")


def counts(office: Office, actor: Actor) -> dict[str, int]:
    return {tile.key: tile.count for tile in office.engine.desk.tiles(actor)}


def listed(office: Office, actor: Actor, tile: str) -> list[str | None]:
    if tile in ("unassigned", "silent"):
        return [row.id for row in office.engine.desk.cases(actor, tile).rows]
    return [row.case_id for row in office.engine.desk.tasks(actor, tile).rows]


def test_each_tile_counts_what_its_list_shows(office):
    early, late = office.start(), office.start({"risk": "high"})
    office.clock.advance(timedelta(minutes=5))
    assert counts(office, manager(office)) == {"decisions": 1, "late": 0, "today": 1, "referrals": 0, "unassigned": 0, "silent": 0}

    office.clock.advance(timedelta(minutes=85))
    found = counts(office, manager(office))
    assert found == {"decisions": 1, "late": 1, "today": 0, "referrals": 0, "unassigned": 1, "silent": 0}
    assert listed(office, manager(office), "unassigned") == [late.case_id]  # high risk after one hour, others after three
    for tile, number in found.items():
        assert len(listed(office, manager(office), tile)) == number

    office.clock.advance(timedelta(hours=2))
    assert listed(office, manager(office), "unassigned") == [late.case_id, early.case_id]  # risk before how long it waits
    assert office.engine.cases.staff(manager(office), early.case_id).wanted == {"case_manager"}
    sari = office.hire("Sari", "companion")
    office.engine.cases.assign_owner(manager(office), late.case_id, sari.account_id)
    assert listed(office, manager(office), "unassigned") == [early.case_id]

    office.clock.advance(timedelta(days=14, minutes=-60))
    assert listed(office, manager(office), "silent") == [early.case_id]  # an assignment is an act of a person
    office.engine.jobs.warn()
    office.clock.advance(timedelta(hours=2))
    assert set(listed(office, manager(office), "silent")) == {early.case_id, late.case_id}  # a timer is not
    assert counts(office, office.stranger()) == dict.fromkeys(found, 0)


def test_decisions_are_those_whose_form_approves_and_whose_role_is_ones_own(office):
    started = office.start()
    assert listed(office, manager(office), "decisions") == [started.case_id]
    assert listed(office, office.actor("head_of_unit"), "decisions") == []
    other = office.hire("Bima", "case_manager")
    office.engine.tasks.claim(other, office.task(started, "approve_case_report").id)
    assert listed(office, manager(office), "decisions") == []  # somebody else has it in hand
    assert listed(office, other, "decisions") == [started.case_id]


def test_beside_a_decision_stands_who_asks_since_when_and_what_was_said(office):
    operator = office.hire("Ayu", "intake_operator")
    told = offices.story("a01_rujukan_kesehatan").submission
    started = office.engine.cases.start(operator, offices.KEY, submission={**told, "received_at": office.clock.now(),
                                                                          "victim_reported_at": office.clock.now()})
    task = office.task(started, "approve_case_report")
    brief = office.engine.desk.decision(manager(office), task.id)
    assert (brief.requested_by, brief.requested_at, brief.comments) == (("Ayu",), office.clock.now(), ())
    with pytest.raises(NotFound):
        office.engine.desk.decision(office.stranger(), task.id)


def test_what_was_answered_before_is_read_beside_the_next_decision(office):
    started = office.follow("a03_adaptasi_rencana", until="approve_plan")
    bima = office.hire("Bima", "case_manager")
    (task,) = [each for each in office.pool(bima, started) if each.element_id == "approve_plan"]
    office.complete(bima, task, {"plan_decision": "returned", "reason": "Tujuan butir 2 belum jelas."})
    told = {step.acts_on: step for step in offices.story("a03_adaptasi_rencana").steps if step.complete in AGAIN}
    for element, step in told.items():
        who = office.actor(step.role or "")
        for again in [each for each in office.pool(who, started) if each.element_id == element]:
            office.complete(who, again, dict(step.submission))

    (waiting,) = [each for each in office.pool(bima, started) if each.element_id == "approve_plan"]
    (said,) = office.engine.desk.decision(bima, waiting.id).comments
    assert said.by == "Bima" and "Tujuan butir 2 belum jelas." in [field.value for field in said.fields]
    assert office.engine.desk.decision(bima, office.task(office.start(), "approve_case_report").id).comments == ()


def test_the_desk_is_not_for_everybody(office):
    for role in ("companion", "auditor", "process_owner"):
        for ask in (office.engine.desk.tiles, office.engine.desk.workload, office.engine.desk.step_times):
            with pytest.raises(NotAllowed):
                ask(office.actor(role))
    for tile in ("", "silent", "nothing"):
        with pytest.raises(NotFound):
            office.engine.desk.tasks(manager(office), tile)
    with pytest.raises(NotFound):
        office.engine.desk.cases(manager(office), "late")


def test_the_load_counts_high_risk_more_and_names_what_is_late(office):
    sari, tono = office.hire("Sari", "companion"), office.hire("Tono", "companion")
    bima = office.hire("Bima", "case_manager")
    for risk in ("high", "low", "medium"):
        started = office.start({"risk": risk})
        office.engine.cases.assign_owner(manager(office), started.case_id, sari.account_id)
    office.engine.tasks.claim(bima, office.task(started, "approve_case_report").id)
    office.clock.advance(timedelta(minutes=30))

    people = {each.name: each for each in office.engine.desk.workload(manager(office))}

    assert (people["Sari"].open_cases, people["Sari"].high_risk, people["Sari"].load) == (3, 1, 6)
    assert (people["Tono"].open_cases, people["Tono"].load) == (0, 0)
    assert (people["Bima"].open_tasks, people["Bima"].late_tasks) == (1, 1)
    assert list(people)[-1] == "Sari"
    assert tono.account_id in {each.account_id for each in people.values()}


def test_step_times_are_medians_of_what_happened(office):
    for minutes in (2, 4, 30):
        started = office.start()
        office.clock.advance(timedelta(minutes=minutes))
        office.complete(manager(office), office.task(started, "approve_case_report"), {"decision": "approved", "assessment_is_relevant": True})
    (step,) = [each for each in office.engine.desk.step_times(manager(office)) if each.element_id == "approve_case_report"]
    assert (step.done, step.median, step.p90) == (3, timedelta(minutes=4), timedelta(minutes=30))
    assert (step.on_time, step.judged) == (2, 3)
    assert (step.handled_on_time, step.handled_judged) == (3, 3)
    office.clock.advance(timedelta(days=31))
    assert office.engine.desk.step_times(manager(office), days=30) == ()


def test_a_session_is_between_two_people_and_the_head(office):
    case_id, boss = office.start().case_id, office.hire("Bima", "case_manager")
    code = office.engine.cases.staff(boss, case_id).business_key
    sari, tono, today = office.hire("Sari", "companion"), office.hire("Tono", "companion"), office.clock.now().date()
    given = {"held_on": today, "case_codes": [code, code], "advice": "ZQ-ARAHAN", "wellbeing": "Lelah.",
             "tasks": [SupervisionTask(what="Jadwal kontak aman", until=today + timedelta(days=3))]}

    kept = office.engine.supervision.write(boss, sari.account_id, **given, idempotency_key="k")
    assert office.engine.supervision.write(boss, sari.account_id, **given, idempotency_key="k") == kept

    for reader in (boss, sari, office.actor("head_of_unit")):
        note = office.engine.supervision.get(reader, kept)
        assert (note.supervisor, note.worker, note.advice, note.tasks[0].what) == ("Bima", "Sari", "ZQ-ARAHAN", "Jadwal kontak aman")
        assert [each[1] for each in note.cases] == [code]
        assert office.engine.supervision.sessions(reader).total == 1
    assert office.engine.supervision.get(sari, kept).cases[0][0] == ""  # it is not her case: a code, no way in
    for other in (tono, manager(office), office.stranger()):
        assert office.engine.supervision.sessions(other).rows == ()
        with pytest.raises(NotFound):
            office.engine.supervision.get(other, kept)
    with pytest.raises(NotAllowed):
        office.engine.supervision.sessions(office.actor("auditor"))
    assert b"ZQ-ARAHAN" not in dump(office)
    office.engine.cases.declare_conflict(manager(office), case_id, sari.account_id, reason="Saudara kandung dari terlapor.")
    assert office.engine.supervision.get(sari, kept).cases == ()
    for wrong, field in (({"case_codes": ["KLB-2026-999999"]}, "cases"), ({"advice": " "}, "advice"),
                         ({"held_on": today + timedelta(days=1)}, "held_on")):
        with pytest.raises(InvalidSubmission) as refused:
            office.engine.supervision.write(boss, sari.account_id, **{**given, **wrong})
        assert set(refused.value.problems) == {field}
    with pytest.raises(InvalidSubmission):
        office.engine.supervision.write(boss, boss.account_id, **given)


def dump(office: Office) -> bytes:
    """What the sessions' table holds."""
    from sqlalchemy import select

    from storage.schema import office as tables

    with office.database.unit_of_work() as uow:
        return repr(uow.execute(select(tables.supervision_session)).all()).encode()


def test_what_the_agency_decided_is_no_proposal_any_more(office):
    started = office.start({"risk": "high"})
    office.clock.advance(timedelta(minutes=40))
    before = {tile.key: tile for tile in office.engine.desk.tiles(manager(office))}["unassigned"]
    assert (before.count, before.proposed, before.after) == (0, True, (timedelta(hours=1), timedelta(hours=3)))

    sheet = (offices.KALBAR / "agency.toml").read_text("utf-8").replace("[parameters]", "\n".join((
        "[parameters]", 'unassigned_after_high = { value = "PT30M", proposed = false, text = "Keputusan Kepala" }',
        'unassigned_after = { value = "sebentar", proposed = false, text = "bukan waktu" }')))
    office.engine.people.register_agency(sheet.encode())

    after = {tile.key: tile for tile in office.engine.desk.tiles(manager(office))}["unassigned"]
    assert (after.count, after.after) == (1, (timedelta(minutes=30), timedelta(hours=3)))
    assert after.proposed  # one of the two still is: what cannot be read counts as not said
    assert listed(office, manager(office), "unassigned") == [started.case_id]
