"""What an SOP may never ask of somebody who comes for help: papers before safety, an identity card as a condition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from engine.comparing_parts import approves
from engine.forms_schema import Field, FieldType
from engine.lint.net import entries, following
from engine.lint.registry import RULE, Catalogue, Hit
from engine.lint.rules_sop import HUMAN
from engine.lint.subject import Diagram, Sop
from engine.model import Node, Scope

rules = Catalogue()
#: Words of a field's key that mean an identity paper, and keys that do.
_PAPER_WORDS = frozenset({"nik", "ktp", "kk", "akta"})
_PAPERS = frozenset({"id_card", "identity_card", "id_number", "family_card", "family_card_no", "birth_certificate"})
_ANSWERED_EITHER_WAY = (FieldType.BOOLEAN, FieldType.CHOICE, FieldType.CHOICES)
_EMERGENCY = frozenset({"emergency"})
_PAPER_RECORDS = frozenset({"assessment", "intake_papers"})


@rules.sop_rule(
    "identity-paper-required",
    RULE,
    ("Isian ini mewajibkan KTP, KK atau NIK.", "This field demands an identity paper."),
    (
        'Hapus "required" dan "rule", atau beri "allowUnknown": berkas boleh menyusul.',
        'Take "required" and "rule" away, or add "allowUnknown": papers may follow.',
    ),
)
def identity_paper_required(sop: Sop) -> Iterator[Hit]:
    """A missing paper never keeps anybody from help: a child who flees at night has none."""
    for path in sop.bundle.forms():
        form = sop.forms.get(sop.form_key(path))
        for field in _fields(form.fields) if form is not None else ():
            if _is_identity_paper(field.key) and _is_demanded(field):
                yield Hit(file=path, element_id=field.key)


@rules.diagram_rule(
    "emergency-after-papers",
    RULE,
    ("Asesmen, berkas atau persetujuan atasan ini digambar sebelum tanggap darurat.",
     "Assessment, papers or an approval are drawn before the emergency response."),
    ("Gambar tanggap darurat risiko tinggi sebelum langkah ini.", "Draw the emergency response for high risk before this step."),
)
def emergency_after_papers(diagram: Diagram) -> Iterator[Hit]:
    """Where the risk is high, safety comes before any paper and before anybody's approval; an SOP that has an emergency step leads to it
    first."""
    makes = _Makes(diagram.sop)
    for scope, _, _ in diagram.scopes:
        emergencies = {node.id for node in scope.nodes.values() if makes.any(node, _EMERGENCY)}
        if not emergencies:
            continue
        after = following(scope)
        reached = {start: _reached(after, start) for start in emergencies}
        for node in scope.nodes.values():
            if node.id in emergencies or not _reached(after, node.id) & emergencies or any(node.id in found for found in reached.values()):
                continue
            if makes.any(node, _PAPER_RECORDS) or (_approves(diagram, node) and _all_wait(scope, after, node, emergencies)):
                yield diagram.hit(node)


def _all_wait(scope: Scope, after: Mapping[str, Iterable[str]], node: Node, emergencies: set[str]) -> bool:
    """Whether no way comes to an emergency step but through the node."""
    round_it = {key: {*targets} - {node.id} for key, targets in after.items()}
    return not any(start in emergencies or _reached(round_it, start) & emergencies for start in entries(scope) if start != node.id)


def _approves(diagram: Diagram, node: Node) -> bool:
    return node.type in HUMAN and approves(diagram.sop.forms.get(node.form or ""))


class _Makes:
    """Which records the forms of a node make, through what it holds and calls."""

    def __init__(self, sop: Sop) -> None:
        self._sop = sop

    def any(self, node: Node, records: frozenset[str]) -> bool:
        """Whether one of these records is made by the node or inside it."""
        seen: set[str] = set()
        waiting = [node]
        while waiting:
            one = waiting.pop()
            form = self._sop.forms.get(one.form or "")
            if form is not None and form.record in records:
                return True
            if one.body is not None:
                waiting += one.body.nodes.values()
            called = self._sop.called(one.called_element) if one.called_element else None
            if called is not None and called[1].id not in seen:
                seen.add(called[1].id)
                waiting += called[1].nodes.values()
        return False


def _fields(fields: Iterable[Field]) -> Iterator[Field]:
    for field in fields:
        yield field
        yield from _fields(field.fields)


def _is_identity_paper(key: str) -> bool:
    return key in _PAPERS or not _PAPER_WORDS.isdisjoint(key.split("_"))


def _is_demanded(field: Field) -> bool:
    is_free = not field.required or field.allow_unknown
    if field.type in _ANSWERED_EITHER_WAY:
        return field.rule is not None or (len(field.options) == 1 and not is_free)
    return not is_free


def _reached(after: Mapping[str, Iterable[str]], start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for target in after.get(waiting.pop(), ()):
            if target not in found:
                found.add(target)
                waiting.append(target)
    return found
