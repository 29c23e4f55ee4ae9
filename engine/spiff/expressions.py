"""FEEL texts of a diagram, compiled once, and what happens when one gives no usable answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from engine import feel
from engine.types import Value


class Unusable(Exception):
    """An expression gave no usable answer: the element is parked as an incident, never guessed at."""

    def __init__(self, code: str, expression: str = "") -> None:
        self.code = code
        self.expression = expression
        super().__init__(code)


class Expression:
    """One FEEL text. What does not parse is an incident when it is reached, so that other branches can go on."""

    __slots__ = ("_compiled", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        source = text.strip()
        if source.startswith("="):
            source = source[1:].strip()
        self._compiled: Any
        try:
            self._compiled = _code(source)
        except feel.FeelSyntaxError:
            self._compiled = None

    def evaluate(self, scope: Mapping[str, Value], now: datetime) -> Value:
        """Its value in `scope`; raises Unusable when it cannot be read or runs out of bounds."""
        if self._compiled is None:
            raise Unusable("expression-unreadable", self.text)
        try:
            return self._compiled.evaluate(scope, now=now)
        except feel.FeelLimit:
            raise Unusable("expression-limit", self.text) from None

    def holds(self, scope: Mapping[str, Value], now: datetime) -> bool:
        """True or false; anything else, null included, is unusable and never counts as false (design.md 6)."""
        answer = self.evaluate(scope, now)
        if answer is True or answer is False:
            return answer
        raise Unusable("condition-not-boolean", self.text)


@lru_cache(maxsize=8192)
def _code(source: str) -> Any:
    """Compiled once for all the programs that say the same: versions and SOPs mostly do, and compiling is half of making a program."""
    return feel.compile_expression(source)


def compiled(text: str | None) -> Expression | None:
    """The expression for `text`, or None where the file has none."""
    return None if text is None else Expression(text)
