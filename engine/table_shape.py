"""A DMN file with another shape: columns of a table added, changed and taken out, an expression as typed, a table begun or removed.

What is written is read again by the reader that running cases meet; whatever that would refuse is refused here, by the box of the page.
Comments, drawings and what other tools keep in the file stay; white space inside tags may be set anew.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from lxml import etree

from engine import decision_graph, errors, feel, forms_schema, safe_xml
from engine.decisions_xml import Reading
from engine.draft_edits import ColumnEdit
from engine.errors import BundleRefused, InvalidSubmission
from engine.form_values import Problem
from engine.table_file import LONGEST_CELL, NOT_HERE, UNWRITABLE, key_of
from engine.types import LintFinding

LONGEST_LABEL: Final = 300
_MODEL: Final = "https://www.omg.org/spec/DMN/20191111/MODEL/"
_ROOT = re.compile(rb"<(?:[\w.\-]+:)?definitions[\s>]")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}\Z")
_LABEL: Final[Problem] = (f"Wajib diisi, paling banyak {LONGEST_LABEL} huruf.", f"Required, at most {LONGEST_LABEL} characters.")
_TEXT: Final[Problem] = (f"Paling banyak {LONGEST_CELL} huruf yang dapat ditulis.", f"At most {LONGEST_CELL} writable characters.")
_KEY: Final[Problem] = ("Huruf, angka, dan garis bawah, diawali huruf; paling banyak 64.",
                        "Letters, digits and underscores, a letter first; at most 64.")
_LAST: Final[Problem] = ("Tabel perlu paling sedikit satu kolom masukan dan satu kolom jawaban.",
                         "A table needs one input column and one answer column at least.")
#: New cells of rows that are there already: any input, and no answer yet.
_CELLS: Final = {"i": ("input", "inputEntry", "-"), "o": ("output", "outputEntry", "null")}


def with_column(data: bytes, file: str, decision: str, edit: ColumnEdit, *, column: str) -> bytes:
    """The file with a column as typed: `i0` the first input, `o1` the second answer; `i` and `o` are new ones, last of their kind.

    Raises:
        NotFound: there is no such table or column.
        InvalidSubmission: by the box of the page; "" for the whole.
        BundleRefused: the file cannot be read.
    """
    kind, place = column[:1], column[1:]
    tag, cell, filling = _kind(kind)
    _check(edit, kind)
    opened = _Opened(data, file)
    table = opened.table(decision)
    drawn = opened.children(table, tag)
    if not place:
        made = opened.made(tag, opened.free_id(f"{decision}_{tag}"))
        _after(table, drawn[-1] if drawn else None, made)
        for rule in opened.children(table, "rule"):
            cells = opened.children(rule, cell)
            beside = cells[-1] if cells else (opened.children(rule, "inputEntry") or [None])[-1]
            _after(rule, beside, opened.texted(cell, filling))
    else:
        made = _nth(drawn, place)
    before = opened.read_by(table.getparent())
    opened.say_column(made, kind, edit)
    opened.settle(table.getparent(), before)
    return opened.written(box=_unreadable(edit, kind))


def without_column(data: bytes, file: str, decision: str, column: str) -> bytes:
    """The file without a column and its cells. Raises as `with_column`; the last of its kind stays."""
    tag, cell, _ = _kind(column[:1])
    opened = _Opened(data, file)
    table = opened.table(decision)
    drawn = opened.children(table, tag)
    gone = _nth(drawn, column[1:])
    if len(drawn) == 1:
        raise InvalidSubmission({"": _LAST})
    before, place = opened.read_by(table.getparent()), drawn.index(gone)
    for rule in opened.children(table, "rule"):
        for one in opened.children(rule, cell)[place:place + 1]:
            _take(one)
    _take(gone)
    opened.settle(table.getparent(), before)
    return opened.written()


def with_expression(data: bytes, file: str, decision: str, text: str) -> bytes:
    """The file with another FEEL text for a decision that is written as one. Raises as `with_column`."""
    if not text.strip() or len(text) > 10 * LONGEST_CELL or UNWRITABLE.search(text):
        raise InvalidSubmission({"text": _TEXT})
    opened = _Opened(data, file)
    owner = opened.decision(decision)
    literal = next(iter(opened.children(owner, "literalExpression")), None)
    if literal is None:
        raise errors.NotFound(decision=decision)
    before = opened.read_by(owner)
    opened.say(literal, text.strip())
    opened.settle(owner, before)
    return opened.written(box="text")


def new_table(key: str, first: ColumnEdit, answer: ColumnEdit) -> tuple[str, bytes]:
    """Path and bytes of a table without rows, its key that of the decision and of the file. Raises `InvalidSubmission`."""
    if not forms_schema.KEY.match(key):
        raise InvalidSubmission({"key": _KEY})
    empty = (f'<?xml version="1.0" encoding="UTF-8"?>\n<definitions xmlns="{_MODEL}" id="{key}_file" name="{key}" '
             f'namespace="urn:sop:{key}">\n  <decision id="{key}" name="{key}">\n    <variable id="{key}_variable" name="{key}" />\n'
             f'    <decisionTable id="{key}_table" hitPolicy="UNIQUE">\n    </decisionTable>\n  </decision>\n</definitions>\n').encode()
    file = f"{key.replace('_', '-')}.dmn"
    opened = _Opened(empty, file)
    table, owner = opened.table(key), opened.decision(key)
    for kind, edit in (("i", first), ("o", answer)):
        _check(edit, kind)
        made = opened.made(_CELLS[kind][0], f"{key}_{_CELLS[kind][0]}")
        _after(table, table[-1] if len(table) else None, made)
        opened.say_column(made, kind, edit)
    opened.settle(owner, frozenset())
    return file, opened.written()


def without_decision(data: bytes, file: str, decision: str) -> bytes | None:
    """The file without a decision and the inputs it alone read; None where nothing is left. Raises `NotFound`, `BundleRefused`, and
    `InvalidSubmission` where another decision of the file needs it."""
    opened = _Opened(data, file)
    owner = opened.decision(decision)
    before = opened.read_by(owner)
    if any(each.get("href", "").rpartition("#")[2] == owner.get("id") for each in opened.root.iter(opened.tag("requiredDecision"))):
        raise InvalidSubmission({"": ("Keputusan lain dalam berkas ini memerlukannya.", "Another decision of this file needs it.")})
    for element in list(owner):
        owner.remove(element)
    opened.settle(owner, before)
    _take(owner)
    return opened.written() if opened.children(opened.root, "decision") else None


def _kind(kind: str) -> tuple[str, str, str]:
    """Tag of a column, tag of its cells, what a new cell says."""
    if kind not in _CELLS:
        raise errors.NotFound(column=kind)
    return _CELLS[kind]


def _check(edit: ColumnEdit, kind: str) -> None:
    wrong: dict[str, Problem] = {}
    if not 1 <= len(edit.label.strip()) <= LONGEST_LABEL or UNWRITABLE.search(edit.label):
        wrong["label"] = _LABEL
    if not edit.text.strip() or len(edit.text) > LONGEST_CELL or UNWRITABLE.search(edit.text):
        wrong["text"] = _TEXT
    elif kind == "o" and not _NAME.match(edit.text.strip()):
        wrong["text"] = _KEY
    if len(edit.values) > LONGEST_CELL or UNWRITABLE.search(edit.values):
        wrong["allowed"] = _TEXT
    if wrong:
        raise InvalidSubmission(wrong)


def _unreadable(edit: ColumnEdit, kind: str) -> str:
    """The box that seems not to be FEEL, "" for none: a name of several words is known to the whole file alone, which has the last word."""
    read = {"allowed": feel.compile_unary_tests} | ({"text": feel.compile_expression} if kind == "i" else {})
    for box, compiled in read.items():
        try:
            compiled((edit.values if box == "allowed" else edit.text) or "-")
        except feel.FeelSyntaxError:
            return box
    return ""


def _nth(found: list[Any], place: str) -> Any:
    if not place.isdecimal() or int(place) >= len(found):
        raise errors.NotFound(column=place)
    return found[int(place)]


def _after(parent: Any, beside: Any, made: Any) -> None:
    """Sets an element behind another one, or first; on a line of its own as that one is."""
    place = 0 if beside is None else parent.index(beside) + 1
    if beside is not None:
        made.tail = beside.tail
        before = beside.getprevious()
        beside.tail = before.tail if before is not None and before.tail else parent.text
    else:
        made.tail = parent.text
    parent.insert(place, made)


def _take(element: Any) -> None:
    """Takes an element out; the next one stands where it stood."""
    before, parent = element.getprevious(), element.getparent()
    if element.getnext() is None:
        if before is not None:
            before.tail = element.tail
        else:
            parent.text = element.tail
    parent.remove(element)


class _Opened:
    """A DMN file as a tree that keeps its comments."""

    def __init__(self, data: bytes, file: str) -> None:
        self._file, self._before = file, data
        reading = Reading(data, file)
        self._namespace = reading.namespace
        self._codes = Counter(each.code for each in _found(reading))
        start = _ROOT.search(data)
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            start = None
        if start is None:
            raise InvalidSubmission({"": NOT_HERE})
        self._head = data[:start.start()]
        self._foot = b"\n" if data.endswith(b"\n") else b""
        self.root: Any = safe_xml.kept_root(data, file)
        # A file that declares none of its inputs reads them freely; the first declared one would make the others unknown.
        self._declares = bool(self.children(self.root, "inputData")) or next(self.root.iter(self.tag("text")), None) is None

    def tag(self, name: str) -> str:
        return f"{{{self._namespace}}}{name}"

    def children(self, element: Any, name: str) -> list[Any]:
        return list(element.iterchildren(self.tag(name)))

    def decision(self, key: str) -> Any:
        found = next((each for each in self.children(self.root, "decision") if key_of(each) == key), None)
        if found is None:
            raise errors.NotFound(decision=key)
        return found

    def table(self, key: str) -> Any:
        found = next(iter(self.children(self.decision(key), "decisionTable")), None)
        if found is None:
            raise errors.NotFound(decision=key)
        return found

    def made(self, name: str, element_id: str = "") -> Any:
        made = etree.SubElement(self.root, self.tag(name))   # so that it takes the file's own prefix
        self.root.remove(made)
        if element_id:
            made.set("id", element_id)
        return made

    def texted(self, name: str, text: str) -> Any:
        made = self.made(name)
        self.say(made, text)
        return made

    def say(self, element: Any, text: str) -> None:
        inner = next(iter(self.children(element, "text")), None)
        if inner is None:
            inner = self.made("text")
            element.insert(0, inner)
        inner.text = text

    def free_id(self, stem: str) -> str:
        taken = {each.get("id") for each in self.root.iter() if isinstance(each.tag, str)}
        stem = re.sub(r"[^A-Za-z0-9_]", "_", stem)
        return next(name for name in (stem, *(f"{stem}_{number}" for number in range(2, len(taken) + 3))) if name not in taken)

    def say_column(self, column: Any, kind: str, edit: ColumnEdit) -> None:
        column.set("label", " ".join(edit.label.split()))
        typed = column
        if kind == "i":
            typed = next(iter(self.children(column, "inputExpression")), None)
            if typed is None:
                typed = self.made("inputExpression")
                column.insert(0, typed)
            self.say(typed, edit.text.strip())
        else:
            column.set("name", edit.text.strip())
        typed.set("typeRef", edit.type) if edit.type else typed.attrib.pop("typeRef", None)
        name = "inputValues" if kind == "i" else "outputValues"
        values = next(iter(self.children(column, name)), None)
        if edit.values.strip() and values is None:
            values = self.made(name)
            column.insert(len(self.children(column, "inputExpression")), values)
        if edit.values.strip():
            self.say(values, edit.values.strip())
        elif values is not None:
            _take(values)

    # --- what a decision requires -------------------------------------------------------------------------------

    def read_by(self, owner: Any) -> frozenset[str]:
        """The names that the texts of a decision read."""
        named = self.root.iterchildren(self.tag("inputData"), self.tag("decision"))
        names = frozenset(" ".join((each.get("name") or "").split()) for each in named)
        return frozenset(name for text in owner.iter(self.tag("text")) for name in _names(text, names))

    def settle(self, owner: Any, before: frozenset[str]) -> None:
        """Requires what its texts read now, and nothing any more that only they read `before`."""
        now = self.read_by(owner)
        named = {each.get("name"): each for each in self.root if each.tag in (self.tag("inputData"), self.tag("decision"))}
        for name in sorted(before - now):
            given = named.get(name)
            for requirement in self.children(owner, "informationRequirement"):
                if given is not None and any(_target(each) == given.get("id") for each in requirement):
                    _take(requirement)
            if given is not None and given.tag == self.tag("inputData") and not any(
                    _target(each) == given.get("id") for each in self.root.iter(self.tag("requiredInput"))):
                _take(given)
        required = {_target(each) for requirement in self.children(owner, "informationRequirement") for each in requirement}
        for name in sorted(now - before):
            given = named.get(name)
            if given is None and not self._declares:
                continue
            if given is None:
                given = self.made("inputData", self.free_id(f"{name}_input"))
                given.set("name", name)
                self.root.insert(self.root.index(self.children(self.root, "decision")[0]), given)
                given.tail = self.root.text
                inner = self.made("variable", self.free_id(f"{name}_variable"))
                inner.set("name", name)
                given.append(inner)
            if given is owner or given.get("id") in required or not given.get("id"):
                continue
            requirement = self.made("informationRequirement", self.free_id(f"{key_of(owner)}_needs_{name}"))
            target = self.made("requiredInput" if given.tag == self.tag("inputData") else "requiredDecision")
            target.set("href", f"#{given.get('id')}")
            requirement.append(target)
            logic = next((each for each in owner if each.tag in (self.tag("decisionTable"), self.tag("literalExpression"))), None)
            place = owner.index(logic) if logic is not None else len(owner)
            requirement.tail = owner.text
            owner.insert(place, requirement)

    def written(self, *, box: str = "") -> bytes:
        """The bytes, as long as nothing in them would be refused that was not refused before."""
        made = self._head + etree.tostring(self.root, encoding="utf-8", with_tail=False) + self._foot
        try:
            found = _found(Reading(made, self._file))
        except BundleRefused as refused:
            raise InvalidSubmission({box: (refused.findings[0].message.id, refused.findings[0].message.en)}) from None
        if fresh := Counter(each.code for each in found) - self._codes:
            said = next(each.message for each in found if each.code in fresh)
            raise InvalidSubmission({box: (said.id, said.en)})
        return made


def _found(reading: Reading) -> Sequence[LintFinding]:
    """What keeps the file from being run."""
    try:
        decision_graph.read_graph(reading)
    except BundleRefused as refused:
        return refused.findings
    return ()


def _target(element: Any) -> str:
    return str(element.get("href") or "").rpartition("#")[2] if isinstance(element.tag, str) else ""


def _names(text: Any, names: frozenset[str]) -> Iterator[str]:
    holder = etree.QName(text.getparent()).localname
    try:
        if holder in ("inputEntry", "inputValues", "outputValues"):
            yield from feel.compile_unary_tests(text.text or "", names=names).required
        elif holder in ("inputExpression", "outputEntry", "literalExpression", "defaultOutputEntry"):
            yield from feel.compile_expression(text.text or "", names=names).required
    except (feel.FeelSyntaxError, feel.FeelLimit):
        return
