"""Which sequence flows a run went through, told from its trace alone and only where the trace leaves no doubt.

A completed element offers a token on its outgoing flows; an exclusive gateway offers one token on exactly one of them. An element
that is entered takes a token from a flow that leads to it. Where two flows lead to it and both might have been the one, neither
counts: a covered flow is certain, an uncovered one may have been taken.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from engine.definitions import flows_of, nodes_of
from engine.model import Node, Process
from engine.types import Happening, TraceEntry

CHOOSING = {"exclusiveGateway", "inclusiveGateway", "eventBasedGateway"}
LEFT = {Happening.COMPLETED, Happening.CAUGHT}


def flow_ids(process: Process) -> set[str]:
    """Every sequence flow of the process, those of its sub-processes included."""
    return {flow.id for flow in flows_of(process)}


def flows_taken(process: Process, trace: Iterable[TraceEntry]) -> set[str]:
    """The flows that this run certainly went through."""
    nodes = {node.id: node for node in nodes_of(process)}
    offered: Counter[str] = Counter()
    taken: set[str] = set()
    for entry in trace:
        node = nodes.get(entry.element_id)
        if node is None:
            continue
        if entry.happened is Happening.ENTERED:
            taken |= _arrive(node, nodes, offered)
        elif entry.happened in LEFT:
            offered.update(flow.id for flow in node.outgoing)
            if node.type not in CHOOSING or len(node.outgoing) == 1:
                taken |= {flow.id for flow in node.outgoing if flow.condition is None}
    return taken


def taken_in(processes: Iterable[Process], trace: Iterable[TraceEntry]) -> frozenset[str]:
    """Of all these processes, in a run of several instances."""
    by_instance: dict[str, list[TraceEntry]] = {}
    for entry in trace:
        by_instance.setdefault(entry.instance_id, []).append(entry)
    many = list(processes)
    return frozenset(flow for entries in by_instance.values() for process in many for flow in flows_taken(process, entries))


def _arrive(node: Node, nodes: dict[str, Node], offered: Counter[str]) -> set[str]:
    possible = [flow for flow in node.incoming if offered[flow.id] > 0]
    certain = possible if len(possible) == 1 or node.type == "parallelGateway" else []
    for flow in certain:
        offered[flow.id] -= 1
        if nodes[flow.source].type == "exclusiveGateway":  # the one token it had is gone
            for sibling in nodes[flow.source].outgoing:
                if sibling.id != flow.id:
                    offered[sibling.id] -= 1
    return {flow.id for flow in certain}
