"""Versions of SOPs that are to be withdrawn or are: what was proposed, and what another person decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert, select, update

from storage import deployments, rows
from storage.schema import drafted
from storage.unit_of_work import UnitOfWork

withdrawal = drafted.sop_withdrawal
deployment = deployments.deployment


@dataclass(frozen=True, kw_only=True)
class WithdrawalRow:
    """A proposal to withdraw a version; `withdrawn_from` is the first day on which nothing begins by it."""

    id: str
    deployment_id: str
    decree: str
    withdrawn_from: date
    reason: str
    proposed_at: datetime
    proposed_by: str
    state: str
    decided_at: datetime | None = None
    decided_by: str | None = None
    decided_reason: str | None = None


def add(uow: UnitOfWork, row: WithdrawalRow) -> None:
    """A new proposal. Raises Duplicate("uq_sop_withdrawal_standing") while one of that version is in review or approved."""
    uow.execute(insert(withdrawal), rows.values_of(row))


def get(uow: UnitOfWork, withdrawal_id: str) -> WithdrawalRow | None:
    """The proposal with this id."""
    return rows.one_of(WithdrawalRow, uow.execute(
        select(*rows.columns(WithdrawalRow, withdrawal)).where(withdrawal.c.id == withdrawal_id)))


def of_version(uow: UnitOfWork, deployment_id: str, *, limit: int = 100) -> list[WithdrawalRow]:
    """Everything proposed of a version, the latest first."""
    return rows.all_of(WithdrawalRow, uow.execute(
        select(*rows.columns(WithdrawalRow, withdrawal)).where(withdrawal.c.deployment_id == deployment_id)
        .order_by(withdrawal.c.proposed_at.desc(), withdrawal.c.id).limit(limit)))


def approved(uow: UnitOfWork, deployment_id: str) -> WithdrawalRow | None:
    """What a version is withdrawn by; None for one that is not."""
    return next((row for row in of_version(uow, deployment_id) if row.state == "approved"), None)


def standing(uow: UnitOfWork, agency_id: str, *, limit: int = 1000) -> dict[str, WithdrawalRow]:
    """deployment id -> what is in review or approved, of the agency's versions."""
    found = rows.all_of(WithdrawalRow, uow.execute(
        select(*rows.columns(WithdrawalRow, withdrawal)).join(deployment, deployment.c.id == withdrawal.c.deployment_id)
        .where(deployment.c.agency_id == agency_id, withdrawal.c.state.in_(["in_review", "approved"]))
        .order_by(withdrawal.c.proposed_at.desc(), withdrawal.c.id).limit(limit)))
    return {row.deployment_id: row for row in found}


def decide(uow: UnitOfWork, withdrawal_id: str, *, state: str, by: str, reason: str, at: datetime) -> bool:
    """Ends a proposal that is in review. False: somebody did already."""
    return bool(uow.execute(update(withdrawal).where(withdrawal.c.id == withdrawal_id, withdrawal.c.state == "in_review").values(
        state=state, decided_by=by, decided_reason=reason, decided_at=at)).rowcount)
