"""Sessions live on the server; of the token only its hash is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from storage import rows
from storage.schema import identity
from storage.unit_of_work import UnitOfWork

session = identity.session


@dataclass(frozen=True, kw_only=True)
class SessionRow:
    """One signed-in browser."""

    token_hash: str
    account_id: str
    created_at: datetime
    seen_at: datetime
    ends_at: datetime
    data: bytes | None = None


def add(uow: UnitOfWork, row: SessionRow) -> None:
    """A new session."""
    uow.execute(insert(session), rows.values_of(row))


def get(uow: UnitOfWork, token_hash: str) -> SessionRow | None:
    """The session of this token; the caller checks that it has not ended."""
    return rows.one_of(SessionRow, uow.execute(
        select(*rows.columns(SessionRow, session)).where(session.c.token_hash == token_hash)))


def touch(uow: UnitOfWork, token_hash: str, seen_at: datetime) -> bool:
    """It was used."""
    return uow.execute(update(session).where(session.c.token_hash == token_hash).values(seen_at=seen_at)).rowcount == 1


def remove(uow: UnitOfWork, token_hash: str) -> bool:
    """Signed out."""
    return uow.execute(delete(session).where(session.c.token_hash == token_hash)).rowcount == 1


def remove_of_account(uow: UnitOfWork, account_id: str) -> int:
    """All sessions of an account: its passphrase or roles changed, or it was disabled."""
    return uow.execute(delete(session).where(session.c.account_id == account_id)).rowcount


def remove_ended(uow: UnitOfWork, now: datetime) -> int:
    """Sessions that ended before `now`."""
    return uow.execute(delete(session).where(session.c.ends_at < now)).rowcount
