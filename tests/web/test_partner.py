"""A referral partner's pages: a link that only opens with its code, one answer for all that is wrong, nothing by GET."""

from __future__ import annotations

import re

import pytest

from engine import errors
from tests.support import fake_partner
from tests.support.fake_partner import CODE, LETTER, LINK, TASK, TOKEN

DOOR = f"/mitra/{TOKEN}"
STAFF = "/kasus/case-1/rujukan"


@pytest.fixture
def inside(visitor):
    """Somebody who came in with the code."""
    visitor.post(DOOR, {"code": CODE}, on=DOOR)
    return visitor


def without_chance(text: str) -> str:
    return re.sub(r'value="[^"]*"', "", text)


def test_the_link_shows_service_and_deadline_and_reading_it_asks_for_nothing(visitor, engine):
    page = visitor.get(DOOR)
    assert page.status_code == 200
    assert "Layanan kesehatan" in page.text and "UPTD PPA Contoh" in page.text and "usulan" in page.text
    assert "RSUD A" not in page.text and fake_partner.CONTACT not in page.text
    assert engine.partner.codes_asked == 0
    assert page.headers["Referrer-Policy"] == "no-referrer" and page.headers["Cache-Control"] == "no-store"
    assert visitor.post(f"{DOOR}/kode", on=DOOR).status_code == 200
    assert engine.partner.codes_asked == 1


def test_whatever_is_wrong_with_a_link_answers_alike(visitor, engine):
    unknown = visitor.get("/mitra/0000-0000")
    token = visitor.token(DOOR)
    engine.partner.is_open = False
    over = visitor.get(DOOR)
    assert unknown.status_code == over.status_code == 404
    assert without_chance(unknown.text).replace("0000-0000", "") == without_chance(over.text).replace(TOKEN, "")
    assert visitor.client.post(DOOR, data={"csrf_token": token, "code": CODE}).status_code == 404
    assert visitor.client.post(f"{DOOR}/kode", data={"csrf_token": token}).status_code == 404
    assert visitor.get("/mitra/rujukan").status_code == 404


def test_a_wrong_code_stays_outside_and_too_many_have_to_wait(visitor):
    wrong = visitor.post(DOOR, {"code": "000000"}, on=DOOR)
    assert wrong.status_code == 422 and "role=\"alert\"" in wrong.text
    assert visitor.get("/mitra/rujukan").status_code == 404
    answers = [visitor.post(DOOR, {"code": "000000"}, on=DOOR).status_code for _ in range(8)]
    assert answers[-1] == 429


def test_the_code_leads_in_and_the_address_holds_the_link_no_longer(visitor):
    entered = visitor.post(DOOR, {"code": CODE}, on=DOOR)
    assert entered.status_code == 303 and entered.headers["Location"] == "/mitra/rujukan"
    cookie = next(each for each in entered.headers.getlist("Set-Cookie") if each.startswith("kawal-mitra="))
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
    page = visitor.get("/mitra/rujukan")
    assert "RSUD A" in page.text and fake_partner.CONTACT in page.text and TOKEN not in page.text
    assert visitor.get("/tugas").status_code == 303, "the partner's session is nobody's account"
    visitor.post("/mitra/keluar", on="/mitra/rujukan")
    assert visitor.get("/mitra/rujukan").status_code == 404


def test_documents_of_the_packet_and_no_others(inside):
    found = inside.get(f"/mitra/rujukan/dokumen/{LETTER.id}")
    assert found.data.startswith(b"%PDF") and "F10" in found.headers["Content-Disposition"]
    assert inside.get("/mitra/rujukan/dokumen/doc-1").status_code == 404


def test_the_answer_is_sent_once_and_needs_its_fields(inside, engine):
    bad = inside.post("/mitra/rujukan", {"task": TASK}, on="/mitra/rujukan")
    assert bad.status_code == 422 and "Wajib diisi" in bad.text
    sent = inside.post("/mitra/rujukan", {"task": TASK, "f.provider_answer": "accepted", "f.next_provider": "none"}, on="/mitra/rujukan")
    assert sent.status_code == 303 and engine.partner.sent == [{"provider_answer": "accepted"}]
    other = inside.post("/mitra/rujukan", {"task": "task-2", "f.provider_answer": "accepted"}, on="/mitra/rujukan")
    assert other.status_code == 303 and len(engine.partner.sent) == 1
    news = inside.post("/mitra/rujukan/kabar", {"text": ""}, on="/mitra/rujukan")
    assert news.status_code == 422
    half = {"f.provider_answer": "accepted"}
    for text, status in (("", 422), ("Sudah diperiksa dokter.", 303)):
        kept = inside.post("/mitra/rujukan/kabar", {"text": text, **half}, on="/mitra/rujukan")
        assert kept.status_code == status
        assert re.search(r'value="accepted"[^>]* checked', inside.get("/mitra/rujukan").text), "what was typed beside the news stays"
    engine.partner.sent.clear()
    for text in ("Sudah kontrol.", "Sudah kontrol.", "Sudah pulang."):
        inside.post("/mitra/rujukan/kabar", {"text": text, "once": "k1"}, on="/mitra/rujukan")
    assert engine.partner.sent == [{"text": "Sudah kontrol."}, {"text": "Sudah pulang."}], "a page sent twice is one news"


def test_a_partners_draft_comes_back_and_can_be_thrown_away(inside, engine):
    at, checked = "/mitra/rujukan", r'value="accepted"[^>]* checked'
    kept = inside.post(f"{at}/draf", {"task": TASK, "f.provider_answer": "accepted"}, on=at, headers={"Accept": "application/json"})
    assert kept.status_code == 200 and kept.json["at"] and re.search(checked, inside.get(at).text)
    late = {"task": TASK, "f.provider_answer": "rejected", "draft_seen": ""}
    beside = inside.post(at, late, on=at)
    assert beside.status_code == 409 and "jendela atau perangkat lain" in beside.text and engine.partner.sent == []
    assert inside.post(f"{at}/draf", late, on=at, headers={"Accept": "application/json"}).status_code == 409
    assert inside.post(f"{at}/draf", {"task": "task-2"}, on=at).status_code == 303
    assert inside.post(f"{at}/draf", {"task": TASK, "drop": "1"}, on=at).status_code == 303
    assert not re.search(checked, inside.get(at).text)


def test_nothing_typed_is_lost_where_an_account_of_the_partner_holds_the_task(inside, engine, monkeypatch):
    def held(*_given):
        raise errors.TaskAlreadyClaimed(task_id=TASK)

    monkeypatch.setattr(engine.partner, "answer", held)
    refused = inside.post("/mitra/rujukan", {"task": TASK, "f.provider_answer": "accepted"}, on="/mitra/rujukan")
    assert refused.status_code == 409 and "Belum terkirim" in refused.text
    assert re.search(r'value="accepted"[^>]* checked', refused.text)


def test_whoever_refers_sees_the_link_once_and_tells_the_code(manager):
    page = manager.get(STAFF)
    assert f"{CODE[:3]} {CODE[3:]}" in page.text and TOKEN not in page.text
    assert manager.post(f"{STAFF}/tautan", {"task": TASK, "contact": ""}, on=STAFF).status_code == 422
    made = manager.post(f"{STAFF}/tautan", {"task": TASK, "contact": "Ani"}, on=STAFF)
    assert made.status_code == 200 and f"/mitra/{TOKEN}" in made.text
    assert manager.post(f"{STAFF}/tautan/cabut", {"link": LINK}, on=STAFF).status_code == 303
    assert manager.post(f"{STAFF}/tautan/cabut", {"link": "link-2"}, on=STAFF).status_code == 404
    assert manager.post(f"{STAFF}/jawaban/{TASK}", {}, on=STAFF).status_code == 422
    assert manager.post(f"{STAFF}/jawaban/task-2", {"f.provider_answer": "accepted"}, on=STAFF).status_code == 404
    assert manager.post(f"{STAFF}/jawaban/{TASK}", {"f.provider_answer": "accepted"}, on=STAFF).status_code == 303


def test_who_may_not_refer_finds_no_such_page(someone):
    assert someone("auditor").get(STAFF).status_code == 404
    assert someone("pemilik").get(STAFF).status_code == 404
