"""The inbox: boxes mine, pool and done, in order, a page at a time.

Each box reads an index that already stands in the order shown, one branch per role, and stops at the end of the page;
counts stop at `COUNTED_UP_TO`. So the cost depends on the page, not on how many tasks wait.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Executable, Integer, Select, bindparam, exists, func, literal_column, select, union_all

from storage import rows
from storage.prepared import Prepared
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

    @property
    def asked(self) -> frozenset[str]:
        """Which of them were asked for: the shape of the statement."""
        return frozenset(f.name for f in fields(self) if getattr(self, f.name) is not None)


def page(uow: UnitOfWork, *, agency_id: str, account_id: str, roles: Collection[str], box: str,
         narrowing: Narrowing = Narrowing(), limit: int = 25, offset: int = 0) -> list[InboxRow]:
    """One page of a box: mine and pool by risk, due (none last), ready; done with the latest first."""
    if box == "pool" and not roles:
        return []
    statement = _page(box, len(roles) if box == "pool" else 0, narrowing.asked)
    return _inbox_rows(uow, statement, {
        **_parameters(agency_id, account_id, roles, box, narrowing), "limit": limit, "offset": offset, "most": limit + offset})


def total(uow: UnitOfWork, *, agency_id: str, account_id: str, roles: Collection[str], box: str,
          narrowing: Narrowing = Narrowing()) -> int:
    """How many tasks the box holds, at most `COUNTED_UP_TO`."""
    if box == "pool" and not roles:
        return 0
    statement = _total(box, len(roles) if box == "pool" else 0, narrowing.asked)
    return int(uow.execute(statement, _parameters(agency_id, account_id, roles, box, narrowing)).scalar_one())


def counts(uow: UnitOfWork, *, agency_id: str, account_id: str, roles: Collection[str], now: datetime) -> Mapping[str, int]:
    """mine, pool, done and late (of mine), each at most `COUNTED_UP_TO`, in one statement."""
    late = Narrowing(late_at=now)
    found = uow.execute(_counts(len(roles)), {
        **_parameters(agency_id, account_id, roles, "pool", Narrowing()), **_parameters(agency_id, account_id, (), "mine", late)}).one()
    return dict(zip(("mine", "pool", "done", "late"), found, strict=True))


def get(uow: UnitOfWork, task_id: str) -> InboxRow | None:
    """One task with its context, of whatever agency: the caller checks who asks."""
    found = uow.run(_ONE, {"task_id": task_id}).rows
    return _inbox_row(tuple(found[0])) if found else None


def open_of_cases(uow: UnitOfWork, case_ids: Collection[str], *, limit: int = 1000) -> list[InboxRow]:
    """Open tasks of some cases with their context, by risk, due, ready."""
    return _inbox_rows(uow, _OPEN_OF_CASES, {"case_ids": sorted(case_ids), "limit": limit})


def cases_worked_on(uow: UnitOfWork, account_id: str, case_ids: Collection[str]) -> frozenset[str]:
    """Which of these cases the account holds or completed a task of."""
    return frozenset(uow.execute(_WORKED_ON, {"case_ids": sorted(case_ids), "account_id": account_id}).scalars())


def cases_of(uow: UnitOfWork, account_id: str, *, limit: int = 5000) -> list[str]:
    """Cases the account holds or completed a task of."""
    held = select(task.c.case_id).where(task.c.assignee_id == account_id, _IS_OPEN, task.c.case_id.is_not(None))
    done = select(task.c.case_id).where(task.c.completed_by == account_id, _IS_DONE, task.c.case_id.is_not(None))
    both = held.union(done).subquery()
    return list(uow.execute(select(both.c.case_id).order_by(both.c.case_id).limit(limit)).scalars())


# --- how the boxes are read: statements of one shape are built once, since building costs more than running them --------


@lru_cache(maxsize=256)
def _page(box: str, role_count: int, asked: frozenset[str]) -> Select[Any]:
    """Per role the first tasks in index order, merged, cut to the page, and only then put in context."""
    branches = [
        select(task.c.id, *_sort_keys(task.c, box)).where(*_box(box, [role]), *_narrowed(asked))
        .order_by(*_order(task.c, box)).limit(bindparam("most", type_=Integer())).subquery()
        for role in (_role_names(role_count) if box == "pool" else [""])
    ]
    merged = branches[0] if len(branches) == 1 else union_all(*(select(branch) for branch in branches)).subquery("merged")
    wanted = (
        select(merged.c.id).order_by(*_order(merged.c, box))
        .limit(bindparam("limit", type_=Integer())).offset(bindparam("offset", type_=Integer())).subquery("wanted"))
    return _in_context().join(wanted, wanted.c.id == task.c.id).order_by(*_order(task.c, box))


@lru_cache(maxsize=256)
def _total(box: str, role_count: int, asked: frozenset[str]) -> Select[Any]:
    return select(_counted(_box(box, _role_names(role_count)), _narrowed(asked)))


@lru_cache(maxsize=64)
def _counts(role_count: int) -> Executable:
    pool = _counted(_box("pool", _role_names(role_count)), []) if role_count else literal_column("0")
    return select(_counted(_box("mine", []), []), pool, _counted(_box("done", []), []),
                  _counted(_box("mine", []), _narrowed(frozenset({"late_at"}))))


def _counted(box: list[ColumnElement[bool]], narrowed: list[ColumnElement[bool]]) -> ColumnElement[int]:
    counted = select(task.c.id).where(*box, *narrowed).limit(COUNTED_UP_TO).subquery()
    return select(func.count()).select_from(counted).scalar_subquery()


def _box(box: str, roles: Sequence[str]) -> list[ColumnElement[bool]]:
    agency = task.c.agency_id == bindparam("agency_id")
    if box == "pool":
        held = task.c.role == bindparam(roles[0]) if len(roles) == 1 else task.c.role.in_([bindparam(role) for role in roles])
        return [agency, held, _IN_POOL]
    if box == "mine":
        return [agency, task.c.assignee_id == bindparam("account_id"), _IS_OPEN]
    if box == "done":
        return [agency, task.c.completed_by == bindparam("account_id"), _IS_DONE]
    raise ValueError("a box is mine, pool or done")


def _narrowed(asked: frozenset[str]) -> list[ColumnElement[bool]]:
    possible: dict[str, ColumnElement[bool]] = {
        "sop_key": task.c.sop_key == bindparam("sop_key"), "element_id": task.c.element_id == bindparam("element_id"),
        "risk_rank": task.c.risk_rank == bindparam("risk_rank"), "late_at": task.c.due_sort < bindparam("late_at")}
    return [condition for name, condition in possible.items() if name in asked]


def _parameters(agency_id: str, account_id: str, roles: Collection[str], box: str, narrowing: Narrowing) -> dict[str, Any]:
    held = dict(zip(_role_names(len(roles)), sorted(roles), strict=True)) if box == "pool" else {"account_id": account_id}
    return {"agency_id": agency_id, **held, **{name: getattr(narrowing, name) for name in narrowing.asked}}


def _role_names(count: int) -> list[str]:
    return [f"role_{n}" for n in range(count)]


def _sort_keys(columns: Any, box: str) -> list[ColumnElement[Any]]:
    return [columns.completed_at] if box == "done" else [columns.risk_rank, columns.due_sort, columns.ready_at]


def _order(columns: Any, box: str) -> list[ColumnElement[Any]]:
    if box == "done":
        return [columns.completed_at.desc(), columns.id.desc()]
    return [*_sort_keys(columns, box), columns.id]


def _in_context() -> Select[Any]:
    return (
        select(
            *rows.columns(TaskRow, task), instance.c.business_key, deployment.c.title, instance.c.deployment_id,
            instance.c.risk, instance.c.suspended_at, account.c.name.label("assignee_name"), case_file.c.wrapped_key,
            exists().where(draft.c.task_id == task.c.id).label("has_drafts"))
        .join_from(task, instance, instance.c.id == task.c.instance_id)
        .join(deployment, deployment.c.id == instance.c.deployment_id)
        .outerjoin(account, account.c.id == task.c.assignee_id)
        .outerjoin(case_file, case_file.c.id == instance.c.case_id))


_ONE = Prepared(_in_context().where(task.c.id == bindparam("task_id")))
_OPEN_OF_CASES = (
    _in_context().where(task.c.case_id.in_(bindparam("case_ids", expanding=True)), _IS_OPEN)
    .order_by(*_order(task.c, "mine")).limit(bindparam("limit", type_=Integer())))
_WORKED_ON = (
    select(task.c.case_id).distinct()
    .where(task.c.case_id.in_(bindparam("case_ids", expanding=True)),
           (task.c.assignee_id == bindparam("account_id")) | (task.c.completed_by == bindparam("account_id")))
    .order_by(task.c.case_id))
_TASK_FIELDS = [f.name for f in fields(TaskRow)]
_CONTEXT_FIELDS = [f.name for f in fields(InboxRow) if f.name != "task"]


def _inbox_rows(uow: UnitOfWork, statement: Select[Any], parameters: Mapping[str, Any]) -> list[InboxRow]:
    return [_inbox_row(tuple(row)) for row in uow.execute(statement, parameters)]


def _inbox_row(values: tuple[Any, ...]) -> InboxRow:
    size = len(_TASK_FIELDS)
    return InboxRow(
        task=TaskRow(**dict(zip(_TASK_FIELDS, values[:size], strict=True))),
        **dict(zip(_CONTEXT_FIELDS, values[size:], strict=True)))
