"""The built-in functions, row by row (DMN 1.4, chapter 10.3.4)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from engine.feel import MonthsDuration, Range, compile_expression

NOW = datetime(2026, 11, 10, 1, 30, tzinfo=UTC)


def numbers(*values: Any) -> list[Any]:
    return [Decimal(str(value)) for value in values]


def rows(*pairs: tuple[str, Any]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("text", "expected"), [
        pytest.param(text, Decimal(expected) if type(expected) is int else expected, id=text) for text, expected in pairs])


def check(text: str, expected: Any) -> None:
    found = compile_expression(text).evaluate({}, now=NOW)
    assert found == expected and type(found) is type(expected), (found, expected)


@rows(
    ('number("1,000.50", ",", ".")', Decimal("1000.50")), ('number("1.000,50", ".", ",")', Decimal("1000.50")),
    ('number("1 000", " ", null)', 1000), ('number("12", ".", ".")', None), ('number("1a", null, null)', None),
    ('number("")', None),
    ('number("0x10")', None), ('number("NaN")', None), ('number("1_000")', None), ('number("١")', None), ('number(from: "5")', 5),
    ("string(1.10)", "1.1"), ("string(1e3)", "1000"), ("string(-0.0)", "0"), ('string("a")', "a"), ("string(null)", None),
    ("string(true)", "true"), ('string([1, "a", {b: null}])', '[1, "a", {b: null}]'), ('string(@"2026-11-10")', "2026-11-10"),
    ('string(@"2026-11-10T08:30:00.250+07:00")', "2026-11-10T08:30:00.25+07:00"), ('string(@"P1Y14M")', "P2Y2M"),
    ('string(@"P1DT25H61M")', "P2DT2H1M"), ('string(@"-PT0.5S")', "-PT0.5S"), ('string(@"P0D")', "PT0S"), ('string(@"P0Y")', "P0M"),
    ("string([1..5))", "[1..5)"), ('date("2026-02-29")', None), ('date("2026-13-01")', None), ('date("26-01-01")', None),
    ('date("2026-1-1")', None), ("date(2024, 2, 29)", date(2024, 2, 29)), ("date(2026, 2, 29)", None), ("date(2026, 1.5, 1)", None),
    ('date(@"2026-11-10T08:00:00")', date(2026, 11, 10)), ("date(null)", None), ("date(20261110)", None),
    ('time("24:00:00")', None), ('time("8:00:00")', None), ("time(8, 30, 15.5)", time(8, 30, 15, 500_000)),
    ('time(8, 30, 0, @"PT7H")', time(8, 30, tzinfo=timezone(timedelta(hours=7)))), ("time(25, 0, 0)", None),
    ('time(@"2026-11-10T08:30:00Z")', time(8, 30, tzinfo=UTC)), ('date and time("2026-11-10")', datetime(2026, 11, 10)),
    ('date and time("2026-11-10T24:00:00")', datetime(2026, 11, 11)), ('date and time("2026-11-10T24:00:01")', None),
    ('date and time("2026-11-10T08:30:00@Mars/Base")', None), ('date and time("2026-11-10T08:30:00@../../etc/passwd")', None),
    ('date and time(@"2026-11-10", @"08:30:00")', datetime(2026, 11, 10, 8, 30)), ('date and time("2026-11-10T08:30")', None),
    ('duration("P1D")', timedelta(days=1)), ('duration("P1M")', MonthsDuration(1)), ('duration("PT1M")', timedelta(minutes=1)),
    ('duration("P1Y1D")', None), ('duration("P")', None), ('duration("PT")', None), ('duration("1 day")', None),
    ('duration("P1DT")', None),
    ('duration("P999999999999D")', None), ('years and months duration(@"2020-01-31", @"2021-01-30")', MonthsDuration(11)),
    ('years and months duration(@"2021-01-30", @"2020-01-31")', MonthsDuration(-11)),
    ('range("[1..5)")', Range(Decimal(1), Decimal(5), True, False)),
)
def test_conversions(text: str, expected: Any) -> None:
    check(text, expected)


@rows(
    ('substring("kawal", 3)', "wal"), ('substring("kawal", 3, 2)', "wa"), ('substring("kawal", -2)', "al"),
    ('substring("kawal", 0)', None),
    ('substring("kawal", 6)', None), ('substring("kawal", 2, 99)', "awal"), ('substring("kawal", 2, 0)', None),
    ('substring("\\U01F40Eab", 2)', "ab"),
    ('substring(null, 1)', None), ('string length("\\U01F40Eab")', 3), ('upper case("aé")', "AÉ"), ('lower case("AÉ")', "aé"),
    ('substring before("kawal", "w")', "ka"), ('substring before("kawal", "x")', ""), ('substring after("kawal", "w")', "al"),
    ('substring after("kawal", "")', "kawal"), ('substring after("", "a")', ""), ('contains("kawal", "wa")', True),
    ('contains("kawal", null)', None), ('starts with("kawal", "ka")', True), ('ends with("kawal", "al")', True),
    ('string join(["a", null, "b"], "-")', "a-b"), ('string join(["a", "b"], ", ", "[", "]")', "[a, b]"),
    ("string join([1])", None),
    ('string join(["a"], null)', "a"), ('matches("kawal", "^k.*l$")', True), ('matches("kawal", "^K")', False),
    ('matches("kawal", "^K", "i")', True),
    ('matches("a\\nb", "a.b")', False), ('matches("a\\nb", "a.b", "s")', True), ('matches("kawal", "[")', None),
    ('matches("kawal", "(a)\\\\1")', None), ('matches("08123", "^\\d{5}$")', True),
    ('matches("a.b", "a.b", "q")', True), ('matches("axb", "a.b", "q")', False), ('matches("x", "x", "z")', None),
    ('replace("kawal", "a", "o")', "kowol"), ('replace("kawal", "(k)(a)", "$2$1")', "akwal"), ('replace("kawal", "a*", "x")', None),
    ('replace("kawal", "a", "$")', None), ('split("a;b;;c", ";")', ["a", "b", "", "c"]), ('split("a  b", "\\s+")', ["a", "b"]),
)
def test_strings(text: str, expected: Any) -> None:
    check(text, expected)


@rows(
    ("list contains([1, null], null)", True), ("list contains([1], 2)", False), ("count([])", 0),
    ("count([1, [2, 3]])", 2), ("count(null)", None),
    ("min([3, 1, 2])", 1), ("max(3, 1, 2)", 3), ("min([])", None), ('min([1, "a"])', None), ("min([1, null])", None),
    ('max("a", "b")', "b"),
    ("max([@\"2026-11-10\", @\"2026-12-01\"])", date(2026, 12, 1)), ("sum([1, 2.5])", Decimal("3.5")),
    ("sum([])", None), ("sum([1, null])", None),
    ('sum(["a", "b"])', None), ("sum(1)", 1), ('sum([@"PT1H", @"PT30M"])', timedelta(minutes=90)),
    ("mean([1, 2, 6])", 3), ("mean([])", None),
    ("median(1, 5, 2)", 2), ("median([1, 2, 3, 4])", Decimal("2.5")), ("median([])", None), ("mode([6, 3, 9, 6, 6])", numbers(6)),
    ("mode([6, 1, 9, 6, 1])", numbers(1, 6)), ("mode([])", []), ("stddev([1, 3, 5])", 2), ("stddev([1])", None),
    ("product([2, 3, 4])", 24), ("all([true, null])", None), ("all([true, false, null])", False), ("all([])", True),
    ("any([])", False),
    ("any([false, null])", None), ("any([null, true])", True), ("sublist([1, 2, 3], 2)", numbers(2, 3)),
    ("sublist([1, 2, 3], -2, 1)", numbers(2)),
    ("sublist([1, 2, 3], 0)", None), ("append([1], 2, 3)", numbers(1, 2, 3)), ("append([1], null)", [Decimal(1), None]),
    ("append(1, 2)", numbers(1, 2)),
    ("concatenate([1], [2, 3])", numbers(1, 2, 3)), ("insert before([1, 3], 2, 2)", numbers(1, 2, 3)),
    ("insert before([1], 3, 2)", None),
    ("remove([1, 2, 3], 2)", numbers(1, 3)), ("remove([1, 2, 3], -1)", numbers(1, 2)), ("remove([1], 2)", None),
    ("reverse([1, 2])", numbers(2, 1)),
    ("index of([1, 2, null, 2], 2)", numbers(2, 4)), ("index of([1, null], null)", numbers(2)),
    ("union([1, 2], [2, 3])", numbers(1, 2, 3)),
    ("distinct values([1, 2, 1.0, null, null])", [Decimal(1), Decimal(2), None]),
    ("flatten([[1, [2]], [[[3]]]])", numbers(1, 2, 3)),
    ("list replace([1, 2, 3], 2, 9)", numbers(1, 9, 3)),
    ("list replace([1, 2, 3], function(item, newItem) item > newItem, 2)", numbers(1, 2, 2)),
    ("sort([3, 1, 2])", numbers(1, 2, 3)), ("sort([3, 1, 2], function(x, y) x > y)", numbers(3, 2, 1)), ('sort([1, "a"])', None),
    ("sort([1, 2], function(x) x)", None), ("sort(list: [2, 1])", numbers(1, 2)),
)
def test_lists(text: str, expected: Any) -> None:
    check(text, expected)


@rows(
    ("decimal(1/3, 2)", Decimal("0.33")), ("decimal(1.5, 0)", 2), ("decimal(2.5, 0)", 2), ("decimal(1234, -2)", 1200),
    ("decimal(1, 7000)", None),
    ("floor(1.5)", 1), ("floor(-1.56, 1)", Decimal("-1.6")), ("ceiling(1.5)", 2),
    ("ceiling(-1.56, 1)", Decimal("-1.5")), ("round up(5.5, 0)", 6),
    ("round up(-1.126, 2)", Decimal("-1.13")), ("round down(-5.5, 0)", -5), ("round half up(5.5, 0)", 6),
    ("round half up(-2.5, 0)", -3),
    ("round half down(5.5, 0)", 5), ("round half down(-2.5, 0)", -2), ("abs(-10)", 10), ('abs(@"-PT5H")', timedelta(hours=5)),
    ('abs(@"-P1M")', MonthsDuration(1)), ("modulo(12, 5)", 2), ("modulo(-12, 5)", 3), ("modulo(12, -5)", -3),
    ("modulo(-12, -5)", -2),
    ("modulo(10.1, 4.5)", Decimal("1.1")), ("modulo(1, 0)", None), ("sqrt(16)", 4), ("sqrt(-1)", None), ("log(1)", 0),
    ("log(0)", None), ("exp(0)", 1),
    ("odd(5)", True), ("odd(-2)", False), ("even(0)", True), ("even(1.5)", None),
)
def test_numbers(text: str, expected: Any) -> None:
    check(text, expected)


@rows(
    ("now()", NOW), ("today()", date(2026, 11, 10)), ('day of year(@"2026-02-01")', 32), ('day of week(@"2026-11-10")', "Tuesday"),
    ('month of year(@"2026-11-10")', "November"), ('week of year(@"2027-01-01")', 53), ("now(1)", None),
    ("get value({a: 1}, \"a\")", 1),
    ('get value({a: {b: 2}}, ["a", "b"])', 2), ('get value({a: 1}, "b")', None), ("get value(null, \"a\")", None),
    ("get entries({a: 1})", [{"key": "a", "value": Decimal(1)}]),
    ('context([{key: "a", value: 1}])', {"a": Decimal(1)}),
    ('context([{key: "a", value: 1}, {key: "a", value: 2}])', None), ('context([{key: "a"}])', None),
    ('context put({a: 1}, "b", 2)', {"a": Decimal(1), "b": Decimal(2)}),
    ('context put({a: {b: 1}}, ["a", "b"], 2)', {"a": {"b": Decimal(2)}}),
    ("context merge([{a: 1, b: 1}, {b: 2}])", {"a": Decimal(1), "b": Decimal(2)}), ('is(@"08:00:00Z", @"08:00:00+00:00")', True),
    ('is(@"08:00:00", @"08:00:00Z")', False), ("is(1, 1.0)", True), ('is(1, "1")', False), ("is(null, null)", True),
)
def test_time_and_contexts(text: str, expected: Any) -> None:
    check(text, expected)


@rows(
    ("before(1, 10)", True), ("before(10, 1)", False), ("before(1, [1..10])", False), ("before(1, (1..10])", True),
    ("before([1..10], 10)", False),
    ("before([1..10), 10)", True), ("before([1..10), [10..15])", True), ("before([1..10], [10..15])", False),
    ("after(10, 5)", True),
    ("after([11..20], 10)", True), ("after((10..20], [1..10])", True), ("meets([1..5], [5..10])", True),
    ("meets([1..5), [5..10])", False),
    ("met by([5..10], [1..5])", True), ("overlaps([1..5], [3..8])", True), ("overlaps([1..5), [5..8])", False),
    ("overlaps([1..5], [5..8])", True),
    ("overlaps before([1..5], [3..8])", True), ("overlaps before([3..8], [1..5])", False), ("overlaps after([3..8], [1..5])", True),
    ("finishes(10, [1..10])", True), ("finishes(10, [1..10))", False), ("finishes([5..10], [1..10])", True),
    ("finished by([1..10], [5..10])", True),
    ("includes([1..10], 5)", True), ("includes([1..10), 10)", False), ("includes([1..10], [4..6])", True),
    ("includes((1..10], [1..6])", False),
    ("during(5, [1..10])", True), ("during([4..6], [1..10])", True), ("starts(1, [1..10])", True), ("starts(1, (1..10])", False),
    ("starts([1..5], [1..10])", True), ("started by([1..10], [1..5])", True), ("coincides(5, 5)", True),
    ("coincides([1..5], [1..5])", True),
    ("coincides([1..5], [1..5))", False), ('before(1, "a")', None), ("before(null, 1)", None), ("includes([1..3], null)", None),
)
def test_ranges(text: str, expected: Any) -> None:
    check(text, expected)
