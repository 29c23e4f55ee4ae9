"""The SOP-AP matrix: from the clause map where there is one, from the diagram where there is none."""

from __future__ import annotations

import pytest

from engine import definitions
from engine.bundle import SopBundle
from engine.matrix import Matrix, Row, Symbol, matrix_of
from tests.support import bpmn

HEAD = 'key = "x"\nagency = "contoh"\nprocess = "main"\ntitle = { id = "Uji", en = "Test" }\n[lanes]\n"Kepala" = "head"\n"Pendamping" = "companion"\n'
DOCUMENTS = ('[[document]]\ncode = "F01"\ntitle = { id = "Laporan", en = "Report" }\n'
             '[[document]]\ncode = "F02"\ntitle = { id = "Rencana", en = "Plan" }\n')


def step(clause_id: str, text: str, *elements: str, kind: str = "step") -> str:
    return f'[[clause]]\nid = "{clause_id}"\nkind = "{kind}"\ntext = "{text}"\nelements = {list(elements)}\n'.replace("'", '"')


def matrix(sheet: str, *parts: str, head: str = "", companion: str = "", others: tuple[str, ...] = ()) -> Matrix:
    """The matrix of a process with two lanes; `head` and `companion` say which nodes stand in them."""
    lanes = "".join(
        f'<bpmn:lane id="{name}" name="{name}">' + "".join(f"<bpmn:flowNodeRef>{node}</bpmn:flowNodeRef>" for node in nodes.split()) + "</bpmn:lane>"
        for name, nodes in (("Kepala", head), ("Pendamping", companion)))
    drawn = bpmn.document(bpmn.process("main", f'<bpmn:laneSet id="lanes">{lanes}</bpmn:laneSet>', *parts), *others)
    return matrix_of(definitions.load(SopBundle.from_files({"sop.toml": (HEAD + sheet).encode(), "x.bpmn": drawn})))


def late(host: str, text: str) -> str:
    return bpmn.boundary(f"{host}_late", host, bpmn.timer("PT10M"), interrupting=False, extra=bpmn.standard("working_minutes", text=text))


def test_without_clauses_the_diagram_is_printed() -> None:
    seen = matrix(
        DOCUMENTS, bpmn.start(), bpmn.user("review", name="Mereviu", sop_inputs="F01 F99", sop_outputs="F02"), late("review", "10 menit"),
        bpmn.service("tell", "notice.send"), bpmn.user("plan", name="Merencanakan"), bpmn.element("manualTask", "file", name="Menyimpan"),
        bpmn.end(), bpmn.flows("s", "review", "plan", "file", "tell", "e"), head="review", companion="plan file tell")
    assert (seen.title, seen.columns) == ("Uji", ("Kepala", "Pendamping"))
    assert seen.rows == (
        Row(number=1, activity="Mereviu", performers={"Kepala": Symbol.TERMINATOR}, inputs="Laporan, F99", time="10 menit", output="Rencana"),
        Row(number=2, activity="Merencanakan", performers={"Pendamping": Symbol.ACTIVITY}),
        Row(number=3, activity="Menyimpan", performers={"Pendamping": Symbol.TERMINATOR}))


def test_a_task_without_a_name_prints_its_id() -> None:
    assert [row.activity for row in matrix("", bpmn.start(), bpmn.user("review"), bpmn.end(), bpmn.flows("s", "review", "e"),
                                           head="review").rows] == ["review"]


def test_steps_within_a_part_of_the_process_are_printed_too() -> None:
    inner = bpmn.sub("part", bpmn.start("s2"), bpmn.user("inside", name="Di dalam"), bpmn.end("e2"), bpmn.flows("s2", "inside", "e2"))
    seen = matrix("", bpmn.start(), inner, bpmn.end(), bpmn.flows("s", "part", "e"), head="part")
    assert [(row.activity, dict(row.performers)) for row in seen.rows] == [("Di dalam", {"Kepala": Symbol.TERMINATOR})]


def test_a_row_that_goes_on_in_another_procedure_has_a_pentagon() -> None:
    other = bpmn.process("lent", bpmn.start("s2"), bpmn.user("lent_work"), bpmn.end("e2"), bpmn.flows("s2", "lent_work", "e2"))
    seen = matrix(
        step("r1", "Mereviu laporan", "review") + step("r2", "Merujuk", "refer") + step("r3", "Menutup", "close"),
        bpmn.start(), bpmn.user("review"), bpmn.call("refer", "lent"), bpmn.user("close"), bpmn.end(),
        bpmn.flows("s", "review", "refer", "close", "e"), head="review close", companion="refer", others=(other,))
    assert [(row.activity, dict(row.performers)) for row in seen.rows] == [
        ("Mereviu laporan", {"Kepala": Symbol.TERMINATOR}), ("Merujuk", {"Pendamping": Symbol.CONNECTOR}),
        ("Menutup", {"Kepala": Symbol.TERMINATOR})]


def test_who_works_before_the_call_keeps_the_symbol() -> None:
    other = bpmn.process("lent", bpmn.start("s2"), bpmn.end("e2"), bpmn.flows("s2", "e2"))
    seen = matrix(step("r1", "Menyiapkan dan merujuk", "prepare", "refer") + step("r2", "Menutup", "close"),
                  bpmn.start(), bpmn.user("prepare"), bpmn.call("refer", "lent"), bpmn.user("close"), bpmn.end(),
                  bpmn.flows("s", "prepare", "refer", "close", "e"), head="prepare", companion="refer close", others=(other,))
    assert dict(seen.rows[0].performers) == {"Kepala": Symbol.TERMINATOR}


@pytest.mark.parametrize(("elements", "symbols"), [
    (("propose", "approve"), {"Pendamping": Symbol.ACTIVITY, "Kepala": Symbol.ACTIVITY}),
    (("propose", "approve", "is_good"), {"Pendamping": Symbol.ACTIVITY, "Kepala": Symbol.DECISION}),
    (("approve", "is_good"), {"Kepala": Symbol.DECISION}),
])
def test_two_performers_of_one_row(elements: tuple[str, ...], symbols: dict[str, Symbol]) -> None:
    """Both have a symbol; where the row decides, it is the last of them who does."""
    seen = matrix(
        step("r1", "Menerima", "receive") + step("r2", "Mengusulkan dan memutuskan", *elements) + step("r3", "Menutup", "close"),
        bpmn.start(), bpmn.user("receive"), bpmn.user("propose"), bpmn.user("approve"), bpmn.exclusive("is_good", default="is_good__close"),
        bpmn.user("close"), bpmn.end(), bpmn.flows("s", "receive", "propose", "approve", "is_good", "close", "e"),
        bpmn.flow("is_good", "propose", "again = true"), head="approve receive is_good", companion="propose close")
    assert dict(seen.rows[1].performers) == symbols


def test_cells_are_those_the_source_prints_for_the_row_and_blank_where_it_prints_none() -> None:
    seen = matrix(
        DOCUMENTS + step("r1", "Mereviu", "review") + step("r1.a", "Laporan pengaduan", "review", kind="input")
        + step("r1.b", "Kartu keluarga", "review", kind="input") + step("r1.waktu", "15 menit", "review_late", kind="time")
        + step("r10", "Menutup", "close") + step("r10.hasil", "Berkas", "close", kind="product"),
        bpmn.start(), bpmn.user("review", sop_outputs="F02"), late("review", "15 menit"), bpmn.user("close", sop_inputs="F01"), bpmn.end(),
        bpmn.flows("s", "review", "close", "e"), head="review", companion="close")
    assert [(row.inputs, row.time, row.output) for row in seen.rows] == [
        ("Laporan pengaduan\nKartu keluarga", "15 menit", ""), ("", "", "Berkas")]


def test_a_branch_points_back_to_its_row() -> None:
    seen = matrix(
        step("r1", "Melayani", "serve") + step("r2", "Mereviu", "review", "is_enough")
        + step("r2.kembali", "Belum", "is_enough", "serve", kind="branch"),
        bpmn.start(), bpmn.user("serve"), bpmn.user("review"), bpmn.exclusive("is_enough", default="is_enough__e"), bpmn.end(),
        bpmn.flows("s", "serve", "review", "is_enough", "e"), bpmn.flow("is_enough", "serve", "enough = false"),
        head="review is_enough", companion="serve")
    assert [(row.back_to, row.note) for row in seen.rows] == [(None, ""), (1, "Belum")]
    assert dict(seen.rows[1].performers) == {"Kepala": Symbol.DECISION}
