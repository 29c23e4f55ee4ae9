"""Hostile decision tables: refused when read, or answered with a problem and never with a wrong value, soon."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

import engine
from tests.hostile import cage
from tests.unit.dmn_files import decision, file_of, literal, table, text

NOON = datetime(2026, 11, 10, 5, 0, tzinfo=UTC)
DOCTYPE = '<!DOCTYPE d [<!ENTITY s SYSTEM "file:///etc/passwd">]>'
CODE = "__import__('os').system('id')"


def cell(feel: str) -> bytes:
    return file_of(decision(table("UNIQUE", ["x"], ["y"], [feel, "1"])))


def bkm(name: str, feel: str, requires: str = "") -> str:
    needs = f'<knowledgeRequirement><requiredKnowledge href="#bkm_{requires}"/></knowledgeRequirement>' if requires else ""
    return (f'<businessKnowledgeModel id="bkm_{name}" name="{name}"><variable name="{name}"/>'
            f'<encapsulatedLogic><formalParameter name="n"/>{literal(feel)}</encapsulatedLogic>{needs}</businessKnowledgeModel>')


REFUSED: dict[str, Callable[[], bytes]] = {
    "an external entity": lambda: file_of(decision(literal("1"))).replace(b"<definitions", DOCTYPE.encode() + b"<definitions"),
    "a style sheet": lambda: file_of(decision(literal("1"))).replace(b"<definitions", b'<?xml-stylesheet href="x"?><definitions'),
    "an include": lambda: file_of('<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'),
    "nothing": lambda: b"",
    "a diagram": lambda: b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>',
    "thirty thousand rules": lambda: file_of(decision(table("UNIQUE", ["x"], ["y"], *[["-", "1"]] * 30_000))),
    "six thousand rules": lambda: file_of(decision("<decisionTable id='t'><input><inputExpression><text>x</text></inputExpression></input>"
                                                   "<output/>" + "<rule/>" * 6_000 + "</decisionTable>")),
    "a thousand decisions": lambda: file_of(*(decision(literal("1"), name=f"d{n}") for n in range(1_000))),
    "code in a cell": lambda: cell(CODE),
    "Python in a cell": lambda: cell("().__class__.__bases__"),
    "JUEL in a cell": lambda: cell("${x}"),
    "code in an output": lambda: file_of(decision(table("UNIQUE", ["x"], ["y"], ["-", CODE]))),
    "code as an input": lambda: file_of(decision(table("UNIQUE", [CODE], ["y"], ["-", "1"]))),
    "another language": lambda: file_of(decision(literal("True", 'expressionLanguage="python"'))),
    "a cell in another language": lambda: file_of(decision(table("UNIQUE", ["x"], ["y"], ["-", "1"]).replace(
        text("outputEntry", "1"), text("outputEntry", "1", 'expressionLanguage="javascript"')))),
    "decisions that need each other": lambda: file_of(decision(literal("b"), name="a", requires=["#decision_b"]),
                                                      decision(literal("a"), name="b", requires=["#decision_a"])),
    "a decision that needs itself": lambda: file_of(decision(literal("a"), name="a", requires=["#decision_a"])),
    "a need at an address": lambda: file_of(decision(literal("1"), requires=["http://127.0.0.1:9/evil.dmn#decision_x"])),
    "an import": lambda: file_of('<import namespace="urn:x" importType="https://www.omg.org/spec/DMN/20191111/MODEL/" '
                                 'locationURI="file:///etc/passwd" name="x"/>' + decision(literal("x.secret"))),
    "a function of another tool": lambda: file_of(decision(literal(
        'function(x) external {java: {class: "java.lang.Runtime", method signature: "exec(String)"}}'))),
    "brackets": lambda: file_of(decision(literal("(" * 10_000))),
    "an unknown hit policy": lambda: file_of(decision(table("EVIL", ["x"], ["y"], ["-", "1"]))),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_table_is_refused_when_read(name: str) -> None:
    def reading() -> list[str]:
        try:
            engine.read_decisions(REFUSED[name]())
        except engine.BundleRefused as refusal:
            said = " ".join(w for f in refusal.findings for w in (f.message.id, f.message.en, f.instead.id, f.instead.en))
            return [f.code for f in refusal.findings] + [w for w in ("import__", "passwd", "Runtime", "__class__") if w in said]
        return []

    ended = cage.run(reading)
    assert (ended.raised, ended.killed_by, ended.forbidden) == (None, None, ()), ended.text
    assert ended.answer
    assert all(code.replace("-", "").isalpha() and code.islower() for code in ended.answer), "a finding repeats the file"


COSTLY: dict[str, Callable[[], bytes]] = {
    "a function without end": lambda: file_of(bkm("f", "f(n)", "f"), decision(literal("f(1)"), requires=["#bkm_f"])),
    "a function that doubles": lambda: file_of(bkm("f", "if n > 60 then 1 else f(n + 1) + f(n + 1)", "f"),
                                               decision(literal("f(1)"), requires=["#bkm_f"])),
    "a product of ranges": lambda: file_of(decision(literal("count(for a in 1..9999, b in 1..9999 return a)"))),
    "a range without end": lambda: file_of(decision(literal("count(for a in 1..99999999999 return a)"))),
    "five thousand costly rules": lambda: file_of(decision(table(
        "COLLECT", ["x"], ["y"], *[["count(for a in 1..9999 return a) > 1", "1"]] * 1_500))),
    "lists in lists": lambda: file_of(decision(literal("for a in 1..5000 return for b in 1..5000 return [a, b]"))),
    "a chain of doubling decisions": lambda: file_of(*(
        decision(literal(f"concatenate(d{n - 1}, d{n - 1})" if n else "[1]"), name=f"d{n}", requires=[f"#decision_d{n - 1}"] if n else [])
        for n in range(60)), decision(literal("count(d59)"), requires=["#decision_d59"])),
}


@pytest.mark.parametrize("name", COSTLY)
def test_a_costly_decision_is_refused_or_gives_a_problem(name: str) -> None:
    def asking() -> Any:
        try:
            answered = engine.read_decisions(COSTLY[name]()).evaluate("answer", {"x": "a"}, now=NOON)
        except engine.BundleRefused as refusal:
            return [f.code for f in refusal.findings]
        assert answered.value is None
        return [problem.code for problem in answered.problems]

    ended = cage.run(asking)
    assert (ended.raised, ended.killed_by, ended.forbidden) == (None, None, ()), ended.text
    assert ended.answer


@pytest.mark.parametrize("inputs", [{"x": float("nan")}, {"x": object()}, {"x": b"1"}, {"__builtins__": "1", "x": "a"}, {"x": "a" * 10_000_000},
                                    {"x": [1] * 1_000_000}], ids=["float", "object", "bytes", "builtins", "text", "list"])
def test_a_hostile_input_never_raises(inputs: dict[str, Any]) -> None:
    def asking() -> list[str]:
        answered = engine.read_decisions(cell('"a"')).evaluate("answer", inputs, now=NOON)
        return [problem.code for problem in answered.problems]

    ended = cage.run(asking)
    assert (ended.raised, ended.killed_by, ended.forbidden) == (None, None, ()), ended.text
