"""A field that several forms ask for: on the case page it has all their options and their strictest class."""

from __future__ import annotations

from engine.forms import merged
from engine.forms_schema import Field, FieldType, Form, Option
from engine.types import Text


def asks(key: str, sensitivity: str, *values: str) -> Form:
    options = tuple(Option(value=value, label=Text(value.title(), value)) for value in values)
    return Form(key=key, title=Text("", ""), fields=(
        Field(key="consent_status", type=FieldType.CHOICE, label=Text(key, key), sensitivity=sensitivity, options=options),))


def test_an_answer_of_one_form_is_worded_whatever_the_others_offer():
    for known in ((asks("a", "C2", "given", "not_yet"), asks("b", "C3", "given")), (asks("b", "C3", "given"), asks("a", "C2", "given", "not_yet"))):
        field = merged(known)["consent_status"]
        assert {option.value for option in field.options} == {"given", "not_yet"}
        assert field.sensitivity == "C3"
