"""Commands of a worker: a due timer, an operation's answer, a message's delivery. Each refuses a worker that lost its lock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from engine import projection
from engine.advance import SYSTEM
from engine.commands import instances, letter_refusals, messages, notices, starts
from engine.executor import Context
from engine.results import JobOutcome
from engine.transition import CompleteOperation, FailOperation
from engine.types import Value
from storage import jobs

RETRIES_AFTER = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))


def _held(context: Context, job_id: str, fence: int) -> jobs.JobRow | None:
    row = jobs.get(context.uow, job_id)
    return row if row is not None and row.fence == fence else None


def fire_timer(context: Context, job_id: str, fence: int) -> JobOutcome:
    """Lets a due timer act, exactly once. GONE: it fired inside another command, or its element was finished first."""
    row = _held(context, job_id, fence)
    if row is None or row.instance_id is None:
        return JobOutcome.GONE
    live = context.instance(row.instance_id)
    waited = any(timer.token_id == row.token_id and timer.due_at <= context.now for timer in live.view.timers)
    live.fire_due(context.now)
    if not waited:
        # Its due moved on, or it waits no more: the job is put right by the comparison, or was by the command that moved it.
        if not live.entries:
            projection.save_waiting(context.uow, live)
        return JobOutcome.GONE
    return JobOutcome.DONE


def start(context: Context, job_id: str, fence: int) -> JobOutcome:
    """Lets a timer start event that is due begin an instance. GONE: a newer version of its SOP is in force."""
    row = _held(context, job_id, fence)
    return JobOutcome.DONE if row is not None and starts.fire(context, row) else JobOutcome.GONE


def complete(context: Context, job_id: str, fence: int, result: Mapping[str, Value]) -> JobOutcome:
    """An operation answered; its fields become variables."""
    return _answered(context, job_id, fence, lambda token_id: CompleteOperation(token_id=token_id, result=result))


def fail_with_error(context: Context, job_id: str, fence: int, code: str) -> JobOutcome:
    """An operation raised a BPMN error; the diagram handles it."""
    return _answered(context, job_id, fence, lambda token_id: FailOperation(token_id=token_id, error_code=code))


def _answered(
    context: Context, job_id: str, fence: int, stimulus_for: Callable[[str], CompleteOperation | FailOperation]
) -> JobOutcome:
    """The answer moves the instance, unless the worker lost its lock or a due timer took the element away."""
    row = _held(context, job_id, fence)
    if row is not None and row.kind in (projection.REISSUE, jobs.MAIL):  # nothing in an instance waits for it
        jobs.delete_many(context.uow, [job_id])
        return JobOutcome.DONE
    if row is None or row.instance_id is None:
        return JobOutcome.GONE
    live = context.instance(row.instance_id)
    live.fire_due(context.now)
    if row.token_id not in {call.token_id for call in live.view.operations}:
        return JobOutcome.GONE
    instances.move(context, live, stimulus_for(row.token_id), actor_id=SYSTEM)
    return JobOutcome.DONE


def fail_for_now(context: Context, job_id: str, fence: int, retries_after: Sequence[timedelta] = RETRIES_AFTER) -> JobOutcome:
    """Try again after 1, 5, 30 minutes; then a person must decide."""
    row = _held(context, job_id, fence)
    if row is None:
        return JobOutcome.GONE
    if row.attempts >= len(retries_after):
        return fail_for_good(context, job_id, fence, "out-of-retries")
    jobs.release(context.uow, job_id, fence=fence, available_at=context.now + retries_after[row.attempts],
                 attempts=row.attempts + 1, error_code="transient-failure")
    return JobOutcome.RETRY_SCHEDULED


def fail_for_good(context: Context, job_id: str, fence: int, code: str = "permanent-failure") -> JobOutcome:
    """An incident: nobody tries again until a person decides."""
    row = _held(context, job_id, fence)
    if row is None:
        return JobOutcome.GONE
    jobs.raise_incident(context.uow, job_id, fence=fence, attempts=row.attempts + 1, error_code=code)
    if row.kind == jobs.MAIL:
        notices.mail_failed(context, row.agency_id)
    elif code == letter_refusals.CODE and row.kind == projection.OPERATION:
        letter_refusals.tell(context, row)
    return JobOutcome.INCIDENT_RAISED


def deliver(context: Context, job_id: str, fence: int) -> JobOutcome:
    """A message of the outbox. Nobody waits yet: the job sleeps until somebody subscribes to its name, or an SOP it starts
    comes into force."""
    row = _held(context, job_id, fence)
    if row is None:
        return JobOutcome.GONE
    try:
        delivered = messages.deliver(context, row.token_id)
    except (messages.MessageStorm, messages.UnknownAgency) as refused:
        return fail_for_good(context, job_id, fence, refused.code)
    if delivered:
        jobs.delete_many(context.uow, [job_id])
        return JobOutcome.DONE
    jobs.sleep(context.uow, job_id, until=starts.next_chance(context, row.name))
    return JobOutcome.RETRY_SCHEDULED
