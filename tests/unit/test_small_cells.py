"""What is hidden cannot be worked out: a separate reading by linear algebra, over random tables."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.reports.small_cells import of_row, of_sum

TABLES = st.integers(2, 5).flatmap(lambda wide: st.lists(
    st.lists(st.sampled_from([0, 0, 1, 2, 4, 5, 6, 9, 30]), min_size=wide, max_size=wide), min_size=3, max_size=3))


def determined(equations: list[list[int]], unknown: int) -> list[bool]:
    """Which unknowns the equations leave no choice of: those whose unit vector is a combination of the rows."""
    def reduced(rows: list[list[Fraction]]) -> list[list[Fraction]]:
        rows, done = [row[:] for row in rows], 0
        for column in range(unknown):
            pivot = next((at for at in range(done, len(rows)) if rows[at][column]), None)
            if pivot is None:
                continue
            rows[done], rows[pivot] = rows[pivot], rows[done]
            rows[done] = [value / rows[done][column] for value in rows[done]]
            for at in range(len(rows)):
                if at != done and rows[at][column]:
                    rows[at] = [a - rows[at][column] * b for a, b in zip(rows[at], rows[done], strict=True)]
            done += 1
        return rows[:done]

    basis = reduced([[Fraction(value) for value in row] for row in equations])
    return [any(row[column] == 1 and sum(map(bool, row)) == 1 for row in basis) for column in range(unknown)]


@settings(max_examples=150, deadline=None)
@given(TABLES, st.booleans())
def test_no_hidden_number_follows_from_what_shows(months, several):
    sums = [sum(column) for column in zip(*months, strict=True)]
    rows = [*months, sums]
    gone = [of_row(row, None if several else sum(row)) for row in months]
    gone.append(of_sum(months, gone, several=several))
    for row, hidden in zip(rows, gone, strict=True):
        assert {at for at, count in enumerate(row) if 0 < count < 5} <= hidden, "a small number shows"
    cells = [(at, column) for at, hidden in enumerate(gone) for column in sorted(hidden)]
    # What a reader knows: each column of the quarter is the sum of its months; each row adds up to its total.
    known = [[(1 if at < 3 else -1) if column == each else 0 for at, column in cells] for each in range(len(sums))]
    if not several:
        known += [[int(at == row) for at, _ in cells] for row in range(4) if not 0 < sum(rows[row]) < 5]
    found = determined(known, len(cells))
    exposed = [cell for cell, is_known in zip(cells, found, strict=True) if is_known and rows[cell[0]][cell[1]]]
    assert [(row, column) for row, column in exposed if rows[row][column] < 5] == []


def test_one_small_number_takes_the_next_smallest_with_it():
    assert of_row([3, 40, 12, 0], 55) == {0, 2}
    assert of_row([1, 2, 40], 43) == {0, 1, 2}   # three together would still be fewer than five
    assert of_row([1, 2, 40], None) == {0, 1}    # no total to subtract from
    assert of_row([5, 6, 0], 11) == frozenset()
    assert of_row([4, 0], 4) == {0, 1}


def test_a_quarter_gives_no_month_away():
    months = [[10, 20, 8], [7, 30, 9], [3, 40, 6]]
    hidden = [of_row(row, sum(row)) for row in months]
    assert hidden == [frozenset(), frozenset(), {0, 2}]
    assert of_sum(months, hidden, several=False) >= {0, 2}  # 20 - 10 - 7 would be the 3
    twice = [[3, 20, 8], [4, 30, 9], [30, 40, 60]]
    assert 0 not in of_sum(twice, [of_row(row, sum(row)) for row in twice], several=False)
