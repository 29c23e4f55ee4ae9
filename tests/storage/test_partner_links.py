"""Links of referral partners by token, session and case, and guesses counted one by one; on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from storage import Database, partner_links
from tests.storage import builders
from tests.storage.builders import NOW

LINK = partner_links.LinkRow(
    id="l1", token_hash="t1", agency_id="agency-1", case_id="case-1", instance_id="instance-1", line_no="2", content=b"sealed",
    issued_by="ani", issued_at=NOW)


def test_a_link_is_found_by_its_token_its_session_and_its_case(database: Database) -> None:
    later = replace(LINK, id="l2", token_hash="t2", line_no=None, issued_at=NOW + timedelta(minutes=1))
    with database.unit_of_work() as uow:
        builders.a_running_instance(uow)
        partner_links.add(uow, LINK)
        partner_links.add(uow, later)
    with database.unit_of_work() as uow:
        assert partner_links.by_token(uow, "t1") == LINK and partner_links.by_token(uow, "t3") is None
        assert partner_links.of_case(uow, "case-1") == [later, LINK] and partner_links.of_case(uow, "case-2") == []
        partner_links.change(uow, "l1", {"session_hash": "s1", "session_until": NOW})
        assert partner_links.by_session(uow, "s1") == replace(LINK, session_hash="s1", session_until=NOW)
        assert partner_links.by_session(uow, "s2") is None


def test_guesses_are_counted_up_to_the_most(database: Database) -> None:
    with database.unit_of_work() as uow:
        builders.a_running_instance(uow)
        partner_links.add(uow, LINK)
    with database.unit_of_work() as uow:
        assert [partner_links.take_try(uow, "l1", most=2) for _ in range(3)] == [True, True, False]
        assert not partner_links.take_try(uow, "l2", most=2)
