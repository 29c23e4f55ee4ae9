"""Letters that were not written because no consent covers their receiver: what people on the case must do about them."""

from __future__ import annotations

from engine import authorization, letters, operations
from engine.audit import Viewer
from engine.case_parts import Known
from engine.casefile.case import line_key
from engine.casefile.release import NotReleased
from engine.results import RefusedLetter
from storage import jobs
from storage import instances as instance_rows


def of_case(known: Known) -> tuple[RefusedLetter, ...]:
    """Those of steps and documents the viewer may know of, the oldest first."""
    running = {each.id: each for each in known.instances if each.ended_at is None}
    found = jobs.refused(known.context.uow, running, NotReleased.code)
    letters_of = [_letter(known, running[row.instance_id or ""], row) for row in found]
    return tuple(each for each in letters_of if each is not None)


def _letter(known: Known, instance: instance_rows.InstanceRow, row: jobs.JobRow) -> RefusedLetter | None:
    viewer = Viewer(known.context, instance, known.sight.classes)
    arguments = operations.call_of(known.context, row).arguments
    code, line = str(arguments.get("code", "")), arguments.get("line")
    document, _ = viewer.definition.documents.get(code, (None, ""))
    if document is None or (document.sensitivity or "C1") not in known.sight.classes or not viewer.may_see(row.element_id):
        return None
    to = letters.addressee(known.context, instance, document, line=line)
    return RefusedLetter(
        incident_id=row.id, code=code, title=document.title, since=row.due_at, line_no="" if line is None else line_key(line),
        receiver=to.name if to is not None else "", receiver_kind=to.kind.value if to is not None else "",
        may_retry=authorization.allows(known.context.actor, "incident.resolve"))
