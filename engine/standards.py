"""Time standards between rooms: as plain JSON for a task row, and on which calendar they are counted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from engine import canonical
from engine.calendars import WorkCalendar
from engine.types import ClockKind, TimeStandard, Value

HIGH_RISK = "high"
#: These stand still while a case is suspended; legal ones, and a day of the calendar, have no mercy.
PAUSED_BY_SUSPENSION = frozenset({ClockKind.WORKING_MINUTES, ClockKind.WORKING_DAYS})


def calendar_for(standard: TimeStandard | None, calendar: WorkCalendar, risk: str) -> WorkCalendar:
    """The agency's, or one without a night."""
    return WorkCalendar.round_the_clock(calendar.zone) if counts_day_and_night(standard, risk) else calendar


def counts_day_and_night(standard: TimeStandard | None, risk: str) -> bool:
    """Working minutes do while the risk is high (domain.md 3.9, D10): she cannot wait for Monday. Working days stay
    days of work (A10): what is urgent meanwhile is the emergency response, which has no office hours."""
    return risk == HIGH_RISK and standard is not None and standard.clock == ClockKind.WORKING_MINUTES


def pauses(standard: TimeStandard | None) -> bool:
    """Whether its clock stands still while a case is suspended."""
    return standard is not None and standard.clock in PAUSED_BY_SUSPENSION


def to_json(standard: TimeStandard | None) -> Any:
    """A standard as a JSON object, None for none."""
    return None if standard is None else {"duration": standard.duration, "clock": standard.clock.value, "text": standard.text}


def from_json(plain: Any) -> TimeStandard | None:
    """What `to_json` wrote."""
    if plain is None:
        return None
    return TimeStandard(duration=plain["duration"], clock=ClockKind(plain["clock"]), text=plain["text"])


def is_counted_alike(plain: Any, other: Any) -> bool:
    """Whether two standards, as JSON objects, differ at most in their wording."""
    return (plain or {}) | {"text": ""} == (other or {}) | {"text": ""}


def keys_to_json(keys: Mapping[str, Value]) -> dict[str, Any]:
    """Correlation values as plain JSON that is equal when they are."""
    plain = json.loads(canonical.dumps(canonical.variables(keys)))
    assert isinstance(plain, dict)
    return plain


def keys_from_json(plain: Mapping[str, Any]) -> dict[str, Value]:
    """What `keys_to_json` was given."""
    keys = canonical.loads(json.dumps(plain).encode())
    assert isinstance(keys, dict)
    return keys
