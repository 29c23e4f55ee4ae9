"""A decision table with other rows: the rest of its file stays byte by byte, and what overlaps or is missing is told by example."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine import decision_graph, errors, table_board, table_check, table_file
from engine.bundle import SopBundle
from engine.decisions_xml import Reading
from engine.draft_edits import RuleEdit, TableEdit
from engine.editing_results import TableCheck
from engine.errors import BundleRefused, InvalidSubmission

BPMN = Path(__file__).parents[2] / "bpmn"
TABLES = [path for path in sorted(BPMN.glob("*/*/*.dmn")) if b"<decisionTable" in path.read_bytes()]   # others decide by expressions
NOW = datetime(2026, 11, 10, 1, tzinfo=UTC)
FOREIGN = """<?xml version="1.0" encoding="UTF-8"?>
<dmn:definitions xmlns:dmn="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:x='urn:lain' id="d" name="Contoh" namespace="n">
  <!-- of the file -->
  <dmn:decision id="umur" name="Umur">
    <dmn:extensionElements><x:kept a = "1"><x:rule/></x:kept></dmn:extensionElements>
    <dmn:decisionTable id="t" hitPolicy="UNIQUE" x:width="3">
      <dmn:input id="i1" label="Umur"><dmn:inputExpression typeRef="number"><dmn:text>umur</dmn:text></dmn:inputExpression></dmn:input>
      <dmn:output id="o1" name="kelompok" typeRef="string"/>
      <dmn:rule id="muda"><dmn:inputEntry id="e1"><dmn:text><![CDATA[< 18]]></dmn:text></dmn:inputEntry><dmn:outputEntry><dmn:text>"anak"</dmn:text></dmn:outputEntry></dmn:rule>
      <!-- of the second row -->
      <dmn:rule id='tua' x:colour="red"><dmn:description>lama</dmn:description><dmn:inputEntry><dmn:text>>= 18</dmn:text></dmn:inputEntry><dmn:outputEntry><dmn:text>"dewasa"</dmn:text></dmn:outputEntry></dmn:rule>
    </dmn:decisionTable>
  </dmn:decision>
</dmn:definitions>
"""


def the_table(text: str = FOREIGN) -> table_file.WrittenTable:
    (table,) = table_file.tables(text.encode(), "x.dmn")
    return table


def written(*rules: RuleEdit, policy: str = "UNIQUE", text: str = FOREIGN) -> str:
    return table_file.with_table(text.encode(), "x.dmn", "umur", TableEdit(policy=policy, aggregation="", rules=rules)).decode()


def row(number: int | None, test: str, answer: str) -> RuleEdit:
    return RuleEdit(row=number, inputs=(test,), outputs=(answer,))


MUDA, TUA = row(0, "< 18", '"anak"'), row(1, ">= 18", '"dewasa"')


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_every_shipped_table_comes_back_as_it_was_and_with_a_row_more_is_read(path: Path) -> None:
    data = path.read_bytes()
    tables = table_file.tables(data, path.name)
    for table in tables:
        assert table_file.with_table(data, path.name, table.decision, table.edit) == data
        first = table.edit.rules[0]
        more = replace(table.edit, rules=(replace(first, row=None), *reversed(table.edit.rules)))
        after = table_file.with_table(data, path.name, table.decision, more)
        decision_graph.read_graph(Reading(after, path.name))
        changed = next(each for each in table_file.tables(after, path.name) if each.decision == table.decision)
        assert [rule.inputs for rule in changed.edit.rules] == [first.inputs, *(rule.inputs for rule in reversed(table.edit.rules))]
        others = [each for each in table_file.tables(after, path.name) if each.decision != table.decision]
        assert others == [each for each in tables if each.decision != table.decision]
        back = table_file.with_table(after, path.name, table.decision, replace(table.edit, rules=tuple(
            replace(rule, row=len(table.edit.rules) - number) for number, rule in enumerate(table.edit.rules))))
        assert sorted(back.split()) == sorted(data.split()), "taken back, nothing of the file is lost or added"


def test_one_cell_changes_and_every_other_byte_stays() -> None:
    assert written(MUDA, row(1, ">= 18", '"dewasa" + "<b>"')) == FOREIGN.replace('"dewasa"', '"dewasa" + "&lt;b>"'.replace(">", "&gt;"))
    assert written(row(0, "< 17", '"anak"'), TUA) == FOREIGN.replace("<![CDATA[< 18]]>", "&lt; 17")
    assert written(MUDA, TUA, policy="FIRST") == FOREIGN.replace("UNIQUE", "FIRST")


def test_rows_are_moved_with_their_comment_taken_out_and_added() -> None:
    moved = written(TUA, MUDA)
    assert moved.index("of the second row") < moved.index("id='tua'") < moved.index('id="muda"') and "lama" in moved
    assert 'x:colour="red"' in moved and sorted(moved.split()) == sorted(FOREIGN.split())
    alone = written(TUA)
    assert "muda" not in alone and "<x:rule/>" in alone and 'a = "1"' in alone and "of the file" in alone
    added = written(MUDA, row(None, "[18..20]", '"muda"'), TUA)
    assert 'id="umur_row_1"' in added and "<dmn:text>[18..20]</dmn:text>" in added
    assert the_table(written(text=alone)).edit.rules == () and the_table(written(row(None, "-", "1"), text=written(text=alone))).edit.rules


def test_notes_are_written_where_a_row_had_none() -> None:
    text = FOREIGN.replace("<dmn:rule id=\"muda\">", '<dmn:annotation name="Dasar"/><dmn:annotation name="Catatan"/><dmn:rule id="muda">')
    rules = [replace(rule, notes=("", "UU 35/2014")) for rule in (MUDA, TUA)]
    assert [rule.notes for rule in the_table(written(*rules, text=text)).edit.rules] == [("", "UU 35/2014")] * 2


@pytest.mark.parametrize("rules", [
    (row(7, "-", "1"),), (MUDA, MUDA), (RuleEdit(row=0, inputs=(), outputs=("1",)),), (row(0, "x" * 2001, "1"),), (row(0, "\0", "1"),),
    tuple(row(None, "-", "1") for _ in range(301)),
], ids=["no such row", "one row twice", "another shape", "a long cell", "no XML", "too many"])
def test_rows_that_are_none_of_the_table_are_refused(rules: tuple[RuleEdit, ...]) -> None:
    with pytest.raises(InvalidSubmission):
        written(*rules)


@pytest.mark.parametrize(("rules", "cell"), [
    ((row(0, "< 18 and", '"anak"'), TUA), "r0-i0"),
    ((MUDA, row(1, ">= 18", "")), "r1-o0"),
    ((TUA, row(None, "-", "(" * 200)), "r1-o0"),
    ((MUDA, row(None, "1" + "+1" * 900, "1" * 1900 + "["), TUA), "r1-o0"),
])
def test_a_cell_that_is_no_feel_is_refused_at_its_place(rules: tuple[RuleEdit, ...], cell: str) -> None:
    with pytest.raises(InvalidSubmission) as refused:
        table_board.saved(FOREIGN.encode(), "x.dmn", "umur", TableEdit(policy="UNIQUE", aggregation="", rules=rules))
    assert list(refused.value.problems) == [cell] and "anak" not in str(refused.value.problems)


def test_a_hit_policy_that_is_none_is_refused_at_its_box() -> None:
    with pytest.raises(InvalidSubmission) as refused:
        table_board.saved(FOREIGN.encode(), "x.dmn", "umur", TableEdit(policy='X" a="', aggregation="", rules=(MUDA, TUA)))
    assert list(refused.value.problems) == ["policy"]


@pytest.mark.parametrize("data", [
    b'<!DOCTYPE a [<!ENTITY b "c">]><definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>', b"", b"<a>" * 100, b"PK\x03\x04"])
def test_a_hostile_file_is_read_by_nobody(data: bytes) -> None:
    with pytest.raises(BundleRefused):
        table_file.tables(data, "x.dmn")


def test_a_table_in_an_encoding_that_could_not_hold_what_is_typed_is_left_alone() -> None:
    latin = FOREIGN.replace("UTF-8", "ISO-8859-1").replace("lama", "é").encode("latin-1")
    with pytest.raises(InvalidSubmission):
        table_file.with_table(latin, "x.dmn", "umur", TableEdit(policy="UNIQUE", aggregation="", rules=(MUDA,)))
    plain = FOREIGN.replace("UTF-8", "ISO-8859-1").encode("ascii")
    with pytest.raises(InvalidSubmission):
        table_file.with_table(plain, "x.dmn", "umur", TableEdit(policy="UNIQUE", aggregation="", rules=(row(0, "-", '"é"'), TUA)))
    with pytest.raises(errors.NotFound):
        table_file.with_table(plain, "x.dmn", "lain", TableEdit(policy="UNIQUE", aggregation="", rules=()))


# --- what overlaps and what is missing ---------------------------------------------------------------------------


def checked(text: str, **columns: table_check.Column) -> TableCheck:
    graph = decision_graph.read_graph(Reading(text.encode(), "x.dmn"))
    (written_table,) = table_file.tables(text.encode(), "x.dmn")
    table = graph.decisions[0].table
    assert table is not None
    known = [columns.get(f"c{place}", table_board._column(column, [rule.inputs[place] for rule in written_table.edit.rules], None))
             for place, column in enumerate(written_table.inputs)]
    return table_check.check(table, known, [rule.outputs for rule in written_table.edit.rules], now=NOW)


def said(found: TableCheck) -> tuple[list[tuple[tuple[int, ...], list[str]]], list[list[str]]]:
    return ([(each.rows, [words.id for _, words in each.inputs]) for each in found.overlaps],
            [[words.id for _, words in each.inputs] for each in found.gaps])


@pytest.mark.parametrize(("rules", "overlaps", "gaps"), [
    ((MUDA, TUA), [], []),
    ((MUDA, row(1, "> 18", "1")), [], [["18"]]),                                   # 18 itself
    ((row(0, "<= 18", "1"), TUA), [((1, 2), ["18"])], []),
    ((row(0, "[0..18)", "1"), row(1, "[18..60]", "1")), [], [["-1"], ["61"]]),
    ((row(0, "not(18)", "1"),), [], [["18"]]),
    ((row(0, "-", "1"), row(1, "null", "1")), [((1, 2), ["tidak dijawab"])], []),
    ((row(0, "< 18", "1"), row(1, "lain", "1")), [], []),                          # the second reads more than its column
    ((row(0, "-", "1"), row(1, "-", "2")), [((1, 2), [])], []),                    # no cell asks anything: no column to name
])
def test_overlaps_and_gaps_are_told_by_example(
    rules: tuple[RuleEdit, ...], overlaps: list[tuple[tuple[int, ...], list[str]]], gaps: list[list[str]],
) -> None:
    assert said(checked(written(*rules))) == (overlaps, gaps)


def test_what_a_policy_allows_is_no_finding() -> None:
    both = (row(0, "<= 18", '"x"'), row(1, ">= 18", '"x"'))
    assert said(checked(written(*both, policy="ANY"))) == ([], [])
    assert said(checked(written(both[0], row(1, ">= 18", '"y"'), policy="ANY")))[0] == [((1, 2), ["18"])]
    assert said(checked(written(*both, policy="FIRST")))[0] == []
    assert said(checked(written(row(0, "18", "1"), policy="COLLECT"))) == ([], [])


def test_the_values_of_a_question_are_all_there_are() -> None:
    text = FOREIGN.replace('typeRef="number"', 'typeRef="string"')
    rules = (row(0, '"a", "b"', "1"), row(1, '"c"', "2"))
    assert said(checked(written(*rules, text=text)))[1] == [["selain yang disebut di kolom ini"]]
    options = tuple((value, table_check._OTHER) for value in "abc")
    column = table_check.Column(label="x", kind="string", options=options)
    assert said(checked(written(*rules, text=text), c0=column)) == ([], [])
    more = replace(column, options=(*options, ("d", table_check._NOT_ANSWERED)))
    assert said(checked(written(*rules, text=text), c0=more))[1] == [["tidak dijawab (“d”)"]]


def test_a_search_without_end_says_that_it_ended_early() -> None:
    inputs = "".join(f'<dmn:input label="{n}"><dmn:inputExpression typeRef="number"><dmn:text>x{n}</dmn:text></dmn:inputExpression></dmn:input>'
                     for n in range(12))
    cell = f"<dmn:inputEntry><dmn:text>{', '.join(map(str, range(1, 60, 2)))}</dmn:text></dmn:inputEntry>"
    head, tail = FOREIGN.split("<dmn:input ", 1)[0], FOREIGN[FOREIGN.index("<dmn:output "):FOREIGN.index("<dmn:rule id")]
    answer = "<dmn:outputEntry><dmn:text>1</dmn:text></dmn:outputEntry>"
    rules = "".join(f"<dmn:rule>{cell.replace('1,', f'{n},', 1)}{cell * 11}{answer}</dmn:rule>" for n in range(40))
    found = checked(f"{head}{inputs}{tail}{rules}</dmn:decisionTable></dmn:decision></dmn:definitions>")
    assert not found.is_whole and len(found.overlaps) == len(found.gaps) == table_check.MOST_FOUND


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_no_shipped_table_has_two_rows_where_only_one_may_hit(path: Path) -> None:
    graph = decision_graph.read_graph(Reading(path.read_bytes(), path.name))
    for table, node in zip(table_file.tables(path.read_bytes(), path.name), [each for each in graph.decisions if each.table], strict=True):
        assert node.table is not None
        found = table_check.check(node.table, table_board._columns(table, table.edit, {}), [rule.outputs for rule in table.edit.rules], now=NOW)
        assert found.overlaps == (), (table.name, found.overlaps)


def test_the_questions_that_a_bundle_asks_are_known_to_its_tables() -> None:
    questions = table_board._questions(SopBundle.from_dir(BPMN / "kalbar" / "pengelolaan-kasus"))
    assert {"high", "medium", "low"} <= {option.value for option in questions["risk"].options} and "full_name" not in questions
