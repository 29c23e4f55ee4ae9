"""`document.issue`: write a letter of the SOP from the case file, number it, and keep its PDF with the case."""

from __future__ import annotations

import io

import segno

from engine.errors import PermanentFailure
from engine.types import OperationCall, OperationSpec, Text
from handlers.desk import Desk, Result

SPEC = OperationSpec(
    name="document.issue",
    required=frozenset({"code"}),
    optional=frozenset({"line"}),
    title=Text("Menerbitkan dokumen", "Issue a document"),
)


def run(desk: Desk, call: OperationCall) -> Result:
    """Issue the document once, however often this is tried.

    `line` is the row of a multi-instance element the document is about. Number and attachment are keyed by the call, and the
    same data give the same bytes, so a worker killed between any two lines leaves nothing to clean up. The QR code carries the
    digest of what was written, so that a paper copy can be held against the record without trusting its paper.
    """
    code = call.arguments["code"]
    if not isinstance(code, str):
        raise PermanentFailure("document-arguments")
    number = desk.engine.cases.next_number(call, series=code)
    source = desk.engine.cases.letter_source(call, code=code, number=number)
    content = source.pdf({"qr.svg": _qr_code(source.digest)})
    desk.engine.cases.attach_document(call, code=code, number=number, media_type="application/pdf", content=content)
    return {}


def _qr_code(text: str) -> bytes:
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="svg", border=0, xmldecl=False)
    return drawn.getvalue()
