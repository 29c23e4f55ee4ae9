"""The access log: per case, in order, hash-chained; reads, unmaskings, prints, exports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, text

from storage import rows
from storage.schema import history, running
from storage.unit_of_work import UnitOfWork

access_log = history.access_log
case_file = running.case_file


@dataclass(frozen=True, kw_only=True)
class AccessRow:
    """One reading of case data."""

    case_id: str
    seq: int
    agency_id: str
    at: datetime
    account_id: str
    what: str
    field_group: str
    purpose: str
    prev_hash: str
    hash: str


@dataclass(frozen=True, kw_only=True)
class DualRoleRow:
    """One person in both roles: in which case, on which record, and why."""

    case_id: str
    business_key: str
    at: datetime
    field_group: str
    purpose: str


def append(uow: UnitOfWork, row: AccessRow) -> None:
    """Add an entry. Raises Duplicate("pk_access_log") when another reader was first; read the head again."""
    uow.execute(insert(access_log), rows.values_of(row))


def head(uow: UnitOfWork, case_id: str) -> tuple[int, str] | None:
    """(seq, hash) of the last entry."""
    found = uow.execute(
        select(access_log.c.seq, access_log.c.hash).where(access_log.c.case_id == case_id)
        .order_by(access_log.c.seq.desc()).limit(1)).first()
    return None if found is None else (found.seq, found.hash)


def of_case(uow: UnitOfWork, case_id: str, *, after: int = 0, limit: int = 10_000) -> list[AccessRow]:
    """Entries of a case in order."""
    return rows.all_of(AccessRow, uow.execute(
        select(*rows.columns(AccessRow, access_log)).where(access_log.c.case_id == case_id, access_log.c.seq > after)
        .order_by(access_log.c.seq).limit(limit)))


def dual_roles(uow: UnitOfWork, agency_id: str, *, limit: int = 1000) -> list[DualRoleRow]:
    """Where one person of the agency approved what they had proposed, the latest first."""
    return rows.all_of(DualRoleRow, uow.execute(
        select(*rows.columns(DualRoleRow, access_log, business_key=case_file.c.business_key))
        .join(case_file, case_file.c.id == access_log.c.case_id)
        .where(access_log.c.agency_id == agency_id, text("what = 'dual_role'"))
        .order_by(access_log.c.at.desc(), access_log.c.case_id, access_log.c.seq).limit(limit)))
