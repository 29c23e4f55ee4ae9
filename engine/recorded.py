"""The stored journal of an instance, read for a replay."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from itertools import zip_longest

from engine import errors, journal, pack, replay, seal
from engine.definitions import Definition
from engine.executor import Context
from engine.results import ReplayReport, ReplayVerdict
from storage import deployments, instances, payloads
from storage import journal as journal_rows

_NAME_TABLES = frozenset({"start", "change_tables"})


def entries(
    instance: instances.InstanceRow, rows: Iterable[journal_rows.JournalRow], places: Sequence[int | None]
) -> list[journal.Entry]:
    """Stored rows as journal entries. Columns that repeat the canonical body, or the instance, must agree with it, and each row
    stand at its place (of `places`, in order) among the entries of the case, or the entry does not verify."""
    return [entry_of(row, agency_id=instance.agency_id, case_id=instance.case_id, place=place)
            for row, place in zip_longest(rows, places) if row is not None]


def entry_of(row: journal_rows.JournalRow, *, agency_id: str, case_id: str | None, place: int | None) -> journal.Entry:
    """One stored row as a journal entry, which does not verify unless the row agrees with its body and stands where it must."""
    entry = journal.Entry(
        chain_id=row.chain_id, seq=row.seq, at=row.at, recorded_at=row.recorded_at, actor_id=row.actor_id, kind=row.kind,
        payload_digest=row.payload_digest or "", state_digest=row.state_digest, definition=row.definition,
        semantics=row.semantics, prev_hash=_bytes(row.prev_hash), hash=_bytes(row.hash))
    agrees = journal.body_bytes(entry) == row.body and row.place == place and (row.agency_id, row.case_id) == (agency_id, case_id)
    return entry if agrees else journal.spoiled(entry)


def _bytes(text: str) -> bytes:
    """The bytes of a stored hash; none for any other spelling of them."""
    try:
        read = bytes.fromhex(text)
    except ValueError:
        return b""
    return read if read.hex() == text else b""


def places(context: Context, chain_id: str, case_id: str | None) -> list[int | None]:
    """The places a chain's entries must have: of all places of the case those that its other journals leave."""
    if case_id is None:
        return []
    stored = journal_rows.places(context.uow, case_id)
    elsewhere = {place for (other, _), place in stored.items() if other != chain_id}
    return [place for place in range(1, len(stored) + 1) if place not in elsewhere]


def of(context: Context, row: instances.InstanceRow) -> list[replay.Recorded]:
    """The journal with its ciphertexts."""
    read = entries(row, journal_rows.entries(context.uow, row.id), places(context, row.id, row.case_id))
    sealed = payloads.get_many(context.uow, {entry.payload_digest for entry in read})
    return [replay.Recorded(entry=entry, ciphertext=sealed.get(entry.payload_digest)) for entry in read]

def tables_of(row: instances.InstanceRow, read: Iterable[replay.Recorded], key: bytes | None) -> frozenset[str]:
    """The digests of the tables the instance is pinned to, and of those its journal names; an entry that does not open names none."""
    found = {row.calendar_digest, row.parameters_digest}
    for item in read:
        if key is None or item.ciphertext is None or item.entry.kind not in _NAME_TABLES:
            continue
        try:
            content = seal.unseal(key, item.ciphertext, bound_to=pack.payload_binding(row.id, item.entry.seq))
        except errors.StateCorrupt:
            continue
        stimulus = journal.read_content(item.entry.kind, content)[0]
        found |= {getattr(stimulus, "calendar", None), getattr(stimulus, "parameters", None)}
    return frozenset(digest for digest in found if digest)


def replayed(
    context: Context, row: instances.InstanceRow, *, on_step: Callable[[replay.Step], None] | None = None, until: int | None = None
) -> ReplayReport:
    """Replays the stored journal of an instance (up to `until`) against the deployments and tables it names."""
    recorded = of(context, row)
    key, key_opens = None, True
    try:
        key = None if row.wrapped_key is None else context.case_key(row.case_id or "", row.wrapped_key)
    except errors.StateCorrupt:
        key_opens = False
    whole = until is None or until >= len(recorded)
    definition_for = definition_by_digest(context)
    report = replay.replay(
        row.id, recorded if whole else recorded[:until], key=key, program_for=lambda digest: definition_for(digest).program,
        tables=context.tables,
        head=_bytes(row.head_hash) if whole else None, length=row.seq if whole else None, on_step=on_step)
    if key_opens or report.verdict is ReplayVerdict.BROKEN:
        return report
    return dataclasses.replace(report, verdict=ReplayVerdict.BROKEN, reason="key-damaged")


def definition_by_digest(context: Context) -> Callable[[str], Definition]:
    """How what an entry was made with is found: in the stored deployments, by digest. Each is looked for once."""
    found: dict[str, Definition] = {}

    def definition_for(digest: str) -> Definition:
        if digest not in found:
            (deployment, *_) = deployments.by_digest(context.uow, digest, limit=1)
            found[digest] = context.executor.definition(context.uow, deployment.id)
        return found[digest]

    return definition_for
