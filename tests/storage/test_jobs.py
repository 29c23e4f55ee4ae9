"""Jobs: taken once, given back when their worker dies, refused to a worker that lost its lock."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from storage import Conflict, Database, Duplicate, jobs
from tests.storage.builders import NOW, a_job, a_running_instance

MINUTE = timedelta(minutes=1)


@pytest.fixture
def waiting(database: Database) -> Database:
    with database.unit_of_work() as uow:
        a_running_instance(uow)
        jobs.insert_many(uow, [a_job("late", NOW - MINUTE), a_job("later", NOW), a_job("future", NOW + MINUTE)])
    return database


def test_only_what_is_due_is_taken_and_the_earliest_first(waiting: Database) -> None:
    with waiting.unit_of_work() as uow:
        assert jobs.next_due(uow) == NOW - MINUTE
        taken = jobs.acquire(uow, "worker-1", NOW, NOW + 2 * MINUTE, limit=10)

    assert [row.id for row in taken] == ["late", "later"]
    assert {row.fence for row in taken} == {1}
    with waiting.unit_of_work() as uow:
        assert jobs.acquire(uow, "worker-2", NOW, NOW + 2 * MINUTE, limit=10) == []
        assert jobs.next_due(uow) == NOW + MINUTE


def test_a_dead_workers_job_is_taken_again_with_a_higher_fence(waiting: Database) -> None:
    with waiting.unit_of_work() as uow:
        (first,) = jobs.acquire(uow, "worker-1", NOW, NOW + 2 * MINUTE, limit=1)

    with waiting.unit_of_work() as uow:
        again = jobs.acquire(uow, "worker-2", NOW + 2 * MINUTE, NOW + 4 * MINUTE, limit=10)
        assert {row.id: row.fence for row in again} == {"late": 2, "later": 1, "future": 1}
        assert not jobs.release(uow, first.id, fence=first.fence, available_at=NOW, attempts=1, error_code="x")
        assert not jobs.raise_incident(uow, first.id, fence=first.fence, attempts=1, error_code="x")
        held = jobs.get(uow, first.id)
    assert held is not None
    assert (held.locked_by, held.state) == ("worker-2", "locked")


def test_a_failed_job_waits_for_its_retry_and_keeps_its_due_instant(waiting: Database) -> None:
    with waiting.unit_of_work() as uow:
        (job,) = jobs.acquire(uow, "worker-1", NOW, NOW + 2 * MINUTE, limit=1)
        assert jobs.release(uow, job.id, fence=job.fence, available_at=NOW + 5 * MINUTE, attempts=1, error_code="busy")
        assert job.id not in {row.id for row in jobs.due(uow, NOW + 4 * MINUTE)}
        retried = {row.id: row for row in jobs.due(uow, NOW + 5 * MINUTE)}[job.id]
    assert (retried.attempts, retried.due_at, retried.state) == (1, NOW - MINUTE, "waiting")


def test_an_incident_waits_for_a_person(waiting: Database) -> None:
    with waiting.unit_of_work() as uow:
        (job,) = jobs.acquire(uow, "worker-1", NOW, NOW + 2 * MINUTE, limit=1)
        assert jobs.raise_incident(uow, job.id, fence=job.fence, attempts=3, error_code="provider-closed")
        assert [row.id for row in jobs.incidents(uow, "agency-1")] == ["late"]
        assert jobs.incidents(uow, "agency-2") == []
        assert "late" not in {row.id for row in jobs.due(uow, NOW + 1000 * MINUTE)}
        assert jobs.resolve_incident(uow, job.id, available_at=NOW)
        assert not jobs.resolve_incident(uow, job.id, available_at=NOW)
        assert "late" in {row.id for row in jobs.due(uow, NOW)}


def test_dues_are_recomputed_and_paused(waiting: Database) -> None:
    with waiting.unit_of_work() as uow:
        jobs.update_due(uow, [("late", NOW + 9 * MINUTE, NOW + 9 * MINUTE), ("later", NOW, None)])
        assert jobs.next_due(uow) == NOW + MINUTE
        assert [row.id for row in jobs.due(uow, NOW + 9 * MINUTE)] == ["future", "late"]


def test_what_waits_may_have_another_element_now(waiting: Database) -> None:
    with waiting.unit_of_work() as uow:
        jobs.place(uow, [("late", "reminder_of_new"), ("nowhere", "x")])
        assert {row.id: row.element_id for row in jobs.due(uow, NOW + MINUTE)}["late"] == "reminder_of_new"


def test_an_element_has_at_most_one_job_of_a_kind(waiting: Database) -> None:
    with pytest.raises(Duplicate) as refused, waiting.unit_of_work() as uow:
        jobs.insert_many(uow, [a_job("second", token_id="token-late")])
    assert refused.value.constraint == "uq_job_instance_id_token_id_kind"


def test_many_workers_take_each_job_once(database: Database) -> None:
    with database.unit_of_work() as uow:
        a_running_instance(uow)
        jobs.insert_many(uow, [a_job(f"{n:03}") for n in range(120)])
    taken: list[str] = []

    def work(worker_id: str) -> None:
        while True:
            try:
                with database.unit_of_work() as uow:
                    mine = jobs.acquire(uow, worker_id, NOW, NOW + MINUTE, limit=7)
            except Conflict:
                continue
            if not mine:
                return
            taken.extend(row.id for row in mine)

    threads = [threading.Thread(target=work, args=(f"worker-{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(taken) == [f"{n:03}" for n in range(120)]
