"""A running instance: the scopes that hold tokens, and the loop that moves them until only the outside world can."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

from engine import errors
from engine.spiff.expressions import Unusable
from engine.spiff.tokens import COMPLETED, FUTURE, READY, STARTED, WAITING, Token
from engine.transition import Thrown
from engine.types import Happening, Value

if TYPE_CHECKING:
    from engine.spiff.build import Program, ScopeSpec
    from engine.spiff.elements import ElementSpec

MAX_STEPS = 2_000   # design.md 8: automatic steps of one stimulus
MAX_DEPTH = 60      # scopes inside scopes
MAX_CALLS = 20      # called processes inside called processes


def _is_alive(workflow: ScopeWorkflow | InstanceWorkflow) -> bool:
    """Whether anything but waiting event sub-processes stands in a scope."""
    if not workflow.spec.event_starts:
        return bool(workflow.tasks)
    return any(not token.task_spec.only_listens for token in workflow.tasks.values())


class _NoScripts:
    """Stands where Spiff keeps its Python evaluator: nothing here evaluates Python."""


_NO_SCRIPTS = _NoScripts()


class ScopeWorkflow(BpmnSubWorkflow):  # type: ignore[misc]
    """A sub-process or called process that runs; `data` holds its variables."""

    spec: ScopeSpec
    tasks: dict[int, Token]
    top_workflow: InstanceWorkflow
    data: dict[str, Value]

    def __init__(self, spec: ScopeSpec, host: int, top: InstanceWorkflow) -> None:
        super().__init__(spec, host, top, deserializing=True)
        self.task_tree = None
        top.subprocesses[host] = self

    def _calculate_depth(self) -> int:
        parent = self.top_workflow.tokens[self.parent_task_id].workflow
        self.call_depth: int = parent.call_depth
        return int(parent.depth) + 1

    @property
    def process_spec(self) -> ScopeSpec:
        """The process this scope is part of."""
        return self.spec.process

    @property
    def host_token(self) -> Token:
        """The activity whose inside this is."""
        return self.top_workflow.tokens[self.parent_task_id]


class InstanceWorkflow(BpmnWorkflow):  # type: ignore[misc]
    """One process instance during one stimulus. `now` is the only clock there is."""

    spec: ScopeSpec
    tasks: dict[int, Token]
    subprocesses: dict[int, ScopeWorkflow]
    data: dict[str, Value]
    call_depth = 0

    def __init__(self, program: Program, spec: ScopeSpec, header: dict[str, Any], now: datetime,
                 tables: Mapping[str, Any]) -> None:
        self.tokens: dict[int, Token] = {}
        super().__init__(spec, {}, script_engine=_NO_SCRIPTS, deserializing=True)
        self.task_tree = None
        self.program = program
        self.header = header
        self.now = now
        self.tables = tables
        self.trace: list[tuple[str, str, Happening]] = []
        self.thrown: list[Thrown] = []
        self.is_dirty = False
        self._work: deque[Token] = deque()
        self._last: deque[Token] = deque()
        self._ended: deque[tuple[Token, ScopeWorkflow]] = deque()
        self._steps = 0

    @property
    def process_spec(self) -> ScopeSpec:
        """The process that was started."""
        return self.spec

    @property
    def surroundings(self) -> dict[str, Value]:
        """What every scope may read last: the agency's parameters and the case's risk."""
        parameters = self.tables.get(self.header.get("parameters") or "")
        return {"parameters": parameters if isinstance(parameters, Mapping) else None,
                "risk": self.header.get("risk") or None}

    # --- tokens ---------------------------------------------------------------------------------------------------

    def place(self, workflow: ScopeWorkflow | InstanceWorkflow, spec: ElementSpec, *, host: Token | None = None,
              via: int = -1, state: int = FUTURE) -> Token:
        """A new token at `spec`; the settle loop looks at it unless it waits."""
        number = self.header["tokens"] = self.header["tokens"] + 1
        token = Token(workflow, spec, number, host=None if host is None else host.id, via=via, state=state)
        if state != WAITING:
            self._work.append(token)
        return token

    def begin(self, workflow: ScopeWorkflow | InstanceWorkflow, starts: list[ElementSpec]) -> None:
        """Let the event sub-processes of a new scope wait, and put tokens where it starts."""
        if self.listen(workflow):
            for spec in starts:
                self.place(workflow, spec)

    def listen(self, workflow: ScopeWorkflow | InstanceWorkflow) -> bool:
        """Let the event sub-processes of a scope wait; false when a condition that holds already has interrupted the scope."""
        for spec in workflow.spec.event_starts:
            token = self.place(workflow, spec, state=WAITING)
            self.attempt(token, spec.listen, token)
            if not token.is_open:
                return False
        return True

    def schedule(self, token: Token) -> None:
        """Have the settle loop look at a token."""
        self._work.append(token)

    def drop(self, token: Token) -> None:
        """Take a token off the board; the scope it empties is done."""
        workflow = token.workflow
        del workflow.tasks[token.id]
        del self.tokens[token.id]
        if workflow.completed or _is_alive(workflow):
            return
        self.cancel_scope(workflow)
        if workflow is not self:
            # Closed by the settle loop, not here: sixty scopes that end together must not be sixty calls deep.
            self._ended.append((workflow.host_token, workflow))
            del self.subprocesses[workflow.parent_task_id]

    def cancel_token(self, token: Token) -> None:
        """Cancel a token with everything that lives with it or inside it. It does not complete its scope."""
        for child in token.children:
            self.cancel_token(child)
        inner = self.subprocesses.pop(token.id, None)
        if inner is not None:
            self.cancel_scope(inner)
        if token.task_spec.shows_cancel(token):
            self.record(token, Happening.CANCELLED)
        del token.workflow.tasks[token.id]
        del self.tokens[token.id]

    def cancel_scope(self, workflow: ScopeWorkflow | InstanceWorkflow) -> None:
        """Cancel every token of a scope: it is over."""
        workflow.completed = True
        self.cancel_inside(workflow)

    def cancel_inside(self, workflow: ScopeWorkflow | InstanceWorkflow) -> None:
        """Cancel every token of a scope that goes on with another one."""
        for token in list(workflow.tasks.values()):
            if token.is_open:
                self.cancel_token(token)

    def token_id(self, token: Token) -> str:
        """The token's name outside: the instance's id and the token's number, so replays give the same."""
        return f"{self.header['instance']}.{token.id}"

    def all_tokens(self) -> Iterator[Token]:
        """Every token that is alive, oldest first."""
        return iter(sorted(self.tokens.values(), key=lambda token: int(token.id)))

    # --- running --------------------------------------------------------------------------------------------------

    def record(self, token: Token, happened: Happening) -> None:
        """Write what happened to an element of the file into the trace."""
        node = token.task_spec.node
        self.trace.append((node.id, node.type, happened))

    def settle(self) -> None:
        """Move tokens until each waits for a person, an event, an operation or a decision about an incident."""
        while True:
            if self._ended:
                host, workflow = self._ended.popleft()
                if host.is_open:
                    self.attempt(host, host.task_spec.inside_done, host, workflow)
            elif self.is_dirty:
                self._look_again()
            elif self._work:
                token = self._work.popleft()
                if not token.is_open:
                    continue
                if token._state == READY and token.task_spec.goes_last:
                    self._last.append(token)
                else:
                    self._step(token)
            elif self._last:
                token = self._last.popleft()
                if token.is_open:
                    self._step(token)
            elif not self._join_inclusively():
                return

    def attempt(self, token: Token, act: Any, *arguments: Any) -> None:
        """Run `act`; what it cannot use parks the token as an incident at the point it had reached."""
        state = token._state
        try:
            act(*arguments)
        except Unusable as problem:
            if not token.is_open:
                raise errors.EngineError(element=token.task_spec.node.id, problem=problem.code) from None
            token.note(incident=[problem.code, problem.expression], parked_at=token._state or state)
            token._set_state(WAITING)
            self.record(token, Happening.FAILED)

    def resume(self, token: Token) -> None:
        """Try a parked token again from where it was parked."""
        state = token.internal_data["parked_at"]
        token.note(incident=None, parked_at=None)
        token._set_state(state)
        if state == WAITING:
            self.attempt(token, token.task_spec.rearm, token)
        elif state == STARTED:   # what its called process returns could not be worked out
            self.attempt(token, token.complete)
        else:
            self.schedule(token)

    def count_step(self, token: Token) -> None:
        """One more element has completed; too many of them without anybody outside is a runaway."""
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise errors.RunawayProcess(element=token.task_spec.node.id)

    def _step(self, token: Token) -> None:
        spec = token.task_spec
        if token._state == FUTURE:
            self.attempt(token, spec._update, token)
        elif token._state == READY:
            self.attempt(token, token.run)
        elif token._state == COMPLETED:
            self.attempt(token, spec.leave, token)

    def _look_again(self) -> None:
        """Variables changed: conditional events and start instants that were still unknown are looked at again."""
        self.is_dirty = False
        if not self.program.watches:
            return
        for token in self.all_tokens():
            if token.is_open and token._state == WAITING and "incident" not in token.internal_data \
                    and token.task_spec.watches:
                self.attempt(token, token.task_spec.look_again, token)

    def _join_inclusively(self) -> bool:
        if not self.program.joins_inclusively:
            return False
        for token in self.all_tokens():
            if token._state == WAITING and token.task_spec.joins_inclusively and "incident" not in token.internal_data \
                    and token.task_spec.try_join(token):
                token._ready()
                return True
        return False
