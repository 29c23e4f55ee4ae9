"""Decisions: hit policies, types, requirements between decisions and boxed expressions (DMN 1.4)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.decisions import DecisionOutcome, read_decisions
from tests.unit.dmn_files import NOW, TYPES, ask, decision, file_of, input_data, literal, problems, table, text

# --- hit policies ------------------------------------------------------------------------------------------------

_GRADES = (["< 50", '"low"', "1"], ["[40..60]", '"middle"', "2"], ["> 50", '"high"', "3"])


def graded(policy: str, aggregation: str = "", column: int = 1) -> bytes:
    rules = [[rule[0], rule[column]] for rule in _GRADES]
    values = 'level="high","middle","low"' if column == 1 else "level"
    return file_of(decision(table(policy, ["score"], [values], *rules, aggregation=aggregation)))


@pytest.mark.parametrize(("policy", "score", "value", "rules"), [
    ("UNIQUE", 30, "low", (1,)),                        # one match
    ("UNIQUE", 50, "middle", (2,)),
    ("FIRST", 45, "low", (1,)),                         # the first of two, in the order of the table
    ("FIRST", 55, "middle", (2,)),
    ("ANY", 30, "low", (1,)),
    ("PRIORITY", 45, "middle", (1, 2)),                 # middle stands before low among the output values
    ("PRIORITY", 55, "high", (2, 3)),
    ("COLLECT", 45, ["low", "middle"], (1, 2)),
    ("RULE ORDER", 55, ["middle", "high"], (2, 3)),
    ("OUTPUT ORDER", 55, ["high", "middle"], (2, 3)),   # ordered by the output values, the rules as in the table
    ("OUTPUT ORDER", 45, ["middle", "low"], (1, 2)),
])
def test_a_hit_policy_decides_among_matches(policy: str, score: int, value: Any, rules: tuple[int, ...]) -> None:
    assert ask(graded(policy), {"score": score}) == DecisionOutcome(value=value, rules=rules)


@pytest.mark.parametrize("policy", ["UNIQUE", "FIRST", "ANY", "PRIORITY", "COLLECT", "RULE ORDER", "OUTPUT ORDER"])
@pytest.mark.parametrize("score", [None, "text"])
def test_no_match_is_null_without_problem(policy: str, score: Any) -> None:
    assert ask(graded(policy), {"score": score}) == DecisionOutcome(value=None)
    assert ask(graded(policy)) == DecisionOutcome(value=None)


def test_overlap_in_a_unique_table_is_a_problem() -> None:
    outcome = ask(graded("UNIQUE"), {"score": 45})
    assert (outcome.value, outcome.rules, problems(outcome)) == (None, (1, 2), ["unique-overlap"])


def test_unlike_outputs_in_an_any_table_are_a_problem() -> None:
    outcome = ask(graded("ANY"), {"score": 45})
    assert (outcome.value, outcome.rules, problems(outcome)) == (None, (1, 2), ["any-differs"])
    alike = file_of(decision(table("ANY", ["score"], ["level"], ["> 1", "1"], ["> 2", "1.0"])))
    assert ask(alike, {"score": 5}) == DecisionOutcome(value=Decimal(1), rules=(1, 2))


@pytest.mark.parametrize(("aggregation", "score", "value"), [
    ("SUM", 45, Decimal(3)), ("MIN", 45, Decimal(1)), ("MAX", 45, Decimal(2)), ("COUNT", 45, Decimal(2)), ("SUM", 30, Decimal(1)),
    ("COUNT", None, None),                              # nothing collected is null, not zero
])
def test_collected_outputs_are_aggregated(aggregation: str, score: Any, value: Any) -> None:
    assert ask(graded("COLLECT", aggregation, column=2), {"score": score}).value == value


def test_what_cannot_be_added_is_a_problem() -> None:
    assert problems(ask(graded("COLLECT", "SUM"), {"score": 45})) == ["aggregation-type"]


def test_the_default_hit_policy_is_unique() -> None:
    data = file_of(decision(table("UNIQUE", ["score"], ["x"], ["1", "1"], ["1", "1"]))).replace(b'hitPolicy="UNIQUE"', b"")
    assert problems(ask(data, {"score": 1})) == ["unique-overlap"]


def test_several_outputs_make_a_context() -> None:
    data = file_of(decision(table("UNIQUE", ["score"], ["level", "next step"], ["> 1", '"high"', '"call"'])))
    assert ask(data, {"score": 2}).value == {"level": "high", "next step": "call"}


def test_several_outputs_are_ranked_one_after_the_other() -> None:
    rules = (["> 0", '"B"', '"y"'], ["> 0", '"A"', '"y"'], ["> 0", '"A"', '"x"'])
    outputs = ['first="A","B"', 'second="x","y"']
    best = ask(file_of(decision(table("PRIORITY", ["n"], outputs, *rules))), {"n": 1})
    assert best.value == {"first": "A", "second": "x"}
    every = ask(file_of(decision(table("OUTPUT ORDER", ["n"], outputs, *rules))), {"n": 1})
    assert every.value == [{"first": "A", "second": "x"}, {"first": "A", "second": "y"}, {"first": "B", "second": "y"}]


def test_default_outputs_stand_in_when_nothing_matches() -> None:
    extra = [text("defaultOutputEntry", '"none"')]
    data = file_of(decision(table("UNIQUE", ["n"], ["level"], ["1", '"one"'], extra=extra)))
    assert ask(data, {"n": 1}).value == "one"
    assert ask(data, {"n": 2}) == DecisionOutcome(value="none")
    listed = file_of(decision(table("COLLECT", ["n"], ["level"], ["1", '"one"'], extra=extra)))
    assert ask(listed, {"n": 2}).value == ["none"]


def test_cells_see_the_value_and_every_other_name() -> None:
    data = file_of(decision(table("FIRST", ["age", "limit + 1"], ["x"], ["< limit", "-", '"under"'],
                                  ["? >= limit and ? < 60", "> 18", "age * 2"],
                                  ["-", "", '"old"'])))
    assert ask(data, {"age": 17, "limit": 18}).value == "under"
    assert ask(data, {"age": 20, "limit": 18}).value == 40
    assert ask(data, {"age": 70, "limit": 18}).value == "old"


# --- types and allowed values ------------------------------------------------------------------------------------

@pytest.mark.parametrize(("type_ref", "value", "code"), [
    ("number", 5, None), ("number", "5", "input-type"), ("number", True, "input-type"), ("number", None, None),
    ("string", "x", None), ("string", 5, "input-type"), ("boolean", True, None), ("boolean", 1, "input-type"),
    ("date", date(2026, 11, 10), None), ("date", "2026-11-10", "input-type"), ("dateTime", NOW, None), ("Any", {"a": [1]}, None),
    ("tRisk", "low", None), ("tRisk", "medium", "input-allowed-values"), ("tRisk", None, None), ("tRisk", 1, "input-type"),
    ("tRisks", ["low", "high"], None), ("tRisks", ["low", "x"], "input-allowed-values"), ("tRisks", [], None),
    ("tVictim", {"age": 5, "risk": "low"}, None), ("tVictim", {"age": "5"}, "input-type"),
    ("tVictim", {"risk": "x"}, "input-allowed-values"),
    ("tVictim", {"age": None, "other": 1}, None), ("tVictim", "x", "input-type"), ("feel:string", "x", None),
])
def test_an_input_must_belong_to_its_type(type_ref: str, value: Any, code: str | None) -> None:
    data = file_of(TYPES, input_data("v", type_ref), decision(literal("v = v"), requires=["#input_v"]))
    outcome = ask(data, {"v": value})
    assert problems(outcome) == ([code] if code else [])
    assert outcome.value is (None if code else True)


def test_a_list_of_one_and_its_element_stand_for_each_other() -> None:
    data = file_of(TYPES, input_data("v", "number"), input_data("w", "tRisks"),
                   decision(literal("[v, w]"), requires=["#input_v", "#input_w"]))
    assert ask(data, {"v": [5], "w": "low"}).value == [Decimal(5), ["low"]]


def test_values_outside_the_columns_lists_are_problems() -> None:
    inputs = ("<input id='i1'>" + text("inputExpression", "risk", "typeRef='string'") + text("inputValues", '"low","high"')
              + "</input>")
    outputs = "<output id='o1'>" + text("outputValues", '"yes","no"') + "</output>"
    rules = "".join("<rule>" + text("inputEntry", cell) + text("outputEntry", answer) + "</rule>"
                    for cell, answer in (('"low"', '"no"'), ('"high"', '"maybe"')))
    data = file_of(decision(f"<decisionTable id='t'>{inputs}{outputs}{rules}</decisionTable>"))
    assert ask(data, {"risk": "low"}) == DecisionOutcome(value="no", rules=(1,))
    assert problems(ask(data, {"risk": "middle"})) == ["input-allowed-values"]
    assert problems(ask(data, {"risk": 5})) == ["input-type"]
    assert problems(ask(data, {"risk": "high"})) == ["output-allowed-values"]
    assert ask(data) == DecisionOutcome(value=None)     # an absent input is null, and null is not outside


def test_a_result_must_belong_to_its_type() -> None:
    assert ask(file_of(decision(literal("1 + 1"), type_ref="number"))).value == 2
    assert problems(ask(file_of(decision(literal('"two"'), type_ref="number")))) == ["output-type"]
    assert ask(file_of(decision(literal("[2]"), type_ref="number"))).value == 2
    assert problems(ask(file_of(TYPES, decision(literal('"middle"'), type_ref="tRisk")))) == ["output-allowed-values"]


# --- requirements ------------------------------------------------------------------------------------------------


def test_decisions_use_one_another() -> None:
    data = file_of(
        input_data("birth date", "date"), input_data("other"),
        decision(literal("years and months duration(birth date, today()).years"), name="age", requires=["#input_birth_date"]),
        decision(table("UNIQUE", ["age"], ["x"], ["< 18", '"child"'], [">= 18", '"adult"']), name="group",
                 requires=["#decision_age"]),
        decision(literal('{group: group, age: age, other: other}'), requires=["#decision_group", "#decision_age"]))
    decisions = read_decisions(data)
    assert decisions.names == ("age", "group", "answer")
    inputs = {"birth date": date(2010, 5, 1), "other": "seen by nobody who does not require it"}
    assert decisions.evaluate("answer", inputs, now=NOW).value == {"group": "child", "age": Decimal(16), "other": None}
    assert decisions.evaluate("decision_group", inputs, now=NOW) == DecisionOutcome(value="child", rules=(1,))
    assert decisions.evaluate("answer", inputs, now=NOW).rules == ()   # its own logic is no table


def test_a_required_decision_is_not_overridden_by_an_input_of_its_name() -> None:
    data = file_of(decision(literal("1"), name="base"), decision(literal("base + 1"), requires=["#decision_base"]))
    assert ask(data, {"base": 100}).value == 2


def test_a_problem_below_leaves_no_value_above() -> None:
    data = file_of(decision(literal('"x"'), name="base", type_ref="number"),
                   decision(literal('if base = null then "silent" else base'), requires=["#decision_base"]))
    assert (ask(data).value, problems(ask(data))) == (None, ["output-type"])


def test_a_chain_of_decisions_is_evaluated_without_recursion() -> None:
    links = [decision(literal("1"), name="step 0")]
    links += [decision(literal(f"step {n - 1} + 1"), name=f"step {n}", requires=[f"#decision_step_{n - 1}"]) for n in range(1, 400)]
    assert ask(file_of(*links), name="step 399").value == 400


def test_a_knowledge_model_is_a_function() -> None:
    model = ('<businessKnowledgeModel id="bkm_1" name="monthly rate"><encapsulatedLogic>'
             '<formalParameter name="yearly rate" typeRef="number"/>'
             + literal("yearly rate / 12") + "</encapsulatedLogic></businessKnowledgeModel>")
    called = decision(literal("monthly rate(24) + monthly rate(yearly rate: 12)"), requires=["#bkm_1"])
    assert ask(file_of(model, called)).value == 3
    invocation = ("<invocation>" + literal("monthly rate") + '<binding><parameter name="yearly rate"/>' + literal("36")
                  + "</binding></invocation>")
    assert ask(file_of(model, decision(invocation, requires=["#bkm_1"]))).value == 3
    assert problems(ask(file_of(model, decision(literal('monthly rate("x")'), requires=["#bkm_1"])))) == ["input-type"]


def test_unknown_decisions_and_runaways_are_problems() -> None:
    assert problems(ask(file_of(decision(literal("1"))), name="other")) == ["unknown-decision"]
    assert problems(ask(file_of(decision(literal("count(for i in 1..20000, j in 1..20000 return 1)"))))) == ["limit"]


# --- boxed expressions -------------------------------------------------------------------------------------------


def entry(name: str, logic: str) -> str:
    return f'<contextEntry><variable name="{name}"/>{logic}</contextEntry>'


@pytest.mark.parametrize(("logic", "value"), [
    ("<context>" + entry("a", literal("1")) + entry("b c", literal("a + 1")) + "</context>", {"a": Decimal(1), "b c": Decimal(2)}),
    ("<context>" + entry("a", literal("20")) + "<contextEntry>" + literal("a + 1") + "</contextEntry></context>", Decimal(21)),
    ("<list>" + literal("1") + literal('"x"') + "</list>", [Decimal(1), "x"]),
    ('<relation><column name="n"/><column name="m"/><row>' + literal("1") + literal("2") + "</row></relation>",
     [{"n": Decimal(1), "m": Decimal(2)}]),
    ("<conditional><if>" + literal("null") + "</if><then>" + literal("1") + "</then><else>" + literal("2")
     + "</else></conditional>", Decimal(2)),
    ('<for iteratorVariable="i"><in>' + literal("[1, 2]") + "</in><return>" + literal("i * count(partial)")
     + "</return></for>", [Decimal(0), Decimal(2)]),
    ('<some iteratorVariable="i"><in>' + literal("[1, 2]") + "</in><satisfies>" + literal("i > 1") + "</satisfies></some>", True),
    ('<every iteratorVariable="i"><in>' + literal("[1, 2]") + "</in><satisfies>" + literal("i > 1")
     + "</satisfies></every>", False),
    ("<filter><in>" + literal("[1, 2]") + "</in><match>" + literal("item > 1") + "</match></filter>", [Decimal(2)]),
    ("<context>" + entry("f", '<functionDefinition><formalParameter name="x"/>' + literal("x + 1") + "</functionDefinition>")
     + "<contextEntry>" + literal("f(1)") + "</contextEntry></context>", Decimal(2)),
    ("<context>" + entry("n", literal("3")) + "<contextEntry>" + table("UNIQUE", ["n"], ["x"], ["3", '"three"'])
     + "</contextEntry></context>", "three"),
])
def test_boxed_expressions(logic: str, value: Any) -> None:
    assert ask(file_of(decision(logic))) == DecisionOutcome(value=value)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=6), st.integers(0, 9))
def test_every_policy_agrees_with_a_plain_reading_of_the_rules(spans: list[tuple[int, int]], score: int) -> None:
    rules = [[f"[{low}..{high}]", str(number)] for number, (low, high) in enumerate(spans, 1)]
    hits = [number for number, (low, high) in enumerate(spans, 1) if low <= score <= high]
    order = "x=" + ",".join(str(number) for number in range(len(spans), 0, -1))
    expected: dict[str, Any] = {
        "FIRST": hits[0] if hits else None, "UNIQUE": hits[0] if len(hits) == 1 else None,
        "ANY": hits[0] if len(hits) == 1 else None,
        "COLLECT": hits or None, "RULE ORDER": hits or None, "OUTPUT ORDER": hits[::-1] or None,
        "PRIORITY": hits[-1] if hits else None,
    }
    for policy, value in expected.items():
        outcome = ask(file_of(decision(table(policy, ["score"], [order], *rules))), {"score": score})
        assert outcome.value == value, policy
        assert bool(outcome.problems) is (policy in {"UNIQUE", "ANY"} and len(hits) > 1)
