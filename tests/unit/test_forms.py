"""Forms: a submission is read whole or refused whole, and only what is marked as steering steers."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import forms
from engine.errors import InvalidSubmission
from engine.forms_schema import Form, read_form

NOW = datetime(2026, 11, 10, 1, 30, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Pontianak")
ALL = frozenset({"C0", "C1", "C2", "C3", "C4"})
PDF = b"%PDF-1.7 ..."


def a_form(*fields: dict[str, Any]) -> Form:
    raw = {"key": "a_form", "title": {"id": "Formulir"}, "fields": [
        {"label": {"id": field["key"]}, **field} for field in fields]}
    return read_form(json.dumps(raw).encode(), file="forms/a_form.json")


def read(form: Form, raw: Any, *, masked: frozenset[str] = frozenset(), **variables: Any) -> forms.Answers:
    return forms.answers(form, raw, variables=variables, now=NOW, zone=ZONE, masked=masked)


def problems(form: Form, raw: Any, **more: Any) -> dict[str, tuple[str, str]]:
    with pytest.raises(InvalidSubmission) as refused:
        read(form, raw, **more)
    return refused.value.problems


OPTIONS = [{"value": "approved", "label": {"id": "Disetujui"}}, {"value": "returned", "label": {"id": "Dikembalikan"}}]


@pytest.mark.parametrize(("field", "sent", "value"), [
    ({"type": "text"}, "  Ani ", "Ani"),
    ({"type": "text"}, "Ame\u0301lie", "Am\u00e9lie"),                                  # one way to write a letter
    ({"type": "longtext"}, "satu\r\ndua", "satu\ndua"),
    ({"type": "choice", "options": OPTIONS}, "approved", "approved"),
    ({"type": "choices", "options": OPTIONS}, ["returned", "approved", "returned"], ["approved", "returned"]),  # the form's order
    ({"type": "choices", "options": OPTIONS}, "returned", ["returned"]),                # a browser sends one box as text
    ({"type": "boolean"}, "true", True),
    ({"type": "boolean"}, False, False),                                                # no is an answer
    ({"type": "integer"}, "-12", Decimal(-12)),
    ({"type": "integer"}, 3, Decimal(3)),
    ({"type": "integer"}, "0", Decimal(0)),                                             # nought is an answer
    ({"type": "decimal"}, "12,50", Decimal("12.50")),
    ({"type": "decimal"}, Decimal("1.5"), Decimal("1.5")),
    ({"type": "date"}, "2026-11-10", date(2026, 11, 10)),
    ({"type": "date"}, {"day": "29", "month": "2", "year": "2028"}, date(2028, 2, 29)),
    ({"type": "date"}, date(2026, 1, 2), date(2026, 1, 2)),
    ({"type": "datetime"}, "2026-11-10T08:30:00+07:00", NOW),
    ({"type": "datetime"}, "2026-11-10T08:30", NOW),                                    # on the agency's clock
    ({"type": "datetime"}, {"day": "10", "month": "11", "year": "2026", "time": "08.30"}, NOW),
    ({"type": "boolean", "allowUnknown": True}, "declined", "declined"),
])
def test_answers_become_typed_values(field: dict[str, Any], sent: Any, value: Any) -> None:
    found = read(a_form({"key": "a", **field}), {"a": sent})
    assert found.submission == {"a": value}
    assert type(found.submission["a"]) is type(value)
    assert found.variables == {}


PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
PAPER = base64.b64encode(b"%PDF-1.7").decode()


@pytest.mark.parametrize(("method", "content", "media_type"), [
    ("drawn", PICTURE, "image/png"), ("thumbprint", PICTURE, "image/png"), ("scan", PAPER, "application/pdf")])
def test_a_signature_says_who_as_what_and_how(method: str, content: str, media_type: str) -> None:
    form = a_form({"key": "a", "type": "signature"})
    found = read(form, {"a": {"name": "Ani Contoh", "position": "Pendamping PPA", "method": method, "content": content}})
    given = base64.b64decode(content)
    assert found.submission == {"a": {
        "name": "Ani Contoh", "position": "Pendamping PPA", "method": method, "sha256": hashlib.sha256(given).hexdigest(),
        "media_type": media_type, "size": Decimal(len(given))}}
    assert [upload.content for upload in found.uploads] == [given]


@pytest.mark.parametrize(("field", "sent"), [
    ({"type": "text"}, ["a"]),
    ({"type": "text"}, {"__class__": "x"}),
    ({"type": "text"}, "x" * 501),
    ({"type": "text"}, "dua\nbaris"),
    ({"type": "text"}, "nol\x00"),
    ({"type": "text"}, "\ud800"),
    ({"type": "text"}, "a\u202eb"),                         # turns the reading direction
    ({"type": "longtext"}, "x" * 20_001),
    ({"type": "choice", "options": OPTIONS}, "APPROVED"),
    ({"type": "choice", "options": OPTIONS}, ["approved"]),
    ({"type": "choice", "options": OPTIONS}, "unknown"),    # offered only with allowUnknown
    ({"type": "choices", "options": OPTIONS}, ["approved", "x"]),
    ({"type": "choices", "options": OPTIONS}, [["approved"]]),
    ({"type": "boolean"}, "yes"),
    ({"type": "boolean"}, 1),
    ({"type": "integer"}, "1.5"),
    ({"type": "integer"}, "1e3"),
    ({"type": "integer"}, True),
    ({"type": "integer"}, "\u0661\u0662"),                  # digits of another script
    ({"type": "integer"}, "9" * 40),
    ({"type": "integer"}, Decimal("NaN")),
    ({"type": "decimal"}, "Infinity"),
    ({"type": "decimal"}, "1,2,3"),
    ({"type": "date"}, "2026-02-30"),
    ({"type": "date"}, "31/12/2026"),
    ({"type": "date"}, "20261110"),
    ({"type": "date"}, "0026-01-01"),
    ({"type": "date"}, {"day": "31", "month": "4", "year": "2026"}),
    ({"type": "date"}, {"day": "1", "month": "1", "year": "2026", "more": "1"}),
    ({"type": "date"}, NOW),
    ({"type": "datetime"}, "2026-11-10"),
    ({"type": "datetime"}, "2026-11-10T25:00"),
    ({"type": "datetime"}, {"day": "10", "month": "11", "year": "2026", "time": "25.00"}),
    ({"type": "signature"}, "Ani"),                         # a typed name is no signature
    ({"type": "signature"}, {"name": "Ani", "method": "drawn"}),
    ({"type": "signature"}, {"name": "", "method": "drawn", "content": PICTURE}),
    ({"type": "signature"}, {"name": "Ani", "method": "typed", "content": PICTURE}),
    ({"type": "signature"}, {"name": "Ani", "method": "drawn", "content": PAPER}),           # drawn is a picture
    ({"type": "signature"}, {"name": "Ani", "method": "scan", "content": PAPER, "sha256": "0" * 64}),
    ({"type": "file"}, "path/to/file"),
    ({"type": "file"}, {"content": base64.b64encode(b"<html>").decode(), "media_type": "application/pdf"}),
    ({"type": "file"}, {"content": "%%%"}),
])
def test_what_is_no_answer_is_refused_with_what_to_do(field: dict[str, Any], sent: Any) -> None:
    found = problems(a_form({"key": "a", **field}), {"a": sent})
    assert found.keys() == {"a"}
    assert all(found["a"])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.decimals() | st.datetimes() | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.text(max_size=5) | st.sampled_from(["day", "month", "year", "time"]), inner, max_size=4), max_leaves=6)
EVERY_TYPE = a_form(*(
    {"key": f"f_{kind}", "type": kind, **({"options": OPTIONS} if kind.startswith("choice") else {}),
     **({"fields": [{"key": "inner", "type": "date", "label": {"id": "x"}}]} if kind == "rows" else {})}
    for kind in ("text", "longtext", "choice", "choices", "boolean", "integer", "decimal", "date", "datetime", "file", "signature",
                 "rows")))


@given(st.dictionaries(st.sampled_from([field.key for field in EVERY_TYPE.fields]), JSON, max_size=4))
def test_whatever_is_sent_is_read_or_refused(raw: dict[str, Any]) -> None:
    try:
        found = read(EVERY_TYPE, raw)
    except InvalidSubmission as refused:
        assert refused.problems
        assert refused.problems.keys() <= {""} | {f.key for f in EVERY_TYPE.fields} | {
            key for key in refused.problems if key.startswith("f_rows.")}
    else:
        assert found.submission.keys() <= raw.keys()


def test_a_key_the_form_does_not_ask_refuses_the_whole_submission() -> None:
    form = a_form({"key": "a", "type": "text"})
    for extra in ("owner", "__class__", "approved_by", "", "a "):
        assert problems(form, {"a": "x", extra: "1"}).keys() == {""}
    rows = a_form({"key": "r", "type": "rows", "fields": [{"key": "goal", "type": "text", "label": {"id": "x"}}]})
    assert problems(rows, {"r": [{"goal": "x", "approved": True}]}).keys() == {""}


def test_only_steering_fields_become_variables() -> None:
    form = a_form(
        {"key": "decision", "type": "choice", "options": OPTIONS, "steering": True}, {"key": "reason", "type": "longtext"},
        {"key": "lines", "type": "rows", "steering": True, "fields": [
            {"key": "line_no", "type": "integer", "steering": True, "label": {"id": "x"}},
            {"key": "goal", "type": "text", "label": {"id": "x"}}]})
    found = read(form, {"decision": "approved", "reason": "rahasia", "lines": [{"line_no": "1", "goal": "pulih"}]})

    assert found.variables == {"decision": "approved", "lines": [{"line_no": Decimal(1)}]}
    assert found.payload == {"reason": "rahasia"}
    assert found.submission["lines"] == [{"line_no": Decimal(1), "goal": "pulih"}]


def test_a_steering_answer_left_empty_is_null_and_never_of_another_type() -> None:
    form = a_form({"key": "a", "type": "boolean", "steering": True, "allowUnknown": True},
                  {"key": "b", "type": "date", "steering": True})
    assert read(form, {"a": "unknown"}).variables == {"a": None, "b": None}
    assert read(form, {"a": "unknown"}).submission == {"a": "unknown"}


def test_the_server_decides_which_questions_apply() -> None:
    form = a_form(
        {"key": "decision", "type": "choice", "options": OPTIONS},
        {"key": "reason", "type": "text", "required": True, "steering": True, "showIf": 'decision = "returned"'},
        {"key": "deadline", "type": "date", "required": True, "showIf": 'reason != null'},
        {"key": "guardian", "type": "text", "required": True, "showIf": "is_child = true"})

    assert problems(form, {"decision": "returned"}).keys() == {"reason"}
    found = read(form, {"decision": "approved", "reason": "diselundupkan", "deadline": "bukan tanggal"})
    assert found.submission == {"decision": "approved"}
    assert found.variables == {}  # not asked: whatever `reason` was before stays
    assert problems(form, {"decision": "approved"}, is_child=True).keys() == {"guardian"}


def test_a_rule_holds_for_a_given_answer() -> None:
    form = a_form({"key": "a", "type": "integer", "rule": "a > 0"}, {"key": "until", "type": "date", "rule": "until > from_day"},
                  {"key": "from_day", "type": "date"})
    assert problems(form, {"a": "0", "until": "2026-01-01", "from_day": "2026-01-02"}).keys() == {"a", "until"}
    assert read(form, {"from_day": "2026-01-02"}).submission == {"from_day": date(2026, 1, 2)}


def test_rows_are_read_one_by_one_and_their_problems_named() -> None:
    form = a_form({"key": "plan", "type": "rows", "required": True, "fields": [
        {"key": "goal", "type": "text", "required": True, "label": {"id": "x"}},
        {"key": "mode", "type": "choice", "options": OPTIONS, "label": {"id": "x"}},
        {"key": "why", "type": "text", "required": True, "showIf": 'mode = "returned"', "label": {"id": "x"}}]})

    assert problems(form, {"plan": [{"goal": "x"}, {"mode": "returned"}]}).keys() == {"plan.1.goal", "plan.1.why"}
    assert problems(form, {"plan": [{"goal": ""}]}).keys() == {"plan"}      # a blank row is no row
    assert problems(form, {}).keys() == {"plan"}
    assert problems(form, {"plan": "x"}).keys() == {"plan"}
    assert problems(form, {"plan": [{"goal": "x"}] * 61}).keys() == {"plan"}
    assert read(form, {"plan": [{"goal": "x"}, {}]}).submission == {"plan": [{"goal": "x"}]}


def test_an_upload_leaves_its_description_in_the_submission_and_its_bytes_beside_it() -> None:
    form = a_form({"key": "letter", "type": "file"})
    found = read(form, {"letter": {"content": base64.b64encode(PDF).decode(), "media_type": "text/html", "sha256": "lie"}})

    (upload,) = found.uploads
    assert (upload.content, upload.media_type) == (PDF, "application/pdf")
    assert found.submission["letter"] == {"sha256": upload.sha256, "media_type": "application/pdf", "size": Decimal(len(PDF))}


def test_a_refusal_never_carries_what_was_typed() -> None:
    with pytest.raises(InvalidSubmission) as refused:
        read(a_form({"key": "a", "type": "integer"}), {"a": "rahasia-17"})
    assert "rahasia-17" not in repr(refused.value.problems) + str(refused.value) + repr(refused.value.__cause__)


MIXED = a_form({"key": "alias", "type": "text", "sensitivity": "C1"},
               {"key": "name", "type": "text", "sensitivity": "C2", "required": True},
               {"key": "hiv_status", "type": "text", "sensitivity": "C4", "label": {"id": "Status HIV"}},
               {"key": "people", "type": "rows", "sensitivity": "C1", "fields": [
                   {"key": "kin", "type": "text", "sensitivity": "C1", "label": {"id": "x"}},
                   {"key": "phone", "type": "text", "sensitivity": "C4", "label": {"id": "x"}}]})
KNOWN = {"alias": "K-1", "name": "Ani", "hiv_status": "positive", "people": [{"kin": "ibu", "phone": "0812"}]}


def test_a_reader_sees_only_the_classes_allowed_and_not_even_the_question_of_a_restricted_one() -> None:
    view = forms.to_read(MIXED, KNOWN, {"C0", "C1"})
    alias, name, limited, people = view.fields
    assert (alias.value, alias.masked) == ("K-1", False)
    assert (name.key, name.value, name.masked) == ("name", None, True)
    assert (limited.key, limited.label, limited.value, limited.masked) == ("limited_2", forms.LIMITED, None, True)
    assert people.value == [{"kin": "ibu"}]
    assert not {"Ani", "positive", "0812"} & set(repr(view).replace("'", " ").split())
    assert "HIV" not in repr(view)
    assert [field.value for field in forms.to_read(MIXED, KNOWN, ALL).fields] == list(KNOWN.values())


def test_who_fills_a_form_may_answer_everything_but_what_is_known_and_hidden_from_them() -> None:
    fresh = forms.to_fill(MIXED, {}, {"C1"})
    assert not any(field.masked for field in fresh.fields)
    again = forms.to_fill(MIXED, KNOWN, {"C1"})
    assert {field.key for field in again.fields if field.masked} == {"name", "hiv_status"}
    assert forms.masked_keys(MIXED, KNOWN, {"C1"}) == {"name", "hiv_status"}
    assert "Ani" not in repr(again)

    masked = forms.masked_keys(MIXED, KNOWN, {"C1"})
    assert problems(MIXED, {"alias": "K-2", "name": "Budi"}, masked=masked).keys() == {""}
    assert read(MIXED, {"alias": "K-2"}, masked=masked).submission == {"alias": "K-2"}  # `name` is required, but not from them
