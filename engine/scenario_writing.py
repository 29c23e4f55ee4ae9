"""A story as a scenario file, which `read_scenario` reads as the same story (docs/scenarios.md)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from engine.scenario_audit import Audit
from engine.scenario_file import Expected, Scenario, Step
from engine.scenario_revision import Revision

_A_DAY: Final = 24 * 60   # in minutes
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+\Z")
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_AUDIT: Final = ("unmask", "refuse", "told", "masked", "readable", "acts", "replay", "altered")


def written(scenario: Scenario) -> bytes:
    """The file. What the story does not say is not in it."""
    head = {"source": scenario.source or None, "agency": scenario.agency}
    start = {"at": scenario.at, "as": scenario.role, "business_key": scenario.business_key, "message": scenario.message,
             "timer": scenario.timer, "keys": scenario.keys or None, "with": scenario.submission or None}
    parts = ["\n".join(_lines(head)), _table("[start]", start), *map(step_text, scenario.steps)]
    if scenario.end:
        parts.append(_table("[end]", scenario.end))
    parts += [_table("[[audit]]", _audit(one)) for one in scenario.audits]
    return ("\n\n".join(part for part in parts if part) + "\n").encode("utf-8")


def step_text(step: Step) -> str:
    """One step, as it stands in a file."""
    return _table("[[step]]", _step(step))


def _table(name: str, content: Mapping[str, Any]) -> str:
    return "\n".join([name, *_lines(content)])


def _lines(content: Mapping[str, Any]) -> Iterator[str]:
    return (f"{_key(key)} = {value_text(value)}" for key, value in content.items() if value is not None)


def _step(step: Step) -> dict[str, Any]:
    is_start = step.start is not None
    return {
        "open": None if step.expected is None else [_expected(one) for one in step.expected], "complete": step.complete,
        "claim": step.claim, "act": step.act, "message": step.message, "signal": step.signal, "wait_until": step.wait_until,
        "start": step.start, "case": None if is_start else step.case or None, "as": step.role, "at": step.at, "item": step.item or None,
        "keys": step.keys or None, "with": step.submission or None, "verdict": step.verdict, "handling_verdict": step.handling_verdict,
        "overrun": step.overrun, "refuse": step.refuse, "revise": None if step.revise is None else _revision(step.revise),
        "version": step.version}


def _expected(one: Expected) -> dict[str, Any]:
    return {"task": one.task, "role": one.role, "due": one.due, "item": one.item or None}


def _revision(revision: Revision) -> dict[str, Any]:
    standard = revision.standard
    time = {} if standard is None else {"duration": standard.duration, "clock": standard.clock.value, "text": standard.text}
    replaced = [{"file": file, "old": old, "new": new} for file, old, new in revision.replaced]
    return {"step": revision.step, **time, "replace": replaced or None, "decree": revision.decree,
            "effective_from": revision.effective_from, "approved_by": list(revision.approved_by)}


def _audit(audit: Audit) -> dict[str, Any]:
    said = {name: value for name in _AUDIT if (value := getattr(audit, name)) not in (None, ())}
    if audit.acts is not None:
        said["acts"] = audit.acts
    return {"at": audit.at, "as": audit.role, **said}


def _key(key: str) -> str:
    return key if _BARE.match(key) else _text(key)


def value_text(value: Any) -> str:
    """One value on one line: TOML wants its inline tables so. Raises TypeError for what a scenario does not hold."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return _text(duration_text(value))
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(str(key))} = {value_text(one)}" for key, one in value.items() if one is not None)
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(value_text(one) for one in value)}]"
    if isinstance(value, Decimal | int):
        return _number(Decimal(value))
    raise TypeError(type(value).__name__)


def _number(value: Decimal) -> str:
    """As a number where TOML's readers keep it exactly, else as text, which a form reads as well."""
    if value == value.to_integral_value():
        return f"{value:f}".partition(".")[0]
    plain = f"{value:f}"
    return plain if math.isfinite(float(value)) and Decimal(str(float(value))) == value else _text(plain)


def duration_text(value: timedelta) -> str:
    """A duration as a story says it: in minutes, long ones in hours."""
    minutes, seconds = divmod(int(value.total_seconds()), 60)
    if minutes and not seconds and minutes % 60 == 0 and minutes >= _A_DAY:
        return f"PT{minutes // 60}H"
    return f"PT{minutes}M" if minutes and not seconds else f"PT{60 * minutes + seconds}S"


def _text(value: str) -> str:
    escaped = "".join(_ESCAPES.get(letter) or (letter if letter.isprintable() or letter == " " else f"\\U{ord(letter):08x}")
                      for letter in value)
    return f'"{escaped}"'
