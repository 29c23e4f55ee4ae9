"""The working calendar of an agency: its hours, holidays and seasons, and arithmetic on working time.

Values in, values out: a calendar is frozen and named by its digest, so that neither a library release nor another machine moves
a due instant. Instants come and go as aware UTC; hours are local times of the calendar's zone. On the days the clocks change
(daylight saving) working time is counted in real minutes: every instant whose local time lies within the hours.
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.errors import EngineError, Explained
from engine.types import Text

Hours = tuple[tuple[time, time], ...]
Week = Mapping[int, Hours]
Span = tuple[datetime, datetime]

EMPTY_DAYS = 3_660           # ten years without a working minute: nobody works there any more
_REACH_DAYS = 36_600         # a hundred years: the longest duration that can be written
_BLOCK = 32                  # local days whose spans are computed and summed together
_DAY = timedelta(days=1)
_MIDNIGHT = time(0)


class InvalidCalendar(Explained):
    """This working calendar contradicts itself."""

    code = "invalid-calendar"
    indonesian = "Kalender kerja ini tidak benar."


class NoDueInstant(EngineError):
    """The calendar has no working time for ten years, or too little within a hundred; nothing ever falls due."""

    code = "no-due-instant"
    indonesian = "Kalender ini tanpa jam kerja sepuluh tahun, atau kurang dalam seratus tahun; tidak ada tenggat."


@dataclass(frozen=True)
class Season:
    """Other hours for a while, such as Ramadan: `week` replaces the calendar's from `first` to `last`, both included."""

    name: str
    first: date
    last: date
    week: Week

    def __post_init__(self) -> None:
        object.__setattr__(self, "week", _checked_week(self.week))
        if self.last < self.first:
            raise InvalidCalendar(_SEASON_BACKWARDS)


@dataclass(frozen=True)
class WorkCalendar:
    """When an agency works. `week` maps weekdays (0 is Monday) to local hours; an end of 00:00 is midnight, 24:00.

    A weekday that is missing is a day off. Holidays are off in every season. Two calendars of the same content are equal and
    have the same `digest`, in whatever order they were written.
    """

    zone: ZoneInfo
    week: Week
    holidays: frozenset[date]
    seasons: tuple[Season, ...] = ()
    same_day_closes: bool = False   #: `same_day` standards end at closing time instead of 24:00.
    _blocks: dict[int, _Block] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not isinstance(self.zone, ZoneInfo) or not self.zone.key:
            raise InvalidCalendar(_NO_ZONE)
        seasons = tuple(sorted(self.seasons, key=lambda season: (season.first, season.last)))
        if any(earlier.last >= later.first for earlier, later in pairwise(seasons)):
            raise InvalidCalendar(_SEASONS_OVERLAP)
        object.__setattr__(self, "week", _checked_week(self.week))
        object.__setattr__(self, "holidays", frozenset(self.holidays))
        object.__setattr__(self, "seasons", seasons)

    def __hash__(self) -> int:
        return hash(self.digest)

    @classmethod
    def round_the_clock(cls, zone: ZoneInfo) -> WorkCalendar:
        """Day and night, every day of the year (CAL-24): high-risk work and hotlines."""
        return cls(zone, dict.fromkeys(range(7), ((_MIDNIGHT, _MIDNIGHT),)), frozenset())

    @property
    def never_closes(self) -> bool:
        """Whether it is `round_the_clock`."""
        return self == WorkCalendar.round_the_clock(self.zone)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> WorkCalendar:
        """Read what `to_json` wrote.

        Raises:
            InvalidCalendar: something is missing, of another kind, or contradicts itself.
        """
        try:
            return cls(
                zone=ZoneInfo(value["zone"]),
                week=week_from_json(value["week"]),
                holidays=frozenset(date.fromisoformat(day) for day in value["holidays"]),
                seasons=tuple(
                    Season(
                        name=str(season["name"]),
                        first=date.fromisoformat(season["first"]),
                        last=date.fromisoformat(season["last"]),
                        week=week_from_json(season["week"]),
                    )
                    for season in value.get("seasons", ())
                ),
                same_day_closes=value.get("same_day_closes", False) is True,
            )
        except (KeyError, TypeError, ValueError, AttributeError, ZoneInfoNotFoundError, OSError) as error:
            raise InvalidCalendar(_UNREADABLE) from error

    def to_json(self) -> dict[str, Any]:
        """The calendar as JSON values, always the same for the same calendar."""
        return {
            "zone": self.zone.key,
            "week": week_to_json(self.week),
            "holidays": [day.isoformat() for day in sorted(self.holidays)],
            "seasons": [
                {
                    "name": season.name, "first": season.first.isoformat(), "last": season.last.isoformat(),
                    "week": week_to_json(season.week),
                }
                for season in self.seasons
            ],
            "same_day_closes": self.same_day_closes,
        }

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical bytes of `to_json`, in hex: the calendar's name in journals."""
        text = json.dumps(self.to_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def hours_on(self, day: date) -> Hours:
        """The local working hours of a day; empty on a day off."""
        return () if day in self.holidays else self.usual_hours(day)

    def usual_hours(self, day: date) -> Hours:
        """The hours a day has, or would have if it were no holiday."""
        for season in self.seasons:
            if season.first <= day <= season.last:
                return season.week.get(day.weekday(), ())
        return self.week.get(day.weekday(), ())

    def spans_on(self, day: date) -> tuple[Span, ...]:
        """The working time of a local day as UTC spans, exact also on the days the clocks change."""
        return day_spans(day, self.hours_on(day), self.zone)

    def closing(self, day: date) -> datetime | None:
        """The instant work ends on a local day; None on a day off."""
        spans = self.spans_on(day)
        return spans[-1][1] if spans else None

    def working_time(self, start: datetime, end: datetime) -> timedelta:
        """The working time between two instants; nothing if `end` is not after `start`."""
        if end <= start:
            return timedelta(0)
        first, last = self._block_of(start), self._block_of(end)
        total = self._block(last).worked_by(end) - self._block(first).worked_by(start)
        return sum((self._block(index).total for index in range(first, last)), start=total)

    def after(self, start: datetime, work: timedelta) -> datetime:
        """The first instant by which `work` was done since `start`: the end of its last minute.

        Raises:
            NoDueInstant: see there.
        """
        if work <= timedelta(0):
            return start.astimezone(UTC)
        index = self._block_of(start)
        wanted = self._block(index).worked_by(start) + work
        empty = 0
        for block in map(self._block, range(index, index + _REACH_DAYS // _BLOCK + 1)):
            if wanted <= block.total:
                return block.instant_of(wanted)
            wanted -= block.total
            empty = 0 if block.total else empty + _BLOCK
            if empty > EMPTY_DAYS:
                break
        raise NoDueInstant

    def _block_of(self, instant: datetime) -> int:
        return instant.astimezone(self.zone).toordinal() // _BLOCK

    def _block(self, index: int) -> _Block:
        block = self._blocks.get(index)
        if block is None:
            days = range(max(index * _BLOCK, 2), min((index + 1) * _BLOCK, date.max.toordinal() - 1))
            if not days:
                raise NoDueInstant
            block = _Block([span for ordinal in days for span in self.spans_on(date.fromordinal(ordinal))])
            if len(self._blocks) > _REACH_DAYS // _BLOCK:
                self._blocks.clear()
            self._blocks[index] = block
        return block


class _Block:
    """The working spans of some consecutive local days, with running totals."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self.starts = [start for start, _ in spans]
        self.ends = [end for _, end in spans]
        #: Work done before each span, and by the end of the last.
        self.before = list(accumulate((end - start for start, end in spans), initial=timedelta(0)))
        self.total = self.before[-1]

    def worked_by(self, instant: datetime) -> timedelta:
        """The work done in this block until `instant`."""
        index = bisect_right(self.starts, instant)
        if index == 0:
            return timedelta(0)
        return self.before[index - 1] + (min(instant, self.ends[index - 1]) - self.starts[index - 1])

    def instant_of(self, work: timedelta) -> datetime:
        """The first instant by which `work` (more than nothing, at most `total`) was done in this block."""
        index = bisect_left(self.before, work) - 1
        return self.starts[index] + (work - self.before[index])


def indonesia(years: Iterable[int]) -> frozenset[date]:
    """National holidays and *cuti bersama* of Indonesia, as the library `holidays` knows them.

    For deploying an agency only: the answer is frozen into the calendar, corrected by the agency's own table. Islamic feasts of
    years without a decree yet are estimates.
    """
    import holidays  # here, since only a deployment pays for its import

    return frozenset(holidays.country_holidays("ID", years=list(years), categories=("public", "government")))


def indonesian_names(year: int) -> dict[date, Text]:
    """What the days of `indonesia` are called, by the library that runs today; for reading only."""
    import holidays

    named = {language: holidays.country_holidays("ID", years=year, categories=("public", "government"), language=language)
             for language in ("id", "en_US")}
    return {day: Text(name, named["en_US"].get(day) or name) for day, name in named["id"].items()}


def week_from_json(value: Mapping[Any, Any]) -> dict[int, Hours]:
    """Read hours such as `{"0": [["07:30", "12:00"], ["13:00", "24:00"]]}`, also as TOML gives them.

    Raises:
        InvalidCalendar: a weekday is not 0 to 6, or hours are not two local times each.
    """
    try:
        return {
            int(weekday): tuple((_time_from_json(start), _time_from_json(end)) for start, end in hours)
            for weekday, hours in value.items()
        }
    except (TypeError, ValueError, AttributeError) as error:
        raise InvalidCalendar(_UNREADABLE) from error


def day_spans(day: date, hours: Hours, zone: ZoneInfo) -> tuple[Span, ...]:
    """Local hours of one day as UTC spans: all instants whose local date is `day` and whose local time is within `hours`."""
    if not hours:
        return ()
    midnight = datetime.combine(day, _MIDNIGHT, UTC)
    spans: list[Span] = []
    for first, last, offset in _offsets(midnight - _DAY, midnight + 2 * _DAY, zone):
        for opens, closes in hours:
            start = max(datetime.combine(day, opens, UTC) - offset, first)
            end = min(datetime.combine(day + _DAY if closes == _MIDNIGHT else day, closes, UTC) - offset, last)
            if start < end:
                spans.append((start, end))
    spans.sort()
    return tuple(spans)


def _offsets(first: datetime, last: datetime, zone: ZoneInfo) -> list[tuple[datetime, datetime, timedelta]]:
    """The stretches of constant UTC offset between two instants a few days apart, to the second."""
    before, after = _offset(first, zone), _offset(last, zone)
    if before == after:
        return [(first, last, before)]
    low, high = first, last
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        low, high = (middle, high) if _offset(middle, zone) == before else (low, middle)
    return [(first, high, before), (high, last, after)]


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta(0)


def _checked_week(week: Week) -> dict[int, Hours]:
    checked: dict[int, Hours] = {}
    for weekday, intervals in week.items():
        if weekday not in range(7):
            raise InvalidCalendar(_NO_WEEKDAY)
        hours = tuple(sorted((opens, _MIDNIGHT if closes == time.max else closes) for opens, closes in intervals))
        for opens, closes in hours:
            if opens.tzinfo or closes.tzinfo or (closes != _MIDNIGHT and closes <= opens):
                raise InvalidCalendar(_HOURS_BACKWARDS)
        if any(closes == _MIDNIGHT or later < closes for (_, closes), (later, _) in pairwise(hours)):
            raise InvalidCalendar(_HOURS_OVERLAP)
        if hours:
            checked[weekday] = hours
    return dict(sorted(checked.items()))


def week_to_json(week: Week) -> dict[str, list[list[str]]]:
    """What `week_from_json` reads."""
    return {
        str(weekday): [[_time_to_json(opens), "24:00" if closes == _MIDNIGHT else _time_to_json(closes)] for opens, closes in hours]
        for weekday, hours in week.items()
    }


def _time_to_json(value: time) -> str:
    return value.isoformat("minutes" if not (value.second or value.microsecond) else "auto")


def _time_from_json(text: str) -> time:
    return _MIDNIGHT if text == "24:00" else time.fromisoformat(text)


_NO_ZONE = Text(
    "Kalender memerlukan zona waktu bernama, misalnya Asia/Jakarta.", "A calendar needs a named zone, such as Asia/Jakarta."
)
_NO_WEEKDAY = Text("Hari ditulis 0 (Senin) sampai 6 (Minggu).", "Weekdays are 0 (Monday) to 6 (Sunday).")
_HOURS_BACKWARDS = Text(
    "Jam kerja harus jam setempat dan selesai sesudah mulai; 24:00 adalah tengah malam, kerja malam ditulis dua bagian.",
    "Hours are local times and end after they begin; 24:00 is midnight, night work is written in two parts.",
)
_HOURS_OVERLAP = Text("Jam kerja satu hari saling tumpang tindih.", "Working hours of one day overlap.")
_SEASON_BACKWARDS = Text("Musim jam kerja berakhir sebelum mulai.", "A season ends before it begins.")
_SEASONS_OVERLAP = Text("Dua musim jam kerja tumpang tindih.", "Two seasons overlap.")
_UNREADABLE = Text("Kalender ini tidak terbaca.", "This calendar cannot be read.")
