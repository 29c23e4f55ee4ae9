"""The activities of an SOP as lines of text, in reading order."""

from __future__ import annotations

from collections.abc import Mapping

from engine import definitions
from engine.definitions import Definition
from engine.results import SopStep
from engine.types import Value

_ACTIVITIES = frozenset({
    "userTask", "manualTask", "task", "serviceTask", "sendTask", "receiveTask", "businessRuleTask", "callActivity", "subProcess",
    "transaction"})
_DONE_BY = {**dict.fromkeys(("serviceTask", "sendTask", "receiveTask", "businessRuleTask"), "system"),
            **dict.fromkeys(("callActivity", "subProcess", "transaction"), "steps")}


def steps_of(definition: Definition, parameters: Mapping[str, Value] | None = None) -> tuple[SopStep, ...]:
    """The activities in file order, with the printed wording of each time standard; "" where the SOP gives none.

    Roles are those of an agency with these `parameters`.
    """
    process = definition.processes[definition.main_process or next(iter(definition.processes))]
    nodes = list(definitions.nodes_of(process))
    standards = {node.attached_to: node.standard for node in nodes if node.standard is not None}
    return tuple(
        SopStep(element_id=node.id, name=node.name or node.id, lane=node.lane, role=definition.role_of(node.id, parameters),
                standard_text=standards[node.id].text if standards.get(node.id) else "", clauses=node.clause, inputs=node.inputs,
                outputs=node.outputs, done_by=_DONE_BY.get(node.type, "people"))
        for node in nodes if node.type in _ACTIVITIES)
