"""Answers to commands that may be asked twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from storage import rows
from storage.schema import running
from storage.unit_of_work import UnitOfWork

idempotency = running.idempotency
_INSERT = insert(idempotency)


@dataclass(frozen=True, kw_only=True)
class IdempotencyRow:
    """What was answered under a key; `request` is the digest of what was asked."""

    account_id: str
    key: str
    request: str
    at: datetime
    result: Any


def get(uow: UnitOfWork, account_id: str, key: str) -> IdempotencyRow | None:
    """What this account was answered under this key."""
    return rows.one_of(IdempotencyRow, uow.execute(
        select(*rows.columns(IdempotencyRow, idempotency))
        .where(idempotency.c.account_id == account_id, idempotency.c.key == key)))


def add(uow: UnitOfWork, row: IdempotencyRow) -> None:
    """Keep an answer. Raises Duplicate("pk_idempotency") when the same command was carried out meanwhile."""
    uow.execute(_INSERT, rows.values_of(row))


def delete_before(uow: UnitOfWork, before: datetime) -> int:
    """Forget answers nobody will ask for again."""
    return uow.execute(delete(idempotency).where(idempotency.c.at < before)).rowcount
