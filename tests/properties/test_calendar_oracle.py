"""Calendars against an oracle of a different make: a year and a half of minutes, walked one by one.

The oracle asks, for each minute of UTC, what local time it is there and whether work is done; it knows no spans, no sums and no
search. `make soak` walks 10,000 random starts per clock kind, `make test` a few hundred.
"""

from __future__ import annotations

import random
from array import array
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from engine.calendars import Season, WorkCalendar, due_at, indonesia, used, warn_at, week_from_json
from engine.types import ClockKind, TimeStandard

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
COUNT = 550 * 24 * 60
MINUTE = timedelta(minutes=1)
HOURS = {**dict.fromkeys("0123", [["07:30", "12:00"], ["13:00", "16:00"]]), "4": [["07:30", "11:30"], ["13:00", "16:30"]]}
FASTING = {**dict.fromkeys("0123", [["08:00", "12:00"], ["12:30", "15:00"]]), "4": [["08:00", "11:30"], ["12:30", "15:30"]]}
#: Nights across the change of clocks, a break inside the doubled hour, work until midnight.
NIGHTS = {"6": [["00:00", "01:30"], ["02:15", "02:50"], ["02:55", "05:00"]], "0": [["22:00", "24:00"]], "2": [["09:00", "17:05"]]}

CALENDARS = {
    "office with Ramadan hours": lambda: WorkCalendar(
        ZoneInfo("Asia/Jakarta"), week_from_json(HOURS), indonesia([2026, 2027]),
        (Season("Ramadan", date(2026, 2, 19), date(2026, 3, 20), week_from_json(FASTING)),),
    ),
    "nights in a zone that changes its clocks": lambda: WorkCalendar(
        ZoneInfo("Europe/Berlin"), week_from_json(NIGHTS), frozenset({date(2026, 12, 28), date(2027, 3, 24)}),
        same_day_closes=True,
    ),
    "midnight that does not exist": lambda: WorkCalendar(  # the clocks of Cairo go forward at 00:00
        ZoneInfo("Africa/Cairo"), week_from_json({"4": [["00:00", "02:00"], ["23:30", "24:00"]], "3": [["23:00", "24:00"]]}),
        frozenset(),
    ),
    "day and night": lambda: WorkCalendar.round_the_clock(ZoneInfo("Asia/Jakarta")),
}


class MinuteByMinute:
    """Whether each minute is worked, and on which local day it lies."""

    def __init__(self, calendar: WorkCalendar) -> None:
        self.works = bytearray(COUNT)
        self.day = array("l", [0]) * COUNT
        self.closes = calendar.same_day_closes
        for index in range(COUNT):
            local = (FIRST + index * MINUTE).astimezone(calendar.zone)
            self.day[index] = local.toordinal()
            self.works[index] = self._is_worked(calendar, local)

    @staticmethod
    def _is_worked(calendar: WorkCalendar, local: datetime) -> bool:
        today, clock = local.date(), (local.hour, local.minute)
        week = calendar.week
        for season in calendar.seasons:
            if season.first <= today <= season.last:
                week = season.week
        return today not in calendar.holidays and any(
            (a.hour, a.minute) <= clock < ((b.hour, b.minute) if b != time(0) else (24, 0))
            for a, b in week.get(today.weekday(), ())
        )

    def after_work(self, index: int, minutes: int) -> int:
        while minutes:
            minutes -= self.works[index]
            index += 1
        return index

    def after_time(self, index: int, minutes: int) -> int:
        while minutes:
            minutes -= 1
            index += 1
        return index

    def closing(self, index: int, days: int) -> int:
        """The end of the last worked minute of the `days`-th worked day after the start's."""
        today, seen, end = self.day[index], 0, 0
        while True:
            if self.works[index] and self.day[index] > today:
                seen, today = seen + 1, self.day[index]
                if seen > days:
                    return end
            if self.works[index] and seen == days:
                end = index + 1
            index += 1

    def day_end(self, index: int) -> int:
        start, today, closing = index, self.day[index], None
        while self.day[index] == today:
            if self.works[index]:
                closing = index + 1
            index += 1
        if self.closes and (closing is not None or self._has_just_closed(start)):
            return closing if closing is not None else start
        return index

    def _has_just_closed(self, index: int) -> bool:
        return bool(self.works[index - 1]) and self.day[index - 1] == self.day[index]

    def worked(self, first: int, last: int) -> int:
        return sum(self.works[index] for index in range(first, last))


@cache
def the(name: str) -> tuple[WorkCalendar, MinuteByMinute]:
    calendar = CALENDARS[name]()
    return calendar, MinuteByMinute(calendar)


def at(index: int) -> datetime:
    return FIRST + index * MINUTE


def check(name: str, clock: ClockKind, rounds: int) -> None:
    calendar, oracle = the(name)
    rng = random.Random(f"{name} {clock}")
    edges = [i for i in range(1, COUNT) if oracle.works[i] != oracle.works[i - 1] or oracle.day[i] != oracle.day[i - 1]]
    for _ in range(rounds):
        latest = COUNT * 2 // 3
        start = rng.randrange(2_000, latest)
        if edges and rng.random() < 0.4:  # at an opening, a closing or midnight, or a minute beside it
            start = min(max(rng.choice(edges) + rng.choice((-1, 0, 0, 1)), 2_000), latest)
        match clock:
            case ClockKind.ELAPSED:
                count = rng.choice((0, 1, rng.randrange(2_000), rng.randrange(20_000)))
                duration, due, working = f"PT{count}M", oracle.after_time(start, count), False
            case ClockKind.WORKING_MINUTES:
                count = rng.choice((0, 1, rng.randrange(60), rng.randrange(600), rng.randrange(2_000)))
                duration, due, working = f"PT{count}M", oracle.after_work(start, count), True
            case ClockKind.WORKING_DAYS:
                count = rng.choice((1, 1, 2, 5, rng.randrange(1, 15)))
                duration, due, working = f"P{count}D", oracle.closing(start, count), True
            case ClockKind.SAME_DAY:
                duration, due, working = "P0D", oracle.day_end(start), False
        standard = TimeStandard(duration=duration, clock=clock)
        where = (name, at(start).isoformat(), duration)
        assert due_at(at(start), standard, calendar) == at(due), where
        own = oracle.worked(start, due) if working else due - start
        assert used(at(start), at(due), standard, calendar) == own * MINUTE, where
        end = rng.randrange(start, start + 5_000)
        ran = oracle.worked(start, end) if working else end - start
        assert used(at(start), at(end), standard, calendar) == ran * MINUTE, where
        warning = warn_at(at(start), standard, calendar)
        share = own * 4 // 5
        reached = oracle.after_work(start, share) if working else start + share
        if own % 5 == 0:
            assert warning == at(reached), where
        assert at(reached) <= warning <= max(at(due), at(start)), where


@pytest.mark.parametrize("clock", list(ClockKind))
@pytest.mark.parametrize("name", list(CALENDARS))
def test_every_clock_equals_the_minutes(name: str, clock: ClockKind) -> None:
    check(name, clock, 60)


@pytest.mark.soak
@pytest.mark.parametrize("clock", list(ClockKind))
@pytest.mark.parametrize("name", list(CALENDARS))
def test_every_clock_equals_the_minutes_for_long(name: str, clock: ClockKind) -> None:
    check(name, clock, 10_000 // len(CALENDARS))
