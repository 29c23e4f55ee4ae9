"""What a DMN file may not hold: everything that would not run exactly as written is refused with a code."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.decisions import Decisions, read_decisions
from engine.errors import BundleRefused
from tests.unit.dmn_files import NAMESPACE, NOW, TYPES, ask, decision, file_of, input_data, literal, problems, refusal, table

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
    (file_of(input_data("n"), decision(table("UNIQUE", ["n"], ["x"], ["1", "Approved"]))), "dmn-name-unknown"),
    (file_of(input_data("n"), decision(table("UNIQUE", ["n"], ["x"], ["high", "1"]))), "dmn-name-unknown"),
    (file_of(_ONE, _ONE), "dmn-name-duplicate"), (file_of(input_data("answer"), _ONE), "dmn-name-duplicate"),
    (file_of(decision(literal("1"), requires=["#input_none"])), "dmn-reference"),
    (file_of(decision(literal("1"), requires=["other.dmn#input_x"])), "dmn-reference"),
    (file_of(input_data("x"), decision(literal("1"), requires=["#input_x"]).replace("requiredInput", "requiredDecision")),
     "dmn-reference"),
    (file_of(decision(literal("b"), name="a", requires=["#decision_b"]),
             decision(literal("a"), name="b", requires=["#decision_a"])), "dmn-cycle"),
    (file_of(decision(literal("1"), requires=["#decision_answer"])), "dmn-cycle"),
    (file_of('<itemDefinition name="a"><typeRef>b</typeRef></itemDefinition>',
             '<itemDefinition name="b"><typeRef>a</typeRef></itemDefinition>', _ONE), "dmn-cycle"),
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
    silent = ('<description>x</description><extensionElements><v:x xmlns:v="urn:vendor"/></extensionElements>'
              '<textAnnotation id="n"><text>x</text></textAnnotation><knowledgeSource id="k" name="k"/>')
    assert ask(file_of(silent, decision("<question>?</question>" + literal("1")))).value == 1


def test_findings_name_the_line_and_the_element_and_come_all_at_once() -> None:
    data = file_of(_ONE.replace(">1<", ">1 +<"), "\n", decision(literal("2 +"), name="other"))
    with pytest.raises(BundleRefused) as refused:
        read_decisions(data, file="rules.dmn")
    found = [(finding.file, finding.line, finding.element_id) for finding in refused.value.findings]
    assert found == [("rules.dmn", 1, "decision_answer"), ("rules.dmn", 2, "decision_other")]


def test_problems_and_findings_never_repeat_data() -> None:
    outcome = ask(file_of(TYPES, input_data("v", "tRisk"), decision(literal("v"), requires=["#input_v"])), {"v": "Siti Aminah"})
    assert "Siti" not in f"{outcome.problems}" and problems(outcome) == ["input-allowed-values"]


def test_the_shipped_tables_are_readable() -> None:
    for file in sorted((Path(__file__).resolve().parents[2] / "bpmn").rglob("*.dmn")):
        assert read_decisions(file.read_bytes(), file=file.name).names


_WHOLE = file_of(TYPES, input_data("v", "tVictim"),
                 decision(table("FIRST", ["v.age"], ["x"], ["< 18", '"child"'], ["-", '"adult"']), requires=["#input_v"]))


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read_or_refused(data: st.DataObject) -> None:
    mutated = bytearray(_WHOLE)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(mutated) - 1))
        mutated[at:at + data.draw(st.integers(0, 30))] = data.draw(st.one_of(st.binary(max_size=5),
                                                                             st.sampled_from([b"<", b">", b'"', b"1",
                                                                                              b"(", b"name"])))
    try:
        decisions: Decisions = read_decisions(bytes(mutated))
    except BundleRefused as refused:
        assert refused.findings
        return
    for name in decisions.names:
        decisions.evaluate(name, {"v": {"age": 5}}, now=NOW)
