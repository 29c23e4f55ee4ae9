"""Messages and signals that wait for somebody to take them, or for their transaction to end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from storage import rows
from storage.schema import running
from storage.unit_of_work import UnitOfWork

message = running.message


@dataclass(frozen=True, kw_only=True)
class MessageRow:
    """One message; `payload` holds its variables, encrypted."""

    id: str
    agency_id: str
    kind: str
    name: str
    keys: Mapping[str, Any]
    payload: bytes | None
    source_instance: str | None
    at: datetime
    delivered_at: datetime | None = None


_COLUMNS = rows.columns(MessageRow, message)


def add(uow: UnitOfWork, row: MessageRow) -> None:
    """Keep a message until it is delivered."""
    uow.execute(insert(message), rows.values_of(row))


def get(uow: UnitOfWork, message_id: str) -> MessageRow | None:
    """The message with this id."""
    return rows.one_of(MessageRow, uow.execute(select(*_COLUMNS).where(message.c.id == message_id)))


def undelivered(uow: UnitOfWork, agency_id: str, name: str, *, limit: int = 100) -> list[MessageRow]:
    """Messages of this name nobody took yet, the oldest first."""
    return rows.all_of(MessageRow, uow.execute(
        select(*_COLUMNS).where(message.c.agency_id == agency_id, message.c.name == name, message.c.delivered_at.is_(None))
        .order_by(message.c.at, message.c.id).limit(limit)))


def mark_delivered(uow: UnitOfWork, message_id: str, at: datetime) -> bool:
    """Taken. False: somebody else took it first."""
    return uow.execute(update(message).where(message.c.id == message_id, message.c.delivered_at.is_(None))
                       .values(delivered_at=at)).rowcount == 1


def delete_delivered(uow: UnitOfWork, before: datetime) -> int:
    """Forget messages delivered before `before`; the journals of their receivers keep what they said."""
    return uow.execute(delete(message).where(message.c.delivered_at < before)).rowcount
