"""An answer that ends with the sub-process in which it is given, and what hands it out."""

from __future__ import annotations

from engine.bundle import SopBundle
from engine.lint.run import lint
from tests.support.bpmn import end, exclusive, flow, flows, instances, start, sub, user
from tests.unit.lint.cases import Files, drawn
from tests.unit.lint.sop_cases import ENDING, WEIGH, form, table


def found(files: Files) -> set[str | None]:
    return {each.element_id for each in lint(SopBundle.from_files(files)) if each.code == "answer-ends-with-scope"}


def test_a_condition_outside_reads_null() -> None:
    assert found(ENDING) == {"g__u"}


def test_a_table_outside_reads_null() -> None:
    inner = sub("t", start("s2"), user("i", sop_form="f"), end("e2"), flows("s2", "i", "e2"))
    declared = table(("-", '"left"')).replace(b'<decision id="way" name="way">', b'<inputData id="x" name="x"/><decision id="way" name="way">'
                                              b'<informationRequirement id="r"><requiredInput href="#x"/></informationRequirement>')
    assert found({**drawn(start(), inner, WEIGH, end(), flows("s", "t", "w", "e")), **form("f", x=("a", "b")), "d.dmn": declared}) == {"w"}


def test_what_hands_it_out() -> None:
    drawing = ENDING["x.bpmn"].decode()
    asked_before = drawing.replace('id="before"', 'id="before" sop:form="f"')
    declared = drawing.replace("<bpmn:startEvent", '<bpmn:dataObject id="d" name="kind"/><bpmn:startEvent', 1)
    mapped = drawing.replace("</bpmn:subProcess>", "<bpmn:dataOutputAssociation id=\"o\"><bpmn:sourceRef>o1</bpmn:sourceRef><bpmn:assignment>"
                             "<bpmn:from>kind</bpmn:from><bpmn:to>kind</bpmn:to></bpmn:assignment></bpmn:dataOutputAssociation></bpmn:subProcess>")
    for changed in (asked_before, declared, mapped):
        assert changed != drawing
        assert not found({**ENDING, "x.bpmn": changed.encode()}), changed
    asked_after = drawing.replace('id="u"', 'id="u" sop:form="f"')
    assert found({**ENDING, "x.bpmn": asked_after.encode()}) == {"g__u"}, "it comes too late"


def test_each_round_of_a_loop_keeps_its_own_answer() -> None:
    def rounds(**returned: str) -> Files:
        task = user("t", inner=instances(cardinality="2", **returned), sop_form="f")
        return {**drawn(start(), task, exclusive("g", default="g__v"), user("u"), user("v"), end(), flows("s", "t", "g"),
                        flow("g", "u", "kind = \"high\""), flows("g", "v", "e"), flow("u", "e")), **form("f", kind=("high", "low"))}

    assert found(rounds()) == {"g__u"}
    assert not found(rounds(collection="lines", collect="kind"))


def test_what_stands_inside_sees_it() -> None:
    inner = sub("t", start("s2"), user("i", sop_form="f"), exclusive("g", default="g__v"), user("u"), user("v"), end("e2"),
                flows("s2", "i", "g"), flow("g", "u", 'kind = "high"'), flows("g", "v", "e2"), flow("u", "e2"))
    assert not found({**drawn(start(), inner, end(), flows("s", "t", "e")), **form("f", kind=("high", "low"))})
