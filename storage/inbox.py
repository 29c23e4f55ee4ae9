"""The inbox: boxes mine, pool, aside and done, in order, a page at a time.

Each box reads an index that already stands in the order shown, one branch per role, and stops at the end of the page;
counts stop at `COUNTED_UP_TO`. So the cost depends on the page, not on how many tasks wait.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement, Executable, FromClause, Integer, Select, and_, bindparam, exists, func, literal_column, or_, select, union_all)

from storage import conflicts, rows
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
giver = identity.account.alias("giver")
owner = identity.account.alias("owner")
look = running.task_look

COUNTED_UP_TO = 1000  # a screen says "1.000+" beyond; counting all would cost more the more there is

RISK_RANKS = range(4)   # how risk stands in `task.risk_rank`: high first, not assessed last

# As literals, not parameters: only so does the database see that the partial index of the box applies.
_IS_OPEN: ColumnElement[bool] = literal_column("task.state = 'open'")
_IN_POOL: ColumnElement[bool] = literal_column("task.state = 'open' AND task.assignee_id IS NULL")
_IS_DONE: ColumnElement[bool] = literal_column("task.state = 'completed'")


@dataclass(frozen=True, kw_only=True)
class InboxRow:
    """A task with what its case, SOP, holder and giver are called. `wrapped_key` opens `task.item`; `has_drafts`: somebody typed;
    `is_barred`: the viewer has a conflict of interest in the case; `seen_revision`: what they saw when they last looked, None when
    they never did; `owner_id`: who answers for the case."""

    task: TaskRow
    business_key: str
    sop_title: Any
    deployment_id: str
    risk: str
    suspended_at: datetime | None
    assignee_name: str | None
    wrapped_key: bytes | None
    has_drafts: bool
    calendar_digest: str | None
    is_barred: bool
    giver_name: str | None
    seen_revision: int | None
    owner_id: str | None
    owner_name: str | None
    former_deployments: Any


@dataclass(frozen=True, kw_only=True)
class Whose:
    """Whose inbox at which instant. `stands_in`: the colleagues they stand in for, each with a role they do so in."""

    agency_id: str
    account_id: str
    roles: frozenset[str]
    now: datetime
    stands_in: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Narrowing:
    """Which tasks of a box are wanted; None means any. `late_at`: only those due before this instant."""

    sop_key: str | None = None
    element_id: str | None = None
    risk_rank: int | None = None
    late_at: datetime | None = None
    role: str | None = None
    case_id: str | None = None

    @property
    def asked(self) -> frozenset[str]:
        """Which of them were asked for: the shape of the statement."""
        return frozenset(f.name for f in fields(self) if getattr(self, f.name) is not None)


def page(uow: UnitOfWork, whose: Whose, *, box: str, narrowing: Narrowing = Narrowing(), limit: int = 25,
         offset: int = 0) -> list[InboxRow]:
    """One page of a box: mine, aside and pool by risk, due (none last), ready; done with the latest first."""
    shape = _shape(whose, box, narrowing)
    if box == "pool" and not (shape.roles or shape.away):
        return []
    return _inbox_rows(uow, _page(shape), {
        **_parameters(whose, shape, narrowing), "viewer": whose.account_id, "limit": limit, "offset": offset, "most": limit + offset})


def total(uow: UnitOfWork, whose: Whose, *, box: str, narrowing: Narrowing = Narrowing()) -> int:
    """How many tasks the box holds, at most `COUNTED_UP_TO`."""
    shape = _shape(whose, box, narrowing)
    if box == "pool" and not (shape.roles or shape.away):
        return 0
    return int(uow.execute(_total(shape), _parameters(whose, shape, narrowing)).scalar_one())


def counts(uow: UnitOfWork, whose: Whose) -> Mapping[str, int]:
    """mine, pool, aside, done and late (of mine), each at most `COUNTED_UP_TO`, in one statement."""
    late = Narrowing(late_at=whose.now)
    shape = _shape(whose, "pool", Narrowing())
    found = uow.execute(_counts(shape), {
        **_parameters(whose, shape, Narrowing()), **_parameters(whose, _shape(whose, "mine", late), late)}).one()
    return dict(zip(("mine", "pool", "aside", "done", "late"), found, strict=True))


def get(uow: UnitOfWork, task_id: str, viewer: str = "") -> InboxRow | None:
    """One task with its context as `viewer` (an account) sees it, of whatever agency: the caller checks who asks."""
    found = uow.run(_ONE, {"task_id": task_id, "viewer": viewer}).rows
    return _inbox_row(tuple(found[0])) if found else None


def open_of_cases(uow: UnitOfWork, case_ids: Collection[str], viewer: str = "", *, limit: int = 1000) -> list[InboxRow]:
    """Open tasks of some cases with their context, by risk, due, ready."""
    return _inbox_rows(uow, _OPEN_OF_CASES, {"case_ids": sorted(case_ids), "viewer": viewer, "limit": limit})


def of_ids(uow: UnitOfWork, task_ids: Collection[str], viewer: str) -> dict[str, InboxRow]:
    """task id -> the task with its context, of whatever agency: the caller chose them."""
    found = _inbox_rows(uow, _OF_IDS, {"task_ids": sorted(task_ids), "viewer": viewer})
    return {row.task.id: row for row in found}


def cases_worked_on(uow: UnitOfWork, account_id: str, case_ids: Collection[str]) -> frozenset[str]:
    """Which of these cases the account holds or completed a task of."""
    return frozenset(uow.execute(_WORKED_ON, {"case_ids": sorted(case_ids), "account_id": account_id}).scalars())


def cases_of(uow: UnitOfWork, account_id: str, *, limit: int = 5000) -> list[str]:
    """Cases the account answers for, or holds or completed a task of."""
    owned = select(case_file.c.id).where(case_file.c.owner_id == account_id)
    held = select(task.c.case_id).where(task.c.assignee_id == account_id, _IS_OPEN, task.c.case_id.is_not(None))
    done = select(task.c.case_id).where(task.c.completed_by == account_id, _IS_DONE, task.c.case_id.is_not(None))
    theirs = held.union(done, owned).subquery()
    return list(uow.execute(select(theirs.c.case_id).order_by(theirs.c.case_id).limit(limit)).scalars())


# --- how the boxes are read: statements of one shape are built once, since building costs more than running them --------


@dataclass(frozen=True)
class _Shape:
    """What a statement looks like, whatever its values: the box, how many roles and colleagues away, what is narrowed."""

    box: str
    roles: int
    away: int
    asked: frozenset[str]


def _shape(whose: Whose, box: str, narrowing: Narrowing) -> _Shape:
    is_pool = box == "pool"
    return _Shape(box, len(whose.roles) if is_pool else 0, len(whose.stands_in) if is_pool else 0, narrowing.asked)


@lru_cache(maxsize=256)
def _page(shape: _Shape) -> Select[Any]:
    """Per role, and per colleague away, the first tasks in index order, merged, cut to the page, and only then put in context."""
    box = shape.box
    branches = [
        select(task.c.id, *_sort_keys(task.c, box)).where(*conditions, *_narrowed(shape.asked))
        .order_by(*_order(task.c, box)).limit(bindparam("most", type_=Integer())).subquery()
        for conditions in _branches(shape)
    ]
    merged = branches[0] if len(branches) == 1 else union_all(*(select(branch) for branch in branches)).subquery("merged")
    wanted = (
        select(merged.c.id).order_by(*_order(merged.c, box))
        .limit(bindparam("limit", type_=Integer())).offset(bindparam("offset", type_=Integer())).subquery("wanted"))
    # The page comes first: PostgreSQL keeps the order in which more than eight tables are joined (`join_collapse_limit`).
    return _in_context(wanted.join(task, wanted.c.id == task.c.id)).order_by(*_order(task.c, box))


@lru_cache(maxsize=256)
def _total(shape: _Shape) -> Select[Any]:
    return select(_counted(_branches(shape), _narrowed(shape.asked)))


@lru_cache(maxsize=64)
def _counts(shape: _Shape) -> Executable:
    nothing: frozenset[str] = frozenset()
    every, late = _narrowed(nothing), _narrowed(frozenset({"late_at"}))
    pool = _counted(_branches(shape), every) if shape.roles or shape.away else literal_column("0")
    mine, aside, done = (_branches(_Shape(box, 0, 0, nothing)) for box in ("mine", "aside", "done"))
    return select(_counted(mine, every), pool, _counted(aside, every), _counted(done, every), _counted(mine, late))


def _counted(branches: Sequence[Sequence[ColumnElement[bool]]], narrowed: list[ColumnElement[bool]]) -> ColumnElement[int]:
    limited = [select(task.c.id).where(*conditions, *narrowed).limit(COUNTED_UP_TO).subquery() for conditions in branches]
    counted = limited[0] if len(limited) == 1 else (
        select(union_all(*(select(each) for each in limited)).subquery()).limit(COUNTED_UP_TO).subquery())
    return select(func.count()).select_from(counted).scalar_subquery()


def _branches(shape: _Shape) -> list[list[ColumnElement[bool]]]:
    """The conditions of each part of a box that one index serves in order."""
    # A case's tasks are few: whoever asks for one case is answered from the index of cases, which a bare agency would outbid.
    agency = (task.c.agency_id.concat("") if "case_id" in shape.asked else task.c.agency_id) == bindparam("agency_id")
    held = task.c.assignee_id == bindparam("account_id")
    now: ColumnElement[datetime] = bindparam("now", type_=task.c.due_at.type)
    match shape.box:
        case "pool":
            return [[agency, task.c.role == bindparam(role), _IN_POOL, *part] for role in _role_names(shape.roles)
                    for part in _parts(shape.asked)] + [
                [agency, task.c.assignee_id == bindparam(f"away_{n}"), task.c.role == bindparam(f"away_role_{n}"), _IS_OPEN]
                for n in range(shape.away)]
        case "mine":  # set aside or not: whatever warns or is late is seen
            back = or_(task.c.aside_until.is_(None), task.c.aside_until <= now, task.c.due_sort <= now, task.c.warn_at <= now)
            return [[agency, held, _IS_OPEN, back]]
        case "aside":
            calm = and_(task.c.aside_until > now, task.c.due_sort > now, or_(task.c.warn_at.is_(None), task.c.warn_at > now))
            return [[agency, held, _IS_OPEN, calm]]
        case "done":
            return [[agency, task.c.completed_by == bindparam("account_id"), _IS_DONE]]
    raise ValueError("a box is mine, pool, aside or done")


def _parts(asked: frozenset[str]) -> list[list[ColumnElement[bool]]]:
    """What a role's pool is asked for in: in the order of the index the late ones of each risk stand together, those of all do not, and to
    look for them among all that wait would cost more the more there is."""
    if "late_at" not in asked or "risk_rank" in asked:
        return [[]]
    return [[task.c.risk_rank == literal_column(str(rank))] for rank in RISK_RANKS]


def _narrowed(asked: frozenset[str]) -> list[ColumnElement[bool]]:
    possible: dict[str, ColumnElement[bool]] = {
        "sop_key": task.c.sop_key == bindparam("sop_key"), "element_id": task.c.element_id == bindparam("element_id"),
        "risk_rank": task.c.risk_rank == bindparam("risk_rank"), "late_at": task.c.due_sort < bindparam("late_at"),
        "role": task.c.role == bindparam("only_role"), "case_id": task.c.case_id == bindparam("case_id")}
    barred = conflicts.is_barred(task.c.case_id, bindparam("reader"))
    return [~barred, *(condition for name, condition in possible.items() if name in asked)]


def _parameters(whose: Whose, shape: _Shape, narrowing: Narrowing) -> dict[str, Any]:
    given: dict[str, Any] = {"agency_id": whose.agency_id, "reader": whose.account_id}
    given |= zip(_role_names(shape.roles), sorted(whose.roles), strict=False)
    for n in range(shape.away):
        given[f"away_{n}"], given[f"away_role_{n}"] = sorted(whose.stands_in)[n]
    if shape.box != "pool":
        given |= {"account_id": whose.account_id}
    if shape.box in ("mine", "aside"):
        given |= {"now": whose.now}
    return given | {"only_role" if name == "role" else name: getattr(narrowing, name) for name in narrowing.asked}


def _role_names(count: int) -> list[str]:
    return [f"role_{n}" for n in range(count)]


def _sort_keys(columns: Any, box: str) -> list[ColumnElement[Any]]:
    return [columns.completed_at] if box == "done" else [columns.risk_rank, columns.due_sort, columns.ready_at]


def _order(columns: Any, box: str) -> list[ColumnElement[Any]]:
    if box == "done":
        return [columns.completed_at.desc(), columns.id.desc()]
    return [*_sort_keys(columns, box), columns.id]


def _in_context(tasks: FromClause = task) -> Select[Any]:
    return (
        select(
            *rows.columns(TaskRow, task), instance.c.business_key, deployment.c.title, instance.c.deployment_id,
            instance.c.risk, instance.c.suspended_at, account.c.name.label("assignee_name"), case_file.c.wrapped_key,
            exists().where(draft.c.task_id == task.c.id).label("has_drafts"), instance.c.calendar_digest,
            conflicts.is_barred(instance.c.case_id, bindparam("viewer")).label("is_barred"),
            giver.c.name.label("giver_name"), look.c.revision.label("seen_revision"), case_file.c.owner_id,
            owner.c.name.label("owner_name"), instance.c.former_deployments)
        .join_from(tasks, instance, instance.c.id == task.c.instance_id)
        .join(deployment, deployment.c.id == instance.c.deployment_id)
        .outerjoin(account, account.c.id == task.c.assignee_id)
        .outerjoin(giver, giver.c.id == task.c.given_by)
        .outerjoin(look, and_(look.c.task_id == task.c.id, look.c.account_id == bindparam("viewer")))
        .outerjoin(case_file, case_file.c.id == instance.c.case_id)
        .outerjoin(owner, owner.c.id == case_file.c.owner_id))


_ONE = Prepared(_in_context().where(task.c.id == bindparam("task_id")))
_OPEN_OF_CASES = (
    _in_context().where(task.c.case_id.in_(bindparam("case_ids", expanding=True)), _IS_OPEN)
    .order_by(*_order(task.c, "mine")).limit(bindparam("limit", type_=Integer())))
_OF_IDS = _in_context().where(task.c.id.in_(bindparam("task_ids", expanding=True)))
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
