"""A step that was done begins again: what would be over is said first, a reason is asked for, and somebody else decides."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.filing_results import EndedStep, FilingDetail, FilingRow, FilingVersion, ModificationRow, WayBack
from engine.results import FormView
from engine.types import Text
from tests.support.fake_engine import NOW

HERE = "/kasus/case-1/isian/i1/3"
WHY = "Risiko dinilai tanpa keterangan tetangga."


@pytest.fixture
def detail(engine):
    row = FilingRow(instance_id="i1", seq=3, at=NOW, title=Text("Penilaian", "Assessment"), element_name="Menilai risiko", actor_name="Sari",
                    corrected=0, waits=False, may_correct=True)
    return keep(engine, FilingDetail(
        row=row, case_id="case-1", form=FormView(key="f", title=row.title, help=Text("", ""), clause="", fields=()), closed=(), last_seq=3,
        versions=(FilingVersion(seq=3, at=NOW, actor_name="Sari", status="first", reason="", fields=()),),
        way_back=WayBack(steps=(EndedStep(id="i1.7", name="Menyusun rencana", holder="Dewi"), EndedStep(id="i1.9", name="", holder="")),
                         may_ask=True)))


def keep(engine, detail):
    engine.filings.details["case-1", "i1", 3] = detail
    return detail


def asked(**more):
    return ModificationRow(**{"seq": 9, "at": NOW, "actor_name": "Sari", "status": "waits", "reason": WHY, "may_answer": True, **more})


def test_what_would_be_over_is_said_before_a_reason_is_asked_for(manager, engine, detail):
    browser = manager
    assert f"{HERE}/ulangi" in browser.get(HERE).text
    page = browser.get(f"{HERE}/ulangi").text
    assert "<h2>Langkah yang berakhir" in page, "headings follow each other"
    assert "Menyusun rencana" in page and "sedang dikerjakan Dewi" in page and "Langkah terbatas" in page and 'value="i1.7"' in page
    refused = browser.post(f"{HERE}/ulangi", {"step": ["i1.7", "i1.9"], "reason": "x"}, on=f"{HERE}/ulangi")
    assert refused.status_code == 422 and engine.filings.asked_again == [] and ">x</textarea>" in refused.text
    assert browser.post(f"{HERE}/ulangi", {"step": ["i1.7", "i1.9"], "reason": WHY}, on=f"{HERE}/ulangi").status_code == 303
    assert engine.filings.asked_again == [(3, ("i1.7", "i1.9"), WHY)]


def test_a_case_that_moved_on_says_so_and_keeps_the_reason(manager, engine, detail):
    browser = manager
    browser.get(f"{HERE}/ulangi")
    keep(engine, replace(detail, way_back=None))
    answer = browser.post(f"{HERE}/ulangi", {"step": ["i1.7", "i1.9"], "reason": WHY}, on=HERE)
    assert answer.status_code == 422 and "sudah bergerak" in answer.text and WHY in answer.text
    assert f"{HERE}/ulangi" not in browser.get(HERE).text


def test_somebody_else_consents_or_refuses_with_a_reason(manager, engine, detail):
    keep(engine, replace(detail, modifications=(asked(),)))
    browser = manager
    page = browser.get(HERE).text
    assert WHY in page and "Setujui, ulangi langkah" in page and "Menyusun rencana" in page
    assert '/ulangi/jawab" data-offline="Jaringan terputus' in page and '<span class="hint" data-status></span></div></form>' in page
    for data, says in (({"reason": WHY}, "Pilih setuju atau tolak."), ({"reason": "", "answer": "accept"}, "")):
        refused = browser.post(f"{HERE}/ulangi/jawab", {"asked": "9", **data}, on=HERE)
        assert refused.status_code == 422 and says in refused.text
    assert engine.filings.answered_again == []
    for answer in ("accept", "refuse"):
        assert browser.post(f"{HERE}/ulangi/jawab", {"asked": "9", "reason": WHY, "answer": answer}, on=HERE).status_code == 303
    assert engine.filings.answered_again == [(9, True, WHY), (9, False, WHY)]


def test_who_asked_waits_for_somebody_else(manager, engine, detail):
    keep(engine, replace(detail, way_back=replace(detail.way_back, may_ask=False), modifications=(asked(may_answer=False),)))
    page = manager.get(HERE).text
    assert "Menunggu orang lain yang berwenang" in page and "ulangi/jawab" not in page and f"{HERE}/ulangi" not in page


def test_what_lapsed_can_only_be_refused_and_what_was_decided_stays_readable(manager, engine, detail):
    keep(engine, replace(detail, modifications=(
        asked(seq=5, status="done", may_answer=False, answered_by="Rina", answered_at=NOW, answer_reason="Setuju setelah rapat."),
        asked(seq=6, status="refused", may_answer=False, answered_by="Rina", answered_at=NOW, answer_reason="Belum perlu."),
        asked(status="lapsed"))))
    page = manager.get(HERE).text
    assert "hanya dapat ditolak" in page and "Setujui, ulangi langkah" not in page and "Tolak permintaan" in page
    assert "Setuju setelah rapat." in page and "Belum perlu." in page


def test_who_may_not_decide_does_not_find_the_decision(someone, engine, detail):
    answer = someone("pendamping").post(f"{HERE}/ulangi/jawab", {"asked": "9", "reason": WHY, "answer": "accept"}, on=HERE)
    assert answer.status_code in (403, 404) and engine.filings.answered_again == []
