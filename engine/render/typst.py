"""Letters and reports: a Typst template and data to a PDF, in a process of its own that can neither see nor keep anything.

The process knows a temporary folder with the files it was given and nothing else: no network (packages are refused), no fonts
of the machine, no clock. Data comes as JSON and is never part of the code, so that whatever a person typed stays text. A
template reads it by `json("data.json")`, or by `json(bytes(sys.inputs.data))`. Its links lead to pages, mails and telephones only.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from engine.errors import EngineError
from engine.links import HARMLESS
from engine.render import typst_child

LONGEST = 30.0                       # seconds by the wall
SECONDS, SECONDS_OF_SAMPLE = 20, 8   # of the processor
MOST_PAGES = 60                      # of a document set from made-up data
LARGEST_INPUT = 10 * 1024 * 1024     # template, data and files together
_FILE_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}(?:/[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}){0,3}")
# What a template asks for is set within this: a link that leads elsewhere stays as its words. Pages are counted before one is drawn.
_WHOLE = (f'#show link: it => if type(it.dest) == str and it.dest.match(regex("{HARMLESS}")) == none {{ it.body }} else {{ it }}\n'
          '#include "main.typ"\n').encode()
_COUNTED = f'#include "{typst_child.WHOLE}"\n#context [#metadata(here().page()) <{typst_child.LAST_PAGE}>]\n'.encode()
_OURS = frozenset({"main.typ", "data.json", typst_child.WHOLE, typst_child.COUNTED})
_CHILD = Path(typst_child.__file__)
# Typst fetches packages through a proxy where one is named; nobody answers at this one.
_NO_NETWORK = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), "http://127.0.0.1:9")
_MEMORY = Path("/dev/shm")           # noqa: S108 - a fresh private folder; what lies there never reaches a disk


class DocumentFailed(EngineError):
    """The template of this document has a mistake, or does not fit the data it is given."""

    code = "document-failed"
    indonesian = "Templat dokumen ini keliru, atau tidak cocok dengan isinya."

    def __init__(self, line: int | None = None, said: str = "") -> None:
        #: The line of the template, where known; never what stands there.
        self.line = line
        #: What Typst says of it, in English, of a page set from made-up data; "" of a document.
        self.said = said
        super().__init__(line=line)


class DocumentTooLarge(EngineError):
    """This document needs more time, memory or room than a document may."""

    code = "document-too-large"
    indonesian = "Dokumen ini memerlukan waktu, memori, atau ruang melebihi batas."


class DocumentTooLong(EngineError):
    """Set from its sample this document has more pages than a template may make."""

    code = "document-too-long"
    indonesian = "Dengan data contohnya dokumen ini lebih panjang daripada yang boleh dibuat sebuah templat."


def pdf(
    template: bytes,
    data: Mapping[str, Any],
    *,
    files: Mapping[str, bytes] = {},
    created_at: datetime | None = None,
    accessible: bool = False,
) -> bytes:
    """Set a document; the same arguments give the same bytes, on every machine with the same release of Typst.

    `files` are images, fonts and other templates, by relative name. Decimals, dates and times in `data` arrive as text.
    `created_at` is all the document knows of time (`datetime.today()`, its metadata); without it that is 1970. `accessible`
    demands PDF/UA-1: a title, a language, a text for each image.

    Raises:
        DocumentFailed: the template does not compile with this data; carries the line, never data.
        DocumentTooLarge: a bound was reached.
        ValueError: the name of a file leads elsewhere, or is one of ours.
    """
    order = {"timestamp": int(created_at.timestamp()) if created_at else 0, "accessible": accessible, "page": 0, "seconds": SECONDS}
    made = _set(template, data, files, order)
    if not made.startswith(b"%PDF-"):
        raise DocumentTooLarge
    return made


def page_of_sample(template: bytes, data: Mapping[str, Any], *, files: Mapping[str, bytes] = {}, page: int = 1) -> tuple[bytes, int]:
    """One page as a PNG, b"" for one there is not, and how many pages there are. For made-up data alone: a failure says what Typst says.

    Raises:
        DocumentTooLong: there are more than `MOST_PAGES`.
        DocumentFailed, DocumentTooLarge, ValueError: as `pdf`, after fewer seconds.
    """
    made = _set(template, data, files, {
        "timestamp": 0, "accessible": False, "page": max(page, 1), "most_pages": MOST_PAGES, "seconds": SECONDS_OF_SAMPLE})
    count, _, picture = made.partition(b"\n")
    if not count.isdigit():
        raise DocumentTooLarge
    return picture, int(count)


def _set(template: bytes, data: Mapping[str, Any], files: Mapping[str, bytes], order: Mapping[str, Any]) -> bytes:
    text = json.dumps(data, ensure_ascii=False, default=_as_text, sort_keys=True, allow_nan=False).encode()
    for name in files:
        if not _FILE_NAME.fullmatch(name) or name in _OURS:
            raise ValueError("a file of a document has a plain relative name")
    if len(template) + len(text) + sum(map(len, files.values())) > LARGEST_INPUT:
        raise DocumentTooLarge
    with tempfile.TemporaryDirectory(prefix="kawal-document-", dir=_MEMORY if os.access(_MEMORY, os.W_OK) else None) as folder:
        root = Path(folder)
        (root / "packages").mkdir()
        (root / "order.json").write_text(json.dumps(order))
        for name, content in {
                **files, "main.typ": template, "data.json": text, typst_child.WHOLE: _WHOLE, typst_child.COUNTED: _COUNTED}.items():
            path = root / "document" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return _run(root)


def _run(root: Path) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and our own file
            [sys.executable, "-I", str(_CHILD), str(root)],
            env=_NO_NETWORK, cwd=root, stdin=subprocess.DEVNULL, capture_output=True, timeout=LONGEST, check=False,
        )
    except subprocess.TimeoutExpired:
        raise DocumentTooLarge from None
    if done.returncode == typst_child.FAILED:
        line, _, said = done.stderr.decode("utf-8", "replace").partition("\n")
        raise DocumentFailed(int(line) if line.strip().isdigit() else None, said.strip()[:typst_child.LONGEST_WORDS])
    if done.returncode == typst_child.TOO_LONG:
        raise DocumentTooLong
    if done.returncode != 0:   # killed by its own limits, or out of memory within Typst
        raise DocumentTooLarge
    return done.stdout


def _as_text(value: object) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    raise TypeError("a document's data is JSON, decimals, dates and times")
