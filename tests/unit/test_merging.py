"""Three versions of a file merged part by part: what one side changed is taken, what both changed otherwise is asked, nothing is lost."""

from __future__ import annotations

import json
import tomllib
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from engine import bpmn_xml, comparing, definitions
from engine.bundle import SopBundle
from engine.decisions import read_decisions
from engine.merging.files import Carried, carried
from engine.merging.weighing import Side, woven
from tests.edits import harmless_parts, harmless_steps
from tests.edits.draft import BPMN, Draft, Stroke, enter, flow_between, hand_to, leave, rename, shipped
from tests.edits.edit import Edit
from tests.unit import dmn_files

KALBAR = "kalbar/pengelolaan-kasus"
DIAGRAM = "pengelolaan-kasus.bpmn"
KEYS = ("a", "b", "c", "d", "e")
WORDS = st.sampled_from(["satu", "dua", "tiga"])


def three(path: str, base: bytes, in_force: bytes, draft: bytes, choices: dict[str, Side] | None = None) -> Carried:
    return carried({path: base}, {path: in_force}, {path: draft}, choices or {})


def chosen(path: str, base: bytes, in_force: bytes, draft: bytes, side: Side) -> bytes:
    """What comes of it where everything that is asked is answered with one side, as often as it takes."""
    choices: dict[str, Side] = {}
    for _ in range(5):
        found = three(path, base, in_force, draft, choices)
        if all(clash.chosen for clash in found.clashes):
            return found.files[path]
        choices |= {clash.id: side for clash in found.clashes}
    raise AssertionError("it asks without end")


# --- forms, sheets ---------------------------------------------------------------------------------------------------


@st.composite
def forms(draw: st.DrawFn) -> bytes:
    fields = [{"key": key, "type": "text", "label": {"id": draw(WORDS)}, "sensitivity": "C1",
               **({"group": {"id": draw(WORDS)}} if draw(st.booleans()) else {}),
               **({"required": True} if draw(st.booleans()) else {})}
              for key in draw(st.permutations(KEYS))[:draw(st.integers(0, 5))]]
    return json.dumps({"key": "f", "title": {"id": draw(WORDS)}, "fields": fields}, indent=1).encode()


@st.composite
def sheets(draw: st.DrawFn) -> bytes:
    lines = [f"{key} = {json.dumps(draw(WORDS))}" for key in KEYS if draw(st.booleans())]
    for name in draw(st.permutations(KEYS))[:draw(st.integers(0, 3))]:
        lines += [f"# tentang {name}", "[[clause]]", f'id = "{name}"', f"text = {json.dumps(draw(WORDS))}"]
    return ("\n".join(lines) + "\n").encode()


def meaning(data: bytes) -> Any:
    """A form's questions each with the heading it stands under, or a sheet."""
    if not data.startswith(b"{"):
        return tomllib.loads(data.decode())
    form, heading = json.loads(data), None
    for field in form["fields"]:
        heading = field["group"] = field.get("group", heading)
    return form


@pytest.mark.parametrize(("path", "files"), [("forms/f.json", forms()), ("sop.toml", sheets())])
def test_laws_of_merging(path: str, files: st.SearchStrategy[bytes]) -> None:
    @given(files, files, files)
    def laws(base: bytes, one: bytes, other: bytes) -> None:
        assert three(path, base, base, one).files[path] == one
        assert three(path, base, one, base).files[path] == one
        assert three(path, base, one, one) == three(path, base, one, one) and three(path, base, one, one).files[path] == one
        merged, mirrored = three(path, base, one, other), three(path, base, other, one)
        assert {clash.id for clash in merged.clashes} == {clash.id for clash in mirrored.clashes}
        if not merged.clashes:
            here, there = meaning(merged.files[path]), meaning(mirrored.files[path])
            assert unordered(here) == unordered(there)
            assert three(path, one, merged.files[path], one).files[path] == merged.files[path]
        for clash in merged.clashes:
            assert len({clash.base, clash.in_force, clash.draft}) > 1, "somebody has to read what they choose between"
        for side, given_up in ((Side.IN_FORCE, other), (Side.DRAFT, one)):
            outcome = meaning(chosen(path, base, one, other, side))
            kept = one if side is Side.IN_FORCE else other
            assert names(base, kept, given_up) <= set(parts(outcome)), "what one side added and the other never touched is there"

    laws()


def parts(said: Any) -> list[str]:
    return [row[key] for name, key in (("fields", "key"), ("clause", "id")) for row in said.get(name, [])]


def names(base: bytes, kept: bytes, given_up: bytes) -> set[str]:
    """The parts that the side that won has, but those which the other took out and it never touched."""
    was, mine, theirs = ({key: row for key, row in zip(parts(each), rows(each), strict=True)} for each in map(meaning, (base, kept, given_up)))
    return {key for key, row in mine.items() if key in theirs or key not in was or row != was[key]}


def rows(said: Any) -> list[Any]:
    return [*said.get("fields", []), *said.get("clause", [])]


def unordered(said: Any) -> Any:
    return {name: sorted(value, key=str) if isinstance(value, list) else value for name, value in said.items()}


def test_a_question_keeps_its_heading_where_the_one_that_named_it_goes() -> None:
    def form(*fields: dict[str, Any]) -> bytes:
        asked = [{"type": "text", "label": {"id": field["key"]}, "sensitivity": "C1", **field} for field in fields]
        return json.dumps({"key": "f", "title": {"id": "F"}, "fields": asked}).encode()

    group = {"id": "Korban"}
    base = form({"key": "a", "group": group}, {"key": "b"})
    added = form({"key": "a", "group": group}, {"key": "new"}, {"key": "b"})
    merged = three("forms/f.json", base, added, form({"key": "b", "group": group}))
    assert [(field["key"], field.get("group")) for field in json.loads(merged.files["forms/f.json"])["fields"]] == [("new", group), ("b", None)]


def test_remarks_and_long_values_of_a_sheet_come_along() -> None:
    base = b'key = "x"\nlist = [\n  "one",\n]\n\n[lanes]\n"A" = "companion"\n'
    mine = base.replace(b'  "one",\n', b'  "one",\n  "two",\n')
    theirs = base.replace(b'[lanes]', b'# who does it\n[lanes]').replace(b'"companion"', b'"supervisor"')
    merged = three("sop.toml", base, mine, theirs)
    assert merged.files["sop.toml"] == b'key = "x"\nlist = [\n  "one",\n  "two",\n]\n\n# who does it\n[lanes]\n"A" = "supervisor"\n'


def test_a_sheet_is_taken_apart_where_its_values_end() -> None:
    words = (b'a = """x\n[b]\n# y"""""\nb = \'\'\'q\n"""\n]\'\'\'\nc = ["]", \'[\', # ]\n "x\\"]",\n]\nd = { x = "}" }\r\n'
             b'[t]\ne = "\\\\"\nlong = [\n' + b"1,\n" * 5000 + b"]\n")
    merged = three("sop.toml", words, words.replace(b"q\n", b"Q\n"), words.replace(b"[t]\n", b"# remark\n[t]\nf = 1\n"))
    assert not merged.clashes and b"Q\n" in merged.files["sop.toml"] and b"# remark\n[t]\nf = 1\n" in merged.files["sop.toml"]
    assert tomllib.loads(merged.files["sop.toml"].decode())["t"]["f"] == 1


# --- decision tables -------------------------------------------------------------------------------------------------


def table(*rows: str, policy: str = "FIRST", ask: str = "umur") -> bytes:
    """A table of one column; each row is its id, what it asks for and what it answers."""
    said = "".join(f'<rule id="{row}"><inputEntry><text>{asked}</text></inputEntry><outputEntry><text>{answer}</text></outputEntry></rule>'
                   for row, asked, answer in (one.split() for one in rows))
    return dmn_files.file_of(
        f'<decision id="kelompok" name="kelompok"><decisionTable id="t" hitPolicy="{policy}"><input id="i"><inputExpression id="e">'
        f'<text>{ask}</text></inputExpression></input><output id="o" name="hasil"/>{said}</decisionTable></decision>')


def rows_of(data: bytes) -> list[str]:
    return [" ".join((row.get("id"), *(" ".join(cell.itertext()) for cell in row))) for row in etree.fromstring(data).iter("{*}rule")]


def test_rows_of_a_table_are_merged_and_the_place_of_new_ones_is_asked_where_it_decides() -> None:
    base = table("a 1 1", "b 2 2", "c 3 3")
    merged = three("x.dmn", base, table("a 1 1", "b 2 20", "c 3 3"), table("a 1 1", "b 2 2", "new 9 9", "c 30 3"))
    assert not merged.clashes and rows_of(merged.files["x.dmn"]) == ["a 1 1", "b 2 20", "new 9 9", "c 30 3"]
    assert read_decisions(merged.files["x.dmn"]).names == ("kelompok",)
    same = three("x.dmn", base, table("a 1 1", "b 2 20", "c 3 3"), table("a 1 1", "b 2 21", "c 3 3"))
    assert [clash.in_force for clash in same.clashes] == [(("outputEntry text", "20"),)]
    assert [(clash.base, clash.draft) for clash in same.clashes] == [((("outputEntry text", "2"),), (("outputEntry text", "21"),))]
    mine, theirs = table("a 1 1", "x 8 8", "b 2 2", "c 3 3"), table("a 1 1", "y 9 9", "b 2 2", "c 3 3")
    assert len(three("x.dmn", base, mine, theirs).clashes) == 1
    for side, order in ((Side.IN_FORCE, ["a", "x", "y", "b", "c"]), (Side.DRAFT, ["a", "y", "x", "b", "c"])):
        assert [row[0] for row in rows_of(chosen("x.dmn", base, mine, theirs, side))] == order


def test_rows_are_not_understood_by_other_columns() -> None:
    base, columns, row = table("a 1 1"), table("a 1 1", ask="lama_tinggal"), table("a 1 1", "b 2 2")
    (clash,) = three("x.dmn", base, columns, row).clashes
    assert clash.chosen is None
    assert chosen("x.dmn", base, columns, row, Side.DRAFT) == row or rows_of(chosen("x.dmn", base, columns, row, Side.DRAFT)) == rows_of(row)
    assert b"umur" in chosen("x.dmn", base, columns, row, Side.DRAFT)


# --- diagrams --------------------------------------------------------------------------------------------------------


def drawn(*strokes: Stroke) -> bytes:
    draft = Draft(KALBAR)
    for stroke in strokes:
        stroke(draft)
    return draft.bundle().files[DIAGRAM]


def merged_diagrams(one: bytes, other: bytes) -> Carried:
    return three(DIAGRAM, shipped(KALBAR).files[DIAGRAM], one, other)


def test_a_step_drawn_by_one_and_a_name_given_by_the_other_are_both_there() -> None:
    merged = merged_diagrams(drawn(rename("document_case", "Mencatat"), hand_to("document_case", "Pendamping PPA")),
                             drawn(enter("check_and_forward__is_report_in_order", "sign", "Menandatangani", "check_and_forward")))
    assert not merged.clashes
    model = bpmn_xml.read_model(merged.files[DIAGRAM], file=DIAGRAM)
    nodes = model.processes["kalbar_pengelolaan_kasus"].nodes
    assert (nodes["document_case"].name, nodes["document_case"].lane) == ("Mencatat", "Pendamping PPA")
    assert (nodes["sign"].lane, [flow.target for flow in nodes["sign"].outgoing]) == (nodes["check_and_forward"].lane, ["is_report_in_order"])
    assert [flow.target for flow in nodes["check_and_forward"].outgoing] == ["sign"] and "sign" in model.shapes
    for node in etree.fromstring(merged.files[DIAGRAM]).iter(f"{BPMN}userTask", f"{BPMN}exclusiveGateway"):
        for wire, end in (("outgoing", "sourceRef"), ("incoming", "targetRef")):
            flows = {flow.get("id") for flow in node.getparent().iter(f"{BPMN}sequenceFlow") if flow.get(end) == node.get("id")}
            assert {ref.text for ref in node.findall(f"{BPMN}{wire}")} == flows, (node.get("id"), wire)


def test_two_ways_on_from_one_step_are_one_choice() -> None:
    flow = "check_and_forward__is_report_in_order"
    one, other = (drawn(enter(flow, key, key.title(), "check_and_forward")) for key in ("one", "other"))
    (clash,) = merged_diagrams(one, other).clashes
    assert clash.title.id.endswith("alur yang keluar darinya") and clash.draft is not None and clash.in_force is not None
    assert (f"{flow} →", "Other (other)") in clash.draft and (f"{flow} →", "One (one)") in clash.in_force
    model = bpmn_xml.read_model(chosen(DIAGRAM, shipped(KALBAR).files[DIAGRAM], one, other, Side.DRAFT), file=DIAGRAM)
    nodes = model.processes["kalbar_pengelolaan_kasus"].nodes
    assert [each.target for each in nodes["check_and_forward"].outgoing] == ["other"] and "one" in nodes, "nothing of either is lost"


def test_what_one_took_out_and_the_other_leads_to_makes_the_diagrams_stand_as_wholes() -> None:
    def without(draft: Draft) -> None:
        leave("explain_options")(draft)

    def led(draft: Draft) -> None:
        flow_between(draft, "acknowledge_completion", "explain_options")

    one, other = drawn(without), drawn(led)
    (clash,) = merged_diagrams(one, other).clashes
    assert clash.title.id == "Seluruh berkas"
    assert chosen(DIAGRAM, shipped(KALBAR).files[DIAGRAM], one, other, Side.DRAFT) == other


def test_remarks_in_a_diagram_are_not_lost() -> None:
    base = shipped(KALBAR).files[DIAGRAM]
    merged = merged_diagrams(base.replace(b"<bpmn:laneSet", b"<!-- dibahas --><bpmn:laneSet", 1), drawn(rename("document_case", "Mencatat")))
    assert b"dibahas" in merged.files[DIAGRAM] and b"Mencatat" in merged.files[DIAGRAM]
    merged = merged_diagrams(drawn(rename("document_case", "Mencatat")), base.replace(b"<bpmn:laneSet", b"<!-- dibahas --><bpmn:laneSet", 1))
    assert b"dibahas" in merged.files[DIAGRAM] and b"Mencatat" in merged.files[DIAGRAM]


@pytest.mark.parametrize("data", [b"", b"<x", b"\xff\xfe", b"[1]", b"key = "])
@pytest.mark.parametrize("path", ["x.bpmn", "x.dmn", "sop.toml", "forms/x.json", "documents/x.typ"])
def test_what_cannot_be_read_is_chosen_as_a_whole(path: str, data: bytes) -> None:
    base, mine, theirs = data, data + b"1", data + b"2"
    (clash,) = three(path, base, mine, theirs).clashes
    assert chosen(path, base, mine, theirs, Side.DRAFT) == theirs and chosen(path, base, mine, theirs, Side.IN_FORCE) == mine
    assert carried({path: base}, {path: mine}, {}, {}).clashes and not carried({path: base}, {path: base}, {}, {}).files
    assert carried({path: base}, {path: mine}, {}, {clash.id: Side.DRAFT}).files == {}


@given(st.lists(WORDS, unique=True), st.lists(WORDS, unique=True))
def test_an_order_of_two_has_everything_once(one: list[str], other: list[str]) -> None:
    kept = {*one, *other}
    made = woven(one, other, kept)
    assert sorted(made) == sorted(kept) and [each for each in made if each in one] == one


# --- the shipped SOPs ------------------------------------------------------------------------------------------------


PAIRS = list(combinations([edit for edit in (*harmless_steps.EDITS, *harmless_parts.EDITS) if edit.sop == KALBAR], 2))


def changes(bundle: SopBundle) -> set[tuple[str, str, str, str]]:
    found = comparing.compare(definitions.load(shipped(KALBAR)), definitions.load(bundle))
    return {(one.kind, one.element_id, one.before, one.after) for one in found if one.kind != "file_changed"}


@pytest.mark.parametrize("one, other", PAIRS[::len(PAIRS) // 12], ids=lambda edit: edit.what)
def test_two_edits_of_a_shipped_sop_change_together_what_each_changes(one: Edit, other: Edit) -> None:
    mine, theirs = one.bundle(), other.bundle()
    merged = carried(shipped(KALBAR).files, mine.files, theirs.files, {})
    if not merged.clashes:
        assert changes(SopBundle.from_files(merged.files)) == changes(mine) | changes(theirs)
    else:
        assert {change[1] for change in changes(mine)} & {change[1] for change in changes(theirs)}, merged.clashes
