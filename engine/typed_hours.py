"""Hours of work as people type them: when a day begins and ends, and its breaks. `open.0`, `close.0` and `break.0` are Monday's boxes.

Whatever a calendar can hold can be typed: a day of several blocks is one with breaks between them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import time
from itertools import pairwise
from typing import Final

from engine.work_calendar import Hours

Problems = dict[str, tuple[str, str]]
Span = tuple[int, int]      # seconds of the day

_TIME: Final = r"(\d{1,2})(?:[.:](\d{2}))?(?:[.:](\d{2}))?"
_ONE_TIME: Final = re.compile(_TIME)
_BREAK: Final = re.compile(rf"{_TIME}\s*(?:-|–|—|sampai|s\.d\.|to)\s*{_TIME}")
_BETWEEN: Final = re.compile(r"\s*(?:[,;]|\bdan\b|\band\b)\s*")
_MIDNIGHT: Final = 24 * 3600
_LONGEST: Final = 200

_NOT_A_TIME = ("Tulis jamnya dari 00.00 sampai 24.00, misalnya 07.30.", "Write the time from 00:00 to 24:00, for instance 07:30.")
_NO_OPENING = ("Isi juga jam mulainya, atau kosongkan semuanya bila libur.", "Give the beginning too, or leave all empty for a day off.")
_NO_CLOSING = ("Isi juga jam selesainya, atau kosongkan semuanya bila libur.", "Give the end too, or leave all empty for a day off.")
_BACKWARDS = ("Jam selesai sesudah jam mulai; kerja lewat tengah malam ditulis pada kedua harinya.",
              "The end comes after the beginning; work past midnight is written on both days.")
_NOT_A_BREAK = ("Tulis istirahat seperti 12.00–13.00; bila lebih dari satu, pisahkan dengan koma.",
                "Write a break as 12:00–13:00; more than one are separated by commas.")
_BREAK_BACKWARDS = ("Istirahat selesai sesudah mulai.", "A break ends after it begins.")
_BREAK_OUTSIDE = ("Istirahat berada di antara jam mulai dan jam selesai.", "A break lies between the beginning and the end of the day.")
_BREAKS_OVERLAP = ("Dua istirahat bertumpang tindih.", "Two breaks overlap.")


def week(typed: Mapping[str, str]) -> tuple[dict[int, Hours], Problems]:
    """The weekly hours of the boxes of weekdays 0 to 6, days off left out; and what is wrong, by box."""
    read = {weekday: day(typed, str(weekday)) for weekday in range(7)}
    problems = {box: problem for _, wrong in read.values() for box, problem in wrong.items()}
    return {weekday: hours for weekday, (hours, _) in read.items() if hours}, problems


def day(typed: Mapping[str, str], key: str) -> tuple[Hours, Problems]:
    """The hours of one day, () for a day off; and what is wrong, by box."""
    opens_at, closes_at, breaks = (typed.get(f"{box}.{key}", "").strip() for box in ("open", "close", "break"))
    if not (opens_at or closes_at or breaks):
        return (), {}
    problems: Problems = {}
    opens, closes = _time(opens_at), _time(closes_at)
    if opens is None or opens == _MIDNIGHT:
        problems[f"open.{key}"] = _NOT_A_TIME if opens_at else _NO_OPENING
    if closes is None:
        problems[f"close.{key}"] = _NOT_A_TIME if closes_at else _NO_CLOSING
    elif opens is not None and closes <= opens:
        problems[f"close.{key}"] = _BACKWARDS
    paused = _breaks(breaks)
    if isinstance(paused, list):
        wrong = None if problems or opens is None or closes is None else _wrong_breaks(paused, opens, closes)
    else:
        wrong, paused = paused, []
    if wrong:
        problems[f"break.{key}"] = wrong
    if problems or opens is None or closes is None:
        return (), problems
    edges = [opens, *(edge for pause in paused for edge in pause), closes]
    return tuple((_as_time(start), _as_time(end)) for start, end in zip(edges[::2], edges[1::2], strict=True) if start < end), {}


def week_boxes(hours: Mapping[int, Hours]) -> dict[str, str]:
    """What the boxes hold for these weekly hours."""
    return {box: text for weekday in range(7) for box, text in day_boxes(hours.get(weekday, ()), str(weekday)).items()}


def day_boxes(hours: Hours, key: str) -> dict[str, str]:
    """What the boxes hold for the hours of one day."""
    if not hours:
        return {f"open.{key}": "", f"close.{key}": "", f"break.{key}": ""}
    pauses = [f"{_text(ended)}–{_text(begins)}" for (_, ended), (begins, _) in pairwise(hours) if ended != begins]
    closes = "24.00" if hours[-1][1] == time(0) else _text(hours[-1][1])
    return {f"open.{key}": _text(hours[0][0]), f"close.{key}": closes, f"break.{key}": ", ".join(pauses)}


def _breaks(text: str) -> list[Span] | tuple[str, str]:
    """In order; or what is wrong with them."""
    found: list[Span] = []
    for part in _BETWEEN.split(text[:_LONGEST + 1]) if text else ():
        match = _BREAK.fullmatch(part.strip().lower())
        start, end = (_seconds(match.groups()[:3]), _seconds(match.groups()[3:])) if match else (None, None)
        if start is None or end is None or len(text) > _LONGEST:
            return _NOT_A_BREAK
        if end <= start:
            return _BREAK_BACKWARDS
        found.append((start, end))
    return sorted(found)


def _wrong_breaks(breaks: list[Span], opens: int, closes: int) -> tuple[str, str] | None:
    if any(start <= opens or end >= closes for start, end in breaks):
        return _BREAK_OUTSIDE
    return _BREAKS_OVERLAP if any(later < ended for (_, ended), (later, _) in pairwise(breaks)) else None


def _time(text: str) -> int | None:
    match = _ONE_TIME.fullmatch(text)
    return _seconds(match.groups()) if match else None


def _seconds(parts: Sequence[str | None]) -> int | None:
    """Of hours, minutes and seconds as digits; 24.00 is the end of the day."""
    hours, minutes, seconds = (int(part or 0) for part in parts)
    total = hours * 3600 + minutes * 60 + seconds
    return total if minutes < 60 and seconds < 60 and total <= _MIDNIGHT else None


def _as_time(seconds: int) -> time:
    return time(seconds // 3600 % 24, seconds // 60 % 60, seconds % 60)


def _text(value: time) -> str:
    return value.strftime("%H.%M.%S" if value.second else "%H.%M")
