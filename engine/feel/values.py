"""The kinds of FEEL values that Python has no type for, and what kind a value is.

Numbers are `Decimal`, rounded to the 34 digits of decimal128; a days-and-time duration is a `timedelta`, a years-and-months
duration a `MonthsDuration`; contexts are `dict`s. Everything else a value could be is not FEEL and reads as null.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.feel.runtime import Run

#: decimal128; an overflow or an impossible operation raises, and the operation around it answers null.
NUMBERS = Context(prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144,
                  traps=[DivisionByZero, InvalidOperation, Overflow])


@dataclass(frozen=True, order=True)
class MonthsDuration:
    """A years-and-months duration, kept as whole months (FEEL 10.3.2.3.8)."""

    months: int

    def __str__(self) -> str:
        years, months = divmod(abs(self.months), 12)
        text = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
        return ("-" if self.months < 0 else "") + "P" + (text or "0M")


@dataclass(frozen=True)
class Range:
    """An interval; an end that is None is open to infinity."""

    start: Any
    end: Any
    start_included: bool = True
    end_included: bool = True


@dataclass(frozen=True, eq=False)
class Function:
    """Something an expression may call: positional or by parameter name."""

    parameters: tuple[str, ...]
    call: Callable[[Run, tuple[Any, ...]], Any]
    by_name: Callable[[Run, dict[str, Any]], Any]


def kind_of(value: Any) -> str:
    """The FEEL name of a value's type; `""` for null and for what FEEL does not know."""
    return _KINDS.get(type(value)) or _kind_of_subclass(value)


_KINDS: dict[type, str] = {
    type(None): "", Decimal: "number", str: "string", bool: "boolean", date: "date", time: "time",
    datetime: "date and time", timedelta: "days and time duration", MonthsDuration: "years and months duration",
    list: "list", dict: "context", Range: "range", Function: "function",
}


def _kind_of_subclass(value: Any) -> str:
    for known in (str, datetime, date, time, timedelta, Decimal, list, dict):
        if isinstance(value, known):
            return _KINDS[known]
    return ""
