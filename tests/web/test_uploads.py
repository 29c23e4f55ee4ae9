"""Files are bounded and their names harmless before anything reads them."""

from __future__ import annotations

import io
import zipfile

import pytest
from werkzeug.datastructures import FileStorage

from webui import uploads


def sent(name: str, content: bytes) -> FileStorage:
    return FileStorage(io.BytesIO(content), filename=name)


def archive(**files: bytes) -> bytes:
    return archive_of(files)


def archive_of(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return out.getvalue()


def refused(*files: FileStorage) -> str:
    with pytest.raises(uploads.UploadRefused) as caught:
        uploads.read(files)
    return caught.value.reason


def test_files_and_folders_arrive_by_relative_name():
    assert uploads.read([sent("a.bpmn", b"<a/>"), sent("C:\\Data\\b.dmn", b"<b/>")]) == {"a.bpmn": b"<a/>", "b.dmn": b"<b/>"}
    assert uploads.read([sent("sop.zip", archive_of({"sop/sop.toml": b"", "sop/forms/a.json": b"{}"}))]) == {
        "sop.toml": b"", "forms/a.json": b"{}"}
    borrowed = {"sop/sop.toml": b"", "sop/uses/common/rujuk/forms/a.json": b"{}"}
    assert uploads.read([sent("sop.zip", archive_of(borrowed))]) == {"sop.toml": b"", "uses/common/rujuk/forms/a.json": b"{}"}


@pytest.mark.parametrize("name", ["../a.bpmn", "/etc/passwd", "a/../../b", "..\\a", "C:\\a", "a\n", ".ssh", "a//b", "a/b/c/d/e/f/g/h",
                                  "x" * 200, "<script>.bpmn", "a\nb", "\u202egpj.exe"])
def test_names_in_a_zip_that_could_point_elsewhere_are_refused(name):
    assert refused(sent("sop.zip", archive_of({name: b"x"}))) in ("bad-name", "bad-zip")


def test_a_zip_bomb_is_refused_when_it_grows_too_large_whatever_it_declares():
    assert refused(sent("bom.zip", archive_of({f"a{n}.txt": b"0" * 3_000_000 for n in range(5)}))) == "too-large"


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"PK\x03\x04" + b"\xff" * 500, archive(a=b"x" * 100)[:-30]],
                         ids=["only-a-signature", "rubbish", "cut-off"])
def test_a_broken_zip_is_refused(content):
    assert refused(sent("a.zip", content)) == "bad-zip"


def test_a_zip_with_a_password_is_refused():
    content = bytearray(archive_of({"a.txt": b"secret"}, zipfile.ZIP_STORED))
    content[6] |= 1                                     # the local header says encrypted
    content[content.index(b"PK\x01\x02") + 8] |= 1      # so does the directory
    assert refused(sent("a.zip", bytes(content))) == "bad-zip"


def test_too_much_is_refused():
    assert refused() == "empty"
    assert refused(sent("", b"")) == "empty"
    assert refused(sent("a.bpmn", b"x" * (2 * 1024 * 1024 + 1))) == "too-large"
    assert refused(sent("a.typ", b"x" * (10 * 1024 * 1024 + 1))) == "too-large"
    assert refused(sent("a.zip", archive_of({f"a{n}": b"" for n in range(501)}))) == "too-many"
    assert refused(*(sent(f"a{n}.json", b"") for n in range(501))) == "too-many"


def post(owner, *files, **more):
    return owner.post("/sop/periksa", {"files": [(io.BytesIO(content), name) for name, content in files]}, on="/sop/periksa",
                      content_type="multipart/form-data")


def test_a_file_that_runs_can_be_tried_and_one_that_does_not_says_why(owner):
    good = post(owner, ("a.bpmn", b"<definitions/>"))
    assert "dapat dijalankan" in good.text and 'href="/sop/coba/trial-1"' in good.text
    bad = post(owner, ("a.bpmn", b"<scriptTask/>"))
    assert "Tugas skrip tidak dijalankan." in bad.text and "Pakai tugas layanan." in bad.text and "baris 12" in bad.text
    assert "/sop/coba/" not in bad.text


def test_a_refused_upload_says_what_to_do(owner):
    response = post(owner, ("<img src=x>.bpmn", b"<a/>"))
    assert response.status_code == 422 and "Nama berkas hanya boleh" in response.text and "<img src=x>" not in response.text
