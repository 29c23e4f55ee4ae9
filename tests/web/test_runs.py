"""A process paused, continued and cancelled by hand: what happens to its clocks is said first, the reason stands in the timeline."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete

from storage.schema.history import journal
from tests.web.test_simfoni import Unit

WHY = "Menunggu putusan pengadilan negeri."


@pytest.fixture
def unit(tmp_path: Path, sqlite_url: str) -> Unit:
    return Unit(tmp_path, sqlite_url)


def test_a_process_is_paused_continued_and_cancelled(unit: Unit) -> None:
    bima, at = unit.browser("Bima"), f"{unit.address}/proses/{unit.case.instance_id}"
    assert f"{at}/jeda" in bima.get(f"{unit.address}/sop").text and f"{at}/batalkan" in bima.get(f"{unit.address}/sop").text
    page = bima.get(f"{at}/jeda").text
    stops, runs = page.split("Berhenti selama jeda")[1].split("Tetap berjalan")
    assert "Menyetujui seluruh Laporan Kasus" in stops and "Menyetujui seluruh Laporan Kasus" not in runs
    refused = bima.post(f"{at}/jeda", {"reason": "ok"})
    assert refused.status_code == 422 and "dinilai orang lain" in refused.text
    assert bima.post(f"{at}/jeda", {"reason": WHY}).status_code == 303
    unit.office.clock.advance(timedelta(minutes=5))
    paused = bima.get(unit.address).text
    assert "dijeda sejak" in paused and paused.count("tag-paused") == 2, "its deadline and its task say so"
    again = bima.post(f"{at}/jeda", {"reason": WHY})
    assert again.status_code == 422 and "sudah dijeda" in again.text
    assert bima.post(f"{at}/lanjutkan", {"reason": "Putusan sudah turun hari ini."}).status_code == 303
    assert "dijeda sejak" not in bima.get(unit.address).text
    assert bima.post(f"{at}/batalkan", {"reason": "Kasus ini tercatat dua kali."}).status_code == 303
    timeline = bima.get(f"{unit.address}/linimasa").text
    order = [timeline.index(words) for words in ("Proses dibatalkan", "Proses dilanjutkan", "Proses dijeda")]
    assert order == sorted(order) and WHY in timeline
    assert "/batalkan" not in bima.get(f"{unit.address}/sop").text, "it has ended"


def test_it_is_not_there_for_others_and_not_under_another_case(unit: Unit) -> None:
    at = f"{unit.address}/proses/{unit.case.instance_id}"
    for name in ("Ayu", "Dina", "Indah"):
        browser = unit.browser(name)
        assert browser.get(f"{at}/jeda").status_code == 404 and browser.post(f"{at}/jeda", {"reason": WHY}).status_code == 404
        assert "/jeda" not in browser.get(f"{unit.address}/sop").text
    other = unit.office.start()
    bima = unit.browser("Bima")
    for address in (f"/kasus/{other.case_id}/proses/{unit.case.instance_id}/jeda", f"{at}/hentikan"):
        assert bima.get(address).status_code == 404 and bima.post(address, {"reason": WHY}).status_code == 404


def test_a_timeline_whose_chain_of_notes_is_broken_opens_and_says_where(unit: Unit) -> None:
    engine, bima = unit.office.engine, unit.browser("Bima")
    for text in ("Catatan pertama rekaan.", "Catatan kedua rekaan."):
        engine.cases.write_note(unit.office.actor("case_manager"), unit.case.case_id, kind="visit", sensitivity="C2", text=text)
    whole = bima.get(f"{unit.address}/linimasa").text
    assert "Rantai catatan kasus" not in whole
    with unit.office.database.unit_of_work() as uow:
        uow.execute(delete(journal).where(journal.c.chain_id == unit.case.case_id, journal.c.seq == 2))
    broken = bima.get(f"{unit.address}/linimasa")
    assert broken.status_code == 200 and "Rantai catatan kasus rusak mulai entri 2." in broken.text
    for part in ("catatan", "petugas"):
        shown = bima.get(f"{unit.address}/{part}")
        assert shown.status_code == 200 and "rusak mulai entri 2." in shown.text
    assert broken.text.count('class="k-act"') == whole.count('class="k-act"') - 1
