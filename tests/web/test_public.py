"""Pages for people without an account: no cookie, no name, no case, and a way out on every one of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.public_results import PublicStage
from engine.settings import Settings, SettingsRefused
from tests.support.fake_public import CODE, SURVEY_CODE
from tests.web.conftest import CSRF
from webui import limits

PAGES = ("/publik", "/publik/kalbar", "/publik/kalbar/aman", "/publik/kalbar/lapor", "/publik/kalbar/status", "/publik/kalbar/keluhan",
         "/publik/depok/keluhan", "/publik/kalbar/survei", "/publik/depok/survei", "/publik/kalbar/sop",
         "/publik/kalbar/sop/pengelolaan-kasus", "/publik/kalbar/janji")
REPORT = {"step": "send", "f.danger_now": "false", "f.what_happened": "physical", "f.account_given": "ZQ-KEJADIAN-0001",
          "f.contact_consent": "false"}
INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    limits.limiter.reset()
    return app.test_client()


def slip(visitor: FlaskClient, path: str) -> str:
    found = CSRF.search(visitor.get(path).text)
    assert found is not None
    return found[1]


def post(visitor: FlaskClient, path: str, data: Mapping[str, Any], *, on: str = "/publik/kalbar/lapor") -> TestResponse:
    return visitor.post(path, data={"csrf_token": slip(visitor, on), **data})


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["id", "en"])
def test_every_page_stands_alone_with_a_way_out_and_no_cookie(visitor: FlaskClient, path: str, language: str) -> None:
    response = visitor.get(f"{path}?bahasa={language}")
    assert response.status_code == 200
    assert f'<html lang="{language}">' in response.text
    assert response.text.count("data-leave>") == 2, "one to see, one for who hears the page"
    assert 'href="tel:112"' in response.text and INLINE.findall(response.text) == []
    assert "Set-Cookie" not in response.headers
    assert response.headers["Cache-Control"] == "no-store" and response.headers["Referrer-Policy"] == "no-referrer"


def test_english_travels_in_the_address(visitor: FlaskClient) -> None:
    text = visitor.get("/publik/kalbar?bahasa=en").text
    assert "Report violence" in text and 'href="/publik/kalbar/lapor?bahasa=en"' in text
    assert 'href="/publik/kalbar/lapor"' in visitor.get("/publik/kalbar").text


def test_a_signed_in_officer_sees_what_everybody_sees(someone: Any) -> None:
    text = someone("manajer").get("/publik/kalbar").text
    assert "Kunci layar" not in text and "Lapor kekerasan" in text


def test_danger_now_leads_to_the_calls_and_still_lets_report(visitor: FlaskClient) -> None:
    asked = post(visitor, "/publik/kalbar/lapor", {"step": "danger"}).text
    assert "bahaya sekarang" in asked
    calls = post(visitor, "/publik/kalbar/lapor", {"step": "calls"}).text
    assert all(f'href="tel:{number}"' in calls for number in (110, 112, 129)) and "Tetap kirim laporan" in calls
    form = post(visitor, "/publik/kalbar/lapor", {"step": "form", "danger": "yes"}).text
    assert 'name="f.danger_now" value="true" checked' in form and "Telepon dahulu" in form


def test_a_report_ends_with_a_receipt_that_is_in_no_address(visitor: FlaskClient, engine: Any) -> None:
    response = post(visitor, "/publik/kalbar/lapor", REPORT)
    assert response.status_code == 200 and "Location" not in response.headers
    assert all(block in response.text for block in CODE.split("-"))
    assert "belum ditetapkan dalam SOP" in response.text and "ZQ-KEJADIAN-0001" not in response.text
    ((code, door, submission, _),) = engine.public.sent
    assert (code, door, submission["account_given"], submission["danger_now"]) == ("kalbar", "report", "ZQ-KEJADIAN-0001", False)


def test_one_page_sent_twice_is_one_report(visitor: FlaskClient, engine: Any) -> None:
    token = slip(visitor, "/publik/kalbar/lapor")
    for _ in range(2):
        assert visitor.post("/publik/kalbar/lapor", data={"csrf_token": token, **REPORT}).status_code == 200
    assert len(engine.public.sent) == 1


@pytest.mark.parametrize(("data", "status"), [
    ({key: value for key, value in REPORT.items() if key != "f.what_happened"}, 422), ({**REPORT, "situs": "https://spam.example"}, 422), ({**REPORT, "csrf_token": "x"}, 400),
    ({**REPORT, "csrf_token": ""}, 400)])
def test_what_is_not_taken_in_comes_back_as_it_was_typed(visitor: FlaskClient, engine: Any, data: dict[str, str], status: int) -> None:
    response = post(visitor, "/publik/kalbar/lapor", data)
    assert response.status_code == status
    assert "ZQ-KEJADIAN-0001" in response.text and 'role="alert"' in response.text
    assert engine.public.sent == []


def test_clearing_the_form_brings_an_empty_one(visitor: FlaskClient) -> None:
    text = post(visitor, "/publik/kalbar/lapor", {**REPORT, "step": "clear"}).text
    assert "ZQ-KEJADIAN-0001" not in text and "Kirim laporan" in text


def test_too_many_reports_from_one_address_lose_nothing_typed(visitor: FlaskClient, engine: Any) -> None:
    answers = [post(visitor, "/publik/kalbar/lapor", {**REPORT, "f.account_given": f"ZQ-{number}"}) for number in range(7)]
    assert [one.status_code for one in answers] == [200] * 6 + [429]
    assert "ZQ-6" in answers[-1].text and "129" in answers[-1].text and len(engine.public.sent) == 6


def test_whatever_is_no_receipt_answers_alike(visitor: FlaskClient) -> None:
    def answer(code: str, agency: str = "kalbar") -> tuple[int, str]:
        response = post(visitor, f"/publik/{agency}/status", {"receipt": code}, on=f"/publik/{agency}/status")
        return response.status_code, re.sub(r'value="[^"]*"', "", response.text)

    first = answer("")
    assert first[0] == 422
    assert answer("AAAA-BBBB") == first and answer("x" * 5000) == first


def test_a_receipt_is_asked_by_post_alone_and_guessing_is_slowed(visitor: FlaskClient, engine: Any) -> None:
    visitor.get(f"/publik/kalbar/status?receipt={CODE}")
    assert engine.public.asked == []
    statuses = [post(visitor, "/publik/kalbar/status", {"receipt": f"{number}"}, on="/publik/kalbar/status").status_code for number in range(8)]
    assert statuses == [422] * 6 + [429] * 2 and len(engine.public.asked) == 6


@pytest.mark.parametrize(("stage", "word"), [
    (PublicStage.RECEIVED, "Diterima"), (PublicStage.LOOKED_AT, "Ditelaah"), (PublicStage.HELPED, "Ditangani"), (PublicStage.DONE, "Selesai"),
    (PublicStage.WITHDRAWN, "Ditarik")])
def test_the_stage_is_one_of_five_words(visitor: FlaskClient, engine: Any, stage: PublicStage, word: str) -> None:
    engine.public.stage = stage
    text = post(visitor, "/publik/kalbar/status", {"receipt": CODE}, on="/publik/kalbar/status").text
    assert f'<p class="now">{word}</p>' in text


def test_a_reporter_adds_a_message_and_takes_the_report_back_when_sure(visitor: FlaskClient, engine: Any) -> None:
    def say(data: dict[str, str]) -> TestResponse:
        return post(visitor, "/publik/kalbar/status/pesan", {"receipt": CODE, **data}, on="/publik/kalbar/status")

    assert say({"step": "add", "message": " "}).status_code == 422
    assert say({"step": "add", "message": "Nomor saya berganti"}).status_code == 200
    assert engine.public.messages == ["Nomor saya berganti"]
    assert say({"step": "withdraw"}).status_code == 422 and engine.public.stage is PublicStage.RECEIVED
    assert "Ditarik" in say({"step": "withdraw", "sure": "yes"}).text


def test_a_complaint_shows_its_time_and_where_there_is_no_sop_the_national_channel(visitor: FlaskClient, engine: Any) -> None:
    response = post(visitor, "/publik/kalbar/keluhan", {"step": "send", "f.text": "Menunggu tiga jam"}, on="/publik/kalbar/keluhan")
    assert response.status_code == 200 and "24 jam" in response.text
    elsewhere = visitor.get("/publik/depok/keluhan").text
    assert "lapor.go.id" in elsewhere and "belum ditetapkan dalam SOP" in elsewhere and "<form" not in elsewhere


def test_a_survey_code_is_good_once_and_answers_may_be_skipped(visitor: FlaskClient, engine: Any) -> None:
    answer = {"code": SURVEY_CODE, "f.u1": "4"}
    first = post(visitor, "/publik/kalbar/survei", answer, on="/publik/kalbar/survei")
    assert first.status_code == 200 and engine.public.answers == [{"u1": "4"}]
    again = post(visitor, "/publik/kalbar/survei", answer, on="/publik/kalbar/survei")
    assert again.status_code == 422 and 'value="4" checked' in again.text and len(engine.public.answers) == 1


def test_a_promise_of_few_cases_shows_no_number(visitor: FlaskClient) -> None:
    text = visitor.get("/publik/kalbar/janji").text
    assert "91 %" in text and "kurang dari 5" in text and "Loket ditambah" in text


def test_the_sheet_of_an_sop_in_force_is_downloaded(visitor: FlaskClient) -> None:
    response = visitor.get("/publik/kalbar/sop/pengelolaan-kasus/sop-ap.pdf")
    assert response.data.startswith(b"%PDF") and response.headers["Content-Disposition"] == 'attachment; filename="sop-ap.pdf"'


@pytest.mark.parametrize("path", ["/publik/tidak-ada", "/publik/tidak-ada/lapor", "/publik/kalbar/sop/tidak-ada", "/publik/kalbar/tak-beralamat"])
def test_what_is_not_there_says_so_with_the_way_out(visitor: FlaskClient, path: str) -> None:
    response = visitor.get(path)
    assert response.status_code == 404 and response.text.count("data-leave>") == 2 and "Set-Cookie" not in response.headers


def test_leaving_forgets_everything_and_goes_on_without_script_too(visitor: FlaskClient) -> None:
    response = visitor.get("/publik/keluar")
    assert response.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert '<meta http-equiv="refresh" content="0;url=https://www.bmkg.go.id/">' in response.text
    assert "PPA" not in response.text and "kekerasan" not in response.text.lower()


def test_the_way_out_is_a_setting_and_leads_to_a_page() -> None:
    with pytest.raises(SettingsRefused):
        Settings(exit_url="javascript:alert(1)")


def test_survey_codes_are_made_by_staff_and_shown_once(someone: Any) -> None:
    staff = someone("pendamping")
    made = staff.post("/survei/kode", {"count": "3"}, on="/survei/kode")
    assert made.text.count("<code>CODE-") == made.text.count("/publik/kalbar/survei") == 3
    assert staff.post("/survei/kode", {"count": "5000"}, on="/survei/kode").status_code == 422
    assert someone("auditor").get("/survei/kode").status_code == 404
