"""Rows of the inbox as the actor may see them: looked up, decided, put in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine import authorization, canonical, errors, explanations, facts, own_referrals, projection, ran_by, seal, summaries
from engine.authorization import ObjectFacts
from engine.calendars import WorkCalendar
from engine.executor import Context
from engine.types import TaskSummary, Value
from storage import inbox
from storage.inbox import InboxRow

READ = "task.read"
READ_CASE, LIST_CASES = "case.read", "case.list"


def seen(context: Context, task_id: str, action: str = READ) -> InboxRow:
    """The task, if the actor may do `action` to it; else `NotFound`, as for one that does not exist."""
    row = found(context, task_id)
    authorization.require(context.actor, action, facts.of_inbox(context, [row])[0])
    return row


def found(context: Context, task_id: str) -> InboxRow:
    """The task as the actor last saw it, whoever's it is: the caller decides."""
    row = inbox.get(context.uow, task_id, context.actor.account_id)
    if row is None:
        raise errors.NotFound(task_id=task_id)
    return row


def is_of_team(context: Context, row: InboxRow) -> bool:
    """Whether the task would wait for the actor if nobody held it."""
    actor = context.actor
    return (row.task.agency_id == actor.agency_id and row.task.role in actor.roles and not row.is_barred
            and not own_referrals.of_others(context, [row.task])[0])


def summary(context: Context, row: InboxRow, about: ObjectFacts) -> TaskSummary:
    """One row for who asks: why they see it, what is new to them; a limited step without what it reveals."""
    task = row.task
    item: Value = None
    if task.item is not None and row.wrapped_key is not None:
        key = context.case_key(task.case_id or "", row.wrapped_key)
        item = canonical.loads(seal.unseal(key, task.item, bound_to=projection.item_binding(task.token_id)))
    knows_owner = authorization.allows(context.actor, LIST_CASES, about)  # whoever may list cases reads there who answers for each
    known = replace(summaries.of_inbox(row, item=item), opens_case=authorization.allows(context.actor, READ_CASE, about),
                    owner_id=row.owner_id if knows_owner else None, owner_name=(row.owner_name or "") if knows_owner else "")
    reason = authorization.reason(context.actor, READ, about)
    if reason is not None:
        known = replace(known, why=explanations.why_mine(context.actor, reason, known))
    return facts.limited(known, task.sensitivity, context.actor, about)


def of_case(context: Context, rows: Sequence[InboxRow], about: ObjectFacts) -> tuple[TaskSummary, ...]:
    """Tasks on a page of their case: shown as `about`, the case, is shown; with `why` only those that the actor may open themselves."""
    shown = [summary(context, row, about) for row in rows]
    grounds = [authorization.reason(context.actor, READ, each) for each in facts.of_inbox(context, rows)]
    return tuple(replace(one, why=None if ground is None else explanations.why_mine(context.actor, ground, one))
                 for one, ground in zip(shown, grounds, strict=True))


def explained(context: Context, row: InboxRow, shown: TaskSummary) -> TaskSummary:
    """The same with why it is due when it is, and what comes after it; nothing more of a step that is limited to the viewer."""
    if not shown.element_id:
        return shown
    definition = ran_by.of(context, row).with_element(shown.element_id)
    return replace(shown, why_due=explanations.why_due(shown, calendar(context, row), row.task.standard_from),
                   after_this=explanations.after_this(definition, definition.element(shown.element_id)))


def calendar(context: Context, row: InboxRow) -> WorkCalendar | None:
    """The calendar the task's standard is counted on; None where its instance has none."""
    if row.calendar_digest is None:
        return None
    return summaries.calendar_of_task(row.task, context.tables[row.calendar_digest], row.risk)
