"""The pages of figures over the real engine: what they say, whom they answer, what stands in no address."""

from __future__ import annotations

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
        for name, role in {"Bima": "case_manager", "Dina": "data_staff", "Indah": "auditor", "Dewi": "companion"}.items():
            office.hire(name, role)
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
        assert page.count('class="chart"') == 2 and "resmi 50 %" in page and '50 % <span class="count">1/2</span>' in page
        drawn = browser.get(f"/laporan/peta/{offices.KEY}?masa=2026-T4").text
        assert "50 % · n 2" in drawn and "<table" in drawn and "Triwulan IV 2026" in drawn
        late = browser.get("/laporan/lewat").text
        assert late.count('<tr role="row" class="is-late">') == office.engine.reports.overdue(manager).tasks.__len__() == 3
        assert "KLB-" not in late
    assert "Belum ada langkah" in browser.get("/laporan?masa=2025-01").text
    for path in ("/laporan?masa=2026-13", "/laporan?masa=x", "/laporan/peta/tidak-ada"):
        assert browser.get(path).status_code == 404
    for path in ("/laporan", "/laporan/lewat", f"/laporan/peta/{offices.KEY}"):
        assert unit.browser("Dewi").get(path).status_code == 404
