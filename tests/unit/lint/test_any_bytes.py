"""`lint` answers on any bytes, soon and in bounded memory."""

from __future__ import annotations

import resource
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from engine.bundle import SopBundle
from engine.lint import guarded
from engine.lint.run import lint
from engine.types import Severity
from tests.support.bpmn import document, exclusive, flow, process, service, start, user
from tests.unit.lint.cases import CASES
from tests.unit.lint.runs import RUNS

FILES = [data for files in (*CASES.values(), *RUNS.values()) for path, data in files.items() if path.endswith(".bpmn")]


@given(st.binary(max_size=400), st.sampled_from(["x.bpmn", "sop.toml", "agency.toml", "forms/a.json"]))
def test_noise_is_answered(data: bytes, path: str) -> None:
    assert any(f.severity is Severity.ERROR for f in lint(SopBundle.from_files({path: data})))


@settings(max_examples=300)
@given(st.sampled_from(FILES), st.data())
def test_a_damaged_file_is_answered(file: bytes, data: st.DataObject) -> None:
    """Elements and attributes taken away, doubled, renamed or swapped at random: every rule must still come to its end."""
    root = etree.fromstring(file)
    for _ in range(data.draw(st.integers(1, 6))):
        elements = [e for e in root.iter() if isinstance(e.tag, str)]
        one, other = (elements[data.draw(st.integers(0, len(elements) - 1))] for _ in "ab")
        match data.draw(st.sampled_from(["drop", "attribute", "value", "move", "rename", "text"])):
            case "drop" if one.getparent() is not None:
                one.getparent().remove(one)
            case "attribute" if one.attrib:
                del one.attrib[data.draw(st.sampled_from(sorted(one.attrib)))]
            case "value" if one.attrib:
                one.set(
                    data.draw(st.sampled_from(sorted(one.attrib))),
                    data.draw(st.sampled_from(["", "p", "t", "e", "true", "-1", "x:y", "§", "a b", "999999999999999999999"])),
                )
            case "move" if one.getparent() is not None and one not in other.iterancestors() and one is not other:
                other.append(one)
            case "rename":
                one.tag = other.tag
            case "text":
                one.text = data.draw(st.sampled_from(["", "=", "${x}", "1 + (", "PT", '"', "\n", "null"]))
    found = lint(SopBundle.from_files({"x.bpmn": etree.tostring(root)}))
    assert not [f.code for f in found if f.code.startswith("unchecked")]


def test_a_data_input_outside_everything_is_answered() -> None:
    bundle = SopBundle.from_files({"x.bpmn": document(roots='<bpmn:dataInput id="i" name="x"/>')})
    assert not [f.code for f in lint(bundle) if f.code.startswith("unchecked")]


def _many(count: int, made: str) -> str:
    return "".join(made.replace("#", str(n)) for n in range(count))


WIDE = {
    "a thousand start events and eighteen thousand flows": document(
        process(
            "p",
            _many(999, '<bpmn:startEvent id="s#"/>'),
            user("t"),
            _many(18_000, '<bpmn:sequenceFlow id="f#" sourceRef="s1" targetRef="t"/>'),
        )
    ),
    "a thousand gateways in one knot": document(
        process(
            "p",
            start(),
            _many(999, '<bpmn:exclusiveGateway id="g#"/>'),
            _many(998, '<bpmn:sequenceFlow id="f#" sourceRef="g#" targetRef="g1"/>'),
            _many(998, '<bpmn:sequenceFlow id="h#" sourceRef="g1" targetRef="g#"/>'),
        )
    ),
    "ten thousand lanes and data objects": document(
        process(
            "p",
            user("t"),
            "<bpmn:laneSet>",
            _many(9_000, '<bpmn:lane id="l#"><bpmn:flowNodeRef>t</bpmn:flowNodeRef></bpmn:lane>'),
            "</bpmn:laneSet>",
        )
    ),
    "thousands of items, inputs and associations": document(
        process(
            "p",
            "<bpmn:callActivity id='c' calledElement='p'><bpmn:ioSpecification>",
            _many(5_000, '<bpmn:dataInput id="d#" itemSubjectRef="i#"/>'),
            "</bpmn:ioSpecification>",
            _many(
                2_000,
                "<bpmn:dataInputAssociation><bpmn:sourceRef>d#</bpmn:sourceRef><bpmn:targetRef>d#</bpmn:targetRef></bpmn:dataInputAssociation>",
            ),
            "</bpmn:callActivity>",
        ),
        roots=_many(5_000, '<bpmn:itemDefinition id="i#" structureRef="s"/>'),
    ),
    "escaped quotation marks without end": document(process("p", start(), user("t"), flow("s", "t", '\\"' * 500_000))),
    "a condition of two hundred thousand brackets": document(process("p", start(), exclusive("t"), flow("s", "t", "(" * 200_000))),
    "a million words of no expression": document(process("p", start(), exclusive("t"), flow("s", "t", "new " * 250_000))),
    "sub-processes to the last depth": document(
        process("p", "".join(f'<bpmn:subProcess id="s{n}">' for n in range(57)) + "</bpmn:subProcess>" * 57)
    ),
    "five hundred of another tool's words on each of thirty tasks": document(
        process(
            "p", *(f'<bpmn:userTask id="t{n}" ' + _many(500, 'z:a#="1" ').replace("z:", "c:") + 'xmlns:c="urn:c"/>' for n in range(30))
        )
    ),
}


@pytest.mark.parametrize("name", WIDE)
def test_a_wide_or_deep_file_is_answered_soon(name: str) -> None:
    began = time.process_time()
    found = lint(SopBundle.from_files({"x.bpmn": WIDE[name]}))
    assert found and len(found) < 3_000
    assert time.process_time() - began < 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 1_500_000  # kilobytes: the whole test process


def test_the_guarded_check_says_what_the_check_says() -> None:
    bundle = SopBundle.from_files(CASES["script-task"])
    assert guarded.lint_guarded(bundle) == lint(bundle)


def test_operations_travel_to_the_child() -> None:
    bundle = SopBundle.from_files({"x.bpmn": document(process("p", service("t", "letter.burn")))})
    codes = {f.code for f in guarded.lint_guarded(bundle, operations=frozenset({"letter.issue"}))}
    assert "unknown-operation" in codes


@pytest.mark.parametrize("limits", [{"memory_bytes": 32 * 1024 * 1024}, {"wall_seconds": 0.001}], ids=["memory", "time"])
def test_a_child_beyond_its_limits_is_one_finding(limits: dict[str, int]) -> None:
    (found,) = guarded.lint_guarded(SopBundle.from_files(CASES["script-task"]), **limits)  # type: ignore[arg-type]
    assert (found.code, found.severity) == ("check-exceeded-limits", Severity.ERROR)
