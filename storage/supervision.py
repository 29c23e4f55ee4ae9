"""Supervision sessions: who with whom on which day; what was said is sealed by the caller and stands in no case file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, insert, or_, select

from storage import rows
from storage.schema import office
from storage.unit_of_work import UnitOfWork

session = office.supervision_session


@dataclass(frozen=True, kw_only=True)
class SessionRow:
    """One session."""

    id: str
    agency_id: str
    supervisor_id: str
    worker_id: str
    held_on: date
    written_at: datetime
    ciphertext: bytes


def add(uow: UnitOfWork, row: SessionRow) -> None:
    """One more session; what was written is not written again."""
    uow.execute(insert(session), rows.values_of(row))


def get(uow: UnitOfWork, session_id: str) -> SessionRow | None:
    """The session with this id, of whatever agency: the caller checks who asks."""
    return rows.one_of(SessionRow, uow.execute(select(*rows.columns(SessionRow, session)).where(session.c.id == session_id)))


def of_agency(uow: UnitOfWork, agency_id: str, *, person: str | None = None, limit: int, offset: int = 0) -> list[SessionRow]:
    """Sessions of the agency (in which `person` took part), the latest first."""
    return rows.all_of(SessionRow, uow.execute(
        select(*rows.columns(SessionRow, session)).where(*_chosen(agency_id, person))
        .order_by(session.c.held_on.desc(), session.c.id.desc()).limit(limit).offset(offset)))


def count(uow: UnitOfWork, agency_id: str, *, person: str | None = None) -> int:
    """How many `of_agency` has in all."""
    return int(uow.execute(select(func.count()).select_from(session).where(*_chosen(agency_id, person))).scalar_one())


def _chosen(agency_id: str, person: str | None) -> list[ColumnElement[bool]]:
    theirs = [] if person is None else [or_(session.c.supervisor_id == person, session.c.worker_id == person)]
    return [session.c.agency_id == agency_id, *theirs]
