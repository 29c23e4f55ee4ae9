"""An SOP is changed in the browser while its cases run: from the version in force to the next, and the running cases after it."""

from __future__ import annotations


from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.drawing import add_task_after, pick, type_into
from tests.browser.house import House, Tale
from tests.browser.person import Person
from tests.support.not_run import not_run

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.soak]

BEGINS = datetime(2026, 8, 24, 8, 0, tzinfo=ZoneInfo("Asia/Pontianak"))
TELEPHONE = {"width": 360, "height": 760}
CALL = "Menelepon keluarga penerima manfaat"


@pytest.fixture
def office(chromium: Browser, tmp_path: Path) -> Iterator[House]:
    if not (Path(__file__).resolve().parents[2] / "webui" / "static" / "dist" / "manifest.json").exists():
        not_run("Node, to build the diagram editor (make assets)", "the drawing page")
    built = House.built(tmp_path / "house", chromium, {"kalbar": ("kalbar/pengelolaan-kasus",)}, now=BEGINS)
    try:
        built.serve()
        yield built
    finally:
        built.stop()


def straight(office: House) -> Tale:
    return office.tale("kalbar", "a01_rujukan_kesehatan")


def draw(page: Page) -> None:
    """Row 2 takes 30 minutes, and after row 5 somebody calls the family: by keyboard alone."""
    page.wait_for_selector("#studio[data-ready]")
    pick(page, "coordinate_provider")
    type_into(page, "#p-time-angka", "30")
    expect(page.locator("#p-time-bunyi")).to_have_value("30 menit")
    add_task_after(page, "monitor_beneficiary")
    type_into(page, "#p-name", CALL)
    type_into(page, "#p-id", "call_family")
    page.select_option("#p-lane", "serve_line_pendamping")
    page.select_option("#p-form", "call_family")
    pick(page, "monitor_beneficiary__is_contact_again")
    page.select_option("#p-from", "call_family")
    pick(page, "monitor_beneficiary")
    page.keyboard.press("Control+s")
    expect(page.locator("#studio-keadaan")).to_contain_text("tersimpan")


def decided(office: House, address: str) -> str:
    """The head of the unit approves on a telephone; what the page says then."""
    office.actor("kepala")
    head = Person(office.browser, office, "kepala", viewport=TELEPHONE)
    page = head.open(address)
    assert CALL in looked_at(page)
    page.fill("#alasan-sah", "Disetujui sesuai hasil evaluasi triwulan")
    page.fill("#frasa", office.passphrases["kepala"])
    head.press("Sahkan")
    said = page.locator("main").inner_text()
    assert head.complaints == []
    head.context.close()
    return said


def looked_at(page: Page) -> str:
    """What a page says, once axe found nothing on it."""
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in Axe().run(page)["violations"]] == []
    return page.locator("main").inner_text()


def played(page: Page) -> None:
    """The scenarios are played some at a time, page after page."""
    page.wait_for_load_state()
    expect(page.locator("progress")).to_have_count(0, timeout=240_000)


def test_row_two_is_shortened_a_step_follows_row_five_and_running_cases_move_or_stay(office: House) -> None:
    past = office.begun(straight(office), until="review_results", alias_code="Lewat-1")
    handing = office.begun(straight(office), until="hand_over_referral", alias_code="Serah-1")
    asking = office.begun(straight(office), until="coordinate_provider", alias_code="Tanya-1")
    fresh = office.begun(straight(office), until="approve_case_report", alias_code="Baru-1")
    claimed = office.engine.tasks.claim(office.actor("manajer"), office.open_task("manajer", asking, "coordinate_provider").id)
    office.engine.tasks.save_draft(office.actor("manajer"), claimed.id, {"provider": "RSUD A"}, expected_revision=claimed.revision)

    owner = office.person("pemilik")
    page = owner.open("/sop")
    page.get_by_role("main").get_by_role("link", name="Pengelolaan Kasus").first.click()
    owner.press("Ubah SOP ini")
    draft = page.url.split("#")[0]
    page.get_by_role("link", name="Buka formulir").click()
    page.get_by_text("Formulir baru").click()
    page.fill("#key", "call_family")
    page.fill("#baru-title-id", "Menelepon keluarga")
    owner.press("Buat formulir")
    page.get_by_role("link", name="Tambah isian").click()
    page.fill("#label-id", "Apakah keluarga dapat dihubungi?")
    page.fill("[name=key]", "family_reached")
    page.select_option("#type", "boolean")
    page.check("#required")
    owner.press("Simpan isian")
    owner.open(draft).get_by_role("link", name="Buka gambar").click()
    draw(page)

    said = owner.open(draft).locator("#perubahan").inner_text()
    assert CALL in said and "40 menit" in said and "30 menit" in said
    page.get_by_role("link", name="Bandingkan kedua versi").click()
    assert CALL in looked_at(page)
    owner.open(draft).get_by_role("link", name="Akibat pada kasus berjalan").click()
    verdicts = {row.locator("th").inner_text().split()[0]: row.inner_text() for row in page.locator("tbody tr").all()}
    assert {code for code, words in verdicts.items() if "AMAN" in words} == {handing, asking, fresh}
    assert past in looked_at(page)
    assert "TERHALANG" in verdicts[past] and CALL in verdicts[past] and "sudah melewati tempatnya" in verdicts[past]

    owner.open(draft)
    owner.press("Coba jalankan")
    owner.fill(straight(office).submission)
    owner.press("Mulai")
    owner.fill(straight(office).step("approve_case_report").submission)
    owner.press("Selesaikan")
    assert "30 menit" in looked_at(page)

    owner.open(draft).get_by_role("link", name="Lihat skenario").last.click()
    owner.press("Mainkan semua skenario")
    played(page)
    assert "berhenti di langkah" in looked_at(page)
    page.get_by_role("link", name="Jawab sekali untuk semua").click()
    assert CALL in looked_at(page)
    owner.fill({"family_reached": True})
    owner.press("Mainkan dengan jawaban ini")
    played(page)
    assert "dikerjakan Pendamping PPA" in looked_at(page)
    owner.press("Simpan sebagai revisi baru")
    played(page)
    page.get_by_role("link", name="Tulis ulang").click()   # the one in which nobody comes as far as the new step
    owner.press("Simpan sebagai revisi baru")
    played(page)
    assert "tidak berjalan seperti tertulis" not in looked_at(page)

    page = owner.open(draft)
    tomorrow = office.now + timedelta(days=1)
    page.fill("#sk", "188.44/123/DPPPA/2026")
    for part, number in (("d", tomorrow.day), ("m", tomorrow.month), ("y", tomorrow.year)):
        page.fill(f"#effective_from-{part}", str(number))
    page.fill("#alasan-ajuan", "Koordinasi lebih cepat, dan keluarga dikabari sesudah dipantau")
    owner.press("Ajukan pengesahan")
    assert "Menunggu" in page.locator("#pengesahan").inner_text()
    assert "sudah menjadi versi baru" in decided(office, draft)

    office.scene.work()
    office.wait_until(tomorrow)
    new = office.person("operator").start_case("Pengelolaan Kasus", straight(office).submission | {"alias_code": "Versi-2"})
    office.scene.work()
    page = owner.open("/sop")
    page.get_by_role("main").get_by_role("link", name="Pengelolaan Kasus").first.click()
    page.get_by_role("link", name="Akibat pada kasus berjalan").click()
    listed = [row.locator("th").inner_text().split()[0] for row in page.locator("tbody tr").all()]
    assert listed == [past, handing, asking, fresh], "the new one runs by the new version"
    for code in (handing, asking, fresh):
        page.get_by_label(f"Pindahkan {code}").check()
    assert page.get_by_label(f"Pindahkan {past}").count() == 0
    page.fill("#reason", "Versi baru lebih cepat bagi keluarga")
    owner.press("Pindahkan yang dipilih")
    assert "3 dari 3 kasus dipindahkan" in looked_at(page)
    office.scene.work()

    assert version_of(office, past) == 1
    assert {version_of(office, code) for code in (handing, asking, fresh, new)} == {2}

    kept = office.open_task("manajer", asking, "coordinate_provider")
    assert (kept.id, kept.due_at) == (claimed.id, claimed.due_at)
    page = office.person("manajer").open(f"/tugas/{kept.id}")
    assert page.input_value("[name='f.provider']") == "RSUD A"
    told = straight(office)
    office.do(told, new, "approve_case_report")
    asked = office.open_task("manajer", new, "coordinate_provider")
    assert asked.due_at == office.now + timedelta(minutes=30)
    for element in ("hand_over_referral", "monitor_beneficiary"):
        office.past(told, handing, [told.step(element)])
    assert "Menelepon keluarga" in office.row("pendamping", handing, "call_family")
    assert "Selesai" in office.person("pendamping").do(handing, CALL, {"family_reached": True})
    office.past(told, past, told.steps_before("document_case")[len(told.steps_before("review_results")):] + [told.step("document_case")])
    ended = office.engine.cases.get(office.actor("kepala"), case_id(office, past))
    assert [run.status for run in ended.instances] == ["completed"] and version_of(office, past) == 1
    assert owner.complaints == []


def case_id(office: House, code: str) -> str:
    (found,) = office.engine.cases.find(office.actor("kepala"), business_key=code).rows
    return found.id


def version_of(office: House, code: str) -> int:
    (run,) = office.engine.cases.get(office.actor("kepala"), case_id(office, code)).instances
    return run.version
