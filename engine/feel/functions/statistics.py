"""Functions over a whole list, also given element by element: sums, extremes, truths (FEEL 10.3.4.2, 10.3.4.4)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from engine.feel import operations
from engine.feel.functions.signature import Registry, Unfit
from engine.feel.runtime import Run
from engine.feel.values import NUMBERS, MonthsDuration

BUILTINS = Registry()


@BUILTINS.add("not", "negand: any?")
def negation(run: Run, value: Any) -> bool | None:
    return not value if isinstance(value, bool) else None


@BUILTINS.add("all", "list: list", spread=True)
def all_true(run: Run, elements: list[Any]) -> bool | None:
    run.spend(len(elements))
    return operations.conjunction([element if isinstance(element, bool) else None for element in elements])


@BUILTINS.add("any", "list: list", spread=True)
def any_true(run: Run, elements: list[Any]) -> bool | None:
    run.spend(len(elements))
    return operations.disjunction([element if isinstance(element, bool) else None for element in elements])


@BUILTINS.add("min", "list: list", spread=True)
def minimum(run: Run, elements: list[Any]) -> Any:
    return _extreme(run, elements, -1)


@BUILTINS.add("max", "list: list", spread=True)
def maximum(run: Run, elements: list[Any]) -> Any:
    return _extreme(run, elements, 1)


@BUILTINS.add("sum", "list: list", spread=True)
def total(run: Run, elements: list[Any]) -> Any:
    if not all(isinstance(element, Decimal | timedelta | MonthsDuration) for element in elements):
        return None
    result = elements[0] if elements else None
    for element in elements[1:]:
        result = operations.calculate(run, "+", result, element)
    return result


@BUILTINS.add("product", "list: list", spread=True)
def product(run: Run, elements: list[Any]) -> Decimal | None:
    result = Decimal(1)
    for value in _numbers(run, elements):
        result = NUMBERS.multiply(result, value)
    return result if elements else None


@BUILTINS.add("mean", "list: list", spread=True)
def mean(run: Run, elements: list[Any]) -> Decimal | None:
    return _mean(_numbers(run, elements)) if elements else None


@BUILTINS.add("median", "list: list", spread=True)
def median(run: Run, elements: list[Any]) -> Decimal | None:
    ordered = sorted(_numbers(run, elements))
    if not ordered:
        return None
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else _mean(ordered[middle - 1:middle + 1])


@BUILTINS.add("stddev", "list: list", spread=True)
def stddev(run: Run, elements: list[Any]) -> Decimal | None:
    numbers = _numbers(run, elements)
    if len(numbers) < 2:
        return None
    centre = _mean(numbers)
    squares = [NUMBERS.power(NUMBERS.subtract(number, centre), Decimal(2)) for number in numbers]
    return NUMBERS.sqrt(NUMBERS.divide(_sum(squares), Decimal(len(numbers) - 1)))


@BUILTINS.add("mode", "list: list", spread=True)
def mode(run: Run, elements: list[Any]) -> list[Decimal]:
    counts: dict[Decimal, int] = {}
    for number in _numbers(run, elements):
        counts[number] = counts.get(number, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(number for number, times in counts.items() if times == most)


def _extreme(run: Run, elements: list[Any], direction: int) -> Any:
    if not elements:
        return None
    best = elements[0]
    for element in elements:
        run.spend()
        order = operations.compare(element, best)
        if order is None:
            return None
        if order == direction:
            best = element
    return best


def _numbers(run: Run, elements: list[Any]) -> list[Decimal]:
    run.spend(len(elements))
    if not all(isinstance(element, Decimal) for element in elements):
        raise Unfit
    return elements


def _sum(numbers: list[Decimal]) -> Decimal:
    result = Decimal(0)
    for number in numbers:
        result = NUMBERS.add(result, number)
    return result


def _mean(numbers: list[Decimal]) -> Decimal:
    return NUMBERS.divide(_sum(numbers), Decimal(len(numbers)))
