"""Receipts and survey codes by their digests, and the counts an agency publishes; on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from storage import Database, cases, errors, outside, tasks
from tests.storage import builders
from tests.storage.builders import NOW

RECEIPT = outside.ReceiptRow(code_hash="h1", agency_id="agency-1", case_id="case-1", instance_id="instance-1", at=NOW)


def test_a_receipt_is_its_agencys_and_is_taken_back_once(database: Database) -> None:
    with database.unit_of_work() as uow:
        builders.a_running_instance(uow)
        outside.add_receipt(uow, RECEIPT)
    with database.unit_of_work() as uow:
        assert outside.receipt(uow, "agency-1", "h1") == RECEIPT
        assert outside.receipt(uow, "agency-2", "h1") is None and outside.receipt(uow, "agency-1", "h2") is None
        assert outside.withdraw(uow, "h1", NOW) and not outside.withdraw(uow, "h1", NOW + timedelta(days=1))
        assert outside.receipt(uow, "agency-1", "h1") == replace(RECEIPT, withdrawn_at=NOW)
    with pytest.raises(errors.Duplicate) as twice, database.unit_of_work() as uow:
        outside.add_receipt(uow, RECEIPT)
    assert twice.value.constraint == "pk_public_receipt"


def test_a_survey_code_is_gone_when_it_was_used(database: Database) -> None:
    with database.unit_of_work() as uow:
        builders.an_agency(uow)
        outside.add_survey_codes(uow, "agency-1", ["a", "b"], date(2026, 11, 10))
        outside.add_survey_codes(uow, "agency-1", [], date(2026, 11, 10))
    with database.unit_of_work() as uow:
        assert not outside.use_survey_code(uow, "agency-2", "a")
        assert outside.use_survey_code(uow, "agency-1", "a") and not outside.use_survey_code(uow, "agency-1", "a")
        assert outside.use_survey_code(uow, "agency-1", "b")


def test_finished_tasks_are_counted_by_step_and_official_verdict(database: Database) -> None:
    def done(task_id: str, verdict: str, *, days: int = 1, **more: object) -> tasks.TaskRow:
        return builders.a_task(task_id, state="completed", verdict=verdict, completed_at=NOW - timedelta(days=days), **more)

    with database.unit_of_work() as uow:
        builders.a_running_instance(uow)
        assert not outside.was_worked_on(uow, "case-1")
        tasks.insert_many(uow, [
            done("1", "on_time"), done("2", "late"), done("3", "late", stated_verdict="on_time", accepted_at=NOW),
            done("4", "no_standard"), done("5", "on_time", days=400), builders.a_task("6")])
        assert outside.was_worked_on(uow, "case-1") and not outside.was_worked_on(uow, "case-2")
        found = outside.measured(uow, "agency-1", since=NOW - timedelta(days=365), until=NOW)
        assert [(row.element_id, row.verdict, row.count) for row in found] == [
            ("approve_case_report", "late", 1), ("approve_case_report", "on_time", 2)]
        assert outside.measured(uow, "agency-2", since=NOW - timedelta(days=365), until=NOW) == []


def test_what_ended_with_a_record_is_listed_the_latest_first(database: Database) -> None:
    with database.unit_of_work() as uow:
        builders.a_running_instance(uow)
        for number in (2, 3, 4):
            builders.a_case(uow, f"case-{number}")
            builders.an_instance(uow, f"instance-{number}", case_id=f"case-{number}", status="completed" if number != 4 else "active",
                                 ended_at=NOW + timedelta(hours=number) if number != 4 else None)
        cases.add_records(uow, [cases.CaseRecordRow(
            case_id=f"case-{number}", record="complaint", version=1, at=NOW, actor_id="a", chain_id=f"instance-{number}", seq=1,
            ciphertext=b"x") for number in (2, 3, 4)])
        assert outside.ended_with_record(uow, "agency-1", "complaint", limit=5) == ["case-3", "case-2"]
        assert outside.ended_with_record(uow, "agency-1", "complaint", limit=1) == ["case-3"]
        assert outside.ended_with_record(uow, "agency-1", "plan", limit=5) == []
