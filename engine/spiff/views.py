"""What an instance looks like from outside: what waits in it, and the meaning its state digest is taken over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.model import EventKind
from engine.spiff import scopes
from engine.spiff.activities import HumanSpec, OperationSpec
from engine.spiff.events import BoundarySpec
from engine.spiff.loops import LoopSpec, MultiInstanceSpec
from engine.spiff.tokens import READY, STARTED, WAITING, Token
from engine.spiff.workflow import InstanceWorkflow
from engine.transition import Incident, OpenTask, ParkedOperation, Subscription, View, WaitingTimer
from engine.types import Value


def view(top: InstanceWorkflow) -> View:
    """Everything that waits, in a stable order."""
    tasks: list[OpenTask] = []
    timers: list[WaitingTimer] = []
    operations: list[ParkedOperation] = []
    subscriptions: list[Subscription] = []
    incidents: list[Incident] = []
    elements: list[str] = []
    standards = _standards(top)
    for token in top.all_tokens():
        spec = token.task_spec
        token_id = top.token_id(token)
        if holds_token(token):
            elements.append(spec.node.id)
        if "incident" in token.internal_data:
            code, expression = token.internal_data["incident"]
            incidents.append(Incident(token_id=token_id, element_id=spec.node.id, code=code, expression=expression))
        elif isinstance(spec, HumanSpec) and token._state == READY:
            tasks.append(_task(top, token, token_id, _over(top, token, standards)))
        elif isinstance(spec, OperationSpec) and token._state == STARTED:
            operations.append(spec.parked(token, token_id))
        elif token._state == WAITING and spec.listener is not None:
            if (timer := _timer(top, token, token_id)) is not None:
                timers.append(timer)
            elif spec.listener.kind in (EventKind.MESSAGE, EventKind.SIGNAL):
                subscriptions.append(Subscription(
                    token_id=token_id, element_id=spec.node.id, kind=spec.listener.kind.value, name=spec.listener.name,
                    keys=scopes.copied(token.internal_data.get("keys", {})), item=_item(top, token.host or token)[1]))
    return View(tasks=_ordered(tasks), timers=_ordered(timers), operations=_ordered(operations),
                subscriptions=_ordered(subscriptions), incidents=_ordered(incidents),
                variables=scopes.copied(top.data), open_elements=tuple(sorted(elements)))


def meaning(top: InstanceWorkflow, seen: View) -> dict[str, Any]:
    """The instance as values only: what it means, whatever library runs it."""
    header = top.header
    said: dict[str, Any] = {
        "process": top.spec.process_id, "variables": seen.variables,
        "elements": [[t.task_spec.node.id, top.token_id(t)] for t in top.all_tokens() if holds_token(t)],
        "tasks": [[t.token_id, t.ready_at, t.due_at] for t in seen.tasks],
        "timers": [[t.token_id, t.element_id, t.due_at] for t in seen.timers],
        "operations": [[o.token_id, o.name, dict(o.arguments)] for o in seen.operations],
        "subscriptions": [[s.token_id, s.element_id, s.kind, s.name, dict(s.keys)] for s in seen.subscriptions],
        "incidents": [[i.token_id, i.code] for i in seen.incidents],
        "scopes": [[f"{header['instance']}.{host}", scopes.copied(s.data)] for host, s in top.subprocesses.items()],
        "locals": [[top.token_id(t), scopes.copied(t.internal_data[scopes.LOCAL])] for t in top.all_tokens()
                   if scopes.LOCAL in t.internal_data],
        "loops": [[top.token_id(t), *_counts(t)] for t in top.all_tokens() if "done" in t.internal_data],
    }
    for name in ("calendar", "parameters", "risk", "suspended", "outcome", "status"):
        said[name] = header.get(name)
    return said


def holds_token(token: Token) -> bool:
    """Whether it is a token of the diagram: not an event that merely listens, nor the frame round loop instances."""
    spec = token.task_spec
    if "incident" in token.internal_data:
        return True
    if isinstance(spec, LoopSpec) or spec.only_listens:
        return False
    return token.host is None or spec.loop is not None


def _counts(token: Token) -> list[Value]:
    data = token.internal_data
    if isinstance(token.task_spec, MultiInstanceSpec):
        return [data["count"], data["done"], {str(k): scopes.copied(v) for k, v in sorted(data["results"].items())}]
    return [data["done"]]


def _standards(top: InstanceWorkflow) -> dict[int, list[Token]]:
    """The non-interrupting edge timers that stand for a time standard, by the token of their activity."""
    found: dict[int, list[Token]] = {}
    for token in top.all_tokens():
        spec = token.task_spec
        if isinstance(spec, BoundarySpec) and not spec.interrupts and token._parent is not None \
                and spec.node.standard is not None and "incident" not in token.internal_data:
            found.setdefault(token._parent, []).append(token)
    return found


def _over(top: InstanceWorkflow, token: Token, standards: Mapping[int, list[Token]]) -> list[Token]:
    """The edge timers a task stands under: its own and those of the sub-processes and call activities around it."""
    found = list(standards.get(token._parent or token.id, ()))
    workflow = token.workflow
    while workflow is not top:
        host = workflow.host_token
        found += standards.get(host._parent or host.id, ())
        workflow = host.workflow
    return found


def _task(top: InstanceWorkflow, token: Token, token_id: str, edges: Iterable[Token]) -> OpenTask:
    """An open task with the standard that is due first; instances of a loop share those of their loop."""
    item_name, item = _item(top, token)
    due: dict[str, Any] = {}
    for edge in edges:
        listener, at = edge.task_spec.listener, edge.internal_data.get("due")
        standard = listener.timer.standard(edge) if listener is not None and listener.timer is not None else None
        if standard is not None and (not due or (at is not None and (due["due_at"] is None or at < due["due_at"]))):
            due = {"standard": standard, "due_at": at, "warn_at": edge.internal_data.get("warn"),
                   "standard_from": edge.internal_data.get("start")}
    return OpenTask(token_id=token_id, element_id=token.task_spec.node.id, ready_at=token.internal_data["ready_at"],
                    item=item, item_name=item_name, **due)


def _item(top: InstanceWorkflow, token: Token) -> tuple[str | None, Value]:
    """The item of the nearest loop instance round a task or waiting event, as far out as it may read: through a call only where the called
    process was handed a variable of the item's name."""
    current = token
    handed: frozenset[str] | None = None
    while True:
        loop = current.task_spec.loop
        if isinstance(loop, MultiInstanceSpec) and loop.item:
            if handed is not None and loop.item not in handed:
                return None, None
            return loop.item, scopes.copied(current.internal_data[scopes.LOCAL].get(loop.item))
        workflow = current.workflow
        if workflow is top:
            return None, None
        current = workflow.host_token
        if not workflow.spec.is_embedded and current.task_spec.loop is None:
            handed = frozenset(workflow.data) if handed is None else handed & workflow.data.keys()


def _timer(top: InstanceWorkflow, token: Token, token_id: str) -> WaitingTimer | None:
    listener, due = token.task_spec.listener, token.internal_data.get("due")
    if listener is None or listener.timer is None or due is None or "fired" in token.internal_data:
        return None
    if top.header.get("suspended") is not None and listener.timer.is_working:
        return None
    host = token.host if isinstance(token.task_spec, BoundarySpec) else None
    return WaitingTimer(token_id=token_id, element_id=token.task_spec.node.id, due_at=due,
                        attached_to=None if host is None else top.token_id(host), standard=listener.timer.standard(token),
                        repeats=listener.timer.repeats)


def _ordered(found: Iterable[Any]) -> tuple[Any, ...]:
    # The tokens came oldest first and sorting is stable: by element, then by age.
    return tuple(sorted(found, key=lambda item: item.element_id))
