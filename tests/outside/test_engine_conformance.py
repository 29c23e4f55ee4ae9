"""The processes of `examples/engine-conformance` (betsy), driven through `Trial`: each leaves the expected trace or is refused by name.

The product refuses script tasks, so each becomes a service task of one operation; the one Java-like condition the files use
(`test.contains("x")`) is written as FEEL, the product's only expression language.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from engine import BundleRefused, InstanceStatus, OperationCall, OutcomeKind, Severity, SopBundle, Trial, Value

EXAMPLES = Path(__file__).resolve().parents[3] / "shared" / "examples" / "engine-conformance"
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
#: Refused with this code: the file shows a construct the product does not run, or an error the standard wants refused.
REFUSED = {
    "Token_Cardinality_Default": "token-quantity",
    "Token_CompletionQuantity_Zero": "token-quantity",
    "Compensation_BoundaryEvent_SubProcess": "compensation",
    "Multiple_IntermediateEvent_MissingEvent": "several-triggers",
    "WCP06_MultiChoice_ComplexGateway": "complex-gateway",
    "WCP12_MultipleInstancesWithoutSynchronization": "multi-instance-behavior",
}
SILENT = {"CREATE_LOG_FILE", "INCREMENT_INTEGER_VARIABLE"}


def _cases() -> list[Any]:
    if not EXAMPLES.is_dir():
        return [pytest.param({}, {}, marks=pytest.mark.skip(reason="NOT RUN: ../shared/examples/engine-conformance is not here"))]
    listed = json.loads((EXAMPLES / "expected.json").read_text())
    return [pytest.param(process, case, id=f"{process['name']}-{case['n']}") for process in listed for case in process["cases"]]


def _adapted(data: bytes) -> tuple[bytes, Mapping[str, str]]:
    root = etree.fromstring(data)
    scripts = {}
    for task in root.iter(f"{BPMN}scriptTask"):
        script = task.find(f"{BPMN}script")
        assert script is not None
        scripts[task.get("id")] = script.text.strip()
        task.remove(script)
        task.tag = f"{BPMN}serviceTask"
        task.attrib.pop("scriptFormat", None)
        task.set("{urn:sop:bpmn:1}operation", "script.run")
    for tag in ("conditionExpression", "condition"):
        for node in root.iter(f"{BPMN}{tag}"):
            node.text = re.sub(r'(\w+)\.contains\(("\w+")\)', r"contains(\1, \2)", node.text)
    return etree.tostring(root), scripts


@pytest.mark.parametrize(("process", "case"), _cases())
def test_a_process_leaves_the_expected_trace_or_is_refused_by_name(process: dict[str, Any], case: dict[str, Any]) -> None:
    data, scripts = _adapted((EXAMPLES / process["file"]).read_bytes())
    log: list[str] = []
    counted = [case["vars"]["integerVariable"]]

    def run(call: OperationCall) -> Mapping[str, Value]:
        token = scripts[call.element_id]
        if token == "CREATE_MARKER_FILE":
            log.append("MARKER_exists")
        elif token == "INCREMENT_INTEGER_VARIABLE_AND_LOG":
            log.append("INCREMENT_correct")
        elif token not in SILENT:
            log.append(token)
        if token.startswith("INCREMENT"):
            counted[0] += 1
            return {"integerVariable": Decimal(counted[0])}
        return {}

    bundle = SopBundle.from_files({process["file"]: data})
    now = datetime(2026, 1, 5, 1, tzinfo=UTC)
    if process["name"] in REFUSED:
        with pytest.raises(BundleRefused) as refused:
            Trial.open(bundle, now=now, operations={"script.run": run})
        assert REFUSED[process["name"]] in {f.code for f in refused.value.findings if f.severity is Severity.ERROR}
        return

    trial = Trial.open(bundle, now=now, operations={"script.run": run})
    variables = {name: Decimal(value) if isinstance(value, int) else value for name, value in case["vars"].items()}
    started = [trial.start(process_id, variables) for process_id in (trial.process_ids if case["parallel"] else [None])]
    trial.advance(timedelta(days=1))

    outcome = trial.outcome(started[0])
    if outcome.status is InstanceStatus.INCIDENT:
        log.append("ERROR_runtime")
    if outcome.kind is OutcomeKind.ERROR:
        log.append("ERROR_thrownErrorEvent")
    assert sorted(log) == sorted(case["expect"])
    for instance_id in {entry.instance_id for entry in trial.trace()}:
        assert trial.replay(instance_id).verdict == "confirmed"
