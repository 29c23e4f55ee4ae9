"""The front door of the engine (design.md 4). Everything that is not exported here is private.

Names are loaded when first used, so that `python -m engine.replay` verifies a pack without touching storage.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

# At once, not when first used: importing the package `engine.lint` later would put the package in the function's place.
from engine.lint import lint

if TYPE_CHECKING:
    from engine.authorization import allows
    from engine.bundle import SopBundle
    from engine.calendars import Season, WorkCalendar, due_at, explain_due, used, warn_at
    from engine.clock import Clock, ManualClock, SystemClock
    from engine.coverage import Coverage
    from engine.coverage import of_folder as agency_coverage
    from engine.deadlines import DeadlineState, counts_day_and_night, deadline_word, state_of
    from engine.decisions import DecisionOutcome, Decisions, read_decisions
    from engine.draft_edits import ColumnEdit, FieldEdit, FormAnswer, RuleEdit, StepAnswer, TableEdit
    from engine.errors import BpmnError, BundleRefused, EngineError, PermanentFailure, TransientFailure
    from engine.front_door import Engine
    from engine.replay import replay_pack as verify_pack
    from engine.scenario import Scenario, ScenarioResult, Stage, Story, pass_time, play_scenario, read_scenario
    from engine.settings import Settings
    from engine.table_scenario import ask_tables, asks_tables, read_questions
    from engine.trial import Trial
    from engine.types import (
        Actor, ClockKind, Happening, InstanceStatus, LintFinding, Operation, OperationCall, OperationSpec, Outcome, OutcomeKind,
        Severity, TaskSummary, Text, TimeStandard, TraceEntry, Value,
    )

_HOMES = {
    "authorization": ("allows",),
    "bundle": ("SopBundle",),
    "calendars": ("Season", "WorkCalendar", "due_at", "explain_due", "used", "warn_at"),
    "clock": ("Clock", "ManualClock", "SystemClock"),
    "coverage": ("Coverage", "agency_coverage"),
    "deadlines": ("DeadlineState", "counts_day_and_night", "deadline_word", "state_of"),
    "draft_edits": ("ColumnEdit", "FieldEdit", "FormAnswer", "RuleEdit", "StepAnswer", "TableEdit"),
    "decisions": ("DecisionOutcome", "Decisions", "read_decisions"),
    "errors": ("BpmnError", "BundleRefused", "EngineError", "PermanentFailure", "TransientFailure"),
    "front_door": ("Engine",),
    "replay": ("verify_pack",),
    "scenario": ("Scenario", "ScenarioResult", "Stage", "Story", "pass_time", "play_scenario", "read_scenario"),
    "settings": ("Settings",),
    "table_scenario": ("ask_tables", "asks_tables", "read_questions"),
    "trial": ("Trial",),
    "types": (
        "Actor", "ClockKind", "Happening", "InstanceStatus", "LintFinding", "Operation", "OperationCall", "OperationSpec", "Outcome",
        "OutcomeKind", "Severity", "TaskSummary", "Text", "TimeStandard", "TraceEntry", "Value",
    ),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}
_RENAMED = {"agency_coverage": "of_folder", "verify_pack": "replay_pack"}

__all__ = [
    "Actor", "BpmnError", "BundleRefused", "Clock", "ClockKind", "ColumnEdit", "Coverage", "DeadlineState", "DecisionOutcome",
    "Decisions", "Engine", "EngineError", "FieldEdit", "FormAnswer", "Happening", "InstanceStatus", "LintFinding", "ManualClock",
    "Operation", "OperationCall", "OperationSpec", "Outcome", "OutcomeKind", "PermanentFailure", "RuleEdit", "Scenario", "ScenarioResult",
    "Season", "Settings", "Severity", "SopBundle", "Stage", "StepAnswer", "Story", "SystemClock", "TableEdit", "TaskSummary", "Text",
    "TimeStandard", "TraceEntry", "TransientFailure", "Trial", "Value", "WorkCalendar", "agency_coverage", "allows", "ask_tables",
    "asks_tables", "due_at", "explain_due", "lint", "pass_time", "play_scenario", "counts_day_and_night", "deadline_word", "read_decisions",
    "read_questions", "read_scenario", "state_of", "used", "verify_pack", "warn_at",
]


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'engine' has no attribute {name!r}")
    value = getattr(import_module(f"engine.{home}"), _RENAMED.get(name, name))
    globals()[name] = value
    return value
