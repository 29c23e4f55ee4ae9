"""Parallel and inclusive gateways: tokens wait on the flow they came along, so a join is right in any loop."""

from __future__ import annotations

from engine.spiff.elements import ElementSpec, FlowSpec
from engine.spiff.expressions import Unusable
from engine.spiff.tokens import WAITING, Token
from engine.types import Happening


class _JoinSpec(ElementSpec):

    def completed(self, token: Token) -> None:
        """On purpose nothing: a gateway is done when it knows the way."""

    def leave(self, token: Token) -> None:
        flows = self.chosen(token)
        token.workflow.top_workflow.record(token, Happening.COMPLETED)
        self.emit(token, flows)

    def shows_cancel(self, token: Token) -> bool:
        return "incident" in token.internal_data

    def run(self, token: Token) -> bool | None:
        token.workflow.top_workflow.record(token, Happening.ENTERED)
        return True

    def waiting(self, token: Token) -> dict[int, Token]:
        """The oldest token on each incoming flow, `token` first on its own."""
        found = {token.via: token}
        for other in token.workflow.tasks.values():
            if other.task_spec is self and other._state == WAITING and "incident" not in other.internal_data:
                found.setdefault(other.via, other)
        return found

    def consume(self, token: Token) -> None:
        """Take one token from each incoming flow that has one; `token` goes on for all of them."""
        top = token.workflow.top_workflow
        for other in self.waiting(token).values():
            if other is not token:
                top.drop(other)


class ParallelSpec(_JoinSpec):
    """A parallel gateway: exactly one token from each incoming flow (BPMN 2.0.2, 13.4.1); excess tokens stay."""

    def arrive(self, token: Token) -> bool:
        if len(self.waiting(token)) < len(self.incoming):
            token._set_state(WAITING)
            return False
        self.consume(token)
        return True

    def chosen(self, token: Token) -> list[FlowSpec]:
        return self.outgoing


class InclusiveSpec(_JoinSpec):
    """An inclusive gateway (BPMN 2.0.2, 13.4.3): fires when no token elsewhere can still fill an empty flow.

    A token that can also reach a flow that already has one does not hold it back. `reach` maps each element of the
    scope to the incoming flows it can reach without passing this gateway.
    """

    joins_inclusively = True
    reach: dict[ElementSpec, frozenset[int]]

    def arrive(self, token: Token) -> bool:
        if len(self.incoming) < 2:
            return True
        token._set_state(WAITING)   # looked at when nothing else can move
        return False

    def try_join(self, token: Token) -> bool:
        filled = set(self.waiting(token))
        if len(filled) < len(self.incoming):
            for other in token.workflow.tasks.values():
                if other.host is not None or (other.task_spec is self and other._state == WAITING
                                              and "incident" not in other.internal_data):
                    continue
                reachable = self.reach.get(other.task_spec)
                if reachable and not reachable & filled:
                    return False
        self.consume(token)
        return True

    def chosen(self, token: Token) -> list[FlowSpec]:
        taken = [f for f in self.outgoing if not f.is_default and self.is_true(f, token)]
        if not taken and self.outgoing:
            taken = [f for f in self.outgoing if f.is_default]
            if not taken:
                raise Unusable("no-flow-matches", " | ".join(f.condition.text for f in self.outgoing if f.condition))
        return taken


def find_reach(join: InclusiveSpec, elements: list[ElementSpec]) -> None:
    """Work out, once per diagram, which incoming flows of `join` each element can reach without passing it."""
    before: dict[ElementSpec, list[ElementSpec]] = {}
    for element in elements:
        for target in element.successors():
            before.setdefault(target, []).append(element)
    found: dict[ElementSpec, set[int]] = {}
    for flow in join.incoming:
        queue = [flow.source]
        seen: set[ElementSpec] = set()
        while queue:
            element = queue.pop()
            if element in seen:
                continue
            seen.add(element)
            found.setdefault(element, set()).add(flow.number)
            if element is not join:
                queue.extend(before.get(element, ()))
    # A token on its way out of the join itself starts beyond it.
    found.pop(join, None)
    join.reach = {element: frozenset(flows) for element, flows in found.items()}
