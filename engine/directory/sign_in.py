"""Signing in: delays that grow with failures, and sessions kept on the server."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from engine import seal
from engine.directory import passphrases
from engine.directory.refusals import SignInRefused, TooManyAttempts
from engine.executor import Executor
from engine.settings import Settings
from storage import accounts, randomness, sessions

FAILURES_FORGOTTEN_AFTER = timedelta(minutes=15)
LONGEST_DELAY = timedelta(minutes=5)    # a delay, never a lock-out: who knows the passphrase gets in after it
SEEN_WRITTEN_EVERY = timedelta(seconds=30)  # a page view is not worth a write each


def open_session(executor: Executor, settings: Settings, sign_in: str, passphrase: str, *, address: str) -> str:
    """Exchange a sign-in name and passphrase for a session token. No transaction is held while the passphrase is hashed.

    Every attempt counts as a failure before it is checked, so that many at once gain nothing.

    Raises:
        SignInRefused: unknown name, wrong passphrase or disabled account; they cannot be told apart.
        TooManyAttempts: too many failures of this name from this address; `retry_after` says how long to wait.
    """
    now = executor.clock.now()
    name = sign_in.strip().casefold()
    key = _attempt_key(executor.master_key, name, address)
    with executor.database.unit_of_work() as uow:
        accounts.forget_failures_before(uow, now - FAILURES_FORGOTTEN_AFTER)
        wait = _wait(settings, accounts.failures(uow, [key]).get(key), now)
        if wait <= timedelta(0):
            accounts.note_failure(uow, key, now)
        row = accounts.by_sign_in(uow, name)
    if wait > timedelta(0):
        raise TooManyAttempts(wait)
    usable = row if row is not None and row.disabled_at is None else None
    if not passphrases.is_right(passphrase, usable.password_hash if usable is not None else None) or usable is None:
        raise SignInRefused()
    renewed = passphrases.digest_of(passphrase) if passphrases.needs_renewal(usable.password_hash) else usable.password_hash
    token = randomness.new_token()
    with executor.database.unit_of_work() as uow:
        accounts.forget_failures(uow, [key])
        accounts.update_one(uow, usable.id, {"last_used": now, "password_hash": renewed})
        sessions.remove_ended(uow, now)
        sessions.add(uow, sessions.SessionRow(
            token_hash=token_hash(token), account_id=usable.id, created_at=now, seen_at=now,
            ends_at=now + settings.session_ends_after))
    return token


def living(executor: Executor, settings: Settings, token: str) -> sessions.SessionRow | None:
    """A living session, which is thereby seen; None once it ended, idled too long, or never was."""
    now = executor.clock.now()
    hashed = token_hash(token)
    with executor.database.reading() as uow:
        row = sessions.get(uow, hashed)
    if row is None:
        return None
    if now >= row.ends_at or now - row.seen_at >= settings.idle_lock_after:
        close_session(executor, token)
        return None
    if now - row.seen_at >= SEEN_WRITTEN_EVERY:
        with executor.database.unit_of_work() as uow:
            sessions.touch(uow, hashed, now)
    return row


def close_session(executor: Executor, token: str) -> None:
    """End a session; ending one twice is normal."""
    with executor.database.unit_of_work() as uow:
        sessions.remove(uow, token_hash(token))


def confirm(executor: Executor, settings: Settings, account_id: str, passphrase: str, *, address: str) -> None:
    """Whoever sits there now is who signed in: they know the passphrase. Counts and delays like signing in.

    Raises:
        SignInRefused: it is not the account's passphrase, or the account was disabled.
        TooManyAttempts: too many failures of this account from this address.
    """
    now = executor.clock.now()
    with executor.database.unit_of_work() as uow:
        row = accounts.get(uow, account_id)
        key = _attempt_key(executor.master_key, row.sign_in if row is not None else "", address)
        wait = _wait(settings, accounts.failures(uow, [key]).get(key), now)
        if wait <= timedelta(0):
            accounts.note_failure(uow, key, now)
    if wait > timedelta(0):
        raise TooManyAttempts(wait)
    usable = row if row is not None and row.disabled_at is None else None
    if not passphrases.is_right(passphrase, usable.password_hash if usable is not None else None):
        raise SignInRefused()
    with executor.database.unit_of_work() as uow:
        accounts.forget_failures(uow, [key])


def reference_of(token: str) -> str:
    """How records name a session; nothing can be opened with it."""
    return hashlib.sha256(f"session {token_hash(token)}".encode()).hexdigest()[:32]


def token_hash(token: str) -> str:
    """What is kept of a token: a database that leaks opens no session."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _wait(settings: Settings, failed: tuple[int, datetime] | None, now: datetime) -> timedelta:
    """How long this name from this address has to wait yet. The first few failures cost nothing, then each doubles the delay."""
    if failed is None or failed[0] < settings.sign_ins_per_minute:
        return timedelta(0)
    count, last_at = failed
    doublings = min(count - settings.sign_ins_per_minute, 10)
    delay = min(timedelta(seconds=5 << doublings), LONGEST_DELAY)
    return last_at + delay - now


def _attempt_key(master_key: bytes, name: str, address: str) -> str:
    """Keyed, since names and addresses are few enough to be guessed from a plain digest."""
    key = seal.derived(master_key, "sign-in attempts")
    return hmac.new(key, f"{len(name)}:{name}:{address}".encode("utf-8", "surrogatepass"), "sha256").hexdigest()
