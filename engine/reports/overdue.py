"""What is late now, by the one rule for deadlines: the same tasks the inbox and the desk show as late."""

from __future__ import annotations

from typing import Final

from engine import summaries
from engine.deadlines import DeadlineState, state_of
from engine.executor import Context
from engine.report_results import OverdueReport, OverdueTask
from engine.reports import times
from engine.types import TaskSummary
from storage import desk, inbox
from storage.desk import Wanted

MOST: Final = 500


def report(context: Context) -> OverdueReport:
    """The late tasks of the agency, due first first, as far as `MOST` goes."""
    who, zone, classes = context.actor, times.office_zone(context), times.known_classes(context)
    wanted = Wanted(due_before=context.now)
    ids = desk.tasks(context.uow, who.agency_id, who.account_id, wanted, limit=MOST)
    found = inbox.of_ids(context.uow, ids, who.account_id)
    known: list[OverdueTask] = []
    limited = 0
    for row in (found[each] for each in ids):
        summary = summaries.of_inbox(row)
        if state_of(summary, now=context.now, zone=zone) is not DeadlineState.LATE:
            continue
        if row.task.sensitivity in classes:
            known.append(_told(summary))
        else:
            limited += 1
    total = desk.count_tasks(context.uow, who.agency_id, who.account_id, wanted)
    return OverdueReport(at=context.now, tasks=tuple(known), limited=limited, more=max(0, total - len(ids)))


def _told(task: TaskSummary) -> OverdueTask:
    assert task.due_at is not None  # it is late
    return OverdueTask(sop_title=task.sop_title, sop_title_en=task.sop_title_en, name=task.name, role=task.role, risk=task.risk,
                       ready_at=task.ready_at, due_at=task.due_at, is_held=task.assignee_id is not None)
