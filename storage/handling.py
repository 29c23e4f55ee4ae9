"""What people did with a task beside completing it: gave it on, set it aside, asked for help; and who looked at it when."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update

from storage import rows
from storage.schema import running
from storage.unit_of_work import UnitOfWork

handling = running.task_handling
look = running.task_look
task = running.task


@dataclass(frozen=True, kw_only=True)
class HandlingRow:
    """One act on a task; `note` is sealed under the case key."""

    task_id: str
    agency_id: str
    at: datetime
    actor_id: str
    verb: str
    from_id: str | None = None
    to_id: str | None = None
    until: datetime | None = None
    note: bytes | None = None
    n: int = 0


def next_number(uow: UnitOfWork, task_id: str) -> int:
    """What the next act on this task is numbered, from 1."""
    return int(uow.execute(select(func.coalesce(func.max(handling.c.n), 0)).where(handling.c.task_id == task_id)).scalar_one()) + 1


def add(uow: UnitOfWork, row: HandlingRow) -> None:
    """One act more. Raises Duplicate("pk_task_handling") when another was first; number it again."""
    uow.execute(insert(handling), rows.values_of(row))


def of_task(uow: UnitOfWork, task_id: str, *, limit: int = 100) -> list[HandlingRow]:
    """The acts on a task, the latest first."""
    return rows.all_of(HandlingRow, uow.execute(
        select(*rows.columns(HandlingRow, handling)).where(handling.c.task_id == task_id)
        .order_by(handling.c.n.desc()).limit(limit)))


def asked_of(uow: UnitOfWork, account_id: str, task_ids: Collection[str], *, verb: str) -> frozenset[str]:
    """Which of these tasks the account was asked to help with."""
    return frozenset(uow.execute(
        select(handling.c.task_id).distinct()
        .where(handling.c.to_id == account_id, handling.c.verb == verb, handling.c.task_id.in_(sorted(task_ids)))
        .order_by(handling.c.task_id)).scalars())


def given_at(uow: UnitOfWork, account_id: str, task_ids: Collection[str], *, verbs: Collection[str]) -> Mapping[str, datetime]:
    """task id -> when the account was last given the task by one of these acts."""
    found = uow.execute(
        select(handling.c.task_id, func.max(handling.c.at).label("at"))
        .where(handling.c.to_id == account_id, handling.c.verb.in_(sorted(verbs)), handling.c.task_id.in_(sorted(task_ids)))
        .group_by(handling.c.task_id).order_by(handling.c.task_id))
    return {row.task_id: row.at for row in found}


def saw(uow: UnitOfWork, account_id: str, task_id: str, revision: int, at: datetime) -> None:
    """This person has seen the task as of `revision`. Raises Duplicate("pk_task_look") when seen in two windows at once."""
    changed = uow.execute(
        update(look).where(look.c.account_id == account_id, look.c.task_id == task_id).values(revision=revision, at=at))
    if changed.rowcount == 0:
        uow.execute(insert(look), {"account_id": account_id, "task_id": task_id, "revision": revision, "at": at})
