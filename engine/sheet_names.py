"""The key and the title that an SOP is known by: what they may be, and how they are written into its identity sheet."""

from __future__ import annotations

import json
import re
import tomllib

from engine import errors
from engine.bundle import SopBundle
from engine.resolving import SHEET

KEY = re.compile(r"[a-z][a-z0-9-]{1,63}\Z")
LONGEST_TITLE = 200
_TABLE = re.compile(r"\s*\[")
_NAMES = re.compile(r"(key|title)\s*=")


def unfit(key: str, title: str) -> dict[str, tuple[str, str]]:
    """What to mend in a key and a title that somebody typed, by field."""
    wrong = {}
    if not KEY.match(key):
        wrong["key"] = ("Kunci: huruf kecil, angka, dan tanda hubung, mulai dengan huruf.",
                        "Key: small letters, digits and hyphens, beginning with a letter.")
    if not 1 <= len(title) <= LONGEST_TITLE or not title.isprintable():
        wrong["title"] = ("Tulis judul SOP, paling banyak 200 huruf.", "Write the SOP's title, at most 200 characters.")
    return wrong


def renamed(bundle: SopBundle, *, key: str, title: str) -> SopBundle:
    """The bundle with another key and title; every other line of its sheet stays as it was.

    Raises:
        InvalidSubmission: one of them may not be, or the sheet says them in another shape than a line each.
    """
    wrong = unfit(key, title)
    if wrong:
        raise errors.InvalidSubmission(wrong)
    before = bundle.files.get(SHEET, b"").decode()
    names = {"key": key, "title": {"id": title, "en": title}}
    lines = before.splitlines(keepends=True)
    end = next((number for number, line in enumerate(lines) if _TABLE.match(line)), len(lines))
    words = json.dumps(title, ensure_ascii=False)
    after = "".join([f"key = {json.dumps(key)}\n", f"title = {{ id = {words}, en = {words} }}\n",
                     *(line for line in lines[:end] if not _NAMES.match(line)), *lines[end:]])
    if _read(after) != {**_read(before), **names}:
        raise errors.InvalidSubmission({"key": ("Lembar sop.toml ini tidak dapat disalin di sini; unduh, ubah, lalu unggah berkasnya.",
                                                "This sop.toml cannot be copied here; download, change and upload the files.")})
    return SopBundle.from_files({**bundle.files, SHEET: after.encode()})


def _read(sheet: str) -> dict[str, object]:
    """{} where it cannot be read, so that what is written differs from it."""
    try:
        return tomllib.loads(sheet)
    except (ValueError, RecursionError):
        return {}
