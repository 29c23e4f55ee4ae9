"""A state of one program, re-expressed for another: each token where its element now is, or the reasons why it has no place there.

Nothing runs here and nothing is guessed: an element is the same when its id, its scope and its kind are the same, or when somebody
said which one takes its place. What a token keeps (claims, dues, loop counters, variables) it keeps as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine import errors
from engine.spiff.activities import OperationSpec, SubProcessSpec
from engine.spiff.build import Program, ScopeSpec
from engine.spiff.codec import State
from engine.spiff.elements import ElementSpec
from engine.spiff.events import BoundarySpec, EventGatewaySpec
from engine.spiff.joins import InclusiveSpec, ParallelSpec
from engine.spiff.loops import LoopSpec, MultiInstanceSpec
from engine.spiff.tokens import STARTED, WAITING

#: The words for what keeps a token from moving. The first three a mapping may resolve.
REMOVED, KIND, LOOP = "element-removed", "kind-changed", "loop-changed"
SCOPE, CALLED, OPERATION, EVENT, GATEWAY, FLOW = (
    "scope-removed", "called-process-changed", "operation-waits", "event-changed", "gateway-changed", "flow-removed")


@dataclass(frozen=True, order=True)
class Obstacle:
    """Why a token of `element_id` has no place in the other program, in a word; `choices` are elements that could take it."""

    element_id: str
    reason: str
    choices: tuple[str, ...] = ()


class CannotMove(errors.EngineError):
    """This instance has no place in that version; `obstacles` say where and why."""

    code = "cannot-migrate"
    indonesian = "Kasus ini tidak dapat dipindahkan ke versi itu."

    def __init__(self, obstacles: tuple[Obstacle, ...], **details: object) -> None:
        super().__init__(**details)
        self.obstacles = obstacles


def moved(former: Program, program: Program, state: State, mapping: Mapping[str, str]) -> State:
    """`state` of `former` as one of `program`. `mapping` says which element takes the place of which, by id, within one scope.

    Edges and event sub-processes that are no longer drawn, or wait for another kind of event, lose their tokens; new ones get none here.

    Raises:
        CannotMove: with every obstacle, not only the first.
        StateCorrupt: the state is not one of `former`.
    """
    if state.fingerprint != former.fingerprint:
        raise errors.StateCorrupt(problem="another-program")
    mover = _Mover(former, program, state, mapping)
    scopes = tuple(mover.scopes())
    if mover.obstacles:
        raise CannotMove(tuple(sorted(mover.obstacles)))
    return replace(state, fingerprint=program.fingerprint, scopes=scopes)


class _Mover:

    def __init__(self, former: Program, program: Program, state: State, mapping: Mapping[str, str]) -> None:
        self._former, self._state, self._mapping = former, state, mapping
        self._by_name = {scope.name: scope for scope in program.scopes}
        self._hosts: dict[int, ElementSpec] = {}   # token number -> where it stands now
        self.obstacles: set[Obstacle] = set()

    def scopes(self) -> Iterator[Any]:
        for number, host, variables, rows in self._state.scopes:
            old = self._former.scopes[number]
            new = self._scope(old, host)
            if new is not None:
                yield new.number, host, variables, tuple(self._rows(old, new, rows))

    def _scope(self, old: ScopeSpec, host: int) -> ScopeSpec | None:
        if not host:
            if (found := self._by_name.get(old.name)) is None:
                self.obstacles.add(Obstacle(old.process_id, SCOPE))
            return found
        around = self._hosts.get(host)     # None: what is around it has no place itself, and is named already
        inside = getattr(around, "inner", None) if around is not None else None
        if around is not None and (inside is None or not _is_same_scope(old, inside)):
            self.obstacles.add(Obstacle(around.node.id, CALLED))
            return None
        return inside

    def _rows(self, old: ScopeSpec, new: ScopeSpec, rows: tuple[Any, ...]) -> Iterator[Any]:
        gone: set[int] = set()
        for number, element, parent, token_state, via, kept in rows:
            spec = old.elements[element]
            if parent in gone or (_is_beside(spec) and self._beside(spec, new) is None):
                gone.add(number)
                continue
            place = self._place(spec, new, token_state)
            if place is None:
                gone.add(number)
                continue
            self._hosts[number] = place
            yield number, place.number, parent, token_state, self._via(spec, place, token_state, via), kept

    def _beside(self, spec: ElementSpec, new: ScopeSpec) -> ElementSpec | None:
        found = _named(new, spec.name)
        if found is None or type(found) is not type(spec) or _events(spec, found, WAITING):
            return None
        host = spec.node.attached_to or ""
        return found if (found.node.attached_to or "") == self._mapping.get(host, host) else None

    def _place(self, spec: ElementSpec, new: ScopeSpec, token_state: int) -> ElementSpec | None:
        wanted = self._mapping.get(spec.node.id, spec.node.id)
        found = _named(new, f"{spec.name.partition(':')[0]}:{wanted}")
        if found is None:
            reason: str | None = LOOP if any(each.node.id == wanted for each in new.elements) else REMOVED
        elif type(found) is not type(spec):
            reason = KIND
        else:
            reason = next((reason for differs, reason in _DIFFERENCES if differs(spec, found, token_state)), None)
        if reason is None:
            return found
        self.obstacles.add(Obstacle(spec.node.id, reason, _alike(spec, new) if reason in (REMOVED, KIND) else ()))
        return None

    def _via(self, spec: ElementSpec, place: ElementSpec, token_state: int, via: int) -> int:
        came = {flow: (self._mapping.get(source, source), nth) for (source, nth), flow in ways(spec).items()}
        now = ways(place)
        fresh = [flow for way, flow in now.items() if way not in came.values()]
        # Where only one flow leads here from elsewhere than before, it is the one that did.
        only = fresh[0] if len(fresh) == 1 and len(now) == len(came) else -1
        found = now.get(came[via], only) if via in came else -1
        if found < 0 and token_state == WAITING and isinstance(spec, ParallelSpec | InclusiveSpec):
            self.obstacles.add(Obstacle(spec.node.id, FLOW))
        return found


def _named(scope: ScopeSpec, name: str) -> ElementSpec | None:
    return next((each for each in scope.elements if each.name == name), None)


def ways(element: ElementSpec) -> dict[tuple[str, int], int]:
    """Each flow that leads here: from which element, the how many-th from there, and its number. Ids of flows change when somebody
    draws an arrow anew, which changes nothing."""
    found: dict[tuple[str, int], int] = {}
    for flow in element.incoming:
        source = flow.source.node.id
        found[source, sum(1 for before, _ in found if before == source)] = flow.number
    return found


def _alike(spec: ElementSpec, new: ScopeSpec) -> tuple[str, ...]:
    """New elements of the same kind: any of them may be what this one has become."""
    known = {each.name for each in spec.scope.elements}
    return tuple(sorted(each.node.id for each in new.elements if type(each) is type(spec) and each.name not in known))


def _is_beside(spec: ElementSpec) -> bool:
    return isinstance(spec, BoundarySpec) or spec.only_listens


def _is_same_scope(old: ScopeSpec, new: ScopeSpec) -> bool:
    """A called process is the same by its id; an inside goes with the element it is inside of, whatever that is called now."""
    return old.is_embedded == new.is_embedded and (old.is_embedded or old.name == new.name)


# --- what makes two elements of one id and kind too different for a token to pass ---------------------------------------


def _loops(old: ElementSpec, new: ElementSpec, _: int) -> bool:
    if not isinstance(old, LoopSpec) or not isinstance(new, LoopSpec):
        return False
    if type(old.body) is not type(new.body) or old.returned != new.returned:
        return True
    return isinstance(old, MultiInstanceSpec) and isinstance(new, MultiInstanceSpec) and (
        old.is_sequential != new.is_sequential or old.item != new.item)


def _operations(old: ElementSpec, new: ElementSpec, state: int) -> bool:
    return isinstance(old, OperationSpec) and state == STARTED and old.node.operation != new.node.operation


def _calls(old: ElementSpec, new: ElementSpec, _: int) -> bool:
    return isinstance(old, SubProcessSpec) and isinstance(new, SubProcessSpec) and not _is_same_scope(old.inner, new.inner)


def _events(old: ElementSpec, new: ElementSpec, _: int) -> bool:
    return old.listener is not None and new.listener is not None and old.listener.kind is not new.listener.kind


def _gates(old: ElementSpec, new: ElementSpec, state: int) -> bool:
    if state != STARTED or not isinstance(old, EventGatewaySpec):
        return False
    return [flow.target.name for flow in old.outgoing] != [flow.target.name for flow in new.outgoing]


_DIFFERENCES: tuple[tuple[Callable[[ElementSpec, ElementSpec, int], bool], str], ...] = (
    (_loops, LOOP), (_operations, OPERATION), (_calls, CALLED), (_events, EVENT), (_gates, GATEWAY))
