"""A letter that became void is written again, from what the case file says now, by the operation that wrote it.

It gets a document and a number of its own; the void one keeps both. A worker does the writing, as for every letter.
"""

from __future__ import annotations

from typing import Final

from engine import errors, projection, recorded
from engine.commands import access, documents
from engine.executor import Context
from engine.replay import Step
from engine.transition import ParkedOperation
from storage import documents as document_rows
from storage import instances, jobs

VOID: Final = "void"
TYPED: Final = "document_number"    # of the old paper: it stays with that


class NotToBeWrittenAgain(errors.EngineError):
    """This document is in force, is no letter, or is being written again already."""

    code = "not-to-be-written-again"
    indonesian = "Dokumen ini masih berlaku, bukan surat, atau sudah diterbitkan lagi."


def order(context: Context, row: document_rows.DocumentRow) -> None:
    """Has a void letter written again; who asked stands in the access log. Raises `NotToBeWrittenAgain`."""
    if row.status != VOID or row.code == documents.ATTACHMENT or row.instance_id is None or replaced_by(context, row) is not None:
        raise NotToBeWrittenAgain(document_id=row.id)
    called = _call_of(context, row)
    if called is None:
        raise NotToBeWrittenAgain(document_id=row.id)
    live = context.instance(row.instance_id)
    job = projection.job_of(live, projection.REISSUE, row.id, row.element_id, context.now, number=0, name=called.name, payload=live.sealed(
        {key: value for key, value in called.arguments.items() if key != TYPED}, projection.arguments_binding(row.id)))
    if jobs.get(context.uow, job.id) is not None:
        raise NotToBeWrittenAgain(document_id=row.id)
    jobs.insert_many(context.uow, [job])
    access.log(context, live.case_id, what="issue_again", field_group=row.id)


def replaced_by(context: Context, row: document_rows.DocumentRow) -> str | None:
    """The document that was written in the place of a void one; None while there is none."""
    again = documents.id_of(projection.job_id(projection.REISSUE, row.instance_id or "", row.id, 0), row.code)
    return again if document_rows.get(context.uow, again) is not None else None


def _call_of(context: Context, row: document_rows.DocumentRow) -> ParkedOperation | None:
    """The call that made the document, found in the journal: its job's id made the document's. One written again leads to the first."""
    before = {documents.id_of(projection.job_id(projection.REISSUE, each.instance_id or "", each.id, 0), each.code): each
              for each in document_rows.of_case(context.uow, row.case_id or "") if each.status == VOID}
    while row.id in before:
        row = before.pop(row.id)
    instance = instances.get(context.uow, row.instance_id or "")
    assert instance is not None
    found: list[ParkedOperation] = []

    def on_step(step: Step) -> None:
        found.extend(
            each for each in step.transition.view.operations if each.element_id == row.element_id and row.id == documents.id_of(
                projection.job_id(projection.OPERATION, instance.id, each.token_id, projection.number_of(each.token_id)), row.code))

    recorded.replayed(context, instance, on_step=on_step)
    return found[0] if found else None

