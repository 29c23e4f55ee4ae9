"""Who approves and who did the work before: in an SOP as drawn, and with the roles of an agency."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from engine.comparing_parts import approves
from engine.definitions import Definition, nodes_of
from engine.model import Node, Scope

HUMAN: Final = frozenset({"userTask", "manualTask", "task"})


def steps_before(scope: Scope, node: Node) -> list[Node]:
    """The people's steps that a token comes from, with no other person's step in between."""
    found, seen = [], {node.id}
    waiting = [flow.source for flow in node.incoming]
    while waiting:
        key = waiting.pop()
        before = scope.nodes.get(key)
        if before is None or key in seen:
            continue
        seen.add(key)
        if before.type in HUMAN:
            found.append(before)
        elif before.body is None and not before.called_element:
            waiting += [flow.source for flow in before.incoming] + ([before.attached_to] if before.attached_to else [])
    return found


def approvals(definition: Definition) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The id of each step somebody approves in, with those of the steps before it."""
    for process in definition.processes.values():
        for scope in (process, *(node.body for node in nodes_of(process) if node.body is not None)):
            for node in scope.nodes.values():
                if node.type in HUMAN and node.lane and approves(definition.forms.get(node.form or "")):
                    yield node.id, tuple(step.id for step in steps_before(scope, node) if step.lane)
