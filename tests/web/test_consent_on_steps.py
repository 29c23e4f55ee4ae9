"""What no consent covers, on the step's own page: before it is sent, and after its letter was refused."""

from __future__ import annotations

from pathlib import Path

from tests.web.test_simfoni import Unit


def test_a_step_says_what_no_consent_covers_before_and_after_it_is_sent(tmp_path: Path, sqlite_url: str) -> None:
    unit = Unit(tmp_path, sqlite_url)
    office, bima = unit.office, unit.actor("Bima")
    office.scene.work()
    office.complete(bima, office.task(unit.case, "approve_case_report"), {"decision": "approved", "assessment_is_relevant": True})
    browser, task = unit.browser("Bima"), office.task(unit.case, "coordinate_provider")
    address = f"/tugas/{task.id}"
    revision = office.engine.tasks.claim(bima, task.id).revision
    assert "tidak mencakup penyelenggara ini" not in browser.get(address).text
    saved = browser.post(f"{address}/draf", {
        "revision": str(revision), "f.provider": "Klinik B", "f.provider_kind": "health"}, on=address, follow_redirects=True)
    assert "Persetujuan yang tercatat tidak mencakup penyelenggara ini" in saved.text

    sent = {"provider": "Klinik B", "provider_kind": "health", "provider_answer": "accepted"}
    office.engine.tasks.complete(bima, task.id, sent, expected_revision=revision)
    office.scene.work()
    done = browser.get(address).text
    assert "Surat belum terbit" in done and "Klinik B" in done and f"{unit.address}/persetujuan" in done
    assert 'id="isian"' not in done and "Selesaikan tugas" not in done, "what is done is read and corrected, not filled in again"
    assert f"{unit.address}/catatan/baru" in browser.get(f"{unit.address}/dokumen").text, "where a signed paper is attached"
    office.database.close()
