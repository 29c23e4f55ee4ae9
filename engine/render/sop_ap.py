"""The SOP-AP sheet as PDF and as a spreadsheet: values in, bytes out."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from engine.date_words import day_in_words
from engine.matrix import Matrix
from engine.render import typst

_TEMPLATE: Final = Path(__file__).with_suffix(".typ")
_PARTS: Final = ("legal_basis", "qualification", "linkage", "equipment", "warnings", "records")
_LABELS: Final = {
    "number": "Nomor SOP", "made": "Tanggal Pembuatan", "revised": "Tanggal Revisi", "effective": "Tanggal Efektif",
    "approver": "Disahkan oleh", "legal_basis": "Dasar Hukum", "qualification": "Kualifikasi Pelaksana", "linkage": "Keterkaitan",
    "equipment": "Peralatan/Perlengkapan", "warnings": "Peringatan", "records": "Pencatatan dan Pendataan"}
#: A workbook says when it was made; this one says nothing, so that the same values give the same bytes.
_EPOCH: Final = datetime(1980, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_REVIEW: Final = "perlu telaah hukum"


@dataclass(frozen=True, kw_only=True)
class Imprint:
    """Whose sheet it is, and of which deployment."""

    agency: str
    unit: str
    letterhead: tuple[str, ...]
    version: str
    digest: str


def pdf(matrix: Matrix, imprint: Imprint) -> bytes:
    """The sheet as PDF/UA, landscape A4; the same values give the same bytes."""
    identity = {name: _line(matrix.identity.get(name)) for name in ("number", "made", "revised", "effective", "approver")}
    parts = {name: _items(matrix.identity.get(name)) for name in _PARTS}
    data = {**asdict(imprint), "title": matrix.title, "columns": matrix.columns, "rows": [asdict(row) for row in matrix.rows],
            "identity": {**identity, **parts}, "review": any(item["review"] for items in parts.values() for item in items)}
    return typst.pdf(_TEMPLATE.read_bytes(), data, accessible=True)


def xlsx(matrix: Matrix, imprint: Imprint) -> bytes:
    """The sheet as a workbook of two pages. Every cell is text: nothing a person wrote is ever a formula (ASVS 1.2.10)."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                                        "strings_to_numbers": False})
    wrap = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
    bold = book.add_format({"text_wrap": True, "valign": "top", "border": 1, "bold": True})
    sheet = book.add_worksheet("Identitas")
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 100)
    facts = [("Instansi", imprint.agency), ("Judul SOP", matrix.title), ("Versi", imprint.version), ("SHA-256", imprint.digest)]
    facts += [(label, _cell(matrix.identity.get(name))) for name, label in _LABELS.items()]
    for number, (label, value) in enumerate(facts):
        sheet.write_string(number, 0, label, bold)
        sheet.write_string(number, 1, value, wrap)
    table = book.add_worksheet("Matriks")
    heads = ["No", "Kegiatan", *matrix.columns, "Kelengkapan", "Waktu", "Output", "Keterangan"]
    for column, name in enumerate(heads):
        table.set_column(column, column, 5 if column == 0 else 16 if 2 <= column < 2 + len(matrix.columns) else 38)
        table.write_string(0, column, name, bold)
    for number, row in enumerate(matrix.rows, 1):
        back = f"Tidak: kembali ke {row.back_to}" if row.back_to else ""
        cells = [str(row.number), row.activity, *(row.performers.get(name, "") for name in matrix.columns), row.inputs, row.time,
                 row.output, "\n".join(filter(None, (row.note, back)))]
        for column, value in enumerate(cells):
            table.write_string(number, column, str(value), wrap)
    table.freeze_panes(1, 2)
    table.set_landscape()
    table.fit_to_pages(1, 0)
    book.set_properties({"title": matrix.title, "author": imprint.agency, "created": _EPOCH})
    book.close()
    return target.getvalue()


def _line(value: Any) -> str:
    return day_in_words(value) if isinstance(value, date) else str(value or "")


def _items(value: Any) -> list[dict[str, Any]]:
    """A part of the identity sheet as lines; each says whether a lawyer should read it."""
    many = value if isinstance(value, list | tuple) else [value] if value else []
    return [{"text": one.get("text", ""), "review": one.get("needs_legal_review") is True} if isinstance(one, Mapping)
            else {"text": _line(one), "review": False} for one in many]


def _cell(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "\n".join(f"{item['text']} ({_REVIEW})" if item["review"] else item["text"] for item in _items(value))
    return _line(value) or "belum ditetapkan dalam SOP"
