"""Filters, `for`, `some` and `every`: everything that runs an expression once per element, paid for element by element."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from engine.feel import limits, operations
from engine.feel.errors import FeelLimit
from engine.feel.runtime import Run, Scope
from engine.feel.values import Range

_LARGEST_COUNT = Decimal("1e15")  # nobody counts this far; below it every whole number is exact


@dataclass(frozen=True)
class Domain:
    """One `name in values` or `name in values..until`."""

    name: str
    values: Callable[[Scope], Any]
    until: Callable[[Scope], Any] | None


def filtered(scope: Scope, base: Any, condition: Callable[[Scope], Any]) -> Any:
    """`base[condition]`: by position when the condition gives a number, else the elements for which it is true.

    What is no list counts as a list of one. An element that is a context lends its entries as names.
    """
    elements = base if isinstance(base, list) else [] if base is None else [base]
    kept: list[Any] = []
    for index, element in enumerate(elements or [None]):
        scope.run.spend()
        answer = condition(_element_scope(element, scope))
        if index == 0 and isinstance(answer, Decimal):
            return at(elements, answer)
        if answer is True and elements:
            kept.append(element)
    return kept


def at(elements: list[Any], position: Decimal) -> Any:
    """The element at a position counted from 1, or from the end when negative; None when there is none."""
    if position != position.to_integral_value() or not 1 <= abs(position) <= len(elements):
        return None
    index = int(position)
    return elements[index - 1 if index > 0 else index]


def mapped(scope: Scope, domains: list[Domain], body: Callable[[Scope], Any], *, keeps_partial: bool) -> list[Any] | None:
    """`for ... return`: one result per combination; `partial` is the list of the results so far."""
    results: list[Any] = []
    for bound in combinations(scope, domains):
        if bound is None:
            return None
        if len(results) >= limits.LIST_LENGTH:
            raise FeelLimit()
        if keeps_partial:
            scope.run.spend(len(results))
            bound["partial"] = list(results)
        results.append(body(Scope(bound, scope, scope.run)))
    return results


def quantified(scope: Scope, domains: list[Domain], condition: Callable[[Scope], Any], *, every: bool) -> bool | None:
    """`some` is a three-valued or over all combinations, `every` a three-valued and."""
    answer: bool | None = every
    for bound in combinations(scope, domains):
        if bound is None:
            return None
        value = condition(Scope(bound, scope, scope.run))
        if value is (not every):
            return not every
        if not isinstance(value, bool):
            answer = None
    return answer


def combinations(scope: Scope, domains: list[Domain], bound: dict[str, Any] | None = None) -> Iterator[dict[str, Any] | None]:
    """The names bound by each combination, the last domain running fastest; one None when a domain cannot be run over."""
    bound = bound or {}
    domain, rest = domains[0], domains[1:]
    values = _run_over(Scope(bound, scope, scope.run), domain)
    if values is None:
        yield None
        return
    for value in values:
        scope.run.spend()
        here = {**bound, domain.name: value}
        if rest:
            yield from combinations(scope, rest, here)
        else:
            yield here


def _run_over(scope: Scope, domain: Domain) -> Iterator[Any] | list[Any] | None:
    first = domain.values(scope)
    if domain.until is not None:
        return _counting(scope.run, first, domain.until(scope))
    if isinstance(first, Range):
        return _counting_through(scope.run, first)
    if first is None:
        return None
    return first if isinstance(first, list) else [first]


def _counting(run: Run, first: Any, last: Any) -> Iterator[Any] | None:
    """Whole steps from `first` to `last`, up or down, both ends included: numbers by 1, dates by a day."""
    order = operations.compare(last, first)
    if order is None or not (isinstance(first, Decimal) or type(first) is date):
        return None
    if isinstance(first, Decimal) and not all(abs(end) < _LARGEST_COUNT and end % 1 == 0 for end in (first, last)):
        return None
    return _steps(run, first, last, -1 if order < 0 else 1)


def _steps(run: Run, first: Any, last: Any, direction: int) -> Iterator[Any]:
    step: Any = Decimal(direction) if isinstance(first, Decimal) else timedelta(days=direction)
    value = first
    while True:
        run.spend()
        yield value
        if value == last:
            return
        value = value + step


def _counting_through(run: Run, interval: Range) -> Iterator[Any] | None:
    if interval.start is None or interval.end is None:
        return None
    steps = _counting(run, interval.start, interval.end)
    left_out = [end for end, included in ((interval.start, interval.start_included), (interval.end, interval.end_included))
                if not included]
    return None if steps is None else (value for value in steps if value not in left_out)


def _element_scope(element: Any, scope: Scope) -> Scope:
    inner = Scope({"item": element}, scope, scope.run)
    return Scope(element, inner, scope.run) if isinstance(element, dict) else inner
