"""Other rows for a decision table, set into the bytes of its DMN file: where each row and cell stands, and what is put there.

The bytes passed the guards of `safe_xml` and were read as DMN before; the positions are those of a second, streaming reader.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from engine.decisions_xml import NAMESPACES
from engine.draft_edits import RuleEdit, TableEdit

_CELLS = ("inputEntry", "outputEntry", "annotationEntry")
_TAG = re.compile(rb"""<(?:[^<>"']|"[^"]*"|'[^']*')*>""")
_NAME = re.compile(rb"<([^\s/>]+)")


@dataclass
class _Entry:
    """One cell in the bytes: the whole element, and its `text` element, where it has one."""

    kind: int
    span: tuple[int, int]
    text: tuple[int, int] | None = None


@dataclass
class _Row:
    """One `rule` in the bytes: the whole element, where it closes, its cells."""

    start: int
    end: int = 0
    closes: int = 0
    entries: list[_Entry] = field(default_factory=list)


@dataclass
class _Spans:
    """A table in the bytes: its start tag, where it closes, its rows."""

    tag: tuple[int, int] = (0, 0)
    closes: int = 0
    rows: list[_Row] = field(default_factory=list)


def written(data: bytes, decision: str, before: TableEdit, after: TableEdit) -> bytes | None:
    """The file whose table says `after` where it said `before`; None for a file in which the rows cannot be told apart.

    A comment before a row goes with it. New rows are set as the others are.
    """
    try:
        data.decode("utf-8")   # what is put in is; another encoding would not say the same
    except UnicodeDecodeError:
        return None
    spans = _Finder(data, decision).spans
    if len(spans.rows) != len(before.rules) or not spans.closes:
        return None
    lead, prefix = _lead(data, spans), _prefix(data[slice(*spans.tag)])
    ids = _Ids(data, decision)
    made: list[bytes] = []
    for place, rule in enumerate(after.rules):
        between = lead
        if rule.row is None:
            row = _new_row(rule, prefix, lead, ids.next())
        else:
            own = spans.rows[rule.row]
            between = data[spans.rows[rule.row - 1].end:own.start] if rule.row else lead
            row = _row(data, own, before.rules[rule.row], rule, prefix)
        made.append((between if place or not spans.rows else between.lstrip()) + row)
    start = spans.rows[0].start if spans.rows else len(data[:spans.closes].rstrip())
    end = spans.rows[-1].end if spans.rows else start
    head = _with(data[slice(*spans.tag)], hitPolicy=after.policy if after.policy != before.policy else None,
                 aggregation=after.aggregation if after.aggregation != before.aggregation else None)
    return data[:spans.tag[0]] + head + data[spans.tag[1]:start] + b"".join(made) + data[end:]


def _row(data: bytes, row: _Row, was: RuleEdit, rule: RuleEdit, prefix: bytes) -> bytes:
    """The row's bytes with other cells."""
    edits: list[tuple[int, int, bytes]] = []
    for kind, (old, new) in enumerate(zip((was.inputs, was.outputs, was.notes), (rule.inputs, rule.outputs, rule.notes), strict=True)):
        entries = [entry for entry in row.entries if entry.kind == kind]
        missing = new[len(entries):]   # a row may explain less than its columns could
        if any(missing):
            edits.append((row.closes, row.closes, b"".join(_new_cell(kind, text, prefix) for text in missing)))
        edits += [_entry(data, entry, text, prefix) for entry, text, said in zip(entries, new, old, strict=False) if text != said]
    raw = data[row.start:row.end]
    for start, end, words in sorted(edits, reverse=True):
        raw = raw[:start - row.start] + words + raw[end - row.start:]
    return raw


def _entry(data: bytes, entry: _Entry, text: str, prefix: bytes) -> tuple[int, int, bytes]:
    """From where to where to put what, so that the cell says `text`."""
    said = b"<%stext>%s</%stext>" % (prefix, _escaped(text), prefix)
    start, end = entry.text or entry.span
    opening = data[start:start + _length(data, start)]
    if not opening.endswith(b"/>"):
        inner = start + len(opening)
        return (inner, data.rindex(b"</", inner, end), _escaped(text)) if entry.text else (inner, inner, said)
    return (start, end, said if entry.text else opening[:-2].rstrip() + b">" + said + b"</" + _name(opening) + b">")


def _new_row(rule: RuleEdit, prefix: bytes, lead: bytes, rule_id: str) -> bytes:
    cells = [_new_cell(kind, text, prefix) for kind, texts in enumerate((rule.inputs, rule.outputs, rule.notes)) for text in texts]
    inner = lead + b"  " if lead else b""
    return b"<%srule id=%s>%s%s%s</%srule>" % (prefix, quoteattr(rule_id).encode(), inner, b"".join(cells), lead, prefix)


def _new_cell(kind: int, text: str, prefix: bytes) -> bytes:
    tag = prefix + _CELLS[kind].encode()
    return b"<%s><%stext>%s</%stext></%s>" % (tag, prefix, _escaped(text), prefix, tag)


def _escaped(text: str) -> bytes:
    return escape(text).encode("utf-8")


def _lead(data: bytes, spans: _Spans) -> bytes:
    """The white space before a row, as the file sets it."""
    at = spans.rows[0].start if spans.rows else spans.closes
    space = data[len(data[:at].rstrip()):at]
    return space if spans.rows else space + b"  "


def _prefix(opening: bytes) -> bytes:
    head, colon, _ = _name(opening).partition(b":")
    return head + colon if colon else b""


def _name(opening: bytes) -> bytes:
    found = _NAME.match(opening)
    return found[1] if found else b""


def _length(data: bytes, start: int) -> int:
    """Up to the `>` that ends a tag: one inside quotes does not."""
    found = _TAG.match(data, start)
    return found.end() - start if found else 0


def _with(tag: bytes, **attributes: str | None) -> bytes:
    """A start tag with other values of some attributes; "" takes one away, None leaves it."""
    for name, value in attributes.items():
        if value is None:
            continue
        found = re.search(rb"""\s+%s\s*=\s*("[^"]*"|'[^']*')""" % name.encode(), tag)
        words = f" {name}={quoteattr(value)}".encode() if value else b""
        start, end = found.span() if found else (len(tag.rstrip(b"/> \t\r\n")),) * 2
        tag = tag[:start] + words + tag[end:]
    return tag


class _Ids:
    """Ids of new rows that nothing in the file has."""

    def __init__(self, data: bytes, decision: str) -> None:
        self._data, self._stem, self._number = data, re.sub(r"[^A-Za-z0-9_]", "_", decision) or "rule", 0

    def next(self) -> str:
        found = ""
        while not found or found.encode() in self._data:
            self._number += 1
            found = f"{self._stem}_row_{self._number}"
        return found


class _Finder:
    """One reading of the file, for the table of one decision."""

    def __init__(self, data: bytes, decision: str) -> None:
        self.spans = _Spans()
        self._data, self._decision, self._owner = data, decision, ""
        self._path: list[str] = []
        self._is_inside = False
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler, self._parser.EndElementHandler = self._start, self._end
        self._parser.Parse(data, True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        here = self._parser.CurrentByteIndex
        namespace, _, tag = name.rpartition(" ")
        self._path.append(tag if namespace in NAMESPACES else "")
        match self._path[1:]:
            case ["decision"]:
                self._owner = attributes.get("id") or " ".join(attributes.get("name", "").split())
            case ["decision", "decisionTable"] if self._owner == self._decision and not self.spans.closes:
                self._is_inside = True
                self.spans.tag = (here, here + _length(self._data, here))
            case ["decision", "decisionTable", "rule"] if self._is_inside:
                self.spans.rows.append(_Row(start=here))
            case ["decision", "decisionTable", "rule", cell] if self._is_inside and cell in _CELLS:
                self.spans.rows[-1].entries.append(_Entry(kind=_CELLS.index(cell), span=(here, 0)))
            case ["decision", "decisionTable", "rule", cell, "text"] if self._is_inside and cell in _CELLS:
                self.spans.rows[-1].entries[-1].text = (here, 0)

    def _end(self, _: str) -> None:
        here = self._parser.CurrentByteIndex
        after = here + _length(self._data, here)
        match self._path[1:] if self._is_inside else []:
            case ["decision", "decisionTable", "rule", cell, "text"] if cell in _CELLS:
                entry = self.spans.rows[-1].entries[-1]
                entry.text = ((entry.text or (here, 0))[0], after)
            case ["decision", "decisionTable", "rule", cell] if cell in _CELLS:
                entry = self.spans.rows[-1].entries[-1]
                entry.span = (entry.span[0], after)
            case ["decision", "decisionTable", "rule"]:
                self.spans.rows[-1].closes, self.spans.rows[-1].end = here, after
            case ["decision", "decisionTable"]:
                self.spans.closes, self._is_inside = here, False
        self._path.pop()
