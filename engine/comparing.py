"""What a new version of an SOP changes, in words: steps, their order, who does them, times, forms, decisions, documents.

Pure: two definitions in, frozen rows out. What changes an approval or a consent gate is grave, and stands first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from engine import clause_words, comparing_parts, consent_gates, definitions, time_words
from engine.comparing_parts import Change
from engine.definitions import Definition
from engine.forms_schema import Form
from engine.model import Flow, Node
from engine.types import ClockKind, Text

__all__ = ["Change", "compare"]

_WORK: Final = frozenset({"userTask", "manualTask", "task", "serviceTask", "sendTask", "receiveTask", "businessRuleTask", "callActivity",
                          "subProcess", "transaction"})
_CLOCKS: Final = {
    ClockKind.ELAPSED: Text("siang malam", "day and night"), ClockKind.WORKING_MINUTES: Text("jam kerja", "office hours"),
    ClockKind.WORKING_DAYS: Text("hari kerja", "working days"), ClockKind.SAME_DAY: Text("hari yang sama", "the same day")}
_LENGTH: Final = re.compile(r"P(?:(\d+)D|T(\d+)([HMS]))")
_UNITS: Final = {"D": Text("hari", "days"), "H": Text("jam", "hours"), "M": Text("menit", "minutes"), "S": Text("detik", "seconds")}
_UNSET: Final = Text("belum ditetapkan dalam SOP", "not set in the SOP")
_NOBODY: Final = Text("(tanpa peran)", "(no role)")
_NOWHERE: Final = Text("(tanpa lajur)", "(no lane)")
RoleName = Callable[[str], Text]


@dataclass(frozen=True)
class _Side:
    """One of the two versions, with what is asked of it again and again."""

    definition: Definition
    nodes: Mapping[str, Node]
    flows: Mapping[str, Flow]

    @classmethod
    def of(cls, definition: Definition) -> _Side:
        processes = definition.processes.values()
        return cls(definition, {node.id: node for process in processes for node in definitions.nodes_of(process)},
                   {flow.id: flow for process in processes for flow in definitions.flows_of(process) if not flow.synthetic_id})

    @property
    def work(self) -> Mapping[str, Node]:
        return {key: node for key, node in self.nodes.items() if node.type in _WORK}

    def standard(self, element_id: str) -> Node | None:
        return next((node for node in self.nodes.values() if node.attached_to == element_id and node.standard is not None), None)

    def form(self, node: Node) -> Form | None:
        return self.definition.forms.get(node.form or "")

    def is_grave(self, node: Node) -> bool:
        """Whether the step approves something, or asks for consent."""
        return consent_gates.is_consent(self.form(node)) or comparing_parts.approves(self.form(node))


def compare(old: Definition, new: Definition, *, role_name: RoleName = lambda role: Text(role, role)) -> tuple[Change, ...]:
    """Every change from `old` to `new`, the grave ones first, then in the order of the diagram; the same bytes give none."""
    before, after = _Side.of(old), _Side.of(new)
    gates = [Change(kind="consent_weakened", element_id=one.element_id, before="", after="", text=one.text, grave=True)
             for one in consent_gates.weakened(old, new)]
    found = [*gates, *_steps(before, after), *_same_steps(before, after), *_between(before, after), *_order(before, after),
             *_flows(before, after),
             *_roles(old, new, role_name), *comparing_parts.forms(old, new), *comparing_parts.decisions(old, new),
             *comparing_parts.documents(old, new), *comparing_parts.identity(old, new)]
    found += [*comparing_parts.other_files(old, new, said={change.kind for change in found}), *comparing_parts.stories(old, new)]
    return tuple(sorted(found, key=lambda change: not change.grave))


def _named(node: Node) -> str:
    return node.name or node.id


def _lane(node: Node) -> Text:
    return Text(node.lane, node.lane) if node.lane else _NOWHERE


def _steps(before: _Side, after: _Side) -> Iterator[Change]:
    for key, node in after.work.items():
        if key not in before.work:
            lane = _lane(node)
            yield Change(kind="step_added", element_id=key, before="", after=_named(node), grave=after.is_grave(node), text=Text(
                f"Langkah baru: “{_named(node)}” ({lane.id}).", f"New step: “{_named(node)}” ({lane.en})."))
    for key, node in before.work.items():
        if key not in after.work:
            lane = _lane(node)
            yield Change(kind="step_removed", element_id=key, before=_named(node), after="", grave=before.is_grave(node), text=Text(
                f"Langkah dihapus: “{_named(node)}” ({lane.id}).", f"Step removed: “{_named(node)}” ({lane.en})."))


def _same_steps(before: _Side, after: _Side) -> Iterator[Change]:
    for key, node in after.work.items():
        was = before.work.get(key)
        if was is None:
            continue
        grave, name = before.is_grave(was) or after.is_grave(node), _named(node)
        if _named(was) != name:
            yield Change(kind="step_renamed", element_id=key, before=_named(was), after=name, grave=False, text=Text(
                f"Nama langkah berubah: “{_named(was)}” menjadi “{name}”.", f"Step renamed: “{_named(was)}” is now “{name}”."))
        if was.lane != node.lane:
            old, new = _lane(was), _lane(node)
            yield Change(kind="lane_changed", element_id=key, before=was.lane, after=node.lane, grave=grave, text=Text(
                f"Pelaksana “{name}” berubah: dari {old.id} ke {new.id}.", f"“{name}” moves from {old.en} to {new.en}."))
        yield from _time(before, after, key, name)
        if was.form != node.form:
            yield Change(kind="form_changed", element_id=key, before=was.form or "", after=node.form or "", grave=grave, text=Text(
                f"“{name}” memakai formulir lain: {was.form or '-'} menjadi {node.form or '-'}.",
                f"“{name}” uses another form: {was.form or '-'} is now {node.form or '-'}."))
        for kind, old_codes, new_codes, word in (("inputs_changed", was.inputs, node.inputs, Text("Kelengkapan", "Inputs")),
                                                 ("outputs_changed", was.outputs, node.outputs, Text("Output", "Outputs"))):
            if old_codes != new_codes:
                old_list, new_list = ", ".join(old_codes) or "-", ", ".join(new_codes) or "-"
                yield Change(kind=kind, element_id=key, before=old_list, after=new_list, grave=False, text=Text(
                    f"{word.id} “{name}” berubah: {old_list} menjadi {new_list}.", f"{word.en} of “{name}”: {old_list} is now {new_list}."))
        if (was.sensitivity or "") != (node.sensitivity or ""):
            yield Change(kind="sensitivity_changed", element_id=key, before=was.sensitivity or "", after=node.sensitivity or "",
                         grave=(was.sensitivity or "") > (node.sensitivity or ""), text=Text(
                f"Kelas kerahasiaan “{name}” berubah: {was.sensitivity or '-'} menjadi {node.sensitivity or '-'}.",
                f"The sensitivity of “{name}” changes: {was.sensitivity or '-'} is now {node.sensitivity or '-'}."))
        if _behaviour(was) != _behaviour(node):
            yield Change(kind="behaviour_changed", element_id=key, before="", after="", grave=grave, text=Text(
                f"Cara kerja “{name}” berubah.", f"“{name}” works in another way."))


def _behaviour(node: Node) -> tuple[object, ...]:
    """What else a step does, as far as no other row tells it; the line it stands on in the file is nothing of that."""
    loop = replace(node.loop, line=None) if node.loop else None
    return (node.type, loop, node.called_element, node.operation, dict(node.arguments), node.decision, node.result, node.message,
            node.input_mappings, node.output_mappings)


def _between(before: _Side, after: _Side) -> Iterator[Change]:
    """Events and gateways. What a time standard says is told with its step."""
    for key in (*after.nodes, *(key for key in before.nodes if key not in after.nodes)):
        was, now = before.nodes.get(key), after.nodes.get(key)
        node = now or was
        if node is None or node.type in _WORK or any(one is not None and one.standard is not None for one in (was, now)):
            continue
        name = _named(node)
        if was is None:
            yield Change(kind="node_added", element_id=key, before="", after=name, grave=False, text=Text(
                f"Peristiwa atau gerbang baru: “{name}”.", f"New event or gateway: “{name}”."))
        elif now is None:
            yield Change(kind="node_removed", element_id=key, before=name, after="", grave=False, text=Text(
                f"Peristiwa atau gerbang dihapus: “{name}”.", f"Event or gateway removed: “{name}”."))
        elif _trigger(was) != _trigger(now):
            yield Change(kind="behaviour_changed", element_id=key, before="", after="", grave=False, text=Text(
                f"Cara kerja “{name}” berubah.", f"“{name}” works in another way."))


def _trigger(node: Node) -> tuple[object, ...]:
    """What an event waits for or throws, and how a gateway chooses."""
    events = tuple((one.kind, one.name, one.code, one.timer_kind, one.timer_text, one.condition) for one in node.events)
    return (node.type, events, node.default_flow, node.attached_to, node.cancel_activity, node.is_interrupting)


def _time(before: _Side, after: _Side, key: str, name: str) -> Iterator[Change]:
    old, new = (_time_words(side.standard(key)) for side in (before, after))
    if old == new:
        return
    kind = "time_added" if old is None else "time_removed" if new is None else "time_changed"
    was, now = old or _UNSET, new or _UNSET
    yield Change(kind=kind, element_id=key, before=was.id, after=now.id, grave=False, text=Text(
        f"Waktu baku “{name}” berubah: {was.id} menjadi {now.id}.", f"Time standard of “{name}”: {was.en} is now {now.en}."))


def _time_words(timer: Node | None) -> Text | None:
    """The wording with the clock it is counted on, and the length where the wording alone would not tell a change of it."""
    if timer is None or timer.standard is None:
        return None
    clock = _CLOCKS.get(ClockKind(timer.standard.clock)) if timer.standard.clock in set(ClockKind) else None
    length = timer.events[0].timer_text if timer.events else ""
    words = timer.standard.text or ""
    printed = time_words.read(words)
    more = [] if printed is not None and clause_words.is_standard(timer, printed, words) else [_length_words(length or "")]
    more += [Text(timer.standard.start_from, timer.standard.start_from)] if timer.standard.start_from else []
    name = clock or Text(timer.standard.clock, timer.standard.clock)
    return Text(f"{words} ({', '.join([name.id, *(each.id for each in more)])})".lstrip(),
                f"{words} ({', '.join([name.en, *(each.en for each in more)])})".lstrip())


def _length_words(length: str) -> Text:
    """A length as a timer holds it, for people; one that is no plain number of units as it is written."""
    counted = _LENGTH.fullmatch(length)
    if counted is None:
        return Text(f"dihitung {length}", f"counted as {length}")
    number, unit = counted[1] or counted[2], _UNITS["D" if counted[1] else counted[3]]
    return Text(f"dihitung {number} {unit.id}", f"counted as {number} {unit.en}")


def _order(before: _Side, after: _Side) -> Iterator[Change]:
    """What of both versions is followed by something else, whatever stands between them that only one version has.

    After a step the next steps count; after an event or gateway the next element, or a way led round a step would be told nowhere.
    """
    drawn = before.nodes.keys() & after.nodes.keys()
    steps = drawn & before.work.keys() & after.work.keys()
    for key in (key for key in after.nodes if key in drawn):
        common = steps if key in steps else drawn
        old, new = _following(before, key, common), _following(after, key, common)
        if set(old) != set(new):
            name = _named(after.nodes[key])
            was, now = (", ".join(f"“{_named(side.nodes[one])}”" for one in each) for side, each in ((before, old), (after, new)))
            yield Change(kind="order_changed", element_id=key, before=was, after=now, grave=False, text=Text(
                f"Sesudah “{name}” kini: {now or 'tidak ada'}; dahulu: {was or 'tidak ada'}.",
                f"After “{name}” now: {now or 'nothing'}; before: {was or 'nothing'}."))


def _following(side: _Side, key: str, common: set[str]) -> Sequence[str]:
    found: list[str] = []
    seen, waiting = {key}, [flow.target for flow in side.nodes[key].outgoing]
    while waiting:
        target = waiting.pop(0)
        if target in seen or target not in side.nodes:
            continue
        seen.add(target)
        if target in common:
            found.append(target)
        else:
            waiting += [flow.target for flow in side.nodes[target].outgoing]
    return found


def _flows(before: _Side, after: _Side) -> Iterator[Change]:
    """Conditions of branches that both versions draw; grave where they heed an approval or a consent."""
    heeded = _heeded(before)
    for key, flow in after.flows.items():
        was = before.flows.get(key)
        if was is None or was.condition == flow.condition or flow.source not in after.nodes:
            continue
        source, answer = _named(after.nodes[flow.source]), flow.name or flow.id
        yield Change(kind="condition_changed", element_id=flow.source, before=was.condition or "", after=flow.condition or "",
                     grave=heeded.search(was.condition or "") is not None, text=Text(
                         f"Syarat “{answer}” pada “{source}” berubah: {was.condition or '-'} menjadi {flow.condition or '-'}.",
                         f"Condition “{answer}” at “{source}”: {was.condition or '-'} is now {flow.condition or '-'}."))


def _heeded(side: _Side) -> re.Pattern[str]:
    """The answers of approvals and consents, as words of a condition."""
    forms = (form for form in side.definition.forms.values() if comparing_parts.approves(form) or consent_gates.is_consent(form))
    names = sorted({field.key for form in forms for field in form.steering})
    return re.compile(r"\b(?:" + "|".join(map(re.escape, names)) + r")\b" if names else r"(?!)")


def _roles(old: Definition, new: Definition, role_name: RoleName) -> Iterator[Change]:
    """Lanes that stand for another role or for none, and who may start the SOP. Grave where an approval or a consent is in the lane."""
    after = _Side.of(new)
    for folder, was in old.sheets.items():
        sheet = new.sheets.get(folder)
        for lane, before in was.lanes.items():
            role = sheet.lanes.get(lane, "") if sheet is not None else before
            if before != role:
                names = role_name(before), role_name(role) if role else _NOBODY
                yield Change(kind="role_changed", element_id="", before=before, after=role,
                             grave=any(node.lane == lane and after.is_grave(node) for node in after.work.values()), text=Text(
                    f"Lajur “{lane}” kini dikerjakan {names[1].id}; dahulu {names[0].id}.",
                    f"Lane “{lane}” is now done by {names[1].en}; before, by {names[0].en}."))
    if old.sheet.start_roles != new.sheet.start_roles:
        was_words, now_words = ([role_name(role) for role in sheet.start_roles] for sheet in (old.sheet, new.sheet))
        yield Change(kind="start_roles_changed", element_id="", before=" ".join(old.sheet.start_roles),
                     after=" ".join(new.sheet.start_roles), grave=False, text=Text(
            f"Yang boleh memulai: {', '.join(one.id for one in now_words)}; dahulu {', '.join(one.id for one in was_words)}.",
            f"May start: {', '.join(one.en for one in now_words)}; before, {', '.join(one.en for one in was_words)}."))
