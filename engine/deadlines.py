"""Where a task stands against its time standard: the one rule, for lists, cases, boards, mails and exports (screens.md 5.0)."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from engine import standards
from engine.types import TaskSummary, Text


class DeadlineState(StrEnum):
    """Where a task stands; the first that holds, in this order."""

    DONE = "done"          #: The task is complete.
    NONE = "none"          #: The SOP prints no time for it.
    PAUSED = "paused"      #: Its working clock stands still.
    LATE = "late"          #: Past due.
    SOON = "soon"          #: 80 % of the standard's own minutes are used.
    TODAY = "today"        #: Due before this day ends (`day_ends`).
    SAFE = "safe"          #: None of these.


_WORDS = {
    DeadlineState.DONE: Text("Selesai", "Done"),
    DeadlineState.NONE: Text("Tanpa standar", "No standard"),
    DeadlineState.PAUSED: Text("Jeda", "Paused"),
    DeadlineState.LATE: Text("Lewat", "Late"),
    DeadlineState.SOON: Text("Mendekati", "Due soon"),
    DeadlineState.TODAY: Text("Hari ini", "Today"),
    DeadlineState.SAFE: Text("Aman", "On track"),
}


def deadline_word(state: DeadlineState) -> Text:
    """What a state is called, on pages and in mails alike."""
    return _WORDS[state]


def counts_day_and_night(task: TaskSummary) -> bool:
    """Whether the task's working minutes run outside office hours too, because the risk is high."""
    return standards.counts_day_and_night(task.standard, task.risk)


def day_ends(now: datetime, zone: ZoneInfo) -> datetime:
    """Midnight after the office's day, 24.00 included, in UTC: until when something is due today.

    Today's closing of screens.md 5.0, for every clock at once: a working clock falls due at closing time at the latest, never between
    it and midnight; a clock that runs at night (elapsed, the same day, working minutes while the risk is high) closes at 24.00, or at
    closing time where the agency says so. Were it held to the office's closing, what falls due tonight would be on track until it is
    too late to ask anybody.
    """
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), zone).astimezone(UTC)


def state_of(task: TaskSummary, *, now: datetime, zone: ZoneInfo) -> DeadlineState:
    """The first state that holds for `task` at `now`; `zone` is that of the office, whose day it is.

    A paused clock gives no due instant; its standard is known all the same.
    """
    if task.completed_at is not None:
        return DeadlineState.DONE
    if task.paused and (task.standard is not None or task.due_at is not None):
        return DeadlineState.PAUSED
    if task.due_at is None:
        return DeadlineState.NONE
    if now > task.due_at:
        return DeadlineState.LATE
    if task.warn_at is not None and now >= task.warn_at:
        return DeadlineState.SOON
    if task.due_at <= day_ends(now, zone):
        return DeadlineState.TODAY
    return DeadlineState.SAFE
