"""Reads FEEL tokens one at a time, because which characters make a name depends on the names known so far (FEEL 10.3.1.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import DecimalException
from functools import lru_cache
from typing import Any

from engine.feel import limits
from engine.feel.errors import FeelSyntaxError
from engine.feel.values import NUMBERS
from engine.types import Text

KEYWORDS = frozenset({
    "if", "then", "else", "for", "in", "return", "some", "every", "satisfies", "and", "or", "between", "instance",
    "function", "external", "true", "false", "null",
})

_ASTRAL = "\U00010000-\U000EFFFF"
NAME = re.compile(rf"[^\W\d{_ASTRAL}][\w{_ASTRAL}]*|[{_ASTRAL}][\w{_ASTRAL}]*")
_SPACE = re.compile(r"(?:\s+|//[^\n\r]*|/\*.*?\*/)+", re.DOTALL)
_NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_STRING = re.compile(r'"((?:[^"\\\r\n]|\\[^\r\n])*)"')
_ESCAPE = re.compile(r"\\u([Dd][89ABab][0-9A-Fa-f]{2})\\u([Dd][C-Fc-f][0-9A-Fa-f]{2})|\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{6})"
                     r"""|\\(["'\\nrtbf])""")
_SYMBOL = re.compile(r"\*\*|\.\.|<=|>=|!=|->|[-+*/=<>()\[\]{},:.?@]")
#: Known names with their patterns, the longest first.
_Known = tuple[tuple[str, re.Pattern[str]], ...]

_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}


@dataclass(frozen=True)
class Token:
    """`kind` is "number", "string", "name", "end", or the keyword or symbol itself."""

    kind: str
    value: Any
    start: int
    end: int


def normal_name(name: str) -> str:
    """A name with its inner white space as single spaces, the form under which scopes keep it."""
    return " ".join(name.split())


class Lexer:
    """The token at a position of `source`, given the names known when it is asked."""

    def __init__(self, source: str, names: frozenset[str]) -> None:
        if len(source) > limits.SOURCE_LENGTH:
            raise FeelSyntaxError(limits.SOURCE_LENGTH, Text("teks terlalu panjang", "the text is too long"))
        self.source = source
        self._known = dict(_vocabulary(names))

    def declare(self, name: str) -> None:
        """Make `name` known from here on. A plain word needs no declaration to be read."""
        name = normal_name(name)
        if not name or NAME.fullmatch(name):
            return
        known = self._known.get(name[0], ())
        if all(other != name for other, _ in known):
            self._known[name[0]] = _longest_first([*known, (name, _pattern(name))])

    def skip(self, position: int) -> int:
        """The first position at or after `position` that is neither white space nor comment."""
        space = _SPACE.match(self.source, position)
        return space.end() if space else position

    def token(self, position: int) -> Token:
        """The token that starts at or after `position`."""
        source, start = self.source, self.skip(position)
        if start >= len(source):
            return Token("end", None, start, start)
        if name := self._known_name(start):
            return name
        char = source[start]
        if char == '"':
            return self._string(start)
        if number := _NUMBER.match(source, start):
            return Token("number", _decimal(number.group(), start), start, number.end())
        if word := NAME.match(source, start):
            text = word.group()
            return Token(text if text in KEYWORDS else "name", text, start, word.end())
        if symbol := _SYMBOL.match(source, start):
            return Token(symbol.group(), None, start, symbol.end())
        raise FeelSyntaxError(start, Text("tanda ini tidak dikenal", "this character is not part of FEEL"))

    def _known_name(self, start: int) -> Token | None:
        for name, pattern in self._known.get(self.source[start], ()):
            if found := pattern.match(self.source, start):
                plain = NAME.match(self.source, start)
                # A longer plain word (`rates` against the known name `rate`) is not this name.
                if plain is None or plain.end() <= found.end():
                    return Token("name", name, start, found.end())
        return None

    def _string(self, start: int) -> Token:
        found = _STRING.match(self.source, start)
        if found is None:
            raise FeelSyntaxError(start, Text("tanda kutip tidak ditutup", "the quotation mark is never closed"))
        return Token("string", _ESCAPE.sub(_unescape, found.group(1)), start, found.end())


@lru_cache(maxsize=200)  # every cell of a table is read with the same names
def _vocabulary(names: frozenset[str]) -> dict[str, _Known]:
    """The names that are more than a plain word, by their first character."""
    known: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for name in {normal_name(name) for name in names}:
        if name and not NAME.fullmatch(name):
            known.setdefault(name[0], []).append((name, _pattern(name)))
    return {first: _longest_first(alternatives) for first, alternatives in known.items()}


def _longest_first(known: list[tuple[str, re.Pattern[str]]]) -> _Known:
    return tuple(sorted(known, key=lambda one: (-len(one[0]), one[0])))


def _pattern(name: str) -> re.Pattern[str]:
    """Words of the name may stand any white space apart, and must end where a word ends."""
    pattern = r"\s+".join(re.escape(word) for word in name.split())
    return re.compile(pattern + (rf"(?![\w{_ASTRAL}])" if re.match(rf"[\w{_ASTRAL}]", name[-1]) else ""))


def _unescape(found: re.Match[str]) -> str:
    high, low, short, long, plain = found.groups()
    if plain:
        return _ESCAPED[plain]
    if high:  # a surrogate pair is one character
        return bytes.fromhex(high + low).decode("utf-16-be", errors="replace")
    point = int(short or long, 16)
    return chr(point) if point <= 0x10FFFF and not 0xD800 <= point <= 0xDFFF else "\ufffd"


def _decimal(text: str, start: int) -> Any:
    try:
        return NUMBERS.create_decimal(text)
    except DecimalException as error:
        raise FeelSyntaxError(start, Text("bilangan terlalu besar", "the number is too large")) from error
