"""Letters that were not written because no consent covers their receiver: what people on the case must do about them."""

from __future__ import annotations

from collections.abc import Mapping

from engine import authorization, canonical, case_parts, facts, letters, operations, projection, seal
from engine.audit import Viewer
from engine.case_parts import Known
from engine.casefile.case import line_key
from engine.casefile.release import NotReleased
from engine.executor import Context
from engine.results import RefusedLetter
from engine.types import Value
from storage import cases, jobs
from storage import instances as instance_rows
from storage import tasks as task_rows
from storage.inbox import InboxRow


def of_case(known: Known) -> tuple[RefusedLetter, ...]:
    """Those of steps and documents the viewer may know of, the oldest first."""
    running = {each.id: each for each in known.instances if each.ended_at is None}
    found = jobs.refused(known.context.uow, running, NotReleased.code)
    letters_of = [_letter(known, running[row.instance_id or ""], row) for row in found]
    return tuple(each for each in letters_of if each is not None)


def of_task(context: Context, seen: InboxRow, item: Value) -> tuple[RefusedLetter, ...]:
    """Those that this finished task led to: nobody finished another one of its instance and its line of the plan (`item`) before they
    were due. None to whoever may not read the case."""
    task = seen.task
    found = jobs.refused(context.uow, [task.instance_id], NotReleased.code) if task.completed_at is not None else []
    if task.completed_at is None or task.case_id is None or not found:
        return ()
    row = cases.get(context.uow, task.case_id)
    about = None if row is None else facts.of_case(context, row)
    if row is None or about is None or not authorization.allows(context.actor, "case.read", about):
        return ()
    known = case_parts.known(context, row, about)
    instance = next(each for each in known.instances if each.id == task.instance_id)
    about_us = {"", _line_of(item)}
    later = [each.completed_at for each in task_rows.of_instance(context.uow, instance.id)
             if each.completed_at is not None and each.completed_at > task.completed_at and _line_of(_item(known, each)) in about_us]
    return tuple(letter for each in found if (letter := _letter(known, instance, each)) is not None and letter.line_no in about_us
                 and task.completed_at <= letter.since and not any(at <= letter.since for at in later))


def _line_of(item: Value) -> str:
    number = item.get("line_no") if isinstance(item, Mapping) else None
    return "" if number is None else line_key(number)


def _item(known: Known, task: task_rows.TaskRow) -> Value:
    if task.item is None:
        return None
    opened: Value = canonical.loads(seal.unseal(known.key, task.item, bound_to=projection.item_binding(task.token_id)))
    return opened


def _letter(known: Known, instance: instance_rows.InstanceRow, row: jobs.JobRow) -> RefusedLetter | None:
    viewer = Viewer(known.context, instance, known.sight.classes)
    arguments = operations.call_of(known.context, row).arguments
    code, line = str(arguments.get("code", "")), arguments.get("line")
    document, _ = viewer.ran_by.with_document(code).documents.get(code, (None, ""))
    if document is None or (document.sensitivity or "C1") not in known.sight.classes or not viewer.may_see(row.element_id):
        return None
    to = letters.addressee(known.context, instance, document, line=line)
    return RefusedLetter(
        incident_id=row.id, code=code, title=document.title, since=row.due_at, line_no="" if line is None else line_key(line),
        receiver=to.name if to is not None else "", receiver_kind=to.kind.value if to is not None else "",
        may_retry=authorization.allows(known.context.actor, "incident.resolve"))
