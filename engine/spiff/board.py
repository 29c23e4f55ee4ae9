"""From a state's rows to live Spiff tasks and back. The state itself is never touched."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine import errors
from engine.spiff.build import Program
from engine.spiff.codec import State
from engine.spiff.tokens import Token
from engine.spiff.workflow import InstanceWorkflow, ScopeWorkflow


def new(program: Program, process_id: str, header: dict[str, Any], now: datetime,
        tables: Mapping[str, Any]) -> InstanceWorkflow:
    """An instance that has not begun."""
    return InstanceWorkflow(program, program.process(process_id), header, now, tables)


def opened(program: Program, state: State, now: datetime, tables: Mapping[str, Any]) -> InstanceWorkflow:
    """The instance as it stood, its tokens live again.

    Raises:
        StateCorrupt: the state belongs to another program.
    """
    if state.fingerprint != program.fingerprint:
        raise errors.StateCorrupt(problem="another-program")
    top: InstanceWorkflow | None = None
    for number, host, variables, rows in state.scopes:
        spec = program.scopes[number]
        workflow: InstanceWorkflow | ScopeWorkflow
        if top is None:
            workflow = top = InstanceWorkflow(program, spec, dict(state.header), now, tables)
        else:
            workflow = ScopeWorkflow(spec, host, top)
            workflow.call_depth += 0 if spec.is_embedded else 1
        workflow.data = dict(variables)
        for token_number, element, parent, token_state, via, kept in rows:
            token = Token(workflow, spec.elements[element], token_number, host=parent or None, via=via, state=token_state)
            if kept:
                token.internal_data = dict(kept)
    if top is None:
        raise errors.StateCorrupt(problem="empty")
    top.completed = not top.tasks
    return top


def closed(top: InstanceWorkflow) -> State:
    """The instance as rows."""
    scopes = [(top.spec.number, 0, top.data, _rows(top))]
    scopes += [(s.spec.number, host, s.data, _rows(s)) for host, s in top.subprocesses.items()]
    return State(top.program.fingerprint, top.header, tuple(scopes))


def _rows(workflow: InstanceWorkflow | ScopeWorkflow) -> tuple[Any, ...]:
    return tuple((t.id, t.task_spec.number, t._parent or 0, t._state, t.via, t.internal_data or None)
                 for t in workflow.tasks.values())
