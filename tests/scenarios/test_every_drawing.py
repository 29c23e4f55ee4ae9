"""Every diagram that ships is drawn as a person would draw it: nothing overlaps, lines are straight and touch what they join."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

from engine import bpmn_xml, definitions, safe_xml
from engine.model import Node, Process, Scope
from engine.render import diagram as drawing
from tests.scenarios.shipped import DIAGRAMS, named

DI = {"bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI", "dc": "http://www.omg.org/spec/DD/20100524/DC",
      "di": "http://www.omg.org/spec/DD/20100524/DI"}
Point = tuple[float, float]

#: How many lines cross where no drawing keeps them apart: two ways back of which each ends inside the other. Elsewhere none does.
CROSSINGS = {"bandung/mediasi/mediasi": 1, "common/merujuk/merujuk": 2, "depok/pengelolaan-kasus/pengelolaan-kasus": 1,
             "kalbar/pengelolaan-kasus/pengelolaan-kasus": 3}
#: Of a drawing's area, steps and the room round them (30 on each side) take at least this share.
USED = 0.1


class Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        return self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom

    def around(self, room: float) -> Box:
        return Box(self.left - room, self.top - room, self.right + room, self.bottom + room)

    def holds(self, other: Box) -> bool:
        return (self.left <= other.left and self.top <= other.top and self.right >= other.right and self.bottom >= other.bottom)

    def has_on_border(self, point: Point) -> bool:
        x, y = point
        along, down = self.left <= x <= self.right, self.top <= y <= self.bottom
        return along and y in (self.top, self.bottom) or down and x in (self.left, self.right)


@pytest.fixture(scope="module", params=DIAGRAMS, ids=named)
def diagram(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


@pytest.fixture(scope="module")
def process(diagram: Path) -> Process:
    """The one process a file draws to be run."""
    (one,) = (each for each in bpmn_xml.read_model(diagram.read_bytes(), file=diagram.name).processes.values() if each.nodes)
    return one


@pytest.fixture(scope="module")
def boxes(diagram: Path) -> dict[str, Box]:
    root = safe_xml.safe_root(diagram.read_bytes(), diagram.name)
    found = {}
    for shape in root.iterfind(".//bpmndi:BPMNShape", DI):
        x, y, width, height = (float(shape.find("dc:Bounds", DI).get(name)) for name in ("x", "y", "width", "height"))
        found[shape.get("bpmnElement")] = Box(x, y, x + width, y + height)
    return found


@pytest.fixture(scope="module")
def lines(diagram: Path) -> dict[str, list[Point]]:
    root = safe_xml.safe_root(diagram.read_bytes(), diagram.name)
    return {edge.get("bpmnElement"): [(float(point.get("x")), float(point.get("y"))) for point in edge.iterfind("di:waypoint", DI)]
            for edge in root.iterfind(".//bpmndi:BPMNEdge", DI)}


@pytest.fixture(scope="module")
def names(diagram: Path) -> dict[str, Box]:
    """Where the name stands that is written beside an event, a gateway or a line."""
    root = safe_xml.safe_root(diagram.read_bytes(), diagram.name)
    found = {}
    for element in root.iterfind(".//*[@bpmnElement]"):
        bounds = element.find("bpmndi:BPMNLabel/dc:Bounds", DI)
        if bounds is not None:
            x, y, width, height = (float(bounds.get(name)) for name in ("x", "y", "width", "height"))
            found[element.get("bpmnElement")] = Box(x, y, x + width, y + height)
    return found


def pieces(points: list[Point]) -> list[Box]:
    """The straight parts of a line, each as thin as it is drawn."""
    return [Box(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)) for (x1, y1), (x2, y2) in pairwise(points)]


def cross(one: Box, other: Box) -> bool:
    """Whether two straight parts cut through each other; where one ends on the other they meet."""
    flat, steep = (one, other) if one.top == one.bottom else (other, one)
    return flat.left < steep.left < flat.right and steep.top < flat.top < steep.bottom


def scopes(scope: Scope, around: Node | None = None) -> Iterator[tuple[Scope, Node | None]]:
    yield scope, around
    for node in scope.nodes.values():
        if node.body is not None:
            yield from scopes(node.body, node)


def test_every_element_and_flow_is_drawn(process: Process, boxes: dict[str, Box], lines: dict[str, list[Point]]) -> None:
    assert {node.id for node in definitions.nodes_of(process)} <= boxes.keys()
    assert {flow.id for flow in definitions.flows_of(process)} <= lines.keys()


def test_no_two_shapes_of_a_scope_overlap(process: Process, boxes: dict[str, Box]) -> None:
    for scope, _ in scopes(process):
        for one, other in combinations(scope.nodes.values(), 2):
            if one.attached_to != other.id and other.attached_to != one.id:
                assert not boxes[one.id].overlaps(boxes[other.id]), (one.id, other.id)


def test_what_a_sub_process_holds_is_drawn_inside_it(process: Process, boxes: dict[str, Box]) -> None:
    for scope, around in scopes(process):
        for node in scope.nodes.values():
            assert around is None or boxes[around.id].holds(boxes[node.id]), node.id


def test_every_step_stands_in_its_lane(process: Process, boxes: dict[str, Box]) -> None:
    bands = {lane.name: boxes[lane.id] for lane in process.lanes if lane.id in boxes}
    for node in definitions.nodes_of(process):
        if node.body is None and node.attached_to is None:
            assert bands[node.lane].holds(boxes[node.id]), node.id


def test_timers_sit_on_the_border_of_their_step(process: Process, boxes: dict[str, Box]) -> None:
    for node in definitions.nodes_of(process):
        if node.attached_to:
            own = boxes[node.id]
            assert boxes[node.attached_to].has_on_border(((own.left + own.right) / 2, (own.top + own.bottom) / 2)), node.id


def test_lines_are_orthogonal_and_touch_both_ends(process: Process, boxes: dict[str, Box], lines: dict[str, list[Point]]) -> None:
    for flow in definitions.flows_of(process):
        points = lines[flow.id]
        assert boxes[flow.source].has_on_border(points[0]), flow.id
        assert boxes[flow.target].has_on_border(points[-1]), flow.id
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(points)), flow.id


def test_no_line_runs_through_a_shape_it_does_not_join(process: Process, boxes: dict[str, Box], lines: dict[str, list[Point]]) -> None:
    for scope, _ in scopes(process):
        for flow in scope.flows:
            for (x1, y1), (x2, y2) in pairwise(lines[flow.id]):
                piece = Box(min(x1, x2) - 0.5, min(y1, y2) - 0.5, max(x1, x2) + 0.5, max(y1, y2) + 0.5)
                for node in scope.nodes.values():
                    if node.id not in (flow.source, flow.target, scope.nodes[flow.source].attached_to):
                        assert not piece.overlaps(boxes[node.id]), (flow.id, node.id)


def test_lines_cross_only_where_no_drawing_keeps_them_apart(diagram: Path, lines: dict[str, list[Point]]) -> None:
    crossing = [(one, other) for one, other in combinations(lines, 2)
                for a in pieces(lines[one]) for b in pieces(lines[other]) if cross(a, b)]
    assert len(crossing) <= CROSSINGS.get(named(diagram), 0), crossing


def test_no_line_runs_on_the_border_of_a_lane(process: Process, boxes: dict[str, Box], lines: dict[str, list[Point]]) -> None:
    borders = {edge for lane in process.lanes if lane.id in boxes for edge in (boxes[lane.id].top, boxes[lane.id].bottom)}
    for flow, points in lines.items():
        assert not any(piece.top == piece.bottom in borders for piece in pieces(points)), flow


def test_names_lie_on_no_step_no_line_and_no_other_name(process: Process, boxes: dict[str, Box], lines: dict[str, list[Point]],
                                                        names: dict[str, Box]) -> None:
    for scope, _ in scopes(process):
        own = {key: names[key] for key in (*scope.nodes, *(flow.id for flow in scope.flows)) if key in names}
        for key, place in own.items():
            for node in scope.nodes.values():
                assert node.body is not None or not place.overlaps(boxes[node.id]), (key, node.id)
            for flow in scope.flows:
                assert not any(place.overlaps(piece.around(0.5)) for piece in pieces(lines[flow.id])), (key, flow.id)
        for one, other in combinations(own, 2):
            assert not own[one].overlaps(own[other]), (one, other)


def test_every_name_is_shown_whole(diagram: Path) -> None:
    assert "\u2026" not in drawing.svg(diagram.read_bytes(), title="").decode()


def test_a_drawing_is_not_mostly_empty(process: Process, boxes: dict[str, Box]) -> None:
    width, height = (max(box[k + 2] for box in boxes.values()) - min(box[k] for box in boxes.values()) for k in (0, 1))
    steps = [boxes[node.id].around(30) for node in definitions.nodes_of(process) if node.body is None]
    assert sum((step.right - step.left) * (step.bottom - step.top) for step in steps) >= USED * width * height
