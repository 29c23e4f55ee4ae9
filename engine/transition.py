"""What moves an instance, and what the interpreter answers.

`interpreter.apply(definition, state, stimulus, now, tables) -> Transition` is the one function behind live running,
replay, migration preview, conformance and simulation. A stimulus is a value with a canonical JSON form
(`journal.stimulus_to_json`); a transition describes the instance after it, in full, so that the caller may reconcile
its tasks, jobs and subscriptions by comparison instead of by following events.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from engine.types import Outcome, TimeStandard, TraceEntry, Value


#: A field that came later: where it is not used, a journal entry does not name it, as those written before it do not.
_LATER: Final = {"absent_unless_used": True}

# --- stimuli -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Start:
    """Begins the instance. `start_element` names a message or signal start event; None is the none start event."""

    process_id: str
    instance_id: str
    business_key: str = ""
    variables: Mapping[str, Value] = field(default_factory=dict)
    calendar: str | None = None       # digest of the calendar table in `tables`
    parameters: str | None = None     # digest of the agency parameters in `tables`
    risk: str = ""
    start_element: str | None = None


@dataclass(frozen=True, kw_only=True)
class CompleteTask:
    """A person finished a human task. `stated_at`: when it was done, where it was written down only afterwards."""

    token_id: str
    variables: Mapping[str, Value] = field(default_factory=dict)
    stated_at: datetime | None = field(default=None, metadata=_LATER)


@dataclass(frozen=True, kw_only=True)
class FireTimer:
    """A timer is due. The clock of this stimulus is the due instant, never the worker's wall time."""

    token_id: str


@dataclass(frozen=True, kw_only=True)
class CompleteOperation:
    """An operation answered."""

    token_id: str
    result: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class FailOperation:
    """An operation raised a BPMN error: caught by a boundary event, else the process ends with it."""

    token_id: str
    error_code: str


@dataclass(frozen=True, kw_only=True)
class ReceiveMessage:
    """A message reaches one subscription of this instance. `stated_at`: when what it tells was done, where a person wrote it down only
    afterwards."""

    token_id: str
    name: str
    variables: Mapping[str, Value] = field(default_factory=dict)
    stated_at: datetime | None = field(default=None, metadata=_LATER)


@dataclass(frozen=True, kw_only=True)
class ReceiveSignal:
    """A signal reaches this instance; every element waiting for it catches it."""

    name: str
    variables: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class RetryElement:
    """A person resolved an incident: the parked element is tried again, after `variables` were written to its scope."""

    token_id: str
    variables: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ChangeTables:
    """Calendar, agency parameters or risk changed: due instants are recomputed from their starts. None keeps."""

    calendar: str | None = None
    parameters: str | None = None
    risk: str | None = None


@dataclass(frozen=True, kw_only=True)
class Suspend:
    """Pauses working clocks, never elapsed ones."""


@dataclass(frozen=True, kw_only=True)
class Resume:
    """Ends a suspension; the working time that passed meanwhile is added to the dues."""


@dataclass(frozen=True, kw_only=True)
class Cancel:
    """Ends the instance for good."""


@dataclass(frozen=True, kw_only=True)
class AcceptStatedTime:
    """Somebody in authority takes the stated instant of a finished task for its official one."""

    token_id: str


@dataclass(frozen=True, kw_only=True)
class Correct:
    """What a form sent with `entry` of this journal was corrected; the new answers came with this entry."""

    entry: int


@dataclass(frozen=True, kw_only=True)
class AskCorrection:
    """As `Correct`, but it waits for consent: one of the answers steered the process."""

    entry: int


@dataclass(frozen=True, kw_only=True)
class AnswerCorrection:
    """Consent to what was asked with `entry`, or its refusal."""

    entry: int
    is_accepted: bool


@dataclass(frozen=True, kw_only=True)
class Migrate:
    """Goes on by another version of its SOP, the one its journal entry names. `mapping`: which element takes the place of which, by id.
    `clocks`: `keep` leaves every running clock as it is, `anew` works those out again, from when they began, whose drawn time differs."""

    mapping: Mapping[str, str] = field(default_factory=dict)
    clocks: str = "keep"


@dataclass(frozen=True, kw_only=True)
class AskModify:
    """Somebody asks that the step done with `entry` begin again, which would end the tasks under `steps` (token ids, in order)."""

    entry: int
    steps: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RefuseModify:
    """Somebody else refused what was asked for with `entry`."""

    entry: int


@dataclass(frozen=True, kw_only=True)
class Modify:
    """What was asked for with `entry` is done: all under `end` is over, and in that scope the step `begin` begins again."""

    entry: int
    begin: str
    end: tuple[str, ...]


#: What is said of earlier entries. It moves nothing, so it may also be said of an instance that has ended.
Remark = AcceptStatedTime | Correct | AskCorrection | AnswerCorrection | AskModify | RefuseModify
Stimulus = (
    Start | CompleteTask | FireTimer | CompleteOperation | FailOperation | ReceiveMessage | ReceiveSignal
    | RetryElement | ChangeTables | Suspend | Resume | Cancel | Migrate | Modify | Remark
)


# --- the instance after a stimulus -------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class OpenTask:
    """A human task that waits. `standard`, `due_at`, `warn_at` come from its non-interrupting `sop:standard` timer."""

    token_id: str
    element_id: str
    ready_at: datetime
    due_at: datetime | None = None
    warn_at: datetime | None = None     # 80 % of the standard's own minutes
    standard: TimeStandard | None = None
    standard_from: datetime | None = None
    item: Value = None                  # the multi-instance item this child works on
    item_name: str | None = None


@dataclass(frozen=True, kw_only=True)
class WaitingTimer:
    """A timer that waits for `due_at`. `attached_to` is the token of the activity a boundary timer sits on."""

    token_id: str
    element_id: str
    due_at: datetime
    attached_to: str | None = None
    standard: TimeStandard | None = None
    repeats: bool = False               # a cycle: hits missed by a late firing count as one


@dataclass(frozen=True, kw_only=True)
class ParkedOperation:
    """A service task whose operation was called and has not answered yet."""

    token_id: str
    element_id: str
    name: str
    arguments: Mapping[str, Value]


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """An element that waits for a message or a signal. `keys` are the correlation values it insists on, `item` that of the loop
    instance it waits in."""

    token_id: str
    element_id: str
    kind: str                           # "message" | "signal"
    name: str
    keys: Mapping[str, Value] = field(default_factory=dict)
    item: Value = None


@dataclass(frozen=True, kw_only=True)
class Incident:
    """An element parked because its expression gave no usable answer; `expression` names the text in the file."""

    token_id: str
    element_id: str
    code: str
    expression: str = ""


@dataclass(frozen=True, kw_only=True)
class Thrown:
    """A message or signal that left the instance. `keys` are correlation values, `agency` the code of whom it is for (None: our own)."""

    kind: str                           # "message" | "signal"
    name: str
    element_id: str
    variables: Mapping[str, Value] = field(default_factory=dict)
    keys: Mapping[str, Value] = field(default_factory=dict)
    agency: str | None = None


@dataclass(frozen=True, kw_only=True)
class View:
    """Everything that waits in an instance, in a stable order (by element id, then token id)."""

    tasks: tuple[OpenTask, ...] = ()
    timers: tuple[WaitingTimer, ...] = ()
    operations: tuple[ParkedOperation, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    incidents: tuple[Incident, ...] = ()
    variables: Mapping[str, Value] = field(default_factory=dict)       # of the process scope
    open_elements: tuple[str, ...] = ()                                # element ids holding a token, sorted, with repeats


@dataclass(frozen=True, kw_only=True)
class Transition:
    """The interpreter's answer. `state` is opaque (`spiff.codec.dump` makes bytes of it); `meaning` is what the
    state digest is taken over: JSON-able values only, no Spiff ids, nothing that pruning leaves behind."""

    state: Any
    view: View
    meaning: Mapping[str, Any]
    trace: tuple[TraceEntry, ...]
    thrown: tuple[Thrown, ...]
    outcome: Outcome
