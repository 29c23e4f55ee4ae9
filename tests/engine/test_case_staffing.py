"""Who answers for a case and who is shut out of it: acts in the case's own chain, which replays, rebuilds and packs live with."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import update

from engine import case_chain
from engine.commands.assignment import CannotOwn, CaseClosed
from engine.errors import InvalidSubmission, NotAllowed, NotFound, StateCorrupt
from engine.results import InboxFilters, ReplayVerdict
from engine.types import Actor
from storage import cases
from storage import journal as journal_rows
from storage.schema import history
from tests.support import office as offices
from tests.support.office import Office

REASON = "Saudara kandung dari terlapor."


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Office:
    return offices.opened(tmp_path, database_url)


def manager(office: Office) -> Actor:
    return office.actor("case_manager")


def owner_of(office: Office, case_id: str) -> str | None:
    return office.executor.read(manager(office), lambda context: cases.get(context.uow, case_id).owner_id)


def entries(office: Office, case_id: str) -> list[case_chain.CaseEntry]:
    return office.executor.read(manager(office), lambda context: case_chain.read(context, cases.get(context.uow, case_id)))


def test_a_case_is_given_and_handed_on_with_a_note_and_both_are_told(office):
    case_id = office.start().case_id
    sari, tono = office.hire("Sari", "companion"), office.hire("Tono", "companion")

    office.engine.cases.assign_owner(manager(office), case_id, sari.account_id)
    office.engine.cases.assign_owner(manager(office), case_id, sari.account_id)  # two clicks are one wish
    with pytest.raises(InvalidSubmission):
        office.engine.cases.assign_owner(manager(office), case_id, tono.account_id, note="  ")
    office.engine.cases.assign_owner(manager(office), case_id, tono.account_id, note="Kunjungan berikutnya hari Kamis.")

    assert owner_of(office, case_id) == tono.account_id
    assert [each.kind for each in entries(office, case_id)] == ["assign_owner", "assign_owner"]
    staff = office.engine.cases.staff(tono, case_id)  # who owns it may read it, with what was said
    assert (staff.owner_name, staff.assignments[0].from_name, staff.assignments[0].note) == (
        "Tono", "Sari", "Kunjungan berikutnya hari Kamis.")
    assert staff.may == frozenset() and staff.conflicts == ()
    assert sorted(each.code for each in office.engine.people.notices(sari)) == ["case_assigned", "case_handed_on"]
    assert [each.code for each in office.engine.people.notices(tono)] == ["case_assigned"]
    with pytest.raises(NotFound):
        office.engine.cases.staff(sari, case_id)  # no longer hers


def test_only_authority_assigns_and_only_to_people_of_the_unit(office):
    started = office.start()
    auditor, sari = office.hire("Auditor", "auditor"), office.hire("Sari", "companion")

    with pytest.raises(NotAllowed):
        office.engine.cases.assign_owner(sari, started.case_id, sari.account_id)
    for nobody in (auditor.account_id, "tidak-ada"):
        with pytest.raises(CannotOwn):
            office.engine.cases.assign_owner(manager(office), started.case_id, nobody)
    with pytest.raises(NotFound):
        office.engine.cases.assign_owner(office.stranger(), started.case_id, sari.account_id)
    office.engine.cases.cancel(manager(office), started.instance_id, reason="salah catat")
    with pytest.raises(CaseClosed):
        office.engine.cases.assign_owner(manager(office), started.case_id, sari.account_id)


def test_to_whoever_has_a_conflict_the_case_is_not_there(office):
    started, boss = office.start(), office.hire("Bima", "case_manager")
    other = office.start()
    task = office.task(started, "approve_case_report")
    office.engine.tasks.claim(boss, task.id)
    office.engine.cases.assign_owner(manager(office), started.case_id, boss.account_id)
    with pytest.raises(InvalidSubmission):
        office.engine.cases.declare_conflict(manager(office), started.case_id, boss.account_id, reason=".")

    office.engine.cases.declare_conflict(manager(office), started.case_id, boss.account_id, reason=REASON)

    assert owner_of(office, started.case_id) is None
    assert office.engine.tasks.inbox(boss).rows == ()
    assert {row.case_id for row in office.engine.tasks.inbox(boss, InboxFilters(box="pool")).rows} == {other.case_id}
    assert office.engine.tasks.counts(boss)["pool"] == 1
    assert {row.id for row in office.engine.cases.find(boss).rows} == {other.case_id}
    assert office.engine.cases.find(boss).total == 1
    assert {each.case_id for each in office.engine.people.notices(boss)} <= {other.case_id}
    assert office.engine.desk.cases(boss, "unassigned").total <= 1
    for ask in (lambda: office.engine.cases.get(boss, started.case_id), lambda: office.engine.tasks.get(boss, task.id),
                lambda: office.engine.tasks.claim(boss, task.id), lambda: office.engine.cases.staff(boss, started.case_id),
                lambda: office.engine.cases.lift_conflict(boss, started.case_id, boss.account_id, reason=REASON),
                lambda: office.engine.audit.history(boss, started.instance_id)):
        with pytest.raises(NotFound):
            ask()
    with pytest.raises(CannotOwn):
        office.engine.cases.assign_owner(manager(office), started.case_id, boss.account_id)
    with pytest.raises(NotFound):
        office.engine.cases.start(boss, offices.KEY, submission=offices.story("a01_rujukan_kesehatan").submission,
                                  business_key=task.business_key)
    told = office.engine.cases.staff(manager(office), started.case_id).conflicts
    assert [(each.name, each.reason) for each in told] == [("Bima", REASON)]

    office.engine.cases.lift_conflict(manager(office), started.case_id, boss.account_id, reason="Ternyata orang lain yang bernama sama.")
    assert office.engine.tasks.claim(boss, task.id).assignee_id == boss.account_id


def test_a_rebuild_tells_the_chain_again_and_an_altered_entry_stops_it(office):
    started = office.start()
    sari, tono = office.hire("Sari", "companion"), office.hire("Tono", "companion")
    office.engine.cases.assign_owner(manager(office), started.case_id, sari.account_id)
    office.complete(manager(office), office.task(started, "approve_case_report"), {
        "decision": "approved", "assessment_is_relevant": True})
    office.engine.cases.declare_conflict(manager(office), started.case_id, tono.account_id, reason=REASON)
    operator = office.engine.people.operator("kalbar")

    reports = office.engine.audit.rebuild(operator, started.case_id)

    assert [each.verdict for each in reports] == [ReplayVerdict.CONFIRMED]
    assert owner_of(office, started.case_id) == sari.account_id
    assert [each.account_id for each in office.engine.cases.staff(manager(office), started.case_id).conflicts] == [tono.account_id]
    with office.database.unit_of_work() as uow:
        (first, *_) = journal_rows.entries(uow, started.case_id)
        uow.execute(update(history.journal).where(history.journal.c.chain_id == started.case_id, history.journal.c.seq == 1)
                    .values(actor_id=tono.account_id, body=first.body.replace(b"case_manager", b"case_manaqer")))
    with pytest.raises(StateCorrupt):
        office.engine.audit.rebuild(operator, started.case_id)
    assert office.engine.audit.replay(office.actor("auditor"), started.instance_id).verdict is ReplayVerdict.CONFIRMED
