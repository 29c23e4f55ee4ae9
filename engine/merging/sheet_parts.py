"""An identity sheet (`sop.toml`) merged key by key. Words stay as they were written, each with the remarks above it."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping

from engine.merging.weighing import ORDER, Side, Unmergeable, Weighing
from engine.types import Text

_TABLE = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_-]+)\s*\]\]?\s*(#.*)?\Z")
#: What tells the tables of a list apart.
_IDENTITIES = ("id", "code")
#: What may hold a bracket or a line's end that is none, and what is one.
_TOKEN = re.compile(
    r'''"""(?:\\.|[^\\])*?"{3,5}|''' r"""'{3}.*?'{3,5}|""" r'''"(?:\\.|[^"\\\n])*"|'[^'\n]*'|#[^\n]*|[\[\]{}\n]''', re.DOTALL)
_HEAD, _REST, _OPENING, _WHOLE = "", "#rest", "#opening", "#whole"
#: Table -> key -> the words as written; the head before all tables, what is left after them, and lists of tables, too.
_Parts = dict[str, dict[str, str]]


def merged(weighing: Weighing, base: bytes, in_force: bytes, draft: bytes) -> bytes:
    """The sheet, in the words of the side that is taken for each key. Raises `Unmergeable` where one of the three cannot be taken apart,
    or what comes of them is no sheet."""
    weighing.title = _title
    tables = [list(_tables(each)) for each in (base, in_force, draft)]
    lists = {name for each in tables for name, _, is_list in each if is_list}
    wholes = {name for name in lists if not all(_can_be_told(each, name) for each in tables)}
    parts = [_parts(each, wholes) for each in tables]
    taken = weighing.sides(*parts)
    from_side = {Side.IN_FORCE: parts[1], Side.DRAFT: parts[2]}
    lines: list[str] = []
    for part in weighing.order("", [list(each) for each in parts], list(taken)):
        keys = [key for key, side in taken[part].items() if key in from_side[side].get(part, {})]
        before = [list(each.get(part, {})) for each in parts]
        order = weighing.order(part, before, keys) if all(before) else keys
        lines += [from_side[taken[part][key]][part][key] for key in order]
    made = "".join(lines).encode()
    try:
        tomllib.loads(made.decode())
    except (ValueError, RecursionError):
        raise Unmergeable() from None
    return made


def _title(part: str, key: str) -> Text:
    """What a key of a table is called."""
    where = " ".join(one for one in (part.strip("[]"), key) if one and one not in (ORDER, _OPENING, _WHOLE, _REST))
    return Text(f"Lembar SOP: {where or 'urutannya'}", f"SOP sheet: {where or 'its order'}")


def _tables(sheet: bytes) -> Iterator[tuple[str, dict[str, str], bool]]:
    """Name, keys and whether it is one of a list, of each table in order. Blank lines and remarks go with what follows them."""
    try:
        text = sheet.decode("utf-8") + "\n"
        tomllib.loads(text)
    except (ValueError, RecursionError):
        raise Unmergeable() from None
    name, keys, is_list, pending = _HEAD, dict[str, str](), False, ""
    for words in _statements(text):
        if not words.strip() or words.lstrip().startswith("#"):
            pending += words
        elif words.lstrip().startswith("["):
            found = _TABLE.match(words.rstrip())
            if found is None:
                raise Unmergeable()
            yield name, keys, is_list
            name, keys, is_list, pending = found[2], {_OPENING: pending + words}, found[1] == "[[", ""
        else:
            key = next(iter(_read(words)), None)
            if key is None or key in keys:
                raise Unmergeable()
            keys[key], pending = pending + words, ""
    yield name, keys, is_list
    yield _REST, {_REST: pending.removesuffix("\n")}, False


def _statements(text: str) -> Iterator[str]:
    """The lines of a sheet that can be read; a value over several lines is one with its key."""
    start = depth = 0
    for token in _TOKEN.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
        if token[0] == "\n" and not depth:
            yield text[start:token.end()]
            start = token.end()


def _read(words: str) -> Mapping[str, object]:
    """{} of what is no whole value yet."""
    try:
        return tomllib.loads(words)
    except (ValueError, RecursionError):
        return {}


def _identity(keys: Mapping[str, str]) -> str:
    return next((str(_read(keys[name])[name]) for name in _IDENTITIES if name in keys), "")


def _can_be_told(tables: list[tuple[str, dict[str, str], bool]], name: str) -> bool:
    """Whether each table of a list says which one it is."""
    counted = Counter(_identity(keys) for found, keys, _ in tables if found == name)
    return all(count == 1 for count in counted.values()) and "" not in counted


def _parts(tables: list[tuple[str, dict[str, str], bool]], wholes: set[str]) -> _Parts:
    found: _Parts = {}
    for name, keys, is_list in tables:
        if name in wholes:
            whole = found.setdefault(f"[[{name}]]", {_WHOLE: ""})
            whole[_WHOLE] += "".join(keys.values())
        else:
            found[f"[[{name}]] {_identity(keys)}" if is_list else name] = dict(keys)
    return found
