"""Messages: none is waited for that nobody sends, none goes to nobody."""

from __future__ import annotations

import pytest

from engine import correspondence
from engine.bundle import SopBundle
from engine.definitions import load
from tests.support.bpmn import boundary, call, catch, document, element, end, event, exclusive, flow, flows, message, process, start, sub, throw, user
from tests.unit.lint.cases import Files, drawn, line
from tests.unit.lint.sop_cases import MAIN
from tests.unit.lint.test_duties import found

WAITS = event("message", "M")
ROOTS = message("M") + message("N")


def waited(*parts: str, roots: str = ROOTS) -> list[str | None]:
    return found("message-from-nobody", {**line(*parts, roots=roots), "sop.toml": MAIN})


def beside(inner: str) -> str:
    return element("subProcess", "x", inner + end("xe") + flows("xs", "xe"), triggeredByEvent=True)


@pytest.mark.parametrize("parts", [
    [catch("t", WAITS)],
    [element("receiveTask", "t", messageRef="M")],
    [user("u"), boundary("t", "u", WAITS), flow("t", "e"), flow("u", "e")],
    [element("eventBasedGateway", "g"), catch("t", WAITS), catch("o", event("message", "N")), throw("n", event("message", "N")),
     flows("s", "n", "g", "t"), flows("g", "o", "e")],
    [sub("a", start("s2"), catch("t", WAITS), end("e2"), flows("s2", "t", "e2"))],
])
def test_who_waits_for_what_nobody_sends_waits_for_ever(parts: list[str]) -> None:
    assert waited(*parts) == ["t"]


def test_an_event_sub_process_waits_too() -> None:
    assert waited(user("t"), beside(element("startEvent", "xs", WAITS))) == ["xs"]
    assert waited(user("t"), beside(element("startEvent", "xs", WAITS, sop_form="f"))) == [], "an officer writes it down"


@pytest.mark.parametrize("sends", [throw("h", WAITS), element("sendTask", "h", messageRef="M")])
def test_what_another_branch_sends_is_waited_for(sends: str) -> None:
    assert waited(sends, exclusive("g"), catch("t", WAITS), flows("s", "h", "g"), flow("g", "t")) == []


def test_an_officer_a_called_process_or_a_drawn_partner_sends() -> None:
    assert waited(element("intermediateCatchEvent", "t", WAITS, sop_form="f")) == []
    lent = {"x.bpmn": document(process("p", start(), call("t", "q"), catch("w", WAITS), end(), flows("s", "t", "w", "e")),
                               process("q", start("s2"), throw("h", WAITS), end("e2"), flows("s2", "h", "e2")), roots=ROOTS)}
    assert found("message-from-nobody", {**lent, "sop.toml": MAIN}) == []
    partner = ('<bpmn:collaboration id="c"><bpmn:participant id="us" processRef="p"/><bpmn:participant id="them"/>'
               '<bpmn:messageFlow id="m" sourceRef="them" targetRef="t"/></bpmn:collaboration>')
    assert waited(catch("t", WAITS), roots=ROOTS + partner) == []


def test_what_begins_a_case_keeps_nobody_waiting() -> None:
    assert found("message-from-nobody", {**drawn(start("s", WAITS), user("t"), end(), flows("s", "t", "e"), roots=ROOTS), "sop.toml": MAIN}) == []


def unheard(files: Files, *others: Files) -> list[str | None]:
    return [one.element_id for one in correspondence.unheard(load(SopBundle.from_files(files)), (load(SopBundle.from_files(each)) for each in others))]


def test_a_message_reaches_this_sop_or_another_of_the_agency() -> None:
    sends = line(throw("t", WAITS), roots=ROOTS)
    assert unheard(sends) == ["t"]
    assert unheard(line(element("sendTask", "t", messageRef="M"), roots=ROOTS)) == ["t"]
    assert unheard(line(element("sendTask", "t", sop_operation="letter.send", messageRef="M"), roots=ROOTS)) == [], "an operation sends"
    assert unheard(sends, drawn(start("s", event("message", "N")), end(), flow("s", "e"), roots=ROOTS)) == ["t"]
    assert unheard(sends, drawn(start("s", WAITS), end(), flow("s", "e"), roots=ROOTS)) == []
    assert unheard(line(throw("t", WAITS), catch("c", WAITS), flow("t", "c"), roots=ROOTS)) == []


def test_a_message_for_another_agency_is_heard_there() -> None:
    box = '<bpmn:extensionElements><sop:argument name="agency" value="receiving_code"/></bpmn:extensionElements>'
    assert unheard(line(throw("t", box + WAITS), roots=ROOTS)) == []
