"""Compile processes into Spiff specs, straight from the neutral model: no XML, no Python, nothing recursing over length."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from engine.model import EventKind, Node, Process, Scope
from engine.spiff.activities import CallSpec, HumanSpec, OperationSpec, RuleSpec, SubProcessSpec
from engine.spiff.elements import CannotCompile, ElementSpec, EndSpec, ExclusiveSpec, FlowSpec, PassSpec, StartSpec
from engine.spiff.event_sub_processes import CaughtStartSpec, EventStartSpec, EventSubProcessSpec
from engine.spiff.events import (
    BoundarySpec,
    CatchSpec,
    EventGatewaySpec,
    LinkThrowSpec,
    ListeningSpec,
    ReceiveSpec,
    SendSpec,
    ThrowSpec,
)
from engine.spiff.expressions import Expression, compiled
from engine.spiff.joins import InclusiveSpec, ParallelSpec, find_reach
from engine.spiff.loops import LoopSpec, MultiInstanceSpec, StandardLoopSpec

if TYPE_CHECKING:
    from engine.decisions import Decisions

_LISTENED = frozenset({EventKind.TIMER, EventKind.MESSAGE, EventKind.SIGNAL, EventKind.CONDITIONAL})
_ON_EDGE = _LISTENED | {EventKind.ERROR, EventKind.ESCALATION, EventKind.CANCEL}
_THROWN = frozenset({EventKind.MESSAGE, EventKind.SIGNAL, EventKind.ESCALATION})
_ENDING = _THROWN | {EventKind.ERROR, EventKind.TERMINATE, EventKind.CANCEL}
_STARTING = frozenset({EventKind.NONE, EventKind.MESSAGE, EventKind.SIGNAL, EventKind.TIMER})
_INTERVENING = _ON_EDGE - {EventKind.CANCEL}


class ScopeSpec(BpmnProcessSpec):  # type: ignore[misc]
    """A process or embedded sub-process as a Spiff spec."""

    def __init__(self, name: str, source: Scope, *, outer: ScopeSpec | None) -> None:
        self.elements: list[ElementSpec] = []
        super().__init__(name)
        self.source = source
        self.process_id = source.id if isinstance(source, Process) else ""
        self.is_embedded = outer is not None
        self.process: ScopeSpec = self if outer is None else outer.process
        self.number = -1
        self.flows: list[FlowSpec] = []
        self.by_id: dict[str, ElementSpec] = {}
        # A scope of the model names the data objects it can see; those drawn further out are not its own.
        self.visible_objects = frozenset(source.data_objects.values())
        self.object_names = self.visible_objects - (outer.visible_objects if outer is not None else frozenset())
        self.data_inputs: tuple[str, ...] = source.data_inputs if isinstance(source, Process) else ()
        self.data_outputs: tuple[str, ...] = source.data_outputs if isinstance(source, Process) else ()
        self.correlations: dict[str, Expression] = {}
        if isinstance(source, Process):
            self.correlations = {name: Expression(path) for bindings in source.correlation_keys.values()
                                 for name, path in bindings.items()}
        self._starts: list[ElementSpec] = []
        self.event_starts: list[EventStartSpec] = []   # of the event sub-processes that stand here

    def add_element(self, element: ElementSpec) -> int:
        """Number an element; states refer to elements by that number."""
        self.elements.append(element)
        return len(self.elements) - 1

    def starts(self) -> list[ElementSpec]:
        """Where tokens begin: none start events, or without any start event every node nothing leads to."""
        return self._starts

    def find_starts(self) -> None:
        """Work out where tokens begin (BPMN 2.0.2, 10.5.2 and 13.2)."""
        drawn = [e for e in self.by_id.values() if e.node.type == "startEvent"]
        if drawn:
            self._starts = [e for e in drawn if not e.node.events]
        else:
            self._starts = [e for e in self.by_id.values() if not e.incoming and _may_start(e.node)]


class Program:
    """Every process of a definition, compiled once and never changed: states of many instances share it."""

    def __init__(self, decisions: Mapping[str, Decisions], correlation_paths: Mapping[str, Mapping[str, str]]) -> None:
        self.decisions = decisions
        self.scopes: list[ScopeSpec] = []
        self.processes: dict[str, ScopeSpec] = {}
        self.correlation_paths = {name: {message: Expression(path) for message, path in paths.items()}
                                  for name, paths in correlation_paths.items()}
        self.watches = False
        self.joins_inclusively = False
        self.fingerprint = b""

    def process(self, process_id: str) -> ScopeSpec:
        """The compiled process of this id."""
        found = self.processes.get(process_id)
        if found is None:
            raise CannotCompile(process=process_id, problem="no-such-process")
        return found


def compile_program(processes: Mapping[str, Process] | Iterable[Process], decisions: Mapping[str, Decisions] | None = None,
                    *, correlation_paths: Mapping[str, Mapping[str, str]] | None = None) -> Program:
    """Compile the processes of one definition.

    `correlation_paths` (property name -> message name -> FEEL) says what a sent message is correlated by.

    Raises:
        CannotCompile: an element or attribute that does not run. Lint refuses it first, with what to draw instead.
    """
    program = Program(decisions or {}, correlation_paths or {})
    listed = list(processes.values()) if isinstance(processes, Mapping) else list(processes)
    for process in listed:
        compiled_so_far = len(program.scopes)
        try:
            program.processes[process.id] = _compile_scope(program, f"process:{process.id}", process, None)
        except CannotCompile:
            if process.is_executable is not False:
                raise
            del program.scopes[compiled_so_far:]   # drawn for people only: nothing may start or call it
    for scope in program.scopes:
        for element in scope.elements:
            if isinstance(element, CallSpec):
                element.inner = _called(program, element.node)
    digest = hashlib.blake2b(digest_size=8)
    for scope in program.scopes:
        for element in scope.elements:
            digest.update(f"{scope.name}\0{element.name}\0{element.node.type}\0{len(element.outgoing)}\n".encode())
    program.fingerprint = digest.digest()
    return program


def _called(program: Program, node: Node) -> ScopeSpec:
    wanted = node.called_element or ""
    found = program.processes.get(wanted) or program.processes.get(wanted.rpartition(":")[2])
    if found is None:
        raise CannotCompile(element=node.id, problem="called-process-missing")
    return found


def _compile_scope(program: Program, name: str, source: Scope, outer: ScopeSpec | None, *, caught: Node | None = None) -> ScopeSpec:
    """One scope and, one level of drawing at a time, those inside it. `caught` is the start event of an event sub-process."""
    scope = ScopeSpec(name, source, outer=outer)
    scope.number = len(program.scopes)
    program.scopes.append(scope)
    for node in source.nodes.values():
        scope.by_id[node.id] = CaughtStartSpec(scope, node) if node is caught else _element(program, scope, node)
    for number, flow in enumerate(source.flows):
        _connect(scope, number, flow)
    for element in scope.by_id.values():
        _finish(scope, element)
    scope.find_starts()
    elements = list(scope.elements)
    for element in elements:
        if isinstance(element, InclusiveSpec) and len(element.incoming) > 1:
            find_reach(element, elements)
            program.joins_inclusively = True
        program.watches = program.watches or element.watches
    return scope


def _connect(scope: ScopeSpec, number: int, flow: Any) -> None:
    source, target = scope.by_id.get(flow.source), scope.by_id.get(flow.target)
    if source is None or target is None:
        raise CannotCompile(flow=flow.id, problem="flow-leads-nowhere")
    made = FlowSpec(number, flow.id, source, target, compiled(flow.condition), source.node.default_flow == flow.id)
    scope.flows.append(made)
    source.outgoing.append(made)
    target.incoming.append(made)
    source.connect(target)


def _finish(scope: ScopeSpec, element: ElementSpec) -> None:
    """What needs every element of the scope to be there."""
    node = element.node
    if isinstance(element, BoundarySpec):
        host = scope.by_id.get(node.attached_to or "")
        if host is None:
            raise CannotCompile(element=node.id, problem="attached-to-nothing")
        host.boundaries.append(element)
    elif isinstance(element, LinkThrowSpec):
        wanted = node.events[0].name
        found = [e for e in scope.by_id.values() if e.node.type == "intermediateCatchEvent" and e.node.events
                 and e.node.events[0].kind is EventKind.LINK and e.node.events[0].name == wanted]
        if len(found) != 1:
            raise CannotCompile(element=node.id, problem="link-without-target")
        element.target = found[0]
    elif isinstance(element, EventGatewaySpec) and not all(isinstance(f.target, ListeningSpec) for f in element.outgoing):
        raise CannotCompile(element=node.id, problem="event-gateway-target")


def _element(program: Program, scope: ScopeSpec, node: Node) -> ElementSpec:
    if node.is_for_compensation or node.start_quantity != "1" or node.completion_quantity != "1":
        raise CannotCompile(element=node.id, problem=node.type)
    if node.triggered_by_event:
        return _event_sub_process(program, scope, node)
    if node.loop is None:
        return _plain(program, scope, node, "element")
    made = StandardLoopSpec if node.loop.kind == "standard" else MultiInstanceSpec
    container: LoopSpec = made(scope, node, node.loop)
    body = _plain(program, scope, node, "body")
    body.loop = container
    container.body = body
    return container


def _event_sub_process(program: Program, scope: ScopeSpec, node: Node) -> ElementSpec:
    starts = [] if node.body is None else [n for n in node.body.nodes.values() if n.type == "startEvent"]
    is_startable = len(starts) == 1 and len(starts[0].events) == 1 and starts[0].events[0].kind in _INTERVENING
    if node.type != "subProcess" or node.body is None or node.loop or node.incoming or node.outgoing or not is_startable:
        raise CannotCompile(element=node.id, problem="event-sub-process")
    made = EventSubProcessSpec(scope, node)
    made.inner = _compile_scope(program, f"{scope.name}/{node.id}", node.body, scope, caught=starts[0])
    start = made.inner.by_id[starts[0].id]
    assert isinstance(start, CaughtStartSpec)
    made.start = start
    scope.event_starts.append(EventStartSpec(scope, starts[0], made))
    return made


def _plain(program: Program, scope: ScopeSpec, node: Node, role: str) -> ElementSpec:
    match node.type:
        case "userTask" | "manualTask" | "task":
            return HumanSpec(scope, node, role)
        case "serviceTask":
            return OperationSpec(scope, node, role)
        case "sendTask":
            return OperationSpec(scope, node, role) if node.operation else SendSpec(scope, node, role)
        case "receiveTask" if not node.instantiate:
            return ReceiveSpec(scope, node, role)
        case "businessRuleTask":
            return RuleSpec(scope, node, role)
        case "callActivity":
            return CallSpec(scope, node, role)
        case "subProcess" | "transaction" if node.body is not None:
            made = SubProcessSpec(scope, node, role)
            made.inner = _compile_scope(program, f"{scope.name}/{node.id}", node.body, scope)
            return made
        case "exclusiveGateway":
            return ExclusiveSpec(scope, node)
        case "parallelGateway":
            return ParallelSpec(scope, node)
        case "inclusiveGateway":
            return InclusiveSpec(scope, node)
        case "eventBasedGateway" if not node.instantiate and node.event_gateway_type in ("", "Exclusive"):
            return EventGatewaySpec(scope, node)
    return _event(scope, node)


def _event(scope: ScopeSpec, node: Node) -> ElementSpec:
    if len(node.events) > 1:
        raise CannotCompile(element=node.id, problem="several-event-definitions")
    kind = node.events[0].kind if node.events else EventKind.NONE
    match node.type:
        case "startEvent" if kind in _STARTING:
            return StartSpec(scope, node)
        case "endEvent" if kind is EventKind.NONE:
            return EndSpec(scope, node)
        case "endEvent" if kind in _ENDING:
            return ThrowSpec(scope, node)
        case "intermediateThrowEvent" if kind is EventKind.NONE:
            return PassSpec(scope, node)
        case "intermediateThrowEvent" if kind is EventKind.LINK:
            return LinkThrowSpec(scope, node)
        case "intermediateThrowEvent" if kind in _THROWN:
            return ThrowSpec(scope, node)
        case "intermediateCatchEvent" if kind is EventKind.LINK:
            return PassSpec(scope, node)
        case "intermediateCatchEvent" if kind in _LISTENED:
            return CatchSpec(scope, node)
        case "boundaryEvent" if kind in _ON_EDGE:
            return BoundarySpec(scope, node)
    raise CannotCompile(element=node.id, problem=node.type)


def _may_start(node: Node) -> bool:
    if node.type == "boundaryEvent" or node.triggered_by_event:
        return False
    return not (node.type == "intermediateCatchEvent" and node.events and node.events[0].kind is EventKind.LINK)
