"""`Dikerjakan pada`: two inputs beside the form, both instants on the page that says it is done."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine import errors
from tests.web.test_tasks import GOOD, complete, draft_of

EARLY = {"stated_at.day": "2026-11-24", "stated_at.clock": "09:05"}  # WIB; the page's clock says 10.30


def test_both_instants_stand_on_the_page_that_says_it_is_done(manager, engine):
    page = complete(manager, {**GOOD, **EARLY})
    assert page.status_code == 200
    assert engine.kept["task-1"].detail.summary.stated_at == datetime(2026, 11, 24, 2, 5, tzinfo=UTC)
    assert "Sel 24 Nov 10.30 WIB" in page.text and "Sel 24 Nov 09.05 WIB" in page.text


@pytest.mark.parametrize(("day", "clock"), [("24/11", "9.05"), ("24/11/26", "09:05"), ("24-11-2026", "09.05"), ("24.11.2026", "9.05")])
def test_a_day_is_read_as_people_write_it(manager, engine, day, clock):
    assert complete(manager, {**GOOD, "stated_at.day": day, "stated_at.clock": clock}).status_code == 200
    assert engine.kept["task-1"].detail.summary.stated_at == datetime(2026, 11, 24, 2, 5, tzinfo=UTC)


def test_a_day_without_a_year_is_the_last_of_its_name(manager, engine):
    complete(manager, {**GOOD, "stated_at.day": "31/12", "stated_at.clock": "9"})
    assert engine.kept["task-1"].detail.summary.stated_at == datetime(2025, 12, 31, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize("day", ["31/2/2026", "kemarin", "2026/11/24", "24/13"])
def test_what_is_no_day_is_asked_for_again(manager, day):
    assert complete(manager, {**GOOD, "stated_at.day": day, "stated_at.clock": "9"}).status_code == 422


def test_an_hour_without_a_day_is_asked_for_and_nothing_typed_is_lost(manager, engine):
    page = complete(manager, {**GOOD, "stated_at.clock": "09.05"})
    assert page.status_code == 422
    assert 'href="#stated_at"' in page.text and 'value="09.05"' in page.text
    assert draft_of(engine)["stated_at"] == {"day": "", "clock": "09.05"}
    assert 'value="09.05"' in manager.get("/tugas/task-1").text


def test_what_the_engine_says_of_it_stands_at_the_inputs(manager, engine, monkeypatch):
    def early(*_given, **_more):
        raise errors.InvalidSubmission({"stated_at": ("Isi waktu sesudah tugas ini siap dikerjakan.", "Later.")})

    monkeypatch.setattr(engine.tasks, "complete", early)
    page = complete(manager, {**GOOD, "stated_at.day": "24/11/2026", "stated_at.clock": "9.05"})
    assert 'id="stated_at-masalah"' in page.text and 'value="24/11/2026"' in page.text


def test_only_authority_is_offered_to_accept_it_and_never_their_own(manager, someone, engine, monkeypatch):
    complete(manager, {**GOOD, **EARLY})
    assert "terima-waktu" not in manager.get("/tugas/task-1").text
    asked = []
    monkeypatch.setattr(engine.tasks, "accept_stated", lambda actor, task_id, *, reason: asked.append((task_id, reason)), raising=False)
    page = someone("pendamping").post("/tugas/task-1/terima-waktu", {"reason": "x"})
    assert page.status_code == 404 and asked == []
    assert manager.post("/tugas/task-1/terima-waktu", {"reason": "dicek"}).status_code == 303
    assert asked == [("task-1", "dicek")]
