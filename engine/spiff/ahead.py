"""What tokens of a moved instance could not make good any more: steps passed or done twice, joins that wait for ever or not at all."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Mapping

from engine.spiff import passed
from engine.spiff.build import Program, ScopeSpec
from engine.spiff.codec import State
from engine.spiff.elements import ExclusiveSpec
from engine.spiff.events import EventGatewaySpec
from engine.spiff.joins import InclusiveSpec, ParallelSpec
from engine.spiff.moving import Obstacle
from engine.spiff.passed import Elements, Past, positions, reached

#: A step that is new, or had another place or none that all came to; one that would be done twice; a join.
PASSED, MOVED, AGAIN, JOIN = "new-step-passed", "moved-step-passed", "step-done-again", "join-changed"


def obstacles(
    former: Program, program: Program, before: State, after: State, mapping: Mapping[str, str], past: Past,
) -> tuple[Obstacle, ...]:
    """What `after`, which is `before` moved from one program to the other by `mapping`, could not make good any more. `past` by the ids
    that the former program had. What was passed by the former drawing already is no fault of the new one."""
    here = past.renamed(mapping)
    was_passed = {mapping.get(each, each) for each in passed.passed(former, before, past)}
    known = {mapping.get(element.node.id, element.node.id) for scope in former.scopes for element in scope.elements}
    found = {Obstacle(step, MOVED if step in known else PASSED) for step in passed.passed(program, after, here) - was_passed}
    found |= {Obstacle(step, AGAIN) for step in passed.again(former, program, before, after, here)}
    renamed = tuple(sorted(mapping.items()))
    for (old_number, _, _, old_rows), (number, _, _, rows) in zip(before.scopes, after.scopes, strict=True):
        old, new = former.scopes[old_number], program.scopes[number]
        joins = _changed_joins(old, new, positions(old, old_rows), positions(new, rows), renamed)
        found |= {Obstacle(join, JOIN) for join in joins}
    return tuple(sorted(found))


@functools.lru_cache(maxsize=4096)
def _changed_joins(
    old: ScopeSpec, new: ScopeSpec, at_old: Elements, at_new: Elements, renamed: tuple[tuple[str, str], ...],
) -> frozenset[str]:
    """Joins that tokens on their way would meet otherwise than they were split for: a flow nobody can fill, or a token too many."""
    filled_old, filled_new = _fillings(old, at_old, dict(renamed)), _fillings(new, at_new, {})
    changed = {join for join in filled_old | filled_new if filled_old.get(join) != filled_new.get(join)}
    return frozenset(
        join for join in changed
        if any(_meets_half_way(scope, join, positions) for scope, positions in ((old, at_old), (new, at_new))))


def _fillings(scope: ScopeSpec, positions: Elements, renamed: Mapping[str, str]) -> dict[str, Counter[frozenset[str]]]:
    """For each join: by tokens from which places each of its flows can be filled, whatever the flows are called."""
    return {join.node.id: Counter(
                frozenset(renamed.get(place.node.id, place.node.id) for place in positions
                          if place is not join and flow.source in reached([place], without=join))
                for flow in join.incoming)
            for join in scope.elements if isinstance(join, ParallelSpec | InclusiveSpec) and len(join.incoming) > 1}


def _meets_half_way(scope: ScopeSpec, join_id: str, positions: Elements) -> bool:
    """Whether a token may come to this join without passing a split on the way that all ways there pass."""
    join = scope.by_id.get(join_id)
    if join is None or not isinstance(join, ParallelSpec | InclusiveSpec):
        return False
    splits = [element for element in scope.elements if len(element.outgoing) > 1 and element is not join
              and not isinstance(element, ExclusiveSpec | EventGatewaySpec)]
    return any(
        position is join or (join in reached([position]) and not any(
            split is not position and join not in reached([position], without=split) for split in splits))
        for position in positions)

