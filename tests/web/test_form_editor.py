"""A draft's forms are changed question by question, as a browser without a script posts them: the real engine, CSRF on."""

from __future__ import annotations

import io
import re
import zipfile
from urllib.parse import quote

import pytest

from tests.support import office as offices
from tests.web import test_sop_drafts
from tests.web.test_sop_drafts import House, begin

house = test_sop_drafts.house  # the fixture
FILE = "forms/receive_case.json"
ASKED = {"key": "meeting_place", "type": "choice", "label.id": "Tempat bertemu", "label.en": "Meeting place", "sensitivity": "C2",
         "options": "office | Kantor | Office\r\nhome | Rumah", "required": "1", "after": "source", "clause": "kalbar.r1.kelengkapan"}


class Author:
    """A process owner at the forms of a new draft."""

    def __init__(self, house: House) -> None:
        self.house, self.browser = house, house.person("process_owner")
        self.draft = begin(house, self.browser)
        self.path = self.draft.replace("/draf/", "/formulir/")
        self.revision = 1

    def page(self, file: str = FILE, more: str = "") -> str:
        return self.browser.get(f"{self.path}{more and '/isian'}?berkas={file}{more}").text

    def post(self, action: str, *, file: str = FILE, **typed: str) -> tuple[int, str]:
        response = self.browser.post(f"{self.path}/{action}", {"berkas": file, "revision": str(self.revision), **typed}, on=self.draft)
        self.revision += response.status_code == 303
        return response.status_code, response.text

    def questions(self, file: str = FILE) -> list[str]:
        return re.findall(r'<li id="q-(\w+)">', self.page(file))


@pytest.fixture
def author(house: House) -> Author:
    return Author(house)


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))


def test_a_question_is_added_changed_moved_and_removed(author: Author) -> None:
    before = author.questions()
    assert "formulir" in author.browser.get(author.draft).text
    assert author.post("isian", **ASKED)[0] == 303
    place = before.index("source") + 1
    assert author.questions() == [*before[:place], "meeting_place", *before[place:]]
    preview = author.page().partition('id="pratinjau"')[2]
    assert 'name="f.meeting_place"' in preview and "Kantor" in preview and "Rumah" in preview, "as the task's page will show it"
    assert author.post("pindah", naik="meeting_place")[0] == 303 and author.questions()[place - 1] == "meeting_place"
    assert author.post("isian", **{**ASKED, "isian": "meeting_place", "label.id": "Di mana bertemu", "after": "-"})[0] == 303
    page = author.page(more="&isian=meeting_place")
    assert "Di mana bertemu" in page and "Tidak ada yang menyebut isian ini" in page and "home | Rumah" in page
    assert author.post("hapus", isian="meeting_place")[0] == 303 and author.questions() == before


def test_what_is_used_elsewhere_says_so_and_may_still_go(author: Author) -> None:
    page = words(author.page(more="&isian=risk"))
    assert "Diagram:" in page and "Tabel keputusan:" in page and "Bila dihapus" in page
    assert author.post("hapus", isian="risk")[0] == 303 and "risk" not in author.questions()
    assert "receive_case" in author.browser.get(author.draft).text


def test_a_refusal_stands_beside_its_box_and_loses_nothing(author: Author) -> None:
    status, page = author.post("isian", **{**ASKED, "show_if": 'risk = "high', "key": "return", "options": "tanpa tulisan |"})
    assert status == 422 and "Tempat bertemu" in page and "tanpa tulisan" in page and 'id="options-masalah"' in page
    status, page = author.post("isian", **{**ASKED, "show_if": 'risk = "high'})
    assert status == 422 and 'id="show_if-masalah"' in page and "FEEL" in page and "risk = &#34;high" in page
    status, page = author.post("isian", **{**ASKED, "show_if": "1" + "+1" * 30_000})
    assert status == 422 and 'id="show_if-masalah"' in page
    assert "meeting_place" not in author.questions()


def test_a_condition_on_a_name_that_nothing_answers_is_kept_and_told(author: Author) -> None:
    assert author.post("isian", **{**ASKED, "show_if": 'sourse = "direct" and risk = "high"'})[0] == 303
    for page in (author.page(), author.page(more="&isian=meeting_place")):
        assert "tidak dijawab oleh apa pun di SOP ini: sourse." in words(page)


def test_two_editors_never_overwrite_each_other(author: Author) -> None:
    other = author.browser.post(f"{author.path}/isian", {**ASKED, "berkas": FILE, "revision": "1", "key": "mine"}, on=author.draft)
    assert other.status_code == 303
    status, page = author.post("isian", **ASKED)
    assert status == 409 and "Tempat bertemu" in page and 'name="revision" value="2"' in page
    assert author.post("hapus", isian="source")[0] == 409 and author.post("pindah", turun="source")[0] == 409
    assert "source" in author.questions() and "mine" in author.questions() and "meeting_place" not in author.questions()
    assert author.browser.post(f"{author.path}/hapus", {"berkas": FILE, "revision": "2", "isian": "sex"}, on=author.draft).status_code == 303
    status, page = author.post("isian", **{**ASKED, "isian": "sex"})
    assert status == 409 and "Tempat bertemu" in page and 'name="isian" value=""' in page, "taken out meanwhile, and not lost"
    author.revision = 3   # having seen it
    assert author.post("isian", **ASKED)[0] == 303 and {"mine", "meeting_place"} <= set(author.questions())


def test_a_table_has_columns_of_its_own(author: Author) -> None:
    assert author.post("isian", **{**ASKED, "key": "witnesses", "type": "rows"})[0] == 303
    assert author.post("isian", tabel="witnesses", **{**ASKED, "key": "place", "after": "-"})[0] == 303
    page = author.page(more="&isian=witnesses")
    assert "column_1" in page and "isian=place" in page
    assert author.post("pindah", tabel="witnesses", naik="place")[0] == 303
    assert author.post("hapus", tabel="witnesses", isian="column_1")[0] == 303
    status, page = author.post("hapus", tabel="witnesses", isian="place")
    assert status == 422 and "paling sedikit satu kolom" in page
    typed = {**ASKED, "isian": "witnesses", "key": "witnesses", "type": "text", "options": "", "after": "-"}
    status, page = author.post("isian", **typed)
    assert status == 422 and "“Tempat bertemu”" in page and 'name="lets_go"' in page, "what goes with the type is named, and asked for"
    assert author.post("isian", **typed, lets_go="1")[0] == 303 and "isian=place" not in author.page(more="&isian=witnesses")


def test_a_new_form_and_its_title(author: Author) -> None:
    assert author.post("baru", key="receive_case", **{"title.id": "Lagi"})[0] == 422
    assert author.post("baru", key="../x", **{"title.id": "Lagi"})[0] == 422
    assert author.post("baru", key="visit", **{"title.id": "Kunjungan rumah"})[0] == 303
    assert author.post("kepala", file="forms/visit.json", **{"title.id": "Kunjungan", "title.en": "Visit", "help.id": "Singkat saja."})[0] == 303
    page = author.page("forms/visit.json")
    assert "<h1>Kunjungan</h1>" in page and "Singkat saja." in page and "belum menanyakan apa pun" in page
    assert author.post("kepala", file="forms/visit.json", **{"title.id": " "})[0] == 422


def test_options_are_words_alone_or_values_with_words(author: Author) -> None:
    said = "Membaik\r\nTidak, belum\r\nworse | Memburuk | Worse"
    assert author.post("isian", **{**ASKED, "options": said})[0] == 303
    page = author.page(more="&isian=meeting_place")
    assert "membaik | Membaik\ntidak_belum | Tidak, belum\nworse | Memburuk | Worse</textarea>" in page
    for line in ("membaik |", "| Membaik", "…"):
        status, page = author.post("isian", **{**ASKED, "key": "other", "options": line})
        assert status == 422 and "misalnya “Membaik”" in page.partition('id="options-masalah"')[2]
    status, page = author.post("isian", **{**ASKED, "key": "other", "options": "Membaik\r\nmembaik"})
    assert status == 422, "two of one value"


def test_a_form_goes_while_nothing_uses_it(author: Author) -> None:
    status, page = author.post("buang")
    assert status == 422 and "Masih dipakai oleh" in words(page) and "Hapus formulir ini" not in page
    assert author.post("baru", key="visit", **{"title.id": "Kunjungan"})[0] == 303
    page = author.page("forms/visit.json")
    assert "Hapus formulir ini" in page and "Tidak ada langkah atau formulir lain" in page
    head = author.house.person("head_of_unit")
    assert "Hapus formulir ini" not in head.get(f"{author.path}?berkas=forms/visit.json").text
    assert head.post(f"{author.path}/buang", {"berkas": "forms/visit.json", "revision": "2"}, on=author.draft).status_code == 404
    lent = next(path for path in re.findall(r"berkas=(uses[^\"&]*\.json)", page))
    assert "Hapus formulir ini" not in author.page(lent) and author.post("buang", file=lent)[0] == 404
    assert author.post("buang", file="sop.toml")[0] == 404
    assert author.post("buang", file="forms/visit.json")[0] == 303
    assert author.browser.get(f"{author.path}?berkas=forms/visit.json").status_code == 404
    author.revision = 1
    assert author.post("buang")[0] == 409, "somebody saved it meanwhile"


def test_a_borrowed_form_says_for_whom_a_change_holds(author: Author) -> None:
    lent = next(path for path in re.findall(r"berkas=(uses[^\"&]*\.json)", author.page()))
    page = author.page(lent)
    assert "hanya berlaku untuk SOP ini" in page and "dipinjam dari common/" in page


def test_hostile_words_stay_words_and_a_hostile_file_opens_no_page(author: Author) -> None:
    script = "<script>alert(1)</script>"
    assert author.post("isian", **{**ASKED, "label.id": script, "help.id": '"><img src=x onerror=alert(1)>'})[0] == 303
    for page in (author.page(), author.page(more="&isian=meeting_place")):
        assert script not in page and "<img src=x" not in page and "&lt;script&gt;" in page
    for content in (b"[" * 100_000, b'{"key": "receive_case", "fields": [], "eval": 1}'):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("sop.toml", (offices.SOP / "sop.toml").read_bytes())
            archive.writestr(FILE, content)
        sent = {"files": (io.BytesIO(packed.getvalue()), "draf.zip"), "revision": str(author.revision)}
        assert author.browser.post(f"{author.draft}/berkas", sent, on=author.draft).status_code == 303
        author.revision += 1
        page = author.page()
        assert "belum dapat dibaca sebagai formulir" in page and "form-un" in page
        assert author.post("isian", **ASKED)[0] == 404 and author.post("pindah", naik="source")[0] in (404, 422)


def test_only_who_edits_drafts_changes_their_forms_and_only_while_they_are_edited(author: Author) -> None:
    head = author.house.person("head_of_unit")
    assert head.get(f"{author.path}/isian?berkas={FILE}").status_code == 404
    assert author.browser.get("/sop/formulir/" + "0" * 32).status_code == 404
    for file in ("forms/tidak_ada.json", "sop.toml", "../sop.toml", quote("forms/receive_case.json\0")):
        assert author.browser.get(f"{author.path}?berkas={file}").status_code == 404
    assert author.browser.get(f"{author.path}/isian?berkas={FILE}&isian=tidak_ada").status_code == 404
    assert author.post("hapus", isian="tidak_ada")[0] == author.post("isian", file="sop.toml", **ASKED)[0] == 404
    assert author.browser.post(f"{author.draft}/cabut", {}, on=author.draft).status_code == 303
    assert "hanya dapat" in author.page() and author.browser.get(f"{author.path}/isian?berkas={FILE}&isian=source").status_code == 303
    status, page = author.post("isian", **ASKED)
    assert status == 422 and "tidak dapat diubah lagi" in page and "Riwayat" in page


def test_its_pages_are_in_english_too(author: Author) -> None:
    author.browser.post("/bahasa", {"language": "en", "next": author.draft})
    assert author.post("isian", **{**ASKED, "label.en": ""})[0] == 303
    page, whole = author.page(more="&isian=risk"), words(author.page())
    assert "Kind of answer" in page and "Used in" in page and "Decision table:" in page
    assert "Tempat bertemu" in whole and "meeting_place · One of several options" in whole, "without English the Indonesian stands for both"
    author.browser.post("/bahasa", {"language": "id", "next": author.draft})


def test_who_approves_or_audits_reads_a_form_and_changes_nothing(author: Author) -> None:
    version = re.search(r'href="/sop/([0-9a-f]{32})"', author.browser.get("/sop").text)
    assert version is not None
    for role, place in (("head_of_unit", author.path), ("auditor", author.path), ("auditor", f"/sop/formulir/{version[1]}")):
        reader = author.house.person(role)
        page = reader.get(f"{place}?berkas={FILE}").text
        assert 'id="q-source"' in page and 'id="pratinjau"' in page and "hanya dapat" in page
        assert "Tambah isian" not in page and 'name="naik"' not in page and "Formulir baru" not in page
        assert reader.get(f"{place}/isian?berkas={FILE}&isian=source").status_code == 404
    assert author.browser.get(f"/sop/formulir/{version[1]}/isian?berkas={FILE}&isian=source").status_code == 303, "a version is read"
    assert author.house.person("companion").get(author.path).status_code == 404
