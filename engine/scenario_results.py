"""What `engine.sops` tells of a draft's scenarios: how each goes, and what none of them goes through."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.sop_results import DraftSummary
from engine.types import Value

@dataclass(frozen=True, kw_only=True)
class Otherwise:
    """The first thing that went otherwise, at a step counted from 1; 0 is the beginning, -1 the end.

    `what` names it: "refused", "not-refused", "not-open", "not-written", "role", "due", "verdict", "handling_verdict", "overrun",
    "completed", "documents".
    """

    step: int
    what: str
    name: str = ""          # of the step it is about
    written: Value = None
    seen: Value = None


@dataclass(frozen=True, kw_only=True)
class PlayedScenario:
    """A scenario file of a draft. `state` is "as_written", "otherwise" (with the first thing that was), "unreadable", "not_played" (for
    want of time, or because it changes the SOP itself), or "" before the draft's revision was played. `problems` are those of questions
    to tables."""

    name: str
    source: str
    state: str = ""
    otherwise: Otherwise | None = None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class UntakenFlow:
    """A sequence flow that no scenario certainly went through; names of what it joins, "" where the diagram has none."""

    id: str
    name: str
    source: str
    target: str


@dataclass(frozen=True, kw_only=True)
class ScenarioBoard:
    """The scenarios of a draft's latest revision. `played_at` None: nobody played them since it, the agency's tables or this process
    changed; then there is no coverage either. `drawing` marks the untaken flows of the main diagram."""

    summary: DraftSummary
    scenarios: tuple[PlayedScenario, ...]
    played_at: datetime | None = None
    flows: int = 0
    untaken: tuple[UntakenFlow, ...] = ()
    drawing: bytes | None = None

    @property
    def otherwise(self) -> int:
        """How many do not go as they are written."""
        return sum(one.state in ("otherwise", "unreadable") for one in self.scenarios)
