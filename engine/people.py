"""`engine.people`: accounts, roles with dates, sessions, notices, agencies."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from engine import authorization, errors, own_referrals
from engine.absences import Absences
from engine.agency_tables import AgencyTables
from engine.authorization import ObjectFacts
from engine.commands import documents
from engine.commands import notices as notice_commands
from engine.directory import agencies as agency_files
from engine.directory import passphrases, persons, qualifications, sign_in
from engine.directory.refusals import SignInRefused, SignInTaken, UnknownQualification, UnknownRole, WeakPassphrase
from engine.executor import Context, Executor
from engine.preferences import Preferences, hidden
from engine.people_results import PartnerAccounts
from engine.results import Account, ConfirmedQualification, Notice
from engine.settings import Settings
from engine.types import Actor, OperationCall, Text
from storage import accounts, agencies, notices, providers, randomness, sessions
from storage import errors as storage_errors
from storage.accounts import AccountRow, RoleHolding
from storage.agencies import AgencyRow

#: What the outside of the product is called in journals and logs when no person acts.
OPERATOR_NAME: Final = "operator"
_NOBODY: Final = Actor(account_id="", agency_id="", name="")
_SIGN_IN = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,99}\Z")


class People(Absences, Preferences, AgencyTables):
    """One part of the front door."""

    def __init__(self, executor: Executor, settings: Settings) -> None:
        self._executor = executor
        self._settings = settings

    # --- sessions -----------------------------------------------------------------------------------------------

    def sign_in(self, sign_in_name: str, passphrase: str, *, address: str) -> str:
        """A session token for the right passphrase. `address` is where the request came from; it only slows down guessing.

        Raises:
            SignInRefused: the same for an unknown name, a wrong passphrase and a disabled account.
            TooManyAttempts: wait `retry_after`; another address is not affected.
        """
        return sign_in.open_session(self._executor, self._settings, sign_in_name, passphrase, address=address)

    def actor_of(self, token: str) -> tuple[Actor, Account] | None:
        """Who holds this session, with the roles of today; None when it ended or its account was disabled."""
        living = sign_in.living(self._executor, self._settings, token)
        if living is None:
            return None

        def query(context: Context) -> tuple[Actor, Account] | None:
            row = accounts.get(context.uow, living.account_id)
            agency = agencies.get(context.uow, row.agency_id) if row is not None else None
            if row is None or agency is None or row.disabled_at is not None:
                return None
            held = replace(_account(context, row, agency), session_ends=living.ends_at)
            return persons.actor(context, row, agency, session=sign_in.reference_of(token)), held

        return self._executor.read(_NOBODY, query)

    def sign_out(self, token: str) -> None:
        """End this session on the server."""
        sign_in.close_session(self._executor, token)

    # --- accounts -----------------------------------------------------------------------------------------------

    def create_account(
        self, actor: Actor, *, sign_in: str, name: str, passphrase: str, roles: Collection[str] = (), agency_id: str | None = None,
        language: str = "id", demo: bool = False, from_date: date | None = None, until_date: date | None = None,
        qualifications_confirmed: Mapping[str, Collection[str]] = {}, provider_id: str | None = None,
    ) -> Account:
        """A new account in the actor's agency (or `agency_id`), with roles from today or `from_date` on.

        `provider_id`: as for `bind_to_provider`.

        `qualifications_confirmed` says, per role, which of the agency's qualifications the actor answers for.

        Raises:
            NotAllowed: not the actor's to do; or a demo account outside a demo.
            WeakPassphrase, SignInTaken, UnknownRole, UnknownQualification, QualificationNotConfirmed, InvalidSubmission: what is
                wrong with what was given.
        """
        wanted = agency_id or actor.agency_id
        authorization.require(actor, "account.create", ObjectFacts(agency_id=wanted))
        if demo and not self._settings.demo:
            raise errors.NotAllowed(action="account.create")
        identifier, shown = _checked_sign_in(sign_in), _checked_name(name)
        self._check_strength(passphrase, identifier)
        kept = passphrases.digest_of(passphrase)  # before the transaction: hashing is slow on purpose

        def command(context: Context) -> Account:
            agency = agencies.get(context.uow, wanted)
            if agency is None:
                raise errors.NotFound(agency_id=wanted)
            _check_roles(agency, roles)
            row = AccountRow(
                id=randomness.new_id(), agency_id=wanted, sign_in=identifier, name=shown, password_hash=kept,
                language="en" if language == "en" else "id", demo=demo, created_at=context.now, provider_id=provider_id)
            _check_provider(context, wanted, provider_id)
            first_day = from_date or context.local_day()
            accounts.add(context.uow, row, [
                RoleHolding(account_id=row.id, role=role, from_date=first_day, until_date=until_date)
                for role in sorted(set(roles))])
            if not qualifications_confirmed.keys() <= set(roles):
                raise UnknownQualification()
            for role in sorted(set(roles)):
                qualifications.confirm(
                    context, agency, row.id, role, qualifications_confirmed.get(role, ()), from_date=first_day)
            return _account(context, row, agency)

        try:
            return self._executor.run(actor, command)
        except storage_errors.Duplicate as known:
            if known.constraint != "uq_account_sign_in":
                raise
            raise SignInTaken() from None

    def accounts(self, actor: Actor) -> tuple[Account, ...]:
        """The accounts of the actor's agency, by name."""
        authorization.require(actor, "account.list")

        def query(context: Context) -> tuple[Account, ...]:
            agency = agencies.get(context.uow, actor.agency_id)
            rows = accounts.of_agency(context.uow, actor.agency_id)
            return tuple(_account(context, row, agency) for row in rows) if agency is not None else ()

        return self._executor.read(actor, query)

    def qualifications(self, actor: Actor) -> dict[str, tuple[str, ...]]:
        """role -> what the actor's agency asks of whoever holds it, to be shown to and confirmed by who grants it."""
        row = self._executor.read(actor, lambda context: agencies.get(context.uow, actor.agency_id))
        return qualifications.asked(row) if row is not None else {}

    def qualifications_of(self, actor: Actor, account_id: str) -> tuple[ConfirmedQualification, ...]:
        """What was confirmed for an account, by whom and when."""
        authorization.require(actor, "account.list")

        def query(context: Context) -> tuple[ConfirmedQualification, ...]:
            row = accounts.get(context.uow, account_id)
            authorization.require(actor, "account.list", ObjectFacts(agency_id=row.agency_id if row is not None else ""))
            return qualifications.of_account(context, account_id)

        return self._executor.read(actor, query)

    def grant_role(
        self, actor: Actor, account_id: str, role: str, *, from_date: date, until_date: date | None = None,
        qualifications_confirmed: Collection[str] = (),
    ) -> None:
        """A role from a day on, once the actor confirmed each qualification the agency asks of it. Nobody grants themselves one.

        Raises:
            UnknownRole, UnknownQualification, QualificationNotConfirmed: as for a new account.
        """
        def command(context: Context) -> None:
            row, agency = self._to_change(context, actor, account_id)
            if row.id == actor.account_id or (until_date is not None and until_date < from_date):
                raise errors.NotAllowed(action="account.change")
            _check_roles(agency, [role])
            accounts.grant(context.uow, RoleHolding(
                account_id=row.id, role=role, from_date=from_date, until_date=until_date))
            qualifications.confirm(context, agency, row.id, role, qualifications_confirmed, from_date=from_date)

        try:
            self._executor.run(actor, command)
        except storage_errors.Duplicate:
            raise errors.StaleRevision() from None

    def end_role(self, actor: Actor, account_id: str, role: str, *, until_date: date) -> None:
        """`until_date` is the last day of the role; sessions in use lose it with the day."""
        def command(context: Context) -> None:
            row, _ = self._to_change(context, actor, account_id)
            accounts.end_role(context.uow, row.id, role, until_date)

        self._executor.run(actor, command)

    def partner_accounts(self, actor: Actor) -> PartnerAccounts:
        """Accounts that hold a partner's role and nothing else today, and whom they may answer for."""
        authorization.require(actor, "account.change")

        def query(context: Context) -> PartnerAccounts:
            agency = agencies.get(context.uow, actor.agency_id)
            known = [_account(context, row, agency) for row in accounts.of_agency(context.uow, actor.agency_id)
                     if row.disabled_at is None] if agency is not None else []
            return PartnerAccounts(people=tuple(each for each in known if each.roles == (authorization.PROVIDER,)),
                                   providers=own_referrals.providers_of(context))

        return self._executor.read(actor, query)

    def bind_to_provider(self, actor: Actor, account_id: str, provider_id: str | None) -> None:
        """A partner's person answers for this provider of the directory from now on: of all referrals they see those to it. None: for
        none, and then they see none. Raises `NotFound` for a provider of another agency, too."""
        def command(context: Context) -> None:
            row, _ = self._to_change(context, actor, account_id)
            _check_provider(context, row.agency_id, provider_id)
            accounts.update_one(context.uow, row.id, {"provider_id": provider_id})

        self._executor.run(actor, command)

    def disable_account(self, actor: Actor, account_id: str) -> None:
        """No more signing in, and every open session ends at once."""
        def command(context: Context) -> None:
            row, _ = self._to_change(context, actor, account_id)
            accounts.update_one(context.uow, row.id, {"disabled_at": context.now})
            sessions.remove_of_account(context.uow, row.id)

        self._executor.run(actor, command)

    def change_passphrase(self, actor: Actor, old: str, new: str) -> None:
        """The actor's own. All their sessions end, this one too.

        Raises:
            SignInRefused: `old` is not the present one.
            WeakPassphrase: `new` is too short or too plain.
        """
        row = self._executor.read(actor, lambda context: accounts.get(context.uow, actor.account_id))
        if not passphrases.is_right(old, row.password_hash if row is not None else None) or row is None:
            raise SignInRefused()
        self._check_strength(new, row.sign_in)
        kept = passphrases.digest_of(new)

        def command(context: Context) -> None:
            accounts.update_one(context.uow, actor.account_id, {"password_hash": kept})
            sessions.remove_of_account(context.uow, actor.account_id)

        self._executor.run(actor, command)

    def set_language(self, actor: Actor, language: str) -> None:
        """The actor's own language: `en`, or Indonesian for anything else."""
        chosen = "en" if language == "en" else "id"
        self._executor.run(actor, lambda context: accounts.update_one(context.uow, actor.account_id, {"language": chosen}))

    def set_shortcuts(self, actor: Actor, on: bool) -> None:
        """Whether single keys act on the actor's pages."""
        self._executor.run(actor, lambda context: accounts.update_one(context.uow, actor.account_id, {"shortcuts": on}))

    def demo_accounts_exist(self) -> bool:
        """Whether invented people stand in this database: then it must not serve real ones."""
        return self._executor.read(_NOBODY, lambda context: accounts.demo_exists(context.uow))

    # --- notices ------------------------------------------------------------------------------------------------

    def notices(self, actor: Actor) -> tuple[Notice, ...]:
        """The latest notices for the actor and the roles they hold."""
        def query(context: Context) -> tuple[Notice, ...]:
            return tuple(
                _notice(row) for row in notices.of_account(context.uow, actor.agency_id, actor.account_id, actor.team,
                                              hidden=hidden(context, actor.account_id)))

        return self._executor.read(actor, query)

    def unread_count(self, actor: Actor) -> int:
        """How many notices the actor has not read."""
        return self._executor.read(actor, lambda context: notices.unread_count(
            context.uow, actor.agency_id, actor.account_id, actor.team, hidden=hidden(context, actor.account_id)))

    def notice(self, actor: Actor, notice_id: str) -> Notice:
        """One notice, where a mail leads to. Raises `NotFound` for one that is not theirs or not worth saying any more."""
        def query(context: Context) -> Notice:
            row = notices.for_reader(context.uow, notice_id, actor.agency_id, actor.account_id, actor.team)
            if row is None:
                raise errors.NotFound(notice_id=notice_id)
            return _notice(row)

        return self._executor.read(actor, query)

    def mark_read(self, actor: Actor, notice_id: str) -> None:
        """The actor has read it. On purpose no error when it is not theirs or was read: nothing changes, nothing is told."""
        try:
            self._executor.run(actor, lambda context: notices.mark_read(
                context.uow, notice_id, actor.agency_id, actor.account_id, actor.team, context.now))
        except storage_errors.Duplicate:
            return

    def notify(self, call: OperationCall, *, role: str, code: str) -> None:
        """For the operation `notice.send`: one notice to everybody who holds `role` today, once per call."""
        self._executor.run(documents.actor_of(self._executor, call),
                           lambda context: notice_commands.notify(context, call, role=role, code=code))

    # --- agencies -----------------------------------------------------------------------------------------------

    def register_agency(self, sheet: bytes) -> str:
        """Read an `agency.toml`: the agency with its calendar and parameters in force. Its id.

        For the command line of the machine's operator: no actor can exist before the first agency does.
        """
        return self._executor.run(_NOBODY, lambda context: agency_files.register(context, sheet).id)

    def agencies(self) -> tuple[tuple[str, str, str], ...]:
        """(id, code, name) of all agencies, by name."""
        return self._executor.read(_NOBODY, lambda context: tuple(
            (row.id, row.code, row.name) for row in agencies.every(context.uow)))

    def operator(self, agency_code: str | None = None) -> Actor:
        """Whoever runs the machine, acting for one agency (the first by name where none is named).

        Sees no case content: the role allows deploying, verifying and setting up accounts. Raises `NotFound` for an unknown code.
        """
        def query(context: Context) -> str:
            if agency_code:
                row = agencies.by_code(context.uow, agency_code)
                if row is None:
                    raise errors.NotFound(agency=agency_code)
                return row.id
            first = agencies.every(context.uow, limit=1)
            return first[0].id if first else ""

        return Actor(account_id=OPERATOR_NAME, agency_id=self._executor.read(_NOBODY, query), name=OPERATOR_NAME,
                     roles=frozenset({authorization.OPERATOR}))

    def zone(self, actor: Actor) -> str:
        """The IANA time zone of the actor's agency."""
        row = self._executor.read(actor, lambda context: agencies.get(context.uow, actor.agency_id))
        return row.zone if row is not None else "Asia/Jakarta"

    def role_titles(self, actor: Actor) -> dict[str, Text]:
        """role -> what the actor's agency calls it."""
        row = self._executor.read(actor, lambda context: agencies.get(context.uow, actor.agency_id))
        return {role: agency_files.role_title(row, role) for role in sorted(agency_files.roles_of(row))} if row is not None else {}

    # --- what several of them need --------------------------------------------------------------------------------

    def _check_strength(self, passphrase: str, identifier: str) -> None:
        if not passphrases.is_strong(passphrase, fewest=self._settings.passphrase_length, sign_in=identifier):
            raise WeakPassphrase()

    @staticmethod
    def _to_change(context: Context, actor: Actor, account_id: str) -> tuple[AccountRow, AgencyRow]:
        authorization.require(actor, "account.change")
        row = accounts.get(context.uow, account_id)
        agency = agencies.get(context.uow, row.agency_id) if row is not None else None
        if row is None or agency is None:
            raise errors.NotFound(account_id=account_id)
        authorization.require(actor, "account.change", ObjectFacts(agency_id=row.agency_id))
        return row, agency


def _notice(row: notices.NoticeForReader) -> Notice:
    return Notice(id=row.id, at=row.at, code=row.code, text=notice_commands.words(row.code, row.business_key or ""),
                  case_id=row.case_id, task_id=row.task_id, read_at=row.read_at)


def _account(context: Context, row: AccountRow, agency: AgencyRow) -> Account:
    day = agency_files.local_day(agency, context.now)
    return Account(id=row.id, sign_in=row.sign_in, name=row.name, agency_id=row.agency_id, agency_name=agency.name,
                   roles=tuple(sorted(accounts.roles_held(context.uow, row.id, day))), language=row.language, demo=row.demo,
                   shortcuts=row.shortcuts, provider_id=row.provider_id)


def _check_provider(context: Context, agency_id: str, provider_id: str | None) -> None:
    if provider_id is not None:
        known = providers.get(context.uow, provider_id)
        if known is None or known.agency_id != agency_id:
            raise errors.NotFound(provider_id=provider_id)


def _check_roles(agency: AgencyRow, roles: Collection[str]) -> None:
    """Roles the product or the agency's sheet knows; never a machine's, which belongs to no person."""
    if not set(roles) <= (authorization.KNOWN_ROLES | agency_files.roles_of(agency)) - authorization.MACHINES:
        raise UnknownRole()


def _checked_sign_in(given: str) -> str:
    identifier = given.strip().casefold()
    if not _SIGN_IN.match(identifier):
        raise errors.InvalidSubmission({"sign_in": (
            "Pakai 2 sampai 100 huruf kecil, angka, atau . _ @ + -", "Use 2 to 100 lower-case letters, digits or . _ @ + -")})
    return identifier


def _checked_name(given: str) -> str:
    name = " ".join(given.split())
    if not 1 <= len(name) <= 200 or not name.isprintable():
        raise errors.InvalidSubmission({"name": ("Isi nama, paling banyak 200 huruf.", "Enter a name of at most 200 characters.")})
    return name
