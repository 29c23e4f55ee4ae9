"""Human tasks by instance and by id; what the inbox shows is in `inbox.py`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, delete, func, insert, literal, literal_column, select, update

from storage import rows
from storage.prepared import Prepared
from storage.schema import running
from storage.unit_of_work import UnitOfWork

task = running.task
draft = running.draft

#: What `due_sort` holds for a task without a due instant: after every other.
NO_DUE = datetime(9999, 12, 31, tzinfo=UTC)
#: The verdict that every figure counts: of the recorded instant, or of the stated one once somebody in authority accepted it.
OFFICIAL: ColumnElement[str] = case((task.c.accepted_at.is_not(None), task.c.stated_verdict), else_=task.c.verdict)


@dataclass(frozen=True, kw_only=True)
class TaskRow:
    """One human task."""

    id: str
    instance_id: str
    token_id: str
    agency_id: str
    case_id: str | None
    sop_key: str
    element_id: str
    name: str
    lane: str
    role: str
    form_key: str | None
    sensitivity: str
    ready_at: datetime
    state: str = "open"
    due_at: datetime | None = None
    warn_at: datetime | None = None
    warned_at: datetime | None = None
    standard: Any = None
    standard_from: datetime | None = None
    assignee_id: str | None = None
    claimed_at: datetime | None = None
    completed_at: datetime | None = None
    completed_by: str | None = None
    revision: int = 0
    risk_rank: int = 0
    verdict: str = ""
    overrun_seconds: int | None = None
    handling_verdict: str = ""
    handling_seconds: int | None = None
    item: bytes | None = None
    stated_at: datetime | None = None
    stated_verdict: str = ""
    accepted_at: datetime | None = None
    accepted_by: str | None = None
    aside_until: datetime | None = None
    given_by: str | None = None


@dataclass(frozen=True, kw_only=True)
class DraftRow:
    """What a person typed and has not sent."""

    task_id: str
    account_id: str
    ciphertext: bytes
    saved_at: datetime


_COLUMNS = rows.columns(TaskRow, task)
_INSERT = Prepared(insert(task))
_BY_ID = Prepared(select(*_COLUMNS).where(task.c.id == bindparam("task_id")))
# Constants that a partial index names stand in the statement as text: as parameters they would hide the index.
_IS_OPEN: ColumnElement[bool] = literal_column("task.state = 'open'")
# In the order of the index of open tokens: by any other, SQLite reads every task the instance ever had.
_OPEN_OF = Prepared(
    select(*_COLUMNS).where(task.c.instance_id == bindparam("instance_id"), _IS_OPEN).order_by(task.c.token_id))
_TO_WARN: ColumnElement[bool] = literal_column("task.state = 'open' AND task.warned_at IS NULL")  # as its partial index says
_DELETE_DRAFTS = Prepared(delete(draft).where(draft.c.task_id == bindparam("task_id")))
_SET_DUE = (
    update(task).where(task.c.id == bindparam("task_id"))
    .values(due_at=bindparam("new_due_at"), due_sort=bindparam("new_due_sort"), warn_at=bindparam("new_warn_at"),
            standard_from=bindparam("new_standard_from")))


def insert_many(uow: UnitOfWork, tasks: Sequence[TaskRow]) -> None:
    """New tasks, in one statement."""
    if tasks:
        uow.run(_INSERT, [{**rows.values_of(row), "due_sort": row.due_at or NO_DUE} for row in tasks])


def get(uow: UnitOfWork, task_id: str) -> TaskRow | None:
    """The task with this id, of whatever agency: the caller checks who asks."""
    return rows.one_of(TaskRow, uow.run(_BY_ID, {"task_id": task_id}))


def open_of(uow: UnitOfWork, instance_id: str) -> list[TaskRow]:
    """The open tasks of an instance, by element and token."""
    found = rows.all_of(TaskRow, uow.run(_OPEN_OF, {"instance_id": instance_id}))
    return sorted(found, key=lambda row: (row.element_id, row.token_id))


def of_instance(uow: UnitOfWork, instance_id: str, *, limit: int = 10_000) -> list[TaskRow]:
    """All tasks an instance ever had, in the order they became ready."""
    return rows.all_of(TaskRow, uow.execute(
        select(*_COLUMNS).where(task.c.instance_id == instance_id).order_by(task.c.ready_at, task.c.id).limit(limit)))


def update_one(uow: UnitOfWork, task_id: str, changes: Mapping[str, object], *, expected_revision: int | None = None) -> bool:
    """Change one open task and raise its revision by one; `changes` are columns of `TaskRow`.

    False: it is not open any more, or somebody changed it since `expected_revision` was seen. Nothing was written.
    """
    values = dict(changes)
    if "due_at" in changes:
        values["due_sort"] = changes["due_at"] or NO_DUE
    given = {"task_id": task_id, **{f"new_{name}": value for name, value in values.items()}}
    if expected_revision is not None:
        given["expected_revision"] = expected_revision
    return uow.run(_update_one(frozenset(values), expected_revision is not None), given).rowcount == 1


@lru_cache(maxsize=64)
def _update_one(names: frozenset[str], is_guarded: bool) -> Prepared:
    """Built once per set of columns, since building costs more than running."""
    chosen = [task.c.id == bindparam("task_id"), _IS_OPEN]
    if is_guarded:
        chosen.append(task.c.revision == bindparam("expected_revision"))
    return Prepared(update(task).where(*chosen).values({
        **{name: bindparam(f"new_{name}", type_=task.c[name].type) for name in sorted(names)}, "revision": task.c.revision + 1}))


def claim(uow: UnitOfWork, task_id: str, account_id: str, at: datetime, *, held_by: str | None = None) -> bool:
    """Give an open task that nobody (or only `held_by`) holds to `account_id`. False: somebody was first, or it is gone."""
    since = func.coalesce(task.c.claimed_at, literal(at, task.c.claimed_at.type))  # taken over from somebody: handled since then
    return uow.execute(
        update(task).where(task.c.id == task_id, task.c.state == "open", task.c.assignee_id.is_not_distinct_from(held_by))
        .values(assignee_id=account_id, claimed_at=since, aside_until=None, given_by=None,
                revision=task.c.revision + 1)).rowcount == 1


def release_in_case(uow: UnitOfWork, case_id: str, account_id: str) -> int:
    """The open tasks of the case that this account holds wait for their team again; how many."""
    return uow.execute(
        update(task).where(task.c.case_id == case_id, task.c.assignee_id == account_id, task.c.state == "open")
        .values(assignee_id=None, claimed_at=None, aside_until=None, given_by=None, revision=task.c.revision + 1)).rowcount


def cancel_many(uow: UnitOfWork, task_ids: Collection[str], at: datetime) -> int:
    """The process took these tasks back; their drafts stay until `delete_drafts`."""
    if not task_ids:
        return 0
    return uow.execute(
        update(task).where(task.c.id.in_(sorted(task_ids)), task.c.state == "open")
        .values(state="cancelled", completed_at=at, revision=task.c.revision + 1)).rowcount


def set_dues(uow: UnitOfWork, dues: Sequence[tuple[str, datetime | None, datetime | None, datetime | None]]) -> None:
    """Recomputed dues: (task id, due_at, warn_at, standard_from). A due that moves does not touch the revision:
    it invalidates nothing a person typed."""
    if dues:
        uow.execute(_SET_DUE, [
            {"task_id": task_id, "new_due_at": due_at, "new_due_sort": due_at or NO_DUE, "new_warn_at": warn_at,
             "new_standard_from": standard_from} for task_id, due_at, warn_at, standard_from in dues])


def describe(uow: UnitOfWork, task_id: str, changes: Mapping[str, object]) -> None:
    """What an open task is called, asks and waits for; the revision stays, as with `set_dues`."""
    uow.execute(update(task).where(task.c.id == task_id, task.c.state == "open").values(**changes))


def accept_stated(uow: UnitOfWork, task_id: str, *, by: str, at: datetime) -> bool:
    """The stated instant of a finished task counts as its official one; its own verdict stays beside it. False: it states none."""
    return uow.execute(
        update(task).where(task.c.id == task_id, task.c.state == "completed", task.c.stated_at.is_not(None))
        .values(accepted_at=at, accepted_by=by)).rowcount == 1


_WAITS_FOR_WORD = and_(
    task.c.state == "completed", task.c.stated_at.is_not(None), task.c.accepted_at.is_(None), task.c.verdict == "late",
    task.c.stated_verdict == "on_time")


def stated_waiting(uow: UnitOfWork, agency_id: str, *, limit: int, offset: int = 0) -> list[TaskRow]:
    """Finished tasks, late as recorded and on time as stated, that nobody has accepted; the latest first."""
    return rows.all_of(TaskRow, uow.execute(
        select(*_COLUMNS).where(task.c.agency_id == agency_id, _WAITS_FOR_WORD)
        .order_by(task.c.completed_at.desc(), task.c.id).limit(limit).offset(offset)))


def count_stated_waiting(uow: UnitOfWork, agency_id: str) -> int:
    """How many `stated_waiting` has in all."""
    return int(uow.execute(select(func.count()).select_from(task).where(task.c.agency_id == agency_id, _WAITS_FOR_WORD)).scalar_one())


def set_risk(uow: UnitOfWork, instance_id: str, risk_rank: int) -> int:
    """The place in the inbox of an instance's open tasks."""
    return uow.execute(update(task).where(task.c.instance_id == instance_id, task.c.state == "open")
                       .values(risk_rank=risk_rank)).rowcount


def unclaimed_by_role(uow: UnitOfWork, agency_id: str) -> Mapping[str, int]:
    """role -> how many open tasks of the agency wait for it with nobody holding them."""
    found = uow.execute(
        select(task.c.role, func.count().label("waiting"))
        .where(task.c.agency_id == agency_id, task.c.state == "open", task.c.assignee_id.is_(None))
        .group_by(task.c.role).order_by(task.c.role))
    return {row.role: row.waiting for row in found}


def to_warn(uow: UnitOfWork, now: datetime, *, limit: int = 100) -> list[TaskRow]:
    """Open tasks past their warning instant that nobody was warned of, the longest waiting first."""
    return rows.all_of(TaskRow, uow.execute(
        select(*_COLUMNS).where(_TO_WARN, task.c.warn_at <= now)
        .order_by(task.c.warn_at, task.c.id).limit(limit)))


def mark_warned(uow: UnitOfWork, task_ids: Collection[str], at: datetime) -> int:
    """These were warned of: once, never a burst."""
    if not task_ids:
        return 0
    return uow.execute(update(task).where(task.c.id.in_(sorted(task_ids)), task.c.warned_at.is_(None))
                       .values(warned_at=at)).rowcount


def delete_of_instance(uow: UnitOfWork, instance_id: str) -> int:
    """Drop the projection, to rebuild it from the journal."""
    uow.execute(delete(draft).where(draft.c.task_id.in_(select(task.c.id).where(task.c.instance_id == instance_id))))
    return uow.execute(delete(task).where(task.c.instance_id == instance_id)).rowcount


# --- drafts ------------------------------------------------------------------------------------------------------


def put_draft(uow: UnitOfWork, row: DraftRow) -> None:
    """Keep what was typed, in place of what was kept before."""
    changed = uow.execute(
        update(draft).where(draft.c.task_id == row.task_id, draft.c.account_id == row.account_id)
        .values(ciphertext=row.ciphertext, saved_at=row.saved_at))
    if changed.rowcount == 0:
        uow.execute(insert(draft), rows.values_of(row))


def get_draft(uow: UnitOfWork, task_id: str, account_id: str) -> DraftRow | None:
    """What this person typed for this task."""
    return rows.one_of(DraftRow, uow.execute(
        select(*rows.columns(DraftRow, draft)).where(draft.c.task_id == task_id, draft.c.account_id == account_id)))


def drafts_of_instance(uow: UnitOfWork, instance_id: str) -> list[DraftRow]:
    """Everybody's drafts of an instance's tasks."""
    return rows.all_of(DraftRow, uow.execute(
        select(*rows.columns(DraftRow, draft)).join(task, task.c.id == draft.c.task_id).where(task.c.instance_id == instance_id)
        .order_by(draft.c.task_id, draft.c.account_id)))


def delete_drafts(uow: UnitOfWork, task_id: str) -> int:
    """The task was completed: nobody's draft of it is needed any more."""
    return uow.run(_DELETE_DRAFTS, {"task_id": task_id}).rowcount
