"""Hours of work, seasons, single days and closing are changed by two people as days off are; drafts are corrected and taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from engine import SopBundle, errors, table_refusals
from engine.results import CompletionResult, week_boxes
from engine.types import Actor
from tests.engine.test_agency_tables import DAY, PASSPHRASE, SK, Bureau, bureau
from tests.engine.test_migrating import confirmed
from tests.support import office as offices
from tests.support.office import Office

__all__ = ["bureau"]
WHY = {"source": SK, "reason": "Diumumkan pagi ini"}
LATE = {weekday: ((time(9), time(12)), (time(13), time(17))) for weekday in range(5)}
FASTING = {weekday: ((time(8), time(12)), (time(12, 30), time(15))) for weekday in range(5)}


def week(bureau: Bureau, *, days: int = 1, hours: Any = None, who: Actor | None = None, **more: Any) -> str:
    return bureau.people.draft_week(who or bureau.owner, **{"first": bureau.today + days * DAY, "hours": week_boxes(hours or LATE), **WHY, **more})


def season(bureau: Bureau, *, days: int = 1, last: int = 10, hours: Any = None, **more: Any) -> str:
    return bureau.people.draft_season(bureau.owner, **{
        "name": "Ramadan 1448 H", "first": bureau.today + days * DAY, "last": bureau.today + last * DAY,
        "hours": week_boxes(hours or FASTING), **WHY, **more})


def single(bureau: Bureau, *, days: int = 1, opens: str = "10.00", closes: str = "12.00", pause: str = "", **more: Any) -> str:
    return bureau.people.draft_day_hours(bureau.owner, **{
        "day": bureau.today + days * DAY, "name": "Rapat kerja", "hours": {"open.day": opens, "close.day": closes, "break.day": pause},
        **WHY, **more})


def due(bureau: Bureau, case: Any) -> datetime:
    """Local, of a case's first step."""
    at = bureau.office.task(case, "approve_case_report").due_at
    assert at is not None
    return (at + timedelta(hours=7)).replace(tzinfo=None)


def at(bureau: Bureau, days: int, hour: int, minute: int) -> datetime:
    return datetime.combine(bureau.today + days * DAY, time(hour, minute))


def refused(draft: Callable[[], str]) -> set[str]:
    with pytest.raises(errors.InvalidSubmission) as caught:
        draft()
    return set(caught.value.problems)


def test_other_weekly_hours_from_a_day_on_leave_what_was_before(bureau: Bureau) -> None:
    people, case = bureau.people, bureau.office.start()
    assert due(bureau, case) == at(bureau, 1, 7, 35)
    change = week(bureau)
    (step,) = people.effect_of_change(bureau.owner, change).steps
    bureau.change(change)
    assert due(bureau, case) == at(bureau, 1, 9, 5) and step.moved[0].due_after == bureau.office.task(case, "approve_case_report").due_at
    assert due(bureau, bureau.office.start()) == at(bureau, 1, 9, 5)
    seen = people.working_calendar(bureau.office.actor("companion"))
    assert seen.week[0][0][0] == time(7, 30) and [(one.first, one.week[0][0][0]) for one in seen.planned] == [(bureau.today + DAY, time(9))]
    told = bureau.told(change)
    assert told.hours is not None and (told.moved, told.hours.week, told.hours.first) == (1, LATE, bureau.today + DAY)
    why = bureau.office.engine.tasks.get(bureau.office.actor("case_manager"), bureau.office.task(case, "approve_case_report").id).why_due
    assert why.id.endswith("Sejak Rab 11 Nov jam kerjanya lain.") and why.en.endswith("From Wed 11 Nov on the working hours are others.")
    confirmed(bureau.office, case)
    with pytest.raises(table_refusals.ChangesNothing):
        week(bureau, days=3)
    bureau.change(week(bureau, hours=people.working_calendar(bureau.owner).week))
    assert due(bureau, case) == at(bureau, 1, 7, 35) and not people.working_calendar(bureau.owner).planned, "called off"
    before = bureau.office.executor.read(bureau.owner, lambda context: context.tables_of_agency())
    people.register_agency((offices.KALBAR / "agency.toml").read_bytes())
    assert bureau.office.executor.read(bureau.owner, lambda context: context.tables_of_agency()) == before


def test_what_cannot_be_is_refused_beside_its_box(bureau: Bureau) -> None:
    def typed(**boxes: str) -> dict[str, str]:
        return {**week_boxes(LATE), **{name.replace("_", "."): text for name, text in boxes.items()}}

    wrong = {"open.1", "close.2", "break.3", "break.4", "close.0"}
    given = typed(close_0="", open_1="pagi", close_2="08.00", break_3="16.00-18.00", break_4="12.00-13.00, 12.30-14.00")
    assert refused(lambda: bureau.people.draft_week(
        bureau.owner, first=bureau.today, hours=given, source=" ", reason="")) == wrong | {"first", "source", "reason"}
    assert refused(lambda: bureau.people.draft_week(bureau.owner, first=bureau.today + DAY, hours={}, **WHY)) == {"open.0"}
    assert refused(lambda: season(bureau, last=0, name=" ")) == {"last", "name"}
    with pytest.raises(errors.NotFound):
        season(bureau, of=bureau.today)
    assert refused(lambda: season(bureau, days=0)) == {"first"} and refused(lambda: season(bureau, last=4000)) == {"last"}
    assert refused(lambda: single(bureau, opens="", closes="")) == {"open.day"} and refused(lambda: single(bureau, days=-1)) == {"day"}
    assert refused(lambda: single(bureau, pause="09.00-10.00")) == {"break.day"}
    assert refused(lambda: single(bureau, days=0, opens="07.30", closes="18.00")) == {"day"}, "today can only be made shorter"
    bureau.change(bureau.draft())
    assert refused(lambda: single(bureau)) == {"day"}, "a day off"
    with pytest.raises(errors.NotFound):
        bureau.people.end_day_hours(bureau.owner, day=bureau.today + DAY, **WHY)
    for draft in (week, season, single):
        with pytest.raises(errors.NotAllowed):
            draft(_as(bureau, bureau.head))


def _as(bureau: Bureau, who: Actor) -> Bureau:
    """The same office, with somebody else to draft."""
    other = object.__new__(Bureau)
    other.office, other.people, other.owner, other.head, other.both = bureau.office, bureau.people, who, bureau.head, bureau.both
    return other


def test_a_season_lies_over_the_week_and_no_other_over_it(bureau: Bureau) -> None:
    people, case = bureau.people, bureau.office.start()
    twin = season(bureau, days=10, last=20)
    people.propose_change(bureau.owner, twin)
    bureau.change(season(bureau))
    assert due(bureau, case) == at(bureau, 1, 8, 5)
    assert refused(lambda: season(bureau, days=10, last=12)) == {"first"}
    with pytest.raises(table_refusals.SeasonsOverlap):
        bureau.approve(twin)
    people.take_back_change(bureau.owner, twin)
    with pytest.raises(table_refusals.SeasonsOverlap):
        people.propose_change(bureau.owner, twin)
    of = bureau.today + DAY
    bureau.change(people.draft_season(bureau.owner, of=of, name="Ramadan", first=of + DAY, last=of + 2 * DAY, hours=week_boxes(FASTING), **WHY))
    assert due(bureau, case) == at(bureau, 1, 7, 35), "one that has not begun moves"
    bureau.change(people.end_season(bureau.owner, of=of + DAY, last=None, **WHY))
    assert [one.name for one in people.working_calendar(bureau.owner).seasons] == ["Ramadan 1447 H"]
    with pytest.raises(errors.NotFound):
        people.end_season(bureau.owner, of=date(2026, 2, 19), last=None, **WHY)


def test_of_a_season_that_runs_what_has_passed_stays(bureau: Bureau) -> None:
    people, of = bureau.people, bureau.today + DAY
    bureau.change(season(bureau))
    bureau.office.clock.advance(2 * DAY)
    today, last = bureau.today, bureau.today + 8 * DAY
    assert refused(lambda: people.end_season(bureau.owner, of=of, last=None, **WHY)) == {"last"}
    assert refused(lambda: people.end_season(bureau.owner, of=of, last=today - DAY, **WHY)) == {"last"}
    assert refused(lambda: season(bureau, of=of, first=date.min)) == {"first"}
    longer = people.draft_season(bureau.owner, of=of, name="Ramadan 1448 H", first=today + DAY, last=last + DAY, hours=week_boxes(FASTING), **WHY)
    bureau.change(longer)
    (_, now) = people.working_calendar(bureau.owner).seasons
    assert (now.first, now.last) == (of, last + DAY), "grown together"
    bureau.change(people.draft_season(bureau.owner, of=of, name="Ramadan 1448 H", first=today + DAY, last=last, hours=week_boxes(LATE), **WHY))
    bureau.change(people.end_season(bureau.owner, of=today + DAY, last=today + 2 * DAY, **WHY))
    spans = [(one.first, one.last, one.week) for one in people.working_calendar(bureau.owner).seasons][1:]
    assert spans == [(of, today, FASTING), (today + DAY, today + 2 * DAY, LATE)]
    case = bureau.office.start()
    assert due(bureau, case) == at(bureau, 1, 9, 10), "today closed at 15.00"
    why = bureau.office.engine.tasks.get(bureau.office.actor("case_manager"), bureau.office.task(case, "approve_case_report").id).why_due
    assert "Ramadan 1448 H" in why.id


def test_a_single_day_lies_over_both_and_goes_again(bureau: Bureau) -> None:
    people, case = bureau.people, bureau.office.start()
    change = single(bureau)
    bureau.change(change)
    assert due(bureau, case) == at(bureau, 1, 10, 5)
    bureau.change(season(bureau))
    assert due(bureau, case) == at(bureau, 1, 10, 5)
    (other,) = people.working_calendar(bureau.owner).other_days
    assert (other.name, other.hours) == ("Rapat kerja", ((time(10), time(12)),))
    bureau.change(people.end_day_hours(bureau.owner, day=bureau.today + DAY, **WHY))
    assert due(bureau, case) == at(bureau, 1, 8, 5) and not people.working_calendar(bureau.owner).other_days
    bureau.change(single(bureau, days=0, opens="07.30", closes="12.00", pause="09.00–09.30"))
    assert due(bureau, case) == at(bureau, 1, 8, 10), "what was done this afternoon is undone with the hours, as by a day off"
    confirmed(bureau.office, case)


def test_an_office_opens_day_and_night_and_keeps_the_days_off_decided_since(bureau: Bureau) -> None:
    people = bureau.people
    bureau.change(bureau.draft(days=1))
    case = bureau.office.start()
    assert due(bureau, case) == at(bureau, 2, 7, 35)
    bureau.change(week(bureau, hours={}, always=True))
    assert due(bureau, case) == at(bureau, 1, 0, 5), "a day off too"
    seen = people.working_calendar(bureau.owner)
    assert seen.planned[0].on_holidays and bureau.today + DAY not in {one.day for one in seen.days}
    bureau.change(bureau.draft(days=1))
    assert due(bureau, case) == at(bureau, 2, 0, 5)
    bureau.change(week(bureau, days=2))
    assert due(bureau, case) == at(bureau, 2, 9, 5)
    days = {one.day for one in people.working_calendar(bureau.owner).days}
    assert bureau.today + DAY in days and date(2026, 12, 25) in days
    confirmed(bureau.office, case)


def test_closing_time_may_end_the_same_day(bureau: Bureau) -> None:
    people = bureau.people
    assert not people.working_calendar(bureau.owner).same_day_closes
    with pytest.raises(table_refusals.ChangesNothing):
        people.draft_closing(bureau.owner, closes=False, **WHY)
    bureau.change(people.draft_closing(bureau.owner, closes=True, **WHY))
    assert people.working_calendar(bureau.owner).same_day_closes


def test_a_draft_is_corrected_and_a_proposal_taken_back(bureau: Bureau) -> None:
    people = bureau.people
    change = week(bureau, days=5)
    assert week(bureau, days=6, change_id=change, reason="Salah tanggal") == change
    told = bureau.told(change)
    assert told.hours is not None and (told.hours.first, told.reason) == (bureau.today + 6 * DAY, "Salah tanggal")
    with pytest.raises(errors.NotFound):
        season(bureau, change_id=change)
    other = bureau.office.hire("Lain", "process_owner")
    for act in (lambda: week(bureau, who=other, change_id=change), lambda: people.take_back_change(other, change)):
        with pytest.raises(errors.NotFound):
            act()
    with pytest.raises(errors.StaleRevision):
        people.take_back_change(bureau.owner, change)
    people.propose_change(bureau.owner, change)
    with pytest.raises(errors.StaleRevision):
        week(bureau, change_id=change, days=7)
    people.take_back_change(bureau.owner, change)
    with pytest.raises(errors.NotFound):
        bureau.approve(change)
    with pytest.raises(errors.NotFound):
        people.table_change(bureau.head, change)
    bureau.office.clock.advance(timedelta(minutes=1))
    people.propose_change(bureau.owner, change)
    seen = bureau.told(change).proposed_at
    people.take_back_change(bureau.owner, change)
    bureau.office.clock.advance(timedelta(minutes=1))
    people.propose_change(bureau.owner, change)
    with pytest.raises(errors.StaleRevision):     # another than the head has read
        people.approve_change(bureau.head, change, reason="Sesuai", passphrase=PASSPHRASE, proposed_at=seen)
    people.approve_change(bureau.head, change, reason="Sesuai", passphrase=PASSPHRASE, proposed_at=bureau.told(change).proposed_at)
    assert [notice.code for notice in people.notices(bureau.head)].count("table_proposed") == 1, "what was taken back waits no more"
    with pytest.raises(errors.StaleRevision):
        people.take_back_change(bureau.owner, change)


def test_a_role_that_nobody_holds_or_one_hand_is_said_and_needs_a_reason(bureau: Bureau) -> None:
    office, people = bureau.office, bureau.people
    office.hire("Manajer", "case_manager")

    def draft(name: str, value: str) -> str:
        return people.draft_parameter(bureau.owner, name, value=value, **WHY)

    change = draft("case_authority", "supervisor")
    effect = people.effect_of_change(bureau.owner, change).role
    assert (effect.unheld, effect.one_hand) == ("supervisor", ())
    with pytest.raises(errors.InvalidSubmission) as caught:
        people.propose_change(bureau.owner, change, accepted=" ")
    assert set(caught.value.problems) == {"accepted"}
    people.propose_change(bureau.owner, change, accepted="Diangkat pekan depan")
    assert people.table_change(bureau.head, change).accepted == "Diangkat pekan depan"
    assert people.effect_of_change(bureau.head, change).role.unheld == "supervisor"
    people.take_back_change(bureau.owner, change)
    assert people.draft_parameter(bureau.owner, "case_authority", value="supervisor", change_id=change, **WHY) == change
    assert not bureau.told(change).accepted, "what was corrected is accepted anew"
    office.hire("Penyelia", "supervisor")
    assert not people.effect_of_change(bureau.owner, change).role.is_any
    people.propose_change(bureau.owner, change)
    office.engine.sops.deploy(people.operator("kalbar"), SopBundle.from_dir(offices.KALBAR / "pembukaan-kembali"))
    office.hire("Pendamping", "companion")
    change = draft("reopen_approver", "companion")    # who asks for it: one role would decide what it asked
    effect = people.effect_of_change(bureau.owner, change).role
    assert effect.unheld == "" and [(one.sop.id, one.name) for one in effect.one_hand] == [
        ("Pembukaan kembali kasus", "Memutuskan pembukaan kembali")]
    with pytest.raises(errors.InvalidSubmission):
        people.propose_change(bureau.owner, change)
    bureau.change(change, accepted="Hanya satu orang di unit ini")
    assert not people.effect_of_change(bureau.owner, draft("reopen_approver", "supervisor")).role.is_any


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> tuple[Bureau, list[CompletionResult]]:
    """An office with cases that wait overnight; what one example changes the next one finds."""
    folder: Path = tmp_path_factory.mktemp("running")
    office: Office = offices.opened(folder, f"sqlite:///{folder / 'kawal.db'}")
    bureau = Bureau(office).late_in_the_day()
    return bureau, [office.start() for _ in range(2)]


edges = st.lists(st.integers(0, 96), min_size=2, max_size=6, unique=True).map(sorted)
hours = edges.map(lambda of: tuple(zip((_time(edge) for edge in of[::2]), (_time(edge) for edge in of[1::2]), strict=False)))


def _time(quarter: int) -> time:
    return time(quarter // 4 % 24, quarter % 4 * 15)


@st.composite
def edits(draw: Any) -> Callable[[Bureau], str]:
    days, more = draw(st.sampled_from([1, 1, 1, 0, 2, 4])), draw(st.integers(0, 8))
    weekly = draw(st.dictionaries(st.integers(0, 6), hours, min_size=1))
    on_holidays, works = draw(st.booleans()), draw(st.booleans())
    boxes = {f"{name.split('.')[0]}.day": text for name, text in week_boxes({0: draw(hours)}).items() if name.endswith(".0")}
    return draw(st.sampled_from([
        lambda bureau: week(bureau, days=days, hours=weekly, on_holidays=on_holidays),
        lambda bureau: week(bureau, days=days, hours={}, always=True),
        lambda bureau: season(bureau, days=days, last=days + more, hours=weekly),
        lambda bureau: bureau.people.draft_day_hours(bureau.owner, day=bureau.today + days * DAY, name="Rapat", hours=boxes, **WHY),
        lambda bureau: bureau.draft(days=days, last=days + 1, works=works),
        lambda bureau: bureau.people.draft_closing(bureau.owner, closes=works, **WHY),
    ]))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(edit=edits())
def test_the_deadlines_shown_before_are_those_that_move(
    running: tuple[Bureau, list[CompletionResult]], edit: Callable[[Bureau], str],
) -> None:
    bureau, cases = running
    try:
        change = edit(bureau)
    except (errors.InvalidSubmission, table_refusals.ChangesNothing):
        reject()
    before = bureau.rows(*cases)
    effect = bureau.people.effect_of_change(bureau.owner, change)
    shown = sorted((one.due_at, one.due_after) for step in effect.steps for one in step.moved)
    bureau.change(change)
    after = bureau.rows(*cases)
    assert sorted((row.due_at, after[token].due_at) for token, row in before.items() if row.due_at != after[token].due_at) == shown
    assert bureau.told(change).moved == effect.moved == len(shown)
