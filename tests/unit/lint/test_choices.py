"""Conditions that no answer makes true, on flows, in forms and in timers; and those that some answer does."""

from __future__ import annotations

import json

import pytest

from engine.bundle import SopBundle
from engine.lint.run import lint
from engine.types import Severity
from tests.support.bpmn import catch, end, event, exclusive, flow, flows, start, timer, user
from tests.unit.lint.cases import Files, drawn
from tests.unit.lint.sop_cases import WEIGH, asking, form, table

RULE, ADVICE = Severity.RULE, Severity.ADVICE


def found(files: Files, code: str) -> dict[str | None, Severity]:
    return {each.element_id: each.severity for each in lint(SopBundle.from_files(files)) if each.code == code}


def chosen(condition: str, *, begins: str = start(), roots: str = "", before: str = "", more: Files | None = None) -> Files:
    """A form that asks `risk`, `child` and, in words, `note`; then a way taken by the condition beside a default."""
    last = "w" if before else "t"
    files = drawn(begins, user("t", sop_form="f"), before, *(flows("t", "w"),) * bool(before), exclusive("g", default="g__v"), user("u"),
                  user("v"), end(), flows("s", "t"), flows(last, "g"), flow("g", "u", condition), flows("g", "v", "e"), flow("u", "e"),
                  roots=roots)
    asked = json.loads(form("f", risk=("high", "low"), child=())["forms/f.json"])
    asked["fields"].append({"key": "note", "type": "text", "label": {"id": "note"}, "steering": True})
    return {**files, "forms/f.json": json.dumps(asked).encode(), **(more or {})}


@pytest.mark.parametrize(("condition", "severity"), [
    ('risk = "high"', None), ('"high" = risk', None), ('risk != "tinggi"', None), ("risk = null", None), ("child", None),
    ('risk = "high" and note > "a"', None), ('contains(note, "a")', None), ('risk = "high" and today() = date("2027-01-01")', None),
    ('parameters.many > 2', None), ("some x in [risk] satisfies x = \"high\"", None),
    ('risk = "tinggi"', RULE), ("risk > 3", RULE), ("risk", RULE), ("1 = 2", RULE), ("false", RULE), ("risk = high", RULE),
    ("note > 3", RULE), ('child = "ya"', RULE), ('risk = "tinggi" and note = "a"', RULE), ('risk = "high" and risk = "low"', RULE),
    ('risk = "high" or child = "ya"', ADVICE), ('note = "a" or risk = "tinggi"', ADVICE), ("rsik = 1 or note = 3", ADVICE),
])
def test_a_way_that_no_answer_opens(condition: str, severity: Severity | None) -> None:
    assert found(chosen(condition), "condition-never-true") == ({"g__u": severity} if severity else {})


def test_a_word_that_no_row_of_the_table_says() -> None:
    for said, is_found in (("left", False), ("lefft", True)):
        files = chosen('way = "left"', before=WEIGH, more={"d.dmn": table(('"a"', f'"{said}"'), ("-", '"right"'), policy="FIRST")})
        assert bool(found(files, "condition-never-true")) is is_found


def test_a_name_in_a_condition_that_nothing_gives() -> None:
    assert found(chosen('rsik = "high"'), "name-without-answer") == {"g__u": ADVICE}
    assert found(chosen('risk = "high" or interpreter = true'), "name-without-answer") == {"g__u": ADVICE}
    assert not found(chosen('risk = "high"'), "name-without-answer")
    told = start(inner=event("message", "m"))
    assert not found(chosen("said = 1", begins=told, roots='<bpmn:message id="m" name="m"/>'), "name-without-answer"), "the message may bring it"


@pytest.mark.parametrize(("show_if", "is_required", "severity"), [
    ('x = "a"', True, None), ("x = null", True, None), ('x != "a"', True, None),
    ('x = "c"', True, RULE), ('x = "a" and x = "b"', True, RULE), ('x = "c"', False, ADVICE),
])
def test_a_question_that_is_never_asked(show_if: str, is_required: bool, severity: Severity | None) -> None:
    files = asking({"key": "why", "type": "text", "label": {"id": "why"}, "required": is_required, "showIf": show_if})
    assert found(files, "question-never-asked") == ({"why": severity} if severity else {})


def test_a_timer_by_an_answer_that_is_no_time() -> None:
    for text, is_found in (("= x", True), ('= if x = "a" then duration("P1D") else duration("P2D")', False), ("= day", False),
                           ('= duration("P1D")', False)):
        files = asking({"key": "day", "type": "date", "label": {"id": "day"}, "steering": True})
        drawing = drawn(start(), user("t", sop_form="f"), catch("w", timer(text)), end(), flows("s", "t", "w", "e"))
        assert bool(found({**files, **drawing}, "timer-reads-no-time")) is is_found, text
