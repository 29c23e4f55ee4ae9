"""Comparing and calculating with FEEL values (FEEL 10.3.2.13 to 10.3.4). What the types do not allow is None, FEEL's null."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, time, timedelta
from decimal import Decimal, DecimalException
from typing import Any

from engine.feel import temporal
from engine.feel.runtime import Run
from engine.feel.values import NUMBERS, MonthsDuration, Range, kind_of

_ORDERED = frozenset({"number", "string", "date", "time", "date and time", "days and time duration",
                      "years and months duration"})


# --- comparing ---------------------------------------------------------------------------------------------------


def equal(run: Run, left: Any, right: Any) -> bool | None:
    """`left = right`: null equals only null; values of different kinds are not comparable, which is null."""
    run.spend()
    if left is None or right is None:
        return left is right
    kind = kind_of(left)
    if kind != kind_of(right) or kind in {"", "function"}:
        return None
    if kind in {"string", "number", "boolean", "date", "days and time duration", "years and months duration"}:
        return bool(left == right)
    if kind in {"time", "date and time"}:
        return _same_moment(left, right)
    if kind == "list":
        return len(left) == len(right) and conjunction([equal(run, *pair) for pair in zip(left, right, strict=True)])
    if kind == "context":
        return left.keys() == right.keys() and conjunction([equal(run, left[key], right[key]) for key in left])
    return (left.start_included, left.end_included) == (right.start_included, right.end_included) and conjunction(
        [equal(run, left.start, right.start), equal(run, left.end, right.end)])


def _same_moment(left: Any, right: Any) -> bool:
    if (left.tzinfo is None) != (right.tzinfo is None):
        return False
    if isinstance(left, time):
        return temporal.time_of_day(left) == temporal.time_of_day(right)
    return left == right if left.tzinfo is None else bool(left.astimezone(UTC) == right.astimezone(UTC))


def compare(left: Any, right: Any) -> int | None:
    """-1, 0 or 1 as `left` is before, at or after `right`; None when the two have no order between them."""
    kind, other = kind_of(left), kind_of(right)
    if kind != other or kind not in _ORDERED:
        return None
    if kind in {"time", "date and time"}:
        apart = temporal.between(left, right)
        return None if apart is None else _sign(apart, timedelta(0))
    return _sign(left, right)


def _sign(left: Any, right: Any) -> int:
    return int(left > right) - int(left < right)


def related(run: Run, operator: str, left: Any, right: Any) -> bool | None:
    """`left operator right` for the six comparisons."""
    if operator in {"=", "!="}:
        same = equal(run, left, right)
        return same if operator == "=" or same is None else not same
    run.spend()
    order = compare(left, right)
    return None if order is None else _HOLDS[operator](order)


_HOLDS: dict[str, Callable[[int], bool]] = {
    "<": lambda order: order < 0, "<=": lambda order: order <= 0,
    ">": lambda order: order > 0, ">=": lambda order: order >= 0,
}


def within(run: Run, value: Any, interval: Range) -> bool | None:
    """Whether `value` lies in `interval`; null when it cannot be compared with an end that is there."""
    low = _beyond(run, ">=" if interval.start_included else ">", value, interval.start)
    high = _beyond(run, "<=" if interval.end_included else "<", value, interval.end)
    if interval.start is None and interval.end is None:
        return None
    return conjunction([low, high])


def _beyond(run: Run, operator: str, value: Any, end: Any) -> bool | None:
    return True if end is None else related(run, operator, value, end)


def belongs(run: Run, value: Any, target: Any) -> bool | None:
    """`value in target` for one target: an interval holds it, a list has it, or it is the same."""
    if isinstance(target, Range) and not isinstance(value, Range):
        return within(run, value, target)
    if isinstance(target, list):
        found: bool | None = False
        if isinstance(value, list) and equal(run, value, target):
            return True
        for element in target:
            if isinstance(element, Range) and not isinstance(value, Range):
                answer = within(run, value, element)
            else:
                answer = equal(run, value, element)
            if answer:
                return True
            found = None if answer is None else found
        return found
    return equal(run, value, target)


def conjunction(answers: list[bool | None]) -> bool | None:
    """Three-valued and: one false decides, else one null leaves it open."""
    if any(answer is False for answer in answers):
        return False
    return True if all(answer is True for answer in answers) else None


def disjunction(answers: list[bool | None]) -> bool | None:
    """Three-valued or: one true decides, else one null leaves it open."""
    if any(answer is True for answer in answers):
        return True
    return False if all(answer is False for answer in answers) else None


# --- calculating -------------------------------------------------------------------------------------------------


def calculate(run: Run, operator: str, left: Any, right: Any) -> Any:
    """`left operator right` for `+ - * / **`; None where the kinds or the size do not allow it."""
    run.spend()
    try:
        return _OPERATIONS[operator](run, left, right)
    except (DecimalException, OverflowError):
        return None


def negate(value: Any) -> Any:
    """`-value` for numbers and durations."""
    match value:
        case Decimal():
            return NUMBERS.minus(value)
        case timedelta():
            return _or_none(lambda: -value)
        case MonthsDuration():
            return MonthsDuration(-value.months)
    return None


def _add(run: Run, left: Any, right: Any) -> Any:
    match left, right:
        case Decimal(), Decimal():
            return NUMBERS.add(left, right)
        case str(), str():
            run.spend_text(len(left) + len(right))
            return left + right
        case (timedelta(), timedelta()):
            return left + right
        case MonthsDuration(), MonthsDuration():
            return MonthsDuration(left.months + right.months)
        case (date() | time(), timedelta()):
            return temporal.add_days(left, right)
        case date(), MonthsDuration():
            return temporal.add_months(left, right.months)
        case (timedelta() | MonthsDuration(), date() | time()):
            return _add(run, right, left)
    return None


def _subtract(run: Run, left: Any, right: Any) -> Any:
    match left, right:
        case Decimal(), Decimal():
            return NUMBERS.subtract(left, right)
        case (timedelta(), timedelta()):
            return left - right
        case MonthsDuration(), MonthsDuration():
            return MonthsDuration(left.months - right.months)
        case (date(), date()) | (time(), time()):
            return temporal.between(left, right)
        case (date() | time(), timedelta() | MonthsDuration()):
            return _add(run, left, negate(right))
    return None


def _multiply(run: Run, left: Any, right: Any) -> Any:
    match left, right:
        case Decimal(), Decimal():
            return NUMBERS.multiply(left, right)
        case (timedelta(), Decimal()):
            return _days(NUMBERS.multiply(temporal.seconds_of(left), right))
        case MonthsDuration(), Decimal():
            return _months(NUMBERS.multiply(Decimal(left.months), right))
        case Decimal(), timedelta() | MonthsDuration():
            return _multiply(run, right, left)
    return None


def _divide(run: Run, left: Any, right: Any) -> Any:
    match left, right:
        case Decimal(), Decimal():
            return NUMBERS.divide(left, right)
        case (timedelta(), Decimal()):
            return _days(NUMBERS.divide(temporal.seconds_of(left), right))
        case (timedelta(), timedelta()):
            return NUMBERS.divide(temporal.seconds_of(left), temporal.seconds_of(right))
        case MonthsDuration(), Decimal():
            return _months(NUMBERS.divide(Decimal(left.months), right))
        case MonthsDuration(), MonthsDuration():
            return NUMBERS.divide(Decimal(left.months), Decimal(right.months))
    return None


def _power(run: Run, left: Any, right: Any) -> Any:
    match left, right:
        case Decimal(), Decimal():
            if not right:
                return Decimal(1)
            power = NUMBERS.power(left, right)
            return power if power.is_finite() else None
    return None


_OPERATIONS: dict[str, Callable[[Run, Any, Any], Any]] = {
    "+": _add, "-": _subtract, "*": _multiply, "/": _divide, "**": _power,
}


def _days(seconds: Decimal) -> timedelta:
    microseconds = NUMBERS.to_integral_value(seconds.scaleb(6))
    if abs(microseconds) >= Decimal("1e20"):
        raise OverflowError
    return timedelta(microseconds=int(microseconds))


def _months(months: Decimal) -> MonthsDuration:
    if abs(months) >= Decimal("1e12"):
        raise OverflowError
    return MonthsDuration(int(months))


def _or_none(make: Callable[[], Any]) -> Any:
    try:
        return make()
    except OverflowError:
        return None
