"""For each lint code a bundle that earns it: the smallest drawing with that one mistake."""

from __future__ import annotations

import json

from tests.support.bpmn import (
    boundary,
    call,
    catch,
    conditional,
    document,
    element,
    end,
    error,
    event,
    exclusive,
    flow,
    flows,
    instances,
    link,
    message,
    parallel,
    process,
    service,
    standard,
    start,
    sub,
    throw,
    timer,
    user,
)

Files = dict[str, bytes]
TWO = "<bpmn:timerEventDefinition/>"


def drawn(*parts: str, roots: str = "", **more: bytes) -> Files:
    return {"x.bpmn": document(process("p", *parts), roots=roots)}


def line(*parts: str, roots: str = "", through: str = "t") -> Files:
    """start -> t -> end round the given parts."""
    return drawn(start(), *parts, end(), flows("s", through, "e"), roots=roots)


def with_form(**field: object) -> Files:
    good = {"key": "age", "type": "integer", "label": {"id": "Usia"}}
    form = {"key": "f", "title": {"id": "F"}, "fields": [{**good, **field}]}
    return {**line(user("t", sop_form="f")), "forms/f.json": json.dumps(form).encode()}


def with_sheet(text: str) -> Files:
    return {**line(user("t")), "sop.toml": text.encode()}


def laned(lanes: str, *parts: str) -> Files:
    return drawn(f'<bpmn:laneSet id="ls">{lanes}</bpmn:laneSet>', start(), *parts, end(), flows("s", "t", "e"))


def _loop(inner: str) -> str:
    return f"<bpmn:multiInstanceLoopCharacteristics>{inner}</bpmn:multiInstanceLoopCharacteristics>"


def _called(inner: str) -> Files:
    return {"x.bpmn": document(process("p", start(), call("t", "q"), end(), flows("s", "t", "e")), process("q", inner))}


ITEMS = '<bpmn:itemDefinition id="i1" structureRef="text"/><bpmn:itemDefinition id="i2" structureRef="number"/>'
INPUT = (
    '<bpmn:ioSpecification><bpmn:dataInput id="{0}" itemSubjectRef="{1}"/><bpmn:inputSet><bpmn:dataInputRefs>{0}</bpmn:dataInputRefs>'
    "</bpmn:inputSet><bpmn:outputSet/></bpmn:ioSpecification>"
)

CASES: dict[str, Files] = {
    # --- processes, ids, references
    "schema": line(element("userTask", "t", nam="x")),
    "missing-id": line("<bpmn:userTask/>"),
    "duplicate-id": line(user("t"), user("t")),
    "duplicate-process": {"a.bpmn": document(process("p", start())), "b.bpmn": document(process("p", start()))},
    "id-in-two-files": {"a.bpmn": document(process("p", start())), "b.bpmn": document(process("q", start()))},
    "no-executable-process": {"x.bpmn": document()},
    "not-marked-executable": {"x.bpmn": document('<bpmn:process id="p" isExecutable="false"><bpmn:task id="t"/></bpmn:process>')},
    "empty-process": {"x.bpmn": document(process("p"))},
    "empty-sub-process": line(sub("t")),
    "default-flow": line(exclusive("t", default="s__t")),
    "boundary-attachment": drawn(boundary("b", "nobody", timer("PT1H"))),
    "too-many-boundary-events": line(user("t"), *(boundary(f"b{n}", "t", timer("PT1H")) for n in range(51))),
    "dangling-reference": line(catch("t", event("signal", "none"))),
    "event-without-reference": line(catch("t", event("message"))),
    "throw-without-code": drawn(start(), end("e", event("error")), flow("s", "e")),
    "link-without-target": drawn(start(), throw("t", link("A")), flow("s", "t")),
    "link-with-flow": drawn(start(), throw("t", link("A")), catch("u", link("A")), end(), flows("s", "t", "e"), flow("u", "e")),
    "drawing-reference": line(user("t"), '<bpmn:association id="a" sourceRef="t" targetRef="gone"/>'),
    "layout-undrawable": {
        "x.bpmn": document(
            process("p", user("t")),
            '<d:BPMNDiagram xmlns:d="http://www.omg.org/spec/BPMN/20100524/DI"><d:BPMNPlane bpmnElement="p"><d:BPMNShape bpmnElement="t">'
            '<o:Bounds xmlns:o="http://www.omg.org/spec/DD/20100524/DC" x="0" y="0" width="NaN" height="80"/>'
            "</d:BPMNShape></d:BPMNPlane></d:BPMNDiagram>",
        )
    },
    "message-flow": {
        "x.bpmn": document(
            '<bpmn:collaboration id="c"><bpmn:messageFlow id="m" sourceRef="s" targetRef="t"/></bpmn:collaboration>',
            process("p", start(), user("t"), flow("s", "t")),
        )
    },
    # --- flows
    "dangling-flow": line(user("t"), flow("t", "nowhere")),
    "flow-crosses-border": line(user("t"), sub("u", user("v")), flow("t", "v")),
    "start-without-outgoing": drawn(start(), user("t"), end(), flow("t", "e")),
    "start-with-incoming": line(user("t"), flow("t", "s")),
    "end-with-outgoing": line(user("t"), flow("e", "t")),
    "boundary-with-incoming": line(user("t"), boundary("b", "t", timer("PT1H")), flow("t", "b")),
    "event-without-incoming": drawn(catch("t", timer("PT1H")), end(), flow("t", "e")),
    "event-without-outgoing": drawn(start(), catch("t", timer("PT1H")), flow("s", "t")),
    "boundary-without-outgoing": line(user("t"), boundary("b", "t", timer("PT1H"))),
    "unreachable": line(user("t"), user("u")),
    "never-starts": drawn(user("t"), user("u"), flow("t", "u"), flow("u", "t")),
    "no-start-event": drawn(user("t"), end(), flow("t", "e")),
    "several-start-events": line(user("t"), start("s2"), flow("s2", "t")),
    "no-end-event": drawn(start(), user("t"), flow("s", "t")),
    # --- soundness
    "deadlock": drawn(
        start(), exclusive("g", default="g__a"), user("a"), user("b"), parallel("t"), end(), flow("s", "g"), flow("g", "a"),
        flow("g", "b", "x = 1"), flow("a", "t"), flows("b", "t", "e"),
    ),
    "lost-token": drawn(
        start(), parallel("g"), user("a"), user("b"), exclusive("t"), end(), flows("s", "g", "a", "t", "e"), flows("g", "b", "t")
    ),
    "loop-without-exit": drawn(start(), user("a"), user("b"), flows("s", "a", "b", "a")),
    # --- events and gateways
    "event-not-allowed": line(catch("t", event("error", "E")), roots=error("E")),
    "several-triggers": line(catch("t", timer("PT1H") + timer("PT2H"))),
    "start-trigger-not-run": drawn(start("s", conditional("x > 1")), end(), flow("s", "e")),
    "event-sub-process-start": line(user("t"), element("subProcess", "u", start("us") + user("v"), triggeredByEvent=True)),
    "event-sub-process-kind": line(user("t"), element("transaction", "u", start("us", timer("PT1H")), triggeredByEvent=True)),
    "event-sub-process-flow": line(element("subProcess", "t", start("us", timer("PT1H")), triggeredByEvent=True)),
    "compensation": line(user("t"), boundary("b", "t", "<bpmn:compensateEventDefinition/>")),
    "cancel-outside-transaction": drawn(start(), end("e", event("cancel")), flow("s", "e")),
    "non-interrupting-error": line(user("t"), boundary("b", "t", event("error", "E"), interrupting=False), roots=error("E")),
    "uncaught-error": drawn(start(), end("e", event("error", "E")), flow("s", "e"), roots=error("E")),
    "complex-gateway": line(element("complexGateway", "t")),
    "condition-not-allowed": line(parallel("t"), user("u"), flow("t", "u", "a = 1")),
    "event-gateway-targets": line(element("eventBasedGateway", "t"), user("u"), flow("t", "u")),
    "instantiating-gateway": drawn(element("eventBasedGateway", "g", instantiate=True)),
    "instantiating-gateway-incoming": line(element("eventBasedGateway", "t", instantiate=True)),
    "choice-without-condition": line(exclusive("t"), user("u"), flow("t", "u")),
    "choice-without-default": drawn(
        start(), exclusive("g"), user("a"), user("b"), flow("s", "g"), flow("g", "a", "x = 1"), flow("g", "b", "x = 2")
    ),
    "choice-without-answer": drawn(
        start(), exclusive("g"), user("a"), user("b"), flow("s", "g"), flow("g", "a", "x = 1"), flow("g", "b", "y = 2")
    ),
    "condition-on-default": drawn(
        start(), exclusive("g", default="g__a"), user("a"), user("b"), flow("s", "g"), flow("g", "a", "x = 1"), flow("g", "b", "x = 2")
    ),
    "gateway-direction": line(element("parallelGateway", "t", gatewayDirection="Mixed")),
    "gateway-alone": line(exclusive("t")),
    # --- activities
    "script-task": line(element("scriptTask", "t", "<bpmn:script>x</bpmn:script>")),
    "service-without-operation": line(element("serviceTask", "t")),
    "unknown-operation": line(service("t", "letter.burn")),
    "decision-missing": line(element("businessRuleTask", "t", sop_decision="d", sop_result="r")),
    "result-missing": line(element("businessRuleTask", "t", sop_decision="d")),
    "ad-hoc-sub-process": line(sub("t", user("u"), tag="adHocSubProcess")),
    "token-quantity": line(user("t", completionQuantity="0")),
    "multi-instance-behavior": line(
        user(
            "t",
            '<bpmn:multiInstanceLoopCharacteristics behavior="One">'
            "<bpmn:loopCardinality>2</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>",
        )
    ),
    "multi-instance-without-collection": line(user("t", _loop(""))),
    "too-many-instances": line(
        sub(
            "t",
            user("u", _loop("<bpmn:loopCardinality>40</bpmn:loopCardinality>")),
            loop=_loop("<bpmn:loopCardinality>40</bpmn:loopCardinality>"),
        )
    ),
    "loop-without-condition": line(user("t", "<bpmn:standardLoopCharacteristics/>")),
    "for-each-alone": line(user("t", '<bpmn:extensionElements><sop:forEach in="a" as="b"/></bpmn:extensionElements>')),
    "called-process-start": {
        "x.bpmn": document(
            process("p", start(), call("t", "q"), end(), flows("s", "t", "e")),
            process("q", start("m", event("message", "M")), end("n"), flow("m", "n")),
            roots=message("M"),
        )
    },
    "called-process-missing": line(call("t", "other")),
    "global-task": {
        "x.bpmn": document(process("p", start(), call("t", "g"), end(), flows("s", "t", "e")), roots='<bpmn:globalUserTask id="g"/>')
    },
    "inner-start": line(sub("t", start("a"), start("b"), user("u"), flow("a", "u"), flow("b", "u"))),
    "human-task-operation": line(user("t", sop_operation="do.it")),
    "instantiating-receive": line(element("receiveTask", "t", messageRef="M", instantiate=True), roots=message("M")),
    "public-process-executable": {"x.bpmn": document('<bpmn:process id="p" processType="Public" isExecutable="true"/>')},
    # --- time
    "timer-missing": line(catch("t", TWO)),
    "timer-unusable": line(catch("t", timer("5 hari"))),
    "timer-months": line(catch("t", timer("P10M"))),
    "timer-zero": line(catch("t", timer("PT0S"))),
    "cycle-outside-boundary": line(catch("t", timer("R3/PT1H", "timeCycle"))),
    "standard-clock": line(user("t"), boundary("b", "t", timer("PT1H"), interrupting=False, extra=standard("office"))),
    "standard-interrupting": line(user("t"), boundary("b", "t", timer("PT1H"), extra=standard("elapsed"))),
    "standard-not-on-timer": line(user("t", standard("elapsed"))),
    "standard-length": line(user("t"), boundary("b", "t", timer("P5D"), interrupting=False, extra=standard("working_minutes"))),
    "two-standards": line(user("t"), *(boundary(b, "t", timer("PT1H"), interrupting=False, extra=standard("elapsed")) for b in "bc")),
    "time-contradictory": line(
        user("t"), boundary("b", "t", timer("PT40M"), interrupting=False, extra=standard("working_minutes", text="30 menit"))),
    # --- expressions and names
    "foreign-expression": drawn(start(), exclusive("g"), user("a"), flow("s", "g"), flow("g", "a", "${risk == 'high'}")),
    "expression-language": drawn(
        start(),
        user("a"),
        '<bpmn:sequenceFlow id="f" sourceRef="s" targetRef="a"><bpmn:conditionExpression '
        'xsi:type="bpmn:tFormalExpression" language="python">x</bpmn:conditionExpression></bpmn:sequenceFlow>',
    ),
    "expression-unreadable": line(user("t", _loop("<bpmn:loopCardinality>1 +</bpmn:loopCardinality>"))),
    "unusable-name": line(user("t", instances(collection="a", item="__class__"))),
    "steering-name": with_form(key="count", steering=True),
    "steering-type-clash": {
        **with_form(steering=True),
        "forms/g.json": json.dumps(
            {"key": "g", "title": {"id": "G"}, "fields": [{"key": "age", "type": "text", "label": {"id": "Usia"}, "steering": True}]}
        ).encode(),
    },
    "name-without-answer": with_form(showIf="is_chlid = true"),
    "form-expression": with_form(showIf="risk ="),
    "default-expression-language": {
        "x.bpmn": document(process("p", user("t"))).replace(
            b'id="definitions"', b'id="definitions" expressionLanguage="http://www.w3.org/1999/XPath"'
        )
    },
    # --- runaways
    "runaway-loop": drawn(
        start(), exclusive("a"), exclusive("b", default="b__a"), end(), flows("s", "a", "b", "a"), flow("b", "e", "x = 1")
    ),
    "loop-without-person": drawn(
        start(),
        exclusive("a"),
        element("businessRuleTask", "r", sop_decision="d", sop_result="x"),
        exclusive("b", default="b__a"),
        end(),
        flows("s", "a", "r", "b", "a"),
        flow("b", "e", "x = 1"),
    ),
    "call-recursion": line(call("t", "p")),
    "call-cycle": drawn(start(), user("u"), call("t", "p"), end(), flows("s", "u", "t", "e")),
    # --- data
    "data-store": line(
        '<bpmn:dataStoreReference id="d"/>',
        user(
            "t",
            "<bpmn:dataOutputAssociation><bpmn:sourceRef>t</bpmn:sourceRef><bpmn:targetRef>d</bpmn:targetRef></bpmn:dataOutputAssociation>",
        ),
    ),
    "data-reference": line(
        user(
            "t",
            "<bpmn:dataInputAssociation><bpmn:sourceRef>no</bpmn:sourceRef><bpmn:targetRef>t</bpmn:targetRef>"
            "</bpmn:dataInputAssociation>",
        )
    ),
    "data-association-empty": line(
        user("t", "<bpmn:dataInputAssociation><bpmn:targetRef>t</bpmn:targetRef></bpmn:dataInputAssociation>")
    ),
    "input-output-sets": drawn(
        '<bpmn:ioSpecification><bpmn:dataInput id="i"/><bpmn:inputSet/><bpmn:outputSet/></bpmn:ioSpecification>', user("t")
    ),
    "multi-instance-types": {
        "x.bpmn": document(
            process(
                "p",
                user(
                    "t",
                    INPUT.format("i", "i1")
                    + _loop('<bpmn:loopDataInputRef>i</bpmn:loopDataInputRef><bpmn:inputDataItem id="x" itemSubjectRef="i2"/>'),
                ),
            ),
            roots=ITEMS,
        )
    },
    "message-item": {
        "x.bpmn": document(
            process("p", element("sendTask", "t", INPUT.format("i", "i2"), messageRef="m")),
            roots=ITEMS + '<bpmn:message id="m" itemRef="i1"/>',
        )
    },
    "call-data": {
        "x.bpmn": document(
            process("p", element("callActivity", "t", INPUT.format("i", "i1"), calledElement="q")),
            process("q", INPUT.format("j", "i2"), user("u")),
            roots=ITEMS,
        )
    },
    "call-without-data": _called(INPUT.format("i", "i1") + user("u")),
    # --- what is not understood
    "foreign-code": line(user("t", '<bpmn:extensionElements><c:taskListener xmlns:c="urn:camunda" class="X"/></bpmn:extensionElements>')),
    "foreign-extension": line(user("t", **{"xmlns:c": "urn:camunda", "c:assignee": "x"})),
    "unknown-sop-word": line(user("t", **{"sop:frm": "x"})),
    "not-used": line(user("t", '<bpmn:potentialOwner id="o"/>')),
    "choreography": {"x.bpmn": document('<bpmn:choreography id="c"/>')},
    "choreography-reference": {
        "x.bpmn": document('<bpmn:choreography id="c"><bpmn:choreographyRef>d</bpmn:choreographyRef></bpmn:choreography>')
    },
    "not-understood": line(user("t"), element("teleportTask", "u")),
    # --- what an agency's SOP needs
    "task-without-form": line(user("t")),
    "form-missing": line(user("t", sop_form="none")),
    "identity-paper-required": with_form(key="nik", type="text", required=True),
    "emergency-after-papers": {
        **drawn(start(), user("assess", sop_form="a"), user("rescue", sop_form="r"), end(), flows("s", "assess", "rescue", "e")),
        **{f"forms/{key}.json": json.dumps({"key": key, "title": {"id": key}, "record": record, "fields": []}).encode()
           for key, record in (("a", "assessment"), ("r", "emergency"))}},
    "shown-unknown": {**line(user("t", sop_form="f")),
                      "forms/f.json": json.dumps({"key": "f", "title": {"id": "F"}, "shows": ["gone"], "fields": []}).encode()},
    "form-unused": {**with_form(), "forms/g.json": b"{}"},
    "no-lanes": line(user("t")),
    "outside-lane": laned('<bpmn:lane id="l" name="A"/>', user("t")),
    "lane-of-nobody": laned('<bpmn:lane id="l" name="A"><bpmn:flowNodeRef>gone</bpmn:flowNodeRef></bpmn:lane>', user("t")),
    "in-two-lanes": laned(
        "".join(f'<bpmn:lane id="{x}" name="{x}"><bpmn:flowNodeRef>t</bpmn:flowNodeRef></bpmn:lane>' for x in "AB"), user("t")
    ),
    "lane-without-role": {
        **laned('<bpmn:lane id="l" name="A"><bpmn:flowNodeRef>t</bpmn:flowNodeRef></bpmn:lane>', user("t")),
        "sop.toml": b"",
    },
    "role-unknown": with_sheet('[lanes]\n"Kepala" = "emperor"'),
    "no-sheet": line(user("t")),
    "sheet-incomplete": with_sheet('key = "x"'),
    "sheet-process": with_sheet('process = "other"'),
    "start-form-missing": with_sheet('start_form = "none"'),
    "clause-elements": with_sheet('[[clause]]\nid = "a"\ntext = "b"\nelements = ["gone"]'),
    "clause-quote": with_sheet('[[clause]]\nid = "a"\ntext = "b"\nelements = ["t"]\nsha256 = "00"'),
    "clause-unknown": {**line(user("t", sop_clause="z")), "sop.toml": b'[[clause]]\nid = "a"\ntext = "b"\nelements = ["t"]'},
    "document-template": with_sheet('[[document]]\ncode = "F10"\ntemplate = "letter"\ntitle = { id = "Surat" }'),
    "clause-kind": with_sheet('[[clause]]\nid = "a"\ntext = "b"\nelements = ["t"]\nkind = "rumour"'),
    "sensitivity": line(user("t", sop_sensitivity="secret")),
    "step-without-clause": with_sheet('[[clause]]\nid = "a"\ntext = "b"\nelements = ["s"]'),
    # --- folders that stand on others
    "uses-path": with_sheet('uses = ["../secret"]'),
    "uses-missing": with_sheet('extends = "depok/kasus"'),
    "uses-cycle": {
        **with_sheet('uses = ["common/a"]'),
        "uses/common/a/sop.toml": b'uses = ["common/b"]',
        "uses/common/b/sop.toml": b'uses = ["common/a"]',
    },
    "uses-unused": {**with_sheet('uses = ["common/a"]'), "uses/common/a/sop.toml": b'agency = "common"'},
    "duplicate-form": {**with_form(), "uses/common/a/forms/f.json": b"{}"},
    "duplicate-document": with_sheet("".join(f'[[document]]\ncode = "F10"\ntemplate = "{name}"\n' for name in "ab")),
    "adopted-identity": {**with_sheet('extends = "depok/kasus"'), "extends/depok/kasus/sop.toml": b""},
    "file-not-used": {**line(user("t")), "run.py": b"import os"},
    "scenario-unreadable": {**line(user("t")), "scenarios/a.toml": b"[["},
    "hidden-characters": line(user("t", name="Setujui\u202e")),
    "no-layout": line(user("t")),
    "meaningless-id": line(user("Activity_0fjvsxy"), through="Activity_0fjvsxy"),
    "name-missing": line(user("t")),
    "gateway-question": drawn(
        start(),
        element("exclusiveGateway", "g", name="Keputusan"),
        user("a"),
        user("b"),
        flow("s", "g"),
        flow("g", "a", "x = 1"),
        flow("g", "b", "x = 2"),
    ),
    "answer-missing": drawn(start(), exclusive("g"), user("a"), flow("s", "g"), flow("g", "a", "x = 1")),
}
