"""Instants and durations in words: "Sel 24 Nov 10.30 WIB", "2 hari 3 jam". Every time names its zone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# Babel writes "WIB" in Indonesian only and "+0700" in English, so the three names stand here.
_ZONES = {timedelta(hours=7): "WIB", timedelta(hours=8): "WITA", timedelta(hours=9): "WIT"}
_DAYS = {
    "id": ("Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
MONTHS = {
    "id": ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober",
           "November", "Desember"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December"),
}
_SHORT_MONTHS = {
    "id": ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
_UNITS = {"id": ("hari", "jam", "menit"), "en": ("day", "hour", "minute")}


def zone_name(at: datetime, zone: ZoneInfo) -> str:
    """WIB, WITA or WIT; elsewhere the zone's own abbreviation."""
    local = at.astimezone(zone)
    if zone.key.startswith("Asia/") and local.utcoffset() in _ZONES:
        return _ZONES[local.utcoffset() or timedelta(0)]
    return local.tzname() or "UTC"


def exact(at: datetime, zone: ZoneInfo, *, language: str, now: datetime) -> str:
    """Weekday, day, month, the year where it is not this year's, the minute and the zone."""
    return f"{_dated(at.astimezone(zone).date(), language, now.astimezone(zone).year)} {clock(at, zone, language=language)}"


def due(at: datetime, zone: ZoneInfo, *, language: str, now: datetime) -> str:
    """As `exact`, of an end: midnight is 24.00 of the day before, as the office says it."""
    local = at.astimezone(zone)
    if local.time() != time(0):
        return exact(at, zone, language=language, now=now)
    before = _dated(local.date() - timedelta(days=1), language, now.astimezone(zone).year)
    return f"{before} {'24:00' if language == 'en' else '24.00'} {zone_name(at, zone)}"


def clock(at: datetime, zone: ZoneInfo, *, language: str) -> str:
    """Hour and minute with the zone: 10.30 WIB in Indonesian, 10:30 WIB in English."""
    local = at.astimezone(zone)
    mark = ":" if language == "en" else "."
    return f"{local.hour:02d}{mark}{local.minute:02d} {zone_name(at, zone)}"


def day(value: date, *, language: str) -> str:
    """A date in full: 24 November 2026."""
    return f"{value.day} {MONTHS[language][value.month - 1]} {value.year}"


def span(length: timedelta, *, language: str) -> str:
    """A length in its two largest units, never rounded up: 36 hours are "1 hari 12 jam", not "2 hari"."""
    minutes = max(0, int(length.total_seconds()) // 60)
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    counts = (days, hours, minutes)
    first = next((i for i, count in enumerate(counts) if count), 2)
    shown = [(counts[i], _UNITS[language][i]) for i in (first, first + 1) if i < 3 and (counts[i] or i == first)]
    return " ".join(f"{count} {_plural(unit, count, language)}" for count, unit in shown)


def hours(length: timedelta, *, language: str) -> str:
    """A length in hours and minutes, however long: of working time 24 hours are no day."""
    whole, minutes = divmod(max(0, int(length.total_seconds()) // 60), 60)
    counts = [(whole, _UNITS[language][1]), (minutes, _UNITS[language][2])]
    shown = [(count, unit) for count, unit in counts if count] or counts[1:]
    return " ".join(f"{count} {_plural(unit, count, language)}" for count, unit in shown)


def _dated(day: date, language: str, this_year: int) -> str:
    year = "" if day.year == this_year else f" {day.year}"
    return f"{_DAYS[language][day.weekday()]} {day.day} {_SHORT_MONTHS[language][day.month - 1]}{year}"


def _plural(unit: str, count: int, language: str) -> str:
    return f"{unit}s" if language == "en" and count != 1 else unit
