"""The way back to a step that was done: what stood beside it then, what would be over now, and the going back itself.

A way back needs no reasoning about the diagram. When the step was done, certain tokens stood beside it in its scope; those tokens with
the step waiting again are a standing that this very run has had, so every join that could end then can end again. Hence the one rule:
there is a way back as long as all that stood beside the step stands there still. Where something of it has moved on, taking only the
step back would leave a join with a token too many or too few, and taking the rest back too would undo other people's work.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import Any

from engine import errors
from engine.spiff.activities import HumanSpec
from engine.spiff.build import Program, ScopeSpec
from engine.spiff.codec import State
from engine.spiff.elements import ElementSpec
from engine.spiff.event_sub_processes import EventSubProcessSpec
from engine.spiff.tokens import Token
from engine.spiff.workflow import InstanceWorkflow


@dataclass(frozen=True)
class Place:
    """Where a step stood: inside which activity (the number of its token, 0 for none), and the tokens that stood beside it."""

    element_id: str
    host: int
    beside: frozenset[int]


@dataclass(frozen=True)
class Over:
    """What a way back ends, by number: the tokens in the scope of the step, and people's steps that wait among or inside them."""

    tokens: frozenset[int]
    steps: frozenset[int]


def place_of(program: Program, state: State, token_id: str) -> Place | None:
    """Where the step under this token stands; None for one that nobody can be led back to: no person's, or one turn of a loop."""
    number = int(token_id.rpartition(".")[2])
    for scope, host, _, rows in state.scopes:
        for token, element, parent, *_ in rows:
            if token == number:
                spec = program.scopes[scope].elements[element]
                beside = frozenset(_flowing(program.scopes[scope], rows)) - {number}
                return Place(spec.node.id, host, beside) if _is_step(spec) and not parent else None
    return None


def over(program: Program, state: State, place: Place) -> Over | None:
    """What would be over if the step at this place began again now; None where there is no way back."""
    for scope, host, _, rows in state.scopes:
        if host == place.host:
            spec = program.scopes[scope].by_id.get(place.element_id)
            flowing = _flowing(program.scopes[scope], rows)
            gone = flowing.keys() - place.beside
            has_moved_on = bool(gone) and all(flowing[each] is not spec for each in gone)
            if spec is None or not _is_step(spec) or not place.beside <= flowing.keys() or not has_moved_on:
                return None
            return Over(frozenset(gone), frozenset(_steps_within(program, state, gone)))
    return None


def go_back(top: InstanceWorkflow, begin: str, end: Set[int]) -> None:
    """End these tokens, which stand in one scope, and let the step of that id begin in it.

    Raises:
        UnknownElement: a token stands no longer, not all stand in one scope, or no step of a person has that id there.
    """
    tokens: list[Token] = [top.tokens[each] for each in sorted(end) if each in top.tokens]
    workflow = tokens[0].workflow if tokens else None
    spec = workflow.spec.by_id.get(begin) if workflow is not None else None
    if len(tokens) != len(end) or any(token.workflow is not workflow for token in tokens) or spec is None or not _is_step(spec):
        raise errors.UnknownElement(element=begin)
    for token in tokens:
        top.cancel_token(token)     # does not complete its scope: the step stands there next
    top.place(workflow, spec)       # type: ignore[arg-type]


def _steps_within(program: Program, state: State, tokens: Set[int]) -> set[int]:
    inside, found = set(tokens), set()
    for scope, host, _, rows in state.scopes:      # outer scopes first, and hosts before what they host
        for token, element, parent, *_ in rows:
            if parent in inside or host in inside:
                inside.add(token)
            if token in inside and isinstance(program.scopes[scope].elements[element], HumanSpec):
                found.add(token)
    return found


def _flowing(scope: ScopeSpec, rows: tuple[Any, ...]) -> dict[int, ElementSpec]:
    """The tokens of a scope that flows brought there. What waits on an edge goes with its activity; event sub-processes, waiting or
    running, come and go beside the flow."""
    return {token: spec for token, element, parent, *_ in rows
            if not parent and not (spec := scope.elements[element]).only_listens and not isinstance(spec, EventSubProcessSpec)}


def _is_step(spec: ElementSpec) -> bool:
    return isinstance(spec, HumanSpec) and spec.loop is None
