"""Who may sign in, who is away, and what was answered for when a role was granted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from engine.notice_kinds import Kind, Where


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """Somebody of the actor's agency, with the roles they hold today; `is_outside`: a partner of the unit, none of its staff."""

    id: str
    name: str
    roles: tuple[str, ...]
    is_outside: bool = False


@dataclass(frozen=True, kw_only=True)
class Absence:
    """Somebody is away from a day through another; the substitute holds `roles` meanwhile (Plt.)."""

    id: str
    account_id: str
    name: str
    substitute_id: str
    substitute_name: str
    roles: tuple[str, ...]
    from_date: date
    until_date: date
    decree: str
    runs: bool                              # today
    may_end: bool                           # by who asks


@dataclass(frozen=True, kw_only=True)
class Account:
    """A person who may sign in. `demo` accounts exist only in a demo database."""

    id: str
    sign_in: str
    name: str
    agency_id: str
    agency_name: str
    roles: tuple[str, ...]
    language: str
    demo: bool
    shortcuts: bool = True          # whether single keys act on pages
    provider_id: str | None = None  # of a partner's person: the provider of the directory they answer for
    session_ends: datetime | None = None  # of whoever is signed in: when they must sign in again at the latest


@dataclass(frozen=True, kw_only=True)
class PartnerAccounts:
    """People of partners with an account, by name, and the providers of the directory one may answer for: id and the name cases say."""

    people: tuple[Account, ...]
    providers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class ConfirmedQualification:
    """What somebody answered for when a role was granted, in the agency's own wording of that day."""

    role: str
    from_date: date
    qualification: str
    confirmed_by: str
    confirmed_at: datetime


@dataclass(frozen=True, kw_only=True)
class NoticeSettings:
    """Where somebody reads of each kind of notices. `mailed_to` is "" where no address is known; `quiet` are local times."""

    kinds: tuple[tuple[Kind, Where], ...]
    email: str                      # as they gave it; "": the sign-in name, where that is an address
    quiet: tuple[time, time] | None
    mailed_to: str
    mailing: bool                   # whether this product sends mail at all
