"""What a new version of an SOP changes, in words: steps, their order, who does them, times, forms, decisions, documents.

Pure: two definitions in, frozen rows out. What changes an approval or a consent gate is grave, and stands first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from engine import clause_words, comparing_behaviour, comparing_events, comparing_parts, comparing_sides, consent_gates, time_words
from engine.changes import Change, Weight
from engine.comparing_sides import WORK, Side, named
from engine.definitions import Definition
from engine.model import Flow, Node
from engine.types import ClockKind, Text

__all__ = ["Change", "compare"]

_CLOCKS: Final = {
    ClockKind.ELAPSED: Text("siang malam", "day and night"), ClockKind.WORKING_MINUTES: Text("jam kerja", "office hours"),
    ClockKind.WORKING_DAYS: Text("hari kerja", "working days"), ClockKind.SAME_DAY: Text("hari yang sama", "the same day")}
_UNSET: Final = Text("belum ditetapkan dalam SOP", "not set in the SOP")
_NOBODY: Final = Text("(tanpa peran)", "(no role)")
_NOWHERE: Final = Text("(tanpa lajur)", "(no lane)")
_HEAVIEST: Final = tuple(Weight)
RoleName = Callable[[str], Text]


def compare(old: Definition, new: Definition, *, role_name: RoleName = lambda role: Text(role, role)) -> tuple[Change, ...]:
    """Every change from `old` to `new`, the heaviest first, then in the order of the diagram; the same bytes give none."""
    renumbered = comparing_sides.renumbered(old, new)
    before, after = Side.of(old, renumbered), Side.of(new)
    gates = [Change(kind="consent_weakened", element_id=one.element_id, before="", after="", text=one.text, grave=True)
             for one in consent_gates.weakened(old, new)]
    found = [*gates, *_steps(before, after), *_same_steps(before, after, role_name), *_between(before, after), *_order(before, after),
             *_conditions(before, after), *_renumbered(renumbered, after), *_correlation(old, new),
             *_roles(old, new, role_name), *comparing_parts.forms(old, new), *comparing_parts.decisions(old, new),
             *comparing_parts.documents(old, new), *comparing_parts.identity(old, new)]
    found += [*comparing_parts.other_files(old, new, said={change.kind for change in found}), *comparing_parts.stories(old, new)]
    return tuple(sorted(found, key=lambda change: _HEAVIEST.index(change.weight)))


def _lane(node: Node) -> Text:
    return Text(node.lane, node.lane) if node.lane else _NOWHERE


def _in_lane(node: Node) -> Text:
    lane = _lane(node)
    return Text(f"({lane.id})", f"({lane.en})") if node.lane else lane


def _steps(before: Side, after: Side) -> Iterator[Change]:
    for key, node in after.work.items():
        if key not in before.work:
            lane = _in_lane(node)
            yield Change(kind="step_added", element_id=key, before="", after=named(node), grave=after.is_grave(node),
                         text=comparing_behaviour.handling_added(node) if node.triggered_by_event else Text(
                f"Langkah baru: “{named(node)}” {lane.id}.", f"New step: “{named(node)}” {lane.en}."))
    for key, node in before.work.items():
        if key not in after.work:
            lane = _in_lane(node)
            yield Change(kind="step_removed", element_id=key, before=named(node), after="", grave=before.is_grave(node), text=Text(
                f"Langkah dihapus: “{named(node)}” {lane.id}.", f"Step removed: “{named(node)}” {lane.en}."))


def _same_steps(before: Side, after: Side, role_name: RoleName) -> Iterator[Change]:
    for key, node in after.work.items():
        was = before.work.get(key)
        if was is None:
            continue
        grave, name = before.is_grave(was) or after.is_grave(node), named(node)
        if named(was) != name:
            yield Change(kind="step_renamed", element_id=key, before=named(was), after=name, grave=False, text=Text(
                f"Nama langkah berubah: “{named(was)}” menjadi “{name}”.", f"Step renamed: “{named(was)}” is now “{name}”."))
        if was.lane != node.lane:
            old, new = _lane(was), _lane(node)
            yield Change(kind="lane_changed", element_id=key, before=was.lane, after=node.lane, grave=grave, text=Text(
                f"Pelaksana “{name}” berubah: dari {old.id} ke {new.id}.", f"“{name}” moves from {old.en} to {new.en}."))
        if before.part(key) != after.part(key):
            old, new = before.part_title(key), after.part_title(key)
            yield Change(kind="step_moved", element_id=key, before=before.part(key), after=after.part(key), grave=grave, text=Text(
                f"“{name}” berpindah: dahulu {old.id}, kini {new.id}.", f"“{name}” moves: before, {old.en}; now, {new.en}."))
        yield from _time(before, after, key, name)
        if was.form != node.form:
            yield Change(kind="form_changed", element_id=key, before=was.form or "", after=node.form or "", grave=grave, text=Text(
                f"“{name}” memakai formulir lain: {before.form_title(was).id} menjadi {after.form_title(node).id}.",
                f"“{name}” uses another form: {before.form_title(was).en} is now {after.form_title(node).en}."))
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
        otherwise = comparing_behaviour.changed(before, was, after, node, role_name)
        if otherwise is not None:
            yield Change(kind="behaviour_changed", element_id=key, before="", after="", grave=grave, text=otherwise)


def _between(before: Side, after: Side) -> Iterator[Change]:
    """Events and gateways. What a time standard says is told with its step; a reminder that measures nothing any more goes with it."""
    heeded = _heeded(before)
    for key in (*after.nodes, *(key for key in before.nodes if key not in after.nodes)):
        was, now = before.nodes.get(key), after.nodes.get(key)
        node = now or was
        if node is None or node.type in WORK or _measures(was) or _measures(now):
            if now is not None and not _measures(now) and now.cancel_activity and _measures(was):   # it stops now what it only measured
                yield Change(kind="node_added", element_id=key, before="", after=named(now), grave=after.cuts_a_safeguard(now),
                             text=comparing_events.added(after, now))
            continue
        if was is None:
            yield Change(kind="node_added", element_id=key, before="", after=named(node), grave=after.cuts_a_safeguard(node),
                         text=comparing_events.added(after, node))
        elif now is None:
            yield Change(kind="node_removed", element_id=key, before=named(node), after="", grave=False,
                         text=comparing_events.removed(before, node))
        else:
            if was.name != now.name and now.name:
                yield Change(kind="node_renamed", element_id=key, before=was.name, after=now.name, grave=False, text=Text(
                    f"Nama di gambar berubah: “{named(was)}” menjadi “{now.name}”.",
                    f"Renamed in the drawing: “{named(was)}” is now “{now.name}”."))
            otherwise = comparing_events.changed(before, was, after, now)
            if otherwise is not None:
                yield Change(kind="behaviour_changed", element_id=key, before="", after="", text=otherwise,
                             grave=after.cuts_a_safeguard(now) or _is_heeded(was, heeded) or _is_heeded(now, heeded))


def _measures(node: Node | None) -> bool:
    return node is not None and node.standard is not None


def _is_heeded(gateway: Node, heeded: re.Pattern[str]) -> bool:
    return any(heeded.search(flow.condition or "") for flow in gateway.outgoing)


def _time(before: Side, after: Side, key: str, name: str) -> Iterator[Change]:
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
    more = [] if printed is not None and clause_words.is_standard(timer, printed, words) else [_counted(length or "")]
    more += [Text(timer.standard.start_from, timer.standard.start_from)] if timer.standard.start_from else []
    name = clock or Text(timer.standard.clock, timer.standard.clock)
    return Text(f"{words} ({', '.join([name.id, *(each.id for each in more)])})".lstrip(),
                f"{words} ({', '.join([name.en, *(each.en for each in more)])})".lstrip())


def _counted(length: str) -> Text:
    words = comparing_events.length(length)
    return Text(f"dihitung {words.id}", f"counted as {words.en}")


def _order(before: Side, after: Side) -> Iterator[Change]:
    """What of both versions is followed by something else, whatever stands between them that only one version has.

    After a step the next steps count; after an event or gateway the next element, or a way led round a step would be told nowhere.
    """
    for key, old, new in _both(before, after):
        if old.keys() != new.keys():
            node, place = after.nodes[key], comparing_events.placed(after, after.nodes[key])
            words = _led(_listed(after, new, old), _listed(before, old, new), is_end=not new)
            yield Change(kind="order_changed", element_id=key, before=", ".join(f"“{named(before.nodes[one])}”" for one in old),
                         after=", ".join(f"“{named(after.nodes[one])}”" for one in new), grave=after.cuts_a_safeguard(node),
                         text=Text(f"Sesudah {place.id} {words.id}.", f"After {place.en} {words.en}."))


def _both(before: Side, after: Side) -> Iterator[tuple[str, Mapping[str, Flow], Mapping[str, Flow]]]:
    """Each element of both versions, with what follows it in the one and in the other, of what both have."""
    drawn = before.nodes.keys() & after.nodes.keys()
    steps = drawn & before.work.keys() & after.work.keys()
    for key in (key for key in after.nodes if key in drawn):
        common = steps if key in steps else drawn
        yield key, before.leading(key, common), after.leading(key, common)


def _listed(side: Side, ways: Mapping[str, Flow], known: Mapping[str, Flow]) -> Text:
    """What follows and did not, with the condition of each way that has one."""
    called = [(side.called(key), flow.condition and side.said(flow.condition)) for key, flow in ways.items() if key not in known]
    return Text(", ".join(f"{name.id} (bila {when.id})" if when else name.id for name, when in called),
                ", ".join(f"{name.en} (if {when.en})" if when else name.en for name, when in called))


def _led(come: Text, gone: Text, *, is_end: bool) -> Text:
    if come.id and gone.id:
        return Text(f"kini {come.id}, tidak lagi {gone.id}", f"now {come.en}, no longer {gone.en}")
    if come.id:
        return Text(f"kini juga {come.id}", f"now also {come.en}")
    end = Text("; jalannya tidak berlanjut ke mana pun", "; the way leads nowhere") if is_end else Text("", "")
    return Text(f"tidak lagi {gone.id}{end.id}", f"no longer {gone.en}{end.en}")


def _conditions(before: Side, after: Side) -> Iterator[Change]:
    """Conditions of ways that both versions have; grave where they heed an approval or a consent. A way drawn anew that leads to the
    same is the same way."""
    heeded = _heeded(before)
    for key, old, new in _both(before, after):
        leads = {flow.id: old[target] for target, flow in new.items() if target in old}
        for flow in after.nodes[key].outgoing:
            was = before.flows.get(flow.id) or leads.get(flow.id)
            source, target = after.called(key), after.called(flow.target)
            if was is not None and was.name != flow.name and flow.name:
                yield Change(kind="answer_reworded", element_id=key, before=was.name, after=flow.name, grave=False, text=Text(
                    f"Tulisan pada jalan dari {source.id} ke {target.id} berubah: “{was.name}” menjadi “{flow.name}”.",
                    f"The words on the way from {source.en} to {target.en}: “{was.name}” is now “{flow.name}”."))
            if was is None or was.condition == flow.condition:
                continue
            had, has = before.said(was.condition), after.said(flow.condition)
            answer = Text(f"“{flow.name}”", f"“{flow.name}”") if flow.name else Text(f"ke {target.id}", f"to {target.en}")
            yield Change(kind="condition_changed", element_id=key, before=was.condition or "", after=flow.condition or "",
                         grave=heeded.search(was.condition or "") is not None, text=Text(
                             f"Syarat {answer.id} pada {source.id} berubah: dahulu {had.id}, kini {has.id}.",
                             f"Condition {answer.en} at {source.en} changes: before, {had.en}; now, {has.en}."))


def _renumbered(ids: Mapping[str, str], after: Side) -> Iterator[Change]:
    for was, now in ids.items():
        name = named(after.nodes[now])
        yield Change(kind="id_changed", element_id=now, before=was, after=now, grave=False, text=Text(
            f"Kode di gambar untuk “{name}” berubah; pekerjaannya tetap.", f"The code of “{name}” in the drawing changes; the work stays."))


def _correlation(old: Definition, new: Definition) -> Iterator[Change]:
    """By what a message finds its case: what the case holds, and what the message brings."""
    before, after = _keys(old), _keys(new)
    for name in dict.fromkeys((*before, *after)):
        was, now = before.get(name, ""), after.get(name, "")
        if was != now:
            yield Change(kind="correlation_changed", element_id="", before=was, after=now, grave=False, text=Text(
                f"Cara pesan menemukan kasusnya berubah ({name}): dahulu {was or 'tidak ada'}, kini {now or 'tidak ada'}.",
                f"How a message finds its case changes ({name}): before, {was or 'none'}; now, {now or 'none'}."))


def _keys(definition: Definition) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for key, process in definition.processes.items():
        found |= {f"{process.name or key}, {name}": _bound(paths) for name, paths in process.correlation_keys.items()}
    for file, model in definition.models.items():
        found |= {f"{file}, {name}": _bound(paths) for name, paths in model.correlation_paths.items()}
        found |= {f"{file}, {name}": ", ".join(keys) for name, keys in model.correlation_keys.items()}
    return found


def _bound(paths: Mapping[str, str]) -> str:
    return ", ".join(f"{name} = {feel}" for name, feel in paths.items())


def _heeded(side: Side) -> re.Pattern[str]:
    """The answers of approvals and consents, as words of a condition."""
    forms = (form for form in side.definition.forms.values() if comparing_parts.approves(form) or consent_gates.is_consent(form))
    names = sorted({field.key for form in forms for field in form.steering})
    return re.compile(r"\b(?:" + "|".join(map(re.escape, names)) + r")\b" if names else r"(?!)")


def _roles(old: Definition, new: Definition, role_name: RoleName) -> Iterator[Change]:
    """Lanes that stand for another role or for none, and who may start the SOP. Grave where an approval or a consent is in the lane."""
    after = Side.of(new)
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
