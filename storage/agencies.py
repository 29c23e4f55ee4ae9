"""Agencies and which tables are in force for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from storage import rows
from storage.prepared import Prepared
from storage.schema import defined
from storage.unit_of_work import UnitOfWork

agency = defined.agency


@dataclass(frozen=True, kw_only=True)
class AgencyRow:
    """One agency; `profile` is what its agency.toml says."""

    id: str
    code: str
    name: str
    level: str
    region: str
    zone: str
    calendar_digest: str | None
    parameters_digest: str | None
    profile: Any


_BY_ID = Prepared(select(*rows.columns(AgencyRow, agency)).where(agency.c.id == bindparam("agency_id")))
_ZONE = Prepared(select(agency.c.zone).where(agency.c.id == bindparam("agency_id")))


def add(uow: UnitOfWork, row: AgencyRow) -> None:
    """A new agency. Raises Duplicate("uq_agency_code")."""
    uow.execute(insert(agency), rows.values_of(row))


def put(uow: UnitOfWork, row: AgencyRow) -> None:
    """Write an agency as it stands now: its agency.toml was read again."""
    values = rows.values_of(row)
    changed = uow.execute(update(agency).where(agency.c.id == row.id).values(values))
    if changed.rowcount == 0:
        uow.execute(insert(agency), values)


def hold(uow: UnitOfWork, agency_id: str) -> AgencyRow | None:
    """The agency, kept from being changed by others until this transaction ends."""
    return rows.one_of(AgencyRow, uow.execute(
        select(*rows.columns(AgencyRow, agency)).where(agency.c.id == agency_id).with_for_update()))


def get(uow: UnitOfWork, agency_id: str) -> AgencyRow | None:
    """The agency with this id."""
    return rows.one_of(AgencyRow, uow.run(_BY_ID, {"agency_id": agency_id}))


def zone(uow: UnitOfWork, agency_id: str) -> str | None:
    """The time zone of an agency, as IANA calls it."""
    found = uow.run(_ZONE, {"agency_id": agency_id}).rows
    return str(found[0][0]) if found else None


def by_code(uow: UnitOfWork, code: str) -> AgencyRow | None:
    """The agency with this code."""
    return rows.one_of(AgencyRow, uow.execute(
        select(*rows.columns(AgencyRow, agency)).where(agency.c.code == code)))


def every(uow: UnitOfWork, *, limit: int = 1000) -> list[AgencyRow]:
    """All agencies, by name."""
    return rows.all_of(AgencyRow, uow.execute(
        select(*rows.columns(AgencyRow, agency)).order_by(agency.c.name, agency.c.id).limit(limit)))


def set_tables(uow: UnitOfWork, agency_id: str, *, calendar_digest: str | None, parameters_digest: str | None) -> bool:
    """Which calendar and parameters new instances of the agency are pinned to."""
    return uow.execute(update(agency).where(agency.c.id == agency_id).values(
        calendar_digest=calendar_digest, parameters_digest=parameters_digest)).rowcount == 1
