"""A referral partner's pages: the link, the one-time code, one referral. No account; a session of its own, in a cookie of its own.

Opening the link changes nothing, whoever or whatever opens it. A link, session or document that does not stand (any more) answers
with one page, whatever is wrong with it. Behind the code the address no longer holds the link.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, flash, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from engine.errors import EngineError, InvalidSubmission, NotAllowed, NotFound, TaskAlreadyClaimed
from engine.partner_results import PartnerReferral, PartnerTask
from engine.types import Value
from webui import cases, context, errors, form_drafts, forms, limits
from webui.form_drafts import FormDraft
from webui.versions import Line

pages = Blueprint("partner", __name__, url_prefix="/mitra")
ASKED = "6 per minute;40 per hour"       # codes and guesses, by address; the engine counts guesses by link
OVER = ("task-gone", "instance-not-active")
TYPED = 40                               # characters of a code that are read
Answer = str | tuple[str, int] | AnyResponse


@pages.errorhandler(EngineError)
def _refused(error: EngineError) -> tuple[str, int]:
    if isinstance(error, NotFound | NotAllowed):
        return render_template("partner/gone.html"), 404
    return errors.page(409)


@pages.get("/<token>")
def face(token: str) -> Answer:
    """Who asks for which service, how urgently, until when."""
    return _door(token)


@pages.post("/<token>/kode")
@limits.limiter.limit(ASKED)
def ask_code(token: str) -> Answer:
    """Have a code made; whoever referred tells it by another channel."""
    context.engine().partner.ask_code(token)
    return _door(token, asked=True)


@pages.post("/<token>")
@limits.limiter.limit(ASKED)
def enter(token: str) -> Answer:
    """In with the code, to an address without the link."""
    try:
        session = context.engine().partner.enter(token, request.form.get("code", "")[:TYPED])
    except EngineError as refusal:
        if refusal.code != "wrong-code":
            raise
        return _door(token, asked=True, problem=refusal.message(context.language())), 422
    response = redirect(url_for("partner.referral"), code=303)
    response.set_cookie(_cookie(), session, httponly=True, samesite="Strict", path="/", secure=_is_secure())
    return response


@pages.get("/rujukan")
def referral() -> Answer:
    """The packet, and what is asked of the partner now."""
    found = _found()
    return _page(found, {} if found.task is None else found.task.draft)


@pages.get("/rujukan/dokumen/<document_id>")
def document(document_id: str) -> Response:
    """A document of the packet, as a download under a name that says nothing of the person."""
    row, content = context.engine().partner.document(_session(), document_id)
    return cases.download(row, content)


@pages.post("/rujukan")
@limits.limiter.limit("30 per minute")
def answer() -> Answer:
    """Answer the referral, or report on the service."""
    found = _found()
    task_id = request.form.get("task", "")
    if found.task is None or found.task.id != task_id:
        return _back("partner-over", "warn")
    remove_row = request.form.get("remove_row", "")
    draft = _draft(found.task)
    typed = draft.typed(remove_row=remove_row)
    if beside := draft.written_elsewhere(typed):
        return _page(found, typed, beside=beside), 409
    if request.form.get("add_row") or remove_row:
        return _page(found, typed, draft=draft.keep(typed), add_row_to=request.form.get("add_row", ""))
    try:
        context.engine().partner.answer(_session(), task_id, typed)
    except InvalidSubmission as refusal:
        problems = forms.problems_of(refusal)
        draft = draft.keep(typed, problems)
        return _page(found, draft.values, draft=draft, problems=problems), 422
    except TaskAlreadyClaimed:
        held = _("Belum terkirim: rujukan ini sedang dikerjakan lewat akun di Kawal. Yang Anda tulis tetap di halaman ini.")
        return _page(found, typed, draft=draft.keep(typed), problems={"task": held}), 409
    except EngineError as refusal:
        if refusal.code not in OVER:
            raise
        return _back("partner-over", "warn")
    return _answered(found)


@pages.post("/rujukan/draf")
@limits.limiter.limit("30 per minute")
def save_draft() -> Answer:
    """Keep what the partner typed so far, or forget it."""
    task, zone = context.engine().partner.asked(_session())
    g.zone = ZoneInfo(zone)
    if task is None or task.id != request.form.get("task", ""):
        return _back("partner-over", "warn")
    return form_drafts.answer(_draft(task), url_for("partner.referral"),
                              lambda draft, typed, beside: _page(_found(), typed, draft=draft, beside=beside))


@pages.post("/rujukan/kabar")
@limits.limiter.limit("30 per minute")
def news() -> Answer:
    """News between answer and report; a report that is half written is kept."""
    found = _found()
    draft = None if found.task is None else _draft(found.task)
    typed = {} if draft is None else draft.typed()
    beside = [] if draft is None else draft.written_elsewhere(typed)
    if draft is not None and typed and not beside:
        draft = draft.keep(typed)
    text = request.form.get("text", "")
    try:
        context.engine().partner.add_progress(_session(), text, idempotency_key=_news_key(text))
    except InvalidSubmission as refusal:
        return _page(found, typed, draft=draft, beside=beside, news=text, news_problem=forms.problems_of(refusal)["text"]), 422
    except EngineError as refusal:
        if refusal.code not in OVER:
            raise
        return _back("partner-over", "warn")
    if beside:
        flash("partner-news", "ok")
        return _page(found, typed, draft=draft, beside=beside)
    return _back("partner-news", "ok")


@pages.post("/keluar")
def leave() -> AnyResponse:
    """Out again; the browser forgets what it kept."""
    session = request.cookies.get(_cookie(), "")
    if session:
        context.engine().partner.leave(session)
    response = make_response(render_template("partner/left.html"))
    response.delete_cookie(_cookie(), path="/", httponly=True, samesite="Strict", secure=_is_secure())
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


# --- inside --------------------------------------------------------------------------------------------------------------


def _door(token: str, *, asked: bool = False, problem: str = "") -> str:
    found = context.engine().partner.face(token)
    g.zone = ZoneInfo(found.zone)
    return render_template("partner/door.html", face=found, token=token, asked=asked, problem=problem)


def _found() -> PartnerReferral:
    """The referral of this session; from here on instants are read and said on the clock of its office."""
    found: PartnerReferral = context.engine().partner.referral(_session())
    g.zone = ZoneInfo(found.face.zone)
    return found


def _draft(task: PartnerTask) -> FormDraft:
    kept, session = context.engine().partner, _session()
    return FormDraft(form=task.form, values=task.draft, saved_at=task.draft_saved_at,
                     save=lambda typed: kept.save_draft(session, task.id, typed), forget=lambda: kept.drop_draft(session, task.id))


def _page(found: PartnerReferral, typed: Mapping[str, Value], *, draft: FormDraft | None = None, beside: Sequence[Line] = (),
          problems: Mapping[str, str] | None = None, add_row_to: str = "", news: str = "", news_problem: str = "") -> str:
    drawn = forms.controls(found.task.form, typed, problems, add_row_to=add_row_to) if found.task is not None else ()
    loose = forms.loose(drawn, problems)
    return render_template("partner/referral.html", referral=found, face=found.face, controls=drawn, summary=forms.summary(drawn),
                           loose=loose, has_problems=bool(problems), news=news, news_problem=news_problem, data_word=data_word,
                           once=(news_problem and request.form.get("once")) or context.once(_session()),
                           draft=draft if draft is not None or found.task is None else _draft(found.task), beside=beside)


def _answered(before: PartnerReferral) -> Answer:
    """Back to the referral; a refusal ended what the link leads to, so there is nothing to go back to."""
    try:
        context.engine().partner.referral(_session())
    except NotFound:
        return render_template("partner/thanks.html")
    return _back("partner-reported" if before.task is not None and before.task.is_report else "partner-answered", "ok")


def _news_key(text: str) -> str | None:
    """One for each news of one drawing of the page: sent or reloaded twice it is one, and other words from the same page are other news."""
    drawn = request.form.get("once", "")[:64]
    return f"{drawn}:{hashlib.sha256(text.encode()).hexdigest()[:16]}" if drawn else None


def _back(code: str, category: str) -> AnyResponse:
    flash(code, category)
    return redirect(url_for("partner.referral"), code=303)


def _session() -> str:
    found = request.cookies.get(_cookie(), "")
    if not found:
        raise NotFound(link="")
    return found


def _cookie() -> str:
    return "__Host-kawal-mitra" if _is_secure() else "kawal-mitra"


def _is_secure() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"])


def data_word(kind: str) -> str:
    """What a consent calls a kind of data."""
    return {
        "letter": _("hal surat-menyurat"), "service": _("layanan"), "plan": _("tujuan layanan"), "reason": _("alasan dirujuk"),
        "description": _("jenis kelamin, anak atau dewasa"), "identity": _("identitas"), "location": _("tempat tinggal"),
        "contact": _("kontak"), "facts": _("kejadian"), "story": _("kronologi"), "health": _("kesehatan"), "needs": _("kebutuhan"),
        "risk": _("risiko"), "children": _("anak yang ikut"), "legal": _("surat hukum"), "chosen": _("dokumen pilihan klien"),
        "results": _("hasil layanan"), "handover": _("keadaan saat diserahkan"), "actions": _("tindak lanjut"),
    }.get(kind, kind)
