"""Stored rows as the values people and clients see."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from engine import standards
from engine.calendars import WorkCalendar
from engine.results import CompletionResult
from engine.types import InstanceStatus, TaskSummary, Value
from storage import inbox, instances, tasks


def task_summary(row: tasks.TaskRow, *, instance: instances.InstanceRow | None = None, item: Value = None, **known: Any) -> TaskSummary:
    """A task row as a summary; `known` are fields another row gave (case, SOP title, assignee's name)."""
    if instance is not None:
        known = {"business_key": instance.business_key, "risk": instance.risk, **known}
    return TaskSummary(
        id=row.id, instance_id=row.instance_id, element_id=row.element_id, name=row.name, lane=row.lane, role=row.role,
        ready_at=row.ready_at, due_at=row.due_at, warn_at=row.warn_at, standard=standards.from_json(row.standard),
        case_id=row.case_id, assignee_id=row.assignee_id, claimed_at=row.claimed_at, completed_at=row.completed_at,
        is_over=row.state == "cancelled", verdict=row.verdict,
        overrun=None if row.overrun_seconds is None else timedelta(seconds=row.overrun_seconds),
        handling_verdict=row.handling_verdict, stated_at=row.stated_at, stated_verdict=row.stated_verdict,
        accepted_at=row.accepted_at, revision=row.revision, form_key=row.form_key, item=item, **known)


def of_inbox(row: inbox.InboxRow, *, item: Value = None) -> TaskSummary:
    """An inbox row as a summary. A pause stops working clocks only: legal ones have no mercy."""
    standard = standards.from_json(row.task.standard)
    mark = "" if row.task.state != "open" or row.seen_revision == row.task.revision else "new" if row.seen_revision is None else "changed"
    return task_summary(
        row.task, item=item, business_key=row.business_key, risk=row.risk, assignee_name=row.assignee_name or "",
        **sop_titles(row.sop_title), aside_until=row.task.aside_until, given_by_name=row.giver_name or "", mark=mark,
        paused=row.suspended_at is not None and standards.pauses(standard))


def sop_titles(stored: Any) -> dict[str, Any]:
    """What the SOP of a row is called, as summaries name it."""
    titles = stored or {}
    return {"sop_title": titles.get("id", ""), "sop_title_en": titles.get("en", "")}


def calendar_of_task(row: tasks.TaskRow, calendar: WorkCalendar, risk: str) -> WorkCalendar:
    """The calendar this task's standard is counted on."""
    return standards.calendar_for(standards.from_json(row.standard), calendar, risk)


def completion_to_json(result: CompletionResult) -> Mapping[str, Any]:
    """What is kept of an answer: ids and verdicts, no task names."""
    return {"instance_id": result.instance_id, "case_id": result.case_id, "status": result.status.value, "verdict": result.verdict,
            "handling_verdict": result.handling_verdict, "stated_verdict": result.stated_verdict,
            "completed_at": _written(result.completed_at), "stated_at": _written(result.stated_at),
            **({"overrun": round(result.overrun.total_seconds())} if result.overrun is not None else {})}


def completion_from_json(plain: Mapping[str, Any]) -> CompletionResult:
    """The answer again, without the tasks that opened then: they may be long done."""
    return CompletionResult(instance_id=plain["instance_id"], case_id=plain["case_id"], opened=(),
                            status=InstanceStatus(plain["status"]), verdict=plain["verdict"],
                            handling_verdict=plain.get("handling_verdict", ""), stated_verdict=plain.get("stated_verdict", ""),
                            completed_at=_read(plain.get("completed_at")), stated_at=_read(plain.get("stated_at")),
                            overrun=timedelta(seconds=plain["overrun"]) if "overrun" in plain else None)


def _written(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _read(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
