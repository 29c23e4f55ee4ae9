"""Case files and their projected records."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Integer, and_, bindparam, delete, func, insert, select, true, update

from storage import case_search, conflicts, rows
from storage.prepared import Prepared
from storage.schema import running
from storage.unit_of_work import UnitOfWork

case_file = running.case_file
case_record = running.case_record
_MOVE = Prepared(
    update(case_file)
    .where(case_file.c.id == bindparam("case_id"),
           case_file.c.entries == func.coalesce(bindparam("seen", type_=Integer), case_file.c.entries))
    .values(entries=case_file.c.entries + bindparam("new", type_=Integer),
            **{name: func.coalesce(bindparam(given, type_=case_file.c[name].type), case_file.c[name])
               for name, given in (("status", "new_status"), ("risk", "new_risk"), ("updated_at", "moved_at"), ("acted_at", "acted"))})
    .returning(case_file.c.entries))


@dataclass(frozen=True, kw_only=True)
class CaseRow:
    """The beneficiary's file; `wrapped_key` None means its key was destroyed. `came_from` is set where another agency handed it
    over: its `agency` (code) and an opaque `reference` by which that agency finds its own case."""

    id: str
    agency_id: str
    business_key: str
    status: str
    risk: str
    owner_id: str | None
    wrapped_key: bytes | None
    opened_at: datetime
    closed_at: datetime | None
    updated_at: datetime
    came_from: Mapping[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class CaseRecordRow:
    """One version of one record, projected from journal entry `seq` of chain `chain_id`."""

    case_id: str
    record: str
    version: int
    at: datetime
    actor_id: str
    chain_id: str
    seq: int
    ciphertext: bytes


def add(uow: UnitOfWork, row: CaseRow) -> None:
    """Open a case file. Raises Duplicate("uq_case_file_agency_id_business_key")."""
    uow.execute(insert(case_file), rows.values_of(row))


def get(uow: UnitOfWork, case_id: str) -> CaseRow | None:
    """The case with this id, of whatever agency: the caller checks who asks."""
    return rows.one_of(CaseRow, uow.execute(
        select(*rows.columns(CaseRow, case_file)).where(case_file.c.id == case_id)))


def by_business_key(uow: UnitOfWork, agency_id: str, business_key: str) -> CaseRow | None:
    """The agency's case with this business key."""
    return rows.one_of(CaseRow, uow.execute(
        select(*rows.columns(CaseRow, case_file))
        .where(case_file.c.agency_id == agency_id, case_file.c.business_key == business_key)))


def find(uow: UnitOfWork, agency_id: str, *, business_key: str | None = None, status: str | None = None,
         owner_id: str | None = None, ids: Sequence[str] | None = None, is_open: bool | None = None, reader: str = "",
         limit: int = 25, offset: int = 0) -> list[CaseRow]:
    """Cases of the agency, newest first; `ids` narrows to those, `is_open` to those that are not closed (or are). Those in which the
    `reader` has a conflict of interest are none of theirs."""
    return rows.all_of(CaseRow, uow.execute(
        select(*rows.columns(CaseRow, case_file))
        .where(*_chosen(agency_id, business_key, status, owner_id, ids, is_open, reader))
        .order_by(case_file.c.opened_at.desc(), case_file.c.id).limit(limit).offset(offset)))


def count(uow: UnitOfWork, agency_id: str, *, business_key: str | None = None, status: str | None = None,
          owner_id: str | None = None, ids: Sequence[str] | None = None, is_open: bool | None = None, reader: str = "") -> int:
    """How many cases `find` has in all."""
    return int(uow.execute(select(func.count()).select_from(case_file).where(
        *_chosen(agency_id, business_key, status, owner_id, ids, is_open, reader))).scalar_one())


def save(uow: UnitOfWork, case_id: str, *, status: str, risk: str, owner_id: str | None, closed_at: datetime | None,
         updated_at: datetime) -> bool:
    """Write what the journal led to."""
    return uow.execute(update(case_file).where(case_file.c.id == case_id).values(
        status=status, risk=risk, owner_id=owner_id, closed_at=closed_at, updated_at=updated_at)).rowcount == 1


def move(uow: UnitOfWork, case_id: str, *, entries: int, seen: int | None = None, status: str | None = None, risk: str | None = None,
         at: datetime | None = None, acted_at: datetime | None = None) -> int | None:
    """Take places for so many new entries of the case's journals, and write what a running instance says of the case; None and ""
    leave what is. The answer is the last of the places. `acted_at`: a person did something; timers and operations are no news.

    On PostgreSQL whoever else moves the case waits until the transaction ends (on SQLite writers wait anyway), so what is read after
    this is as the place before left it. What was read earlier, with `seen` entries there, is out of date where the answer is None:
    then nothing was written.
    """
    found = list(uow.run(_MOVE, {"case_id": case_id, "new": entries, "seen": seen, "new_status": status or None,
                                 "new_risk": risk or None, "moved_at": at, "acted": acted_at}))
    return int(found[0][0]) if found else None


def entries_outside_instances(uow: UnitOfWork, case_id: str) -> int:
    """How many entries the case's own chain was given, whether they still stand or not: all of its journals but those of its instances."""
    of_instances = select(func.coalesce(func.sum(running.instance.c.seq), 0)).where(running.instance.c.case_id == case_id)
    return int(uow.execute(select(case_file.c.entries - of_instances.scalar_subquery()).where(case_file.c.id == case_id)).scalar_one())


def assign(uow: UnitOfWork, case_id: str, owner_id: str | None) -> bool:
    """Who answers for the case from now on."""
    return uow.execute(update(case_file).where(case_file.c.id == case_id).values(owner_id=owner_id)).rowcount == 1


def owners(uow: UnitOfWork, case_ids: Collection[str]) -> Mapping[str, str]:
    """case id -> who answers for it, of those cases that somebody answers for."""
    found = uow.execute(select(case_file.c.id, case_file.c.owner_id)
                        .where(case_file.c.id.in_(sorted(case_ids)), case_file.c.owner_id.is_not(None)).order_by(case_file.c.id))
    return {row.id: row.owner_id for row in found}


def destroy_key(uow: UnitOfWork, case_id: str) -> bool:
    """Erasure: without the wrapped key no ciphertext of the case can ever be read again, and nobody finds it by a person."""
    case_search.delete_of_case(uow, case_id)
    return uow.execute(update(case_file).where(case_file.c.id == case_id).values(wrapped_key=None)).rowcount == 1


def all_keys(uow: UnitOfWork, *, after: str = "", limit: int = 500) -> list[tuple[str, bytes]]:
    """Case ids and wrapped keys in id order, for changing the key-encryption key; page on with the last id."""
    found = uow.execute(
        select(case_file.c.id, case_file.c.wrapped_key)
        .where(case_file.c.id > after, case_file.c.wrapped_key.is_not(None)).order_by(case_file.c.id).limit(limit))
    return [(case_id, wrapped) for case_id, wrapped in found]


def rewrap(uow: UnitOfWork, case_id: str, *, old: bytes, new: bytes) -> bool:
    """Replace a wrapped key unless it changed meanwhile."""
    return uow.execute(update(case_file).where(
        case_file.c.id == case_id, case_file.c.wrapped_key == old).values(wrapped_key=new)).rowcount == 1


# --- records -----------------------------------------------------------------------------------------------------


def add_records(uow: UnitOfWork, records: Sequence[CaseRecordRow]) -> None:
    """New versions. Raises Duplicate("pk_case_record") when a version number was taken meanwhile."""
    if records:
        uow.execute(insert(case_record), rows.values_of_all(records))


def records(uow: UnitOfWork, case_id: str, *, record: str | None = None, limit: int = 1000) -> list[CaseRecordRow]:
    """All versions of the case's records (or of one), by record, oldest version first."""
    chosen = [case_record.c.case_id == case_id]
    if record is not None:
        chosen.append(case_record.c.record == record)
    return rows.all_of(CaseRecordRow, uow.execute(
        select(*rows.columns(CaseRecordRow, case_record)).where(*chosen)
        .order_by(case_record.c.record, case_record.c.version).limit(limit)))


def latest_records(uow: UnitOfWork, case_id: str) -> tuple[int, list[CaseRecordRow]]:
    """How many entries the case's journals have, and with them the latest version of each of its records, by record; bounded by the
    records there are."""
    latest = (
        select(case_record.c.record, func.max(case_record.c.version).label("version"))
        .where(case_record.c.case_id == case_id).group_by(case_record.c.record).subquery())
    found = uow.execute(
        select(case_file.c.entries, *rows.columns(CaseRecordRow, case_record))
        .select_from(case_file).outerjoin(latest, true())
        .outerjoin(case_record, and_(case_record.c.case_id == case_file.c.id, case_record.c.record == latest.c.record,
                                     case_record.c.version == latest.c.version))
        .where(case_file.c.id == case_id).order_by(case_record.c.record)).all()
    return found[0].entries if found else 0, rows.all_of(CaseRecordRow, (row[1:] for row in found if row.record is not None))


def latest_of(uow: UnitOfWork, case_ids: Collection[str], names: Collection[str]) -> list[CaseRecordRow]:
    """The latest version of the records of these names, of each of these cases."""
    if not case_ids:
        return []
    latest = (
        select(case_record.c.case_id, case_record.c.record, func.max(case_record.c.version).label("version"))
        .where(case_record.c.case_id.in_(sorted(case_ids)), case_record.c.record.in_(sorted(names)))
        .group_by(case_record.c.case_id, case_record.c.record).subquery())
    return rows.all_of(CaseRecordRow, uow.execute(
        select(*rows.columns(CaseRecordRow, case_record))
        .join(latest, and_(latest.c.case_id == case_record.c.case_id, latest.c.record == case_record.c.record,
                           latest.c.version == case_record.c.version))
        .order_by(case_record.c.case_id, case_record.c.record)))


def record_versions(uow: UnitOfWork, case_id: str) -> Mapping[str, int]:
    """record -> its highest version."""
    found = uow.execute(
        select(case_record.c.record, func.max(case_record.c.version)).where(case_record.c.case_id == case_id)
        .group_by(case_record.c.record).order_by(case_record.c.record))
    return {row[0]: row[1] for row in found}


def delete_records(uow: UnitOfWork, case_id: str) -> int:
    """Drop the projection: to rebuild it from the journal, or for good after erasure."""
    return uow.execute(delete(case_record).where(case_record.c.case_id == case_id)).rowcount


def _chosen(agency_id: str, business_key: str | None, status: str | None, owner_id: str | None,
            ids: Sequence[str] | None, is_open: bool | None, reader: str) -> list[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = [case_file.c.agency_id == agency_id, ~conflicts.is_barred(case_file.c.id, reader)]
    if business_key is not None:
        chosen.append(case_file.c.business_key == business_key)
    if status is not None:
        chosen.append(case_file.c.status == status)
    if owner_id is not None:
        chosen.append(case_file.c.owner_id == owner_id)
    if is_open is not None:
        chosen.append(case_file.c.closed_at.is_(None) if is_open else case_file.c.closed_at.is_not(None))
    if ids is not None:
        chosen.append(case_file.c.id.in_(list(ids)))
    return chosen
