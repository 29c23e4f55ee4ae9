"""Range functions (FEEL 10.3.4.9): Allen's relations between points and intervals.

A point stands for the closed interval from itself to itself, except where the standard asks for one shape only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.feel import operations
from engine.feel.functions.signature import Registry, Unfit
from engine.feel.runtime import Run
from engine.feel.values import Range

BUILTINS = Registry()


def _order(left: Any, right: Any) -> int:
    found = operations.compare(left, right)
    if found is None:
        raise Unfit
    return found


def _starts(left: Range, right: Range) -> int:
    """The order of two starts; none at all lies before everything, an excluded point after the included one."""
    if left.start is None or right.start is None:
        return (left.start is not None) - (right.start is not None)
    return _order(left.start, right.start) or right.start_included - left.start_included


def _ends(left: Range, right: Range) -> int:
    """The order of two ends; none at all lies after everything, an excluded point before the included one."""
    if left.end is None or right.end is None:
        return (right.end is not None) - (left.end is not None)
    return _order(left.end, right.end) or left.end_included - right.end_included


def _reaches(left: Range, right: Range) -> bool:
    """Whether the end of `left` reaches the start of `right`: past it, or both hold the same point."""
    if left.end is None or right.start is None:
        return True
    order = _order(left.end, right.start)
    return order > 0 or (order == 0 and left.end_included and right.start_included)


def _before(left: Range, right: Range) -> bool:
    return not _reaches(left, right)


def _meets(left: Range, right: Range) -> bool:
    return (left.end_included and right.start_included and left.end is not None and right.start is not None
            and _order(left.end, right.start) == 0)


def _overlaps(left: Range, right: Range) -> bool:
    return _reaches(left, right) and _reaches(right, left)


def _overlaps_before(left: Range, right: Range) -> bool:
    return _starts(left, right) < 0 and _reaches(left, right) and _ends(left, right) <= 0


def _includes(left: Range, right: Range) -> bool:
    return _starts(left, right) <= 0 and _ends(left, right) >= 0


def _begins(left: Range, right: Range) -> bool:
    return _starts(left, right) == 0 and _ends(left, right) <= 0


def _finishes(left: Range, right: Range) -> bool:
    return _ends(left, right) == 0 and _starts(left, right) >= 0


def _coincides(left: Range, right: Range) -> bool:
    return _starts(left, right) == 0 and _ends(left, right) == 0


_Relation = Callable[[Range, Range], bool]


def _add(name: str, relation: _Relation, *shapes: str, swapped: bool = False) -> None:
    """Declare `name` for the given shapes: `pp`, `pr`, `rp`, `rr` (point or range, in the order of the call)."""

    def answer(run: Run, first: Any, second: Any) -> bool:
        shape = ("r" if isinstance(first, Range) else "p") + ("r" if isinstance(second, Range) else "p")
        if shape not in shapes:
            raise Unfit
        left, right = _interval(first), _interval(second)
        return relation(right, left) if swapped else relation(left, right)

    labels = {"p": "point", "r": "range"}
    for shape in shapes:
        names = [labels[letter] for letter in shape]
        if names[0] == names[1]:
            names = [names[0] + "1", names[1] + "2"]
        BUILTINS.add(name, *[f"{label}: any" for label in names])(answer)


def _interval(value: Any) -> Range:
    return value if isinstance(value, Range) else Range(value, value)


_add("before", _before, "pp", "pr", "rp", "rr")
_add("after", _before, "pp", "pr", "rp", "rr", swapped=True)
_add("meets", _meets, "rr")
_add("met by", _meets, "rr", swapped=True)
_add("overlaps", _overlaps, "rr")
_add("overlaps before", _overlaps_before, "rr")
_add("overlaps after", _overlaps_before, "rr", swapped=True)
_add("finishes", _finishes, "pr", "rr")
_add("finished by", _finishes, "rp", "rr", swapped=True)
_add("includes", _includes, "rp", "rr")
_add("during", _includes, "pr", "rr", swapped=True)
_add("starts", _begins, "pr", "rr")
_add("started by", _begins, "rp", "rr", swapped=True)
_add("coincides", _coincides, "pp", "rr")
