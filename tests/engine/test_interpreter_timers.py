"""Timers: literals, FEEL, cycles, time standards on working clocks, suspensions and changed tables."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from engine import errors
from engine.calendars import WorkCalendar
from engine.transition import Suspend
from engine.types import ClockKind
from tests.support import bpmn
from tests.support.play import NOON, Play, compile_bytes

JAKARTA = ZoneInfo("Asia/Jakarta")
WEEK = dict.fromkeys(range(5), ((time(8), time(16)),))
OFFICE = WorkCalendar(JAKARTA, WEEK, frozenset())
HOLIDAY = WorkCalendar(JAKARTA, WEEK, frozenset({date(2026, 11, 11)}))
TABLES = {"office": OFFICE, "holiday": HOLIDAY}


def at(day, hour, minute=0):
    """Local time in November 2026; the 10th is a Tuesday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=JAKARTA).astimezone(UTC)


def edge(text, kind="timeDuration", *, interrupting=False, extra="", **variables):
    return Play(bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.user("a"), bpmn.user("h"), bpmn.boundary("x", "a", bpmn.timer(text, kind),
                                                                         interrupting=interrupting, extra=extra),
        bpmn.flow("s", "a"), bpmn.flow("x", "h"))), tables=TABLES, **variables)


@pytest.mark.parametrize(("text", "kind", "due"), [
    ("PT1H30M", "timeDuration", NOON + timedelta(minutes=90)),
    ("P1D", "timeDuration", NOON + timedelta(days=1)),
    ("P1M", "timeDuration", datetime(2026, 12, 10, 5, tzinfo=UTC)),
    ('=duration("PT2H")', "timeDuration", NOON + timedelta(hours=2)),
    ('=duration("P1M")', "timeDuration", datetime(2026, 12, 10, 5, tzinfo=UTC)),
    ("=wait", "timeDuration", NOON + timedelta(hours=3)),
    ("2026-11-11T09:00:00+07:00", "timeDate", datetime(2026, 11, 11, 2, tzinfo=UTC)),
    ("2026-11-11T09:00:00", "timeDate", datetime(2026, 11, 11, 9, tzinfo=UTC)),  # no calendar: UTC
    ("=day", "timeDate", datetime(2026, 11, 12, tzinfo=UTC)),
    ("R3/PT1H", "timeCycle", NOON + timedelta(hours=1)),
    ("R3/2026-11-11T00:00:00Z/PT1H", "timeCycle", datetime(2026, 11, 11, tzinfo=UTC)),
])
def test_when_a_timer_is_due(text, kind, due):
    assert edge(text, kind, wait="PT3H", day=date(2026, 11, 12)).due("x") == due


@pytest.mark.parametrize(("text", "kind"), [
    ("-PT1H", "timeDuration"), ("5 hari", "timeDuration"), ("'PT1H'", "timeDuration"), ("=missing", "timeDuration"),
    ("=1", "timeDuration"), ('=duration("-PT1H")', "timeDuration"), ("tomorrow", "timeDate"), ("=true", "timeDate"),
    ("PT1H", "timeCycle"), ("R0/PT1H", "timeCycle"), ("", "timeDuration"),
])
def test_a_timer_nobody_can_read_is_an_incident_and_its_task_goes_on(text, kind):
    play = edge(text, kind)

    assert play.incidents == [("x", "timer-unusable")]
    assert play.open == ["a"]
    assert play.complete("a").done


def test_an_unreadable_timer_may_be_mended():
    play = edge("=wait")
    play.retry("x", wait="PT1H")

    assert play.due("x") == NOON + timedelta(hours=1)


def test_a_naive_date_means_the_zone_of_the_calendar():
    play = edge("2026-11-11T09:00:00", "timeDate", start={"calendar": "office"})

    assert play.due("x") == at(11, 9)


def test_a_reminder_repeats_on_its_grid_and_stops_with_its_count():
    play = edge("R3/PT1H", "timeCycle").wait(hours=10)

    assert play.open == ["a", "h", "h", "h"]
    assert play.view.timers == ()


def test_a_late_reminder_fires_once_and_never_as_a_burst():
    play = edge("R/PT1H", "timeCycle")
    play.fire("x", NOON + timedelta(hours=10, minutes=30))

    assert play.open == ["a", "h"]
    assert play.due("x") == NOON + timedelta(hours=11)

    counted = edge("R3/PT1H", "timeCycle")
    counted.fire("x", NOON + timedelta(hours=10))
    assert counted.open == ["a", "h"]
    assert counted.view.timers == ()


def test_an_interrupting_cycle_cancels_at_its_first_hit():
    assert edge("R/PT1H", "timeCycle", interrupting=True).wait(hours=3).open == ["h"]


def test_three_hundred_reminders_leave_no_trace_in_the_state():
    play = edge("R/PT1H", "timeCycle")
    sizes = []
    for _ in range(300):
        play.wait(hours=1).complete("h")
        assert play.state is not None
        sizes.append(len(play.state.scopes[0][3]))
    assert set(sizes) == {2}


def test_an_intermediate_timer_waits_and_goes_on():
    play = Play(bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.catch("t", bpmn.timer("PT1H")), bpmn.user("a"), bpmn.flows("s", "t", "a"))))

    assert play.open == []
    assert play.wait(hours=1).open == ["a"]
    assert play.happened("t") == ["entered", "caught", "completed"]


# --- time standards ------------------------------------------------------------------------------------------------


def standard(duration, clock, *, risk="", **attributes):
    return edge(duration, extra=bpmn.standard(clock, **attributes), start={"calendar": "office", "risk": risk}, now=at(10, 15, 30))


@pytest.mark.parametrize(("text", "clock", "due", "warn"), [
    ("PT40M", "working_minutes", at(11, 8, 10), at(11, 8, 2)),        # half an hour today, ten minutes tomorrow
    ("PT24H", "elapsed", at(11, 15, 30), at(11, 10, 42)),
    ("P2D", "working_days", at(12, 16), None),                       # today is not counted
    ("P0D", "same_day", at(11, 0), None),
])
def test_a_standard_is_counted_on_its_own_clock(text, clock, due, warn):
    play = standard(text, clock, text="menurut SOP")

    task = play.task("a")
    assert task.due_at == play.due("x") == due
    assert warn is None or task.warn_at == warn
    assert task.standard is not None
    assert (task.standard.duration, task.standard.clock, task.standard.text) == (text, ClockKind(clock), "menurut SOP")
    assert task.standard_from == at(10, 15, 30)
    assert play.view.timers[0].standard == task.standard


def test_a_task_stays_overdue_after_its_standard_fired():
    play = standard("PT40M", "working_minutes")
    due = play.due("x")
    play.wait(days=2)

    assert play.open == ["a", "h"]
    assert play.task("a").due_at == due
    assert play.view.timers == ()


def test_high_risk_counts_day_and_night():
    assert standard("PT40M", "working_minutes", risk="high").due("x") == at(10, 16, 10)


def test_working_days_stay_days_of_work_at_high_risk():
    assert standard("P5D", "working_days", risk="high").due("x") == standard("P5D", "working_days").due("x")


def test_without_a_calendar_every_minute_counts():
    play = edge("PT40M", extra=bpmn.standard("working_minutes"))

    assert play.due("x") == NOON + timedelta(minutes=40)
    assert play.task("a").warn_at == NOON + timedelta(minutes=32)


def test_a_standard_may_begin_at_an_instant_of_the_case():
    play = edge("PT2H", extra=bpmn.standard("elapsed", from_="reported_at"), start={"calendar": "office"},
                reported_at=NOON - timedelta(minutes=30))

    assert play.due("x") == NOON + timedelta(minutes=90)


def test_a_standard_without_a_start_yet_has_no_due_until_it_is_known():
    play = Play(bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.parallel("f"), bpmn.user("a"), bpmn.user("w"), bpmn.user("h"),
        bpmn.boundary("x", "a", bpmn.timer("PT2H"), interrupting=False, extra=bpmn.standard("elapsed", from_="known_at")),
        bpmn.flow("s", "f"), bpmn.flow("f", "a"), bpmn.flow("f", "w"), bpmn.flow("x", "h"))), known_at=None)

    assert play.view.timers == ()
    assert play.task("a").due_at is None
    play.complete("w", known_at=NOON - timedelta(hours=1))
    assert play.task("a").due_at == play.due("x") == NOON + timedelta(hours=1)


def test_a_standard_on_a_multi_instance_task_is_every_instances_due():
    play = Play(bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.user("a", bpmn.instances(cardinality="2")), bpmn.user("h"),
        bpmn.boundary("x", "a", bpmn.timer("PT2H"), interrupting=False, extra=bpmn.standard("elapsed")),
        bpmn.flow("s", "a"), bpmn.flow("x", "h"))))

    assert [t.due_at for t in play.view.tasks] == [NOON + timedelta(hours=2)] * 2


def test_a_suspension_pauses_working_clocks_and_never_legal_ones():
    working, legal = standard("PT40M", "working_minutes"), standard("PT24H", "elapsed")
    for play in (working, legal):
        play.suspend()
        with pytest.raises(errors.InstanceNotActive):
            play.complete("a")
    assert working.view.timers == ()
    assert legal.due("x") == at(11, 15, 30)

    for play in (working, legal):
        play.now = at(11, 9)     # ninety working minutes later
        play.resume()
    assert working.due("x") == at(11, 9, 40)
    assert working.task("a").warn_at == at(11, 9, 32)
    assert legal.due("x") == at(11, 15, 30)


def test_a_late_decree_moves_dues_from_their_start():
    play = standard("P1D", "working_days")
    assert play.due("x") == at(11, 16)

    play.now = at(10, 17)
    play.change(calendar="holiday")
    assert play.due("x") == play.task("a").due_at == at(12, 16)


def test_a_suspension_is_remembered_when_tables_change():
    play = standard("PT40M", "working_minutes")
    play.suspend()
    play.now = at(11, 9)
    play.resume()
    play.change(calendar="holiday")        # the 11th was no working day after all: nothing was lost to the pause but half an hour

    assert play.due("x") == at(12, 8, 40)


def test_a_change_of_risk_moves_dues():
    play = standard("PT40M", "working_minutes")

    assert play.change(risk="high").due("x") == at(10, 16, 10)


def test_parameters_of_the_agency_are_readable_and_may_change():
    play = Play(compile_bytes(bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.user("a"), bpmn.user("h"), bpmn.boundary("x", "a", bpmn.conditional('parameters.mode = "b"')),
        bpmn.flow("s", "a"), bpmn.flow("x", "h")))), tables={"one": {"mode": "a"}, "two": {"mode": "b"}},
            start={"parameters": "one"})

    assert play.open == ["a"]
    assert play.change(parameters="two").open == ["h"]


def test_time_inside_an_instance_never_runs_backwards():
    play = edge("PT1H").wait(hours=3)
    with pytest.raises(errors.TimeWentBack):
        play.apply(Suspend(), NOON)
