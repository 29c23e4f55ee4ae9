"""The access log: per case, in order, hash-chained; reads, unmaskings, prints, exports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, insert, or_, select, text, update

from storage import conflicts, rows
from storage.schema import history, running
from storage.unit_of_work import UnitOfWork

access_log = history.access_log
access_head = history.access_head
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


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Which entries: of one kind, from an instant, before one; None means any."""

    what: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class LoggedRow:
    """An entry, and what its case is called."""

    entry: AccessRow
    business_key: str


def append(uow: UnitOfWork, row: AccessRow) -> None:
    """Add an entry and move the head to it. Raises Duplicate("pk_access_log") when another reader was first; read the head again.

    A head that is gone or stands elsewhere is not set right: what is missing is for `first_bad` to find.
    """
    uow.execute(insert(access_log), rows.values_of(row))
    if row.seq == 1:
        uow.execute(insert(access_head), {"case_id": row.case_id, "seq": 1, "hash": row.hash})
    else:
        uow.execute(update(access_head).where(access_head.c.case_id == row.case_id, access_head.c.seq == row.seq - 1)
                    .values(seq=row.seq, hash=row.hash))


def head(uow: UnitOfWork, case_id: str) -> tuple[int, str] | None:
    """(seq, hash) of the last entry that was written, whether it still stands or not; None where nothing was."""
    found = uow.execute(select(access_head.c.seq, access_head.c.hash).where(access_head.c.case_id == case_id)).first()
    return None if found is None else (found.seq, found.hash)


def last(uow: UnitOfWork, case_id: str) -> tuple[int, str] | None:
    """(seq, hash) of the last entry that stands."""
    found = uow.execute(
        select(access_log.c.seq, access_log.c.hash).where(access_log.c.case_id == case_id)
        .order_by(access_log.c.seq.desc()).limit(1)).first()
    return None if found is None else (found.seq, found.hash)


def of_case(uow: UnitOfWork, case_id: str, *, after: int = 0, limit: int = 10_000) -> list[AccessRow]:
    """Entries of a case in order."""
    return rows.all_of(AccessRow, uow.execute(
        select(*rows.columns(AccessRow, access_log)).where(access_log.c.case_id == case_id, access_log.c.seq > after)
        .order_by(access_log.c.seq).limit(limit)))


def count(uow: UnitOfWork, case_id: str, what: str) -> int:
    """How many entries of this kind a case has."""
    return int(uow.execute(
        select(func.count()).select_from(access_log).where(access_log.c.case_id == case_id, access_log.c.what == what)).scalar_one())


def whole(uow: UnitOfWork, case_id: str) -> list[AccessRow]:
    """Every entry of a case in order."""
    found: list[AccessRow] = []
    while part := of_case(uow, case_id, after=found[-1].seq if found else 0):
        found += part
    return found


def of_agency(uow: UnitOfWork, agency_id: str, reader: str, chosen: Chosen, *, limit: int, offset: int = 0) -> list[LoggedRow]:
    """Entries of all its cases but those in which the reader has a conflict of interest, newest first."""
    found = uow.execute(
        select(*rows.columns(AccessRow, access_log), case_file.c.business_key)
        .join(case_file, case_file.c.id == access_log.c.case_id).where(*_chosen(agency_id, reader, chosen))
        .order_by(access_log.c.at.desc(), access_log.c.case_id.desc(), access_log.c.seq.desc()).limit(limit).offset(offset))
    return [LoggedRow(entry=rows.all_of(AccessRow, [each[:-1]])[0], business_key=each[-1]) for each in found]


def count_of_agency(uow: UnitOfWork, agency_id: str, reader: str, chosen: Chosen, *, most: int) -> int:
    """How many there are, at most `most`."""
    found = select(access_log.c.seq).where(*_chosen(agency_id, reader, chosen)).limit(most).subquery()
    return int(uow.execute(select(func.count()).select_from(found)).scalar_one())


def _chosen(agency_id: str, reader: str, chosen: Chosen) -> list[ColumnElement[bool]]:
    found = [access_log.c.agency_id == agency_id, ~conflicts.is_barred(access_log.c.case_id, reader)]
    if chosen.what is not None:
        found.append(access_log.c.what == chosen.what)
    if chosen.since is not None:
        found.append(access_log.c.at >= chosen.since)
    if chosen.until is not None:
        found.append(access_log.c.at < chosen.until)
    return found


def busy_readers(uow: UnitOfWork, agency_id: str, *, since: datetime, at_least: int) -> list[str]:
    """Accounts that read cases of the agency so often since then."""
    return list(uow.execute(
        select(access_log.c.account_id).where(*_case_views(agency_id, since))
        .group_by(access_log.c.account_id).having(func.count() >= at_least).order_by(access_log.c.account_id)).scalars())


def read_at(uow: UnitOfWork, agency_id: str, account_id: str, *, since: datetime) -> list[datetime]:
    """When this account read cases of the agency, in order."""
    return list(uow.execute(
        select(access_log.c.at).where(access_log.c.account_id == account_id, *_case_views(agency_id, since))
        .order_by(access_log.c.at)).scalars())


def _case_views(agency_id: str, since: datetime) -> tuple[ColumnElement[bool], ...]:
    return (access_log.c.agency_id == agency_id, access_log.c.at >= since, access_log.c.what == "read",
            or_(access_log.c.field_group == "case", access_log.c.field_group.like("part.%")))


def dual_roles(uow: UnitOfWork, agency_id: str, *, limit: int = 1000) -> list[DualRoleRow]:
    """Where one person of the agency approved what they had proposed, the latest first."""
    return rows.all_of(DualRoleRow, uow.execute(
        select(*rows.columns(DualRoleRow, access_log, business_key=case_file.c.business_key))
        .join(case_file, case_file.c.id == access_log.c.case_id)
        .where(access_log.c.agency_id == agency_id, text("what = 'dual_role'"))
        .order_by(access_log.c.at.desc(), access_log.c.case_id, access_log.c.seq).limit(limit)))
