"""Where the time of finished steps went: when each was ready and done, and when its instance stood still meanwhile."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, literal_column, select

from storage import rows
from storage.schema import history, running
from storage.unit_of_work import UnitOfWork

task = running.task
journal = history.journal
_DONE: ColumnElement[bool] = literal_column("task.state = 'completed'")
_STOPS = ("suspend", "resume")


@dataclass(frozen=True, kw_only=True)
class DoneRow:
    """One finished step."""

    sop_key: str
    element_id: str
    role: str
    instance_id: str
    ready_at: datetime
    completed_at: datetime


@dataclass(frozen=True, kw_only=True)
class StopRow:
    """An instance was suspended or went on (`kind`)."""

    chain_id: str
    at: datetime
    kind: str


def done(uow: UnitOfWork, agency_id: str, *, since: datetime, until: datetime, sensitivities: Collection[str],
         limit: int) -> list[DoneRow]:
    """Steps of these classes completed in `since` <= instant < `until`, the earliest first."""
    return rows.all_of(DoneRow, uow.execute(
        select(*rows.columns(DoneRow, task))
        .where(*_in_period(agency_id, since, until), task.c.sensitivity.in_(sorted(sensitivities)))
        .order_by(task.c.completed_at, task.c.id).limit(limit)))


def stops(uow: UnitOfWork, agency_id: str, *, since: datetime, until: datetime) -> list[StopRow]:
    """When the instances of the steps completed in the period were suspended and went on, in order, from their beginning."""
    instances = select(task.c.instance_id).where(*_in_period(agency_id, since, until))
    return rows.all_of(StopRow, uow.execute(
        select(journal.c.chain_id, journal.c.at, journal.c.kind)
        .where(journal.c.chain_id.in_(instances), journal.c.kind.in_(_STOPS)).order_by(journal.c.chain_id, journal.c.seq)))


def _in_period(agency_id: str, since: datetime, until: datetime) -> list[ColumnElement[bool]]:
    return [task.c.agency_id == agency_id, _DONE, task.c.completed_at >= since, task.c.completed_at < until]
