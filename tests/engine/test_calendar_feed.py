"""The calendar of one's own deadlines, read by another reader of iCalendar than the one who wrote ours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from sqlalchemy import update

from engine.errors import NotFound
from engine.render import icalendar
from storage.schema import running
from tests.support import office as offices
from tests.support.office import Office

AT = datetime(2026, 11, 24, 3, 30, tzinfo=UTC)


@given(text=st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200), more=st.text("a;,\\\nüß界", max_size=150))
def test_any_text_comes_out_of_another_reader_as_it_went_in(text: str, more: str) -> None:
    event = icalendar.Event(uid="t@k", at=AT, summary=text, description=more, revision=3)
    written = icalendar.calendar([event], name="Kawal", zone="Asia/Jakarta", written_at=AT)
    assert all(len(line) <= 75 for line in written.split(b"\r\n")) and b"\n" not in written.replace(b"\r\n", b"")
    (read,) = Calendar.from_ical(written).walk("VEVENT")
    assert (str(read["SUMMARY"]), str(read["DESCRIPTION"]), read["SEQUENCE"]) == (text, more, 3)
    assert read["DTSTART"].dt == AT


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Office:
    return offices.opened(tmp_path, database_url)


def test_a_calendar_shows_what_its_owner_holds_until_the_address_is_changed_or_revoked(office: Office) -> None:
    people = office.engine.people
    dewi = office.hire("Dewi", "case_manager")
    started = office.start()
    task = office.task(started, "approve_case_report")
    assert people.calendar_token(dewi) is None
    people.renew_calendar(dewi)
    token = people.calendar_token(dewi)
    assert list(Calendar.from_ical(people.calendar(token)).walk("VEVENT")) == [], "what waits for the team is nobody's deadline"
    office.engine.tasks.claim(dewi, task.id)

    (event,) = Calendar.from_ical(people.calendar(token)).walk("VEVENT")
    assert event["DTSTART"].dt == task.due_at
    assert str(event["SUMMARY"]) == f"Kasus {task.business_key}: tenggat, {task.name.split()[0].lower()}"
    assert "pukul 08.40 WIB" in str(event["DESCRIPTION"])
    uid = str(event["UID"])

    office.clock.advance(timedelta(hours=1))
    (late,) = Calendar.from_ical(people.calendar(token)).walk("VEVENT")
    assert str(late["SUMMARY"]).startswith("LEWAT: ") and str(late["UID"]) == uid

    with office.database.unit_of_work() as uow:
        uow.execute(update(running.task).where(running.task.c.id == task.id).values(sensitivity="C3"))
    (limited,) = Calendar.from_ical(people.calendar(token)).walk("VEVENT")
    assert str(limited["SUMMARY"]).endswith(": tenggat, langkah terbatas")

    people.renew_calendar(dewi)
    with pytest.raises(NotFound):
        people.calendar(token)
    renewed = people.calendar_token(dewi)
    people.disable_account(people.operator("kalbar"), dewi.account_id)
    with pytest.raises(NotFound):
        people.calendar(renewed)
    people.revoke_calendar(dewi)
    assert people.calendar_token(dewi) is None
    with pytest.raises(NotFound):
        people.calendar("")
