"""What a new version of an SOP takes away from its consent gates: the steps that ask for consent, and the questions that heed the answer.

It errs on the careful side: what it names may turn out to be harmless, and the data protection officer says so; what it does not name
leaves every gate as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from engine import consent_elsewhere, definitions
from engine.consent_elsewhere import Weakening
from engine.definitions import Definition
from engine.forms_schema import Form
from engine.lint.answerable import answer, compiled, to_question
from engine.lint.net import following
from engine.model import EventKind, Flow, Node, Scope
from engine.types import LintFinding, Severity, Text, Value

_HUMAN: Final = frozenset({"userTask", "manualTask", "task"})
_HER_WORD: Final = "plan_agreement"
_WITHDRAWAL: Final = "withdrawal"
_WITHDRAWN: Final = "consent_withdrawn"   # the message by which every SOP hears of it (bpmn/README.md)
_HEARS: Final = frozenset({"startEvent", "boundaryEvent", "intermediateCatchEvent", "receiveTask"})
_SILENT: Final = Text("", "")
REMOVED: Final = "consent-gate-removed"
_INSTEAD: Final = Text("Kembalikan gerbangnya; bila memang dimaksud, petugas pelindungan data ikut mengesahkan.",
                       "Put the gate back; where it is meant, the data protection officer approves as well.")


def asks_consent(definition: Definition, node: Node) -> bool:
    """Whether a step's form makes a record of consent."""
    return node.type in _HUMAN and is_consent(definition.forms.get(node.form or ""))


def waits_for_the_client(definition: Definition, node: Node) -> bool:
    """Whether a step is over when the beneficiary has answered: its form records a consent, or her word on the plan."""
    return asks_consent(definition, node) or (node.type in _HUMAN and (form := definition.forms.get(node.form or "")) is not None
                                              and form.record == _HER_WORD)


def is_consent(form: Form | None) -> bool:
    """Whether what is filled in is a consent: for a service, a transfer, a special case."""
    return form is not None and (form.record or "").endswith("consent")


def weakened(old: Definition, new: Definition) -> tuple[Weakening, ...]:
    """Every gate of `old` that `new` removes, opens or goes round; none: the officer need not be asked."""
    return (*_forms(old, new), *_gates(old, new), *_tables(old, new), *_listening(old, new), *_broken_off(old, new),
            *_answers_lost(old, new), *consent_elsewhere.answered(old, new, is_consent))


def findings(old: Definition, new: Definition) -> list[LintFinding]:
    """What is weakened, as the check of a draft says it, with the SOP that the draft is a copy of. Advice: it stands where the officer
    approves."""
    copied = old.sheet.key != new.sheet.key
    said = Text(f" Dibandingkan dengan SOP asalnya, “{old.sheet.title.id}”.", f" Compared with the SOP it copies, “{old.sheet.title.en}”.")
    files = {node.id: file for file, model in old.models.items()
             for process in model.processes.values() for node in definitions.nodes_of(process)}
    return [LintFinding(code=REMOVED, severity=Severity.ADVICE, file=files.get(one.element_id, "sop.toml"), line=None,
                        element_id=one.element_id or None, instead=_INSTEAD,
                        message=Text(one.text.id + said.id, one.text.en + said.en) if copied else one.text) for one in weakened(old, new)]


def _forms(old: Definition, new: Definition) -> Iterator[Weakening]:
    for key, form in old.forms.items():
        other = new.forms.get(key)
        if not is_consent(form) or other is None:   # a step that lost its form is no gate any more: `_gates` says so
            continue
        kept = {field.key: replace(field, label=_SILENT, help=_SILENT, clause="") for field in other.fields}
        changed = [field.label for field in form.fields if kept.get(field.key) != replace(field, label=_SILENT, help=_SILENT, clause="")]
        if other.record != form.record:
            yield Weakening(element_id="", text=Text(f"Formulir “{form.title.id}” tidak lagi mencatat persetujuan yang sama.",
                                                     f"The form “{form.title.en}” no longer records the same consent."))
        for label in changed:
            yield Weakening(element_id="", text=Text(
                f"Isian “{label.id}” pada formulir persetujuan “{form.title.id}” dihapus atau diubah.",
                f"The field “{label.en}” of the consent form “{form.title.en}” was removed or changed."))


def _tables(old: Definition, new: Definition) -> Iterator[Weakening]:
    for path, data in old.files.items():
        if path.endswith(".dmn") and b"consent" in data and new.files.get(path) != data:
            yield Weakening(element_id="", text=Text(f"Tabel keputusan yang membaca persetujuan berubah: {path}.",
                                                     f"A decision table that reads the consent changed: {path}."))


def _gates(old: Definition, new: Definition) -> Iterator[Weakening]:
    reads_consent = _reading(old)
    after = _scopes(new)
    called = _called(old)
    for place, scope in _scopes(old).items():
        gates = {node.id for node in scope.nodes.values() if _is_gate(old, node, reads_consent)}
        holders = {node.id for node in scope.nodes.values() if _holds_gate(old, node, reads_consent)}
        for gate in sorted(gates | holders):
            node, now = scope.nodes[gate], _same_scope(place, scope, after)
            name = node.name or gate
            kept = _same_node(node, now) if now is not None else None
            if now is None or kept is None or (asks_consent(old, node) and not asks_consent(new, kept)):
                yield Weakening(element_id=gate, text=Text(f"Gerbang persetujuan “{name}” dihapus.",
                                                                f"The consent gate “{name}” was removed."))
                continue
            if gate in gates and _opened(scope, node, now, kept):
                yield Weakening(element_id=gate, text=Text(f"Gerbang persetujuan “{name}” tidak lagi bekerja seperti semula.",
                                                           f"The consent gate “{name}” no longer works as it did."))
            elif round_it := (_guarded(scope, gate) & now.nodes.keys()) - _guarded(now, kept.id):
                names = ", ".join(f"“{now.nodes[one].name or one}”" for one in sorted(round_it) if _is_work(now.nodes[one]))
                if names:
                    yield Weakening(element_id=gate, text=Text(f"Tanpa melewati “{name}” kini dapat dicapai: {names}.",
                                                               f"Without passing “{name}” one can now reach: {names}."))
            else:
                yield from consent_elsewhere.done(old, new, _behind(scope, gate), _behind(now, kept.id), name)
            if gate in holders or asks_consent(old, node):
                yield from _left_unanswered(scope, node, now, kept)
        if (gates or holders) and (now := _same_scope(place, scope, after)) is not None and (place not in old.processes or place in called):
            yield from _ended_unanswered(scope, now)


def _left_unanswered(scope: Scope, node: Node, now: Scope, kept: Node) -> Iterator[Weakening]:
    """Events on the edge of the gate that newly lead on to what only an answer led to: silence is no consent."""
    behind = {one for one in _reached(now, {flow.target for flow in kept.outgoing}, without=kept.id) if _is_work(now.nodes[one])}
    before = [each for each in scope.nodes.values() if each.attached_to == node.id]
    for edge in now.nodes.values():
        if edge.attached_to != kept.id:
            continue
        alike = [each for each in before if _heard(each) == _heard(edge)]
        if {flow.target for flow in edge.outgoing} <= {flow.target for each in alike for flow in each.outgoing}:
            continue   # what changed farther on is the business of the gates there
        known = {one for each in alike for one in _reached(scope, {each.id}, without=node.id)}
        if (_reached(now, {edge.id}, without=kept.id) & behind) - known:
            yield _unanswered(edge, node)


def _ended_unanswered(scope: Scope, now: Scope) -> Iterator[Weakening]:
    """New events that end what holds the gate while it is still open; whatever stands round it then goes on."""
    before = {_heard(start) for start in _interrupting(scope)}
    for start in _interrupting(now):
        if _heard(start) not in before:
            yield _unanswered(start, None)


def _interrupting(scope: Scope) -> Iterator[Node]:
    for node in scope.nodes.values():
        if node.triggered_by_event and node.body is not None:
            yield from (start for start in node.body.nodes.values() if start.type == "startEvent" and start.is_interrupting)


def _unanswered(event: Node, gate: Node | None) -> Weakening:
    name, at = event.name or event.id, f" “{gate.name or gate.id}”" if gate is not None else ""
    return Weakening(element_id=event.id, text=Text(f"Peristiwa “{name}” kini melanjutkan tanpa jawaban pada gerbang persetujuan{at}.",
                                                    f"The event “{name}” now goes on without an answer at the consent gate{at}."))


def _heard(event: Node) -> tuple[object, ...]:
    return (event.cancel_activity, *((each.kind, each.name, each.code, each.timer_text, each.condition) for each in event.events))


def _same_scope(place: str, scope: Scope, after: Mapping[str, Scope]) -> Scope | None:
    """The scope in the new version: by its id, or, where only that is another, by what it holds."""
    found = after.get(place)
    return found if found is not None else next((one for one in after.values() if one.nodes.keys() == scope.nodes.keys()), None)


def _same_node(node: Node, now: Scope) -> Node | None:
    found = now.nodes.get(node.id)
    if found is not None or node.body is None:
        return found
    held = node.body.nodes.keys()
    return next((one for one in now.nodes.values() if one.body is not None and one.body.nodes.keys() == held), None)


def _called(definition: Definition) -> frozenset[str]:
    return frozenset(definitions.local_name(node.called_element) for process in definition.processes.values()
                     for node in definitions.nodes_of(process) if node.called_element)


def _listening(old: Definition, new: Definition) -> Iterator[Weakening]:
    """What hears that consent is taken back is part of the gate (UU 27/2022, Pasal 40, as the sheets of the SOPs name it)."""
    after = _scopes(new)
    for place, scope in _scopes(old).items():
        for node in scope.nodes.values():
            if not _hears_withdrawal(old, node):
                continue
            now = _same_scope(place, scope, after)
            if now is None or not any(_hears_withdrawal(new, one) and _heard(one) == _heard(node) and one.type == node.type
                                      for one in now.nodes.values()):
                name = node.name or node.id
                yield Weakening(element_id=node.id, text=Text(f"Penarikan persetujuan tidak lagi didengar seperti semula: “{name}”.",
                                                              f"A withdrawal of consent is no longer heard as it was: “{name}”."))


def _broken_off(old: Definition, new: Definition) -> Iterator[Weakening]:
    """Ends that no longer break off what holds a gate: it counts as done then, and the work behind it goes on in spite of a refusal."""
    reads_consent, after, called = _reading(old), _scopes(new), _called(old)
    for place, scope in _scopes(old).items():
        now = _same_scope(place, scope, after)
        if now is None or (place in old.processes and place not in called):
            continue
        ends = [node for node in scope.nodes.values() if node.type == "endEvent" and _breaks_off(node)]
        if ends and any(_is_gate(old, node, reads_consent) for node in scope.nodes.values()):
            for node in ends:
                kept = now.nodes.get(node.id)
                if kept is not None and not _breaks_off(kept):
                    name = node.name or node.id
                    yield Weakening(element_id=node.id, text=Text(
                        f"Sesudah “{name}” pekerjaan kini berlanjut seolah-olah disetujui; dahulu dihentikan di situ.",
                        f"After “{name}” the work now goes on as if consent had been given; it was broken off there before."))


def _breaks_off(end: Node) -> bool:
    return any(each.kind in (EventKind.ERROR, EventKind.CANCEL) for each in end.events)


def _hears_withdrawal(definition: Definition, node: Node) -> bool:
    form = definition.forms.get(node.form or "")
    return (form is not None and form.record == _WITHDRAWAL) or any(each.name == _WITHDRAWN for each in node.events
                                                                    if node.type in _HEARS)


def _answers_lost(old: Definition, new: Definition) -> Iterator[Weakening]:
    """Answers that can no longer be given, and led to the question of consent while others lead past it."""
    asking = [(key, flow, node) for scope in _scopes(old).values() for node in scope.nodes.values()
              for key, flow in _ways_to_ask(old, scope, node)]
    for key, form in old.forms.items():
        other = new.forms.get(key)
        if other is None or is_consent(form):
            continue
        for field in form.steering:
            values, now = to_question(field), other.field(field.key)
            left = (None,) if now is None else to_question(now)
            if values is None or left is None:
                continue
            lost = [value for value in values if value not in left]
            gates = dict.fromkeys(node.name or node.id for name, flow, node in asking if name == field.key
                                  and any(_may_take(node, flow, name, value) for value in lost))
            for gate in gates:
                yield Weakening(element_id="", text=Text(
                    f"Jawaban “{field.label.id}” yang mengantar ke pertanyaan persetujuan tidak dapat diberikan lagi (“{gate}”).",
                    f"An answer to “{field.label.en}” that led to the question of consent can no longer be given (“{gate}”)."))


def _ways_to_ask(definition: Definition, scope: Scope, node: Node) -> Iterator[tuple[str, Flow]]:
    """Of a choice that consent can be gone round at: the ways that come to it, with each name that decides."""
    asking = {one.id for one in scope.nodes.values() if asks_consent(definition, one)}
    if len(node.outgoing) < 2 or not asking or not any(flow.condition for flow in node.outgoing):
        return
    ahead = {flow.id: _reached(scope, {flow.target}, without=node.id) for flow in node.outgoing}
    read = {name for flow in node.outgoing if flow.condition for name in _names(flow.condition)}
    for gate in asking:
        behind = {one for one in _reached(scope, {gate}, without=node.id) - {gate} if _is_work(scope.nodes[one])}
        past = any(gate not in ways and ways & behind for ways in ahead.values())
        if past:
            yield from ((name, flow) for flow in node.outgoing if gate in ahead[flow.id] for name in read)


def _names(condition: str) -> frozenset[str]:
    read = compiled(condition)
    return read.names if read is not None else frozenset()


def _may_take(node: Node, flow: Flow, name: str, value: Value) -> bool:
    """Whether the answer may lead that way: nothing it decides alone speaks against it."""
    def says(one: Flow) -> Value:
        read = compiled(one.condition or "")
        return answer(read, {name: value}) if read is not None and read.names == {name} else None

    if flow.condition and _names(flow.condition) == {name}:
        return says(flow) is True
    return bool(flow.condition) or not any(says(other) is True for other in node.outgoing if other is not flow)


def _reading(definition: Definition) -> re.Pattern[str]:
    """What in a condition means that it looks at a consent."""
    names = {"consent", *(field.key for form in definition.forms.values() if is_consent(form) for field in form.steering)}
    return re.compile("|".join(sorted(map(re.escape, names))))


def _is_gate(definition: Definition, node: Node, reads_consent: re.Pattern[str]) -> bool:
    return asks_consent(definition, node) or any(flow.condition and reads_consent.search(flow.condition) for flow in node.outgoing) or (
        len(node.outgoing) > 1 and any(_leads_to_consent(definition, node, flow.target) for flow in node.outgoing))


def _leads_to_consent(definition: Definition, node: Node, target: str) -> bool:
    found = definition.processes[definition.process_of(node.id)]
    return any(one.id == target and asks_consent(definition, one) for one in definitions.nodes_of(found))


def _holds_gate(definition: Definition, node: Node, reads_consent: re.Pattern[str], seen: frozenset[str] = frozenset()) -> bool:
    """Whether a sub-process or the process that is called holds one."""
    called = definitions.local_name(node.called_element) if node.called_element else ""
    inside = node.body if node.body is not None else definition.processes.get(called) if called not in seen else None
    return inside is not None and any(
        _is_gate(definition, one, reads_consent) or _holds_gate(definition, one, reads_consent, seen | {called})
        for one in inside.nodes.values())


def _opened(scope: Scope, node: Node, now: Scope, kept: Node) -> bool:
    """Whether a condition is another or leads to more than before; of a step, whether its form or what it is done for is another."""
    if (node.loop, node.form) != (kept.loop, kept.form):
        return True
    if not any(flow.condition for flow in (*node.outgoing, *kept.outgoing)):
        return False
    return _answers(node) != _answers(kept) or any(
        (_reached(now, {mine.target}) - _reached(scope, {flow.target})) & scope.nodes.keys()
        for flow, mine in _pairs(node, kept))


def _answers(node: Node) -> list[tuple[str, bool]]:
    return sorted((flow.condition or "", flow.id == node.default_flow) for flow in node.outgoing)


def _pairs(node: Node, kept: Node) -> Iterator[tuple[Flow, Flow]]:
    return zip(sorted(node.outgoing, key=lambda flow: flow.condition or ""), sorted(kept.outgoing, key=lambda flow: flow.condition or ""),
               strict=True)


def _guarded(scope: Scope, gate: str) -> frozenset[str]:
    """The nodes that nobody reaches unless the gate was passed."""
    starts = {node.id for node in scope.nodes.values() if not node.incoming and node.attached_to is None}
    leaks = {node.id for node in scope.nodes.values() if node.attached_to == gate}   # they fire while the gate is still open
    return frozenset(_reached(scope, starts) - _reached(scope, (starts | leaks) - {gate}, without=gate) - {gate})


def _behind(scope: Scope, gate: str) -> list[Node]:
    return [scope.nodes[key] for key in _guarded(scope, gate)]


def _reached(scope: Scope, starts: set[str], *, without: str = "") -> set[str]:
    after = following(scope)
    found, waiting = set(starts), list(starts)
    while waiting:
        for target in {*after.get(waiting.pop(), ())} - found - {without}:
            found.add(target)
            waiting.append(target)
    return found


def _is_work(node: Node) -> bool:
    return node.type.endswith("Task") or node.type in ("task", "callActivity", "subProcess", "transaction")


def _scopes(definition: Definition) -> Mapping[str, Scope]:
    """Every process and sub-process body by its own id."""
    found: dict[str, Scope] = {}

    def walk(key: str, scope: Scope) -> None:
        found[key] = scope
        for node in scope.nodes.values():
            if node.body is not None:
                walk(node.id, node.body)

    for process in definition.processes.values():
        walk(process.id, process)
    return found
