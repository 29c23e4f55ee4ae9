"""What holds for any text and any values: reading never crashes, runs stay bounded, ranges and logic agree with Python."""

from __future__ import annotations

import re
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import FrameType
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.feel import FeelLimit, FeelSyntaxError, compile_expression, compile_unary_tests

NOW = datetime(2026, 11, 10, 1, 30, tzinfo=UTC)
SCOPE: dict[str, Any] = {"a": Decimal(1), "b": None, "list": [Decimal(1), "x"], "c": {"k": Decimal(2)}, "first name": "A"}

#: Pieces of FEEL, so that random texts come near to real ones.
_PIECES = st.sampled_from([
    "if ", " then ", " else ", "for ", " in ", " return ", "some ", "every ", " satisfies ", " and ", " or ", " between ",
    "not", "(", ")", "[", "]", "{", "}", ",", ":", ".", "..", "+", "-", "*", "/", "**", "=", "!=", "<", "<=", ">", ">=", "?",
    "@", '"', "a", "b", "list", "c", "k", "x", "first name", "item", "partial", "1", "2.5", ".5", "1e5", "true", "false",
    "null", '"text"', '@"2026-11-10"', '@"P1D"', "date", "date and time", "duration", "substring", "count", "sum", "sort",
    "function", " instance of ", "number", "<number>", "matches", "split", "string", "\n", "// c\n", "/* c */", "é", "🐎",
])
_TEXTS = st.one_of(st.text(max_size=60), st.lists(_PIECES, max_size=25).map("".join))


@given(_TEXTS)
@settings(max_examples=600, deadline=None)
@example("(" * 500)
@example("[" * 500)
@example("-" * 5_000 + "1")
@example("if " * 500)
@example("1" + "+1" * 4_000)
@example("a" + ".a" * 5_000)
@example("x in (" * 60)
@example("f(" * 500)
@example("{a:" * 500)
@example("function(a) " * 500)
@example("@" * 50)
@example('"' + "\\" * 99)
@example("a instance of " + "list<" * 500)
@example("1 = " * 500 + "1")
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (compile_expression, compile_unary_tests):
        try:
            read(text, names=SCOPE)
        except FeelSyntaxError as error:
            assert 0 <= error.position <= max(len(text), 20_000)


@given(_TEXTS)
@settings(max_examples=600, deadline=None)
def test_whatever_is_read_gives_a_value_or_reaches_a_limit(text: str) -> None:
    try:
        expression = compile_expression(text, names=SCOPE)
    except FeelSyntaxError:
        return
    try:
        expression.evaluate(SCOPE, now=NOW)
    except FeelLimit:
        pass


@pytest.mark.parametrize("text", [
    "for i in 1..1000000 return i",                                       # a list larger than any
    "count(for i in 1..1000, j in 1..1000 return 1)",                     # many small steps
    "for i in 1..100000 return partial",                                  # lists of lists of lists
    "some i in 1..10000000 satisfies i < 0",                              # no list, only steps
    '{f: function(s, n) if n = 0 then s else f(s + s, n - 1), x: f("aaaaaaaa", 60)}.x',  # doubling text
    "{f: function(n) f(n + 1), x: f(1)}.x",                               # endless recursion
    "{f: function(n) g(n), g: function(n) 1, x: f(1)}.x + 1 in [for i in 1..90000 return i]",
    'string join(for i in 1..15000 return "0123456789", "")',             # a text larger than any
    'count(split(string join(for i in 1..9000 return "a", ","), ",")) + count(for i in 1..19999 return [i, i, i][2])',
    'matches(string join(for i in 1..9000 return "aaaaaaaaaa", ""), "(a*)*(a*)*(a*)*b")',  # the classic bomb for backtracking
    'replace("a", "(((((a{1000}){1000}){1000}){1000}){1000})", "b")',     # counts that multiply
    'replace("a", "((?:){1000}){1000}", "b")',
    "sort(for i in 1..15000 return 15000 - i, function(x, y) count(for k in 1..100 return k) < x - y)",
])
def test_work_is_bounded(text: str) -> None:
    try:
        compile_expression(text).evaluate({}, now=NOW)
    except (FeelLimit, FeelSyntaxError):
        pass  # what matters is that it came back, and soon: the test command has a time limit per test


def test_a_bomb_is_a_limit_and_not_an_answer() -> None:
    with pytest.raises(FeelLimit):
        compile_expression("for i in 1..1000000 return i").evaluate({}, now=NOW)


@pytest.mark.parametrize("text", ["9 ** 9 ** 9 ** 9", "1e6000 * 1e6000", "1.0000000001 ** 1e30", "exp(1e10)", "10 ** -7000",
                                  "decimal(1e6000, 6000)", "modulo(1e6000, 3)", "sqrt(-1)", "0 ** -1", "log(0)"])
def test_numbers_beyond_decimal128_are_null_or_finite(text: str) -> None:
    found = compile_expression(text).evaluate({}, now=NOW)
    assert found is None or found.is_finite()


def test_deep_reading_needs_no_deep_stack() -> None:
    text = "(" * 30 + "1" + ")" * 30
    limit = sys.getrecursionlimit()
    depth = len(_frames())
    sys.setrecursionlimit(depth + 600)
    try:
        assert compile_expression(text).evaluate({}, now=NOW) == 1
    finally:
        sys.setrecursionlimit(limit)


def _frames() -> list[Any]:
    frames: list[Any] = []
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        frames.append(frame)
        frame = frame.f_back
    return frames


# --- agreement with Python ---------------------------------------------------------------------------------------

_NUMBERS = st.decimals(min_value=-1000, max_value=1000, places=2)
_DATES = st.dates(min_value=date(1990, 1, 1), max_value=date(2060, 1, 1))


@given(st.one_of(st.tuples(_NUMBERS, _NUMBERS, _NUMBERS), st.tuples(_DATES, _DATES, _DATES)), st.booleans(), st.booleans())
def test_an_interval_holds_what_python_says_it_holds(ends: tuple[Any, Any, Any], from_start: bool, to_end: bool) -> None:
    value, low, high = ends
    expected = (low <= value if from_start else low < value) and (value <= high if to_end else value < high)
    scope = {"v": value, "low": low, "high": high}
    for opening in "[" if from_start else "(]":
        for closing in "]" if to_end else ")[":
            interval = f"{opening}low..high{closing}"
            assert compile_expression(f"v in {interval}", names=scope).evaluate(scope, now=NOW) is expected
            assert compile_unary_tests(interval, names=scope).matches(value, scope, now=NOW) is expected
            assert compile_unary_tests(f"not({interval})", names=scope).matches(value, scope, now=NOW) is not expected


@given(st.lists(st.sampled_from([True, False, None]), min_size=2, max_size=6))
def test_and_or_are_kleenes(values: list[bool | None]) -> None:
    scope = {f"v{index}": value for index, value in enumerate(values)}
    both = False if False in values else None if None in values else True
    either = True if True in values else None if None in values else False
    assert compile_expression(" and ".join(scope)).evaluate(scope, now=NOW) is both
    assert compile_expression(" or ".join(scope)).evaluate(scope, now=NOW) is either
    assert compile_expression("all([" + ", ".join(scope) + "])").evaluate(scope, now=NOW) is both
    assert compile_expression("any([" + ", ".join(scope) + "])").evaluate(scope, now=NOW) is either


@given(_NUMBERS, _NUMBERS)
def test_arithmetic_is_decimal(left: Decimal, right: Decimal) -> None:
    scope = {"l": left, "r": right}

    def answer(text: str) -> Any:
        return compile_expression(text).evaluate(scope, now=NOW)

    assert answer("l + r") == left + right
    assert answer("l - r") == left - right
    assert answer("l * r") == left * right
    if not right:
        assert answer("l / r") is None
    else:
        assert abs(answer("l / r") * right - left) < Decimal("1e-28")
        assert answer("modulo(l, r)") == left - right * (left / right).to_integral_value("ROUND_FLOOR")


@given(_DATES, st.integers(-500, 500), st.integers(-400, 400))
def test_dates_move_by_days_and_months(day: date, days: int, months: int) -> None:
    scope = {"d": day, "n": Decimal(days), "m": Decimal(months)}
    assert compile_expression('d + n * @"P1D"').evaluate(scope, now=NOW) == day + timedelta(days=days)
    moved = compile_expression('d + m * @"P1M"').evaluate(scope, now=NOW)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day == day.day or (moved + timedelta(days=1)).day == 1
    assert compile_expression("years and months duration(d, d + m * @\"P1M\")").evaluate(scope, now=NOW).months in {
        months, months - (1 if months > 0 and moved.day < day.day else 0),
        months + (1 if months < 0 and moved.day > day.day else 0)}


_PATTERNS = st.recursive(
    st.sampled_from(["a", "b", "c", ".", "[ab]", "[^a]", "\\d", "[a-c]"]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join), st.tuples(inner, inner).map("|".join).map("({})".format),
        inner.map("({})".format), inner.map("(?:{})*".format), inner.map("(?:{})+".format), inner.map("(?:{})?".format),
        inner.map("(?:{}){{1,3}}".format), inner.map("^{}".format), inner.map("{}$".format), inner.map("(?:{})*?".format)),
    max_leaves=6)


@given(_PATTERNS, st.text(alphabet="abc1", max_size=12))
@settings(max_examples=500, deadline=None)
def test_regular_expressions_agree_with_pythons(pattern: str, text: str) -> None:
    scope = {"p": pattern, "t": text}
    try:
        expected = re.search(pattern, text, re.ASCII) is not None
    except re.error:
        return
    assert compile_expression("matches(t, p)").evaluate(scope, now=NOW) is expected
    if re.search(pattern, "") is None:
        assert compile_expression('replace(t, p, "<$0>")').evaluate(scope, now=NOW) == re.sub(
            pattern, lambda found: f"<{found.group()}>", text)
