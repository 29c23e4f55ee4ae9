"""A draft's decision tables are edited, checked and tried as a browser without a script posts them: the real engine, CSRF on."""

from __future__ import annotations

import html
import re

import pytest

from tests.web import test_document_previews, test_sop_drafts
from tests.web.test_sop_drafts import House, begin

house = test_sop_drafts.house  # the fixture
FILE = "uses/common/keputusan/d11-jawaban-penyelenggara.dmn"
TABLE = "referral_next_step"
UNSAVED = "Yang tampil di sini belum disimpan."
BOX = re.compile(r'<textarea id="(r\d+-[ion]\d+)"[^>]*>\n?([^<]*)</textarea>')
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
CHOSEN = re.compile(r'<select id="(policy|aggregation)".*?value="([^"]*)" selected', re.S)


class Author:
    """A process owner at one table of a new draft; `sent` is what the browser would send of the page as it stands."""

    def __init__(self, house: House) -> None:
        self.house, self.browser = house, house.person("process_owner")
        self.draft = begin(house, self.browser)
        self.path = self.draft.replace("/draf/", "/tabel/")
        self.sent: dict[str, str] = {}
        self.open()

    def open(self) -> str:
        return self.take(self.browser.get(f"{self.path}?berkas={FILE}&tabel={TABLE}").text)

    def take(self, page: str) -> str:
        form = page.partition('action="/sop/tabel/')[2].partition("</form>")[0]
        self.sent = {name: html.unescape(value) for found in (HIDDEN, BOX, CHOSEN) for name, value in found.findall(form)}
        return page

    def press(self, **button: str) -> tuple[int, str]:
        response = self.browser.post(self.path, {**self.sent, **button}, on=self.draft)
        return response.status_code, response.text if response.status_code == 303 else self.take(response.text)

    def column(self, kind: str = "i0") -> list[str]:
        return [self.sent[f"r{row}-{kind}"] for row in range(int(self.sent["rows"]))]


@pytest.fixture
def author(house: House) -> Author:
    return Author(house)


def words(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", page)))


def test_a_page_that_was_not_sent_whole_takes_no_row_away(author: Author) -> None:
    whole, before = dict(author.sent), author.column()
    for cut in ({name: value for name, value in whole.items() if name != "rows"}, {**whole, "rows": "-1"}, {**whole, "rows": "banyak"}):
        response = author.browser.post(author.path, {**cut, "do": "save"}, on=author.draft)
        assert response.status_code == 422 and "tidak terkirim utuh" in response.text
    author.open()
    assert author.column() == before


def test_rows_are_inserted_moved_and_removed_and_only_saving_stores_them(author: Author) -> None:
    before = author.column()
    assert before == ['"accepted"', '"rejected"', '"rejected"', '"rejected"', '"no_answer"']
    status, page = author.press(add="0")
    assert status == 200 and author.column() == [before[0], "-", *before[1:]] and UNSAVED in page and author.sent["r1"] == ""
    assert 'id="r1-o0-masalah"' in page, "a row without an answer is said to be none"
    author.sent |= {"r1-i0": '"rejected"', "r1-i1": '"unsafe"', "r1-o0": '"conference"', "r1-n0": 'D11 <b>baru</b>'}
    assert UNSAVED in author.press(down="1")[1] and author.column("o0")[2] == '"conference"'
    assert author.press(remove="0")[0] == 200 and len(author.column()) == 5
    assert '"accepted"' in author.browser.get(f"{author.path}?berkas={FILE}&tabel={TABLE}").text.replace("&#34;", '"'), "nothing was stored"
    assert author.press(do="save")[0] == 303
    page = author.open()
    assert author.column("o0") == ['"resend"', '"conference"', '"authority"', "next_provider_step", '"escalate"']
    assert author.sent["revision"] == "2" and UNSAVED not in page and "D11 &lt;b&gt;baru" in page
    assert f"{FILE}: {TABLE}" in author.browser.get(author.draft).text


def test_a_cell_that_cannot_be_read_is_told_at_its_place_and_not_saved(author: Author) -> None:
    author.sent |= {"r1-i1": '"incomplete', "r4-o0": "[" * 500, "r0-n0": "<script>alert(1)</script>"}
    status, page = author.press(do="save")
    assert status == 422 and 'id="r1-i1-masalah"' in page and 'id="r4-o0-masalah"' in page and "Baris 2:" in words(page)
    assert author.sent["r1-i1"] == '"incomplete' and "<script>alert" not in page and "Tumpang tindih" not in page
    author.open()
    author.sent |= {"policy": "EVERY"}
    assert author.press(do="save")[0] == 422
    author.open()
    assert author.sent["revision"] == "1" and author.sent["policy"] == "FIRST"


def test_a_word_without_quotation_marks_is_named_with_how_text_is_written(author: Author) -> None:
    author.sent |= {"r1-o0": "terima"}
    status, page = author.press(do="save")
    told = html.unescape(page.partition('id="r1-o0-masalah"')[2].partition("</p>")[0])
    assert status == 422 and 'terima; bila itu teks, tulis "terima"' in told


def test_overlaps_and_gaps_are_told_with_an_example(author: Author) -> None:
    author.sent |= {"policy": "UNIQUE"}
    page = words(author.press(do="check")[1])
    assert "Baris 2 dan 4 sama-sama cocok, misalnya Jawaban:" in page and "incomplete_documents" in page
    assert author.press(remove="4")[0] == 200
    page = words(author.press(do="check")[1])
    assert "Tidak ada baris yang cocok untuk Jawaban:" in page and "no_answer" in page.partition("Tidak ada baris yang cocok untuk")[2]


def test_a_table_is_tried_as_typed_with_all_that_it_requires(author: Author) -> None:
    tried = {"masukan.provider_answer": "rejected", "masukan.reject_reason": "incomplete_documents", "masukan.documents_completed": "",
             "masukan.next_provider": ""}
    page = words(author.press(do="try", **tried)[1])
    assert "Baris yang cocok: 2" in page and 'Jawaban: "resend"' in page
    page = words(author.press(do="try", **{**tried, "masukan.documents_completed": "true", "masukan.next_provider": "in_consent"})[1])
    assert "Baris yang cocok: 4" in page and 'Jawaban: "next_provider"' in page
    author.sent |= {"r1-o0": '"lain"'}
    assert 'Jawaban: "lain"' in words(author.press(do="try", **tried)[1]), "not saved, and tried all the same"
    page = words(author.press(do="try", **{**tried, "masukan.documents_completed": "mungkin"})[1])
    assert "tidak dapat dibaca sebagai nilai masukan" in page and "Baris yang cocok" not in page
    assert author.press(do="try", **{**tried, "masukan.provider_answer": "x" * 5000})[0] == 200


def test_what_somebody_else_saved_is_never_overwritten(author: Author) -> None:
    other = Author.__new__(Author)
    other.__dict__ |= author.__dict__ | {"sent": dict(author.sent)}
    author.sent |= {"r0-o0": '"mine"'}
    assert author.press(do="save")[0] == 303
    other.sent |= {"r1-o0": '"theirs"'}
    for _ in range(2):   # also when the button is pressed again
        status, page = other.press(do="save")
        assert status == 409 and "tidak disimpan di atasnya" in page and other.sent["r1-o0"] == '"theirs"'
    author.open()
    assert author.column("o0")[:2] == ['"mine"', '"resend"']


def test_another_file_of_the_draft_may_have_been_saved_meanwhile(author: Author) -> None:
    form = author.path.replace("/tabel/", "/formulir/")
    assert author.browser.post(f"{form}/pindah", {"berkas": "forms/receive_case.json", "revision": "1", "turun": "source"},
                               on=author.draft).status_code == 303
    author.sent |= {"r0-o0": '"mine"'}
    status, page = author.press(do="save")
    assert status == 409 and "Simpan sekali lagi" in page and author.press(do="save")[0] == 303


def test_rows_that_are_none_of_the_table_are_refused(author: Author) -> None:
    author.sent |= {"r1": "0"}
    assert author.press(do="save")[0] == 422
    author.open()
    author.sent |= {"rows": "100000"}
    status, page = author.press(do="check")
    assert status == 200 and page.count('name="r299"') == 1 and 'name="r300"' not in page


def test_only_who_edits_drafts_changes_their_tables_and_only_while_they_are_edited(author: Author) -> None:
    for asked in ("?berkas=sop.toml", "?berkas=uses/common/keputusan/tidak-ada.dmn", f"?berkas={FILE}&tabel=tidak_ada"):
        assert author.browser.get(author.path + asked).status_code == 404
    assert author.browser.get("/sop/tabel/" + "0" * 32).status_code == 404
    author.sent |= {"berkas": "sop.toml"}
    assert author.press(do="save")[0] == 404
    assert author.browser.post(f"{author.draft}/cabut", {}, on=author.draft).status_code == 303
    author.sent |= {"berkas": FILE}
    assert author.press(do="save")[0] == 422 and "hanya dapat" in author.open()


def test_its_page_is_in_english_too(author: Author) -> None:
    author.browser.post("/bahasa", {"language": "en", "next": author.draft})
    page = words(author.open())
    author.browser.post("/bahasa", {"language": "id", "next": author.draft})
    assert "FIRST: the first row that matches" in page and "Overlaps and gaps" in page and "Try it" in page


def test_a_hostile_table_is_shown_by_nobody_and_a_cell_that_works_for_ever_is_stopped(author: Author) -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY b "c">]><definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/">&b;</definitions>'
    test_document_previews.changed(author.browser, author.draft, **{"butir-layanan.dmn": bomb})
    page = author.browser.get(f"{author.path}?berkas=butir-layanan.dmn")
    assert page.status_code == 200 and "xml-doctype" in page.text and "<textarea" not in page.text
    author.open()
    author.sent |= {"r0-i0": "count(for a in 1..19999, b in 1..19999 return a) > 1", "r1-o0": '"<img src=x onerror=alert(1)>"'}
    status, page = author.press(do="try", **{"masukan.provider_answer": "rejected"})
    assert status == 200 and "melebihi batas kerja" in page and "pencarian dibatasi" in page and "<img src=x" not in page


def test_who_approves_or_audits_reads_a_table_and_tries_it_and_changes_nothing(author: Author) -> None:
    version = re.search(r'href="/sop/([0-9a-f]{32})"', author.browser.get("/sop").text)
    assert version is not None
    for role, place in (("head_of_unit", author.path), ("auditor", author.path), ("auditor", f"/sop/tabel/{version[1]}")):
        reader, asked = author.house.person(role), f"{place}?berkas={FILE}&tabel={TABLE}"
        page = reader.get(asked).text
        assert "hanya dapat" in words(page) and "<textarea" not in page and 'name="do" value="save"' not in page
        tried = {"berkas": FILE, "tabel": TABLE, "do": "try", "masukan.provider_answer": "no_answer"}
        assert "Baris yang cocok: 5" in words(reader.post(f"{place}/coba", tried, on=asked).text)
        assert reader.post(place, {**tried, "do": "save"}, on=asked).status_code == 404
    assert author.browser.get(f"/sop/tabel/{version[1]}?berkas={FILE}").status_code == 200, "nor does its owner change a version"
    assert author.browser.post(f"/sop/tabel/{version[1]}", {**author.sent, "do": "save"}, on=author.draft).status_code == 404
    assert author.house.person("companion").get(author.path).status_code == 404
