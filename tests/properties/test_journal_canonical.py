"""Canonical bytes: every value reads back as itself, equal values have equal bytes, and nothing else is accepted."""

from __future__ import annotations

import decimal
import json
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import canonical, errors
from engine.feel import MonthsDuration

ZONES = st.sampled_from([None, UTC, timezone(timedelta(hours=7)), timezone(timedelta(hours=-3, minutes=-30)), ZoneInfo("Asia/Jakarta"),
                         ZoneInfo("Asia/Jayapura"), ZoneInfo("Europe/Berlin"), ZoneInfo("UTC")])
NUMBERS = st.one_of(
    st.decimals(allow_nan=False, allow_infinity=False), st.integers(-10**40, 10**40).map(Decimal),
    st.builds(lambda sign, digits, exponent: Decimal((sign, tuple(digits), exponent)), st.integers(0, 1),
              st.lists(st.integers(0, 9), min_size=1, max_size=60), st.integers(-200, 200)))
SCALARS = st.one_of(
    st.none(), st.booleans(), st.text(st.characters(), max_size=20), NUMBERS, st.dates(),
    st.builds(lambda at, zone: at.replace(tzinfo=zone), st.times(), ZONES),
    st.builds(lambda at, zone, fold: at.replace(tzinfo=zone, fold=fold), st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1)), ZONES,
              st.integers(0, 1)),
    st.timedeltas(), st.integers(-10**6, 10**6).map(MonthsDuration), st.binary(max_size=12))
KEYS = st.one_of(st.text(max_size=6), st.sampled_from(["$n", "$o", "$i", "$", "$b"]))
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12)


def same(one: object, other: object) -> bool:
    """Equal, and of the same kind all the way down: `True` is no number, an instant keeps its zone."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, datetime | time) and isinstance(other, datetime | time):
        return (type(one), one.replace(tzinfo=None), zone(one), moment(one)) == (
            type(other), other.replace(tzinfo=None), zone(other), moment(other))
    return type(one) is type(other) and one == other


def zone(value: datetime | time) -> object:
    named = value.tzinfo
    if isinstance(named, ZoneInfo) and (named.key != "UTC" or isinstance(value, time)):
        return named.key
    return value.utcoffset()


def moment(value: datetime | time) -> object:
    return value.astimezone(UTC) if isinstance(value, datetime) and value.tzinfo is not None else None


@settings(max_examples=400)
@given(VALUES)
def test_every_value_reads_back_as_itself(value):
    written = canonical.dumps(value)

    assert same(canonical.loads(written), value)
    assert canonical.dumps(canonical.loads(written)) == written


@given(VALUES, VALUES)
def test_bytes_are_equal_exactly_when_values_are(one, other):
    assert (canonical.dumps(one) == canonical.dumps(other)) == same(one, other)


@given(st.dictionaries(KEYS, SCALARS, max_size=6))
def test_the_order_of_keys_says_nothing(fields):
    assert canonical.dumps(dict(reversed(fields.items()))) == canonical.dumps(fields)


@given(NUMBERS, st.integers(0, 12))
def test_a_number_is_one_number_however_many_noughts_it_ends_with(number, noughts):
    sign, digits, exponent = number.as_tuple()

    assert canonical.dumps(Decimal((sign, (*digits, *[0] * noughts), exponent - noughts))) == canonical.dumps(number)


@pytest.mark.parametrize("precision", [3, 28, 60])
def test_no_digit_is_lost_to_the_precision_of_a_thread(precision):
    number = Decimal("1.00000000000000000000000000000012")
    with decimal.localcontext(decimal.Context(prec=precision)):
        assert canonical.loads(canonical.dumps(number)).as_tuple() == number.as_tuple()
        assert canonical.variables({"x": number})["x"].as_tuple() == number.as_tuple()


@pytest.mark.parametrize("value", [
    1.5, float("nan"), Decimal("NaN"), Decimal("Infinity"), {1, 2}, object(), {1: "x"}, [[1.0]], {"a": {"b": {3}}}, 1j, bytearray(b"x")])
def test_what_is_no_value_is_refused(value):
    with pytest.raises(errors.InvalidValue):
        canonical.dumps(value)


@pytest.mark.parametrize("value", [1.5, {"x": 1.5}, [b"x"], object(), {"x": Decimal("sNaN")}])
def test_what_no_variable_holds_is_refused(value):
    with pytest.raises(errors.InvalidValue):
        canonical.variables({"v": value})


def test_nesting_past_the_limit_is_refused_not_a_crash():
    value: list[object] = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(errors.InvalidValue):
        canonical.dumps(value)
    with pytest.raises(errors.InvalidValue):
        canonical.variables({"v": value})


@pytest.mark.parametrize("data", [b"1.5", b"1e3", b"NaN", b"Infinity", b"[-Infinity]", b'{"$n":"x"}', b'{"$d":"2026-13-01"}', b"", b"{", b"\xff"])
def test_bytes_that_no_value_has_are_refused(data):
    with pytest.raises((ValueError, ArithmeticError)):
        canonical.loads(data)


@given(VALUES)
def test_canonical_bytes_are_plain_json_without_spaces_or_floats(value):
    text = canonical.dumps(value).decode("utf-8", "surrogatepass")
    read = json.loads(text, parse_float=lambda _: pytest.fail("a float"))

    assert json.dumps(read, ensure_ascii=False, sort_keys=True, separators=(",", ":")) == text


def test_dates_of_all_kinds_stay_apart():
    kinds = [date(2026, 11, 10), datetime(2026, 11, 10), datetime(2026, 11, 10, tzinfo=UTC), "2026-11-10", time(0), timedelta(0)]

    assert len({canonical.dumps(each) for each in kinds}) == len(kinds)
