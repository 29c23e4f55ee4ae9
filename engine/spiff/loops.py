"""Multi-instance activities and standard loops: one container token, one child token per instance."""

from __future__ import annotations

from collections.abc import MutableMapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine.model import Loop, Node
from engine.spiff import scopes
from engine.spiff.activities import ActivitySpec
from engine.spiff.elements import ElementSpec
from engine.spiff.expressions import Unusable, compiled
from engine.spiff.tokens import Token
from engine.types import Happening, Value

if TYPE_CHECKING:
    from engine.spiff.build import ScopeSpec

MAX_INSTANCES = 10_000


class LoopSpec(ActivitySpec):
    """What a loop and a multi-instance activity share. Boundary events sit on the container, the work in `body`."""

    body: ElementSpec
    returned: tuple[str, ...] = ()

    def __init__(self, scope: ScopeSpec, node: Node, loop: Loop) -> None:
        super().__init__(scope, node, "loop")
        self.marker = loop
        self.takes, self.gives = [], []   # they belong to each instance

    def announce(self, token: Token) -> None:
        """On purpose nothing: the history shows each instance."""

    def shows_cancel(self, token: Token) -> bool:
        return "incident" in token.internal_data

    def completed(self, token: Token) -> None:
        top = token.workflow.top_workflow
        if not token.internal_data.get("done"):
            top.record(token, Happening.ENTERED)
            top.record(token, Happening.COMPLETED)
        for edge in token.children:
            top.drop(edge)

    def instances(self, token: Token) -> list[Token]:
        """The instances that run, in input order."""
        return [t for t in token.children if t.task_spec is self.body]

    def handed(self, child: Token) -> dict[str, Value]:
        """What an instance hands to a called process."""
        return {}

    def instance_done(self, child: Token) -> None:
        """One instance has completed."""
        raise NotImplementedError

    def spawn(self, token: Token, index: int, local: dict[str, Value], *, own: bool) -> None:
        """Start instance number `index` (from 0)."""
        child = token.workflow.top_workflow.place(token.workflow, self.body, host=token)
        child.note(index=index, local={**local, "loopCounter": Decimal(index + 1)}, own=own or None)

    def finish(self, token: Token) -> None:
        """Every instance that was to run has run."""
        top = token.workflow.top_workflow
        for child in self.instances(token):
            top.cancel_token(child)
        self.collect(token)
        top.attempt(token, token.complete)

    def collect(self, token: Token) -> None:
        """Write what the instances return."""


class MultiInstanceSpec(LoopSpec):
    """Parallel or sequential multi-instance over a collection or a number."""

    def __init__(self, scope: ScopeSpec, node: Node, loop: Loop) -> None:
        super().__init__(scope, node, loop)
        each = loop.for_each
        self.is_sequential = loop.kind == "sequential"
        self.collection = compiled(each.collection if each else loop.input_ref)
        self.cardinality = None if self.collection else compiled(loop.cardinality)
        self.condition = compiled(loop.completion)
        self.item = (each.item if each else loop.input_item) or None
        fields = tuple(each.collect) if each else ()
        if loop.output_item and loop.output_item not in fields:
            fields = (*fields, loop.output_item)
        self.returned = fields

    def run(self, token: Token) -> bool | None:
        items = self._items(token)
        token.note(count=len(items), done=0, next=0, results={})
        if not items:
            self.collect(token)
            return True
        if self.is_sequential:
            token.note(items=items)
            self._spawn_next(token)
        else:
            for index, item in enumerate(items):
                self._spawn_item(token, index, item)
            token.note(next=len(items))
        return None

    def counters(self, token: Token) -> MutableMapping[str, Value] | None:
        data = token.internal_data
        if "count" not in data:
            return None
        active = sum(1 for t in self.instances(token) if "counted" not in t.internal_data)
        return {"numberOfInstances": Decimal(data["count"]), "numberOfActiveInstances": Decimal(active),
                "numberOfCompletedInstances": Decimal(data["done"]), "numberOfTerminatedInstances": Decimal(0)}

    def handed(self, child: Token) -> dict[str, Value]:
        return {self.item: child.internal_data[scopes.LOCAL][self.item]} if self.item else {}

    def instance_done(self, child: Token) -> None:
        token = child.host
        assert token is not None
        top = token.workflow.top_workflow
        data = token.internal_data
        if "counted" not in child.internal_data:   # a parked completion condition comes here twice
            local = child.internal_data[scopes.LOCAL]
            results = {**data["results"], child.internal_data["index"]: [local.get(name) for name in self.returned]}
            token.note(done=data["done"] + 1, results=results)
            child.note(counted=True)
        enough = self.condition is not None and self.condition.holds(scopes.around(child), top.now)
        top.drop(child)
        if enough:
            self.finish(token)
        elif self.is_sequential and data["next"] < data["count"]:
            self._spawn_next(token)
        elif data["done"] == data["count"]:
            self.finish(token)

    def collect(self, token: Token) -> None:
        results = token.internal_data["results"]
        rows = [results[index] for index in sorted(results)]
        each, into = self.marker.for_each, None
        written: dict[str, Value] = {}
        if each is not None:
            into = each.into
            if into:
                written[into] = [dict(zip(self.returned, row, strict=False)) for row in rows] if len(each.collect) != 1 \
                    else [row[0] for row in rows]
            else:
                written.update({name: [row[i] for row in rows] for i, name in enumerate(each.collect)})
        if self.marker.output_ref and self.marker.output_item:
            at = self.returned.index(self.marker.output_item)
            written[self.marker.output_ref] = [row[at] for row in rows]
        scopes.write(token, written)

    def _spawn_next(self, token: Token) -> None:
        index = token.internal_data["next"]
        token.note(next=index + 1)
        self._spawn_item(token, index, token.internal_data["items"][index])

    def _spawn_item(self, token: Token, index: int, item: Value) -> None:
        local: dict[str, Value] = dict.fromkeys(self.returned)
        if self.item:
            local[self.item] = item
        self.spawn(token, index, local, own=True)

    def _items(self, token: Token) -> list[Value]:
        seen, now = scopes.around(token), token.workflow.top_workflow.now
        if self.collection is not None:
            found = self.collection.evaluate(seen, now)
            if not isinstance(found, list):
                raise Unusable("collection-not-a-list", self.collection.text)
            items = scopes.copied(found)
        elif self.cardinality is not None:
            items = [None] * _whole(self.cardinality.evaluate(seen, now), self.cardinality.text)
        else:
            raise Unusable("collection-not-a-list")
        if len(items) > MAX_INSTANCES:
            raise Unusable("too-many-instances", (self.collection or self.cardinality).text)  # type: ignore[union-attr]
        return list(items)


class StandardLoopSpec(LoopSpec):
    """A standard loop: again while the condition is true, at most `loopMaximum` times."""

    def __init__(self, scope: ScopeSpec, node: Node, loop: Loop) -> None:
        super().__init__(scope, node, loop)
        self.condition = compiled(loop.condition)
        self.maximum = compiled(loop.maximum)

    def run(self, token: Token) -> bool | None:
        token.note(done=0)
        if self.marker.test_before and not self._again(token):
            return True
        self.spawn(token, 0, {}, own=False)
        return None

    def counters(self, token: Token) -> MutableMapping[str, Value] | None:
        done = token.internal_data.get("done")
        return None if done is None else {"loopCounter": Decimal(done)}

    def instance_done(self, child: Token) -> None:
        token = child.host
        assert token is not None
        done = child.internal_data["index"] + 1
        token.note(done=done)
        again = self._again(token)
        token.workflow.top_workflow.drop(child)
        if again:
            self.spawn(token, done, {}, own=False)
        else:
            self.finish(token)

    def _again(self, token: Token) -> bool:
        seen, now = scopes.around(token), token.workflow.top_workflow.now
        if self.maximum is not None:
            if token.internal_data["done"] >= _whole(self.maximum.evaluate(seen, now), self.maximum.text):
                return False
        elif self.condition is None:
            raise Unusable("condition-not-boolean")
        return self.condition is None or self.condition.holds(seen, now)


def _whole(value: Any, text: str) -> int:
    if isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value() and value >= 0:
        return min(int(value), MAX_INSTANCES + 1)
    raise Unusable("number-unusable", text)
