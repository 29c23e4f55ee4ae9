"""Actions on the case page: offered to the right role, one form each, a double click is one act, nothing typed is lost."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, timedelta

PATH = "/kasus/case-1/tindakan/i1.7"


def once(page: str) -> str:
    found = re.search(r'name="once" value="(\w+)"', page)
    assert found is not None
    return found[1]


def test_the_case_page_offers_what_may_be_told(manager):
    page = manager.get("/kasus/case-1").text
    assert 'id="tindakan"' in page and f'href="{PATH}"' in page and "Catat penarikan persetujuan" in page
    assert 'id="tindakan"' not in manager.get("/kasus/case-2").text  # nothing waits: no empty section


def test_an_action_is_a_form_that_works_without_script(manager, engine):
    page = manager.get(PATH).text
    assert "<h1>Catat penarikan persetujuan</h1>" in page and 'name="f.family_told"' in page and "Catat tindakan" in page
    assert re.search(r'<form[^>]+method="post" action="/kasus/case-1/tindakan/i1.7"', page)

    response = manager.post(PATH, {"once": once(page), "f.family_told": "true"}, on=PATH)

    assert (response.status_code, response.headers["Location"]) == (303, "/kasus/case-1")
    assert "Tindakan tercatat" in manager.get("/kasus/case-1").text
    assert engine.acted == [("case-1", "i1.7", {"family_told": True})]


def test_a_double_click_is_one_act(manager, engine):
    data = {"once": once(manager.get(PATH).text), "f.family_told": "true"}
    for _ in range(2):
        assert manager.post(PATH, data, on=PATH).status_code == 303
    assert len(engine.acted) == 1


def test_a_post_without_the_page_s_token_is_refused(manager, engine):
    assert manager.client.post(PATH, data={"f.family_told": "true"}).status_code == 400
    assert engine.acted == []


def test_a_refused_form_keeps_what_was_typed(manager, engine):
    response = manager.post(PATH, {"once": "a", "f.reason": "tetap di sini"}, on=PATH)
    assert response.status_code == 422
    assert "tetap di sini" in response.text and 'href="#f-family_told"' in response.text and "Kesalahan: " in response.text
    assert engine.acted == []


def test_an_action_may_say_when_it_was_done_where_its_form_does_not_ask(manager, engine, monkeypatch):
    assert "stated_at.day" not in manager.get(PATH).text
    case = engine.case_details["case-1"]
    since = engine.clock.now() - timedelta(days=1)
    engine.case_details["case-1"] = replace(case, actions=tuple(replace(each, stated_from=since) for each in case.actions))
    assert "Dikerjakan pada" in manager.get(PATH).text
    given, act = [], engine.cases.act
    monkeypatch.setattr(engine.cases, "act", lambda *args, **more: given.append(more) or act(*args, **more))
    typed = {"once": "a", "f.family_told": "true", "stated_at.day": "kemarin", "stated_at.clock": "8"}
    refused = manager.post(PATH, typed, on=PATH)
    assert refused.status_code == 422 and 'href="#stated_at"' in refused.text and "kemarin" in refused.text and given == []
    assert "kemarin" in manager.get(PATH).text
    day = since.strftime("%d/%m/%Y")
    assert manager.post(PATH, {**typed, "stated_at.day": day, "stated_at.clock": "08.30"}, on=PATH).status_code == 303
    assert given[0]["stated_at"].astimezone(UTC).minute == 30


def test_rows_need_no_script(manager, engine):
    response = manager.post(PATH, {"once": "a", "f.lines.count": "1", "f.lines.0.need": "Visum", "add_row": "f.lines"}, on=PATH)
    assert response.status_code == 200 and 'name="f.lines.1.need"' in response.text and "Visum" in response.text
    assert engine.acted == []


def test_what_somebody_did_meanwhile_is_said_on_the_case_page(manager, engine):
    token = manager.token(PATH)
    engine.case_details["case-1"] = replace(engine.case_details["case-1"], actions=())
    response = manager.client.post(PATH, data={"csrf_token": token, "f.family_told": "true"})
    assert response.headers["Location"] == "/kasus/case-1"
    assert "tidak lagi menunggu tindakan itu" in manager.get("/kasus/case-1").text
    assert manager.get(PATH).status_code == 404


def test_a_second_click_is_told_what_the_first_was_though_the_action_waits_no_longer(manager, engine):
    page = {"csrf_token": manager.token(PATH), "once": "a", "f.family_told": "true"}
    assert manager.client.post(PATH, data=page).status_code == 303
    engine.case_details["case-1"] = replace(engine.case_details["case-1"], actions=())
    said = "Tindakan tercatat"
    assert said in manager.get("/kasus/case-1").text and said not in manager.get("/kasus/case-1").text
    manager.client.post(PATH, data=page)
    assert said in manager.get("/kasus/case-1").text and len(engine.acted) == 1
    for other in ({"f.family_told": "false"}, {"once": "b"}):
        manager.client.post(PATH, data={**page, **other})
        shown = manager.get("/kasus/case-1").text
        assert said not in shown and "tidak lagi menunggu tindakan itu" in shown, other


def test_another_role_and_another_case_find_nothing(someone, manager):
    assert someone("pendamping").get(PATH).status_code == 404
    assert manager.get("/kasus/case-2/tindakan/i1.7").status_code == 404
    assert manager.get("/kasus/case-9/tindakan/i1.7").status_code == 404


def test_the_page_speaks_english(manager):
    manager.post("/bahasa", {"language": "en"})
    assert "Record a withdrawal of consent" in manager.get(PATH).text and "Cancel" in manager.get(PATH).text
    assert "No need to wait for a task" in manager.get("/kasus/case-1").text


def test_a_case_says_which_agency_it_came_from_and_where_it_went(manager):
    page = manager.get("/kasus/case-2").text
    assert "Diterima dari" in page and "UPTD PPA Kota Bandung" in page and "5EED5EED5EED5EED" in page
    assert "Disampaikan kepada" in page and "UPTD PPA Kota Depok" in page and "C0FFEEC0FFEEC0FF" in page


def test_sops_to_start_stand_under_what_they_are_about(manager, engine):
    known = engine.sops.detail.summary
    many = [replace(known, key=f"sop-{n}", title=title, kind=kind) for n, (title, kind) in enumerate((
        ("Mediasi", "service"), ("Pengaduan Masyarakat", "intake"), ("Konseling", "service"), ("Lama", ""), ("Pengelolaan Kasus", "case")))]
    engine.sops.startable = lambda actor: tuple(many)
    page = manager.get("/kasus/baru").text
    order = ["Pengaduan dan penjangkauan", "Pengaduan Masyarakat", "Pengelolaan kasus", "Pengelolaan Kasus", "Layanan", "Konseling",
             "Mediasi", "Lainnya", "Lama"]
    body = page[page.index("<main"):]
    places = [body.index(f">{words}") for words in order]
    assert places == sorted(places)
