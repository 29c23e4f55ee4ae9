"""What authorization needs to know of a task, case or instance, and what a viewer may not see of a step (invariant 14)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.authorization import ObjectFacts, visible_sensitivity
from engine.executor import Context
from engine.types import Actor, TaskSummary
from storage import cases, inbox, journal, tasks

LIMITED = "langkah terbatas"


def of_task(context: Context, row: tasks.TaskRow) -> ObjectFacts:
    """The facts about one task."""
    return of_tasks(context, [row])[0]


def of_tasks(context: Context, rows: Sequence[tasks.TaskRow]) -> list[ObjectFacts]:
    """The facts about several tasks, in their order, with one question to the database at most."""
    account_id = context.actor.account_id
    is_theirs = [account_id in (row.assignee_id, row.completed_by) for row in rows]
    unclear = {row.case_id for row, theirs in zip(rows, is_theirs, strict=True) if not theirs and row.case_id is not None}
    worked_on = inbox.cases_worked_on(context.uow, account_id, unclear) if unclear else frozenset()
    return [
        ObjectFacts(agency_id=row.agency_id, role=row.role, assignee_id=row.assignee_id, is_open=row.state == "open",
                    worked_on=theirs or row.case_id in worked_on)
        for row, theirs in zip(rows, is_theirs, strict=True)]


def of_case(context: Context, row: cases.CaseRow) -> ObjectFacts:
    """The facts about one case."""
    return ObjectFacts(agency_id=row.agency_id, owner_id=row.owner_id, worked_on=_works_on(context, row.id))


def _works_on(context: Context, case_id: str | None) -> bool:
    if case_id is None:
        return False
    account_id = context.actor.account_id
    # Whoever took the report in started its instance: her own intake stays hers to read (domain.md 5.1).
    return bool(inbox.cases_worked_on(context.uow, account_id, [case_id])) or journal.is_starter(context.uow, case_id, account_id)


def limited(summary: TaskSummary, sensitivity: str, actor: Actor, facts: ObjectFacts) -> TaskSummary:
    """The summary, or a step without name, element, lane, role or form for who may not see its class."""
    if sensitivity in visible_sensitivity(actor, facts):
        return summary
    return replace(summary, element_id="", name=LIMITED, lane="", role="", form_key=None, item=None, standard=None)
