"""Files beside a refused form: kept with the draft where they are good, taken out where somebody wants that, and never kept without a word."""

from __future__ import annotations

import re
import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest

from tests.support import office as offices
from tests.web.test_simfoni import Unit


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PNG = (b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)) + _chunk(b"IDAT", zlib.compress(b"\0\0"))
       + _chunk(b"IEND", b""))
KEPT = "tersimpan dalam draf"


@pytest.fixture
def unit(tmp_path: Path, sqlite_url: str) -> Unit:
    return Unit(tmp_path, sqlite_url)


def picture(name: str = "bukti.png", content: bytes = PNG) -> tuple[BytesIO, str]:
    return BytesIO(content), name


def test_a_notes_file_is_kept_beside_a_refused_text_and_a_note_may_be_a_file_alone(unit: Unit) -> None:
    bima, at = unit.browser("Bima"), f"{unit.address}/catatan/baru"
    refused = bima.post(at, {"once": "a", "f.text": "Surat tanda terima.", "f.file": picture()}, on=at)
    assert refused.status_code == 422 and KEPT in refused.text and "Surat tanda terima." in refused.text
    again = bima.get(at).text
    assert KEPT in again and "Surat tanda terima." in again and KEPT not in unit.browser("Ayu").get(at).text
    bad = bima.post(at, {"once": "a", "f.file": picture("surat.docx", b"PK\3\4 no picture")}, on=at)
    assert bad.status_code == 422 and KEPT in bad.text, "a file that is refused leaves the one that was kept"
    kept = bima.post(at, {"once": "a", "f.kind": "other", "f.sensitivity": "C2"}, on=at)
    assert kept.status_code == 303 and KEPT not in bima.get(at).text
    shown = bima.get(f"{unit.address}/catatan").text
    document = re.search(r'href="(/kasus/[^"]+/dokumen/[^"]+)"', shown)
    assert document is not None and bima.get(document[1]).status_code == 200
    empty = bima.post(at, {"once": "b", "f.kind": "other", "f.sensitivity": "C2"}, on=at)
    assert empty.status_code == 422 and "lampirkan berkas" in empty.text


def test_a_draft_of_a_note_from_another_window_is_shown_beside_and_one_can_be_thrown_away(unit: Unit) -> None:
    bima, at = unit.browser("Bima"), f"{unit.address}/catatan/baru"
    kept = bima.post(f"{at}/draf", {"draft_seen": "", "f.text": "dari ponsel"}, on=at, headers={"Accept": "application/json"})
    assert kept.status_code == 200 and kept.json is not None
    late = {"draft_seen": "", "f.kind": "other", "f.sensitivity": "C2", "f.text": "dari komputer", "once": "a"}
    beside = bima.post(at, late, on=at)
    assert beside.status_code == 409 and "dari ponsel" in beside.text and "dari komputer" in beside.text and kept.json["at"] in beside.text
    assert bima.post(f"{at}/draf", late, on=at).status_code == 409
    assert bima.post(at, {**late, "draft_seen": kept.json["at"]}, on=at).status_code == 303
    bima.post(f"{at}/draf", {"f.text": "tidak jadi", "f.file": picture()}, on=at)
    dropped = bima.post(f"{at}/draf", {"f.file.drop": "1", "f.text": "tidak jadi"}, on=at)
    assert dropped.status_code == 303 and KEPT not in bima.get(at).text and "tidak jadi" in bima.get(at).text
    assert bima.post(f"{at}/draf", {"drop": "1"}, on=at).status_code == 303 and "tidak jadi" not in bima.get(at).text


def test_a_refused_file_is_not_kept_and_a_kept_one_can_be_taken_out(unit: Unit) -> None:
    office, bima = unit.office, unit.browser("Bima")
    office.complete(unit.actor("Bima"), office.task(unit.case, "approve_case_report"), {"decision": "approved"})
    office.scene.work()
    task = office.engine.tasks.claim(unit.actor("Bima"), office.task(unit.case, "coordinate_provider").id)
    at, draft = f"/tugas/{task.id}", {"revision": str(task.revision)}
    step = next(one for one in offices.story("a01_rujukan_kesehatan").steps if one.acts_on == "coordinate_provider")
    answers = {f"f.{key}": str(value) for key, value in step.submission.items()}
    # The first page is refused for what it lacks: a good file is kept.
    first = bima.post(f"{at}/selesai", {**draft, "f.reply_file": picture()}, on=at)
    assert first.status_code == 422 and KEPT in first.text
    # Taken out with a page that is refused for something else, it does not come back.
    assert KEPT not in bima.post(f"{at}/selesai", {**draft, "f.reply_file.drop": "1"}, on=at).text and KEPT not in bima.get(at).text
    assert KEPT in bima.post(f"{at}/selesai", {**draft, "f.reply_file": picture()}, on=at).text
    # Another one that is no picture is refused; the good one is still there.
    refused = bima.post(f"{at}/selesai", {**draft, **answers, "f.reply_file": picture("surat.docx", b"PK\3\4 no picture")}, on=at)
    assert refused.status_code == 422 and 'aria-invalid="true"' in refused.text and KEPT in bima.get(at).text
    assert bima.post(f"{at}/draf", {**draft, **answers, "f.reply_file.drop": "1"}, on=at).status_code == 303
    assert KEPT not in bima.get(at).text
    # With none kept, one that is refused leaves nothing behind that every later sending would be refused for.
    refused = bima.post(f"{at}/selesai", {**draft, **answers, "f.reply_file": picture("surat.docx", b"PK\3\4 no picture")}, on=at)
    assert refused.status_code == 422 and KEPT not in refused.text and KEPT not in bima.get(at).text
    assert KEPT in bima.post(f"{at}/selesai", {**draft, "f.reply_file": picture()}, on=at).text
    for click in ("one", "two"):  # the second comes when the draft and its file are gone
        assert bima.post(f"{at}/selesai", {**draft, **answers}, on=at).status_code == 200, click
