"""An SOP as shipped, and the strokes a process owner makes on it: one function for each, on the diagram, the forms or the sheet."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lxml import etree

from engine.bundle import SopBundle

LIBRARY = Path(__file__).resolve().parents[2] / "bpmn"
BPMN, SOP = "{http://www.omg.org/spec/BPMN/20100524/MODEL}", "{urn:sop:bpmn:1}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
DI, DC = "{http://www.omg.org/spec/BPMN/20100524/DI}", "{http://www.omg.org/spec/DD/20100524/DC}"
WAYPOINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
LAST = {f"{BPMN}{kind}" for kind in ("association", "group", "textAnnotation", "correlationSubscription")}
AHEAD_OF_FLOWS = {f"{BPMN}documentation", f"{BPMN}extensionElements", f"{BPMN}incoming"}
Node = Any   # an element of lxml, which has no types


@functools.cache
def shipped(sop: str) -> SopBundle:
    return SopBundle.from_dir(LIBRARY / sop)


class Draft:
    """The files of one shipped SOP while they are changed. An id is looked for in the SOP's own diagrams first."""

    def __init__(self, sop: str) -> None:
        self.files: dict[str, bytes] = dict(shipped(sop).files)
        self._trees: dict[str, Node] = {}

    def bundle(self) -> SopBundle:
        drawn = {path: etree.tostring(tree, encoding="UTF-8", xml_declaration=True) for path, tree in self._trees.items()}
        return SopBundle.from_files({**self.files, **drawn})

    def path(self, ending: str) -> str:
        """The one file of that ending, the SOP's own before those it uses."""
        return min((path for path in self.files if path.endswith(ending)), key=lambda path: (path.startswith("uses/"), path))

    def tree_of(self, element_id: str) -> Node:
        for path in sorted((path for path in self.files if path.endswith(".bpmn")), key=lambda path: (path.startswith("uses/"), path)):
            if f'id="{element_id}"'.encode() in self.files[path]:
                return self._trees.setdefault(path, etree.fromstring(self.files[path]))
        return next(tree for tree in self._trees.values() if find(tree, element_id) is not None)   # drawn by an earlier stroke

    def node(self, element_id: str) -> Node:
        return find(self.tree_of(element_id), element_id)

    def edit(self, path: str, old: str, new: str) -> None:
        text = self.files[path].decode()
        assert old in text, f"{old!r} does not stand in {path}"
        self.files[path] = text.replace(old, new, 1).encode()


Stroke = Callable[[Draft], None]


def find(tree: Node, element_id: str) -> Node:
    return next((node for node in tree.iter() if node.get("id") == element_id), None)


def drawn_into(scope: Node, kind: str, attributes: dict[str, str]) -> Node:
    """A new flow element, before notes and subscriptions: the schema wants those last."""
    node = etree.Element(BPMN + kind, attributes)
    at = next((place for place, child in enumerate(scope) if child.tag in LAST), len(scope))
    scope.insert(at, node)
    return node


def refer(node: Node, direction: str, flow: str) -> None:
    """Name a flow in `incoming` or `outgoing`, where the schema wants it."""
    ahead = AHEAD_OF_FLOWS | ({f"{BPMN}outgoing"} if direction == "outgoing" else set())
    at = next((place for place, child in enumerate(node) if child.tag not in ahead), len(node))
    reference = etree.Element(BPMN + direction)
    reference.text = flow
    node.insert(at, reference)


def unrefer(node: Node, direction: str, flow: str) -> None:
    for child in [child for child in node if child.tag == BPMN + direction and child.text == flow]:
        node.remove(child)


def drawn(tree: Node, element_id: str, *, line: bool = False) -> None:
    """Lay the element out, anywhere: only that it is drawn counts here."""
    plane = next(tree.iter(f"{DI}BPMNPlane"))
    shape = etree.SubElement(plane, f"{DI}BPMN{'Edge' if line else 'Shape'}", {"id": f"{element_id}_di", "bpmnElement": element_id})
    if line:
        for x in ("100", "160"):
            etree.SubElement(shape, WAYPOINT, {"x": x, "y": "100"})
    else:
        etree.SubElement(shape, f"{DC}Bounds", {"x": "60", "y": "60", "width": "100", "height": "80"})


def flow_between(draft: Draft, source: str, target: str, feel: str = "") -> None:
    """A new flow, named after its ends."""
    tree, key = draft.tree_of(source), f"{source}__{target}"
    line = drawn_into(find(tree, source).getparent(), "sequenceFlow", {"id": key, "sourceRef": source, "targetRef": target})
    if feel:
        line.set("name", "Ya")
        etree.SubElement(line, f"{BPMN}conditionExpression", {f"{XSI}type": "bpmn:tFormalExpression"}).text = feel
    refer(find(tree, source), "outgoing", key)
    refer(find(tree, target), "incoming", key)
    drawn(tree, key, line=True)


def put_node(draft: Draft, beside: str, kind: str, key: str, **attributes: str) -> None:
    """A new node in the scope and the lane of `beside`."""
    tree = draft.tree_of(beside)
    node = drawn_into(find(tree, beside).getparent(), kind, {"id": key})
    for name, value in attributes.items():
        node.set(name if name in {"name", "default"} else SOP + name, value)
    for entry in [entry for entry in tree.iter(f"{BPMN}flowNodeRef") if (entry.text or "").strip() == beside]:
        etree.SubElement(entry.getparent(), f"{BPMN}flowNodeRef").text = key
    drawn(tree, key)


def erase(draft: Draft, element_id: str) -> None:
    """Take an element away wherever it is named: lanes, layout, flows' ends, clauses of the sheet."""
    tree = draft.tree_of(element_id)
    for node in list(tree.iter()):
        if node.get("id") == element_id or node.get("bpmnElement") == element_id or (
            node.tag in {f"{BPMN}flowNodeRef", f"{BPMN}incoming", f"{BPMN}outgoing"} and (node.text or "").strip() == element_id
        ):
            node.getparent().remove(node)
    sheet = draft.files["sop.toml"].decode()
    named = re.compile(rf'("{element_id}", )|(, "{element_id}")|"{element_id}"')
    lines = [named.sub("", line) if line.startswith("elements = ") else line for line in sheet.splitlines()]
    draft.files["sop.toml"] = "\n".join(
        line + '\nreason = "tidak dilaksanakan lagi"' if line == "elements = []" and line != was else line
        for line, was in zip(lines, sheet.splitlines(), strict=True)).encode()


# --- strokes on the diagram --------------------------------------------------------------------------------------------


def rename(element_id: str, name: str) -> Stroke:
    return lambda draft: draft.node(element_id).set("name", name)


def say(element_id: str, word: str, value: str | None) -> Stroke:
    """A `sop:` attribute; None takes it away."""
    def stroke(draft: Draft) -> None:
        node = draft.node(element_id)
        node.attrib.pop(SOP + word, None)
        if value is not None:
            node.set(SOP + word, value)
    return stroke


def hand_to(element_id: str, lane: str) -> Stroke:
    """Into another lane of the same set."""
    def stroke(draft: Draft) -> None:
        entry = next(entry for entry in draft.tree_of(element_id).iter(f"{BPMN}flowNodeRef") if (entry.text or "").strip() == element_id)
        lanes = entry.getparent().getparent()
        next(one for one in lanes if one.get("name") == lane).append(entry)
    return stroke


def when(flow: str, feel: str) -> Stroke:
    def stroke(draft: Draft) -> None:
        draft.node(flow).find(f"{BPMN}conditionExpression").text = feel
    return stroke


def lead(flow: str, target: str) -> Stroke:
    """The flow ends somewhere else."""
    def stroke(draft: Draft) -> None:
        tree = draft.tree_of(flow)
        line = find(tree, flow)
        unrefer(find(tree, line.get("targetRef")), "incoming", flow)
        line.set("targetRef", target)
        refer(find(tree, target), "incoming", flow)
    return stroke


def join(source: str, target: str, feel: str = "") -> Stroke:
    return lambda draft: flow_between(draft, source, target, feel)


def cut(flow: str) -> Stroke:
    return lambda draft: erase(draft, flow)


def turn_into(element_id: str, kind: str) -> Stroke:
    """Another kind of node: an exclusive gateway becomes a parallel one."""
    def stroke(draft: Draft) -> None:
        node = draft.node(element_id)
        node.tag = BPMN + kind
        if kind == "parallelGateway":
            node.attrib.pop("default", None)
    return stroke


def enter(flow: str, key: str, name: str, form: str) -> Stroke:
    """A new step on a flow, in the lane of the step the flow comes from."""
    def stroke(draft: Draft) -> None:
        line = draft.node(flow)
        source, target = line.get("sourceRef"), line.get("targetRef")
        put_node(draft, source, "userTask", key, name=name, form=form)
        lead(flow, key)(draft)
        flow_between(draft, key, target)
    return stroke


def leave(step: str) -> Stroke:
    """A step is taken out of its line; who led to it leads to what followed."""
    def stroke(draft: Draft) -> None:
        tree = draft.tree_of(step)
        (out,) = [line for line in tree.iter(f"{BPMN}sequenceFlow") if line.get("sourceRef") == step]
        for line in [line for line in tree.iter(f"{BPMN}sequenceFlow") if line.get("targetRef") == step]:
            lead(line.get("id"), out.get("targetRef"))(draft)
        erase(draft, out.get("id"))
        erase(draft, step)
    return stroke


def node_on(flow: str, kind: str, key: str, name: str = "") -> Stroke:
    """A new gateway or event on a flow."""
    def stroke(draft: Draft) -> None:
        line = draft.node(flow)
        target = line.get("targetRef")
        put_node(draft, line.get("sourceRef"), kind, key, **({"name": name} if name else {}))
        lead(flow, key)(draft)
        flow_between(draft, key, target)
        if kind == "exclusiveGateway":
            draft.node(key).set("default", f"{key}__{target}")
    return stroke


def beside(element_id: str, kind: str, key: str, **attributes: str) -> Stroke:
    """A new node that nothing leads to yet."""
    return lambda draft: put_node(draft, element_id, kind, key, **attributes)


def standard_of(draft: Draft, step: str) -> Node:
    return next(node for node in draft.tree_of(step).iter(f"{BPMN}boundaryEvent")
                if node.get("attachedToRef") == step and node.find(f".//{SOP}standard") is not None)


def timed(step: str, length: str | None = None, words: str | None = None, clock: str | None = None) -> Stroke:
    """Change the time standard of a step; what is not given stays."""
    def stroke(draft: Draft) -> None:
        edge = standard_of(draft, step)
        if length is not None:
            edge.find(f".//{BPMN}timeDuration").text = length
        for name, value in (("text", words), ("clock", clock)):
            if value is not None:
                edge.find(f".//{SOP}standard").set(name, value)
    return stroke


def give_time(step: str, length: str, words: str, clock: str) -> Stroke:
    """A time standard where there was none."""
    def stroke(draft: Draft) -> None:
        tree, key = draft.tree_of(step), f"{step}_overdue_added"
        edge = drawn_into(find(tree, step).getparent(), "boundaryEvent",
                          {"id": key, "name": words, "attachedToRef": step, "cancelActivity": "false"})
        extension = etree.SubElement(edge, f"{BPMN}extensionElements")
        etree.SubElement(extension, f"{SOP}standard", {"clock": clock, "text": words})
        timer = etree.SubElement(edge, f"{BPMN}timerEventDefinition", {"id": f"{key}_timer"})
        etree.SubElement(timer, f"{BPMN}timeDuration", {f"{XSI}type": "bpmn:tFormalExpression"}).text = length
        drawn(tree, key)
    return stroke


def take_time(step: str) -> Stroke:
    """The words of the standard go, the reminder stays: nothing measures the step any more."""
    def stroke(draft: Draft) -> None:
        extension = standard_of(draft, step).find(f"{BPMN}extensionElements")
        extension.getparent().remove(extension)
    return stroke


# --- strokes on forms and sheet ----------------------------------------------------------------------------------------


def _fields(draft: Draft, form: str, change: Callable[[list[dict[str, Any]]], None]) -> None:
    path = draft.path(f"forms/{form}.json")
    content = json.loads(draft.files[path])
    change(content["fields"])
    draft.files[path] = json.dumps(content, ensure_ascii=False, indent=1).encode()


def ask(form: str, key: str, kind: str, words: str, **facts: Any) -> Stroke:
    field = {"key": key, "type": kind, "label": {"id": words, "en": words}, "required": False, "sensitivity": "C2", **facts}
    return lambda draft: _fields(draft, form, lambda fields: fields.append(field))


def ask_no_more(form: str, key: str) -> Stroke:
    def change(fields: list[dict[str, Any]]) -> None:
        fields.remove(next(field for field in fields if field["key"] == key))
    return lambda draft: _fields(draft, form, change)


def set_field(form: str, key: str, **facts: Any) -> Stroke:
    return lambda draft: _fields(draft, form, lambda fields: next(field for field in fields if field["key"] == key).update(facts))


def drop_option(form: str, key: str, value: str) -> Stroke:
    def change(fields: list[dict[str, Any]]) -> None:
        field = next(field for field in fields if field["key"] == key)
        field["options"] = [option for option in field["options"] if option["value"] != value]
    return lambda draft: _fields(draft, form, change)


def write(ending: str, old: str, new: str) -> Stroke:
    """Other words in the file of that ending."""
    return lambda draft: draft.edit(draft.path(ending), old, new)


def add_file(path: str, content: str) -> Stroke:
    def stroke(draft: Draft) -> None:
        draft.files[path] = content.encode()
    return stroke


def remove_file(ending: str) -> Stroke:
    return lambda draft: draft.files.__delitem__(draft.path(ending))
