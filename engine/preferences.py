"""The part of `engine.people` for what each person set for themselves: where they read of notices, and their calendar address."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import time
from zoneinfo import ZoneInfo

from engine import calendar_feed, errors, seal
from engine.commands.mails import address_of, choice_of
from engine.directory import persons
from engine.executor import Context, Executor
from engine.notice_kinds import KINDS, Choice, Where
from engine.results import NoticeSettings
from engine.settings import Settings
from engine.types import Actor
from storage import accounts, agencies, notice_choices, randomness

_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+\Z")
_EMAIL_LENGTH = 254


class Preferences:
    """Everybody's own: there is nobody else whose settings one could ask for."""

    _executor: Executor
    _settings: Settings

    def notice_settings(self, actor: Actor) -> NoticeSettings:
        """What the actor chose, with what is usual where they chose nothing."""
        def query(context: Context) -> NoticeSettings:
            account = accounts.get(context.uow, actor.account_id)
            choice = chosen(context, actor.account_id)
            return NoticeSettings(
                kinds=tuple((kind, choice.where(kind)) for kind in KINDS), email=choice.email or "", quiet=choice.quiet,
                mailed_to=(address_of(account, choice) or "") if account is not None else "", mailing=bool(self._settings.smtp_host))

        return self._executor.read(actor, query)

    def choose_notices(self, actor: Actor, *, by_kind: Mapping[str, str], email: str, quiet: tuple[time, time] | None) -> None:
        """Keeps the actor's choices in place of those before. What is urgent can be taken out of the mail, never out of the product.

        Raises:
            InvalidSubmission: no such kind or place, no mail address, or quiet hours that end when they begin.
        """
        wrong = {}
        address = email.strip()
        if address and (len(address) > _EMAIL_LENGTH or not _EMAIL.match(address)):
            wrong["email"] = ("Tulis satu alamat surel, misalnya nama@dinas.go.id.", "Write one e-mail address, such as name@office.go.id.")
        if quiet is not None and quiet[0] == quiet[1]:
            wrong["quiet"] = ("Jam tenang mulai dan selesai pada waktu yang sama.", "Quiet hours begin and end at the same time.")
        possible = {kind.key: {where.value for where in kind.possible} for kind in KINDS}
        for key, where in by_kind.items():
            if where not in possible.get(key, ()):
                wrong[key] = ("Pilih salah satu.", "Choose one of them.")
        if wrong:
            raise errors.InvalidSubmission(wrong)
        row = notice_choices.ChoiceRow(
            account_id=actor.account_id, email=address or None, by_kind=dict(by_kind),
            quiet_from=None if quiet is None else _minutes(quiet[0]), quiet_until=None if quiet is None else _minutes(quiet[1]))
        self._executor.run(actor, lambda context: notice_choices.put(context.uow, row))

    def calendar_token(self, actor: Actor) -> str | None:
        """What opens the actor's calendar to whoever has it; None: it has no address."""
        row = self._executor.read(actor, lambda context: notice_choices.feed_of(context.uow, actor.account_id))
        return None if row is None else self._token(row.account_id, row.nonce)

    def renew_calendar(self, actor: Actor) -> None:
        """A calendar address, the first or another; the one before opens nothing any more."""
        nonce = randomness.new_token()
        hashed = _hash(self._token(actor.account_id, nonce))
        self._executor.run(actor, lambda context: notice_choices.put_feed(context.uow, notice_choices.FeedRow(
            account_id=actor.account_id, nonce=nonce, token_hash=hashed, made_at=context.now)))

    def revoke_calendar(self, actor: Actor) -> None:
        """No calendar address any more; twice is once."""
        self._executor.run(actor, lambda context: notice_choices.remove_feed(context.uow, actor.account_id))

    def calendar(self, token: str) -> bytes:
        """The deadlines of whoever made this address, as iCalendar (RFC 5545).

        Raises:
            NotFound: nobody has this address, or its account was disabled.
        """
        def query(context: Context) -> bytes:
            row = notice_choices.feed_by_hash(context.uow, _hash(token))
            account = accounts.get(context.uow, row.account_id) if row is not None else None
            agency = agencies.get(context.uow, account.agency_id) if account is not None else None
            if account is None or agency is None or account.disabled_at is not None:
                raise errors.NotFound()
            return calendar_feed.of(context, persons.actor(context, account, agency), zone=ZoneInfo(agency.zone),
                                    language=account.language, base_url=self._settings.base_url)

        return self._executor.read(_NOBODY, query)

    def _token(self, account_id: str, nonce: str) -> str:
        """256 bits that only this product's key can make again: of the database alone nobody reads an address."""
        key = seal.derived(self._executor.master_key, "calendar addresses")
        made = hmac.digest(key, f"{account_id}:{nonce}".encode(), "sha256")
        return base64.urlsafe_b64encode(made).decode().rstrip("=")


def chosen(context: Context, account_id: str) -> Choice:
    """What this account chose."""
    return choice_of(notice_choices.of_accounts(context.uow, [account_id]).get(account_id))


def hidden(context: Context, account_id: str) -> frozenset[str]:
    """The codes this account does not want to read of."""
    return chosen(context, account_id).codes(Where.NOWHERE)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


_NOBODY = Actor(account_id="", agency_id="", name="")
