"""The process owner has running cases go on by the version in force: chosen ones or all that can, with a reason, and reads what came of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from engine.commands import migrations as commands
from tests.engine.test_migrating import APPROVED, RENAMED, TWENTY, WHY, put_in_force
from tests.support import office as offices
from tests.support.office import Office
from tests.web.conftest import Browser
from webui import limits
from webui.app import create_app

PASSPHRASE = "kuda batu hujan pelan sekali"


class House:
    """Kalbar's pages with one case before and one behind the first approval, and a version in which that has another name."""

    def __init__(self, office: Office) -> None:
        self.office = office
        operator = office.engine.people.operator("kalbar")
        for role in ("process_owner", "head_of_unit", "companion"):
            office.engine.people.create_account(operator, sign_in=role.replace("_", "-"), name=f"Rekaan {role}", passphrase=PASSPHRASE,
                                                roles=[role], demo=True)
        self.early, self.late = office.start(business_key="KLB-A"), office.start(business_key="KLB-B")
        office.complete(office.actor("case_manager"), office.task(self.late, "approve_case_report"), APPROVED)
        self.version = put_in_force(office, *TWENTY, *RENAMED)
        self.app = create_app(office.engine, settings=office.engine.settings)

    @property
    def page(self) -> str:
        return f"/sop/akibat/{self.version}"

    def person(self, role: str) -> Browser:
        limits.limiter.reset()
        browser = Browser(self.app)
        assert browser.sign_in(role.replace("_", "-"), PASSPHRASE).status_code == 303
        return browser


@pytest.fixture
def house(office: Office) -> House:
    return House(office)


@pytest.fixture
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("house")
    opened = offices.opened(folder, f"sqlite:///{folder / 'kawal.db'}")
    yield opened
    opened.database.close()


def test_a_chosen_case_is_moved_with_a_reason_and_what_takes_the_steps_place(house: House) -> None:
    owner = house.person("process_owner")
    assert house.page in owner.get(f"/sop/{house.version}").text
    page = owner.get(house.page).text
    assert page.count('name="kasus"') == page.count("Perlu padanan") == 2 and page.count('name="padanan.approve_case_report"') == 1
    assert "langkah yang sudah dikerjakan ini tidak ada lagi di versi itu" in page     # of the one that had passed it
    sent = {"cara": "dipilih", "kasus": house.early.instance_id, "clocks": "anew", "padanan.approve_case_report": "approve_report_of_case"}
    for missing in ({**sent, "reason": "ya"}, {**sent, "reason": WHY, "kasus": []}):
        refused = owner.post(f"{house.page}/pindahkan", missing, on=house.page)
        assert refused.status_code == 422 and 'role="alert"' in refused.text
        assert '<option value="approve_report_of_case" selected>' in refused.text and 'value="anew" checked' in refused.text
    done = owner.post(f"{house.page}/pindahkan", {**sent, "reason": WHY}, on=house.page)
    assert done.status_code == 200 and "1 dari 1 kasus dipindahkan" in done.text and "KLB-A" in done.text
    behind = owner.post(f"{house.page}/pindahkan", {**sent, "kasus": house.late.instance_id, "reason": WHY}, on=house.page)
    assert "1 dari 1 kasus dipindahkan" in behind.text     # it had passed the step under its former id
    again = owner.post(f"{house.page}/pindahkan", {**sent, "reason": WHY}, on=house.page)
    assert "sudah memakai versi itu" in again.text
    head, case_id = house.person("head_of_unit"), house.early.case_id
    timeline = head.get(f"/kasus/{case_id}/linimasa").text
    assert "dipindahkan dari versi 1 ke versi 2" in timeline and WHY in timeline
    assert re.search(r"versi 2 \(sebelumnya 1\)", head.get(f"/kasus/{case_id}/sop").text)


def test_all_that_can_are_moved_some_at_a_time_and_the_others_are_named(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "MIGRATED_AT_ONCE", 2)
    third = house.office.start(business_key="KLB-C")
    house.version, owner = put_in_force(house.office, *((name, new, old) for name, old, new in RENAMED)), house.person("process_owner")
    first = owner.post(f"{house.page}/pindahkan", {"cara": "semua", "clocks": "keep", "reason": WHY}, on=house.page)
    assert "2 dari 2 kasus dipindahkan" in first.text
    (onward,) = re.findall(r'name="dari" value="([^"]+)"', first.text)
    rest = owner.post(f"{house.page}/pindahkan", {"cara": "semua", "clocks": "keep", "reason": WHY, "dari": onward}, on=house.page)
    assert "0 dari 1 kasus dipindahkan" in rest.text and 'name="dari"' not in rest.text
    assert "KLB-C" in rest.text and "langkah ini tidak ada lagi di versi itu" in rest.text
    assert house.office.task(third, "approve_report_of_case").id


def test_running_cases_are_counted_with_their_progress(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.effects.PAGE", 1)
    monkeypatch.setattr("engine.effects.COUNTED", 1)
    owner, seen = house.person("process_owner"), []
    path: str | None = f"{house.page}/hitung"
    while path is not None:
        page = owner.get(path).text
        seen.append(re.search(r"(\d+) dari 2 kasus dihitung", page)[1])  # type: ignore[index]
        onward = re.search(r'<a class="button" href="([^"]+)"', page)
        assert (onward is None) == ('http-equiv="refresh"' not in page)
        path = onward[1].replace("&amp;", "&") if onward is not None else None
    assert seen == ["1", "2", "2"]
    assert re.findall(r"</dt><dd>(\d+)</dd>", page) == ["0", "2", "0"]


def test_others_look_on_or_see_nothing(house: House) -> None:
    head, companion = house.person("head_of_unit"), house.person("companion")
    page = head.get(house.page).text
    assert "Perlu padanan" in page and 'name="kasus"' not in page and "/pindahkan" not in page
    sent = {"cara": "semua", "clocks": "keep", "reason": WHY}
    assert head.post(f"{house.page}/pindahkan", sent, on=house.page).status_code == 404
    assert companion.get(house.page).status_code == companion.get(f"{house.page}/hitung").status_code == 404
