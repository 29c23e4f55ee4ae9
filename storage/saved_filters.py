"""Filters of the inbox that people saved, for themselves or for whoever holds a role."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, insert, or_, select

from storage import rows
from storage.schema import identity
from storage.unit_of_work import UnitOfWork

saved_filter = identity.saved_filter


@dataclass(frozen=True, kw_only=True)
class SavedFilterRow:
    """One filter; `role` says whom it is shared with, None for nobody. `filters` holds ids and enumerations."""

    id: str
    agency_id: str
    account_id: str
    role: str | None
    name: str
    filters: Any
    at: datetime


def add(uow: UnitOfWork, row: SavedFilterRow) -> None:
    """Keep a filter."""
    uow.execute(insert(saved_filter), rows.values_of(row))


def get(uow: UnitOfWork, filter_id: str) -> SavedFilterRow | None:
    """The filter with this id, of whatever agency: the caller checks who asks."""
    return rows.one_of(SavedFilterRow, uow.execute(
        select(*rows.columns(SavedFilterRow, saved_filter)).where(saved_filter.c.id == filter_id)))


def for_reader(uow: UnitOfWork, agency_id: str, account_id: str, roles: Collection[str], *, limit: int = 50) -> list[SavedFilterRow]:
    """Their own and those shared with a role they hold, by name."""
    shared = and_(saved_filter.c.agency_id == agency_id, saved_filter.c.role.in_(sorted(roles)))
    own = and_(saved_filter.c.account_id == account_id, saved_filter.c.role.is_(None))
    return rows.all_of(SavedFilterRow, uow.execute(
        select(*rows.columns(SavedFilterRow, saved_filter)).where(or_(own, shared))
        .order_by(saved_filter.c.name, saved_filter.c.id).limit(limit)))


def remove(uow: UnitOfWork, filter_id: str) -> int:
    """Nobody has it any more."""
    return uow.execute(delete(saved_filter).where(saved_filter.c.id == filter_id)).rowcount
