"""What the notation asks: the mistake in several shapes, each beside a sound twin."""

from __future__ import annotations

import pytest

from engine.bundle import SopBundle
from engine.lint.run import lint
from engine.types import LintFinding, Severity
from tests.support.bpmn import (
    boundary,
    catch,
    document,
    element,
    end,
    event,
    flow,
    flows,
    link,
    parallel,
    process,
    start,
    sub,
    throw,
    timer,
    user,
)

MESSAGE = '<bpmn:message id="m" name="{}"/>'
LINE = process("p", start(), user("t"), catch("w", event("message", "m")), end(), flows("s", "t", "w", "e"))


def found(code: str, file: bytes) -> list[LintFinding]:
    return [one for one in lint(SopBundle.from_files({"x.bpmn": file})) if one.code == code]


def pools(source: str, target: str, line: str = LINE) -> bytes:
    """An arrow between a pool that shows the process and one that shows nothing."""
    return document(
        f'<bpmn:collaboration id="c"><bpmn:participant id="ours" processRef="p"/><bpmn:participant id="theirs"/>'
        f'<bpmn:messageFlow id="arrow" sourceRef="{source}" targetRef="{target}"/></bpmn:collaboration>', line, roots=MESSAGE.format("M"))


@pytest.mark.parametrize(("source", "target", "severity"), [
    ("theirs", "w", None), ("theirs", "t", None), ("t", "theirs", None), ("ours", "theirs", None),
    ("theirs", "gone", Severity.RULE), ("gone", "w", Severity.RULE), ("ours", "t", Severity.RULE), ("t", "w", Severity.RULE),
    ("theirs", "e", Severity.RULE), ("w", "theirs", Severity.RULE), ("theirs", "s", Severity.ADVICE), ("e", "theirs", Severity.ADVICE)])
def test_a_message_goes_from_who_can_send_to_who_can_receive(source: str, target: str, severity: Severity | None) -> None:
    assert [one.severity for one in found("message-flow", pools(source, target))] == [severity] * (severity is not None)


@pytest.mark.parametrize(("ref", "code"), [("m", None), ("other", "message-flow"), ("gone", "drawing-reference")])
def test_an_arrow_speaks_of_the_message_its_step_waits_for(ref: str, code: str | None) -> None:
    arrow = pools("theirs", "w").replace(b"<bpmn:messageFlow ", f'<bpmn:messageFlow messageRef="{ref}" '.encode())
    file = arrow.replace(b"<bpmn:collaboration", b'<bpmn:message id="other" name="O"/><bpmn:collaboration')
    assert [one.element_id for name in ("message-flow", "drawing-reference") for one in found(name, file) if name == code] == ["arrow"] * bool(code)
    assert code or not (found("message-flow", file) or found("drawing-reference", file))


def test_an_event_sub_process_has_no_edge() -> None:
    beside = sub("u", start("s2", event("message", "m")), end("e2"), flow("s2", "e2"))
    edge = boundary("b", "u", timer("P1D"))
    for shape, hits in ((beside.replace('id="u"', 'id="u" triggeredByEvent="true"', 1), 1), (sub("u", user("v")), 0)):
        line = process("p", start(), user("t"), end(), flows("s", "t", "e"), shape, edge, flow("b", "e"))
        assert len(found("boundary-attachment", document(line, roots=MESSAGE.format("M")))) == hits


def test_a_gateway_takes_part_in_no_message_flow() -> None:
    line = process("p", start(), parallel("g"), user("t"), end(), flows("s", "g", "t", "e"))
    assert found("message-flow", pools("theirs", "g", line)) and not found("message-flow", pools("theirs", "t", line))


@pytest.mark.parametrize("part", [
    '<bpmn:association id="a" sourceRef="t" targetRef="gone"/>', '<bpmn:group id="a" categoryValueRef="t"/>',
    '<bpmn:dataStoreReference id="a" dataStoreRef="gone"/>', element("userTask", "a", "<bpmn:incoming>gone</bpmn:incoming>"),
    element("userTask", "a", "<bpmn:outgoing>s__t</bpmn:outgoing>")])
def test_what_a_drawing_points_at_is_there(part: str) -> None:
    (one,) = found("drawing-reference", document(process("p", start(), user("t"), part, flow("s", "t"))))
    assert (one.element_id, one.severity) == ("a", Severity.ADVICE)


def test_what_a_drawing_says_twice_alike_is_sound() -> None:
    told = element("userTask", "t", "<bpmn:incoming>s__t</bpmn:incoming><bpmn:outgoing>t__e</bpmn:outgoing>")
    parts = ('<bpmn:textAnnotation id="n"/><bpmn:association id="a" sourceRef="t" targetRef="n"/>'
             '<bpmn:dataStoreReference id="d" dataStoreRef="store"/>')
    roots = '<bpmn:dataStore id="store"/>'
    assert not found("drawing-reference", document(process("p", start(), told, end(), flows("s", "t", "e"), parts), roots=roots))


@pytest.mark.parametrize(("names", "hits"), [("p q", 0), ("p p", 1), ("p gone", 1), ("p other:gone", 0)])
def test_each_pool_shows_a_process_of_its_own_or_of_another_file(names: str, hits: int) -> None:
    one, other = names.split()
    pool = (f'<bpmn:collaboration xmlns:other="urn:other" id="c"><bpmn:participant id="a" processRef="{one}"/>'
            f'<bpmn:participant id="b" processRef="{other}"/></bpmn:collaboration>')
    said = found("drawing-reference", document(pool, LINE, process("q", user("z")), roots=MESSAGE.format("M")))
    assert [each.element_id for each in said] == ["b"] * hits


def test_a_picture_of_nothing_is_named() -> None:
    space = "http://www.omg.org/spec/BPMN/20100524/DI"
    shown = "".join(f'<d:BPMNShape id="shape_{key}" bpmnElement="{key}"/>' for key in ("t", "gone"))
    drawing = f'<d:BPMNDiagram xmlns:d="{space}"><d:BPMNPlane id="plane" bpmnElement="p">{shown}</d:BPMNPlane></d:BPMNDiagram>'
    assert [one.element_id for one in found("drawing-reference", document(process("p", user("t")), drawing))] == ["shape_gone"]


@pytest.mark.parametrize("name", ["answer-${key}", "#{key}", "= key"])
@pytest.mark.parametrize("line", [LINE, process("p", start(), element("receiveTask", "w", messageRef="m"), end(), flows("s", "w", "e"))])
def test_a_name_that_its_own_engine_fills_in_is_in_another_language(name: str, line: str) -> None:
    (one,) = found("foreign-expression", document(line, roots=MESSAGE.format(name)))
    assert (one.element_id, one.severity) == ("w", Severity.RULE)
    assert not found("foreign-expression", document(line, roots=MESSAGE.format("Jawaban: siap = ya")))


@pytest.mark.parametrize(("language", "places"), [
    ("http://www.mvel.org/2.0", {None, "s__t"}), ("http://www.w3.org/1999/XPath", {None}), ("https://www.omg.org/spec/DMN/20191111/FEEL/", set())])
def test_a_condition_in_another_default_language_is_named_where_it_stands(language: str, places: set[str | None]) -> None:
    line = process("p", start(), user("t"), catch("w", timer("P1D")), end(), flow("s", "t", "a = 1"), flows("t", "w", "e"))
    file = document(line).replace(b'id="definitions"', f'id="definitions" expressionLanguage="{language}"'.encode())
    assert {one.element_id for one in found("default-expression-language", file)} == places


@pytest.mark.parametrize("edge", ["", boundary("b", "r", timer("P1D"))])
def test_a_receive_task_behind_an_event_gateway_waits_for_nothing_beside(edge: str) -> None:
    line = process("p", start(), element("eventBasedGateway", "g"), element("receiveTask", "r", messageRef="m"), catch("w", timer("P2D")),
                   edge, end(), flows("s", "g", "r", "e"), flow("g", "w"), flow("w", "e"))
    assert [one.element_id for one in found("event-gateway-targets", document(line, roots=MESSAGE.format("M")))] == ["r"] * bool(edge)


def test_no_condition_stands_behind_an_event() -> None:
    line = process("p", start(), user("t"), end(), flow("s", "t", "a = 1"), flow("t", "e", "a = 1"))
    assert [(one.element_id, one.severity) for one in found("condition-not-allowed", document(line))] == [("s__t", Severity.RULE)]


def test_a_link_is_entered_and_left_by_itself_alone() -> None:
    sound = (start(), throw("l", link("A")), catch("k", link("A")), user("t"), end(), flow("s", "l"), flows("k", "t", "e"))
    assert not found("link-with-flow", document(process("p", *sound)))
    for wrong, where in ((flow("l", "t"), "l"), (flow("t", "k"), "k")):
        assert [one.element_id for one in found("link-with-flow", document(process("p", *sound, wrong)))] == [where]


def test_a_lane_holds_steps_of_its_own_process() -> None:
    lanes = '<bpmn:laneSet id="ls"><bpmn:lane id="l" name="A"><bpmn:flowNodeRef>{}</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>'
    for held, hits in (("t", 0), ("z", 1), ("gone", 1)):
        file = document(process("p", lanes.format(held), start(), user("t"), flow("s", "t")), process("q", user("z")))
        assert len(found("lane-of-nobody", file)) == hits


def test_a_word_that_is_none_is_named_where_it_stands_also_in_a_file_of_one_line() -> None:
    for prefixed in (True, False):
        file = document(process("p", start(), user("t", dueDate="x"), user("u"), end(), flows("s", "t", "u", "e")))
        file = file if prefixed else file.replace(b"bpmn:", b"").replace(b"xmlns:bpmn", b"xmlns")
        (one,) = found("schema", file)
        assert one.element_id == "t" and "dueDate" in one.message.en


def test_text_that_is_no_date_is_no_fixed_date() -> None:
    for text, hits in (("2027-03-01T08:00:00Z", 1), ("${due}", 0), ("P3D", 0)):
        line = process("p", start(), catch("w", timer(text, "timeDate")), end(), flows("s", "w", "e"))
        assert len(found("timer-fixed-date", document(line))) == hits
