"""`engine.jobs`: what workers do. They act for the system, in the agency of each job."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta


from engine import authorization, canonical, carrying, errors, mails, operations, projection
from engine.commands import escalations, instances, notices
from engine.commands import mails as mail_commands
from engine.commands import jobs as commands
from engine.executor import Context, Executor
from engine.results import IncidentRow, Job, JobOutcome
from engine.types import Actor, OperationCall, Value
from storage import instances as instance_rows
from storage import jobs as rows
from storage import settings as setting_rows

WORKER = Actor(account_id="system", agency_id="", name="system")
_HEARTBEAT = "worker-seen-at"


class Jobs:
    """Acquire, act, report. A worker that lost its lock is answered GONE and changes nothing."""

    def __init__(self, executor: Executor, *, retries_after: Sequence[timedelta] = commands.RETRIES_AFTER,
                 mailing: bool = False) -> None:
        self._executor = executor
        self._retries_after = retries_after
        self._mailing = mailing

    def acquire(self, worker_id: str, *, limit: int, lock_for: timedelta) -> tuple[Job, ...]:
        """Takes up to `limit` jobs that are due, in due order; after `lock_for` another worker may take them over.

        Behind them at most one mail: a slow server then delays no timer by more than one try to reach it.
        """

        def command(context: Context) -> tuple[Job, ...]:
            taken = rows.acquire(context.uow, worker_id, context.now, context.now + lock_for, limit=limit)
            held = [job for row in taken if (job := self._job(context, row)) is not None]
            while self._mailing and (mail := rows.acquire_mail(context.uow, worker_id, context.now, context.now + lock_for, limit=1)):
                if (job := self._job(context, mail[0])) is not None:  # else there was nothing to say any more
                    held.append(job)
                    break
            return tuple(held)

        return self._executor.run(WORKER, command)

    def next_due(self) -> datetime | None:
        """When the next job becomes available; None when nothing waits."""
        return self._executor.read(WORKER, lambda context: rows.next_due(context.uow))

    def fire_timer(self, job: Job) -> JobOutcome:
        """Lets a due timer act on its instance, or begin one, exactly once. GONE is the normal end of most timers, not an error."""
        act = commands.start if job.kind == projection.START else commands.fire_timer
        return self._act(job, lambda context: act(context, job.id, job.fence))

    def deliver(self, job: Job) -> JobOutcome:
        """Delivers a message or signal of the outbox; RETRY_SCHEDULED when nobody waits for it yet."""
        return self._act(job, lambda context: commands.deliver(context, job.id, job.fence))

    def complete(self, job: Job, result: Mapping[str, Value]) -> JobOutcome:
        """The operation answered; its fields become variables. Raises `InvalidValue` for what variables cannot hold."""
        given = canonical.variables(result)
        return self._act(job, lambda context: commands.complete(context, job.id, job.fence, given))

    def fail(self, job: Job, failure: Exception) -> JobOutcome:
        """The operation raised: BpmnError goes to the diagram, TransientFailure is tried again after 1, 5, 30 minutes,
        anything else is an incident. Of the failure's text only the code of a refusal of ours is kept: the rest may hold case data."""
        if isinstance(failure, errors.BpmnError):
            return self._act(job, lambda context: commands.fail_with_error(context, job.id, job.fence, failure.code))
        if isinstance(failure, errors.TransientFailure):
            return self._act(job, lambda context: commands.fail_for_now(
                context, job.id, job.fence, self._retries_after))
        code = "permanent-failure" if isinstance(failure, errors.PermanentFailure) else "operation-fault"
        if isinstance(failure, errors.PermanentFailure) and errors.is_code(str(failure)):
            code = str(failure)
        return self._act(job, lambda context: commands.fail_for_good(context, job.id, job.fence, code))

    def warn(self) -> int:
        """Sends the 80 % warnings that are due, once per task, tells late tasks up their chain, has running cases follow a changed
        calendar, and writes out the mail that is owed; how many tasks and cases were looked at and mails written."""
        found = carrying.carry(self._executor)
        found += self._executor.run(WORKER, lambda context: notices.warn(context) + escalations.tell(context))
        return found + self._executor.run(WORKER, lambda context: mail_commands.write_out(context, mailing=self._mailing))

    def incidents(self, actor: Actor) -> tuple[IncidentRow, ...]:
        """What needs a person in the actor's agency, oldest first."""
        authorization.require(actor, "incident.list")

        def query(context: Context) -> tuple[IncidentRow, ...]:
            found = rows.incidents(context.uow, actor.agency_id)
            cases = {row.instance_id: instance_rows.get(context.uow, row.instance_id or "") for row in found}
            return tuple(
                IncidentRow(id=row.id, instance_id=row.instance_id or "", element_id=row.element_id,
                            case_id=case.case_id if (case := cases[row.instance_id]) else None,
                            code=(code := row.error_code or row.name), says=errors.in_words(code),
                            kind=row.kind, since=row.due_at, overdue_for=context.now - row.due_at)
                for row in found)

        return self._executor.read(actor, query)

    def resolve_incident(self, actor: Actor, incident_id: str, *, reason: str, variables: Mapping[str, Value] = {}) -> None:
        """Lets the parked element or the failed operation run again; the reason stands in the journal, or in the
        access log of the case where nothing of the instance moves."""
        authorization.require(actor, "incident.resolve")
        given = canonical.variables(variables)
        self._executor.run(actor, lambda context: instances.resolve(context, incident_id, variables=given, reason=reason))

    def heartbeat(self, worker_id: str) -> None:
        """Says that a worker is alive, so that `doctor` can tell when none is."""
        self._executor.run(WORKER, lambda context: setting_rows.put(context.uow, _HEARTBEAT, context.now.isoformat()))

    def _act(self, job: Job, command: Callable[[Context], JobOutcome]) -> JobOutcome:
        return self._executor.run(_system_of(job.agency_id), command)

    def _job(self, context: Context, row: rows.JobRow) -> Job | None:
        """The job with its call; None where the call cannot be read: that is an incident, and must not stop the others."""
        call: OperationCall | None = None
        if row.kind in (projection.OPERATION, projection.REISSUE):
            inside = Context(self._executor, context.uow, _system_of(row.agency_id), context.now)
            try:
                call = operations.call_of(inside, row)
            except errors.EngineError as refused:
                rows.raise_incident(context.uow, row.id, fence=row.fence, attempts=row.attempts, error_code=refused.code)
                return None
        elif row.kind == rows.MAIL:
            call = mails.call_of(context, row)
            if call is None:
                rows.delete_many(context.uow, [row.id])
                return None
        return Job(id=row.id, instance_id=row.instance_id or "", agency_id=row.agency_id, kind=row.kind, element_id=row.element_id,
                   due_at=row.due_at, attempts=row.attempts, fence=row.fence, name=row.name, call=call)


def _system_of(agency_id: str) -> Actor:
    return Actor(account_id=WORKER.account_id, agency_id=agency_id, name=WORKER.name)
