"""The one source of random bytes: keys, nonces, tokens and ids. Nothing from here ever influences a decision."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import sha256
from itertools import count

_ids: ContextVar[Iterator[str] | None] = ContextVar("ids", default=None)


def random_bytes(count: int) -> bytes:
    """`count` bytes of the operating system's cryptographic randomness."""
    return secrets.token_bytes(count)


def new_id() -> str:
    """A new id: 128 random bits as 32 hexadecimal digits, so that nobody can guess one and none tells an order."""
    ids = _ids.get()
    return random_bytes(16).hex() if ids is None else next(ids)


@contextmanager
def same_ids(seed: str) -> Iterator[None]:
    """In it the ids follow from `seed`, which is as secret as they are: what a trial did is done again, and is called the same. Keys,
    nonces and tokens stay random."""
    before = _ids.set(sha256(f"{seed}.{number}".encode()).hexdigest()[:32] for number in count())
    try:
        yield
    finally:
        _ids.reset(before)


def new_token() -> str:
    """A new bearer token of 256 random bits, safe in a cookie and in an address."""
    return secrets.token_urlsafe(32)
