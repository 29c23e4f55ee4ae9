"""The hours of an agency as they were decided, one decision over the other, and the calendar they come to: values in, values out.

Ordinary hours apply from a day on, a season (Ramadan) lies over them, a single day with other hours over both. A `WorkCalendar` holds one
ordinary week, so those that came before stand in it as seasons without a name: what was counted by them is never counted again.
Whatever is decided later lies over what was there; nothing here is refused (`engine.commands.hours` does that).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from itertools import pairwise
from typing import Any, Final

from engine.work_calendar import Hours, Season, Week, WorkCalendar, week_from_json, week_to_json

WEEK, SEASON, DAY, CLOSING = "week", "season", "day", "closing"    # the `shape` of a change's content; days off have none
_ONE: Final = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class OrdinaryHours:
    """The weekly hours from a day on. `on_holidays`: national holidays after that day are days of work."""

    first: date
    week: Week
    on_holidays: bool = False


@dataclass(frozen=True, kw_only=True)
class DayHours:
    """A single day with other hours than its week gives it."""

    day: date
    name: str
    hours: Hours


@dataclass(frozen=True, kw_only=True)
class AgencyHours:
    """All of it. `ordinary` in order of its days, the first from `date.min` on; `worked` are the holidays that `on_holidays` opened."""

    ordinary: tuple[OrdinaryHours, ...]
    seasons: tuple[Season, ...] = ()
    days: tuple[DayHours, ...] = ()
    worked: frozenset[date] = frozenset()

    def ordinary_on(self, day: date) -> OrdinaryHours:
        """The ordinary hours that a day would have."""
        return next(one for one in reversed(self.ordinary) if one.first <= day)

    def season_from(self, first: date) -> Season | None:
        """The season that begins on that day."""
        return next((one for one in self.seasons if one.first == first), None)

    def day(self, day: date) -> DayHours | None:
        """The other hours of a day."""
        return next((one for one in self.days if one.day == day), None)


def of(profile: Mapping[str, Any], calendar: WorkCalendar) -> AgencyHours:
    """Those of an agency: as its changes left them, else as its sheet has them."""
    kept = profile.get("hours")
    if kept is None:
        return AgencyHours(ordinary=(OrdinaryHours(first=date.min, week=calendar.week),), seasons=calendar.seasons)
    return AgencyHours(
        ordinary=tuple(OrdinaryHours(first=_day(one["first"]), week=week_from_json(one["week"]), on_holidays=one["on_holidays"])
                       for one in kept["ordinary"]),
        seasons=tuple(Season(one["name"], _day(one["first"]), _day(one["last"]), week_from_json(one["week"])) for one in kept["seasons"]),
        days=tuple(DayHours(day=_day(one["day"]), name=one["name"], hours=week_from_json({0: one["hours"]})[0]) for one in kept["days"]),
        worked=frozenset(map(_day, kept["worked"])))


def to_json(hours: AgencyHours) -> dict[str, Any]:
    """What `of` reads in an agency's profile."""
    return {
        "ordinary": [{"first": one.first.isoformat(), "week": week_to_json(one.week), "on_holidays": one.on_holidays}
                     for one in hours.ordinary],
        "seasons": [{"name": one.name, "first": one.first.isoformat(), "last": one.last.isoformat(), "week": week_to_json(one.week)}
                    for one in hours.seasons],
        "days": [{"day": one.day.isoformat(), "name": one.name, "hours": hours_to_json(one.hours)} for one in hours.days],
        "worked": [day.isoformat() for day in sorted(hours.worked)],
    }


def hours_to_json(hours: Hours) -> list[list[str]]:
    """The blocks of one day."""
    return week_to_json({0: hours}).get("0", [])


def hours_of(content: Mapping[str, Any]) -> Hours:
    """The blocks of a change of one day; none where it has its week's again."""
    return week_from_json({0: content.get("hours", [])})[0]


def starts(content: Mapping[str, Any]) -> date | None:
    """The first day whose hours may be others; None for a change that says nothing of hours."""
    match content["shape"]:
        case "week":
            return _day(content["first"])
        case "day":
            return _day(content["day"])
        case "season":
            days = [_day(content["first"])] if "first" in content else []
            if "of" in content:
                days.append(_day(content["until"]) + _ONE if "until" in content else _day(content["of"]))
            return min(days)
    return None


def changed(hours: AgencyHours, calendar: WorkCalendar, content: Mapping[str, Any]) -> tuple[AgencyHours, WorkCalendar]:
    """Both, once this change is made."""
    match content["shape"]:
        case "closing":
            return hours, replace(calendar, same_day_closes=content["closes"])
        case "week":
            hours, calendar = _from_a_day_on(hours, calendar, content)
        case "season":
            hours = replace(hours, seasons=_seasons(hours.seasons, content))
        case "day":
            day = _day(content["day"])
            others = tuple(one for one in hours.days if one.day != day)
            new = (DayHours(day=day, name=content["name"], hours=hours_of(content)),) if "hours" in content else ()
            hours = replace(hours, days=tuple(sorted((*others, *new), key=lambda one: one.day)))
    return hours, replace(calendar, week=hours.ordinary[-1].week, seasons=_painted(hours))


def on(hours: AgencyHours, day: date) -> Hours:
    """What a day has if it is no holiday."""
    found = hours.day(day)
    if found is not None:
        return found.hours
    season = next((one for one in reversed(hours.seasons) if one.first <= day <= one.last), None)
    return (season or hours.ordinary_on(day)).week.get(day.weekday(), ())


def without_worked(hours: AgencyHours, days: Iterable[date]) -> AgencyHours:
    """Somebody decided about these days themselves."""
    return replace(hours, worked=hours.worked - frozenset(days))


def overlapped(hours: AgencyHours, content: Mapping[str, Any]) -> Season | None:
    """The season that a change's new one would lie over, if any."""
    if content.get("shape") != SEASON or "week" not in content:
        return None
    first, last = _day(content["first"]), _day(content["last"])
    others = _seasons(hours.seasons, {key: content[key] for key in ("of", "until") if key in content})
    return next((one for one in others if one.first <= last and first <= one.last), None)


def only_shortens(calendar: WorkCalendar, day: date, hours: Hours) -> bool:
    """Whether a day that has begun may get these hours: nothing that was none becomes a time of work."""
    return all(any(opens <= start and _ends(end) <= _ends(closes) for opens, closes in calendar.hours_on(day)) for start, end in hours)


def _from_a_day_on(hours: AgencyHours, calendar: WorkCalendar, content: Mapping[str, Any]) -> tuple[AgencyHours, WorkCalendar]:
    first = _day(content["first"])
    new = OrdinaryHours(first=first, week=week_from_json(content["week"]), on_holidays=content["on_holidays"])
    earlier = [one for one in hours.ordinary if one.first < first]
    is_other = not earlier or (earlier[-1].week, earlier[-1].on_holidays) != (new.week, new.on_holidays)
    holidays = calendar.holidays | {day for day in hours.worked if day >= first}
    worked = {day for day in hours.worked if day < first}
    if new.on_holidays:
        worked |= {day for day in holidays if day >= first}
    return (replace(hours, ordinary=(*earlier, new) if is_other else tuple(earlier), worked=frozenset(worked)),
            replace(calendar, holidays=holidays - worked))


def _seasons(seasons: tuple[Season, ...], content: Mapping[str, Any]) -> tuple[Season, ...]:
    kept, of_first = [], _day(content["of"]) if "of" in content else None
    before: Season | None = None
    for one in seasons:
        if one.first != of_first:
            kept.append(one)
        elif "until" in content and _day(content["until"]) >= one.first:
            before = replace(one, last=min(one.last, _day(content["until"])))
    if "week" not in content:
        return (*kept, before) if before else tuple(kept)
    new = Season(content["name"], _day(content["first"]), _day(content["last"]), week_from_json(content["week"]))
    if before and before.last + _ONE == new.first and (before.name, before.week) == (new.name, new.week):
        return (*kept, replace(before, last=new.last))
    return (*kept, before, new) if before else (*kept, new)


def _painted(hours: AgencyHours) -> tuple[Season, ...]:
    """All that is not the last ordinary week, as seasons that do not overlap."""
    layers = [Season("", one.first, following.first - _ONE, one.week) for one, following in pairwise(hours.ordinary)]
    layers += hours.seasons
    layers += [Season(one.name, one.day, one.day, {one.day.weekday(): one.hours}) for one in hours.days]
    painted: list[Season] = []
    for layer in layers:
        painted = [piece for one in painted for piece in _outside(one, layer)] + [layer]
    return tuple(painted)


def _outside(season: Season, layer: Season) -> list[Season]:
    if layer.last < season.first or season.last < layer.first:
        return [season]
    before = [replace(season, last=layer.first - _ONE)] if season.first < layer.first else []
    return before + ([replace(season, first=layer.last + _ONE)] if layer.last < season.last else [])


def _ends(end: time) -> tuple[bool, time]:
    """An end of 00:00 is midnight, after all others."""
    return (end == time(0), end)


def _day(text: str) -> date:
    return date.fromisoformat(text)
