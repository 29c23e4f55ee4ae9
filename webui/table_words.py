"""Words of the pages about an agency's calendar and parameters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _

from engine.results import Amount, ParameterDetail, TableChange
from webui import context, times, words

_LENGTHS = {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1), "days": timedelta(days=1)}
_A_MONDAY = date(2024, 1, 1)
_PAGES = {"week": "jam", "season": "musim", "day": "satu-hari", "closing": "tutup"}
_ENDS = {"season": "akhir-musim", "day": "hapus-satu-hari"}


def page_of(change: TableChange) -> str:
    """The page of `agency_drafts` on which a change of the calendar is written."""
    if change.hours is None:
        return "hari"
    return (_ENDS if change.hours.week is None else _PAGES).get(change.hours.shape, "tutup")


def hours_word(hours: tuple[tuple[time, time], ...]) -> str:
    """The blocks of a day."""
    mark = ":" if context.language() == "en" else "."
    said = (f"{opens:%H:%M}–{'24:00' if closes == time(0) else f'{closes:%H:%M}'}".replace(":", mark) for opens, closes in hours)
    return ", ".join(said) or _("libur")


def day_word(day: date) -> str:
    """A day with its weekday."""
    return str(format_date(day, "EEEE, d MMMM y"))


def weekday_word(weekday: int) -> str:
    """Monday is 0."""
    return str(format_date(_A_MONDAY + timedelta(days=weekday), "EEEE"))


def unit_word(unit: str) -> str:
    """What a number of time counts."""
    return {"minutes": _("menit"), "hours": _("jam"), "days": _("hari"), "months": _("bulan")}.get(unit, "")


def value_word(parameter: ParameterDetail | None, value: str, amount: Amount | None) -> str:
    """A value of a parameter as people say it."""
    if amount is not None and amount.unit == "months":
        return _("1 bulan") if amount.number == 1 else _("%(count)s bulan", count=amount.number)
    if amount is not None:
        length = amount.number * _LENGTHS.get(amount.unit, timedelta())
        return times.span(length, language=context.language()) if length else f"{amount.number} {unit_word(amount.unit)}".strip()
    if value in ("yes", "no"):
        return _("ya") if value == "yes" else _("tidak")
    said = {"": _("tidak ada"), "none": _("tidak ada"), "province": _("provinsi"), "regency_city": _("kabupaten/kota"),
            "calendar": _("menurut kalender instansi")}
    if value in said:
        return said[value]
    return words.role_word(value) if parameter is not None and parameter.kind == "role" else value


def every() -> dict[str, Callable[..., Any]]:
    """For the templates."""
    return {"day_word": day_word, "weekday_word": weekday_word, "unit_word": unit_word, "value_word": value_word, "hours_word": hours_word,
            "page_of": page_of}
