"""The token game on one scope: which joins wait for ever, and what can happen at the same time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.lint.net import Move, Net, Places, Takes

#: More moves than this are not made; what was found until then is true all the same.
MAX_MOVES = 30_000
#: More tokens on one flow than this say nothing new.
_MOST_TOKENS = 2


@dataclass(frozen=True)
class Played:
    """`stuck` are the joins that keep a token for ever in some course of events; `passed` the nodes that some course passes.

    `is_whole` says that no course was left out: a node that is not in `passed` then never happens.
    """

    stuck: frozenset[str]
    passed: frozenset[str]
    is_whole: bool


def play(net: Net) -> Played:
    """Every course of events, as far as joins can tell them apart.

    Only an inclusive gateway looks at other tokens than its own, and it looks when nothing else can move, as in the interpreter.
    So the order in which other nodes move changes no ending, and one order is enough.
    """
    order = _order(net)
    reach = {key: net.leading_to(key) for key, move in net.moves.items() if move.takes is Takes.INCLUSIVE and len(move.incoming) > 1}
    stuck: set[str] = set()
    passed: set[str] = set()
    waiting: list[Places] = [tuple(sorted(begun)) for begun in net.beginnings]
    seen = set(waiting)
    is_whole, made = True, 0
    while waiting and made < MAX_MOVES:
        marking = waiting.pop()
        moves = _next(net, order, reach, marking)
        if not moves:
            stuck |= {net.target[place].id for place in marking}
        for move in moves:
            passed.add(move.node.id)
            for after in _fired(move, marking):
                made += 1
                if after in seen:
                    continue
                if max(Counter(after).values(), default=0) > _MOST_TOKENS:
                    is_whole = False
                    continue
                seen.add(after)
                waiting.append(after)
    return Played(frozenset(stuck), frozenset(passed), is_whole and not waiting)


def _next(net: Net, order: dict[str, int], reach: dict[str, dict[int, frozenset[int]]], marking: Places) -> list[Move]:
    """The node that moves now; where only inclusive gateways are left, each that may."""
    if not marking:
        return []
    marked = set(marking)
    ready, gateways = [], []
    for key in {net.target[place].id for place in marked}:
        move = net.moves[key]
        if key in reach:
            gateways.append(move)
        elif move.takes is not Takes.ALL or marked.issuperset(move.incoming):
            ready.append(move)
    if ready:
        return [min(ready, key=lambda move: order[move.node.id])]
    return [move for move in gateways if _may_join(move, reach[move.node.id], marked)]


def _may_join(move: Move, reach: dict[int, frozenset[int]], marked: set[int]) -> bool:
    """BPMN 2.0.2, 13.4.3: no token elsewhere can come to a flow that has none, unless it can come to one that has."""
    filled = marked.intersection(move.incoming)
    return all(not (goals := reach.get(place)) or goals & filled for place in marked - filled)


def _fired(move: Move, marking: Places) -> Iterator[Places]:
    if move.ends_all:
        yield ()
        return
    left = list(marking)
    for place in move.incoming:
        if place in left:
            left.remove(place)
            if move.takes is Takes.ANY:
                break
    yield from (tuple(sorted((*left, *given))) for given in move.gives)


def _order(net: Net) -> dict[str, int]:
    """The nodes from the beginnings on, one before those after it, except along a way back."""
    order: dict[str, int] = {}
    for begun in net.beginnings:
        for place in begun:
            todo: list[tuple[str, bool]] = [(net.target[place].id, False)]
            entered = set(order)
            while todo:
                key, is_left = todo.pop()
                if is_left:
                    order.setdefault(key, -len(order))
                elif key not in entered:
                    entered.add(key)
                    todo.append((key, True))
                    todo += [(net.target[after].id, False) for after in net.followers(key)]
    return order


class Concurrency:
    """Which places can hold tokens at the same time (A. Kovalyov's relation, with inclusive gateways as in `play`).

    Answers are not weighed against each other: it may say yes where two questions always get the same answer.
    """

    def __init__(self, net: Net, *, with_asides: bool) -> None:
        self._net, self._with_asides = net, with_asides
        self._beside = [0] * len(net.target)       # of each place a bit for each other place
        self._changed = set[int]()
        #: Of each inclusive gateway: where a token may hold it back, since it comes to some of its flows and not to others.
        self._holding = {key: _bits(place for place, goals in net.leading_to(key).items() if len(goals) < len(move.incoming))
                         for key, move in net.moves.items() if move.takes is Takes.INCLUSIVE}
        for begun in net.beginnings:
            self._all_beside(begun)
        for move in net.moves.values():
            for way in move.ways:
                self._all_beside((*way, *move.aside) if with_asides else way)
            if with_asides:
                for place in move.incoming:
                    for aside in move.aside:
                        self._pair(place, 1 << aside)
        while self._changed:
            self._carry_on(self._changed.pop())

    def beside(self, one: int, other: int) -> bool:
        """Whether both places can hold a token at once."""
        return bool(self._beside[one] >> other & 1)

    def _all_beside(self, places: Places) -> None:
        together = _bits(places)
        for place in places:
            self._pair(place, together)

    def _pair(self, place: int, others: int) -> None:
        new = others & ~self._beside[place] & ~(1 << place)
        if new:
            self._beside[place] |= new
            self._changed.add(place)
            for other in _places(new):
                if not self._beside[other] >> place & 1:
                    self._beside[other] |= 1 << place
                    self._changed.add(other)

    def _carry_on(self, place: int) -> None:
        """What goes on beside a token also goes on beside it when it has moved on."""
        move = self._net.after(place)
        others = self._beside[place]
        if move.takes is Takes.ALL:
            for one in move.incoming:
                others &= self._beside[one] | 1 << one
            others &= ~_bits(move.incoming)
        elif move.takes is Takes.INCLUSIVE:
            others &= ~_bits(move.incoming) & ~self._holding[move.node.id]
        for given in {one for way in move.ways for one in way} | ({*move.aside} if self._with_asides else set()):
            self._pair(given, others)


def _bits(places: Iterable[int]) -> int:
    bits = 0
    for place in places:
        bits |= 1 << place
    return bits


def _places(bits: int) -> Iterator[int]:
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
