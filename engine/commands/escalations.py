"""Telling a late task up its chain: each link once, by code and verb only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from engine import escalation, own_referrals
from engine.authorization import PROVIDER
from engine.executor import Context
from storage import agencies, duty, escalations, instances, notices, randomness, tasks

_ASKED = "escalated"   # how what asks for a notice of a chain begins: the task, the step and whom it means follow
LOOKS_AGAIN_AFTER = timedelta(hours=1)  # at a task whose clock is paused: it has no due instant meanwhile


def begin(context: Context, warned: Sequence[tasks.TaskRow]) -> None:
    """The chains of tasks that were warned of: each begins at its due instant."""
    escalations.begin(context.uow, [
        escalations.EscalationRow(task_id=row.id, agency_id=row.agency_id, told=0, next_at=row.due_at)
        for row in warned if row.due_at is not None])


def tell(context: Context) -> int:
    """Tells the links that are due now, the next of each chain; how many chains were looked at."""
    found = escalations.due(context.uow, context.now)
    for row in found:
        task = tasks.get(context.uow, row.task_id)
        if task is None or task.state != "open":
            escalations.end(context.uow, row.task_id)
        elif task.due_at is None:
            escalations.move(context.uow, row.task_id, told=row.told, next_at=context.now + LOOKS_AGAIN_AFTER)
        elif row.told == 0 and task.due_at > context.now:  # the risk or the calendar moved it
            escalations.move(context.uow, row.task_id, told=0, next_at=task.due_at)
        else:
            _tell_next(context, row, task)
    return len(found)


def chain_of(context: Context, task: tasks.TaskRow) -> escalation.Chain | None:
    """The chain of a task, with the tables of its agency; None for a task that has no due instant."""
    agency = agencies.get(context.uow, task.agency_id)
    instance = instances.get(context.uow, task.instance_id)
    if agency is None or instance is None or task.due_at is None:
        return None
    calendar = None if instance.calendar_digest is None else context.tables[instance.calendar_digest]
    return escalation.chain(task, agency.profile, context.parameters(instance.parameters_digest), calendar, instance.risk)


def step_of(notice: notices.NoticeRow) -> str:
    """Of which step of a chain a notice is; "" for one of none."""
    asked, _, rest = str(notice.once).partition(":")
    return rest.split(":")[1] if asked == _ASKED else ""


def _tell_next(context: Context, row: escalations.EscalationRow, task: tasks.TaskRow) -> None:
    chain = chain_of(context, task)
    links = chain.links if chain is not None else ()
    if row.told >= len(links):
        escalations.move(context.uow, row.task_id, told=row.told, next_at=None)
        return
    link = links[row.told]
    reached = _reached(context, task, link)
    for account_id, role in reached:
        notices.add(context.uow, notices.NoticeRow(
            id=randomness.new_id(), agency_id=task.agency_id, account_id=account_id, role=role, at=context.now,
            code="task_overdue" if link.step == escalation.HOLDER else "task_escalated", case_id=task.case_id, task_id=task.id,
            once=f"{_ASKED}:{task.id}:{link.step}:{account_id or role}"))
    following = links[row.told + 1].at if row.told + 1 < len(links) else None
    if following is not None and not reached:
        following = context.now  # nobody is on duty: whoever comes next need not wait for them
    escalations.move(context.uow, row.task_id, told=row.told + 1, next_at=following)


def _reached(context: Context, task: tasks.TaskRow, link: escalation.Link) -> list[tuple[str | None, str | None]]:
    """(account, None) or (None, role) of those a link means now. Nobody on duty: nobody."""
    if link.step == escalation.DUTY_OFFICER:
        return [(shift.account_id, None) for shift in duty.on_duty(context.uow, task.agency_id, context.now)]
    return holder_of(context, task) if link.step == escalation.HOLDER else [(None, link.role)]


def holder_of(context: Context, task: tasks.TaskRow) -> list[tuple[str | None, str | None]]:
    """(account, None) or (None, role) of who holds a task or could take it. A referral is news to its own provider's people only."""
    if task.assignee_id is not None:
        return [(task.assignee_id, None)]
    if task.role == PROVIDER:
        return [(each, None) for each in own_referrals.people_of(context.inside(task.agency_id), task)]
    return [(None, task.role)]
