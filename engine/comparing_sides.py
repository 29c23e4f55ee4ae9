"""One of two versions that are compared, with what is asked of it again and again; elements whose id alone changed have the new one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from engine import comparing_parts, condition_words, consent_gates, definitions
from engine.definitions import Definition
from engine.forms_schema import Form
from engine.model import Flow, Node, Scope
from engine.types import Text

WORK: Final = frozenset({"userTask", "manualTask", "task", "serviceTask", "sendTask", "receiveTask", "businessRuleTask", "callActivity",
                         "subProcess", "transaction"})
_SORTS: Final = (
    ("Gateway", Text("gerbang", "the gateway")), ("endEvent", Text("akhir", "the end")), ("Event", Text("peristiwa", "the event")))


@dataclass(frozen=True)
class Side:
    """One version. `holders`: element -> the sub-process or process it stands in."""

    definition: Definition
    nodes: Mapping[str, Node]
    flows: Mapping[str, Flow]
    holders: Mapping[str, str]

    @classmethod
    def of(cls, definition: Definition, renumbered: Mapping[str, str] = {}) -> Side:
        """A version whose elements go by the ids that `renumbered` gives them, else by their own."""
        nodes = {renumbered.get(node.id, node.id): _renumbered(node, renumbered)
                 for process in definition.processes.values() for node in definitions.nodes_of(process)}
        flows = {flow.id: flow for node in nodes.values() for flow in node.outgoing if not flow.synthetic_id}
        holders = {renumbered.get(key, key): renumbered.get(holder, holder)
                   for process in definition.processes.values() for key, holder in _held(process, process.id)}
        return cls(definition, nodes, flows, holders)

    @property
    def work(self) -> Mapping[str, Node]:
        """The steps."""
        return {key: node for key, node in self.nodes.items() if node.type in WORK}

    def standard(self, element_id: str) -> Node | None:
        """The timer that measures a step by a time standard."""
        return next((node for node in self.nodes.values() if node.attached_to == element_id and node.standard is not None), None)

    def host(self, node: Node) -> Node | None:
        """The step an event sits on."""
        return self.nodes.get(node.attached_to or "")

    def is_grave(self, node: Node) -> bool:
        """Whether the step approves something, or asks for consent."""
        form = self._form(node)
        return consent_gates.is_consent(form) or comparing_parts.approves(form)

    def part(self, key: str) -> str:
        """The sub-process an element stands in; "" in none."""
        holder = self.holders[key]
        return holder if holder in self.nodes else ""

    def part_title(self, key: str) -> Text:
        """What people call the part an element stands in."""
        holder = self.nodes.get(self.holders[key])
        if holder is None:
            return Text("di luar bagian mana pun", "in no part")
        return Text(f"di dalam “{named(holder)}”", f"in “{named(holder)}”")

    def form_title(self, node: Node) -> Text:
        """What people call the form of a step."""
        form = self._form(node)
        if form is not None:
            return Text(f"“{form.title.id}”", f"“{form.title.en}”")
        return Text(f"“{node.form}”", f"“{node.form}”") if node.form else Text("tanpa formulir", "no form")

    def cuts_a_safeguard(self, event: Node) -> bool:
        """Whether an event stops, before it was answered, a step that approves or asks for consent, or what holds such a step."""
        host = self.host(event)
        if host is not None:
            return event.cancel_activity and self._holds_grave(host)
        handling = self.nodes.get(self.holders.get(event.id, ""))
        if event.type != "startEvent" or handling is None or not handling.triggered_by_event or not event.is_interrupting:
            return False
        around = self.holders[handling.id]
        return any(self._holds_grave(node) for node in self.nodes.values() if self.holders.get(node.id) == around and node is not handling)

    def leading(self, key: str, common: set[str]) -> Mapping[str, Flow]:
        """What of `common` an element leads to, whatever else stands between them, and by which of its ways out."""
        found: dict[str, Flow] = {}
        seen, waiting = {key}, [(flow.target, flow) for flow in self.nodes[key].outgoing]
        while waiting:
            target, way = waiting.pop(0)
            if target in seen or target not in self.nodes:
                continue
            seen.add(target)
            if target in common:
                found[target] = way
            else:
                waiting += [(flow.target, way) for flow in self.nodes[target].outgoing]
        return found

    def called(self, key: str) -> Text:
        """What an element is called in a sentence; one without a name by what comes after it."""
        node = self.nodes[key]
        if node.name:
            return Text(f"“{node.name}”", f"“{node.name}”")
        what = next((words for ending, words in _SORTS if node.type.endswith(ending)), Text("langkah", "the step"))
        steps = self.next_steps(key)
        if not steps:
            return Text(f"{what.id} tanpa nama", f"{what.en} without a name")
        return Text(f"{what.id} tanpa nama sebelum “{steps[0]}”", f"{what.en} without a name before “{steps[0]}”")

    def said(self, condition: str | None) -> Text:
        """A condition in words."""
        return condition_words.in_words(self.definition, condition) if condition else Text("tanpa syarat", "none")

    def answer(self, key: str) -> Text:
        """What people call an answer; what no form asks for, as it is written."""
        label = condition_words.label(self.definition, key)
        return Text(f"“{label.id}”", f"“{label.en}”") if label is not None else Text(f"“{key}”", f"“{key}”")

    def next_steps(self, key: str) -> Sequence[str]:
        """The names of the steps and ends that an element leads to, whatever gateways stand between them."""
        ends = {one for one, node in self.nodes.items() if node.type in WORK or (node.type == "endEvent" and node.name)}
        return [named(self.nodes[one]) for one in self.leading(key, ends)]

    def _form(self, node: Node) -> Form | None:
        return self.definition.forms.get(node.form or "")

    def _holds_grave(self, node: Node, seen: frozenset[str] = frozenset()) -> bool:
        called = definitions.local_name(node.called_element)
        inside = node.body if node.body is not None else self.definition.processes.get(called) if called not in seen else None
        return self.is_grave(node) or (
            inside is not None and any(self._holds_grave(one, seen | {called}) for one in inside.nodes.values()))


def renumbered(old: Definition, new: Definition) -> Mapping[str, str]:
    """The id an element had -> the id it has now, where only one that went is like one that came."""
    gone, come = _alike(old, new), _alike(new, old)
    return {keys[0]: come[like][0] for like, keys in gone.items() if len(keys) == 1 == len(come.get(like, ()))}


def named(node: Node) -> str:
    """What people call it."""
    return node.name or node.id


def _alike(one: Definition, other: Definition) -> dict[tuple[object, ...], list[str]]:
    """The elements of one version that the other has not, by what makes them the same to people."""
    known = {node.id for process in other.processes.values() for node in definitions.nodes_of(process)}
    found: dict[tuple[object, ...], list[str]] = {}
    for process in one.processes.values():
        for node in definitions.nodes_of(process):
            if node.id not in known and node.name:
                like = (process.id, node.type, node.name, node.lane, node.form, node.operation, node.decision, node.called_element)
                found.setdefault(like, []).append(node.id)
    return found


def _renumbered(node: Node, ids: Mapping[str, str]) -> Node:
    if not ids:
        return node
    incoming, outgoing = ([replace(flow, source=ids.get(flow.source, flow.source), target=ids.get(flow.target, flow.target))
                           for flow in flows] for flows in (node.incoming, node.outgoing))
    return replace(node, id=ids.get(node.id, node.id), incoming=incoming, outgoing=outgoing,
                   attached_to=ids.get(node.attached_to or "", node.attached_to or "") or None)


def _held(scope: Scope, holder: str) -> Iterator[tuple[str, str]]:
    for node in scope.nodes.values():
        yield node.id, holder
        if node.body is not None:
            yield from _held(node.body, node.id)
