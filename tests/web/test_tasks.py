"""Claiming, drafting, completing: nothing typed is lost, and what happens next is said."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest

from engine import errors
from engine.results import FormField
from engine.types import Text

GOOD = {"f.decision": "approved", "f.family_told": "true", "f.services": ["health", "legal"]}


def revision(browser, task_id="task-1") -> str:
    found = re.search(r'name="revision" value="(\d+)"', browser.get(f"/tugas/{task_id}").text)
    assert found is not None
    return found[1]


def complete(browser, data, task_id="task-1", **more):
    return browser.post(f"/tugas/{task_id}/selesai", {"revision": revision(browser, task_id), **data, **more}, on=f"/tugas/{task_id}")


def draft_of(engine, task_id="task-1", account="acc-manajer"):
    return dict(engine.kept[task_id].drafts[account][0])


def test_the_inbox_shows_late_tasks_first_with_word_time_and_zone(manager):
    page = manager.get("/tugas").text
    assert page.index("KLB-2026-000041") < page.index("KLB-2026-000042") < page.index("KLB-2026-000046")
    assert "Lewat" in page and "Min 22 Nov 07.30 WIB" in page and "2 hari 3 jam" in page
    assert "Tanpa standar" in page


def test_filters_are_ids_and_unknown_ones_are_ignored(manager):
    assert "KLB-2026-000044" not in manager.get("/tugas?risiko=high").text
    assert manager.get("/tugas?kotak=jahat&risiko=%3Cscript%3E&hal=-3&sop=" + "a" * 400).status_code == 200


def test_an_empty_box_says_what_to_do(someone):
    empty = someone("pendamping").get("/tugas").text
    assert "Tidak ada tugas yang Anda pegang" in empty and "Saring tugas" not in empty
    assert "Saring tugas" in someone("pendamping").get("/tugas?risiko=high").text, "whoever filtered can take it back"


def test_claiming_leads_to_the_task(manager, engine):
    response = manager.post("/tugas/task-7/ambil", on="/tugas?kotak=pool")
    assert response.headers["Location"] == "/tugas/task-7"
    assert engine.kept["task-7"].detail.summary.assignee_id == "acc-manajer"


def test_after_sending_the_page_says_which_instants_lie_ahead(manager, engine):
    kept = engine.kept["task-1"]
    asked = FormField(key="", type="datetime", label=Text("", ""), help=Text("", ""), required=False, steering=False, sensitivity="C1")
    fields = [replace(asked, key=key, label=Text(label, label))
              for key, label in (("next_contact_at", "Kontak berikutnya"), ("seen_at", "Bertemu pada"))]
    kept.detail = replace(kept.detail, form=replace(kept.detail.form, fields=(*kept.detail.form.fields, *fields)))
    typed = {"next_contact_at": ("1", "12", "2031", "09.00"), "seen_at": ("1", "2", "2020", "09.00")}
    parts = {f"f.{key}.{part}": value for key, given in typed.items() for part, value in zip("dmyh", given, strict=True)}
    sent = complete(manager, {**GOOD, **parts}).text
    after = sent.partition("Setelah ini")[2]
    assert "Kontak berikutnya" in after and "1 Des 2031 09.00 WIB" in after and "Bertemu pada" not in after


def test_before_sending_the_page_says_which_papers_are_made_then(manager, engine):
    kept = engine.kept["task-1"]
    assert "Kawal membuat" not in manager.get("/tugas/task-1").text
    kept.detail = replace(kept.detail, makes=("F12",))
    asked = manager.get("/tugas/task-1").text.partition('id="isian"')[2]
    assert asked.index("Kawal membuat F12 Berita acara penyerahan.") < asked.index("class=\"field")


@pytest.mark.parametrize(("begun", "said"), [
    (("Menerbitkan surat rujukan", "Memberi tahu"), "Sistem sedang mengerjakan: <strong>Menerbitkan surat rujukan; Memberi tahu</strong>"),
    ((), "tidak membuka tugas baru")])
def test_where_nobody_has_to_act_the_page_says_what_runs(manager, engine, monkeypatch, begun, said):
    done = engine.tasks.complete
    monkeypatch.setattr(engine.tasks, "complete", lambda *given, **named: replace(done(*given, **named), opened=(), begun=begun))
    assert said in complete(manager, GOOD).text


def test_whoever_comes_second_sees_who_has_it_and_nothing_changes(manager, engine, monkeypatch):
    def taken(actor, task_id):
        detail = engine.kept["task-7"].detail
        engine.kept["task-7"].detail = replace(detail, summary=replace(detail.summary, assignee_id="acc-lain", assignee_name="Rekan Satu"))
        raise errors.TaskAlreadyClaimed(task=task_id)

    monkeypatch.setattr(engine.tasks, "claim", taken)
    response = manager.post("/tugas/task-7/ambil", follow_redirects=True)
    assert "Tugas itu sudah diambil Rekan Satu" in response.text


def test_who_was_late_is_told_by_how_much(manager, engine, monkeypatch):
    done = engine.tasks.complete
    monkeypatch.setattr(engine.tasks, "complete", lambda *given, **named: replace(
        done(*given, **named), verdict="late", overrun=timedelta(minutes=15), begun=("Menerbitkan surat",)))
    page = complete(manager, GOOD).text
    assert "terlambat</span> 15 menit" in page
    assert "/dokumen" in page, "and where the letter will be"


def test_an_address_that_answered_a_form_leads_back_to_its_task(manager):
    assert manager.get("/tugas/task-1/selesai").headers["Location"] == "/tugas/task-1"


def test_whoever_does_a_step_reaches_the_papers_it_needs(manager, engine):
    detail = engine.kept["task-1"].detail
    at = f'href="/kasus/{detail.summary.case_id}/dokumen"'
    engine.kept["task-1"].detail = replace(detail, inputs=("F10",))
    assert at in manager.get("/tugas/task-1").text
    engine.kept["task-1"].detail = replace(detail, inputs=("F04", "F05"))
    assert at not in (page := manager.get("/tugas/task-1").text) and "/persetujuan\"" in page
    engine.kept["task-1"].detail = replace(detail, inputs=())
    assert at not in manager.get("/tugas/task-1").text


def test_giving_a_task_back(manager, engine):
    manager.post("/tugas/task-1/lepas", on="/tugas/task-1")
    assert engine.kept["task-1"].detail.summary.assignee_id is None


def test_a_completed_task_says_what_comes_next(manager):
    response = complete(manager, GOOD)
    assert response.status_code == 200
    assert "Berkoordinasi dengan petugas pelayanan" in response.text and "40 menit lagi" in response.text


def test_a_double_click_completes_once(manager, engine):
    data = {"revision": revision(manager), **GOOD}
    first, second = (manager.post("/tugas/task-1/selesai", data, on="/tugas/task-2") for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert len(engine.once) == 1


def test_a_refused_form_comes_back_whole_with_a_summary_that_leads_to_the_fields(manager, engine):
    response = complete(manager, {
        "f.reason": "Asesmen belum lengkap", "f.services": ["legal"], "f.incident_on.d": "31", "f.incident_on.m": "Feb",
        "f.incident_on.y": "2026", "f.lines.count": "2", "f.lines.0.need": "Visum", "f.lines.1.provider": "RSUD"})
    assert response.status_code == 422
    assert '<a href="#f-decision">Keputusan: Wajib diisi.</a>' in response.text and 'id="f-decision"' in response.text
    assert 'aria-invalid="true"' in response.text and "<title>Kesalahan: " in response.text
    for typed in ("Asesmen belum lengkap", 'value="31"', 'value="Feb"', 'value="Visum"', 'value="RSUD"'):
        assert typed in response.text
    assert re.search(r'value="legal" checked', response.text)
    assert draft_of(engine)["reason"] == "Asesmen belum lengkap", "closing the browser now loses nothing either"


def test_a_form_that_changed_meanwhile_comes_back_with_what_was_typed(manager, engine):
    seen = revision(manager)
    summary = engine.kept["task-1"].detail.summary
    engine.tasks._change(engine.kept["task-1"], assignee_id=summary.assignee_id)
    response = manager.post("/tugas/task-1/selesai", {"revision": seen, **GOOD, "f.reason": "tetap ada"}, on="/tugas/task-1")
    assert response.status_code == 409
    assert "Isian Anda masih ada" in response.text and "tetap ada" in response.text
    assert f'name="revision" value="{int(seen) + 1}"' in response.text, "sent again, it is an answer to what is now on the page"


def test_a_task_that_somebody_else_took_shows_who_has_it(manager, engine):
    seen = revision(manager)
    engine.tasks._change(engine.kept["task-1"], assignee_id="acc-lain", assignee_name="Lestari Contoh")
    response = manager.post("/tugas/task-1/selesai", {"revision": seen, **GOOD}, on="/tugas/task-2")
    assert response.status_code == 409
    assert "Lestari Contoh" in response.text


def test_a_task_that_is_gone_says_that_the_draft_was_kept(manager, engine):
    seen = revision(manager)
    engine.kept["task-1"].gone = True
    response = manager.post("/tugas/task-1/selesai", {"revision": seen, **GOOD, "f.reason": "tersimpan"}, on="/tugas/task-2")
    assert response.status_code == 410
    assert "disimpan sebagai draf" in response.text
    assert draft_of(engine)["reason"] == "tersimpan"


def test_a_draft_is_saved_by_the_button_and_read_back(manager, engine):
    response = manager.post("/tugas/task-1/draf", {"revision": revision(manager), "f.reason": "separuh"}, follow_redirects=True)
    assert "Draf tersimpan" in response.text and "separuh" in response.text
    assert draft_of(engine) == {"reason": "separuh"}


def test_a_draft_is_saved_by_script_without_a_page(manager, engine):
    assert 'data-saved="Draf tersimpan %s"' in manager.get("/tugas/task-1").text, "where the script writes the time"
    response = manager.post("/tugas/task-1/draf", {"revision": revision(manager), "f.reason": "separuh"},
                            headers={"Accept": "application/json"})
    assert response.get_json()["text"] == "10.30 WIB"
    engine.kept["task-1"].gone = True
    refused = manager.post("/tugas/task-1/draf", {"revision": "0"}, on="/tugas", headers={"Accept": "application/json"})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "task-gone")


def test_rows_are_added_and_removed_without_script(manager, engine):
    rows = {"revision": revision(manager), "f.lines.count": "1", "f.lines.0.need": "Visum"}
    added = manager.post("/tugas/task-1/draf", {**rows, "add_row": "f.lines"})
    assert 'name="f.lines.1.need"' in added.text and 'value="Visum"' in added.text
    two = {**rows, "f.lines.count": "2", "f.lines.1.need": "Konseling"}
    removed = manager.post("/tugas/task-1/draf", {**two, "remove_row": "f.lines.0"})
    assert "Visum" not in removed.text and 'value="Konseling"' in removed.text
    assert draft_of(engine)["lines"] == [{"need": "Konseling"}]


def test_only_the_forms_own_fields_reach_the_engine(manager, engine, monkeypatch):
    sent = []
    real = engine.tasks.complete
    monkeypatch.setattr(engine.tasks, "complete", lambda actor, task_id, typed, **more: sent.append(typed) or real(
        actor, task_id, typed, **more))
    complete(manager, {**GOOD, "f.owner": "acc-jahat", "f.__class__": "x", "f.hiv_note": "masked fields are not ours to write",
                       "owner": "x", "status": "closed", "f.lines.count": "1", "f.lines.0.need": "a", "f.lines.0.approved_by": "x"})
    assert sent == [{"decision": "approved", "family_told": True, "services": ["health", "legal"], "lines": [{"need": "a"}]}]


def test_a_masked_field_shows_neither_value_nor_box(manager):
    page = manager.get("/tugas/task-1").text
    assert "disamarkan" in page and "f.hiv_note" not in page


def test_the_warnings_of_the_sop_stand_on_the_task(manager):
    assert "tidak boleh memberi stigma" in manager.get("/tugas/task-1").text


def test_markup_in_a_task_stays_text(manager, engine):
    engine.tasks._change(engine.kept["task-1"], name='<img src=x onerror="alert(1)">', business_key="<b>")
    for path in ("/tugas", "/tugas/task-1"):
        page = manager.get(path).text
        assert "<img src=x" not in page and "&lt;img src=x" in page


def test_a_long_report_arrives_whole(manager, engine):
    text = "kata " * 20_000
    manager.post("/tugas/task-1/draf", {"revision": revision(manager), "f.reason": text})
    assert draft_of(engine)["reason"] == text.strip()


def test_an_upload_beyond_the_cap_is_refused_before_it_is_read(manager):
    response = manager.post("/tugas/task-1/draf", {"revision": "0", "f.bukti": (BytesIO(b"x" * 13_000_000), "a.pdf")},
                            content_type="multipart/form-data")
    assert response.status_code == 413
    assert "10 MB" in response.text


def test_a_task_that_ended_undone_is_not_called_done_and_shows_the_draft_that_was_never_sent(manager, engine):
    kept = engine.kept["task-1"]
    complete(manager, {"f.decision": "returned", "f.reason": ""})
    assert draft_of(engine)["decision"] == "returned"
    kept.detail = replace(kept.detail, summary=replace(kept.detail.summary, is_over=True, completed_at=kept.detail.summary.ready_at))
    page = manager.get("/tugas/task-1").text
    assert "berakhir tanpa diselesaikan" in page and "Berakhir" in page and "Draf Anda, tidak terkirim" in page and "Dikembalikan" in page
    assert "Tugas ini sudah selesai" not in page and "tepat waktu" not in page and "/isian" not in page and 'id="isian"' not in page
