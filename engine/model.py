"""A BPMN file as plain values: the neutral model that lint, the interpreter's builder, the matrix and the drawings read.

`engine.bpmn_xml.read_model` makes it from bytes. Nothing of the file that could run is left out of it; what is not
understood is listed in `unknown`, so that no element is lost without a word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

AGENCY: Final = "agency"   #: The argument of a throwing element that names the agency its message is for.


class EventKind(StrEnum):
    """The event definition an event carries."""

    NONE = "none"
    TIMER = "timer"
    MESSAGE = "message"
    SIGNAL = "signal"
    ERROR = "error"
    ESCALATION = "escalation"
    CONDITIONAL = "conditional"
    TERMINATE = "terminate"
    CANCEL = "cancel"
    COMPENSATE = "compensate"
    LINK = "link"


@dataclass(frozen=True, kw_only=True)
class EventDefinition:
    """One event definition. `name` is the message/signal/link name; `code` the error/escalation code (None catches all)."""

    kind: EventKind
    name: str | None = None
    code: str | None = None
    timer_kind: str | None = None       # "timeDate" | "timeDuration" | "timeCycle"
    timer_text: str | None = None       # stripped, as in the file
    condition: str | None = None        # FEEL, as in the file (stripped)
    ref: str | None = None              # id of the message/signal/error/escalation element, if any
    line: int | None = None


@dataclass(frozen=True, kw_only=True)
class Standard:
    """`sop:standard` on a boundary timer (design.md 5a); `start_from` is the attribute `from`, a FEEL text."""

    clock: str
    start_from: str | None = None
    text: str = ""
    clause: str = ""
    line: int | None = None


@dataclass(frozen=True, kw_only=True)
class ForEach:
    """`<sop:forEach in as collect/>`: collection (FEEL), item name, names of the fields each child returns."""

    collection: str
    item: str
    collect: tuple[str, ...] = ()
    into: str | None = None


@dataclass(frozen=True, kw_only=True)
class Loop:
    """Multi-instance or standard loop of an activity. Expressions are FEEL texts as in the file."""

    kind: str                                # "parallel" | "sequential" | "standard"
    for_each: ForEach | None = None
    cardinality: str | None = None           # loopCardinality
    input_ref: str | None = None             # loopDataInputRef
    input_item: str | None = None            # name of inputDataItem
    output_ref: str | None = None            # loopDataOutputRef
    output_item: str | None = None           # name of outputDataItem
    completion: str | None = None            # completionCondition
    condition: str | None = None             # standard loop: loopCondition
    test_before: bool = False
    maximum: str | None = None               # standard loop: loopMaximum
    behavior: str = "All"
    line: int | None = None


@dataclass(frozen=True, kw_only=True)
class DataMapping:
    """One data association: `source` (name or FEEL if `is_expression`) to `target` (variable or data object name)."""

    source: str
    target: str
    is_expression: bool = False


@dataclass(frozen=True, kw_only=True)
class Flow:
    """A sequence flow; `id` is made up ("flow~N") where the file gives none."""

    id: str
    source: str
    target: str
    name: str = ""
    condition: str | None = None
    line: int | None = None
    synthetic_id: bool = False


@dataclass(kw_only=True)
class Node:
    """A flow node. `type` is the BPMN local name (userTask, subProcess, boundaryEvent, ...)."""

    id: str
    type: str
    name: str = ""
    line: int | None = None
    incoming: list[Flow] = field(default_factory=list)   # in file order of the flows
    outgoing: list[Flow] = field(default_factory=list)
    default_flow: str | None = None
    lane: str = ""                 # printed name of the innermost lane
    lane_path: tuple[str, ...] = ()
    lane_id: str | None = None
    events: tuple[EventDefinition, ...] = ()
    parallel_multiple: bool = False
    attached_to: str | None = None
    cancel_activity: bool = True
    is_interrupting: bool = True          # start event of an event sub-process
    triggered_by_event: bool = False
    is_for_compensation: bool = False
    start_quantity: str = "1"
    completion_quantity: str = "1"
    loop: Loop | None = None
    body: Scope | None = None             # embedded sub-process, transaction, ad-hoc
    called_element: str | None = None
    message: str | None = None            # message name of a send/receive task
    message_ref: str | None = None
    instantiate: bool = False
    event_gateway_type: str = ""
    gateway_direction: str = ""
    standard: Standard | None = None      # on boundary timers
    form: str | None = None               # sop:form
    inputs: tuple[str, ...] = ()          # sop:inputs
    outputs: tuple[str, ...] = ()
    operation: str | None = None          # sop:operation
    arguments: Mapping[str, str] = field(default_factory=dict)  # name -> FEEL text
    decision: str | None = None
    result: str | None = None
    clause: tuple[str, ...] = ()
    sensitivity: str | None = None
    input_mappings: tuple[DataMapping, ...] = ()
    output_mappings: tuple[DataMapping, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)  # every attribute as written, for lint
    documentation: str = ""


@dataclass(kw_only=True)
class Scope:
    """What a process or an embedded sub-process holds; nodes and flows in file order."""

    nodes: dict[str, Node] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)
    data_objects: dict[str, str] = field(default_factory=dict)   # id (and reference ids) -> name


@dataclass(kw_only=True)
class Lane:
    """A lane as drawn; `path` names the lanes round it, outermost first."""

    id: str
    name: str
    path: tuple[str, ...] = ()
    node_ids: tuple[str, ...] = ()


@dataclass(kw_only=True)
class Process(Scope):
    """One `bpmn:process`."""

    id: str
    name: str = ""
    is_executable: bool | None = None
    line: int | None = None
    file: str = ""
    lanes: list[Lane] = field(default_factory=list)
    data_inputs: tuple[str, ...] = ()     # names in the process's ioSpecification
    data_outputs: tuple[str, ...] = ()
    correlation_keys: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Unknown:
    """An element or attribute the reader does not understand."""

    tag: str
    line: int | None
    element_id: str | None
    parent_id: str | None = None


@dataclass(kw_only=True)
class Model:
    """One BPMN file."""

    file: str
    processes: dict[str, Process] = field(default_factory=dict)
    participants: dict[str, str] = field(default_factory=dict)       # participant name (else id) -> process id ("" for none)
    messages: dict[str, str] = field(default_factory=dict)           # id -> name
    signals: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str | None] = field(default_factory=dict)      # id -> code
    escalations: dict[str, str | None] = field(default_factory=dict)
    items: dict[str, str | None] = field(default_factory=dict)       # itemDefinition id -> structureRef
    message_flows: list[Flow] = field(default_factory=list)          # drawn only: an arrow between pools moves nothing
    correlation_keys: dict[str, tuple[str, ...]] = field(default_factory=dict)          # key name -> property names
    correlation_paths: dict[str, dict[str, str]] = field(default_factory=dict)          # property name -> message name -> FEEL
    drawn: dict[str, str] = field(default_factory=dict)              # id -> tag of what only people read (notes, groups, ...)
    shapes: frozenset[str] = frozenset()                             # ids of the elements that have a shape or an edge
    unknown: list[Unknown] = field(default_factory=list)
    has_layout: bool = False
