"""Figures as files: a table of texts and numbers to CSV or a workbook, cell for cell what the page shows."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import xlsxwriter

from engine.report_results import Table

#: A workbook says when it was made; these say nothing, so that the same values give the same bytes.
_EPOCH: Final = datetime(1980, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_BEGINS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
_LONGEST_NAME: Final = 31
_NOT_IN_A_NAME: Final = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


def csv_bytes(tables: Sequence[Table]) -> bytes:
    """The tables below each other, in UTF-8 with a mark that spreadsheets know it by.

    A text that a spreadsheet would take for a formula has an apostrophe before it, as typed there by hand; a number is a number.
    """
    target = io.StringIO()
    writer = csv.writer(target, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    for number, table in enumerate(tables):
        if number:
            writer.writerow([])
        writer.writerow([_plain(table.title)])
        writer.writerow([_plain(head) for head in table.heads])
        writer.writerows([[cell if isinstance(cell, int) else _plain(cell) for cell in row] for row in table.rows])
    return b"\xef\xbb\xbf" + target.getvalue().encode()


def xlsx_bytes(tables: Sequence[Table]) -> bytes:
    """The same tables, a page each. Every text is a text: nothing a person wrote is ever a formula or a link."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                                        "strings_to_numbers": False})
    book.set_properties({"created": _EPOCH})
    bold, wrap = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"text_wrap": True, "valign": "top"})
    for number, table in enumerate(tables, 1):
        page = book.add_worksheet(_page_name(number, table.title))
        page.set_column(0, 0, 42)
        page.set_column(1, max(1, len(table.heads)), 18)
        page.write_string(0, 0, table.title, bold)
        for column, head in enumerate(table.heads):
            page.write_string(1, column, head, bold)
        for line, row in enumerate(table.rows, 2):
            for column, cell in enumerate(row):
                if isinstance(cell, int):
                    page.write_number(line, column, cell)
                else:
                    page.write_string(line, column, cell, wrap)
    book.close()
    return target.getvalue()


def _plain(text: str) -> str:
    return f"'{text}" if text.lstrip(" ").startswith(_BEGINS_A_FORMULA) or text.startswith(_BEGINS_A_FORMULA) else text


def _page_name(number: int, title: str) -> str:
    """A name a workbook takes: short, its own, without the signs that are not allowed in one."""
    return f"{number} {title.translate(_NOT_IN_A_NAME)}"[:_LONGEST_NAME].rstrip()
