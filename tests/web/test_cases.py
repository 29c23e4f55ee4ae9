"""Cases: by code, never by name; only what belongs to the case that was asked for."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from engine import errors


def test_the_list_shows_codes_and_no_names(manager):
    page = manager.get("/kasus").text
    assert "KLB-2026-000041" in page and "Melati" not in page


def test_a_case_is_found_by_its_code_and_what_was_typed_stays_out_of_the_address(manager):
    response = manager.post("/kasus/cari", {"code": " KLB-2026-000042 "}, on="/kasus")
    assert response.headers["Location"] == "/kasus/case-2"
    missing = manager.post("/kasus/cari", {"code": "KLB-2026-999999"}, on="/kasus")
    assert missing.headers["Location"] == "/kasus"
    assert "999999" not in manager.get("/kasus").text


def test_an_empty_search_opens_nothing(manager):
    assert manager.post("/kasus/cari", {"code": "  "}, on="/kasus").headers["Location"] == "/kasus"


def test_a_case_page_tells_deadline_timeline_documents_and_masks(manager):
    page = manager.get("/kasus/case-1").text
    assert "Lewat" in page and "Sel 24 Nov 10.05 WIB" in page and "Nama samaran" in page
    assert "disamarkan" in page and "tidak tahu" in page and "Pemeriksaan kesehatan" in page
    told = manager.get("/kasus/case-1/linimasa").text
    assert "tepat waktu" in told and "terlambat" in told
    assert "F10 Surat rujukan" in manager.get("/kasus/case-1/dokumen").text


EMPTY = {"": "Tidak ada tugas yang menunggu", "linimasa": "Belum ada kejadian", "asesmen": "Belum ada asesmen", "rencana": "Belum ada rencana",
         "layanan": "Rencana belum memuat layanan", "konferensi": "Belum ada konferensi kasus", "dokumen": "Belum ada dokumen",
         "persetujuan": "Belum ada persetujuan", "sop": "Belum ada kejadian"}


@pytest.mark.parametrize("part", EMPTY)
def test_an_empty_case_says_so_in_every_part(manager, part):
    page = manager.get(f"/kasus/case-3/{part}".rstrip("/")).text
    assert EMPTY[part] in page
    assert re.findall(r'<a href="([^"]+)" aria-current="page">', page)[-1] == f"/kasus/case-3/{part}".rstrip("/")


def test_every_part_leads_to_every_other_and_a_log_that_is_not_theirs_is_no_part(manager, engine):
    for part in EMPTY:
        page = manager.get(f"/kasus/case-1/{part}".rstrip("/")).text
        for other in EMPTY:
            assert f'href="{f"/kasus/case-1/{other}".rstrip("/")}"' in page
        assert "/kasus/case-1/akses" not in page
    detail = engine.case_details["case-1"]
    engine.case_details["case-1"] = replace(detail, may=frozenset({"access_log"}))
    assert 'href="/kasus/case-1/akses"' in manager.get("/kasus/case-1").text


@pytest.mark.parametrize("part", EMPTY)
def test_a_part_of_a_case_that_is_not_there_answers_like_none(manager, part):
    assert manager.get(f"/kasus/case-9/{part}".rstrip("/")).status_code == 404


def test_a_document_is_a_download_with_a_name_that_says_nothing(manager):
    response = manager.get("/kasus/case-1/dokumen/doc-1")
    assert response.data == b"%PDF-1.7 rekaan" and response.mimetype == "application/pdf"
    assert response.headers["Content-Disposition"] == 'attachment; filename="F10-doc-1.pdf"'


def test_an_unknown_kind_of_document_is_never_shown_in_the_page(manager, engine):
    detail = engine.case_details["case-1"]
    bad = replace(detail.documents[0], media_type="text/html", code='"><script>', id="doc-1")
    engine.case_details["case-1"] = replace(detail, documents=(bad,))
    response = manager.get("/kasus/case-1/dokumen/doc-1")
    assert response.mimetype == "application/octet-stream"
    assert response.headers["Content-Disposition"] == 'attachment; filename="script-doc-1.bin"'


def test_parts_of_another_case_answer_like_none(manager, auditor):
    assert manager.get("/kasus/case-1/dokumen/doc-2").status_code == 404
    assert manager.get("/kasus/case-1/sop?proses=i2").status_code == 404
    assert auditor.get("/kasus/case-1/putar-ulang/i2").status_code == 404
    assert auditor.post("/kasus/case-1/putar-ulang/i2/verifikasi").status_code == 404
    assert auditor.post("/kasus/case-1/putar-ulang/i2/bukti").status_code == 404


def test_a_case_is_opened_once_by_a_double_click(manager, engine):
    page = manager.get("/kasus/baru/pengelolaan-kasus").text
    once = re.search(r'name="once" value="(\w+)"', page)
    assert once is not None
    data = {"once": once[1], "f.family_told": "true"}
    for _ in range(2):
        response = manager.post("/kasus/baru/pengelolaan-kasus", data, on="/kasus/baru")
        assert response.headers["Location"] == "/kasus/case-1"
    assert engine.started == [("pengelolaan-kasus", {"family_told": True})]


def test_a_refused_start_keeps_what_was_typed(manager, engine):
    response = manager.post("/kasus/baru/pengelolaan-kasus", {"once": "a", "f.reason": "tetap di sini"}, on="/kasus/baru")
    assert response.status_code == 422
    assert "tetap di sini" in response.text and 'href="#f-family_told"' in response.text
    assert engine.started == []


def test_rows_of_a_start_form_need_no_script(manager, engine):
    response = manager.post("/kasus/baru/pengelolaan-kasus",
                            {"once": "a", "f.lines.count": "1", "f.lines.0.need": "Visum", "add_row": "f.lines"}, on="/kasus/baru")
    assert response.status_code == 200 and 'name="f.lines.1.need"' in response.text and "Visum" in response.text
    assert engine.started == []


def test_whoever_hands_a_new_case_over_returns_to_the_inbox(manager, engine, monkeypatch):
    def hidden(actor, case_id):
        raise errors.NotFound()

    monkeypatch.setattr(engine.cases, "get", hidden)
    response = manager.post("/kasus/baru/pengelolaan-kasus", {"once": "a", "f.family_told": "false"}, on="/kasus/baru")
    assert response.headers["Location"] == "/"


def test_an_sop_nobody_knows_is_not_found(manager):
    assert manager.get("/kasus/baru/tidak-ada").status_code == 404
    assert manager.post("/kasus/baru/tidak-ada", {}, on="/kasus/baru").status_code == 404


def test_an_sop_can_begin_in_a_case_that_stands(manager, engine, monkeypatch):
    code, asked = engine.case_details["case-2"].summary.business_key, []
    start = engine.cases.start
    monkeypatch.setattr(engine.cases, "start", lambda *given, **more: asked.append(more["business_key"]) or start(*given, **more))
    page = "/kasus/baru/pengelolaan-kasus"
    assert "kasus=case-2" in manager.get("/kasus/case-2").text and "kasus=case-2" in manager.get("/kasus/baru?kasus=case-2").text
    assert f'name="case_code" value="{code}"' in manager.get(f"{page}?kasus=case-2").text

    refused = manager.post(page, {"once": "a", "case_code": "TIDAK-ADA-1", "f.family_told": "true"}, on=page)
    assert refused.status_code == 422 and 'href="#kode-kasus"' in refused.text and 'value="TIDAK-ADA-1"' in refused.text
    asked.clear()

    assert manager.post(page, {"once": "a", "case_code": f" {code} ", "f.family_told": "true"}, on=page).status_code == 303
    assert asked == [code]
    assert f"Proses baru dimulai pada Kasus {code}." in manager.get("/kasus/case-1").text
    assert manager.get(f"{page}?kasus=case-99").status_code == 404


def test_a_note_is_written_read_and_refused_with_what_was_typed(manager):
    page = "/kasus/case-1/catatan/baru"
    refused = manager.post(page, {"once": "a", "f.text": "tetap di sini"}, on=page)
    assert refused.status_code == 422 and "tetap di sini" in refused.text
    kept = manager.post(page, {"once": "a", "f.kind": "visit", "f.sensitivity": "C3", "f.text": "Bertemu <b>aman</b>"}, on=page)
    assert kept.headers["Location"] == "/kasus/case-1/catatan"
    shown = manager.get("/kasus/case-1/catatan").text
    assert "Bertemu &lt;b&gt;aman" in shown and "Kunjungan" in shown and "Catatan tersimpan" in shown
    assert "Bertemu" in manager.get("/kasus/case-1/catatan/1").text
    assert manager.get("/kasus/case-1/catatan/2").status_code == 404


def test_who_looks_before_making_a_case_says_why_it_is_another(manager, engine):
    page, who = "/kasus/mirip", {"name": "Melati", "sop": "pengelolaan-kasus"}
    assert manager.post(page, {}, on=page).status_code == 422
    shown = manager.post(page, {"name": "Melati"}, on=page).text
    assert "KLB-2026-000042" in shown and "nama terdengar sama" in shown and 'href="/kasus/case-2"' not in shown
    assert manager.post(page, {**who, "reason": "ya"}, on=page).status_code == 422
    why = "Tanggal lahir dan alamatnya berbeda dari kasus itu."
    assert manager.post(page, {**who, "reason": why}, on=page).headers["Location"] == "/kasus/baru/pengelolaan-kasus"
    assert manager.post(page, {"name": "Orang Lain", "sop": "pengelolaan-kasus"}, on=page).status_code == 303
    asked = manager.post("/kasus/mirip/case-2/minta-akses", {"reason": why}, on=page)
    assert asked.status_code == 303 and "Permintaan terkirim" in manager.get(page).text


def test_a_printed_copy_says_who_when_and_which_and_masks_as_the_screen_does(manager):
    page = manager.post("/kasus/case-1/cetak", {}, on="/kasus/case-1").text
    assert 'class="watermark"' in page and "Salinan 1 · Dayang Rekaan · " in page and "disamarkan" in page
    assert manager.get("/kasus/case-1/cetak").status_code == 404
    assert manager.post("/kasus/case-9/cetak", {}, on="/kasus/case-1").status_code == 404
