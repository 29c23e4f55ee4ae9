"""Who approves what they did themselves, in whatever process of the bundle either stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from engine.comparing_parts import approves
from engine.definitions import local_name
from engine.forms_schema import Form
from engine.model import Node, Process, Scope

HUMAN: Final = frozenset({"userTask", "manualTask", "task"})
_MOST_PLACES: Final = 5_000   # looked at for one approval; past that nothing more is said
_DEEPEST: Final = 20          # calls and sub-processes within each other


@dataclass(frozen=True)
class Step:
    """A node where it stands. `outer`: the sub-process or call it was come to through, None at the top of a process."""

    node: Node
    scope: Scope
    process: Process
    outer: Step | None = None

    @property
    def depth(self) -> int:
        return 0 if self.outer is None else 1 + self.outer.depth

    @property
    def key(self) -> tuple[str, ...]:
        return (self.process.id, self.node.id, *(() if self.outer is None else self.outer.key))


class Duties:
    """The approvals of a bundle, and whose they are: `role_of` says the role that does a step, "" where it stands in no lane."""

    def __init__(self, processes: Mapping[str, Process], forms: Mapping[str, Form], role_of: Callable[[Step], str]) -> None:
        self._processes = processes
        self._forms = forms
        self._role_of = role_of
        self._steps = [step for process in processes.values() for step in _inside(process, process, None)]
        self._calls: dict[str, list[Step]] = {}
        for step in self._steps:
            if (called := self._called(step.node)) is not None:
                self._calls.setdefault(called.id, []).append(step)

    def in_one_hand(self) -> Iterator[tuple[Step, Step]]:
        """Each step in which a role approves what it did itself, with that work: the people's steps directly before it, and farther back
        what makes the record it decides on, or a document it takes that no other role has read since."""
        for approval in self._steps:
            if approval.node.type in HUMAN and self._role_of(approval) and approves(self._form(approval.node)):
                work = next(self._own_work(approval), None)
                if work is not None:
                    yield approval, work

    def _own_work(self, approval: Step) -> Iterator[Step]:
        """Back along every way that leads there: out to whatever holds or calls its process, and into what was held or called before."""
        approver, nobody = self._role_of(approval), frozenset[str]()
        waiting = [(step, False, nobody) for step in self._before(approval)]
        seen = set[tuple[tuple[str, ...], bool, frozenset[str]]]()
        while waiting and len(seen) < _MOST_PLACES:
            step, is_farther, read = waiting.pop()
            if step.node is approval.node or (step.key, is_farther, read) in seen:
                continue
            seen.add((step.key, is_farther, read))
            if inside := self._endings(step):
                waiting += [(one, is_farther, read) for one in inside]
                continue
            if step.node.type in HUMAN:
                if self._role_of(step) != approver:
                    read |= {*step.node.inputs, *step.node.outputs} & {*approval.node.inputs}
                elif not is_farther or self._makes_record(step.node, approval.node) or (
                        {*step.node.outputs} & {*approval.node.inputs}) - read:
                    yield step
                is_farther = True
            waiting += [(one, is_farther, read) for one in self._before(step)]

    def _makes_record(self, node: Node, approval: Node) -> bool:
        form, asked = self._form(node), self._form(approval)
        return form is not None and asked is not None and bool(form.record) and form.record == asked.record and not approves(form)

    def _before(self, step: Step) -> list[Step]:
        """Where a token was just before it came to a step."""
        node, nodes = step.node, step.scope.nodes
        links = {event.name for event in node.events if event.kind == "link"} if node.type == "intermediateCatchEvent" else set()
        keys = [*(flow.source for flow in node.incoming), node.attached_to or "", *(
            other.id for other in nodes.values() if not links.isdisjoint(_thrown_links(other)))]
        came_from = [Step(nodes[key], step.scope, step.process, step.outer) for key in keys if key in nodes]
        if came_from or node.triggered_by_event:
            return came_from
        if step.outer is not None:
            return self._before(step.outer)
        return [one for call in self._calls.get(step.process.id, ()) for one in self._before(call)]

    def _endings(self, step: Step) -> list[Step]:
        """Where a token was last in what a step holds or calls; none of a step that does neither."""
        called = self._called(step.node)
        inside: Scope | None = step.node.body if step.node.body is not None else called
        if inside is None or step.depth >= _DEEPEST:
            return []
        return [Step(node, inside, called or step.process, step) for node in inside.nodes.values()
                if not node.outgoing and not node.triggered_by_event and not _thrown_links(node)]

    def _called(self, node: Node) -> Process | None:
        name = node.called_element
        return None if not name else self._processes.get(name) or self._processes.get(local_name(name))

    def _form(self, node: Node) -> Form | None:
        return self._forms.get(node.form or "")


def _inside(scope: Scope, process: Process, outer: Step | None) -> Iterator[Step]:
    for node in scope.nodes.values():
        step = Step(node, scope, process, outer)
        yield step
        if node.body is not None:
            yield from _inside(node.body, process, step)


def _thrown_links(node: Node) -> set[str | None]:
    return {event.name for event in node.events if event.kind == "link"} if node.type == "intermediateThrowEvent" else set()
