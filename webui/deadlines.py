"""The deadline tag: the state of a task (`engine.state_of` decides it) in words, with its exact time and what is counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from engine import DeadlineState as State
from engine import counts_day_and_night, deadline_word, state_of
from engine.results import CaseSummary
from engine.types import ClockKind, TaskSummary
from webui import times


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """What the tag shows: never colour alone, always the exact time and what is counted."""

    state: State
    word: str
    relative: str
    exact: str
    due_at: datetime | None
    printed: str    # the standard as the SOP prints it, in Indonesian
    counted: str    # which clock it runs on, where its own words do not say that


def deadline(task: TaskSummary, *, now: datetime, zone: ZoneInfo, language: str) -> Deadline:
    """The tag of one task, ready to be drawn by the `deadline_tag` macro."""
    state = state_of(task, now=now, zone=zone)
    return Deadline(
        state=state,
        word=_("Berakhir") if task.is_over else deadline_word(state).in_language(language),
        relative="" if task.is_over else _relative(task, state, now, language),
        exact=times.due(task.due_at, zone, language=language, now=now) if task.due_at else "",
        due_at=task.due_at,
        printed=task.standard.text if task.standard is not None else "",
        counted=_counted(task),
    )


def of_case(case: CaseSummary, *, now: datetime, zone: ZoneInfo, language: str) -> Deadline:
    """The tag of a case: its next deadline, or that its clocks stand still."""
    if case.paused:
        return Deadline(state=State.PAUSED, word=deadline_word(State.PAUSED).in_language(language), relative="", exact="", due_at=None,
                        printed="", counted="")
    stand_in = TaskSummary(id="", instance_id="", element_id="", name="", ready_at=now, due_at=case.next_due_at, warn_at=case.next_warn_at)
    return deadline(stand_in, now=now, zone=zone, language=language)


def overrun(length: timedelta, task: TaskSummary, *, language: str) -> str:
    """By how much a task was late, on the clock of its standard, which it names where that counts no nights and no days off."""
    rests = task.standard is not None and ClockKind(task.standard.clock) in (ClockKind.WORKING_MINUTES, ClockKind.WORKING_DAYS)
    if not rests or counts_day_and_night(task):
        return times.span(length, language=language)
    return f"{times.hours(length, language=language)} ({_('jam kerja')})"


def _relative(task: TaskSummary, state: State, now: datetime, language: str) -> str:
    if state is State.DONE:
        if task.overrun and task.overrun > timedelta(0):
            return _("lewat %(span)s", span=overrun(task.overrun, task, language=language))
        return _("tepat waktu") if task.due_at else ""
    if task.due_at is None:
        return ""
    if state is State.LATE:
        return times.span(now - task.due_at, language=language)  # the word beside it says "Lewat"
    return _("%(span)s lagi", span=times.span(task.due_at - now, language=language))


def _counted(task: TaskSummary) -> str:
    standard = task.standard
    if standard is None:
        return ""
    kinds = {
        ClockKind.ELAPSED: _("jam kalender"), ClockKind.WORKING_MINUTES: _("jam kerja"),
        ClockKind.WORKING_DAYS: _("hari kerja"), ClockKind.SAME_DAY: _("hari yang sama"),
    }
    text = _("siang malam, risiko tinggi") if counts_day_and_night(task) else kinds[ClockKind(standard.clock)]
    if text.casefold() in standard.text.casefold():  # "5 Hari kerja" says already what is counted
        return ""
    return text
