"""The one source of random bytes: keys, nonces, tokens and ids. Nothing from here ever influences a decision."""

from __future__ import annotations

import secrets


def random_bytes(count: int) -> bytes:
    """`count` bytes of the operating system's cryptographic randomness."""
    return secrets.token_bytes(count)


def new_id() -> str:
    """A new id: 128 random bits as 32 hexadecimal digits, so that nobody can guess one and none tells an order."""
    return random_bytes(16).hex()


def new_token() -> str:
    """A new bearer token of 256 random bits, safe in a cookie and in an address."""
    return secrets.token_urlsafe(32)
