"""DMN files for tests, built from their parts, and what asking them gives."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pytest

from engine.decisions import DecisionOutcome, read_decisions
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


_RISKS = text("allowedValues", '"low","high"')
TYPES = (f'<itemDefinition name="tRisk"><typeRef>string</typeRef>{_RISKS}</itemDefinition>'
         '<itemDefinition name="tRisks" isCollection="true"><typeRef>tRisk</typeRef></itemDefinition>'
         '<itemDefinition name="tVictim"><itemComponent name="age"><typeRef>number</typeRef></itemComponent>'
         '<itemComponent name="risk"><typeRef>tRisk</typeRef></itemComponent></itemDefinition>')
