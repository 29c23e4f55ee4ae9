"""The auditor's desk works without JavaScript and says when a journal cannot be trusted."""

from __future__ import annotations

import pytest

from engine.results import HistoryRow, ReplayVerdict
from tests.support.fake_engine import NOW
from webui import timeline

PATH = "/kasus/case-1/putar-ulang/i1"


def test_every_step_has_its_own_address_and_links_to_its_neighbours(auditor):
    page = auditor.get(f"{PATH}?langkah=3").text
    for step in (1, 2, 4, 6):
        assert f'href="{PATH}?langkah={step}"' in page
    assert 'aria-current="step"' in page and "3 / 6" in page
    assert 'aria-valuetext="3 / 6: Sen 23 Nov 13.30 WIB"' in page


@pytest.mark.parametrize(("asked", "shown"), [("0", "1 / 6"), ("-5", "1 / 6"), ("999", "6 / 6"), ("x", "6 / 6"), ("", "6 / 6")])
def test_a_step_out_of_range_is_the_nearest_one(auditor, asked, shown):
    assert f"<strong>{shown}</strong>" in auditor.get(f"{PATH}?langkah={asked}").text


def test_the_moment_shows_what_waited_which_data_and_what_was_typed_masked(auditor):
    page = auditor.get(f"{PATH}?langkah=3").text
    assert "Berkoordinasi dengan petugas" in page and "approved" in page and "disamarkan" in page
    assert "Manajer Kasus" in page and "Dayang" not in page.split("Putar ulang")[1], "roles, not names"


def test_verification_says_confirmed(auditor):
    page = auditor.post(f"{PATH}/verifikasi", {"langkah": "2"}, on=PATH)
    assert "Terbukti utuh" in page.text and "6 entri jurnal" in page.text and "2 / 6" in page.text


def test_verification_names_the_first_bad_entry_and_the_page_survives_a_broken_journal(auditor, engine):
    engine.verdict = ReplayVerdict.BROKEN
    page = auditor.get(f"{PATH}?langkah=5")
    assert page.status_code == 200 and "tidak dapat dijalankan sampai langkah ini" in page.text
    found = auditor.post(f"{PATH}/verifikasi", on=PATH)
    assert "Rusak" in found.text and "tidak cocok: 3" in found.text and "state-differs" in found.text


def test_the_evidence_is_a_download_by_post_only(auditor):
    assert auditor.get(f"{PATH}/bukti").status_code == 404
    response = auditor.post(f"{PATH}/bukti", on=PATH)
    assert response.data.startswith(b'{"format"')
    assert response.headers["Content-Disposition"] == 'attachment; filename="bukti-i1.pack"'


def row(element: str, happened: str, *, name: str | None = None, seq: int = 2, role: str = "") -> HistoryRow:
    return HistoryRow(seq=seq, at=NOW, recorded_at=NOW, actor_name="", actor_role=role, kind="complete_task", element_id=element,
                      element_name=element.title() if name is None else name, happened=happened)


def test_a_step_tells_what_passed_through_once_and_limited_steps_once_uncounted():
    [entry] = timeline.entries([
        row("check", "completed", role="companion"), row("fork", "entered"), row("fork", "completed"),
        row("flow_7", "entered", name="flow_7"), row("", "entered", name="langkah terbatas"),
        row("", "completed", name="langkah terbatas"), row("visit", "entered")])
    assert [(r.element_name, r.happened) for r in entry.rows] == [
        ("Check", "completed"), ("Fork", "completed"), ("langkah terbatas", "entered"), ("Visit", "entered")]
    assert entry.actor_role == "companion"


def test_the_case_page_leaves_the_way_between_to_the_auditor():
    rows = [row("intake", "completed", seq=1), row("gate", "completed", seq=1), row("visit", "entered", seq=1),
            row("visit", "completed", role="companion"), row("gate", "completed"), row("report", "entered")]
    assert [r.element_id for r in timeline.readable(rows)] == ["intake", "visit", "visit", "report"]
