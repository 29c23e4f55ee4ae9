"""What a draft's decisions are made of is changed as a browser without a script posts it: columns, expressions, tables; CSRF on."""

from __future__ import annotations

import html
import re

import pytest

from tests.web import test_sop_drafts
from tests.web.test_sop_drafts import House, begin

house = test_sop_drafts.house  # the fixture
FILE, TABLE = "uses/common/keputusan/d11-jawaban-penyelenggara.dmn", "referral_next_step"
OWN, EXPRESSION = "butir-layanan.dmn", "closed_lines"


class Author:
    """A process owner at the decisions of a new draft."""

    def __init__(self, house: House) -> None:
        self.house, self.browser = house, house.person("process_owner")
        self.draft = begin(house, self.browser)
        self.path = self.draft.replace("/draf/", "/tabel/")
        self.revision = 1

    def page(self, file: str = FILE, table: str = TABLE, more: str = "") -> str:
        return self.browser.get(f"{self.path}{more and '/kolom'}?berkas={file}&tabel={table}{more}").text

    def post(self, action: str, *, file: str = FILE, table: str = TABLE, **typed: str) -> tuple[int, str]:
        sent = {"berkas": file, "tabel": table, "revision": str(self.revision), **typed}
        response = self.browser.post(f"{self.path}/{action}", sent, on=self.draft)
        self.revision += response.status_code == 303
        return response.status_code, response.text


@pytest.fixture
def author(house: House) -> Author:
    return Author(house)


def words(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", page)))


def test_a_column_is_added_changed_and_removed(author: Author) -> None:
    page = author.page()
    assert page.count('aria-label="Baris 1: ') == 5 and f"tabel={TABLE}&amp;kolom=i2" in page
    offered = author.page(more="&kolom=i")
    assert 'list="isian"' in offered and "problem" not in offered and '<option value="provider_answer">' in offered
    urgent = {"label": "Mendesak", "text": "urgent", "type": "boolean", "allowed": ""}
    assert author.post("kolom", kolom="i", **urgent)[0] == 303
    page = author.page()
    assert page.count('aria-label="Baris 1: Mendesak"') == 1 and "Tidak ditemukan" in words(page), "it still answers as it did"
    status, page = author.post("kolom", kolom="i3", **{**urgent, "label": "", "text": "if ("})
    assert status == 422 and 'id="label-masalah"' in page and 'value="if ("' in page
    status, page = author.post("kolom", kolom="i3", **{**urgent, "text": "if ("})
    assert status == 422 and "tidak dapat dibaca" in words(page) and 'id="text-masalah"' in page, "beside the box that says it"
    status, page = author.post("kolom", kolom="i3", **{**urgent, "allowed": '"a" "b"'})
    assert status == 422 and "tidak dapat dibaca" in words(page) and 'id="allowed-masalah"' in page and 'id="text-masalah"' not in page
    assert author.post("kolom", kolom="i3", **{**urgent, "label": "Sangat mendesak"})[0] == 303
    assert "Sangat mendesak" in author.page() and "Hapus kolom ini" in author.page(more="&kolom=i3")
    assert author.post("kolom/hapus", kolom="i3")[0] == 303 and "mendesak" not in author.page()
    for place in ("i9", "o1", "x", ""):
        assert author.browser.get(f"{author.path}/kolom?berkas={FILE}&tabel={TABLE}&kolom={place}").status_code == 404


def test_an_expression_is_checked_tried_and_saved(author: Author) -> None:
    page = author.page(OWN, EXPRESSION)
    assert "line_reviews" in page and 'id="text"' in page
    typed = {"file": OWN, "table": EXPRESSION, "text": "if line_reviews = null then [] else line_reviews"}
    status, page = author.post("ungkapan", do="try", **typed, **{"masukan.line_reviews": '["a"]'})
    assert status == 200 and 'Jawaban: ["a"]' in words(page) and "belum disimpan" in page
    status, page = author.post("ungkapan", do="save", **{**typed, "text": "if line_reviews"})
    assert status == 422 and 'id="text-masalah"' in page and "if line_reviews</textarea>" in page
    assert "masukan.line_consents" in author.page(OWN, EXPRESSION), "nothing was stored"
    assert author.post("ungkapan", do="save", **typed)[0] == 303
    told = words(author.browser.get(author.draft).text)
    assert "Ungkapan closed_lines berubah" in told and "masukan.line_consents" not in author.page(OWN, EXPRESSION)
    head = author.house.person("head_of_unit")
    page = head.get(f"{author.path}?berkas={OWN}&tabel={EXPRESSION}").text
    assert "<textarea" not in page and "else line_reviews</pre>" in page
    tried = {"berkas": OWN, "tabel": EXPRESSION, "do": "try", "masukan.line_reviews": '["b"]'}
    assert 'Jawaban: ["b"]' in words(head.post(f"{author.path}/coba", tried, on=author.draft).text)


def test_a_table_begins_and_goes_while_no_step_asks_it(author: Author) -> None:
    made = {"key": "need_shelter", "first": "is_child", "answer": "shelter"}
    assert author.post("baru", **{**made, "key": TABLE})[0] == 422 and author.post("baru", **{**made, "key": "a b"})[0] == 422
    assert author.post("baru", **made)[0] == 303
    page = author.page("need-shelter.dmn", "need_shelter")
    assert "Tambah baris" in page and "Tidak ada langkah atau keputusan lain" in page
    assert author.post("hapus", file="need-shelter.dmn", table="need_shelter")[0] == 303
    assert author.browser.get(f"{author.path}?berkas=need-shelter.dmn").status_code == 404
    status, page = author.post("hapus")
    assert status == 422 and "Masih ditanya oleh langkah" in words(page)
    author.revision = 1
    assert author.post("kolom", kolom="o", label="Lain", text="lain")[0] == 409, "somebody saved it meanwhile"


def test_only_who_edits_drafts_changes_what_they_are_made_of(author: Author) -> None:
    head = author.house.person("head_of_unit")
    assert "kolom=" not in head.get(f"{author.path}?berkas={FILE}").text
    assert head.get(f"{author.path}/kolom?berkas={FILE}&tabel={TABLE}&kolom=i").status_code == 404
    for action in ("kolom", "kolom/hapus", "ungkapan", "baru", "hapus"):
        assert head.post(f"{author.path}/{action}", {"berkas": FILE, "tabel": TABLE}, on=author.draft).status_code == 404
    assert author.post("kolom", file="sop.toml", kolom="i", label="X", text="x")[0] == author.post("hapus", table="tidak_ada")[0] == 404
    assert author.browser.post(f"{author.draft}/cabut", {}, on=author.draft).status_code == 303
    assert author.post("kolom", kolom="i", label="X", text="x")[0] == 422


def test_its_pages_are_in_english_too(author: Author) -> None:
    author.browser.post("/bahasa", {"language": "en", "next": author.draft})
    pages = words(author.page()), words(author.page(more="&kolom=o0")), words(author.page(OWN, EXPRESSION))
    author.browser.post("/bahasa", {"language": "id", "next": author.draft})
    assert "Add an input column" in pages[0] and "Name of the answer" in pages[1] and "Save the expression" in pages[2]
