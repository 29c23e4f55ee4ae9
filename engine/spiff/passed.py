"""What a case has done, laid over a drawing: steps whose place it has passed without doing them, and steps it would do a second time.

A step was passed when what the case did would by this drawing have brought it there, or could only have been come to through it, and
nothing ahead makes sure that it still comes. That a way may lead back to the step is no promise, and conditions are not looked at: what
may be skipped is not promised either, nor is it owed by a case that went another way.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.model import EventKind
from engine.spiff.activities import ActivitySpec, SubProcessSpec
from engine.spiff.build import Program, ScopeSpec
from engine.spiff.codec import State
from engine.spiff.elements import ElementSpec, ExclusiveSpec
from engine.spiff.event_sub_processes import EventStartSpec
from engine.spiff.events import BoundarySpec, EventGatewaySpec
from engine.spiff.joins import InclusiveSpec
from engine.spiff.loops import LoopSpec, MultiInstanceSpec
from engine.types import Happening

Elements = frozenset[ElementSpec]
_CHOOSES = ExclusiveSpec | InclusiveSpec | EventGatewaySpec
_CUTS = frozenset({EventKind.TERMINATE, EventKind.ERROR, EventKind.CANCEL})


@dataclass(frozen=True)
class Past:
    """The ids of the elements a case has come to, and of those it has done, in whatever round of a loop and for whichever of several."""

    entered: frozenset[str]
    done: frozenset[str]

    @classmethod
    def of(cls, happened: Iterable[tuple[str, str]]) -> Past:
        """From its trace: each element with what happened to it."""
        pairs = set(happened)
        done = frozenset(element for element, what in pairs if what in (Happening.COMPLETED, Happening.CAUGHT))
        return cls(done | {element for element, what in pairs if what == Happening.ENTERED}, done)

    def without(self, ids: Collection[str]) -> Past:
        """The same as if these had been nothing."""
        return Past(self.entered.difference(ids), self.done.difference(ids))

    def renamed(self, places: Mapping[str, str]) -> Past:
        """The same where some elements have another's place."""
        return Past(*(frozenset(places.get(each, each) for each in ids) for ids in (self.entered, self.done)))


def positions(scope: ScopeSpec, rows: Iterable[tuple[int, int, int, int, int, object]]) -> Elements:
    """Where tokens of the flow stand: neither edges nor loop instances nor what only listens."""
    standing = (scope.elements[element] for _, element, parent, *_ in rows if not parent)
    return frozenset(element for element in standing if not element.only_listens)


def passed(program: Program, state: State, past: Past) -> frozenset[str]:
    """The steps of a drawing that a case standing there with this past has gone by and need not come to any more. Where several runs of
    one inside go on at once, each has to come to them itself."""
    live = {program.scopes[number] for number, *_ in state.scopes}
    hosts = _hosts(program)
    cut = {scope for scope in program.scopes if _is_cut(scope, hosts.get(scope, []), past, is_live=scope in live)}
    ahead = frozenset(_ahead(program, state))
    found: set[str] = set()
    for scope in program.scopes:
        done = [element for element in scope.elements if element.node.id in past.done and _flows(element)]
        found |= _missed(_owed(scope, done, is_cut=scope in cut), past) - ahead
    for number, _, _, rows in state.scopes:
        scope = program.scopes[number]
        at = positions(scope, rows)
        found |= _missed(_owed(scope, at, is_cut=scope in cut), past) - frozenset(_ahead_in(scope, at))
        for inside in _through(scope, rows):
            found |= _missed(_certain(inside), past) if inside not in cut else set()
    return frozenset(found)


@dataclass(frozen=True)
class Line:
    """One of several runs of an inside: what it went through, as its standing says, and what is wanted of it beyond what is ahead."""

    behind: frozenset[str]
    owed: frozenset[str]


def lines(program: Program, state: State) -> dict[int, Line]:
    """By their places among the scopes of the state. What a case has done does not say which of several lines did it."""
    several = _of_several(program)
    found: dict[int, Line] = {}
    for place, (number, _, _, rows) in enumerate(state.scopes):
        scope = program.scopes[number]
        if scope in several:
            at = positions(scope, rows)
            behind = frozenset(each.node.id for each in at.union(*(_before(scope, each) for each in at)))
            owed = frozenset(step.node.id for step in _owed(scope, at, is_cut=False))
            found[place] = Line(behind, owed - frozenset(_ahead_in(scope, at)))
    return found


@functools.lru_cache(maxsize=64)
def _of_several(program: Program) -> frozenset[ScopeSpec]:
    """The insides of activities for each of several, and what lies in those."""
    several = [element for scope in program.scopes for element in scope.elements if isinstance(element, MultiInstanceSpec)]
    return frozenset().union(*(_scopes_within(inside) for element in several if (inside := _inside(element)) is not None))


def _owed(scope: ScopeSpec, were: Iterable[ElementSpec], *, is_cut: bool) -> Elements:
    """The steps that a run which was at these places has come to, or surely will."""
    return frozenset().union(*((_before(scope, each) & _steps(scope)) if is_cut else _owed_by(scope, each) for each in were))


def _missed(owed: Elements, past: Past) -> set[str]:
    return {step.node.id for step in owed if not _was_at(step, past)}


def _through(scope: ScopeSpec, rows: Iterable[tuple[int, int, int, int, int, Any]]) -> Iterator[ScopeSpec]:
    """The insides of activities for each of several that some of these have come to the end of."""
    for _, number, _, _, _, kept in rows:
        element = scope.elements[number]
        if isinstance(element, MultiInstanceSpec) and (kept or {}).get("done") and (inside := _inside(element)) is not None:
            yield inside


def again(former: Program, program: Program, before: State, after: State, past: Past) -> frozenset[str]:
    """The steps done that a case would surely do again, though nothing led back to them by its former drawing. `past` by the new ids."""
    could = frozenset(_possible(former, before))
    found: set[str] = set()
    for (old_number, *_), (number, _, _, rows) in zip(before.scopes, after.scopes, strict=True):
        new = program.scopes[number]
        at = positions(new, rows)
        sure = frozenset(_ahead_in(new, at)) - {place.node.id for place in at}
        found |= (sure & past.done & _ids_within(former.scopes[old_number])) - could
    return frozenset(found)


def _possible(program: Program, state: State) -> Iterator[str]:
    """The elements it may come to. What lies inside an activity that runs is told by where its inside stands, unless it may begin anew."""
    for number, _, _, rows in state.scopes:
        at = positions(program.scopes[number], rows)
        yield from (place.node.id for place in at)
        onward = reached([target for place in at for target in place.successors()])
        for element in onward.union(place for place in at if isinstance(place, LoopSpec)):
            yield from _ids_from(element)


def reached(origins: Collection[ElementSpec], *, without: Collection[ElementSpec] = ()) -> set[ElementSpec]:
    """What tokens at `origins` may come to, and the origins, when nothing passes `without`."""
    seen: set[ElementSpec] = set()
    queue = [origin for origin in origins if origin not in without]
    while queue:
        element = queue.pop()
        if element not in seen:
            seen.add(element)
            queue.extend(target for target in element.successors() if target not in without)
    return seen


def _ahead(program: Program, state: State) -> Iterator[str]:
    """The steps it surely comes to. What lies inside an activity that runs is told by where its inside stands."""
    for number, _, _, rows in state.scopes:
        scope = program.scopes[number]
        yield from _ahead_in(scope, positions(scope, rows))


def _ahead_in(scope: ScopeSpec, at: Elements) -> Iterator[str]:
    promised = _promises(scope)
    for place in at:
        for step in promised[place]:
            yield step.node.id
            if step not in at and (inside := _inside(step)) is not None:
                yield from (deeper.node.id for deeper in _certain(inside))


def _is_cut(scope: ScopeSpec, hosts: list[ElementSpec], past: Past, *, is_live: bool) -> bool:
    """Whether the scope ended, or its flow did, before it came to an end of its own: what lay ahead then is owed no more."""
    entered = {host.node.id for host in hosts} & past.entered
    if not is_live and entered and not entered & past.done:
        return True
    return any(element.node.id in past.done and (
                   (isinstance(element, EventStartSpec) and element.interrupts)
                   or (element.node.type == "endEvent" and any(event.kind in _CUTS for event in element.node.events)))
               for element in scope.elements)


def _hosts(program: Program) -> dict[ScopeSpec, list[ElementSpec]]:
    found: dict[ScopeSpec, list[ElementSpec]] = {}
    for scope in program.scopes:
        for element in scope.elements:
            if (inside := _inside(element)) is not None:
                found.setdefault(inside, []).append(element)
    return found


def _inside(element: ElementSpec) -> ScopeSpec | None:
    """What an activity holds, also one that is done for each of several."""
    held = element.body if isinstance(element, LoopSpec) else element
    return held.inner if isinstance(held, SubProcessSpec) else None


def _flows(element: ElementSpec) -> bool:
    return element.loop is None and not element.only_listens


def _was_at(step: ElementSpec, past: Past) -> bool:
    """Whether the case came to it, or did what it lies round: what was wrapped since, or goes by another id, was gone through."""
    inside = _inside(step)
    return step.node.id in past.entered or (inside is not None and not past.done.isdisjoint(_ids_within(inside)))


def _ids_from(element: ElementSpec) -> frozenset[str]:
    inside = _inside(element)
    return frozenset({element.node.id}) | (_ids_within(inside) if inside is not None else frozenset())


@functools.lru_cache(maxsize=1024)
def _ids_within(scope: ScopeSpec) -> frozenset[str]:
    return frozenset(element.node.id for each in _scopes_within(scope) for element in each.elements if isinstance(element, ActivitySpec))


def _scopes_within(scope: ScopeSpec) -> set[ScopeSpec]:
    """It and what lies in it, at any depth."""
    seen, waiting = {scope}, [scope]
    while waiting:
        inside = {found for element in waiting.pop().elements if (found := _inside(element)) is not None} - seen
        seen |= inside
        waiting += inside
    return seen


@functools.lru_cache(maxsize=1024)
def _steps(scope: ScopeSpec) -> Elements:
    return frozenset(element for element in scope.elements
                     if isinstance(element, ActivitySpec) and element.loop is None and not element.node.triggered_by_event)


@functools.lru_cache(maxsize=1024)
def _certain(scope: ScopeSpec, around: frozenset[ScopeSpec] = frozenset()) -> Elements:
    """The steps, at any depth, that every run of this scope comes to."""
    promised, starts = _promises(scope), _starts(scope)
    sure = frozenset.intersection(*(promised[start] for start in starts)) if starts else frozenset()
    deeper = [inside for step in sure if not any(edge.interrupts for edge in step.boundaries)
              and (inside := _inside(step)) is not None and inside not in around]
    return sure.union(*(_certain(inside, around | {scope}) for inside in deeper))


@functools.lru_cache(maxsize=16384)
def _owed_by(scope: ScopeSpec, element: ElementSpec) -> Elements:
    """The steps that any run has come to, or surely will, that has come here."""
    promised = _promises(scope)
    return promised[element].union(*(promised[earlier] for earlier in _before(scope, element)))


@functools.lru_cache(maxsize=16384)
def _before(scope: ScopeSpec, element: ElementSpec) -> Elements:
    """What any token here has gone through on its way from the start, this one left out."""
    starts = _starts(scope)
    if element not in reached(starts):
        return frozenset()
    return frozenset(each for each in scope.elements if each is not element and element not in reached(starts, without=[each]))


def _starts(scope: ScopeSpec) -> list[ElementSpec]:
    return [element for element in scope.elements if element.node.type == "startEvent" and not element.only_listens] or scope.starts()


@functools.lru_cache(maxsize=1024)
def _promises(scope: ScopeSpec) -> dict[ElementSpec, Elements]:
    """element -> which steps every run from there that ends has come to: the greatest fixed point, so that a way back promises what its
    way out does."""
    steps = _steps(scope)
    promised = dict.fromkeys(scope.elements, steps)
    changes = True
    while changes:
        changes = False
        for element in reversed(scope.elements):
            now = _promise_of(element, promised) | (steps & {element})
            if now != promised[element]:
                promised[element], changes = now, True
    return promised


def _promise_of(element: ElementSpec, promised: Mapping[ElementSpec, Elements]) -> Elements:
    sure = [promised[flow.target] for flow in element.outgoing if flow.condition is None and not flow.is_default]
    maybe = [promised[flow.target] for flow in element.outgoing if flow.condition is not None or flow.is_default]
    if isinstance(element, _CHOOSES):
        onward = _all_of([*sure, *maybe])
    elif sure:
        onward = frozenset().union(*sure)
    else:
        onward = _all_of(maybe or [promised[target] for target in element.successors() if not isinstance(target, BoundarySpec)])
    return _all_of([onward, *(promised[edge] for edge in element.boundaries if edge.interrupts)])


def _all_of(sets: list[Elements]) -> Elements:
    return frozenset.intersection(*sets) if sets else frozenset()
