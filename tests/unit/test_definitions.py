"""From a bundle to a definition: read once, kept by its bytes, ambiguous ones refused."""

from __future__ import annotations

import json

import pytest

from engine import definitions
from engine.bundle import SopBundle
from engine.definitions import load
from engine.errors import BundleRefused, UnknownElement
from tests.support.bpmn import call, document, end, flows, process, start, sub, user

PLAIN = document(process("p", start(), sub("box", user("inner")), end(), flows("s", "box", "e")))
DMN = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:d">
<decision id="risk" name="risk"><variable name="risk"/><literalExpression><text>1 + 1</text></literalExpression></decision></definitions>"""


def bundle(**files: bytes) -> SopBundle:
    return SopBundle.from_files({name.replace("__", "/").replace("_dot_", "."): data for name, data in files.items()})


def refusal(given: SopBundle) -> str:
    with pytest.raises(BundleRefused) as caught:
        load(given)
    return caught.value.findings[0].code


def test_the_same_bytes_are_read_once_until_forgotten() -> None:
    one, two = load(bundle(x_dot_bpmn=PLAIN)), load(bundle(x_dot_bpmn=PLAIN))
    assert one is two
    definitions.forget()
    again = load(bundle(x_dot_bpmn=PLAIN))
    assert again is not one and again.digest == one.digest


def test_other_bytes_are_another_definition() -> None:
    assert load(bundle(x_dot_bpmn=PLAIN)).digest != load(bundle(y_dot_bpmn=PLAIN)).digest


def test_the_memory_of_definitions_is_bounded() -> None:
    definitions.forget()
    first = load(bundle(x_dot_bpmn=PLAIN))
    for n in range(definitions.KEPT):
        load(SopBundle.from_files({f"f{n}.bpmn": PLAIN}))
    assert load(bundle(x_dot_bpmn=PLAIN)) is not first


def test_elements_are_found_at_any_depth() -> None:
    definition = load(bundle(x_dot_bpmn=PLAIN))
    assert definition.element("inner").type == "userTask"
    assert definition.element("inner", process_id="p") is definition.element("inner")
    assert definition.process_of("inner") == "p"
    with pytest.raises(UnknownElement):
        definition.element("none")


def test_a_bare_file_of_any_name_is_enough() -> None:
    assert load(SopBundle.from_files({"diagram.xml": PLAIN})).main_process == "p"


def test_the_main_process_is_the_sheet_s_or_the_one_nobody_calls() -> None:
    two = document(process("q", user("u")), process("p", start(), call("c", "q"), end(), flows("s", "c", "e")))
    assert load(bundle(x_dot_bpmn=two)).main_process == "p"
    assert load(bundle(x_dot_bpmn=two, sop_dot_toml=b'process = "q"')).main_process == "q"


def test_a_partner_s_pool_is_not_compiled_but_a_lone_drawing_is() -> None:
    partner = '<bpmn:process id="partner" isExecutable="false"><bpmn:complexGateway id="g"/></bpmn:process>'
    assert load(bundle(x_dot_bpmn=document(process("p", user("u")), partner))).processes.keys() == {"p"}
    alone = document('<bpmn:process id="p" isExecutable="false"><bpmn:userTask id="u"/></bpmn:process>')
    assert load(bundle(x_dot_bpmn=alone)).main_process == "p"


def test_lanes_decisions_and_forms_are_read_with_the_diagram() -> None:
    form = {"key": "f", "title": {"id": "F"}, "fields": [{"key": "a", "type": "text", "label": {"id": "A"}}]}
    definition = load(bundle(x_dot_bpmn=PLAIN, d_dot_dmn=DMN, forms__f_dot_json=json.dumps(form).encode(),
                             sop_dot_toml=b'[lanes]\n"Manajer  Kasus" = "case_manager"'))
    assert definition.lane_role("Manajer Kasus") == "case_manager" and definition.lane_role("Lain") == "Lain"
    assert definition.decisions.keys() == {"risk"} and definition.forms["f"].fields[0].key == "a"


@pytest.mark.parametrize(("files", "code"), [
    ({"sop.toml": b"", "forms/a.json": b"{}"}, "no-diagram"),
    ({"x.bpmn": document(process("p"))}, "no-process"),
    ({"x.bpmn": b"<a/>"}, "not-bpmn"),
    ({"x.bpmn": PLAIN, "y.bpmn": PLAIN}, "duplicate-process"),
    ({"x.bpmn": PLAIN, "a.dmn": DMN, "b.dmn": DMN}, "duplicate-decision"),
    ({"x.bpmn": PLAIN, "forms/f.json": b"{}"}, "form-shape"),
    ({"x.bpmn": PLAIN, "sop.toml": b"="}, "toml-unreadable"),
    ({"x.bpmn": PLAIN, "sop.toml": b"lanes = 1"}, "toml-shape"),
])
def test_what_is_ambiguous_or_unreadable_is_refused(files: dict[str, bytes], code: str) -> None:
    assert refusal(SopBundle.from_files(files)) == code
