"""What a client may send as a form's answers, through the whole front door: the approval step of Kalbar's SOP.

Each attack is refused with `invalid-submission` and leaves the task, the variables and the journal as they were.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import engine as front_door
from engine.errors import EngineError, InvalidSubmission
from engine.results import InboxFilters
from engine.scenario import Stage
from tests.hostile import cage
from webui import stage as stages

SOP = Path(__file__).resolve().parents[2] / "bpmn" / "kalbar" / "pengelolaan-kasus"
STORY = front_door.read_scenario((SOP / "scenarios" / "a01_rujukan_kesehatan.toml").read_bytes())
GOOD = {"decision": "approved", "assessment_is_relevant": True}
SECRET = "RAHASIA-7731"


def deep(levels: int) -> Any:
    value: Any = SECRET
    for _ in range(levels):
        value = {"a": [value]}
    return value


def endless() -> list[Any]:
    value: list[Any] = []
    value.append(value)
    return value


#: Keys that no field of the form has: rights, columns, Python's names, FEEL's names, variables of the process, paths.
EXTRA_KEYS = (
    "owner", "owner_id", "unit", "agency_id", "risk", "status", "state", "approved_by", "created_at", "assignee_id", "revision", "role",
    "__class__", "__builtins__", "__dict__", "__init__", "len", "print", "os", "self", "true", "null", "item", "now", "business_key",
    "instance_id", "case_id", "plan_lines", "consent_status", "service_lines", "loop_counter", "decision.0", "decision[]", "decision ",
    "Decision", "DECISION", "dec\u0456sion", "d\u00e9cision", "decision\0", "\ud800", "", " ", "$n", "../decision", "a" * 1_000_000,
    "disetujui_kepala", "csrf_token", "idempotency_key", "\u202edecision",
)
#: Values that no answer of a field may have.
WRONG_VALUES: dict[str, Any] = {
    "a list of one good answer": ["approved"], "an object": {"value": "approved"}, "a number": Decimal(1), "a truth": True,
    "not an option": SECRET, "another case": "Approved", "with a space": "approved\u200b", "look-alike": "\u0430pproved",
    "ten megabytes": "x" * 10_000_000, "NUL": "approved\0", "a lone surrogate": "\ud800", "deep": deep(5_000), "endless": endless(),
    "a million of them": ["approved"] * 1_000_000, "bytes": b"approved", "a float": float("nan"), "a class": object,
    "code": "__import__('os').system('id')", "a template": "{{ 7*7 }}", "an expression": "=true", "an operator": {"$ne": None},
    "infinity": Decimal("Infinity"), "a huge number": Decimal("1E+999999"),
}


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with stages.raised(SOP, STORY.at) as raised:
        yield raised


@pytest.fixture(scope="module")
def waiting(stage: Stage) -> Any:
    """A case whose first task its case manager has claimed."""
    stage.engine.cases.start(stage.actor_of(STORY.role), "pengelolaan-kasus", submission=STORY.submission)
    stage.work()
    manager = stage.actor_of("case_manager")
    (task,) = stage.engine.tasks.inbox(manager, InboxFilters(box="pool")).rows
    return stage.engine.tasks.claim(manager, task.id)


def completed(stage: Stage, task: Any, submission: Any) -> dict[str, Any]:
    """What comes of sending it; the engine's refusal is told, anything else would be raised."""
    try:
        stage.engine.tasks.complete(stage.actor_of("case_manager"), task.id, submission, expected_revision=task.revision)
    except InvalidSubmission as refusal:
        words = [text for problem in refusal.problems.values() for text in problem]
        return {"code": refusal.code, "said": words, "text": str(refusal)}
    except EngineError as refusal:
        return {"code": refusal.code, "said": [], "text": str(refusal)}
    return {"code": "done", "said": [], "text": ""}


def standing(stage: Stage, task: Any) -> Any:
    auditor = stage.actor_of("auditor")
    states = stage.engine.audit.steps(auditor, task.instance_id)
    row = stage.engine.tasks.get(stage.actor_of("case_manager"), task.id).summary
    return len(states), repr(states[-1].variables), row.revision, row.assignee_id, row.completed_at


def refused(stage: Stage, task: Any, submission: Any) -> None:
    before = standing(stage, task)
    ended = cage.run(lambda: completed(stage, task, submission))
    assert (ended.raised, ended.killed_by, ended.forbidden) == (None, None, ()), ended.text
    assert ended.answer["code"] == "invalid-submission"
    assert SECRET not in " ".join([*ended.answer["said"], ended.answer["text"]])
    assert standing(stage, task) == before


@pytest.mark.parametrize("key", EXTRA_KEYS, ids=lambda key: ascii(key[:30]))
def test_a_key_that_the_form_does_not_ask_is_refused(stage: Stage, waiting: Any, key: str) -> None:
    refused(stage, waiting, {**GOOD, key: SECRET})


@pytest.mark.parametrize("name", WRONG_VALUES)
def test_a_value_that_is_no_answer_is_refused(stage: Stage, waiting: Any, name: str) -> None:
    refused(stage, waiting, {**GOOD, "decision": WRONG_VALUES[name]})


@pytest.mark.parametrize("submission", [None, [], "decision=approved", 7, {1: "approved"}, {None: None}, {("decision",): "approved"}],
                         ids=repr)
def test_what_is_no_submission_is_refused(stage: Stage, waiting: Any, submission: Any) -> None:
    refused(stage, waiting, submission)


def test_a_hundred_thousand_keys_are_refused(stage: Stage, waiting: Any) -> None:
    refused(stage, waiting, {**GOOD, **{f"k{n}": SECRET for n in range(100_000)}})


@pytest.mark.parametrize("content", [
    b"<script>alert(1)</script>", b"<svg onload='alert(1)'/>", b"MZ\x90\x00", b"PK\x03\x04", b"\x7fELF", b"GIF89a", b"#!/bin/sh\n", b"",
    b" %PDF-1.7", b"%PD",
], ids=repr)
def test_an_upload_that_is_no_picture_or_paper_is_no_answer(content: bytes) -> None:
    from engine.form_values import Unusable, read_value
    from engine.forms_schema import read_form
    from tests.unit.test_forms import ZONE

    (field,) = read_form(b'{"key": "f", "title": {"id": "f"}, "fields": [{"key": "x", "type": "file", "label": {"id": "x"}}]}',
                         file="forms/f.json").fields
    with pytest.raises(Unusable):
        read_value(field, {"content": base64.b64encode(content).decode(), "name": "../../laporan.pdf", "type": "application/pdf"},
                   zone=ZONE, uploads=[])


def test_a_start_with_keys_nobody_asked_opens_no_case(stage: Stage) -> None:
    actor = stage.actor_of(STORY.role)
    before = stage.engine.cases.find(stage.actor_of("case_manager")).total
    for key in ("owner", "case_manager", "__class__", "decision"):
        with pytest.raises(InvalidSubmission):
            stage.engine.cases.start(actor, "pengelolaan-kasus", submission={**STORY.submission, key: SECRET})
    assert stage.engine.cases.find(stage.actor_of("case_manager")).total == before


def test_a_name_of_a_case_that_is_code_is_only_a_name(stage: Stage) -> None:
    started = stage.engine.cases.start(stage.actor_of(STORY.role), "pengelolaan-kasus",
                                       submission={**STORY.submission, "alias_code": "=len(1)"})
    assert started.opened


@pytest.mark.parametrize("draft", [{"decision": "x" * 10_000_000}, deep(5_000), {"a": endless()}, {"a": object()}, {"a": float("inf")}],
                         ids=["ten megabytes", "deep", "endless", "an object", "infinity"])
def test_a_draft_that_cannot_be_kept_is_refused_by_name(stage: Stage, waiting: Any, draft: Any) -> None:
    def kept() -> str:
        try:
            stage.engine.tasks.save_draft(stage.actor_of("case_manager"), waiting.id, draft, expected_revision=waiting.revision)
        except EngineError as refusal:
            return refusal.code
        return "kept"

    ended = cage.run(kept)
    assert (ended.raised, ended.killed_by) == (None, None), ended.text
    assert ended.answer in {"invalid-value", "kept"}
