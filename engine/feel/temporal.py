"""FEEL dates, times and durations: reading and writing their texts, and counting with them (FEEL 10.3.2.3, 10.3.4).

Impossible instants are None, never an error. Python's `datetime` bounds the years to 1..9999; what lies outside is null.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from engine.feel.values import MonthsDuration

_DATE = r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})"
_TIME = (r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]+))?"
         r"(?P<zone>Z|z|[+-][0-9]{2}:[0-9]{2}(?::[0-9]{2})?|@[A-Za-z0-9_+/-]{1,60})?")
_DATE_TEXT = re.compile(_DATE)
_TIME_TEXT = re.compile(_TIME)
_DATE_TIME_TEXT = re.compile(_DATE + "T" + _TIME)
_MONTHS_TEXT = re.compile(r"(-)?P(?:([0-9]{1,9})Y)?(?:([0-9]{1,9})M)?")
_DAYS_TEXT = re.compile(r"(-)?P(?:([0-9]{1,9})D)?(?:T(?:([0-9]{1,12})H)?(?:([0-9]{1,12})M)?(?:([0-9]{1,12})(?:\.([0-9]+))?S)?)?")


# --- reading -----------------------------------------------------------------------------------------------------


def date_of(text: str) -> date | None:
    """`2026-11-10`, or None."""
    if not _DATE_TEXT.fullmatch(text) or not text.isascii():
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def time_of(text: str) -> time | None:
    """`08:30:00`, with `Z`, an offset or `@Asia/Jakarta` if there is one, or None."""
    found = _TIME_TEXT.fullmatch(text)
    return _time(found) if found else None


def date_and_time_of(text: str) -> datetime | None:
    """`2026-11-10T08:30:00+07:00`, or a date alone, which begins at midnight; or None."""
    if (day := date_of(text)) is not None:
        return datetime.combine(day, time())
    found = _DATE_TIME_TEXT.fullmatch(text)
    if found is None or (day := date_of(found["date"])) is None:
        return None
    ends_day = (found["hour"], found["minute"], found["second"]) == ("24", "00", "00") and not (found["fraction"] or "").strip("0")
    moment = _time(found, hour="00" if ends_day else None)
    if moment is None:
        return None
    try:
        return datetime.combine(day + timedelta(days=1) if ends_day else day, moment)
    except OverflowError:
        return None


def duration_of(text: str) -> timedelta | MonthsDuration | None:
    """`P1Y2M` or `P3DT4H5M6.7S`, or None; a text that mixes both kinds is neither."""
    if (found := _MONTHS_TEXT.fullmatch(text)) and (found[2] or found[3]):
        months = int(found[2] or 0) * 12 + int(found[3] or 0)
        return MonthsDuration(-months if found[1] else months)
    found = _DAYS_TEXT.fullmatch(text)
    if found is None or not any(found.group(2, 3, 4, 5)) or text.endswith("T"):
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.group(2, 3, 4, 5))
    try:
        length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds, microseconds=_microseconds(found[6]))
        return -length if found[1] else length
    except OverflowError:
        return None


def any_temporal(text: str) -> Any:
    """What `@"text"` means, or None."""
    for read in (date_of, date_and_time_of, time_of, duration_of):
        if (value := read(text)) is not None:
            return value
    return None


def zone_of(text: str) -> tzinfo | None:
    """`Z`, `+07:00` or `@Asia/Jakarta`, or None."""
    if text in {"Z", "z"}:
        return UTC
    if text.startswith("@"):
        try:
            return ZoneInfo(text[1:])
        except (ValueError, OSError, KeyError):
            return None
    hours, minutes, seconds = int(text[1:3]), int(text[4:6]), int(text[7:9] or 0)
    if hours > 14 or minutes > 59 or seconds > 59:
        return None
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return timezone(-offset if text[0] == "-" else offset)


def _time(found: re.Match[str], hour: str | None = None) -> time | None:
    zone = zone_of(found["zone"]) if found["zone"] else None
    if found["zone"] and zone is None:
        return None
    try:
        return time(int(hour or found["hour"]), int(found["minute"]), int(found["second"]), _microseconds(found["fraction"]), zone)
    except ValueError:
        return None


def _microseconds(fraction: str | None) -> int:
    return int((fraction or "")[:6].ljust(6, "0"))


# --- writing -----------------------------------------------------------------------------------------------------


def text_of(value: Any) -> str:
    """The text that FEEL's `string()` gives for a date, time, date-time or duration."""
    if isinstance(value, datetime):
        return value.date().isoformat() + "T" + _time_text(value.timetz(), value.utcoffset())
    if isinstance(value, time):
        return _time_text(value, value.utcoffset())
    if isinstance(value, timedelta):
        return _days_text(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _time_text(value: time, offset: timedelta | None) -> str:
    text = value.replace(tzinfo=None, microsecond=0).isoformat()
    if value.microsecond:
        text += f".{value.microsecond:06}".rstrip("0")
    if (name := zone_name(value)) is not None:
        return f"{text}@{name}"
    return text + (offset_text(offset) if offset is not None else "")


def offset_text(offset: timedelta) -> str:
    """`Z`, `+07:00`."""
    seconds = int(offset.total_seconds())
    if not seconds:
        return "Z"
    hours, rest = divmod(abs(seconds), 3600)
    text = f"{'-' if seconds < 0 else '+'}{hours:02}:{rest // 60:02}"
    return text + (f":{rest % 60:02}" if rest % 60 else "")


def _days_text(value: timedelta) -> str:
    rest = abs(value)
    hours, seconds = divmod(rest.seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    second_text = f"{seconds}.{rest.microseconds:06}".rstrip("0").rstrip(".") if rest.microseconds else str(seconds)
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "") + (f"{second_text}S" if second_text != "0" else "")
    body = (f"{rest.days}D" if rest.days else "") + (f"T{clock}" if clock else "")
    return ("-" if value < timedelta(0) else "") + "P" + (body or "T0S")


def zone_name(value: time | datetime) -> str | None:
    """The IANA name of the value's zone, if it was given by name."""
    return value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else None


# --- counting ----------------------------------------------------------------------------------------------------


def add_months(value: date, months: int) -> Any:
    """The same day so many months on, or the last of that month; None outside the years 1..9999."""
    year, month = divmod(value.year * 12 + value.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        return None
    return value.replace(year=year, month=month + 1, day=min(value.day, monthrange(year, month + 1)[1]))


def add_days(value: date | time, length: timedelta) -> Any:
    """A date, time or date-time moved by a days-and-time duration; a time goes round the clock."""
    try:
        if isinstance(value, time):
            return (datetime.combine(date(2000, 1, 1), value.replace(tzinfo=None))
                    + length % timedelta(days=1)).time().replace(tzinfo=value.tzinfo)
        if isinstance(value, datetime) and value.tzinfo is not None:
            # Through UTC: Python counts wall time across a change of the clocks, FEEL counts what passed.
            return (value.astimezone(UTC) + length).astimezone(value.tzinfo)
        if isinstance(value, datetime):
            return value + length
        return (datetime.combine(value, time()) + length).date()
    except OverflowError:
        return None


def between(later: Any, earlier: Any) -> timedelta | None:
    """`later - earlier`, or None when only one of the two has a time zone."""
    if isinstance(later, time) and isinstance(earlier, time):
        later_at, earlier_at = time_of_day(later), time_of_day(earlier)
        return later_at - earlier_at if (later.tzinfo is None) == (earlier.tzinfo is None) else None
    if type(later) is date and type(earlier) is date:
        return later - earlier
    # A date counts as midnight UTC beside an instant, as local midnight beside a local date-time (FEEL 10.3.2.3.7).
    one, other = _midnight_beside(later, earlier), _midnight_beside(earlier, later)
    if (one.tzinfo is None) != (other.tzinfo is None):
        return None
    return one - other if one.tzinfo is None else one.astimezone(UTC) - other.astimezone(UTC)


def _midnight_beside(value: date, other: date) -> datetime:
    if isinstance(value, datetime):
        return value
    return datetime.combine(value, time(), UTC if isinstance(other, datetime) and other.tzinfo is not None else None)


def time_of_day(value: time) -> timedelta:
    """Since midnight, in UTC when the time has a zone. A named zone counts with its offset of 1 January 2000."""
    passed = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
    offset = datetime.combine(date(2000, 1, 1), value).utcoffset()
    return passed - offset if offset is not None else passed


def months_between(start: date, end: date) -> MonthsDuration:
    """Whole months from `start` to `end`, towards zero."""
    months = (end.year - start.year) * 12 + end.month - start.month
    one, other = _within_month(start), _within_month(end)
    if months > 0 and other < one:
        months -= 1
    elif months < 0 and other > one:
        months += 1
    return MonthsDuration(months)


def _within_month(value: date) -> tuple[int, time]:
    return value.day, value.replace(tzinfo=None).time() if isinstance(value, datetime) else time()


def seconds_of(length: timedelta) -> Decimal:
    """The exact length in seconds."""
    microseconds = (length.days * 86_400 + length.seconds) * 1_000_000 + length.microseconds
    return Decimal(microseconds).scaleb(-6)


# --- properties --------------------------------------------------------------------------------------------------


def property_of(value: Any, name: str) -> Any:
    """A property such as `.year` or `.time offset` (FEEL 10.3.2.3, table 53), or None."""
    if isinstance(value, MonthsDuration):
        sign = -1 if value.months < 0 else 1
        years, months = divmod(abs(value.months), 12)
        return {"years": Decimal(sign * years), "months": Decimal(sign * months)}.get(name)
    if isinstance(value, timedelta):
        return _duration_property(value, name)
    if isinstance(value, date) and name in {"year", "month", "day", "weekday"}:
        return Decimal(value.isoweekday() if name == "weekday" else getattr(value, name))
    if isinstance(value, time | datetime):
        if name in {"hour", "minute", "second"}:
            return Decimal(getattr(value, name))
        if name == "time offset":
            return value.utcoffset()
        if name == "timezone":
            return zone_name(value)
    return None


def _duration_property(value: timedelta, name: str) -> Decimal | None:
    sign, rest = (-1, -value) if value < timedelta(0) else (1, value)
    parts = {"days": rest.days, "hours": rest.seconds // 3600, "minutes": rest.seconds % 3600 // 60, "seconds": rest.seconds % 60}
    return Decimal(sign * parts[name]) if name in parts else None
