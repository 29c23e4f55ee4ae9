"""Where things stand on a BPMN diagram: its interchange part (BPMN DI), read as plain boxes and lines."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.errors import EngineError
from engine.safe_xml import BPMN, safe_root

DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
_DC = "{http://www.omg.org/spec/DD/20100524/DC}"
_DD = "{http://www.omg.org/spec/DD/20100524/DI}"
_MODEL = f"{{{BPMN}}}"
_FARTHEST = 100_000.0   # a coordinate beyond this is a mistake and would shrink the rest to nothing
_MOST_POINTS = 200      # of one line

Point = tuple[float, float]


class DiagramWithoutLayout(EngineError):
    """This file says what follows what, but not where it stands; draw it once in the studio."""

    code = "diagram-without-layout"
    indonesian = "Berkas ini memuat urutan, tetapi bukan tata letak; gambar dahulu di studio."


@dataclass(frozen=True)
class Box:
    """A rectangle; x and y are its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def center(self) -> Point:
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def area(self) -> float:
        return self.width * self.height


@dataclass(frozen=True)
class Shape:
    """One drawn node, lane, pool or artifact. `kind` is the BPMN local name; `element` its XML, to be read only."""

    id: str
    kind: str
    element: Any
    box: Box
    label: Box | None
    is_expanded: bool
    is_horizontal: bool
    shows_marker: bool


@dataclass(frozen=True)
class Edge:
    """One drawn line, from its source to its target."""

    id: str
    kind: str
    element: Any
    points: tuple[Point, ...]
    label: Box | None
    source: str
    target: str


@dataclass(frozen=True)
class Layout:
    """The first diagram of a file that shows anything, and the elements of the whole file by id."""

    shapes: tuple[Shape, ...]
    edges: tuple[Edge, ...]
    elements: dict[str, Any]


def read_layout(data: bytes) -> Layout:
    """What a BPMN file draws, and where.

    A shape or line without a usable place, or of an element the file does not hold, is left out.

    Raises:
        BundleRefused: the bytes are not BPMN 2.0 within the caps.
        DiagramWithoutLayout: nothing in the file has a place.
    """
    root = safe_root(data, "diagram.bpmn")
    elements: dict[str, Any] = {}
    for element in root.iter():
        if isinstance(element.tag, str) and element.tag.startswith(_MODEL) and element.get("id"):
            elements.setdefault(element.get("id"), element)
    for diagram in root.iter(f"{DI}BPMNDiagram"):
        shapes = tuple(_shapes(diagram, elements))
        if shapes:
            return Layout(shapes, tuple(_edges(diagram, elements)), elements)
    raise DiagramWithoutLayout


def local_name(element: Any) -> str:
    """The tag of an element without its namespace; empty for comments."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def children(element: Any, *names: str) -> list[Any]:
    """The BPMN children of an element that have one of these names."""
    return [child for child in element if isinstance(child.tag, str) and child.tag.startswith(_MODEL)
            and local_name(child) in names]


def _shapes(diagram: Any, elements: dict[str, Any]) -> Iterator[Shape]:
    drawn = {_element_id(shape, elements) for shape in diagram.iter(f"{DI}BPMNShape")}
    seen: set[str] = set()
    for shape in diagram.iter(f"{DI}BPMNShape"):
        element_id, box = _element_id(shape, elements), _box(shape.find(f"{_DC}Bounds"))
        if element_id is None or box is None or element_id in seen:
            continue
        seen.add(element_id)
        element = elements[element_id]
        expanded = shape.get("isExpanded")
        yield Shape(
            id=element_id,
            kind=local_name(element),
            element=element,
            box=box,
            label=_label(shape),
            is_expanded=expanded == "true" if expanded else any(child.get("id") in drawn for child in element),
            is_horizontal=shape.get("isHorizontal") != "false",
            shows_marker=shape.get("isMarkerVisible") != "false",
        )


def _edges(diagram: Any, elements: dict[str, Any]) -> Iterator[Edge]:
    seen: set[str] = set()
    for edge in diagram.iter(f"{DI}BPMNEdge"):
        element_id = _element_id(edge, elements)
        if element_id is None or element_id in seen:
            continue
        seen.add(element_id)
        element = elements[element_id]
        points = [_point(waypoint) for waypoint in edge.iterfind(f"{_DD}waypoint")]
        source, target = _ends(element, elements)
        yield Edge(
            id=element_id,
            kind=local_name(element),
            element=element,
            points=tuple(point for point in points[:_MOST_POINTS] if point is not None),
            label=_label(edge),
            source=source,
            target=target,
        )


def _ends(element: Any, elements: dict[str, Any]) -> tuple[str, str]:
    """The ids a line joins; a data association stands inside the activity that reads or writes."""
    source = element.get("sourceRef") or _first_text(element, "sourceRef")
    target = element.get("targetRef") or _first_text(element, "targetRef")
    parent = element.getparent()
    owner = parent.get("id", "") if parent is not None else ""
    if local_name(element) == "dataInputAssociation":
        target = owner
    if local_name(element) == "dataOutputAssociation":
        source = owner
    return _resolved(source, elements), _resolved(target, elements)


def _first_text(element: Any, name: str) -> str:
    found = children(element, name)
    return (found[0].text or "").strip() if found else ""


def _resolved(reference: str, elements: dict[str, Any]) -> str:
    """A reference may be a qualified name: `ns:id`."""
    return reference if reference in elements else reference.rpartition(":")[2]


def _element_id(drawn: Any, elements: dict[str, Any]) -> str | None:
    element_id = _resolved(drawn.get("bpmnElement") or "", elements)
    return element_id if element_id in elements else None


def _label(drawn: Any) -> Box | None:
    return _box(drawn.find(f"{DI}BPMNLabel/{_DC}Bounds"))


def _box(bounds: Any) -> Box | None:
    if bounds is None:
        return None
    x, y, width, height = (_number(bounds.get(name)) for name in ("x", "y", "width", "height"))
    if x is None or y is None or width is None or height is None or width < 0 or height < 0:
        return None
    return Box(x, y, width, height)


def _point(waypoint: Any) -> Point | None:
    x, y = _number(waypoint.get("x")), _number(waypoint.get("y"))
    return None if x is None or y is None else (x, y)


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and abs(number) <= _FARTHEST else None
