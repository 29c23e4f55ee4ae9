"""Templates of letters: where their links lead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from engine.links import HARMLESS
from engine.lint.registry import RULE, Catalogue, Hit
from engine.lint.subject import Sop

rules = Catalogue()
_STRING: Final = re.compile(r'(?P<is_link>\blink\s*\(\s*)?"(?P<text>(?:[^"\\\n]|\\.)*+)"')
_ESCAPED: Final = re.compile(r"\\u\{([0-9a-fA-F]{1,6})\}|\\(.)")
_HARMLESS: Final = re.compile(HARMLESS)
#: Schemes that run or read something, in whatever way they reach a link.
_HARMFUL: Final = re.compile(r"\s*(?:javascript|vbscript|data|file|smb|blob):", re.I)


@rules.sop_rule(
    "letter-link",
    RULE,
    ("Templat dokumen ini memuat tautan yang bukan ke laman web, surel, atau telepon.",
     "This document's template holds a link that leads neither to a web page nor to a mail or telephone."),
    ("Mulai alamatnya dengan https://, http://, mailto: atau tel:, atau tulis sebagai teks biasa.",
     "Begin its address with https://, http://, mailto: or tel:, or write it as plain text."),
)
def letter_link(sop: Sop) -> Iterator[Hit]:
    """Whoever is sent the paper and clicks would run or open something on their machine. Such a link is set as its words alone, also one
    whose address is only put together when the letter is set, which no reading of the template finds."""
    for path, data in sop.bundle.files.items():
        if not path.endswith(".typ"):
            continue
        for number, line in enumerate(data.decode("utf-8", "replace").split("\n"), 1):
            if any(_HARMFUL.match(text) or (is_link and not _HARMLESS.match(text)) for is_link, text in _strings(line)):
                yield Hit(file=path, line=number)


def _strings(line: str) -> Iterator[tuple[bool, str]]:
    for found in _STRING.finditer(line):
        yield bool(found["is_link"]), _ESCAPED.sub(_read, found["text"])


def _read(escaped: re.Match[str]) -> str:
    if escaped[1] is None:
        return {"n": "\n", "r": "\r", "t": "\t"}.get(escaped[2], escaped[2])
    code = int(escaped[1], 16)
    return chr(code) if code < 0x110000 else ""
