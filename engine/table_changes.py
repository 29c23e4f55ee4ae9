"""What a change of an agency's calendar or parameters does to them: values in, values out.

An approved change stands above the agency's sheet: whenever that is read again, every change is made to it again, in order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from engine import agency_hours, canonical, pack
from engine.types import Value
from engine.work_calendar import WorkCalendar

CALENDAR: Final = "calendar"
PARAMETERS: Final = "parameters"
LONGEST_DAYS: Final = 31


@dataclass(frozen=True, kw_only=True)
class Tables:
    """What is in force at an agency. `profile` is what its pages read of it."""

    calendar: WorkCalendar
    parameters: Mapping[str, Value]
    profile: Mapping[str, Any]

    @property
    def calendar_digest(self) -> str:
        """The name of the calendar in journals."""
        return pack.table_digest(pack.table_content(self.calendar))

    @property
    def parameters_digest(self) -> str:
        """The name of the parameters in journals."""
        return pack.table_digest(pack.table_content(self.parameters))

    def stored(self) -> dict[str, tuple[str, bytes]]:
        """digest -> (kind, canonical bytes) of both."""
        return {self.calendar_digest: (CALENDAR, canonical.dumps(pack.table_content(self.calendar))),
                self.parameters_digest: (PARAMETERS, canonical.dumps(pack.table_content(self.parameters)))}


def days(first: date, last: date, *, name: str, works: bool) -> dict[str, Any]:
    """The content of a change of the calendar: days off, or days that become days of work."""
    return {"first": first.isoformat(), "last": last.isoformat(), "name": name, "works": works}


def parameter(name: str, value: str | int) -> dict[str, Any]:
    """The content of a change of one parameter. (`accepted`: why it is proposed although `role_effects` found something.)"""
    return {"name": name, "value": value}


def is_of_days(row_kind: str, content: Mapping[str, Any]) -> bool:
    """Whether a change makes days off or days of work; other changes of the calendar are of hours (`agency_hours`)."""
    return row_kind == CALENDAR and "shape" not in content


def starts(kind: str, content: Mapping[str, Any]) -> date | None:
    """The first day that a change of the calendar counts otherwise; None where it names none."""
    if kind != CALENDAR:
        return None
    return agency_hours.starts(content) if "shape" in content else days_of(content)[0]


def days_of(content: Mapping[str, Any]) -> tuple[date, date]:
    """The first and the last day of a change of days."""
    return date.fromisoformat(content["first"]), date.fromisoformat(content["last"])


def each_day(content: Mapping[str, Any]) -> tuple[date, ...]:
    """Every day of a change of days."""
    first, last = days_of(content)
    return tuple(first + timedelta(days=n) for n in range((last - first).days + 1))


def changed(tables: Tables, kind: str, content: Mapping[str, Any], source: str) -> Tables:
    """The tables once this change is made. `source` is the decree that it rests on."""
    if kind == CALENDAR:
        return _with_days(tables, content) if "shape" not in content else _with_hours(tables, content)
    name, value = content["name"], content["value"]
    said = tables.profile.get("parameters", {})
    set_now = {**said.get(name, {}), "value": value, "proposed": False, "source": source}
    return replace(
        tables, parameters={**tables.parameters, name: Decimal(value) if isinstance(value, int) else value},
        profile={**tables.profile, "parameters": {**said, name: set_now}})


def _with_days(tables: Tables, content: Mapping[str, Any]) -> Tables:
    chosen = frozenset(each_day(content))
    holidays = tables.calendar.holidays - chosen if content["works"] else tables.calendar.holidays | chosen
    profile = tables.profile
    if "hours" in profile:
        hours = agency_hours.without_worked(agency_hours.of(profile, tables.calendar), chosen)
        profile = {**profile, "hours": agency_hours.to_json(hours)}
    return replace(tables, calendar=replace(tables.calendar, holidays=holidays), profile=profile)


def _with_hours(tables: Tables, content: Mapping[str, Any]) -> Tables:
    hours, calendar = agency_hours.changed(agency_hours.of(tables.profile, tables.calendar), tables.calendar, content)
    return replace(tables, calendar=calendar, profile={**tables.profile, "hours": agency_hours.to_json(hours)})
