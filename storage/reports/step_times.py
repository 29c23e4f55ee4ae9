"""How long each step of an agency's SOPs took: how often, median, ninth decile, and how often on time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, ColumnElement, Integer, case, func, literal_column, select, type_coerce

from storage import rows, tasks
from storage.schema import running
from storage.unit_of_work import UnitOfWork

task = running.task
_DONE: ColumnElement[bool] = literal_column("task.state = 'completed'")


@dataclass(frozen=True, kw_only=True)
class StepTimeRow:
    """One step over a period. Times are microseconds from ready to done; median and ninth decile are values that occurred
    (nearest rank). `judged` and `handled_judged` count those that had a standard; by the official and the handling verdict."""

    sop_key: str
    element_id: str
    name: str
    role: str
    done: int
    median: int
    p90: int
    judged: int
    on_time: int
    handled_judged: int
    handled_on_time: int


def step_times(uow: UnitOfWork, agency_id: str, *, since: datetime, until: datetime, sensitivities: Collection[str],
               limit: int = 500) -> list[StepTimeRow]:
    """Steps of the classes a viewer may know of, completed in `since` <= instant < `until`, by SOP and step."""
    took = type_coerce(task.c.completed_at, BigInteger) - type_coerce(task.c.ready_at, BigInteger)
    step = (task.c.sop_key, task.c.element_id)
    ranked = (
        select(*step, task.c.name, task.c.role, tasks.OFFICIAL.label("verdict"), task.c.handling_verdict, took.label("took"),
               func.row_number().over(partition_by=step, order_by=took).label("rank"),
               func.count().over(partition_by=step).label("of"))
        .where(task.c.agency_id == agency_id, _DONE, task.c.completed_at >= since, task.c.completed_at < until,
               task.c.sensitivity.in_(sorted(sensitivities)))
        .subquery())
    one = ranked.c

    def among(column: ColumnElement[str], *values: str) -> ColumnElement[int]:
        return func.sum(case((column.in_(values), 1), else_=0)).cast(Integer)

    return rows.all_of(StepTimeRow, uow.execute(
        select(one.sop_key, one.element_id, func.max(one.name), func.max(one.role), func.count(),
               func.min(case((one.rank * 2 >= one.of, one.took))), func.min(case((one.rank * 10 >= one.of * 9, one.took))),
               among(one.verdict, "on_time", "late"), among(one.verdict, "on_time"),
               among(one.handling_verdict, "on_time", "late"), among(one.handling_verdict, "on_time"))
        .group_by(one.sop_key, one.element_id).order_by(one.sop_key, one.element_id).limit(limit)))
