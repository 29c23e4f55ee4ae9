"""`forms/<key>.json`: what a form may say, and what it may not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.errors import BundleRefused
from engine.forms_schema import FieldType, read_form
from engine.types import Text

LABEL = {"id": "Usia", "en": "Age"}


def form(*fields: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({"key": "f", "title": {"id": "Formulir"}, "fields": list(fields), **more}).encode()


def field(**more: Any) -> dict[str, Any]:
    return {"key": "age", "type": "integer", "label": LABEL, **more}


def refusal(data: bytes, file: str = "forms/f.json") -> tuple[str, str | None]:
    with pytest.raises(BundleRefused) as caught:
        read_form(data, file=file)
    (finding,) = caught.value.findings
    return finding.code, finding.element_id


def test_a_form_is_read_whole() -> None:
    read = read_form(form(
        field(steering=True, required=True, sensitivity="C3", showIf='sex = "f"', clause="k.1", allowUnknown=True, help={"id": "?"}),
        {"key": "sex", "type": "choice", "label": LABEL, "options": [{"value": "f", "label": {"id": "P"}}]},
        {"key": "people", "type": "rows", "label": LABEL, "steering": True, "fields": [{"key": "name", "type": "text", "label": LABEL}]},
        record="intake", clause="k"), file="forms/f.json")
    age, sex, people = read.fields
    assert (age.type, age.label, age.required, age.sensitivity, age.show_if, age.allow_unknown) == (
        FieldType.INTEGER, Text("Usia", "Age"), True, "C3", 'sex = "f"', True)
    assert sex.options[0].label == Text("P", "P")  # a missing English text shows the Indonesian one
    assert people.fields[0].key == "name"
    assert [f.key for f in read.steering] == ["age", "people"] and read.record == "intake" and read.field("sex") is sex


@pytest.mark.parametrize(("data", "code"), [
    (b"", "form-unreadable"), (b"[" * 100_000, "form-unreadable"), (b'{"key": NaN}', "form-unreadable"),
    (b'{"key": "f", "key": "g"}', "form-unreadable"), (b" " * 600_000, "form-unreadable"), (b"[]", "form-shape"),
    (form(key="other"), "form-shape"), (form(title="x"), "form-shape"), (form(script="x"), "form-unknown-word"),
    (form(field(label="x")), "form-shape"), (form(field(onload="x")), "form-unknown-word"),
    (form(field(type="html")), "form-field-type"), (form(field(type=None)), "form-field-type"),
    (form(field(key="Age")), "form-field-key"), (form(field(key="__class__")), "form-field-key"),
    (form(field(key="csrf_token")), "form-field-key"), (form(field(key="today")), "form-field-key"),
    (form(field(key=["age"])), "form-field-key"), (form(field(), field()), "form-field-twice"),
    (form(field(sensitivity="C9")), "form-shape"), (form(field(required="yes")), "form-shape"),
    (form(field(type="choice")), "form-options"), (form(field(options=[{"value": "a", "label": LABEL}])), "form-options"),
    (form(field(type="choice", options=[{"value": "a", "label": LABEL}] * 2)), "form-options"),
    (form(field(type="file", steering=True)), "form-steering-type"), (form(field(type="rows")), "form-shape"),
    (form(field(type="rows", fields=[field(type="rows", fields=[field()])])), "form-shape"),
])
def test_what_a_form_may_not_say_is_refused(data: bytes, code: str) -> None:
    assert refusal(data)[0] == code


def test_the_refusal_names_the_field_and_repeats_nothing_else() -> None:
    assert refusal(form(field(type="html")))[1] == "age"
    assert refusal(form(field(key="<script>")))[1] is None


def test_a_form_stands_under_its_own_name() -> None:
    assert refusal(form(), "forms/other.json")[0] == "form-shape"


def test_a_form_names_what_it_shows() -> None:
    assert read_form(form(field(), shows=["findings"]), file="forms/f.json").shows == ("findings",)
    assert read_form(form(field()), file="forms/f.json").shows == ()


@pytest.mark.parametrize("shows", ["findings", ["Findings"], [4], ["a", "a"], {"a": 1}])
def test_what_a_form_shows_is_a_list_of_names(shows: Any) -> None:
    assert refusal(form(field(), shows=shows))[0] == "form-shape"
