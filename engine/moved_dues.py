"""Other tables for a running instance, and which of its deadlines that moves: told before it is done by the function that does it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine import projection
from engine.advance import SYSTEM, LiveInstance
from engine.commands import instances
from engine.executor import Context
from engine.transition import ChangeTables


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """What one task or clock has: when it is due, as the inbox says it, and whose it is."""

    element_id: str
    is_task: bool
    due_at: datetime | None
    role: str = ""


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A task or clock that has another deadline or role than before; `before` None: it came, `after` None: it went."""

    token_id: str
    before: Deadline | None
    after: Deadline | None

    @property
    def known(self) -> Deadline:
        """It as it is, or as it was."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def is_anothers(self) -> bool:
        """Whether a task waits for another role now."""
        return self.before is not None and self.after is not None and self.before.role != self.after.role

    @property
    def moves_due(self) -> bool:
        """Whether its deadline is another, not only its role."""
        return (self.before and self.before.due_at) != (self.after and self.after.due_at)


def carry(
    context: Context, live: LiveInstance, *, calendar: str | None, parameters: str | None, note: Mapping[str, Any],
) -> tuple[Moved, ...]:
    """Has the instance go on by these tables, from now: what is due by the old ones happens first. What was judged or is late already
    stays as it is: a clock that has run out is not set again. An instance that thereby ends is left alone."""
    live.fire_due(context.now)
    if live.has_ended:
        return ()
    before = dict(_deadlines(live))
    live.calendar_digest, live.parameters_digest = calendar, parameters
    instances.move(context, live, ChangeTables(calendar=calendar, parameters=parameters), actor_id=SYSTEM, note=note)
    after = dict(_deadlines(live))
    return tuple(
        Moved(token_id=token, before=before.get(token), after=after.get(token))
        for token in [*before, *(token for token in after if token not in before)] if before.get(token) != after.get(token))


def _deadlines(live: LiveInstance) -> Iterator[tuple[str, Deadline]]:
    """Of every open task, and of every clock that is not the time standard of one."""
    tasks = {task.token_id for task in live.view.tasks}
    for task in live.view.tasks:
        yield task.token_id, Deadline(
            element_id=task.element_id, is_task=True, due_at=projection.dues(live, task)[0],
            role=live.definition.role_of(task.element_id, live.parameters))
    for timer in live.view.timers:
        if timer.standard is None or timer.attached_to not in tasks:
            yield timer.token_id, Deadline(element_id=timer.element_id, is_task=False, due_at=timer.due_at)
