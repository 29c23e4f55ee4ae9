"""What a new version of an SOP does elsewhere that only a consent gate led to, and who else answers for her."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from engine import definitions
from engine.definitions import Definition
from engine.forms_schema import Form
from engine.model import Node
from engine.types import Text

_SENT: Final = frozenset({"referral", "transfer"})   # records of what went to somebody else


@dataclass(frozen=True, kw_only=True)
class Weakening:
    """One gate that no longer holds as it did. `element_id` is "" for a form or table as a whole."""

    element_id: str
    text: Text


def done(old: Definition, new: Definition, before: list[Node], after: list[Node], name: str) -> Iterator[Weakening]:
    """Steps that send or call what only the gate `name` led to, and are come to without it. `before`, `after`: what stands behind it."""
    known = {_sends(old, node) for node in _but(old, before)}
    behind = {_sends(old, node) for process in old.processes.values() for node in definitions.nodes_of(process)} - known
    for node in _but(new, after):
        if _sends(new, node) in behind:
            yield Weakening(element_id=node.id, text=Text(f"Tanpa melewati “{name}” kini dikerjakan juga: “{node.name or node.id}”.",
                                                          f"Without passing “{name}” this is now done, too: “{node.name or node.id}”."))


def answered(old: Definition, new: Definition, is_consent: Callable[[Form | None], bool]) -> Iterator[Weakening]:
    """Steps that newly write the answer of a consent form without asking for consent: a table, a mapping, another form."""
    answers = {field.key for form in old.forms.values() if is_consent(form) for field in form.steering}
    known = {(node.id, name) for node, name in _writing(old, answers, is_consent)}
    for node, name in _writing(new, answers, is_consent):
        if (node.id, name) not in known:
            writer = node.name or node.id
            yield Weakening(element_id=node.id, text=Text(f"Jawaban persetujuan “{name}” kini ditulis juga oleh “{writer}”.",
                                                          f"The answer on consent “{name}” is now written by “{writer}”, too."))


def _but(definition: Definition, guarded: list[Node]) -> list[Node]:
    """All nodes in whichever process, but these and what they hold."""
    held = {id(each) for node in guarded for each in (node, *(definitions.nodes_of(node.body) if node.body is not None else ()))}
    return [node for process in definition.processes.values() for node in definitions.nodes_of(process) if id(node) not in held]


def _sends(definition: Definition, node: Node) -> tuple[str, ...] | None:
    """What a step sends out of the agency's hands, or hands to another process; None where it does neither."""
    form = definition.forms.get(node.form or "")
    if node.operation:
        return node.operation, *(f"{key}={value}" for key, value in sorted(node.arguments.items()))
    if node.called_element:
        return (definitions.local_name(node.called_element),)
    return (form.record or "",) if form is not None and form.record in _SENT else None


def _writing(definition: Definition, answers: set[str], is_consent: Callable[[Form | None], bool]) -> Iterator[tuple[Node, str]]:
    for process in definition.processes.values():
        for node in definitions.nodes_of(process):
            form = definition.forms.get(node.form or "")
            fields = {field.key for field in form.steering} if form is not None and not is_consent(form) else set()
            written = {*fields, node.result or "", *(mapping.target for mapping in node.output_mappings)}
            yield from ((node, name) for name in sorted(answers & written))
