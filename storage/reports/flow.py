"""How much came in and went out of an agency, period by period, and what waits for whom now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Table, case, func, literal_column, select

from storage import rows, tasks
from storage.schema import running
from storage.unit_of_work import UnitOfWork

task = running.task
case_file = running.case_file
_DONE: ColumnElement[bool] = literal_column("task.state = 'completed'")
_OPEN: ColumnElement[bool] = literal_column("task.state = 'open'")


@dataclass(frozen=True, kw_only=True)
class WaitingRow:
    """What waits for one role: how much of it somebody holds, and how much is past due."""

    role: str
    waiting: int
    held: int
    late: int


@dataclass(frozen=True, kw_only=True)
class DoneInPeriod:
    """Steps completed in one period, those that a standard judged, and those of them on time (official)."""

    period: int
    done: int
    judged: int
    on_time: int


def waiting(uow: UnitOfWork, agency_id: str, *, now: datetime, sensitivities: Collection[str]) -> list[WaitingRow]:
    """Open tasks of these classes by role; late means due before `now`."""
    return rows.all_of(WaitingRow, uow.execute(
        select(task.c.role, func.count(), func.count(task.c.assignee_id), _among(task.c.due_sort < now))
        .where(task.c.agency_id == agency_id, _OPEN, task.c.sensitivity.in_(sorted(sensitivities)))
        .group_by(task.c.role).order_by(task.c.role)))


def opened(uow: UnitOfWork, agency_id: str, edges: Sequence[datetime]) -> dict[int, int]:
    """Cases opened from one edge up to the next, by the number of the period; periods without any are not in it."""
    return _by_period(uow, case_file, case_file.c.opened_at, agency_id, edges)


def closed(uow: UnitOfWork, agency_id: str, edges: Sequence[datetime]) -> dict[int, int]:
    """Cases closed, likewise."""
    return _by_period(uow, case_file, case_file.c.closed_at, agency_id, edges)


def done(uow: UnitOfWork, agency_id: str, edges: Sequence[datetime], *, sensitivities: Collection[str]) -> list[DoneInPeriod]:
    """Steps of these classes completed, likewise."""
    period = _number(task.c.completed_at, edges)
    return rows.all_of(DoneInPeriod, uow.execute(
        select(period, func.count(), _among(tasks.OFFICIAL.in_(("on_time", "late"))), _among(tasks.OFFICIAL == "on_time"))
        .where(task.c.agency_id == agency_id, _DONE, task.c.completed_at >= edges[0], task.c.completed_at < edges[-1],
               task.c.sensitivity.in_(sorted(sensitivities)))
        .group_by(literal_column("1")).order_by(literal_column("1"))))


def _by_period(uow: UnitOfWork, table: Table, at: ColumnElement[datetime], agency_id: str, edges: Sequence[datetime]) -> dict[int, int]:
    return {int(number): int(count) for number, count in uow.execute(
        select(_number(at, edges), func.count())
        .where(table.c.agency_id == agency_id, at >= edges[0], at < edges[-1]).group_by(literal_column("1")))}


def _number(at: ColumnElement[datetime], edges: Sequence[datetime]) -> ColumnElement[int]:
    return case(*((at < edge, number) for number, edge in enumerate(edges[1:])), else_=len(edges) - 1)


def _among(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
