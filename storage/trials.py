"""Trials of SOPs: what is tried, and what was done in each, so that every process can play it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select

from storage import rows
from storage.schema import drafted
from storage.unit_of_work import UnitOfWork

trial, file, act = drafted.sop_trial, drafted.sop_trial_file, drafted.sop_trial_act


@dataclass(frozen=True, kw_only=True)
class TrialRow:
    """A trial of a version (`version_id`), of a draft at a `revision`, or of files of its own."""

    id: str
    agency_id: str
    account_id: str
    opened_at: datetime
    starts_at: datetime
    version_id: str | None
    revision: int | None
    calendar_digest: str | None
    parameters_digest: str | None


@dataclass(frozen=True, kw_only=True)
class ActRow:
    """One thing done in a trial; `number` counts from 1."""

    trial_id: str
    number: int
    ciphertext: bytes


def add(uow: UnitOfWork, row: TrialRow, files: Mapping[str, bytes]) -> None:
    """A new trial; `files` of one that is of no version and no draft."""
    uow.execute(insert(trial), rows.values_of(row))
    if files:
        uow.execute(insert(file), [{"trial_id": row.id, "path": path, "content": data} for path, data in sorted(files.items())])


def get(uow: UnitOfWork, trial_id: str) -> TrialRow | None:
    """The trial with this id."""
    return rows.one_of(TrialRow, uow.execute(select(*rows.columns(TrialRow, trial)).where(trial.c.id == trial_id)))


def files(uow: UnitOfWork, trial_id: str) -> dict[str, bytes]:
    """Its own files by path. A bundle's number of files is capped."""
    found = uow.execute(select(file.c.path, file.c.content).where(file.c.trial_id == trial_id).order_by(file.c.path))
    return {row[0]: row[1] for row in found}


def add_act(uow: UnitOfWork, row: ActRow) -> None:
    """The next thing done. Raises Duplicate("pk_sop_trial_act") where another process did one meanwhile."""
    uow.execute(insert(act), rows.values_of(row))


def size(uow: UnitOfWork, trial_id: str) -> tuple[int, int]:
    """How many acts it has, and their bytes."""
    found = uow.execute(select(func.count(), func.coalesce(func.sum(func.length(act.c.ciphertext)), 0))
                        .where(act.c.trial_id == trial_id)).one()
    return int(found[0]), int(found[1])


def acts(uow: UnitOfWork, trial_id: str, *, after: int, limit: int) -> list[ActRow]:
    """Its acts after the first `after`, in order."""
    return rows.all_of(ActRow, uow.execute(
        select(*rows.columns(ActRow, act)).where(act.c.trial_id == trial_id, act.c.number > after).order_by(act.c.number).limit(limit)))


def drop_before(uow: UnitOfWork, instant: datetime) -> int:
    """Forgets the trials opened before an instant; how many."""
    old = select(trial.c.id).where(trial.c.opened_at < instant)
    for table in (act, file):
        uow.execute(delete(table).where(table.c.trial_id.in_(old)))
    return uow.execute(delete(trial).where(trial.c.opened_at < instant)).rowcount
