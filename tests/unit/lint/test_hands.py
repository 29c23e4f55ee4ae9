"""Who approves what their own role did: through calls, sub-processes and links, and where others come in between."""

from __future__ import annotations

import pytest

from tests.support.bpmn import boundary, call, catch, document, element, end, event, exclusive, flows, link, process, start, sub, throw, timer, user
from tests.unit.lint.cases import Files, drawn, laned
from tests.unit.lint.sop_cases import form, lane
from tests.unit.lint.test_duties import APPROVAL, found

TERMINATION = {**form("propose", "termination", proposed=()), **form("f", "termination", decision=("approved", "returned"))}


def lanes(drawn_lanes: str, key: str = "ls") -> str:
    return f'<bpmn:laneSet id="{key}">{drawn_lanes}</bpmn:laneSet>'


def calling(outer: str, inner: str, outer_lanes: str, inner_lanes: str) -> list[str | None]:
    """p: s -> `outer` with the call `c` in it -> e; q: s2 -> `inner` -> e2; each with its lanes."""
    return found("one-hand", {"x.bpmn": document(process("p", lanes(outer_lanes), start(), outer, call("c", "q"), end()),
                                                 process("q", lanes(inner_lanes, "ls2"), start("s2"), inner, end("e2"))), **APPROVAL})


def test_work_before_a_call_is_approved_inside_it() -> None:
    outer, inner = user("t") + flows("s", "t", "c", "e"), user("u", sop_form="f") + flows("s2", "u", "e2")
    assert calling(outer, inner, lane("A", "t"), lane("A", "u")) == ["u"]
    assert calling(outer, inner, lane("A", "t"), lane("B", "u")) == []
    after = user("t") + flows("s", "c", "t", "e")
    assert calling(after, inner, lane("A", "t"), lane("A", "u")) == [], "what comes after is none that is approved"


def test_work_inside_a_call_is_approved_after_it() -> None:
    outer, inner = user("u", sop_form="f") + flows("s", "c", "u", "e"), user("t") + flows("s2", "t", "e2")
    assert calling(outer, inner, lane("A", "u"), lane("A", "t")) == ["u"]
    assert calling(outer, inner, lane("A", "u"), lane("B", "t")) == []


def test_a_call_goes_back_to_where_it_was_made() -> None:
    """Two processes call the same one; what stands before one call is not before what follows on the other."""
    shared = process("q", start("s2"), element("businessRuleTask", "w"), end("e2"), flows("s2", "w", "e2"))
    one = process("p", lanes(lane("A", "u")), start(), call("c", "q"), user("u", sop_form="f"), end(), flows("s", "c", "u", "e"))
    other = process("o", lanes(lane("A", "t"), "ls2"), start("s3"), user("t"), call("c3", "q"), end("e3"), flows("s3", "t", "c3", "e3"))
    assert found("one-hand", {"x.bpmn": document(one, other, shared), **APPROVAL}) == []


def test_a_call_that_calls_itself_is_read_to_an_end() -> None:
    calls = [call(f"c{number}", "q") for number in range(8)]
    inner = "".join(calls) + exclusive("g") + "".join(flows("g", f"c{number}") for number in range(8)) + flows("s2", "g")
    assert calling(user("u", sop_form="f") + flows("s", "c", "u", "e"), inner, lane("A", "u"), lane("A", "nobody")) == []


@pytest.mark.parametrize(("parts", "expected"), [
    # work in a sub-process within a sub-process, approval outside
    (sub("a", start("s2"), sub("b", start("s3"), user("t"), end("e3"), flows("s3", "t", "e3")), end("e2"), flows("s2", "b", "e2"))
     + user("u", sop_form="f") + flows("s", "a", "u", "e"), ["u"]),
    # work outside, approval in a sub-process
    (user("t") + sub("a", start("s2"), user("u", sop_form="f"), end("e2"), flows("s2", "u", "e2")) + flows("s", "t", "a", "e"), ["u"]),
    # by a link
    (user("t") + throw("h", link("L")) + catch("k", link("L")) + user("u", sop_form="f") + flows("s", "t", "h") + flows("k", "u", "e"), ["u"]),
    # by an event at the edge of the step
    (user("t") + boundary("b", "t", timer("PT1H")) + user("u", sop_form="f") + flows("s", "t", "e") + flows("b", "u", "e"), ["u"]),
    # an event sub-process begins by itself: what stands in the file before it is none of its work
    (user("t") + flows("s", "t", "e") + element("subProcess", "a", element("startEvent", "s2", timer("PT1H")) + user("u", sop_form="f")
                                                  + end("e2") + flows("s2", "u", "e2"), triggeredByEvent=True), []),
])
def test_work_and_approval_in_different_places(parts: str, expected: list[str]) -> None:
    drawing = drawn(lanes(lane("A", "t", "u", "a")), start(), parts, end())
    assert found("one-hand", {**drawing, **APPROVAL}) == expected


def between(prepares: str, sees: str, approves: str, who: str = "B", **forms: bytes) -> list[str | None]:
    """A prepares, `who` comes in between, A approves."""
    people = lane("A", "t", "u", *("v" if who == "A" else "")) + (lane("B", "v") if who == "B" else "")
    files: Files = {**laned(people, prepares, sees, approves, flows("t", "v", "u", "e")), **APPROVAL}
    return found("one-hand", {**files, **forms})


def test_a_document_that_nobody_else_has_read_is_approved_by_its_maker() -> None:
    prepares, approves = user("t", sop_outputs="F04"), user("u", sop_form="f", sop_inputs="F04 F05")
    assert between(prepares, user("v", sop_outputs="F05"), approves) == ["u"], "who was in between did something else"
    assert between(prepares, user("v", sop_inputs="F04"), approves) == [], "who was in between read it"
    assert between(prepares, user("v", sop_outputs="F04"), approves) == [], "who was in between rewrote it"
    assert between(user("t", sop_outputs="F03"), user("v"), approves) == [], "another document"


def test_whoever_proposes_a_record_does_not_approve_it_whoever_saw_it() -> None:
    """As `same-person` holds it of people, of a termination, a transfer and a reopening."""
    proposes, approves = user("t", sop_form="propose", sop_outputs="F18"), user("u", sop_form="f", sop_inputs="F18")
    assert between(proposes, user("v", sop_inputs="F18"), approves, **TERMINATION) == ["u"]
    assert between(user("t"), user("v", sop_form="propose"), approves, **TERMINATION) == [], "another role proposed it"
    twice = user("t", sop_form="f")
    assert between(twice, user("v", sop_inputs="F18"), approves, **TERMINATION) == [], "who approved before has proposed nothing"


def test_a_message_is_no_work() -> None:
    waits = user("t") + catch("k", event("message", "M")) + user("u", sop_form="f") + flows("s", "t", "k", "u", "e")
    drawing = drawn(lanes(lane("A", "u") + lane("B", "t")), start(), waits, end(), roots='<bpmn:message id="M" name="M"/>')
    assert found("one-hand", {**drawing, **APPROVAL}) == []
