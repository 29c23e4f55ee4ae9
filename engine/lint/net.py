"""A scope as the token game sees it: sequence flows hold tokens, nodes take and give them (BPMN 2.0.2, 13).

What people answer and data say is left out: each answer is possible at each question. What a sub-process or a call holds is a scope
of its own; an event sub-process runs beside and is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import chain, combinations

from engine.model import Flow, Node, Scope

#: More choices at once than this are tried one by one and all together only.
_MOST_COMBINED = 6
#: A scope with more flows is not played: nobody could read it either.
_MOST_PLACES = 1_500
_ENDS_ALL = frozenset({"terminate", "error", "cancel"})
_UNPLAYED = frozenset({"complexGateway", "adHocSubProcess"})

Places = tuple[int, ...]


class Takes(StrEnum):
    """Which tokens a node waits for."""

    ANY = "any"
    ALL = "all"
    INCLUSIVE = "inclusive"


@dataclass(frozen=True, kw_only=True)
class Move:
    """One node: the places it takes from, and each way it may go on. `aside` are places it may give besides, while it lasts."""

    node: Node
    takes: Takes
    incoming: Places
    ways: tuple[Places, ...]
    aside: Places = ()
    ends_all: bool = False

    @cached_property
    def gives(self) -> tuple[Places, ...]:
        """Every outcome: a way, with none, some or all of what goes on beside it."""
        return tuple(dict.fromkeys((*way, *beside) for way in self.ways for beside in _some(self.aside)))


class Net:
    """Places are numbers: one for each sequence flow between nodes of the scope, one for each beginning."""

    def __init__(self, scope: Scope) -> None:
        self.source: list[Node] = []        # of each place: the node that gives it; a beginning is its own
        self.target: list[Node] = []
        self.moves: dict[str, Move] = {}
        self.is_playable = len(scope.flows) <= _MOST_PLACES and not any(node.type in _UNPLAYED for node in scope.nodes.values())
        if not self.is_playable:
            return
        nodes = {key: node for key, node in scope.nodes.items() if not (node.triggered_by_event or node.is_for_compensation)}
        links = {event.name: node for node in nodes.values() if node.type == "intermediateCatchEvent"
                 for event in node.events if event.kind == "link"}
        incoming: dict[str, list[int]] = {key: [] for key in nodes}
        outgoing: dict[str, list[tuple[Flow | None, int]]] = {key: [] for key in nodes}

        def place(source: Node, target: Node) -> int:
            self.source.append(source)
            self.target.append(target)
            incoming[target.id].append(len(self.target) - 1)
            return len(self.target) - 1

        begun = [place(node, node) for key in entries(scope) if (node := nodes.get(key)) is not None]
        has_starts = any(self.target[one].type == "startEvent" for one in begun)
        #: Where tokens stand at first: one start event begins, or everything that nothing leads to.
        self.beginnings: tuple[Places, ...] = tuple((one,) for one in begun) if has_starts else (tuple(begun),) if begun else ()
        for key, node in nodes.items():
            outgoing[key] = [(flow, place(node, target)) for flow in node.outgoing
                             if (target := nodes.get(flow.target)) is not None and target.type != "boundaryEvent"]
            if node.type == "intermediateThrowEvent":
                outgoing[key] += [(None, place(node, links[event.name])) for event in node.events
                                  if event.kind == "link" and event.name in links]
        edges = [node for node in nodes.values() if node.type == "boundaryEvent" and node.attached_to in nodes]
        for key, node in nodes.items():
            if node.type == "boundaryEvent":
                continue
            ways, aside = list(_ways(node, outgoing[key])), []
            for edge in edges:
                if edge.attached_to == key and edge.cancel_activity:
                    ways += _ways(edge, outgoing[edge.id])
                elif edge.attached_to == key:
                    aside += [one for _, one in outgoing[edge.id]]
            self.moves[key] = Move(node=node, takes=_takes(node), incoming=tuple(incoming[key]), ways=tuple(dict.fromkeys(ways)),
                                   aside=tuple(aside),
                                   ends_all=node.type == "endEvent" and any(event.kind in _ENDS_ALL for event in node.events))

    def after(self, place: int) -> Move:
        """The node a token on this place comes to."""
        return self.moves[self.target[place].id]

    def followers(self, key: str) -> list[int]:
        """Every place a node may give to."""
        return list(dict.fromkeys(chain(*self.moves[key].ways, self.moves[key].aside)))

    def leading_to(self, key: str) -> dict[int, frozenset[int]]:
        """Of each place: the places before the node that a token there can still come to, without passing the node."""
        found: dict[int, set[int]] = {}
        givers: dict[int, list[str]] = {}
        for other in self.moves:
            for place in self.followers(other):
                givers.setdefault(place, []).append(other)
        for goal in self.moves[key].incoming:
            waiting, seen = [goal], {goal}
            while waiting:
                for giver in givers.get(waiting.pop(), ()):
                    if giver == key:
                        continue
                    for before in self.moves[giver].incoming:
                        found.setdefault(before, set()).add(goal)
                        if before not in seen:
                            seen.add(before)
                            waiting.append(before)
        return {place: frozenset(goals) for place, goals in found.items()}


def entries(scope: Scope) -> Iterator[str]:
    """Where tokens begin: start events, or, where there is none, every node no flow enters (BPMN 2.0.2, 10.5.2)."""
    nodes = scope.nodes.values()
    if any(node.type == "startEvent" for node in nodes):
        yield from (n.id for n in nodes if n.type == "startEvent" or (n.instantiate and not n.incoming))
    else:
        yield from (
            n.id
            for n in nodes
            if not n.incoming
            and n.type != "boundaryEvent"
            and not n.triggered_by_event
            and not n.is_for_compensation
            and not any(e.kind == "link" for e in n.events if n.type == "intermediateCatchEvent")
        )


def following(scope: Scope) -> dict[str, list[str]]:
    """Where a token goes from each node: by its flows, its links and the events at its edge."""
    links = {
        e.name: n.id for n in scope.nodes.values() if n.type == "intermediateCatchEvent" for e in n.events if e.kind == "link"
    }
    edges: dict[str, list[str]] = {}
    for node in scope.nodes.values():
        edges[node.id] = [f.target for f in node.outgoing if f.target in scope.nodes]
        if node.type == "intermediateThrowEvent":
            edges[node.id] += [links[e.name] for e in node.events if e.kind == "link" and e.name in links]
        if node.type == "boundaryEvent" and node.attached_to in edges:
            edges[node.attached_to].append(node.id)
    for node in scope.nodes.values():
        if node.type == "boundaryEvent" and node.attached_to in scope.nodes and node.id not in edges[node.attached_to]:
            edges[node.attached_to].append(node.id)
    return edges


def preceding(scope: Scope) -> dict[str, list[str]]:
    """Where a token may have been before it came to each node."""
    found: dict[str, list[str]] = {}
    for key, targets in following(scope).items():
        for target in targets:
            found.setdefault(target, []).append(key)
    return found


def _takes(node: Node) -> Takes:
    return {"parallelGateway": Takes.ALL, "inclusiveGateway": Takes.INCLUSIVE}.get(node.type, Takes.ANY)


def _ways(node: Node, outgoing: list[tuple[Flow | None, int]]) -> Iterator[Places]:
    """The places a token leaves to, one tuple for each answer."""
    if not outgoing:
        yield ()
    elif node.type in ("exclusiveGateway", "eventBasedGateway"):
        yield from ((place,) for _, place in outgoing)
    elif node.type == "parallelGateway":
        yield tuple(place for _, place in outgoing)
    else:
        default = tuple(place for flow, place in outgoing if flow is not None and flow.id == node.default_flow)
        asked = tuple(place for flow, place in outgoing if flow is not None and flow.condition is not None and place not in default)
        always = tuple(place for _, place in outgoing if place not in asked and place not in default)
        yield from ((*always, *some) or default for some in _some(asked) if always or some or default)


def _some(places: Places) -> Iterator[Places]:
    if len(places) <= _MOST_COMBINED:
        for size in range(len(places) + 1):
            yield from combinations(places, size)
    else:
        yield from ((), *((one,) for one in places), places)
