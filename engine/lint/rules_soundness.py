"""Soundness: whether every token that begins also ends, once. Found by playing the diagram, not by its shapes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from engine.lint.net import Net, Takes
from engine.lint.registry import ADVICE, RULE, Catalogue, Hit
from engine.lint.rules_runaway import cycles
from engine.lint.subject import Diagram
from engine.lint.token_game import Concurrency, play
from engine.model import Node, Process, Scope

rules = Catalogue()


def nets(diagram: Diagram) -> Iterator[tuple[Net, Scope, Process, Node | None]]:
    """Every scope that can be played, with the process and the sub-process it belongs to."""
    for scope, process, holder in diagram.scopes:
        if holder is None or holder.type != "adHocSubProcess":
            net = diagram.net(scope)
            if net.is_playable:
                yield net, scope, process, holder


@rules.diagram_rule(
    "deadlock",
    RULE,
    ("Gabungan ini dapat menunggu untuk selamanya.", "This join can wait for ever."),
    (
        "Pakai gerbang inklusif: ia menunggu hanya cabang yang jalan. Bila selalu satu yang datang, pakai gerbang eksklusif.",
        "Use an inclusive gateway: it waits only for branches that run. Where always one comes, use an exclusive gateway.",
    ),
)
def deadlock(diagram: Diagram) -> Iterator[Hit]:
    """It waits for a branch that does not come, and the case stands still. Advice where only some courses of events lead to it: two
    questions that always get the same answer would not.
    """
    for net, _, _, _ in nets(diagram):
        if not any(move.takes is not Takes.ANY and len(move.incoming) > 1 for move in net.moves.values()):
            continue
        played = play(net)
        for key in sorted(played.stuck):
            hit = diagram.hit(net.moves[key].node)
            yield hit if played.is_whole and key not in played.passed else _advice(hit)


@rules.diagram_rule(
    "lost-token",
    ADVICE,
    (
        "Cabang yang berjalan bersamaan lewat di sini satu per satu: yang sesudahnya dikerjakan berulang.",
        "Branches that run at once pass here one after another: what follows is done again for each.",
    ),
    ("Gabungkan dengan gerbang paralel atau inklusif.", "Join them with a parallel or an inclusive gateway."),
)
def lost_token(diagram: Diagram) -> Iterator[Hit]:
    """An exclusive gateway, or a step that several flows enter, joins nothing. Where an end follows that
    ends all, the first one there wins, as drawn.
    """
    for net, _, _, _ in nets(diagram):
        merges = [move for move in net.moves.values()
                  if move.takes is Takes.ANY and len(move.incoming) > 1 and move.node.type != "endEvent"]
        if not merges:
            continue
        together = Concurrency(net, with_asides=True)
        for move in merges:
            if any(together.beside(one, other) for one, other in combinations(move.incoming, 2)) and not _first_wins(net, move.node):
                yield diagram.hit(move.node)


@rules.diagram_rule(
    "loop-without-exit",
    RULE,
    ("Putaran ini tidak pernah selesai: setiap jalan darinya kembali ke sana.", "This loop is never done: each way from it comes back."),
    (
        "Tambahkan gerbang pilihan dengan jalan keluar. Dari pembagian sejajar, termasuk beberapa alur dari satu langkah, semua dijalani.",
        "Add an exclusive gateway with a way out. Of a parallel split, also of several flows from one step, every way is taken.",
    ),
)
def loop_without_exit(diagram: Diagram) -> Iterator[Hit]:
    """Whoever comes there goes round for ever, and the case is never closed; also where a parallel split sends one of two back each
    time. What an event may stop from outside is no such loop.
    """
    for net, scope, process, holder in nets(diagram):
        after = {key: [net.target[place].id for way in move.ways for place in way] for key, move in net.moves.items()}
        reached = _reached({key: [net.target[place].id for place in net.followers(key)] for key in net.moves},
                           {net.target[place].id for begun in net.beginnings for place in begun})
        caught = _kept(net, reached)
        if caught and not _is_stopped(diagram, scope, process, holder) and not _is_ended_beside(net, caught):
            yield from (diagram.hit(net.moves[min(part)].node) for part in cycles(after, caught))


def _advice(hit: Hit) -> Hit:
    return Hit(element_id=hit.element_id, line=hit.line, file=hit.file, word=hit.word, severity=ADVICE)


def _first_wins(net: Net, node: Node) -> bool:
    """Whether nothing but an end that ends all follows."""
    seen: set[str] = set()
    while node.type == "exclusiveGateway" and node.id not in seen:
        seen.add(node.id)
        following = [net.target[place] for place in net.followers(node.id)]
        if len(following) != 1:
            return False
        (node,) = following
    return net.moves[node.id].ends_all


def _reached(edges: Mapping[str, list[str]], found: set[str]) -> set[str]:
    waiting = list(found)
    while waiting:
        for target in edges.get(waiting.pop(), ()):
            if target not in found:
                found.add(target)
                waiting.append(target)
    return found


def _kept(net: Net, found: set[str]) -> set[str]:
    """Those of which every way keeps a token among them: a trap of the net, the greatest there is."""
    kept, before = set(found), -1
    while len(kept) != before:
        before = len(kept)
        kept = {key for key in kept if net.moves[key].ways and all(
            any(net.target[place].id in kept for place in way) for way in net.moves[key].ways)}
    return kept


def _is_stopped(diagram: Diagram, scope: Scope, process: Process, holder: Node | None) -> bool:
    """Whether an event may end the scope from outside its flows: inside it, at its edge, or round whatever holds or calls it."""
    seen: set[int] = set()
    waiting = [(diagram, scope, process, holder)]
    while waiting:
        where, one, owner, round_it = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        for node in one.nodes.values():
            starts = node.body.nodes.values() if node.triggered_by_event and node.body is not None else ()
            if any(start.type == "startEvent" and start.is_interrupting for start in starts):
                return True
        if round_it is not None:
            holders = [(where, round_it)]
        else:
            holders = [(other, placed.node) for other in diagram.sop.diagrams for placed in other.of_type("callActivity")
                       if (called := diagram.sop.called(placed.node.called_element)) is not None and called[1] is owner]
        for drawn, held in holders:
            if any(edge.node.cancel_activity for edge in drawn.attached.get(held.id, ())):
                return True
            place = drawn.by_id[held.id]
            waiting.append((drawn, place.scope, place.process, place.holder))
    return False


def _is_ended_beside(net: Net, caught: set[str]) -> bool:
    """Whether a branch beside the loop may end the whole scope."""
    stoppers = {place for key, move in net.moves.items() if move.ends_all for place in (*move.incoming, *net.leading_to(key))}
    if not stoppers:
        return False
    together = Concurrency(net, with_asides=True)
    return any(together.beside(place, stopper) for key in caught for place in net.moves[key].incoming for stopper in stoppers)
