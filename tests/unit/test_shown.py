"""What stands beside a form's questions: worded by the description of the variable, cut to what the viewer may see."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from engine import shown
from engine.forms_schema import Field, FieldType, Form
from engine.types import Text

ALL = frozenset({"C0", "C1", "C2", "C3", "C4"})


def field(key: str, sensitivity: str = "C1") -> Field:
    return Field(key=key, type=FieldType.TEXT, label=Text(key, key), sensitivity=sensitivity)


WAYS = Form(key="ways", title=Text("Usulan", "Proposal"), help=Text("?", "?"), fields=(field("line_no"), field("why", "C3")))
FINDINGS = Form(key="findings", title=Text("Temuan", "Findings"), fields=(field("finding", "C3"),))
DECIDE = Form(key="decide", title=Text("Putuskan", "Decide"), shows=("ways", "findings", "undescribed"))
FORMS = {form.key: form for form in (WAYS, FINDINGS, DECIDE)}


def rows(value: Any, key: str = "ways") -> Any:
    (found,) = shown.beside(DECIDE, FORMS, {key: value}, ALL)
    assert (found.key, found.label) == (key, FORMS[key].title)
    return found.value


@pytest.mark.parametrize(("value", "expected"), [
    ([{"line_no": Decimal(1), "why": "a", "other": 2}], [{"line_no": Decimal(1), "why": "a"}]),
    ({"line_no": Decimal(1), "why": []}, [{"line_no": Decimal(1)}]),
    ([None, {"line_no": Decimal(2), "why": None}], [{"line_no": Decimal(2)}]), (None, []), ([], []),
])
def test_a_context_or_a_list_of_them_becomes_rows(value: Any, expected: Any) -> None:
    assert rows(value) == expected


def test_bare_values_stand_in_the_only_field() -> None:
    assert rows(["a", "b"], "findings") == [{"finding": "a"}, {"finding": "b"}]
    assert rows("a", "findings") == [{"finding": "a"}]


def test_what_was_never_computed_or_described_is_left_out() -> None:
    assert shown.beside(DECIDE, FORMS, {"undescribed": 1, "other": 2}, ALL) == ()


def test_a_class_the_viewer_does_not_see_is_not_there() -> None:
    (ways,) = shown.beside(DECIDE, FORMS, {"ways": {"line_no": Decimal(1), "why": "a"}, "findings": ["a"]}, ALL - {"C3"})
    assert [each.key for each in ways.fields] == ["line_no"]
    assert ways.value == [{"line_no": Decimal(1)}]
    assert shown.hidden(FORMS.values(), ALL - {"C3"}) == {"ways", "findings"}
    assert shown.hidden(FORMS.values(), ALL) == frozenset()


def test_variables_are_called_by_their_descriptions() -> None:
    assert shown.names(FORMS.values(), ALL).keys() == {"ways", "line_no", "why", "findings", "finding"}
    assert shown.names(FORMS.values(), ALL - {"C3"}).keys() == {"ways", "line_no"}
