"""The SOP-AP print of Kalimantan Barat beside its source: same rows, same wording, same minutes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace

import pytest
from lxml import etree

from engine import matrix
from engine.matrix import Matrix, Symbol
from engine.render import sop_ap
from tests.scenarios.shipped import ROOT, definition_of

KALBAR = ROOT / "kalbar" / "pengelolaan-kasus"
IMPRINT = sop_ap.Imprint(agency="UPT PPA", unit="UPT PPA", letterhead=(), version="1", digest="0" * 64)
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="module")
def print_out() -> Matrix:
    return matrix.matrix_of(definition_of(KALBAR))


def printed() -> Iterator[list[str]]:
    """The ten rows of the source as they stand there: cells between tabs."""
    for line in (ROOT / "kalbar" / "source.txt").read_text("utf-8").splitlines():
        if line.split("\t")[0].isdecimal():
            yield line.split("\t")


def test_the_same_ten_rows_with_the_same_wording(print_out: Matrix) -> None:
    assert [(str(row.number), row.activity) for row in print_out.rows] == [(cells[0], cells[1]) for cells in printed()]


def test_the_same_times(print_out: Matrix) -> None:
    """Rows 6, 7 and 9 have none; a blank cell stays blank."""
    times = [next((cell for cell in cells if "menit" in cell.casefold() or cell.startswith("tergantung")), "") for cells in printed()]
    assert [row.time for row in print_out.rows] == times
    assert times.count("") == 3


def test_every_cell_of_the_source_is_printed_in_its_row_and_nothing_else(print_out: Matrix) -> None:
    for row, cells in zip(print_out.rows, printed(), strict=True):
        words = [cell for cell in cells[2:] if cell.strip() and cell != "[]"]
        assert [text for text in (row.note, row.inputs, row.time, row.output) if text] == words


def test_the_marks_that_the_source_still_has_stand_in_their_columns(print_out: Matrix) -> None:
    """Rows 1, 2, 3 and 5; the others were lost and are readings (domain.md 1.4)."""
    columns = {0: "Manajer Kasus", 2: "Pendamping PPA"}
    for row, cells in zip(print_out.rows, printed(), strict=True):
        if "[]" in cells and row.number != 4:
            assert set(row.performers) == {columns[cells.index("[]") - 2]}


def test_the_review_is_a_decision_that_goes_back_to_row_four(print_out: Matrix) -> None:
    review = print_out.rows[5]
    assert set(review.performers.values()) == {Symbol.DECISION}
    assert review.back_to == 4


def test_the_workbook_holds_every_cell_as_text_even_one_that_looks_like_a_formula(print_out: Matrix) -> None:
    hostile = replace(print_out.rows[0], activity='=HYPERLINK("http://example.invalid")')
    book = zipfile.ZipFile(io.BytesIO(sop_ap.xlsx(replace(print_out, rows=(hostile, *print_out.rows[1:])), IMPRINT)))
    shared = [one.text or "" for one in etree.fromstring(book.read("xl/sharedStrings.xml")).iter(f"{SHEET}t")]
    assert {row.activity for row in print_out.rows[1:]} | {hostile.activity} <= set(shared)
    for name in book.namelist():
        if name.startswith("xl/worksheets/"):
            cells = list(etree.fromstring(book.read(name)).iter(f"{SHEET}c"))
            assert cells
            assert [cell for cell in cells if cell.find(f"{SHEET}f") is not None] == []


def test_the_sheet_is_set_as_an_accessible_pdf_and_always_the_same(print_out: Matrix) -> None:
    first = sop_ap.pdf(print_out, IMPRINT)
    assert first.startswith(b"%PDF-")
    assert b"pdfuaid:part" in first
    assert sop_ap.pdf(print_out, IMPRINT) == first


def test_a_draft_without_lanes_prints_without_performers(print_out: Matrix) -> None:
    """So does a diagram of another tool, until somebody draws them."""
    rows = tuple(replace(row, performers={}) for row in print_out.rows)
    assert sop_ap.pdf(replace(print_out, columns=(), rows=rows), IMPRINT).startswith(b"%PDF")
