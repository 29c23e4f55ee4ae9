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
    optional=frozenset({"line", "document_number"}),
    title=Text("Menerbitkan dokumen", "Issue a document"),
)


def run(desk: Desk, call: OperationCall) -> Result:
    """Issue the document once, however often this is tried.

    `line` is the row of a multi-instance element the document is about; `document_number` what was typed from the agency's own
    register, else the next one of its series is given: only after the letter may be written at all, so that a refusal leaves no gap. Number
    and attachment are keyed by the call, and the same data give the same bytes, so a worker killed between any two lines leaves
    nothing to clean up. The QR code leads to the page that says whether a paper with this digest was issued.
    """
    code, typed = call.arguments["code"], call.arguments.get("document_number")
    if not isinstance(code, str) or not isinstance(typed, str | None):
        raise PermanentFailure("document-arguments")
    cases = desk.engine.cases
    letter = cases.letter_source(call, code=code)
    number = cases.typed_number(call, code=code, number=typed) if typed else cases.next_number(call, series=code)
    letter = letter.numbered(number)
    content = letter.pdf({"qr.svg": _qr_code(_place(desk.base_url, letter.digest))})
    cases.attach_document(call, code=code, number=number, media_type="application/pdf", content=content, source_digest=letter.digest,
                          addressee=letter.addressee)
    return {}


def _place(base_url: str, digest: str) -> str:
    """Where the paper can be held against the record; the digest alone where the product has no address."""
    return f"{base_url.rstrip('/')}/verifikasi/{digest}" if base_url else digest


def _qr_code(text: str) -> bytes:
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="svg", border=0, xmldecl=False)
    return drawn.getvalue()
