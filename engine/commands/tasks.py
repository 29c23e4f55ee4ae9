"""Commands on a human task: claim, give back, keep a draft, complete."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine import canonical, errors, journal, seal
from engine.advance import Done, LiveInstance
from engine.commands import handling, instances, stated_times
from engine.executor import Context
from engine.form_values import Upload
from engine.transition import CompleteTask, Transition
from engine.types import Value
from storage import randomness, tasks

OPEN = "open"


@dataclass(frozen=True, kw_only=True)
class Filled:
    """A validated submission: the few values that steer, and all that was typed."""

    variables: Mapping[str, Value]
    submission: Mapping[str, Any]
    uploads: tuple[Upload, ...] = ()


def visible(context: Context, task_id: str) -> tasks.TaskRow:
    """The task, or `NotFound` where it is another agency's."""
    row = tasks.get(context.uow, task_id)
    if row is None or row.agency_id != context.actor.agency_id:
        raise errors.NotFound(task_id=task_id)
    return row


def claim(context: Context, row: tasks.TaskRow) -> None:
    """Takes the task: one that nobody holds, or that a colleague holds for whom the actor stands in. On purpose no error when it is
    already the actor's: two clicks are one wish."""
    if row.state != OPEN:
        raise errors.TaskGone(task_id=row.id)
    if row.assignee_id == context.actor.account_id:
        return
    away = {each.account_id for each in context.actor.stands_in_for if row.role in each.roles}
    if row.assignee_id is not None and row.assignee_id not in away:
        raise errors.TaskAlreadyClaimed(task_id=row.id)
    if not tasks.claim(context.uow, row.id, context.actor.account_id, context.now, held_by=row.assignee_id):
        overtaken_by = tasks.get(context.uow, row.id)
        if overtaken_by is None or overtaken_by.state != OPEN:
            raise errors.TaskGone(task_id=row.id)
        if overtaken_by.assignee_id != context.actor.account_id:
            raise errors.TaskAlreadyClaimed(task_id=row.id)
    elif row.assignee_id is not None:
        handling.taken_over(context, row)


def unclaim(context: Context, row: tasks.TaskRow) -> None:
    """Gives the task back to its team; its draft stays with whoever typed it."""
    if row.state != OPEN:
        raise errors.TaskGone(task_id=row.id)
    if row.assignee_id != context.actor.account_id:
        raise errors.NotClaimed(task_id=row.id)
    if not tasks.update_one(context.uow, row.id, {"assignee_id": None, "claimed_at": None, "aside_until": None, "given_by": None},
                            expected_revision=row.revision):
        raise errors.StaleRevision(task_id=row.id)


def draft_binding(task_id: str, account_id: str) -> str:
    """What a draft is sealed to."""
    return f"draft:{task_id}:{account_id}"


def keep_draft(context: Context, task_id: str, key: bytes, typed: Mapping[str, Any]) -> None:
    """Keeps what was typed for this person, in place of what was kept before. Works on a task that is gone, too."""
    sealed = seal.seal(key, canonical.dumps(dict(typed)), nonce=randomness.random_bytes(seal.NONCE_BYTES),
                       bound_to=draft_binding(task_id, context.actor.account_id))
    tasks.put_draft(context.uow, tasks.DraftRow(
        task_id=task_id, account_id=context.actor.account_id, ciphertext=sealed, saved_at=context.now))


def complete(
    context: Context,
    row: tasks.TaskRow,
    *,
    typed: Mapping[str, Any],
    fill: Callable[[LiveInstance], Filled],
    expected_revision: int | None,
    has_drafts: bool = True,
    stated_at: datetime | None = None,
    acting_for: Sequence[str] = (),
    provider: str = "",
) -> tuple[LiveInstance, Transition | None]:
    """Completes a task the actor holds. Due timers fire first; if that takes the task away, or somebody else moved it,
    what was typed is kept as a draft and the refusal says why. `fill` validates against the form. `stated_at` is when the work
    was done, where that was earlier; `acting_for` are the accounts in whose place the actor does it, `provider` the provider without
    an account whose word it is.
    """
    live = context.instance(row.instance_id)
    if live.state is not None:
        live.fire_due(context.now)
    refusal = _refusal(context, live, row, expected_revision)
    if refusal is not None:
        keep_draft(context, row.id, live.key, typed)
        context.refuse(refusal)
        return live, None
    filled = fill(live)
    if stated_at is not None:
        stated_at = stated_times.checked(stated_at, ready_at=row.ready_at, now=context.now)
    live.completed_tokens[row.token_id] = Done(
        by=context.actor.account_id, at=max(context.now, live.last_at), stated_at=stated_at, revision=row.revision)
    after = instances.move(context, live, CompleteTask(token_id=row.token_id, variables=filled.variables, stated_at=stated_at),
                           actor_id=context.actor.account_id, submission=filled.submission,
                           note={journal.CLAIMED_AT: row.claimed_at, **({journal.ACTING_FOR: list(acting_for)} if acting_for else {}),
                                 **({journal.PROVIDER: provider} if provider else {})})
    if has_drafts:
        tasks.delete_drafts(context.uow, row.id)
    return live, after


def _refusal(context: Context, live: LiveInstance, row: tasks.TaskRow, expected_revision: int | None) -> errors.EngineError | None:
    if row.state != OPEN or row.token_id not in {task.token_id for task in live.view.tasks}:
        return errors.TaskGone(task_id=row.id)
    if live.suspended_at is not None:
        return errors.InstanceNotActive(instance_id=live.id)
    if row.assignee_id is None:
        return errors.NotClaimed(task_id=row.id)
    if row.assignee_id != context.actor.account_id:
        return errors.TaskAlreadyClaimed(task_id=row.id)
    if expected_revision is not None and row.revision != expected_revision:
        return errors.StaleRevision(task_id=row.id)
    return None
