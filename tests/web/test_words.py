"""What pages call things: every record that a shipped form writes has a title, a quoted clause keeps only its italics."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from engine.casefile import ownership, rules
from webui import record_words, words

FORMS = sorted((Path(__file__).resolve().parents[2] / "bpmn").glob("*/*/forms/*.json"))


def test_every_record_has_a_title_of_its_own(app):
    records = {json.loads(file.read_bytes()).get("record") for file in FORMS} - {None}
    records |= {ownership.RESPONSIBILITY, ownership.TRANSFER_HANDOVER, rules.EMERGENCY}
    with app.test_request_context():
        from flask import g

        g.account = None
        untitled = {record for record in records if record_words.record_word(record) == record.replace("_", " ").capitalize()}
    assert len(records) > 60
    assert untitled == set()


@pytest.mark.parametrize(("clause", "shown"), [
    ("Mengisi <i>Informed Consent</i>", "Mengisi <i>Informed Consent</i>"),
    ("<script>x</script> & <i onclick=x>", "&lt;script&gt;x&lt;/script&gt; &amp; &lt;i onclick=x&gt;"),
])
def test_a_quoted_clause_is_text_with_italics(clause, shown):
    assert str(words.quoted(clause)) == shown


def test_an_action_says_which_case_and_which_service_it_is_about(manager, engine):
    detail = engine.case_details["case-1"]
    engine.case_details["case-1"] = replace(detail, actions=(replace(detail.actions[0], item={"line_no": 2}, name="Ditarik untuk butir ini"),))
    page = manager.get(f"/kasus/case-1/tindakan/{detail.actions[0].id}").text
    assert f"Kasus {detail.summary.business_key}" in page and "Butir 2" in page and "Ditarik untuk butir ini" in page


def test_signatures_and_uploads_stand_apart_from_letters(manager, engine):
    detail = engine.case_details["case-1"]
    letter = detail.documents[0]
    engine.case_details["case-1"] = replace(detail, may=frozenset({"read_document"}), documents=(
        letter, replace(letter, id="doc-9", code="LAMPIRAN", title="Lampiran", number="")))
    page = manager.get("/kasus/case-1/dokumen").text
    assert 'Dokumen <span class="count">1</span>' in page
    assert page.index("Lampiran dan tanda tangan yang diunggah") > page.index(letter.number)
    assert "LAMPIRAN" not in page and "/dokumen/doc-9" in page


def test_a_step_begins_with_a_capital_however_its_source_prints_it():
    assert words.step_word("melakukan klarifikasi (SP4N)") == "Melakukan klarifikasi (SP4N)"
