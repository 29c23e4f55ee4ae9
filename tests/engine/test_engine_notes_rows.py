"""Every failure of stock SpiffWorkflow 3.2.0 that the engine study found: made right here, or refused with what to draw instead.

A test is named after its row in the study; `UNSUPPORTED` rows that run here have one too.
"""

from __future__ import annotations

import pytest

from engine import SopBundle, bpmn_xml, lint
from engine.spiff import build
from engine.types import Severity
from tests.support import bpmn
from tests.support.play import Play, compile_bytes


def process(*parts, roots=""):
    return bpmn.document(bpmn.process("p", *parts), roots=roots)


def test_lane_whitespace():
    lane = '<bpmn:laneSet id="ls"><bpmn:lane id="l" name="Sales"><bpmn:flowNodeRef>\n   u\n </bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>'
    model = bpmn_xml.read_model(process(lane, bpmn.user("u")), file="x.bpmn")

    assert model.processes["p"].nodes["u"].lane == "Sales"


def test_conditional_flow_from_task():
    play = Play(process(bpmn.start(), bpmn.user("t", default="t__b"), bpmn.user("a"), bpmn.user("b"), bpmn.flow("s", "t"),
                        bpmn.flow("t", "a", "false"), bpmn.flow("t", "b")))

    assert play.complete("t").open == ["b"]


def test_implicit_parallel_split():
    play = Play(process(bpmn.start(), bpmn.user("t"), bpmn.user("a"), bpmn.user("b"), bpmn.flows("s", "t", "a"), bpmn.flow("t", "b")))

    assert play.complete("t").open == ["a", "b"]


@pytest.mark.parametrize("order", ["ab", "ba"])
@pytest.mark.parametrize("writer", ["a", "b"])
def test_parallel_data_conflict(order, writer):
    play = Play(process(bpmn.start(), bpmn.parallel("f"), bpmn.user("a"), bpmn.user("b"), bpmn.parallel("j"), bpmn.user("n"),
                        bpmn.flow("s", "f"), bpmn.flow("f", "a"), bpmn.flow("f", "b"), bpmn.flow("a", "j"), bpmn.flow("b", "j"),
                        bpmn.flow("j", "n")), v="init")
    for name in order:
        play.complete(name, **({"v": "set"} if name == writer else {}))

    assert play.variables == {"v": "set"}


@pytest.mark.parametrize(("hours", "expected"), [(2, ["b"]), (12, ["b"])])
def test_event_based_gateway_two_timers(hours, expected):
    play = Play(process(bpmn.start(), bpmn.element("eventBasedGateway", "g"), bpmn.catch("t10", bpmn.timer("PT10H")),
                        bpmn.catch("t1", bpmn.timer("PT1H")), bpmn.user("a"), bpmn.user("b"), bpmn.flows("s", "g", "t10", "a"),
                        bpmn.flows("g", "t1", "b")))

    assert play.wait(hours=hours).open == expected


def test_signal_end_event():
    play = Play(process(bpmn.start(), bpmn.end("e", bpmn.event("signal", "Sig")), bpmn.flow("s", "e"), roots=bpmn.signal("Sig")))

    assert [t.name for t in play.thrown] == ["Sig"]


def test_link_events():
    play = Play(process(bpmn.start(), bpmn.throw("out", bpmn.link("L")), bpmn.catch("into", bpmn.link("L")), bpmn.user("u"),
                        bpmn.flow("s", "out"), bpmn.flow("into", "u")))

    assert play.open == ["u"]


def each(**loop):
    return process(bpmn.start(), bpmn.exclusive("m"), bpmn.user("u", bpmn.instances(**loop)), bpmn.user("d"),
                   bpmn.exclusive("x", default="x__e"), bpmn.end(), bpmn.flows("s", "m", "u", "d", "x"),
                   bpmn.flow("x", "m", "again"), bpmn.flow("x", "e"))


@pytest.mark.parametrize("sequential", [True, False])
def test_mi_sequential_and_mi_parallel_input_item_in_loop(sequential):
    """An input item without an output item, and the whole a second time."""
    play = Play(each(collection='["A", "B"]', item="it", sequential=sequential))
    for again in (True, False):
        for item in ("A", "B"):
            assert play.task("u").item == item
            play.complete("u")
        play.complete("d", again=again)

    assert play.done


def test_mi_sequential_falsy_none_item():
    play = Play(each(collection='["A", null, "C"]', sequential=True))
    for item in ("A", None, "C"):
        assert play.task("u").item == item
        play.complete("u")

    assert play.open == ["d"]


def test_mi_sequential_negative_cardinality():
    play = Play(each(cardinality="n", sequential=True), n=-1)

    assert play.incidents == [("u", "number-unusable")]
    assert play.retry("u", n=1).open == ["u"]


def test_mi_cardinality_with_existing_output():
    marker = ('<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>2</bpmn:loopCardinality>'
              '<bpmn:loopDataOutputRef>res</bpmn:loopDataOutputRef><bpmn:outputDataItem id="o" name="r"/>'
              "</bpmn:multiInstanceLoopCharacteristics>")
    play = Play(process(bpmn.start(), '<bpmn:dataObject id="res" name="res"/>', bpmn.user("u", marker), bpmn.user("n"),
                        bpmn.flows("s", "u", "n")), res=["old", "old", "old"])
    play.complete("u", 0, r="x").complete("u", 0, r="y")

    assert play.variables["res"] == ["x", "y"]


def test_mi_collection_output_order():
    play = Play(each(collection='["A", "B", "C"]', collect="r"))
    play.complete("u", 2, r="rC").complete("u", 0, r="rA").complete("u", 0, r="rB")

    assert play.variables["r"] == ["rA", "rB", "rC"]


def test_mi_callactivity_interrupting_timer():
    play = Play(bpmn.document(
        bpmn.process("p", bpmn.start(), bpmn.call("c", "q", bpmn.instances(cardinality="2")), bpmn.user("h"),
                     bpmn.boundary("x", "c", bpmn.timer("PT1H")), bpmn.flow("s", "c"), bpmn.flow("x", "h")),
        bpmn.process("q", bpmn.start("qs"), bpmn.user("u"), bpmn.flow("qs", "u"))))

    assert play.wait(hours=2).open == ["h"]
    assert play.view.open_elements == ("h",)
    assert play.complete("h").done


def test_data_object_unresolvable_hang():
    """An association to nothing, inside a sub-process: read in no time, and found by lint."""
    inner = ('<bpmn:ioSpecification><bpmn:dataInput id="di" name="x"/><bpmn:inputSet id="i1"/><bpmn:outputSet id="o1"/>'
             "</bpmn:ioSpecification><bpmn:dataInputAssociation><bpmn:sourceRef>nowhere</bpmn:sourceRef>"
             "<bpmn:targetRef>di</bpmn:targetRef></bpmn:dataInputAssociation>")
    data = process(bpmn.start(), bpmn.sub("sp", bpmn.start("is"), bpmn.user("u", inner), bpmn.flow("is", "u")), bpmn.flow("s", "sp"))

    assert Play(data).open == ["u"]
    assert errors_of(data)


def test_service_task_error_masked():
    """A business error keeps its own code; what else goes wrong with an operation never reaches the diagram."""
    play = Play(process(bpmn.start(), bpmn.service("svc"), bpmn.user("h"), bpmn.boundary("x", "svc", bpmn.event("error", "REMOTE_DOWN")),
                        bpmn.flow("s", "svc"), bpmn.flow("x", "h"), roots=bpmn.error("REMOTE_DOWN")))

    assert play.fail("svc", "REMOTE_DOWN").open == ["h"]


def test_dead_end_in_called_process():
    play = Play(bpmn.document(bpmn.process("p", bpmn.start(), bpmn.call("c", "q"), bpmn.user("n"), bpmn.flows("s", "c", "n")),
                              bpmn.process("q", bpmn.start("qs"), bpmn.user("u"), bpmn.flow("qs", "u"))))

    assert play.complete("u").open == ["n"]


@pytest.mark.parametrize("name", ["Start", "End", "Root", "p.EndJoin", "element:u", "p"])
def test_id_equals_internal_name(name):
    parts = [bpmn.start("s1"), bpmn.user(name), bpmn.end("e1"), bpmn.flows("s1", name, "e1")]
    play = Play(bpmn.document(bpmn.process("proc", *parts)), "proc")

    assert play.open == [name]
    assert play.complete(name).done


def test_nested_data_aliasing_and_list_merge_semantics():
    play = Play(process(bpmn.start(), bpmn.user("a"), bpmn.user("b"), bpmn.user("c"), bpmn.flows("s", "a", "b", "c")),
                reload=False)
    play.complete("a", case={"lines": [{"q": 1}], "inner": {"x": 1}}, numbers=[1, 2, 3])
    after_a = play.last
    play.complete("b", case={"lines": [], "inner": {"x": 999}}, numbers=[3, 1])

    assert after_a.view.variables["case"] == {"lines": [{"q": 1}], "inner": {"x": 1}}
    assert play.variables == {"case": {"lines": [], "inner": {"x": 999}}, "numbers": [3, 1]}


@pytest.mark.parametrize("attack", [
    '__import__("os").system("id") = 0', "().__class__.__bases__[0].__subclasses__()", "open('/etc/passwd')", "lambda: 1",
    "[x for x in (1).__class__.__mro__]", 'getattr(n, "__class__")', "exit()",
])
def test_condition_sees_builtins(attack):
    """Python in a condition is never run: the gateway waits for a person."""
    data = process(bpmn.start(), bpmn.exclusive("g", default="g__b"), bpmn.user("a"), bpmn.user("b"), bpmn.flow("s", "g"),
                   bpmn.flow("g", "a", attack), bpmn.flow("g", "b"))
    play = Play(data, n=1)

    assert play.open == []
    assert [element for element, _ in play.incidents] == ["g"]


ROOTS = bpmn.message("M") + bpmn.error("E")


def event_sub_process(event, *, interrupting=True, more=""):
    started = bpmn.element("startEvent", "es", event, isInterrupting=interrupting)
    return bpmn.element("subProcess", "esp", more + started + bpmn.user("h") + bpmn.flow("es", "h"), triggeredByEvent=True)


@pytest.mark.parametrize(("event", "interrupting", "moved"), [
    (bpmn.event("message", "M"), True, ["h"]), (bpmn.event("message", "M"), False, ["h", "u"]), (bpmn.timer("PT1H"), True, ["h"]),
    (bpmn.event("error", "E"), True, ["h"])])
@pytest.mark.parametrize("nested", [False, True])
def test_event_subprocess(event, interrupting, moved, nested):
    """At the top and nested: not started by itself, not in the way of the end, and interrupting only when it says so."""
    inside = (bpmn.start("s2"), bpmn.exclusive("g", "g__u"), bpmn.user("u"), bpmn.end("x", bpmn.event("error", "E")),
              bpmn.flows("s2", "ask", "g", "u"), bpmn.flow("g", "x", "v = 1"), bpmn.user("ask"),
              event_sub_process(event, interrupting=interrupting))
    data = process(bpmn.start(), bpmn.sub("sp", *inside), bpmn.flow("s", "sp"), roots=ROOTS) if nested else process(*inside, roots=ROOTS)

    assert Play(data, v=0).open == ["ask"]
    assert Play(data, v=0).complete("ask").complete("u").done
    play = Play(data, v=int("error" in event)).complete("ask")
    if "message" in event:
        play.send("M")
    assert play.wait(hours=2).open == moved
    while play.open:
        play.complete(play.open[0])
    assert play.done


REFUSED = {
    "event_subprocess_plain": event_sub_process(""),
    "event_subprocess_compensation": event_sub_process("<bpmn:compensateEventDefinition/>"),
    "event_subprocess_several": event_sub_process(bpmn.timer("PT1H") + bpmn.event("message", "M")),
    "event_subprocess_two_starts": bpmn.sub("sp", bpmn.user("w"), event_sub_process(
        bpmn.event("message", "M"), more=bpmn.start("es2", bpmn.event("error", "E")))),
    "event_subprocess_of_a_loop": event_sub_process(bpmn.event("message", "M"), more=bpmn.instances(cardinality="2")),
    "event_subprocess_in_the_flow": event_sub_process(bpmn.event("message", "M")) + bpmn.flow("u", "esp"),
    "conditional_start": bpmn.start("cs", bpmn.conditional("v = 1")) + bpmn.user("after") + bpmn.flow("cs", "after"),
    "complex_gateway": bpmn.element("complexGateway", "cg"),
    "compensation_boundary": bpmn.boundary("cb", "u", "<bpmn:compensateEventDefinition/>"),
    "compensation_throw": bpmn.throw("ct", "<bpmn:compensateEventDefinition/>"),
    "adhoc": bpmn.sub("ah", bpmn.user("w"), tag="adHocSubProcess"),
    "script_task": bpmn.element("scriptTask", "sc", "<bpmn:script>import os</bpmn:script>"),
    "several_events": bpmn.catch("se", bpmn.timer("PT1H") + bpmn.event("message", "M")),
    "token_quantity": bpmn.user("tq", completionQuantity="0"),
    "call_activity_missing": bpmn.call("cm", "nothing"),
}


@pytest.mark.parametrize("row", REFUSED)
def test_what_does_not_run_is_refused_twice(row):
    """By lint with what to draw instead, and by the builder, should lint ever miss it."""
    data = process(bpmn.start(), bpmn.user("u"), bpmn.end(), bpmn.flows("s", "u", "e"), REFUSED[row], roots=ROOTS)

    findings = errors_of(data)
    assert findings
    assert all(f.message.id and f.message.en and f.instead.id and f.instead.en for f in findings)
    with pytest.raises(build.CannotCompile):
        compile_bytes(data)


def test_event_subprocess_spec_mutation():
    """A compiled program is never changed by what runs on it: its fingerprint and its graph stay as they were."""
    program = compile_bytes(each(collection="[1, 2]", collect="r"))
    before = graph(program)
    first = Play(program)
    first.complete("u").complete("u").complete("d", again=True)
    second = Play(program)

    assert graph(program) == before
    assert (second.open, first.open) == (["u", "u"], ["u", "u"])


def graph(program):
    return [(element.name, [flow.target.name for flow in element.outgoing], list(element._outputs), dict(vars(element)).keys())
            for scope in program.scopes for element in scope.elements]


def errors_of(data):
    return [f for f in lint(SopBundle.from_files({"p.bpmn": data})) if f.severity is Severity.ERROR]
