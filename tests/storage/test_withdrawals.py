"""A version that is withdrawn: what is in force from then, and one proposal at a time."""

from __future__ import annotations

from datetime import date

import pytest

from storage import Database, Duplicate, UnitOfWork, deployments, withdrawals
from tests.storage.builders import NOW, a_deployment, an_agency

SOP = "pengelolaan-kasus"


def proposed(uow: UnitOfWork, name: str, version: str, day: date, *, state: str = "in_review") -> None:
    withdrawals.add(uow, withdrawals.WithdrawalRow(
        id=name, deployment_id=version, decree="SK 1", withdrawn_from=day, reason="r", proposed_at=NOW, proposed_by="owner", state=state))


def three_versions(uow: UnitOfWork) -> None:
    an_agency(uow)
    for number, day in ((1, date(2026, 1, 1)), (2, date(2026, 6, 1)), (3, date(2026, 12, 1))):
        a_deployment(uow, f"v{number}", version=number, effective_from=day)
    a_deployment(uow, "other", key="skm", effective_from=date(2026, 1, 1))


def in_force(uow: UnitOfWork, *days: date) -> list[str | None]:
    found = [deployments.in_force(uow, "agency-1", SOP, day) for day in days]
    assert [[row.id] if row is not None else [] for row in found] == [
        [each.id for each in deployments.all_in_force(uow, "agency-1", day) if each.key == SOP] for day in days]
    return [None if row is None else row.id for row in found]


def test_a_withdrawn_version_is_in_force_no_more_and_what_it_replaced_does_not_come_back(database: Database) -> None:
    days = date(2026, 5, 31), date(2026, 8, 31), date(2026, 9, 1), date(2026, 11, 30), date(2026, 12, 1)
    with database.unit_of_work() as uow:
        three_versions(uow)
        proposed(uow, "w", "v2", date(2026, 9, 1))
        assert in_force(uow, *days) == ["v1", "v2", "v2", "v2", "v3"], "a proposal changes nothing"
        assert withdrawals.decide(uow, "w", state="approved", by="head", reason="ya", at=NOW)
        assert in_force(uow, *days) == ["v1", "v2", None, None, "v3"]
        assert [row.id for row in deployments.all_in_force(uow, "agency-1", days[2])] == ["other"]
        assert not withdrawals.decide(uow, "w", state="sent_back", by="other", reason="tidak", at=NOW)
        assert withdrawals.get(uow, "w") == withdrawals.standing(uow, "agency-1")["v2"]
        assert withdrawals.standing(uow, "elsewhere") == {}


def test_a_version_withdrawn_before_its_day_replaces_nothing(database: Database) -> None:
    with database.unit_of_work() as uow:
        three_versions(uow)
        proposed(uow, "w", "v3", date(2026, 12, 1), state="approved")
        assert in_force(uow, date(2026, 11, 30), date(2027, 1, 1)) == ["v2", "v2"]
        assert deployments.to_come(uow, "agency-1", date(2026, 11, 1)) == []


def test_a_version_withdrawn_after_its_day_is_in_force_between(database: Database) -> None:
    with database.unit_of_work() as uow:
        three_versions(uow)
        proposed(uow, "w", "v3", date(2026, 12, 2), state="approved")
        assert [row.id for row in deployments.to_come(uow, "agency-1", date(2026, 11, 1))] == ["v3"]
        assert in_force(uow, date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 2)) == ["v2", "v3", None]


def test_a_version_has_one_proposal_at_a_time(database: Database) -> None:
    with database.unit_of_work() as uow:
        three_versions(uow)
        proposed(uow, "first", "v2", date(2026, 9, 1))
    with pytest.raises(Duplicate) as refused, database.unit_of_work() as uow:
        proposed(uow, "second", "v2", date(2026, 9, 1))
    assert refused.value.constraint == "uq_sop_withdrawal_standing"
    with database.unit_of_work() as uow:
        assert withdrawals.decide(uow, "first", state="sent_back", by="head", reason="nanti", at=NOW)
        proposed(uow, "second", "v2", date(2026, 9, 1), state="approved")
        assert {row.id for row in withdrawals.of_version(uow, "v2")} == {"first", "second"}
        assert set(withdrawals.standing(uow, "agency-1")) == {"v2"}
