"""Durations, instants and repeating intervals are read strictly or not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from engine.durations import Cycle, Duration, InvalidDuration, parse_cycle, parse_duration, parse_instant

JAKARTA = ZoneInfo("Asia/Jakarta")


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("PT40M", Duration(time=timedelta(minutes=40))),
        ("PT10M", Duration(time=timedelta(minutes=10))),  # after T, M is minutes
        ("P10M", Duration(months=10)),                    # before it, months
        ("P5D", Duration(days=5)),
        ("PT24H", Duration(time=timedelta(hours=24))),    # 24 hours are not a day
        ("P1W", Duration(weeks=1)),
        ("P1Y6M", Duration(months=18)),
        ("P1Y2M3DT4H5M6S", Duration(months=14, days=3, time=timedelta(hours=4, minutes=5, seconds=6))),
        ("PT0S", Duration()),
        ("P0D", Duration()),
        ("PT0.5S", Duration(time=timedelta(milliseconds=500))),
        ("PT1,000001S", Duration(time=timedelta(seconds=1, microseconds=1))),
        ("PT090M", Duration(time=timedelta(minutes=90))),
        ("P36525D", Duration(days=36_525)),               # the last day that is allowed
    ],
)
def test_a_duration_is_read_unit_by_unit(text: str, duration: Duration) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize(
    "text",
    [
        "", "P", "PT", "P1DT", "T1H", "1H", "40", "40M",
        "-PT1H", "+PT1H", "P-1D",             # signs
        "PT1H ", " PT1H", "PT 1H", "PT1H\n",  # spaces
        "pt1h", "PT1h",                       # lower case
        "5 hari PT8H", "P?? hari T1H",        # words
        "PT１０M", "PT١٠M",                    # fullwidth and Arabic digits
        "P1W2D", "P1W1Y", "P1YT1W",           # weeks stand alone
        "PT1.5H", "P0.5D", "P1.5M", "PT.5S", "PT1.S", "PT1.0000001S",
        "PT1M1H", "P1D1Y", "PT1H1H",          # order, repetition
        "P0001-02-03T04:05:06", "P1H", "PT1D", "R3/PT1H", "PT1H/PT1H",
        "P101Y", "P1201M", "P36526D", "PT876601H", "PT99999999999S", "P5219W", "P9999999999M", "P100Y1M",
    ],
)
def test_anything_else_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(InvalidDuration) as refusal:
        parse_duration(text)
    assert refusal.value.message("id") != refusal.value.message("en")
    assert not text.strip() or text not in str(refusal.value) or len(text) < 4


def test_months_are_for_elapsed_clocks_only() -> None:
    with pytest.raises(InvalidDuration):
        parse_duration("P1M", allow_months=False)
    with pytest.raises(InvalidDuration):
        parse_duration("P0Y", allow_months=False)
    assert parse_duration("PT1M", allow_months=False).time == timedelta(minutes=1)


@pytest.mark.parametrize(
    ("start", "text", "after"),
    [
        ("2026-01-31T09:00:00+07:00", "P1M", "2026-02-28T09:00:00+07:00"),
        ("2028-01-31T09:00:00+07:00", "P1M", "2028-02-29T09:00:00+07:00"),
        ("2026-12-15T09:00:00+07:00", "P1Y1M", "2028-01-15T09:00:00+07:00"),
        ("2026-01-31T20:00:00+00:00", "P1M", "2026-03-01T03:00:00+07:00"),  # already 1 February in Jakarta
        ("2026-01-31T09:00:00+07:00", "P1MT1H", "2026-02-28T10:00:00+07:00"),
    ],
)
def test_months_move_the_local_date_and_keep_the_hour(start: str, text: str, after: str) -> None:
    assert parse_duration(text).after(datetime.fromisoformat(start), JAKARTA) == datetime.fromisoformat(after)


def test_a_day_is_24_hours_and_a_month_a_local_date_when_the_clocks_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    start = datetime(2026, 3, 28, 12, tzinfo=berlin)  # clocks go forward in the coming night
    assert parse_duration("P1D").after(start, berlin) == datetime(2026, 3, 29, 13, tzinfo=berlin)
    assert parse_duration("P1M").after(start, berlin) == datetime(2026, 4, 28, 12, tzinfo=berlin)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-10T08:30:00+07:00", datetime(2026, 11, 10, 1, 30, tzinfo=UTC)),
        ("2026-11-10T01:30:00Z", datetime(2026, 11, 10, 1, 30, tzinfo=UTC)),
        ("2026-11-10T08:30", datetime(2026, 11, 10, 1, 30, tzinfo=UTC)),  # local time of the zone
        ("2026-11-10", datetime(2026, 11, 9, 17, tzinfo=UTC)),
        ("2026-11-10T08:30:00.25+07:00", datetime(2026, 11, 10, 1, 30, 0, 250_000, tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_in_its_zone(text: str, instant: datetime) -> None:
    assert parse_instant(text, zone=JAKARTA) == instant


@pytest.mark.parametrize(
    "text",
    ["", "2026-13-01", "2026-02-30T00:00:00Z", "2026-11-10 08:30", "20261110T083000Z", "2026-11-10T25:00:00Z", "besok",
     "2026-W46-2", "２０２６-11-10", "2026-11-10T08:30:00+99:00", "0001-01-01T00:00:00+07:00", "2026-11-10T08:30:00Z\n"],
)
def test_an_instant_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(InvalidDuration):
        parse_instant(text, zone=JAKARTA)


def test_a_cycle_without_a_start_counts_from_when_it_was_reached() -> None:
    cycle, reached = parse_cycle("R3/PT1H", zone=JAKARTA), datetime(2026, 11, 10, 8, tzinfo=UTC)
    assert cycle == Cycle(count=3, every=Duration(time=timedelta(hours=1)))
    assert [cycle.due(n, reached, JAKARTA) for n in (1, 2, 3, 4)] == [
        reached + timedelta(hours=1), reached + timedelta(hours=2), reached + timedelta(hours=3), None,
    ]


def test_a_cycle_with_a_start_is_due_there_first() -> None:
    cycle = parse_cycle("R2/2026-01-31T09:00:00+07:00/P1M", zone=JAKARTA)
    start = datetime(2026, 1, 31, 9, tzinfo=JAKARTA)
    # The second is a month after the first; no drift to the 28th would follow.
    assert [cycle.due(n, start, JAKARTA) for n in (1, 2, 3)] == [start, datetime(2026, 2, 28, 9, tzinfo=JAKARTA), None]


def test_monthly_repetition_does_not_drift() -> None:
    cycle = parse_cycle("R/P1M", zone=JAKARTA)
    reached = datetime(2026, 1, 31, 9, tzinfo=JAKARTA)
    assert cycle.count is None
    assert cycle.due(2, reached, JAKARTA) == datetime(2026, 3, 31, 9, tzinfo=JAKARTA)


@pytest.mark.parametrize(
    "text",
    ["R", "R3", "R3/", "R0/PT1H", "R-1/PT1H", "R1000000/PT1H", "R3/PT0S", "R3/P0D", "3/PT1H", "R3/PT1H/2026-11-10",
     "R3/2026-11-10/PT1H/PT1H", "0 0 9-17 * * MON-FRI", "R３/PT1H", "R/-PT1H", "R3//PT1H"],
)
def test_a_cycle_that_repeats_nothing_is_refused(text: str) -> None:
    with pytest.raises(InvalidDuration):
        parse_cycle(text, zone=JAKARTA)
