"""A time standard as a source prints it in Indonesian: "40 menit", "1 jam 30 menit", "3 x 24 jam", "5 (lima) hari kerja", "dua minggu"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

from engine import durations
from engine.durations import Duration
from engine.types import ClockKind

_UNITS: Final = {
    "detik": timedelta(seconds=1), "menit": timedelta(minutes=1), "jam": timedelta(hours=1), "hari": timedelta(days=1),
    "minggu": timedelta(weeks=1), "pekan": timedelta(weeks=1),
}
_MONTHS: Final = {"bulan": 1, "tahun": 12}
_ONES: Final = {word: number for number, word in enumerate(
    ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"))}
_ONE: Final = "|".join(_ONES)
_SPELLED: Final = rf"(?:sepuluh|sebelas|(?:{_ONE})\s+(?:belas|puluh)(?:\s+(?:{_ONE}))?|(?:{_ONE})|setengah)"
_COUNT: Final = rf"(?:(?:\d{{1,3}}(?:\.\d{{3}})+|\d+(?:[.,]\d{{1,2}})?)½?|½|{_SPELLED}(?:\s+setengah)?|\d+\s+setengah)"
_UNIT: Final = "|".join((*_UNITS, *_MONTHS))
#: One amount: a count or the upper end of a range, how often, the unit, and what kind of hours or days. "Nomor 12 Tahun 2022" is none.
_AMOUNT: Final = re.compile(
    rf"(?<![\w.,/-])(?<!kali )(?:(?:(?:{_COUNT})\s*(?:-|–|sampai(?: dengan)?|s\.?d\.?|hingga)\s*)?(?P<count>{_COUNT})"
    rf"(?:\s*[x×]\s*(?P<times>{_COUNT}))?\s*|(?P<one>se))(?P<unit>{_UNIT})\b(?!-|\s+\d{{3,}}|\s+(?:yang sama|itu juga|ini juga))"
    r"(?:\s+(?P<kind>kerja|kalender))?")
_SAME_DAY: Final = re.compile(r"\bhari (?:yang sama|itu juga|ini juga)\b|\bpada hari itu\b")
#: How often, or at the least: no most that a timer could be compared with.
_NO_MOST: Final = re.compile(
    r"\b(?:kali|per|tiap|setiap|minimal|minimum|paling (?:sedikit|kurang|singkat|cepat)|sekurang\W?kurangnya|sedikitnya|lebih dari)\b")
_NOT_MORE: Final = re.compile(r"\b(?:tidak|tak) (?:boleh )?lebih dari\b")
#: Before an amount: it is only the end of a number that is not read, as in "seratus dua puluh menit".
_CUT: Final = re.compile(r"(?:\d|ratus|ribu|puluh|belas|kali)\s*\Z")
#: What stands between the amounts of one time, as in "1 jam dan 30 menit".
_JOINS: Final = re.compile(r"[\s,]*(?:dan|plus)?\s*\Z")
_BESIDE: Final = re.compile(r"\([^()]*\)")
_ELAPSED, _MINUTES, _DAYS, _TODAY = ClockKind.ELAPSED, ClockKind.WORKING_MINUTES, ClockKind.WORKING_DAYS, ClockKind.SAME_DAY
_MICROSECOND: Final = timedelta(microseconds=1)
_LONGEST: Final = timedelta(days=36_525)   # a hundred years: no timer is longer (`engine.durations`)
_MOST_MONTHS: Final = 1_200
_MONTH_LENGTHS: Final = (timedelta(days=28), timedelta(days=31))


@dataclass(frozen=True, kw_only=True)
class PrintedTime:
    """What the words say. `clocks`: what the source means by them (plain days may be working days); `admits`: what they leave open.

    `length` of a `same_day` standard is zero: the day is its end. `is_all`: the words name one time, and as its most.
    """

    clocks: tuple[ClockKind, ...]
    length: timedelta
    months: int = 0
    admits: frozenset[ClockKind] = frozenset()
    is_all: bool = True

    def is_as_long_as(self, other: PrintedTime) -> bool:
        """Whether both are the same time on the same clocks."""
        return (self.clocks, self.length, self.months) == (other.clocks, other.length, other.months)

    def is_length(self, duration: str) -> bool:
        """Whether an ISO-8601 duration is exactly this long; one that cannot be read is not."""
        try:
            read = durations.parse_duration(duration)
        except durations.InvalidDuration:
            return False
        return (read.months, read.exact) == (self.months, self.length)

    def contradicts(self, clock: ClockKind, counted: Duration) -> bool:
        """Whether a timer of this length on this clock is surely another time than these words. Words that name several times, a
        least one or how often, contradict nothing; a month is one of 28 to 31 days."""
        if not self.is_all:
            return False
        if clock not in self.admits:
            return True
        if clock is _TODAY:
            return False
        if self.months and not counted.months:
            shortest, longest = (self.months * each + self.length for each in _MONTH_LENGTHS)
            return not shortest <= counted.exact <= longest
        weeks_of_work = clock is _DAYS and self.length % timedelta(weeks=1) == timedelta(0) and _DAYS not in self.clocks
        return counted.months != self.months or (counted.exact != self.length and not weeks_of_work)


def read(text: str) -> PrintedTime | None:
    """The first time that a text prints; None where it gives no number ("tergantung jenis intervensi"). What stands in brackets counts
    only where nothing stands outside them."""
    words = " ".join(text.casefold().split())
    return _read(" ".join(_BESIDE.sub(" ", words).split())) or _read(words)


def _read(words: str) -> PrintedTime | None:
    groups = _groups(words)
    same_day = _SAME_DAY.search(words)
    if not groups:
        return None if same_day is None else PrintedTime(clocks=(_TODAY,), length=timedelta(), admits=frozenset({_TODAY}))
    is_all = len(groups) == 1 and same_day is None and not _NO_MOST.search(_NOT_MORE.sub(" ", words)) and not any(
        _CUT.search(words[:one.start()]) for one in groups[0])
    length, months = Decimal(0), Decimal(0)   # microseconds, and what has no length of its own
    for amount in groups[0]:
        count = _number(amount["count"]) * (_number(amount["times"]) if amount["times"] else 1) if amount["count"] else Decimal(1)
        if amount["unit"] in _MONTHS:
            months += count * _MONTHS[amount["unit"]]
        else:
            length += count * (_UNITS[amount["unit"]] // _MICROSECOND)
    if length > _LONGEST // _MICROSECOND or months > _MOST_MONTHS:
        return None
    is_all = is_all and months == int(months)
    return _printed(groups[0], timedelta(microseconds=int(length)), int(months), is_all=is_all)


def _printed(amounts: list[re.Match[str]], length: timedelta, months: int, *, is_all: bool) -> PrintedTime:
    kinds = {amount["kind"] for amount in amounts} - {None}
    clocks, admits = _clocks({amount["unit"] for amount in amounts}, kinds, length)
    return PrintedTime(clocks=clocks, length=length, months=months, admits=admits, is_all=is_all and not (kinds and len(amounts) > 1))


def _groups(words: str) -> list[list[re.Match[str]]]:
    """The amounts of each time the words name."""
    found: list[list[re.Match[str]]] = []
    for amount in _AMOUNT.finditer(words):
        if found and _JOINS.match(words[found[-1][-1].end():amount.start()]) and amount["unit"] not in {one["unit"] for one in found[-1]}:
            found[-1].append(amount)
        else:
            found.append([amount])
    return found


def _clocks(units: set[str], kinds: set[str], length: timedelta) -> tuple[tuple[ClockKind, ...], frozenset[ClockKind]]:
    """What the words mean, and what else they leave open. Whole days in hours run at night: "24 jam" is no three days of work."""
    if "kerja" in kinds:
        clock = _DAYS if units & {"hari", "minggu", "pekan"} else _MINUTES
        return (clock,), frozenset({clock})
    if "kalender" in kinds or units & set(_MONTHS):
        return (_ELAPSED,), frozenset({_ELAPSED})
    if units == {"hari"}:
        today = {_TODAY} if length == timedelta(days=1) else set()
        return (_ELAPSED, _DAYS), frozenset({_ELAPSED, _DAYS, *today})
    if units & {"hari", "minggu", "pekan"}:
        return (_ELAPSED,), frozenset({_ELAPSED, _DAYS} if len(units) == 1 else {_ELAPSED})
    if "jam" in units:
        runs_at_night = length % timedelta(days=1) == timedelta(0)
        return (_ELAPSED,), frozenset({_ELAPSED} if runs_at_night else {_ELAPSED, _MINUTES})
    return (_MINUTES,), frozenset({_ELAPSED, _MINUTES})


def _number(text: str) -> Decimal:
    """A count in figures (a point parts thousands, a comma decimals) or in words, with a half perhaps."""
    half = Decimal("0.5") if text.endswith(("½", "setengah")) else Decimal(0)
    whole = text.removesuffix("½").removesuffix("setengah").strip()
    if not whole:
        return half
    if whole[0].isdigit():
        in_thousands = re.fullmatch(r"\d{1,3}(?:\.\d{3})+", whole)
        return half + Decimal(whole.replace(".", "") if in_thousands else whole.replace(",", "."))
    words = whole.split()
    if words[0] in ("sepuluh", "sebelas"):
        return half + (10 if words[0] == "sepuluh" else 11)
    first = _ONES[words[0]]
    if len(words) == 1:
        return half + first
    return half + (first + 10 if words[1] == "belas" else first * 10 + (_ONES[words[2]] if len(words) > 2 else 0))
