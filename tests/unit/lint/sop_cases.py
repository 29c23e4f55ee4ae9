"""For each lint code about what an SOP means a bundle that earns it, as `cases.py` has for the others; and how to write one briefly."""

from __future__ import annotations

import json
from xml.sax.saxutils import escape

from tests.support.bpmn import boundary, catch, element, end, error, event, exclusive, flow, flows, message, parallel, service, standard, standard_loop, start, sub, timer, user
from tests.unit.lint.cases import Files, drawn, laned, line


def form(key: str, record: str = "", **answers: tuple[str, ...]) -> Files:
    """A form with one steering question for each keyword: its options, or yes and no where it has none."""
    fields = [{"key": name, "label": {"id": name}, "steering": True,
               **({"type": "choice", "options": [{"value": value, "label": {"id": value}} for value in values]} if values
                  else {"type": "boolean"})} for name, values in answers.items()]
    made = {"record": record} if record else {}
    return {f"forms/{key}.json": json.dumps({"key": key, "title": {"id": key}, **made, "fields": fields}).encode()}


def asking(*more: dict[str, object]) -> Files:
    """A step that asks the choice `x` of "a" and "b", and the questions given."""
    first = {"key": "x", "type": "choice", "label": {"id": "x"}, "steering": True,
             "options": [{"value": each, "label": {"id": each}} for each in ("a", "b")]}
    asked = {"key": "f", "title": {"id": "f"}, "fields": [first, *more]}
    return {**line(user("t", sop_form="f")), "forms/f.json": json.dumps(asked).encode()}


def lane(name: str, *steps: str) -> str:
    return f'<bpmn:lane id="lane_{name}" name="{name}">' + "".join(
        f"<bpmn:flowNodeRef>{step}</bpmn:flowNodeRef>" for step in steps) + "</bpmn:lane>"


def timed(step: str, clock: str, length: str, **attributes: str) -> str:
    return boundary(f"{step}_late", step, timer(length), interrupting=False, extra=standard(clock, **attributes))


NUMBER = service("t", "case.number")
MAIN = b'process = "p"'

def table(*rows: tuple[str, str], policy: str = "UNIQUE", column: str = "x", inside: str = "") -> bytes:
    """A table `way` that asks `column`, a cell and an answer for each row; `inside` says more of the column."""
    drawn = "".join(f"<rule><inputEntry><text>{escape(cell)}</text></inputEntry><outputEntry><text>{escape(said)}</text></outputEntry></rule>"
                    for cell, said in rows)
    return f"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:x"><decision id="way" name="way">
      <decisionTable hitPolicy="{policy}"><input><inputExpression><text>{escape(column)}</text></inputExpression>{inside}</input>
      <output name="way"/>{drawn}</decisionTable></decision></definitions>""".encode()


WEIGH = element("businessRuleTask", "w", sop_decision="way", sop_result="way")


def weighed(data: bytes, **answers: tuple[str, ...]) -> Files:
    """A form, the table that is asked after it, and a choice by what the table says."""
    return {**drawn(start(), user("t", sop_form="f"), WEIGH, exclusive("g"), user("u"), user("v"), end(), flows("s", "t", "w", "g"),
                    flow("g", "u", 'way = "left"'), flow("g", "v", 'way = "right"'), flows("u", "e"), flows("v", "e")),
            **form("f", **answers), "d.dmn": data}


#: The answer by which is chosen is asked in a sub-process.
ENDING = {
    **drawn(start(), user("before"), sub("t", start("s2"), user("i", sop_form="f"), end("e2"), flows("s2", "i", "e2")),
            exclusive("g", default="g__v"), user("u"), user("v"), end(), flows("s", "before", "t", "g"), flow("g", "u", 'kind = "low"'),
            flows("g", "v", "e"), flow("u", "e")), **form("f", kind=("high", "low"))}

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
    "message-from-nobody": {**line(catch("t", event("message", "M")), roots=message("M")), "sop.toml": MAIN},
    "letter-link": {**line(user("t")), "documents/a.typ": b'#link("file:///etc/hostname")[x]'},
    "event-never-thrown": {**line(user("t"), boundary("b", "t", event("error", "E")), flow("b", "e"), roots=error("E")), "sop.toml": MAIN},
    "wakes-itself": drawn(start("s", event("message", "M")), end("e", event("message", "M")), flow("s", "e"), roots=message("M")),
    "sensitive-not-wrapped": line(user("t", name="Merujuk ke klinik VCT")),
    "table-overlap": weighed(table(('"a"', '"left"'), ("-", '"right"')), x=("a", "b")),
    "table-gap": weighed(table(('"a"', '"left"'), ('"b"', '"right"')), x=("a", "b", "c")),
    "row-never-matches": weighed(table(("-", '"left"'), ('"a"', '"right"'), policy="FIRST"), x=("a", "b")),
    "table-refuses-answer": weighed(table(('"a"', '"left"'), ("-", '"right"'), policy="FIRST", inside="<inputValues><text>\"a\"</text></inputValues>"),
                                    x=("a", "b")),
    "condition-never-true": {
        **drawn(start(), user("t", sop_form="f"), exclusive("g", default="g__v"), user("u"), user("v"), end(), flows("s", "t", "g"),
                flow("g", "u", 'risk = "tinggi"'), flows("g", "v", "e"), flow("u", "e")), **form("f", risk=("high", "low"))},
    "answer-ends-with-scope": ENDING,
    "timer-fixed-date": line(catch("t", timer("2026-01-05T08:00:00Z", "timeDate"))),
    "secret-in-drawing": line(service("t", arguments={"api_key": '"abc"'})),
    "repetition-without-end": line(user("t", inner=standard_loop("true"))),
    "question-never-asked": asking({"key": "why", "type": "text", "label": {"id": "why"}, "required": True, "showIf": 'x = "a" and x = "b"'}),
    "timer-reads-no-time": {
        **drawn(start(), user("t", sop_form="f"), catch("u", timer("= x")), end(), flows("s", "t", "u", "e")), **form("f", x=("a", "b"))},
    "time-missing": {**line(user("t")), "sop.toml": b'[[clause]]\nid = "a"\ntext = "30 menit"\nkind = "time"\nelements = ["t"]'},
}
WHOLE = line(sub("t", start("s2"), user("u"), end("e2"), flows("s2", "u", "e2"), timed("u", "elapsed", "PT48H")), timed("t", "elapsed", "PT24H"))
