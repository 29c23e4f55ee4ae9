"""Decisions: hit policies, types, requirements between decisions, boxed expressions, and what a file may not hold (DMN 1.4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.decisions import DecisionOutcome, Decisions, read_decisions
from engine.errors import BundleRefused

NOW = datetime(2026, 11, 10, 1, 30, tzinfo=UTC)
NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def file_of(*content: str, namespace: str = NAMESPACE, attributes: str = "") -> bytes:
    return (f'<?xml version="1.0" encoding="UTF-8"?><definitions xmlns="{namespace}" id="d" name="d" namespace="urn:t" {attributes}>'
            f"{''.join(content)}</definitions>").encode()


def text(tag: str, feel: str, attributes: str = "") -> str:
    return f"<{tag} {attributes}><text>{escape(feel)}</text></{tag}>"


def table(policy: str, inputs: Sequence[str], outputs: Sequence[str], *rules: Sequence[str], aggregation: str = "",
          extra: Sequence[str] = ()) -> str:
    """A table; an output is `name` or `name=allowed values`, `extra` are children of the outputs."""
    columns = "".join(f"<input id='i{n}'>{text('inputExpression', feel)}</input>" for n, feel in enumerate(inputs, 1))
    for number, output in enumerate(outputs):
        name, _, values = output.partition("=")
        inner = (text("outputValues", values) if values else "") + (extra[number] if number < len(extra) else "")
        columns += f"<output id='o{number + 1}' name={quoteattr(name)}>{inner}</output>"
    rows = "".join("<rule>" + "".join(text("inputEntry", cell) for cell in rule[:len(inputs)])
                   + "".join(text("outputEntry", cell) for cell in rule[len(inputs):]) + "</rule>" for rule in rules)
    aggregated = f'aggregation="{aggregation}"' if aggregation else ""
    return f'<decisionTable id="t" hitPolicy="{policy}" {aggregated}>{columns}{rows}</decisionTable>'


def decision(logic: str, *, name: str = "answer", type_ref: str = "", requires: Sequence[str] = ()) -> str:
    needs = "".join(
        f'<knowledgeRequirement><requiredKnowledge href="{href}"/></knowledgeRequirement>' if "#bkm" in href else
        f'<informationRequirement><{"requiredInput" if "#input" in href else "requiredDecision"} href="{href}"/></informationRequirement>'
        for href in requires)
    typed = f'typeRef="{type_ref}"' if type_ref else ""
    return f'<decision id="decision_{name.replace(" ", "_")}" name="{name}"><variable name="{name}" {typed}/>{needs}{logic}</decision>'


def input_data(name: str, type_ref: str = "") -> str:
    typed = f'typeRef="{type_ref}"' if type_ref else ""
    return f'<inputData id="input_{name.replace(" ", "_")}" name="{name}"><variable name="{name}" {typed}/></inputData>'


def literal(feel: str, attributes: str = "") -> str:
    return text("literalExpression", feel, attributes)


def ask(data: bytes, inputs: dict[str, Any] | None = None, name: str = "answer") -> DecisionOutcome:
    return read_decisions(data).evaluate(name, inputs or {}, now=NOW)


def problems(outcome: DecisionOutcome) -> list[str]:
    return [problem.code for problem in outcome.problems]


def refusal(data: bytes) -> set[str]:
    with pytest.raises(BundleRefused) as refused:
        read_decisions(data)
    for finding in refused.value.findings:
        assert finding.message.id and finding.message.en and finding.instead.id and finding.instead.en
    return {finding.code for finding in refused.value.findings}


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
    data = file_of(decision(table("FIRST", ["age", "limit + 1"], ["x"], ["< limit", "-", '"under"'], ["? >= limit and ? < 60", "> 18", "age * 2"],
                                  ["-", "", '"old"'])))
    assert ask(data, {"age": 17, "limit": 18}).value == "under"
    assert ask(data, {"age": 20, "limit": 18}).value == 40
    assert ask(data, {"age": 70, "limit": 18}).value == "old"


# --- types and allowed values ------------------------------------------------------------------------------------

_TYPES = (f'<itemDefinition name="tRisk"><typeRef>string</typeRef>{text("allowedValues", chr(34) + "low" + chr(34) + "," + chr(34) + "high" + chr(34))}'
          "</itemDefinition>"
          '<itemDefinition name="tRisks" isCollection="true"><typeRef>tRisk</typeRef></itemDefinition>'
          '<itemDefinition name="tVictim"><itemComponent name="age"><typeRef>number</typeRef></itemComponent>'
          '<itemComponent name="risk"><typeRef>tRisk</typeRef></itemComponent></itemDefinition>')


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
    data = file_of(_TYPES, input_data("v", type_ref), decision(literal("v = v"), requires=["#input_v"]))
    outcome = ask(data, {"v": value})
    assert problems(outcome) == ([code] if code else [])
    assert outcome.value is (None if code else True)


def test_a_list_of_one_and_its_element_stand_for_each_other() -> None:
    data = file_of(_TYPES, input_data("v", "number"), input_data("w", "tRisks"), decision(literal("[v, w]"), requires=["#input_v", "#input_w"]))
    assert ask(data, {"v": [5], "w": "low"}).value == [Decimal(5), ["low"]]


def test_values_outside_the_columns_lists_are_problems() -> None:
    inputs = "<input id='i1'>" + text("inputExpression", "risk", "typeRef='string'") + text("inputValues", '"low","high"') + "</input>"
    outputs = "<output id='o1'>" + text("outputValues", '"yes","no"') + "</output>"
    rules = "".join("<rule>" + text("inputEntry", cell) + text("outputEntry", answer) + "</rule>" for cell, answer in (('"low"', '"no"'), ('"high"', '"maybe"')))
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
    assert problems(ask(file_of(_TYPES, decision(literal('"middle"'), type_ref="tRisk")))) == ["output-allowed-values"]


# --- requirements ------------------------------------------------------------------------------------------------


def test_decisions_use_one_another() -> None:
    data = file_of(
        input_data("birth date", "date"), input_data("other"),
        decision(literal("years and months duration(birth date, today()).years"), name="age", requires=["#input_birth_date"]),
        decision(table("UNIQUE", ["age"], ["x"], ["< 18", '"child"'], [">= 18", '"adult"']), name="group", requires=["#decision_age"]),
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
    model = ('<businessKnowledgeModel id="bkm_1" name="monthly rate"><encapsulatedLogic><formalParameter name="yearly rate" typeRef="number"/>'
             + literal("yearly rate / 12") + "</encapsulatedLogic></businessKnowledgeModel>")
    called = decision(literal("monthly rate(24) + monthly rate(yearly rate: 12)"), requires=["#bkm_1"])
    assert ask(file_of(model, called)).value == 3
    invocation = ("<invocation>" + literal("monthly rate") + '<binding><parameter name="yearly rate"/>' + literal("36") + "</binding></invocation>")
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
    ('<relation><column name="n"/><column name="m"/><row>' + literal("1") + literal("2") + "</row></relation>", [{"n": Decimal(1), "m": Decimal(2)}]),
    ("<conditional><if>" + literal("null") + "</if><then>" + literal("1") + "</then><else>" + literal("2") + "</else></conditional>", Decimal(2)),
    ('<for iteratorVariable="i"><in>' + literal("[1, 2]") + "</in><return>" + literal("i * count(partial)") + "</return></for>", [Decimal(0), Decimal(2)]),
    ('<some iteratorVariable="i"><in>' + literal("[1, 2]") + "</in><satisfies>" + literal("i > 1") + "</satisfies></some>", True),
    ('<every iteratorVariable="i"><in>' + literal("[1, 2]") + "</in><satisfies>" + literal("i > 1") + "</satisfies></every>", False),
    ("<filter><in>" + literal("[1, 2]") + "</in><match>" + literal("item > 1") + "</match></filter>", [Decimal(2)]),
    ("<context>" + entry("f", '<functionDefinition><formalParameter name="x"/>' + literal("x + 1") + "</functionDefinition>")
     + "<contextEntry>" + literal("f(1)") + "</contextEntry></context>", Decimal(2)),
    ("<context>" + entry("n", literal("3")) + "<contextEntry>" + table("UNIQUE", ["n"], ["x"], ["3", '"three"']) + "</contextEntry></context>", "three"),
])
def test_boxed_expressions(logic: str, value: Any) -> None:
    assert ask(file_of(decision(logic))) == DecisionOutcome(value=value)


# --- what is refused ---------------------------------------------------------------------------------------------

_ONE = decision(literal("1"))


@pytest.mark.parametrize("namespace", [
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd", "http://www.omg.org/spec/DMN/20180521/MODEL/", NAMESPACE,
    "https://www.omg.org/spec/DMN/20211108/MODEL/", "https://www.omg.org/spec/DMN/20230324/MODEL/",
])
def test_every_version_of_the_standard_is_read(namespace: str) -> None:
    assert ask(file_of(_ONE, namespace=namespace)).value == 1


_REFUSED = [
    (b"", "xml-empty"), (b"nonsense", "xml-malformed"), (b"<definitions/>", "not-dmn"), (file_of(namespace="urn:other"), "not-dmn"),
    (b'<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + file_of(_ONE).split(b"?>", 1)[1], "xml-doctype"),
    (file_of("<x>" * 70 + "</x>" * 70), "xml-too-deep"), (file_of(_ONE + " " * 3_000_000), "xml-too-big"),
    (file_of("<surprise/>"), "dmn-element-unknown"), (file_of('<o:surprise xmlns:o="urn:other"/>'), "dmn-element-unknown"),
    (file_of(decision(literal("1") + "<surprise/>")), "dmn-element-unknown"),
    (file_of(decision(table("UNIQUE", ["n"], ["x"], ["1", "1"]).replace("hitPolicy", "hitpolicy"))), "dmn-attribute-unknown"),
    (file_of(_ONE, attributes='expressionLanguage="http://www.java.com/java"'), "dmn-language"),
    (file_of(decision(literal("1", 'expressionLanguage="javascript"'))), "dmn-language"),
    (file_of('<import name="other" namespace="urn:o" importType="dmn"/>', _ONE), "dmn-import"),
    (file_of(_ONE, '<decisionService id="s" name="s"/>'), "dmn-service"),
    (file_of(decision('<functionDefinition kind="Java">' + literal("1") + "</functionDefinition>")), "dmn-function-kind"),
    (file_of(decision(literal("1 +"))), "dmn-expression-syntax"),
    (file_of(decision(literal("nosuch(1)"))), "dmn-expression-syntax"),
    (file_of(decision(literal("__import__('os').system('id')"))), "dmn-expression-syntax"),
    (file_of(decision(table("UNIQUE", ["n"], ["x"], ["> 5 and < 9", "1"]))), "dmn-expression-syntax"),
    (file_of(decision(literal(" "))), "dmn-expression-missing"), (file_of(decision("")), "dmn-expression-missing"),
    (file_of(decision(literal("1") + literal("2"))), "dmn-expression-missing"), (file_of("<decision id='x'/>"), "dmn-name-missing"),
    (file_of(decision(table("UNIQUE", ["n"], ["x"], ["1", ""]))), "dmn-expression-missing"),
    (file_of(_ONE, _ONE), "dmn-name-duplicate"), (file_of(input_data("answer"), _ONE), "dmn-name-duplicate"),
    (file_of(decision(literal("1"), requires=["#input_none"])), "dmn-reference"),
    (file_of(decision(literal("1"), requires=["other.dmn#input_x"])), "dmn-reference"),
    (file_of(input_data("x"), decision(literal("1"), requires=["#input_x"]).replace("requiredInput", "requiredDecision")), "dmn-reference"),
    (file_of(decision(literal("b"), name="a", requires=["#decision_b"]), decision(literal("a"), name="b", requires=["#decision_a"])), "dmn-cycle"),
    (file_of(decision(literal("1"), requires=["#decision_answer"])), "dmn-cycle"),
    (file_of('<itemDefinition name="a"><typeRef>b</typeRef></itemDefinition><itemDefinition name="b"><typeRef>a</typeRef></itemDefinition>', _ONE), "dmn-cycle"),
    (file_of(decision(literal("1"), type_ref="tNone")), "dmn-type-unknown"),
    (file_of(decision(table("BEST", ["n"], ["x"], ["1", "1"]))), "dmn-hit-policy"),
    (file_of(decision(table("UNIQUE", ["n"], ["x"], ["1", "1"], aggregation="SUM"))), "dmn-aggregation"),
    (file_of(decision(table("COLLECT", ["n"], ["x", "y"], ["1", "1", "1"], aggregation="SUM"))), "dmn-aggregation"),
    (file_of(decision(table("COLLECT", ["n"], ["x"], ["1", "1"], aggregation="AVERAGE"))), "dmn-aggregation"),
    (file_of(decision(table("PRIORITY", ["n"], ["x"], ["1", "1"]))), "dmn-priority-values"),
    (file_of(decision(table("UNIQUE", ["n"], ["x"], ["1", "1", "1"]))), "dmn-rule-shape"),
    (file_of(decision(table("UNIQUE", ["n", "m"], ["x"], ["1", "1"]))), "dmn-rule-shape"),
    (file_of(decision(table("UNIQUE", ["n"], [], ["1"]))), "dmn-output-missing"),
    (file_of(decision(table("UNIQUE", ["n"], ["", "x"], ["1", "1", "1"]))), "dmn-name-missing"),
    (file_of(decision(table("UNIQUE", ["n"], ["x", "x"], ["1", "1", "1"]))), "dmn-name-duplicate"),
    (file_of(*[decision(literal("1"), name=f"d{n}") for n in range(501)]), "dmn-too-large"),
    (file_of(decision(table("UNIQUE", [], ["x"], *[["1"]] * 5_001))), "dmn-too-large"),
]


@pytest.mark.parametrize(("data", "code"), [pytest.param(data, code, id=f"{n}-{code}") for n, (data, code) in enumerate(_REFUSED)])
def test_what_would_not_run_as_written_is_refused(data: bytes, code: str) -> None:
    assert code in refusal(data)


def test_what_only_explains_is_passed_over() -> None:
    silent = ('<description>x</description><extensionElements><v:x xmlns:v="urn:vendor"/></extensionElements><textAnnotation id="n"><text>x</text>'
              '</textAnnotation><knowledgeSource id="k" name="k"/>')
    assert ask(file_of(silent, decision("<question>?</question>" + literal("1")))).value == 1


def test_findings_name_the_line_and_the_element_and_come_all_at_once() -> None:
    data = file_of(_ONE.replace(">1<", ">1 +<"), "\n", decision(literal("2 +"), name="other"))
    with pytest.raises(BundleRefused) as refused:
        read_decisions(data, file="rules.dmn")
    found = [(finding.file, finding.line, finding.element_id) for finding in refused.value.findings]
    assert found == [("rules.dmn", 1, "decision_answer"), ("rules.dmn", 2, "decision_other")]


def test_problems_and_findings_never_repeat_data() -> None:
    outcome = ask(file_of(_TYPES, input_data("v", "tRisk"), decision(literal("v"), requires=["#input_v"])), {"v": "Siti Aminah"})
    assert "Siti" not in f"{outcome.problems}" and problems(outcome) == ["input-allowed-values"]


def test_the_shipped_tables_are_readable() -> None:
    for file in sorted((Path(__file__).resolve().parents[2] / "bpmn").rglob("*.dmn")):
        assert read_decisions(file.read_bytes(), file=file.name).names


_WHOLE = file_of(_TYPES, input_data("v", "tVictim"), decision(table("FIRST", ["v.age"], ["x"], ["< 18", '"child"'], ["-", '"adult"']), requires=["#input_v"]))


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read_or_refused(data: st.DataObject) -> None:
    mutated = bytearray(_WHOLE)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(mutated) - 1))
        mutated[at:at + data.draw(st.integers(0, 30))] = data.draw(st.one_of(st.binary(max_size=5), st.sampled_from([b"<", b">", b'"', b"1", b"(", b"name"])))
    try:
        decisions: Decisions = read_decisions(bytes(mutated))
    except BundleRefused as refused:
        assert refused.findings
        return
    for name in decisions.names:
        decisions.evaluate(name, {"v": {"age": 5}}, now=NOW)


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
