"""The identity sheet of a draft, as it is printed before the table: number, days, who approves, what it rests on."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.errors import EngineError, InvalidSubmission, NotAllowed, NotFound, StaleRevision
from webui import context, forms, limits, sop_drafts

pages = Blueprint("identity_editor", __name__, url_prefix="/sop/identitas")
Answer = str | Response | tuple[str, int]


@pages.get("/<draft_id>")
def show(draft_id: str) -> Answer:
    """The parts as the sheet says them; a draft nobody edits now is shown as it stands."""
    try:
        return _page(draft_id)
    except (NotFound, NotAllowed):
        raise
    except EngineError:
        return redirect(url_for("sop_drafts.show", draft_id=draft_id), code=303)


@pages.post("/<draft_id>")
@limits.limiter.limit("60 per minute", key_func=limits.per_account)
def save(draft_id: str) -> Answer:
    """The parts as typed."""
    engine, actor = context.engine(), context.actor()
    try:
        engine.sops.save_identity(actor, draft_id, _typed(engine.sops.identity_board(actor, draft_id).parts),
                                  expected_revision=request.form.get("revision", 0, type=int))
    except (NotFound, NotAllowed):
        raise
    except InvalidSubmission as refusal:
        wrong = forms.problems_of(refusal)
        return _page(draft_id, problem=wrong.pop("", ""), wrong=wrong), 422
    except StaleRevision:
        return _page(draft_id, problem=sop_drafts.overtaken()), 409
    except EngineError as refusal:
        return sop_drafts.page_of(draft_id, problem=sop_drafts.why(refusal), place="berkas"), 422
    return redirect(url_for("sop_drafts.show", draft_id=draft_id), code=303)


def _typed(parts: dict[str, str | date | tuple[str, ...] | None]) -> dict[str, str | date | tuple[str, ...] | None]:
    """What was typed in the place of each part; an entry of a list is a line."""
    typed: dict[str, str | date | tuple[str, ...] | None] = {}
    wrong: dict[str, tuple[str, str]] = {}
    for name, held in parts.items():
        text = request.form.get(name, "")
        if isinstance(held, tuple):
            typed[name] = tuple(line for line in (" ".join(each.split()) for each in text.splitlines()) if line)
        elif isinstance(held, str):
            typed[name] = " ".join(text.split())
        else:
            typed[name] = forms.typed_day(request.form, name)
            if typed[name] is None and any(request.form.get(f"{name}.{part}", "").strip() for part in "dmy"):
                wrong[name] = ("Isi tanggal, bulan, dan tahun.", "Enter day, month and year.")
    if wrong:
        raise InvalidSubmission(wrong)
    return typed


def _page(draft_id: str, *, problem: str = "", wrong: dict[str, str] | None = None) -> str:
    board = context.engine().sops.identity_board(context.actor(), draft_id)
    labels = {
        "number": _("Nomor SOP"), "approver": _("Disahkan oleh"), "made": _("Tanggal pembuatan"), "revised": _("Tanggal revisi"),
        "effective": _("Tanggal efektif"), "legal_basis": _("Dasar hukum"), "linkage": _("Keterkaitan"),
        "qualification": _("Kualifikasi pelaksana"), "equipment": _("Peralatan/perlengkapan")}
    return render_template("sop_identity.html", board=board, draft=board.summary, labels=labels, problem=problem, wrong=wrong or {},
                           typed=request.form)
