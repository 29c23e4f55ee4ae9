"""Messages and signals that wait for somebody to take them, or for their transaction to end."""

from __future__ import annotations

from collections.abc import Collection, Mapping
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
    """One message; `payload` holds its variables, encrypted. One that goes `to_agency` is kept by its sender after delivery, too."""

    id: str
    agency_id: str
    kind: str
    name: str
    keys: Mapping[str, Any]
    payload: bytes | None
    source_instance: str | None
    at: datetime
    delivered_at: datetime | None = None
    to_agency: str | None = None


_COLUMNS = rows.columns(MessageRow, message)


def add(uow: UnitOfWork, row: MessageRow) -> None:
    """Keep a message until it is delivered."""
    uow.execute(insert(message), rows.values_of(row))


def get(uow: UnitOfWork, message_id: str) -> MessageRow | None:
    """The message with this id."""
    return rows.one_of(MessageRow, uow.execute(select(*_COLUMNS).where(message.c.id == message_id)))


def undelivered(uow: UnitOfWork, agency_id: str, name: str, *, limit: int = 100) -> list[MessageRow]:
    """Messages of this name that nobody of the agency took yet, the oldest first; not those on their way to another agency."""
    return rows.all_of(MessageRow, uow.execute(
        select(*_COLUMNS).where(message.c.agency_id == agency_id, message.c.name == name, message.c.delivered_at.is_(None),
                                message.c.to_agency.is_(None))
        .order_by(message.c.at, message.c.id).limit(limit)))


def names_undelivered(uow: UnitOfWork, agency_id: str, names: Collection[str]) -> list[str]:
    """Which of these names a message of the agency has that nobody took yet, in order."""
    found = uow.execute(select(message.c.name).distinct().where(
        message.c.agency_id == agency_id, message.c.name.in_(sorted(names)), message.c.delivered_at.is_(None),
        message.c.to_agency.is_(None)))
    return sorted(found.scalars())


def handed_over(uow: UnitOfWork, instance_ids: Collection[str], *, limit: int = 200) -> list[MessageRow]:
    """Messages of these instances that reached another agency, the oldest first."""
    return rows.all_of(MessageRow, uow.execute(
        select(*_COLUMNS).where(message.c.source_instance.in_(sorted(instance_ids)), message.c.to_agency.is_not(None),
                                message.c.delivered_at.is_not(None)).order_by(message.c.at, message.c.id).limit(limit)))


def mark_delivered(uow: UnitOfWork, message_id: str, at: datetime) -> bool:
    """Taken. False: somebody else took it first."""
    return uow.execute(update(message).where(message.c.id == message_id, message.c.delivered_at.is_(None))
                       .values(delivered_at=at)).rowcount == 1


def delete_delivered(uow: UnitOfWork, before: datetime) -> int:
    """Forget messages delivered before `before`; the journals of their receivers keep what they said. Those that went to another
    agency stay: they say where a case went."""
    return uow.execute(delete(message).where(message.c.delivered_at < before, message.c.to_agency.is_(None))).rowcount
