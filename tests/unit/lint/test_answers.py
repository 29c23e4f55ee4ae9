"""Choices without a default: a finding only where an answer that can be given leads nowhere."""

from __future__ import annotations

import json

from engine.bundle import SopBundle
from engine.lint.run import lint
from tests.support.bpmn import element, exclusive, flow, user
from tests.unit.lint.cases import drawn, start

TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:x">
<inputData id="i" name="x"/><decision id="way" name="way"><informationRequirement><requiredInput href="#i"/></informationRequirement>
<decisionTable hitPolicy="UNIQUE"><input><inputExpression><text>x</text></inputExpression></input><output name="way"/>%s</decisionTable>
</decision></definitions>"""
ROW = "<rule><inputEntry><text>%s</text></inputEntry><outputEntry><text>%s</text></outputEntry></rule>"


def leads_nowhere(*conditions: str, before: str = "", more: tuple[str, ...] = (), table: str = "", **question: object) -> bool:
    """Whether the choice after a step that asks `x` is found, its ways these conditions."""
    field = {"key": "x", "type": "choice", "label": {"id": "x", "en": "x"}, "required": True, "steering": True, "sensitivity": "C1", **question}
    asked = {"key": "f", "title": {"id": "f", "en": "f"}, "fields": [field]}
    if "options" in field:
        field["options"] = [{"value": each, "label": {"id": each, "en": each}} for each in field["options"]]
    ways = [part for number, text in enumerate(conditions) for part in (user(f"u{number}"), flow("g", f"u{number}", text))]
    files = drawn(start(), user("t", sop_form="f"), flow("s", "t"), *(more or (flow("t", "g", before) if before else flow("t", "g"),)),
                  exclusive("g"), *ways)
    files |= {"forms/f.json": json.dumps(asked).encode(), **({"d.dmn": (TABLE % table).encode()} if table else {})}
    return any(each.code == "choice-without-default" for each in lint(SopBundle.from_files(files)))


def test_a_choice_by_what_nobody_answers_is_refused():
    def found(*conditions: str, asks: str = "x") -> bool:
        ways = [part for number, text in enumerate(conditions) for part in (user(f"u{number}"), flow("g", f"u{number}", text))]
        field = {"key": asks, "type": "boolean", "label": {"id": "x"}, "steering": True}
        files = {**drawn(start(), user("t", sop_form="f"), exclusive("g"), flow("s", "t"), flow("t", "g"), *ways),
                 "forms/f.json": json.dumps({"key": "f", "title": {"id": "f"}, "fields": [field]}).encode()}
        return any(each.code == "choice-without-answer" for each in lint(SopBundle.from_files(files)))

    assert found('y = "a"', 'y = "b"') and found("y", "not(y)", asks="z")
    assert not found("y", "not(y)", asks="y")
    assert not found('y = "a"', "x", "not(x)"), "one way that nobody takes may be meant so"
    assert not found("parameters.tries > 2", "parameters.tries <= 2") and not found('risk = "high"', 'risk != "high"')


def test_every_option_has_a_way_or_one_has_none():
    yes_no = {"options": ["yes", "no"]}
    assert not leads_nowhere('x = "yes"', 'x = "no"', **yes_no)
    assert not leads_nowhere('x = "yes"', 'x != "yes"', **yes_no)
    assert leads_nowhere('x = "yes"', 'x = "later"', **yes_no)
    assert leads_nowhere('x = "yes"', 'x = "no"', options=["yes", "no", "later"])
    assert leads_nowhere('x = "yes"', 'x = "no"', **yes_no, required=False)
    assert leads_nowhere('x = "yes"', 'x = "no"', **yes_no, allowUnknown=True)
    assert leads_nowhere('x = "yes"', 'y = "no"', **yes_no), "nothing says what y can be"


def test_yes_or_no_and_boxes_that_may_be_ticked_together():
    assert not leads_nowhere("x", "not(x)", type="boolean")
    assert leads_nowhere("x", "x = true", type="boolean")
    assert not leads_nowhere('list contains(x, "a")', 'list contains(x, "b")', type="choices", options=["a", "b"])
    assert leads_nowhere('list contains(x, "a")', 'list contains(x, "b")', type="choices", options=["a", "b", "c"])
    assert leads_nowhere("x > 1", "x <= 1", type="integer"), "numbers are not tried"


def test_what_an_earlier_condition_lets_through_is_all_that_comes():
    options = {"options": ["yes", "no", "later"]}
    first = (exclusive("h", default="h__v"), user("v"), flow("t", "h"), flow("h", "v"), flow("h", "g", 'x != "later"'))
    assert not leads_nowhere('x = "yes"', 'x = "no"', more=first, **options)
    assert leads_nowhere('x = "yes"', 'x = "later"', more=first, **options)


def test_a_table_answers_with_words():
    rule = (element("businessRuleTask", "w", sop_decision="way", sop_result="way"), flow("t", "w"), flow("w", "g"))
    both = ROW % ('"a"', '"left"') + ROW % ('"b"', '"right"')
    assert not leads_nowhere('way = "left"', 'way = "right"', more=rule, table=both, options=["a", "b"])
    assert leads_nowhere('way = "left"', 'way = "right"', more=rule, table=both + ROW % ('"c"', '"up"'), options=["a", "b"])
    assert leads_nowhere('way = "left"', 'way = "right"', more=rule, table=both + ROW % ('"c"', "x"), options=["a", "b"])
