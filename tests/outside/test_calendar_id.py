"""The Indonesian calendar vectors of `../shared/examples`, worked out elsewhere from public rules."""

from __future__ import annotations

import json
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine.calendars import WorkCalendar, due_at, indonesia
from engine.types import ClockKind, TimeStandard

VECTORS = Path(__file__).resolve().parents[2].parent / "shared" / "examples" / "calendar-id.json"
JAKARTA = ZoneInfo("Asia/Jakarta")


@pytest.fixture(scope="module")
def vectors() -> Any:
    if not VECTORS.exists():
        pytest.skip("NOT RUN: ../shared/examples/calendar-id.json is not here")
    return json.loads(VECTORS.read_text())


@pytest.fixture(scope="module")
def calendars(vectors: Any) -> dict[str, WorkCalendar]:
    def at(minute: int) -> time:
        return time(minute // 60, minute % 60)

    week = {int(day): tuple((at(a), at(b)) for a, b in hours) for day, hours in vectors["rules"]["week"].items()}
    return {
        name: WorkCalendar(JAKARTA, week, frozenset(map(date.fromisoformat, days)))
        for name, days in vectors["holidays"].items()
    }


def test_working_days_equal_the_vectors(vectors: Any, calendars: dict[str, WorkCalendar]) -> None:
    for row in vectors["days"]:
        calendar = calendars[row["calendar"]]
        standard = TimeStandard(duration=f"P{row['working_days']}D", clock=ClockKind.WORKING_DAYS)
        for hour in (0, 10, 23):  # whenever on the day it starts
            start = datetime.combine(date.fromisoformat(row["start"]), time(hour), JAKARTA)
            due = due_at(start, standard, calendar).astimezone(JAKARTA)
            assert due.date() == date.fromisoformat(row["due"]), row
            assert due.time() == calendar.week[due.weekday()][-1][1], row
    assert len(vectors["days"]) > 50


def test_working_minutes_equal_the_vectors(vectors: Any, calendars: dict[str, WorkCalendar]) -> None:
    for row in vectors["hours"]:
        standard = TimeStandard(duration=f"PT{row['working_minutes']}M", clock=ClockKind.WORKING_MINUTES)
        due = due_at(datetime.fromisoformat(row["start"]), standard, calendars[row["calendar"]])
        assert due == datetime.fromisoformat(row["due"]), row
    assert len(vectors["hours"]) > 10


def test_the_library_knows_the_same_holidays(calendars: dict[str, WorkCalendar]) -> None:
    assert indonesia(range(2024, 2028)) == calendars["ID-public+cuti-bersama"].holidays
