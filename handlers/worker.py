"""The worker: takes jobs that are due, fires timers, runs operations, and hands the answer back. Any number may run at once.

No operation runs inside a transaction: a slow mail server would hold a connection per letter, and the inbox would be the
first to starve. A worker that is killed loses nothing: its lock runs out, another takes the job, and the idempotency key
makes the second try harmless.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import Protocol

from engine.errors import BpmnError, EngineError, PermanentFailure, TransientFailure
from engine.results import Job, JobOutcome
from engine.types import Operation, OperationCall, Value

log = logging.getLogger("kawal.worker")

Failure = BpmnError | TransientFailure | PermanentFailure
TIMERS = ("timer", "start")                  # one that waits in an instance, one that begins instances
JOBS_AT_ONCE = 5                             # few: what one worker holds, no other can take
ROUNDS_PER_HEARTBEAT = 6                     # with the usual pause, a sign of life every half minute
LONGEST_PAUSE = timedelta(minutes=1)         # between two tries to reach a database that is away
JOBS_UNTIL_IDLE = 100_000                    # a diagram that never rests is a fault, not work


class Jobs(Protocol):
    """The part of `engine` a worker uses: `engine.jobs`."""

    def acquire(self, worker_id: str, *, limit: int, lock_for: timedelta) -> tuple[Job, ...]: ...
    def fire_timer(self, job: Job) -> JobOutcome: ...
    def deliver(self, job: Job) -> JobOutcome: ...
    def warn(self) -> int: ...
    def heartbeat(self, worker_id: str) -> None: ...
    def complete(self, job: Job, result: Mapping[str, Value]) -> JobOutcome: ...
    def fail(self, job: Job, failure: Failure) -> JobOutcome: ...


class Worker:
    """One worker. `operations` are bound functions, as `handlers.functions(desk)` gives them."""

    def __init__(
        self,
        jobs: Jobs,
        operations: Mapping[str, Operation],
        *,
        worker_id: str,
        lock_for: timedelta = timedelta(minutes=2),
        pause: timedelta = timedelta(seconds=5),
    ) -> None:
        self._jobs = jobs
        self._operations = operations
        self._worker_id = worker_id
        self._lock_for = lock_for
        self._pause = pause

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; the job in hand is finished first."""
        pause = self._pause
        rounds = 0
        while not stop.is_set():
            try:
                if rounds % ROUNDS_PER_HEARTBEAT == 0:
                    self._jobs.heartbeat(self._worker_id)
                rounds += 1
                worked = self._round(stop)
            except Exception as unexpected:  # noqa: BLE001 - the one place: a database that is away must not end the worker
                # Only the kind of the failure: its text may quote a row.
                log.error("worker %s: cannot reach its jobs (%s)", self._worker_id, type(unexpected).__name__)
                stop.wait(pause.total_seconds())
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            pause = self._pause
            if not worked:
                stop.wait(pause.total_seconds())

    def run_until_idle(self) -> int:
        """Do all work that is due now and say how many jobs it was; an operation's failure is recorded, not raised."""
        done = 0
        while worked := self._round():
            done += worked
            if done > JOBS_UNTIL_IDLE:
                raise RuntimeError("jobs lead to jobs without end")
        return done

    def _round(self, stop: threading.Event | None = None) -> int:
        acquired = self._jobs.acquire(self._worker_id, limit=JOBS_AT_ONCE, lock_for=self._lock_for)
        for job in acquired:
            if stop is not None and stop.is_set():
                break  # the others' locks run out; whoever is next takes them
            outcome = self._work(job)
            log.info("job %s %s %s: %s", job.id, job.kind, job.name or job.element_id, outcome)
        return len(acquired) + self._jobs.warn()

    def _work(self, job: Job) -> JobOutcome | str:
        try:
            if not isinstance(job.call, OperationCall):
                return self._jobs.fire_timer(job) if job.kind in TIMERS else self._jobs.deliver(job)
            answer = self._call(job.call)
            if isinstance(answer, Exception):
                return self._jobs.fail(job, answer)
            return self._jobs.complete(job, answer)
        except EngineError as refused:
            # The instance moved under this worker or refused the answer. A refused answer will not get better by waiting.
            if refused.code in {"lost-race", "stale-revision", "not-found"}:
                return refused.code
            return self._jobs.fail(job, PermanentFailure(refused.code))

    def _call(self, call: OperationCall) -> Mapping[str, Value] | Failure:
        operation = self._operations.get(call.name)
        if operation is None:
            return PermanentFailure("operation-unknown")
        try:
            return operation(call)
        except (BpmnError, TransientFailure, PermanentFailure) as failure:
            return failure
        except EngineError as refused:
            return PermanentFailure(refused.code)
        except Exception as unexpected:  # noqa: BLE001 - the one place: a fault in one operation must not stop the others
            log.error("operation %s of %s failed (%s)", call.name, call.idempotency_key, type(unexpected).__name__)
            return TransientFailure("operation-failed")
