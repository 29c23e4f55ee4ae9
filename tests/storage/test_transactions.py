"""The unit of work: the only commit, and what a refusal looks like."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from storage import BrokenReference, Database, Duplicate, agencies, cases, settings
from tests.storage.builders import a_case, an_agency


def test_a_block_that_ends_well_is_kept_with_one_commit(database: Database) -> None:
    with database.unit_of_work() as uow:
        an_agency(uow)
        a_case(uow)
        assert uow.statements == 2

    assert database.commits == 1
    with database.reading() as uow:
        assert cases.get(uow, "case-1") is not None


def test_a_block_that_raises_leaves_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError), database.unit_of_work() as uow:
        an_agency(uow)
        raise RuntimeError

    assert database.commits == 0
    with database.reading() as uow:
        assert agencies.get(uow, "agency-1") is None


def test_what_is_written_while_reading_is_undone(database: Database) -> None:
    with database.reading() as uow:
        an_agency(uow)

    with database.reading() as uow:
        assert agencies.get(uow, "agency-1") is None
    assert database.commits == 0


@pytest.mark.parametrize(("spoil", "constraint"), [
    (lambda uow: an_agency(uow, code="another"), "pk_agency"),              # primary key
    (lambda uow: an_agency(uow, "other", code="agency-1"), "uq_agency_code"),
    (lambda uow: a_case(uow, "case-2", business_key="KLB-case-1"), "uq_case_file_agency_id_business_key"),  # two columns
])
def test_a_second_row_is_refused_by_the_name_of_its_constraint(
        database: Database, spoil: Callable[[object], object], constraint: str) -> None:
    with database.unit_of_work() as uow:
        an_agency(uow)
        a_case(uow)

    with pytest.raises(Duplicate) as refused, database.unit_of_work() as uow:
        spoil(uow)

    assert refused.value.constraint == constraint


def test_a_refusal_carries_no_value(database: Database) -> None:
    with pytest.raises(BrokenReference) as refused, database.unit_of_work() as uow:
        a_case(uow, agency_id="rahasia")

    assert "rahasia" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


def test_an_in_memory_database_serves_many_threads() -> None:
    database = Database.open("sqlite://")
    database.create_schema()
    with database.unit_of_work() as uow:
        settings.put(uow, "counter", 0)

    def add_one() -> None:
        for _ in range(50):
            with database.unit_of_work() as uow:
                settings.put(uow, "counter", settings.get(uow, "counter") + 1)

    threads = [threading.Thread(target=add_one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with database.reading() as uow:
        assert settings.get(uow, "counter") == 200
    database.close()


def test_units_of_work_of_an_in_memory_database_do_not_nest() -> None:
    database = Database.open("sqlite://")
    with database.unit_of_work(), pytest.raises(RuntimeError), database.unit_of_work():
        pass
    database.close()
