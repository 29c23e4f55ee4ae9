"""A strict reader of ISO-8601 durations, instants and repeating intervals, for time standards and timers.

Strict on purpose: a loose reader turns "-PT1H" into an hour and "5 hari PT8H" into eight. Refused: signs, spaces, lower case,
digits of other scripts, fractions of anything but seconds (and those beyond a microsecond), weeks beside other units, the
alternative form `P0001-02-03`, an empty `P` or `PT`, and every number above the bound of its unit (a hundred years).
A `D` is 24 hours on an elapsed clock, as in XML Schema and FEEL; a working clock never turns days into hours.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from engine.errors import Explained
from engine.types import Text

_NUMBER = r"[0-9]{1,10}"
_DURATION = re.compile(
    rf"P(?:(?P<weeks>{_NUMBER})W"
    rf"|(?:(?P<years>{_NUMBER})Y)?(?:(?P<months>{_NUMBER})M)?(?:(?P<days>{_NUMBER})D)?"
    rf"(?P<time>T(?:(?P<hours>{_NUMBER})H)?(?:(?P<minutes>{_NUMBER})M)?"
    rf"(?:(?P<seconds>{_NUMBER})(?:[.,](?P<fraction>[0-9]{{1,6}}))?S)?)?)"
)
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?:T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,6})?)?(?P<offset>Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
_REPEAT = re.compile(r"R(?P<count>[1-9][0-9]{0,5})?")
_LONGEST = {  # a hundred years of each unit: far beyond any standard, far below what could stop a machine
    "years": 100, "months": 1_200, "weeks": 5_218, "days": 36_525,
    "hours": 876_600, "minutes": 52_596_000, "seconds": 3_155_760_000,
}


class InvalidDuration(Explained):
    """This text is not a duration, instant or repeating interval of ISO-8601."""

    code = "invalid-duration"
    indonesian = "Teks ini bukan durasi, waktu, atau selang berulang menurut ISO-8601."


@dataclass(frozen=True)
class Duration:
    """A duration as written: months (a year is twelve), weeks, days and time are kept apart, for they are counted apart."""

    months: int = 0
    weeks: int = 0
    days: int = 0
    time: timedelta = timedelta(0)

    @property
    def exact(self) -> timedelta:
        """Weeks, days and time as elapsed time; months are not in it, since they have no fixed length."""
        return timedelta(days=7 * self.weeks + self.days) + self.time

    @property
    def is_zero(self) -> bool:
        """Whether it lasts no time at all."""
        return self == Duration()

    def after(self, start: datetime, zone: tzinfo, *, times: int = 1) -> datetime:
        """The instant `times` durations after `start`, in UTC.

        Months move the calendar date in `zone` and keep the hour; a day the month does not have becomes its last (31 January + P1M
        is 28 or 29 February). `times` multiplies first, so that a monthly repetition does not drift.

        Raises:
            OverflowError: the instant lies beyond the year 9999.
        """
        return (_add_months(start, self.months * times, zone) + self.exact * times).astimezone(UTC)


@dataclass(frozen=True)
class Cycle:
    """A repeating interval. `count` None repeats for ever; `first` is the instant it names, if any."""

    count: int | None
    every: Duration
    first: datetime | None = None

    def due(self, n: int, reached: datetime, zone: tzinfo) -> datetime | None:
        """When it is due for the `n`-th time (from 1), `reached` being when its element was reached; None after the last.

        `R3/PT1H` is due one, two and three hours after `reached`; `R3/<start>/PT1H` at the start it names, then hourly.
        """
        if self.count is not None and n > self.count:
            return None
        if self.first is not None:
            return self.every.after(self.first, zone, times=n - 1)
        return self.every.after(reached, zone, times=n)


def parse_duration(text: str, *, allow_months: bool = True) -> Duration:
    """Read `PT40M`, `P5D`, `PT24H`, `P1W`, `P1Y6M`; years and months only where `allow_months` (elapsed clocks).

    Raises:
        InvalidDuration: with the reason in both languages.
    """
    match = _DURATION.fullmatch(text)
    if match is None or not text.isascii():
        raise InvalidDuration(_NOT_A_DURATION)
    parts = {unit: match[unit] for unit in _LONGEST}
    if not any(parts.values()) or match["time"] == "T":
        raise InvalidDuration(_NOT_A_DURATION)
    number = {unit: int(digits or 0) for unit, digits in parts.items()}
    if any(number[unit] > longest for unit, longest in _LONGEST.items()):
        raise InvalidDuration(_TOO_LONG)
    if not allow_months and (parts["years"] or parts["months"]):
        raise InvalidDuration(_MONTHS)
    months = 12 * number["years"] + number["months"]
    if months > _LONGEST["months"]:
        raise InvalidDuration(_TOO_LONG)
    fraction = int((match["fraction"] or "").ljust(6, "0"))
    time = timedelta(hours=number["hours"], minutes=number["minutes"], seconds=number["seconds"], microseconds=fraction)
    return Duration(months=months, weeks=number["weeks"], days=number["days"], time=time)


def parse_instant(text: str, *, zone: tzinfo) -> datetime:
    """Read `2026-11-10T08:30:00+07:00` or, without an offset, local time of `zone`; a date alone is its 00:00. In UTC.

    Raises:
        InvalidDuration: with the reason in both languages.
    """
    match = _INSTANT.fullmatch(text)
    if match is None or not text.isascii():
        raise InvalidDuration(_NOT_AN_INSTANT)
    try:
        instant = datetime.fromisoformat(text)
        return (instant if instant.tzinfo else instant.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidDuration(_NOT_AN_INSTANT) from error


def parse_cycle(text: str, *, zone: tzinfo) -> Cycle:
    """Read `R3/PT1H`, `R/PT1H` or `R3/2026-11-10T08:30:00+07:00/PT1H`; neither zero times nor an interval of no length.

    Raises:
        InvalidDuration: with the reason in both languages.
    """
    repeat, *rest = text.split("/")
    match = _REPEAT.fullmatch(repeat)
    if match is None or not text.isascii() or len(rest) not in (1, 2):
        raise InvalidDuration(_NOT_A_CYCLE)
    every = parse_duration(rest[-1])
    if every.is_zero:
        raise InvalidDuration(_NO_LENGTH)
    first = parse_instant(rest[0], zone=zone) if len(rest) == 2 else None
    return Cycle(count=int(match["count"]) if match["count"] else None, every=every, first=first)


def _add_months(start: datetime, months: int, zone: tzinfo) -> datetime:
    if not months:
        return start.astimezone(UTC)
    local = start.astimezone(zone)
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError
    day = min(local.day, monthrange(year, month + 1)[1])
    return local.replace(year=year, month=month + 1, day=day).astimezone(UTC)


_NOT_A_DURATION = Text(
    "Tulis durasi ISO-8601 tanpa tanda dan spasi, misalnya PT40M (40 menit), PT24H (24 jam), atau P5D (5 hari).",
    "Write an ISO-8601 duration without sign or space, such as PT40M (40 minutes), PT24H (24 hours) or P5D (5 days).",
)
_TOO_LONG = Text("Durasi ini lebih dari seratus tahun.", "This duration is longer than a hundred years.")
_MONTHS = Text(
    "Tahun dan bulan hanya boleh pada jam berjalan (elapsed); tulis hari atau menit.",
    "Years and months are for elapsed clocks only; write days or minutes.",
)
_NOT_AN_INSTANT = Text(
    "Tulis tanggal dan jam ISO-8601, misalnya 2026-11-10T08:30:00+07:00.",
    "Write an ISO-8601 date and time, such as 2026-11-10T08:30:00+07:00.",
)
_NOT_A_CYCLE = Text(
    "Tulis selang berulang ISO-8601, misalnya R3/PT1H (tiga kali, setiap jam).",
    "Write an ISO-8601 repeating interval, such as R3/PT1H (three times, every hour).",
)
_NO_LENGTH = Text("Selang berulang harus lebih dari nol.", "A repeating interval must be longer than zero.")
