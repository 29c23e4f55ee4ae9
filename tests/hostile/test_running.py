"""Diagrams and decisions that pass the check and then try to wear the engine out: each ends in a refusal or an incident by name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

import engine
from engine import trial as trials
from engine.types import InstanceStatus
from tests.hostile import attempt, bombs, cage
from tests.support import bpmn

#: FEEL that asks for more than an evaluation may use, or for what there is not; its condition then is an incident.
FEEL_BOMBS = {
    "a large power": "10**999999 > 1",
    "nested for": "count(for a in 1..9999, b in 1..9999, c in 1..9999 return a) > 1",
    "a range without end": "count(for i in 1..1000000000 return i) > 1",
    "some over a product": "some a in 1..20000, b in 1..20000 satisfies a = -1",
    "every over a product": "every a in 1..20000, b in 1..20000 satisfies a != -1",
    "text that doubles": 'string length(string join(for i in 1..20000 return "xxxxxxxxxxxxxxxx")) > 1000000',
    "text doubled by replacing": 'string length(replace(replace(replace("aaaaaaaaaaaaaaaaaaaa", "a", "aaaaaaaaaaaaaaaaaaaa"), "a", '
                                 '"aaaaaaaaaaaaaaaaaaaa"), "a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")) > 100000000',
    "a counted repetition": 'matches("a", "((a{1000}){1000}){1000}") and null',
    "a list of lists": "count(for a in 1..1000 return for b in 1..1000 return [a, b]) > 1",
    "a function that calls itself": "{f: function(n) f(n) + f(n), r: f(1)}.r = 1",
    "a sort with a slow order": "count(sort(for i in 1..20000 return 20000 - i, function(a, b) count(for j in 1..100 return j) > a)) > 1",
    "a flatten of much": "count(flatten(for a in 1..20000 return for b in 1..20000 return b)) > 1",
    "a date far away": 'date("999999999-01-01") > date("2026-01-01")',
    "a duration far too long": 'date and time("2026-01-01T00:00:00Z") + duration("P999999999999D") > now()',
    "months without end": 'date("2026-01-01") + duration("P99999999999Y") > date("2026-01-01")',
    "numbers without end": "decimal(1/3, 1000000) > 0 and null",
    "a split into letters": 'count(split(string join(for i in 1..20000 return "ab"), "")) > 100000000',
    "a name of Python": "__builtins__ = 1",
    "a function of Python": 'eval("1") = 1',
    "an attribute of Python": "x.__class__ = 1",
    "a method of Python": 'x.format("a") = 1',
}
#: FEEL that looks like a bomb and is none here: it is answered at once.
FEEL_SQUIBS = {
    "a power of a power": "2**10**9 > 1",
    "a regular expression that backtracks": 'not(matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "^(a+)+$"))',
    "another that backtracks": 'not(matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "(a|a)*c"))',
    "fifteen thousand minus signs": "-" * 15_000 + "1 = 1",
}


def ascii_start(text: str) -> str:
    return ascii(text[:20])


def played(data: bytes, variables: dict[str, Any] | None = None) -> dict[str, Any]:
    return attempt.tried(bombs.diagram(data), variables=variables)


@pytest.mark.parametrize("name", FEEL_BOMBS)
def test_an_expression_that_asks_too_much_is_refused_or_an_incident(name: str) -> None:
    ended = cage.run(lambda: played(bombs.condition(FEEL_BOMBS[name]), {"x": "a text"}))

    assert (ended.raised, ended.killed_by, ended.forbidden) == (None, None, ()), ended.text
    refused = {"expression-unreadable", "foreign-expression", "unusable-name"} & set(ended.answer["refused"])
    assert refused or ended.answer["outcome"] == "incident", ended.answer
    assert refused or ended.answer["incidents"] == ["g"]


@pytest.mark.parametrize("name", FEEL_SQUIBS)
def test_an_expression_that_only_looks_dear_is_answered(name: str) -> None:
    ended = cage.run(lambda: played(bombs.condition(FEEL_SQUIBS[name])), cpu_seconds=20)
    assert (ended.raised, ended.killed_by, ended.forbidden) == (None, None, ()), ended.text
    assert ended.answer["outcome"] == "completed"


#: Diagrams; with how a trial of them ends: a status, or the code of the engine's refusal.
DIAGRAMS: dict[str, tuple[Callable[[], bytes], set[str]]] = {
    "two to the twentieth tokens": (lambda: bombs.doubling_gateways(20), {"runaway-process"}),
    "two to the three-hundredth tokens": (lambda: bombs.doubling_gateways(300), {"runaway-process"}),
    "sub-processes to the last depth": (lambda: bombs.nested_sub_processes(50), {"completed"}),
    "a call thirty deep": (lambda: bombs.call_chain(30), {"runaway-process", "incident"}),
    "a call three hundred deep": (lambda: bombs.call_chain(300), {"runaway-process", "incident"}),
    "a thousand instances at once": (lambda: bombs.nested_instances(0, "1000"), {"active"}),
    "nine hundred gateways in a row": (
        lambda: bpmn.document(bpmn.process("p", bpmn.start(), *(bpmn.exclusive(f"g{n}") for n in range(900)), bpmn.end(),
                                           bpmn.flows("s", *(f"g{n}" for n in range(900)), "e"))), {"completed"}),
    "a collection of a million": (
        lambda: bpmn.document(bpmn.process("p", bpmn.start(), bpmn.user("t", bpmn.instances(collection="for i in 1..1000000 return i")),
                                           bpmn.end(), bpmn.flows("s", "t", "e"))), {"incident"}),
    "a count from a variable": (
        lambda: bpmn.document(bpmn.process("p", bpmn.start(), bpmn.user("t", bpmn.instances(cardinality="n")), bpmn.end(),
                                           bpmn.flows("s", "t", "e"))), {"incident"}),
    "a timer from a variable": (
        lambda: bpmn.document(bpmn.process("p", bpmn.start(), bpmn.catch("c", bpmn.timer('=duration(d)')), bpmn.end(),
                                           bpmn.flows("s", "c", "e"))), {"incident"}),
    "a decision loop": (
        lambda: bpmn.document(bpmn.process(
            "p", bpmn.start(), bpmn.sub("x", bpmn.start("s2"), bpmn.end("e2"), bpmn.flows("s2", "e2")), bpmn.exclusive("g", default="g__x"),
            bpmn.end(), bpmn.flows("s", "x", "g", "x"), bpmn.flow("g", "e", "false"))), {"runaway-process"}),
}


@pytest.mark.parametrize("name", DIAGRAMS)
def test_a_diagram_that_never_rests_is_stopped_by_name(name: str) -> None:
    make, ends = DIAGRAMS[name]
    ended = cage.run(lambda: played(make(), {"n": Decimal(10**9), "d": "P999999999999D"}))

    assert (ended.raised, ended.killed_by, ended.forbidden) == (None, None, ()), ended.text
    assert ended.answer["refused"] == []
    assert (ended.answer["stopped"] or ended.answer["outcome"]) in ends


ENDLESS: list[Any] = []
ENDLESS.append(ENDLESS)
VARIABLES: dict[str, Any] = {
    "a float": {"x": 1.5}, "not a number": {"x": float("nan")}, "infinity": {"x": Decimal("Infinity")}, "a class": {"x": object},
    "a function": {"x": len}, "a number as a key": {"x": {1: 2}}, "a set": {"x": {1}}, "a generator": {"x": (n for n in "ab")},
    "an endless list": {"x": ENDLESS}, "a module": {"x": bombs}, "signalling": {"x": Decimal("sNaN")},
}


@pytest.mark.parametrize("name", VARIABLES)
def test_a_variable_that_is_no_value_is_refused(name: str) -> None:
    trial = engine.Trial.open(engine.SopBundle.from_files(bombs.diagram(bombs.simple())), now=attempt.NOON)
    with pytest.raises(engine.EngineError) as refused:
        trial.start(variables=VARIABLES[name])
    assert refused.value.code == "invalid-value"


@pytest.mark.parametrize("key", ["__class__", "__builtins__", "len", "true", "now", "", " ", "a b", "\0", "\ud800", "$n", "x" * 100_000],
                         ids=lambda key: ascii(key[:20]))
def test_a_variable_of_any_name_is_only_a_variable(key: str) -> None:
    """In a bare trial every submitted field is a variable; its name never means anything to Python."""
    ended = cage.run(lambda: played(bombs.condition('string length("abc") = 3'), {key: "RAHASIA-7731"}))
    assert (ended.raised, ended.killed_by, ended.forbidden) == (None, None, ()), ended.text
    assert ended.answer["outcome"] == "completed" or ended.answer["stopped"] == "invalid-value", ended.answer


def test_two_processes_that_write_to_each_other_without_end_are_stopped() -> None:
    """Each letter starts the other process, which writes back at once: the trial stops it by name."""
    data = bpmn.document(
        bpmn.process("a", bpmn.start("sa", bpmn.event("message", "m")), bpmn.throw("ta", bpmn.event("message", "n")), bpmn.end("ea"),
                     bpmn.flows("sa", "ta", "ea")),
        bpmn.process("b", bpmn.start("sb", bpmn.event("message", "n")), bpmn.throw("tb", bpmn.event("message", "m")), bpmn.end("eb"),
                     bpmn.flows("sb", "tb", "eb")),
        roots=bpmn.message("m") + bpmn.message("n"))

    def stormed() -> str:
        trials.Trial.jobs_per_call = 300  # as 20,000, in less time
        trial = engine.Trial.open(engine.SopBundle.from_files(bombs.diagram(data)), now=attempt.NOON)
        try:
            trial.send_message("m", {})
        except engine.EngineError as refusal:
            return refusal.code
        return "idle"

    ended = cage.run(stormed, cpu_seconds=60)
    assert (ended.raised, ended.killed_by) == (None, None)
    assert ended.answer == "runaway-process"


def test_a_cycle_of_seconds_over_an_hour_is_done_hit_by_hit() -> None:
    data = bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.user("t"), bpmn.boundary("b", "t", bpmn.timer("R/PT10S", "timeCycle"), interrupting=False), bpmn.end("z"),
        bpmn.end(), bpmn.flows("s", "t", "e"), bpmn.flows("b", "z")))

    def ticked() -> int:
        trial = engine.Trial.open(engine.SopBundle.from_files(bombs.diagram(data)), now=attempt.NOON)
        instance_id = trial.start()
        trial.advance(timedelta(minutes=30))
        assert trial.outcome(instance_id).status is InstanceStatus.ACTIVE
        return sum(entry.element_id == "z" for entry in trial.trace(instance_id))

    ended = cage.run(ticked)
    assert (ended.raised, ended.killed_by) == (None, None)
    assert ended.answer >= 180


@pytest.mark.parametrize("text", ["\ud800", "half \udc00 a letter", "\0", "x\0y", "x" * 100_000, "'; DROP TABLE journal; --", "%s", ":a"], ids=ascii_start)
def test_a_name_that_no_database_holds_is_refused_by_name(text: str, database_url: str) -> None:
    trial = engine.Trial.open(engine.SopBundle.from_files(bombs.diagram(bombs.simple())), now=attempt.NOON, database_url=database_url)
    trial.start()
    for act in (lambda: trial.start(business_key=text), lambda: trial.send_message(text), lambda: trial.send_signal(text),
                lambda: trial.open_tasks(text), lambda: trial.complete(text), lambda: trial.start(text), lambda: trial.outcome(text),
                lambda: trial.send_message("m", {}, keys={text: text})):
        try:
            act()
        except engine.EngineError as refusal:
            assert refusal.code in {"invalid-value", "not-found"}
            assert text not in str(refusal)
    assert len(trial.open_tasks()) >= 1
