"""A DMN file with other columns, other expressions, other decisions: what nobody touched stays, and what would not run is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine import errors, table_file, table_shape
from engine.decisions import read_decisions
from engine.draft_edits import ColumnEdit
from engine.errors import InvalidSubmission
from tests.unit.test_table_edit import FOREIGN

BPMN = Path(__file__).parents[2] / "bpmn"
FILES = sorted(BPMN.glob("*/*/*.dmn"))
D11 = (BPMN / "common/keputusan/d11-jawaban-penyelenggara.dmn").read_bytes()
NOW = datetime(2026, 11, 10, 1, tzinfo=UTC)
CITY = ColumnEdit(label="Di kota", text="city", type="boolean")
ALL = [(path, table.decision) for path in FILES for table in table_file.tables(path.read_bytes(), path.name)]


def answer(data: bytes, decision: str, **inputs: object) -> object:
    outcome = read_decisions(data).evaluate(decision, inputs, now=NOW)   # type: ignore[arg-type]
    assert not outcome.problems, outcome.problems
    return outcome.value


@pytest.mark.parametrize(("path", "decision"), ALL, ids=[decision for _, decision in ALL])
def test_a_column_more_and_gone_again_leaves_the_table_as_it_was(path: Path, decision: str) -> None:
    data = path.read_bytes()
    (before,) = [each for each in table_file.tables(data, path.name) if each.decision == decision]
    wider = table_shape.with_column(table_shape.with_column(data, path.name, decision, CITY, column="i"), path.name, decision,
                                    ColumnEdit(label="Catat", text="note"), column="o")
    (now,) = [each for each in table_file.tables(wider, path.name) if each.decision == decision]
    assert {rule.inputs[-1] for rule in now.edit.rules} == {"-"} and {rule.outputs[-1] for rule in now.edit.rules} == {"null"}
    assert now.inputs[:-1] == before.inputs and now.inputs[-1].label == "Di kota" and now.outputs[-1].text == "note"
    last = f"i{len(before.inputs)}", f"o{len(before.outputs)}"
    again = table_shape.without_column(table_shape.without_column(wider, path.name, decision, last[0]), path.name, decision, last[1])
    assert table_file.tables(again, path.name) == table_file.tables(data, path.name)
    assert b'name="city"' not in again, "and nothing of it is asked for any more"


def test_a_column_reads_another_name_and_the_file_asks_for_it() -> None:
    data = table_shape.with_column(D11, "d.dmn", "referral_next_step", ColumnEdit(label="Balasan", text="reply", type="string"), column="i0")
    assert answer(data, "referral_next_step", reply="no_answer") == "escalate"
    assert b'name="provider_answer"' not in data and b'href="#reply_input"' in data
    (table, *_) = [each for each in table_file.tables(data, "d.dmn") if each.decision == "referral_next_step"]
    assert (table.inputs[0].label, table.inputs[0].text) == ("Balasan", "reply")


def test_comments_and_what_other_tools_keep_stay() -> None:
    data = table_shape.with_column(FOREIGN.encode(), "x.dmn", "umur", CITY, column="i").decode()
    for kept in ("<!-- of the file -->", "<!-- of the second row -->", "<![CDATA[< 18]]>", 'x:colour="red"', "x:kept", 'x:width="3"'):
        assert kept in data
    assert '<dmn:input id="umur_input"' in data and data.startswith("<?xml") and "inputData" not in data


@pytest.mark.parametrize(("edit", "column", "box"), [
    (ColumnEdit(label="", text="x"), "i", "label"), (ColumnEdit(label="X", text=" "), "i", "text"),
    (ColumnEdit(label="X", text="a b"), "o", "text"), (ColumnEdit(label="X", text="if ("), "i", "text"),
    (ColumnEdit(label="X", text="x", type="warna"), "i", ""), (ColumnEdit(label="X", text="x", values='"a'), "o", "allowed"),
    (ColumnEdit(label="X\0", text="x"), "i", "label"),
])
def test_what_would_not_run_is_refused(edit: ColumnEdit, column: str, box: str) -> None:
    with pytest.raises(InvalidSubmission) as refused:
        table_shape.with_column(D11, "d.dmn", "referral_next_step", edit, column=column)
    assert list(refused.value.problems) == [box]


def test_the_last_column_stays_and_what_is_not_there_is_not_found() -> None:
    with pytest.raises(InvalidSubmission):
        table_shape.without_column(D11, "d.dmn", "next_provider_step", "i0")
    for column in ("i9", "o-1", "x0", "i"):
        with pytest.raises(errors.NotFound):
            table_shape.without_column(D11, "d.dmn", "next_provider_step", column)


def test_an_expression_is_typed_anew_and_asks_for_what_it_reads() -> None:
    path = BPMN / "kalbar/pengelolaan-kasus/butir-layanan.dmn"
    data = table_shape.with_expression(path.read_bytes(), path.name, "closed_lines", "if city then plan_lines else []")
    assert answer(data, "closed_lines", city=True, plan_lines=["a"]) == ["a"]
    assert [each.decision for each in table_file.expressions(data, path.name)] == ["closed_lines", "delivering_lines", "lines_to_serve"]
    assert b'name="line_consents"' not in data and b'name="line_reviews"' in data, "another decision still reads that one"
    with pytest.raises(InvalidSubmission) as refused:
        table_shape.with_expression(data, path.name, "closed_lines", "if city")
    assert list(refused.value.problems) == ["text"]


def test_a_table_begins_without_rows_and_a_decision_goes_with_its_inputs() -> None:
    file, data = table_shape.new_table("need_shelter", CITY, ColumnEdit(label="Rumah aman", text="shelter", type="boolean"))
    assert file == "need-shelter.dmn" and b'href="#city_input"' in data and answer(data, "need_shelter", city=True) is None
    assert table_shape.without_decision(data, file, "need_shelter") is None
    left = table_shape.without_decision(D11, "d.dmn", "referral_next_step")
    assert left is not None and read_decisions(left).names == ("next_provider_step",)
    assert b"provider_answer" not in left and b"next_provider_input" in left
    with pytest.raises(InvalidSubmission):
        table_shape.without_decision(D11, "d.dmn", "next_provider_step")
    for key in ("", "Perlu", "a-b", "../x"):
        with pytest.raises(InvalidSubmission):
            table_shape.new_table(key, CITY, CITY)
