"""The pages of figures over the real engine: what they say, whom they answer, what stands in no address."""

from __future__ import annotations

import csv
import html
import io
import re
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support import office as offices
from tests.web.conftest import Browser
from tests.web.test_office_pages import PASSPHRASE
from webui import limits
from webui.app import create_app


class Unit:
    """Kalbar with somebody who answers for it, its data staff, an auditor and a companion."""

    def __init__(self, office: offices.Office) -> None:
        self.office = office
        self.people = {name: office.hire(name, role) for name, role in {
            "Bima": "case_manager", "Dina": "data_staff", "Indah": "auditor", "Dewi": "companion"}.items()}
        self.app = create_app(office.engine, settings=office.engine.settings)

    def browser(self, name: str) -> Browser:
        limits.limiter.reset()
        browser = Browser(self.app)
        assert browser.sign_in(f"{name.lower()}.rekaan", PASSPHRASE).status_code == 303
        return browser


@pytest.fixture
def unit(tmp_path: Path, sqlite_url: str) -> Unit:
    return Unit(offices.opened(tmp_path, sqlite_url))


def test_every_chart_has_its_table_and_every_late_task_stands_in_the_list(unit):
    office = unit.office
    manager = office.actor("case_manager")
    for minutes in (5, 40):
        started = office.start()
        office.clock.advance(timedelta(minutes=minutes))
        office.complete(manager, office.task(started, "approve_case_report"), {"decision": "approved", "assessment_is_relevant": True})
    office.start()
    office.clock.advance(timedelta(hours=2))
    for name in ("Bima", "Dina", "Indah"):
        browser = unit.browser(name)
        page = browser.get("/laporan").text
        assert 'href="/laporan"' in page and "November 2026" in page
        assert page.count('class="chart"') == 2 and "resmi 50 %" in page and ">50 % (1/2)<" in page
        drawn = browser.get(f"/laporan/peta/{offices.KEY}?masa=2026-T4").text
        assert "50 % · n 2" in drawn and "<table" in drawn and "Triwulan IV 2026" in drawn
        late = browser.get("/laporan/lewat").text
        assert late.count('<tr role="row" class="is-late">') == len(office.engine.reports.overdue(manager).tasks) == 3
        assert "KLB-" not in late
    assert "Belum ada langkah" in browser.get("/laporan?masa=2025-01").text
    browser.post("/bahasa", {"language": "en"})
    whole, steps = re.findall(r'<svg role="img".*?</svg>', browser.get("/laporan").text, re.DOTALL)
    assert 'aria-label="Whose time: Case management, unit' in whole and "lang=" not in whole
    names = re.findall(r'<text class="label" lang="id"[^>]*><title>(.*?)</title>', steps)
    assert names and len(names) == steps.count("<g>") and steps.count("<title>") == 2 * len(names)
    assert not any(name in re.findall(r'aria-label="([^"]*)"', steps)[0] for name in names)
    for path in ("/laporan?masa=2026-13", "/laporan?masa=x", "/laporan/peta/tidak-ada"):
        assert browser.get(path).status_code == 404
    for path in ("/laporan", "/laporan/lewat", f"/laporan/peta/{offices.KEY}", "/laporan/statistik", "/laporan/ekspor?laporan=lewat"):
        assert unit.browser("Dewi").get(path).status_code == 404


def cells(page: str) -> list[list[list[str]]]:
    """The tables of a page as their texts, heads first."""
    tables = re.findall(r'<table class="list figures".*?</table>', page, re.DOTALL)
    return [[[html.unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in re.findall(r"<t[hd][ >].*?</t[hd]>", row, re.DOTALL)]
             for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL)] for table in tables]


def test_what_leaves_the_house_is_what_the_page_shows_cell_for_cell(unit):
    office = unit.office
    for number in range(11):
        office.start({"sex": "female" if number < 8 else "male"})
    office.clock.advance(timedelta(minutes=40))
    dina = unit.browser("Dina")

    def taken(report: str, period: str, **more: str):
        page = f"/laporan/ekspor?laporan={report}&masa={period}"
        return dina.post("/laporan/ekspor", {"laporan": report, "masa": period, "f.media": "csv", "f.reason": "Rapat bulanan", **more}, on=page)

    assert dina.get("/laporan/statistik").status_code == 200  # October: nobody
    assert dina.get("/laporan/statistik?masa=2026-11").status_code == 404
    for report, period, path in (("waktu", "2026-11", "/laporan?masa=2026-11"), ("lewat", "", "/laporan/lewat")):
        answer = taken(report, period)
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8" and "attachment" in answer.headers["Content-Disposition"]
        assert same(answer.get_data(as_text=True), cells(dina.get(path).text))
    office.clock.advance(timedelta(days=25))
    dina = unit.browser("Dina")
    page = dina.get("/laporan/statistik?masa=2026-11").text
    assert "disembunyikan" in page and ["Perempuan", "disembunyikan"] in [row for table in cells(page) for row in table]
    assert same(taken("statistik", "2026-11").get_data(as_text=True), cells(page))
    assert taken("statistik", "2026-11", **{"f.media": "xlsx"}).get_data()[:2] == b"PK"
    refused = taken("statistik", "2026-11", **{"f.reason": " "})
    assert refused.status_code == 422 and "Tulis untuk apa" in refused.text
    assert "Rapat bulanan" in dina.get("/laporan/ekspor?laporan=lewat").text
    for wrong in ("laporan=x", "laporan=waktu", "laporan=statistik&masa=2026-12x"):
        assert dina.get(f"/laporan/ekspor?{wrong}").status_code == 404


def test_a_provider_written_down_is_offered_where_a_form_asks_for_one(unit):
    dina = unit.browser("Dina")
    given = {"f.name": "RSUD Rekaan", "f.display_name": "RSUD Rekaan", "f.kind": "hospital", "f.services": "health_support"}
    refused = dina.post("/penyelenggara", {**given, "f.display_name": "Poli HIV"}, on="/penyelenggara/baru")
    assert refused.status_code == 422 and "keadaan kesehatan" in refused.text
    assert dina.post("/penyelenggara", given, on="/penyelenggara/baru").status_code == 303
    page = dina.get("/penyelenggara").text
    (own,) = set(re.findall(r'href="/penyelenggara/([0-9a-f]{32})"', page))
    assert "RSUD Rekaan" in page and "usulan" in page
    companion = unit.browser("Dewi")
    assert "RSUD Rekaan" in companion.get("/penyelenggara").text and companion.get(f"/penyelenggara/{own}").status_code == 404
    assert companion.get("/penyelenggara/daftar.pdf").data[:5] == b"%PDF-"
    office = unit.office
    started = office.follow("a01_rujukan_kesehatan", until="coordinate_provider")
    task = next(each for each in office.pool(office.actor("case_manager"), started) if each.element_id == "coordinate_provider")
    office.engine.tasks.claim(unit.people["Bima"], task.id)
    form = unit.browser("Bima").get(f"/tugas/{task.id}").text
    assert '<option value="RSUD Rekaan">' in form and re.search(r'name="f.provider"[^>]* list="', form)
    changed = dina.post(f"/penyelenggara/{own}", {**given, "f.stops": "Renovasi", "revision": "1"}, on=f"/penyelenggara/{own}")
    assert changed.status_code == 303 and "berhenti: Renovasi" in dina.get("/penyelenggara").text
    assert '<option value="RSUD Rekaan">' not in unit.browser("Bima").get(f"/tugas/{task.id}").text


def same(written: str, shown: list[list[list[str]]]) -> bool:
    lines = [line for line in csv.reader(io.StringIO(written.removeprefix("\ufeff"), newline="")) if len(line) > 1]
    return bool(lines) and lines == [row for table in shown for row in table]


def test_in_english_sops_have_their_english_title_and_steps_are_marked_as_indonesian(unit):
    office = unit.office
    step = office.task(office.start(), "approve_case_report")
    office.complete(office.actor("case_manager"), step, {"decision": "approved", "assessment_is_relevant": True})
    office.start()
    office.clock.advance(timedelta(hours=2))
    bima = unit.browser("Bima")
    bima.post("/bahasa", {"language": "en"}, on="/laporan")
    named = f'<span lang="id">{step.name}</span>'
    for path in ("/laporan", "/laporan/lewat", f"/laporan/peta/{offices.KEY}", "/meja/waktu"):
        page = re.sub(r"<svg.*?</svg>", "", bima.get(path).text, flags=re.DOTALL)  # a drawing says what its file says
        assert named in page and "Case management" in page and "Pengelolaan Kasus" not in page, path
    drawn = re.findall(r'<text class="label"[^>]*>', bima.get("/laporan").text)
    assert [' lang="id"' in each for each in drawn] == [False, True]  # the SOP has an English title, its step has no other name
