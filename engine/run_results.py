"""What the page shows on which an instance is paused, continued or ended. Part of `engine.results` by nature."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.case_results import InstanceSummary
from engine.types import TaskSummary


@dataclass(frozen=True, kw_only=True)
class RunningClock:
    """A clock that runs in an instance, by the step it is drawn on. One that `pauses` stands still while the instance is suspended."""

    name: str
    due_at: datetime
    pauses: bool
    standard: str = ""                      # as the SOP words it


@dataclass(frozen=True, kw_only=True)
class CaseRun:
    """One instance as a whole: while it is paused, `clocks` are those that run on."""

    instance: InstanceSummary
    clocks: tuple[RunningClock, ...]
    open_tasks: tuple[TaskSummary, ...]
    may: frozenset[str]                     # suspend | resume | cancel, as it stands now
