"""Joins that tokens on their way would meet otherwise than they were split for: a flow nobody can fill, or a token too many.

Only tokens between a split and its join matter: one that has yet to come to the split will be split as the new drawing joins.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from engine.spiff.build import ScopeSpec
from engine.spiff.elements import ElementSpec, ExclusiveSpec
from engine.spiff.events import EventGatewaySpec
from engine.spiff.joins import InclusiveSpec, ParallelSpec
from engine.spiff.passed import Elements, reached

Filling = Counter[frozenset[str]]    # by tokens from which places each flow can be filled, whatever the flows are called


class _Join(NamedTuple):
    element: ElementSpec
    filled: Filling
    half_way: int       # tokens that come to it, or wait there, without passing a split of its flows

    def does_as(self, other: _Join) -> bool:
        """Whether it joins what the other joins. An inclusive one also does as a parallel one: it waits for whatever can come."""
        return self.filled == other.filled and (isinstance(self.element, InclusiveSpec) or isinstance(other.element, ParallelSpec))


@functools.lru_cache(maxsize=4096)
def changed_joins(
    old: ScopeSpec, new: ScopeSpec, at_old: Elements, at_new: Elements, renamed: tuple[tuple[str, str], ...],
) -> frozenset[str]:
    """The ids of joins, of either drawing, at which tokens that stand so would go wrong; `renamed` says what the old places are called."""
    were, are = _joins(old, at_old, dict(renamed)), _joins(new, at_new, {})
    fresh = [join for join in are.values() if not any(join.does_as(other) for other in _counterparts(join, were, are))]
    good = {join.element.node.id for join in fresh if _takes_all(join)}
    bad = {join.element.node.id for join in fresh if join.half_way} - good
    lost = {join.element.node.id for join in were.values()
            if join.half_way > 1 and not any(other.does_as(join) for other in _counterparts(join, are, were))}
    return frozenset(bad | (lost - good))


def _counterparts(join: _Join, others: Mapping[str, _Join], own: Mapping[str, _Join]) -> list[_Join]:
    """The one of its id, or those whose ids its own drawing has not: it may be called otherwise there."""
    same = others.get(join.element.node.id)
    return [same] if same is not None else [other for id, other in others.items() if id not in own]


def _takes_all(join: _Join) -> bool:
    """Whether it goes on once for whatever comes to it from where tokens stand now."""
    return isinstance(join.element, InclusiveSpec) and all(len(places) < 2 for places in join.filled)


def _joins(scope: ScopeSpec, at: Elements, renamed: Mapping[str, str]) -> dict[str, _Join]:
    return {join.node.id: _Join(join, _filling(join, at, renamed), _half_way(scope, join, at))
            for join in scope.elements if isinstance(join, ParallelSpec | InclusiveSpec) and len(join.incoming) > 1}


def _filling(join: ElementSpec, at: Elements, renamed: Mapping[str, str]) -> Filling:
    ways = {place: reached([place], without=[join]) for place in at if place is not join}
    return Counter(
        frozenset(renamed.get(place.node.id, place.node.id) for place, way in ways.items() if flow.source in way)
        for flow in join.incoming)


def _half_way(scope: ScopeSpec, join: ElementSpec, at: Elements) -> int:
    splits = _splits(scope, join)
    return sum(1 for place in at if place is join or join in reached([place], without=splits))


@functools.lru_cache(maxsize=1024)
def _splits(scope: ScopeSpec, join: ElementSpec) -> Elements:
    """What puts tokens on several of its flows at once."""
    return frozenset(
        element for element in scope.elements
        if len(element.outgoing) > 1 and element is not join and not isinstance(element, ExclusiveSpec | EventGatewaySpec)
        and len(set().union(*(_flows_to(join, flow.target) for flow in element.outgoing))) > 1
        and sum(1 for flow in element.outgoing if _flows_to(join, flow.target)) > 1)


@functools.lru_cache(maxsize=16384)
def _flows_to(join: ElementSpec, origin: ElementSpec) -> frozenset[int]:
    """Its flows to which a token comes from there without passing it."""
    way = reached([origin], without=[join])
    return frozenset(flow.number for flow in join.incoming if flow.source in way)
