"""How errors, escalations, signals, terminations and cancellations travel through scopes.

What is thrown looks for who catches it from inside outwards: the events on the edge of the activity, then the event
sub-processes of the scope the activity stands in, then the edge of that scope. An event sub-process never catches what is
thrown inside itself, so that its handling can pass the same error or escalation on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from engine.model import EventKind
from engine.spiff.expressions import Unusable
from engine.spiff.tokens import WAITING, Token
from engine.types import Happening, OutcomeKind, Value

if TYPE_CHECKING:
    from engine.spiff.workflow import InstanceWorkflow


def throw_error(token: Token, code: str) -> None:
    """Let the nearest event that matches catch an error; uncaught it ends the instance."""
    top = token.workflow.top_workflow
    for level in _outwards(token):
        catching = _matching(level, EventKind.ERROR, code)
        if catching:
            top.attempt(catching[0], catching[0].task_spec.trigger, catching[0], {})
            return
    top.cancel_scope(top)
    top.header.update(outcome=[OutcomeKind.ERROR.value, code])


def escalate(token: Token, code: str | None) -> None:
    """Let the nearest events that match catch an escalation; uncaught it is noted and the instance goes on."""
    top = token.workflow.top_workflow
    for level in _outwards(token):
        catching = _matching(level, EventKind.ESCALATION, code)
        if catching:
            for each in catching:
                if each.is_open:
                    top.attempt(each, each.task_spec.trigger, each, {})
            return
    if top.header.get("outcome") is None:
        top.header.update(outcome=[OutcomeKind.ESCALATION.value, code])


def broadcast(top: InstanceWorkflow, name: str, variables: Mapping[str, Value]) -> int:
    """Let everything in the instance that waits for a signal catch it; how many did."""
    caught = 0
    for token in listening(top, EventKind.SIGNAL, name):
        if token.is_open:
            caught += 1
            top.attempt(token, token.task_spec.trigger, token, variables)
    return caught


def listening(top: InstanceWorkflow, kind: EventKind, name: str) -> list[Token]:
    """The tokens that wait for a message or signal of this name."""
    return [t for t in top.all_tokens() if t._state == WAITING and "incident" not in t.internal_data
            and (listener := t.task_spec.listener) is not None and listener.kind is kind and listener.name == name]


def terminate(token: Token) -> None:
    """A terminate end event ends its own scope, and only that."""
    top = token.workflow.top_workflow
    for other in list(token.workflow.tasks.values()):
        if other is not token and other.is_open:
            top.cancel_token(other)


def cancel_transaction(token: Token) -> None:
    """A cancel end event ends the transaction it stands in; its cancel boundary event goes on."""
    top = token.workflow.top_workflow
    level = token
    while level.workflow.spec.is_embedded:
        level = level.workflow.host_token
        if level.task_spec.node.type == "transaction":
            outer = level if level.task_spec.loop is None else level.host
            edges = _matching(outer.children, EventKind.CANCEL, None) if outer is not None else []
            if edges:
                top.record(token, Happening.THROWN)
                top.record(token, Happening.COMPLETED)
                token.note(quiet=True)
                top.attempt(edges[0], edges[0].task_spec.trigger, edges[0], {})
                return
    raise Unusable("cancel-uncaught")


def _outwards(token: Token) -> Iterator[list[Token]]:
    """Who may catch what the token throws, nearest first: on its edge, on that of the loop it is an instance of, the event
    sub-processes of its scope, on the edge of the activity round the scope, and so on outwards."""
    current: Token | None = token
    while current is not None:
        yield current.children
        if current.host is not None:
            current = current.host
            continue
        yield [t for t in current.workflow.tasks.values() if t.task_spec.only_listens and t.task_spec.started is not current.task_spec]
        current = current.workflow.host_token if current.workflow is not token.workflow.top_workflow else None


def _matching(tokens: list[Token], kind: EventKind, code: str | None) -> list[Token]:
    """Those that catch this code, else those that catch every code."""
    found = [(t, t.task_spec.listener.code) for t in tokens
             if t.task_spec.listener is not None and t.task_spec.listener.kind is kind]
    return [t for t, catches in found if catches is not None and catches == code] \
        or [t for t, catches in found if catches is None]
