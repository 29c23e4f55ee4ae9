"""Rounds that nobody holds up: loops of operations, decisions and inner steps alone, and repetitions that never end."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.answerable import answer, compiled
from engine.lint.net import following
from engine.lint.registry import ADVICE, RULE, Catalogue, Hit
from engine.lint.rules_runaway import CHANGES, READS_CLOCK, cycles, waits
from engine.lint.rules_scopes import asked_by
from engine.lint.subject import Diagram, Sop
from engine.model import Node, Scope
from engine.types import Severity

rules = Catalogue()
_JOBS = frozenset({"serviceTask", "scriptTask", "sendTask"})   # done by the machine, at once


@rules.diagram_rule(
    "loop-without-person",
    RULE,
    ("Putaran ini mungkin tidak pernah menunggu.", "This loop may never wait."),
    ("Pastikan ada orang, pewaktu atau pesan di setiap putaran.", "Make sure each round meets a person, a timer or a message."),
)
def loop_without_person(diagram: Diagram) -> Iterator[Hit]:
    """It runs on by operations, decisions or inner steps alone, and sends and writes in each round until a cap stops it as an incident.
    Advice where something in it may change what its way out reads.
    """
    for scope, _, _ in diagram.scopes:
        edges = following(scope)
        plain = {n.id for n in scope.nodes.values() if not waits(n) and n.type not in CHANGES and n.loop is None}
        quick = {n.id for n in scope.nodes.values() if not _rests(n, diagram.sop, frozenset())}
        certain = cycles(edges, plain)
        for part in cycles(edges, quick):
            if not part <= plain and not any(inner <= part for inner in certain):
                severity: Severity = ADVICE if _may_end(scope, part, diagram.sop) else RULE
                node = scope.nodes[min(part)]
                yield Hit(element_id=node.id, line=node.line, file=diagram.file, severity=severity)


@rules.diagram_rule(
    "repetition-without-end",
    RULE,
    ("Pengulangan ini tidak pernah berakhir.", "This repetition never ends."),
    ("Tulis syarat yang dapat berubah, atau batas banyaknya.", "Write a condition that can change, or how often at most."),
)
def repetition_without_end(diagram: Diagram) -> Iterator[Hit]:
    """Its condition is true whatever happens: whoever comes there does the same for ever. What an event at its edge stops is none."""
    for placed in diagram.placed:
        loop = placed.node.loop
        read = compiled(loop.condition) if loop is not None and loop.kind == "standard" and loop.condition and not loop.maximum else None
        if read is not None and not read.names and not READS_CLOCK.search(read.source) and answer(read, {}) is True and not any(
                edge.node.cancel_activity for edge in diagram.attached.get(placed.node.id, ())):
            yield diagram.hit(placed)


def _rests(node: Node, sop: Sop, seen: frozenset[str]) -> bool:
    """Whether a person, a timer or a message is waited for: by the node itself, in what it holds, or in the process it calls."""
    if waits(node) and node.type not in _JOBS:
        return True
    inner: Scope | None = node.body
    if inner is None and node.called_element and node.called_element not in seen and node.called_element in sop.processes:
        inner, seen = sop.processes[node.called_element][1], seen | {node.called_element}
    return inner is not None and any(_rests(each, sop, seen) for each in inner.nodes.values())


def _may_end(scope: Scope, part: set[str], sop: Sop) -> bool:
    """Whether a round may change what the ways out of the loop read, or an event at the edge of a step may lead out."""
    if any(node.type == "boundaryEvent" and node.attached_to in part for node in scope.nodes.values()):
        return True
    changed = {name for key in part for name in _changed(scope.nodes[key])}
    tables = [scope.nodes[key] for key in part if scope.nodes[key].decision is not None]
    said = {table.result or table.decision or "" for table in tables}
    changed |= {table.result or table.decision or "" for table in tables if asked_by(table, sop) & (changed | said)}
    for key in part:
        ways = scope.nodes[key].outgoing
        for text in (flow.condition for flow in ways) if any(flow.target not in part for flow in ways) else ():
            read = compiled(text) if text is not None else None
            if read is not None and (read.names & changed or READS_CLOCK.search(read.source)):
                return True
    return False


def _changed(node: Node) -> set[str]:
    """What a node may give another value in each round: all it writes, unless that is a table's answer."""
    names = {mapping.target for mapping in node.output_mappings}
    if node.decision is None and node.result:
        names.add(node.result)
    if node.loop is not None and node.loop.for_each is not None:
        names |= {node.loop.for_each.into or "", *node.loop.for_each.collect}
    for inner in node.body.nodes.values() if node.body is not None else ():
        names |= _changed(inner) | {inner.result or inner.decision or ""}
    return names
