"""What is deployed and in force; messages that wait; answers kept for a second asking; what the directory keeps."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from storage import Database, Duplicate, accounts, agencies, deployments, idempotency, messages, settings, tables_in_force
from tests.storage.builders import NOW, a_deployment, an_agency

DAY = timedelta(days=1)


def test_the_version_in_force_is_the_highest_already_effective(database: Database) -> None:
    with database.unit_of_work() as uow:
        an_agency(uow)
        a_deployment(uow, "v1", version=1, effective_from=date(2026, 1, 1))
        a_deployment(uow, "v2", version=2, effective_from=date(2026, 6, 1))
        a_deployment(uow, "v3", version=3, effective_from=date(2027, 1, 1))
        a_deployment(uow, "other", key="skm", version=1, effective_from=date(2026, 1, 1))

        def in_force(day: date) -> str | None:
            row = deployments.in_force(uow, "agency-1", "pengelolaan-kasus", day)
            return row.id if row is not None else None

        assert [in_force(day) for day in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 6, 1), date(2027, 5, 1))] == [
            None, "v1", "v2", "v3"]
        assert [row.id for row in deployments.all_in_force(uow, "agency-1", date(2026, 7, 1))] == ["v2", "other"]
        assert [row.id for row in deployments.of_agency(uow, "agency-1")] == ["v3", "v2", "v1", "other"]
        assert deployments.latest_version(uow, "agency-1", "pengelolaan-kasus") == 3
        assert deployments.latest_version(uow, "agency-1", "nothing") == 0
        assert [row.id for row in deployments.by_digest(uow, "d1", limit=2)] == ["other", "v1"]
        found = deployments.get(uow, "v2")
        assert found is not None
        assert found.title == {"id": "Pengelolaan Kasus", "en": "Case management"}
    with pytest.raises(Duplicate) as refused, database.unit_of_work() as uow:
        a_deployment(uow, "again", version=3)
    assert refused.value.constraint == "uq_deployment_agency_id_key_version"


def test_the_bytes_of_a_deployment_come_back_and_equal_files_are_kept_once(database: Database, ) -> None:
    files = {"a.bpmn": ("r1", b"\x00<xml/>"), "forms/a.json": ("r2", b"{}"), "forms/b.json": ("r2", b"{}")}
    with database.unit_of_work() as uow:
        an_agency(uow)
        row = deployments.DeploymentRow(
            id="d", agency_id="agency-1", key="k", version=1, digest="d1", title={}, process_id="p", effective_from=NOW.date(),
            deployed_at=NOW, deployed_by="x", findings=[{"code": "a"}])
        deployments.add(uow, row, files)
        deployments.add(uow, deployments.DeploymentRow(**{**vars(row), "id": "e", "version": 2}), files)
        assert deployments.files(uow, "d") == deployments.files(uow, "e") == {path: data for path, (_, data) in files.items()}
        assert deployments.get(uow, "d") == row


def test_tables_in_force_are_kept_once_by_digest(database: Database) -> None:
    with database.unit_of_work() as uow:
        tables_in_force.put(uow, "a", "calendar", b"1")
        tables_in_force.put(uow, "a", "calendar", b"1")
        tables_in_force.put(uow, "b", "parameters", b"2")
        assert tables_in_force.get_many(uow, ["a", "b", "c"]) == {"a": ("calendar", b"1"), "b": ("parameters", b"2")}
        assert tables_in_force.content(uow, "a") == b"1"
        assert tables_in_force.content(uow, "c") is None


def test_an_agency_is_written_as_it_stands_now(database: Database) -> None:
    with database.unit_of_work() as uow:
        an_agency(uow)
        row = agencies.get(uow, "agency-1")
        assert row is not None
        renamed = agencies.AgencyRow(**{**vars(row), "name": "Baru", "profile": {"roles": {"a": 1}}})
        agencies.put(uow, renamed)
        agencies.put(uow, agencies.AgencyRow(**{**vars(row), "id": "agency-2", "code": "dua", "name": "Alpha"}))
        assert agencies.get(uow, "agency-1") == renamed
        assert [each.id for each in agencies.every(uow)] == ["agency-2", "agency-1"]
        assert agencies.set_tables(uow, "agency-1", calendar_digest="c", parameters_digest=None)
        found = agencies.by_code(uow, "agency-1")
    assert found is not None
    assert found.calendar_digest == "c"


def a_message(message_id: str, **changes: Any) -> messages.MessageRow:
    return messages.MessageRow(**{
        "id": message_id, "agency_id": "agency-1", "kind": "message", "name": "reply", "keys": {"case": "1"}, "payload": b"x",
        "source_instance": None, "at": NOW, **changes})


def test_a_message_waits_until_one_takes_it(database: Database) -> None:
    with database.unit_of_work() as uow:
        for row in (a_message("late", at=NOW + DAY), a_message("early"), a_message("other", name="recall"),
                    a_message("elsewhere", agency_id="agency-2")):
            messages.add(uow, row)
        assert [row.id for row in messages.undelivered(uow, "agency-1", "reply")] == ["early", "late"]
        assert messages.get(uow, "early") == a_message("early")
        assert messages.mark_delivered(uow, "early", NOW)
        assert not messages.mark_delivered(uow, "early", NOW)
        assert [row.id for row in messages.undelivered(uow, "agency-1", "reply")] == ["late"]
        assert messages.delete_delivered(uow, NOW + DAY) == 1
        assert messages.get(uow, "early") is None


def test_an_answer_is_kept_for_who_got_it(database: Database) -> None:
    row = idempotency.IdempotencyRow(account_id="account-1", key="k", request="digest", at=NOW, result={"task": [1, None, "a"]})
    with database.unit_of_work() as uow:
        idempotency.add(uow, row)
        assert idempotency.get(uow, "account-1", "k") == row
        assert idempotency.get(uow, "account-2", "k") is None
    with pytest.raises(Duplicate) as refused, database.unit_of_work() as uow:
        idempotency.add(uow, row)
    assert refused.value.constraint == "pk_idempotency"
    with database.unit_of_work() as uow:
        assert idempotency.delete_before(uow, NOW) == 0
        assert idempotency.delete_before(uow, NOW + DAY) == 1


def test_settings_are_replaced(database: Database) -> None:
    with database.unit_of_work() as uow:
        assert settings.get(uow, "demo") is None
        settings.put(uow, "demo", {"since": "2026"})
        settings.put(uow, "demo", True)
        assert settings.get(uow, "demo") is True


def test_roles_are_held_from_their_first_to_their_last_day(database: Database) -> None:
    first, last = date(2026, 11, 10), date(2026, 11, 12)
    with database.unit_of_work() as uow:
        an_agency(uow)
        for name in ("b", "a", "gone"):
            accounts.add(uow, accounts.AccountRow(
                id=name, agency_id="agency-1", sign_in=name, name=name.upper(), password_hash="x", language="id", demo=False,
                created_at=NOW, disabled_at=NOW if name == "gone" else None),
                [accounts.RoleHolding(account_id=name, role="companion", from_date=first, until_date=last),
                 accounts.RoleHolding(account_id=name, role="auditor", from_date=first)])
        days = [first - DAY, first, last, last + DAY]
        assert [sorted(accounts.roles_held(uow, "a", day)) for day in days] == [
            [], ["auditor", "companion"], ["auditor", "companion"], ["auditor"]]
        assert accounts.holders(uow, "agency-1", ["companion", "nobody"], first) == {"companion": ("a", "b")}
        assert accounts.holders(uow, "agency-2", ["companion"], first) == {}
        assert accounts.end_role(uow, "a", "auditor", first) == 1
        assert accounts.end_role(uow, "a", "companion", last + DAY) == 0  # it ends earlier anyway
        assert accounts.roles_held(uow, "a", last) == {"companion"}
        assert accounts.names(uow, ["a", "zz"]) == {"a": "A"}
        assert accounts.count(uow) == 3
        assert not accounts.demo_exists(uow)
