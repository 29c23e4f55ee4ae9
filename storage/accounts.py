"""Accounts, the roles they hold from day to day, and failed sign-ins."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage import absences, rows
from storage.schema import identity
from storage.unit_of_work import UnitOfWork

account = identity.account
role_holding = identity.role_holding
sign_in_attempt = identity.sign_in_attempt


@dataclass(frozen=True, kw_only=True)
class AccountRow:
    """A person who may sign in; `sign_in` is in lower case."""

    id: str
    agency_id: str
    sign_in: str
    name: str
    password_hash: str
    language: str
    demo: bool
    created_at: datetime
    disabled_at: datetime | None = None
    last_used: datetime | None = None
    shortcuts: bool = True
    provider_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class RoleHolding:
    """A role from a day on; `until_date` is the last day, None until further notice."""

    account_id: str
    role: str
    from_date: date
    until_date: date | None = None


def add(uow: UnitOfWork, row: AccountRow, roles: Collection[RoleHolding] = ()) -> None:
    """A new account with its roles. Raises Duplicate("uq_account_sign_in")."""
    uow.execute(insert(account), rows.values_of(row))
    if roles:
        uow.execute(insert(role_holding), rows.values_of_all(list(roles)))


def get(uow: UnitOfWork, account_id: str) -> AccountRow | None:
    """The account with this id."""
    return rows.one_of(AccountRow, uow.execute(
        select(*rows.columns(AccountRow, account)).where(account.c.id == account_id)))


def by_sign_in(uow: UnitOfWork, sign_in: str) -> AccountRow | None:
    """The account with this sign-in name, in lower case."""
    return rows.one_of(AccountRow, uow.execute(
        select(*rows.columns(AccountRow, account)).where(account.c.sign_in == sign_in)))


def of_agency(uow: UnitOfWork, agency_id: str, *, limit: int = 1000) -> list[AccountRow]:
    """Accounts of an agency, by name."""
    return rows.all_of(AccountRow, uow.execute(
        select(*rows.columns(AccountRow, account)).where(account.c.agency_id == agency_id)
        .order_by(account.c.name, account.c.id).limit(limit)))


def names(uow: UnitOfWork, account_ids: Collection[str]) -> Mapping[str, str]:
    """account id -> name of those that exist."""
    found = uow.execute(select(account.c.id, account.c.name).where(account.c.id.in_(sorted(account_ids))).order_by(account.c.id))
    return {row.id: row.name for row in found}


def demo_exists(uow: UnitOfWork) -> bool:
    """Whether a demo account stands in this database: then it serves demos only."""
    return uow.execute(select(account.c.id).where(account.c.demo.is_(True)).limit(1)).first() is not None


def update_one(uow: UnitOfWork, account_id: str, changes: Mapping[str, object]) -> bool:
    """Change columns of `AccountRow`."""
    return uow.execute(update(account).where(account.c.id == account_id).values(dict(changes))).rowcount == 1


# --- roles -------------------------------------------------------------------------------------------------------


def roles_held(uow: UnitOfWork, account_id: str, day: date) -> frozenset[str]:
    """The roles this account holds on `day`."""
    return frozenset(uow.execute(
        select(role_holding.c.role).where(role_holding.c.account_id == account_id, *_held_on(day))
        .order_by(role_holding.c.role)).scalars())


def holders(
    uow: UnitOfWork, agency_id: str, roles: Collection[str], day: date, *, limit: int = 1000
) -> Mapping[str, tuple[str, ...]]:
    """role -> ids of the agency's active accounts that hold it on `day`, by name; then those that hold it in somebody's place."""
    found = uow.execute(
        select(role_holding.c.role, account.c.id)
        .join(account, account.c.id == role_holding.c.account_id)
        .where(account.c.agency_id == agency_id, account.c.disabled_at.is_(None),
               role_holding.c.role.in_(sorted(roles)), *_held_on(day))
        .order_by(role_holding.c.role, account.c.name, account.c.id).limit(limit))
    by_role: dict[str, list[str]] = {}
    for role, account_id in [*found, *absences.substitutes(uow, agency_id, roles, day, limit=limit)]:
        if account_id not in by_role.setdefault(role, []):
            by_role[role].append(account_id)
    return {role: tuple(account_ids) for role, account_ids in by_role.items()}


def grant(uow: UnitOfWork, holding: RoleHolding) -> None:
    """A role from a day on. Raises Duplicate("pk_role_holding") when it was granted from that day already."""
    uow.execute(insert(role_holding), rows.values_of(holding))


def end_role(uow: UnitOfWork, account_id: str, role: str, until_date: date) -> int:
    """`until_date` becomes the last day of the role wherever it would have lasted longer."""
    return uow.execute(
        update(role_holding).where(
            role_holding.c.account_id == account_id, role_holding.c.role == role,
            role_holding.c.until_date.is_(None) | (role_holding.c.until_date > until_date))
        .values(until_date=until_date)).rowcount


def _held_on(day: date) -> tuple[ColumnElement[bool], ...]:
    return role_holding.c.from_date <= day, role_holding.c.until_date.is_(None) | (role_holding.c.until_date >= day)


# --- failed sign-ins ---------------------------------------------------------------------------------------------


def failures(uow: UnitOfWork, key_hashes: Collection[str]) -> Mapping[str, tuple[int, datetime]]:
    """key hash -> (failures in a row, when the last was)."""
    found = uow.execute(
        select(sign_in_attempt.c.key_hash, sign_in_attempt.c.failures, sign_in_attempt.c.last_at)
        .where(sign_in_attempt.c.key_hash.in_(sorted(key_hashes))).order_by(sign_in_attempt.c.key_hash))
    return {key: (count, last_at) for key, count, last_at in found}


def note_failure(uow: UnitOfWork, key_hash: str, at: datetime) -> None:
    """One more failure under this key."""
    insertion = postgresql.insert(sign_in_attempt) if uow.dialect == "postgresql" else sqlite.insert(sign_in_attempt)
    uow.execute(insertion.values(key_hash=key_hash, failures=1, last_at=at).on_conflict_do_update(
        index_elements=[sign_in_attempt.c.key_hash], set_={"failures": sign_in_attempt.c.failures + 1, "last_at": at}))


def forget_failures(uow: UnitOfWork, key_hashes: Collection[str]) -> int:
    """A sign-in succeeded: its failures no longer count."""
    return uow.execute(delete(sign_in_attempt).where(sign_in_attempt.c.key_hash.in_(sorted(key_hashes)))).rowcount


def forget_failures_before(uow: UnitOfWork, before: datetime) -> int:
    """Failures older than `before` no longer count."""
    return uow.execute(delete(sign_in_attempt).where(sign_in_attempt.c.last_at < before)).rowcount


def count(uow: UnitOfWork) -> int:
    """How many accounts there are in all agencies."""
    return int(uow.execute(select(func.count()).select_from(account)).scalar_one())
