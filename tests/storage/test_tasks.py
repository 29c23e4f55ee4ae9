"""Tasks: claimed once, changed only while open and as seen."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage import Database, Duplicate, tasks
from tests.storage.builders import NOW, a_running_instance, a_task

HOUR = timedelta(hours=1)


@pytest.fixture
def waiting(database: Database) -> Database:
    with database.unit_of_work() as uow:
        a_running_instance(uow)
        tasks.insert_many(uow, [a_task("one", standard={"duration": "PT40M"}, item=b"item"), a_task("two", element_id="a")])
    return database


def test_a_task_comes_back_as_it_was_written(waiting: Database) -> None:
    with waiting.reading() as uow:
        assert tasks.get(uow, "one") == a_task("one", standard={"duration": "PT40M"}, item=b"item")
        assert [row.id for row in tasks.open_of(uow, "instance-1")] == ["two", "one"]
        assert tasks.get(uow, "three") is None


def test_a_task_is_claimed_once(waiting: Database) -> None:
    with waiting.unit_of_work() as uow:
        assert tasks.claim(uow, "one", "account-1", NOW)
        assert not tasks.claim(uow, "one", "account-2", NOW)
        row = tasks.get(uow, "one")
    assert row is not None
    assert (row.assignee_id, row.claimed_at, row.revision) == ("account-1", NOW, 1)


def test_a_task_changes_only_as_it_was_seen_and_while_it_is_open(waiting: Database) -> None:
    with waiting.unit_of_work() as uow:
        assert tasks.update_one(uow, "one", {"assignee_id": "account-1"}, expected_revision=0)
        assert not tasks.update_one(uow, "one", {"assignee_id": "account-2"}, expected_revision=0)
        assert tasks.update_one(uow, "one", {"state": "completed", "completed_by": "account-1", "completed_at": NOW})
        assert not tasks.update_one(uow, "one", {"assignee_id": "account-3"})
        row = tasks.get(uow, "one")
        assert [each.id for each in tasks.open_of(uow, "instance-1")] == ["two"]
    assert row is not None
    assert (row.state, row.assignee_id, row.revision) == ("completed", "account-1", 2)


def test_a_due_that_moves_invalidates_nothing_a_person_typed(waiting: Database) -> None:
    with waiting.unit_of_work() as uow:
        tasks.set_dues(uow, [("one", NOW + HOUR, NOW, NOW), ("two", None, None, None)])
        one, two = tasks.get(uow, "one"), tasks.get(uow, "two")
        assert one is not None
        assert two is not None
        assert (one.due_at, one.warn_at, one.revision) == (NOW + HOUR, NOW, 0)
        assert two.due_at is None


def test_an_open_task_is_described_anew_and_a_finished_one_stays_as_it_was(waiting: Database) -> None:
    said = {"name": "Menimbang laporan", "role": "companion", "standard": {"duration": "PT20M", "clock": "elapsed", "text": "20 menit"}}
    with waiting.unit_of_work() as uow:
        assert tasks.cancel_many(uow, ["two"], NOW) == 1
        for task_id in ("one", "two"):
            tasks.describe(uow, task_id, said)
        one, two = tasks.get(uow, "one"), tasks.get(uow, "two")
        assert one is not None and two is not None
        assert ({"name": one.name, "role": one.role, "standard": one.standard}, one.revision) == (said, 0)
        assert (two.name, two.role, two.standard) == ("Menyetujui laporan", "case_manager", None)


def test_a_token_has_at_most_one_open_task(waiting: Database) -> None:
    with waiting.unit_of_work() as uow:
        assert tasks.cancel_many(uow, ["one"], NOW) == 1
        tasks.insert_many(uow, [a_task("again", token_id="token-one")])
    with pytest.raises(Duplicate) as refused, waiting.unit_of_work() as uow:
        tasks.insert_many(uow, [a_task("third", token_id="token-one")])
    assert refused.value.constraint == "uq_task_open_token"


def test_each_task_is_warned_of_once(waiting: Database) -> None:
    with waiting.unit_of_work() as uow:
        tasks.set_dues(uow, [("one", NOW + HOUR, NOW, NOW)])
        assert tasks.to_warn(uow, NOW - HOUR) == []
        assert [row.id for row in tasks.to_warn(uow, NOW)] == ["one"]
        assert tasks.mark_warned(uow, ["one"], NOW) == 1
        assert tasks.to_warn(uow, NOW) == []


def test_a_draft_replaces_the_one_before_and_is_each_persons_own(waiting: Database) -> None:
    def draft(account_id: str, text: bytes) -> tasks.DraftRow:
        return tasks.DraftRow(task_id="one", account_id=account_id, ciphertext=text, saved_at=NOW)

    with waiting.unit_of_work() as uow:
        for row in (draft("account-1", b"a"), draft("account-1", b"b"), draft("account-2", b"c")):
            tasks.put_draft(uow, row)
        assert tasks.get_draft(uow, "one", "account-1") == draft("account-1", b"b")
        assert tasks.delete_drafts(uow, "one") == 2
        assert tasks.get_draft(uow, "one", "account-2") is None
