"""Numbers as written: none stands twice in an agency and year, and what was counted can be found again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from storage import Database, numbers
from storage.numbers import Gap
from tests.storage.builders import an_agency

AT = datetime(2026, 11, 10, 2, tzinfo=UTC)


@pytest.fixture
def agency(database: Database) -> str:
    with database.unit_of_work() as uow:
        return an_agency(uow)


def issue(database: Database, agency_id: str, issued_for: str, series: str = "F10", year: int = 2026) -> int:
    with database.unit_of_work() as uow:
        return numbers.issue(uow, agency_id, series, year, issued_for=issued_for, at=AT, written=lambda n: f"{n:03d}/{series}/X/{year}")


def claim(database: Database, agency_id: str, text: str, instance_id: str = "i1", year: int = 2026) -> bool:
    with database.unit_of_work() as uow:
        return numbers.claim(uow, agency_id, year, text, instance_id=instance_id, at=AT)


def test_a_typed_number_belongs_to_the_instance_that_typed_it(database: Database, agency: str) -> None:
    assert claim(database, agency, "065/UPT")
    assert claim(database, agency, " 065/upt ")                      # typed again by the same instance: nothing stands on it yet
    assert not claim(database, agency, "065/UPT", "i2")
    assert claim(database, agency, "065/UPT", "i2", year=2027)       # another year, another register


def test_a_counted_number_passes_over_one_that_stands(database: Database, agency: str) -> None:
    assert claim(database, agency, "001/F10/X/2026")
    assert issue(database, agency, "a") == 2
    assert issue(database, agency, "a") == 2                          # asking again
    assert not claim(database, agency, "002/F10/X/2026")


def test_every_number_that_stands_on_nothing_is_listed(database: Database, agency: str) -> None:
    claim(database, agency, "001/F10/X/2026")
    issue(database, agency, "a")
    issue(database, agency, "b", year=2025)
    with database.unit_of_work() as uow:
        assert numbers.gaps(uow, agency, 2026) == [
            Gap(series="F10", number=1, written=""), Gap(series="F10", number=2, written="002/f10/x/2026"),
            Gap(series="typed", number=1, written="001/f10/x/2026")]
        assert numbers.gaps(uow, "agency-2", 2026) == []
