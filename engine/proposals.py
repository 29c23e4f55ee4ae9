"""Times that no SOP sets and the product needs all the same: proposals of ours ("usulan"). They remind; they judge nothing.

An agency that has decided otherwise writes a parameter of the same name in its `agency.toml`; what it says is used from the next
reading on, and is no proposal any more unless it says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from engine import durations, errors

#: As Primero reminds of cases without an owner (screens.md 5.4); the rest is design.md 8 or stands in no source at all.
PROPOSED: Final[Mapping[str, timedelta]] = {
    "unassigned_after_high": timedelta(hours=1),
    "unassigned_after": timedelta(hours=3),
    "silent_after": timedelta(days=14),
    "provider_check_after": timedelta(days=90),
    "escalate_supervisor_after": timedelta(hours=1),
    "escalate_duty_officer_after": timedelta(hours=2),
    "escalate_head_of_unit_after": timedelta(hours=4),
}


@dataclass(frozen=True, kw_only=True)
class Span:
    """A length of time and whether it is only proposed."""

    length: timedelta
    proposed: bool


def span(profile: Mapping[str, Any], name: str) -> Span:
    """What the agency set under `name`; the proposal where it is silent, or where what it wrote is no exact duration."""
    said = profile.get("parameters", {}).get(name, {})
    try:
        exact = durations.parse_duration(str(said.get("value", "")), allow_months=False).exact
    except errors.EngineError:
        return Span(length=PROPOSED[name], proposed=True)
    return Span(length=exact, proposed=said.get("proposed") is not False)
