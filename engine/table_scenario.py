"""Scenario files that ask decision tables directly: somebody tries a row and keeps it (docs/scenarios.md). No case, no process."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from engine import decisions, durations, toml_files
from engine.bundle import SopBundle
from engine.decisions import DecisionOutcome
from engine.scenario_file import ScenarioUnreadable, check_shape, instant, with_decimals

_WHOLE: Final[Mapping[str, type]] = {"source": str, "at": datetime, "decide": list}
_QUESTION: Final[Mapping[str, type]] = {"decision": str, "given": dict, "gives": object, "rule": int, "rules": list}


@dataclass(frozen=True, kw_only=True)
class Question:
    """One decision, what it is given, and what is expected of it: its value, the rules of its own table that match, or both."""

    decision: str
    given: Mapping[str, Any]
    gives: Any = None                       # None: not looked at
    rules: tuple[int, ...] | None = None    # counted from 1; None: not looked at


@dataclass(frozen=True, kw_only=True)
class TableScenario:
    """The questions of one file, all asked at one instant."""

    source: str
    at: datetime
    questions: tuple[Question, ...]


def asks_tables(data: bytes) -> bool:
    """Whether a scenario file asks tables instead of telling a story."""
    try:
        return "decide" in toml_files.read_toml(data)
    except ValueError:
        return False


def read_questions(data: bytes) -> TableScenario:
    """The questions in a file. Raises `ScenarioUnreadable` for anything it would otherwise pass over in silence."""
    try:
        raw = toml_files.read_toml(data)
        check_shape(raw, _WHOLE)
        if not raw["decide"]:
            raise ScenarioUnreadable(decide="nothing")
        return TableScenario(source=raw.get("source", ""), at=instant(raw["at"]), questions=tuple(_question(one) for one in raw["decide"]))
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise ScenarioUnreadable(problem=type(problem).__name__) from None


def answers(bundle: SopBundle, scenario: TableScenario) -> tuple[DecisionOutcome | None, ...]:
    """What the tables in `bundle` answer to each question; None where the decision is not there."""
    tables = {name: read for data in bundle.named(".dmn").values() for read in (decisions.read_decisions(data),) for name in read.names}
    return tuple(tables[one.decision].evaluate(one.decision, one.given, now=scenario.at) if one.decision in tables else None
                 for one in scenario.questions)


def ask_tables(bundle: SopBundle, scenario: TableScenario) -> tuple[str, ...]:
    """Asks every question of the tables in `bundle`; where an answer differs from what is written."""
    return tuple(f"question {number}: {one.decision}{problem}"
                 for number, (one, answer) in enumerate(zip(scenario.questions, answers(bundle, scenario), strict=True), 1)
                 for problem in ([" is not here"] if answer is None else [f": {each}" for each in _differences(one, answer)]))


def has_rules(asked: Question, answer: DecisionOutcome) -> bool:
    """Whether the rules that matched are what is written, or not looked at."""
    return asked.rules is None or asked.rules == answer.rules


def has_value(asked: Question, answer: DecisionOutcome) -> bool:
    """Whether the value is what is written, or not looked at."""
    return asked.gives is None or _is(answer.value, asked.gives)


def _question(raw: Mapping[str, Any]) -> Question:
    check_shape(raw, _QUESTION)
    if "rule" in raw and "rules" in raw or not set(raw) & {"gives", "rule", "rules"}:
        raise ScenarioUnreadable(question=sorted(raw))
    rules = [raw["rule"]] if "rule" in raw else raw.get("rules")
    return Question(decision=raw["decision"], given=with_decimals(raw.get("given", {})), gives=with_decimals(raw.get("gives")),
                    rules=None if rules is None else tuple(rules))


def _differences(asked: Question, answer: DecisionOutcome) -> list[str]:
    if answer.problems:
        return [", ".join(map(str, answer.problems))]
    found = []
    if not has_rules(asked, answer):
        found.append(f"rules {list(answer.rules)} instead of {list(asked.rules or ())}")
    if not has_value(asked, answer):
        found.append(f"{answer.value!r} instead of {asked.gives!r}")
    return found


def _is(value: Any, wanted: Any) -> bool:
    """Whether a value is what is written: of a context only what is named counts, and a duration is written as text."""
    if isinstance(wanted, Mapping):
        return isinstance(value, Mapping) and all(_is(value.get(name), one) for name, one in wanted.items())
    if isinstance(wanted, list):
        return isinstance(value, list) and len(value) == len(wanted) and all(map(_is, value, wanted))
    if isinstance(value, timedelta) and isinstance(wanted, str):
        with contextlib.suppress(durations.InvalidDuration):
            return value == durations.parse_duration(wanted).exact
    return bool(type(value) is type(wanted) and value == wanted)
