"""What `engine.sops` tells of a draft's scenarios: how each goes, and what none of them goes through."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from engine import scenario_names
from engine.sop_results import DraftSummary
from engine.types import LintFinding, Value


class Went(StrEnum):
    """How a scenario of a draft went."""

    UNKNOWN = ""                  #: Nobody played it on these files and tables yet.
    AS_WRITTEN = "as_written"
    OTHERWISE = "otherwise"
    UNREADABLE = "unreadable"
    TOO_LONG = "too_long"         #: Alone it takes longer than there is time for.
    ELSEWHERE = "elsewhere"       #: It is told of another agency, whose tables and roles are others, and goes otherwise here.
    CHANGES_SOP = "changes_sop"   #: It changes the SOP itself; it is played where versions are approved, not on a draft.

    @property
    def hinders(self) -> bool:
        """Whether a draft is proposed with it only for a reason."""
        return self in (Went.OTHERWISE, Went.UNREADABLE, Went.TOO_LONG)


@dataclass(frozen=True, kw_only=True)
class Otherwise:
    """Something that went otherwise, at a step counted from 1; 0 is the beginning, -1 the end.

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
    """A scenario file of a draft. `differences` are in the order they were met; where the story `stopped`, the last says why.
    `problems` are those of questions to tables. `anew` is the file with what was seen in the place of what is written, None where that
    cannot be said; `is_kept_whole` then: nothing else in it changes, notes and order stay."""

    name: str
    source: str
    state: Went = Went.UNKNOWN
    differences: tuple[Otherwise, ...] = ()
    stopped: bool = False
    problems: tuple[str, ...] = ()
    anew: bytes | None = None
    is_kept_whole: bool = True

    @property
    def file(self) -> str:
        """Where it stands in the draft."""
        return scenario_names.path_of(self.name)

    @property
    def otherwise(self) -> Otherwise | None:
        """The first thing that went otherwise."""
        return self.differences[0] if self.differences else None

    @property
    def stopped_at(self) -> Otherwise | None:
        """Why it could not be played on."""
        return self.differences[-1] if self.stopped and self.differences else None


@dataclass(frozen=True, kw_only=True)
class UntakenFlow:
    """A sequence flow that no scenario certainly went through; names of what it joins, "" where the diagram has none."""

    id: str
    name: str
    source: str
    target: str


@dataclass(frozen=True, kw_only=True)
class ScenarioBoard:
    """The scenarios of a draft's latest revision, and what the check says of them. `played_at` None: none was played on these files and
    the agency's tables. While one is still to be played there is no coverage. `drawing` marks the untaken flows of the main diagram."""

    summary: DraftSummary
    scenarios: tuple[PlayedScenario, ...]
    findings: tuple[LintFinding, ...] = ()
    played_at: datetime | None = None
    flows: int = 0
    untaken: tuple[UntakenFlow, ...] = ()
    drawing: bytes | None = None

    @property
    def hindering(self) -> tuple[PlayedScenario, ...]:
        """Those that keep the draft from being proposed without a reason."""
        return tuple(one for one in self.scenarios if one.state.hinders)

    @property
    def waiting(self) -> int:
        """How many are still to be played."""
        return sum(one.state is Went.UNKNOWN for one in self.scenarios)
