"""From a form to controls and from a posted page to a submission: nothing invented, nothing lost."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask import render_template_string
from werkzeug.datastructures import MultiDict

from engine.results import FormView
from engine.types import Text
from tests.support.fake_engine import a_field
from webui import forms

NOTHING = Text("", "")
CHOICES = (("a", Text("Satu", "One")), ("b", Text("Dua", "Two")))


def form(*fields) -> FormView:
    return FormView(key="f", title=NOTHING, help=NOTHING, clause="", fields=fields)


def one(kind: str, **more) -> FormView:
    return form(a_field("x", kind, ("Isian", "Field"), **more))


@pytest.fixture(autouse=True)
def request_at_the_office(app, engine):
    from flask import g

    with app.test_request_context():
        g.actor, g.account = None, None
        yield


def read(view: FormView, *pairs: tuple[str, str]):
    return forms.read(view, MultiDict(pairs))


@pytest.mark.parametrize(("parts", "value"), [
    (("5", "11", "2026", ""), "2026-11-05"), (("5", "Nov", "2026", ""), "2026-11-05"), (("5", "november", "2026", ""), "2026-11-05"),
    (("1", "mei", "2026", ""), "2026-05-01"), (("1", "May", "2026", ""), "2026-05-01"),
    (("31", "2", "2026", ""), "31/2/2026"),            # no such day: kept as typed, the engine says what to do
    (("5", "no", "2026", ""), "5/no/2026"), (("", "11", "2026", ""), "/11/2026"), (("x", "y", "z", ""), "x/y/z"),
])
def test_a_date_is_three_boxes(parts, value):
    typed = read(one("date"), *((f"f.x.{key}", part) for key, part in zip("dmyh", parts, strict=True)))
    assert typed == {"x": value}
    [control] = forms.controls(one("date"), typed)
    shown = ("5", "11", "2026") if value == "2026-11-05" else None
    assert control.parts[:3] == (shown or control.parts[:3])
    if "/" in value:
        assert control.parts[:3] == parts[:3]


def test_a_time_of_day_is_the_offices():
    typed = read(one("datetime"), ("f.x.d", "24"), ("f.x.m", "11"), ("f.x.y", "2026"), ("f.x.h", "10.30"))
    assert typed == {"x": "2026-11-24T10:30:00+07:00"}
    [control] = forms.controls(one("datetime"), {"x": datetime(2026, 11, 24, 3, 30, tzinfo=UTC)})
    assert control.parts == ("24", "11", "2026", "10.30")


def test_an_hour_alone_is_the_full_hour():
    typed = read(one("datetime"), ("f.x.d", "24"), ("f.x.m", "11"), ("f.x.y", "2026"), ("f.x.h", "9"))
    assert forms.controls(one("datetime"), typed)[0].parts == ("24", "11", "2026", "09.00")


@pytest.mark.parametrize("hour", ["25.00", "1030", "sepuluh", "10.300"])
def test_a_time_of_day_that_is_none_is_kept_as_typed(hour):
    typed = read(one("datetime"), ("f.x.d", "24"), ("f.x.m", "11"), ("f.x.y", "2026"), ("f.x.h", hour))
    assert forms.controls(one("datetime"), typed)[0].parts == ("24", "11", "2026", hour)


@pytest.mark.parametrize(("kind", "pairs", "value"), [
    ("text", [("f.x", "  Ana  ")], "Ana"), ("longtext", [("f.x", "a\r\nb")], "a\nb"), ("integer", [("f.x", "12")], "12"),
    ("decimal", [("f.x", "1,5")], "1,5"), ("boolean", [("f.x", "false")], False), ("boolean", [("f.x", "mungkin")], None),
    ("choice", [("f.x", "a")], "a"), ("choices", [("f.x", "a"), ("f.x", "b")], ["a", "b"]),
    ("signature", [("f.x.name", "Ana"), ("f.x.method", "drawn"), ("f.x.drawing", "data:image/png;base64,QUJD")],
     {"name": "Ana", "position": "", "method": "drawn", "content": "QUJD"}),
    ("signature", [("f.x.method", "drawn"), ("f.x.drawing", "")], None),
    ("signature", [("f.x.name", "Ana"), ("f.x.method", "scan"), ("f.x.drawing", "data:,QUJD")],
     {"name": "Ana", "position": "", "method": "scan"}),
])
def test_what_was_typed_goes_on_as_typed(kind, pairs, value):
    assert read(one(kind, options=CHOICES), *pairs) == ({} if value is None else {"x": value})


def test_a_signature_kept_in_the_draft_stands_in_for_an_empty_pad():
    before = {"x": {"name": "Ana", "position": "", "method": "drawn", "content": "QUJD"}}
    again = {"x": {"name": "Ana B", "position": "", "method": "drawn"}}
    assert forms.with_kept_files(one("signature"), again, before)["x"] == {**again["x"], "content": "QUJD"}
    other = {"x": {"name": "Ana B", "position": "", "method": "scan"}}
    assert forms.with_kept_files(one("signature"), other, before) == other, "what was drawn is no scan"
    assert forms.controls(one("signature"), before)[0].value["is_kept"] is True


@pytest.mark.parametrize("kind", ["text", "integer", "date", "choice", "boolean", "longtext"])
def test_no_answer_is_three_answers_and_a_real_one_wins(kind):
    view = one(kind, allow_unknown=True, options=CHOICES)
    assert read(view, ("f.x.unknown", "declined")) == {"x": "declined"}
    assert read(view, ("f.x.unknown", "made-up")) == {}
    assert forms.controls(view, {"x": "declined"})[0].unknown == "declined"
    if kind == "text":
        assert read(view, ("f.x", "Ana"), ("f.x.unknown", "declined")) == {"x": "Ana"}
    assert read(one(kind, options=CHOICES), ("f.x.unknown", "declined")) == {}, "only where the form allows it"


@pytest.mark.parametrize(("must", "rows", "said"), [
    (False, [], ["wajib bila baris diisi"]), (True, [], ["wajib", "wajib"]),
    (True, [{"n": "satu"}, {}], ["wajib", "wajib bila baris diisi", "wajib bila baris diisi"]),
])
def test_what_is_required_in_a_row_that_may_stay_empty_says_so(must, rows, said):
    drawn = forms.controls(form(a_field("r", "rows", ("Baris", "Rows"), required=must, fields=(
        a_field("n", "text", ("N", "N"), required=True), a_field("o", "text", ("O", "O"))))), {"r": rows})
    page = render_template_string("{% from '_form.html' import sections with context %}{{ sections(drawn) }}", drawn=drawn)
    assert re.findall(r'<span class="required">([^<]+)', page) == said


def test_what_is_wrong_in_a_row_is_said_with_its_row():
    view = form(a_field("r", "rows", ("Dokumen", "Documents"), fields=(a_field("n", "text", ("Nama", "Name"), required=True),)))
    drawn = forms.controls(view, {"r": [{"n": "satu"}, {}]}, {"r.1.n": "Isi bagian ini."})
    assert forms.summary(drawn) == [("f-r-1-n", "Dokumen, Baris 2, Nama", "Isi bagian ini.")]


def test_rows_are_bounded():
    view = form(a_field("r", "rows", ("Baris", "Rows"), fields=(a_field("n", "text", ("N", "N")),)))
    many = [("f.r.count", "99999")] + [(f"f.r.{n}.n", str(n)) for n in range(200)]
    assert len(read(view, *many)["r"]) == forms.MAX_ROWS
    assert read(view, ("f.r.count", "-1"), ("f.r.0.n", "x")) == {}


@pytest.mark.parametrize(("condition", "groups", "said"), [
    ('c = "a"', [[["f.c", "a", True]]], "Isi hanya bila “Pilihan”: Satu"),
    ('c != "a"', [[["f.c", "a", False]]], "Isi kecuali bila “Pilihan”: Satu"),
    ('not(c = "a")', [[["f.c", "a", False]]], "Isi kecuali bila “Pilihan”: Satu"),
    ('not(c != "a")', [[["f.c", "a", True]]], "Isi hanya bila “Pilihan”: Satu"),
    ('c = "a" or c = "b"', [[["f.c", "a", True]], [["f.c", "b", True]]], "Isi hanya bila “Pilihan”: Satu / Dua"),
    ('not(c = "a" or c = "b")', [[["f.c", "a", False], ["f.c", "b", False]]], "Isi kecuali bila “Pilihan”: Satu / Dua"),
    ('c = "a" and d = true', [[["f.c", "a", True], ["f.d", "true", True]]], "Isi hanya bila “Pilihan”: Satu dan “Ya?”: Ya"),
    ('d = true or c = "a" and d != true', [[["f.d", "true", True]], [["f.c", "a", True], ["f.d", "true", False]]],
     "Isi hanya bila “Ya?”: Ya, atau “Pilihan”: Satu dan “Ya?” selain Ya"),
    ('risk = "high"', None, ""), ('c = "a" or risk = "high"', None, ""), ("count(c) > 1", None, ""), ('c = "a" or (d = true)', None, ""),
])
def test_a_condition_that_is_understood_is_also_said_in_words(condition, groups, said):
    view = form(a_field("c", "choice", ("Pilihan", "Choice"), options=CHOICES), a_field("d", "boolean", ("Ya?", "Yes?")),
                a_field("x", "text", ("Isian", "Field"), show_if=condition))
    control = forms.controls(view, {})[2]
    assert control.applies_if == (json.dumps(groups) if groups else "")
    assert control.condition == said


def test_variables_that_no_form_asks_for_have_words_too():
    known = {"mode": a_field("mode", "choice", ("Cara pengelolaan", "Mode"), options=(("own", Text("Layanan sendiri", "Own")),))}
    assert forms.variable_words("authority", {"result": "own", "receivers": [], "monitor": False}, known) == (
        "Kewenangan", "Hasil: Unit ini sendiri; Penerima: —; Tetap dipantau: Tidak")
    assert forms.variable_words("mode", "own", known) == ("Cara pengelolaan", "Layanan sendiri")
    assert forms.variable_words("notes", "own", known) == ("notes", "own")
    assert forms.variable_words("case_number", "X-1", known) == ("Nomor kasus", "X-1")
    assert forms.variable_words("risk", "", known) == ("Tingkat risiko", "—")


def test_variables_in_words():
    assert forms.in_words([Decimal("1.5"), True, None, {"a": "b"}]) == "1.5, Ya, —, a: b"
    assert forms.in_words(date(2026, 11, 24)) == "24 November 2026"
    assert forms.in_words("a", {"a": "Satu"}) == "Satu"


def test_clauses_are_cited_as_people_cite_them():
    assert forms.clause_words("kalbar.r3.output") == "SOP baris 3, output"
    assert forms.clause_words("kalbar.r5.kelengkapan") == "SOP baris 5, kelengkapan"
    assert forms.clause_words("kalbar.r3") == "SOP baris 3"
    assert forms.clause_words("law.tpks_police") == ""


def test_a_file_that_the_draft_holds_stands_in_for_an_emptied_input():
    view = one("file")
    kept = {"x": {"sha256": "00", "size": "12345", "content": "AA=="}}
    assert forms.with_kept_files(view, {}, kept) == kept
    assert forms.with_kept_files(view, {"x": "new"}, kept) == {"x": "new"}
    assert forms.controls(view, kept)[0].value == "12345"
