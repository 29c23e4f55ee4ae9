"""What steps write into the case: whether two of them can write the same at the same time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from engine.lint.registry import ADVICE, Catalogue, Hit
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
    """Whoever is last wins, and the other's answer is lost without a word. What an event starts beside a step is no branch."""
    for net, _, _, _ in nets(diagram):
        writing = [(move, written) for move in net.moves.values() if (written := _written(move.node, diagram.sop))]
        pairs = [(one, other) for (one, these), (other, those) in combinations(writing, 2) if not these.isdisjoint(those)]
        if not pairs:
            continue
        together = Concurrency(net, with_asides=False)
        clashing = {move.node.id: move.node for pair in pairs
                    if any(together.beside(*places) for places in _crossed(pair[0].incoming, pair[1].incoming)) for move in pair}
        yield from (diagram.hit(node) for node in clashing.values())


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
    for inner in node.body.nodes.values() if node.body is not None else ():
        if not inner.triggered_by_event:
            names |= _written(inner, sop)
    return frozenset(names)
