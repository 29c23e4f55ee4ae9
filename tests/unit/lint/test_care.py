"""No SOP asks for papers before safety, nor for an identity card as a condition."""

from __future__ import annotations

import json

import pytest

from engine.bundle import SopBundle
from engine.lint.run import lint
from engine.types import Severity
from tests.support.bpmn import boundary, call, document, end, exclusive, flow, flows, process, start, sub, timer, user
from tests.unit.lint.cases import CASES, with_form
from tests.unit.lint.sop_cases import form

FORMS = {f"forms/{key}.json": json.dumps({"key": key, "title": {"id": key}, "record": record, "fields": []}).encode()
         for key, record in (("assess", "assessment"), ("papers", "intake_papers"), ("rescue", "emergency"), ("note", "follow_up"))}


def found(code: str, files: dict[str, bytes]) -> list[str | None]:
    return [hit.element_id for hit in lint(SopBundle.from_files(files)) if hit.code == code]


def paper(**field: object) -> list[str | None]:
    return found("identity-paper-required", with_form(**field))


@pytest.mark.parametrize("key", ["nik", "no_ktp", "ktp_number", "kk_number", "id_card", "family_card", "nik_anak", "birth_certificate"])
def test_no_form_demands_an_identity_paper(key: str) -> None:
    assert paper(key=key, type="text", required=True) == [key]
    assert paper(key=key, type="file", required=True) == [key]
    assert paper(key=key, type="text", required=False) == []
    assert paper(key=key, type="text", required=True, allowUnknown=True) == [], "it may follow later"
    assert paper(key=key, type="boolean", required=True) == [], "no is an answer"
    received, later = ({"value": word, "label": {"id": word}} for word in ("received", "later"))
    assert paper(key=key, type="choice", required=True, options=[received]) == [key], "one answer is none"
    assert paper(key=key, type="choice", required=True, options=[received, later]) == []
    assert paper(key=key, type="boolean", required=True, rule=f"{key} = true") == [key], "here it is none"


def test_a_paper_in_a_row_counts_too_and_other_words_do_not() -> None:
    assert paper(key="family", type="rows", fields=[{"key": "nik", "type": "text", "label": {"id": "NIK"}, "required": True}]) == ["nik"]
    for key in ("age", "teknik", "kkn", "alias_code", "technik_note"):
        assert paper(key=key, type="text", required=True) == []


def drawn(*parts: str, more: str = "") -> list[str | None]:
    return found("emergency-after-papers", {"x.bpmn": document(process("p", start(), *parts, end()), more), **FORMS})


def step(key: str, element_id: str = "") -> str:
    return user(element_id or key, sop_form=key)


GATE = [exclusive("risk", default="risk__assess"), step("rescue"), step("assess"), flow("s", "risk"), flow("rescue", "assess")]


def test_the_emergency_response_comes_before_assessment_and_papers() -> None:
    assert drawn(step("assess"), step("papers"), step("rescue"), flows("s", "assess", "papers", "rescue", "e")) == ["assess", "papers"]
    assert drawn(step("rescue"), step("assess"), flows("s", "rescue", "assess", "e")) == []
    assert drawn(*GATE, flow("risk", "rescue"), flow("risk", "assess"), flow("assess", "e")) == []
    assert drawn(step("note"), step("rescue"), flows("s", "note", "rescue", "e")) == [], "a note is no paper"
    assert drawn(step("assess"), step("note"), flows("s", "assess", "note", "e")) == [], "an SOP without an emergency step"


def test_no_approval_stands_before_safety() -> None:
    files = form("allow", decision=("approved", "returned"))
    line = (start(), step("allow"), step("rescue"), end())
    assert found("emergency-after-papers", {"x.bpmn": document(process("p", *line, flows("s", "allow", "rescue", "e"))), **FORMS, **files}) == [
        "allow"]
    past = (exclusive("g", default="g__allow"), flows("s", "g", "allow", "rescue", "e"), flow("g", "rescue", 'risk = "high"'))
    assert found("emergency-after-papers", {"x.bpmn": document(process("p", *line, *past)), **FORMS, **files}) == [], "high risk goes past it"


def test_what_a_sub_process_holds_or_a_call_reaches_counts() -> None:
    inside = sub("care", start("s2"), step("rescue"), end("e2"), flows("s2", "rescue", "e2"))
    assert drawn(step("assess"), inside, flows("s", "assess", "care", "e")) == ["assess"]
    assert drawn(inside, step("assess"), flows("s", "care", "assess", "e")) == []
    called = process("shared", start("s3"), step("rescue"), end("e3"), flows("s3", "rescue", "e3"))
    assert drawn(step("assess"), call("care", "shared"), flows("s", "assess", "care", "e"), more=called) == ["assess"]
    again = process("shared", start("s3"), call("again", "shared"), end("e3"), flows("s3", "again", "e3"))
    assert drawn(step("assess"), call("care", "shared"), flows("s", "assess", "care", "e"), more=again) == []


def test_a_second_emergency_later_on_does_no_harm_and_one_over_a_boundary_is_seen() -> None:
    twice = [step("rescue"), step("assess"), step("rescue", "rescue_again")]
    assert drawn(*twice, flows("s", "rescue", "assess", "rescue_again", "e")) == []
    assert drawn(step("assess"), boundary("danger", "assess", timer("PT1H")), step("rescue"), flow("s", "assess"), flow("assess", "e"),
                 flow("danger", "rescue"), flow("rescue", "e")) == ["assess"]


def test_a_standard_never_ends_the_step_it_measures() -> None:
    hits = [hit for hit in lint(SopBundle.from_files(CASES["standard-interrupting"])) if hit.code == "standard-interrupting"]
    assert [hit.severity for hit in hits] == [Severity.ERROR]
