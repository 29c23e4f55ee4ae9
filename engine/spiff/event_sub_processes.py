"""Event sub-processes: what waits while a scope is alive, and what runs in that scope when it comes.

Three elements stand for one: the event that waits (`EventStartSpec`, a token of the scope as long as the scope is alive), the
sub-process (`EventSubProcessSpec`, a token each time it is started) and its start event inside (`CaughtStartSpec`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from engine.model import EventKind, Node
from engine.spiff import scopes
from engine.spiff.activities import SubProcessSpec
from engine.spiff.events import Listener, ListeningSpec
from engine.spiff.tokens import Token
from engine.types import Happening, Value

if TYPE_CHECKING:
    from engine.spiff.build import ScopeSpec

_PAYLOAD = "payload"   # what the event carried, kept with the token until the start event has written it


class EventSubProcessSpec(SubProcessSpec):
    """A sub-process that its start event starts, and no flow. Each start has variables of its own."""

    start: CaughtStartSpec

    def run(self, token: Token) -> bool | None:
        start = token.workflow.top_workflow.place(self.open_inside(token, {}), self.start)
        start.note(**{_PAYLOAD: token.internal_data.get(_PAYLOAD)})
        token.note(**{_PAYLOAD: None})
        return None


class CaughtStartSpec(ListeningSpec):
    """The start event inside: it writes what the event carried; only then do event sub-processes further in wait."""

    def run(self, token: Token) -> bool | None:
        self.received(token, token.internal_data.get(_PAYLOAD, {}))
        token.workflow.top_workflow.listen(token.workflow)
        return True


class EventStartSpec(ListeningSpec):
    """The start event as the scope round its sub-process sees it: it waits, interrupting or again and again."""

    only_listens = True

    def __init__(self, scope: ScopeSpec, node: Node, started: EventSubProcessSpec) -> None:
        super().__init__(scope, node, "waiting")
        self.started = started
        self.listener = Listener(node.events[0], node)
        self.watches = self.listener.watches(scope)
        self.interrupts = node.is_interrupting or self.listener.kind is EventKind.ERROR

    def trigger(self, token: Token, variables: Mapping[str, Value]) -> None:
        top = token.workflow.top_workflow
        carried = scopes.copied(dict(variables))
        top.record(token, Happening.CAUGHT)
        if self.interrupts:
            top.cancel_inside(token.workflow)   # this token and the other event sub-processes too: nothing more may start
        elif self.listener and self.listener.timer and not self.listener.timer.next_hit(token):
            token.note(fired=True)
        top.place(token.workflow, self.started).note(**{_PAYLOAD: carried or None})

    def shows_cancel(self, token: Token) -> bool:
        return False
