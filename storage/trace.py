"""What happened to which element: readable rows derived from the journal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select

from storage import rows
from storage.prepared import Prepared
from storage.schema import history
from storage.unit_of_work import UnitOfWork

trace = history.trace
_INSERT = Prepared(insert(trace))


@dataclass(frozen=True, kw_only=True)
class TraceRow:
    """One thing that happened to one element; `n` counts within the instance, `seq` is the journal entry's."""

    instance_id: str
    n: int
    seq: int
    at: datetime
    element_id: str
    element_type: str
    happened: str


def append(uow: UnitOfWork, entries: Sequence[TraceRow]) -> None:
    """Add entries in one statement."""
    if entries:
        uow.run(_INSERT, rows.values_of_all(entries))


def of_instance(uow: UnitOfWork, instance_id: str, *, after: int = 0, limit: int = 100_000) -> list[TraceRow]:
    """The trace in order, from after entry `n` = `after`."""
    return rows.all_of(TraceRow, uow.execute(
        select(*rows.columns(TraceRow, trace)).where(trace.c.instance_id == instance_id, trace.c.n > after)
        .order_by(trace.c.n).limit(limit)))


def happened(uow: UnitOfWork, instance_ids: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """What ever happened to which element, each pair once, by instance; of all that are asked for."""
    found: dict[str, list[tuple[str, str]]] = {each: [] for each in instance_ids}
    for instance_id, element_id, what in uow.execute(
            select(trace.c.instance_id, trace.c.element_id, trace.c.happened).distinct().where(trace.c.instance_id.in_(instance_ids))):
        found[instance_id].append((element_id, what))
    return found


def last_n(uow: UnitOfWork, instance_id: str) -> int:
    """The number of the last entry; 0 when there is none."""
    return int(uow.execute(select(func.coalesce(func.max(trace.c.n), 0)).where(
        trace.c.instance_id == instance_id)).scalar_one())


def delete_of_instance(uow: UnitOfWork, instance_id: str) -> int:
    """Drop the projection, to rebuild it from the journal."""
    return uow.execute(delete(trace).where(trace.c.instance_id == instance_id)).rowcount
