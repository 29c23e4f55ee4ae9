"""A BPMN file's bytes to `Model`: everything understood is in it, everything else is named in `Model.unknown`.

Nothing is lost without a word by construction: the reader marks each XML element it understood, and a sweep over the
whole tree lists those it did not, with their foreign attributes.
"""

from __future__ import annotations

from typing import Any

from engine import bpmn_data, bpmn_nodes, safe_xml
from engine.bpmn_reading import BPMN, NODES, SOP, Reading, local, text_of
from engine.model import Flow, Lane, Model, Node, Process, Scope, Unknown
from engine.safe_xml import safe_root

__all__ = ["safe_root", "read_model", "read_root"]

_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_XML = "http://www.w3.org/XML/1998/namespace"
_DI = "http://www.omg.org/spec/BPMN/20100524/DI"
#: What only people read: it draws or explains and never moves a token.
_DRAWN = frozenset({"textAnnotation", "association", "group", "category", "dataStore", "dataStoreReference"})
_SOP_ATTRIBUTES = {
    "userTask": {"form", "inputs", "outputs"},
    "manualTask": {"form", "inputs", "outputs"},
    "task": {"form", "inputs", "outputs"},
    "startEvent": {"form", "inputs", "outputs"},
    "intermediateCatchEvent": {"form"},
    "boundaryEvent": {"form"},
    "receiveTask": {"form"},
    "serviceTask": {"operation", "inputs", "outputs"},
    "sendTask": {"operation", "inputs", "outputs"},
    "businessRuleTask": {"decision", "result", "inputs", "outputs"},
}
_SOP_EVERYWHERE = frozenset({"clause", "sensitivity"})


def read_model(data: bytes, *, file: str) -> Model:
    """The neutral model of one BPMN file. It judges nothing but the XML itself: `lint` does the rest.

    Raises:
        BundleRefused: the bytes are not BPMN 2.0 within design.md 8's caps.
    """
    return read_root(safe_root(data, file), file)


def read_root(root: Any, file: str) -> Model:
    """As `read_model`, for a root that `safe_root` has made."""
    count = sum(1 for e in root.iter() if isinstance(e.tag, str) and e.tag.startswith(f"{{{BPMN}}}") and local(e) in NODES)
    if count > safe_xml.MAX_FLOW_NODES:
        raise safe_xml.refused("too-many-nodes", file)
    model = Model(file=file)
    reading = Reading(model)
    reading.ids = frozenset(e.get("id") for e in root.iter() if e.get("id"))
    reading.take(root)
    _read_definitions(reading, root)
    for child in root:
        if child.tag == f"{{{BPMN}}}process":
            process = _read_process(reading, child)
            if process.id not in model.processes:
                model.processes[process.id] = process
        elif child.tag == f"{{{BPMN}}}collaboration":
            _read_collaboration(reading, child)
        elif child.tag == f"{{{_DI}}}BPMNDiagram":
            _read_layout(reading, child)
    _read_drawn(reading, root)
    _read_spare_event_definitions(reading)
    _sweep(reading, root)
    return model


def _read_definitions(reading: Reading, root: Any) -> None:
    """Names and codes first: events refer to them from anywhere."""
    model = reading.model
    for child in root:
        if not isinstance(child.tag, str) or not child.tag.startswith(f"{{{BPMN}}}"):
            continue
        tag, key = local(child), child.get("id") or ""
        if tag == "message":
            model.messages[key] = child.get("name") or key
        elif tag == "signal":
            model.signals[key] = child.get("name") or key
        elif tag == "error":
            # An error without a code still has an identity: only a catcher of the same element catches it.
            model.errors[key] = (child.get("errorCode") or "").strip() or key or None
        elif tag == "escalation":
            model.escalations[key] = (child.get("escalationCode") or "").strip() or key or None
        elif tag == "itemDefinition":
            model.items[key] = child.get("structureRef")
        elif tag == "correlationProperty":
            _read_correlation_property(reading, child)
        elif tag.endswith("EventDefinition"):
            reading.event_definitions[key] = child
            continue
        elif tag != "documentation":
            continue
        reading.take(child)
    reading.take_documentation(root)


def _read_correlation_property(reading: Reading, element: Any) -> None:
    paths: dict[str, str] = {}
    for retrieval in element.findall(f"{{{BPMN}}}correlationPropertyRetrievalExpression"):
        path = retrieval.find(f"{{{BPMN}}}messagePath")
        message = reading.resolve(retrieval.get("messageRef"), reading.model.messages)
        reading.take(retrieval)
        if path is not None:
            reading.take(path)
            paths[message or ""] = text_of(path)
    name = element.get("name") or element.get("id") or ""
    reading.model.correlation_paths[name] = paths
    reading.correlation_names[element.get("id") or ""] = name


def _read_process(reading: Reading, element: Any) -> Process:
    reading.take(element)
    executable = {"true": True, "1": True, "false": False, "0": False}.get((element.get("isExecutable") or "").strip())
    process = Process(
        id=element.get("id") or f"process~{len(reading.model.processes) + 1}",
        name=element.get("name") or "",
        is_executable=executable,
        line=element.sourceline,
        file=reading.model.file,
    )
    inputs, outputs = bpmn_data.read_io(reading, element)
    process.data_inputs, process.data_outputs = tuple(inputs.values()), tuple(outputs.values())
    names = {**inputs, **outputs}
    read_scope(reading, element, process, names, lane=("", (), None))
    process.lanes = reading.lanes
    reading.lanes = []
    process.correlation_keys = _read_subscriptions(reading, element)
    return process


def _read_subscriptions(reading: Reading, element: Any) -> dict[str, dict[str, str]]:
    keys: dict[str, dict[str, str]] = {}
    for subscription in element.findall(f"{{{BPMN}}}correlationSubscription"):
        reading.take(subscription)
        bindings: dict[str, str] = {}
        for binding in subscription.findall(f"{{{BPMN}}}correlationPropertyBinding"):
            path = binding.find(f"{{{BPMN}}}dataPath")
            reading.take(binding)
            if path is not None:
                reading.take(path)
                bindings[reading.resolve(binding.get("correlationPropertyRef"), reading.correlation_names) or ""] = text_of(path)
        keys[subscription.get("correlationKeyRef") or ""] = bindings
    return keys


def read_scope(
    reading: Reading, element: Any, scope: Scope, names: dict[str, str], lane: tuple[str, tuple[str, ...], str | None]
) -> None:
    """Fill `scope` from a process or sub-process element. `names` maps the data ids visible here to variable names;
    `lane` is what a node inherits when no lane of this scope claims it."""
    reading.take_documentation(element)
    names = {**names, **bpmn_data.read_data(reading, element)}
    scope.data_objects = dict(names)
    claimed = _read_lanes(reading, element)
    for child in element:
        if not isinstance(child.tag, str) or not child.tag.startswith(f"{{{BPMN}}}"):
            continue
        if local(child) in NODES:
            node = bpmn_nodes.read_node(reading, child, names)
            node.lane, node.lane_path, node.lane_id = claimed.get(node.id, lane)
            if bpmn_nodes.holds_body(child):
                node.body = Scope()
                own = {**names, **bpmn_data.read_io_names(child)}
                read_scope(reading, child, node.body, own, (node.lane, node.lane_path, node.lane_id))
            if node.id not in scope.nodes:  # a second element with the same id is lint's business, with both lines
                scope.nodes[node.id] = node
        elif local(child) == "sequenceFlow":
            scope.flows.append(_read_flow(reading, child))
    _connect(scope.nodes, scope.flows)


def _read_flow(reading: Reading, element: Any) -> Flow:
    reading.take(element)
    reading.take_documentation(element)
    condition = element.find(f"{{{BPMN}}}conditionExpression")
    if condition is not None:
        reading.take(condition)
    reading.made_up += 0 if element.get("id") else 1
    return Flow(
        id=element.get("id") or f"flow~{reading.made_up}",
        source=(element.get("sourceRef") or "").strip(),
        target=(element.get("targetRef") or "").strip(),
        name=element.get("name") or "",
        condition=text_of(condition) if condition is not None else None,
        line=element.sourceline,
        synthetic_id=not element.get("id"),
    )


def _connect(nodes: dict[str, Node], flows: list[Flow]) -> None:
    for flow in flows:
        if flow.source in nodes:
            nodes[flow.source].outgoing.append(flow)
        if flow.target in nodes:
            nodes[flow.target].incoming.append(flow)


def _read_lanes(reading: Reading, element: Any) -> dict[str, tuple[str, tuple[str, ...], str]]:
    """Node id -> (innermost lane's name, its path, its id); an outer lane claims only what no inner lane claims."""
    claimed: dict[str, tuple[str, tuple[str, ...], str]] = {}

    def read(lane_set: Any, path: tuple[str, ...]) -> None:
        reading.take(lane_set)
        for lane in lane_set.findall(f"{{{BPMN}}}lane"):
            reading.take(lane)
            reading.take_documentation(lane)
            name, key = " ".join((lane.get("name") or "").split()), lane.get("id") or ""
            refs = lane.findall(f"{{{BPMN}}}flowNodeRef")
            for ref in refs:
                reading.take(ref)
                claimed[text_of(ref)] = (name, (*path, name), key)
            reading.lanes.append(Lane(id=key, name=name, path=path, node_ids=tuple(text_of(ref) for ref in refs)))
            for inner in lane.findall(f"{{{BPMN}}}childLaneSet"):
                read(inner, (*path, name))

    for lane_set in element.findall(f"{{{BPMN}}}laneSet"):
        read(lane_set, ())
    return claimed


def _read_collaboration(reading: Reading, element: Any) -> None:
    model = reading.model
    reading.take(element)
    reading.take_documentation(element)
    for child in element:
        tag = local(child) if isinstance(child.tag, str) and child.tag.startswith(f"{{{BPMN}}}") else ""
        if tag == "participant":
            reading.take(child)
            reading.take_documentation(child)
            process = (child.get("processRef") or "").strip()
            name = child.get("name") or child.get("id") or ""
            model.participants.setdefault(
                name if name not in model.participants else child.get("id") or name,
                process if process in reading.ids else process.rpartition(":")[2],
            )
            model.drawn[child.get("id") or ""] = tag
        elif tag == "messageFlow":
            reading.take(child)
            reading.take_documentation(child)
            model.message_flows.append(
                Flow(
                    id=child.get("id") or "",
                    source=child.get("sourceRef") or "",
                    target=child.get("targetRef") or "",
                    line=child.sourceline,
                )
            )
        elif tag == "correlationKey":
            reading.take(child)
            refs = child.findall(f"{{{BPMN}}}correlationPropertyRef")
            for ref in refs:
                reading.take(ref)
            model.correlation_keys[child.get("name") or child.get("id") or ""] = tuple(
                reading.resolve(text_of(ref), reading.correlation_names) or "" for ref in refs
            )
    model.drawn[element.get("id") or ""] = "collaboration"


def _read_layout(reading: Reading, diagram: Any) -> None:
    shapes = set(reading.model.shapes)
    for element in diagram.iter():
        reading.take(element)
        if element.tag in (f"{{{_DI}}}BPMNShape", f"{{{_DI}}}BPMNEdge"):
            reading.model.has_layout |= element.tag.endswith("BPMNShape")
            shapes.add((element.get("bpmnElement") or "").rpartition(":")[2])
    reading.model.shapes = frozenset(shapes)


def _read_drawn(reading: Reading, root: Any) -> None:
    for element in root.iter(*(f"{{{BPMN}}}{tag}" for tag in _DRAWN)):
        reading.model.drawn[element.get("id") or f"{local(element)}~{len(reading.model.drawn)}"] = local(element)
        reading.take(element)
        reading.take_documentation(element)
        for child in element:
            if local(child) in ("text", "categoryValue", "dataState"):
                reading.take(child)


def _read_spare_event_definitions(reading: Reading) -> None:
    """A top-level event definition that no event refers to is a spare part: nothing waits for it, nothing throws it."""
    for key, element in reading.event_definitions.items():
        if not reading.took(element):
            reading.model.drawn[key] = local(element)
            for part in element.iter():
                reading.take(part)


def _sweep(reading: Reading, root: Any) -> None:
    """Name what nobody took. Of a foreign element only the outermost is named, of a lost BPMN element each one."""
    unknown = reading.model.unknown
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        bpmn = element.tag.startswith(f"{{{BPMN}}}")
        holder = element if element.get("id") else next((a for a in element.iterancestors() if a.get("id")), None)
        holder_id = holder.get("id") if holder is not None else None
        parent = element.getparent()
        if not reading.took(element) and (bpmn or parent is None or reading.took(parent) or parent.tag.startswith(f"{{{BPMN}}}")):
            unknown.append(
                Unknown(
                    tag=element.tag,
                    line=element.sourceline,
                    element_id=element.get("id"),
                    parent_id=next((a.get("id") for a in element.iterancestors() if a.get("id")), None),
                )
            )
        if not bpmn:
            continue
        for name in element.attrib:
            namespace = name[1:].partition("}")[0] if name.startswith("{") else ""
            if namespace in ("", _XSI, _XML):
                continue
            if namespace == SOP and name.rpartition("}")[2] in _SOP_ATTRIBUTES.get(local(element), set()) | _SOP_EVERYWHERE:
                continue
            unknown.append(Unknown(tag=f"@{name}", line=element.sourceline, element_id=element.get("id"), parent_id=holder_id))
