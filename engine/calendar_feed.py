"""The deadlines somebody holds as a calendar: the case's code and the verb of the step, never more, wherever it is shown."""

from __future__ import annotations

import re
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from engine import authorization, deadlines, due_words, mails, summaries
from engine.deadlines import DeadlineState
from engine.executor import Context
from engine.facts import LIMITED
from engine.render import icalendar
from engine.types import Actor, Text
from storage.inbox import InboxRow

_OPEN_CLASSES = frozenset({"C0", "C1", "C2"})   # the calendars of a telephone are read by whoever holds it
_VERB = re.compile(r"[^\W\d_]+")
_NAME = Text("Kawal: tenggat saya", "Kawal: my deadlines")
_DUE = Text("tenggat", "due")
_CASE = Text("Kasus", "Case")
_LIMITED = Text(LIMITED, "limited step")


def of(context: Context, actor: Actor, *, zone: ZoneInfo, language: str, base_url: str) -> bytes:
    """What the actor holds and is due some day, each at its due instant. Empty where the policy gives them no tasks."""
    rows = mails.held_rows(context, actor) if authorization.allows(actor, "task.list") else []
    host = urlsplit(base_url).hostname or "localhost"
    events = [event for row in rows if (event := _event(context, row, zone, language, host)) is not None]
    return icalendar.calendar(sorted(events, key=lambda event: (event.at, event.uid)), name=_NAME.in_language(language), zone=zone.key,
                              written_at=context.now)


def _event(context: Context, row: InboxRow, zone: ZoneInfo, language: str, host: str) -> icalendar.Event | None:
    task = summaries.of_inbox(row)
    if task.due_at is None:
        return None
    state = deadlines.state_of(task, now=context.now, zone=zone)
    word = deadlines.deadline_word(state).in_language(language)
    due = f"{_CASE.in_language(language)} {task.business_key}: {_DUE.in_language(language)}" if task.business_key \
        else _DUE.in_language(language).capitalize()
    return icalendar.Event(
        uid=f"{task.id}@{host}", at=task.due_at, revision=task.revision,
        summary=(f"{word.upper()}: " if state is DeadlineState.LATE else "") + f"{due}, {_step(row, language)}",
        description=f"{word}; {due_words.instant_in_words(task.due_at, zone, language)}")


def _step(row: InboxRow, language: str) -> str:
    """The verb a step begins with: what it is about stays in the product."""
    found = _VERB.match(row.task.name.strip()) if row.task.sensitivity in _OPEN_CLASSES else None
    return found[0].lower() if found is not None else _LIMITED.in_language(language)
