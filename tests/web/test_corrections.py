"""Correcting a sent form: the difference before the deed, a reason, who is faster, and the word of the one in charge."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from engine.filing_results import FilingDetail, FilingRow, FilingVersion
from engine.results import FormField, FormView
from engine.types import Text
from tests.support.fake_engine import NOW

HERE = "/kasus/case-1/isian/i1/3"
NOTHING = Text("", "")
WHY = "Tertulis salah saat penerimaan malam."


def a_field(key, label, value, **more):
    return FormField(key=key, type="text", label=Text(label, label), help=NOTHING, required=False, steering=more.pop("steering", False),
                     sensitivity="C1", value=value, **more)


@pytest.fixture
def detail(engine):
    fields = (a_field("place", "Tempat", "rumah"), a_field("risk", "Risiko", "rendah", steering=True))
    row = FilingRow(instance_id="i1", seq=3, at=NOW, title=Text("Penerimaan", "Intake"), element_name="Menerima", actor_name="Sari",
                    corrected=0, waits=False, may_correct=True)
    found = FilingDetail(
        row=row, case_id="case-1", form=FormView(key="f", title=row.title, help=NOTHING, clause="", fields=fields),
        closed=(a_field("full_name", "Nama", None, masked=True),), last_seq=3,
        versions=(FilingVersion(seq=3, at=NOW, actor_name="Sari", status="first", reason="", fields=fields),))
    engine.filings.details["case-1", "i1", 3] = found
    return found


def send(browser, **data):
    return browser.post(f"{HERE}/koreksi", {"seen": "3", "once": "k", "f.place": "rumah", "f.risk": "rendah", **data}, on=f"{HERE}/koreksi")


def test_the_difference_is_shown_before_anything_is_kept(manager, engine, detail):
    assert 'value="rumah"' in manager.get(f"{HERE}/koreksi").text
    page = send(manager, **{"f.place": "sekolah"}).text
    assert "rumah" in page and "sekolah" in page and 'type="hidden" name="f.place" value="sekolah"' in page
    assert "mengarahkan proses" not in page and engine.filings.corrected == []


def test_a_correction_needs_a_reason_and_keeps_what_was_typed(manager, engine, detail):
    page = send(manager, **{"f.place": "sekolah", "confirm": "1", "reason": "."})
    assert page.status_code == 422 and 'value="sekolah"' in page.text and 'id="alasan-masalah"' in page.text
    assert send(manager, **{"f.place": "sekolah", "confirm": "1", "reason": WHY}).headers["Location"] == HERE
    assert engine.filings.corrected == [{"place": "sekolah", "risk": "rendah"}]


def test_what_steered_says_so_and_offers_the_ways_on(manager, detail):
    page = send(manager, **{"f.risk": "tinggi"}).text
    assert "mengarahkan proses" in page and "Minta persetujuan" in page and "Alur yang sudah ditempuh tidak diubah" in page
    assert "Mulai SOP lain untuk kasus ini" in page


def test_nothing_changed_is_said_on_the_form(manager, detail):
    page = send(manager)
    assert page.status_code == 409 and "Tidak ada isian yang berubah" in page.text


def test_who_comes_second_sees_both_versions_with_the_differences_marked(manager, engine, detail):
    newer = replace(detail.form, fields=(replace(detail.form.fields[0], value="kantor"), detail.form.fields[1]))
    engine.filings.details["case-1", "i1", 3] = replace(detail, form=newer, last_seq=7)
    page = send(manager, **{"f.place": "sekolah", "confirm": "1", "reason": WHY})
    assert page.status_code == 409 and engine.filings.corrected == []
    table = re.search(r'<div class="versions".*?</table>', page.text, re.S)[0]
    assert "sekolah" in table and "kantor" in table and table.count("berbeda") == 1
    assert 'value="sekolah"' in page.text and 'name="seen" value="7"' in page.text


def test_consent_and_refusal_each_need_a_reason(manager, engine, detail):
    asked = FilingVersion(seq=5, at=NOW, actor_name="Sari", status="waits", reason=WHY, fields=(a_field("risk", "Risiko", "tinggi"),))
    engine.filings.details["case-1", "i1", 3] = replace(detail, versions=(*detail.versions, asked), may_answer=5)
    page = manager.get(HERE).text
    assert "Koreksi menunggu persetujuan" in page and "tinggi" in page
    assert re.search(r'/jawab" data-offline="Jaringan terputus.*?<span class="hint" data-status></span></div></form>', page, re.S)
    assert manager.post(f"{HERE}/jawab", {"asked": "5", "reason": WHY}, on=HERE).status_code == 422
    assert manager.post(f"{HERE}/jawab", {"asked": "5", "reason": ".", "answer": "accept"}, on=HERE).status_code == 422
    assert manager.post(f"{HERE}/jawab", {"asked": "5", "reason": WHY, "answer": "refuse"}, on=HERE).status_code == 303
    assert engine.filings.answered == [(5, False, WHY)]


def test_the_one_in_charge_finds_what_waits_for_a_decision(manager, someone, engine):
    engine.kept["task-1"].detail = replace(engine.kept["task-1"].detail, summary=replace(
        engine.kept["task-1"].detail.summary, stated_at=NOW, completed_at=NOW, verdict="late", stated_verdict="on_time"))
    page = manager.get("/koreksi").text
    assert "/tugas/task-1" in page and "bila diterima penanggung jawab" in page and "Tidak ada yang menunggu." in page
    assert someone("pendamping").get("/koreksi").status_code == 404


def test_a_start_form_keeps_a_draft_that_comes_back_and_can_be_dropped(manager, engine):
    page = "/kasus/baru/pengelolaan-kasus"
    field = "f.reason"
    answer = manager.post(f"{page}/draf", {field: "baru separuh"}, on=page, headers={"Accept": "application/json"})
    assert answer.status_code == 200 and answer.json["at"]
    assert "baru separuh" in manager.get(page).text
    manager.post(f"{page}/draf", {"drop": "1"}, on=page)
    assert "baru separuh" not in manager.get(page).text and engine.filings.start_drafts == {}


def test_a_draft_kept_from_another_window_is_shown_beside_and_lost_by_nobody(manager, engine):
    page = "/tugas/task-1"
    shown = manager.get(page).text
    seen = re.search(r'name="draft_seen" value="([^"]*)"', shown)[1]
    revision = re.search(r'name="revision" value="(\d+)"', shown)[1]
    manager.post(f"{page}/draf", {"revision": revision, "draft_seen": seen, "f.reason": "dari ponsel"}, on=page)
    late = manager.post(f"{page}/selesai", {"revision": revision, "draft_seen": seen, "f.decision": "approved", "f.family_told": "true",
                                            "f.services": ["health"], "f.reason": "dari komputer"}, on=page)
    assert late.status_code == 409 and "dari ponsel" in late.text and "dari komputer" in late.text
    again = re.search(r'name="draft_seen" value="([^"]*)"', late.text)[1]
    assert manager.post(f"{page}/selesai", {"revision": revision, "draft_seen": again, "f.decision": "approved", "f.family_told": "true",
                                            "f.services": ["health"], "f.reason": "dari komputer"}, on=page).status_code == 200


def test_a_corrections_draft_comes_back_with_its_reason_and_what_it_corrects(manager, engine, detail):
    send(manager, **{"f.place": "sekolah", "confirm": "1", "reason": "."})
    assert 'value="sekolah"' in manager.get(f"{HERE}/koreksi").text
    newer = replace(detail.form, fields=(replace(detail.form.fields[0], value="kantor"), detail.form.fields[1]))
    engine.filings.details["case-1", "i1", 3] = replace(detail, form=newer, last_seq=7)
    shown = manager.get(f"{HERE}/koreksi").text
    assert 'value="sekolah"' in shown and 'name="seen" value="3"' in shown, "what somebody corrected meanwhile is not undone unseen"
    assert ">.</textarea>" in send(manager, **{"f.place": "sekolah"}).text
    manager.post(f"{HERE}/koreksi/draf", {"drop": "1"}, on=f"{HERE}/koreksi")
    assert 'value="kantor"' in manager.get(f"{HERE}/koreksi").text


@pytest.mark.parametrize("at", ["/kasus/case-1/tindakan/i1.7", "/kasus/case-1/rujukan/jawaban/task-1"])
def test_a_draft_of_an_action_and_of_an_answer_comes_back_and_can_be_dropped(manager, engine, at):
    field = re.search(r'type="radio" name="(f\.\w+)" value="(\w+)"', manager.get(at).text)
    answer = manager.post(f"{at}/draf", {field[1]: field[2]}, on=at, headers={"Accept": "application/json"})
    checked = rf'name="{re.escape(field[1])}" value="{field[2]}" checked'
    assert answer.status_code == 200 and re.search(checked, manager.get(at).text)
    assert manager.post(at, {field[1]: "lain", "draft_seen": ""}, on=at).status_code == 409
    assert manager.post(f"{at}/draf", {"drop": "1"}, on=at).headers["Location"] == at
    assert not re.search(checked, manager.get(at).text) and engine.filings.form_drafts == {}


def test_whoever_is_told_that_a_decision_is_awaited_is_led_to_it(manager, someone, engine):
    engine.notice_rows = [replace(engine.notice_rows[1], id="n9", code="decision_wanted")]
    assert "/koreksi" in manager.get("/pemberitahuan").text
    assert "/koreksi" not in someone("pendamping").get("/pemberitahuan").text
