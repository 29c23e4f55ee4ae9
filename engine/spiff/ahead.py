"""What tokens of a moved instance could not make good any more: steps passed or done twice, joins that wait for ever or not at all."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from engine.spiff import passed
from engine.spiff.activities import ActivitySpec
from engine.spiff.build import Program
from engine.spiff.codec import State
from engine.spiff.moving import Obstacle
from engine.spiff.passed import Past, positions
from engine.spiff.rejoining import changed_joins

#: A step that is new, or had another place or none that all came to; one that would be done twice; a join.
PASSED, MOVED, AGAIN, JOIN = "new-step-passed", "moved-step-passed", "step-done-again", "join-changed"
#: A step done that is not there any more: one that is new may be what it has become.
DONE = "done-step-removed"


def obstacles(
    former: Program, program: Program, before: State, after: State, mapping: Mapping[str, str], past: Past,
) -> tuple[Obstacle, ...]:
    """What `after`, which is `before` moved from one program to the other by `mapping`, could not make good any more. `past` by the ids
    that the former program had. What was passed by the former drawing already is no fault of the new one."""
    new_steps = _steps(program) - {mapping.get(each, each) for each in _steps(former)}
    here = past.renamed(mapping).without(new_steps)     # a gateway of that id was no step
    was_passed = {mapping.get(each, each) for each in passed.passed(former, before, past)}
    missed = passed.passed(program, after, here) - was_passed
    were = passed.lines(former, before)
    for place, line in passed.lines(program, after).items():
        if (was := were.get(place)) is not None:
            missed |= line.owed - new_steps - {mapping.get(each, each) for each in was.behind | was.owed}
    found = {Obstacle(step, MOVED) for step in missed - new_steps} | _passed(former, program, missed & new_steps, past, mapping)
    found |= {Obstacle(step, AGAIN) for step in passed.again(former, program, before, after, here)}
    renamed = tuple(sorted(mapping.items()))
    for (old_number, _, _, old_rows), (number, _, _, rows) in zip(before.scopes, after.scopes, strict=True):
        old, new = former.scopes[old_number], program.scopes[number]
        found |= {Obstacle(join, JOIN) for join in changed_joins(old, new, positions(old, old_rows), positions(new, rows), renamed)}
    return tuple(sorted(found))


def _passed(former: Program, program: Program, missed: frozenset[str], past: Past, mapping: Mapping[str, str]) -> set[Obstacle]:
    """The new steps passed; or, where steps done have gone that could be all of these under other ids, those, for somebody to say."""
    gone = past.done & _steps(former) - _steps(program) - mapping.keys()
    fresh = _steps(program) - _steps(former) - set(mapping.values())
    new, old = _kinds(program), _kinds(former)
    wanted = {new[step] for step in missed}
    asked = {step for step in gone if old[step] in wanted}
    if any(sum(old[step] == kind for step in asked) < sum(new[step] == kind for step in missed) for kind in wanted):
        return {Obstacle(step, PASSED) for step in missed}
    return {Obstacle(step, DONE, tuple(sorted(each for each in fresh if new[each] == old[step]))) for step in asked}


@functools.lru_cache(maxsize=64)
def _kinds(program: Program) -> Mapping[str, tuple[str, type]]:
    """Each step with the scope it stands in, and what it is."""
    return {element.node.id: (scope.name, type(element)) for scope in program.scopes for element in scope.elements
            if isinstance(element, ActivitySpec) and element.loop is None}


@functools.lru_cache(maxsize=64)
def _steps(program: Program) -> frozenset[str]:
    return frozenset(element.node.id for scope in program.scopes for element in scope.elements if isinstance(element, ActivitySpec))
