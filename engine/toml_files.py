"""TOML of strangers: bounded before it is parsed."""

from __future__ import annotations

import re
import tomllib
from typing import Any

MAX_TOML_BYTES = 512 * 1024
MAX_KEY_PARTS = 32
#: A dotted key of more parts. The parser keeps every beginning of it: the square of its length, in time and memory.
_KEY_PART = r"""(?:[\w-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')"""
_LONG_KEY = re.compile(rf"""(?<![\w."'\\-]){_KEY_PART}(?:[ \t]*+\.[ \t]*+{_KEY_PART}){{{MAX_KEY_PARTS}}}""", re.ASCII)

_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)\Z")


def read_toml(data: bytes) -> dict[str, Any]:
    """A TOML file of bounded size and depth.

    Raises:
        ValueError: it cannot be read; the message does not repeat what it holds.
    """
    if len(data) > MAX_TOML_BYTES:
        raise ValueError("too big")
    text = data.decode("utf-8-sig")
    if _LONG_KEY.search(text):
        raise ValueError("a key of too many parts")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("nested too deep") from None


def line_of(wrong: ValueError) -> int | None:
    """The line that `read_toml` could not read, where it knows it."""
    found = _AT_LINE.search(str(wrong)) if isinstance(wrong, tomllib.TOMLDecodeError) else None
    return int(found[1]) if found is not None else None
