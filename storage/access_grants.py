"""Leave to see, for a while: given, still running, reviewed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, insert, select, update

from storage import rows
from storage.schema import access, running
from storage.unit_of_work import UnitOfWork

access_grant = access.access_grant
case_file = running.case_file
BREAK_GLASS, UNMASK, NAMES = "break_glass", "unmask", "names"   # the kinds
#: What waits for a review first, and of that the oldest; then what was reviewed, the latest first.
_REVIEWED_LAST = case((access_grant.c.verdict.is_(None), 0), else_=1)


@dataclass(frozen=True, kw_only=True)
class GrantRow:
    """One leave. `entry` and `review_entry` are numbers in the case's access log."""

    id: str
    case_id: str
    agency_id: str
    account_id: str
    session: str
    kind: str
    field: str
    granted_at: datetime
    until: datetime
    entry: int
    verdict: str | None = None
    reviewed_by: str | None = None
    reviewed_at: datetime | None = None
    review_entry: int | None = None


@dataclass(frozen=True, kw_only=True)
class BrokenGlassRow:
    """A broken glass with the code of its case."""

    grant: GrantRow
    business_key: str


def add(uow: UnitOfWork, row: GrantRow) -> None:
    """A new leave."""
    uow.execute(insert(access_grant), rows.values_of(row))


def get(uow: UnitOfWork, grant_id: str) -> GrantRow | None:
    """The leave with this id, of whatever agency: the caller checks who asks."""
    return rows.one_of(GrantRow, uow.execute(
        select(*rows.columns(GrantRow, access_grant)).where(access_grant.c.id == grant_id)))


def running_of(uow: UnitOfWork, account_id: str, now: datetime) -> list[GrantRow]:
    """Everything this account has leave to see now, in whichever session; what a review found improper has ended."""
    return rows.all_of(GrantRow, uow.execute(
        select(*rows.columns(GrantRow, access_grant))
        .where(access_grant.c.account_id == account_id, access_grant.c.until > now).order_by(access_grant.c.granted_at)))


def move(uow: UnitOfWork, grant_id: str, *, session: str) -> None:
    """The leave goes over to another session of its account; until when stays."""
    uow.execute(update(access_grant).where(access_grant.c.id == grant_id).values(session=session))


def review(uow: UnitOfWork, grant_id: str, *, verdict: str, reviewed_by: str, reviewed_at: datetime, review_entry: int,
           until: datetime) -> bool:
    """Write the review down, and when the leave ends. False: somebody had reviewed it."""
    return uow.execute(update(access_grant).where(access_grant.c.id == grant_id, access_grant.c.verdict.is_(None)).values(
        verdict=verdict, reviewed_by=reviewed_by, reviewed_at=reviewed_at, review_entry=review_entry, until=until)).rowcount == 1


def broken(uow: UnitOfWork, agency_id: str, *, limit: int, offset: int = 0) -> list[BrokenGlassRow]:
    """Broken glasses of the agency: those that wait for a review first."""
    found = uow.execute(
        select(*rows.columns(GrantRow, access_grant), case_file.c.business_key)
        .join(case_file, case_file.c.id == access_grant.c.case_id)
        .where(access_grant.c.agency_id == agency_id, access_grant.c.kind == BREAK_GLASS)
        .order_by(_REVIEWED_LAST, access_grant.c.granted_at.desc(), access_grant.c.id).limit(limit).offset(offset)).all()
    grants = rows.all_of(GrantRow, (row[:-1] for row in found))
    return [BrokenGlassRow(grant=grant, business_key=row[-1]) for grant, row in zip(grants, found, strict=True)]


def count_broken(uow: UnitOfWork, agency_id: str, *, waiting_only: bool) -> int:
    """How many there are; or of those only the ones nobody reviewed yet."""
    chosen = [access_grant.c.agency_id == agency_id, access_grant.c.kind == BREAK_GLASS]
    if waiting_only:
        chosen.append(access_grant.c.verdict.is_(None))
    return int(uow.execute(select(func.count()).select_from(access_grant).where(*chosen)).scalar_one())
