"""The documents of a draft, set with their made-up samples: as pictures, as PDF, or with what keeps them from being set."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from webui import context, limits

pages = Blueprint("document_previews", __name__, url_prefix="/sop/dokumen")
SHOWN = 6   # pages of one document; its PDF has all of them


@pages.get("/<draft_id>")
@limits.limiter.limit("30 per minute", key_func=limits.per_account)
def show(draft_id: str) -> str:
    """One document with its sample."""
    board = context.engine().sops.document_board(context.actor(), draft_id, file=_file())
    return render_template("sop_document.html", board=board, draft=board.summary, shown=min(board.pages, SHOWN))


@pages.get("/<draft_id>/halaman.png")
@limits.limiter.limit("90 per minute", key_func=limits.per_account)
def page(draft_id: str) -> Response:
    """One page of it, as a picture."""
    number = min(max(request.args.get("hal", 1, type=int), 1), SHOWN)
    return Response(context.engine().sops.document_page(context.actor(), draft_id, _file(), number), mimetype="image/png")


@pages.get("/<draft_id>/contoh.pdf")
@limits.limiter.limit("30 per minute", key_func=limits.per_account)
def pdf(draft_id: str) -> Response:
    """The whole of it, as a case would get it."""
    content = context.engine().sops.document_pdf(context.actor(), draft_id, _file())
    return Response(content, mimetype="application/pdf", headers={"Content-Disposition": 'attachment; filename="contoh.pdf"'})


def _file() -> str:
    return request.args.get("berkas", "")[:300]
