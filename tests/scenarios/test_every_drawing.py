"""Every diagram that ships is drawn as a person would draw it: nothing overlaps, lines are straight and touch what they join."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

from engine import bpmn_xml, definitions, safe_xml
from engine.model import Node, Process, Scope
from tests.scenarios.shipped import DIAGRAMS, named

DI = {"bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI", "dc": "http://www.omg.org/spec/DD/20100524/DC",
      "di": "http://www.omg.org/spec/DD/20100524/DI"}
Point = tuple[float, float]


class Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        return self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom

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
