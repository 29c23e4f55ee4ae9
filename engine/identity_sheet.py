"""The printed identity of an SOP, read from its sheet's text and written into it: every line that does not say it stays as it was."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from engine import errors
from engine.bundle import SopBundle

LINES: Final = ("number", "approver")
DAYS: Final = ("made", "revised", "effective")
LISTS: Final = ("legal_basis", "linkage", "qualification", "equipment")
LONGEST: Final = 1000
MOST: Final = 100

Said = str | date | tuple[str, ...] | None   # a line, a day, the entries of a list; None: no day

_TABLE = re.compile(r"\s*\[")
_KEY = re.compile(r"([A-Za-z0-9_-]+)\s*=")


def said(bundle: SopBundle) -> dict[str, Said]:
    """What the sheet, over the one it adopts, says of each part; what it says in another shape counts as not said."""
    held = bundle.toml.get("identity")
    held = held if isinstance(held, dict) else {}
    lines = {name: held[name] if isinstance(held.get(name), str) else "" for name in LINES}
    days = {name: held[name] if type(held.get(name)) is date else None for name in DAYS}
    lists = {name: tuple(_text(one) for one in held[name]) if isinstance(held.get(name), list) else () for name in LISTS}
    return {**lines, **days, **lists}


def written(bundle: SopBundle, sheet: bytes, given: Mapping[str, Said]) -> bytes:
    """The text of the bundle's own sheet with these parts; entries whose words stay keep what else is said of them.

    Raises:
        InvalidSubmission: a line that may not be, or a sheet that says its identity in another shape than a part a line.
    """
    before = said(bundle)
    changed = {name: value for name, value in given.items() if value != before[name]}
    wrong = {name: ("Tulis dalam huruf biasa, paling banyak 1.000 huruf tiap baris dan 100 baris.",
                    "Write plain letters, at most 1,000 in a line and 100 lines.")
             for name, value in changed.items() if not _fits(value)}
    if wrong:
        raise errors.InvalidSubmission(wrong)
    if not changed:
        return sheet
    text, held = sheet.decode("utf-8"), _read(sheet)
    kept = {_text(one): one for name in LISTS for one in _entries(bundle, name)}
    values = {name: [kept.get(one, one) for one in value] if isinstance(value, tuple) else "" if value is None else value
              for name, value in changed.items()}
    after = _put(text, {name: _toml(name, value) for name, value in values.items()}).encode()
    own = held.get("identity", {})
    if not isinstance(own, dict) or _read(after) != {**held, "identity": {**own, **values}}:
        raise errors.InvalidSubmission({"": ("Lembar identitas ini tidak dapat disunting di sini; unduh, ubah, lalu unggah berkasnya.",
                                             "This identity sheet cannot be edited here; download, change and upload the files.")})
    return after


def _fits(value: Said) -> bool:
    texts = value if isinstance(value, tuple) else (value,) if isinstance(value, str) else ()
    return len(texts) <= MOST and all(len(one) <= LONGEST and (one.isprintable() or not one) for one in texts)


def _text(entry: object) -> str:
    text = entry.get("text") if isinstance(entry, dict) else entry
    return text if isinstance(text, str) else ""


def _entries(bundle: SopBundle, name: str) -> list[Any]:
    held = bundle.toml.get("identity")
    found = held.get(name) if isinstance(held, dict) else None
    return found if isinstance(found, list) else []


def _toml(name: str, value: Any) -> str:
    if isinstance(value, list):
        return f"{name} = [\n" + "".join(f"  {_value(one)},\n" for one in value) + "]\n"
    return f"{name} = {_value(value)}\n"


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {_value(one)}" for name, one in value.items()) + " }"
    return value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)


def _put(text: str, parts: Mapping[str, str]) -> str:
    """The text with these parts of `[identity]`, each in the place of the one of its name, new ones at its end."""
    lines, new = text.splitlines(keepends=True), dict(parts)
    start = next((number for number, line in enumerate(lines) if line.strip() == "[identity]"), None)
    if start is None:
        return text.rstrip("\n") + "\n\n[identity]\n" + "".join(new.values())
    end = next((number for number in range(start + 1, len(lines)) if _TABLE.match(lines[number])), len(lines))
    while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
        end -= 1   # what stands before the next table belongs to it
    kept: list[str] = []
    is_replaced = False
    for line in lines[start + 1 : end]:
        found = _KEY.match(line)
        if found or not line.strip() or line.startswith("#"):
            key = found[1] if found else ""
            is_replaced = key in parts
            if is_replaced:
                kept.append(new.pop(key, ""))
        if not is_replaced:
            kept.append(line)
    return "".join([*lines[: start + 1], *kept, *new.values(), *lines[end:]])


def _read(sheet: bytes) -> dict[str, Any]:
    """{} where it cannot be read, so that what is written differs from it."""
    try:
        return tomllib.loads(sheet.decode("utf-8"))
    except (ValueError, RecursionError):
        return {}
