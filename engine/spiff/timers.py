"""When timers are due: literal ISO-8601 or FEEL, on plain time or on the clock of a time standard."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from engine import calendars, durations
from engine.errors import EngineError
from engine.feel import MonthsDuration
from engine.model import EventDefinition, Standard
from engine.spiff import scopes
from engine.spiff.expressions import Expression, Unusable, compiled
from engine.spiff.tokens import Token
from engine.types import ClockKind, TimeStandard, Value

if TYPE_CHECKING:
    from engine.spiff.workflow import InstanceWorkflow

_UTC = ZoneInfo("UTC")
_WORKING = (ClockKind.WORKING_MINUTES, ClockKind.WORKING_DAYS)


class Timer:
    """The timer of one event. What it was given when reached stays with the token; dues can be worked out again from it."""

    def __init__(self, event: EventDefinition, standard: Standard | None) -> None:
        self.kind = event.timer_kind or ""
        self.text = (event.timer_text or "").strip()
        self.expression = Expression(self.text) if self.text.startswith("=") else None
        self.drawn = standard
        self.start_from = compiled(standard.start_from) if standard else None
        self.clock: ClockKind | None = None
        if standard is not None and standard.clock in set(ClockKind):
            self.clock = ClockKind(standard.clock)

    def arm(self, token: Token) -> None:
        """Read the timer's text and its start instant; work out when it is due."""
        top = token.workflow.top_workflow
        value = self.text if self.expression is None else self.expression.evaluate(scopes.around(token), top.now)
        if not isinstance(value, str | timedelta | MonthsDuration | date):
            raise Unusable("timer-unusable", self.text)
        token.note(value=value, hit=1)
        self.find_start(token)

    def find_start(self, token: Token) -> None:
        """Work the start instant out; while its expression gives null the timer has no due instant."""
        top = token.workflow.top_workflow
        if self.start_from is None:
            start = token.internal_data.get("start", top.now)
        else:
            found = self.start_from.evaluate(scopes.around(token), top.now)
            if found is None:
                return
            start = _instant(found, zone_of(top), self.start_from.text)
        if start != token.internal_data.get("start"):
            token.note(start=start)
            self.recompute(token)

    def differs(self, token: Token, *, anew: bool) -> bool:
        """Whether what is drawn now is another time than the token was given: of another kind, or (`anew`) another value."""
        given = token.internal_data["value"]
        if isinstance(given, str) and not _reads_as(self.kind, given):
            return True
        if not anew:
            return False
        top = token.workflow.top_workflow
        drawn = self.text if self.expression is None else self.expression.evaluate(scopes.around(token), top.now)
        return bool(given != drawn)

    def arm_again(self, token: Token) -> None:
        """As `arm`, from the start instant it had."""
        if "start" in token.internal_data and "fired" not in token.internal_data:
            start = token.internal_data["start"]
            self.arm(token)
            self.count_from(token, start)

    def count_from(self, token: Token, start: datetime) -> None:
        """Have an armed clock count from `start`, unless it is drawn to begin at an instant of its own."""
        if self.start_from is None:
            token.note(start=start)
            self.recompute(token)

    def recompute(self, token: Token) -> None:
        """The due instant again from its start: when it is armed, after a suspension, with other tables."""
        data = token.internal_data
        if "start" not in data or "fired" in data:
            return
        try:
            due, warn = self._due(token)
        except (EngineError, OverflowError, ValueError):
            raise Unusable("timer-unusable", self.text) from None
        token.note(due=due, warn=warn)

    def next_hit(self, token: Token) -> bool:
        """After it fired: the next due of a cycle later than now; missed ones are one. False when it was the last."""
        top, data = token.workflow.top_workflow, token.internal_data
        if self.kind != "timeCycle":
            return False
        hit, due = _hit_after(_cycle(data["value"], zone_of(top)), data["hit"], data["start"], zone_of(top), top.now)
        token.note(hit=hit, due=due)
        return "due" in data

    def standard(self, token: Token) -> TimeStandard | None:
        """The time standard the timer stands for."""
        if self.drawn is None or self.clock is None:
            return None
        return TimeStandard(duration=self._iso(token.internal_data.get("value", self.text)), clock=self.clock,
                            text=self.drawn.text)

    @property
    def repeats(self) -> bool:
        """Whether it is a cycle."""
        return self.kind == "timeCycle"

    @property
    def is_working(self) -> bool:
        """Whether only working time counts, so that a suspension pauses it."""
        return self.clock in _WORKING

    def _due(self, token: Token) -> tuple[datetime | None, datetime | None]:
        top, data = token.workflow.top_workflow, token.internal_data
        start, value, zone = data["start"], data["value"], zone_of(top)
        if self.kind == "timeDate":
            return _instant(value, zone, self.text), None
        if self.kind == "timeCycle":
            return _cycle(value, zone).due(data["hit"], start, zone), None
        standard, calendar = self.standard(token), self._calendar(top)
        if standard is None:
            return _duration(value).after(start, zone), None
        if calendar is None:   # nothing says when anybody works: every minute counts, and a day closes at 24:00
            calendar = _round_the_clock(zone)
        due, warn = calendars.due_at(start, standard, calendar), calendars.warn_at(start, standard, calendar)
        if self.is_working:
            for since, until in data.get("pauses", ()):
                since = max(since, start)
                lost = calendar.working_time(since, until)
                due = calendar.after(due, lost) if due > since else due
                warn = calendar.after(warn, lost) if warn > since else warn
        return due, warn

    def _calendar(self, top: InstanceWorkflow) -> calendars.WorkCalendar | None:
        if self.clock == ClockKind.WORKING_MINUTES and top.header.get("risk") == "high":   # as engine.standards.calendar_for
            return _round_the_clock(zone_of(top))
        return calendar_of(top)

    def _iso(self, value: Any) -> str:
        if isinstance(value, timedelta):
            if self.clock == ClockKind.WORKING_DAYS and not value % timedelta(days=1):
                return f"P{value.days}D"
            return f"PT{value // timedelta(seconds=1)}S"
        return str(value)


def calendar_of(top: InstanceWorkflow) -> calendars.WorkCalendar | None:
    """The calendar the instance is pinned to."""
    found = top.tables.get(top.header.get("calendar") or "")
    return found if isinstance(found, calendars.WorkCalendar) else None


def zone_of(top: InstanceWorkflow) -> ZoneInfo:
    """The zone that texts without an offset mean."""
    calendar = calendar_of(top)
    return _UTC if calendar is None else calendar.zone


def start_due(
    event: EventDefinition, *, since: datetime, after: datetime, has_fired: bool, zone: ZoneInfo, surroundings: Mapping[str, Value]
) -> datetime | None:
    """When a timer start event begins the next instance, later than `after`; None when it begins none any more.

    `since` is when its SOP came into force: durations and cycles that name no first date count from there, and a date before it
    is past. FEEL (`=...`) reads the `surroundings`; as a cycle it may also give a date, and is asked again after each start.
    Raises `Unusable`, naming the text.
    """
    if has_fired and event.timer_kind != "timeCycle":
        return None
    text = (event.timer_text or "").strip()
    value = Expression(text).evaluate(surroundings, after.astimezone(zone)) if text.startswith("=") else text
    try:
        if event.timer_kind == "timeCycle" and not isinstance(value, date):
            return _hit_after(_cycle(value, zone), 0, since, zone, after)[1]
        if event.timer_kind == "timeDuration":
            return _duration(value).after(since, zone)
        due = _instant(value, zone, text)
    except (EngineError, OverflowError, ValueError):
        raise Unusable("timer-unusable", text) from None
    return due if due > after else None


def _hit_after(cycle: durations.Cycle, hit: int, start: datetime, zone: ZoneInfo, now: datetime) -> tuple[int, datetime | None]:
    """The first hit after number `hit` that lies later than `now`, and its due; None where there is none."""

    def due(number: int) -> datetime | None:
        try:
            return cycle.due(number, start, zone)
        except OverflowError:
            return None

    # Years may have passed since the last hit: gallop, then halve, instead of counting every one of them.
    low, high = hit, hit + 1
    while (at := due(high)) is not None and at <= now:
        low, high = high, high + 2 * (high - low)
    while high - low > 1:
        middle = (low + high) // 2
        at = due(middle)
        low, high = (middle, high) if at is not None and at <= now else (low, middle)
    return high, due(high)


def _reads_as(kind: str, text: str) -> bool:
    """Whether a literal is of the form that a timer of this kind has."""
    if kind == "timeCycle":
        return text.startswith(("R", "P"))
    return text.startswith("P") == (kind == "timeDuration")


def _cycle(value: Any, zone: ZoneInfo) -> durations.Cycle:
    if isinstance(value, str):
        return durations.parse_cycle(value, zone=zone)
    every = _duration(value)
    if every.is_zero:
        raise ValueError
    return durations.Cycle(count=None, every=every)


@lru_cache(maxsize=64)
def _round_the_clock(zone: ZoneInfo) -> calendars.WorkCalendar:
    return calendars.WorkCalendar.round_the_clock(zone)


def _duration(value: Any) -> durations.Duration:
    if isinstance(value, timedelta):
        if value < timedelta(0):
            raise ValueError
        return durations.Duration(time=value)
    if isinstance(value, MonthsDuration):
        if value.months < 0:
            raise ValueError
        return durations.Duration(months=value.months)
    if isinstance(value, str):
        return durations.parse_duration(value)
    raise ValueError


def _instant(value: Any, zone: ZoneInfo, text: str) -> datetime:
    try:
        if isinstance(value, str):
            return durations.parse_instant(value, zone=zone)
        if isinstance(value, date) and not isinstance(value, datetime):
            value = datetime.combine(value, time(0))
        if isinstance(value, datetime):
            return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)
    except (EngineError, OverflowError, ValueError):
        pass
    raise Unusable("timer-unusable", text)
