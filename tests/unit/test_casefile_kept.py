"""The case file in storage: versions kept, sealed to their place, applied to what the case file said before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

import pytest

from engine import errors
from engine.advance import LiveInstance
from engine.casefile import CaseStatus, kept
from engine.clock import ManualClock
from engine.definitions import Definition
from engine.executor import Context, Executor
from engine.types import Actor
from storage import Database, agencies, cases

NOW = datetime(2026, 11, 10, 1, 30, tzinfo=UTC)
ACTOR = Actor(account_id="account-1", agency_id="agency-1", name="Ani")
KEY = bytes(range(32))


@pytest.fixture
def executor() -> Iterator[Executor]:
    database = Database.open("sqlite://")
    database.create_schema()
    with database.unit_of_work() as uow:
        agencies.add(uow, agencies.AgencyRow(id="agency-1", code="a", name="Unit", level="", region="", zone="Asia/Jakarta",
                                             calendar_digest=None, parameters_digest=None, profile={}))
        cases.add(uow, cases.CaseRow(id="case-1", agency_id="agency-1", business_key="K-1", status="received", risk="", owner_id=None,
                                     wrapped_key=b"w", opened_at=NOW, closed_at=None, updated_at=NOW))
    yield Executor(database, ManualClock(NOW), bytes(32), {})
    database.close()


def live(key: bytes = KEY) -> LiveInstance:
    return LiveInstance(
        id="instance-1", agency_id="agency-1", case_id="case-1", business_key="K-1", deployment_id="d", sop_key="s", process_id="p",
        definition=cast(Definition, None), tables={}, calendar_digest=None, parameters_digest=None, key=key, started_at=NOW, last_at=NOW)


def project(executor: Executor, record: str, seq: int, item: Any = None, **values: Any) -> Any:
    return executor.run(ACTOR, lambda context: kept.project(context, live(), record, values, seq=seq, item=item))


def stored(executor: Executor, record: str) -> list[cases.CaseRecordRow]:
    return executor.read(ACTOR, lambda context: cases.records(context.uow, "case-1", record=record))


def test_a_submission_is_applied_to_what_was_kept_before(executor: Executor) -> None:
    first = project(executor, "identification", 1, alias_code="K-1", plan_lines=[{"line_no": Decimal(1)}], consent_status="given")
    second = project(executor, "handover", 5, item={"line_no": Decimal(1)}, received_by="petugas")

    assert (first.status, second.status) == (CaseStatus.UNDER_REVIEW, CaseStatus.IN_SERVICE)
    plans = stored(executor, "plan")
    assert [(row.version, row.seq, row.chain_id, row.actor_id) for row in plans] == [
        (1, 1, "instance-1", "account-1"), (2, 5, "instance-1", "account-1")]
    assert [kept.opened(KEY, row)["plan_lines"][0]["line_status"] for row in plans] == ["planned", "in_delivery"]
    assert kept.opened(KEY, stored(executor, "handover")[0]) == {"received_by": "petugas"}


def test_what_is_kept_shows_nothing_without_the_key_and_opens_in_no_other_place(executor: Executor) -> None:
    project(executor, "consent", 1, withhold_from="rahasia sekali")
    project(executor, "consent", 2, given_at=NOW)
    first, second = stored(executor, "consent")

    assert b"rahasia" not in first.ciphertext
    assert kept.opened(KEY, second) == {"withhold_from": "rahasia sekali", "given_at": NOW}
    moved = cases.CaseRecordRow(**{**vars(first), "version": 2})
    for key, row in ((bytes(32), first), (KEY, moved), (KEY, cases.CaseRecordRow(**{**vars(first), "case_id": "case-2"}))):
        with pytest.raises(errors.StateCorrupt):
            kept.opened(key, row)


def test_a_projection_reads_once_and_writes_once(executor: Executor) -> None:
    def count(context: Context) -> int:
        before = context.uow.statements
        kept.project(context, live(), "identification", {"alias_code": "K-1", "plan_lines": [{"line_no": 1}]}, seq=1)
        return context.uow.statements - before

    assert executor.run(ACTOR, count) == 2
