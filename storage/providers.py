"""The providers an agency knows. What is said of each is sealed by the caller."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, insert, select, update

from storage import rows
from storage.schema import reported
from storage.unit_of_work import UnitOfWork

provider = reported.provider


@dataclass(frozen=True, kw_only=True)
class ProviderRow:
    """One provider."""

    id: str
    agency_id: str
    revision: int
    checked_on: date
    changed_by: str
    changed_at: datetime
    ciphertext: bytes


def add(uow: UnitOfWork, row: ProviderRow) -> None:
    """One more provider."""
    uow.execute(insert(provider), rows.values_of(row))


def put(uow: UnitOfWork, row: ProviderRow, *, expected_revision: int) -> bool:
    """Writes it anew; False where somebody else did since."""
    return uow.execute(update(provider).where(provider.c.id == row.id, provider.c.revision == expected_revision)
                       .values(rows.values_of(row))).rowcount == 1


def get(uow: UnitOfWork, provider_id: str) -> ProviderRow | None:
    """The provider with this id, of whatever agency: the caller checks who asks."""
    return rows.one_of(ProviderRow, uow.execute(select(*rows.columns(ProviderRow, provider)).where(provider.c.id == provider_id)))


def remove(uow: UnitOfWork, provider_id: str) -> bool:
    """Takes it out of the directory."""
    return uow.execute(delete(provider).where(provider.c.id == provider_id)).rowcount == 1


def of_agency(uow: UnitOfWork, agency_id: str, *, limit: int = 1000) -> list[ProviderRow]:
    """Those of one agency."""
    return rows.all_of(ProviderRow, uow.execute(
        select(*rows.columns(ProviderRow, provider)).where(provider.c.agency_id == agency_id).order_by(provider.c.id).limit(limit)))
