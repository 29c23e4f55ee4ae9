"""From a stored job to an operation's call, and from what the operation did to the command that records it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine import canonical, errors, projection
from engine.commands import jobs as job_commands
from engine.executor import Context
from engine.results import JobOutcome
from engine.types import Operation, OperationCall
from storage import jobs

Answer = Callable[[Context, str, int], JobOutcome]


def call_of(context: Context, job: jobs.JobRow) -> OperationCall:
    """What the operation of this job is asked. The job's id is its idempotency key: the same on every retry."""
    live = context.instance(job.instance_id or "")
    arguments: Any = {} if job.payload is None else live.unsealed(job.payload, projection.arguments_binding(job.token_id))
    return OperationCall(name=job.name, arguments=arguments, element_id=job.element_id, business_key=live.business_key,
                         idempotency_key=job.id, now=context.now)


def outcome_of(operation: Operation | None, call: OperationCall) -> Answer:
    """Runs the operation outside any transaction; the command that records what it did.

    An exception that is none of the three kinds is a fault of the operation: an incident, never a lost instance.
    """
    if operation is None:
        return lambda context, job_id, fence: job_commands.fail_for_good(context, job_id, fence, "unknown-operation")
    try:
        result = canonical.variables(operation(call) or {})
    except errors.BpmnError as error:
        code = error.code
        return lambda context, job_id, fence: job_commands.fail_with_error(context, job_id, fence, code)
    except errors.TransientFailure:
        return job_commands.fail_for_now
    except errors.PermanentFailure:
        return job_commands.fail_for_good
    except Exception:  # noqa: BLE001 - see the docstring; its text may hold case data, so it is not kept
        return lambda context, job_id, fence: job_commands.fail_for_good(context, job_id, fence, "operation-fault")
    return lambda context, job_id, fence: job_commands.complete(context, job_id, fence, result)
