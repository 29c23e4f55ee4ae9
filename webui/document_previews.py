"""The documents of a draft or version, set with their made-up samples: as pictures, as PDF, or with what keeps them from being set; a
draft's templates are edited as text beside it."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.errors import EngineError, InvalidSubmission, NotAllowed, NotFound, StaleRevision
from webui import context, forms, limits, sop_drafts

pages = Blueprint("document_previews", __name__, url_prefix="/sop/dokumen")
Answer = str | AnyResponse | tuple[str, int]
SHOWN = 6   # pages of one document; its PDF has all of them


@pages.get("/<draft_id>")
@limits.limiter.limit("30 per minute", key_func=limits.per_account)
def show(draft_id: str) -> str:
    """One document with its sample."""
    return _page(draft_id, _file())


@pages.post("/<draft_id>")
@limits.limiter.limit("60 per minute", key_func=limits.per_account)
def edit(draft_id: str) -> Answer:
    """The template as typed: checked, or saved where it can be set."""
    file, text, engine = request.form.get("berkas", "")[:300], request.form.get("template", ""), context.engine()
    try:
        if request.form.get("do") != "save":
            return _page(draft_id, file, text=text)
        engine.sops.save_template(context.actor(), draft_id, file, text, expected_revision=request.form.get("revision", 0, type=int))
    except (NotFound, NotAllowed):
        raise
    except InvalidSubmission as refusal:
        return _page(draft_id, file, typed=text, problem=forms.problems_of(refusal).get("template", "")), 422
    except StaleRevision:
        return _page(draft_id, file, typed=text, problem=sop_drafts.overtaken()), 409
    except EngineError as refusal:
        return sop_drafts.page_of(draft_id, problem=sop_drafts.why(refusal), place="berkas"), 422
    return redirect(url_for("document_previews.show", draft_id=draft_id, berkas=file), code=303)


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


def _page(draft_id: str, file: str, *, text: str | None = None, typed: str | None = None, problem: str = "") -> str:
    """The page, of the template as typed (`text`), or as stored while `typed` stands in the box."""
    board = context.engine().sops.document_board(context.actor(), draft_id, file=file, text=text)
    return render_template(
        "sop_document.html", board=board, draft=board.summary, shown=min(board.pages, SHOWN) if text is None else 0, problem=problem,
        template=board.template if typed is None else typed, is_typed=(text, typed) != (None, None))


def _file() -> str:
    return request.args.get("berkas", "")[:300]
