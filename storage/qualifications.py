"""Who confirmed which qualification of a role's holder, and when: written once, with the granting of the role."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert, select

from storage import rows
from storage.schema.identity import qualification
from storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class QualificationRow:
    """One qualification of one holding of a role."""

    account_id: str
    role: str
    from_date: date
    qualification: str
    confirmed_by: str
    confirmed_at: datetime


def add_many(uow: UnitOfWork, confirmed: Collection[QualificationRow]) -> None:
    """Several at once; none is fine."""
    if confirmed:
        uow.execute(insert(qualification), rows.values_of_all(list(confirmed)))


def of_accounts(uow: UnitOfWork, account_ids: Collection[str]) -> list[QualificationRow]:
    """Those of several accounts, by account, wording and day."""
    return rows.all_of(QualificationRow, uow.execute(
        select(*rows.columns(QualificationRow, qualification)).where(qualification.c.account_id.in_(sorted(account_ids)))
        .order_by(qualification.c.account_id, qualification.c.qualification, qualification.c.from_date)))


def of_account(uow: UnitOfWork, account_id: str) -> list[QualificationRow]:
    """Those of one account, by role, day and wording."""
    return rows.all_of(QualificationRow, uow.execute(
        select(*rows.columns(QualificationRow, qualification)).where(qualification.c.account_id == account_id)
        .order_by(qualification.c.role, qualification.c.from_date, qualification.c.qualification)))
