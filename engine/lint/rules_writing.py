"""What steps write into the case: whether two of them can write the same at the same time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from engine import definitions
from engine.lint.registry import ADVICE, Catalogue, Hit
from engine.lint.rules_scopes import given, reached
from engine.lint.rules_soundness import nets
from engine.lint.subject import Diagram, Sop
from engine.lint.token_game import Concurrency
from engine.model import Node

rules = Catalogue()


@rules.diagram_rule(
    "parallel-write",
    ADVICE,
    (
        "Langkah ini dan langkah pada cabang yang berjalan bersamaan menulis isian yang sama.",
        "This step and one on a branch that runs at the same time write the same field.",
    ),
    (
        "Beri isian itu nama lain pada salah satu cabang, atau gambar kedua langkah berurutan.",
        "Give the field another name on one of the branches, or draw the steps one after the other.",
    ),
)
def parallel_write(diagram: Diagram) -> Iterator[Hit]:
    """Whoever is last wins, and the other's answer is lost without a word. So it is of the rounds of a parallel multi-instance. What an
    event starts beside a step is no branch, since news may well change an answer; but it is where both ask the very same form."""
    yield from _rounds(diagram)
    yield from _beside_event(diagram)
    for net, _, _, _ in nets(diagram):
        writing = [(move, written) for move in net.moves.values() if (written := _written(move.node, diagram.sop))]
        pairs = [(one, other) for (one, these), (other, those) in combinations(writing, 2) if not these.isdisjoint(those)]
        if not pairs:
            continue
        together = Concurrency(net, with_asides=False)
        clashing = {move.node.id: move.node for pair in pairs
                    if any(together.beside(*places) for places in _crossed(pair[0].incoming, pair[1].incoming)) for move in pair}
        yield from (diagram.hit(node) for node in clashing.values())


def _rounds(diagram: Diagram) -> Iterator[Hit]:
    """Sub-processes of which several run at once and write what has its place outside them."""
    for placed in diagram.placed:
        loop, body = placed.node.loop, placed.node.body
        if body is None or loop is None or loop.kind != "parallel":
            continue
        own = {*body.data_objects.values(), loop.input_item, *((loop.for_each.item, *loop.for_each.collect) if loop.for_each else ())}
        inner = frozenset().union(*(_written(node, diagram.sop) for node in body.nodes.values())) - own
        before = [node for node in placed.scope.nodes.values()
                  if node is not placed.node and placed.node.id in reached(placed.scope, node.id)]
        outer = {*placed.scope.data_objects.values()}.union(*(given(node, diagram.sop) for node in before))
        if inner & outer:
            yield diagram.hit(placed)


def _beside_event(diagram: Diagram) -> Iterator[Hit]:
    """Steps that a non-interrupting event starts, at the edge of a step or in an event sub-process beside it, and that ask its form."""
    for placed in diagram.placed:
        node, scope = placed.node, placed.scope
        host = scope.nodes.get(node.attached_to or "") if node.type == "boundaryEvent" and not node.cancel_activity else None
        if host is not None:
            after = reached(scope, host.id, frozenset({node.id}))
            aside = [scope.nodes[key] for key in reached(scope, node.id) - after - {host.id}]
            beside = [host, *(definitions.nodes_of(host.body) if host.body is not None else ())]
        elif node.triggered_by_event and node.body is not None and not any(
                start.type == "startEvent" and start.is_interrupting for start in node.body.nodes.values()):
            aside = list(node.body.nodes.values())
            beside = [other for other in scope.nodes.values() if not other.triggered_by_event]
        else:
            continue
        forms = {other.form for other in beside if other.form and other.loop is None}
        yield from (diagram.hit(step) for step in aside if step.form in forms and step.loop is None and _written(step, diagram.sop))


def _crossed(these: tuple[int, ...], those: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    return ((one, other) for one in these for other in those)


def _written(node: Node, sop: Sop) -> frozenset[str]:
    """The names a node may write in the scope it stands in; what a call writes elsewhere comes back by its mappings alone."""
    names = {mapping.target for mapping in node.output_mappings}
    if node.loop is not None and node.loop.for_each is not None:
        if node.loop.for_each.into:
            names.add(node.loop.for_each.into)
        if node.body is None:
            return frozenset(names)   # each child writes into its own scope
    form = sop.forms.get(node.form or "")
    if form is not None:
        names |= {field.key for field in form.steering}
    if node.result:
        names.add(node.result)
    if node.body is not None:   # what a data object inside is called stays inside
        inside = (_written(inner, sop) for inner in node.body.nodes.values() if not inner.triggered_by_event)
        names |= frozenset().union(*inside) - {*node.body.data_objects.values()}
    return frozenset(names)
