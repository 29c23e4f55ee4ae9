"""A version is withdrawn from its own page by two people: the real engine, forms as a browser posts them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.support import office as offices
from tests.support.office import KEY, Office
from tests.web.conftest import Browser, boxes
from webui import limits
from webui.app import create_app

PASSPHRASE = "kuda batu hujan pelan sekali"
WAITS = "Pencabutan menunggu pengesahan"


class House:
    """Kalbar's pages and the people of this story."""

    def __init__(self, office: Office) -> None:
        self.office = office
        for role in ("process_owner", "head_of_unit", "companion", "intake_operator"):
            office.hire(role, role)
        office.hire("dua", "process_owner", "head_of_unit")
        self.app = create_app(office.engine, settings=office.engine.settings)

    def person(self, role: str) -> Browser:
        limits.limiter.reset()
        browser = Browser(self.app)
        assert browser.sign_in(f"{role}.rekaan", PASSPHRASE).status_code == 303
        return browser


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    office = offices.opened(folder, f"sqlite:///{folder / 'kawal.db'}")
    yield House(office)
    office.database.close()


def test_it_can_be_sent_back_and_whoever_proposed_it_is_offered_no_approval(house: House) -> None:
    both = house.person("dua")
    page = re.findall(r'href="(/sop/[0-9a-f]{32})"', both.get("/sop").text)[0]
    day = house.office.clock.now().date() + timedelta(days=1)
    both.post(f"{page}/cabut", {"decree": "1/2026", "reason": "x", **boxes("withdrawn_from", day)}, on=page)
    shown = both.get(page).text
    assert "harus oleh orang lain" in shown and "/sahkan" not in shown
    head = house.person("head_of_unit")
    back = re.search(rf'action="({page}/cabut/[0-9a-f]+/kembalikan)"', head.get(page).text)
    assert back is not None
    assert both.post(back[1], {"reason": "x"}, on=page).status_code == 422
    assert head.post(back[1], {"reason": "Masih dipakai"}, on=page).status_code == 303
    shown = both.get(page).text
    assert "Masih dipakai" in shown and "Ajukan pencabutan versi ini" in shown and "Dicabut mulai <" not in shown
    both.post(f"{page}/cabut", {"decree": "1/2026", "reason": "x", **boxes("withdrawn_from", day)}, on=page)
    mine = re.search(rf'action="({page}/cabut/[0-9a-f]+/tarik)"', both.get(page).text)
    assert mine is not None and "/tarik" not in head.get(page).text and head.post(mine[1], on=page).status_code == 404
    assert both.post(mine[1], on=page).status_code == 303 and "Ditarik kembali" in both.get(page).text


def test_a_version_is_withdrawn_by_two_people_and_says_so(house: House) -> None:
    owner, head = house.person("process_owner"), house.person("head_of_unit")
    version = re.search(r'href="(/sop/[0-9a-f]{32})"', owner.get("/sop").text)
    assert version is not None
    page, day = version[1], (house.office.clock.now() + timedelta(days=2)).date()
    proposal = {"decree": "188/9/2026", "reason": "Dasarnya dicabut", **boxes("withdrawn_from", day)}
    refused = owner.post(f"{page}/cabut", {**proposal, "withdrawn_from.d": "besok"}, on=page)
    assert refused.status_code == 422 and "Isi tanggal mulai dicabut" in refused.text and "188/9/2026" in refused.text
    assert owner.post(f"{page}/cabut", proposal, on=page).headers["Location"] == f"{page}#cabut"
    shown = owner.get(page).text
    assert "Dasarnya dicabut" in shown and "Sahkan pencabutan" not in shown and "Ajukan pencabutan" not in shown

    assert WAITS in head.get("/sop").text and "menunggu pengesahan Anda" in head.get("/pemberitahuan").text
    approve = re.search(rf'action="({page}/cabut/[0-9a-f]+/sahkan)"', head.get(page).text)
    assert approve is not None
    wrong = head.post(approve[1], {"reason": "Sesuai", "passphrase": "bukan frasa saya"}, on=page)
    assert wrong.status_code == 422 and "bukan milik Anda" in wrong.text and "bukan frasa" not in wrong.text
    assert owner.post(approve[1], {"reason": "x", "passphrase": PASSPHRASE}, on=page).status_code == 404
    assert head.post(approve[1], {"reason": "Sesuai", "passphrase": PASSPHRASE}, on=page).status_code == 303
    companion = house.person("companion").get(page)
    assert companion.status_code == 200 and "SK 188/9/2026" in companion.text and "Sesuai" not in companion.text

    start, public = f"/kasus/baru/{KEY}", f"/publik/kalbar/sop/{KEY}"
    assert [house.person("intake_operator").get(path).status_code for path in (start, public)] == [200, 200], "until its day"
    house.office.clock.advance(timedelta(days=2))
    assert [house.person("intake_operator").get(path).status_code for path in (start, public)] == [404, 404]
    listed = house.person("process_owner").get("/sop").text
    assert re.search(r"Dicabut</span>", listed) and "SK 188/9/2026" in listed and WAITS not in listed
