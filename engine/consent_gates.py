"""What a new version of an SOP takes away from its consent gates: the steps that ask for consent, and the questions that heed the answer.

It errs on the careful side: what it names may turn out to be harmless, and the data protection officer says so; what it does not name
leaves every gate as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from engine import definitions
from engine.definitions import Definition
from engine.forms_schema import Form
from engine.model import Flow, Node, Scope
from engine.types import LintFinding, Severity, Text

_HUMAN: Final = frozenset({"userTask", "manualTask", "task"})
_HER_WORD: Final = "plan_agreement"
_SILENT: Final = Text("", "")
REMOVED: Final = "consent-gate-removed"
_INSTEAD: Final = Text("Kembalikan gerbangnya; bila memang dimaksud, petugas pelindungan data ikut mengesahkan.",
                       "Put the gate back; where it is meant, the data protection officer approves as well.")


@dataclass(frozen=True, kw_only=True)
class Weakening:
    """One gate that no longer holds as it did. `element_id` is "" for a form or table as a whole."""

    element_id: str
    text: Text


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
    return (*_forms(old, new), *_gates(old, new), *_tables(old, new))


def findings(old: Definition, new: Definition) -> list[LintFinding]:
    """What is weakened, as the check of a draft says it. Advice: it stands where the officer approves."""
    files = {node.id: file for file, model in old.models.items()
             for process in model.processes.values() for node in definitions.nodes_of(process)}
    return [LintFinding(code=REMOVED, severity=Severity.ADVICE, file=files.get(one.element_id, "sop.toml"), line=None,
                        element_id=one.element_id or None, message=one.text, instead=_INSTEAD) for one in weakened(old, new)]


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
    for place, scope in _scopes(old).items():
        gates = {node.id for node in scope.nodes.values() if _is_gate(old, node, reads_consent)}
        holders = {node.id for node in scope.nodes.values() if node.body is not None and _holds_gate(old, node.body, reads_consent)}
        for gate in sorted(gates | holders):
            node, now = scope.nodes[gate], after.get(place)
            name = node.name or gate
            kept = now.nodes.get(gate) if now is not None else None
            if now is None or kept is None or (asks_consent(old, node) and not asks_consent(new, kept)):
                yield Weakening(element_id=gate, text=Text(f"Gerbang persetujuan “{name}” dihapus.",
                                                                f"The consent gate “{name}” was removed."))
            elif gate in gates and _opened(scope, node, now, kept):
                yield Weakening(element_id=gate, text=Text(f"Gerbang persetujuan “{name}” tidak lagi bekerja seperti semula.",
                                                           f"The consent gate “{name}” no longer works as it did."))
            elif round_it := (_guarded(scope, gate) & now.nodes.keys()) - _guarded(now, gate):
                names = ", ".join(f"“{now.nodes[one].name or one}”" for one in sorted(round_it) if _is_work(now.nodes[one]))
                if names:
                    yield Weakening(element_id=gate, text=Text(f"Tanpa melewati “{name}” kini dapat dicapai: {names}.",
                                                               f"Without passing “{name}” one can now reach: {names}."))


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


def _holds_gate(definition: Definition, scope: Scope, reads_consent: re.Pattern[str]) -> bool:
    return any(_is_gate(definition, node, reads_consent) or (node.body is not None and _holds_gate(definition, node.body, reads_consent))
               for node in scope.nodes.values())


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


def _reached(scope: Scope, starts: set[str], *, without: str = "") -> set[str]:
    after: dict[str, set[str]] = {}
    for flow in scope.flows:
        after.setdefault(flow.source, set()).add(flow.target)
    for node in scope.nodes.values():
        if node.attached_to is not None:
            after.setdefault(node.attached_to, set()).add(node.id)
    found, waiting = set(starts), list(starts)
    while waiting:
        for target in after.get(waiting.pop(), set()) - found - {without}:
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
