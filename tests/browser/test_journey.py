"""One case by hand, on the product as it is run: five people, the ten rows of Kalimantan Barat's SOP, then its auditor."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser

from tests.browser.person import Person
from tests.browser.product import ZONE, Product

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HEALTH = {"line_no": 1, "service_type": "health_support", "goal": "Pemulihan luka", "provider": "RSUD A"}
LEGAL = {"line_no": 2, "service_type": "legal_support", "goal": "Pendampingan hukum", "provider": "RSUD A"}


def now() -> datetime:
    return datetime.now(tz=ZONE)


def reported(at: datetime) -> dict[str, object]:
    return {"received_at": at, "victim_reported_at": at, "alias_code": "UJI-01", "risk": "medium", "plan_lines": [HEALTH],
            "consent_status": "given"}


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    made = Product.made_in(tmp_path_factory.mktemp("kawal"))
    yield made
    made.stop()


def coordinated(provider: str, kind: str) -> dict[str, object]:
    return {"provider": provider, "provider_kind": kind, "provider_answer": "accepted"}


def handed(to: str) -> dict[str, object]:
    # The next contact is due at once, so that the worker opens row 5 within seconds.
    return {"handed_at": now(), "handed_by": "Dewi Kartika", "received_by": f"Petugas {to}", "next_contact_at": now()}


def served(recommendation: str) -> dict[str, object]:
    return {"services_given": "Perawatan", "result": "Membaik", "recommendation": recommendation}


def contacted() -> dict[str, object]:
    return {"contact_at": now(), "condition": "Stabil", "contact_again": False}


def test_a_case_goes_through_all_ten_rows_and_its_auditor_confirms_it(chromium: Browser, product: Product):
    reported_at = now() - timedelta(days=8)
    case = product.start_case(reported(reported_at), before=timedelta(days=8))
    product.serve()
    operator, manager, companion, partner, head, auditor = (
        Person(chromium, product, name) for name in ("operator", "manajer", "pendamping", "mitra", "kepala", "auditor"))

    late = manager.waiting(case, "Menyetujui seluruh Laporan Kasus")
    assert "lewat" in late.inner_text().lower()
    said = manager.do(case, "Menyetujui seluruh Laporan Kasus", {"decision": "approved", "assessment_is_relevant": True})  # row 1
    assert "terlambat" in said
    said = manager.do(case, "Berkoordinasi dengan petugas", coordinated("RSUD A", "health"))  # row 2
    assert "tepat waktu" in said
    companion.do(case, "Merujuk/ melimpahkan", handed("RSUD A"))  # row 3
    companion.do(case, "Memantau kondisi", contacted())  # row 5
    partner.do(case, "Memberikan intervensi", served("continue"))  # row 4

    soon = now()
    manager.do(case, "Mereview hasil layanan", {  # row 6: not yet, back to row 4
        "line_reviews": [{"line_no": 1, "line_status": "not_fulfilled", "next_contact_at": soon}], "review_outcome": "not_fulfilled"})
    companion.do(case, "Memantau kondisi", contacted())
    partner.do(case, "Memberikan intervensi", served("add_service"))

    manager.do(case, "Mereview hasil layanan", {  # row 6: the plan is adapted
        "line_reviews": [{"line_no": 1, "line_status": "not_fulfilled", "next_contact_at": now()}], "review_outcome": "adapt",
        "adaptation_reason": "Kebutuhan baru: bantuan hukum"})
    companion.do(case, "Menyesuaikan rencana", {"plan_lines": [HEALTH, LEGAL]})
    companion.do(case, "Menyepakati rencana", {"plan_agreement": "agreed"})
    companion.do(case, "Meminta persetujuan", {"line_consents": [{"line_no": 2, "line_decision": "given"}], "giver": "beneficiary",
                                               "explained_limits": True, "given_at": now()})
    manager.do(case, "Menyetujui perubahan rencana", {"plan_decision": "approved"})
    assert "Butir 2" in manager.waiting(case, "Berkoordinasi dengan petugas").inner_text()
    manager.do(case, "Berkoordinasi dengan petugas", coordinated("RSUD A", "legal_aid"))
    companion.do(case, "Merujuk/ melimpahkan", handed("RSUD A"))
    for _ in (HEALTH, LEGAL):
        companion.do(case, "Memantau kondisi", contacted())
        partner.do(case, "Memberikan intervensi", served("complete"))

    manager.do(case, "Mereview hasil layanan", {
        "line_reviews": [{"line_no": line, "line_status": "fulfilled"} for line in (1, 2)], "review_outcome": "fulfilled"})
    manager.do(case, "Memutuskan intervensi", {  # row 7
        "recommendations": [{"line_no": line, "line_recommendation": "complete"} for line in (1, 2)],
        "termination_reason": "goals_met", "remaining_risk": "low"})
    companion.do(case, "Menerima laporan", {"report_received_at": now(), "result": "Layanan selesai"})  # row 8
    manager.do(case, "Melakukan pengecekan", {"report_check": "in_order"})  # row 9
    head.do(case, "Mengetahui bahwa pelayanan selesai", {"acknowledged": True})
    said = operator.do(case, "Melakukan pendokumentasian", {"simfoni_updated": True})  # row 10
    assert "Menerbitkan resume kasus" in said

    page = auditor.wait_for_document(case, "F13")
    for code, count in {"F10": 2, "F12": 2, "F13": 1}.items():
        assert page.locator("#dokumen strong", has_text=code).count() == count
    assert auditor.case(case).locator("#tugas").get_by_text("Tidak ada tugas yang menunggu").is_visible()
    assert auditor.case(case, "Linimasa").locator(".timeline .verdict.late").count() == 1
    auditor.case(case, "SOP").get_by_role("link", name="Putar ulang").click()
    number, last = page.locator(".moment strong").inner_text().split(" / ")
    page.get_by_role("link", name="Awal", exact=True).click()
    page.wait_for_selector(f".moment strong:text('1 / {last}')")
    for step in range(2, int(last) + 1):
        page.locator("main").press("ArrowRight")
        page.wait_for_selector(f".moment strong:text('{step} / {last}')")
    page.get_by_role("button", name="Verifikasi").click()
    page.get_by_text("Terbukti utuh").wait_for()
    for person in (operator, manager, companion, partner, head, auditor):
        assert person.complaints == []
        person.context.close()
    assert number == last, "the replay opens at the last step"


def test_the_office_works_without_javascript(chromium: Browser, product: Product):
    """A case is opened and brought to its referral letter; with the clock as it is, every step is on time."""
    if not product.address:
        product.serve()
    operator, manager, companion = (Person(chromium, product, name, java_script_enabled=False)
                                    for name in ("operator", "manajer", "pendamping2"))
    page = operator.open("/kasus/baru")
    page.get_by_role("main").get_by_role("link", name="Pengelolaan Kasus").click()
    operator.fill(reported(now()))
    operator.press("Buka kasus")
    case = re.search(r"KLB-\d{4}-\d{6}", page.locator(".note").inner_text())
    assert case is not None, page.locator("main").inner_text()
    assert "tepat waktu" in manager.do(case[0], "Menyetujui seluruh Laporan Kasus", {"decision": "approved"})
    manager.do(case[0], "Berkoordinasi dengan petugas", coordinated("RSUD A", "health"))
    companion.do(case[0], "Merujuk/ melimpahkan", {**handed("RSUD A"), "next_contact_at": now() + timedelta(days=7)})
    page = companion.wait_for_document(case[0], "F10")
    with page.expect_download() as download:
        page.locator("#dokumen li", has_text="F10").get_by_role("link").click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")
    for person in (operator, manager, companion):
        person.context.close()
