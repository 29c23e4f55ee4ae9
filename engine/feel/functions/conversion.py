"""Conversion functions (FEEL 10.3.4.1)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

from engine.feel import limits, temporal
from engine.feel.errors import FeelLimit
from engine.feel.functions.signature import Registry
from engine.feel.runtime import Run
from engine.feel.values import NUMBERS, Function, MonthsDuration, Range

BUILTINS = Registry()

_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,5})?")


# --- numbers and texts -------------------------------------------------------------------------------------------


@BUILTINS.add("number", "from: string|number", "grouping separator: string? =", "decimal separator: string? =")
def number(run: Run, text: Any, grouping: str | None = None, point: str | None = None) -> Decimal | None:
    if isinstance(text, Decimal):
        return text
    if grouping not in {None, " ", ",", "."} or point not in {None, ",", "."} or (grouping is not None and grouping == point):
        return None
    run.spend_text(len(text))
    if grouping is not None:
        text = text.replace(grouping, "")
    if point == ",":
        text = "" if "." in text else text.replace(",", ".")
    return NUMBERS.create_decimal(text) if _NUMBER.fullmatch(text) else None


@BUILTINS.add("string", "from: any")
def string(run: Run, value: Any) -> str | None:
    return text_of(run, value)


def text_of(run: Run, value: Any, *, quoted: bool = False, depth: int = 0) -> str:
    """`value` as FEEL writes it; texts inside lists and contexts keep their quotation marks."""
    if depth > limits.VALUE_DEPTH:
        raise FeelLimit()
    text = _text(run, value, quoted, depth)
    run.spend_text(len(text))
    return text


def _text(run: Run, value: Any, quoted: bool, depth: int) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' if quoted else value
        case Decimal():
            return plain(value)
        case list():
            return "[" + ", ".join([text_of(run, element, quoted=True, depth=depth + 1) for element in value]) + "]"
        case dict():
            return "{" + ", ".join([f"{key}: {text_of(run, entry, quoted=True, depth=depth + 1)}"
                                    for key, entry in value.items()]) + "}"
        case Range():
            start, end = (text_of(run, point, quoted=True, depth=depth + 1) for point in (value.start, value.end))
            return f"{'[' if value.start_included else '('}{start}..{end}{']' if value.end_included else ')'}"
        case Function():
            return "function(" + ", ".join(value.parameters) + ")"
    return temporal.text_of(value)


def plain(value: Decimal) -> str:
    """A number without exponent and without zeros that say nothing."""
    if not value:
        return "0"
    sign, digits, exponent = value.normalize(NUMBERS).as_tuple()
    if not isinstance(exponent, int) or abs(exponent) > 6_200:
        return str(value)
    return f"{value.normalize(NUMBERS):f}"


# --- dates and times ---------------------------------------------------------------------------------------------


@BUILTINS.add("date", "from: string|date|date and time")
def date_from(run: Run, value: Any) -> date | None:
    if isinstance(value, str):
        return temporal.date_of(value)
    return value.date() if isinstance(value, datetime) else value


@BUILTINS.add("date", "year: number", "month: number", "day: number")
def date_of_parts(run: Run, year: Decimal, month: Decimal, day: Decimal) -> date | None:
    parts = [whole(part) for part in (year, month, day)]
    try:
        return date(*[part for part in parts if part is not None]) if None not in parts else None
    except ValueError:
        return None


@BUILTINS.add("date and time", "from: string|date and time|date")
def date_and_time_from(run: Run, value: Any) -> datetime | None:
    if isinstance(value, str):
        return temporal.date_and_time_of(value)
    return value if isinstance(value, datetime) else datetime.combine(value, time(), UTC)


@BUILTINS.add("date and time", "date: date|date and time", "time: time")
def date_and_time_of_parts(run: Run, day: date, clock: time) -> datetime:
    return datetime.combine(day.date() if isinstance(day, datetime) else day, clock)


@BUILTINS.add("time", "from: string|time|date and time|date")
def time_from(run: Run, value: Any) -> time | None:
    if isinstance(value, str):
        return temporal.time_of(value)
    if isinstance(value, datetime):
        # A named zone says nothing about a time of day without its date: the offset of that date is kept.
        offset = value.utcoffset()
        return value.time() if offset is None else value.time().replace(tzinfo=timezone(offset) if offset else UTC)
    return value if isinstance(value, time) else time(tzinfo=UTC)


@BUILTINS.add("time", "hour: number", "minute: number", "second: number", "offset: days and time duration? =")
def time_of_parts(run: Run, hour: Decimal, minute: Decimal, second: Decimal, offset: timedelta | None = None) -> time | None:
    hours, minutes = whole(hour), whole(minute)
    if hours is None or minutes is None or not 0 <= second < 60:
        return None
    try:
        zone = None if offset is None else timezone(offset) if offset else UTC
        return time(hours, minutes, int(second), int(second % 1 * 1_000_000), zone)
    except ValueError:
        return None


@BUILTINS.add("duration", "from: string|days and time duration|years and months duration")
def duration(run: Run, value: Any) -> timedelta | MonthsDuration | None:
    return temporal.duration_of(value) if isinstance(value, str) else value


@BUILTINS.add("years and months duration", "from: date|date and time", "to: date|date and time")
def years_and_months_duration(run: Run, start: date, end: date) -> MonthsDuration:
    return temporal.months_between(start, end)


@BUILTINS.add("range", "from: string")
def range_from(run: Run, text: str) -> Range | None:
    found = re.fullmatch(r"\s*([\[(\]])(.*?)\.\.(.*?)([\])\[])\s*", text, re.DOTALL)
    if found is None:
        return None
    start, end = _endpoint(found[2].strip()), _endpoint(found[3].strip())
    if (start is None and end is None) or (start is not None and end is not None and type(start) is not type(end)):
        return None
    return Range(start, end, found[1] == "[" and start is not None, found[4] == "]" and end is not None)


def _endpoint(text: str) -> Any:
    if _NUMBER.fullmatch(text):
        return NUMBERS.create_decimal(text)
    if quoted := re.fullmatch(r'@"([^"]*)"|(?:date|time|date and time|duration)\(\s*"([^"]*)"\s*\)', text):
        return temporal.any_temporal(quoted[1] or quoted[2] or "")
    plain_text = re.fullmatch(r'"([^"\\]*)"', text)
    return plain_text[1] if plain_text else None


def whole(value: Decimal) -> int | None:
    """A number as an int when it is whole and of a size that dates and positions have."""
    return int(value) if abs(value) < Decimal("1e12") and value == value.to_integral_value() else None
