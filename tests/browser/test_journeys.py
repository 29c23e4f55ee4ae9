"""Journeys of the people of an office, from end to end on the served product, with and without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from tests.browser.house import House

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WIB = ZoneInfo("Asia/Jakarta")


FRIDAY_NIGHT = datetime(2026, 8, 14, 23, 10, tzinfo=WIB)


@pytest.fixture(params=[
    pytest.param(("sqlite", False), id="sqlite-no-script"),
    *(pytest.param((database, script), id=f"{database}-{'' if script else 'no-'}script", marks=pytest.mark.soak)
      for database, script in (("sqlite", True), ("postgresql", False), ("postgresql", True)))])
def two_offices(request: pytest.FixtureRequest, chromium: Browser, tmp_path: Path) -> Iterator[House]:
    """On a Friday night before a long weekend: Monday 17 August is Independence Day."""
    database, script = request.param
    url = request.getfixturevalue("postgres_cluster").new_database() if database == "postgresql" else ""
    built = House.built(tmp_path / "house", chromium, {
        "tebing_tinggi": ("tebing_tinggi/pengelolaan-kasus",), "sapa129": ("sapa129/pengelolaan-kasus",)}, now=FRIDAY_NIGHT,
        database_url=url)
    built.script = script
    try:
        built.serve()
        yield built
    finally:
        built.stop()


def test_a_report_by_whatsapp_on_friday_night_is_counted_in_hours_here_and_in_working_days_there(two_offices: House):
    house, friday_night = two_offices, FRIDAY_NIGHT
    facts = {"received_at": friday_night, "victim_reported_at": friday_night, "source": "whatsapp", "risk": "medium",
             "alias_code": "Malam-1"}
    hours = house.person("tebing.operator").start_case("Pengelolaan Kasus", facts)
    days = house.person("sapa.operator").start_case("Pengelolaan Kasus", facts)
    house.scene.work()
    here = house.row("tebing.penyelia", hours, "review_case")
    assert "Sab 15 Agu 23.10 WIB" in here and "jam kalender" in here
    house.person("sapa.pendamping").do(days, "Mencatat Informed Consent", {
        "service_consent": "given", "giver": "beneficiary", "explained_limits": True, "given_at": friday_night,
        "consent_complete_at": friday_night})
    house.scene.work()
    there = house.row("sapa.penyelia", days, "decide_services")
    assert "Sen 24 Agu 16.00 WIB" in there and "5 Hari kerja" in there

    house.wait_until(friday_night + timedelta(hours=24, minutes=1))
    assert "LEWAT" in house.row("tebing.penyelia", hours, "review_case")
    assert "LEWAT" not in house.row("sapa.penyelia", days, "decide_services")


def test_a_child_who_walks_in_is_planned_for_within_24_hours_treated_and_asked_how_it_was(house: House):
    tale = house.tale("tebing_tinggi", "a13_24_jam_terpenuhi")
    danger = house.tale("tebing_tinggi", "risiko_tinggi_konferensi_dan_kewajiban").step("emergency_response").submission
    house.wait_until(tale.at)
    code = house.person("tebing.operator").start_case("Pengelolaan Kasus", {
        "received_at": tale.at, "victim_reported_at": tale.at, "source": "direct", "alias_code": "Datang-1", "sex": "female",
        "risk": "high", "is_child": True})
    house.scene.work()
    house.wait_until(tale.at + timedelta(minutes=25))
    house.person("tebing.pendamping").do(code, "Memberikan layanan kedaruratan", {**danger, "emergency_at": house.now.astimezone(WIB)})
    house.scene.work()
    house.do(tale, code, "review_case")
    assert "tepat waktu" in house.do(tale, code, "decide_mode")
    house.do(tale, code, "assign_companion")
    house.do(tale, code, "give_consent", giver="parent", child_assent="given")
    house.do(tale, code, "coordinate_provider", provider_answer="awaited")
    house.person("tebing.mitra").do(code, "Menjawab permintaan rujukan", {"provider_answer": "accepted"})
    house.scene.work()
    house.do(tale, code, "hand_over_referral")
    assert {"F10", "F12"} <= set(house.person("tebing.pendamping").papers(code))
    assert house.person("tebing.pendamping").download("F12").startswith(b"%PDF-")
    house.do(tale, code, "monitor_beneficiary")
    house.do(tale, code, "deliver_intervention")
    house.do(tale, code, "review_results")
    house.do(tale, code, "propose_termination")
    house.do(tale, code, "decide_termination")
    house.do(tale, code, "document_case")
    assert "Tidak ada tugas yang menunggu" in house.person("tebing.penyelia").case(code).locator("#tugas").inner_text()

    house.person("tebing.penyelia").start_case("Survei Kepuasan", {
        "period": "2026", "service": "Pengelolaan Kasus", "opened_at": house.now.astimezone(WIB)})
    house.scene.work()
    page = house.person("tebing.data").open("/survei/kode")
    page.fill("#count", "1")
    page.get_by_role("button", name="Buat kode").click()
    once = page.locator("ul.cards code").inner_text()
    where = page.locator("ul.cards .sub").inner_text()
    guest = house.guest()
    guest.open(where)
    guest.fill({"u1": "4", "u3": "3"})
    guest.page.fill("#kode-survei", once)
    guest.press("Kirim jawaban")
    assert guest.page.get_by_role("heading", name="Terima kasih").is_visible()
    guest.context.close()


def test_where_special_consent_is_refused_nothing_of_hiv_leaves_and_an_unnamed_clinic_gets_no_referral(house: House):
    tale = house.tale("kalbar", "a04_anak_dan_kewajiban_hukum")
    code = house.begun(tale, until="record_hiv_consent")
    house.do(tale, code, "record_hiv_consent", special_consent="refused")
    house.do(tale, code, "coordinate_provider", provider="Klinik Lain")
    assert "persetujuan" in house.person("kepala").open("/kendala").locator(".incidents li", has_text="consent-missing").last.inner_text()
    assert house.person("manajer").papers(code) == []


def test_without_special_consent_the_referral_says_nothing_of_hiv(house: House):
    tale = house.tale("kalbar", "a04_anak_dan_kewajiban_hukum")
    # A clinic whose name tells it would be refused here; a hospital's name tells nothing.
    code = house.begun(tale, until="record_hiv_consent", plan_lines=[{"line_no": 1, "service_type": "health_support", "provider": "RSUD Rekaan"}])
    house.do(tale, code, "record_hiv_consent", special_consent="refused", special_data="Rahasia medis")
    house.do(tale, code, "coordinate_provider", provider="RSUD Rekaan")
    house.do(tale, code, "hand_over_referral")
    assert set(house.person("pendamping").papers(code)) == {"F10", "F12"}
    letter = PdfReader(BytesIO(house.person("pendamping").download("F10")))
    text = "".join(page.extract_text() for page in letter.pages)
    assert "HIV" not in text and "Rahasia medis" not in text


def test_a_task_is_delegated_and_a_colleague_stands_in_for_one_on_leave(house: House):
    tale = house.tale("kalbar", "a01_rujukan_kesehatan")
    code = house.begun(tale, until="hand_over_referral")
    hers, theirs = house.person("pendamping"), house.person("pendamping2")
    hers.row(code, "Merujuk").get_by_role("button", name="Ambil").click()
    hers.page.get_by_role("link", name="Titipkan kepada rekan").click()
    hers.page.select_option("#kepada", index=0)
    hers.page.fill("#catatan", "Suratnya ada di map biru")
    hers.press("Delegasikan tugas")
    given = theirs.row(code, "Merujuk", box="mine")
    assert "Diserahkan oleh Dewi Kartika" in given.inner_text()
    given.get_by_role("link", name="Kerjakan").click()
    assert "Suratnya ada di map biru" in theirs.page.locator("main").inner_text()
    theirs.fill(tale.step("hand_over_referral").submission | {"next_contact_at": house.now.astimezone(WIB)})
    theirs.press("Selesaikan tugas")
    house.wait_until(house.now + timedelta(minutes=1))

    hers.row(code, "Memantau").get_by_role("button", name="Ambil").click()
    house.person("manajer").records_absence("Dewi Kartika", "Eko Saputra", "companion", until=house.now + timedelta(days=3))
    assert "Plt. Dewi Kartika" in theirs.open("/tugas?kotak=pool").locator("main").inner_text()
    theirs.do(code, "Memantau", tale.step("monitor_beneficiary").submission)
    assert "Eko Saputra" in house.person("manajer").case(code, "Linimasa").locator(".timeline").inner_text()


def test_who_stands_in_for_the_head_does_not_approve_their_own_proposal(house: House):
    tale = house.tale("depok", "a06_menyediakan_dan_merujuk")
    code = house.begun(tale, until="propose_termination")
    head, companion = house.person("depok.kepala"), house.person("depok.pendamping")
    head.records_absence("Laras Wulandari", "Mega Rahayu", "head_of_unit", until=house.now + timedelta(days=3))
    house.do(tale, code, "propose_termination")
    decision = tale.step("decide_termination")
    refused = companion.send(code, "Memutuskan terminasi", decision.submission)
    assert "Pengusul bukan penyetuju" in refused
    companion.page.get_by_role("button", name="Kembalikan ke antrean tim").click()
    head.open("/ketidakhadiran").get_by_role("button", name="Akhiri").click()
    house.do(tale, code, "decide_termination")
