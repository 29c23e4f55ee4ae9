"""What a person typed into a start form and has not sent: no case stands yet that it could belong to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from storage import rows
from storage.schema import running
from storage.unit_of_work import UnitOfWork

start_draft = running.start_draft


@dataclass(frozen=True, kw_only=True)
class StartDraftRow:
    """One draft: of one person, for one SOP."""

    account_id: str
    sop_key: str
    agency_id: str
    ciphertext: bytes
    saved_at: datetime


def put(uow: UnitOfWork, row: StartDraftRow) -> None:
    """Keep what was typed, in place of what was kept before."""
    changed = uow.execute(
        update(start_draft).where(start_draft.c.account_id == row.account_id, start_draft.c.sop_key == row.sop_key)
        .values(ciphertext=row.ciphertext, saved_at=row.saved_at, agency_id=row.agency_id))
    if changed.rowcount == 0:
        uow.execute(insert(start_draft), rows.values_of(row))


def get(uow: UnitOfWork, account_id: str, sop_key: str) -> StartDraftRow | None:
    """What this person typed for this SOP."""
    return rows.one_of(StartDraftRow, uow.execute(
        select(*rows.columns(StartDraftRow, start_draft))
        .where(start_draft.c.account_id == account_id, start_draft.c.sop_key == sop_key)))


def drop(uow: UnitOfWork, account_id: str, sop_key: str) -> bool:
    """It was sent, or is not wanted any more."""
    return uow.execute(
        delete(start_draft).where(start_draft.c.account_id == account_id, start_draft.c.sop_key == sop_key)).rowcount == 1
