"""Decision tables merged row by row; whatever else a DMN file says, element by element.

Rows are understood by their columns: where one side changed the columns or the hit policy and the other a row, the table stands as one.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.merging import xml_parts
from engine.merging.weighing import ORDER, Records, Side, Unmergeable, Weighing, woven
from engine.types import Text

_FILE, _ROW = "#file", "\0"
_SAYS, _COLUMNS, _FIRST = "says", "columns", "first"
#: Hit policies by which the place of a row decides.
_IN_ORDER = frozenset({"FIRST", "RULE ORDER"})


@dataclass
class _Read:
    """One side: its elements by part, and of each decision table the rows by their ids."""

    root: Any
    found: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)

    def table(self, part: str) -> Any:
        """The decision table of a part; None: it has none."""
        return next((one for one in xml_parts.elements(self.found[part]) if xml_parts.local(one) == "decisionTable"), None)

    def columns(self, part: str) -> dict[str, str]:
        """What a table says beside its rows."""
        return xml_parts.says(self.table(part), is_left_out=_is_row)

    def said_rows(self, part: str) -> dict[str, dict[str, str]]:
        """The rows of a table, in order."""
        return {row: xml_parts.says(element) for row, element in self.rows[part].items()}


def merged(weighing: Weighing, base: bytes, in_force: bytes, draft: bytes) -> bytes:
    """The file of the version in force with what is taken of the draft set into it. Raises `Unmergeable`."""
    weighing.title = _title
    was, mine, theirs = sides = [_read(xml_parts.read(each, weighing.file)) for each in (base, in_force, draft)]
    by_row = {part for part in mine.rows if part in was.rows and part in theirs.rows and not _stands_as_one(was, mine, theirs, part)}
    taken = weighing.sides(*(_records(each, by_row) for each in sides))
    from_side = {Side.IN_FORCE: mine, Side.DRAFT: theirs}
    for part in by_row & taken.keys():
        rows = {key.partition(_ROW)[2]: said[_SAYS] for key, said in taken.items() if key.startswith(part + _ROW)}
        order = weighing.order(part, [list(each.rows[part]) for each in sides], list(rows))
        if mine.table(part).get("hitPolicy") in _IN_ORDER and _in_one_gap(*(list(each.rows[part]) for each in sides)):
            order = _chosen_order(weighing, part, mine, theirs, order)
        made = copy.deepcopy(from_side[taken[part][_SAYS]].found[part])
        table = _table(from_side[taken[part][_COLUMNS]].table(part), [from_side[rows[row]].rows[part][row] for row in order])
        xml_parts.set_in_place(next(one for one in xml_parts.elements(made) if _is_table(one)), table)
        if xml_parts.says(made) != xml_parts.says(mine.found[part]):
            mine.found[part] = xml_parts.set_in_place(mine.found[part], made)
    _set_others(mine, theirs, taken, by_row)
    return xml_parts.written(mine.root)


def _title(part: str, name: str) -> Text:
    """What a part of the file is called."""
    table, _, row = part.partition(_ROW)
    key = table.partition(":")[2] or table
    if row:
        return Text(f"Tabel {key}, baris {row}", f"Table {key}, row {row}")
    words = {_COLUMNS: ("kolom dan kebijakan hasil", "columns and hit policy"), ORDER: ("urutan baris", "order of the rows"),
             _FIRST: ("baris baru siapa yang didahulukan", "whose new rows come first")}.get(name)
    return Text(f"Tabel {key}: {words[0]}", f"Table {key}: {words[1]}") if words else Text(f"Tabel keputusan: {key}", f"Decisions: {key}")


def _read(root: Any) -> _Read:
    read = _Read(root)
    for child in xml_parts.elements(root):
        key = f"{xml_parts.local(child)}:{child.get('id') or ''}"
        if not child.get("id") or key in read.found:
            raise Unmergeable()
        read.found[key] = child
        table = read.table(key)
        if table is not None:
            rows = [row for row in xml_parts.elements(table) if _is_row(row)]
            read.rows[key] = {row.get("id") or "": row for row in rows}
            if len(read.rows[key]) != len(rows) or "" in read.rows[key]:
                del read.rows[key]   # rows that nothing tells apart
    return read


def _is_row(element: Any) -> bool:
    return xml_parts.local(element) == "rule"


def _is_table(element: Any) -> bool:
    return xml_parts.local(element) == "decisionTable"


def _stands_as_one(was: _Read, mine: _Read, theirs: _Read, part: str) -> bool:
    """Whether one side changed what rows are understood by, and the other anything else of the table."""
    columns = [side.columns(part) for side in (was, mine, theirs)]
    tables = [xml_parts.says(side.table(part)) for side in (was, mine, theirs)]
    return tables[1] != tables[2] and any(columns[one] != columns[0] and tables[other] != tables[0] for one, other in ((1, 2), (2, 1)))


def _records(side: _Read, by_row: set[str]) -> Records:
    found: dict[str, Mapping[str, Any]] = {_FILE: {_SAYS: xml_parts.says(side.root, is_left_out=lambda one: one.getparent() is side.root)}}
    for part, element in side.found.items():
        if part in by_row:
            found[part] = {_SAYS: xml_parts.says(element, is_left_out=_is_table), _COLUMNS: side.columns(part)}
            found |= {f"{part}{_ROW}{row}": {_SAYS: said} for row, said in side.said_rows(part).items()}
        else:
            found[part] = {_SAYS: xml_parts.says(element)}
    return found


def _in_one_gap(was: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether both sides added rows at the same place, so that nothing says which comes first."""
    def gaps(rows: Sequence[str], other: Sequence[str]) -> set[str]:
        before, found = "", set()
        for row in rows:
            if row in was:
                before = row
            elif row not in other:
                found.add(before)
        return found

    return bool(gaps(mine, theirs) & gaps(theirs, mine))


def _chosen_order(weighing: Weighing, part: str, mine: _Read, theirs: _Read, order: list[str]) -> list[str]:
    """The rows with those in front that the chosen side added. Raises `Unmergeable` where that side does not have the others' order."""
    here, there = list(mine.rows[part]), list(theirs.rows[part])
    side = weighing.side(part, _FIRST, [], here, there)
    made = woven(here, there, order) if side is Side.IN_FORCE else woven(there, here, order)
    both = set(here) & set(there)
    if [row for row in made if row in both] != [row for row in order if row in both]:
        raise Unmergeable()
    return made


def _table(columns: Any, rows: list[Any]) -> Any:
    made = copy.deepcopy(columns)
    for row in [one for one in xml_parts.elements(made) if _is_row(one)]:
        xml_parts.take_out(row)
    for row in rows:
        made.append(copy.deepcopy(row))
    return made


def _set_others(mine: _Read, theirs: _Read, taken: Mapping[str, Mapping[str, Side]], by_row: set[str]) -> None:
    """What is no table merged row by row: set in place, added, taken out."""
    before = None
    for part, element in theirs.found.items():
        if part in taken and part not in mine.found:
            mine.found[part] = xml_parts.put_after(mine.root, before, element)
        elif part in taken and part not in by_row and taken[part][_SAYS] is Side.DRAFT:
            mine.found[part] = xml_parts.set_in_place(mine.found[part], element)
        before = mine.found[part] if part in taken else before
    for part in [one for one in mine.found if one not in taken]:
        xml_parts.take_out(mine.found.pop(part))
    if taken[_FILE][_SAYS] is Side.DRAFT:
        xml_parts.reattributed(mine.root, theirs.root, is_part=lambda one: isinstance(one.tag, str))
