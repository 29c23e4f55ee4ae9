"""The place a reading has reached in a FEEL text: one token of look-ahead, and counts of depth and nodes."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn, TypeVar

from engine.feel import limits
from engine.feel.errors import FeelSyntaxError
from engine.feel.lexer import Lexer, Token
from engine.feel.syntax import Node
from engine.types import Text

_Made = TypeVar("_Made")


class Cursor:
    """One reading of one text. Names that contain spaces or symbols are recognised when they are in `names`."""

    def __init__(self, source: str, names: frozenset[str]) -> None:
        self._lexer = Lexer(source, names)
        self._source = source
        self._depth = 0
        self._nodes = 0
        self._now: Token = self._lexer.token(0)

    def _advance(self) -> Token:
        token = self._now
        self._now = self._lexer.token(token.end)
        return token

    def _jump(self, position: int) -> bool:
        self._now = self._lexer.token(position)
        return True

    def _accept(self, kind: str) -> bool:
        if self._now.kind != kind:
            return False
        self._advance()
        return True

    def _expect(self, kind: str) -> None:
        if not self._accept(kind):
            self._fail(f"di sini diharapkan `{kind}`", f"`{kind}` is expected here")

    def _expect_word(self, word: str) -> None:
        if self._now.kind != "name" or self._now.value != word:
            self._fail(f"di sini diharapkan `{word}`", f"`{word}` is expected here")
        self._advance()

    def _finish(self) -> None:
        if self._now.kind != "end":
            self._fail("teks berlebih setelah ekspresi", "there is text left after the expression")

    def _separated(self, part: Callable[[], _Made]) -> tuple[_Made, ...]:
        parts = [part()]
        while self._accept(","):
            parts.append(part())
        return tuple(parts)

    def _attempt(self, reading: Callable[[], _Made]) -> _Made | None:
        """`reading`, or None and back to where it began. The node count is kept, so attempts cannot multiply."""
        token, depth = self._now, self._depth
        try:
            return reading()
        except FeelSyntaxError:
            if self._nodes > limits.NODES:
                raise
            self._now, self._depth = token, depth
            return None

    def _node(self, node: Node) -> Node:
        self._nodes += 1
        if self._nodes > limits.NODES:
            self._fail("terlalu banyak bagian", "too many parts")
        return node

    def _fail(self, indonesian: str, english: str) -> NoReturn:
        raise FeelSyntaxError(self._now.start, Text(indonesian, english))
