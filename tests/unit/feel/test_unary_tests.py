"""Unary tests, the cells of a decision table, row by row (DMN 1.4, chapters 7.3.2 and 8.3.3)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from engine.feel import FeelSyntaxError, compile_unary_tests

NOW = datetime(2026, 11, 10, 1, 30, tzinfo=UTC)
SCOPE: dict[str, Any] = {"limit": Decimal(10), "levels": ["low", "high"], "flag": True, "Risk Level": "high"}


@pytest.mark.parametrize(("text", "value", "expected"), [
    ("-", None, True), ("", "x", True), (" - ", 5, True),                  # nothing asked: anything passes, null too
    ("5", 5, True), ("5", 6, False), ("5", "5", None), ("5", None, False),
    ('"a"', "a", True), ('"a", "b"', "b", True), ('"a", "b"', "c", False),
    ("true", True, True), ("true", False, False), ("false", False, True), ("false", None, False), ("true", None, False),
    ("true", "x", None), ("flag", None, False), ("null", None, True),
    ("null", 1, False),
    ("< 5", 4, True), ("<= 5", 5, True), ("> 5", 5, False), (">= 5", None, None), ("= 5", 5, True), ("!= 5", 4, True),
    ("< limit", 9, True), ("> limit * 2", 21, True), ("limit", 10, True),
    ("[1..5]", 5, True), ("[1..5)", 5, False), ("]1..5[", 1, False), ("(1..5]", 5, True), ("[1..5], [7..9], 12", 8, True),
    ("[1..5], [7..9], 12", 6, False), ("[1..limit]", 10, True), ("[1..5]", None, None), ("[1..5]", "3", None),
    ("not(5)", 6, True), ("not(5)", 5, False), ("not([1..5], 9)", 9, False), ("not([1..5], 9)", 8, True),
    ('not("a", "b")', None, True),
    ("not(> 5)", None, None), ("not(null)", None, False), ("not(null)", 1, True),
    ("levels", "high", True), ("levels", "middle", False), ('["a", "b"]', "a", True), ("Risk Level", "high", True),
    ("? > 5 and ? < 9", 7, True), ("? > 5 and ? < 9", 9, False), ("? > 5", None, None), ('contains(?, "wa")', "kawal", True),
    ("count(?) > 1", [1, 2], True), ("some x in ? satisfies x > 1", [1, 2], True), ("? in levels", "low", True),
    ("not(? in levels)", "x", True),
    ("limit > 5", "x", True), ("limit > 50", "x", False), ("flag", True, True), ("flag", False, False),
    ('@"2026-11-10"', date(2026, 11, 10), True), ('< date("2026-11-10")', date(2026, 11, 9), True),
    ('>= today()', date(2026, 11, 10), True),
    ("[1, 2]", [Decimal(1), Decimal(2)], True), ("1/0", None, True),
])
def test_a_cell(text: str, value: Any, expected: bool | None) -> None:
    assert compile_unary_tests(text, names=SCOPE).matches(value, SCOPE, now=NOW) is expected


@pytest.mark.parametrize("text", ["> 5 and < 10", "- 5 -", ",", "5,", "not(5", "[1..5", "1..5", "> ", "== 5", "-, 5",
                                  "high risk", '"a" "b"'])
def test_what_is_no_cell_is_refused(text: str) -> None:
    with pytest.raises(FeelSyntaxError):
        compile_unary_tests(text)


def test_a_cell_names_what_it_reads_but_not_the_value_under_test() -> None:
    assert compile_unary_tests("? > limit").names == {"limit"}
