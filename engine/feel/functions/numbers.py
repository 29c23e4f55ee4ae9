"""Numeric functions (FEEL 10.3.4.5)."""

from __future__ import annotations

from datetime import timedelta
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)
from typing import Any

from engine.feel import operations
from engine.feel.functions.conversion import whole
from engine.feel.functions.signature import Registry
from engine.feel.runtime import Run
from engine.feel.values import NUMBERS, MonthsDuration

BUILTINS = Registry()


@BUILTINS.add("decimal", "n: number", "scale: number")
def decimal(run: Run, number: Decimal, scale: Decimal) -> Decimal | None:
    return _rounded(number, scale, ROUND_HALF_EVEN)


@BUILTINS.add("floor", "n: number", "scale: number =")
def floor(run: Run, number: Decimal, scale: Decimal | None = None) -> Decimal | None:
    return _rounded(number, scale, ROUND_FLOOR)


@BUILTINS.add("ceiling", "n: number", "scale: number =")
def ceiling(run: Run, number: Decimal, scale: Decimal | None = None) -> Decimal | None:
    return _rounded(number, scale, ROUND_CEILING)


@BUILTINS.add("round up", "n: number", "scale: number")
def round_up(run: Run, number: Decimal, scale: Decimal) -> Decimal | None:
    return _rounded(number, scale, ROUND_UP)


@BUILTINS.add("round down", "n: number", "scale: number")
def round_down(run: Run, number: Decimal, scale: Decimal) -> Decimal | None:
    return _rounded(number, scale, ROUND_DOWN)


@BUILTINS.add("round half up", "n: number", "scale: number")
def round_half_up(run: Run, number: Decimal, scale: Decimal) -> Decimal | None:
    return _rounded(number, scale, ROUND_HALF_UP)


@BUILTINS.add("round half down", "n: number", "scale: number")
def round_half_down(run: Run, number: Decimal, scale: Decimal) -> Decimal | None:
    return _rounded(number, scale, ROUND_HALF_DOWN)


@BUILTINS.add("abs", "n: number|days and time duration|years and months duration")
def absolute(run: Run, value: Any) -> Any:
    zero: Any = {Decimal: Decimal(0), timedelta: timedelta(0), MonthsDuration: MonthsDuration(0)}[type(value)]
    return operations.negate(value) if value < zero else value


@BUILTINS.add("modulo", "dividend: number", "divisor: number")
def modulo(run: Run, dividend: Decimal, divisor: Decimal) -> Decimal:
    # The sign is the divisor's: dividend - divisor * floor(dividend / divisor).
    rest = NUMBERS.remainder(dividend, divisor)
    return NUMBERS.add(rest, divisor) if rest and (rest < 0) != (divisor < 0) else NUMBERS.plus(rest)


@BUILTINS.add("sqrt", "number: number")
def sqrt(run: Run, number: Decimal) -> Decimal:
    return NUMBERS.sqrt(number)


@BUILTINS.add("log", "number: number")
def log(run: Run, number: Decimal) -> Decimal | None:
    return NUMBERS.ln(number) if number > 0 else None


@BUILTINS.add("exp", "number: number")
def exp(run: Run, number: Decimal) -> Decimal:
    return NUMBERS.exp(number)


@BUILTINS.add("odd", "number: number")
def odd(run: Run, number: Decimal) -> bool | None:
    rest = _rest_of_two(number)
    return None if rest is None else rest == 1


@BUILTINS.add("even", "number: number")
def even(run: Run, number: Decimal) -> bool | None:
    rest = _rest_of_two(number)
    return None if rest is None else rest == 0


def _rest_of_two(number: Decimal) -> Decimal | None:
    if number != number.to_integral_value():
        return None
    return abs(NUMBERS.remainder(number, Decimal(2)))


def _rounded(number: Decimal, scale: Decimal | None, rounding: str) -> Decimal | None:
    places = 0 if scale is None else whole(scale)
    if places is None or not -6111 <= places <= 6176:
        return None
    _, digits, exponent = number.as_tuple()
    if isinstance(exponent, int) and -exponent <= places:
        return number  # it has no more places than asked for
    return number.quantize(Decimal(1).scaleb(-places), rounding, NUMBERS) if places >= 0 else _to_tens(number, places, rounding)


def _to_tens(number: Decimal, places: int, rounding: str) -> Decimal:
    return NUMBERS.scaleb(NUMBERS.scaleb(number, places).quantize(Decimal(1), rounding, NUMBERS), -places)
