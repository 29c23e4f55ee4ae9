"""Loops in which no person, timer or message comes: hindering where no round can change the way out."""

from __future__ import annotations

import pytest

from engine.bundle import SopBundle
from engine.lint.run import lint
from engine.types import Severity
from tests.support.bpmn import boundary, catch, element, end, exclusive, flow, flows, standard_loop, start, timer, user
from tests.unit.lint.cases import Files, drawn, line
from tests.unit.lint.sop_cases import WEIGH, form, table

RULE, ADVICE = Severity.RULE, Severity.ADVICE
COUNT = element("businessRuleTask", "w", sop_decision="way", sop_result="tries")


def found(files: Files, code: str) -> set[Severity]:
    return {each.severity for each in lint(SopBundle.from_files(files)) if each.code == code}


def job(result: str = "") -> str:
    return element("serviceTask", "n", sop_operation="do.it", **({"sop_result": result} if result else {}))


def round_of(step: str, condition: str = 'x = "a"', *more: str) -> Files:
    """A form that asks `x`, a step, and a choice that leads back to the step."""
    name = step.split('id="', 1)[1].split('"', 1)[0]
    return {**drawn(start(), user("t", sop_form="f"), step, exclusive("g", default="g__e"), end(), flows("s", "t", name, "g"),
                    flow("g", name, condition), flow("g", "e"), *more), **form("f", x=("a", "b"))}


@pytest.mark.parametrize(("files", "severity"), [
    (round_of(job()), {RULE}),
    (round_of(job("x")), {ADVICE}),
    (round_of(job("said")), {RULE}),
    (round_of(job(), "today() < day"), {ADVICE}),
    (round_of(job(), 'x = "a"', boundary("b", "n", timer("PT1H")), end("e2"), flow("b", "e2")), {ADVICE}),
    (round_of(user("u")), set()),
    (round_of(catch("c", timer("PT1H"))), set()),
    ({**round_of(WEIGH, 'way = "left"'), "d.dmn": table(('"a"', '"left"'), ("-", '"right"'), policy="FIRST")}, {RULE}),
    ({**round_of(COUNT, "tries = 1"), "d.dmn": table(("1", "2"), ("-", "1"), policy="FIRST", column="tries")}, {ADVICE}),
])
def test_a_loop_that_nobody_holds_up(files: Files, severity: set[Severity]) -> None:
    assert found(files, "loop-without-person") == severity


def test_a_repetition_that_never_ends() -> None:
    for condition, maximum, is_found in (("true", None, True), ("1 < 2", None, True), ("true", 3, False), ("false", None, False),
                                         ('x = "a"', None, False)):
        files = line(user("t", inner=standard_loop(condition, maximum=maximum)))
        assert bool(found(files, "repetition-without-end")) is is_found, condition
    stopped = line(user("t", inner=standard_loop("true")), boundary("b", "t", timer("PT1H")), end("e2"), flow("b", "e2"))
    assert not found(stopped, "repetition-without-end")
