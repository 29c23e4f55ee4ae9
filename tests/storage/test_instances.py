"""Instances, their journal and what hangs on them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from storage import Database, Duplicate, UnitOfWork, cases, instances, journal, payloads, subscriptions, trace
from tests.storage.builders import NOW, a_running_instance, an_instance

LATER = NOW + timedelta(minutes=5, microseconds=7)


def moved(uow: UnitOfWork, *, expected_seq: int, seq: int, state: bytes | None = b"next", status: str = "active") -> bool:
    return instances.save(
        uow, "instance-1", expected_seq=expected_seq, seq=seq, head_hash=f"h{seq}", last_at=LATER, state=state, status=status,
        outcome_kind="none", outcome_code=None, calendar_digest="c", parameters_digest="p", risk="high",
        ended_at=None if state else LATER, suspended_at=None, deployment_id="deployment-1", former_deployments=["deployment-1"])


def test_an_instance_comes_back_with_its_deployment_and_case_in_one_statement(database: Database) -> None:
    with database.unit_of_work() as uow:
        a_running_instance(uow)

    with database.unit_of_work() as uow:
        row = instances.for_update(uow, "instance-1")
        assert uow.statements == 1

    assert row is not None
    assert (row.definition, row.sop_key, row.sop_version) == ("d1", "pengelolaan-kasus", 1)
    assert (row.wrapped_key, row.case_status) == (b"wrapped", "received")
    assert (row.seq, row.state, row.last_at) == (1, b"state", NOW)
    assert row.last_at.utcoffset() == timedelta(0)


def test_running_instances_of_an_sop_are_those_by_other_versions(database: Database) -> None:
    with database.unit_of_work() as uow:
        a_running_instance(uow)
        assert moved(uow, expected_seq=1, seq=2)

        def found(but: str, after: str = "") -> list[tuple[str, Any]]:
            return [(row.id, row.former_deployments) for row in instances.running_of_sop(
                uow, "agency-1", "pengelolaan-kasus", but=but, after=after)]

        assert (found("d2"), found("d1"), found("d2", "instance-1")) == ([("instance-1", ["deployment-1"])], [], [])


def test_an_instance_without_a_case_is_found_too(database: Database) -> None:
    with database.unit_of_work() as uow:
        a_running_instance(uow)
        row = instances.get(uow, "instance-1")
        assert row is not None
        instances.add(uow, type(row)(**{**vars(row), "id": "instance-2", "case_id": None}))

    with database.reading() as uow:
        bare = instances.get(uow, "instance-2")
    assert bare is not None
    assert bare.wrapped_key is None


def test_an_instance_moves_only_from_the_seq_that_was_read(database: Database) -> None:
    with database.unit_of_work() as uow:
        a_running_instance(uow)

    with database.unit_of_work() as uow:
        assert moved(uow, expected_seq=1, seq=2)
        assert not moved(uow, expected_seq=1, seq=2)

    with database.reading() as uow:
        row = instances.get(uow, "instance-1")
    assert row is not None
    assert (row.seq, row.head_hash, row.last_at, row.risk) == (2, "h2", LATER, "high")


def test_an_ended_instance_has_no_state_and_no_longer_counts_as_running(database: Database) -> None:
    with database.unit_of_work() as uow:
        a_running_instance(uow)
        assert instances.running_by_deployment(uow, "agency-1") == {"deployment-1": 1}
        moved(uow, expected_seq=1, seq=2, state=None, status="completed")

    with database.reading() as uow:
        row = instances.get(uow, "instance-1")
        assert instances.running_by_deployment(uow, "agency-1") == {}
    assert row is not None
    assert row.state is None


def entry(seq: int, **changes: Any) -> journal.JournalRow:
    return journal.JournalRow(**{
        "chain_id": "instance-1", "seq": seq, "agency_id": "agency-1", "case_id": "case-1", "at": NOW, "recorded_at": LATER,
        "actor_id": "account-1", "kind": "complete_task", "body": b"{}", "payload_digest": f"p{seq}", "state_digest": "s",
        "semantics": 1, "definition": "d1", "prev_hash": f"h{seq - 1}", "hash": f"h{seq}", **changes})


def test_the_journal_comes_back_in_order_and_in_parts(database: Database) -> None:
    with database.unit_of_work() as uow:
        a_running_instance(uow)
        journal.append(uow, [entry(seq) for seq in (3, 1, 2)])
        assert journal.head(uow, "instance-1") == (3, "h3")
        assert journal.head(uow, "nobody") is None

    with database.reading() as uow:
        assert journal.entries(uow, "instance-1") == [entry(1), entry(2), entry(3)]
        assert [row.seq for row in journal.entries(uow, "instance-1", after=1, until=2)] == [2]


def test_the_entries_of_a_case_take_their_places_one_after_the_other(database: Database) -> None:
    with database.unit_of_work() as uow:
        a_running_instance(uow)
        before = cases.get(uow, "case-1")
        assert cases.move(uow, "case-1", entries=2) == 2
        assert cases.move(uow, "case-1", entries=0) == 2
        assert cases.get(uow, "case-1") == before
        assert cases.move(uow, "case-1", entries=1, seen=1, status="lost", risk="high", at=LATER) is None
        assert cases.get(uow, "case-1") == before
        assert cases.move(uow, "case-1", entries=1, seen=2, status="moved", risk="", at=LATER) == 3
        after = cases.get(uow, "case-1")
        assert after is not None and before is not None
        assert (after.status, after.risk, after.updated_at) == ("moved", before.risk, LATER)
        assert cases.latest_records(uow, "case-1") == (3, [])
        journal.append(uow, [entry(1, place=1), entry(2, place=3), entry(1, chain_id="instance-2", place=2)])

    with database.reading() as uow:
        assert journal.places(uow, "case-1") == {("instance-1", 1): 1, ("instance-2", 1): 2, ("instance-1", 2): 3}
        assert journal.places(uow, "case-2") == {}
    with pytest.raises(Duplicate, match="uq_journal_place"), database.unit_of_work() as uow:
        journal.append(uow, [entry(2, chain_id="instance-2", place=3)])


def test_a_case_runs_while_any_of_its_instances_does(database: Database) -> None:
    with database.unit_of_work() as uow:
        a_running_instance(uow)
        for number in range(2, 250):
            an_instance(uow, f"instance-{number}", ended_at=NOW)
        assert instances.has_running(uow, "case-1")
        moved(uow, expected_seq=1, seq=2, state=None, status="completed")
        assert not instances.has_running(uow, "case-1")
        assert not instances.has_running(uow, "case-2")


def test_two_writers_of_one_entry_cannot_both_win(database: Database) -> None:
    with database.unit_of_work() as uow:
        a_running_instance(uow)
        journal.append(uow, [entry(1)])

    with pytest.raises(Duplicate) as refused, database.unit_of_work() as uow:
        journal.append(uow, [entry(1)])
    assert refused.value.constraint == "pk_journal"


def test_payloads_are_found_by_digest_until_the_case_is_erased(database: Database) -> None:
    many = [payloads.PayloadRow(digest=f"{n:04}", case_id="case-1", ciphertext=bytes([n % 256])) for n in range(1200)]
    with database.unit_of_work() as uow:
        a_running_instance(uow)
        payloads.add_many(uow, many)

    with database.unit_of_work() as uow:
        assert payloads.get_many(uow, [row.digest for row in many]) == {row.digest: row.ciphertext for row in many}
        assert payloads.delete_of_case(uow, "case-1") == 1200
        assert payloads.get(uow, "0000") is None


def test_the_trace_is_kept_in_order(database: Database) -> None:
    rows = [trace.TraceRow(instance_id="instance-1", n=n, seq=1, at=NOW, element_id="a", element_type="userTask",
                           happened="entered")
            for n in (1, 2, 3)]
    with database.unit_of_work() as uow:
        a_running_instance(uow)
        trace.append(uow, rows)
        assert trace.of_instance(uow, "instance-1", after=1) == rows[1:]
        assert trace.last_n(uow, "instance-1") == 3
        assert trace.last_n(uow, "another") == 0


def waiting_for(token_id: str, name: str, **keys: object) -> subscriptions.SubscriptionRow:
    return subscriptions.SubscriptionRow(
        instance_id="instance-1", token_id=token_id, kind="message", name=name, agency_id="agency-1", element_id="reply", keys=keys)


def test_subscriptions_change_by_difference(database: Database) -> None:
    with database.unit_of_work() as uow:
        a_running_instance(uow)
        subscriptions.replace(uow, "instance-1", [waiting_for("a", "reply"), waiting_for("b", "reply", case="1")])

    with database.unit_of_work() as uow:
        subscriptions.replace(uow, "instance-1", [waiting_for("a", "reply"), waiting_for("b", "reply", case="1")])
        assert uow.statements == 1  # nothing changed: one read, no write
        subscriptions.replace(uow, "instance-1", [waiting_for("b", "reply", case="2"), waiting_for("c", "recall")])

    with database.reading() as uow:
        found = {(row.token_id, row.name): dict(row.keys) for row in subscriptions.of_instance(uow, "instance-1")}
    assert found == {("b", "reply"): {"case": "2"}, ("c", "recall"): {}}


@pytest.mark.parametrize(("keys", "reached"), [
    ({"case": "1", "line": "x"}, {"any", "case", "both"}),   # every key a waiter insists on is there
    ({"case": "1"}, {"any", "case"}),
    ({"case": "2", "line": "x"}, {"any"}),                   # a different value
    ({}, {"any"}),
    ({"case": "1", "line": "x", "c": 1, "d": 2, "e": 3, "f": 4}, {"any", "case", "both"}),  # too many to look up
])
def test_a_message_reaches_who_insists_on_no_more_than_it_says(
        database: Database, keys: dict[str, object], reached: set[str]) -> None:
    with database.unit_of_work() as uow:
        a_running_instance(uow)
        subscriptions.replace(uow, "instance-1", [
            waiting_for("any", "reply"), waiting_for("case", "reply", case="1"),
            waiting_for("both", "reply", case="1", line="x"), waiting_for("other", "recall")])
        found = subscriptions.waiting(uow, "agency-1", "message", "reply", keys=keys)
        assert subscriptions.waiting(uow, "agency-2", "message", "reply") == []
    assert {row.token_id for row in found} == reached
