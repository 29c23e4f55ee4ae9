"""What begins to wait, or waits otherwise, when an instance goes on by another version: edges, event sub-processes, clocks."""

from __future__ import annotations

from engine.spiff.activities import ActivitySpec
from engine.spiff.events import BoundarySpec
from engine.spiff.tokens import WAITING, Token
from engine.spiff.workflow import InstanceWorkflow, ScopeWorkflow


def rearm(top: InstanceWorkflow, *, anew: bool) -> None:
    """Let what is newly drawn wait. With `anew` every clock whose drawn time differs is worked out again from when it began; without,
    only one that is now of another kind (a date, a duration, a cycle), since its old value means nothing to it."""
    for token in list(top.all_tokens()):
        listener = token.task_spec.listener
        if token.is_open and token._state == WAITING and listener is not None and "incident" not in token.internal_data:
            if listener.timer is not None and "value" in token.internal_data and listener.timer.differs(token, anew=anew):
                top.attempt(token, listener.timer.arm_again, token)
            elif listener.timer is None:
                top.attempt(token, listener.find_keys, token)
    for token in list(top.all_tokens()):
        if token.is_open and isinstance(token.task_spec, ActivitySpec) and "ready_at" in token.internal_data:
            _arm_new_edges(top, token)
    _listen_anew(top, top)
    for workflow in list(top.subprocesses.values()):
        _listen_anew(top, workflow)


def _arm_new_edges(top: InstanceWorkflow, token: Token) -> None:
    waiting = {child.task_spec.name for child in token.children if isinstance(child.task_spec, BoundarySpec)}
    for spec in token.task_spec.boundaries:
        if token.is_open and spec.name not in waiting:
            edge = top.place(token.workflow, spec, host=token, state=WAITING)
            top.attempt(edge, spec.arm, edge)
            if edge.is_open and spec.listener is not None and spec.listener.timer is not None and "incident" not in edge.internal_data:
                top.attempt(edge, spec.listener.timer.count_from, edge, token.internal_data["ready_at"])


def _listen_anew(top: InstanceWorkflow, workflow: InstanceWorkflow | ScopeWorkflow) -> None:
    waiting = {token.task_spec.name for token in workflow.tasks.values() if token.task_spec.only_listens}
    for spec in workflow.spec.event_starts:
        # An interrupting one that has run cancelled its listeners with the rest: nothing may start there any more.
        if spec.name not in waiting and not _was_interrupted(workflow):
            token = top.place(workflow, spec, state=WAITING)
            top.attempt(token, spec.listen, token)
            if not token.is_open:
                return


def _was_interrupted(workflow: InstanceWorkflow | ScopeWorkflow) -> bool:
    running = {id(token.task_spec) for token in workflow.tasks.values()}
    return any(id(spec.started) in running and spec.interrupts for spec in workflow.spec.event_starts)
