"""What a person typed into a form and has not sent. Drafts of tasks are with the tasks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, insert, select, update

from storage import rows
from storage.schema import running
from storage.unit_of_work import UnitOfWork

form_draft = running.form_draft


@dataclass(frozen=True, kw_only=True)
class FormDraftRow:
    """One draft: of one person, for one form. `case_id` is "" where the form belongs to no case."""

    case_id: str
    form: str
    account_id: str
    agency_id: str
    ciphertext: bytes
    saved_at: datetime


def put(uow: UnitOfWork, row: FormDraftRow) -> None:
    """Keep what was typed, in place of what was kept before."""
    changed = uow.execute(
        update(form_draft).where(*_is(row.case_id, row.form, row.account_id))
        .values(ciphertext=row.ciphertext, saved_at=row.saved_at, agency_id=row.agency_id))
    if changed.rowcount == 0:
        uow.execute(insert(form_draft), rows.values_of(row))


def get(uow: UnitOfWork, case_id: str, form: str, account_id: str) -> FormDraftRow | None:
    """What this person typed into this form."""
    return rows.one_of(FormDraftRow, uow.execute(
        select(*rows.columns(FormDraftRow, form_draft)).where(*_is(case_id, form, account_id))))


def drop(uow: UnitOfWork, case_id: str, form: str, account_id: str, *, saved_at: datetime | None = None) -> bool:
    """It was sent, or is not wanted any more; with `saved_at`, none that was kept at another instant."""
    same = () if saved_at is None else (form_draft.c.saved_at == saved_at,)
    return uow.execute(delete(form_draft).where(*_is(case_id, form, account_id), *same)).rowcount == 1


def drop_all(uow: UnitOfWork, case_id: str, form: str) -> int:
    """Nobody can send this form any more; how many had typed into it."""
    return uow.execute(delete(form_draft).where(form_draft.c.case_id == case_id, form_draft.c.form == form)).rowcount


def _is(case_id: str, form: str, account_id: str) -> tuple[ColumnElement[bool], ...]:
    return form_draft.c.case_id == case_id, form_draft.c.form == form, form_draft.c.account_id == account_id
