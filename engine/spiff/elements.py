"""What every element of a diagram does: arrive, become ready, run, complete, leave along its flows."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec

from engine.errors import EngineError
from engine.model import DataMapping, Node
from engine.spiff import scopes
from engine.spiff.expressions import Expression, Unusable, compiled
from engine.spiff.tokens import FUTURE, Token
from engine.types import Happening, Value

if TYPE_CHECKING:
    from engine.spiff.build import ScopeSpec
    from engine.spiff.events import BoundarySpec, Listener
    from engine.spiff.loops import LoopSpec


class CannotCompile(EngineError):
    """This diagram holds something that does not run; lint says what to draw instead."""

    code = "cannot-compile"
    indonesian = "Diagram ini memuat sesuatu yang tidak dapat dijalankan; pemeriksaan menyebut gantinya."


class Association:
    """One data association, its expression compiled."""

    def __init__(self, mapping: DataMapping) -> None:
        self.source = mapping.source
        self.target = mapping.target
        self.expression = Expression(mapping.source) if mapping.is_expression else None

    def value(self, scope: Mapping[str, Value], now: datetime) -> Value:
        """What it carries, read in `scope`."""
        return scope.get(self.source) if self.expression is None else self.expression.evaluate(scope, now)


@dataclass(eq=False)
class FlowSpec:
    """A sequence flow: where it leads, on what condition, and its number within the scope."""

    number: int
    id: str
    source: ElementSpec
    target: ElementSpec
    condition: Expression | None
    is_default: bool


class ElementSpec(BpmnTaskSpec):  # type: ignore[misc]
    """An element of the file as a Spiff task spec. Spiff's life cycle stays; its look-ahead and data do not."""

    watches = False               # looks again when variables change
    joins_inclusively = False
    goes_last = False             # runs only when nothing else can
    only_listens = False          # waits for as long as its scope is alive, and does not keep it alive

    def __init__(self, scope: ScopeSpec, node: Node, role: str = "element") -> None:
        # The prefix keeps ids of the file apart from Spiff's own names (`Start`, `End`, `<process>.EndJoin`).
        super().__init__(scope, f"{role}:{node.id}")
        self.node = node
        self.scope = scope
        self.number = scope.add_element(self)
        self.outgoing: list[FlowSpec] = []
        self.incoming: list[FlowSpec] = []
        self.boundaries: list[BoundarySpec] = []
        self.loop: LoopSpec | None = None      # the loop this element is the body of
        self.listener: Listener | None = None  # what its token waits for
        self.takes = [Association(m) for m in node.input_mappings]
        self.gives = [Association(m) for m in node.output_mappings]

    # --- Spiff's hooks ------------------------------------------------------------------------------------------

    def _predict(self, *_: Any, **__: Any) -> None:
        """No look-ahead: futures are read from the diagram, not grown as tasks (engine-notes 0.4)."""

    def test(self) -> None:
        """Nothing to check at run time: the builder checked."""

    def _update_hook(self, token: Token) -> bool:
        return self.arrive(token)

    def _on_ready(self, token: Token) -> None:
        if not self.manual:
            token.workflow.top_workflow.schedule(token)

    def _run(self, token: Token) -> bool | None:
        return self.run(token)

    def _on_complete(self, token: Token) -> None:
        token.workflow.top_workflow.count_step(token)
        self.completed(token)
        self.leave(token)

    # --- the life of a token ------------------------------------------------------------------------------------

    def arrive(self, token: Token) -> bool:
        """A token came along a flow; true when it may run now."""
        token.workflow.top_workflow.record(token, Happening.ENTERED)
        return True

    def run(self, token: Token) -> bool | None:
        """Do the element's work: true when done, None when the rest comes from inside or outside."""
        return True

    def completed(self, token: Token) -> None:
        """The work is done, the token not yet on its way."""
        token.workflow.top_workflow.record(token, Happening.COMPLETED)

    def leave(self, token: Token) -> None:
        """Put tokens on the outgoing flows; no outgoing flow is an implicit end."""
        if self.loop is not None:
            self.loop.instance_done(token)
            return
        self.emit(token, self.chosen(token))

    def chosen(self, token: Token) -> list[FlowSpec]:
        """The flows taken: unconditional ones always, conditional ones when true, the default when none is.

        Several of them are the implicit split of BPMN 2.0.2 (10.3.1, 13.3.1).
        """
        taken = [f for f in self.outgoing if not f.is_default and self.is_true(f, token)]
        if not taken and self.outgoing:
            taken = [f for f in self.outgoing if f.is_default]
            if not taken:
                raise Unusable("no-flow-matches", _texts(self.outgoing))
        return taken

    def emit(self, token: Token, flows: list[FlowSpec]) -> None:
        """Move a token on: one new token per flow, then the old one is gone."""
        top = token.workflow.top_workflow
        for flow in flows:
            top.place(token.workflow, flow.target, via=flow.number)
        top.drop(token)

    def is_true(self, flow: FlowSpec, token: Token) -> bool:
        """Whether a flow's condition holds; a flow without one always does."""
        if flow.condition is None:
            return True
        return flow.condition.holds(scopes.around(token), token.workflow.top_workflow.now)

    def successors(self) -> list[ElementSpec]:
        """Where a token here may go next: along its flows, or through an event on its edge."""
        return [flow.target for flow in self.outgoing] + list(self.boundaries)

    # --- what the workflow asks -----------------------------------------------------------------------------------

    def counters(self, token: Token) -> MutableMapping[str, Value] | None:
        """Names this token's element hands to its inside, beside variables."""
        return None

    def shows_cancel(self, token: Token) -> bool:
        """Whether a cancelled token was something a reader of the history saw begin."""
        return token._state != FUTURE and "quiet" not in token.internal_data

    def inside_done(self, token: Token, workflow: Any) -> None:
        """The scope inside this element has no token left."""
        raise NotImplementedError

    def look_again(self, token: Token) -> None:
        """Variables changed."""

    def rearm(self, token: Token) -> None:
        """A person resolved the incident of a waiting token."""

    def trigger(self, token: Token, variables: Mapping[str, Value]) -> None:
        """What the token waited for has happened."""
        raise NotImplementedError

    def try_join(self, token: Token) -> bool:
        """Let an inclusive join fire if it may: true when it took its tokens."""
        return False


class StartSpec(ElementSpec):
    """A start event."""

    def run(self, token: Token) -> bool | None:
        if self.node.events:
            token.workflow.top_workflow.record(token, Happening.CAUGHT)
        return True


class EndSpec(ElementSpec):
    """A none end event: the token ends, and with the last one its scope."""


class PassSpec(ElementSpec):
    """A none intermediate event: a milestone that is passed."""


class ExclusiveSpec(ElementSpec):
    """An exclusive gateway: the first flow whose condition is true, else the default."""

    def completed(self, token: Token) -> None:
        """On purpose nothing: a gateway is done when it knows the way."""

    def leave(self, token: Token) -> None:
        flows = self.chosen(token)
        token.workflow.top_workflow.record(token, Happening.COMPLETED)
        self.emit(token, flows)

    def chosen(self, token: Token) -> list[FlowSpec]:
        if not self.outgoing:
            return []
        for flow in self.outgoing:
            if not flow.is_default and self.is_true(flow, token):
                return [flow]
        for flow in self.outgoing:
            if flow.is_default:
                return [flow]
        raise Unusable("no-flow-matches", _texts(self.outgoing))


def compiled_arguments(node: Node) -> dict[str, Expression]:
    """The arguments of an operation, each a FEEL text."""
    return {name: expression for name, text in node.arguments.items() if (expression := compiled(text)) is not None}


def _texts(flows: list[FlowSpec]) -> str:
    return " | ".join(f.condition.text for f in flows if f.condition is not None)
