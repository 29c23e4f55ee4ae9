"""One function decides the deadline tag; times always name their zone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

import engine
from engine.calendars import WorkCalendar, week_from_json
from engine.results import CaseSummary
from engine.types import ClockKind, TaskSummary, TimeStandard
from tests.support import fake_engine, fake_world
from webui import deadlines, times
from webui.app import create_app
from webui.deadlines import State

WIB = ZoneInfo("Asia/Pontianak")
NOW = datetime(2026, 11, 24, 3, 30, tzinfo=UTC)  # 10.30 WIB
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def task(due=None, warn=None, completed=None) -> TaskSummary:
    return TaskSummary(id="t", instance_id="i", element_id="e", name="n", ready_at=NOW - HOUR, due_at=due, warn_at=warn,
                       completed_at=completed)


@pytest.mark.parametrize(("given", "paused", "state"), [
    (task(completed=NOW), False, State.DONE),                          # done, whatever else
    (task(due=NOW - HOUR, completed=NOW), False, State.DONE),          # done late is done
    (task(), False, State.NONE),                                       # no number in the SOP
    (task(), True, State.NONE),                                        # nothing to pause
    (task(due=NOW - HOUR), True, State.PAUSED),                        # a paused clock is not late
    (task(due=NOW - MINUTE, warn=NOW - HOUR), False, State.LATE),
    (task(due=NOW), False, State.TODAY),      # due this very instant is not late yet
    (task(due=NOW + MINUTE, warn=NOW), False, State.SOON),             # at exactly 80 %
    (task(due=NOW + HOUR, warn=NOW + MINUTE), False, State.TODAY),
    (task(due=NOW + 13 * HOUR, warn=NOW + HOUR), False, State.TODAY),  # 23.30 WIB
    (task(due=NOW + 13 * HOUR + 30 * MINUTE, warn=NOW + HOUR), False, State.TODAY),               # 24.00 WIB is the end of today
    (task(due=NOW + 13 * HOUR + 31 * MINUTE, warn=NOW + HOUR), False, State.SAFE),                # 00.01 WIB tomorrow
    (task(due=NOW + 14 * HOUR, warn=NOW + HOUR), False, State.SAFE),   # 00.30 WIB tomorrow, still today in UTC
])
def test_the_first_state_that_holds(given, paused, state):
    assert engine.state_of(replace(given, paused=paused), now=NOW, zone=WIB) is state


@pytest.mark.parametrize(("clock", "risk", "answer"), [
    (ClockKind.WORKING_MINUTES, "high", True), (ClockKind.WORKING_MINUTES, "medium", False), (ClockKind.WORKING_DAYS, "high", False)])
def test_in_danger_working_minutes_say_that_they_run_at_night(clock, risk, answer):
    counted = replace(task(due=NOW), standard=TimeStandard(duration="PT40M", clock=clock, text="40 menit"), risk=risk)

    assert engine.counts_day_and_night(counted) is answer
    with create_app(fake_world.world(), settings=fake_engine.settings()).test_request_context():
        assert ("siang malam" in deadlines.deadline(counted, now=NOW, zone=WIB, language="id").counted) is answer


@pytest.mark.parametrize(("clock", "risk", "late", "said"), [
    (ClockKind.WORKING_MINUTES, "medium", timedelta(hours=27, minutes=5), "lewat 27 jam 5 menit (jam kerja)"),
    (ClockKind.WORKING_MINUTES, "medium", timedelta(minutes=15), "lewat 15 menit (jam kerja)"),
    (ClockKind.WORKING_DAYS, "high", timedelta(minutes=600), "lewat 10 jam (jam kerja)"),
    (ClockKind.WORKING_MINUTES, "high", timedelta(hours=27), "lewat 1 hari 3 jam"), (ClockKind.ELAPSED, "", timedelta(hours=27), "lewat 1 hari 3 jam"),
])
def test_of_working_time_no_day_is_made(clock, risk, late, said):
    done = replace(task(due=NOW - HOUR, completed=NOW), overrun=late, risk=risk, standard=TimeStandard(duration="PT40M", clock=clock))
    with create_app(fake_world.world(), settings=fake_engine.settings()).test_request_context():
        assert deadlines.deadline(done, now=NOW, zone=WIB, language="id").relative == said


@pytest.mark.parametrize(("length", "indonesian", "english"), [
    (timedelta(0), "0 menit", "0 minutes"),
    (timedelta(seconds=59), "0 menit", "0 minutes"),
    (timedelta(minutes=1), "1 menit", "1 minute"),
    (timedelta(hours=36), "1 hari 12 jam", "1 day 12 hours"),          # never rounded up to two days
    (timedelta(days=2, minutes=5), "2 hari", "2 days"),
    (timedelta(hours=1, minutes=1), "1 jam 1 menit", "1 hour 1 minute"),
])
def test_a_length_in_words(length, indonesian, english):
    assert (times.span(length, language="id"), times.span(length, language="en")) == (indonesian, english)


@pytest.mark.parametrize(("zone", "indonesian", "english"), [
    ("Asia/Pontianak", "Sel 24 Nov 10.30 WIB", "Tue 24 Nov 10:30 WIB"),
    ("Asia/Makassar", "Sel 24 Nov 11.30 WITA", "Tue 24 Nov 11:30 WITA"),
    ("Asia/Jayapura", "Sel 24 Nov 12.30 WIT", "Tue 24 Nov 12:30 WIT"),
])
def test_an_instant_names_its_zone_in_both_languages(zone, indonesian, english):
    assert times.exact(NOW, ZoneInfo(zone), language="id", now=NOW) == indonesian
    assert times.exact(NOW, ZoneInfo(zone), language="en", now=NOW) == english


def test_an_end_at_midnight_is_24_00_of_the_day_before():
    midnight = datetime(2026, 12, 31, 17, tzinfo=UTC)
    assert times.due(midnight, WIB, language="id", now=NOW) == "Kam 31 Des 24.00 WIB"
    assert times.due(midnight, WIB, language="en", now=NOW) == "Thu 31 Dec 24:00 WIB"
    assert times.due(NOW, WIB, language="id", now=NOW) == times.exact(NOW, WIB, language="id", now=NOW)


@pytest.mark.parametrize("standard", [TimeStandard(duration="PT40M", clock=ClockKind.WORKING_MINUTES),
                                      TimeStandard(duration="P1D", clock=ClockKind.WORKING_DAYS)])
def test_what_a_working_clock_has_due_today_is_due_by_todays_closing(standard):
    office = WorkCalendar(WIB, week_from_json({day: [["07:30", "12:00"], ["13:00", "16:00"]] for day in "01234"}), frozenset())
    seen = set()
    for began, passed in product(range(0, 24 * 8, 5), range(0, 50, 3)):
        start = NOW + began * HOUR
        now, due = start + passed * HOUR, engine.due_at(start, standard, office)
        closing = office.closing(now.astimezone(WIB).date())
        is_today = engine.state_of(task(due=due), now=now, zone=WIB) is State.TODAY
        assert is_today is (now <= due and closing is not None and due <= closing), (now, due)
        seen.add(is_today)
    assert seen == {True, False}


def test_a_case_is_tagged_as_its_next_task_is(app):
    case = CaseSummary(id="c", business_key="KLB-1", status="open", risk="low", sop_title="", opened_at=NOW, next_due_at=NOW + 5 * MINUTE)
    with app.test_request_context():
        for warned, state in ((NOW + MINUTE, State.TODAY), (NOW - MINUTE, State.SOON)):
            shown = deadlines.of_case(replace(case, next_warn_at=warned), now=NOW, zone=WIB, language="id")
            assert shown.state is state is deadlines.deadline(
                task(due=case.next_due_at, warn=warned), now=NOW, zone=WIB, language="id").state


def test_another_year_is_named():
    assert times.exact(NOW.replace(year=2025), WIB, language="id", now=NOW) == "Sen 24 Nov 2025 10.30 WIB"
