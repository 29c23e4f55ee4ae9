"""Activities: human tasks, operations, decisions, sub-processes and called processes, with what is drawn on their edge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from engine import errors
from engine.model import Node
from engine.spiff import scopes
from engine.spiff.elements import ElementSpec, compiled_arguments
from engine.spiff.expressions import Unusable
from engine.spiff.tokens import WAITING, Token
from engine.spiff.workflow import MAX_CALLS, MAX_DEPTH, ScopeWorkflow
from engine.transition import ParkedOperation
from engine.types import Happening, Value

if TYPE_CHECKING:
    from engine.spiff.build import ScopeSpec


class ActivitySpec(ElementSpec):
    """Anything that takes time: it arms its boundary events when it begins and takes them with it when it ends."""

    def arrive(self, token: Token) -> bool:
        if "ready_at" not in token.internal_data:
            self.announce(token)
            token.note(ready_at=token.workflow.top_workflow.now)
            self.arm_boundaries(token)
            if not token.is_open:
                return False
        self.begin(token)
        return True

    def shows_cancel(self, token: Token) -> bool:
        return "ready_at" in token.internal_data and super().shows_cancel(token)

    def announce(self, token: Token) -> None:
        """Say in the trace that the activity begins."""
        token.workflow.top_workflow.record(token, Happening.ENTERED)

    def arm_boundaries(self, token: Token) -> None:
        """Let every boundary event wait; a conditional one that already holds fires before the work begins."""
        top = token.workflow.top_workflow
        for spec in self.boundaries:
            if token.is_open:
                edge = top.place(token.workflow, spec, host=token, state=WAITING)
                top.attempt(edge, spec.arm, edge)

    def begin(self, token: Token) -> None:
        """Hand the activity what its data associations name; they are seen only inside it."""
        if self.takes:
            seen = scopes.around(token)
            now = token.workflow.top_workflow.now
            local = dict(token.internal_data.get(scopes.LOCAL, {}))
            local.update({m.target: m.value(seen, now) for m in self.takes if m.target != m.source})
            token.note(**{scopes.LOCAL: local})

    def completed(self, token: Token) -> None:
        top = token.workflow.top_workflow
        super().completed(token)
        for edge in token.children:
            top.drop(edge)
        self.give(token)

    def give(self, token: Token) -> None:
        """Write what the output associations name where the activity stands."""
        if self.gives:
            seen = scopes.around(token)
            now = token.workflow.top_workflow.now
            given = {m.target: m.value(seen, now) for m in self.gives}
            if scopes.OWN not in token.internal_data:
                token.note(**{scopes.LOCAL: None})
            scopes.write(token, given)


class HumanSpec(ActivitySpec):
    """A task a person completes: user, manual and abstract tasks."""

    def __init__(self, scope: ScopeSpec, node: Node, role: str = "element") -> None:
        super().__init__(scope, node, role)
        self.manual = True


class OperationSpec(ActivitySpec):
    """A service or send task: parked until its operation answers."""

    def __init__(self, scope: ScopeSpec, node: Node, role: str = "element") -> None:
        super().__init__(scope, node, role)
        self.arguments = compiled_arguments(node)

    def run(self, token: Token) -> bool | None:
        if self.node.operation is None:
            raise Unusable("operation-missing")
        seen, now = scopes.around(token), token.workflow.top_workflow.now
        token.note(arguments={name: scopes.copied(e.evaluate(seen, now)) for name, e in self.arguments.items()})
        return None

    def parked(self, token: Token, token_id: str) -> ParkedOperation:
        """What the worker is asked to do."""
        return ParkedOperation(token_id=token_id, element_id=self.node.id, name=self.node.operation or "",
                               arguments=scopes.copied(token.internal_data["arguments"]))


class RuleSpec(ActivitySpec):
    """A business rule task: a decision of the same SOP, evaluated on the variables it can read."""

    def run(self, token: Token) -> bool | None:
        top = token.workflow.top_workflow
        name = self.node.decision or ""
        decisions = top.program.decisions.get(name)
        if decisions is None:
            raise Unusable("decision-missing", name)
        outcome = decisions.evaluate(name, dict(scopes.around(token)), now=top.now)
        if outcome.problems:
            raise Unusable("decision-failed", name)
        scopes.write(token, {self.node.result or name: outcome.value})
        return True


class SubProcessSpec(ActivitySpec):
    """An embedded sub-process or transaction; `inner` is what it holds."""

    inner: ScopeSpec

    def run(self, token: Token) -> bool | None:
        return self.open_scope(token, {})

    def open_scope(self, token: Token, variables: dict[str, Value]) -> bool | None:
        """Start the inside with `variables`; an empty inside is done at once."""
        starts = self.inner.starts()
        if not starts:
            if self.inner.by_id:
                raise Unusable("no-start-event")
            return True
        token.workflow.top_workflow.begin(self.open_inside(token, variables), starts)
        return None

    def open_inside(self, token: Token, variables: dict[str, Value]) -> ScopeWorkflow:
        """A scope for the inside, without a token yet."""
        workflow = ScopeWorkflow(self.inner, token.id, token.workflow.top_workflow)
        workflow.data = variables
        if not self.inner.is_embedded:
            workflow.call_depth += 1
        if workflow.depth > MAX_DEPTH or workflow.call_depth > MAX_CALLS:
            raise errors.RunawayProcess(element=self.node.id)
        return workflow

    def inside_done(self, token: Token, workflow: ScopeWorkflow) -> None:
        """The inside is done: the activity completes."""
        token.complete()


class CallSpec(SubProcessSpec):
    """A call activity: the called process sees and returns only what is mapped (docs/architecture.md, Scopes)."""

    def begin(self, token: Token) -> None:
        """On purpose nothing: what is mapped goes into the called process, not around it."""

    def give(self, token: Token) -> None:
        """On purpose nothing: the called process's scope gives, when it closes."""

    def run(self, token: Token) -> bool | None:
        seen, now = scopes.around(token), token.workflow.top_workflow.now
        handed = {m.target: scopes.copied(m.value(seen, now)) for m in self.takes}
        for name in self.inner.data_inputs:
            if name not in handed and name in seen:
                handed[name] = scopes.copied(seen[name])
        if self.loop is not None:
            handed.update(self.loop.handed(token))
        return self.open_scope(token, handed)

    def inside_done(self, token: Token, workflow: ScopeWorkflow) -> None:
        now = token.workflow.top_workflow.now
        inside: Mapping[str, Value] = scopes.inside(workflow)
        given = {m.target: m.value(inside, now) for m in self.gives}
        mapped = {m.source for m in self.gives}
        names = list(self.inner.data_outputs) + (list(self.loop.returned) if self.loop is not None else [])
        given.update({n: workflow.data[n] for n in names if n not in mapped and n in workflow.data})
        scopes.write(token, given)
        token.complete()
