"""A case's own chain: what people decide about a case outside its process instances, journaled as instances are (design.md 4).

An entry says in clear when, by whom and of which kind; its content is sealed under the case key and named by its digest. It takes a
place among the entries of all the case's journals, so that a rebuild tells everything in the order it was written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any

from engine import acts, canonical, errors, journal, pack, recorded, seal
from engine.executor import Context
from storage import cases, payloads, randomness
from storage import journal as journal_rows


@dataclass(frozen=True, kw_only=True)
class CaseEntry:
    """One entry, opened."""

    seq: int
    at: datetime
    actor_id: str
    kind: str
    content: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Held:
    """What of a chain may be told: the entries before the first that does not hold, and the number of that one (None: all hold)."""

    entries: tuple[CaseEntry, ...]
    broken_from: int | None = None


def append(context: Context, row: cases.CaseRow, kind: str, content: Mapping[str, Any]) -> int:
    """Adds an entry by the actor, now; its number in the chain. Raises `KeyDestroyed` for a case that was erased."""
    if kind not in acts.KINDS:
        raise errors.InvalidValue(kind=kind)
    key = context.case_key(row.id, row.wrapped_key)
    head = journal_rows.head(context.uow, row.id)
    seq, previous = (head[0] + 1, bytes.fromhex(head[1])) if head else (1, journal.GENESIS)
    plain = canonical.dumps(dict(content))
    meaning = canonical.loads(plain)
    sealed = seal.seal(key, plain, nonce=randomness.random_bytes(seal.NONCE_BYTES), bound_to=pack.payload_binding(row.id, seq))
    digest = hashlib.sha256(sealed).hexdigest()
    entry = journal.next_entry(
        previous, chain_id=row.id, seq=seq, at=context.now, recorded_at=context.now, actor_id=context.actor.account_id, kind=kind,
        payload_digest=digest, state_digest=journal.state_digest(seal.mac_key(key), meaning), definition="")
    place = cases.move(context.uow, row.id, entries=1, acted_at=context.now)
    journal_rows.append(context.uow, [journal_rows.JournalRow(
        chain_id=row.id, seq=seq, agency_id=row.agency_id, case_id=row.id, at=entry.at, recorded_at=entry.recorded_at,
        actor_id=entry.actor_id, kind=kind, body=journal.body_bytes(entry), payload_digest=digest, state_digest=entry.state_digest,
        semantics=entry.semantics, definition="", prev_hash=previous.hex(), hash=entry.hash.hex(), place=place)])
    payloads.add_many(context.uow, [payloads.PayloadRow(digest=digest, case_id=row.id, ciphertext=sealed)])
    return seq


def read(context: Context, row: cases.CaseRow) -> list[CaseEntry]:
    """The chain in order, opened.

    Raises:
        KeyDestroyed: the case was erased.
        StateCorrupt: an entry was changed, dropped or swapped, or does not stand at its place among the case's entries.
    """
    key = context.case_key(row.id, row.wrapped_key)
    entries = stored(context, row)
    if not entries:
        return []
    if journal.first_break(row.id, (entry for entry, _ in entries), kinds=acts.KINDS) is not None:
        raise errors.StateCorrupt(case_id=row.id)
    return [_opened(row, entry, sealed, key) for entry, sealed in entries]


def held(context: Context, row: cases.CaseRow) -> Held:
    """The chain as far as it holds, opened; nothing of a case that was erased, whose words are gone."""
    if row.wrapped_key is None:
        return Held(entries=())
    key, entries = context.case_key(row.id, row.wrapped_key), stored(context, row)
    found = acts.first_break(row.id, entries, key=key, length=cases.entries_outside_instances(context.uow, row.id))
    broken_from = None if found is None else found.seq
    whole = entries if broken_from is None else entries[:broken_from - 1]
    return Held(entries=tuple(_opened(row, entry, sealed, key) for entry, sealed in whole), broken_from=broken_from)


def stored(context: Context, row: cases.CaseRow) -> list[tuple[journal.Entry, bytes | None]]:
    """The chain as it stands, sealed; an entry whose row disagrees with it, or that does not stand at its place, does not verify."""
    found = journal_rows.entries(context.uow, row.id)
    if not found:
        return []
    entries = [recorded.entry_of(each, agency_id=row.agency_id, case_id=row.id, place=place)
               for each, place in zip_longest(found, recorded.places(context, row.id, row.id)) if each is not None]
    sealed = payloads.get_many(context.uow, {each.payload_digest for each in entries})
    return [(entry, sealed.get(entry.payload_digest)) for entry in entries]


def first_break(context: Context, row: cases.CaseRow) -> journal.Break | None:
    """The first entry that does not hold. The case row and its instances anchor the length: what its last entries said cannot go unseen."""
    key = None if row.wrapped_key is None else context.case_key(row.id, row.wrapped_key)
    return acts.first_break(row.id, stored(context, row), key=key, length=cases.entries_outside_instances(context.uow, row.id))


def _opened(row: cases.CaseRow, entry: journal.Entry, sealed: bytes | None, key: bytes) -> CaseEntry:
    return CaseEntry(seq=entry.seq, at=entry.at, actor_id=entry.actor_id, kind=entry.kind, content=acts.content(row.id, entry, sealed, key))
