"""A decision table as its DMN file writes it, and the file with other rows: every byte that no row says stays as it was.

Cells are read as text, so that a table whose FEEL is broken can be shown and mended. What is written is read again and compared: a
file shaped otherwise than this can edit is refused, never damaged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine import errors, table_bytes
from engine.decisions_xml import Reading
from engine.draft_edits import RuleEdit, TableEdit
from engine.errors import InvalidSubmission

LONGEST_CELL, MOST_RULES = 2000, 300
NOT_HERE = ("Tabel ini tidak dapat disunting di sini; ubah lewat berkas.", "This table cannot be edited here; change its file.")
# What XML cannot hold at all; a cell has no other use for them either.
UNWRITABLE = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")


@dataclass(frozen=True, kw_only=True)
class WrittenColumn:
    """A column as written. `text` is an input's expression, an output's name; `values` the allowed ones, as FEEL."""

    label: str
    text: str
    type: str
    values: str


@dataclass(frozen=True, kw_only=True)
class WrittenTable:
    """One table of a file; `decision` is its decision's id, or its name where it has none; `title` what the whole file is called."""

    decision: str
    title: str
    name: str
    description: str
    inputs: tuple[WrittenColumn, ...]
    outputs: tuple[WrittenColumn, ...]
    notes: tuple[str, ...]                   # names of the columns that only explain
    edit: TableEdit


def tables(data: bytes, file: str) -> tuple[WrittenTable, ...]:
    """The tables of a DMN file, in its order. Raises `BundleRefused`: it is no XML that may be read, or no DMN."""
    reading = Reading(data, file)
    return tuple(_table(reading, decision, element) for decision, element in table_elements(reading))


@dataclass(frozen=True, kw_only=True)
class WrittenExpression:
    """A decision that is one FEEL text; `decision` is its id, or its name where it has none."""

    decision: str
    name: str
    description: str
    text: str


def expressions(data: bytes, file: str) -> tuple[WrittenExpression, ...]:
    """The decisions of a DMN file that are one FEEL text, in its order. Raises as `tables`."""
    reading = Reading(data, file)
    return tuple(
        WrittenExpression(decision=key_of(owner), name=" ".join((owner.get("name") or key_of(owner)).split()), text=_cell(reading, literal),
                          description=_described(reading, owner))
        for owner in _children(reading, reading.root, "decision") for literal in _children(reading, owner, "literalExpression"))


def table_elements(reading: Reading) -> Iterator[tuple[str, Any]]:
    """Each decision that is a table, by id or name, with its `decisionTable`."""
    for decision in _children(reading, reading.root, "decision"):
        for element in _children(reading, decision, "decisionTable"):
            yield key_of(decision), element


def key_of(decision: Any) -> str:
    """What a decision is asked for by."""
    return str(decision.get("id") or " ".join((decision.get("name") or "").split()))


def with_table(data: bytes, file: str, decision: str, edit: TableEdit) -> bytes:
    """The file with this decision's hit policy and rows as typed.

    Raises:
        NotFound: there is no such table.
        InvalidSubmission: too many rows, a cell too long, or a file of a shape this does not write.
        BundleRefused: as `tables`.
    """
    before = _found(data, file, decision)
    _check(before, edit)
    if edit == before.edit:
        return data
    after = table_bytes.written(data, decision, before.edit, edit)
    try:
        again = None if after is None else _found(after, file, decision)
    except errors.EngineError:
        again = None
    if after is None or again is None or _cells(again.edit) != _cells(edit):
        raise InvalidSubmission({"": NOT_HERE})
    return after


def _found(data: bytes, file: str, decision: str) -> WrittenTable:
    found = next((table for table in tables(data, file) if table.decision == decision), None)
    if found is None:
        raise errors.NotFound(decision=decision)
    return found


# --- reading -----------------------------------------------------------------------------------------------------


def _table(reading: Reading, decision: str, element: Any) -> WrittenTable:
    owner = element.getparent()
    notes = tuple(child.get("name") or "" for child in _children(reading, element, "annotation"))
    inputs = tuple(_input(reading, child) for child in _children(reading, element, "input"))
    outputs = tuple(WrittenColumn(
        label=child.get("label") or element.get("outputLabel") or child.get("name") or "", text=child.get("name") or "",
        type=child.get("typeRef") or "", values=_inner(reading, child, "outputValues")) for child in _children(reading, element, "output"))
    return WrittenTable(
        decision=decision, title=" ".join((reading.root.get("name") or "").split()),
        name=" ".join((owner.get("name") or decision).split()), inputs=inputs, outputs=outputs, notes=notes,
        description=_described(reading, owner),
        edit=TableEdit(
            policy=" ".join((element.get("hitPolicy") or "UNIQUE").split()), aggregation=(element.get("aggregation") or "").strip(),
            rules=tuple(_rule(reading, number, child, len(notes)) for number, child in enumerate(_children(reading, element, "rule")))))


def _described(reading: Reading, owner: Any) -> str:
    return "".join(child.text or "" for child in _children(reading, owner, "description")).strip()


def _input(reading: Reading, element: Any) -> WrittenColumn:
    expression = next(_children(reading, element, "inputExpression"), None)
    text = "" if expression is None else _cell(reading, expression)
    return WrittenColumn(label=element.get("label") or text, text=text, values=_inner(reading, element, "inputValues"),
                         type=("" if expression is None else expression.get("typeRef")) or "")


def _rule(reading: Reading, number: int, element: Any, notes: int) -> RuleEdit:
    said = [_cell(reading, child) for child in _children(reading, element, "annotationEntry")][:notes]
    return RuleEdit(
        row=number, inputs=tuple(_cell(reading, child) for child in _children(reading, element, "inputEntry")),
        outputs=tuple(_cell(reading, child) for child in _children(reading, element, "outputEntry")),
        notes=(*said, *[""] * (notes - len(said))))


def _children(reading: Reading, element: Any, tag: str) -> Iterator[Any]:
    return (child for child in element if reading.local(child) == tag)


def _inner(reading: Reading, element: Any, tag: str) -> str:
    return "".join(_cell(reading, child) for child in _children(reading, element, tag))


def _cell(reading: Reading, element: Any) -> str:
    return "".join(child.text or "" for child in _children(reading, element, "text")).strip()


# --- writing -----------------------------------------------------------------------------------------------------


def _check(table: WrittenTable, edit: TableEdit) -> None:
    shape = (len(table.inputs), len(table.outputs), len(table.notes))
    rows = [rule.row for rule in edit.rules if rule.row is not None]
    if any((len(rule.inputs), len(rule.outputs), len(rule.notes)) != shape for rule in edit.rules) or len(set(rows)) != len(rows) \
            or any(not 0 <= row < len(table.edit.rules) for row in rows):
        raise InvalidSubmission({"": ("Baris yang dikirim bukan baris tabel ini; muat ulang halaman.",
                                      "These rows are not of this table; reload the page.")})
    if len(edit.rules) > max(MOST_RULES, len(table.edit.rules)):
        raise InvalidSubmission({"": (f"Paling banyak {MOST_RULES} baris di halaman ini.", f"At most {MOST_RULES} rows on this page.")})
    wrong = {f"r{number}-{kind}{place}": (f"Paling banyak {LONGEST_CELL} huruf yang dapat ditulis.",
                                          f"At most {LONGEST_CELL} writable characters.")
             for number, rule in enumerate(edit.rules)
             for kind, cells in (("i", rule.inputs), ("o", rule.outputs), ("n", rule.notes))
             for place, text in enumerate(cells) if len(text) > LONGEST_CELL or UNWRITABLE.search(text)}
    if wrong:
        raise InvalidSubmission(wrong)


def _cells(edit: TableEdit) -> tuple[str, str, list[tuple[tuple[str, ...], ...]]]:
    return edit.policy, edit.aggregation, [
        tuple(tuple(" ".join(text.split()) for text in cells) for cells in (rule.inputs, rule.outputs, rule.notes)) for rule in edit.rules]
