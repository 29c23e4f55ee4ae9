"""Calendars and agency parameters, addressed by the digest of their canonical bytes: written once, never changed."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import insert, select

from storage.schema import defined
from storage.unit_of_work import UnitOfWork

table_in_force = defined.table_in_force


def put(uow: UnitOfWork, digest: str, kind: str, content: bytes) -> None:
    """Keep a table; keeping the same one twice is normal."""
    known = uow.execute(select(table_in_force.c.digest).where(table_in_force.c.digest == digest)).first()
    if known is None:
        uow.execute(insert(table_in_force), {"digest": digest, "kind": kind, "content": content})


def get_many(uow: UnitOfWork, digests: Collection[str]) -> dict[str, tuple[str, bytes]]:
    """digest -> (kind, canonical bytes) of those that exist."""
    found = uow.execute(
        select(table_in_force.c.digest, table_in_force.c.kind, table_in_force.c.content)
        .where(table_in_force.c.digest.in_(sorted(digests))).order_by(table_in_force.c.digest))
    return {digest: (kind, content) for digest, kind, content in found}


def content(uow: UnitOfWork, digest: str) -> bytes | None:
    """The canonical bytes of one table."""
    return uow.execute(select(table_in_force.c.content).where(table_in_force.c.digest == digest)).scalar_one_or_none()
