"""Links for referral partners without an account: by token, by session, by case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from storage import rows
from storage.schema.partner import partner_link
from storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class LinkRow:
    """One link: the referral it leads to, and where its partner stands with it."""

    id: str
    token_hash: str
    agency_id: str
    case_id: str
    instance_id: str
    line_no: str | None
    content: bytes
    issued_by: str
    issued_at: datetime
    opened_at: datetime | None = None
    done_at: datetime | None = None
    revoked_at: datetime | None = None
    code: bytes | None = None
    code_until: datetime | None = None
    code_tries: int = 0
    session_hash: str | None = None
    session_until: datetime | None = None


_COLUMNS = rows.columns(LinkRow, partner_link)


def add(uow: UnitOfWork, row: LinkRow) -> None:
    """A new link."""
    uow.execute(insert(partner_link), rows.values_of(row))


def by_token(uow: UnitOfWork, token_hash: str) -> LinkRow | None:
    """The link of this digest, of whatever agency: it says itself for which."""
    return rows.one_of(LinkRow, uow.execute(select(*_COLUMNS).where(partner_link.c.token_hash == token_hash)))


def by_session(uow: UnitOfWork, session_hash: str) -> LinkRow | None:
    """The link somebody is in by this session, also after its time."""
    return rows.one_of(LinkRow, uow.execute(select(*_COLUMNS).where(partner_link.c.session_hash == session_hash)))


def of_case(uow: UnitOfWork, case_id: str, *, limit: int = 200) -> list[LinkRow]:
    """The links of a case, the latest first."""
    return rows.all_of(LinkRow, uow.execute(
        select(*_COLUMNS).where(partner_link.c.case_id == case_id)
        .order_by(partner_link.c.issued_at.desc(), partner_link.c.id).limit(limit)))


def change(uow: UnitOfWork, link_id: str, values: Mapping[str, object]) -> None:
    """Writes columns of `LinkRow`."""
    uow.execute(update(partner_link).where(partner_link.c.id == link_id).values(**values))


def take_try(uow: UnitOfWork, link_id: str, *, most: int) -> bool:
    """One more guess at the code; False: all were used. Two guesses at once are two."""
    return uow.execute(
        update(partner_link).where(partner_link.c.id == link_id, partner_link.c.code_tries < most)
        .values(code_tries=partner_link.c.code_tries + 1)).rowcount == 1
