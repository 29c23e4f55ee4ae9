"""Whether history costs: two thousand rounds of a review loop, and many parallel sections in a row."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bench import measure
from engine import SopBundle, Trial

ROUNDS = 2_000
MEASURED = 50
SECTIONS = 14        # 2 to the 14th future tasks, where a library looks ahead without bound
NOW = datetime(2026, 11, 10, 1, 30, tzinfo=UTC)

_HEAD = ('<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
         'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="definitions" targetNamespace="urn:bench">')


def run() -> list[dict[str, Any]]:
    """On a `Trial`: the same command pipeline and journal as production, in memory."""
    return [*_rounds(), *_sections()]


def _rounds() -> list[dict[str, Any]]:
    """The last fifty rounds of an old instance take turns with rounds 6 to 55 of a young one, so that both see the same machine."""
    old, young, samples = _Review(), _Review(), measure.Samples()
    for _ in range(ROUNDS - MEASURED):
        old.round()
    for _ in range(5):
        young.round()
    for left in range(MEASURED, 0, -1):
        samples.take(("young",), young.round)
        samples.take(("old",), old.round, left > 1)
    return [
        {"database": "in memory", "measure": "rounds of a review loop played to the end", "value": old.rounds if old.has_ended else 0,
         "at_least": ROUNDS},
        {"database": "in memory", "measure": "rounds 1,951-2,000 / rounds 6-55", "value": samples.median("old") / samples.median("young"),
         "at_most": 1.2},
    ]


class _Review:
    """Draft, review, and again."""

    def __init__(self) -> None:
        self._trial = Trial.open(_bundle(
            '<bpmn:startEvent id="begun" /><bpmn:userTask id="draft" /><bpmn:userTask id="review" />'
            '<bpmn:exclusiveGateway id="is_good" default="is_good__done" /><bpmn:endEvent id="done" />',
            _flow("begun", "draft"), _flow("draft", "review"), _flow("review", "is_good"), _flow("is_good", "done"),
            _flow("is_good", "draft", "again")), now=NOW)
        self._instance_id = self._trial.start()
        self.rounds = 0

    def round(self, again: bool = True) -> None:
        """Two tasks."""
        self.rounds += 1
        for variables in ({}, {"again": again}):
            (task,) = self._trial.open_tasks(self._instance_id)
            self._trial.complete(task.id, variables)

    @property
    def has_ended(self) -> bool:
        """Whether nothing waits any more."""
        return self._trial.outcome(self._instance_id).status == "completed"


def _sections() -> list[dict[str, Any]]:
    nodes, flows, last = '<bpmn:startEvent id="begun" />', [], "begun"
    for n in range(SECTIONS):
        nodes += (f'<bpmn:parallelGateway id="fork_{n}" /><bpmn:userTask id="left_{n}" /><bpmn:userTask id="right_{n}" />'
                  f'<bpmn:parallelGateway id="join_{n}" />')
        flows += [_flow(last, f"fork_{n}"), *(_flow(f"fork_{n}", side) + _flow(side, f"join_{n}") for side in (f"left_{n}", f"right_{n}"))]
        last = f"join_{n}"
    trial = Trial.open(_bundle(nodes + '<bpmn:endEvent id="done" />', *flows, _flow(last, "done")), now=NOW)
    instance_id, took = measure.once(trial.start)
    assert len(trial.open_tasks(instance_id)) == 2
    return [{"database": "in memory", "measure": f"{SECTIONS} parallel sections in a row, ms to start", "value": took.seconds * 1000}]


def _bundle(nodes: str, *flows: str) -> SopBundle:
    diagram = f'{_HEAD}<bpmn:process id="p" isExecutable="true">{nodes}{"".join(flows)}</bpmn:process></bpmn:definitions>'
    return SopBundle.from_files({"p.bpmn": diagram.encode()})


def _flow(source: str, target: str, condition: str = "") -> str:
    inner = f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{condition}</bpmn:conditionExpression>' if condition else ""
    return f'<bpmn:sequenceFlow id="{source}__{target}" sourceRef="{source}" targetRef="{target}">{inner}</bpmn:sequenceFlow>'
