"""Flow nodes of a BPMN file as values: events, loops, data and the `sop:` vocabulary of design.md 5a."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import bpmn_data
from engine.bpmn_reading import BODIES, BPMN, EVENTS, SOP, Reading, extensions, flag, listed, local, text_of
from engine.model import EventDefinition, EventKind, Node, Standard

_KINDS = {
    "timerEventDefinition": EventKind.TIMER,
    "messageEventDefinition": EventKind.MESSAGE,
    "signalEventDefinition": EventKind.SIGNAL,
    "errorEventDefinition": EventKind.ERROR,
    "escalationEventDefinition": EventKind.ESCALATION,
    "conditionalEventDefinition": EventKind.CONDITIONAL,
    "terminateEventDefinition": EventKind.TERMINATE,
    "cancelEventDefinition": EventKind.CANCEL,
    "compensateEventDefinition": EventKind.COMPENSATE,
    "linkEventDefinition": EventKind.LINK,
}
def holds_body(element: Any) -> bool:
    return local(element) in BODIES


def read_node(reading: Reading, element: Any, names: Mapping[str, str]) -> Node:
    """One flow node without its lane and body. `names` maps the data ids visible to it to variable names."""
    reading.take(element)
    tag = local(element)
    if not element.get("id"):
        reading.made_up += 1
    node = Node(
        id=element.get("id") or f"{tag}~{reading.made_up}",
        type=tag,
        name=" ".join((element.get("name") or "").split()),
        line=element.sourceline,
        attributes=dict(element.attrib),
        documentation=reading.take_documentation(element),
    )
    get = element.get
    node.default_flow = (get("default") or "").strip() or None
    node.called_element = (get("calledElement") or "").strip() or None
    node.attached_to = (get("attachedToRef") or "").strip() or None
    node.cancel_activity = flag(get("cancelActivity"), True)
    node.is_interrupting = flag(get("isInterrupting"), True)
    node.triggered_by_event = flag(get("triggeredByEvent"), False)
    node.is_for_compensation = flag(get("isForCompensation"), False)
    node.parallel_multiple = flag(get("parallelMultiple"), False)
    node.instantiate = flag(get("instantiate"), False)
    node.start_quantity, node.completion_quantity = get("startQuantity") or "1", get("completionQuantity") or "1"
    node.event_gateway_type, node.gateway_direction = get("eventGatewayType") or "", get("gatewayDirection") or ""
    node.message_ref = (get("messageRef") or "").strip() or None
    node.message = reading.resolve(node.message_ref, reading.model.messages)
    _read_sop(reading, element, node)
    if tag in EVENTS:
        node.events = _read_events(reading, element)
    bpmn_data.read_mappings(reading, element, node, names)
    bpmn_data.read_loop(reading, element, node, names)
    return node


def _read_sop(reading: Reading, element: Any, node: Node) -> None:
    def get(name: str) -> str | None:
        return (element.get(f"{{{SOP}}}{name}") or "").strip() or None

    node.form, node.operation, node.decision, node.result = get("form"), get("operation"), get("decision"), get("result")
    node.inputs, node.outputs, node.clause = listed(get("inputs")), listed(get("outputs")), listed(get("clause"))
    node.sensitivity = get("sensitivity")
    arguments: dict[str, str] = {}
    for found in extensions(element):
        tag = found.tag
        if tag == f"{{{SOP}}}argument" and found.get("name") and found.get("name") not in arguments:
            arguments[found.get("name")] = (found.get("value") or "").strip()
        elif tag == f"{{{SOP}}}standard" and node.type in ("boundaryEvent", "startEvent") and node.standard is None:
            node.standard = _standard(found)
        else:
            continue
        reading.take(found)
    node.arguments = arguments


def _standard(found: Any) -> Standard:
    return Standard(
        clock=(found.get("clock") or "").strip(),
        start_from=(found.get("from") or "").strip() or None,
        text=found.get("text") or "",
        clause=found.get("clause") or "",
        line=found.sourceline,
    )


def _read_events(reading: Reading, element: Any) -> tuple[EventDefinition, ...]:
    found: list[EventDefinition] = []
    for child in element:
        if child.tag == f"{{{BPMN}}}eventDefinitionRef":
            definition = reading.resolve(text_of(child), reading.event_definitions)
            if definition is not None:
                reading.take(child)
                found.append(_read_event(reading, definition))
        elif isinstance(child.tag, str) and child.tag.startswith(f"{{{BPMN}}}") and local(child) in _KINDS:
            found.append(_read_event(reading, child))
    return tuple(found)


def _read_event(reading: Reading, element: Any) -> EventDefinition:
    reading.take(element)
    reading.take_documentation(element)
    kind, model = _KINDS[local(element)], reading.model
    name = code = ref = timer_kind = timer_text = condition = None
    if kind is EventKind.TIMER:
        for child in element:
            if local(child) in ("timeDate", "timeDuration", "timeCycle"):
                reading.take(child)
                timer_kind, timer_text = local(child), text_of(child)
    elif kind is EventKind.CONDITIONAL:
        child = element.find(f"{{{BPMN}}}condition")
        if child is not None:
            reading.take(child)
            condition = text_of(child)
    elif kind is EventKind.MESSAGE:
        ref = element.get("messageRef")
        name = reading.resolve(ref, model.messages)
    elif kind is EventKind.SIGNAL:
        ref = element.get("signalRef")
        name = reading.resolve(ref, model.signals)
    elif kind is EventKind.ERROR:
        ref = element.get("errorRef")
        code = reading.resolve(ref, model.errors)
    elif kind is EventKind.ESCALATION:
        ref = element.get("escalationRef")
        code = reading.resolve(ref, model.escalations)
    elif kind is EventKind.LINK:
        name = (element.get("name") or "").strip() or None
    elif kind is EventKind.COMPENSATE:
        ref = element.get("activityRef")
    return EventDefinition(
        kind=kind,
        name=name,
        code=code,
        timer_kind=timer_kind,
        timer_text=timer_text,
        condition=condition,
        ref=ref.strip() if ref else None,
        line=element.sourceline,
    )


