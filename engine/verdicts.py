"""The two verdicts on a finished task (design.md 5): ready -> done is official, claimed -> done is handling."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from engine import calendars
from engine.calendars import WorkCalendar
from engine.types import TimeStandard

ON_TIME = "on_time"
LATE = "late"
NO_STANDARD = "no_standard"
CANCELLED = "cancelled"
RUNNING = "running"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`overrun` and `handling` are measured on the standard's own clock; None where nothing can be said."""

    official: str
    overrun: timedelta | None
    handling_verdict: str
    handling: timedelta | None


def judge(
    *, due_at: datetime | None, standard: TimeStandard | None, claimed_at: datetime | None, done_at: datetime,
    calendar: WorkCalendar | None,
) -> Verdict:
    """What a task finished at `done_at` is worth. Done at the due instant is on time.

    A standard without a due instant (its `from` was empty) gives no verdict. Without a calendar every minute counts.
    """
    if standard is None or due_at is None or calendar is None:
        return Verdict(official=NO_STANDARD, overrun=None, handling_verdict=NO_STANDARD, handling=None)
    late = done_at > due_at
    overrun = calendars.used(due_at, done_at, standard, calendar) if late else None
    handling = calendars.used(claimed_at, done_at, standard, calendar) if claimed_at else None
    handling_verdict = NO_STANDARD
    if claimed_at:
        handling_verdict = ON_TIME if done_at <= calendars.due_at(claimed_at, standard, calendar) else LATE
    return Verdict(official=LATE if late else ON_TIME, overrun=overrun, handling_verdict=handling_verdict, handling=handling)
