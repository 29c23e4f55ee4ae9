"""Decision tables under the check: rows that match together, answers that no row takes, and what a running case does with either."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from engine import SopBundle, Trial
from engine.lint.run import lint
from engine.types import Severity
from tests.support.bpmn import end, exclusive, flow, flows, start, user
from tests.unit.lint.cases import Files, drawn
from tests.unit.lint.sop_cases import SOP_CASES, WEIGH, table, weighed

A, B, REST = ('"a"', '"left"'), ('"b"', '"right"'), ("-", '"right"')


def found(files: Files, code: str) -> list[tuple[Severity, str]]:
    hits = [hit for hit in lint(SopBundle.from_files(files)) if hit.code == code]
    assert all((hit.file, hit.element_id) == ("d.dmn", "way") and hit.line for hit in hits)
    return [(hit.severity, hit.message.en.partition("(")[2].rstrip(")")) for hit in hits]


def asked(data: bytes, *questions: dict[str, object]) -> Files:
    """As `weighed`, with the questions written out."""
    fields = [{"label": {"id": "x"}, "steering": True, "required": True, **question} for question in questions]
    return {**weighed(data), "forms/f.json": json.dumps({"key": "f", "title": {"id": "f"}, "fields": fields}).encode()}


def number(**more: object) -> dict[str, object]:
    return {"key": "x", "type": "integer", **more}


def test_two_rows_of_a_unique_table_that_match_together_hinder():
    assert found(SOP_CASES["table-overlap"], "table-overlap") == [(Severity.RULE, "rows 1 and 2; x = a")]
    assert found(weighed(table(A, B), x=("a", "b")), "table-overlap") == []
    assert found(weighed(table(A, REST, policy="FIRST"), x=("a", "b")), "table-overlap") == []
    assert found(asked(table(("[1..5]", '"left"'), (">= 5", '"right"')), number()), "table-overlap") == [(Severity.RULE, "rows 1 and 2; x = 5")]
    assert found(asked(table(("[1..5)", '"left"'), (">= 5", '"right"')), number()), "table-overlap") == []


def test_rows_of_an_any_table_may_match_together_while_they_agree():
    assert found(weighed(table(A, ("-", '"left"'), policy="ANY"), x=("a", "b")), "table-overlap") == []
    assert found(weighed(table(A, REST, policy="ANY"), x=("a", "b")), "table-overlap") == [(Severity.RULE, "rows 1 and 2; x = a")]


def test_what_no_form_answers_is_advice_and_what_nothing_tells_of_may_be_anything():
    twice = table(A, B, ('"z"', '"left"'), ('"z"', '"right"'))
    assert found(weighed(twice, x=("a", "b")), "table-overlap") == [(Severity.ADVICE, "rows 3 and 4; x = z")]
    assert found(weighed(twice, y=("a", "b")), "table-overlap") == [(Severity.RULE, "rows 3 and 4; x = z")]


def test_an_answer_that_no_row_takes_hinders_where_a_choice_waits_for_it():
    optional = {"key": "x", "type": "choice", "required": False, "options": [{"value": each, "label": {"id": each}} for each in "ab"]}
    assert found(SOP_CASES["table-gap"], "table-gap") == [(Severity.RULE, "x = c")]
    assert found(asked(table(A, B), {**optional, "required": True}), "table-gap") == []
    assert found(asked(table(A, B), optional), "table-gap") == [(Severity.RULE, "x = not answered")]
    assert found(asked(table(A, REST, policy="FIRST"), optional), "table-gap") == []
    assert found(asked(table(A, policy="COLLECT"), optional), "table-gap") == [], "no row is a list of none"
    assert found(asked(table(("< 5", '"left"'), ("> 5", '"right"')), number()), "table-gap") == [(Severity.RULE, "x = 5")]
    assert found(asked(table(("< 5", '"left"'), ("> 5", '"right"')), number(rule="x > 5")), "table-gap") == []
    assert found(asked(table(A, B), {"key": "y", "type": "boolean"}), "table-gap") == [], "nothing tells of x"


def test_a_question_that_is_not_shown_has_no_answer():
    data = table(("true", '"left"'), ("false", '"right"'))
    first, hidden = {"key": "y", "type": "boolean"}, {"key": "x", "type": "boolean", "showIf": "y = true"}
    assert found(asked(data, first, hidden), "table-gap") == [(Severity.RULE, "y = no, x = not answered")]
    assert found(asked(table(("true", '"left"'), ("false, null", '"right"')), first, hidden), "table-gap") == []
    assert found(asked(table(("true", '"left"'), ("false", '"right"'), column="y and x = true"), first, hidden), "table-gap") == []


def test_columns_that_read_one_name_are_of_one_mind():
    both = table(("true", '"left"'), ("false", '"right"')).replace(
        b"<output", b"<input><inputExpression><text>not(x)</text></inputExpression></input><output").replace(
        b"<text>true</text></inputEntry>", b"<text>true</text></inputEntry><inputEntry><text>false</text></inputEntry>").replace(
        b"<rule><inputEntry><text>false</text></inputEntry>",
        b"<rule><inputEntry><text>false</text></inputEntry><inputEntry><text>true</text></inputEntry>")
    assert found(asked(both, {"key": "x", "type": "boolean"}), "table-gap") == []


def test_an_answer_outside_the_column_is_refused_by_the_table():
    assert found(SOP_CASES["table-refuses-answer"], "table-refuses-answer") == [(Severity.RULE, "x = b")]
    typed = table(A, REST, policy="FIRST").replace(b"<inputExpression>", b'<inputExpression typeRef="number">')
    assert found(weighed(typed, x=("a", "b")), "table-refuses-answer") == [(Severity.RULE, "x = a")]


@pytest.mark.parametrize(("default", "answer", "data", "is_stopped"), [
    (False, "a", table(A, REST), True), (False, "b", table(A, REST), False),      # two rows of a UNIQUE table
    (False, "c", table(A, B), True), (True, "c", table(A, B), False),             # no row: null, and a default takes it
])
def test_a_running_case_does_what_the_check_says(default, answer, data, is_stopped):
    choice = exclusive("g", default="g__v") if default else exclusive("g")
    files = drawn(start(), user("t"), WEIGH, choice, user("u"), user("v"), end(), flows("s", "t", "w", "g"),
                  flow("g", "u", 'way = "left"'), flow("g", "v", None if default else 'way = "right"'), flows("u", "e"), flows("v", "e"))
    trial = Trial.open(SopBundle.from_files({**files, "d.dmn": data}), now=datetime(2026, 11, 9, 2, 0, tzinfo=UTC))
    case = trial.start()
    trial.complete(trial.open_tasks(case)[0].id, {"x": answer})
    assert (trial.outcome(case).status == "incident") is is_stopped


def test_a_default_takes_what_no_row_does():
    files = SOP_CASES["table-gap"]
    eased = files["x.bpmn"].replace(b'<bpmn:exclusiveGateway id="g"', b'<bpmn:exclusiveGateway id="g" default="g__v"')
    assert found({**files, "x.bpmn": eased}, "table-gap") == [(Severity.ADVICE, "x = c")]


def test_names_that_nothing_answers_are_told_where_they_are_read():
    def strange(files: Files) -> list[tuple[str | None, str]]:
        return [(hit.element_id, hit.message.en.partition("(")[2].rstrip(")")) for hit in lint(SopBundle.from_files(files))
                if hit.code == "name-without-answer"]

    assert strange(weighed(table(A, B), x=("a", "b"))) == []
    assert strange(weighed(table(('? = "a" and risc = "high"', '"left"'), ("-", "if urgnt then x else null")), x=("a", "b"))) == [
        ("way", "risc, urgnt")]
    assert strange(weighed(table(A, B), y=("a", "b"))) == [("way", "x")]
    assert strange(asked(table(A, B), {"key": "x", "type": "text", "showIf": "y", "rule": "x != yy and risk != null"}, {
        "key": "y", "type": "boolean"})) == [("x", "yy")]


def test_an_answer_that_a_choice_leads_elsewhere_does_not_come_to_the_table():
    parts = (start(), user("t", sop_form="f"), exclusive("h", default="h__z"), user("z"), WEIGH, exclusive("g"), user("u"), user("v"), end(),
             flows("s", "t", "h"), flow("h", "w", 'x != "c"'), flow("h", "z"), flows("z", "e"), flow("w", "g"),
             flow("g", "u", 'way = "left"'), flow("g", "v", 'way = "right"'), flows("u", "e"), flows("v", "e"))
    assert found({**SOP_CASES["table-gap"], **drawn(*parts)}, "table-gap") == []
    other = {**SOP_CASES["table-gap"], **drawn(*(part.replace('x != "c"', 'x != "b"') for part in parts))}
    assert found(other, "table-gap") == [(Severity.RULE, "x = c")]


def test_a_row_that_is_never_used():
    def never(*rows: tuple[str, str], policy: str = "FIRST", files: Files | None = None) -> list[tuple[Severity, str]]:
        return found(files or weighed(table(*rows, policy=policy), x=("a", "b")), "row-never-matches")

    assert never(A, B, REST) == [] and never(A, B, policy="UNIQUE") == []
    assert never(REST, A) == [(Severity.RULE, "row 2")]
    assert never(A, ('"c"', '"left"'), REST) == [(Severity.ADVICE, "row 2")]
    assert never(('"a", "b"', '"left"'), A, REST) == [(Severity.ADVICE, "row 2")]
    assert never(A, ("null", '"right"'), REST) == [], "it may be left open"
    assert never(files=asked(table((">= 1", '"left"'), ("> 5", '"right"'), ("-", '"left"'), policy="FIRST"), number())) == [(Severity.ADVICE, "row 2")]
