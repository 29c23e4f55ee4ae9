"""Who is away from when to when, and who holds which of their roles meanwhile (Plt.)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Join, and_, insert, select, update

from storage import rows
from storage.schema import identity
from storage.unit_of_work import UnitOfWork

absence = identity.absence
absence_role = identity.absence_role
account = identity.account
role_holding = identity.role_holding


@dataclass(frozen=True, kw_only=True)
class AbsenceRow:
    """One absence; `until_date` is its last day."""

    id: str
    agency_id: str
    account_id: str
    substitute_id: str
    from_date: date
    until_date: date
    decree: str
    recorded_by: str
    recorded_at: datetime
    ended_by: str | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class StoodFor:
    """One role that somebody holds in the place of `account_id`."""

    account_id: str
    name: str
    role: str


def add(uow: UnitOfWork, row: AbsenceRow, roles: Collection[str]) -> None:
    """An absence with the roles the substitute takes over."""
    uow.execute(insert(absence), rows.values_of(row))
    uow.execute(insert(absence_role), [{"absence_id": row.id, "role": role} for role in sorted(roles)])


def get(uow: UnitOfWork, absence_id: str) -> AbsenceRow | None:
    """The absence with this id, of whatever agency: the caller checks who asks."""
    return rows.one_of(AbsenceRow, uow.execute(select(*rows.columns(AbsenceRow, absence)).where(absence.c.id == absence_id)))


def roles_of(uow: UnitOfWork, absence_ids: Collection[str]) -> dict[str, tuple[str, ...]]:
    """absence id -> the roles the substitute takes over."""
    found: dict[str, tuple[str, ...]] = {}
    for row in uow.execute(select(absence_role.c.absence_id, absence_role.c.role)
                           .where(absence_role.c.absence_id.in_(sorted(absence_ids)))
                           .order_by(absence_role.c.absence_id, absence_role.c.role)):
        found[row.absence_id] = (*found.get(row.absence_id, ()), row.role)
    return found


def of_agency(uow: UnitOfWork, agency_id: str, day: date, *, limit: int = 200) -> list[AbsenceRow]:
    """Absences that run on `day` or later, by their first day."""
    return rows.all_of(AbsenceRow, uow.execute(
        select(*rows.columns(AbsenceRow, absence))
        .where(absence.c.agency_id == agency_id, absence.c.until_date >= day, absence.c.ended_at.is_(None))
        .order_by(absence.c.from_date, absence.c.id).limit(limit)))


def overlapping(uow: UnitOfWork, account_id: str, from_date: date, until_date: date) -> list[AbsenceRow]:
    """Absences of this account that share a day with the dates given."""
    return rows.all_of(AbsenceRow, uow.execute(
        select(*rows.columns(AbsenceRow, absence))
        .where(absence.c.account_id == account_id, absence.c.ended_at.is_(None), absence.c.from_date <= until_date,
               absence.c.until_date >= from_date)
        .order_by(absence.c.from_date, absence.c.id)))


def stood_for(uow: UnitOfWork, account_id: str, day: date) -> list[StoodFor]:
    """In whose place this account holds which roles on `day`: those that the absent person holds that day themselves."""
    return rows.all_of(StoodFor, uow.execute(
        select(absence.c.account_id, account.c.name, absence_role.c.role).select_from(_with_roles(day))
        .join(account, account.c.id == absence.c.account_id)
        .where(absence.c.substitute_id == account_id, *_runs_on(day)).distinct()
        .order_by(absence.c.account_id, absence_role.c.role)))


def substitutes(uow: UnitOfWork, agency_id: str, roles: Collection[str], day: date, *, limit: int = 1000) -> list[tuple[str, str]]:
    """(role, account id) of everybody who holds one of these roles on `day` in somebody's place, by name."""
    found = uow.execute(
        select(absence_role.c.role, account.c.id).select_from(_with_roles(day))
        .join(account, account.c.id == absence.c.substitute_id)
        .where(absence.c.agency_id == agency_id, absence_role.c.role.in_(sorted(roles)), account.c.disabled_at.is_(None),
               *_runs_on(day))
        .distinct().order_by(absence_role.c.role, account.c.id).limit(limit))
    return [(role, account_id) for role, account_id in found]


def end(uow: UnitOfWork, absence_id: str, *, by: str, at: datetime) -> bool:
    """The person is back, or it was a mistake. False: it had ended already."""
    return uow.execute(
        update(absence).where(absence.c.id == absence_id, absence.c.ended_at.is_(None)).values(ended_by=by, ended_at=at)).rowcount == 1


def _with_roles(day: date) -> Join:
    # Only what the absent person holds on that day: a role that ended is nobody's to stand in for, and none is handed on twice.
    return absence.join(absence_role, absence_role.c.absence_id == absence.c.id).join(role_holding, and_(
        role_holding.c.account_id == absence.c.account_id, role_holding.c.role == absence_role.c.role,
        role_holding.c.from_date <= day, role_holding.c.until_date.is_(None) | (role_holding.c.until_date >= day)))


def _runs_on(day: date) -> tuple[ColumnElement[bool], ...]:
    return absence.c.from_date <= day, absence.c.until_date >= day, absence.c.ended_at.is_(None)


@dataclass(frozen=True, kw_only=True)
class Stint:
    """One role that a substitute held in the place of `account_id`, from a day through another, or until it was ended."""

    substitute_id: str
    account_id: str
    name: str
    role: str
    from_date: date
    until_date: date
    ended_at: datetime | None


def stints(uow: UnitOfWork, substitute_ids: Collection[str]) -> list[Stint]:
    """Whenever these accounts stood in for somebody, over and running, by first day."""
    return rows.all_of(Stint, uow.execute(
        select(absence.c.substitute_id, absence.c.account_id, account.c.name, absence_role.c.role, absence.c.from_date,
               absence.c.until_date, absence.c.ended_at)
        .join(absence_role, absence_role.c.absence_id == absence.c.id).join(account, account.c.id == absence.c.account_id)
        .where(absence.c.substitute_id.in_(sorted(substitute_ids)))
        .order_by(absence.c.from_date, absence.c.id, absence_role.c.role)))
