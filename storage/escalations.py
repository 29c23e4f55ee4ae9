"""How far each late task was told up its chain, and when its next link is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage import rows
from storage.schema import office
from storage.unit_of_work import UnitOfWork

escalation = office.escalation


@dataclass(frozen=True, kw_only=True)
class EscalationRow:
    """One task's chain: `told` links of it were told; the next is at `next_at`, None when there is none."""

    task_id: str
    agency_id: str
    told: int
    next_at: datetime | None


def begin(uow: UnitOfWork, started: Sequence[EscalationRow]) -> None:
    """Chains that begin; one that has begun already stays as it is."""
    if started:
        insertion = postgresql.insert(escalation) if uow.dialect == "postgresql" else sqlite.insert(escalation)
        uow.execute(insertion.on_conflict_do_nothing(index_elements=[escalation.c.task_id]), rows.values_of_all(list(started)))


def due(uow: UnitOfWork, now: datetime, *, limit: int = 100) -> list[EscalationRow]:
    """Chains whose next link is due, the longest waiting first; on PostgreSQL those of another worker are passed over."""
    return rows.all_of(EscalationRow, uow.execute(
        select(*rows.columns(EscalationRow, escalation)).where(escalation.c.next_at <= now)
        .order_by(escalation.c.next_at, escalation.c.task_id).limit(limit).with_for_update(skip_locked=True)))


def get(uow: UnitOfWork, task_id: str) -> EscalationRow | None:
    """The chain of one task, if it has begun."""
    return rows.one_of(EscalationRow, uow.execute(
        select(*rows.columns(EscalationRow, escalation)).where(escalation.c.task_id == task_id)))


def move(uow: UnitOfWork, task_id: str, *, told: int, next_at: datetime | None) -> bool:
    """So many links were told now, and the next is at `next_at`."""
    return uow.execute(update(escalation).where(escalation.c.task_id == task_id).values(told=told, next_at=next_at)).rowcount == 1


def end(uow: UnitOfWork, task_id: str) -> bool:
    """The task waits no longer."""
    return uow.execute(delete(escalation).where(escalation.c.task_id == task_id)).rowcount == 1
