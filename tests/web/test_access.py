"""Seeing for a while, through the pages: names, one field, emergency access and its review (journey 10), the log, the replay."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support import office as offices
from tests.support.office import Office
from tests.web.conftest import Browser
from webui import limits
from webui.app import create_app

PASSPHRASE = "kuda batu hujan pelan sekali"
NAME = "Siti Rekaan Rahma"
WHY = "Penelepon menyebut kode kasus ini dan terancam malam ini juga"
PEOPLE = {"companion": "Dewi Rekaan", "case_manager": "Bima Rekaan", "head_of_unit": "Citra Rekaan", "auditor": "Indah Rekaan",
          "data_protection_officer": "Joko Rekaan"}


@dataclass
class House:
    """Kalbar's pages over the real engine, one person per role, one case that is nobody's of them."""

    office: Office
    person: Callable[[str], Browser]
    case: str
    code: str
    instance: str

    def waits(self, **time: int) -> None:
        self.office.clock.advance(timedelta(**time))


@pytest.fixture
def house(tmp_path: Path, sqlite_url: str) -> Iterator[House]:
    office = offices.opened(tmp_path, sqlite_url)
    operator = office.engine.people.operator("kalbar")
    asked = office.engine.people.qualifications(operator)
    for role, name in PEOPLE.items():
        office.engine.people.create_account(
            operator, sign_in=role.replace("_", "-"), name=name, passphrase=PASSPHRASE, roles=[role], demo=True,
            qualifications_confirmed={role: asked[role]} if role in asked else {})
    started = office.start({"full_name": NAME, "sex": "female"})
    app = create_app(office.engine, settings=office.engine.settings)

    def person(role: str) -> Browser:
        limits.limiter.reset()
        browser = Browser(app)
        assert browser.sign_in(role.replace("_", "-"), PASSPHRASE).status_code == 303
        return browser

    code = office.engine.cases.get(office.actor("head_of_unit"), started.case_id or "").summary.business_key
    yield House(office, person, f"/kasus/{started.case_id}", code, started.instance_id)
    office.database.close()


def test_a_list_says_initials_and_the_case_names_nobody_until_asked(house: House) -> None:
    manager = house.person("case_manager")
    assert "S*** R*** R*** · P" in manager.get("/kasus").text
    assert "S*** R*** R*** · P" in manager.get("/tugas?kotak=pool").text
    page = manager.get(house.case)
    assert NAME not in page.text and "Refresh" not in page.headers

    answer = manager.post(f"{house.case}/nama", on=house.case)
    assert answer.status_code == 303 and NAME not in answer.headers["Location"]
    shown = manager.get(house.case)
    assert NAME in shown.text and shown.headers["Refresh"] == "60"
    assert NAME not in re.findall(r"<title>(.*?)</title>", shown.text)[0]
    assert NAME not in house.person("case_manager").get(house.case).text, "another session of the same person"
    house.waits(seconds=60)
    assert NAME not in manager.get(house.case).text


def test_an_auditor_unmasks_one_field_and_the_act_stands_in_the_replay(house: House) -> None:
    auditor, form = house.person("auditor"), f"{house.case}/buka-isian"
    assert NAME not in auditor.get(house.case).text and "Tampilkan nama" not in auditor.get(house.case).text
    typed = {"field": "identification.full_name", "purpose": "audit", "reason": "."}
    refused = auditor.post(form, typed, on=form)
    assert refused.status_code == 422 and 'selected>Nama<' in refused.text, "what was chosen stays"
    assert auditor.post(form, {**typed, "field": "identification.hiv", "reason": WHY}, on=form).status_code == 404

    told = auditor.post(form, {**typed, "reason": WHY}, on=form, follow_redirects=True)
    assert NAME in told.text and "30 menit" in told.text
    assert "satu isian dibuka samarannya" in house.person("data_protection_officer").get("/pemberitahuan").text
    replay = auditor.get(f"{house.case}/putar-ulang/{house.instance}?langkah=1")
    assert NAME in replay.text
    assert "membuka isian “Nama” (Identifikasi kasus): Pemeriksaan atau audit: " + WHY in replay.text
    assert "Indah" not in replay.text.partition("<main")[2].partition("</main>")[0], "an audit sees roles"
    house.waits(minutes=30)
    auditor = house.person("auditor")
    assert NAME not in auditor.get(house.case).text
    assert NAME not in auditor.get(f"{house.case}/putar-ulang/{house.instance}?langkah=1").text


def test_journey_10_emergency_access_at_night_found_improper_by_day(house: House) -> None:
    house.waits(hours=14)
    dewi, path = house.person("companion"), "/akses-darurat"
    assert path in dewi.get("/kasus").text and dewi.get(house.case).status_code == 404
    typed = {"code": house.code, "reason": WHY, "passphrase": PASSPHRASE}
    for wrong, word in (({"reason": "."}, "satu kalimat"), ({"passphrase": "salah sama sekali"}, "Frasa sandi tidak cocok"),
                        ({"code": "KLB-2026-999999"}, "Tidak ada kasus dengan kode itu")):
        limits.limiter.reset()
        refused = dewi.post(path, {**typed, **wrong}, on=path)
        assert refused.status_code == 422 and word in refused.text
        assert PASSPHRASE not in refused.text, "a passphrase is never written back"
    assert dewi.get(house.case).status_code == 404

    opened = dewi.post(path, typed, on=path, follow_redirects=True)
    assert opened.status_code == 200 and "akses darurat, untuk dibaca sampai" in opened.text and NAME not in opened.text
    assert house.code in dewi.get(path).text
    assert dewi.post(f"{house.case}/nama", on=house.case, follow_redirects=True).text.count(NAME)
    assert house.person("companion").get(house.case).status_code == 404, "a parallel session never gave the passphrase"

    house.waits(hours=10)
    assert house.person("companion").get(house.case).status_code == 404
    manager, reviews = house.person("case_manager"), "/akses-darurat/tinjauan"
    assert "akses darurat dipakai" in manager.get("/pemberitahuan").text
    page = manager.get(reviews).text
    assert "Dewi Rekaan" in page and WHY in page and "menampilkan nama 1×" in page and NAME not in page
    (action,) = re.findall(r'action="(/akses-darurat/tinjauan/[^"]+)"', page)
    assert manager.post(action, {"verdict": "improper", "reason": "."}, on=reviews).status_code == 422
    judged = "Tidak ada panggilan malam itu di buku telepon unit"
    answer = manager.post(action, {"verdict": "improper", "reason": judged}, on=reviews, follow_redirects=True)
    assert "Penilaian tercatat" in answer.text and "Tidak wajar" in answer.text
    assert manager.post(action, {"verdict": "proper", "reason": judged}, on=reviews).status_code == 422, "once"

    officer = house.person("data_protection_officer")
    assert "akses darurat dinilai tidak wajar" in officer.get("/pemberitahuan").text
    page = officer.get(reviews).text
    assert "Tidak wajar" in page and judged in page and f'href="{house.case}"' not in page, "no case content for the officer"
    log = officer.get(f"{house.case}/akses").text
    assert "membuka lewat akses darurat" in log and "menilai akses darurat: tidak wajar" in log and "Rantai log utuh" in log
    assert officer.get(house.case).status_code == 404
    assert "tidak wajar" in house.person("auditor").get(f"{house.case}/putar-ulang/{house.instance}").text


def test_an_auditor_reads_the_log_of_all_cases_by_kind_and_day(house: House) -> None:
    second = house.office.start()
    code = house.office.engine.cases.get(house.office.actor("head_of_unit"), second.case_id or "").summary.business_key
    house.person("case_manager").post(f"{house.case}/nama", on=house.case)
    house.waits(days=1)
    house.person("case_manager").get(f"/kasus/{second.case_id}")
    auditor = house.person("auditor")
    assert "/log-akses" in auditor.get("/sop").text
    page = auditor.get("/log-akses").text
    assert page.index(code) < page.index(house.code) and f'href="{house.case}/akses"' in page and "menampilkan nama" in page
    assert NAME not in page and "Bima" not in page, "an audit sees roles"
    named = auditor.get("/log-akses?jenis=names").text.partition("<tbody")[2]
    assert house.code in named and code not in named and "membaca kasus" not in named
    today = house.office.clock.now().date()
    of_today = auditor.get(f"/log-akses?dari.d={today.day}&dari.m={today.month}&dari.y={today.year}").text
    assert code in of_today and house.code not in of_today
    assert "Tidak ada yang cocok" in auditor.get("/log-akses?dari.d=1&dari.m=Januari&dari.y=2031&jenis=print").text
    assert auditor.get("/log-akses?dari.d=kemarin&sampai.y=9999&sampai.d=31&sampai.m=12&jenis=apa&hal=x").status_code == 200
    assert "Bima Rekaan" in house.person("data_protection_officer").get("/log-akses").text
    assert house.person("case_manager").get("/log-akses").status_code == 404

    operator = house.office.engine.people.operator("kalbar")
    me = next(each for each in house.office.engine.people.accounts(operator) if each.name == PEOPLE["auditor"])
    house.office.engine.cases.declare_conflict(house.office.actor("head_of_unit"), second.case_id or "", me.id, reason="saudara kandung")
    assert code not in house.person("auditor").get("/log-akses").text


def test_the_log_is_not_for_who_merely_works_on_cases(house: House) -> None:
    for path in (f"{house.case}/akses", f"{house.case}/buka-isian", "/akses-darurat/tinjauan"):
        assert house.person("companion").get(path).status_code == 404
    assert house.person("head_of_unit").get("/akses-darurat").status_code == 404, "the unit's cases are theirs to read"
    english = house.person("head_of_unit")
    english.post("/bahasa", {"language": "en"})
    assert "The chain of the log is whole" in english.get(f"{house.case}/akses").text
