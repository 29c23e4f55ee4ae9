"""One side's diagram taken apart: its elements by id, where each stands, who does it, what leaves it, and how it is drawn."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from engine.merging import xml_parts
from engine.merging.weighing import Records, Unmergeable
from engine.safe_xml import BPMN

DI = "http://www.omg.org/spec/BPMN/20100524/DI"
FILE = "#file"
SAYS, INSIDE, LANES, WAYS_OUT = "says", "inside", "lanes", "ways out"
FLOW = f"{{{BPMN}}}sequenceFlow"
WIRES = frozenset({f"{{{BPMN}}}incoming", f"{{{BPMN}}}outgoing"})
REF = f"{{{BPMN}}}flowNodeRef"
DEFAULT = "default"
_HOLDERS = frozenset(f"{{{BPMN}}}{name}" for name in (
    "process", "subProcess", "adHocSubProcess", "transaction", "collaboration", "laneSet", "childLaneSet", "lane"))
_NODES_IN = frozenset(f"{{{BPMN}}}{name}" for name in ("process", "subProcess", "adHocSubProcess", "transaction"))


@dataclass
class Diagram:
    """`parts` are all elements with an id that stand in the file itself, a process, sub-process, collaboration or lane, in document
    order, but sequence flows: these belong to what they leave (`flows`)."""

    root: Any
    parts: dict[str, Any] = field(default_factory=dict)
    inside: dict[str, str] = field(default_factory=dict)            # part -> the part that holds it
    flows: dict[str, dict[str, Any]] = field(default_factory=dict)  # source -> flow -> element, in document order
    lanes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    drawn: dict[str, Any] = field(default_factory=dict)             # element -> its shape or edge
    planes: dict[str, Any] = field(default_factory=dict)            # what is drawn on a plane of its own -> the plane

    def records(self) -> Records:
        """What the parts say."""
        return {part: self._record(part) for part in self.parts}

    def ways_out(self, part: str) -> Mapping[str, Any]:
        """What leaves a part: each flow by what it says, in order, and which of them is the default."""
        flows = {flow: self._leads(element) for flow, element in self.flows.get(part, {}).items()}
        return {**flows, "#order": list(flows), f"@{DEFAULT}": self.parts[part].get(DEFAULT)} if flows else {}

    def _leads(self, flow: Any) -> dict[str, str]:
        """What a flow says, where it leads to first."""
        to = plain(flow.get("targetRef"))
        called = self.parts[to].get("name") if to in self.parts else None
        return {"→": f"{called} ({to})" if called else to, **xml_parts.says(flow, without=frozenset({"id", "sourceRef", "targetRef"}))}

    def names(self) -> dict[str, str]:
        """Id -> what people call it; an event at the edge of a step after the step, too."""
        named = {part: element.get("name") or part for part, element in self.parts.items()}
        return {part: f"{named.get(element.get('attachedToRef') or '', '')} · {named[part]}".removeprefix(" · ")
                for part, element in self.parts.items()}

    def ids(self) -> set[str]:
        """Everything another element may name."""
        return {*self.parts, *(flow for each in self.flows.values() for flow in each)}

    def _record(self, part: str) -> dict[str, Any]:
        element = self.parts[part]
        record: dict[str, Any] = {SAYS: xml_parts.says(element, is_left_out=lambda one: is_apart(one, self.root),
                                                       without=frozenset({DEFAULT}) if part in self.flows else frozenset())}
        if part != FILE:
            record[INSIDE] = self.inside[part]
        if part in self.flows:
            record[WAYS_OUT] = self.ways_out(part)
        if part in self.lanes:
            record[LANES] = list(self.lanes[part])
        return record


def read(root: Any) -> Diagram:
    """Raises `Unmergeable` where elements cannot be told apart: an id twice or missing, layers of drawing nobody can match."""
    if root.tag != f"{{{BPMN}}}definitions":
        raise Unmergeable()
    diagram = Diagram(root, parts={FILE: root})
    _take(diagram, root, FILE)
    for lane in root.iter(f"{{{BPMN}}}lane"):
        for ref in lane.findall(REF):
            part = plain(ref.text)
            diagram.lanes[part] = (*diagram.lanes.get(part, ()), lane.get("id") or "")
    for plane in root.iter(f"{{{DI}}}BPMNPlane"):
        _put(diagram.planes, plain(plane.get("bpmnElement")), plane)
        for shape in xml_parts.elements(plane):
            _put(diagram.drawn, plain(shape.get("bpmnElement")), shape)
    if any(count > 1 for count in Counter(one.get("id") for one in root.iter() if isinstance(one.tag, str) and one.get("id")).values()):
        raise Unmergeable()
    if not diagram.flows.keys() <= diagram.parts.keys():
        raise Unmergeable()
    return diagram


def is_apart(element: Any, root: Any) -> bool:
    """Whether an element is no part of what the one around it says."""
    if not isinstance(element.tag, str):
        return False
    holder = element.getparent()
    return (element.tag in WIRES or element.tag == REF or etree.QName(element).namespace == DI
            or holder is not None and (holder is root or holder.tag in _HOLDERS) and bool(element.get("id"))
            and etree.QName(element).namespace == BPMN)


def is_holder(element: Any) -> bool:
    """Whether other parts stand in it."""
    return element.tag in _HOLDERS or element.getparent() is None


def is_flow_holder(element: Any) -> bool:
    """Whether steps stand in it."""
    return element.tag in _NODES_IN


def bare(element: Any) -> Any:
    """A copy of a part without the parts in it and without what follows from flows and lanes."""
    made = copy.deepcopy(element)
    for one in [child for child in made if is_apart(child, None)]:
        xml_parts.take_out(one)
    return made


def _take(diagram: Diagram, holder: Any, name: str) -> None:
    for element in xml_parts.elements(holder):
        if element.tag == FLOW:
            _put(diagram.flows.setdefault(plain(element.get("sourceRef")), {}), element.get("id") or "", element)
        elif is_apart(element, diagram.root) and element.tag not in WIRES and element.tag != REF and etree.QName(element).namespace != DI:
            _put(diagram.parts, element.get("id"), element)
            diagram.inside[element.get("id")] = name
            if element.tag in _HOLDERS:
                _take(diagram, element, element.get("id"))
        elif element.tag in _HOLDERS:
            raise Unmergeable()   # without an id


def _put(found: dict[str, Any], key: str, element: Any) -> None:
    if not key or key in found:
        raise Unmergeable()
    found[key] = element


def plain(name: str | None) -> str:
    """An id as other elements name it, without a prefix."""
    return (name or "").strip().rpartition(":")[2]
