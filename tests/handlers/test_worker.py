"""The worker: what it does with a job, whatever the operation does."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from engine.errors import BpmnError, InvalidValue, LostRace, PermanentFailure, TransientFailure
from engine.results import Job, JobOutcome
from engine.types import OperationCall
from handlers.worker import Worker

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def a_job(name: str = "", *, number: int = 1) -> Job:
    call = OperationCall(
        name=name, arguments={"amount": Decimal(2)}, element_id="write_letter", business_key="7KQ4",
        idempotency_key=f"job-{number}", now=NOW) if name else None
    return Job(id=f"job-{number}", instance_id="i", kind="operation" if name else "timer", element_id="write_letter",
               due_at=NOW, attempts=0, fence=1, agency_id="a", name=name, call=call)


class JobList:
    """Jobs in memory that remember what became of them."""

    def __init__(self, *jobs: Job, refuse: Exception | None = None) -> None:
        self._waiting = deque(jobs)
        self._refuse = refuse
        self.fired: list[str] = []
        self.delivered: list[str] = []
        self.heartbeats = 0
        self.warned = 0
        self.completed: dict[str, Mapping[str, object]] = {}
        self.failed: dict[str, Exception] = {}

    def acquire(self, worker_id: str, *, limit: int, lock_for: timedelta) -> tuple[Job, ...]:
        return tuple(self._waiting.popleft() for _ in range(min(limit, len(self._waiting))))

    def fire_timer(self, job: Job) -> JobOutcome:
        self.fired.append(job.id)
        return JobOutcome.DONE

    def deliver(self, job: Job) -> JobOutcome:
        self.delivered.append(job.id)
        return JobOutcome.DONE

    def warn(self) -> int:
        self.warned += 1
        return 0

    def heartbeat(self, worker_id: str) -> None:
        self.heartbeats += 1

    def complete(self, job: Job, result: Mapping[str, object]) -> JobOutcome:
        if self._refuse:
            raise self._refuse
        self.completed[job.id] = result
        return JobOutcome.DONE

    def fail(self, job: Job, failure: Exception) -> JobOutcome:
        self.failed[job.id] = failure
        return JobOutcome.RETRY_SCHEDULED


def worker_over(jobs: JobList, **operations) -> Worker:
    return Worker(jobs, {name.replace("_", "."): run for name, run in operations.items()}, worker_id="w1")


def raising(failure: BaseException):
    def operation(call: OperationCall) -> Mapping[str, object]:
        raise failure
    return operation


def test_a_due_timer_is_fired():
    jobs = JobList(a_job())
    assert worker_over(jobs).run_until_idle() == 1
    assert jobs.fired == ["job-1"]


def test_a_message_is_delivered():
    message = Job(id="job-9", instance_id="i", kind="message", element_id="", due_at=NOW, attempts=0, fence=1, agency_id="a")
    jobs = JobList(message)
    worker_over(jobs).run_until_idle()
    assert jobs.delivered == ["job-9"]
    assert jobs.fired == []


def test_an_operation_gets_its_call_and_its_answer_is_handed_back():
    jobs = JobList(a_job("letter.issue"))
    worker_over(jobs, letter_issue=lambda call: {"twice": call.arguments["amount"] * 2}).run_until_idle()
    assert jobs.completed == {"job-1": {"twice": Decimal(4)}}


@pytest.mark.parametrize("failure", [BpmnError("PROVIDER_CLOSED"), TransientFailure("later"), PermanentFailure("never")])
def test_the_three_failures_are_handed_back_as_they_are(failure):
    jobs = JobList(a_job("letter.issue"))
    worker_over(jobs, letter_issue=raising(failure)).run_until_idle()
    assert jobs.failed == {"job-1": failure}
    assert jobs.completed == {}


def test_a_fault_in_an_operation_is_tried_again_and_its_words_reach_no_log(caplog):
    caplog.set_level(logging.DEBUG)
    jobs = JobList(a_job("letter.issue"), a_job("letter.issue", number=2))
    worker_over(jobs, letter_issue=raising(KeyError("SITI RAHASIA"))).run_until_idle()
    assert [type(failure) for failure in jobs.failed.values()] == [TransientFailure, TransientFailure]
    assert "RAHASIA" not in caplog.text
    assert "RAHASIA" not in repr(jobs.failed)
    assert "KeyError" in caplog.text


def test_an_operation_nobody_registered_needs_a_person():
    jobs = JobList(a_job("letter.forge"))
    worker_over(jobs).run_until_idle()
    assert isinstance(jobs.failed["job-1"], PermanentFailure)


def test_an_answer_the_engine_refuses_needs_a_person():
    jobs = JobList(a_job("letter.issue"), refuse=InvalidValue())
    worker_over(jobs, letter_issue=lambda call: {"x": 1.5}).run_until_idle()
    assert isinstance(jobs.failed["job-1"], PermanentFailure)


def test_a_lost_race_is_left_to_whoever_takes_the_job_next():
    jobs = JobList(a_job("letter.issue"), refuse=LostRace())
    worker_over(jobs, letter_issue=lambda call: {}).run_until_idle()
    assert jobs.failed == {}


def test_a_worker_asked_to_stop_finishes_the_job_in_hand_and_starts_no_other():
    stop = threading.Event()

    def last(call: OperationCall) -> Mapping[str, object]:
        stop.set()
        return {}

    jobs = JobList(*(a_job("letter.issue", number=n) for n in range(1, 4)))
    worker_over(jobs, letter_issue=last).run(stop)
    assert list(jobs.completed) == ["job-1"]
    assert jobs.heartbeats == 1


def test_a_database_that_is_away_does_not_end_the_worker():
    stop = threading.Event()
    tries = []

    class Away(JobList):
        def acquire(self, worker_id: str, *, limit: int, lock_for: timedelta) -> tuple[Job, ...]:
            tries.append(1)
            if len(tries) < 3:
                raise ConnectionError("host db user kawal")
            stop.set()
            return ()

    Worker(Away(), {}, worker_id="w1", pause=timedelta(milliseconds=1)).run(stop)
    assert len(tries) == 3
