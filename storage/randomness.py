"""The one source of random bytes for keys, nonces, tokens and ids. Nothing here ever influences a decision."""

from __future__ import annotations

import secrets
from collections.abc import Callable

#: Anything that gives this many random bytes; tests and trials may pass a seeded one.
Randomness = Callable[[int], bytes]


def random_bytes(count: int) -> bytes:
    """`count` bytes of the operating system's cryptographic randomness."""
    return secrets.token_bytes(count)


def random_id(randomness: Randomness = random_bytes) -> str:
    """A new id: 128 random bits as 32 hexadecimal digits, so that ids can be guessed by nobody and sorted by no meaning."""
    return randomness(16).hex()
