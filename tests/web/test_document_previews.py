"""A draft's documents are looked at with their samples before a case needs them: the real engine, the real Typst."""

from __future__ import annotations

import html
import io
import re
import zipfile

import pytest

from tests.support import office as offices
from tests.web import test_sop_drafts
from tests.web.conftest import Browser
from tests.web.test_sop_drafts import House, begin

house = test_sop_drafts.house  # the fixture
OWN = "documents/surat-rujukan.typ"
SAMPLE = (offices.SOP / "documents" / "surat-rujukan.sample.json").read_bytes()


def changed(owner: Browser, draft: str, **files: bytes) -> None:
    """The draft with its own folder anew, some of its files replaced."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(each for each in offices.SOP.rglob("*") if each.is_file()):
            name = path.relative_to(offices.SOP).as_posix()
            archive.writestr(name, files.pop(name.rpartition("/")[2], path.read_bytes()))
    revision = re.search(r'name="revision" value="(\d+)"', owner.get(draft).text)
    assert revision is not None and not files
    sent = {"files": (io.BytesIO(packed.getvalue()), "draf.zip"), "revision": revision[1]}
    assert owner.post(f"{draft}/berkas", sent, on=draft).status_code == 303


def words(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", page)))


def test_a_document_is_shown_page_by_page_and_as_a_pdf(house: House) -> None:
    owner = house.person("process_owner")
    draft = begin(house, owner)
    path = draft.replace("/draf/", "/dokumen/")
    assert path in owner.get(draft).text
    page = owner.get(f"{path}?berkas={OWN}").text
    assert "data contoh" in page and "F10" in page and "uses/common/dokumen/documents/" in page
    picture = owner.get(f"{path}/halaman.png?berkas={OWN}&hal=1")
    assert picture.mimetype == "image/png" and picture.data.startswith(b"\x89PNG")
    assert owner.get(f"{path}/contoh.pdf?berkas={OWN}").data.startswith(b"%PDF-")
    lent = "uses/common/dokumen/documents/persetujuan-layanan.typ"
    assert owner.get(f"{path}/halaman.png?berkas={lent}").data.startswith(b"\x89PNG"), "with the letterhead it borrows"
    assert owner.get(f"{path}/halaman.png?berkas={OWN}&hal=6").status_code == 404
    head = house.person("head_of_unit")
    assert head.get(f"{path}?berkas={OWN}").status_code == 200, "who approves looks at it, too"
    assert house.person("companion").get(f"{path}?berkas={OWN}").status_code == 404


@pytest.mark.parametrize(("file", "content", "said"), [
    ("surat-rujukan.typ", b"= Surat\n\n#json(\"data.json\").tidak_ada <script>alert(1)</script>\n", ["tidak_ada", "baris 3"]),
    ("surat-rujukan.typ", b'#read("/etc/passwd")', ["Templat dokumen ini keliru", "baris 1"]),
    ("surat-rujukan.typ", b'#import "@preview/cetz:0.3.0"', ["Templat dokumen ini keliru"]),
    ("surat-rujukan.sample.json", b'{"records": ', ["Tidak ada berkas contoh yang dapat dibaca"]),
    ("surat-rujukan.sample.json", b"[" * 100_000, ["Tidak ada berkas contoh yang dapat dibaca"]),
], ids=["a name there is not", "a file outside", "a package", "half a sample", "nested too deep"])
def test_what_keeps_a_document_from_being_set_is_said_in_words(house: House, file: str, content: bytes, said: list[str]) -> None:
    owner = house.person("process_owner")
    draft = begin(house, owner)
    path = draft.replace("/draf/", "/dokumen/")
    changed(owner, draft, **{file: content})
    response = owner.get(f"{path}?berkas={OWN}")
    assert response.status_code == 200 and "<script>alert" not in response.text and "root:" not in response.text
    assert [each for each in said if each not in words(response.text)] == []
    assert owner.get(f"{path}/halaman.png?berkas={OWN}").status_code == owner.get(f"{path}/contoh.pdf?berkas={OWN}").status_code == 404


def test_a_draft_without_such_a_document_has_no_page_for_it(house: House) -> None:
    owner = house.person("process_owner")
    path = begin(house, owner).replace("/draf/", "/dokumen/")
    for asked in ("?berkas=sop.toml", "?berkas=documents/tidak-ada.typ", "/halaman.png?berkas=../../etc/passwd", "/contoh.pdf?berkas=sop.toml"):
        assert owner.get(path + asked).status_code == 404
    assert owner.get("/sop/dokumen/" + "0" * 32).status_code == 404


def test_a_template_is_edited_as_text_and_saved_where_it_can_be_set(house: House) -> None:
    owner = house.person("process_owner")
    draft = begin(house, owner)
    path = draft.replace("/draf/", "/dokumen/")

    def press(do: str, template: str, revision: str = "1") -> tuple[int, str]:
        sent = {"do": do, "berkas": OWN, "revision": revision, "template": template}
        response = owner.post(path, sent, on=draft)
        return response.status_code, response.text

    page = owner.get(f"{path}?berkas={OWN}").text
    assert "Surat Pengantar Rujukan" in html.unescape(page) and 'data.words.at(&#34;' in page and 'id="pratinjau"' in page
    good = '#let data = json("data.json")\r\n= Surat #data.number\r\n'
    status, page = press("check", good)
    assert status == 200 and "dapat disusun: 1 halaman" in words(page) and "halaman.png" not in page
    status, page = press("save", "#data.number <b>")
    assert status == 422 and "Templat dokumen ini keliru" in words(page) and "#data.number &lt;b&gt;" in page
    assert press("save", "")[0] == 422 and press("check", "")[0] == 422 and press("save", good, "7")[0] == 409
    assert press("save", good)[0] == 303
    kept = html.unescape(owner.get(f"{path}?berkas={OWN}").text.partition('<textarea id="template"')[2].partition("</textarea>")[0])
    assert kept.endswith('>\n#let data = json("data.json")\n= Surat #data.number\n')
    assert owner.get(f"{path}/halaman.png?berkas={OWN}").data.startswith(b"\x89PNG")
    head = house.person("head_of_unit")
    assert "<textarea" not in head.get(f"{path}?berkas={OWN}").text
    assert head.post(path, {"do": "save", "berkas": OWN, "template": good}, on=draft).status_code == 404
    version = re.search(r'href="/sop/([0-9a-f]{32})"', owner.get("/sop").text)
    assert version is not None
    auditor, stored = house.person("auditor"), f"/sop/dokumen/{version[1]}"
    assert "hanya dapat dibaca" in words(auditor.get(f"{stored}?berkas={OWN}").text)
    assert auditor.get(f"{stored}/halaman.png?berkas={OWN}").data.startswith(b"\x89PNG")
    assert owner.post(stored, {"do": "save", "berkas": OWN, "template": good}, on=draft).status_code == 404
