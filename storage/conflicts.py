"""Who has a conflict of interest in which case: they see nothing of it. Projected from the case's own chain, which says why."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, delete, exists, insert, select

from storage import rows
from storage.schema import office
from storage.unit_of_work import UnitOfWork

conflict = office.conflict


@dataclass(frozen=True, kw_only=True)
class ConflictRow:
    """One person in one case."""

    case_id: str
    account_id: str
    declared_by: str
    declared_at: datetime


def add(uow: UnitOfWork, row: ConflictRow) -> None:
    """From now on. Raises Duplicate("pk_conflict_of_interest") where it stands already."""
    uow.execute(insert(conflict), rows.values_of(row))


def remove(uow: UnitOfWork, case_id: str, account_id: str) -> bool:
    """No longer. False: there was none."""
    return uow.execute(delete(conflict).where(conflict.c.case_id == case_id, conflict.c.account_id == account_id)).rowcount == 1


def delete_of_case(uow: UnitOfWork, case_id: str) -> int:
    """Drop the projection, to make it again from the chain."""
    return uow.execute(delete(conflict).where(conflict.c.case_id == case_id)).rowcount


def of_case(uow: UnitOfWork, case_id: str) -> list[ConflictRow]:
    """Those of one case, the latest first."""
    return rows.all_of(ConflictRow, uow.execute(
        select(*rows.columns(ConflictRow, conflict)).where(conflict.c.case_id == case_id)
        .order_by(conflict.c.declared_at.desc(), conflict.c.account_id)))


def cases_barred_to(uow: UnitOfWork, account_id: str, case_ids: Collection[str]) -> frozenset[str]:
    """Which of these cases the account has a conflict in."""
    return frozenset(uow.execute(_BARRED, {"case_ids": sorted(case_ids), "account_id": account_id}).scalars())


def is_barred(case_id: ColumnElement[str | None], account_id: ColumnElement[str] | str) -> ColumnElement[bool]:
    """For lists: whether the reader has a conflict in the row's case. One look into an index per row of the page."""
    return exists().where(conflict.c.account_id == account_id, conflict.c.case_id == case_id)


_BARRED = (
    select(conflict.c.case_id)
    .where(conflict.c.account_id == bindparam("account_id"), conflict.c.case_id.in_(bindparam("case_ids", expanding=True)))
    .order_by(conflict.c.case_id))
