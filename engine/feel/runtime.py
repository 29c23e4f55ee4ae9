"""One evaluation: what it may still spend, which instant is now, and where a name finds its value."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from engine.feel import limits
from engine.feel.errors import FeelLimit
from engine.feel.values import NUMBERS


class Run:
    """The budget and the instant of one evaluation."""

    __slots__ = ("depth", "left", "now")

    def __init__(self, now: datetime, steps: int = limits.STEPS) -> None:
        self.now = now
        self.left = steps
        self.depth = 0

    def spend(self, steps: int = 1) -> None:
        """Pay for work before doing it."""
        self.left -= steps
        if self.left < 0:
            raise FeelLimit()

    def call(self, depth: int, body: Callable[[], Any]) -> Any:
        """Run the body of a function that is `depth` nodes deep, unless functions already stand too deep in one another."""
        self.depth += depth
        if self.depth > limits.CALL_DEPTH:
            raise FeelLimit()
        try:
            return body()
        finally:
            self.depth -= depth

    def spend_text(self, length: int) -> None:
        """Pay for a text about to be made."""
        if length > limits.TEXT_LENGTH:
            raise FeelLimit()
        self.spend(1 + length // 64)

    def spend_list(self, length: int) -> None:
        """Pay for a list about to be made."""
        if length > limits.LIST_LENGTH:
            raise FeelLimit()
        self.spend(1 + length)


class Scope:
    """Names in sight: innermost first; what the caller handed in stands outermost."""

    __slots__ = ("parent", "run", "values")

    def __init__(self, values: Mapping[str, Any], parent: Scope | None, run: Run) -> None:
        self.values = values
        self.parent = parent
        self.run = run

    def find(self, name: str) -> Any:
        """The value of `name`, or None."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.values:
                return scope.values[name]
            scope = scope.parent
        return None


class Handed(Mapping[str, Any]):
    """What the caller handed in, each value turned into a FEEL value when it is first asked for."""

    __slots__ = ("_admitted", "_given", "_run")

    def __init__(self, given: Mapping[str, Any], run: Run) -> None:
        self._given = given
        self._run = run
        self._admitted: dict[str, Any] = {}

    def __contains__(self, name: object) -> bool:
        return name in self._given

    def __getitem__(self, name: str) -> Any:
        if name not in self._admitted:
            self._admitted[name] = admit(self._given[name], self._run)
        return self._admitted[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._given)

    def __len__(self) -> int:
        return len(self._given)


def admit(value: Any, run: Run, depth: int = 0) -> Any:
    """A caller's value as FEEL knows it: whole numbers as decimals, tuples as lists; NaN and infinities are null."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        # A number of more digits than FEEL has is rounded like any other; far beyond its exponent it is null.
        return NUMBERS.plus(Decimal(value)) if value.bit_length() < 20_000 else None
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    if isinstance(value, list | tuple):
        _check_depth(depth)
        run.spend(len(value))
        return [admit(element, run, depth + 1) for element in value]
    if isinstance(value, Mapping):
        _check_depth(depth)
        run.spend(len(value))
        return {str(key): admit(entry, run, depth + 1) for key, entry in value.items()}
    return value


def _check_depth(depth: int) -> None:
    if depth > limits.VALUE_DEPTH:
        raise FeelLimit()
