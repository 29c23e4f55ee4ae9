"""570 files of other engines: none crashes, hangs, or loses an element without a word."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from lxml import etree

from engine.bpmn_xml import read_root, safe_root
from engine.bundle import SopBundle
from engine.definitions import flows_of, load, nodes_of
from engine.errors import BundleRefused
from engine.lint.run import lint
from engine.model import Model
from engine.types import Severity

FOLDER = Path(__file__).resolve().parents[2].parent / "shared" / "examples" / "other-tools"
FILES = sorted(path for path in FOLDER.rglob("*") if path.suffix in (".bpmn", ".xml"))
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
SECONDS = 5  # of processor time, for the largest of them; a few milliseconds are usual

pytestmark = pytest.mark.skipif(not FILES, reason="NOT RUN: ../shared/examples/other-tools is not here")


@pytest.fixture(params=FILES, ids=lambda path: path.name)
def file(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def read(path: Path) -> tuple[etree._Element, Model] | None:
    try:
        root = safe_root(path.read_bytes(), path.name)
        return root, read_root(root, path.name)
    except BundleRefused as refusal:
        assert refusal.findings
        return None


def held(model: Model) -> set[str]:
    """Every id the model keeps, one way or another."""
    ids = {*model.processes, *model.messages, *model.signals, *model.errors, *model.escalations, *model.items, *model.drawn}
    ids |= {flow.id for flow in model.message_flows}
    for process in model.processes.values():
        ids |= {node.id for node in nodes_of(process)} | {flow.id for flow in flows_of(process)} | {lane.id for lane in process.lanes}
        ids |= process.data_objects.keys()
        ids |= {key for node in nodes_of(process) if node.body is not None for key in node.body.data_objects}
    return ids | {unknown.element_id for unknown in model.unknown if unknown.element_id}


#: Parts of a larger thing: read into the thing that holds them, which is the one with a place in the model.
PARTS = {
    f"{BPMN}{tag}"
    for tag in (
        "definitions",
        "laneSet",
        "childLaneSet",
        "ioSpecification",
        "dataInput",
        "dataOutput",
        "inputSet",
        "outputSet",
        "dataInputAssociation",
        "dataOutputAssociation",
        "extensionElements",
        "documentation",
        "conditionExpression",
        "timeDuration",
        "timeDate",
        "timeCycle",
        "loopCardinality",
        "loopCondition",
        "completionCondition",
        "condition",
        "inputDataItem",
        "outputDataItem",
        "property",
        "multiInstanceLoopCharacteristics",
        "standardLoopCharacteristics",
        "correlationKey",
        "correlationProperty",
        "correlationPropertyRetrievalExpression",
        "messagePath",
        "dataState",
        "assignment",
        "from",
        "to",
        "transformation",
        *(
            f"{kind}EventDefinition"
            for kind in ("timer", "message", "signal", "error", "escalation", "conditional", "terminate", "cancel", "compensate", "link")
        ),
    )
}


def test_every_element_with_an_id_is_in_the_model_or_named_as_not_understood(file: Path) -> None:
    answer = read(file)
    if answer is None:
        return
    root, model = answer
    found = held(model)
    lost = [
        (e.tag, e.get("id"), e.sourceline)
        for e in root.iter(f"{BPMN}*")
        if e.get("id") and e.get("id") not in found and e.tag not in PARTS
    ]
    assert lost == []


def test_flows_arrive_whole(file: Path) -> None:
    """Every sequence flow of the file is a flow of the model, with its ends and its condition."""
    answer = read(file)
    if answer is None:
        return
    root, model = answer
    drawn = sorted(
        (e.get("sourceRef") or "", e.get("targetRef") or "", e.find(f"{BPMN}conditionExpression") is not None)
        for e in root.iter(f"{BPMN}sequenceFlow")
    )
    kept = sorted(
        (flow.source, flow.target, flow.condition is not None) for process in model.processes.values() for flow in flows_of(process)
    )
    assert drawn == kept


def test_the_check_ends_soon_and_says_what_is_not_understood(file: Path) -> None:
    began = time.process_time()
    findings = lint(SopBundle.from_files({file.name: file.read_bytes()}))
    assert time.process_time() - began < SECONDS
    assert not [f.code for f in findings if f.code.startswith("unchecked")]
    answer = read(file)
    if answer is None:
        assert any(f.severity is Severity.ERROR for f in findings)
        return
    said = {f.line for f in findings}
    assert [u for u in answer[1].unknown if u.line not in said] == []


def test_what_the_check_lets_through_loads(file: Path) -> None:
    bundle = SopBundle.from_files({file.name: file.read_bytes()})
    if not any(f.severity is Severity.ERROR for f in lint(bundle)):
        assert load(bundle).main_process is not None
