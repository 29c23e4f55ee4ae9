"""The cases an agency opened in a period, with what opens them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from storage import rows
from storage.schema import running
from storage.unit_of_work import UnitOfWork

case_file = running.case_file


@dataclass(frozen=True, kw_only=True)
class OpenedRow:
    """One case; `wrapped_key` None means its key was destroyed."""

    id: str
    opened_at: datetime
    wrapped_key: bytes | None


def cases(uow: UnitOfWork, agency_id: str, *, since: datetime, until: datetime, limit: int) -> list[OpenedRow]:
    """Cases opened in `since` <= instant < `until`, the earliest first."""
    return rows.all_of(OpenedRow, uow.execute(
        select(*rows.columns(OpenedRow, case_file))
        .where(case_file.c.agency_id == agency_id, case_file.c.opened_at >= since, case_file.c.opened_at < until)
        .order_by(case_file.c.opened_at, case_file.c.id).limit(limit)))
