"""The verdicts on a finished task (design.md 5): ready -> done is official, claimed -> done is handling.

Where the work was done before it was written down, the official verdict is of the recorded instant and the handling verdict of the
stated one. What the official verdict would be if that were accepted stands beside it, and never takes its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from engine import calendars
from engine.calendars import WorkCalendar
from engine.types import TimeStandard

ON_TIME = "on_time"
LATE = "late"
NO_STANDARD = "no_standard"
NOT_MEASURED = "not_measured"   # of handling only: the work was done before anybody claimed it
CANCELLED = "cancelled"
RUNNING = "running"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`overrun` and `handling` are measured on the standard's own clock; None where nothing can be said.

    `if_accepted` is the official verdict by the stated instant; "" where none was stated."""

    official: str
    overrun: timedelta | None
    handling_verdict: str
    handling: timedelta | None
    if_accepted: str = ""


def judge(
    *, due_at: datetime | None, standard: TimeStandard | None, claimed_at: datetime | None, done_at: datetime,
    calendar: WorkCalendar | None, stated_at: datetime | None = None,
) -> Verdict:
    """What a task finished at `done_at` is worth, or at `stated_at` and written down then. Done at the due instant is on time.

    A standard without a due instant (its `from` was empty) gives no verdict. Without a calendar every minute counts.
    """
    if standard is None or due_at is None or calendar is None:
        return Verdict(official=NO_STANDARD, overrun=None, handling_verdict=NO_STANDARD, handling=None,
                       if_accepted=NO_STANDARD if stated_at else "")
    late = done_at > due_at
    overrun = calendars.used(due_at, done_at, standard, calendar) if late else None
    handling_verdict, handling = _handling(claimed_at, stated_at or done_at, standard, calendar)
    return Verdict(official=LATE if late else ON_TIME, overrun=overrun, handling_verdict=handling_verdict, handling=handling,
                   if_accepted="" if stated_at is None else LATE if stated_at > due_at else ON_TIME)


def _handling(
    claimed_at: datetime | None, handled_at: datetime, standard: TimeStandard, calendar: WorkCalendar
) -> tuple[str, timedelta | None]:
    """Claimed to done. When work began that was done before it was claimed, nobody wrote down: there is no time to judge."""
    if claimed_at is None:
        return NO_STANDARD, None
    if handled_at < claimed_at:
        return NOT_MEASURED, None
    in_time = handled_at <= calendars.due_at(claimed_at, standard, calendar)
    return (ON_TIME if in_time else LATE), calendars.used(claimed_at, handled_at, standard, calendar)
