"""Folders of SOPs that stand on other folders: `extends` adopts one, `uses` borrows from several.

In a bundle the files of a used folder stand under `uses/<agency>/<sop>/`, those of an adopted one beside the adopter's own, its
`sop.toml` under `extends/<agency>/<sop>/`. A bundle that already holds them is complete: nothing is looked up again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from engine.toml_files import read_toml

SHEET = "sop.toml"
_PART = r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}"
_NAME = re.compile(rf"{_PART}/{_PART}")
_USED = re.compile(rf"uses/{_PART}/{_PART}/")
#: What of a used folder stays at home: it tests that folder, or explains it.
_NOT_LENT = ("scenarios/", "README.md")
#: Keys that an adopter adds to, and what tells their rows apart. All other keys replace those of the adopted sheet.
_ADDED = {"clause": "id", "document": "code", "source": None}
#: An adopter that does not say whose SOP it is must not pass for the agency it adopted from.
_NEVER_INHERITED = ("agency",)

Files = Mapping[str, bytes]
Raw = dict[str, Any]


def is_folder_name(name: object) -> bool:
    """Whether it may name a folder of the library, as `common/merujuk` does; anything else could leave it."""
    return isinstance(name, str) and _NAME.fullmatch(name) is not None


def folder_of(path: str) -> str:
    """Where a file of a bundle belongs: "uses/common/merujuk/", or "" for the SOP's own."""
    found = _USED.match(path)
    return found.group() if found else ""


def inside(path: str) -> str:
    """The path within its own folder."""
    return path[len(folder_of(path)):]


def folders(files: Iterable[str]) -> tuple[str, ...]:
    """The SOP's own folder first, then the used ones in order of their names."""
    return ("", *sorted({folder_of(path) for path in files} - {""}))


def layers(files: Files, folder: str = "", *, read: Callable[[bytes, str], Raw] | None = None) -> Iterator[tuple[str, Raw]]:
    """The sheets of a folder: its own (name ""), then the one it adopts, and so on. A cycle ends it.

    `read` parses one sheet, given with its path; without it one that cannot be read counts as empty.
    """
    path, name, seen = f"{folder}{SHEET}", "", set[str]()
    while path in files and name not in seen:
        seen.add(name)
        raw = (read or _forgiving)(files[path], path)
        yield name, raw
        name = str(raw.get("extends") or "")
        path = f"{folder}extends/{name}/{SHEET}"


def merged(sheets: Iterable[tuple[str, Raw]]) -> Raw:
    """One sheet of several `layers`: the nearest wins key by key; lanes, clauses, documents and sources are added to.

    A clause that came from an adopted sheet says from which (`origin`).
    """
    whole: Raw = {}
    for name, raw in sheets:
        whole = {**{key: value for key, value in raw.items() if not (name and key in _NEVER_INHERITED)}, **whole,
                 **{key: _added(raw.get(key), whole.get(key), key, name) for key in _ADDED if key in raw or key in whole}}
        if isinstance(raw.get("lanes"), dict) and isinstance(whole.get("lanes"), dict):
            whole["lanes"] = {**raw["lanes"], **whole["lanes"]}
    return whole


def uses_of(files: Files, folder: str = "") -> tuple[str, ...]:
    """The folders that `folder` says it uses, in its own words."""
    named = merged(layers(files, folder)).get("uses", [])
    return tuple(name for name in named if isinstance(name, str)) if isinstance(named, list) else ()


def resolved(own: Files, read_folder: Callable[[str], Files]) -> dict[str, bytes]:
    """`own` with the files of all folders it stands on. `read_folder` gives those of "common/merujuk", {} where there is none.

    What is missing or misnamed is left out: lint says so.
    """
    files = _with_adopted(own, read_folder)
    waiting, seen = list(uses_of(files)), set[str]()
    while waiting:
        name = waiting.pop(0)
        if name in seen or not is_folder_name(name):
            continue
        seen.add(name)
        folder = f"uses/{name}/"
        if not any(path.startswith(folder) for path in files):
            lent = _with_adopted(read_folder(name), read_folder)
            files |= {folder + path: data for path, data in lent.items() if not path.startswith(_NOT_LENT)}
        waiting += uses_of(files, folder)
    return files


def _with_adopted(own: Files, read_folder: Callable[[str], Files]) -> dict[str, bytes]:
    files, seen = dict(own), set[str]()
    name = _adopts(files.get(SHEET, b""))
    while is_folder_name(name) and name not in seen:
        seen.add(name)
        sheet = f"extends/{name}/{SHEET}"
        if sheet not in files:
            for path, data in read_folder(name).items():
                files.setdefault(sheet if path == SHEET else path, data)
        name = _adopts(files.get(sheet, b""))
    return files


def _adopts(sheet: bytes) -> str:
    return str(_forgiving(sheet, "").get("extends") or "")


def _added(below: Any, above: Any, key: str, name: str) -> Any:
    """The rows of both, those below that are not given again above first; what is no list of tables is for the reader to refuse."""
    if not isinstance(below, list | None) or not isinstance(above, list | None):
        return below if above is None else above
    identity = _ADDED[key]
    again = {str(row.get(identity)) for row in above or () if isinstance(row, dict)} if identity else set()
    kept = [row for row in below or () if not (isinstance(row, dict) and identity and str(row.get(identity)) in again)]
    if key == "clause" and name:
        kept = [{"origin": name, **row} if isinstance(row, dict) else row for row in kept]
    return [*kept, *(above or [])]


@lru_cache(maxsize=256)
def _forgiving(data: bytes, _path: str) -> Raw:
    try:
        return read_toml(data)
    except ValueError:
        return {}
