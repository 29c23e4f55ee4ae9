"""Jobs: one unit of waiting work each. A worker takes them by compare-and-set, with a fence that rises each time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, delete, insert, or_, select, update

from storage import rows
from storage.prepared import Prepared
from storage.schema import running
from storage.unit_of_work import UnitOfWork

job = running.job


@dataclass(frozen=True, kw_only=True)
class JobRow:
    """One job. `available_at` is from when a worker may take it: its due or retry instant while it waits, the end of
    the lock while a worker holds it, None when only a person can move it (an incident, a paused case). `instance_id` is None
    for work that is to begin an instance: a kept message, or a timer that starts one of `deployment_id`."""

    id: str
    instance_id: str | None
    agency_id: str
    kind: str
    token_id: str
    element_id: str
    name: str
    due_at: datetime
    available_at: datetime | None
    state: str = "waiting"
    locked_by: str | None = None
    fence: int = 0
    attempts: int = 0
    error_code: str | None = None
    payload: bytes | None = None
    deployment_id: str | None = None


_COLUMNS = rows.columns(JobRow, job)
_INSERT = Prepared(insert(job))
_BY_ID = Prepared(select(*_COLUMNS).where(job.c.id == bindparam("job_id")))
_OF_INSTANCE = Prepared(
    select(*_COLUMNS).where(job.c.instance_id == bindparam("instance_id"))
    .order_by(job.c.due_at, job.c.element_id, job.c.token_id, job.c.kind))
_DELETE = Prepared(delete(job).where(job.c.id == bindparam("job_id")))
_SET_DUE = (
    update(job).where(job.c.id == bindparam("job_id"))
    .values(due_at=bindparam("new_due_at"), available_at=bindparam("new_available_at")))


def insert_many(uow: UnitOfWork, jobs: Sequence[JobRow]) -> None:
    """New jobs, in one statement. Raises Duplicate("uq_job_instance_id_token_id_kind")."""
    if jobs:
        uow.run(_INSERT, rows.values_of_all(jobs))


def get(uow: UnitOfWork, job_id: str) -> JobRow | None:
    """The job with this id."""
    return rows.one_of(JobRow, uow.run(_BY_ID, {"job_id": job_id}))


def of_instance(uow: UnitOfWork, instance_id: str) -> list[JobRow]:
    """All jobs of an instance, in due order; their number is bounded by its open elements."""
    return rows.all_of(JobRow, uow.run(_OF_INSTANCE, {"instance_id": instance_id}))


def starts_of(uow: UnitOfWork, deployment_ids: Collection[str]) -> list[JobRow]:
    """The waiting timers that start instances of these deployments, in due order."""
    return rows.all_of(JobRow, uow.execute(
        select(*_COLUMNS).where(job.c.deployment_id.in_(sorted(deployment_ids))).order_by(job.c.due_at, job.c.id)))


def delete_many(uow: UnitOfWork, job_ids: Collection[str]) -> int:
    """These are done or their elements wait no more."""
    if not job_ids:
        return 0
    return uow.run(_DELETE, [{"job_id": job_id} for job_id in sorted(job_ids)]).rowcount


def update_due(uow: UnitOfWork, dues: Sequence[tuple[str, datetime, datetime | None]]) -> None:
    """Recomputed dues: (job id, due_at, available_at); None pauses the job."""
    if dues:
        uow.execute(_SET_DUE, [
            {"job_id": job_id, "new_due_at": due_at, "new_available_at": available_at} for job_id, due_at, available_at in dues])


def place(uow: UnitOfWork, places: Sequence[tuple[str, str]]) -> None:
    """What waits has another element now: (job id, element id)."""
    for job_id, element_id in places:
        uow.execute(update(job).where(job.c.id == job_id).values(element_id=element_id))


def due(uow: UnitOfWork, now: datetime, *, kind: str | None = None, agency_id: str | None = None, limit: int = 100) -> list[JobRow]:
    """Jobs a worker may take at `now`, the longest available first. Takes none."""
    chosen: list[ColumnElement[bool]] = [job.c.available_at <= now]
    if agency_id is not None:
        chosen.append(job.c.agency_id == agency_id)
    if kind is not None:
        chosen.append(job.c.kind == kind)
    return rows.all_of(JobRow, uow.execute(
        select(*_COLUMNS).where(*chosen).order_by(job.c.available_at, job.c.id).limit(limit)))


def next_due(uow: UnitOfWork, *, agency_id: str | None = None) -> datetime | None:
    """When the next job becomes available; None when nothing waits."""
    chosen: list[ColumnElement[bool]] = [job.c.available_at.is_not(None)]
    if agency_id is not None:
        chosen.append(job.c.agency_id == agency_id)
    return uow.execute(select(job.c.available_at).where(*chosen)
                       .order_by(job.c.available_at).limit(1)).scalar_one_or_none()


MAIL = "mail"  # the one kind that must never stand before another: a mail server may be slow


def acquire(uow: UnitOfWork, worker_id: str, now: datetime, until: datetime, *, limit: int) -> list[JobRow]:
    """Take up to `limit` available jobs for this worker until `until`, in due order; mail is not among them.

    Each comes with its fence raised by one: a worker that lost its lock and comes back with an older fence is refused.
    PostgreSQL skips jobs another worker is just taking; the condition in the UPDATE is what makes it correct.
    """
    return _acquire(uow, worker_id, now, until, job.c.kind != MAIL, limit)


def acquire_mail(uow: UnitOfWork, worker_id: str, now: datetime, until: datetime, *, limit: int) -> list[JobRow]:
    """The same for mail alone."""
    return _acquire(uow, worker_id, now, until, job.c.kind == MAIL, limit)


def _acquire(uow: UnitOfWork, worker_id: str, now: datetime, until: datetime, which: ColumnElement[bool], limit: int) -> list[JobRow]:
    free = (
        select(job.c.id).where(job.c.available_at <= now, which)
        .order_by(job.c.available_at, job.c.id).limit(limit).with_for_update(skip_locked=True))
    taken = rows.all_of(JobRow, uow.execute(
        update(job).where(job.c.id.in_(free), job.c.available_at <= now)
        .values(state="locked", locked_by=worker_id, available_at=until, fence=job.c.fence + 1)
        .returning(*_COLUMNS)))
    return sorted(taken, key=lambda row: (row.due_at, row.id))


def release(uow: UnitOfWork, job_id: str, *, fence: int, available_at: datetime, attempts: int,
            error_code: str | None) -> bool:
    """Put a job back for a retry at `available_at`. False: the lock was lost, another worker decides."""
    return uow.execute(
        update(job).where(job.c.id == job_id, job.c.fence == fence)
        .values(state="waiting", locked_by=None, available_at=available_at, attempts=attempts, error_code=error_code)
    ).rowcount == 1


def raise_incident(uow: UnitOfWork, job_id: str, *, fence: int, attempts: int, error_code: str) -> bool:
    """A person must decide about this job. False: the lock was lost."""
    return uow.execute(
        update(job).where(job.c.id == job_id, job.c.fence == fence)
        .values(state="incident", locked_by=None, available_at=None, attempts=attempts, error_code=error_code)
    ).rowcount == 1


def resolve_incident(uow: UnitOfWork, job_id: str, *, available_at: datetime) -> bool:
    """Let workers try again, from the first attempt. False: it is no incident any more."""
    return uow.execute(
        update(job).where(job.c.id == job_id, job.c.state == "incident")
        .values(state="waiting", available_at=available_at, attempts=0, error_code=None)).rowcount == 1


def incidents(uow: UnitOfWork, agency_id: str, *, limit: int = 200) -> list[JobRow]:
    """Jobs of the agency that need a person, the oldest first."""
    return rows.all_of(JobRow, uow.execute(
        select(*_COLUMNS).where(job.c.agency_id == agency_id, job.c.state == "incident")
        .order_by(job.c.due_at, job.c.id).limit(limit)))


def refused(uow: UnitOfWork, instance_ids: Collection[str], error_code: str) -> list[JobRow]:
    """Operations of these instances that need a person for this reason, the oldest first."""
    if not instance_ids:
        return []
    return rows.all_of(JobRow, uow.execute(
        select(*_COLUMNS).where(job.c.instance_id.in_(sorted(instance_ids)), job.c.state == "incident", job.c.error_code == error_code)
        .order_by(job.c.due_at, job.c.id)))


def wake(uow: UnitOfWork, agency_id: str, kind: str, name: str, *, at: datetime) -> int:
    """Jobs of this kind and name that were put to sleep may be taken again from `at` on."""
    return uow.execute(
        update(job).where(job.c.agency_id == agency_id, job.c.kind == kind, job.c.name == name, job.c.state == "waiting",
                          or_(job.c.available_at.is_(None), job.c.available_at > at)).values(available_at=at)).rowcount


def sleep(uow: UnitOfWork, job_id: str, *, until: datetime | None = None) -> bool:
    """Nobody can do this job for now, or before `until`; `wake` brings it back."""
    return uow.execute(update(job).where(job.c.id == job_id).values(
        state="waiting", locked_by=None, available_at=until)).rowcount == 1
