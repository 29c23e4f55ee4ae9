"""Where the values of a TOML file stand in its text, so that one of them can be changed and everything else stays as somebody wrote it.

Only for text that `toml_files.read_toml` has read: what is no TOML is not looked for here. A key of several parts is one name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_SPACE = re.compile(r"[ \t]*")
_FILLER = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY = re.compile(r"""(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^="'\n])+""")
_STRING = re.compile(r"""\"{3}(?:[^\\]|\\.)*?\"{3,5}|'{3}.*?'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'""", re.DOTALL)
_BARE = re.compile(r"[^,\]}#\n]*")
_HEADER = re.compile(r"(\[{1,2})[ \t]*(.*?)[ \t]*\]{1,2}[ \t]*(?=#|\r?\n|\Z)")


@dataclass(frozen=True, kw_only=True)
class Place:
    """A value from `start` to `end`; the values of an array, or those of an inline table by key."""

    start: int
    end: int
    items: tuple[Place, ...] = ()
    entries: Mapping[str, Entry] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A key with its value. `start` is where the key begins."""

    start: int
    value: Place


@dataclass(frozen=True, kw_only=True)
class Table:
    """What stands under one header, "" for the top of the file; `is_one_of_many`: its header has two brackets. There it has its `start`."""

    header: str
    is_one_of_many: bool
    entries: Mapping[str, Entry]
    start: int = 0


def tables(text: str) -> tuple[Table, ...]:
    """The file's tables in their order."""
    found, entries = [Table(header="", is_one_of_many=False, entries={})], dict[str, Entry]()
    found[0] = Table(header="", is_one_of_many=False, entries=entries)
    at = _past(_FILLER, text, 0)
    while at < len(text):
        header = _HEADER.match(text, at) if text[at] == "[" else None
        if header is not None:
            entries = {}
            found.append(Table(header=header[2], is_one_of_many=header[1] == "[[", entries=entries, start=at))
            at = header.end()
        else:
            name, entry = _entry(text, at)
            entries[name] = entry
            at = entry.value.end
        at = _past(_FILLER, text, at)
    return tuple(found)


def blocks(text: str, header: str) -> tuple[Place, ...]:
    """The tables of one header with two brackets, each with its notes: the lines of comment right above it, its own sub-tables, and the end
    of its last line."""
    found = list[Place]()
    for table in tables(text):
        end = _past_line(text, max((entry.value.end for entry in table.entries.values()), default=table.start))
        if (table.header, table.is_one_of_many) == (header, True):
            found.append(Place(start=_with_notes(text, table.start), end=end))
        elif found and table.header.startswith(f"{header}."):
            found[-1] = Place(start=found[-1].start, end=end)
    return tuple(found)


def _with_notes(text: str, at: int) -> int:
    start = text.rfind("\n", 0, at) + 1
    while start:
        above = text.rfind("\n", 0, start - 1) + 1
        if not text[above:start].lstrip().startswith("#"):
            break
        start = above
    return start


def _past_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def _entry(text: str, at: int) -> tuple[str, Entry]:
    key = _KEY.match(text, at)
    if key is None:
        raise ValueError("a key")
    if text[key.end()] != "=":
        raise ValueError("a value")
    return key[0].strip().strip("\"'"), Entry(start=at, value=_value(text, _past(_SPACE, text, key.end() + 1)))


def _value(text: str, at: int) -> Place:
    if text[at] == "[":
        return _array(text, at)
    if text[at] == "{":
        return _inline(text, at)
    found = _STRING.match(text, at) if text[at] in "\"'" else _BARE.match(text, at)
    if found is None:
        raise ValueError("a value")
    return Place(start=at, end=at + len(found[0].rstrip()))


def _array(text: str, start: int) -> Place:
    items, at = list[Place](), _past(_FILLER, text, start + 1)
    while text[at] != "]":
        items.append(_value(text, at))
        at = _past_comma(text, items[-1].end)
    return Place(start=start, end=at + 1, items=tuple(items))


def _inline(text: str, start: int) -> Place:
    entries, at = dict[str, Entry](), _past(_FILLER, text, start + 1)
    while text[at] != "}":
        name, entry = _entry(text, at)
        entries[name] = entry
        at = _past_comma(text, entry.value.end)
    return Place(start=start, end=at + 1, entries=entries)


def _past_comma(text: str, at: int) -> int:
    at = _past(_FILLER, text, at)
    return _past(_FILLER, text, at + 1) if text[at] == "," else at


def _past(what: re.Pattern[str], text: str, at: int) -> int:
    found = what.match(text, at)
    assert found is not None  # it matches nothing, too
    return found.end()
