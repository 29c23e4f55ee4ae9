"""The meaning of FEEL expressions, row by row (DMN 1.4, chapter 10.3). Expected values are FEEL literals or Python ones."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from engine.feel import FeelSyntaxError, MonthsDuration, compile_expression

NOW = datetime(2026, 11, 10, 8, 30, tzinfo=timezone(timedelta(hours=7)))
SCOPE: dict[str, Any] = {
    "age": 17, "risk": "high", "flag": True, "nothing": None, "Employment Status": "EMPLOYED", "a-b": Decimal(9), "date": "x",
    "victims": [{"first name": "Ani", "age": 12}, {"first name": "Budi", "age": 30}, {"age": None}],
    "loan": {"amount": Decimal("1000.50"), "terms": [{"months": 12}, {"months": 24}]}, "in force": True, "numbers": [1, 2, 3, 4],
}


def value(text: str, scope: dict[str, Any] | None = None) -> Any:
    scope = SCOPE if scope is None else scope
    return compile_expression(text, names=[*scope, "first name"]).evaluate(scope, now=NOW)


def check(text: str, expected: Any) -> None:
    found = value(text)
    assert found == expected and type(found) is type(expected), (found, expected)


def rows(*pairs: tuple[str, Any]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("text", "expected"), [
        pytest.param(text, Decimal(expected) if type(expected) is int else expected, id=text) for text, expected in pairs])


@rows(
    ("1", 1), ("007", 7), (".5", Decimal("0.5")), ("1.50", Decimal("1.5")), ("1e3", 1000), ("-1", -1), ("--1", 1),
    ("true", True), ("false", False), ("null", None), ('""', ""), ('"a\\"b\\\\c\\n"', 'a"b\\c\n'),
    ('"\\u0041\\U01F40E\\uD83D\\uDC0E"', "A🐎🐎"),      # both ways to write a character beyond the first plane
    ('"\\d+"', "\\d+"),                                 # an unknown escape stays as it is, so patterns stay readable
    ("[]", []), ("[1, [2]]", [Decimal(1), [Decimal(2)]]), ("{}", {}), ('{a: 1, "b c": 2}', {"a": Decimal(1), "b c": Decimal(2)}),
    ("{a: 1, a: 2}", None),                             # an entry written twice
    ("1 // a comment\n + /* another */ 1", 2),
)
def test_literals(text: str, expected: Any) -> None:
    check(text, expected)


@rows(
    ("age", 17), ("Employment Status", "EMPLOYED"), ("Employment   Status", "EMPLOYED"), ("a-b", 9), ("a-b - 1", 8),
    ("unknown", None), ("unknown.thing", None),
    ("in force and flag", True),                        # a name may begin with a keyword when it is known
    ('date("2026-11-10")', date(2026, 11, 10)), ("date", "x"),  # a variable does not hide the function of its name
    ("loan.amount", Decimal("1000.50")), ("loan.terms.months", [Decimal(12), Decimal(24)]), ("loan.nothing", None),
    ("loan.terms[2].months", 24), ("victims[1].first name", "Ani"), ('victims[first name = "Budi"].age', [Decimal(30)]),
    ("risk.length", None),
)
def test_names_and_paths(text: str, expected: Any) -> None:
    check(text, expected)


@rows(
    ("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("2 ** 3 ** 2", 64),  # operators of one strength apply from the left
    ("-3 ** 2", 9),                                     # a minus binds tighter than the exponent
    ("2 ** -1", Decimal("0.5")), ("10 - 2 - 3", 5), ("7 / 2", Decimal("3.5")), ("0.1 + 0.2", Decimal("0.3")),
    ("1 / 3 * 3", Decimal("0." + "9" * 34)), ("1 / 0", None), ("0 / 0", None), ("0 ** 0", 1),
    ('"a" + "b"', "ab"), ('"a" + 1', None), ('"a" - "b"', None), ("1 + null", None), ("true + 1", None), ("-true", None),
    ("[1] + 1", None),
)
def test_arithmetic(text: str, expected: Any) -> None:
    check(text, expected)


@rows(
    ("1 = 1.0", True), ('1 = "1"', None), ("null = null", True), ("null = 1", False), ("1 != null", True), ('"a" != 1', None),
    ("[1, 2] = [1, 2]", True), ("[1, 2] = [2, 1]", False), ("[1] = [1, 2]", False), ("{a: 1} = {a: 1}", True),
    ("{a: 1} = {b: 1}", False), ("[1..2] = [1..2]", True), ("[1..2] = [1..2)", False), ("true = true", True),
    ("1 < 2", True), ("2 <= 1", False), ('"a" < "b"', True), ('"B" < "a"', True), ("1 < null", None), ('1 < "2"', None),
    ("true < false", None), ("[1] < [2]", None), ('@"2026-11-10" < @"2026-11-11"', True),
    ('@"2026-11-10T08:00:00+07:00" = @"2026-11-10T01:00:00Z"', True),          # the same instant
    ('@"2026-11-10T08:00:00" = @"2026-11-10T08:00:00Z"', False), ('@"2026-11-10T08:00:00" < @"2026-11-10T09:00:00Z"', None),
    ('@"08:00:00@Asia/Jakarta" = @"08:00:00+07:00"', True), ('@"P1Y" = @"P12M"', True), ('@"P1D" = @"PT24H"', True),
    ('@"P1Y" = @"P365D"', None), ('@"P13M" > @"P1Y"', True), ("1 = 1 = true", True),
    ("age between 17 and 18", True), ("age between 18 and 20", False), ("nothing between 1 and 2", None),
    ("age between null and 5", False),                  # 17 <= 5 already decides
    ("age between 1 and 20 and flag", True),
)
def test_comparisons(text: str, expected: Any) -> None:
    check(text, expected)


_TRUTHS = {"true": True, "false": False, "null": None, '"text"': None, "1": None}


@pytest.mark.parametrize("left", _TRUTHS)
@pytest.mark.parametrize("right", _TRUTHS)
def test_three_valued_logic(left: str, right: str) -> None:
    one, other = _TRUTHS[left], _TRUTHS[right]
    assert value(f"{left} and {right}") is (False if False in (one, other) else None if None in (one, other) else True)
    assert value(f"{left} or {right}") is (True if True in (one, other) else None if None in (one, other) else False)
    assert value(f"not({left})") is (None if one is None else not one)


@rows(
    ("1 in [1, 2]", True), ("3 in [1, 2]", False), ("[1, 2] in [[1, 2], [3]]", True), ("1 in 1", True), ("1 in (1, 2)", True),
    ("2 in ([2..4], 9)", True), ("1 in [[2..4], [0..1]]", True), ("5 in (> 4, < 1)", True), ("5 in > 5", False),
    ("5 in [1..5)", False), ("5 in (4..5]", True), ("5 in ]4..5[", False), ("4.5 in ]4..5[", True),
    ('"b" in ["a".."c"]', True), ('@"2026-11-10" in [@"2026-11-01"..@"2026-11-30"]', True), ("null in [1..2]", None),
    ("null in [null]", True), ("1 in (2 + 3) * 4", False), ("20 in (2 + 3) * 4", True), ('"a" in [1..2]', None),
    ("5 in (? > 4 and ? < 6)", True), ("[1..5].start", 1), ("(1..5].start included", False), ("(1..5].end included", True),
    ("[1..5].end", 5),
)
def test_membership(text: str, expected: Any) -> None:
    check(text, expected)


@rows(
    ("numbers[1]", 1), ("numbers[-1]", 4), ("numbers[0]", None), ("numbers[5]", None), ("numbers[1.5]", None),
    ("numbers[item > 2]", [Decimal(3), Decimal(4)]), ("numbers[null]", []), ("numbers[true]", [Decimal(n) for n in (1, 2, 3, 4)]),
    ("[][1]", None), ("[][item > 1]", []), ("age[1]", 17), ("age[2]", None), ("age[item > 10]", [Decimal(17)]), ("null[1]", None),
    ("victims[age >= 18].first name", ["Budi"]), ("victims[item.age < 18].first name", ["Ani"]),
    ("victims[age = null]", [{"age": None}]), ("count(victims[age > 0])", 2), ("[[1, 2], [3]][2][1]", 3),
    ("[{item: 5}, {item: 6}][item > 5]", [{"item": Decimal(6)}]),   # an entry called item stands before the element
)
def test_filters(text: str, expected: Any) -> None:
    check(text, expected)


@rows(
    ('if age >= 18 then "adult" else "child"', "child"), ("if null then 1 else 2", 2), ('if "x" then 1 else 2', 2),
    ("if age > 20 then 1 else if age > 16 then 2 else 3", 2),
    ("for n in numbers return n * 2", [Decimal(2), Decimal(4), Decimal(6), Decimal(8)]),
    ("for n in 3..1 return n", [Decimal(3), Decimal(2), Decimal(1)]), ("for n in [1..3) return n", [Decimal(1), Decimal(2)]),
    ("for a in [1, 2], b in [10, 20] return a + b", [Decimal(11), Decimal(21), Decimal(12), Decimal(22)]),
    ("for a in [[1, 2], [3]], b in a return b", [Decimal(1), Decimal(2), Decimal(3)]),   # a later domain may use an earlier name
    ("for i in 1..5 return if i < 3 then 1 else partial[-1] + partial[-2]", [Decimal(n) for n in (1, 1, 2, 3, 5)]),
    ('for d in @"2026-11-10"..@"2026-11-12" return d.day', [Decimal(10), Decimal(11), Decimal(12)]),
    ("for n in nothing return n", None), ("for n in 1..null return n", None), ("for n in 5 return n", [Decimal(5)]),
    ("for first name in victims.first name return first name", ["Ani", "Budi", None]),
    ("some n in numbers satisfies n > 3", True), ("every n in numbers satisfies n > 3", False),
    ("some n in [] satisfies true", False), ("every n in [] satisfies false", True),
    ("some n in [1, null] satisfies n > 1", None), ("every n in [1, null] satisfies n > 1", False),
    ("some a in [1, 2], b in [2, 3] satisfies a = b", True), ("some n in nothing satisfies true", None),
)
def test_conditions_and_loops(text: str, expected: Any) -> None:
    check(text, expected)


@rows(
    ("{a: 1, b: a + 1}.b", 2), ("{square: function(n) n * n, x: square(3)}.x", 9),
    ("(function(n: number, m) n - m)(m: 1, n: 5)", 4),
    ("{f: function(n) if n <= 1 then 1 else n * f(n - 1), x: f(5)}.x", 120), ("(function(n) n)(1, 2)", None), ("age(1)", None),
    ('substring("kawal", 2)', "awal"), ('substring(start position: 2, string: "kawal", length: 1)', "a"),
    ('substring(text: "kawal", start position: 2)', None), ("abs()", None), ("abs(1, 2)", None), ('abs("1")', None),
    ("abs([-1])", 1),                                   # a list of one counts as its element
    ("sort(numbers, function(x, y) x > y)[1]", 4),
)
def test_functions(text: str, expected: Any) -> None:
    check(text, expected)


@rows(
    ("1 instance of number", True), ('"a" instance of number', False), ("null instance of number", False),
    ("null instance of Null", True), ("null instance of Any", False), ("[1, 2] instance of list<number>", True),
    ('[1, "a"] instance of list<number>', False), ("{a: 1} instance of context<a: number>", True),
    ("{b: 1} instance of context<a: number>", False), ('@"P1D" instance of days and time duration', True),
    ('@"P1M" instance of years and months duration', True), ('@"2026-11-10" instance of date and time', False),
    ("count([{a: 1} instance of context<a: number>])", 1), ("[1..2] instance of range<number>", True),
    ("abs instance of function<number> -> number", True),
    ("true instance of boolean", True),
)
def test_instance_of(text: str, expected: Any) -> None:
    check(text, expected)


@rows(
    ('@"2026-11-10"', date(2026, 11, 10)), ('@"08:30:00"', time(8, 30)), ('@"08:30:00Z"', time(8, 30, tzinfo=UTC)),
    ('@"2026-11-10T08:30:00.5+07:00"', datetime(2026, 11, 10, 8, 30, 0, 500_000, timezone(timedelta(hours=7)))),
    ('@"P1DT2H"', timedelta(days=1, hours=2)), ('@"-P1Y2M"', MonthsDuration(-14)), ('@"2026-11-10" + @"P1M"', date(2026, 12, 10)),
    ('@"2026-01-31" + @"P1M"', date(2026, 2, 28)), ('@"2026-03-31" - @"P1M"', date(2026, 2, 28)),
    ('@"P1D" + @"2026-12-31"', date(2027, 1, 1)),
    ('@"2026-11-10" - @"2026-11-01"', timedelta(days=9)),
    ('@"2026-11-10T08:00:00+07:00" - @"2026-11-10T00:00:00Z"', timedelta(hours=1)),
    ('@"23:30:00" + @"PT1H"', time(0, 30)), ('@"10:00:00" - @"09:00:00"', timedelta(hours=1)), ('@"PT3H" * 2', timedelta(hours=6)),
    ('2 * @"P1Y"', MonthsDuration(24)), ('@"P1D" / 2', timedelta(hours=12)), ('@"P1D" / @"PT6H"', 4), ('@"P1Y" / @"P1M"', 12),
    ('@"P1Y" / 0', None), ('-@"PT1H"', timedelta(hours=-1)), ('@"9999-12-31" + @"P1D"', None), ('@"2026-11-10" + 1', None),
    ('@"P1D" + @"P1M"', None), ('@"2026-11-10".year', 2026), ('@"2026-11-10".weekday', 2), ('@"2026-11-15".weekday', 7),
    ('@"2026-11-10T08:30:15+07:00".minute', 30), ('@"08:30:00+07:00".time offset', timedelta(hours=7)),
    ('@"08:30:00@Asia/Makassar".timezone', "Asia/Makassar"), ('@"-P1DT2H3M4S".hours', -2), ('@"P1Y2M".months', 2),
    ('@"2026-11-10".hour', None),
    ("today()", date(2026, 11, 10)), ('now() - @"2026-11-10T00:00:00Z"', timedelta(hours=1, minutes=30)),
    # One day passes, whatever the clocks do: at the change to summer time the wall shows an hour more.
    ('string(@"2024-03-30T12:00:00@Europe/Berlin" + @"P1D")', "2024-03-31T13:00:00@Europe/Berlin"),
)
def test_dates_times_and_durations(text: str, expected: Any) -> None:
    check(text, expected)


@pytest.mark.parametrize(("text", "position"), [
    ("", 0), ("1 +", 3), ("(1", 2), ("[1, ", 4), ("{a 1}", 1), ("if true then 1", 14), ("x y", 2), ('"abc', 0), ("1 2", 2),
    ("nosuch(1)", 0), ("a.1", 1), ("for x in return 1", 9), ("1..2", 1), ("substring(string: \"a\", 2)", 9), ('@"2026-13-01"', 0),
    ("function(a) external {java: {}}", 12), ("x instance of nonsense", 14), ("#", 0), ("__import__('os')", 11),
    ("a; b", 1), ("a == b", 3),
    ("> 5", 0), ("`a`", 0), ("1e999999", 0), ("-", 1), ("range(1", 7),
])
def test_what_is_not_feel_is_refused_where_it_goes_wrong(text: str, position: int) -> None:
    with pytest.raises(FeelSyntaxError) as refusal:
        compile_expression(text)
    assert refusal.value.position == position
    assert refusal.value.reason.id and refusal.value.reason.en and str(position + 1) in refusal.value.message()


def test_a_refusal_never_repeats_what_the_text_holds() -> None:
    with pytest.raises(FeelSyntaxError) as refusal:
        compile_expression('victim = "Siti Aminah" "Jalan Melati"')
    for text in (str(refusal.value), refusal.value.message("id"), refusal.value.message("en")):
        assert "Siti" not in text and "Melati" not in text and "victim" not in text


def test_the_names_an_expression_reads_are_known() -> None:
    expression = compile_expression('risk = "high" and count(victims[age < limit]) > 0 and (some v in others satisfies v = risk)')
    assert expression.names == {"risk", "victims", "age", "limit", "others"}
    assert expression.required == {"risk", "victims", "others"}


def test_python_values_are_taken_as_feel_values() -> None:
    scope = {"n": 5, "f": 0.1, "t": (1, 2), "nan": float("nan"), "object": object()}
    assert value("n / 2", scope) == Decimal("2.5")
    assert value("f + 0.2 = 0.3", scope) is True
    assert value("t[2]", scope) == 2
    assert value("nan", scope) is None
    assert value("object = object", scope) is None
    assert value("object.__class__", scope) is None
