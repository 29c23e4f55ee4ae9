"""Files of other tools become drafts: the report names every element and every finding, and what is adapted means the same."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from engine import importing
from engine.bpmn_xml import read_model
from engine.bundle import SopBundle
from engine.definitions import flows_of, nodes_of
from engine.errors import BundleRefused
from engine.lint.run import lint
from engine.model import Model
from engine.types import Severity

EXAMPLES = Path(__file__).resolve().parents[2].parent / "shared" / "examples"
FILES = sorted((EXAMPLES / "miwg").glob("*.bpmn"))
MANY = sorted(path for folder in ("other-tools", "constraints") for path in (EXAMPLES / folder).rglob("*") if path.suffix in (".bpmn", ".xml"))

pytestmark = pytest.mark.skipif(not FILES, reason="NOT RUN: ../shared/examples is not here")


def meaning(model: Model, keys: dict[str, str]) -> list[object]:
    """What moves tokens, with ids called as `keys` calls them."""
    def key(id: str | None) -> str | None:
        return keys.get(id or "", id)

    processes = [process for process in model.processes.values()]
    return [
        [(key(node.id), node.type, node.name, key(node.attached_to), key(node.default_flow), node.events, node.lane, node.called_element,
          [key(flow.target) for flow in node.outgoing]) for process in processes for node in nodes_of(process)],
        [(key(flow.id), key(flow.source), key(flow.target), flow.condition) for process in processes for flow in flows_of(process)],
        [(lane.name, [key(id) for id in lane.node_ids]) for process in processes for lane in process.lanes],
        [(key(flow.source), key(flow.target)) for flow in model.message_flows], sorted(key(id) or "" for id in model.shapes)]


@pytest.mark.parametrize("file", [*FILES, *(pytest.param(path, marks=pytest.mark.soak) for path in MANY)], ids=lambda path: path.name)
def test_nothing_is_left_out_of_the_report_and_nothing_is_changed_but_keys(file: Path) -> None:
    data = file.read_bytes()
    try:
        found = importing.adapted(data, file.name)
    except BundleRefused as refused:
        assert refused.findings
        return
    original, model = read_model(data, file=file.name), read_model(found.content, file=file.name)
    for one in (original, model):   # lines may move where a file is written anew
        for process in one.processes.values():
            for node in nodes_of(process):
                node.events = tuple(type(event)(**{**vars(event), "line": None}) for event in node.events)
    made_up = sorted({one.id for process in original.processes.values() for one in (*nodes_of(process), *flows_of(process)) if "~" in one.id},
                     key=lambda id: int(id.rpartition("~")[2]))      # as the reader counts what has no id
    assert meaning(original, {old: new for new, old in [*found.keys.items(), *zip(found.given, made_up, strict=True)]}) == meaning(model, {})
    assert [key for key, process in original.processes.items() if process.is_executable is False and model.processes[key].is_executable] == list(found.marked)

    findings = [one for one in lint(SopBundle.from_files({file.name: found.content})) if one.code != "no-sheet"]
    report = importing.report(found, findings, roles={})
    told = Counter(element.id for element in report.elements)
    assert {node.id for process in model.processes.values() for node in nodes_of(process)} <= set(told)
    assert {flow.id for process in model.processes.values() for flow in flows_of(process)} <= set(told)
    said = Counter(finding for element in {one.id: one for one in report.elements}.values() for finding in element.findings)
    assert said + Counter(report.general) == Counter(findings)
    refused_ids = {one.element_id for one in findings if one.severity is Severity.ERROR}
    assert all((element.verdict == "refused") is (element.id in refused_ids) for element in report.elements)


def test_what_has_no_id_is_told_with_its_own_finding() -> None:
    (file,) = EXAMPLES.rglob("AsyncLeaveTest.testUserTaskWithMultipleOutgoingSequenceFlowAsyncLeave.bpmn20.xml")
    found = importing.adapted(file.read_bytes(), file.name)
    report = importing.report(found, lint(SopBundle.from_files({file.name: found.content})), roles={})
    refused = [one for one in report.elements if one.verdict == "refused"]
    assert [(one.kind, one.had_none, one.findings[0].code) for one in refused] == 3 * [("sequenceFlow", True, "foreign-expression")]
    assert "runs" not in {one.verdict for one in report.elements if one.had_none}
    assert not any(finding.severity is Severity.ERROR for finding in report.general)
