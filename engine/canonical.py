"""Canonical bytes (design.md 3): JSON, UTF-8, sorted keys, no spaces, no floats.

What JSON has no word for is a tagged object that reads back as the same type: `{"$n": "1.5"}` a number, `$d` a date, `$t` a
time, `$i` an instant or local date-time, `$p` a days-time duration in microseconds, `$m` a years-months duration in months,
`$b` bytes in hex, `$o` an object whose own keys begin with a dollar sign. Equal values have equal bytes: 1.0 and 1 are one number.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from engine import errors
from engine.feel import MonthsDuration
from engine.types import Value

MAX_DEPTH = 40  # of nested lists and objects; deeper input is an attack or a mistake
_MICROSECOND = timedelta(microseconds=1)
_AS_THEY_ARE = frozenset({str, bool, int})
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def dumps(value: Any) -> bytes:
    """Canonical bytes of a value; raises `InvalidValue` for a float, a set, an object or nesting past `MAX_DEPTH`."""
    return _ENCODER.encode(_plain(value, 0)).encode("utf-8", "surrogatepass")


def loads(data: bytes) -> Any:
    """The value whose canonical bytes these are; raises `ValueError` for a number with a point, an exponent or no value."""
    return _value(json.loads(data.decode("utf-8", "surrogatepass"), parse_float=_refused, parse_constant=_refused))


def variables(raw: Mapping[str, Any]) -> dict[str, Value]:
    """A caller's variables as the engine keeps them: whole numbers become Decimal, nothing is shared with the caller.

    Raises `InvalidValue` for anything that is not a `Value`; a float is refused, since its digits are not what was typed.
    """
    if not isinstance(raw, Mapping):
        raise errors.InvalidValue()
    copied = _copy(raw, 0)
    assert isinstance(copied, dict)
    return copied


def number_text(number: Decimal) -> str:
    """The shortest exact text of a number, the same for equal numbers."""
    if not number.is_finite():
        raise errors.InvalidValue()
    if number == 0:
        return "0"
    number = _exact_normalized(number)  # Decimal.normalize() would round to the context's 28 digits
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    return format(number, "f") if -40 < exponent < 40 else str(number)


def _exact_normalized(number: Decimal) -> Decimal:
    sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    kept = "".join(map(str, digits)).rstrip("0")
    return Decimal((sign, tuple(map(int, kept)), exponent + len(digits) - len(kept)))


def _plain(value: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise errors.InvalidValue()
    if value is None or type(value) in _AS_THEY_ARE:
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, Decimal):
        return {"$n": number_text(value)}
    if isinstance(value, datetime):
        return {"$i": _instant_text(value)}
    if isinstance(value, date):
        return {"$d": value.isoformat()}
    if isinstance(value, time):
        return {"$t": _clock_text(value)}
    if isinstance(value, timedelta):
        return {"$p": str(value // _MICROSECOND)}
    if isinstance(value, MonthsDuration):
        return {"$m": str(value.months)}
    if isinstance(value, bytes):
        return {"$b": value.hex()}
    if isinstance(value, (dict, Mapping)):   # asking for the plain kind first is what makes it quick
        plain, is_marked = {}, False
        for key, item in value.items():
            if not isinstance(key, str):
                raise errors.InvalidValue()
            is_marked = is_marked or key[:1] == "$"
            plain[key] = _plain(item, depth + 1)
        return {"$o": [[key, plain[key]] for key in sorted(plain)]} if is_marked else plain
    if isinstance(value, (list, tuple)):
        return [_plain(item, depth + 1) for item in value]
    raise errors.InvalidValue()


def _clock_text(value: time) -> str:
    zone = value.tzinfo
    local = value.replace(tzinfo=None, fold=0).isoformat()
    return f"{local}@{zone.key}" if isinstance(zone, ZoneInfo) else value.replace(fold=0).isoformat()


def _clock(text: str) -> time:
    local, at, zone = text.partition("@")
    return time.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)) if at else time.fromisoformat(text)


def _instant_text(value: datetime) -> str:
    zone = value.tzinfo
    if zone is None:
        return value.isoformat()
    if isinstance(zone, ZoneInfo) and zone.key != "UTC":
        # The second of two equal clock times, where the clocks go back, is marked; elsewhere `fold` says nothing.
        again = value.fold and value.utcoffset() != value.replace(fold=0).utcoffset()
        return f"{value.replace(tzinfo=None).isoformat()}{'+' if again else ''}@{zone.key}"
    if value.utcoffset() == timedelta(0):
        return value.astimezone(UTC).isoformat()
    return value.isoformat()


def _instant(text: str) -> datetime:
    local, at, zone = text.partition("@")
    if not at:
        return datetime.fromisoformat(local)
    fold = local.endswith("+")
    return datetime.fromisoformat(local.removesuffix("+")).replace(tzinfo=ZoneInfo(zone), fold=int(fold))


def _refused(_: str) -> Any:
    raise ValueError("not canonical")


_READERS: Mapping[str, Callable[[str], Any]] = {
    "$n": Decimal,
    "$i": _instant,
    "$d": date.fromisoformat,
    "$t": _clock,
    "$p": lambda text: int(text) * _MICROSECOND,
    "$m": lambda text: MonthsDuration(int(text)),
    "$b": bytes.fromhex,
}


def _value(plain: Any) -> Any:
    if isinstance(plain, list):
        return [_value(item) for item in plain]
    if not isinstance(plain, dict):
        return plain
    if len(plain) == 1:
        ((key, text),) = plain.items()
        reader = _READERS.get(key)
        if reader is not None:
            return reader(text)
        if key == "$o":
            return {name: _value(item) for name, item in text}
    return {key: _value(item) for key, item in plain.items()}


def _copy(value: Any, depth: int) -> Value:
    if depth > MAX_DEPTH:
        raise errors.InvalidValue()
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, (bool, date, time, timedelta, MonthsDuration)):
        return value
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, Decimal):
        return Decimal(number_text(value))
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise errors.InvalidValue()
        return {_text(key): _copy(item, depth + 1) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_copy(item, depth + 1) for item in value]
    raise errors.InvalidValue()


def _text(value: str) -> str:
    # Half a surrogate pair is no text: no database, no file and no page could hold it.
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise errors.InvalidValue() from None
    return str(value)
