"""The pages of drawing, importing and taking along: the real engine, requests as the script and a browser send them."""

from __future__ import annotations

import base64
import io
import json
import re
import zipfile
import zlib
from pathlib import Path

import pytest

from tests.support import office as offices
from tests.web.conftest import Browser
from tests.web import test_sop_drafts
from tests.web.test_sop_drafts import DIAGRAM, House, begin
from webui import studio

house = test_sop_drafts.house  # the fixture

BEFORE = (offices.SOP / DIAGRAM).read_bytes()
ELSEWHERE = """<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="x">
<process id="Process_1" name="Kunjungan rumah" isExecutable="false">
<laneSet id="ls"><lane id="Lane_1" name="Pendamping PPA"><flowNodeRef>Event_1abcdef</flowNodeRef><flowNodeRef>Activity_0abcdef</flowNodeRef>
<flowNodeRef>Activity_1abcdef</flowNodeRef><flowNodeRef>Event_0abcdef</flowNodeRef></lane></laneSet>
<startEvent id="Event_1abcdef" name="Diminta"/>
<userTask id="Activity_0abcdef" name="Mengunjungi rumah" camunda:assignee="x"/><scriptTask id="Activity_1abcdef" name="Menghitung"><script>1</script></scriptTask>
<endEvent id="Event_0abcdef" name="Dikunjungi"/>
<sequenceFlow id="f1" sourceRef="Event_1abcdef" targetRef="Activity_0abcdef"/><sequenceFlow id="f2" sourceRef="Activity_0abcdef" targetRef="Activity_1abcdef"/>
<sequenceFlow id="f3" sourceRef="Activity_1abcdef" targetRef="Event_0abcdef"/>
<textAnnotation id="n1"><text>&lt;img src=x onerror=alert(1)&gt;</text></textAnnotation>
</process></definitions>"""


def drawing_of(owner: Browser, house: House) -> str:
    """The address of the drawing of a new draft."""
    return begin(house, owner).replace("/draf/", "/gambar/")


def sent(content: bytes, revision: int = 1, name: str = DIAGRAM) -> dict[str, object]:
    return {"files": (io.BytesIO(content), name), "revision": str(revision)}


def test_a_drawing_is_saved_at_the_revision_it_was_opened_at_and_never_over_another(house: House) -> None:
    owner = house.person("process_owner")
    path = drawing_of(owner, house)
    page = owner.get(path).text
    board = json.loads(re.search(r'data-board="([^"]*)"', page)[1].replace("&#34;", '"').replace("&quot;", '"').replace("&amp;", "&"))  # type: ignore[index]
    assert board["file"] == DIAGRAM and "coordinate_provider" in board["fixed"] and "case.number" in board["operations"]
    assert {"key": "decision", "label": "Keputusan"}.items() <= next(
        form for form in board["forms"] if form["key"] == "approve_case_report")["fields"][0].items()
    changed = BEFORE.replace(b'name="Kasus bernomor"', b'name="Kasus sudah bernomor"')
    saved = owner.post(f"{path}/simpan", sent(changed), on=path)
    assert saved.status_code == 200 and json.loads(saved.text)["revision"] == 2
    stale = owner.post(f"{path}/simpan", sent(BEFORE), on=path)
    assert stale.status_code == 409 and "Sudah diubah orang lain" in json.loads(stale.text)["problem"]
    assert "Kasus sudah bernomor" in owner.get(path).text
    other = json.loads(owner.post(f"{path}/lain", sent(BEFORE.replace(b"Kasus bernomor", b"Bernomor"), 0), on=path).text)["address"]
    assert other != path and "Bernomor" in owner.get(other).text and "dari versi 1" in owner.get(other.replace("/gambar/", "/draf/")).text


def test_what_is_drawn_is_checked_by_the_rules_of_everything_else(house: House) -> None:
    owner = house.person("process_owner")
    path = drawing_of(owner, house)
    broken = BEFORE.replace(b'sop:form="document_case"', b'sop:form="tidak_ada"')
    found = json.loads(owner.post(f"{path}/periksa", sent(broken), on=path).text)["findings"]
    (missing,) = [one for one in found if one["code"] == "form-missing"]
    assert missing["element_id"] == "document_case" and missing["word"] == "Harus diperbaiki" and missing["instead"]
    hostile = b'<!DOCTYPE a [<!ENTITY b "c">]>' + BEFORE.split(b"?>", 1)[1]
    refused = json.loads(owner.post(f"{path}/periksa", sent(hostile), on=path).text)["findings"]
    assert refused[0]["code"] == "xml-doctype"
    assert 'id="studio-revisi">1<' in owner.get(path).text, "nothing was saved"
    assert json.loads(owner.post(f"{path}/simpan", sent(hostile), on=path).text)["revision"] == 2
    assert owner.get(path).status_code == 422, "what the guards refuse is handed to no browser"


def test_a_condition_is_read_while_it_is_typed(house: House) -> None:
    owner = house.person("process_owner")
    path = drawing_of(owner, house)
    said = [json.loads(owner.post(f"{path}/syarat", {"text": text}, on=path).text)["problem"]
            for text in ('risk = "high"', 'risk = "high', "", '= reviev_outcome = "x" and review_outcome = "y"')]
    assert said[0] == said[2] == "" and "FEEL" in said[1]
    assert said[3].endswith("memberi nilai kepada: reviev_outcome.")
    assert owner.post("/sop/gambar/" + "0" * 32 + "/syarat", {"text": "x"}, on=path).status_code == 404


def test_only_who_edits_drafts_draws_and_only_what_is_edited(house: House) -> None:
    owner, head = house.person("process_owner"), house.person("head_of_unit")
    path = drawing_of(owner, house)
    assert head.get(path).status_code == head.get("/sop/impor").status_code == 404
    assert owner.get("/sop/gambar/" + "0" * 32).status_code == 404
    assert owner.get(f"{path}?berkas=uses/common/tanggap-darurat/tanggap-darurat.bpmn").status_code == 404
    assert owner.post(f"{path.replace('/gambar/', '/draf/')}/cabut", {}, on=path.replace("/gambar/", "/draf/")).status_code == 303
    assert owner.get(path).status_code == 303
    assert owner.post(f"{path}/simpan", sent(BEFORE), on="/sop").status_code == 422


def test_without_the_built_script_the_page_says_how_else(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = house.person("process_owner")
    path = drawing_of(owner, house)
    monkeypatch.setattr(studio, "BUILT", "tidak-ada")
    page = owner.get(path)
    assert page.status_code == 200 and "tanpa alat gambar" in page.text and "<script src=\"/static/dist" not in page.text


def test_a_foreign_file_is_reported_before_it_becomes_a_draft(house: House) -> None:
    owner = house.person("process_owner")
    drafts = owner.get("/sop").text.count("/sop/draf/")
    page = owner.post("/sop/impor", sent(ELSEWHERE.encode(), name="kunjungan.bpmn"), on="/sop/impor").text
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))
    for said in ("Ditolak: 1", "Perlu dilengkapi: 1", "di berkas: Activity_0abcdef", "Ditandai untuk dijalankan", "mengunjungi_rumah",
                 "Tambahan milik alat lain di sini tidak dibaca", "Lajur “Pendamping PPA” dikerjakan oleh"):
        assert said in text, said
    assert "<img" not in page and '<option value="companion" selected>' in page, "as that lane is called in the SOP in force"
    assert owner.get("/sop").text.count("/sop/draf/") == drafts, "nothing was stored"
    packed = re.search(r'name="packed" value="([^"]*)"', page)
    assert packed is not None
    form = {"file": "kunjungan.bpmn", "packed": packed[1], "title": "Kunjungan rumah", "key": "kunjungan", "kind": "service", "lane-0": "companion"}
    taken = owner.post("/sop/impor/draf", {**form, "key": offices.KEY}, on="/sop/impor")
    assert taken.status_code == 422 and "sudah dipakai SOP lain" in taken.text
    made = owner.post("/sop/impor/draf", form, on="/sop/impor")
    assert made.status_code == 303
    with zipfile.ZipFile(io.BytesIO(owner.get(made.headers["Location"].replace("/draf/", "/") + "/ekspor.zip").data)) as folder:
        assert folder.namelist() == ["kunjungan.bpmn", "sop.toml"]
        diagram, sheet = (folder.read(name).decode() for name in folder.namelist())
    assert '"Pendamping PPA" = "companion"' in sheet and 'sourceRef="mengunjungi_rumah"' in diagram and "Activity_0abcdef" not in diagram
    assert 'isExecutable="true"' in diagram and "camunda:assignee" in diagram, "what is not read is kept"


def test_which_process_begins_is_said_where_there_are_several(house: House) -> None:
    owner, said = house.person("process_owner"), "Kasus dimulai dari proses “Kunjungan rumah”"
    called = '<process id="anak" name="Bersama" isExecutable="false"><task id="z" name="Z"/></process>'
    for content, is_there in ((ELSEWHERE, False), (ELSEWHERE.replace('<process id="Process_1"', called + '<process id="Process_1"').replace(
            '<userTask id="Activity_0abcdef"', '<callActivity calledElement="anak" id="Activity_0abcdef"').replace(
            ' camunda:assignee="x"', ""), True)):
        assert (said in owner.post("/sop/impor", sent(content.encode(), name="x.bpmn"), on="/sop/impor").text) is is_there


@pytest.mark.parametrize("name", ["proses (1).bpmn", "Rujukan – akhir.bpmn", "../a.bpmn", "alur & waktu.xml", "\u202enpmb.bpmn", ".bpmn"])
def test_a_file_may_be_called_anything(house: House, name: str) -> None:
    owner = house.person("process_owner")
    assert "Buat draf dari berkas ini" in owner.post("/sop/impor", sent(ELSEWHERE.encode(), name=name), on="/sop/impor").text


def test_another_tools_packed_file_is_told_apart_from_a_bad_name(house: House) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    refused = house.person("process_owner").post("/sop/impor", sent(packed.getvalue(), name="proses.vsdx"), on="/sop/impor")
    assert refused.status_code == 422 and "disimpan dahulu di alatnya sebagai BPMN 2.0" in refused.text and "Nama berkas" not in refused.text


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"<html/>", b"<!DOCTYPE x><definitions/>", b"\x00" * 40])
def test_a_file_that_cannot_be_read_is_refused_with_words(house: House, content: bytes) -> None:
    owner = house.person("process_owner")
    refused = owner.post("/sop/impor", sent(content, name="x.bpmn"), on="/sop/impor")
    assert refused.status_code == 422 and "Buat draf dari berkas ini" not in refused.text
    packed = base64.b64encode(zlib.compress(b"<a>" * 1_500_000)).decode()
    assert owner.post("/sop/impor/draf", {"file": "../x.bpmn", "packed": packed}, on="/sop/impor").status_code == 422


def test_a_version_is_taken_along_as_diagram_drawing_and_folder(house: House) -> None:
    owner = house.person("process_owner")
    newest = re.search(r'href="(/sop/[0-9a-f]{32})"', owner.get("/sop").text.split("Judul")[-1])
    assert newest is not None
    assert owner.get(f"{newest[1]}/ekspor.bpmn").data.startswith(b"<?xml") and b"<svg" in owner.get(f"{newest[1]}/ekspor.svg").data[:500]
    folder = owner.get(f"{newest[1]}/ekspor.zip")
    with zipfile.ZipFile(io.BytesIO(folder.data)) as archive:
        own = {path.relative_to(offices.SOP).as_posix() for path in Path(offices.SOP).rglob("*") if path.is_file()}
        told = {name for name in own if name.startswith("scenarios/")} - {"scenarios/a01_rujukan_kesehatan.toml"}   # not in this house
        assert own - told <= set(archive.namelist()) and any(name.startswith("uses/") for name in archive.namelist())
    assert owner.get(f"{newest[1]}/ekspor.exe").status_code == 404
    assert owner.get("/sop/" + "0" * 32 + "/ekspor.zip").status_code == 404
