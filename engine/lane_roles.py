"""Which role a printed lane stands for, written into the identity sheet's text: every line that does not say it stays as it was."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping

from engine import errors
from engine.authorization import ABSTRACT_ROLES, KNOWN_ROLES
from engine.bundle import SopBundle
from engine.resolving import SHEET

_TABLE = re.compile(r"\s*\[")
LONGEST = 200


def with_lanes(bundle: SopBundle, roles: Mapping[str, str]) -> SopBundle:
    """The bundle whose own sheet says so of these lanes; those of other names keep their roles.

    Raises:
        InvalidSubmission: a role there is not, a name that may not be, or a sheet of another shape than `[lanes]` with a line for each.
    """
    roles = {" ".join(name.split()): role for name, role in roles.items()}
    if any(role not in KNOWN_ROLES | ABSTRACT_ROLES for role in roles.values()) or any(
            not 1 <= len(name) <= LONGEST or not name.isprintable() for name in roles):
        raise errors.InvalidSubmission({"lanes": ("Pilih peran dari daftar untuk setiap lajur.",
                                                  "Choose a role of the list for each lane.")})
    before = bundle.files.get(SHEET, b"")
    held, said = _lanes(before), bundle.toml.get("lanes")
    said = said if isinstance(said, dict) else {}      # with those of a sheet it adopts
    changed = {name: role for name, role in roles.items() if said.get(name) != role}
    if held is None or not changed:
        return bundle
    after = _written(before.decode("utf-8"), changed).encode()
    if _lanes(after) != {**held, **changed}:
        raise errors.InvalidSubmission({"lanes": ("Bagian [lanes] di sop.toml tidak dapat disunting di sini; ubah lewat berkas.",
                                                  "The part [lanes] of sop.toml cannot be edited here; change the file.")})
    return SopBundle.from_files({**bundle.files, SHEET: after})


def _lanes(sheet: bytes) -> dict[str, str] | None:
    """The lanes as the sheet has them; None where it cannot be read: the check says so."""
    try:
        held = tomllib.loads(sheet.decode("utf-8")).get("lanes", {})
    except (ValueError, RecursionError):
        return None
    return held if isinstance(held, dict) else None


def _written(text: str, roles: Mapping[str, str]) -> str:
    lines = text.splitlines(keepends=True)
    start = next((number for number, line in enumerate(lines) if line.strip() == "[lanes]"), None)
    new = {name: f"{json.dumps(name, ensure_ascii=False)} = {json.dumps(role)}\n" for name, role in roles.items()}
    if start is None:
        return text.rstrip("\n") + "\n\n[lanes]\n" + "".join(new.values())
    end = next((number for number in range(start + 1, len(lines)) if _TABLE.match(lines[number])), len(lines))
    kept = [new.pop(_name(line), line) for line in lines[start + 1 : end]]
    last = next((number for number in range(len(kept), 0, -1) if kept[number - 1].strip()), 0)
    return "".join([*lines[: start + 1], *kept[:last], *new.values(), *kept[last:], *lines[end:]])


def _name(line: str) -> str:
    """The lane that a line of the table names; "" for a comment or an empty line."""
    try:
        return next(iter(tomllib.loads(line)), "")
    except ValueError:
        return ""
