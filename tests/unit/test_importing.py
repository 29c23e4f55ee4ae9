"""What the report of a foreign file calls its parts."""

from __future__ import annotations

import pytest

from engine import importing
from engine.bundle import SopBundle
from engine.lint.run import lint
from engine.sop_results import ImportReport
from tests.support.bpmn import call, document, end, event, flow, flows, process, start, user

DRAWN = """<bpmn:category id="k"><bpmn:categoryValue id="v" value="Bersama polisi"/></bpmn:category><bpmn:dataStore id="store" name="Arsip"/>
<bpmn:collaboration id="c"><bpmn:participant id="a" name="Korban"/><bpmn:participant id="b" name="Unit" processRef="p"/>
<bpmn:messageFlow id="m" name="lapor" sourceRef="a" targetRef="t"/></bpmn:collaboration>"""
PARTS = """<bpmn:dataStoreReference id="r" name="Lemari"/><bpmn:dataObject id="o"/>
<bpmn:dataObjectReference id="used" name="Formulir" dataObjectRef="o"/><bpmn:dataObjectReference id="seen" name="Brosur" dataObjectRef="o"/>
<bpmn:textAnnotation id="n"><bpmn:text>Perhatikan
 waktunya</bpmn:text></bpmn:textAnnotation><bpmn:group id="g" categoryValueRef="v"/>"""
TAKES = "<bpmn:dataInputAssociation><bpmn:sourceRef>used</bpmn:sourceRef><bpmn:targetRef>t</bpmn:targetRef></bpmn:dataInputAssociation>"


def report(file: bytes) -> ImportReport:
    found = importing.adapted(file, "x.bpmn")
    return importing.report(found, lint(SopBundle.from_files({"x.bpmn": found.content})), roles={})


def test_what_is_only_read_is_told_by_its_words() -> None:
    told = {one.id: (one.name, one.verdict) for one in report(document(
        process("p", start(), user("t", TAKES), end(), flows("s", "t", "e"), PARTS), roots=DRAWN)).elements}
    names = {"a": "Korban", "b": "Unit", "m": "lapor", "n": "Perhatikan waktunya", "g": "Bersama polisi", "r": "Lemari", "store": "Arsip",
             "seen": "Brosur"}
    assert {id: told[id] for id in names} == {id: (name, "drawn") for id, name in names.items()}
    assert told["used"] == ("Formulir", "runs")


def test_a_flow_without_a_name_is_told_by_what_it_joins() -> None:
    asked = flow("t", "u").replace("<bpmn:sequenceFlow", '<bpmn:sequenceFlow name="lengkap"')
    told = {one.id: one.name for one in report(document(process(
        "p", start(), user("t", name="Memeriksa"), user("u", name="Menilai"), end(), flow("s", "t"), asked, flow("u", "t")))).elements}
    assert (told["s__t"], told["t__u"], told["u__t"]) == ("s → Memeriksa", "lengkap", "Menilai → Memeriksa")


@pytest.mark.parametrize("first", [
    process("q", start("s2"), user("v"), end("e2"), flows("s2", "v", "e2")).replace('isExecutable="true"', 'isExecutable="false"'),
    process("called", start("s2"), user("v"), end("e2"), flows("s2", "v", "e2")),
    process("q", start("s2", event("message", "m")), user("v"), end("e2"), flows("s2", "v", "e2"))],
    ids=["a partner's, only drawn", "called by the other", "begun by a message"])
def test_a_case_begins_with_the_process_that_a_person_starts(first: str) -> None:
    second = process("p", start(), user("t"), call("c", "called"), end(), flows("s", "t", "c", "e"))
    assert report(document(first, second, roots='<bpmn:message id="m" name="M"/>')).process_id == "p"


def test_an_id_that_is_none_in_xml_becomes_a_key() -> None:
    file = document(process("p", start(), user("2 a", name="Menilai"), user("prüfen", name="Memeriksa"), end(),
                            flow("s", "2 a"), flow("2 a", "prüfen"), flow("prüfen", "e")))
    assert {one.before: one.id for one in report(file).elements if one.before} == {"2 a": "menilai", "prüfen": "memeriksa"}


def test_a_word_that_looks_like_an_id_stays() -> None:
    line = process("p", start(), user("Activity_0abcdef", name="Menilai"), end("e", event("error", "x")),
                   flows("s", "Activity_0abcdef", "e"))
    error = '<bpmn:error id="x" name="Activity_0abcdef" errorCode="Activity_0abcdef"/>'
    written = importing.adapted(document(line, roots=error), "x.bpmn").content
    assert error.encode() in written and b'sourceRef="menilai"' in written


def test_an_extension_is_told_and_not_the_box_it_stands_in() -> None:
    box = '<bpmn:message id="m" name="M"><bpmn:extensionElements><z:key xmlns:z="urn:z"/></bpmn:extensionElements></bpmn:message>'
    told = report(document(process("p", start(), user("t"), end(), flows("s", "t", "e")), roots=box))
    assert [(one.name, one.kind, one.verdict, [said.code for said in one.findings]) for one in told.elements if one.id == "m"] == [
        ("M", "message", "adapted", ["foreign-extension"])]
    assert "not-used" not in [one.code for one in told.general]
