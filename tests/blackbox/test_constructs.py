"""Diagrams through the front door: what is open after each move, how it ends, and that forgetting everything changes nothing."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest

from engine import BpmnError, BundleRefused, SopBundle, Trial, lint
from tests.blackbox.drawing import HOUR, NOW, Play, boundary, bundle, flows, for_each, node, plain, process, service, timer, users

EVENTS = ('<error id="E1" errorCode="BOOM"/><error id="E2" errorCode="OTHER"/><message id="M" name="Msg"/>'
          '<signal id="S" name="Sig"/><escalation id="X" escalationCode="ESC"/>')
TERMINATE, CANCEL = "<terminateEventDefinition/>", "<cancelEventDefinition/>"
MESSAGE, SIGNAL = '<messageEventDefinition messageRef="M"/>', '<signalEventDefinition signalRef="S"/>'
ESCALATION = '<escalationEventDefinition escalationRef="X"/>'
HEALTH = 'case.lines[item.kind = "health"].n[1] > 2'


def error(which: str = "E1") -> str:
    return f'<errorEventDefinition errorRef="{which}"/>' if which else "<errorEventDefinition/>"


def condition(text: str) -> str:
    return f'<conditionalEventDefinition><condition xsi:type="tFormalExpression">{text}</condition></conditionalEventDefinition>'


def gate(kind: str, ids: str, **more: str) -> str:
    return "".join(node(f"{kind}Gateway", id, **more) for id in ids.split())


def inside(id: str, nodes: str, paths: str, more: str = "") -> str:
    return node("subProcess", id, more + node("startEvent", f"{id}_s") + nodes + flows(paths))


def raising(_: Any) -> Any:
    raise BpmnError("BOOM")


# name: (parts, variables, moves, what is open before each move and after the last, how it ends)
# A move is an element to complete, (element, variables), or a time to pass.
RUNS: dict[str, tuple[tuple[str, ...], dict[str, Any], tuple[Any, ...], list[str], str]] = {
    "ids that the library uses itself are ids like others": (
        (process(node("startEvent", "_s") + users("Start End p.EndJoin Root") + flows("_s>Start>End>p.EndJoin>Root")),), {},
        ("Start", "End", "p.EndJoin", "Root"), ["Start", "End", "p.EndJoin", "Root", ""], "completed"),
    "ids are Unicode": ((plain(users("tugas_é 任务"), "s>tugas_é>任务>e"),), {}, ("tugas_é", "任务"), ["tugas_é", "任务", ""], "completed"),
    "several flows in merge without waiting": (
        (plain(users("a b c d"), "s>a>b>d>e;a>c>d"),), {}, ("a", "b", "c", "d", "d"),
        ["a", "b c", "c d", "d d", "d", ""], "completed"),
    "conditions on the flows of a task hold": (
        (plain(users("a b c"), "s>a\na>b ? x > 1\na>c ? x > 5\nb>e;c>e"),), {}, (("a", {"x": 3}), "b"), ["a", "b", ""], "completed"),
    "no true flow is an incident": ((plain(gate("exclusive", "g") + users("a"), "s>g\ng>a ? x > 1\na>e"),), {"x": 0}, (), [""], "incident"),
    "null is not false": (
        (plain(gate("exclusive", "g") + users("a b"), "s>g\ng>a ? x > 1\ng>b ? true\na>e;b>e"),), {"x": None}, (), [""], "incident"),
    "a condition looks into lists and contexts": (
        (plain(gate("exclusive", "g") + users("a b"), f"s>g\ng>a ? {HEALTH}\ng>b ? true\na>e;b>e"),),
        {"case": {"lines": [{"kind": "x", "n": 9}, {"kind": "health", "n": 3}]}}, (), ["a"], "active"),
    "two tokens on one flow do not stand for two flows": (
        (plain(gate("parallel", "f j") + gate("exclusive", "m") + users("a b c z"), "s>f>a>m>j>z>e;f>b>m;f>c>j"),), {},
        ("a", "b", "c", "z"), ["a b c", "b c", "c", "z", ""], "active"),
    "terminate ends only its own sub-process": (
        (plain(inside("sp", gate("parallel", "f") + users("a b") + node("endEvent", "x", TERMINATE), "sp_s>f>a>x;f>b") + users("c"),
               "s>sp>c>e"),), {}, ("a", "c"), ["a b", "c", ""], "completed"),
    "terminate in one instance of several ends only that": (
        (plain(inside("sp", users("a") + node("endEvent", "x", TERMINATE), "sp_s>a>x", for_each("[1, 2]", "it")) + users("h"),
               "s>sp>h>e"),), {}, ("a", "a", "h"), ["a a", "a", "h", ""], "completed"),
    "the nearest edge that names the error catches it": (
        (EVENTS, plain(inside("o", inside("sp", node("endEvent", "x", error("E2")), "sp_s>x") + boundary("b2", "sp", error("E1"))
                              + users("h2"), "o_s>sp;b2>h2") + boundary("b", "o", error("E2")) + users("h"), "s>o>e;b>h>e")),
        {}, ("h",), ["h", ""], "completed"),
    "a named error goes before the edge for all errors": (
        (EVENTS, plain(inside("sp", node("endEvent", "x", error("E2")), "sp_s>x") + boundary("b", "sp", error(""))
                       + boundary("b2", "sp", error("E2")) + users("h h2"), "s>sp>e;b>h>e;b2>h2>e")), {}, ("h2",), ["h2", ""], "completed"),
    "each escalation that does not interrupt is caught": (
        (EVENTS, plain(inside("sp", node("intermediateThrowEvent", "x", ESCALATION) + node("intermediateThrowEvent", "y", ESCALATION)
                              + users("u"), "sp_s>x>y>u") + boundary("b", "sp", ESCALATION, cancels=False) + users("h"), "s>sp>e;b>h>e")),
        {}, ("h", "h", "u"), ["h h u", "h u", "u", ""], "completed"),
    "an error leaves a called process": (
        (EVENTS, plain(node("callActivity", "c", calledElement="q") + boundary("b", "c", error()) + users("h"), "s>c>e;b>h>e"),
         process(node("startEvent", "s2") + service("o", "op") + flows("s2>o"), "q")), {}, ("h",), ["h", ""], "completed"),
    "a cancelled transaction leaves by its edge": (
        (plain(node("transaction", "t", node("startEvent", "s2") + users("a") + node("endEvent", "x", CANCEL) + flows("s2>a>x"))
               + boundary("b", "t", CANCEL) + users("h"), "s>t>e;b>h>e"),), {}, ("a", "h"), ["a", "h", ""], "completed"),
    "a signal end reaches who waits in the same instance": (
        (EVENTS, process(node("startEvent", "s") + gate("parallel", "f") + node("endEvent", "x", SIGNAL)
                         + node("intermediateCatchEvent", "c", SIGNAL) + users("a") + flows("s>f>c>a;f>x"))),
        {}, ("a",), ["a", ""], "completed"),
    "a condition fires on the edge when a colleague makes it true": (
        (plain(gate("parallel", "f") + users("a b z h") + boundary("c", "z", condition("x &gt; 3")), "s>f>a>b>e;f>z>e;c>h>e"),),
        {"x": 0}, (("a", {"x": 2}), ("b", {"x": 4}), "h"), ["a z", "b z", "h", ""], "completed"),
    "of two timers behind a gateway the earlier goes on": (
        (plain(gate("eventBased", "g") + node("intermediateCatchEvent", "t1", timer("PT10H"))
               + node("intermediateCatchEvent", "t2", timer("PT1H")) + users("a b"), "s>g>t1>a>e;g>t2>b>e"),),
        {}, (12 * HOUR, "b"), ["", "b", ""], "completed"),
    "two timers on one edge have each their own due": (
        (plain(users("a x y") + boundary("b1", "a", timer("PT2H"), cancels=False) + boundary("b2", "a", timer("PT1H"), cancels=False),
               "s>a>e;b1>x;b2>y"),), {}, (HOUR, HOUR), ["a", "a y", "a x y"], "active"),
    "a timer takes a called process of several instances with it": (
        (plain(node("callActivity", "c", for_each("[1, 2]", "it"), calledElement="q") + boundary("b", "c", timer("PT1H")) + users("h"),
               "s>c>e;b>h>e"), process(node("startEvent", "s2") + users("a") + flows("s2>a"), "q")),
        {}, ("a", HOUR, "h"), ["a a", "a", "h", ""], "completed"),
    "several instances run again when a loop comes round": (
        (plain(node("userTask", "a", for_each("[1, 2]", "it")) + users("b") + gate("exclusive", "g"),
               "s>a>b>g\ng>a ? again\ng>e ? not(again)"),), {},
        ("a", "a", ("b", {"again": True}), "a", "a", ("b", {"again": False})),
        ["a a", "a", "b", "a a", "a", "b", ""], "completed"),
    "a negative number of instances is an incident": (
        (plain(node("userTask", "a", '<multiInstanceLoopCharacteristics><loopCardinality xsi:type="tFormalExpression">n'
                    "</loopCardinality></multiInstanceLoopCharacteristics>"), "s>a>e"),), {"n": -1}, (), [""], "incident"),
    "a called process without an end event ends": (
        (plain(node("callActivity", "c", calledElement="q") + users("b"), "s>c>b>e"), process(users("u"), "q")),
        {}, ("u", "b"), ["u", "b", ""], "completed"),
}


@pytest.mark.parametrize("reloads", [False, True], ids=["kept", "reloaded"])
@pytest.mark.parametrize("name", RUNS)
def test_a_diagram_runs_as_the_standard_says(name: str, reloads: bool) -> None:
    parts, variables, moves, expected, ends = RUNS[name]
    play = Play(*parts, reloads=reloads, operations={"op": raising}).start(variables, "p")
    seen = [" ".join(play.open())]
    for move in moves:
        if isinstance(move, timedelta):
            play.trial.advance(move)
        elif isinstance(move, tuple):
            play.do(move[0], **move[1])
        else:
            play.do(move)
        seen.append(" ".join(play.open()))
    assert (seen, play.status) == (expected, ends)
    assert play.trial.replay(play.id).verdict == "confirmed"


REFUSED: dict[str, tuple[tuple[str, ...], str]] = {
    "a complex gateway": ((plain(node("complexGateway", "x"), "s>x>e"),), "complex-gateway"),
    "an ad-hoc sub-process": ((plain(node("adHocSubProcess", "x"), "s>x>e"),), "ad-hoc-sub-process"),
    "a script": ((plain(node("scriptTask", "x"), "s>x>e"),), "script-task"),
    "an event sub-process without an event": (
        (plain(users("a") + node("subProcess", "x", node("startEvent", "s2") + users("h") + flows("s2>h"), triggeredByEvent="true"),
               "s>a>e"),), "event-sub-process-start"),
    "compensation": ((plain(node("intermediateThrowEvent", "x", "<compensateEventDefinition/>"), "s>x>e"),), "compensation"),
    "a link that leads nowhere": ((plain(node("intermediateThrowEvent", "x", '<linkEventDefinition name="L"/>'), "s>x"),), "link-without-target"),
    "a process that calls itself": ((plain(node("callActivity", "x", calledElement="p"), "s>x>e"),), "call-recursion"),
    "a called process that is not there": ((plain(node("callActivity", "x", calledElement="q"), "s>x>e"),), "called-process-missing"),
    "a loop that nobody and nothing stops": ((plain(gate("exclusive", "x y"), "s>x>y>x\ny>e ? false"),), "runaway-loop"),
    "a flow to nowhere": ((plain(users("a"), "s>a>nowhere"),), "dangling-flow"),
    "a flow into a sub-process": ((plain(node("subProcess", "sp", users("x")), "s>x>e"),), "flow-crosses-border"),
    "a flow out of an end": ((plain(users("a b"), "s>a>e>b"),), "end-with-outgoing"),
    "an expression of another engine": ((plain(gate("exclusive", "g") + users("a"), "s>g\ng>a ? ${x > 1}\na>e"),), "foreign-expression"),
    "a text that is no duration": ((plain(node("intermediateCatchEvent", "x", timer("one hour")), "s>x>e"),), "timer-unusable"),
    "a cron text": ((plain(node("intermediateCatchEvent", "x", timer("0 0 * * *", "timeCycle")), "s>x>e"),), "timer-unusable"),
    "a service without an operation": ((plain(node("serviceTask", "x"), "s>x>e"),), "service-without-operation"),
    "two elements of one id": ((plain(users("a a"), "s>a>e"),), "duplicate-id"),
    "a decision that is not there": ((plain(node("businessRuleTask", "x", sop__decision="D", sop__result="r"), "s>x>e"),), "decision-missing"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_run_is_refused_with_a_code_a_line_and_both_languages(name: str) -> None:
    parts, code = REFUSED[name]
    with pytest.raises(BundleRefused) as refused:
        Play(*parts)
    found = [finding for finding in refused.value.findings if finding.code == code]
    assert found and all(finding.severity == "error" and finding.line for finding in found)
    assert all(text for finding in found for each in (finding.message, finding.instead) for text in (each.id, each.en))


def test_an_uncaught_error_ends_the_instance_and_cancels_what_was_open() -> None:
    play = Play(EVENTS, process(node("startEvent", "s") + gate("parallel", "f") + users("a") + node("endEvent", "x", error())
                                + flows("s>f>a;f>x"))).start()
    assert play.trail()[-4:] == ["entered x", "thrown x", "completed x", "cancelled a"]
    outcome = play.trial.outcome(play.id)
    assert (outcome.status, outcome.kind, outcome.code) == ("completed", "error", "BOOM")


def test_an_uncaught_escalation_lets_the_instance_go_on_and_is_told_at_its_end() -> None:
    play = Play(EVENTS, plain(users("a") + node("intermediateThrowEvent", "x", ESCALATION), "s>x>a>e")).start()
    assert play.status == "active"
    outcome = play.do("a").trial.outcome(play.id)
    assert (outcome.status, outcome.kind, outcome.code) == ("completed", "escalation", "ESC")


def test_lint_names_only_ids_that_stand_in_the_file_and_the_lines_they_stand_on() -> None:
    lines = ['<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="x">', '<process id="p" isExecutable="true">',
             '<startEvent id="s"/>', '<scriptTask id="sc"/>', "<userTask/>", '<sequenceFlow sourceRef="s" targetRef="sc"/>',
             '<sequenceFlow sourceRef="sc" targetRef="nowhere"/>', '<complexGateway id="cg"/>', "</process>", "</definitions>"]
    findings = lint(SopBundle.from_files({"p.bpmn": "\n".join(lines).encode()}))
    assert {(each.code, each.line, each.element_id) for each in findings if each.severity == "error"} >= {
        ("script-task", 4, "sc"), ("missing-id", 5, None), ("dangling-flow", 7, None), ("complex-gateway", 8, "cg")}
    assert {each.element_id for each in findings} <= {None, "p", "s", "sc", "cg"}
    assert all(each.line is None or (each.element_id or "") in lines[each.line - 1] for each in findings)


def test_lint_raises_on_no_bytes_at_all() -> None:
    drawn = bundle(plain(users("a"), "s>a>e")).files["p.bpmn"]
    chance = random.Random(7)
    for _ in range(150):
        data = bytearray(drawn)
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(len(data))
            if chance.random() < 0.5:
                data[place] = chance.randrange(256)
            else:
                data[place:place + chance.randint(1, 60)] = drawn[chance.randrange(len(drawn)):][:chance.randint(0, 60)]
        files = SopBundle.from_files({"p.bpmn": bytes(data)})
        findings = lint(files)
        assert all(text.id and text.en for each in findings for text in (each.message, each.instead))
        if not any(each.severity == "error" for each in findings):
            Trial.open(files, now=NOW)
