"""The inbox as people use it, over the real engine: boxes, filters, several tasks at once, giving on, absences, keys."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

import engine as front_door
from engine.results import InboxFilters
from tests.support import office as offices
from tests.support.office import Office
from tests.web.conftest import Browser, boxes
from webui import limits
from webui.app import create_app

PASSPHRASE = "kuda batu hujan pelan sekali"
PEOPLE = {"bima": ["case_manager"], "budi": ["case_manager"], "dewi": ["companion"], "citra": ["head_of_unit"]}
LONG = "Raden Roro Siti Nurhaliza Kusumawardhani Prawirodirdjo binti Rekaan"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, Callable[[str], Browser], dict[str, str]]]:
    folder = tmp_path_factory.mktemp("house")
    office = offices.opened(folder, f"sqlite:///{folder / 'kawal.db'}", now=datetime(2026, 11, 10, 1, 30, tzinfo=UTC))
    operator = office.engine.people.operator("kalbar")
    asked = office.engine.people.qualifications(operator)
    ids = {name: office.engine.people.create_account(
        operator, sign_in=name, name=LONG if name == "budi" else name.title(), passphrase=PASSPHRASE, roles=roles, demo=True,
        qualifications_confirmed={role: asked[role] for role in roles if role in asked}).id for name, roles in PEOPLE.items()}
    app = create_app(office.engine, settings=office.engine.settings)

    def person(name: str) -> Browser:
        limits.limiter.reset()
        browser = Browser(app)
        assert browser.sign_in(name, PASSPHRASE).status_code == 303
        return browser

    for _ in range(30):
        office.start()
    yield office, person, ids
    office.database.close()


def rows(page: str) -> list[str]:
    """The `task:revision` of each row's checkbox."""
    return re.findall(r'name="tugas" value="([^"]+)"', page)


def test_a_full_page_is_small_and_its_rows_say_why(house):
    _office, person, _ids = house
    bima = person("bima")
    response = bima.get("/tugas?kotak=pool")
    assert len(rows(response.text)) == 25
    assert "Sesi sampai 20.30 WIB" in response.text  # signed in at half past eight, for twelve hours at most
    assert len(gzip.compress(response.data)) < 60_000
    assert response.text.count("Mengapa tenggatnya itu") == 25
    assert "Anda memegang peran pelaksananya menurut SOP: Manajer Kasus." in response.text
    assert response.text.count('class="mark"') == 25
    second = bima.get("/tugas?kotak=pool&hal=2").text
    assert not set(rows(second)) & set(rows(response.text))


def test_several_tasks_are_claimed_and_handed_over_with_a_result_each(house):
    office, person, ids = house
    bima = person("bima")
    chosen = rows(bima.get("/tugas?kotak=pool").text)[:3]
    office.engine.tasks.claim(office.actor("case_manager", name="quicker"), chosen[0].partition(":")[0])

    done = bima.post("/tugas/banyak", {"kotak": "pool", "tindakan": "claim", "tugas": [*chosen, "nothing:" + "9" * 5000]}, on="/tugas?kotak=pool")
    assert done.status_code == 200
    assert "2 dari 4 berhasil" in done.text
    assert "Tugas ini sudah diambil orang lain." in done.text
    assert "Tidak ditemukan" in done.text
    mine = bima.get("/tugas").text
    held = rows(mine)
    assert mine.count("di saya: ") == 2
    assert {one.partition(":")[0] for one in held} == {one.partition(":")[0] for one in chosen[1:]}

    given = bima.post("/tugas/banyak", {"tindakan": "hand_over", "tugas": held, "kepada": ids["budi"], "catatan": "Saya ke lapangan"}, on="/tugas")
    assert "2 dari 2 berhasil" in given.text
    assert LONG in given.text
    task_id = held[0].partition(":")[0]
    page = person("budi").get(f"/tugas/{task_id}").text
    assert "Bima menyerahkan kepada" in page
    assert "Saya ke lapangan" in page
    assert "Saya ke lapangan" not in person("budi").get("/pemberitahuan").text  # a notice is a code and a verb
    refused = person("dewi").post("/tugas/banyak", {"tindakan": "assign", "tugas": held, "kepada": ids["dewi"]}, on="/tugas")
    assert "0 dari 2 berhasil" in refused.text
    assert "Menyetujui" not in refused.text
    none = bima.post("/tugas/banyak", {"tindakan": "claim"}, on="/tugas")
    assert none.status_code == 303


def test_a_refused_form_keeps_what_was_typed(house):
    _office, person, ids = house
    bima = person("bima")
    task_id = rows(bima.get("/tugas?kotak=pool").text)[0].partition(":")[0]
    bima.post(f"/tugas/{task_id}/ambil", on="/tugas?kotak=pool")
    assert bima.get(f"/tugas/{task_id}/urus/serahkan").status_code == 200
    refused = bima.post(f"/tugas/{task_id}/urus/tunda", {"sampai.d": "31", "sampai.m": "2", "sampai.y": "2026", "catatan": "menunggu <b>berkas</b>"}, on="/tugas")
    assert refused.status_code == 422
    assert "menunggu &lt;b&gt;berkas&lt;/b&gt;" in refused.text
    assert "Pilih hari sesudah hari ini" in refused.text
    aside = bima.post(f"/tugas/{task_id}/urus/tunda", {**boxes("sampai", date(2026, 11, 12)), "catatan": "menunggu berkas"}, on="/tugas")
    assert aside.status_code == 303
    assert task_id not in str(rows(bima.get("/tugas").text))
    assert "Ditunda sampai" in bima.get("/tugas?kotak=aside").text
    back = bima.post(f"/tugas/{task_id}/munculkan", on="/tugas?kotak=aside")
    assert back.status_code == 303
    assert task_id in str(rows(bima.get("/tugas").text))
    for path in (f"/tugas/{task_id}/urus/hapus", f"/tugas/{task_id}/urus/tarik", "/tugas/nothing/urus/tunda"):
        assert bima.get(path).status_code == 404
    assert person("dewi").get(f"/tugas/{task_id}/urus/serahkan").status_code == 404  # not hers to see
    assert bima.post(f"/tugas/{task_id}/urus/bantuan", {"kepada": ids["dewi"], "catatan": "Bagaimana?"}, on="/tugas").status_code == 303
    assert "meminta bantuan Anda" in person("dewi").get(f"/tugas/{task_id}").text


def test_filters_stand_in_the_address_as_ids_and_are_saved(house):
    office, person, _ids = house
    bima = person("bima")
    code = office.engine.tasks.inbox(office.actor("case_manager"), InboxFilters(box="pool")).rows[0].business_key
    found = bima.post("/tugas/kasus", {"kotak": "pool", "kode": code}, on="/tugas?kotak=pool")
    assert code not in found.headers["Location"]
    assert len(rows(bima.get(found.headers["Location"]).text)) == 1
    missing = bima.post("/tugas/kasus", {"kotak": "pool", "kode": "Siti Rekaan"}, on="/tugas?kotak=pool")
    assert "Siti" not in missing.headers["Location"]
    more = bima.get("/tugas?kotak=pool&saring=1&sop=pengelolaan-kasus").text
    assert 'name="langkah"' in more
    assert "Saringan ini" not in more
    bima.post("/tugas/saringan", {"kotak": "pool", "lewat": "1", "nama": "Yang lewat", "untuk": "case_manager"}, on="/tugas?kotak=pool")
    assert "Yang lewat" in person("budi").get("/tugas").text
    assert "Yang lewat" not in person("dewi").get("/tugas").text
    filter_id = re.search(r"/tugas/saringan/(\w+)/hapus", person("budi").get("/tugas?saring=1").text)
    assert filter_id is not None
    assert person("dewi").post(f"/tugas/saringan/{filter_id[1]}/hapus", on="/tugas").status_code == 404
    assert bima.post(f"/tugas/saringan/{filter_id[1]}/hapus", on="/tugas").status_code == 303
    assert "Yang lewat" not in person("budi").get("/tugas").text
    refused = bima.post("/tugas/saringan", {"kotak": "pool", "lewat": "1", "nama": " "}, on="/tugas?kotak=pool")
    assert "Beri saringan ini nama singkat" in bima.get(refused.headers["Location"]).text


def test_an_absence_is_recorded_shown_and_ended(house):
    office, person, ids = house
    bima = person("bima")
    given = {"siapa": ids["bima"], "pengganti": ids["dewi"], "peran": "case_manager",
             **boxes("mulai", date(2026, 11, 10)), **boxes("sampai", date(2026, 11, 12)), "surat": "ST 1/2026"}
    refused = bima.post("/ketidakhadiran", {**given, "sampai.m": "kapan-kapan"}, on="/ketidakhadiran")
    assert refused.status_code == 422
    assert "ST 1/2026" in refused.text and 'value="kapan-kapan"' in refused.text
    assert bima.post("/ketidakhadiran", given, on="/ketidakhadiran").status_code == 303
    dewi = person("dewi")
    assert "Anda Plt. Bima" in dewi.get("/tugas?kotak=pool").text
    assert "Plt. Manajer Kasus" in dewi.get("/ketidakhadiran").text
    absence = office.engine.people.absences(office.actor("head_of_unit"))[0]
    assert (absence.until_date, absence.roles) == (date(2026, 11, 12), ("case_manager",))
    assert bima.post(f"/ketidakhadiran/{absence.id}/akhiri", on="/ketidakhadiran").status_code == 303
    assert "Plt. Bima" not in dewi.get("/tugas?kotak=pool").text
    assert bima.post("/ketidakhadiran/nothing/akhiri", on="/ketidakhadiran").status_code == 404


def test_keys_are_listed_and_can_be_switched_off(house):
    _office, person, _ids = house
    bima = person("bima")
    assert "data-keys" in bima.get("/tombol").text
    bima.post("/tombol", {"tombol": "0"}, on="/tombol")
    assert "data-keys" not in bima.get("/tugas").text
    bima.post("/tombol", {"tombol": "1"}, on="/tombol")
    assert "data-keys" in person("bima").get("/tugas").text


def test_late_is_late_in_every_list(house):
    office, person, _ids = house
    actor = office.actor("case_manager", name="bima")
    every = office.engine.tasks.inbox(actor, InboxFilters(box="pool")).rows
    now = office.clock.now()
    for task in every:
        state = front_door.state_of(task, now=now, zone=offices.OPENS.tzinfo)
        in_filter = task.id in {row.id for row in office.engine.tasks.inbox(actor, InboxFilters(box="pool", late_only=True)).rows}
        assert (state is front_door.DeadlineState.LATE) == in_filter
    assert "is-late" not in person("bima").get("/tugas?kotak=pool").text
    office.clock.advance(timedelta(days=1))
    late = person("bima").get("/tugas?kotak=pool&lewat=1").text
    assert len(rows(late)) == late.count("is-late") > 0
