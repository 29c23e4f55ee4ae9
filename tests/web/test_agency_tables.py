"""The agency's calendar and parameters are changed on their pages by two people: the real engine, forms as a browser posts them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.support import office as offices
from tests.support.office import Office
from tests.web.conftest import Browser, boxes
from webui import limits
from webui.app import create_app

PASSPHRASE = "kuda batu hujan pelan sekali"
WHY = {"source": "SKB 3 Menteri", "reason": "Diumumkan pagi ini"}
DAY = timedelta(days=1)


class House:
    """Kalbar's pages late in the day, with a case whose next deadline is tomorrow."""

    def __init__(self, office: Office) -> None:
        self.office = office
        for role in ("process_owner", "head_of_unit", "companion", "auditor"):
            office.hire(role, role)
        office.hire("dua", "process_owner", "head_of_unit")
        office.clock.advance(timedelta(hours=7, minutes=25))
        self.case = office.engine.cases.get(office.actor("head_of_unit"), office.start().case_id or "").summary
        self.app = create_app(office.engine, settings=office.engine.settings)

    def person(self, role: str, language: str = "id") -> Browser:
        limits.limiter.reset()
        browser = Browser(self.app)
        assert browser.sign_in(f"{role}.rekaan", PASSPHRASE).status_code == 303
        if language != "id":
            browser.post("/bahasa", {"language": language, "next": "/pemberitahuan"})
        return browser


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    office = offices.opened(folder, f"sqlite:///{folder / 'kawal.db'}")
    yield House(office)
    office.database.close()


def test_a_day_off_is_proposed_and_approved_with_the_list_of_deadlines(house: House) -> None:
    owner, head = house.person("process_owner"), house.person("head_of_unit")
    day = house.office.clock.now().date() + DAY
    given = {"works": "no", "name": "Cuti bersama Pilkada", **boxes("first", day), **WHY}
    refused = owner.post("/kalender-instansi/hari", {**given, "first.d": "besok"}, on="/kalender-instansi")
    assert refused.status_code == 422 and "Isi tanggalnya" in refused.text and "Cuti bersama Pilkada" in refused.text
    assert owner.post("/kalender-instansi/hari", {**given, "reason": " "}, on="/kalender-instansi").status_code == 422
    page = owner.post("/kalender-instansi/hari", given, on="/kalender-instansi").headers["Location"]
    shown = owner.get(page).text
    assert house.case.business_key in shown and "11 Nov" in shown and "12 Nov" in shown and "07.35" in shown
    assert head.get(page).status_code == 404, "nobody else sees a draft"
    assert owner.post(f"{page}/sahkan", {"reason": "x", "passphrase": PASSPHRASE}, on=page).status_code == 404
    assert owner.post(f"{page}/ajukan", on=page).status_code == 303
    assert "Ajukan untuk" not in owner.get(page).text and "Frasa sandi" not in owner.get(page).text

    assert "menunggu pengesahan Anda" in head.get("/pemberitahuan").text
    shown = head.get(page).text
    assert house.case.business_key in shown and "Sahkan perubahan" in shown
    wrong = head.post(f"{page}/sahkan", {"reason": "Sesuai", "passphrase": "bukan frasa saya"}, on=page)
    assert wrong.status_code == 422 and "bukan milik Anda" in wrong.text and "bukan frasa" not in wrong.text
    assert head.post(f"{page}/sahkan", {"reason": "Sesuai SKB", "passphrase": PASSPHRASE}, on=page).status_code == 303
    assert head.post(f"{page}/sahkan", {"reason": "Sesuai SKB", "passphrase": PASSPHRASE}, on=page).status_code == 422

    companion = house.person("companion")
    assert "Cuti bersama Pilkada" in companion.get("/kalender-instansi").text and "SKB 3 Menteri" in companion.get("/kalender-instansi").text
    assert companion.get(page).status_code == 404 and "Usulkan" not in companion.get("/kalender-instansi").text
    audited = house.person("auditor", "en").get(page).text
    assert "Sesuai SKB" in audited and "Diumumkan pagi ini" in audited and "In force since" in audited and house.case.business_key not in audited
    assert "12 Nov" in head.get(f"/kasus/{house.case.id}").text
    assert "Kalender atau parameter instansi berubah" in head.get(f"/kasus/{house.case.id}/linimasa").text
    assert "Cuti bersama Pilkada" not in companion.get(f"/kalender-instansi?tahun={day.year + 1}").text


def test_whoever_proposed_does_not_decide_and_it_can_be_sent_back_or_discarded(house: House) -> None:
    both, head = house.person("dua"), house.person("head_of_unit")
    day = house.office.clock.now().date() + 20 * DAY
    given = {"works": "no", "name": "Hari jadi", **boxes("first", day), **boxes("last", day + DAY), **WHY}
    page = both.post("/kalender-instansi/hari", given, on="/kalender-instansi").headers["Location"]
    both.post(f"{page}/ajukan", on=page)
    shown = both.get(page).text
    assert "harus oleh orang lain" in shown and "/sahkan" not in shown
    assert both.post(f"{page}/kembalikan", {"reason": "x"}, on=page).status_code == 422
    assert head.post(f"{page}/kembalikan", {"reason": "Belum ada SK"}, on=page).status_code == 303
    assert "Belum ada SK" in both.get(page).text and "Dikembalikan" in both.get("/kalender-instansi").text
    page = both.post("/kalender-instansi/hari", given, on="/kalender-instansi").headers["Location"]
    assert both.post(f"{page}/buang", on=page).status_code == 303
    assert "Dibuang" in both.get(page).text
    assert [browser.get("/kalender-instansi").text.count("Hari jadi,") for browser in (both, head)] == [2, 1], "a discarded draft is its author's"


def test_a_parameter_is_proposed_until_a_decree_sets_it(house: House) -> None:
    owner, head = house.person("process_owner", "en"), house.person("head_of_unit")
    row = re.compile(r'<tr role="row" id="p-unassigned_after">.*?</tr>', re.S)
    before = row.search(owner.get("/kalender-instansi").text)
    assert before is not None and "3 hours" in before[0] and "proposed" in before[0]
    assert owner.post("/kalender-instansi/parameter/survey_channel", {"value": "x", **WHY}, on="/kalender-instansi").status_code == 404
    wrong = owner.post("/kalender-instansi/parameter/unassigned_after", {"value": "soon", "unit": "hours", **WHY}, on="/kalender-instansi")
    assert wrong.status_code == 422 and "Enter a whole number" in wrong.text and 'value="soon"' in wrong.text
    page = owner.post("/kalender-instansi/parameter/unassigned_after", {"value": "90", "unit": "minutes", **WHY}, on="/kalender-instansi").headers["Location"]
    assert "No deadline moves" in owner.get(page).text and "1 hour 30 minutes" in owner.get(page).text
    owner.post(f"{page}/ajukan", on=page)
    assert head.post(f"{page}/sahkan", {"reason": "Sesuai SK", "passphrase": PASSPHRASE}, on=page).status_code == 303
    after = row.search(head.get("/kalender-instansi").text)
    assert after is not None and "1 jam 30 menit" in after[0] and "SKB 3 Menteri" in after[0] and "usulan" not in after[0]
