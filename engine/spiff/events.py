"""Events that wait and events that throw: timers, messages, signals, conditions, errors, escalations, cancellation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from engine.model import AGENCY, EventDefinition, EventKind, Node
from engine.spiff import faults, scopes
from engine.spiff.activities import ActivitySpec
from engine.spiff.elements import ElementSpec, compiled_arguments
from engine.spiff.expressions import Unusable, compiled
from engine.spiff.timers import Timer
from engine.spiff.tokens import COMPLETED, WAITING, Token
from engine.transition import Thrown
from engine.types import Happening, Value

if TYPE_CHECKING:
    from engine.spiff.build import ScopeSpec


class Listener:
    """What an element waits for: one event definition, made ready to listen."""

    def __init__(self, event: EventDefinition, node: Node) -> None:
        self.kind = event.kind
        self.name = event.name or ""
        self.code = event.code
        self.timer = Timer(event, node.standard) if event.kind is EventKind.TIMER else None
        self.condition = compiled(event.condition) if event.kind is EventKind.CONDITIONAL else None

    def listen(self, token: Token) -> bool:
        """Begin to wait; true when a condition holds already."""
        if self.timer is not None:
            self.timer.arm(token)
        self.find_keys(token)
        return self.turns_true(token)

    def find_keys(self, token: Token) -> None:
        """The correlation values a message must carry, as far as they are known; they follow the variables."""
        correlations = token.workflow.process_spec.correlations
        if self.kind is EventKind.MESSAGE and correlations:
            seen, now = scopes.around(token), token.workflow.top_workflow.now
            keys = {name: scopes.copied(value) for name, path in correlations.items()
                    if (value := path.evaluate(seen, now)) is not None}
            token.note(keys=keys or None)

    def turns_true(self, token: Token) -> bool:
        """Whether a condition has just become true. Null is "not yet": its variables may not be written so far."""
        if self.condition is None:
            return False
        answer = self.condition.evaluate(scopes.around(token), token.workflow.top_workflow.now)
        if answer is not None and not isinstance(answer, bool):
            raise Unusable("condition-not-boolean", self.condition.text)
        was = token.internal_data.get("held", False)
        token.note(held=answer is True or None)
        return answer is True and not was

    def watches(self, scope: ScopeSpec) -> bool:
        """Whether it must look again when variables change."""
        return (self.condition is not None or (self.timer is not None and self.timer.start_from is not None)
                or (self.kind is EventKind.MESSAGE and bool(scope.process.correlations)))


class ListeningSpec(ElementSpec):
    """An element whose token waits for an event."""

    def listen(self, token: Token) -> bool:
        """Begin to wait; true when it fired at once."""
        assert self.listener is not None
        if self.listener.listen(token):
            self.trigger(token, {})
            return True
        return False

    def look_again(self, token: Token) -> None:
        assert self.listener is not None
        if self.listener.timer is not None:
            self.listener.timer.find_start(token)
        elif self.listener.kind is EventKind.MESSAGE:
            self.listener.find_keys(token)
        elif self.listener.turns_true(token):
            self.trigger(token, {})

    def rearm(self, token: Token) -> None:
        self.listen(token)

    def received(self, token: Token, variables: Mapping[str, Value]) -> None:
        """Write what came: under the names the data associations give, else under its own."""
        if self.gives:
            seen = {**scopes.around(token), **variables}
            renamed = {m.source for m in self.gives}
            now = token.workflow.top_workflow.now
            variables = {**{name: value for name, value in variables.items() if name not in renamed},
                         **{m.target: m.value(seen, now) for m in self.gives}}
        scopes.write(token, variables)


class CatchSpec(ListeningSpec):
    """An intermediate catch event, in a flow or behind an event-based gateway."""

    def __init__(self, scope: ScopeSpec, node: Node) -> None:
        super().__init__(scope, node)
        self.listener = Listener(node.events[0], node)
        self.watches = self.listener.watches(scope)

    def arrive(self, token: Token) -> bool:
        if "seen" not in token.internal_data:
            super().arrive(token)
            token.note(seen=True)
        token._set_state(WAITING)
        self.listen(token)
        return False

    def trigger(self, token: Token, variables: Mapping[str, Value]) -> None:
        top = token.workflow.top_workflow
        if token.host is not None:
            leave_gateway(token)
            top.record(token, Happening.ENTERED)
        top.record(token, Happening.CAUGHT)
        self.received(token, variables)
        token.complete()

    def shows_cancel(self, token: Token) -> bool:
        return "seen" in token.internal_data


class ReceiveSpec(ActivitySpec, ListeningSpec):
    """A receive task."""

    def __init__(self, scope: ScopeSpec, node: Node, role: str = "element") -> None:
        super().__init__(scope, node, role)
        self.listener = Listener(EventDefinition(kind=EventKind.MESSAGE, name=node.message or node.name or node.id), node)
        self.watches = self.listener.watches(scope)

    def arrive(self, token: Token) -> bool:
        if super().arrive(token):
            token._set_state(WAITING)
            self.listen(token)
        return False

    def trigger(self, token: Token, variables: Mapping[str, Value]) -> None:
        top = token.workflow.top_workflow
        if token.host is not None and self.loop is None:
            leave_gateway(token)
            top.record(token, Happening.ENTERED)
        top.record(token, Happening.CAUGHT)
        self.received(token, variables)
        token.complete()


class BoundarySpec(ListeningSpec):
    """An event on the edge of an activity; its token lives with the activity's and is no token of the flow until it fires."""

    def __init__(self, scope: ScopeSpec, node: Node) -> None:
        super().__init__(scope, node)
        self.listener = Listener(node.events[0], node)
        self.watches = self.listener.watches(scope)
        self.interrupts = node.cancel_activity or node.events[0].kind in (EventKind.ERROR, EventKind.CANCEL)

    def arm(self, token: Token) -> None:
        """Begin to wait beside the activity."""
        self.listen(token)

    def trigger(self, token: Token, variables: Mapping[str, Value]) -> None:
        top = token.workflow.top_workflow
        top.record(token, Happening.CAUGHT)
        host = token.host
        assert host is not None
        if self.interrupts:
            token._parent = None
            top.cancel_token(host)
            self.received(token, variables)
            token.complete()
            return
        self.received(token, variables)
        top.record(token, Happening.COMPLETED)
        top.place(token.workflow, self, state=COMPLETED)
        if self.listener and self.listener.timer and not self.listener.timer.next_hit(token):
            token.note(fired=True)

    def shows_cancel(self, token: Token) -> bool:
        return False


class EventGatewaySpec(ElementSpec):
    """An event-based gateway: every event behind it waits; the first one takes the token."""

    def run(self, token: Token) -> bool | None:
        top = token.workflow.top_workflow
        for flow in self.outgoing:
            if token.is_open and isinstance(flow.target, ListeningSpec):
                child = top.place(token.workflow, flow.target, host=token, state=WAITING)
                top.attempt(child, flow.target.listen, child)
        return None


def leave_gateway(token: Token) -> None:
    """An event behind an event-based gateway fired: the others stop waiting, the gateway is done."""
    top, gate = token.workflow.top_workflow, token.host
    assert gate is not None
    token._parent = None
    for other in gate.children:
        top.cancel_token(other)
    top.record(gate, Happening.COMPLETED)
    top.drop(gate)


class ThrowSpec(ElementSpec):
    """A throw or end event that sends something: message, signal, escalation, error, terminate, cancel."""

    def __init__(self, scope: ScopeSpec, node: Node, event: EventDefinition | None = None) -> None:
        super().__init__(scope, node)
        self.event = event or node.events[0]
        self.arguments = compiled_arguments(node)
        # A signal reaches what already waits: let every other branch get to its waiting place first.
        self.goes_last = self.event.kind is EventKind.SIGNAL

    def run(self, token: Token) -> bool | None:
        top, event = token.workflow.top_workflow, self.event
        match event.kind:
            case EventKind.MESSAGE:
                throw_message(token, event.name or "")
            case EventKind.SIGNAL:
                variables = payload_of(token)
                top.record(token, Happening.THROWN)
                top.thrown.append(Thrown(kind="signal", name=event.name or "", element_id=self.node.id,
                                         variables=scopes.copied(variables)))
                faults.broadcast(top, event.name or "", variables)
            case EventKind.ESCALATION:
                top.record(token, Happening.THROWN)
                faults.escalate(token, event.code)
            case EventKind.ERROR:
                top.record(token, Happening.THROWN)
                top.record(token, Happening.COMPLETED)
                token.note(quiet=True)
                faults.throw_error(token, event.code or "")
                return None
            case EventKind.TERMINATE:
                faults.terminate(token)
            case EventKind.CANCEL:
                faults.cancel_transaction(token)
                return None
        return True


class SendSpec(ActivitySpec):
    """A send task without an operation: it throws its message."""

    def __init__(self, scope: ScopeSpec, node: Node, role: str = "element") -> None:
        super().__init__(scope, node, role)
        self.arguments = compiled_arguments(node)

    def run(self, token: Token) -> bool | None:
        throw_message(token, self.node.message or self.node.name or self.node.id)
        return True


class LinkThrowSpec(ElementSpec):
    """A link throw event: the token goes on at the link catch event of the same name."""

    target: ElementSpec

    def successors(self) -> list[ElementSpec]:
        return [self.target]

    def leave(self, token: Token) -> None:
        top = token.workflow.top_workflow
        top.place(token.workflow, self.target)
        top.drop(token)


def throw_message(token: Token, name: str) -> None:
    """Send a message out of the instance; the caller routes it, also to elements of this very instance.

    Its variables are what the data associations and the `sop:argument`s say; the argument `agency` is whom it is for.
    """
    top = token.workflow.top_workflow
    seen = scopes.around(token)
    said = {argument: scopes.copied(text.evaluate(seen, top.now)) for argument, text in token.task_spec.arguments.items()}
    agency = _agency(said.pop(AGENCY), token.task_spec.arguments[AGENCY].text) if AGENCY in said else None
    variables = {**payload_of(token), **said}
    told = {**seen, **variables}
    keys: dict[str, Value] = {}
    for property_name, paths in top.program.correlation_paths.items():
        path = paths.get(name)
        if path is not None and (value := path.evaluate(told, top.now)) is not None:
            keys[property_name] = value
    for property_name, path in token.workflow.process_spec.correlations.items():
        if property_name not in keys and (value := path.evaluate(seen, top.now)) is not None:
            keys[property_name] = value
    top.record(token, Happening.THROWN)
    top.thrown.append(Thrown(kind="message", name=name, element_id=token.task_spec.node.id,
                             variables=scopes.copied(variables), keys=scopes.copied(keys), agency=agency))


def _agency(value: Value, text: str) -> str:
    # Nobody named is no reason to keep it at home: what was meant for others must not be read here.
    if isinstance(value, str) and value.strip():
        return value.strip()
    raise Unusable("agency-unusable", text)


def payload_of(token: Token) -> dict[str, Value]:
    """What the data associations of a throwing element put into what it sends."""
    seen, now = scopes.around(token), token.workflow.top_workflow.now
    return {m.target: scopes.copied(m.value(seen, now)) for m in token.task_spec.takes}
