"""What authorization needs to know of a task, case or instance, and what a viewer may not see of a step (invariant 14)."""

from __future__ import annotations

from dataclasses import replace

from engine.authorization import ObjectFacts, visible_sensitivity
from engine.executor import Context
from engine.types import Actor, TaskSummary
from storage import cases, inbox, tasks

LIMITED = "langkah terbatas"


def of_task(context: Context, row: tasks.TaskRow) -> ObjectFacts:
    """The facts about one task."""
    return ObjectFacts(
        agency_id=row.agency_id, role=row.role, assignee_id=row.assignee_id, is_open=row.state == "open",
        worked_on=context.actor.account_id in (row.assignee_id, row.completed_by) or _works_on(context, row.case_id))


def of_case(context: Context, row: cases.CaseRow) -> ObjectFacts:
    """The facts about one case."""
    return ObjectFacts(agency_id=row.agency_id, owner_id=row.owner_id, worked_on=_works_on(context, row.id))


def _works_on(context: Context, case_id: str | None) -> bool:
    if case_id is None:
        return False
    return bool(inbox.cases_worked_on(context.uow, context.actor.account_id, [case_id]))


def limited(summary: TaskSummary, sensitivity: str, actor: Actor, facts: ObjectFacts) -> TaskSummary:
    """The summary, or a step without name, element, lane, role or form for who may not see its class."""
    if sensitivity in visible_sensitivity(actor, facts):
        return summary
    return replace(summary, element_id="", name=LIMITED, lane="", role="", form_key=None, item=None, standard=None)
