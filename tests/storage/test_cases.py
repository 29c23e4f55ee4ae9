"""Case files, their records, documents, numbers, access log."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from storage import Conflict, Database, Duplicate, access_log, cases, documents, numbers
from tests.storage.builders import NOW, a_case, an_agency

DAY = timedelta(days=1)


@pytest.fixture
def filed(database: Database) -> Database:
    with database.unit_of_work() as uow:
        an_agency(uow)
        an_agency(uow, "agency-2")
        a_case(uow)
    return database


def test_cases_are_listed_newest_first_and_only_of_the_agency(filed: Database) -> None:
    with filed.unit_of_work() as uow:
        a_case(uow, "case-2", opened_at=NOW + DAY, status="terminated", closed_at=NOW + DAY)
        a_case(uow, "case-3", opened_at=NOW + 2 * DAY, owner_id="account-1")
        a_case(uow, "case-9", agency_id="agency-2")

        def found(**chosen: Any) -> list[str]:
            ids = [row.id for row in cases.find(uow, "agency-1", **chosen)]
            assert cases.count(uow, "agency-1", **{k: v for k, v in chosen.items() if k not in ("limit", "offset")}) >= len(ids)
            return ids

        assert found() == ["case-3", "case-2", "case-1"]
        assert found(limit=1, offset=1) == ["case-2"]
        assert found(is_open=True) == ["case-3", "case-1"]
        assert found(is_open=False) == found(status="terminated") == ["case-2"]
        assert found(owner_id="account-1") == ["case-3"]
        assert found(ids=["case-1", "case-9"]) == ["case-1"]
        assert found(ids=[]) == []
        assert found(business_key="KLB-case-2") == ["case-2"]
        assert cases.count(uow, "agency-1") == 3
        assert cases.by_business_key(uow, "agency-1", "KLB-case-9") is None


def test_a_move_writes_the_status_it_is_told_and_leaves_it_where_it_is_told_none(filed: Database) -> None:
    with filed.unit_of_work() as uow:
        assert cases.move(uow, "case-1", entries=1, status="planned", at=NOW + DAY) == 1
        assert cases.move(uow, "case-1", entries=2, at=NOW + 2 * DAY) == 3
        row = cases.get(uow, "case-1")
    assert row is not None
    assert row.status == "planned"


def a_record(record: str, version: int) -> cases.CaseRecordRow:
    return cases.CaseRecordRow(case_id="case-1", record=record, version=version, at=NOW, actor_id="account-1", chain_id="instance-1",
                               seq=version, ciphertext=f"{record}{version}".encode())


def test_every_version_of_a_record_is_kept_and_the_latest_found(filed: Database) -> None:
    with filed.unit_of_work() as uow:
        cases.add_records(uow, [a_record("plan", 1), a_record("plan", 2), a_record("consent", 1)])
        assert cases.records(uow, "case-1") == [a_record("consent", 1), a_record("plan", 1), a_record("plan", 2)]
        assert cases.records(uow, "case-1", record="plan") == [a_record("plan", 1), a_record("plan", 2)]
        assert cases.latest_records(uow, "case-1") == (0, [a_record("consent", 1), a_record("plan", 2)])
        assert cases.latest_records(uow, "case-2") == (0, [])
        assert cases.record_versions(uow, "case-1") == {"consent": 1, "plan": 2}

    with pytest.raises(Duplicate) as refused, filed.unit_of_work() as uow:
        cases.add_records(uow, [a_record("plan", 2)])
    assert refused.value.constraint == "pk_case_record"
    with filed.unit_of_work() as uow:
        assert cases.delete_records(uow, "case-1") == 3


def test_a_document_is_issued_once_and_erased_with_its_case(filed: Database) -> None:
    row = documents.DocumentRow(
        id="document-1", agency_id="agency-1", case_id="case-1", instance_id="instance-1", element_id="letter", code="F10",
        title="Surat Rujukan", number="1", status="issued", issued_at=NOW, media_type="application/pdf", sha256="abc", ciphertext=b"x")
    with filed.unit_of_work() as uow:
        documents.add(uow, row)
        assert documents.get(uow, "document-1") == row
        (listed,) = documents.of_case(uow, "case-1")
        assert listed.ciphertext is None  # lists carry no content
        assert documents.set_status(uow, "document-1", "sent")
    with pytest.raises(Duplicate) as refused, filed.unit_of_work() as uow:
        documents.add(uow, row)
    assert refused.value.constraint == "pk_document"

    with filed.unit_of_work() as uow:
        assert documents.erase_of_case(uow, "case-1") == 1
        left = documents.get(uow, "document-1")
    assert left is not None
    assert (left.ciphertext, left.title, left.code, left.sha256) == (None, "", "F10", "abc")


def test_numbers_run_per_agency_series_and_year_and_asking_twice_gives_the_same(filed: Database) -> None:
    def issue(uow: Any, issued_for: str, series: str = "F10", year: int = 2026, agency_id: str = "agency-1") -> int:
        return numbers.issue(uow, agency_id, series, year, issued_for=issued_for, at=NOW)

    with filed.unit_of_work() as uow:
        assert [issue(uow, key) for key in ("a", "b", "a", "c")] == [1, 2, 1, 3]
        assert issue(uow, "a", series="F11") == 1
        assert issue(uow, "d", year=2027) == 1
        assert issue(uow, "a", agency_id="agency-2") == 1


def test_a_number_of_a_transaction_that_failed_is_given_again(filed: Database) -> None:
    with pytest.raises(RuntimeError), filed.unit_of_work() as uow:
        numbers.issue(uow, "agency-1", "F10", 2026, issued_for="lost", at=NOW)
        raise RuntimeError
    with filed.unit_of_work() as uow:
        assert numbers.issue(uow, "agency-1", "F10", 2026, issued_for="kept", at=NOW) == 1


def test_no_number_is_given_twice_however_many_ask_at_once(filed: Database) -> None:
    given: list[int] = []

    def ask(worker: int) -> None:
        for n in range(10):
            while True:
                try:
                    with filed.unit_of_work() as uow:
                        number = numbers.issue(uow, "agency-1", "F10", 2026, issued_for=f"{worker}-{n}", at=NOW)
                except (Conflict, Duplicate):
                    continue
                given.append(number)
                break

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(given) == list(range(1, 41))


def test_the_access_log_of_a_case_has_one_next_entry(filed: Database) -> None:
    def entry(seq: int) -> access_log.AccessRow:
        return access_log.AccessRow(case_id="case-1", seq=seq, agency_id="agency-1", at=NOW, account_id="account-1", what="read",
                                    field_group="case", purpose="", prev_hash=f"h{seq - 1}", hash=f"h{seq}")

    with filed.unit_of_work() as uow:
        assert access_log.head(uow, "case-1") is None
        access_log.append(uow, entry(1))
        access_log.append(uow, entry(2))
        assert access_log.head(uow, "case-1") == (2, "h2")
        assert access_log.of_case(uow, "case-1", after=1) == [entry(2)]
    with pytest.raises(Duplicate) as refused, filed.unit_of_work() as uow:
        access_log.append(uow, entry(2))
    assert refused.value.constraint == "pk_access_log"
