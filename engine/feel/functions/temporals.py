"""Temporal functions (FEEL 10.3.4.10). `now` and `today` read the run's instant, in the zone it was handed in."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from engine.feel.functions.signature import Registry
from engine.feel.runtime import Run

BUILTINS = Registry()

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")


@BUILTINS.add("now")
def now(run: Run) -> datetime:
    return run.now


@BUILTINS.add("today")
def today(run: Run) -> date:
    return run.now.date()


@BUILTINS.add("day of year", "date: date|date and time")
def day_of_year(run: Run, day: date) -> Decimal:
    return Decimal(day.timetuple().tm_yday)


@BUILTINS.add("day of week", "date: date|date and time")
def day_of_week(run: Run, day: date) -> str:
    return _DAYS[day.weekday()]


@BUILTINS.add("month of year", "date: date|date and time")
def month_of_year(run: Run, day: date) -> str:
    return _MONTHS[day.month - 1]


@BUILTINS.add("week of year", "date: date|date and time")
def week_of_year(run: Run, day: date) -> Decimal:
    return Decimal(day.isocalendar().week)
