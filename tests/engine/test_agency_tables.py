"""An agency's calendar and parameters are changed by two people: what was told of running deadlines is what then happens to them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine import SopBundle, carrying, errors, table_refusals
from engine.commands import tables as commands
from engine.directory.refusals import SignInRefused
from engine.results import CompletionResult, InboxFilters, TableChange
from engine.types import Actor
from storage import instances, table_changes, tasks
from storage.tasks import TaskRow
from tests.engine.test_migrating import confirmed
from tests.support import office as offices
from tests.support.office import KALBAR, Office

PASSPHRASE = "kuda batu hujan pelan sekali"
SK = "SKB 3 Menteri 2026"
DAY = timedelta(days=1)


class Bureau:
    """Kalbar's office shortly before it closes, with whoever proposes and whoever approves."""

    def __init__(self, office: Office) -> None:
        self.office, self.people = office, office.engine.people
        self.owner, self.head = office.hire("Pemilik", "process_owner"), office.hire("Kepala", "head_of_unit")
        self.both = office.hire("Dua", "process_owner", "head_of_unit")

    def late_in_the_day(self) -> Bureau:
        """15:55: ten minutes of work are over tomorrow at 07:35."""
        self.office.clock.advance(timedelta(hours=7, minutes=25))
        return self

    @property
    def today(self) -> date:
        return (self.office.clock.now() + timedelta(hours=7)).date()

    def draft(self, *, days: int = 1, last: int | None = None, works: bool = False, who: Actor | None = None, **more: Any) -> str:
        return self.people.draft_days(who or self.owner, **{
            "first": self.today + days * DAY, "last": self.today + (days if last is None else last) * DAY, "name": "Cuti bersama",
            "works": works, "source": SK, "reason": "Diumumkan pagi ini", **more})

    def approve(self, change: str, who: Actor | None = None, passphrase: str = PASSPHRASE) -> None:
        self.people.approve_change(who or self.head, change, reason="Sesuai SKB", passphrase=passphrase)

    def change(self, change: str, accepted: str = "") -> None:
        self.people.propose_change(self.owner, change, accepted=accepted)
        self.approve(change)

    def told(self, change: str) -> TableChange:
        return self.people.table_change(self.owner, change)

    def rows(self, *cases: CompletionResult) -> dict[str, TaskRow]:
        """The open tasks of these cases, by token."""
        with self.office.database.reading() as uow:
            return {row.token_id: row for case in cases for row in tasks.open_of(uow, case.instance_id or "")}


@pytest.fixture
def bureau(office: Office) -> Bureau:
    return Bureau(office).late_in_the_day()


@pytest.fixture
def either(tmp_path: Path, database_url: str) -> Iterator[Bureau]:
    """On both databases."""
    office = offices.opened(tmp_path, database_url)
    yield Bureau(office)
    office.database.close()


def test_the_list_that_was_shown_is_what_happens(either: Bureau) -> None:
    office, people = either.office, either.people
    late = office.start()
    either.late_in_the_day()
    office.scene.work()
    cases = [office.start() for _ in range(3)]
    day_and_night = office.start({"risk": "high"})
    manager = office.actor("case_manager")
    office.engine.tasks.claim(manager, office.task(cases[0], "approve_case_report").id)
    every = [late, *cases, day_and_night]
    before = either.rows(*every)
    change = either.draft(last=2)

    (step,) = people.effect_of_change(either.owner, change).steps
    told = {(one.business_key, one.due_at, one.due_after) for one in step.moved}
    assert (len(told), {one.due_after.date() - one.due_at.date() for one in step.moved if one.due_at and one.due_after}) == (3, {2 * DAY})
    assert step.name and not any(one.is_late_at_once for one in step.moved)
    assert either.rows(*every) == before, "to be told changes nothing"
    people.propose_change(either.owner, change)
    assert people.effect_of_change(either.head, change).steps == (step,)
    either.approve(change)

    after = either.rows(*every)
    keys = {case.instance_id: office.engine.cases.get(either.head, case.case_id or "").summary.business_key for case in every}
    assert {(keys[row.instance_id], row.due_at, after[token].due_at) for token, row in before.items() if row.due_at != after[token].due_at} == told
    shown = either.told(change)
    assert (shown.state, shown.moved, shown.is_carried, shown.decided_by) == ("approved", 3, True, "Kepala")
    told_of = [notice.code for notice in people.notices(manager)]
    assert told_of.count("deadline_moved") == 1
    for case in (late, cases[0]):
        confirmed(office, case)
    (act,) = office.engine.cases.timeline(either.head, cases[0].case_id or "").content.acts
    assert (act.what, act.said) == ("change_tables", f"{SK}: Diumumkan pagi ini")
    assert office.engine.audit.state_at(office.actor("auditor"), cases[0].instance_id or "", 2).reason == act.said
    assert office.engine.cases.get(either.head, office.start().case_id or "").open_tasks[0].due_at == next(iter(told))[2]


def test_two_people_and_a_passphrase(bureau: Bureau) -> None:
    people, change = bureau.people, bureau.draft(who=bureau.both)
    for other in (bureau.owner, bureau.head):      # a draft is its author's
        with pytest.raises(errors.NotFound):
            people.table_change(other, change)
    with pytest.raises(errors.NotFound):
        people.propose_change(bureau.owner, change)
    with pytest.raises(errors.NotFound):
        bureau.approve(change)
    people.propose_change(bureau.both, change)
    assert "table_proposed" in {notice.code for notice in people.notices(bureau.head)}
    for act in (lambda: bureau.approve(change, bureau.both), lambda: people.send_back_change(bureau.both, change, reason="x")):
        with pytest.raises(table_refusals.OwnChange):
            act()
    with pytest.raises(SignInRefused):
        bureau.approve(change, passphrase="kuda batu hujan cepat sekali")
    with pytest.raises(errors.InvalidSubmission):
        people.approve_change(bureau.head, change, reason=" ", passphrase=PASSPHRASE)
    with pytest.raises(errors.NotAllowed):
        bureau.approve(change, bureau.owner)
    stranger = bureau.office.stranger()
    stranger = Actor(account_id="x", agency_id=stranger.agency_id, name="x", roles=frozenset({"process_owner", "head_of_unit"}))
    for act in (lambda: people.table_change(stranger, change), lambda: people.effect_of_change(stranger, change),
                lambda: people.send_back_change(stranger, change, reason="x"), lambda: bureau.approve(change, stranger)):
        with pytest.raises(errors.NotFound):
            act()
    for role in ("companion", "system_admin"):
        with pytest.raises(errors.NotAllowed):
            bureau.draft(who=bureau.office.actor(role))
        with pytest.raises(errors.NotAllowed):
            people.table_changes(bureau.office.actor(role))
    people.send_back_change(bureau.head, change, reason="Belum ada SKB-nya")
    with pytest.raises(errors.StaleRevision):
        bureau.approve(change)
    (seen,) = people.table_changes(bureau.office.actor("auditor"))
    assert (seen.made_by, seen.decided_by, seen.decided_reason, seen.source) == ("Dua", "Kepala", "Belum ada SKB-nya", SK)
    assert bureau.today + DAY not in {one.day for one in people.working_calendar(bureau.owner).days}


def test_what_was_counted_is_not_changed(bureau: Bureau) -> None:
    people = bureau.people
    for wrong in ({"days": -1, "last": 1}, {"days": 0, "works": True}, {"days": 2, "last": 1}, {"last": 40}, {"days": 3000}, {"name": " "},
                  {"source": ""}, {"reason": ""}):
        with pytest.raises(errors.InvalidSubmission):
            bureau.draft(**wrong)
    with pytest.raises(table_refusals.ChangesNothing):
        bureau.draft(works=True)
    today, twin = bureau.draft(days=0), bureau.draft(days=0)
    bureau.change(today)
    with pytest.raises(table_refusals.ChangesNothing):
        people.propose_change(bureau.owner, twin)
    people.give_up_change(bureau.owner, twin)
    with pytest.raises(errors.StaleRevision):
        people.give_up_change(bureau.owner, twin)
    waits = bureau.draft()
    people.propose_change(bureau.owner, waits)
    bureau.office.clock.advance(2 * DAY)
    with pytest.raises(table_refusals.DayPassed):
        bureau.approve(waits)
    people.send_back_change(bureau.head, waits, reason="Tanggalnya lewat")
    days = {one.day: one for one in people.working_calendar(bureau.owner).days}
    assert days[bureau.today - 2 * DAY].source == SK and bureau.today - DAY not in days


def test_a_day_becomes_a_day_of_work_and_what_is_then_late_is_said_before(bureau: Bureau) -> None:
    bureau.change(bureau.draft(last=2))
    case = bureau.office.start()
    due = bureau.office.task(case, "approve_case_report").due_at
    change = bureau.draft(days=1, works=True, name="")
    (step,) = bureau.people.effect_of_change(bureau.owner, change).steps
    bureau.change(change)
    moved = bureau.office.task(case, "approve_case_report").due_at
    assert due is not None and moved == due - 2 * DAY == step.moved[0].due_after
    days = {one.day: one for one in bureau.people.working_calendar(bureau.owner).days}
    assert days[bureau.today + DAY].works and not days[bureau.today + 2 * DAY].works
    confirmed(bureau.office, case)


def test_a_parameter_set_with_a_decree_is_the_agencys_own_and_stands_above_its_sheet(bureau: Bureau) -> None:
    people, sheet = bureau.people, (KALBAR / "agency.toml").read_bytes()
    known = {one.name: one for one in people.parameters(bureau.owner)}
    silent = known["unassigned_after"]
    assert (silent.amount and silent.amount.number, silent.is_proposed, silent.is_settable) == (3, True, True)
    # No step of this office reads the third, no lane of its one SOP is the fourth's.
    for name in ("require_consent", "survey_channel", "referral_reply_due", "documenter", "nothing"):
        assert name not in known or not known[name].is_settable
        with pytest.raises(errors.NotFound):
            people.draft_parameter(bureau.owner, name, value="1", unit="days", source=SK, reason="Perlu")
    for name, value, unit in (("unassigned_after", "0", "days"), ("unassigned_after", "2", "months"), ("case_authority", "auditor", "")):
        with pytest.raises(errors.InvalidSubmission):
            people.draft_parameter(bureau.owner, name, value=value, unit=unit, source=SK, reason="Perlu")
    for name, value, unit in (("case_authority", "supervisor", ""), ("unassigned_after", "90", "minutes")):
        bureau.change(people.draft_parameter(bureau.owner, name, value=value, unit=unit, source=SK, reason="Perlu"), accepted="Segera diisi")
        with pytest.raises(table_refusals.ChangesNothing):
            people.draft_parameter(bureau.owner, name, value=value, unit=unit, source=SK, reason="Perlu")
    bureau.change(bureau.draft())
    set_now = {one.name: (one.value, one.is_proposed, one.source) for one in people.parameters(bureau.owner)}
    assert set_now["unassigned_after"] == ("PT90M", False, SK) and set_now["case_authority"] == ("supervisor", False, SK)
    before = agency(bureau)
    people.register_agency(sheet)     # read again at the next deployment
    assert agency(bureau) == before


def test_a_role_that_changes_takes_its_open_tasks_along(bureau: Bureau) -> None:
    office, manager = bureau.office, bureau.office.actor("case_manager")
    files = dict(SopBundle.from_dir(offices.SOP).files)
    files["sop.toml"] = files["sop.toml"].replace(b'"Manajer Kasus" = "case_manager"', b'"Manajer Kasus" = "case_authority"')
    office.engine.sops.deploy(office.engine.people.operator("kalbar"), SopBundle.from_files(files))
    case = office.start()
    office.engine.tasks.claim(manager, office.task(case, "approve_case_report").id)
    change = bureau.people.draft_parameter(bureau.owner, "case_authority", value="supervisor", source=SK, reason="Mutasi")
    effect = bureau.people.effect_of_change(bureau.owner, change)
    (step,), numbers = effect.steps, (effect.moved, effect.handed_on)
    assert numbers == (0, 1) and [(one.role, one.role_after, one.due_at == one.due_after) for one in step.moved] == [("case_manager", "supervisor", True)]
    bureau.change(change, accepted="Penyelia diangkat pekan ini")
    assert "task_taken" in {notice.code for notice in bureau.people.notices(manager)}
    (row,) = bureau.rows(case).values()
    assert (row.role, row.assignee_id) == ("supervisor", None) and bureau.told(change).moved == 0
    assert office.engine.tasks.inbox(office.actor("supervisor"), InboxFilters(box="pool")).rows
    confirmed(office, case)


def test_many_cases_follow_in_turns_and_one_that_cannot_be_read_does_not_hold_them_up(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(carrying, "CARRIED_AT_ONCE", 2)
    cases = [bureau.office.start() for _ in range(5)]
    sealed = bureau.office.executor
    with sealed.database.unit_of_work() as uow:
        spoiled = sorted(case.instance_id or "" for case in cases)[0]
        row = instances.get(uow, spoiled)
        assert row is not None
        instances.save(uow, spoiled, expected_seq=row.seq, seq=row.seq, head_hash=row.head_hash, last_at=row.last_at, state=b"x" * 40,
                       status=row.status, outcome_kind=row.outcome_kind, outcome_code=None, calendar_digest=row.calendar_digest,
                       parameters_digest=row.parameters_digest, risk=row.risk, ended_at=None, suspended_at=None,
                       deployment_id=row.deployment_id, former_deployments=None)
    change = bureau.draft()
    assert len(bureau.people.effect_of_change(bureau.owner, change).unreadable) == 1
    bureau.change(change)
    first = bureau.told(change)
    assert (first.moved, first.is_carried) == (1, False)
    new = bureau.office.start()
    bureau.office.scene.work()
    last = bureau.told(change)
    assert (last.moved, last.is_carried) == (4, True)
    assert len({row.due_at for row in bureau.rows(*cases, new).values()}) == 2, "the spoiled one stayed"
    with bureau.office.database.reading() as uow:
        assert table_changes.to_carry(uow) is None


def agency(bureau: Bureau) -> tuple[Any, ...]:
    found = bureau.office.executor.read(bureau.owner, commands.own_agency)
    return found.calendar_digest, found.parameters_digest, found.profile


def test_the_days_of_a_year_have_names(bureau: Bureau) -> None:
    shown = bureau.people.working_calendar(bureau.office.actor("companion"), year=2027)
    named = {one.day: one.name for one in shown.days}
    assert (named[date(2027, 8, 17)].id, named[date(2027, 8, 17)].en) == ("Hari Kemerdekaan Republik Indonesia", "Independence Day")
    assert shown.week[4][0][1] == datetime(2027, 1, 1, 11, 30).time()


def test_a_case_that_stands_still_has_no_deadline_to_move_and_goes_on_by_the_new_calendar(bureau: Bureau) -> None:
    cases = bureau.office.engine.cases
    still, runs = bureau.office.start(), bureau.office.start()
    cases.suspend(bureau.head, still.instance_id or "", reason="Menunggu kabar keluarga dari luar kota")
    change = bureau.draft()
    assert bureau.people.effect_of_change(bureau.owner, change).moved == 1
    bureau.change(change)
    assert bureau.told(change).moved == 1 and bureau.office.task(still, "approve_case_report").due_at is None
    cases.resume(bureau.head, still.instance_id or "", reason="Kabar keluarga sudah diterima pagi ini")
    assert bureau.office.task(still, "approve_case_report").due_at == bureau.office.task(runs, "approve_case_report").due_at
    confirmed(bureau.office, still)


def test_a_task_that_was_late_before_is_explained_by_the_calendar_of_its_time(bureau: Bureau) -> None:
    office = bureau.office
    office.clock.advance(DAY - timedelta(hours=8))     # 07:55 of the next day
    case = office.start()
    office.clock.advance(timedelta(hours=2))
    office.scene.work()
    task = office.task(case, "approve_case_report")
    bureau.change(bureau.draft(days=0))
    after = office.task(case, "approve_case_report")
    assert after.due_at == task.due_at and bureau.people.table_changes(bureau.owner)[0].moved == 0
    told = office.engine.tasks.get(office.actor("case_manager"), task.id).why_due
    assert "menurut kalender saat itu tenggatnya" in told.id and "by the calendar of its time it was due" in told.en
    confirmed(office, case)
