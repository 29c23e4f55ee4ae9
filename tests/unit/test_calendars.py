"""Working calendars and time standards; the dated examples are those of the domain dossier, section 7."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from engine.calendars import (
    InvalidCalendar,
    InvalidStandard,
    NoDueInstant,
    Season,
    WorkCalendar,
    due_at,
    explain_due,
    indonesia,
    used,
    warn_at,
    week_from_json,
)
from engine.durations import InvalidDuration
from engine.types import ClockKind, TimeStandard

JAKARTA = ZoneInfo("Asia/Jakarta")
BERLIN = ZoneInfo("Europe/Berlin")
MORNING_AND_AFTERNOON = [["07:30", "12:00"], ["13:00", "16:00"]]
FRIDAY = [["07:30", "11:30"], ["13:00", "16:30"]]
NORMAL = week_from_json({**dict.fromkeys("0123", MORNING_AND_AFTERNOON), "4": FRIDAY})
RAMADAN = Season(
    name="Ramadan", first=date(2026, 2, 19), last=date(2026, 3, 20),
    week=week_from_json({**dict.fromkeys("0123", [["08:00", "12:00"], ["12:30", "15:00"]]),
                         "4": [["08:00", "11:30"], ["12:30", "15:30"]]}),
)
OFF = indonesia([2026, 2027])
CAL_N = WorkCalendar(JAKARTA, NORMAL, OFF, (RAMADAN,))
CAL_24 = WorkCalendar.round_the_clock(JAKARTA)
CLOSING = WorkCalendar(JAKARTA, NORMAL, OFF, (RAMADAN,), same_day_closes=True)


def wib(text: str) -> datetime:
    """An instant of 2026 in western Indonesian time, `MM-DD hh:mm`."""
    return datetime.fromisoformat(f"2026-{text.replace(' ', 'T')}:00+07:00")


def minutes(count: int) -> TimeStandard:
    return TimeStandard(duration=f"PT{count}M", clock=ClockKind.WORKING_MINUTES)


def working_days(count: int) -> TimeStandard:
    return TimeStandard(duration=f"P{count}D", clock=ClockKind.WORKING_DAYS)


def elapsed(duration: str) -> TimeStandard:
    return TimeStandard(duration=duration, clock=ClockKind.ELAPSED)


SAME_DAY = TimeStandard(duration="P0D", clock=ClockKind.SAME_DAY, text="hari yang sama")


@pytest.mark.parametrize(
    ("start", "standard", "calendar", "due"),
    [
        # A01: the minute rows of Kalimantan Barat on ordinary days
        ("11-10 08:30", minutes(10), CAL_N, "11-10 08:40"),
        ("11-10 08:38", minutes(40), CAL_N, "11-10 09:18"),
        ("11-10 09:15", minutes(30), CAL_N, "11-10 09:45"),
        ("11-17 09:00", minutes(60), CAL_N, "11-17 10:00"),
        ("11-24 11:20", minutes(60), CAL_N, "11-24 13:20"),     # across lunch
        ("11-24 13:45", minutes(30), CAL_N, "11-24 14:15"),
        # A04: high risk runs day and night; office hours would have said Monday
        ("11-13 16:20", minutes(10), CAL_N, "11-13 16:30"),     # ends with the Friday
        ("11-13 16:28", minutes(40), CAL_24, "11-13 17:08"),
        ("11-13 16:28", minutes(40), CAL_N, "11-16 08:08"),
        ("11-13 17:05", minutes(30), CAL_24, "11-13 17:35"),
        ("11-13 16:00", elapsed("PT72H"), CAL_N, "11-16 16:00"),
        # A10: five working days over Christmas
        ("12-22 14:00", working_days(5), CAL_N, "12-31 16:00"),
        # A12
        ("11-09 09:00", working_days(5), CAL_N, "11-16 16:00"),
        # A13
        ("11-12 09:15", elapsed("PT24H"), CAL_N, "11-13 09:15"),
        # A20: the same day, or closing time where the agency says so
        ("11-12 15:10", SAME_DAY, CAL_N, "11-13 00:00"),
        ("11-12 15:10", SAME_DAY, CLOSING, "11-12 16:00"),
        ("11-12 16:00", SAME_DAY, CLOSING, "11-12 16:00"),
        ("11-12 16:01", SAME_DAY, CLOSING, "11-13 00:00"),      # closing time has passed: the day has not
        ("11-14 10:00", SAME_DAY, CLOSING, "11-15 00:00"),      # a Saturday never closes
        # A21: received by the system, or by the officer
        ("11-14 23:50", elapsed("PT24H"), CAL_N, "11-15 23:50"),
        ("11-16 07:30", elapsed("PT24H"), CAL_N, "11-17 07:30"),
        # A26, A30: three times 24 hours, weekends count
        ("11-11 13:10", elapsed("PT72H"), CAL_N, "11-14 13:10"),
        ("11-13 17:20", elapsed("PT72H"), CAL_N, "11-16 17:20"),
        ("11-12 22:00", elapsed("PT72H"), CAL_N, "11-15 22:00"),
        # A31: 20 minutes used before four days off
        ("12-23 15:40", minutes(40), CAL_N, "12-28 07:50"),
        # joint holiday, Nyepi, Eid, in Ramadan hours until the 20th
        ("03-17 14:50", minutes(40), CAL_N, "03-25 08:00"),
        # Ramadan: closing at 15:00, Friday at 15:30; the last Ramadan day that is worked
        ("02-19 14:00", minutes(90), CAL_N, "02-20 08:30"),
        ("02-20 15:00", minutes(31), CAL_N, "02-23 08:01"),
        ("02-18 15:50", minutes(20), CAL_N, "02-19 08:10"),     # the eve keeps its usual hours
        ("02-18 10:00", working_days(1), CAL_N, "02-19 15:00"),
        # the edges of the working day
        ("11-10 15:40", minutes(20), CAL_N, "11-10 16:00"),     # not the next morning
        ("11-10 16:00", minutes(1), CAL_N, "11-11 07:31"),
        ("11-10 12:00", minutes(1), CAL_N, "11-10 13:01"),
        ("11-10 07:30", minutes(1), CAL_N, "11-10 07:31"),
        ("11-10 06:00", minutes(1), CAL_N, "11-10 07:31"),
        ("11-10 11:30", minutes(30), CAL_N, "11-10 12:00"),
        ("11-10 07:30", minutes(450), CAL_N, "11-10 16:00"),
        # no time at all
        ("11-10 08:30", minutes(0), CAL_N, "11-10 08:30"),
        ("11-14 08:30", minutes(0), CAL_N, "11-14 08:30"),
        ("11-10 08:30", elapsed("PT0S"), CAL_N, "11-10 08:30"),
        ("11-10 08:30", working_days(0), CAL_N, "11-10 16:00"),
        ("11-10 16:30", working_days(0), CAL_N, "11-11 16:00"),
        ("11-14 08:30", working_days(0), CAL_N, "11-16 16:00"),
        # working days from a day off, from after closing, round the clock
        ("11-14 08:30", working_days(1), CAL_N, "11-16 16:00"),
        ("11-10 23:00", working_days(1), CAL_N, "11-11 16:00"),
        ("11-13 23:00", working_days(1), CAL_24, "11-15 00:00"),
        # months keep the local date
        ("01-31 09:00", elapsed("P1M"), CAL_N, "02-28 09:00"),
    ],
)
def test_a_standard_falls_due(start: str, standard: TimeStandard, calendar: WorkCalendar, due: str) -> None:
    answer = due_at(wib(start), standard, calendar)
    assert answer == wib(due)
    assert answer.tzinfo is UTC


@pytest.mark.parametrize("duration", ["P0D", "PT0S", "P1D", "PT24H"])
def test_a_same_day_standard_may_be_written_for_other_tools(duration: str) -> None:
    standard = TimeStandard(duration=duration, clock=ClockKind.SAME_DAY)
    assert due_at(wib("11-12 00:00"), standard, CAL_N) == wib("11-13 00:00")


def test_lateness_is_counted_in_the_standards_own_time() -> None:
    # A12: due Monday 16:00, done Wednesday 10:00
    assert used(wib("11-16 16:00"), wib("11-18 10:00"), working_days(5), CAL_N) == timedelta(minutes=600)
    # A31: late by 15 working minutes; handled in 30
    due = due_at(wib("12-23 15:40"), minutes(40), CAL_N)
    assert used(due, wib("12-28 08:05"), minutes(40), CAL_N) == timedelta(minutes=15)
    assert used(wib("12-28 07:35"), wib("12-28 08:05"), minutes(40), CAL_N) == timedelta(minutes=30)
    # A21: elapsed time counts the night
    assert used(wib("11-14 23:50"), wib("11-16 09:00"), elapsed("PT24H"), CAL_N) == timedelta(hours=33, minutes=10)
    assert used(wib("11-12 23:00"), wib("11-13 01:00"), SAME_DAY, CAL_N) == timedelta(hours=2)


def test_nothing_is_used_before_the_start() -> None:
    for standard in (minutes(40), working_days(5), elapsed("PT24H"), SAME_DAY):
        assert used(wib("11-12 10:00"), wib("11-11 10:00"), standard, CAL_N) == timedelta(0)
        assert used(wib("11-12 10:00"), wib("11-12 10:00"), standard, CAL_N) == timedelta(0)


@pytest.mark.parametrize(
    ("start", "standard", "warning"),
    [
        ("11-12 09:15", elapsed("PT24H"), "11-13 04:27"),       # A13
        ("12-23 15:40", minutes(40), "12-28 07:42"),            # 20 used, 12 more
        ("12-23 15:40", minutes(25), "12-23 16:00"),            # 80 % is the last minute of the day
        ("11-09 09:00", working_days(5), "11-13 15:18"),        # 2,088 of 2,610 working minutes
        ("11-12 14:00", SAME_DAY, "11-12 22:00"),
        ("11-12 14:00", minutes(0), "11-12 14:00"),
    ],
)
def test_the_warning_comes_at_80_percent_of_the_standards_own_time(
    start: str, standard: TimeStandard, warning: str
) -> None:
    assert warn_at(wib(start), standard, CAL_N) == wib(warning)


@pytest.mark.parametrize(
    ("duration", "clock"),
    [
        ("P5D", ClockKind.WORKING_MINUTES),   # a day is a day, never 24 working hours
        ("P1W", ClockKind.WORKING_MINUTES),
        ("P1DT1H", ClockKind.WORKING_MINUTES),
        ("PT8H", ClockKind.WORKING_DAYS),
        ("P1W", ClockKind.WORKING_DAYS),      # five days or seven?
        ("P2D", ClockKind.SAME_DAY),
        ("PT2H", ClockKind.SAME_DAY),
    ],
)
def test_a_clock_refuses_what_it_cannot_count(duration: str, clock: ClockKind) -> None:
    with pytest.raises(InvalidStandard) as refusal:
        due_at(wib("11-12 10:00"), TimeStandard(duration=duration, clock=clock), CAL_N)
    assert refusal.value.message("id") != refusal.value.message("en")


@pytest.mark.parametrize("clock", [ClockKind.WORKING_MINUTES, ClockKind.WORKING_DAYS, ClockKind.SAME_DAY])
def test_months_are_refused_where_work_is_counted(clock: ClockKind) -> None:
    with pytest.raises(InvalidDuration):
        due_at(wib("11-12 10:00"), TimeStandard(duration="P1M", clock=clock), CAL_N)


def test_a_naive_start_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        due_at(datetime(2026, 11, 12, 10), minutes(1), CAL_N)
    with pytest.raises(ValueError, match="time zone"):
        used(wib("11-12 10:00"), datetime(2026, 11, 12, 10), minutes(1), CAL_N)


@pytest.mark.parametrize("standard", [minutes(1), working_days(1), working_days(0)])
def test_a_calendar_without_work_says_so(standard: TimeStandard) -> None:
    for week in ({}, {0: ()}):
        with pytest.raises(NoDueInstant):
            due_at(wib("11-12 10:00"), standard, WorkCalendar(JAKARTA, week, frozenset()))


def test_a_calendar_with_too_little_work_says_so() -> None:
    one_minute_a_week = WorkCalendar(JAKARTA, {0: ((time(8), time(8, 1)),)}, frozenset())
    assert due_at(wib("11-12 10:00"), minutes(52), one_minute_a_week) == wib("11-16 08:01") + timedelta(weeks=51)
    with pytest.raises(NoDueInstant):
        due_at(wib("11-12 10:00"), minutes(6_000), one_minute_a_week)


def test_work_that_begins_again_within_ten_years_is_found() -> None:
    later = Season(name="kembali", first=date(2035, 1, 1), last=date(2035, 12, 31), week=NORMAL)
    calendar = WorkCalendar(JAKARTA, {}, frozenset(), (later,))
    monday = datetime(2035, 1, 1, 7, 30, tzinfo=JAKARTA)
    assert due_at(wib("11-12 10:00"), minutes(10), calendar) == monday + timedelta(minutes=10)
    assert due_at(wib("11-12 10:00"), working_days(1), calendar) == monday.replace(hour=16, minute=0)


def test_an_instant_beyond_the_calendar_of_python_is_refused() -> None:
    with pytest.raises(NoDueInstant):
        due_at(datetime(9990, 1, 1, tzinfo=UTC), elapsed("P100Y"), CAL_N)


def test_seconds_are_counted() -> None:
    start = wib("11-10 15:59") + timedelta(seconds=30)
    assert due_at(start, minutes(1), CAL_N) == wib("11-11 07:30") + timedelta(seconds=30)
    assert used(start, wib("11-11 08:00"), minutes(1), CAL_N) == timedelta(minutes=30, seconds=30)


def test_work_is_counted_in_real_minutes_when_the_clocks_change() -> None:
    night = WorkCalendar(BERLIN, {6: ((time(1), time(4)),)}, frozenset())
    spring, autumn = datetime(2026, 3, 29, tzinfo=BERLIN), datetime(2026, 10, 25, tzinfo=BERLIN)
    day = timedelta(days=1)
    assert used(spring, spring + day, minutes(1), night) == timedelta(hours=2)  # 02:00 to 03:00 does not exist
    assert used(autumn, autumn + day, minutes(1), night) == timedelta(hours=4)  # ... and exists twice
    assert due_at(spring, minutes(90), night) == datetime(2026, 3, 29, 3, 30, tzinfo=BERLIN)
    assert due_at(autumn, minutes(180), night) == datetime(2026, 10, 25, 3, 0, tzinfo=BERLIN)
    # Hours within the missing hour are no hours; hours within the doubled one are worked twice.
    half = WorkCalendar(BERLIN, {6: ((time(2, 30), time(2, 45)),)}, frozenset())
    assert used(spring, spring + day, minutes(1), half) == timedelta(0)
    assert used(autumn, autumn + day, minutes(1), half) == timedelta(minutes=30)
    assert due_at(spring - day, working_days(1), half) == datetime(2026, 4, 5, 2, 45, tzinfo=BERLIN)


def test_the_end_of_a_long_day_is_its_own_midnight() -> None:
    start = datetime(2026, 10, 25, 0, 30, tzinfo=BERLIN)  # 25 hours long
    assert due_at(start, SAME_DAY, WorkCalendar.round_the_clock(BERLIN)) == datetime(2026, 10, 26, tzinfo=BERLIN)


def test_midnight_ends_a_day_as_24_00() -> None:
    evening = WorkCalendar(JAKARTA, week_from_json({"3": [["20:00", "24:00"]]}), frozenset())
    assert evening.week == {3: ((time(20), time(0)),)}
    assert due_at(wib("11-12 23:00"), minutes(60), evening) == wib("11-13 00:00")
    assert due_at(wib("11-11 10:00"), working_days(1), evening) == wib("11-13 00:00")
    assert "24.00" in explain_due(wib("11-12 23:00"), minutes(60), evening, language="id")
    assert WorkCalendar(JAKARTA, {3: ((time(20), time.max),)}, frozenset()) == evening


def test_a_calendar_reads_back_as_itself() -> None:
    for calendar in (CAL_N, CAL_24, CLOSING):
        again = WorkCalendar.from_json(json.loads(json.dumps(calendar.to_json())))
        assert again == calendar
        assert again.digest == calendar.digest
        assert hash(again) == hash(calendar)
        assert pickle.loads(pickle.dumps(calendar)).digest == calendar.digest


def test_the_digest_is_of_the_content_and_of_all_of_it() -> None:
    shuffled = WorkCalendar(
        JAKARTA, {day: tuple(reversed(NORMAL[day])) for day in (4, 2, 0, 1, 3)} | {6: ()}, frozenset(sorted(OFF)), (RAMADAN,)
    )
    assert shuffled.digest == CAL_N.digest
    others = [
        CLOSING,
        CAL_24,
        WorkCalendar(ZoneInfo("Asia/Pontianak"), NORMAL, OFF, (RAMADAN,)),
        WorkCalendar(JAKARTA, NORMAL | {5: ((time(8), time(9)),)}, OFF, (RAMADAN,)),
        WorkCalendar(JAKARTA, NORMAL, OFF - {date(2026, 12, 24)}, (RAMADAN,)),
        WorkCalendar(JAKARTA, NORMAL, OFF),
    ]
    assert len({calendar.digest for calendar in [CAL_N, *others]}) == len(others) + 1


def test_the_digest_never_moves() -> None:
    # Journals name calendars by it.
    calendar = WorkCalendar(JAKARTA, NORMAL, frozenset({date(2026, 12, 25)}), (RAMADAN,))
    assert calendar.digest == "1e1863bae4eaf24922a958ff26e142826fd44f9828ab98f96bf80574bc6e137a"


@pytest.mark.parametrize(
    "make",
    [
        lambda: WorkCalendar(JAKARTA, {7: ((time(8), time(9)),)}, frozenset()),
        lambda: WorkCalendar(JAKARTA, {0: ((time(9), time(8)),)}, frozenset()),
        lambda: WorkCalendar(JAKARTA, {0: ((time(8), time(8)),)}, frozenset()),
        lambda: WorkCalendar(JAKARTA, {0: ((time(8), time(12)), (time(11), time(13)))}, frozenset()),
        lambda: WorkCalendar(JAKARTA, {0: ((time(20), time(0)), (time(21), time(22)))}, frozenset()),
        lambda: WorkCalendar(JAKARTA, {0: ((time(8, tzinfo=UTC), time(9, tzinfo=UTC)),)}, frozenset()),
        lambda: WorkCalendar(UTC, NORMAL, frozenset()),  # type: ignore[arg-type]
        lambda: WorkCalendar(JAKARTA, NORMAL, frozenset(), (RAMADAN, RAMADAN)),
        lambda: Season(name="", first=date(2026, 2, 1), last=date(2026, 1, 1), week=NORMAL),
        lambda: WorkCalendar.from_json({}),
        lambda: WorkCalendar.from_json(CAL_N.to_json() | {"zone": "Asia/Nowhere"}),
        lambda: WorkCalendar.from_json(CAL_N.to_json() | {"zone": "../../etc/passwd"}),
        lambda: WorkCalendar.from_json(CAL_N.to_json() | {"holidays": ["2026-02-30"]}),
        lambda: WorkCalendar.from_json(CAL_N.to_json() | {"week": {"0": [["07:30"]]}}),
        lambda: WorkCalendar.from_json(CAL_N.to_json() | {"week": {"senin": []}}),
        lambda: WorkCalendar.from_json(CAL_N.to_json() | {"seasons": [{}]}),
        lambda: WorkCalendar.from_json([]),  # type: ignore[arg-type]
    ],
)
def test_a_calendar_that_contradicts_itself_is_refused(make: object) -> None:
    with pytest.raises(InvalidCalendar) as refusal:
        make()  # type: ignore[operator]
    assert refusal.value.message("id") != refusal.value.message("en")


def test_the_explanation_names_what_was_skipped() -> None:
    text = explain_due(wib("12-23 15:40"), minutes(40), CAL_N, language="id")
    for words in ("40 menit", "Rab 23 Des 2026 pukul 15.40 WIB", "Sen 28 Des 2026 pukul 07.50 WIB",
                  "Kam 24 Des–Jum 25 Des", "Sab 26 Des–Min 27 Des"):
        assert words in text
    text = explain_due(wib("12-23 15:40"), minutes(40), CAL_24, language="id")
    assert "siang malam" in text and "jam kerja" not in text and "Rab 23 Des 2026 pukul 16.20 WIB" in text
    text = explain_due(wib("12-22 14:00"), working_days(5), CAL_N, language="en")
    for words in ("5 working days", "Tue 22 Dec 2026 14:00 WIB", "the start day not counted",
                  "Thu 31 Dec 2026 16:00 WIB", "collective leave: Thu 24 Dec–Fri 25 Dec"):
        assert words in text


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(
    "standard", [minutes(40), minutes(100_000), working_days(0), working_days(1), elapsed("PT72H"), elapsed("P1Y2M3DT4H5M6S"),
                 elapsed("P1W"), elapsed("PT0S"), SAME_DAY]
)
def test_every_due_instant_explains_itself_briefly(language: str, standard: TimeStandard) -> None:
    text = explain_due(wib("02-18 15:50"), standard, CAL_N, language=language)
    assert 20 < len(text) < 1_500
    assert ("tenggat" in text) == (language == "id")
    assert ("due" in text) == (language == "en")


def test_a_season_includes_its_first_and_its_last_day() -> None:
    season = Season(name="", first=date(2026, 11, 10), last=date(2026, 11, 11), week=week_from_json({}))
    calendar = WorkCalendar(JAKARTA, NORMAL, OFF, (season,))
    assert [bool(calendar.hours_on(date(2026, 11, day))) for day in (9, 10, 11, 12)] == [True, False, False, True]
    assert due_at(wib("11-09 15:50"), minutes(20), calendar) == wib("11-12 07:40")


def test_a_season_is_named_in_the_explanation() -> None:
    assert "Jam kerja Ramadan berlaku Kam 19 Feb–Jum 20 Mar." in explain_due(
        wib("02-19 14:00"), minutes(90), CAL_N, language="id"
    )
