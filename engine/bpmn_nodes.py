"""Flow nodes of a BPMN file as values: events, loops, data and the `sop:` vocabulary of design.md 5a."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from engine.model import DataMapping, EventDefinition, EventKind, ForEach, Lane, Loop, Model, Node, Standard

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SOP = "urn:sop:bpmn:1"

TASKS = frozenset({"task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask", "scriptTask", "businessRuleTask"})
BODIES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
ACTIVITIES = TASKS | BODIES | {"callActivity"}
EVENTS = frozenset({"startEvent", "endEvent", "intermediateThrowEvent", "intermediateCatchEvent", "boundaryEvent"})
GATEWAYS = frozenset({"exclusiveGateway", "parallelGateway", "inclusiveGateway", "complexGateway", "eventBasedGateway"})
NODES = ACTIVITIES | EVENTS | GATEWAYS

_KINDS = {"timerEventDefinition": EventKind.TIMER, "messageEventDefinition": EventKind.MESSAGE,
          "signalEventDefinition": EventKind.SIGNAL, "errorEventDefinition": EventKind.ERROR,
          "escalationEventDefinition": EventKind.ESCALATION, "conditionalEventDefinition": EventKind.CONDITIONAL,
          "terminateEventDefinition": EventKind.TERMINATE, "cancelEventDefinition": EventKind.CANCEL,
          "compensateEventDefinition": EventKind.COMPENSATE, "linkEventDefinition": EventKind.LINK}
_TRUE = ("true", "1")
# The modeler of bpmn.io targets this made-up property when an arrow from a data object merely ends at a task.
_PLACEHOLDER = "__targetRef_placeholder"


class Reading:
    """One pass over one file: the model being filled and which XML elements were understood."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.lanes: list[Lane] = []
        self.event_definitions: dict[str, Any] = {}
        self.correlation_names: dict[str, str] = {}
        self.ids: frozenset[str] = frozenset()
        self.made_up = 0
        # The elements themselves are kept: lxml makes a new wrapper, with a new identity, once nobody holds the old one.
        self._taken: dict[Any, None] = {}

    def take(self, element: Any) -> None:
        """Mark `element` as understood."""
        self._taken[element] = None

    def took(self, element: Any) -> bool:
        return element in self._taken

    def take_documentation(self, element: Any) -> str:
        """The element's documentation; its `extensionElements` box, and `incoming`/`outgoing` (the flows say it), count as read."""
        texts = []
        for child in element:
            if child.tag == f"{{{BPMN}}}documentation":
                self.take(child)
                texts.append(text_of(child))
            elif child.tag in (f"{{{BPMN}}}extensionElements", f"{{{BPMN}}}incoming", f"{{{BPMN}}}outgoing"):
                self.take(child)
        return "\n".join(texts)

    def resolve(self, ref: str | None, table: Mapping[str, Any]) -> Any:
        """What a QName points at, with or without its prefix."""
        if ref is None:
            return None
        ref = ref.strip()
        return table[ref] if ref in table else table.get(ref.rpartition(":")[2])


def local(element: Any) -> str:
    """The tag without its namespace; empty for anything that is no element."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def text_of(element: Any) -> str:
    """All text below, stripped."""
    return "".join(element.itertext()).strip()


def listed(value: str | None) -> tuple[str, ...]:
    """Names separated by commas or white space."""
    return tuple(part for part in re.split(r"[\s,]+", value or "") if part)


def holds_body(element: Any) -> bool:
    return local(element) in BODIES


def read_node(reading: Reading, element: Any, names: Mapping[str, str]) -> Node:
    """One flow node without its lane and body. `names` maps the data ids visible to it to variable names."""
    reading.take(element)
    tag = local(element)
    if not element.get("id"):
        reading.made_up += 1
    node = Node(id=element.get("id") or f"{tag}~{reading.made_up}", type=tag, name=" ".join((element.get("name") or "").split()),
                line=element.sourceline, attributes=dict(element.attrib), documentation=reading.take_documentation(element))
    get = element.get
    node.default_flow = (get("default") or "").strip() or None
    node.called_element = (get("calledElement") or "").strip() or None
    node.attached_to = (get("attachedToRef") or "").strip() or None
    node.cancel_activity = _flag(get("cancelActivity"), True)
    node.is_interrupting = _flag(get("isInterrupting"), True)
    node.triggered_by_event = _flag(get("triggeredByEvent"), False)
    node.is_for_compensation = _flag(get("isForCompensation"), False)
    node.parallel_multiple = _flag(get("parallelMultiple"), False)
    node.instantiate = _flag(get("instantiate"), False)
    node.start_quantity, node.completion_quantity = get("startQuantity") or "1", get("completionQuantity") or "1"
    node.event_gateway_type, node.gateway_direction = get("eventGatewayType") or "", get("gatewayDirection") or ""
    node.message_ref = (get("messageRef") or "").strip() or None
    node.message = reading.resolve(node.message_ref, reading.model.messages)
    _read_sop(reading, element, node)
    if tag in EVENTS:
        node.events = _read_events(reading, element)
    _read_mappings(reading, element, node, names)
    _read_loop(reading, element, node, names)
    return node


def _flag(value: str | None, default: bool) -> bool:
    return default if value is None else value.strip() in _TRUE


def _read_sop(reading: Reading, element: Any, node: Node) -> None:
    def get(name: str) -> str | None:
        return (element.get(f"{{{SOP}}}{name}") or "").strip() or None

    node.form, node.operation, node.decision, node.result = get("form"), get("operation"), get("decision"), get("result")
    node.inputs, node.outputs, node.clause = listed(get("inputs")), listed(get("outputs")), listed(get("clause"))
    node.sensitivity = get("sensitivity")
    arguments: dict[str, str] = {}
    for found in _extensions(element):
        tag = found.tag
        if tag == f"{{{SOP}}}argument" and found.get("name") and found.get("name") not in arguments:
            arguments[found.get("name")] = (found.get("value") or "").strip()
        elif tag == f"{{{SOP}}}standard" and node.type == "boundaryEvent" and node.standard is None:
            node.standard = _standard(found)
        else:
            continue
        reading.take(found)
    node.arguments = arguments


def _standard(found: Any) -> Standard:
    return Standard(clock=(found.get("clock") or "").strip(), start_from=(found.get("from") or "").strip() or None,
                    text=found.get("text") or "", clause=found.get("clause") or "", line=found.sourceline)


def _extensions(element: Any) -> list[Any]:
    return [found for box in element.findall(f"{{{BPMN}}}extensionElements") for found in box if isinstance(found.tag, str)]


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
    return EventDefinition(kind=kind, name=name, code=code, timer_kind=timer_kind, timer_text=timer_text, condition=condition,
                           ref=ref.strip() if ref else None, line=element.sourceline)


def read_data(reading: Reading, element: Any) -> dict[str, str]:
    """The data objects, references to them and properties that stand in a scope: id -> variable name."""
    names: dict[str, str] = {}
    references: list[Any] = []
    for child in element:
        tag = local(child)
        if tag not in ("dataObject", "dataObjectReference", "property"):
            continue
        reading.take(child)
        reading.take_documentation(child)
        for state in child.findall(f"{{{BPMN}}}dataState"):
            reading.take(state)
        if tag == "dataObjectReference":
            references.append(child)
        elif child.get("id"):
            names[child.get("id")] = (child.get("name") or "").strip() or child.get("id")
    for reference in references:
        key, target = reference.get("id"), (reference.get("dataObjectRef") or "").strip()
        label = (reference.get("name") or "").strip()
        if label and names.get(target) == target:  # modelers put the name on the reference, not on the object
            names[target] = label
        if key:
            names[key] = names.get(target, label or key)
    return names


def read_io(reading: Reading, element: Any) -> tuple[dict[str, str], dict[str, str]]:
    """The inputs and outputs an `ioSpecification` declares: id -> name."""
    inputs: dict[str, str] = {}
    outputs: dict[str, str] = {}
    for spec in element.findall(f"{{{BPMN}}}ioSpecification"):
        reading.take(spec)
        reading.take_documentation(spec)
        for child in spec.iter(*(f"{{{BPMN}}}{tag}" for tag in (
                "dataInput", "dataOutput", "inputSet", "outputSet", "dataInputRefs", "dataOutputRefs", "inputSetRefs",
                "outputSetRefs", "optionalInputRefs", "optionalOutputRefs", "whileExecutingInputRefs",
                "whileExecutingOutputRefs", "dataState"))):
            reading.take(child)
            if child.get("id") and local(child) == "dataInput":
                inputs[child.get("id")] = (child.get("name") or "").strip() or child.get("id")
            elif child.get("id") and local(child) == "dataOutput":
                outputs[child.get("id")] = (child.get("name") or "").strip() or child.get("id")
    return inputs, outputs


def read_io_names(element: Any) -> dict[str, str]:
    """Inputs and outputs of an activity, as its inner elements see them."""
    inputs, outputs = read_io(Reading(Model(file="")), element)
    return {**inputs, **outputs}


def _read_mappings(reading: Reading, element: Any, node: Node, names: Mapping[str, str]) -> None:
    inputs, outputs = read_io(reading, element)
    # Events carry their data inputs and outputs without a specification round them.
    for child in element:
        if node.type in EVENTS and local(child) in ("dataInput", "dataOutput", "inputSet", "outputSet"):
            for part in child.iter():
                reading.take(part)
            if local(child) in ("dataInput", "dataOutput") and child.get("id"):
                inputs[child.get("id")] = outputs[child.get("id")] = child.get("name") or child.get("id")
    own = {} if node.type in BODIES else read_data(reading, element)
    here = {**names, **inputs, **outputs, **own}
    node.input_mappings = _associations(reading, element, "dataInputAssociation", here, names)
    node.output_mappings = _associations(reading, element, "dataOutputAssociation", here, names)


def _associations(reading: Reading, element: Any, tag: str, here: Mapping[str, str],
                  outside: Mapping[str, str]) -> tuple[DataMapping, ...]:
    found: list[DataMapping] = []
    for association in element.findall(f"{{{BPMN}}}{tag}"):
        reading.take(association)
        reading.take_documentation(association)
        parts: dict[str, str] = {}
        for child in association:
            if local(child) in ("sourceRef", "targetRef", "transformation"):
                reading.take(child)
                parts.setdefault(local(child), text_of(child))
        source = parts.get("sourceRef", "")
        target = here.get(parts.get("targetRef", ""), parts.get("targetRef", ""))
        if target == _PLACEHOLDER:
            target = here.get(source, source)
        assignments = association.findall(f"{{{BPMN}}}assignment")
        for assignment in assignments:
            origin, to = assignment.find(f"{{{BPMN}}}from"), assignment.find(f"{{{BPMN}}}to")
            reading.take(assignment)
            if origin is not None and to is not None:
                reading.take(origin)
                reading.take(to)
                named = text_of(to)
                found.append(DataMapping(source=text_of(origin), target=here.get(named, named), is_expression=True))
        if "transformation" in parts:
            found.append(DataMapping(source=parts["transformation"], target=target, is_expression=True))
        elif source and target and not assignments:
            found.append(DataMapping(source=here.get(source, source), target=target))
    return tuple(found)


def _read_loop(reading: Reading, element: Any, node: Node, names: Mapping[str, str]) -> None:
    multi = element.find(f"{{{BPMN}}}multiInstanceLoopCharacteristics")
    standard = element.find(f"{{{BPMN}}}standardLoopCharacteristics")
    loop = multi if multi is not None else standard
    if loop is None:
        return
    reading.take(loop)
    reading.take_documentation(loop)
    known = {"loopCardinality", "loopDataInputRef", "loopDataOutputRef", "inputDataItem", "outputDataItem", "completionCondition",
             "loopCondition"}
    parts: dict[str, Any] = {}
    for child in loop:
        if local(child) in known and local(child) not in parts:
            reading.take(child)
            parts[local(child)] = child

    def text(tag: str) -> str | None:
        return text_of(parts[tag]) if tag in parts else None

    def item(tag: str) -> str | None:
        return (parts[tag].get("name") or "").strip() or parts[tag].get("id") if tag in parts else None

    inputs = {m.target: m.source for m in node.input_mappings if not m.is_expression}
    outputs = {m.source: m.target for m in node.output_mappings if not m.is_expression}
    own = {**names, **read_io_names(element)}
    input_ref, output_ref = text("loopDataInputRef"), text("loopDataOutputRef")
    input_name = own.get(input_ref, input_ref) if input_ref is not None else None
    output_name = own.get(output_ref, output_ref) if output_ref is not None else None
    node.loop = Loop(
        kind="standard" if multi is None else "sequential" if _flag(loop.get("isSequential"), False) else "parallel",
        for_each=_for_each(reading, [*_extensions(loop), *_extensions(element)]) if multi is not None else None,
        cardinality=text("loopCardinality"),
        # An association hands the collection in from a variable: that variable is what is looped over.
        input_ref=inputs.get(input_name, input_name) if input_name is not None else None, input_item=item("inputDataItem"),
        output_ref=outputs.get(output_name, output_name) if output_name is not None else None, output_item=item("outputDataItem"),
        completion=text("completionCondition"), condition=text("loopCondition"), test_before=_flag(loop.get("testBefore"), False),
        maximum=(loop.get("loopMaximum") or "").strip() or None, behavior=loop.get("behavior") or "All", line=loop.sourceline)


def _for_each(reading: Reading, extensions: list[Any]) -> ForEach | None:
    for found in extensions:
        if found.tag == f"{{{SOP}}}forEach":
            reading.take(found)
            return ForEach(collection=(found.get("in") or "").strip(), item=(found.get("as") or "").strip(),
                           collect=listed(found.get("collect")), into=(found.get("into") or "").strip() or None)
    return None
