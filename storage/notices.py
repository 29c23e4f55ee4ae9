"""In-app notices: a code and what it is about, for one person or for whoever holds a role."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, insert, or_, select, update

from storage import conflicts, rows
from storage.schema import identity, running
from storage.unit_of_work import UnitOfWork

notice = identity.notice
notice_read = identity.notice_read
case_file = running.case_file
task = running.task


@dataclass(frozen=True, kw_only=True)
class NoticeRow:
    """One notice; `once` is the idempotency key of what asked for it."""

    id: str
    agency_id: str
    account_id: str | None
    role: str | None
    at: datetime
    code: str
    case_id: str | None = None
    task_id: str | None = None
    once: str | None = None


@dataclass(frozen=True, kw_only=True)
class NoticeForReader:
    """A notice as one account sees it."""

    id: str
    at: datetime
    code: str
    case_id: str | None
    task_id: str | None
    read_at: datetime | None
    business_key: str | None


def add(uow: UnitOfWork, row: NoticeRow) -> bool:
    """Keep a notice. False: `once` was asked for before, and stands already."""
    if row.once is not None:
        known = uow.execute(select(notice.c.id).where(notice.c.once == row.once)).first()
        if known is not None:
            return False
    uow.execute(insert(notice), rows.values_of(row))
    return True


def recall(uow: UnitOfWork, once: Collection[str]) -> None:
    """What was asked to be said once is not worth saying any more: nobody is shown it, and no mail of it leaves."""
    gone = select(notice.c.id).where(notice.c.once.in_(sorted(once)))
    uow.execute(delete(notice_read).where(notice_read.c.notice_id.in_(gone)))
    uow.execute(delete(notice).where(notice.c.once.in_(sorted(once))))


def of_task(uow: UnitOfWork, task_id: str) -> list[NoticeRow]:
    """What was said of one task, to whomever, the earliest first."""
    return rows.all_of(NoticeRow, uow.execute(
        select(*rows.columns(NoticeRow, notice)).where(notice.c.task_id == task_id).order_by(notice.c.at, notice.c.id)))


def of_account(uow: UnitOfWork, agency_id: str, account_id: str, roles: Collection[str], *, hidden: Collection[str] = (),
               limit: int = 50, offset: int = 0) -> list[NoticeForReader]:
    """What this person should see, but for the `hidden` codes, the latest first."""
    return rows.all_of(NoticeForReader, uow.execute(
        _as_read_by(account_id).where(_for_reader(agency_id, account_id, roles), notice.c.code.not_in(sorted(hidden)))
        .order_by(notice.c.at.desc(), notice.c.id).limit(limit).offset(offset)))


def unread_since(uow: UnitOfWork, agency_id: str, account_id: str, roles: Collection[str], *, codes: Collection[str],
                 since: datetime, limit: int = 50) -> list[NoticeForReader]:
    """Of these codes and from `since` on, what this person has not read yet, the earliest first."""
    return rows.all_of(NoticeForReader, uow.execute(
        _as_read_by(account_id)
        .where(_for_reader(agency_id, account_id, roles), notice.c.code.in_(sorted(codes)), notice.c.at >= since,
               notice_read.c.read_at.is_(None))
        .order_by(notice.c.at, notice.c.id).limit(limit)))


def for_reader(uow: UnitOfWork, notice_id: str, agency_id: str, account_id: str, roles: Collection[str]) -> NoticeForReader | None:
    """This one notice; None where it is not theirs, or not worth saying any more."""
    return rows.one_of(NoticeForReader, uow.execute(
        _as_read_by(account_id).where(notice.c.id == notice_id, _for_reader(agency_id, account_id, roles))))


def to_mail(uow: UnitOfWork, *, limit: int) -> list[NoticeRow]:
    """Those not looked at for mail yet, the earliest first."""
    return rows.all_of(NoticeRow, uow.execute(
        select(*rows.columns(NoticeRow, notice)).where(notice.c.mailed_at.is_(None)).order_by(notice.c.at, notice.c.id).limit(limit)))


def mark_mailed(uow: UnitOfWork, notice_ids: Collection[str], at: datetime) -> None:
    """They were looked at: whoever wants mail of them has a job."""
    if notice_ids:
        uow.execute(update(notice).where(notice.c.id.in_(sorted(notice_ids))).values(mailed_at=at))


def unread_count(uow: UnitOfWork, agency_id: str, account_id: str, roles: Collection[str], *, hidden: Collection[str] = ()) -> int:
    """How many of them, but for the `hidden` codes, this person has not read; counted up to 1,000."""
    unread = (
        select(notice.c.id).where(
            _for_reader(agency_id, account_id, roles), notice.c.code.not_in(sorted(hidden)),
            ~exists().where(notice_read.c.notice_id == notice.c.id, notice_read.c.account_id == account_id))
        .limit(1000).subquery())
    return int(uow.execute(select(func.count()).select_from(unread)).scalar_one())


def mark_read(uow: UnitOfWork, notice_id: str, agency_id: str, account_id: str, roles: Collection[str], at: datetime) -> bool:
    """This person has read it. False: it is not theirs, or they had.

    Raises:
        Duplicate("pk_notice_read"): read in two windows at the same moment.
    """
    theirs = uow.execute(select(notice.c.id).where(
        notice.c.id == notice_id, _for_reader(agency_id, account_id, roles))).first()
    if theirs is None:
        return False
    known = uow.execute(select(notice_read.c.read_at).where(
        notice_read.c.notice_id == notice_id, notice_read.c.account_id == account_id)).first()
    if known is not None:
        return False
    uow.execute(insert(notice_read), {"notice_id": notice_id, "account_id": account_id, "read_at": at})
    return True


def _as_read_by(account_id: str) -> Select[Any]:
    return (
        select(*rows.columns(NoticeForReader, notice, read_at=notice_read.c.read_at, business_key=case_file.c.business_key))
        .outerjoin(case_file, case_file.c.id == notice.c.case_id)
        .outerjoin(notice_read, and_(notice_read.c.notice_id == notice.c.id, notice_read.c.account_id == account_id)))


def _for_reader(agency_id: str, account_id: str, roles: Collection[str]) -> ColumnElement[bool]:
    """Theirs, or their role's, of no case they have a conflict of interest in; what is said of a task is worth saying while it waits."""
    theirs = or_(
        notice.c.account_id == account_id,
        and_(notice.c.agency_id == agency_id, notice.c.role.in_(sorted(roles))))
    waits = exists().where(task.c.id == notice.c.task_id, task.c.state == "open")
    return and_(theirs, or_(notice.c.task_id.is_(None), waits), ~conflicts.is_barred(notice.c.case_id, account_id))
