"""Encrypted submissions, addressed by the SHA-256 of their ciphertext."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select

from storage import rows
from storage.prepared import Prepared
from storage.schema import history
from storage.unit_of_work import UnitOfWork

payload = history.payload
_INSERT = Prepared(insert(payload))


@dataclass(frozen=True, kw_only=True)
class PayloadRow:
    """One ciphertext and its digest."""

    digest: str
    case_id: str | None
    ciphertext: bytes


def add_many(uow: UnitOfWork, payloads: Sequence[PayloadRow]) -> None:
    """Keep ciphertexts; each has a nonce of its own, so digests never meet."""
    if payloads:
        uow.run(_INSERT, rows.values_of_all(payloads))


def get(uow: UnitOfWork, digest: str) -> bytes | None:
    """The ciphertext, or None after erasure."""
    return uow.execute(select(payload.c.ciphertext).where(payload.c.digest == digest)).scalar_one_or_none()


def get_many(uow: UnitOfWork, digests: Collection[str]) -> dict[str, bytes]:
    """digest -> ciphertext of those that exist. Asked for in portions, since databases cap parameters."""
    wanted = sorted(digests)
    found: dict[str, bytes] = {}
    for start in range(0, len(wanted), 500):
        result = uow.execute(
            select(payload.c.digest, payload.c.ciphertext)
            .where(payload.c.digest.in_(wanted[start:start + 500])).order_by(payload.c.digest))
        found.update((digest, ciphertext) for digest, ciphertext in result)
    return found


def delete_of_case(uow: UnitOfWork, case_id: str) -> int:
    """Erasure of what a case's submissions said; the journal keeps their digests."""
    return uow.execute(delete(payload).where(payload.c.case_id == case_id)).rowcount
