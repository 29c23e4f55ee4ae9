"""Small numbers that could point at somebody, and what else must be hidden so that they cannot be worked out (security D5).

A table is a row of counts whose total is known, or several such rows (months) with their sum below them (the quarter). A number
is hidden where it is 1 to 4; then others, until no hidden number follows from those that show: neither from a total nor from the
difference between a quarter and its months. Whoever knows all that is shown is left with at least two unknown numbers wherever one is
hidden, and these make at least five together.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Final

FEWEST: Final = 5
Counts = Sequence[int]
Cell = tuple[int, int]      # row, column
Hidden = frozenset[int]     # columns of one row


def tells(total: int) -> bool:
    """Whether so many cases are enough to be told apart at all; of fewer even a nought says what all of them are not."""
    return not 0 < total < FEWEST


def of_row(counts: Counts, total: int | None) -> Hidden:
    """Which of these counts are hidden. They add up to `total`; None: they do not (one case may stand in several).

    A total that is small itself is not for this to hide: the whole row is hidden then.
    """
    if total is not None and not tells(total):
        return frozenset(range(len(counts)))
    hidden = {number for number, count in enumerate(counts) if 0 < count < FEWEST}
    if total is None:
        return frozenset(hidden)
    while hidden and not _is_safe([counts[number] for number in hidden]):
        rest = [number for number in range(len(counts)) if number not in hidden]
        if not rest:
            break
        hidden.add(_next(counts, rest))
    return frozenset(hidden)


def of_sum(months: Sequence[Counts], hidden: Sequence[Hidden], *, several: bool) -> Hidden:
    """Which counts of the sum of `months` are hidden, where of each month `hidden` is. `several` as above: rows without a total."""
    sums = [sum(column) for column in zip(*months, strict=True)]
    found = set(of_row(sums, None if several else sum(sums)))
    for column in range(len(sums)):
        alone = [month[column] for month, gone in zip(months, hidden, strict=True) if column in gone]
        if alone and not _is_safe(alone):
            found.add(column)
    while len(found) < len(sums) and (open_cells := _follows(hidden, found, several=several)):
        told = {column for _, column in open_cells} - found
        found.add(_next(sums, told or [column for column in range(len(sums)) if column not in found]))
    return frozenset(found)


def _is_safe(counts: Counts) -> bool:
    return len(counts) > 1 and sum(counts) >= FEWEST


def _next(counts: Counts, among: Set[int] | Sequence[int]) -> int:
    """What is hidden next: the smallest number that is one, so that as much as can be shows; a nought hides little."""
    return min(among, key=lambda number: (counts[number] == 0, counts[number], number))


def _follows(hidden: Sequence[Hidden], found: Set[int], *, several: bool) -> list[Cell]:
    """The hidden cells that follow from what shows. Rows and columns are knots, hidden cells the lines between them: each knot is one
    equation, so a cell can be worked out where its line lies on no circle."""
    last = len(hidden)
    lines: set[Cell] = {(row, column) for row, columns in enumerate([*hidden, frozenset(found)]) for column in columns}
    if several:  # no row tells its sum: as if each had one more hidden cell
        lines |= {(row, -1) for row in range(last + 1)}
    return [line for line in lines if line[1] >= 0 and not _joined(line, lines - {line})]


def _joined(line: Cell, lines: Set[Cell]) -> bool:
    row, column = line
    rows, columns, known = {row}, set[int](), 0
    while known != len(rows) + len(columns):
        known = len(rows) + len(columns)
        columns |= {each for at, each in lines if at in rows}
        rows |= {at for at, each in lines if each in columns}
    return column in columns
