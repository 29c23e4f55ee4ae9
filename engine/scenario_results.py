"""What `engine.sops` tells of a draft's scenarios: how each goes, and what none of them goes through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from engine import scenario_names
from engine.sop_results import DraftSummary
from engine.task_results import FormView
from engine.types import LintFinding, Text, Value


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
        """Whether a draft is proposed with it only for a reason; with one that cannot be read not even then."""
        return self in (Went.OTHERWISE, Went.UNREADABLE, Went.TOO_LONG)


@dataclass(frozen=True, kw_only=True)
class Otherwise:
    """Something that went otherwise, at a step counted from 1; 0 is the beginning, -1 the end.

    `what` names it: "refused", "not-refused", "not-open", "not-written", "role", "due", "verdict", "handling_verdict", "overrun",
    "completed", "documents"; "gone" is a step left out, "put-in" one that was answered for all stories, before this one; "answered" is a
    question of its form that was, by its key.
    Of a question to a table, counted as a step: "rules", "gives", "table-gone", "no-answer".
    """

    step: int
    what: str
    name: str = ""          # of the step it is about
    written: Value = None
    seen: Value = None


@dataclass(frozen=True, kw_only=True)
class RefusedForm:
    """A form of which a story's answers to these fields are refused."""

    key: str
    title: Text
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PlayedScenario:
    """A scenario file of a draft. `differences` are in the order they were met; where the story `stopped`, the last says why.
    `anew` is the file with what was seen in the place of what is written, None where that cannot be said; `is_kept_whole` then: nothing
    else in it changes, notes and order stay. Where it stopped, `waits_for` are the tasks that wait there and that it never does, by element
    with their names."""

    name: str
    source: str
    state: Went = Went.UNKNOWN
    differences: tuple[Otherwise, ...] = ()
    stopped: bool = False
    anew: bytes | None = None
    is_kept_whole: bool = True
    waits_for: Mapping[str, str] = field(default_factory=dict)

    @property
    def file(self) -> str:
        """Where it stands in the draft."""
        return scenario_names.path_of(self.name)

    @property
    def otherwise(self) -> Otherwise | None:
        """The first thing that went otherwise."""
        return self.differences[0] if self.differences else None

    @property
    def refused_form(self) -> RefusedForm | None:
        """The form that refused some of its answers, where it stopped for that. Rows are refused for one of their columns: these are not
        asked again, nor is what the form never asked."""
        stopped = self.stopped_at
        seen = stopped.seen if stopped is not None and stopped.what == "refused" and not stopped.written else None
        if not isinstance(seen, Mapping) or "form" not in seen or not all(key.isidentifier() for key in seen["fields"]):
            return None
        return RefusedForm(key=seen["form"]["key"], title=Text(seen["form"]["id"], seen["form"]["en"]), fields=tuple(seen["fields"]))

    @property
    def stopped_at(self) -> Otherwise | None:
        """Why it could not be played on."""
        return self.differences[-1] if self.stopped and self.differences else None


@dataclass(frozen=True, kw_only=True)
class UnansweredStep:
    """A step of a draft at which stories stop that never do it: its form, who does it, and the stories."""

    summary: DraftSummary
    element_id: str
    name: str
    role: str
    form: FormView | None
    scenarios: tuple[PlayedScenario, ...]


@dataclass(frozen=True, kw_only=True)
class UnansweredForm:
    """A form of a draft at which stories stop because it refuses what they answer: only what it is asked again, and the stories."""

    summary: DraftSummary
    form: FormView
    scenarios: tuple[PlayedScenario, ...]


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
    def unanswered(self) -> dict[str, tuple[PlayedScenario, ...]]:
        """The steps at which stories stop that never do them, by element, and which these are."""
        steps = dict.fromkeys(element_id for one in self.hindering for element_id in one.waits_for)
        return {element_id: tuple(one for one in self.hindering if element_id in one.waits_for) for element_id in steps}

    @property
    def refusing(self) -> dict[str, tuple[PlayedScenario, ...]]:
        """The forms at which stories stop because they refuse what is answered, by key, and which these are."""
        stopped = [(one.refused_form.key, one) for one in self.hindering if one.refused_form is not None]
        return {key: tuple(one for each, one in stopped if each == key) for key in dict.fromkeys(key for key, _ in stopped)}

    @property
    def waiting(self) -> int:
        """How many are still to be played."""
        return sum(one.state is Went.UNKNOWN for one in self.scenarios)
