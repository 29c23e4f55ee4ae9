"""Each code is earned by its own mistake, said in both languages, and by nothing that runs."""

from __future__ import annotations

import re

import pytest

from engine.bundle import SopBundle
from engine.definitions import load
from engine.lint.run import RULES, lint
from engine.types import LintFinding, Severity
from tests.unit.lint import cases
from tests.unit.lint.cases import Files
from tests.unit.lint.runs import RUNS
from tests.unit.lint.sop_cases import SOP_CASES

OPERATIONS = frozenset({"do.it", "letter.issue"})
CASES = {**cases.CASES, **SOP_CASES}
MARKER = "RAHASIA"


def findings(files: Files) -> list[LintFinding]:
    return lint(SopBundle.from_files(files), operations=OPERATIONS)


def test_every_rule_has_a_case_and_every_case_a_rule() -> None:
    assert CASES.keys() == RULES.keys()


@pytest.mark.parametrize("code", CASES)
def test_the_mistake_earns_its_code(code: str) -> None:
    found = [f for f in findings(CASES[code]) if f.code == code]
    assert found
    assert {f.severity for f in found} <= {RULES[code].severity, Severity.ADVICE}
    assert not any(f.code.startswith("unchecked") for f in findings(CASES[code]))


@pytest.mark.parametrize("name", RUNS)
def test_what_runs_earns_no_error_and_loads(name: str) -> None:
    assert [f.code for f in findings(RUNS[name]) if f.severity is Severity.ERROR] == []
    assert load(SopBundle.from_files(RUNS[name])).main_process is not None


@pytest.mark.parametrize("code", CASES)
def test_what_earns_no_error_loads(code: str) -> None:
    if not any(f.severity is Severity.ERROR for f in findings(CASES[code])):
        load(SopBundle.from_files(CASES[code]))


@pytest.mark.parametrize("code", RULES)
def test_every_rule_explains_itself_in_both_languages(code: str) -> None:
    rule = RULES[code]
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code)
    for text in (rule.message.id, rule.message.en, rule.instead.id, rule.instead.en, rule.reason):
        assert text.strip() and text[-1] in ".!?:)", text
    assert rule.message.id != rule.message.en and rule.instead.id != rule.instead.en


@pytest.mark.parametrize("code", CASES)
def test_a_finding_repeats_nothing_of_the_file_but_ids(code: str) -> None:
    marked = {
        path: data.replace(b'name="', f'name="{MARKER} '.encode()).replace(b'"high"', MARKER.encode()).replace(b">x<", b'>"RAHASIA"<')
        for path, data in CASES[code].items()
    }
    for f in findings(marked):
        assert MARKER not in f"{f.message} {f.instead} {f.element_id} {f.code}", f


def test_a_finding_names_file_line_and_element() -> None:
    (found,) = [
        f
        for f in findings({"sop/a.bpmn": CASES["script-task"]["x.bpmn"].replace(b"<bpmn:scriptTask", b"\n\n<bpmn:scriptTask")})
        if f.code == "script-task"
    ]
    assert (found.file, found.line, found.element_id) == ("sop/a.bpmn", 4, "t")


def test_operations_are_checked_only_when_they_are_known() -> None:
    bundle = SopBundle.from_files(CASES["unknown-operation"])
    assert "unknown-operation" not in {f.code for f in lint(bundle)}
    assert "unknown-operation" in {f.code for f in lint(bundle, operations=frozenset({"other"}))}


def test_errors_come_first() -> None:
    order = [f.severity for f in findings(CASES["script-task"])]
    assert order == sorted(order, key=[Severity.ERROR, Severity.RULE, Severity.ADVICE].index)
