"""Parameters of an agency as people read and set them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from engine import agency_parameters, table_changes
from engine.results import ParameterDetail
from engine.work_calendar import WorkCalendar

PROFILE = {"parameters": {
    "reply": {"value": "P1D", "proposed": True, "text": "Batas jawaban"}, "high": {"value": "PT24H", "proposed": True, "text": "x"},
    "period": {"value": "P3M", "proposed": False, "text": "x"}, "tries": {"value": 3, "proposed": True, "text": "x"},
    "mixed": {"value": "P1DT2H", "proposed": True, "text": "x"}, "words": {"value": "formulir", "proposed": False, "text": "x"},
    "agreed": {"value": "no", "proposed": True, "text": "x"}, "require_consent": {"value": "yes", "proposed": False, "text": "x"},
    "documenter": {"value": "data_staff", "proposed": True, "text": "x"}, "silent_after": {"value": "P10D", "proposed": False, "text": "x"}}}
READ = frozenset({"reply", "high", "period", "tries", "mixed", "words", "agreed", "require_consent", "documenter"})


def known(name: str) -> ParameterDetail:
    return {one.name: one for one in agency_parameters.every(PROFILE, read=READ)}[name]


@pytest.mark.parametrize(("name", "number", "unit", "units"), [
    ("reply", 1, "days", ("days",)), ("high", 24, "hours", ("minutes", "hours")), ("period", 3, "months", ("months",)),
    ("tries", 3, "", ("",)), ("silent_after", 10, "days", ("minutes", "hours", "days")),
    ("unassigned_after", 3, "hours", ("minutes", "hours", "days"))])
def test_a_number_keeps_what_it_counts(name: str, number: int, unit: str, units: tuple[str, ...]) -> None:
    found = known(name)
    assert found.is_settable and found.amount is not None
    assert (found.amount.number, found.amount.unit, found.units) == (number, unit, units)


def test_what_nothing_reads_or_words_alone_say_is_not_set_here() -> None:
    assert {one.name for one in agency_parameters.every(PROFILE, read=READ) if not one.is_settable} == {"mixed", "words", "require_consent"}
    unread = agency_parameters.every(PROFILE, read=())
    assert {one.name for one in unread if one.is_settable and one.name in PROFILE["parameters"]} == {"silent_after"}
    assert agency_parameters.one(PROFILE, "words", read=READ) is None is agency_parameters.one(PROFILE, "other", read=READ)


@pytest.mark.parametrize(("name", "text", "unit", "value"), [
    ("reply", "2", "days", "P2D"), ("reply", " 14 ", "days", "P14D"), ("high", "90", "minutes", "PT90M"), ("period", "6", "months", "P6M"),
    ("tries", "5", "", 5), ("agreed", "yes", "", "yes"), ("documenter", "companion", "", "companion"),
    ("reply", "2", "hours", None), ("reply", "0", "days", None), ("reply", "1001", "days", None), ("reply", "-2", "days", None),
    ("reply", "\u00b2", "days", None), ("reply", "\u0662", "days", None), ("reply", "", "days", None), ("tries", "5", "days", None),
    ("agreed", "maybe", "", None), ("documenter", "auditor", "", None), ("documenter", "emperor", "", None)])
def test_only_a_value_it_can_have_is_taken(name: str, text: str, unit: str, value: str | int | None) -> None:
    assert agency_parameters.typed(known(name), text, unit) == value


def test_a_change_is_of_the_tables_it_is_of_and_of_nothing_else() -> None:
    calendar = WorkCalendar(ZoneInfo("Asia/Pontianak"), {}, frozenset({date(2027, 1, 1)}))
    before = table_changes.Tables(calendar=calendar, parameters={"tries": Decimal(3)}, profile=PROFILE)
    after = table_changes.changed(before, "parameters", table_changes.parameter("tries", 5), "SK 1")
    assert after.parameters == {"tries": Decimal(5)} and after.calendar == calendar
    assert after.profile["parameters"]["tries"] == {"value": 5, "proposed": False, "text": "x", "source": "SK 1"}
    assert PROFILE["parameters"]["tries"]["value"] == 3
    days = table_changes.days(date(2026, 12, 31), date(2027, 1, 2), name="Cuti", works=False)
    off = table_changes.changed(before, "calendar", days, "SK 1")
    assert off.calendar.holidays == {date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 2)} and off.parameters == before.parameters
    assert table_changes.changed(off, "calendar", {**days, "works": True}, "SK 2").calendar.holidays == frozenset()
