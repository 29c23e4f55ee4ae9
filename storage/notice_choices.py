"""What each person chose about notices, and the calendar address of each."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select

from storage import rows
from storage.schema import identity
from storage.unit_of_work import UnitOfWork

choice = identity.notice_choice
feed = identity.calendar_feed


@dataclass(frozen=True, kw_only=True)
class ChoiceRow:
    """One person's choices; quiet hours are minutes after local midnight. `email` None: the sign-in name, where that is an address."""

    account_id: str
    email: str | None
    by_kind: Mapping[str, str]
    quiet_from: int | None
    quiet_until: int | None


@dataclass(frozen=True, kw_only=True)
class FeedRow:
    """A calendar address that is in use; the token itself is kept nowhere."""

    account_id: str
    nonce: str
    token_hash: str
    made_at: datetime


def of_accounts(uow: UnitOfWork, account_ids: Collection[str]) -> Mapping[str, ChoiceRow]:
    """account id -> its choices, of those who made any."""
    found = rows.all_of(ChoiceRow, uow.execute(
        select(*rows.columns(ChoiceRow, choice)).where(choice.c.account_id.in_(sorted(account_ids))).order_by(choice.c.account_id)))
    return {row.account_id: row for row in found}


def put(uow: UnitOfWork, row: ChoiceRow) -> None:
    """Keep these in place of what was chosen before. Raises Duplicate("pk_notice_choice") when another window saves just now."""
    uow.execute(delete(choice).where(choice.c.account_id == row.account_id))
    uow.execute(insert(choice), rows.values_of(row))


def feed_of(uow: UnitOfWork, account_id: str) -> FeedRow | None:
    """The calendar address of this account."""
    return rows.one_of(FeedRow, uow.execute(select(*rows.columns(FeedRow, feed)).where(feed.c.account_id == account_id)))


def feed_by_hash(uow: UnitOfWork, token_hash: str) -> FeedRow | None:
    """The calendar address this token opens."""
    return rows.one_of(FeedRow, uow.execute(select(*rows.columns(FeedRow, feed)).where(feed.c.token_hash == token_hash)))


def put_feed(uow: UnitOfWork, row: FeedRow) -> None:
    """A new calendar address; the one before opens nothing any more. Raises Duplicate("pk_calendar_feed") as `put` does."""
    remove_feed(uow, row.account_id)
    uow.execute(insert(feed), rows.values_of(row))


def remove_feed(uow: UnitOfWork, account_id: str) -> int:
    """No calendar address any more."""
    return uow.execute(delete(feed).where(feed.c.account_id == account_id)).rowcount
