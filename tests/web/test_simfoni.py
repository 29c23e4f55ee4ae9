"""The Simfoni sheet by hand, on the real engine: reached from the case, masked until asked for, marked, corrected; the timeline says so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.types import Actor
from tests.support import office as offices
from tests.web.conftest import Browser
from tests.web.test_office_pages import PASSPHRASE
from webui import limits
from webui.app import create_app

NAME = "ZQ-NAMA-0003"


class Unit:
    """Kalbar with an operator, a manager and data staff who sign in, and one case that the operator took in."""

    def __init__(self, folder: Path, url: str) -> None:
        self.office = offices.opened(folder, url)
        self.people = {name: self.office.hire(name, role) for name, role in (
            ("Ayu", "intake_operator"), ("Bima", "case_manager"), ("Dina", "data_staff"), ("Indah", "auditor"))}
        self.app = create_app(self.office.engine, settings=self.office.engine.settings)
        given = {**offices.story("a01_rujukan_kesehatan").submission, "full_name": NAME, "received_at": self.office.clock.now(),
                 "victim_reported_at": self.office.clock.now()}
        self.case = self.office.engine.cases.start(self.actor("Ayu"), offices.KEY, submission=given)
        self.address = f"/kasus/{self.case.case_id}"

    def actor(self, name: str) -> Actor:
        return self.people[name]

    def browser(self, name: str) -> Browser:
        limits.limiter.reset()
        browser = Browser(self.app)
        assert browser.sign_in(f"{name.lower()}.rekaan", PASSPHRASE).status_code == 303
        return browser


@pytest.fixture
def unit(tmp_path: Path, sqlite_url: str) -> Unit:
    return Unit(tmp_path, sqlite_url)


def filled(*, day: str = "10", clock: str = "08.30", **more: str) -> dict[str, str]:
    return {"f.entered_at.d": day, "f.entered_at.m": "11", "f.entered_at.y": "2026", "f.entered_at.h": clock, **more}


def test_a_case_is_copied_marked_and_corrected(unit: Unit) -> None:
    operator, data, address = unit.browser("Ayu"), unit.browser("Dina"), f"{unit.address}/simfoni"
    assert address in operator.get(unit.address).text
    page = data.get(address).text
    assert NAME not in page and "disamarkan" in page and "belum ditanyakan" in page and "pendidikan, pekerjaan" in page
    assert data.post(f"{address}/nama", {}).status_code == 303
    shown = data.get(address).text
    copied = re.search(rf'id="(salin-victim-\d+)">{NAME}<', shown)
    assert copied is not None and f'data-copy="{copied[1]}"' in shown
    assert NAME not in data.get(unit.address).text

    refused = data.post(address, filled(day="11"))
    assert refused.status_code == 422 and "tidak melewati saat ini" in refused.text
    assert data.post(address, filled(**{"f.reference": "SMF-17"})).status_code == 303
    marked = data.get(address).text
    assert "Sudah dimasukkan ke Simfoni PPA" in marked and "SMF-17" in marked and "Dina" in marked
    without = data.post(address, filled(**{"f.state": "entered", "f.reference": "SMF-18"}))
    assert without.status_code == 422 and "SMF-18" in without.text
    assert data.post(address, filled(**{"f.state": "not_entered", "f.reason": "Ternyata kasus lain yang dimasukkan."})
                     ).status_code == 303
    assert "Tanda dicabut" in data.get(address).text
    timeline = operator.get(f"{unit.address}/linimasa").text
    assert "Ditandai sudah dimasukkan ke Simfoni PPA" in timeline and "Tanda Simfoni PPA dicabut" in timeline
    manager = unit.browser("Bima")
    assert "Tandai sudah" not in manager.get(address).text and manager.post(address, filled()).status_code == 404


def test_the_sops_own_simfoni_step_leads_to_the_sheet(unit: Unit) -> None:
    case = unit.office.follow("a01_rujukan_kesehatan", until="document_case")
    (task,) = unit.office.pool(unit.actor("Ayu"), case)
    ayu = unit.browser("Ayu")
    assert ayu.post(f"/tugas/{task.id}/ambil").status_code == 303
    assert f'href="/kasus/{case.case_id}/simfoni"' in ayu.get(f"/tugas/{task.id}").text
