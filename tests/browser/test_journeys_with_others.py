"""Journeys of an office with others: a partner who is silent, sends back or is no longer to know, and another unit."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.browser.house import House
from tests.browser.person import Person

pytestmark = [pytest.mark.browser, pytest.mark.slow]

def test_a_silent_partner_is_called_and_a_second_one_takes_the_referral_by_link(house: House):
    tale = house.tale("depok", "jawaban_ditunggu")
    code = house.begun(tale, until="coordinate_provider")
    head, companion, silent = (house.person(name) for name in ("depok.kepala", "depok.pendamping", "depok.mitra"))
    house.do(tale, code, "coordinate_provider")
    asked = silent.task_address(code, "Menjawab permintaan rujukan")
    assert not companion.row(code, "Menghubungi penyelenggara").count()

    house.wait_until(house.now + timedelta(hours=24))
    assert code in head.open("/pemberitahuan").locator("main").inner_text()
    house.do(tale, code, "call_next_provider", provider_answer="no_answer", next_provider="in_consent")
    assert silent.open(asked).get_by_role("button", name="Ambil").count() == 0
    house.do(tale, code, "coordinate_provider", provider="RSUD B")

    guest = house.guest()
    guest.enters(companion.link_for(code, "RSUD B"), companion, code)
    assert "Nama dan surat rujukan dikirim sesudah Anda menyatakan sanggup" in guest.page.locator("main").inner_text()
    guest.fill({"provider_answer": "accepted"})
    guest.press("Kirim jawaban")
    assert "Jawaban terkirim" in guest.page.locator("main").inner_text()
    house.scene.work()
    house.do(tale, code, "hand_over_referral")
    assert {"F10", "F12"} <= set(companion.papers(code))
    guest.context.close()


def test_a_partner_sends_a_referral_back_for_a_missing_paper_and_takes_it_when_it_has_come(house: House):
    tale = house.tale("depok", "jawaban_ditunggu")
    code = house.begun(tale, until="coordinate_provider")
    partner, companion = house.person("depok.mitra"), house.person("depok.pendamping")
    house.do(tale, code, "coordinate_provider")
    partner.do(code, "Menjawab permintaan rujukan", {
        "provider_answer": "rejected", "reject_reason": "incomplete_documents", "missing_documents": "Hasil pemeriksaan awal"})
    house.scene.work()
    assert "Hasil pemeriksaan awal" in companion.case(code, "Layanan").locator("main").inner_text()
    companion.do(code, "Melengkapi dokumen", {"documents_completed": True, "documents_sent": "Hasil pemeriksaan awal"})
    house.scene.work()
    house.do(tale, code, "coordinate_provider")
    house.do(tale, code, "answer_referral")
    assert companion.row(code, "Merujuk").count() == 1


def test_consent_withdrawn_after_sending_closes_the_partners_door_before_they_read(house: House):
    tale = house.tale("depok", "a26_persetujuan_ditarik")
    code = house.begun(tale, until="hand_over_referral")
    house.do(tale, code, "hand_over_referral")
    partner, companion, guest = house.person("depok.mitra"), house.person("depok.pendamping"), house.guest()
    unread = partner.task_address(code, "Memberikan intervensi")
    link = companion.link_for(code, "RSUD A")
    assert guest.open(link).get_by_role("button", name="Minta kode").is_visible()

    withdrawn = tale.step("withdraw_line_consent")
    house.wait_until(withdrawn.at)
    companion.act(code, "penarikan persetujuan", withdrawn.submission, about="Butir 2")
    house.scene.work()
    assert guest.open(link).get_by_role("heading", name="Tautan ini tidak berlaku").is_visible()
    assert partner.open(unread).get_by_role("heading", name="Tidak ditemukan").is_visible()
    assert not partner.row(code, "Memberikan intervensi").count()
    house.do(tale, code, "explain_options")
    assert "3 x 24 jam" in house.row("depok.pendamping", code, "notify_receiver_withdrawal")
    house.do(tale, code, "notify_receiver_withdrawal")
    house.do(tale, code, "confirm_withdrawal_receipt")
    assert "F24" in companion.papers(code)
    guest.context.close()


def test_a_case_handed_to_another_unit_and_back_is_always_in_exactly_one_pair_of_hands(house: House):
    there = house.tale("depok", "a09_pelimpahan_dan_terminasi")
    code = house.begun(there, until="consult_receiving_agency")
    for element in ("consult_receiving_agency", "approve_transfer", "hand_over_case"):
        house.do(there, code, element)
    ours = house.person("depok.pendamping")
    assert "Bandung" in responsible(ours, code)

    operator = house.person("bandung.operator")
    operator.open("/tugas?kotak=pool")
    theirs = operator.page.locator("tbody tr", has_text="Penerimaan Pengaduan").last.locator(".code").inner_text()
    intake = house.tale("bandung", "limpahan_masuk", sop="pengaduan-masyarakat")
    house.do(intake, theirs, "intake_receive")
    assert "Depok" in house.person("bandung.penyelia").case(theirs).locator(".case-head").inner_text()
    house.past(intake, theirs, [*intake.steps_before("intake_simfoni")[1:], intake.step("intake_simfoni")])
    back = house.tale("bandung", "dilimpahkan")
    house.past(back, theirs, back.steps_before("transfer_consent"))
    house.do(back, theirs, "transfer_consent", number=2, providers="UPTD PPA Kota Depok")
    house.do(back, theirs, "consult_receiving_agency", number=2, receiving_code="depok", receiving_agency="UPTD PPA Kota Depok")
    house.do(back, theirs, "approve_transfer")
    house.do(back, theirs, "hand_over_case")
    assert "Depok" in responsible(house.person("bandung.pendamping"), theirs)
    house.person("depok.pendamping").open("/tugas?kotak=pool")
    again = ours.page.locator("tbody tr", has_text="Mengidentifikasi dan mengases").last.locator(".code").inner_text()
    assert again != code
    house.do(house.tale("depok", "dilimpahkan_dari_instansi_lain"), again, "identify_again")
    head = house.person("depok.kepala").case(again).locator(".case-head").inner_text()
    assert "Diterima dari" in head and "Bandung" in head and "Depok" in responsible(house.person("depok.kepala"), again)


def responsible(person: Person, code: str) -> str:
    """The unit that answers for the case."""
    return person.case(code).locator("dl.facts div", has_text="Instansi yang bertanggung jawab").locator("dd").inner_text()
