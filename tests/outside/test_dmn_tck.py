"""The decision tables of the DMN TCK (see `../shared/examples`): every result node of every test case."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from engine.decisions import read_decisions
from engine.feel import temporal

EXAMPLES = Path(__file__).resolve().parents[2] / ".." / "shared" / "examples" / "dmn-tck"
TCK = "{http://www.omg.org/spec/DMN/20160719/testcase}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
NOW = datetime(2026, 11, 10, 1, 30, tzinfo=UTC)

_READERS: dict[str, Any] = {
    "string": str, "decimal": Decimal, "double": Decimal, "integer": Decimal, "boolean": lambda text: text in {"true", "1"},
    "date": date.fromisoformat, "time": temporal.time_of, "dateTime": temporal.date_and_time_of,
    "duration": temporal.duration_of,
}


def value_of(node: Any) -> Any:
    """The value an input, expected or component element holds: a list, a context or one value."""
    if (items := node.find(f"{TCK}list")) is not None:
        return [value_of(item) for item in items.findall(f"{TCK}item")]
    if components := node.findall(f"{TCK}component"):
        return {component.get("name"): value_of(component) for component in components}
    value = node.find(f"{TCK}value")
    if value is None or value.get(f"{XSI}nil") == "true":
        return None
    return _READERS[(value.get(f"{XSI}type") or "xsd:string").rpartition(":")[2]](value.text or "")


def cases() -> Iterator[Any]:
    for file in sorted(EXAMPLES.glob("*/*-test-*.xml")):
        tests = etree.parse(str(file)).getroot()
        model = file.parent / tests.findtext(f"{TCK}modelName", "").strip()
        for case in tests.findall(f"{TCK}testCase"):
            inputs = {node.get("name"): value_of(node) for node in case.findall(f"{TCK}inputNode")}
            for result in case.findall(f"{TCK}resultNode"):
                expected = value_of(result.find(f"{TCK}expected"))
                yield pytest.param(model, inputs, result.get("name"), expected,
                                   id=f"{model.stem}-{case.get('id')}-{result.get('name')}")


def same(found: Any, expected: Any) -> bool:
    """Numbers agree to eight digits, as the TCK compares them; everything else exactly."""
    if isinstance(expected, Decimal) and isinstance(found, Decimal):
        return abs(found - expected) <= abs(expected) * Decimal("1e-8")
    if isinstance(expected, dict) and isinstance(found, dict):
        return found.keys() == expected.keys() and all(same(found[key], expected[key]) for key in expected)
    if isinstance(expected, list) and isinstance(found, list):
        return len(found) == len(expected) and all(same(*pair) for pair in zip(found, expected, strict=True))
    return type(found) is type(expected) and bool(found == expected)


def test_the_examples_are_here() -> None:
    if not EXAMPLES.is_dir():
        pytest.skip("NOT RUN: ../shared/examples/dmn-tck is not here")
    assert len(list(EXAMPLES.glob("*/*.dmn"))) >= 10


@pytest.mark.parametrize(("model", "inputs", "decision", "expected"), list(cases()))
def test_a_decision_gives_what_the_tck_expects(model: Path, inputs: dict[str, Any], decision: str, expected: Any) -> None:
    outcome = read_decisions(model.read_bytes(), file=model.name).evaluate(decision, inputs, now=NOW)

    assert outcome.problems == ()
    assert same(outcome.value, expected)
