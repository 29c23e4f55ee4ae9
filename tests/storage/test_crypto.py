"""Keys of cases: wrapped, bound to their case, and gone for good once forgotten."""

from __future__ import annotations

import pytest

from storage import DamagedCiphertext, Database, cases, crypto
from tests.storage.builders import a_case, an_agency

MASTER = bytes(range(32))


def test_a_case_key_opens_under_its_key_for_its_case_only() -> None:
    key, wrapped = crypto.new_case_key(MASTER, "case-1")

    assert crypto.unwrap_key(MASTER, "case-1", wrapped) == key
    for master, case_id in ((MASTER, "case-2"), (bytes(32), "case-1")):
        with pytest.raises(DamagedCiphertext):
            crypto.unwrap_key(master, case_id, wrapped)


def test_every_changed_byte_of_a_wrapped_key_is_noticed() -> None:
    _, wrapped = crypto.new_case_key(MASTER, "case-1")
    for index in range(len(wrapped)):
        changed = bytes([*wrapped[:index], wrapped[index] ^ 1, *wrapped[index + 1:]])
        with pytest.raises(DamagedCiphertext):
            crypto.unwrap_key(MASTER, "case-1", changed)
    for length in range(len(wrapped)):
        with pytest.raises(DamagedCiphertext):
            crypto.unwrap_key(MASTER, "case-1", wrapped[:length])


def test_two_cases_never_share_a_key_and_wrapping_twice_differs() -> None:
    first, wrapped = crypto.new_case_key(MASTER, "case-1")
    second, _ = crypto.new_case_key(MASTER, "case-2")
    assert first != second
    assert crypto.wrap_key(MASTER, "case-1", first) != wrapped


def test_a_destroyed_key_is_not_in_the_database_any_more(database: Database) -> None:
    _, wrapped = crypto.new_case_key(MASTER, "case-1")
    with database.unit_of_work() as uow:
        an_agency(uow)
        a_case(uow, wrapped_key=wrapped)
        assert cases.all_keys(uow) == [("case-1", wrapped)]
        assert cases.destroy_key(uow, "case-1")

    with database.reading() as uow:
        row = cases.get(uow, "case-1")
        assert row is not None
        assert row.wrapped_key is None
        assert cases.all_keys(uow) == []


def test_a_key_is_wrapped_anew_unless_it_changed_meanwhile(database: Database) -> None:
    with database.unit_of_work() as uow:
        an_agency(uow)
        a_case(uow, wrapped_key=b"old")
        assert cases.rewrap(uow, "case-1", old=b"old", new=b"new")
        assert not cases.rewrap(uow, "case-1", old=b"old", new=b"newer")
