"""List functions (FEEL 10.3.4.4) and `sort` (10.3.4.8). Positions count from 1, negative ones from the end."""

from __future__ import annotations

from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from engine.feel import limits, operations
from engine.feel.errors import FeelLimit
from engine.feel.functions.conversion import whole
from engine.feel.functions.signature import Registry, Unfit
from engine.feel.runtime import Run
from engine.feel.values import Function

BUILTINS = Registry()


@BUILTINS.add("list contains", "list: list", "element: any?")
def list_contains(run: Run, elements: list[Any], element: Any) -> bool:
    return any(operations.equal(run, one, element) is True for one in elements)


@BUILTINS.add("count", "list: list", spread=True)
def count(run: Run, elements: list[Any]) -> Decimal:
    return Decimal(len(elements))


@BUILTINS.add("sublist", "list: list", "start position: number", "length: number =")
def sublist(run: Run, elements: list[Any], start: Decimal, length: Decimal | None = None) -> list[Any] | None:
    position, size = whole(start), None if length is None else whole(length)
    if position is None or not 1 <= abs(position) <= len(elements) or (length is not None and (size is None or size < 0)):
        return None
    first = position - 1 if position > 0 else len(elements) + position
    run.spend_list(len(elements))
    return elements[first:] if size is None else elements[first:first + size]


@BUILTINS.add("append", "list: list", "item: any?", rest=True)
def append(run: Run, elements: list[Any], *items: Any) -> list[Any]:
    run.spend_list(len(elements) + len(items))
    return [*elements, *items]


@BUILTINS.add("concatenate", "list: list", rest=True)
def concatenate(run: Run, *lists: list[Any]) -> list[Any]:
    run.spend_list(sum(map(len, lists)))
    return [element for elements in lists for element in elements]


@BUILTINS.add("insert before", "list: list", "position: number", "newItem: any?")
def insert_before(run: Run, elements: list[Any], position: Decimal, item: Any) -> list[Any] | None:
    index = _index(elements, position)
    if index is None:
        return None
    run.spend_list(len(elements) + 1)
    return [*elements[:index], item, *elements[index:]]


@BUILTINS.add("remove", "list: list", "position: number")
def remove(run: Run, elements: list[Any], position: Decimal) -> list[Any] | None:
    index = _index(elements, position)
    if index is None:
        return None
    run.spend_list(len(elements))
    return [*elements[:index], *elements[index + 1:]]


@BUILTINS.add("list replace", "list: list", "position: number", "newItem: any?")
def list_replace(run: Run, elements: list[Any], position: Decimal, item: Any) -> list[Any] | None:
    index = _index(elements, position)
    if index is None:
        return None
    run.spend_list(len(elements))
    return [*elements[:index], item, *elements[index + 1:]]


@BUILTINS.add("list replace", "list: list", "match: function", "newItem: any?")
def list_replace_where(run: Run, elements: list[Any], match: Function, item: Any) -> list[Any] | None:
    run.spend_list(len(elements))
    answers = [match.call(run, (element, item)) for element in elements]
    if not all(isinstance(answer, bool) for answer in answers):
        return None
    return [item if answer else element for element, answer in zip(elements, answers, strict=True)]


@BUILTINS.add("reverse", "list: list")
def reverse(run: Run, elements: list[Any]) -> list[Any]:
    run.spend_list(len(elements))
    return elements[::-1]


@BUILTINS.add("index of", "list: list", "match: any?")
def index_of(run: Run, elements: list[Any], wanted: Any) -> list[Decimal]:
    return [Decimal(place) for place, element in enumerate(elements, 1) if operations.equal(run, element, wanted) is True]


@BUILTINS.add("union", "list: list", rest=True)
def union(run: Run, *lists: list[Any]) -> list[Any]:
    run.spend_list(sum(map(len, lists)))
    return _distinct(run, [element for elements in lists for element in elements])


@BUILTINS.add("distinct values", "list: list")
def distinct_values(run: Run, elements: list[Any]) -> list[Any]:
    return _distinct(run, elements)


@BUILTINS.add("flatten", "list: list")
def flatten(run: Run, elements: list[Any], depth: int = 0) -> list[Any]:
    if depth > limits.VALUE_DEPTH:
        raise FeelLimit()
    flat: list[Any] = []
    for element in elements:
        run.spend()
        flat.extend(flatten(run, element, depth + 1) if isinstance(element, list) else [element])
    run.spend_list(len(flat))
    return flat


@BUILTINS.add("sort", "list: list", "precedes: function =")
def sort(run: Run, elements: list[Any], precedes: Function | None = None) -> list[Any] | None:
    run.spend_list(len(elements))

    def order(left: Any, right: Any) -> int:
        run.spend()
        if precedes is None:
            found = operations.compare(left, right)
            if found is None:
                raise Unfit
            return found
        for first, second, answer in ((left, right, -1), (right, left, 1)):
            comes_first = precedes.call(run, (first, second))
            if comes_first is True:
                return answer
            if comes_first is not False:
                raise Unfit
        return 0

    return sorted(elements, key=cmp_to_key(order))


def _index(elements: list[Any], position: Decimal) -> int | None:
    place = whole(position)
    if place is None or not 1 <= abs(place) <= len(elements):
        return None
    return place - 1 if place > 0 else len(elements) + place


def _distinct(run: Run, elements: list[Any]) -> list[Any]:
    kept: list[Any] = []
    for element in elements:
        if not any(operations.equal(run, element, one) is True for one in kept):
            kept.append(element)
    return kept
