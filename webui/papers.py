"""Holding a paper against the record: the page its QR code leads to. Public, and silent about the case."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import Blueprint, render_template

from webui import context, document_words, times
from webui.limits import limiter

pages = Blueprint("papers", __name__, url_prefix="/verifikasi")


@pages.get("/<digest>")
@limiter.limit("30 per minute")
def verify(digest: str) -> tuple[str, int]:
    """Whether a paper that says this digest was issued: code, agency and day, or that nothing is known of it."""
    found = context.engine().cases.verify_document(digest)
    day = times.day(found.issued_at.astimezone(ZoneInfo(found.zone)).date(), language=context.language()) if found else ""
    word = document_words.document_word(found.code) if found else ""
    return render_template("paper.html", found=found, day=day, word=word), 200 if found else 404
