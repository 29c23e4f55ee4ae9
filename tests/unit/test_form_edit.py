"""A form's file with one question changed: nothing else moves, and every shipped form comes back as it was."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine import errors, form_board, form_edit, form_names, form_uses, forms_schema
from engine.bundle import SopBundle
from engine.draft_edits import FieldEdit
from engine.editing_results import AuthoredField, UsedIn
from engine.types import Text

BPMN = Path(__file__).parents[2] / "bpmn"
FORMS = sorted(BPMN.glob("*/*/forms/*.json"))
FILE = "forms/terima.json"
GROUPED = {"key": "terima", "title": {"id": "Terima"}, "fields": [
    {"key": "a", "type": "text", "label": {"id": "A"}, "group": {"id": "Satu"}},
    {"key": "b", "type": "text", "label": {"id": "B"}},
    {"key": "c", "type": "text", "label": {"id": "C"}, "group": {"id": "Dua"}},
    {"key": "d", "type": "text", "label": {"id": "D"}},
]}
DATA = json.dumps(GROUPED, indent=2).encode()


def authored(data: bytes, file: str = FILE) -> tuple[AuthoredField, ...]:
    return tuple(form_board._authored(forms_schema.read_form(data, file=file).fields))


def shown(data: bytes) -> list[tuple[str, str]]:
    """Every question with what it stands under."""
    return [(field.key, field.group.id) for field in forms_schema.read_form(data, file=FILE).fields]


def a_question(**changed: Any) -> FieldEdit:
    return FieldEdit(**{"key": "usia", "type": "integer", "label": Text("Usia", "Age"), **changed})


@pytest.mark.parametrize("path", FORMS, ids=lambda path: "/".join(path.parts[-4::3]))
def test_a_shipped_form_saved_as_its_pages_show_it_says_the_same(path: Path) -> None:
    data, file = path.read_bytes(), f"forms/{path.name}"
    before = forms_schema.read_form(data, file=file)
    for field in authored(data, file):
        data = form_edit.with_field(data, file, field.edit, key=field.edit.key)
        for column in field.columns:
            data = form_edit.with_field(data, file, column.edit, key=column.edit.key, parent=field.edit.key)
    data = form_edit.with_head(data, file, title=before.title, help=before.help)
    assert forms_schema.read_form(data, file=file) == before
    if b'"group"' not in path.read_bytes():
        assert data == path.read_bytes(), "what says nothing new is not written anew"


def test_a_changed_question_leaves_every_other_line_as_it_was() -> None:
    data = form_edit.with_field(DATA, FILE, a_question(key="b", type="text", label=Text("Bukan", ""), required=True), key="b")
    before, after = DATA.decode().splitlines(), data.decode().splitlines()
    assert [line for line in before if line not in after] == ['        "id": "B"'] and json.loads(data)["fields"][1]["required"] is True
    assert data.decode().startswith('{\n  "key"')


@pytest.mark.parametrize(("key", "up", "expected"), [
    ("b", True, [("b", "Satu"), ("a", "Satu"), ("c", "Dua"), ("d", "Dua")]),
    ("a", False, [("b", "Satu"), ("a", "Satu"), ("c", "Dua"), ("d", "Dua")]),
    ("b", False, [("a", "Satu"), ("b", "Dua"), ("c", "Dua"), ("d", "Dua")]),   # over the edge of a part it joins the next
    ("c", True, [("a", "Satu"), ("b", "Satu"), ("c", "Satu"), ("d", "Dua")]),
    ("a", True, [("a", "Satu"), ("b", "Satu"), ("c", "Dua"), ("d", "Dua")]),   # there is nothing above
])
def test_moving_a_question_leaves_the_others_under_their_headings(key: str, up: bool, expected: list[tuple[str, str]]) -> None:
    assert shown(form_edit.moved(DATA, FILE, key, up=up)) == expected


def test_taking_a_question_out_leaves_its_heading_to_the_others() -> None:
    assert shown(form_edit.without_field(DATA, FILE, "a")) == [("b", "Satu"), ("c", "Dua"), ("d", "Dua")]


@pytest.mark.parametrize(("after", "expected"), [
    (None, [("a", "Satu"), ("b", "Satu"), ("c", "Dua"), ("d", "Dua"), ("usia", "Dua")]),
    ("a", [("a", "Satu"), ("usia", "Satu"), ("b", "Satu"), ("c", "Dua"), ("d", "Dua")]),
    ("", [("usia", ""), ("a", "Satu"), ("b", "Satu"), ("c", "Dua"), ("d", "Dua")]),
])
def test_a_new_question_stands_where_it_was_put(after: str | None, expected: list[tuple[str, str]]) -> None:
    assert shown(form_edit.with_field(DATA, FILE, a_question(), after=after)) == expected


def test_a_question_placed_elsewhere_stands_under_the_heading_there() -> None:
    edit = authored(DATA)[0].edit
    assert shown(form_edit.with_field(DATA, FILE, edit, key="a", after="d")) == [
        ("b", "Satu"), ("c", "Dua"), ("d", "Dua"), ("a", "Dua")]


@pytest.mark.parametrize(("changed", "box"), [
    ({"key": "b"}, "key"),                                        # there already
    ({"key": "Nama Lengkap"}, "key"),
    ({"key": "return"}, "key"),                                   # a word of FEEL
    ({"label": Text(" ", "")}, "label"),
    ({"help": Text("x" * 2001, "")}, "help"),
    ({"type": "script"}, "type"),
    ({"type": "choice"}, "options"),                              # a choice of nothing
    ({"type": "choice", "options": (("x", Text("X", "")), ("x", Text("Y", "")))}, "options"),
    ({"type": "choice", "options": (("x", Text("", "")),)}, "options"),
    ({"type": "file", "steering": True}, "steering"),
    ({"show_if": 'risk = "high'}, "show_if"),
    ({"show_if": "1" + "+1" * 20_000}, "show_if"),                # longer than FEEL reads
    ({"rule": "(" * 5000}, "rule"),
    ({"sensitivity": "C9"}, ""),
])
def test_what_nobody_could_fill_in_is_refused_at_its_box(changed: dict[str, Any], box: str) -> None:
    with pytest.raises(errors.InvalidSubmission) as refused:
        form_edit.with_field(DATA, FILE, a_question(**changed))
    assert list(refused.value.problems) == [box]
    assert "risk" not in str(refused.value.problems)


def test_a_table_begins_with_a_column_and_never_loses_its_last() -> None:
    data = form_edit.with_field(DATA, FILE, a_question(key="anak", type="rows"))
    (column,) = authored(data)[-1].columns
    with pytest.raises(errors.InvalidSubmission):
        form_edit.without_field(data, FILE, column.edit.key, parent="anak")
    data = form_edit.with_field(data, FILE, a_question(key="nama", type="text"), parent="anak", after="")
    data = form_edit.without_field(data, FILE, column.edit.key, parent="anak")
    assert [each.edit.key for each in authored(data)[-1].columns] == ["nama"]
    plain = form_edit.with_field(data, FILE, a_question(key="anak", type="text", lets_go=True), key="anak")
    assert "fields" not in json.loads(plain)["fields"][-1]


def test_an_option_keeps_its_english_and_a_question_that_is_none_loses_its_options() -> None:
    edit = a_question(key="jalur", type="choice", options=(("a", Text("Langsung", "In person")), ("b", Text("Telepon", ""))))
    data = form_edit.with_field(DATA, FILE, edit)
    again = form_edit.with_field(data, FILE, replace(edit, options=None, required=True), key="jalur")
    assert json.loads(again)["fields"][-1]["options"] == [
        {"value": "a", "label": {"id": "Langsung", "en": "In person"}}, {"value": "b", "label": {"id": "Telepon"}}]
    assert "options" not in json.loads(form_edit.with_field(again, FILE, replace(edit, type="text", options=None, lets_go=True), key="jalur"))["fields"][-1]


def test_a_condition_is_kept_as_forms_read_it_and_words_stay_words() -> None:
    hostile = Text('<script>alert(1)</script>', '#set page("a")')
    data = form_edit.with_field(DATA, FILE, a_question(label=hostile, show_if='= a = "x"'))
    field = forms_schema.read_form(data, file=FILE).fields[-1]
    assert (field.show_if, field.label) == ('a = "x"', hostile)


@pytest.mark.parametrize(("key", "after"), [("tidak_ada", None), ("a", "tidak_ada")])
def test_a_question_that_is_not_there_is_not_found(key: str, after: str | None) -> None:
    with pytest.raises(errors.NotFound):
        form_edit.with_field(DATA, FILE, a_question(key="a"), key=key, after=after)


def test_where_a_question_is_used_is_said_by_name() -> None:
    found = form_uses.uses(SopBundle.from_dir(BPMN / "kalbar" / "pengelolaan-kasus"), "forms/receive_case.json", "risk")
    kinds = {each.used_in for each in found}
    assert {UsedIn.DIAGRAM, UsedIn.TABLE, UsedIn.SCENARIO} <= kinds, kinds
    assert all(each.name for each in found) and len(set(found)) == len(found)


def test_an_answer_in_quotation_marks_or_a_longer_name_is_no_use_of_a_question() -> None:
    files = {"sop.toml": b"", FILE: DATA, "forms/lain.json": json.dumps({"key": "lain", "title": {"id": "Lain"}, "shows": ["d"], "fields": [
        {"key": "x", "type": "text", "label": {"id": "X"}, "showIf": 'bb = "a"'},
        {"key": "y", "type": "text", "label": {"id": "Y"}, "rule": "b > 1"}]}).encode()}
    bundle = SopBundle.from_files(files)
    assert [each.name for each in form_uses.uses(bundle, FILE, "a")] == []
    assert [each.name for each in form_uses.uses(bundle, FILE, "b")] == [Text("Y", "Y")]
    assert [each.name for each in form_uses.uses(bundle, FILE, "d")] == [Text("Lain", "Lain")]


@pytest.mark.parametrize("sop", sorted({path.parents[1] for path in FORMS}), ids=lambda path: "/".join(path.parts[-2:]))
def test_the_conditions_of_shipped_forms_read_only_what_is_answered(sop: Path) -> None:
    bundle = SopBundle.from_dir(sop)
    for file, data in bundle.forms().items():
        assert form_names.unknown(bundle, forms_schema.read_form(data, file=file)) == {}, file


def test_a_misspelt_name_in_a_condition_is_told() -> None:
    data = form_edit.with_field(DATA, FILE, a_question(show_if='b = "x" and ris = "high"', rule="usia > parameters.batas"))
    bundle = SopBundle.from_files({"sop.toml": b"", FILE: data})
    assert form_names.unknown(bundle, forms_schema.read_form(data, file=FILE)) == {"usia": ("ris",)}


def test_a_type_that_cannot_have_what_is_there_says_what_goes_and_asks() -> None:
    many = tuple((f"v{number}", Text(f"Pilihan {number}", "")) for number in range(10))
    data = form_edit.with_field(DATA, FILE, a_question(type="choice", options=many))
    for kind in ("text", "rows"):
        with pytest.raises(errors.InvalidSubmission) as refused:
            form_edit.with_field(data, FILE, a_question(type=kind), key="usia")
        assert "“Pilihan 0”" in refused.value.problems["lets_go"][0] and "dan 2 lagi" in refused.value.problems["lets_go"][0]
    form_edit.with_field(data, FILE, a_question(type="choices"), key="usia")
    assert "options" not in json.loads(form_edit.with_field(data, FILE, a_question(type="text", lets_go=True), key="usia"))["fields"][-1]
    table = form_edit.with_field(DATA, FILE, a_question(type="rows"))
    assert form_edit.with_field(table, FILE, a_question(type="integer"), key="usia"), "nobody wrote the column it began with"
    table = form_edit.with_field(table, FILE, a_question(key="nama", type="text", label=Text("Nama", "")), parent="usia")
    with pytest.raises(errors.InvalidSubmission) as refused:
        form_edit.with_field(table, FILE, a_question(type="integer"), key="usia")
    assert "“Nama”" in refused.value.problems["lets_go"][1]
