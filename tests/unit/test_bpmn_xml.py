"""BPMN bytes to Model: what is refused, what is read, and that nothing is lost without a word."""

from __future__ import annotations

import gzip

import pytest

from engine import safe_xml
from engine.bpmn_xml import read_model, safe_root
from engine.errors import BundleRefused
from engine.model import EventKind
from tests.support.bpmn import HEAD, document

OPEN = HEAD.split("\n", 1)[1]


def refusal(data: bytes) -> str:
    with pytest.raises(BundleRefused) as caught:
        read_model(data, file="x.bpmn")
    (finding,) = caught.value.findings
    assert finding.file == "x.bpmn"
    assert finding.message.id and finding.message.en and finding.instead.id and finding.instead.en
    return finding.code


def wrapped(inside: str, *, declaration: str = "", doctype: str = "") -> str:
    return f"{declaration}{doctype}{OPEN}{inside}</bpmn:definitions>"


BOMB = "<!DOCTYPE d [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>]>"
XXE = "<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/hostname'>]>"
PLAIN = wrapped('<bpmn:process id="p"><bpmn:task id="t"/></bpmn:process>')

REFUSED = {
    "nothing": (b"", "xml-empty"),
    "white space": (b" \n\t ", "xml-empty"),
    "text": (b"Prosedur", "xml-malformed"),
    "truncated": (PLAIN.encode()[:-9], "xml-malformed"),
    "NUL": (PLAIN.replace("<bpmn:task", "\0<bpmn:task").encode(), "xml-malformed"),
    "two roots": ((PLAIN + PLAIN).encode(), "xml-malformed"),
    "gzip": (gzip.compress(PLAIN.encode()), "xml-compressed"),
    "zip": (b"PK\x03\x04" + b"\0" * 40, "xml-compressed"),
    "bad bytes": (PLAIN.encode().replace(b'"t"', b'"\xff\xfe"'), "xml-encoding"),
    "unknown encoding": (wrapped("", declaration='<?xml version="1.0" encoding="x-rot13"?>').encode(), "xml-encoding"),
    "UTF-7, which hides brackets": (wrapped("", declaration='<?xml version="1.0" encoding="utf-7"?>').encode(), "xml-encoding"),
    "UTF-32": (PLAIN.encode("utf-32"), "xml-encoding"),
    "doctype": (wrapped("", doctype="<!DOCTYPE definitions>").encode(), "xml-doctype"),
    "external entity": (wrapped("<bpmn:process id='p' name='n'/>", doctype=XXE).encode(), "xml-doctype"),
    "entity bomb": (wrapped("&b;", doctype=BOMB).encode(), "xml-doctype"),
    "doctype in UTF-16 with mark": (wrapped("", doctype=XXE).encode("utf-16"), "xml-doctype"),
    "doctype in UTF-16 without mark": (
        wrapped("", declaration='<?xml version="1.0" encoding="UTF-16"?>', doctype=XXE).encode("utf-16-be"),
        "xml-doctype",
    ),
    "undeclared entity": (wrapped("<bpmn:documentation>&x;</bpmn:documentation>").encode(), "xml-malformed"),
    "style sheet": (wrapped("", declaration="<?xml-stylesheet href='http://example.org/x.xsl'?>").encode(), "xml-instruction"),
    "php": (wrapped("<?php echo 1 ?>").encode(), "xml-instruction"),
    "include": (wrapped('<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/hostname"/>').encode(), "xml-include"),
    "another language": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not-bpmn"),
    "BPMN without its namespace": (b"<definitions/>", "not-bpmn"),
    "BPMN 1": (b"<definitions xmlns='http://www.omg.org/bpmn/1'/>", "not-bpmn"),
    "too big": (PLAIN.encode() + b" " * safe_xml.MAX_BYTES, "xml-too-big"),
    "too deep": (wrapped("<bpmn:x>" * 60 + "</bpmn:x>" * 60).encode(), "xml-too-deep"),
    "too many elements": (wrapped("<a/>" * 20_001).encode(), "xml-too-many-elements"),
    "too many flow nodes": (wrapped('<bpmn:process id="p">' + "<bpmn:task/>" * 1001 + "</bpmn:process>").encode(), "too-many-nodes"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_hostile_bytes_are_refused_with_a_code_each(case: str) -> None:
    data, code = REFUSED[case]
    assert refusal(data) == code


def test_a_refusal_repeats_nothing_of_the_file() -> None:
    with pytest.raises(BundleRefused) as caught:
        read_model(wrapped("&RAHASIA;").encode(), file="x.bpmn")
    assert "RAHASIA" not in repr(caught.value.findings) + str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_same_file_in_another_encoding_is_the_same_model(encoding: str) -> None:
    text = wrapped('\n<bpmn:process id="p" name="Pengaduan “darurat”"/>', declaration='<?xml version="1.0"?>\n')
    model = read_model(text.encode(encoding), file="x.bpmn")
    assert (model.processes["p"].name, model.processes["p"].line) == ("Pengaduan “darurat”", 3)


def test_windows_1252_is_read_where_it_is_declared() -> None:
    text = wrapped('<bpmn:process id="p" name="é"/>', declaration='<?xml version="1.0" encoding="WINDOWS-1252" standalone="yes"?>')
    assert read_model(text.encode("cp1252"), file="x").processes["p"].name == "é"


def test_a_comment_cannot_split_a_condition() -> None:
    data = document(
        '<bpmn:process id="p"><bpmn:task id="a"/><bpmn:task id="b"/><bpmn:sequenceFlow id="f" sourceRef="a" targetRef="b">'
        '<bpmn:conditionExpression>risk = <!-- not -->"high"</bpmn:conditionExpression></bpmn:sequenceFlow></bpmn:process>'
    )
    assert read_model(data, file="x").processes["p"].flows[0].condition == 'risk = "high"'


def test_lanes_keep_white_space_nesting_and_inheritance() -> None:
    data = document("""<bpmn:process id="p"><bpmn:laneSet id="ls">
      <bpmn:lane id="outer" name="UPTD
        PPA"><bpmn:flowNodeRef>
          a </bpmn:flowNodeRef><bpmn:flowNodeRef>sub</bpmn:flowNodeRef>
        <bpmn:childLaneSet id="c"><bpmn:lane id="inner" name="Pendamping"><bpmn:flowNodeRef>sub</bpmn:flowNodeRef></bpmn:lane>
          </bpmn:childLaneSet>
      </bpmn:lane></bpmn:laneSet>
      <bpmn:userTask id="a"/><bpmn:subProcess id="sub"><bpmn:userTask id="b"/></bpmn:subProcess></bpmn:process>""")
    process = read_model(data, file="x").processes["p"]
    a, sub = process.nodes["a"], process.nodes["sub"]
    assert (a.lane, a.lane_path, a.lane_id) == ("UPTD PPA", ("UPTD PPA",), "outer")
    assert (sub.lane, sub.lane_path) == ("Pendamping", ("UPTD PPA", "Pendamping"))
    assert sub.body is not None and sub.body.nodes["b"].lane == "Pendamping"
    assert [(lane.id, lane.path) for lane in process.lanes] == [("outer", ()), ("inner", ("UPTD PPA",))]


def test_flows_without_ids_are_kept_in_file_order() -> None:
    data = document(
        '<bpmn:process id="p"><bpmn:startEvent id="s"/><bpmn:sequenceFlow sourceRef="s" targetRef="Start"/>'
        '<bpmn:task id="Start"/><bpmn:sequenceFlow sourceRef="Start" targetRef="End"/><bpmn:endEvent id="End"/>'
        "</bpmn:process>"
    )
    process = read_model(data, file="x").processes["p"]
    assert [(f.source, f.target, f.synthetic_id) for f in process.flows] == [("s", "Start", True), ("Start", "End", True)]
    assert len({f.id for f in process.flows}) == 2
    assert process.nodes["Start"].incoming == [process.flows[0]] and process.nodes["Start"].outgoing == [process.flows[1]]


def test_events_find_their_names_and_codes_through_prefixes_and_top_level_definitions() -> None:
    data = document(
        """<bpmn:process id="p">
          <bpmn:intermediateCatchEvent id="m"><bpmn:messageEventDefinition messageRef="tns:m1"/></bpmn:intermediateCatchEvent>
          <bpmn:intermediateThrowEvent id="s"><bpmn:signalEventDefinition signalRef="s1"/></bpmn:intermediateThrowEvent>
          <bpmn:endEvent id="e"><bpmn:eventDefinitionRef>shared</bpmn:eventDefinitionRef></bpmn:endEvent>
          <bpmn:boundaryEvent id="b" attachedToRef="t"><bpmn:errorEventDefinition/></bpmn:boundaryEvent>
          <bpmn:boundaryEvent id="x" attachedToRef="t" cancelActivity="false"><bpmn:escalationEventDefinition escalationRef="x1"/>
            </bpmn:boundaryEvent>
          <bpmn:receiveTask id="t" messageRef="m1"/>
          <bpmn:boundaryEvent id="c" attachedToRef="t"><bpmn:conditionalEventDefinition>
            <bpmn:condition> risk = "high" </bpmn:condition></bpmn:conditionalEventDefinition></bpmn:boundaryEvent>
        </bpmn:process>""",
        roots='<bpmn:message id="m1" name="Laporan"/><bpmn:signal id="s1" name="Gempa"/><bpmn:error id="e1" errorCode="CLOSED"/>'
        '<bpmn:escalation id="x1"/><bpmn:errorEventDefinition id="shared" errorRef="e1"/>',
    )
    model = read_model(data, file="x")
    nodes = model.processes["p"].nodes
    assert {
        key: (n.events[0].kind, n.events[0].name, n.events[0].code, n.events[0].condition) for key, n in nodes.items() if n.events
    } == {
        "m": (EventKind.MESSAGE, "Laporan", None, None),
        "s": (EventKind.SIGNAL, "Gempa", None, None),
        "e": (EventKind.ERROR, None, "CLOSED", None),
        "b": (EventKind.ERROR, None, None, None),
        "x": (EventKind.ESCALATION, None, "x1", None),
        "c": (EventKind.CONDITIONAL, None, None, 'risk = "high"'),
    }
    assert nodes["t"].message == "Laporan" and not nodes["x"].cancel_activity
    assert model.unknown == []


def test_timers_and_standards_are_read_as_written() -> None:
    data = document("""<bpmn:process id="p"><bpmn:userTask id="t"/><bpmn:boundaryEvent id="b" attachedToRef="t" cancelActivity="false">
      <bpmn:extensionElements><sop:standard clock="working_minutes" from="reported_at" text="40 menit" clause="k.1"/>
        </bpmn:extensionElements>
      <bpmn:timerEventDefinition><bpmn:timeDuration> PT40M
      </bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent></bpmn:process>""")
    node = read_model(data, file="x").processes["p"].nodes["b"]
    assert (node.events[0].timer_kind, node.events[0].timer_text) == ("timeDuration", "PT40M")
    assert node.standard is not None
    assert (node.standard.clock, node.standard.start_from, node.standard.text, node.standard.clause) == (
        "working_minutes",
        "reported_at",
        "40 menit",
        "k.1",
    )


def test_the_sop_vocabulary_is_read() -> None:
    data = document("""<bpmn:process id="p">
      <bpmn:userTask id="u" sop:form="receive_case" sop:inputs="F01, F02" sop:outputs="F10" sop:clause="a.1 a.2" sop:sensitivity="C4"/>
      <bpmn:serviceTask id="s" sop:operation="letter.issue"><bpmn:extensionElements>
        <sop:argument name="code" value="&quot;F10&quot;"/></bpmn:extensionElements></bpmn:serviceTask>
      <bpmn:businessRuleTask id="r" sop:decision="d" sop:result="risk"/>
      <bpmn:subProcess id="mi"><bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements>
        <sop:forEach in="lines" as="line" collect="result, note"/></bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>
          </bpmn:subProcess>
      </bpmn:process>""")
    model = read_model(data, file="x")
    nodes = model.processes["p"].nodes
    assert (nodes["u"].form, nodes["u"].inputs, nodes["u"].clause, nodes["u"].sensitivity) == (
        "receive_case",
        ("F01", "F02"),
        ("a.1", "a.2"),
        "C4",
    )
    assert (nodes["s"].operation, dict(nodes["s"].arguments)) == ("letter.issue", {"code": '"F10"'})
    assert (nodes["r"].decision, nodes["r"].result) == ("d", "risk")
    loop = nodes["mi"].loop
    assert loop is not None and loop.for_each is not None
    assert (loop.kind, loop.for_each.collection, loop.for_each.item, loop.for_each.collect) == (
        "parallel",
        "lines",
        "line",
        ("result", "note"),
    )
    assert model.unknown == []


def test_data_associations_become_mappings_between_variables() -> None:
    data = document("""<bpmn:process id="p">
      <bpmn:ioSpecification><bpmn:dataInput id="in1" name="case_no"/><bpmn:inputSet><bpmn:dataInputRefs>in1</bpmn:dataInputRefs>
        </bpmn:inputSet><bpmn:outputSet/></bpmn:ioSpecification>
      <bpmn:dataObject id="o1"/><bpmn:dataObjectReference id="r1" name="plan" dataObjectRef="o1"/>
      <bpmn:callActivity id="c" calledElement="q">
        <bpmn:ioSpecification><bpmn:dataInput id="ci" name="the_plan"/><bpmn:dataOutput id="co" name="answer"/>
          <bpmn:inputSet><bpmn:dataInputRefs>ci</bpmn:dataInputRefs></bpmn:inputSet><bpmn:outputSet>
            <bpmn:dataOutputRefs>co</bpmn:dataOutputRefs></bpmn:outputSet></bpmn:ioSpecification>
        <bpmn:dataInputAssociation><bpmn:sourceRef>r1</bpmn:sourceRef><bpmn:targetRef>ci</bpmn:targetRef></bpmn:dataInputAssociation>
        <bpmn:dataInputAssociation><bpmn:targetRef>ci</bpmn:targetRef><bpmn:assignment><bpmn:from>1 + 1</bpmn:from>
          <bpmn:to>two</bpmn:to></bpmn:assignment></bpmn:dataInputAssociation>
        <bpmn:dataOutputAssociation><bpmn:sourceRef>co</bpmn:sourceRef><bpmn:targetRef>r1</bpmn:targetRef></bpmn:dataOutputAssociation>
      </bpmn:callActivity></bpmn:process>""")
    model = read_model(data, file="x")
    process = model.processes["p"]
    node = process.nodes["c"]
    assert process.data_inputs == ("case_no",)
    assert process.data_objects["r1"] == process.data_objects["o1"] == "plan"
    assert [(m.source, m.target, m.is_expression) for m in node.input_mappings] == [("plan", "the_plan", False), ("1 + 1", "two", True)]
    assert [(m.source, m.target) for m in node.output_mappings] == [("answer", "plan")]
    assert model.unknown == []


def test_a_collection_handed_in_by_association_is_the_variable_itself() -> None:
    data = document("""<bpmn:process id="p"><bpmn:dataObject id="o" name="people"/><bpmn:userTask id="t">
      <bpmn:ioSpecification><bpmn:dataInput id="i"/><bpmn:inputSet><bpmn:dataInputRefs>i</bpmn:dataInputRefs></bpmn:inputSet>
        <bpmn:outputSet/></bpmn:ioSpecification>
      <bpmn:dataInputAssociation><bpmn:sourceRef>o</bpmn:sourceRef><bpmn:targetRef>i</bpmn:targetRef></bpmn:dataInputAssociation>
      <bpmn:multiInstanceLoopCharacteristics isSequential="true"><bpmn:loopDataInputRef>i</bpmn:loopDataInputRef>
        <bpmn:inputDataItem id="person"/></bpmn:multiInstanceLoopCharacteristics></bpmn:userTask></bpmn:process>""")
    loop = read_model(data, file="x").processes["p"].nodes["t"].loop
    assert loop is not None and (loop.kind, loop.input_ref, loop.input_item) == ("sequential", "people", "person")


def test_what_is_not_understood_is_named() -> None:
    data = document("""<bpmn:process id="p" xmlns:cam="http://camunda.org/schema/1.0/bpmn">
      <bpmn:userTask id="t" cam:assignee="x" sop:frm="y">
      <bpmn:extensionElements><cam:taskListener class="X"/><sop:standard clock="elapsed"/></bpmn:extensionElements>
      <bpmn:potentialOwner id="o"/></bpmn:userTask><bpmn:choreographyTask id="ct"/></bpmn:process>""")
    unknown = {
        (u.tag.replace("http://www.omg.org/spec/BPMN/20100524/MODEL", "bpmn"), u.parent_id) for u in read_model(data, file="x").unknown
    }
    assert unknown == {
        ("@{http://camunda.org/schema/1.0/bpmn}assignee", "t"),
        ("@{urn:sop:bpmn:1}frm", "t"),
        ("{http://camunda.org/schema/1.0/bpmn}taskListener", "t"),
        ("{urn:sop:bpmn:1}standard", "t"),
        ("{bpmn}potentialOwner", "t"),
        ("{bpmn}choreographyTask", "p"),
    }


def test_what_only_people_read_is_drawn_and_not_unknown() -> None:
    data = document(
        '<bpmn:process id="p"><bpmn:textAnnotation id="n"><bpmn:text>x</bpmn:text></bpmn:textAnnotation>'
        '<bpmn:association id="a" sourceRef="n" targetRef="n"/></bpmn:process>'
    )
    model = read_model(data, file="x")
    assert model.drawn == {"n": "textAnnotation", "a": "association"} and model.unknown == []


def test_safe_root_gives_lines_people_can_find() -> None:
    data = (OPEN + '\n\n<bpmn:process id="p"/></bpmn:definitions>').encode()
    assert safe_root(data, "x")[0].sourceline == 3
