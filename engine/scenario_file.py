"""Scenario files as values: a story of one case, told as steps with the inbox that should stand before each (docs/scenarios.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from engine import durations, errors, scenario_revision, toml_files
from engine.clock import EARLIEST, LATEST
from engine.scenario_audit import Audit, read_audit
from engine.scenario_revision import Revision

_KINDS = ("complete", "claim", "act", "message", "signal", "wait_until", "revise", "start")
#: The words of each part, and what stands behind each: a word of another shape would be passed over, or mean nothing.
_STEP: Final[Mapping[str, type]] = {
    "complete": str, "claim": str, "act": str, "message": str, "signal": str, "wait_until": datetime, "revise": dict, "start": str,
    "open": list, "as": str, "at": datetime, "with": dict, "item": dict, "line": object, "verdict": str, "handling": str,
    "handling_verdict": str, "overrun": str, "refuse": str, "keys": dict, "case": str, "version": Decimal}
_START: Final[Mapping[str, type]] = {
    "at": datetime, "as": str, "with": dict, "business_key": str, "message": str, "keys": dict, "timer": str}
_END: Final[Mapping[str, type]] = {
    "completed": bool, "documents": list, "notices": list, "outputs": list, "ended_at": str, "version": Decimal}
_WHOLE: Final[Mapping[str, type]] = {"source": str, "agency": str, "start": dict, "step": list, "end": dict, "audit": list}
_ROW: Final[Mapping[str, type]] = {"task": str, "role": str, "due": datetime, "item": dict, "line": object}


@dataclass(frozen=True, kw_only=True)
class Expected:
    """One row the inbox should hold. Without `due` the task has none; of its multi-instance item only what is named counts."""

    task: str
    role: str
    due: datetime | None = None
    item: Mapping[str, Any] = field(default_factory=dict)

    @property
    def line(self) -> Any:
        """The `line_no` its item must have, if any."""
        return self.item.get("line_no")


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing somebody does, or time passing. At most one of `complete`, `claim`, `act`, `message`, `signal`, `wait_until`, `revise`,
    `start` is set."""

    expected: tuple[Expected, ...] | None = None    # the whole inbox at `at`, in any order; None: not looked at
    complete: str | None = None
    claim: str | None = None
    act: str | None = None                          # the element that waits for a message with a form
    message: str | None = None
    signal: str | None = None
    wait_until: datetime | None = None
    role: str | None = None
    at: datetime | None = None
    submission: Mapping[str, Any] = field(default_factory=dict)
    keys: Mapping[str, Any] = field(default_factory=dict)
    item: Mapping[str, Any] = field(default_factory=dict)   # which child of a multi-instance element
    verdict: str | None = None
    handling_verdict: str | None = None             # the second verdict: claimed to done
    overrun: timedelta | None = None
    refuse: str | None = None                       # the error code the step must be refused with
    revise: Revision | None = None                  # another version of the SOP is drafted by `role` and approved
    start: str | None = None                        # another case of the SOP is opened, known by this name
    case: str = ""                                  # the name of the case the step is about; "" for the story's first
    version: int | None = None                      # the version of the SOP that case runs by

    @property
    def line(self) -> Any:
        """The `line_no` its item must have, if any."""
        return self.item.get("line_no")

    @property
    def handling(self) -> str | None:
        """The second verdict, by its short name."""
        return self.handling_verdict

    @property
    def acts_on(self) -> str | None:
        """The element whose task this step works on."""
        return self.complete or self.claim


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One story."""

    source: str
    role: str
    at: datetime
    submission: Mapping[str, Any]
    business_key: str | None
    steps: tuple[Step, ...]
    end: Mapping[str, Any]
    agency: str | None = None      # who plays it, a folder of the library; None: the SOP's own agency
    message: str | None = None     # what begins it, instead of a person with the start form
    keys: Mapping[str, Any] = field(default_factory=dict)
    timer: str | None = None       # the timer start event that began it, at `at` or before
    audits: tuple[Audit, ...] = () # what an auditor does after the end

    @property
    def completed(self) -> bool | None:
        """Whether nothing may be left to do at the end; None: not looked at."""
        return self.end.get("completed")

    @property
    def revisers(self) -> frozenset[str]:
        """The roles that draft and approve other versions of the SOP in it: people who sign in."""
        changed = [step for step in self.steps if step.revise is not None]
        return frozenset({role for step in changed for role in (step.role or self.role, *(step.revise.approved_by if step.revise else ()))})

    @property
    def documents(self) -> tuple[str, ...] | None:
        """The codes of the documents issued; None: not looked at."""
        return tuple(self.end["documents"]) if "documents" in self.end else None


class ScenarioUnreadable(errors.EngineError):
    """This scenario file does not have the shape of docs/scenarios.md."""

    code = "scenario-unreadable"
    indonesian = "Berkas skenario ini tidak berbentuk seperti docs/scenarios.md."


def read_scenario(data: bytes) -> Scenario:
    """The story in a file. Raises `ScenarioUnreadable` for anything it would otherwise pass over in silence."""
    try:
        raw = with_decimals(toml_files.read_toml(data))
        start = raw["start"]
        end = raw.get("end", {})
        for part, words in ((raw, _WHOLE), (start, _START), (end, _END)):
            check_shape(part, words)
        if not all(isinstance(code, str) for code in end.get("documents", [])):
            raise TypeError("documents")
        if "timer" in start and set(start) & {"with", "business_key", "message"}:
            raise ScenarioUnreadable(start="timer")
        return Scenario(
            source=raw.get("source", ""), role=start["as"], at=instant(start["at"]), submission=start.get("with", {}),
            business_key=start.get("business_key"), steps=tuple(_step(one) for one in raw.get("step", [])), end=end,
            agency=raw.get("agency"), message=start.get("message"), keys=start.get("keys", {}), timer=start.get("timer"),
            audits=tuple(read_audit(one) for one in raw.get("audit", [])))
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, durations.InvalidDuration) as problem:
        raise ScenarioUnreadable(problem=type(problem).__name__) from None


def _step(raw: Mapping[str, Any]) -> Step:
    check_shape(raw, _STEP)
    kinds = [kind for kind in _KINDS if kind in raw]
    if len(kinds) > 1 or not kinds and "open" not in raw:
        raise ScenarioUnreadable(kinds=kinds)
    return Step(
        expected=tuple(_expected(one) for one in raw["open"]) if "open" in raw else None, complete=raw.get("complete"),
        claim=raw.get("claim"), act=raw.get("act"), message=raw.get("message"), signal=raw.get("signal"),
        wait_until=instant(raw["wait_until"]) if "wait_until" in raw else None, role=raw.get("as"),
        at=instant(raw["at"]) if "at" in raw else None, submission=raw.get("with", {}), keys=raw.get("keys", {}),
        item=_item(raw), verdict=raw.get("verdict"), handling_verdict=raw.get("handling_verdict", raw.get("handling")),
        overrun=durations.parse_duration(raw["overrun"]).exact if "overrun" in raw else None, refuse=raw.get("refuse"),
        revise=scenario_revision.read(raw["revise"]) if "revise" in raw else None, start=raw.get("start"),
        case=raw.get("start", raw.get("case", "")), version=int(raw["version"]) if "version" in raw else None)


def _expected(raw: Mapping[str, Any]) -> Expected:
    check_shape(raw, _ROW)
    due = instant(raw["due"]) if "due" in raw else None
    return Expected(task=raw["task"], role=raw["role"], due=due, item=_item(raw))


def _item(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**raw.get("item", {}), **({"line_no": raw["line"]} if "line" in raw else {})}


def check_shape(raw: Mapping[str, Any], words: Mapping[str, type]) -> None:
    """Raises TypeError or ValueError for a word there is not, or one with another thing behind it than `words` says."""
    if unknown := set(raw) - set(words):
        raise ValueError(sorted(unknown))
    for word, value in raw.items():
        if not isinstance(value, words[word]):
            raise TypeError(word)


def instant(value: Any) -> datetime:
    """A point in time of a story. Raises ValueError for one without its zone, or further away than clocks set by hand go."""
    if not isinstance(value, datetime) or value.tzinfo is None or not EARLIEST <= value <= LATEST:
        raise ValueError("an instant with its zone")
    return value


def with_decimals(value: Any) -> Any:
    """TOML's numbers as the engine's, so that nothing is rounded on the way."""
    if isinstance(value, dict):
        return {key: with_decimals(one) for key, one in value.items()}
    if isinstance(value, list):
        return [with_decimals(one) for one in value]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return Decimal(str(value))
    return value
