"""The journal: append only; (chain_id, seq) is unique, so of two writers of one entry one loses."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, bindparam, exists, func, insert, literal_column, select

from storage import rows
from storage.prepared import Prepared
from storage.schema import history
from storage.unit_of_work import UnitOfWork

journal = history.journal
_INSERT = Prepared(insert(journal))
# As text: only so do the partial indexes apply.
_ASKED: ColumnElement[bool] = literal_column("journal.kind IN ('ask_correction', 'ask_modify')")
_STARTED: ColumnElement[bool] = literal_column("journal.kind = 'start'")


@dataclass(frozen=True, kw_only=True)
class JournalRow:
    """One entry; `body` is its canonical bytes, the other columns repeat what queries need."""

    chain_id: str
    seq: int
    agency_id: str
    case_id: str | None
    at: datetime
    recorded_at: datetime
    actor_id: str
    kind: str
    body: bytes
    payload_digest: str | None
    state_digest: str
    semantics: int
    definition: str
    prev_hash: str
    hash: str
    place: int | None = None


def append(uow: UnitOfWork, entries: Sequence[JournalRow]) -> None:
    """Add entries in one statement. Raises Duplicate("pk_journal") when another writer was first."""
    if entries:
        uow.run(_INSERT, rows.values_of_all(entries))


def entries(uow: UnitOfWork, chain_id: str, *, after: int = 0, until: int | None = None, limit: int = 100_000) -> list[JournalRow]:
    """Entries of one chain in order: those with `after` < seq <= `until`."""
    chosen = [journal.c.chain_id == chain_id, journal.c.seq > after]
    if until is not None:
        chosen.append(journal.c.seq <= until)
    return rows.all_of(JournalRow, uow.execute(
        select(*rows.columns(JournalRow, journal)).where(*chosen).order_by(journal.c.seq).limit(limit)))


def definition_at(uow: UnitOfWork, chain_id: str, kind: str, at: datetime) -> str | None:
    """The digest of the version by which a chain's entry of that kind and instant was made; the last of several."""
    return uow.execute(
        select(journal.c.definition).where(journal.c.chain_id == chain_id, journal.c.kind == kind, journal.c.at == at)
        .order_by(journal.c.seq.desc()).limit(1)).scalar_one_or_none()


def head(uow: UnitOfWork, chain_id: str) -> tuple[int, str] | None:
    """(seq, hash) of the last entry of a chain, for chains that have no instance row."""
    found = uow.execute(
        select(journal.c.seq, journal.c.hash).where(journal.c.chain_id == chain_id)
        .order_by(journal.c.seq.desc()).limit(1)).first()
    return None if found is None else (found.seq, found.hash)


def of_kinds(uow: UnitOfWork, case_id: str, kinds: Collection[str], *, limit: int = 1000) -> list[JournalRow]:
    """Entries of these kinds of all chains of a case, in the order in which they were written."""
    return rows.all_of(JournalRow, uow.execute(
        select(*rows.columns(JournalRow, journal)).where(journal.c.case_id == case_id, journal.c.kind.in_(sorted(kinds)))
        .order_by(journal.c.place).limit(limit)))


def cases_started(uow: UnitOfWork, account_id: str, case_ids: Collection[str]) -> frozenset[str]:
    """Which of these cases began with an instance that this account started; what it started later in a standing case is not meant."""
    return frozenset(uow.execute(_began_by(account_id).where(journal.c.case_id.in_(sorted(case_ids)))).scalars())


def cases_begun(uow: UnitOfWork, account_id: str, *, limit: int = 5000) -> list[str]:
    """The cases that began with an instance that this account started, the latest first."""
    return list(uow.execute(_began_by(account_id).order_by(journal.c.recorded_at.desc(), journal.c.case_id).limit(limit)).scalars())


def _began_by(account_id: str) -> Select[tuple[str]]:
    before = journal.alias()
    is_later = exists().where(before.c.case_id == journal.c.case_id, before.c.kind == "start", before.c.place < journal.c.place)
    return select(journal.c.case_id).where(_STARTED, journal.c.actor_id == account_id, journal.c.case_id.is_not(None), ~is_later)


def acted_in(uow: UnitOfWork, account_id: str, case_id: str) -> bool:
    """Whether this account moved or decided anything in any of the case's chains."""
    found = uow.execute(select(journal.c.seq).where(journal.c.case_id == case_id, journal.c.actor_id == account_id).limit(1))
    return found.first() is not None


def cases_asked(uow: UnitOfWork, agency_id: str, *, limit: int = 200) -> list[str]:
    """Cases in which more was asked for (a correction, a step once more) than answered, the longest waiting first."""
    answered = select(func.count()).where(
        journal.c.case_id == bindparam("case_id"), journal.c.kind.in_(("answer_correction", "modify", "refuse_modify")))
    asked = uow.execute(
        select(journal.c.case_id, func.count().label("asked")).where(journal.c.agency_id == agency_id, _ASKED)
        .group_by(journal.c.case_id).order_by(func.min(journal.c.recorded_at)))
    return [row.case_id for row in asked if row.asked > uow.execute(answered, {"case_id": row.case_id}).scalar_one()][:limit]


def places(uow: UnitOfWork, case_id: str) -> Mapping[tuple[str, int], int]:
    """(chain, seq) -> place among the entries of all chains of the case: the order in which they were written, whatever clocks said."""
    found = uow.execute(select(journal.c.chain_id, journal.c.seq, journal.c.place).where(journal.c.case_id == case_id))
    return {(row.chain_id, row.seq): row.place for row in found}
