"""When time standards (*mutu baku waktu*) fall due on a working calendar, and why.

Pure arithmetic: instants come as aware datetimes and go as UTC. The four clock kinds are those of `ClockKind`:

* elapsed: due when the duration has passed; months move the local date;
* working_minutes: due at the end of the last needed minute (15:40 + 20 min = 16:00, never the next morning); a duration of no
  time is due at once;
* working_days: due at closing time of the n-th working day after the start's local day. `P0D` is closing time of the start day,
  or of the next working day when that has passed. What is used of it, warned about and overrun is counted in working minutes;
* same_day: due at 24:00 local, or at closing time if the calendar says so (`same_day_closes`) and it has not passed. The duration
  is `P0D`; `PT0S`, `P1D` and `PT24H` mean the same. What is used of it is elapsed time.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from engine import due_words, durations
from engine.types import ClockKind, Text, TimeStandard
from engine.work_calendar import (
    EMPTY_DAYS,
    InvalidCalendar,
    NoDueInstant,
    Season,
    WorkCalendar,
    day_spans,
    indonesia,
    week_from_json,
)

__all__ = [
    "InvalidCalendar", "InvalidStandard", "NoDueInstant", "Season", "WorkCalendar", "due_at", "explain_due", "indonesia",
    "read_standard", "used", "warn_at", "week_from_json",
]

WARN_AFTER = (4, 5)          # 80 % of the standard's own time
_DAY = timedelta(days=1)
_WHOLE_DAY = ((time(0), time(0)),)
_WORKING = (ClockKind.WORKING_MINUTES, ClockKind.WORKING_DAYS)


class InvalidStandard(durations.InvalidDuration):
    """This duration cannot be counted on this clock."""

    code = "invalid-standard"
    indonesian = "Durasi ini tidak dapat dihitung pada jam ini."


def due_at(start: datetime, standard: TimeStandard, calendar: WorkCalendar) -> datetime:
    """When a standard that began at `start` falls due, in UTC; never before `start`.

    Raises:
        InvalidDuration, InvalidStandard: the duration cannot be read, or not counted on this clock.
        NoDueInstant: the calendar never gets there.
    """
    start = _utc(start)
    duration = read_standard(standard)
    try:
        match standard.clock:
            case ClockKind.ELAPSED:
                return duration.after(start, calendar.zone)
            case ClockKind.WORKING_MINUTES:
                return calendar.after(start, duration.time)
            case ClockKind.WORKING_DAYS:
                return _closing_after(start, duration.days, calendar)
            case ClockKind.SAME_DAY:
                return _end_of_day(start, calendar)
    except OverflowError as error:
        raise NoDueInstant from error


def used(start: datetime, end: datetime, standard: TimeStandard, calendar: WorkCalendar) -> timedelta:
    """How much of the standard's own clock ran between two instants; nothing if `end` is not after `start`.

    Working time for `working_minutes` and `working_days`, else elapsed time. `used(due, done, ...)` is the overrun.
    """
    start, end = _utc(start), _utc(end)
    if standard.clock in _WORKING:
        return calendar.working_time(start, end)
    return max(end - start, timedelta(0))


def warn_at(start: datetime, standard: TimeStandard, calendar: WorkCalendar) -> datetime:
    """When 80 % of the standard's own time is used: of its working minutes, or of its elapsed time.

    Raises:
        As `due_at`.
    """
    start = _utc(start)
    share = used(start, due_at(start, standard, calendar), standard, calendar) * WARN_AFTER[0] // WARN_AFTER[1]
    if standard.clock in _WORKING:
        return calendar.after(start, share)
    return start + share


def explain_due(start: datetime, standard: TimeStandard, calendar: WorkCalendar, *, language: str) -> str:
    """Why a standard falls due when it does, in words for the people who must keep it; Indonesian unless `language` is "en".

    Names the days off that were skipped, never a person or a case.

    Raises:
        As `due_at`.
    """
    due = due_at(start, standard, calendar)
    return due_words.explain(_utc(start), due, standard.clock, read_standard(standard), calendar, language)


def read_standard(standard: TimeStandard) -> durations.Duration:
    """The duration of a standard, if its clock can count it; lint asks the same.

    Raises:
        InvalidDuration, InvalidStandard: with the reason in both languages.
    """
    duration = durations.parse_duration(standard.duration, allow_months=standard.clock == ClockKind.ELAPSED)
    match standard.clock:
        case ClockKind.WORKING_MINUTES if duration.days or duration.weeks:
            raise InvalidStandard(_DAYS_IN_MINUTES)
        case ClockKind.WORKING_DAYS if duration.time or duration.weeks:
            raise InvalidStandard(_MINUTES_IN_DAYS)
        case ClockKind.SAME_DAY if duration.exact not in (timedelta(0), _DAY):
            raise InvalidStandard(_NOT_SAME_DAY)
    return duration


def _closing_after(start: datetime, days: int, calendar: WorkCalendar) -> datetime:
    """Closing time of the `days`-th working day after the start's local day; for zero, of the next that has not closed."""
    day = start.astimezone(calendar.zone).date()
    closing = calendar.closing(day)
    if days == 0 and closing is not None and closing >= start:
        return closing
    left, empty = max(days, 1), 0
    while left:
        day += _DAY
        closing = calendar.closing(day)
        left, empty = (left, empty + 1) if closing is None else (left - 1, 0)
        if empty > EMPTY_DAYS:
            raise NoDueInstant
    assert closing is not None  # the last counted day was a working day
    return closing


def _end_of_day(start: datetime, calendar: WorkCalendar) -> datetime:
    day = start.astimezone(calendar.zone).date()
    if calendar.same_day_closes:
        closing = calendar.closing(day)
        if closing is not None and closing >= start:
            return closing
    return day_spans(day, _WHOLE_DAY, calendar.zone)[-1][1]


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(UTC)


_DAYS_IN_MINUTES = Text(
    "Satu hari bukan 24 jam kerja: tulis jam dan menit (PT40M), atau pakai jam working_days.",
    "A day is not 24 working hours: write hours and minutes (PT40M), or use the clock working_days.",
)
_MINUTES_IN_DAYS = Text(
    "Hari kerja ditulis dalam hari (P5D), bukan minggu, jam, atau menit.",
    "Working days are written in days (P5D), not weeks, hours or minutes.",
)
_NOT_SAME_DAY = Text("Tenggat hari yang sama ditulis P0D.", "A same-day standard is written P0D.")
