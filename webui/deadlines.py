"""The deadline tag: which of seven states a task is in, in words. The one place that decides it (screens.md 5.0)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from engine.types import ClockKind, TaskSummary, TimeStandard
from webui import times


class State(StrEnum):
    """Where a task stands against its time standard; the first that holds, in this order."""

    DONE = "done"          #: The task is complete.
    NONE = "none"          #: The SOP prints no time for it.
    PAUSED = "paused"      #: Its working clock stands still.
    LATE = "late"          #: Past due.
    SOON = "soon"          #: 80 % of the standard's own minutes are used.
    TODAY = "today"        #: Due before this day ends at the office.
    SAFE = "safe"          #: None of these.


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """What the tag shows: never colour alone, always the exact time and what is counted."""

    state: State
    word: str
    relative: str
    exact: str
    due_at: datetime | None
    counted: str


def state_of(task: TaskSummary, *, now: datetime, zone: ZoneInfo, paused: bool = False) -> State:
    """The first state of `State` that holds for `task` at `now`."""
    if task.completed_at is not None:
        return State.DONE
    if task.due_at is None:
        return State.NONE
    if paused:
        return State.PAUSED
    if now > task.due_at:
        return State.LATE
    if task.warn_at is not None and now >= task.warn_at:
        return State.SOON
    if task.due_at.astimezone(zone).date() == now.astimezone(zone).date():
        return State.TODAY
    return State.SAFE


def deadline(task: TaskSummary, *, now: datetime, zone: ZoneInfo, language: str, paused: bool = False) -> Deadline:
    """The tag of one task, ready to be drawn by the `deadline_tag` macro."""
    state = state_of(task, now=now, zone=zone, paused=paused)
    return Deadline(
        state=state,
        word=_word(state),
        relative=_relative(task, state, now, language),
        exact=times.exact(task.due_at, zone, language=language, now=now) if task.due_at else "",
        due_at=task.due_at,
        counted=_counted(task.standard),
    )


def due_only(due_at: datetime | None, *, now: datetime, zone: ZoneInfo, language: str) -> Deadline:
    """The tag of something that has a due instant but is no task, as the next deadline of a case."""
    stand_in = TaskSummary(id="", instance_id="", element_id="", name="", ready_at=now, due_at=due_at)
    return deadline(stand_in, now=now, zone=zone, language=language)


def _word(state: State) -> str:
    return {
        State.DONE: _("Selesai"), State.NONE: _("Tanpa standar"), State.PAUSED: _("Jeda"), State.LATE: _("Lewat"),
        State.SOON: _("Mendekati"), State.TODAY: _("Hari ini"), State.SAFE: _("Aman"),
    }[state]


def _relative(task: TaskSummary, state: State, now: datetime, language: str) -> str:
    if state is State.DONE:
        if task.overrun and task.overrun > timedelta(0):
            return _("lewat %(span)s", span=times.span(task.overrun, language=language))
        return _("tepat waktu") if task.due_at else ""
    if task.due_at is None:
        return ""
    if state is State.LATE:
        return times.span(now - task.due_at, language=language)  # the word beside it says "Lewat"
    return _("%(span)s lagi", span=times.span(task.due_at - now, language=language))


def _counted(standard: TimeStandard | None) -> str:
    if standard is None:
        return ""
    kinds = {
        ClockKind.ELAPSED: _("jam kalender"), ClockKind.WORKING_MINUTES: _("jam kerja"),
        ClockKind.WORKING_DAYS: _("hari kerja"), ClockKind.SAME_DAY: _("hari yang sama"),
    }
    text = kinds[ClockKind(standard.clock)]
    if text.casefold() in standard.text.casefold():  # "5 Hari kerja" says already what is counted
        return standard.text
    return f"{standard.text} · {text}" if standard.text else text
