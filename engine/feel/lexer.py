"""Reads FEEL tokens one at a time, because which characters make a name depends on the names known so far (FEEL 10.3.1.2)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import DecimalException
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

    def __init__(self, source: str, names: Iterable[str]) -> None:
        if len(source) > limits.SOURCE_LENGTH:
            raise FeelSyntaxError(limits.SOURCE_LENGTH, Text("teks terlalu panjang", "the text is too long"))
        self.source = source
        self._known: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
        self._declared: set[str] = set()
        for name in names:
            self.declare(name)

    def declare(self, name: str) -> None:
        """Make `name` known from here on. A plain word needs no declaration to be read."""
        name = normal_name(name)
        if not name or name in self._declared or NAME.fullmatch(name):
            return
        self._declared.add(name)
        alternatives = self._known.setdefault(name[0], [])
        alternatives.append((name, re.compile(_pattern(name))))
        alternatives.sort(key=lambda known: -len(known[0]))

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


def _pattern(name: str) -> str:
    """Words of the name may stand any white space apart, and must end where a word ends."""
    pattern = r"\s+".join(re.escape(word) for word in name.split())
    return pattern + (rf"(?![\w{_ASTRAL}])" if re.match(rf"[\w{_ASTRAL}]", name[-1]) else "")


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
