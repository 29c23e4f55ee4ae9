"""Where tokens of a moved instance would go wrong: new steps they have passed already, joins that would wait for ever or not at all.

A step is passed when a run that stands here would have had to visit it, and nothing ahead makes sure that this one still will.
Conditions are not looked at: what may be skipped is not promised.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from engine.spiff.activities import ActivitySpec, SubProcessSpec
from engine.spiff.build import Program, ScopeSpec
from engine.spiff.codec import State
from engine.spiff.elements import ElementSpec, ExclusiveSpec
from engine.spiff.events import BoundarySpec, EventGatewaySpec
from engine.spiff.joins import InclusiveSpec, ParallelSpec
from engine.spiff.loops import LoopSpec
from engine.spiff.moving import Obstacle

PASSED, JOIN = "new-step-passed", "join-changed"
_Elements = frozenset[ElementSpec]
_Renamed = tuple[tuple[str, str], ...]     # what was called so, and what takes its place
_CHOOSES = ExclusiveSpec | InclusiveSpec | EventGatewaySpec


def obstacles(former: Program, program: Program, before: State, after: State, mapping: Mapping[str, str]) -> tuple[Obstacle, ...]:
    """What `after`, which is `before` moved from one program to the other by `mapping`, could not make good any more."""
    found: set[Obstacle] = set()
    for (old_number, _, _, old_rows), (number, _, _, rows) in zip(before.scopes, after.scopes, strict=True):
        old, new = former.scopes[old_number], program.scopes[number]
        at_old, at_new = _positions(old, old_rows), _positions(new, rows)
        found |= {Obstacle(step.node.id, PASSED) for step in _passed(old, new, at_new, tuple(sorted(mapping.items())))}
        found |= {Obstacle(join, JOIN) for join in _changed_joins(old, new, at_old, at_new, tuple(sorted(mapping.items())))}
    return tuple(sorted(found))


def _positions(scope: ScopeSpec, rows: Iterable[tuple[int, int, int, int, int, object]]) -> _Elements:
    """Where tokens of the flow stand: neither edges nor loop instances nor what only listens."""
    standing = (scope.elements[element] for _, element, parent, *_ in rows if not parent)
    return frozenset(element for element in standing if not element.only_listens)


@functools.lru_cache(maxsize=4096)
def _passed(old: ScopeSpec, new: ScopeSpec, positions: _Elements, renamed: _Renamed) -> _Elements:
    duties = _duties(old, new, renamed, frozenset())
    if not duties:
        return frozenset()
    promised = _promises(new, frozenset(duties))
    ahead = frozenset().union(*(promised[position] for position in positions))
    owed = frozenset().union(*(promised[earlier] for position in positions for earlier in _on_every_way_to(new, position)))
    return frozenset().union(*(duties[element] for element in owed - ahead))


def _duties(old: ScopeSpec, new: ScopeSpec, renamed: _Renamed, around: frozenset[tuple[int, int]]) -> dict[ElementSpec, _Elements]:
    """The elements of a scope with which a new step is done: the step itself, or what it lies inside of. A sub-process for each of
    several counts as gone through: whom it was gone through for did the new step no more than a single one."""
    place = dict(renamed)
    were = {(type(element), place.get(element.node.id, element.node.id)): element for element in old.elements}
    known = {element_id for _, element_id in were}.union(place.values(), (element.node.id for element in old.elements))
    found: dict[ElementSpec, _Elements] = {}
    for element in new.elements:
        if not isinstance(element, ActivitySpec) or element.loop is not None or element.node.triggered_by_event:
            continue
        if element.node.id not in known:
            found[element] = frozenset({element})
            continue
        inside, was = _inside(element), _inside(were.get((type(element), element.node.id)))
        if inside is None or was is None or (was.number, inside.number) in around or any(edge.interrupts for edge in element.boundaries):
            continue
        if steps := _certain(was, inside, renamed, around | {(was.number, inside.number)}):
            found[element] = steps
    return found


def _certain(old: ScopeSpec, new: ScopeSpec, renamed: _Renamed, around: frozenset[tuple[int, int]]) -> _Elements:
    """The new steps that every run of this scope comes to."""
    duties = _duties(old, new, renamed, around)
    promised = _promises(new, frozenset(duties)) if duties else {}
    sure = _all_of([promised[start] for start in _starts(new)]) if duties else frozenset()
    return frozenset().union(*(duties[element] for element in sure))


def _inside(element: ElementSpec | None) -> ScopeSpec | None:
    """What an activity holds, also one that is done for each of several."""
    held = element.body if isinstance(element, LoopSpec) else element
    return held.inner if isinstance(held, SubProcessSpec) else None


@functools.lru_cache(maxsize=256)
def _promises(scope: ScopeSpec, steps: _Elements) -> dict[ElementSpec, _Elements]:
    """element -> which of the steps every run from there that ends has visited: the greatest fixed point, so that a way back
    promises what its way out does."""
    promised = dict.fromkeys(scope.elements, steps)
    changes = True
    while changes:
        changes = False
        for element in reversed(scope.elements):
            now = _promise_of(element, promised) | (steps & {element})
            if now != promised[element]:
                promised[element], changes = now, True
    return promised


def _promise_of(element: ElementSpec, promised: Mapping[ElementSpec, _Elements]) -> _Elements:
    sure = [promised[flow.target] for flow in element.outgoing if flow.condition is None and not flow.is_default]
    maybe = [promised[flow.target] for flow in element.outgoing if flow.condition is not None or flow.is_default]
    if isinstance(element, _CHOOSES):
        onward = _all_of([*sure, *maybe])
    elif sure:
        onward = frozenset().union(*sure)
    else:
        onward = _all_of(maybe or [promised[target] for target in element.successors() if not isinstance(target, BoundarySpec)])
    return _all_of([onward, *(promised[edge] for edge in element.boundaries if edge.interrupts)])


def _all_of(sets: list[_Elements]) -> _Elements:
    return frozenset.intersection(*sets) if sets else frozenset()


def _on_every_way_to(scope: ScopeSpec, position: ElementSpec) -> list[ElementSpec]:
    """The elements that any token here has gone through, this one left out."""
    starts = _starts(scope)
    return [element for element in scope.elements
            if element is not position and position not in _reached(starts, without=element)]


def _starts(scope: ScopeSpec) -> list[ElementSpec]:
    return [element for element in scope.elements if element.node.type == "startEvent" and not element.only_listens] or scope.starts()


def _reached(origins: Collection[ElementSpec], *, without: ElementSpec | None = None) -> set[ElementSpec]:
    """What tokens at `origins` may come to, and the origins, when nothing passes `without`."""
    seen: set[ElementSpec] = set()
    queue = [origin for origin in origins if origin is not without]
    while queue:
        element = queue.pop()
        if element not in seen:
            seen.add(element)
            queue.extend(target for target in element.successors() if target is not without)
    return seen


@functools.lru_cache(maxsize=4096)
def _changed_joins(
    old: ScopeSpec, new: ScopeSpec, at_old: _Elements, at_new: _Elements, renamed: tuple[tuple[str, str], ...],
) -> frozenset[str]:
    """Joins that tokens on their way would meet otherwise than they were split for: a flow nobody can fill, or a token too many."""
    filled_old, filled_new = _fillings(old, at_old, dict(renamed)), _fillings(new, at_new, {})
    changed = {join for join in filled_old | filled_new if filled_old.get(join) != filled_new.get(join)}
    return frozenset(
        join for join in changed
        if any(_meets_half_way(scope, join, positions) for scope, positions in ((old, at_old), (new, at_new))))


def _fillings(scope: ScopeSpec, positions: _Elements, renamed: Mapping[str, str]) -> dict[str, Counter[frozenset[str]]]:
    """For each join: by tokens from which places each of its flows can be filled, whatever the flows are called."""
    return {join.node.id: Counter(
                frozenset(renamed.get(place.node.id, place.node.id) for place in positions
                          if place is not join and flow.source in _reached([place], without=join))
                for flow in join.incoming)
            for join in scope.elements if isinstance(join, ParallelSpec | InclusiveSpec) and len(join.incoming) > 1}


def _meets_half_way(scope: ScopeSpec, join_id: str, positions: _Elements) -> bool:
    """Whether a token may come to this join without passing a split on the way that all ways there pass."""
    join = scope.by_id.get(join_id)
    if join is None or not isinstance(join, ParallelSpec | InclusiveSpec):
        return False
    splits = [element for element in scope.elements if len(element.outgoing) > 1 and element is not join
              and not isinstance(element, ExclusiveSpec | EventGatewaySpec)]
    return any(
        position is join or (join in _reached([position]) and not any(
            split is not position and join not in _reached([position], without=split) for split in splits))
        for position in positions)

