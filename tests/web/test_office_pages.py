"""The office's pages over the real engine: desk, people of a case, duty roster, supervision; forms posted with their CSRF token."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from engine.types import Actor
from tests.support import office as offices
from tests.support.office import Office
from tests.web.conftest import Browser
from webui import limits
from webui.app import create_app

PASSPHRASE = "kuda batu hujan pelan sekali"
ZONE = ZoneInfo("Asia/Pontianak")


class Unit:
    """Kalbar with people who sign in."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.people = {name: office.hire(name, *roles) for name, roles in {
            "Citra": ("head_of_unit",), "Bima": ("case_manager",), "Dewi": ("companion",), "Indah": ("auditor",)}.items()}
        self.app = create_app(office.engine, settings=office.engine.settings)

    def actor(self, name: str) -> Actor:
        return self.people[name]

    def browser(self, name: str) -> Browser:
        limits.limiter.reset()
        browser = Browser(self.app)
        assert browser.sign_in(f"{name.lower()}.rekaan", PASSPHRASE).status_code == 303
        return browser


@pytest.fixture
def unit(tmp_path: Path, sqlite_url: str) -> Unit:
    return Unit(offices.opened(tmp_path, sqlite_url))


def when(unit: Unit, key: str, hours: int) -> dict[str, str]:
    """The four boxes of an instant so many hours from now."""
    local = (unit.office.clock.now() + timedelta(hours=hours)).astimezone(ZONE)
    return {f"f.{key}.d": str(local.day), f"f.{key}.m": str(local.month), f"f.{key}.y": str(local.year), f"f.{key}.h": f"{local:%H.%M}"}


def test_who_answers_for_decisions_begins_at_the_desk_and_every_tile_opens(unit):
    case = unit.office.start()
    unit.office.clock.advance(timedelta(minutes=40))
    bima = unit.browser("Bima")
    assert bima.get("/").headers["Location"] == "/meja"
    page = bima.get("/meja").text
    assert "Tidak ada petugas piket saat ini" in page
    tiles = re.findall(r'href="(/meja/daftar/\w+)"><span class="number">(\d+)<', page)
    assert dict(tiles)["/meja/daftar/late"] == "1" and len(tiles) == 6
    for path, number in tiles:
        opened = bima.get(path)
        assert opened.status_code == 200
        assert opened.text.count('<tr role="row"') - (1 if int(number) else 0) == int(number), path
    code = unit.office.engine.cases.staff(unit.actor("Bima"), case.case_id).business_key
    assert code in bima.get("/meja/daftar/late").text
    for path in ("/meja/penugasan", "/meja/waktu", "/meja/waktu?hari=7", "/supervisi", "/piket"):
        assert bima.get(path).status_code == 200
    assert bima.get("/meja/daftar/entah").status_code == 404
    for name in ("Dewi", "Indah"):
        assert unit.browser(name).get("/meja").status_code == 404
    assert unit.browser("Dewi").get("/").headers["Location"] == "/tugas"


def test_a_case_is_assigned_handed_on_and_shut_to_whoever_has_a_conflict(unit):
    case = unit.office.start()
    path = f"/kasus/{case.case_id}/petugas"
    bima, dewi = unit.browser("Bima"), unit.browser("Dewi")
    assert dewi.get(path).status_code == 404

    assert bima.post(f"{path}/tugaskan", {"owner": unit.actor("Dewi").account_id}, on=path).status_code == 303
    assert "Kasus ditugaskan" in bima.get(path).text
    assert dewi.get(path).status_code == 200  # hers now
    assert "Catat benturan" not in dewi.get(path).text
    assert dewi.post(f"{path}/tugaskan", {"owner": unit.actor("Dewi").account_id}, on=path).status_code == 404
    refused = bima.post(f"{path}/tugaskan", {"owner": unit.actor("Bima").account_id, "note": ""}, on=path)
    assert refused.status_code == 422 and "catatan serah terima" in refused.text
    assert bima.post(f"{path}/tugaskan", {"owner": unit.actor("Indah").account_id, "note": "x"}, on=path).status_code == 409

    declared = bima.post(f"{path}/benturan", {"person": unit.actor("Dewi").account_id, "reason": "Saudara kandung dari terlapor."}, on=path)
    assert declared.headers["Location"] == path
    assert dewi.get(path).status_code == 404 and dewi.get(f"/kasus/{case.case_id}").status_code == 404
    assert case.case_id not in dewi.get("/kasus").text and case.case_id not in dewi.get("/pemberitahuan").text
    assert "Saudara kandung" in bima.get(path).text
    unsaid = bima.post(f"{path}/benturan/cabut", {"person": unit.actor("Dewi").account_id, "why": "salah"}, on=path)
    assert unsaid.status_code == 422 and 'href="#why"' in unsaid.text and ">salah</textarea>" in unsaid.text
    lifted = bima.post(f"{path}/benturan/cabut", {"person": unit.actor("Dewi").account_id, "why": "Ternyata orang lain."}, on=path)
    assert lifted.status_code == 303 and "Saudara kandung" not in bima.get(path).text

    mine = bima.post(f"{path}/benturan", {"person": unit.actor("Bima").account_id, "reason": "Saya mengenal keluarganya."}, on=path)
    assert mine.headers["Location"] == "/meja"
    assert bima.get(path).status_code == 404


def test_the_roster_is_edited_and_a_late_task_names_who_can_be_called(unit):
    citra, bima = unit.browser("Citra"), unit.browser("Bima")
    assert "Tambah piket" not in bima.get("/piket").text
    given = {"f.account": unit.actor("Dewi").account_id, "f.phone": "0812 0000 0000", **when(unit, "starts_at", -1)}
    refused = citra.post("/piket", {**given, "f.phone": "besok", **when(unit, "ends_at", 8)}, on="/piket")
    assert refused.status_code == 422 and "nomor telepon" in refused.text and "besok" in refused.text
    assert citra.post("/piket", given, on="/piket").status_code == 422
    assert citra.post("/piket", {**given, **when(unit, "ends_at", 8)}, on="/piket").status_code == 303
    page = citra.get("/piket").text
    assert 'href="tel:081200000000"' in page and "Tidak ada petugas piket" not in page
    assert bima.post("/piket", {**given, **when(unit, "ends_at", 8)}, on="/piket").status_code == 404

    task = unit.office.task(unit.office.start(), "approve_case_report")
    unit.office.clock.advance(timedelta(minutes=30))
    citra, bima = unit.browser("Citra"), unit.browser("Bima")  # the screens have locked meanwhile
    said = bima.get(f"/tugas/{task.id}").text
    assert 'href="tel:081200000000"' in said and f"{task.business_key}: tugas lewat tenggat. Mohon buka Kawal." in said
    assert "usulan" in said and "Diminta oleh" in said
    shift = re.search(r'action="(/piket/\w+/hapus)"', page)
    assert shift is not None
    assert citra.post(shift[1], on="/piket").status_code == 303
    assert "Belum ada piket yang tercatat" in citra.get("/piket").text


def test_late_tasks_are_given_out_from_the_desks_list_which_one_comes_back_to(unit):
    task = unit.office.task(unit.office.start(), "approve_case_report")
    unit.office.clock.advance(timedelta(minutes=40))
    citra, late = unit.browser("Citra"), "/meja/daftar/late"
    page = citra.get(late).text
    assert f'href="/tugas/{task.id}/urus/tugaskan?meja=late"' in page
    assert f'href="/kasus/{task.case_id}"' in page
    (chosen,) = re.findall(r'name="tugas" value="([^"]+)"', page)
    given = citra.post("/tugas/banyak", {"meja": "late", "tindakan": "assign", "tugas": chosen, "kepada": unit.actor("Bima").account_id}, on=late)
    assert "1 dari 1" in given.text and f'href="{late}"' in given.text
    assert "Bima" in citra.get(late).text and "urus/tugaskan" not in citra.get(late).text
    assert 'name="meja" value="late"' in citra.get(f"/tugas/{task.id}/urus/tugaskan?meja=late").text
    assert 'name="meja"' not in citra.get(f"/tugas/{task.id}/urus/tugaskan?meja=https://x").text
    back = citra.post(f"/tugas/{task.id}/urus/tugaskan", {
        "meja": "late", "kepada": unit.actor("Citra").account_id, "catatan": "x", "revision": "99"}, on=late)
    assert back.status_code == 422
    assert citra.post("/tugas/banyak", {"meja": "late", "tindakan": "assign"}, on=late).headers["Location"] == late


def test_who_waits_for_a_role_nobody_holds_is_told_who_can_give_it(unit):
    operator, day = unit.office.engine.people.operator("kalbar"), unit.office.clock.now().date()
    task = unit.office.task(case := unit.office.start(), "approve_case_report")
    pages = (f"/kasus/{case.case_id}", f"/tugas/{task.id}")
    citra = unit.browser("Citra")
    assert not any("Yang dapat memberikan peran" in citra.get(path).text for path in pages)
    unit.office.engine.people.end_role(operator, unit.actor("Bima").account_id, "case_manager", until_date=day - timedelta(days=1))
    unit.office.hire("Kirana", "system_admin")
    for path in pages:
        said = " ".join(citra.get(path).text.split())
        assert "Tidak ada yang memegang peran Manajer Kasus di instansi ini saat ini." in said, path
        assert "Kirana (Admin sistem)" in said and "<dd>Citra</dd>" in said, path
        assert "tidak ada yang piket" in said, path


def test_a_session_is_written_once_and_read_by_those_it_is_for(unit):
    case = unit.office.start()
    code = unit.office.engine.cases.staff(unit.actor("Bima"), case.case_id).business_key
    bima, page = unit.browser("Bima"), "/supervisi/baru"
    once = re.search(r'name="once" value="(\w+)"', bima.get(page).text)
    assert once is not None
    today = {key.replace("f.held_on.h", "unused"): value for key, value in when(unit, "held_on", 0).items()}
    given = {"once": once[1], "f.worker": unit.actor("Dewi").account_id, "f.cases": f"{code} {code}", "f.advice": "ZQ-ARAHAN", **today,
             "f.tasks.count": "1", "f.tasks.0.what": "Jadwal kontak aman"}
    wrong = bima.post(page, {**given, "f.cases": "KLB-0000-1"}, on=page)
    assert wrong.status_code == 422 and "ZQ-ARAHAN" in wrong.text
    kept = bima.post(page, given, on=page)
    assert kept.status_code == 303
    assert bima.post(page, given, on=page).headers["Location"] == kept.headers["Location"]

    dewi, citra, indah = unit.browser("Dewi"), unit.browser("Citra"), unit.browser("Indah")
    for reader in (bima, dewi, citra):
        text = reader.get(kept.headers["Location"]).text
        assert "ZQ-ARAHAN" in text and code in text and "Jadwal kontak aman" in text
    assert indah.get(kept.headers["Location"]).status_code == 404
    other = unit.office.hire("Tono", "companion")
    assert other.roles and unit.browser("Tono").get(kept.headers["Location"]).status_code == 404
    assert "ZQ-ARAHAN" not in citra.get(f"/kasus/{case.case_id}").text
