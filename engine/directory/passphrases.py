"""Passphrases: argon2id, the same work whether or not the account exists."""

from __future__ import annotations

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MOST_CHARACTERS = 1024  # longer never reaches the hash: its cost would be the sender's to choose
_FEWEST_DIFFERENT = 5

_hasher = PasswordHasher()  # argon2id with the parameters of RFC 9106 for 64 MiB


def digest_of(passphrase: str) -> str:
    """What is kept of a passphrase."""
    return _hasher.hash(_composed(passphrase))


def is_right(passphrase: str, kept: str | None) -> bool:
    """Whether `passphrase` is the one `kept` was made of. None, for an unknown account, costs the same and is never right."""
    if len(passphrase) > MOST_CHARACTERS:
        return False
    try:
        matches = _hasher.verify(kept if kept is not None else _nobodys(), _composed(passphrase))
    except (VerificationError, InvalidHashError):
        return False
    return matches and kept is not None


def needs_renewal(kept: str) -> bool:
    """Whether `kept` was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(kept)


def is_strong(passphrase: str, *, fewest: int, sign_in: str) -> bool:
    """Long enough, not one character over and over, and not the sign-in name."""
    text = _composed(passphrase).casefold()
    return (fewest <= len(text) <= MOST_CHARACTERS and len(set(text)) >= _FEWEST_DIFFERENT
            and text.replace(sign_in.casefold(), "") != "")


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody's passphrase")


def _composed(passphrase: str) -> str:
    """The same passphrase typed on another keyboard has the same characters."""
    return unicodedata.normalize("NFKC", passphrase)
