"""Everybody's own settings: notices, calendar address, passphrase; and the page of incidents."""

from __future__ import annotations

import re

import pytest

from engine import errors
from engine.notice_kinds import Where
from handlers.operations import mail_send

CHOICES = {"jenis-late": "now", "jenis-public": "now", "jenis-access": "digest", "jenis-work": "nowhere", "jenis-cases": "app",
           "jenis-sops": "app"}


@pytest.fixture
def manager(visitor):
    visitor.sign_in("manajer")
    return visitor


def test_choices_are_kept_and_shown_again(manager, engine):
    sent = CHOICES | {"surel": "mk@uptd.example", "tenang-dari": "21:00", "tenang-sampai": "06:00"}
    assert manager.post("/setelan/pemberitahuan", sent, on="/setelan").status_code == 303
    assert engine.people.choice.by_kind["work"] is Where.NOWHERE
    page = manager.get("/setelan").text
    assert "Setelan tersimpan." in page and "mk@uptd.example" in page and 'value="21:00"' in page
    assert re.search(r'<option value="nowhere" selected>', page)


@pytest.mark.parametrize("half", [{"tenang-dari": "21:00"}, {"tenang-dari": "x", "tenang-sampai": "06:00"}])
def test_quiet_hours_that_are_none_are_refused_and_nothing_typed_is_lost(manager, engine, half):
    answer = manager.post("/setelan/pemberitahuan", CHOICES | half | {"surel": "baru@uptd.example"}, on="/setelan")
    assert answer.status_code == 422
    assert "Jam tenang salah." in answer.text and "baru@uptd.example" in answer.text
    assert engine.people.choice.email is None


def test_a_calendar_address_opens_without_a_session_until_it_is_changed(manager, visitor, app, engine):
    def address():
        found = re.search(r'id="alamat" type="text" readonly value="http://localhost:8000([^"]+)"', manager.get("/setelan").text)
        return found[1] if found else None

    first = address()
    manager.post("/setelan/kalender", on="/setelan")
    second = address()
    stranger = app.test_client()
    assert first != second and stranger.get(first).status_code == 404
    opened = stranger.get(second)
    assert opened.status_code == 200 and opened.content_type == "text/calendar; charset=utf-8"
    assert opened.headers["Cache-Control"] == "no-store"
    manager.post("/setelan/kalender/cabut", on="/setelan")
    assert stranger.get(second).status_code == 404 and address() is None


def test_another_passphrase_keeps_this_session_under_a_new_token(manager, engine, monkeypatch):
    asked = []
    monkeypatch.setattr(engine.people, "change_passphrase", lambda actor, old, new: asked.append((old, new)), raising=False)
    monkeypatch.setattr(engine.people, "sign_in", lambda name, passphrase, address: engine.sessions.setdefault(
        "another", next(iter(engine.sessions.values()))) and "another")
    typed = {"lama": "yang lama", "baru": "yang baru sekali", "ulang": "yang baru sekali"}
    assert manager.post("/setelan/frasa-sandi", typed | {"ulang": "lain"}, on="/setelan").status_code == 422
    assert asked == []
    assert manager.post("/setelan/frasa-sandi", typed, on="/setelan").status_code == 303
    assert asked == [("yang lama", "yang baru sekali")]
    assert manager.client.get_cookie("kawal").value == "another"
    assert "sudah berakhir" in manager.get("/setelan").text


def test_a_wrong_passphrase_changes_nothing_and_says_so(manager, engine, monkeypatch):
    def refuse(actor, old, new):
        raise errors.NotAllowed()

    monkeypatch.setattr(engine.people, "change_passphrase", refuse, raising=False)
    typed = {"lama": "bukan itu", "baru": "yang baru sekali", "ulang": "yang baru sekali"}
    answer = manager.post("/setelan/frasa-sandi", typed, on="/setelan")
    assert answer.status_code == 422 and "bukan itu" not in answer.text


def test_where_a_mail_leads_is_a_page_and_leads_on(manager, engine, app):
    notice = engine.notice_rows[0]
    answer = manager.get(mail_send.NOTICE_PATH.format(notice=notice.id))
    assert answer.status_code == 303
    assert app.url_map.bind("").match(mail_send.INBOX_PATH)[0] == "inbox.show"
    assert manager.get(mail_send.NOTICE_PATH.format(notice="nobody's")).status_code == 404


def test_who_may_lets_an_incident_be_tried_again_for_a_reason(manager, engine):
    page = manager.get("/kendala")
    assert "Surel pemberitahuan tidak terkirim" in page.text
    manager.post("/kendala/job-1/ulangi", {"alasan": "  "}, on="/kendala")
    assert engine.jobs.resolved == []
    manager.post("/kendala/job-1/ulangi", {"alasan": "server surel dihidupkan"}, on="/kendala")
    assert engine.jobs.resolved == [("job-1", "server surel dihidupkan")]
