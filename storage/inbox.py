"""The inbox: boxes mine, pool and done, in order, a page at a time.

Each box reads an index that already stands in the order shown, one branch per role, and stops at the end of the page;
counts stop at `COUNTED_UP_TO`. So the cost depends on the page, not on how many tasks wait.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, exists, func, literal_column, select, union_all

from storage import rows
from storage.schema import defined, identity, running
from storage.tasks import TaskRow
from storage.unit_of_work import UnitOfWork

task = running.task
draft = running.draft
instance = running.instance
case_file = running.case_file
deployment = defined.deployment
account = identity.account

COUNTED_UP_TO = 1000  # a screen says "1.000+" beyond; counting all would cost more the more there is

# As literals, not parameters: only so does the database see that the partial index of the box applies.
_IS_OPEN: ColumnElement[bool] = literal_column("task.state = 'open'")
_IN_POOL: ColumnElement[bool] = literal_column("task.state = 'open' AND task.assignee_id IS NULL")
_IS_DONE: ColumnElement[bool] = literal_column("task.state = 'completed'")


@dataclass(frozen=True, kw_only=True)
class InboxRow:
    """A task with what its case, SOP and holder are called. `wrapped_key` opens `task.item`; `has_drafts`: somebody typed."""

    task: TaskRow
    business_key: str
    sop_title: Any
    deployment_id: str
    risk: str
    suspended_at: datetime | None
    assignee_name: str | None
    wrapped_key: bytes | None
    has_drafts: bool


@dataclass(frozen=True, kw_only=True)
class Narrowing:
    """Which tasks of a box are wanted; None means any. `late_at`: only those due before this instant."""

    sop_key: str | None = None
    element_id: str | None = None
    risk_rank: int | None = None
    late_at: datetime | None = None


def page(uow: UnitOfWork, *, agency_id: str, account_id: str, roles: Collection[str], box: str,
         narrowing: Narrowing = Narrowing(), limit: int = 25, offset: int = 0) -> list[InboxRow]:
    """One page of a box: mine and pool by risk, due (none last), ready; done with the latest first."""
    if box == "pool" and not roles:
        return []
    chosen = _branches(agency_id, account_id, roles, box, narrowing, limit + offset)
    order = _order(chosen.c, box)
    wanted = select(chosen).order_by(*order).limit(limit).offset(offset).subquery("wanted")
    return _inbox_rows(uow, _in_context(wanted).order_by(*_order(wanted.c, box)))


def total(uow: UnitOfWork, *, agency_id: str, account_id: str, roles: Collection[str], box: str,
          narrowing: Narrowing = Narrowing()) -> int:
    """How many tasks the box holds, at most `COUNTED_UP_TO`."""
    if box == "pool" and not roles:
        return 0
    counted = select(task.c.id).where(*_box(agency_id, account_id, roles, box), *_narrowed(narrowing)).limit(COUNTED_UP_TO)
    return int(uow.execute(select(func.count()).select_from(counted.subquery())).scalar_one())


def counts(uow: UnitOfWork, *, agency_id: str, account_id: str, roles: Collection[str], now: datetime) -> Mapping[str, int]:
    """mine, pool, done and late (of mine), each at most `COUNTED_UP_TO`, in one statement."""
    boxes = {
        "mine": _box(agency_id, account_id, roles, "mine"),
        "pool": _box(agency_id, account_id, roles, "pool"),
        "done": _box(agency_id, account_id, roles, "done"),
        "late": [*_box(agency_id, account_id, roles, "mine"), task.c.due_sort < now],
    }
    counted = [
        select(func.count()).select_from(select(task.c.id).where(*chosen).limit(COUNTED_UP_TO).subquery()).scalar_subquery().label(name)
        for name, chosen in boxes.items()
    ]
    found = uow.execute(select(*counted)).one()
    return {name: getattr(found, name) for name in boxes}


def get(uow: UnitOfWork, task_id: str) -> InboxRow | None:
    """One task with its context, of whatever agency: the caller checks who asks."""
    wanted = select(*rows.columns(TaskRow, task)).where(task.c.id == task_id).subquery("wanted")
    found = _inbox_rows(uow, _in_context(wanted))
    return found[0] if found else None


def open_of_cases(uow: UnitOfWork, case_ids: Collection[str], *, limit: int = 1000) -> list[InboxRow]:
    """Open tasks of some cases with their context, by risk, due, ready."""
    wanted = (
        select(*rows.columns(TaskRow, task), task.c.due_sort)
        .where(task.c.case_id.in_(sorted(case_ids)), _IS_OPEN).limit(limit).subquery("wanted"))
    return _inbox_rows(uow, _in_context(wanted).order_by(*_order(wanted.c, "mine")))


def cases_worked_on(uow: UnitOfWork, account_id: str, case_ids: Collection[str]) -> frozenset[str]:
    """Which of these cases the account holds or completed a task of."""
    found = uow.execute(
        select(task.c.case_id).distinct()
        .where(task.c.case_id.in_(sorted(case_ids)), (task.c.assignee_id == account_id) | (task.c.completed_by == account_id))
        .order_by(task.c.case_id))
    return frozenset(found.scalars())


def cases_of(uow: UnitOfWork, account_id: str, *, limit: int = 5000) -> list[str]:
    """Cases the account holds or completed a task of."""
    held = select(task.c.case_id).where(task.c.assignee_id == account_id, _IS_OPEN, task.c.case_id.is_not(None))
    done = select(task.c.case_id).where(task.c.completed_by == account_id, _IS_DONE, task.c.case_id.is_not(None))
    both = held.union(done).subquery()
    return list(uow.execute(select(both.c.case_id).order_by(both.c.case_id).limit(limit)).scalars())


# --- how the boxes are read ----------------------------------------------------------------------------------------


def _branches(agency_id: str, account_id: str, roles: Collection[str], box: str, narrowing: Narrowing,
              most: int) -> Subquery:
    """At most `most` tasks of the box per role, each branch in index order."""
    asked = [[role] for role in sorted(roles)] if box == "pool" else [sorted(roles)]
    branches = [
        select(*rows.columns(TaskRow, task), task.c.due_sort)
        .where(*_box(agency_id, account_id, some, box), *_narrowed(narrowing))
        .order_by(*_order(task.c, box)).limit(most).subquery()
        for some in asked
    ]
    if len(branches) == 1:
        return branches[0]
    return union_all(*(select(branch) for branch in branches)).subquery("branches")


def _box(agency_id: str, account_id: str, roles: Collection[str], box: str) -> list[ColumnElement[bool]]:
    if box == "pool":
        return [task.c.agency_id == agency_id, task.c.role.in_(sorted(roles)), _IN_POOL]
    if box == "mine":
        return [task.c.agency_id == agency_id, task.c.assignee_id == account_id, _IS_OPEN]
    if box == "done":
        return [task.c.agency_id == agency_id, task.c.completed_by == account_id, _IS_DONE]
    raise ValueError("a box is mine, pool or done")


def _narrowed(narrowing: Narrowing) -> list[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = []
    if narrowing.sop_key is not None:
        chosen.append(task.c.sop_key == narrowing.sop_key)
    if narrowing.element_id is not None:
        chosen.append(task.c.element_id == narrowing.element_id)
    if narrowing.risk_rank is not None:
        chosen.append(task.c.risk_rank == narrowing.risk_rank)
    if narrowing.late_at is not None:
        chosen.append(task.c.due_sort < narrowing.late_at)
    return chosen


def _order(columns: Any, box: str) -> list[ColumnElement[Any]]:
    if box == "done":
        return [columns.completed_at.desc(), columns.id.desc()]
    return [columns.risk_rank, columns.due_sort, columns.ready_at, columns.id]


def _in_context(wanted: Subquery) -> Select[Any]:
    return (
        select(
            *rows.columns(TaskRow, wanted), instance.c.business_key, deployment.c.title, instance.c.deployment_id,
            instance.c.risk, instance.c.suspended_at, account.c.name.label("assignee_name"), case_file.c.wrapped_key,
            exists().where(draft.c.task_id == wanted.c.id).label("has_drafts"))
        .join_from(wanted, instance, instance.c.id == wanted.c.instance_id)
        .join(deployment, deployment.c.id == instance.c.deployment_id)
        .outerjoin(account, account.c.id == wanted.c.assignee_id)
        .outerjoin(case_file, case_file.c.id == instance.c.case_id))


_TASK_FIELDS = [f.name for f in fields(TaskRow)]
_CONTEXT_FIELDS = [f.name for f in fields(InboxRow) if f.name != "task"]


def _inbox_rows(uow: UnitOfWork, statement: Select[Any]) -> list[InboxRow]:
    return [_inbox_row(tuple(row)) for row in uow.execute(statement)]


def _inbox_row(values: tuple[Any, ...]) -> InboxRow:
    size = len(_TASK_FIELDS)
    return InboxRow(
        task=TaskRow(**dict(zip(_TASK_FIELDS, values[:size], strict=True))),
        **dict(zip(_CONTEXT_FIELDS, values[size:], strict=True)))
