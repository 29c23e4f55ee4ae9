"""For each lint code about what an SOP means a bundle that earns it, as `cases.py` has for the others; and how to write one briefly."""

from __future__ import annotations

import json

from tests.support.bpmn import boundary, end, flows, parallel, service, standard, start, sub, timer, user
from tests.unit.lint.cases import Files, drawn, laned, line


def form(key: str, record: str = "", **answers: tuple[str, ...]) -> Files:
    """A form with one steering question for each keyword: its options, or yes and no where it has none."""
    fields = [{"key": name, "label": {"id": name}, "steering": True,
               **({"type": "choice", "options": [{"value": value, "label": {"id": value}} for value in values]} if values
                  else {"type": "boolean"})} for name, values in answers.items()]
    made = {"record": record} if record else {}
    return {f"forms/{key}.json": json.dumps({"key": key, "title": {"id": key}, **made, "fields": fields}).encode()}


def lane(name: str, *steps: str) -> str:
    return f'<bpmn:lane id="lane_{name}" name="{name}">' + "".join(
        f"<bpmn:flowNodeRef>{step}</bpmn:flowNodeRef>" for step in steps) + "</bpmn:lane>"


def timed(step: str, clock: str, length: str, **attributes: str) -> str:
    return boundary(f"{step}_late", step, timer(length), interrupting=False, extra=standard(clock, **attributes))


NUMBER = service("t", "case.number")
MAIN = b'process = "p"'

SOP_CASES: dict[str, Files] = {
    "parallel-write": {
        **drawn(start(), parallel("g"), user("a", sop_form="f"), user("b", sop_form="f"), parallel("t"), end(), flows("s", "g", "a", "t", "e"),
                flows("g", "b", "t")), **form("f", risk=("high", "low"))},
    "one-hand": {
        **laned(lane("A", "t", "u"), user("t"), user("u", sop_form="f"), flows("t", "u", "e")), **form("f", decision=("approved", "returned"))},
    "referral-without-deadline": {
        **line(user("t", sop_form="f")), **form("f", "referral", provider_answer=("accepted", "rejected"))},
    "simfoni-missing": {**line(NUMBER), "sop.toml": MAIN},
    "mediation-in-sexual-violence": {**line(user("t", sop_form="f")), **form("f", "mediation")},
    "sensitive-not-wrapped": line(user("t", name="Merujuk ke klinik VCT")),
    "time-missing": {**line(user("t")), "sop.toml": b'[[clause]]\nid = "a"\ntext = "30 menit"\nkind = "time"\nelements = ["t"]'},
}
WHOLE = line(sub("t", start("s2"), user("u"), end("e2"), flows("s2", "u", "e2"), timed("u", "elapsed", "PT48H")), timed("t", "elapsed", "PT24H"))
