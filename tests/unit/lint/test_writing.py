"""What is written twice at once: by the rounds of a multi-instance, and by what an event starts beside a step."""

from __future__ import annotations

from engine.bundle import SopBundle
from engine.lint.run import lint
from tests.support.bpmn import boundary, end, event, flows, instances, start, sub, timer, user
from tests.unit.lint.cases import Files, drawn, line
from tests.unit.lint.sop_cases import form


def found(files: Files) -> set[str | None]:
    return {each.element_id for each in lint(SopBundle.from_files(files)) if each.code == "parallel-write"}


def rounds(*, before: str, sequential: bool = False) -> Files:
    loop = instances(cardinality="2", sequential=sequential)
    inner = sub("t", start("s2"), user("i", sop_form="f"), end("e2"), flows("s2", "i", "e2"), loop=loop)
    return {**drawn(start(), user("b", sop_form=before), inner, end(), flows("s", "b", "t", "e")), **form("f", x=("a", "b")), **form("other", y=())}


def test_rounds_at_once_write_what_has_its_place_outside() -> None:
    assert found(rounds(before="f")) == {"t"}
    assert not found(rounds(before="other")), "each round keeps its own"
    assert not found(rounds(before="f", sequential=True))


def test_the_same_form_beside_itself() -> None:
    def aside(asked: str, *, interrupting: bool = False) -> Files:
        return {**line(user("t", sop_form="f"), boundary("b", "t", timer("PT1H"), interrupting=interrupting), user("u", sop_form=asked), end("e2"),
                       flows("b", "u", "e2")), **form("f", x=("a", "b")), **form("other", x=("a", "b"))}

    assert found(aside("f")) == {"u"}
    assert not found(aside("other")), "news may change an answer"
    assert not found(aside("f", interrupting=True))


def test_an_event_sub_process_that_asks_the_same_form() -> None:
    def news(is_interrupting: str) -> Files:
        begins = start("n", event("message", "m")).replace("<bpmn:startEvent", f'<bpmn:startEvent isInterrupting="{is_interrupting}"')
        inner = sub("x", begins, user("u", sop_form="f"), end("e2"), flows("n", "u", "e2")).replace(
            "<bpmn:subProcess", '<bpmn:subProcess triggeredByEvent="true"', 1)
        return {**line(user("t", sop_form="f"), inner, roots='<bpmn:message id="m" name="m"/>'), **form("f", x=("a", "b"))}

    assert found(news("false")) == {"u"} and not found(news("true"))
