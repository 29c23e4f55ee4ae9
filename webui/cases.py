"""Cases: the list by code, the page of one case, its documents, and starting a new one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.errors import InvalidSubmission, NotFound
from engine.results import DocumentRow
from engine.types import Value
from webui import access_words, case_file, case_search, context, form_drafts, forms, words
from webui.form_drafts import FormDraft
from webui.versions import Line

pages = Blueprint("cases", __name__, url_prefix="/kasus")
STATUSES = ("open", "closed")
ABOUT_A_CASE = ("service", "request")   # kinds of SOP that are often about a case that stands already
CASE_CODE = "case_code"                 # where a draft of a start form keeps the case it is about
MEDIA_TYPES = {"application/pdf": "pdf", "text/plain": "txt", "image/png": "png", "image/jpeg": "jpg"}


@pages.app_context_processor
def offers() -> dict[str, Callable[[], bool]]:
    """What a page asks before it offers "Kasus baru": a role may start cases, and no SOP of its agency need let it."""
    return {"may_start": lambda: context.engine().sops.may_start(context.actor())}


@pages.get("")
def index() -> str:
    """The cases the actor may see: codes, never names."""
    status = request.args.get("status", "")
    status = status if status in STATUSES else ""
    number = max(1, min(10_000, request.args.get("hal", 1, type=int)))
    page = context.engine().cases.find(context.actor(), status=status or None, page=number)
    return render_template("cases.html", page=page, status=status, statuses=STATUSES, person_words=access_words.person)


@pages.post("/cari")
def search() -> AnyResponse | tuple[str, int]:
    """Go to a case by its code. By POST, so that what was typed stays out of addresses and logs."""
    code = request.form.get("code", "").strip()[:100]
    page = context.engine().cases.find(context.actor(), business_key=code, page=1) if code else None
    if page is not None and len(page.rows) == 1:
        return redirect(url_for("cases.show", case_id=page.rows[0].id), code=303)
    flash("no-case", "warn")
    return redirect(url_for("cases.index"), code=303)


@pages.get("/<case_id>")
def show(case_id: str) -> Response:
    """One case: where it stands, what waits, what may be told it, and who it is about (masked)."""
    part = context.engine().cases.overview(context.actor(), case_id)
    return case_file.page("case.html", part, "ringkasan", groups=case_file.by_record(part.content.records))


@pages.get("/<case_id>/dokumen/<document_id>")
def document(case_id: str, document_id: str) -> Response:
    """A document's bytes, always as a download and under a name that says nothing of the person."""
    part = context.engine().cases.documents(context.actor(), case_id)
    if document_id not in {row.id for row in part.content}:
        abort(404)  # a document of another case, asked for through this one
    return download(*context.engine().cases.get_document(context.actor(), document_id))


def download(row: DocumentRow, content: bytes) -> Response:
    """A document as a file, under a name that says its code and nothing of the person."""
    kind = row.media_type if row.media_type in MEDIA_TYPES else "application/octet-stream"
    response = Response(content, mimetype=kind)
    name = f"{_plain(row.code)}-{_plain(row.id)[:8]}.{MEDIA_TYPES.get(kind, 'bin')}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@pages.get("/baru")
def choose() -> str:
    """The SOPs the actor may start a case of, under what they are about."""
    sops = context.engine().sops.startable(context.actor())
    kinds = [kind for kind in words.SOP_GROUPS if any(sop.kind == kind for sop in sops)]
    groups = [(kind, sorted((sop for sop in sops if sop.kind == kind), key=lambda sop: sop.title)) for kind in kinds]
    return render_template("start_choose.html", groups=groups)


@pages.get("/baru/<key>")
def start_page(key: str) -> str:
    """The start form of an SOP."""
    form = context.engine().sops.start_form(context.actor(), key)
    about = request.args.get("kasus", "")
    code = context.engine().cases.overview(context.actor(), about).head.summary.business_key if about else ""
    draft = form_drafts.of_start(form, key)
    return _start_page(key, draft, {**forms.known_values(form), **draft.values}, code=code or str(draft.values.get(CASE_CODE, "")))


@pages.post("/baru/<key>/draf")
def save_start_draft(key: str) -> form_drafts.Answer:
    """Keep what was typed so far, from the button or the autosave; or forget it."""
    draft, code = form_drafts.of_start(context.engine().sops.start_form(context.actor(), key), key), _case_code()
    return form_drafts.answer(draft, url_for("cases.start_page", key=key),
                              lambda draft, typed, beside: _start_page(key, draft, typed, code=code, beside=beside), _beside(draft, code))


@pages.post("/baru/<key>")
def start(key: str) -> AnyResponse | tuple[str, int] | str:
    """Open a case, or begin in one that stands. The key in the form makes a double click one case, not two. A draft that another window
    saved is perhaps another person's: nothing of it comes into this case, and it stays.
    """
    draft = form_drafts.of_start(context.engine().sops.start_form(context.actor(), key), key)
    remove_row, code = request.form.get("remove_row", ""), _case_code()
    typed = draft.typed(remove_row=remove_row)
    if beside := draft.written_elsewhere(typed):
        return _start_page(key, draft, typed, code=code, beside=beside), 409
    if request.form.get("add_row") or remove_row:
        return _start_page(key, *_kept(draft, typed, code), add_row_to=request.form.get("add_row", ""), code=code)
    try:
        result = context.engine().cases.start(
            context.actor(), key, submission=typed, business_key=code or None, must_stand=bool(code),
            idempotency_key=request.form.get("once", "")[:64] or None,
            anew=None if code or not draft.is_the_pages else case_search.anew_of(draft.values),
            draft_saved_at=draft.saved_at if draft.is_the_pages else None)
    except NotFound:
        if not code:
            raise
        return _start_page(key, *_kept(draft, typed, code), code=code, unknown_case=True), 422
    except InvalidSubmission as refusal:
        problems = forms.problems_of(refusal)
        return _start_page(key, *_kept(draft, typed, code, problems), problems=problems, code=code), 422
    number = code or next((task.business_key for task in result.opened), "")
    flash(f"{'begun' if code else 'started'} {number}".strip(), "ok")
    return redirect(_after_start(result.case_id), code=303)


def _case_code() -> str:
    return request.form.get("case_code", "").strip()[:100]


def _kept(draft: FormDraft, typed: Mapping[str, Value], code: str,
          problems: Mapping[str, str] | None = None) -> tuple[FormDraft, Mapping[str, Value]]:
    """The draft with what was typed, and what the page shows: it stays, with its files, also when the browser closes now. Where the draft
    is another window's, that one stays, and the page alone holds what was typed here."""
    if not draft.is_the_pages:
        return draft, forms.without_files(draft.form, typed)
    kept = draft.keep({**typed, **_beside(draft, code)}, problems)
    return kept, kept.values


def _beside(draft: FormDraft, code: str) -> dict[str, Value]:
    """What a draft keeps beside the answers: the case it is about, and why a new one is made."""
    known = draft.values if draft.is_the_pages else {}
    anew = {name: known[name] for name in (case_search.REASON, case_search.ALIKE) if name in known}
    return {**anew, **({CASE_CODE: code} if code else {})}


def _after_start(case_id: str | None) -> str:
    """The new case's page, or the inbox for those whose work on it ends with handing it over."""
    try:
        if case_id is not None:
            context.engine().cases.overview(context.actor(), case_id)
            return url_for("cases.show", case_id=case_id)
    except NotFound:
        pass
    return url_for("inbox.home")


def _start_page(key: str, draft: FormDraft, values: Mapping[str, Value], *, problems: Mapping[str, str] | None = None,
                add_row_to: str = "", code: str = "", unknown_case: bool = False, beside: Sequence[Line] = ()) -> str:
    form = draft.form
    drawn = forms.controls(form, forms.without_files(form, values) if beside else values, problems, add_row_to=add_row_to)
    loose = forms.loose(drawn, problems, beside=(CASE_CODE,))
    sop = next((each for each in context.engine().sops.startable(context.actor()) if each.key == key), None)
    needs_case = sop is not None and sop.in_case == "required"
    return render_template("start.html", key=key, form=form, controls=drawn, summary=forms.summary(drawn), loose=loose,
                           has_problems=bool(problems) or unknown_case, once=request.form.get("once") or context.once(),
                           code=code, asks_for_case=bool(code) or needs_case or (sop is not None and sop.kind in ABOUT_A_CASE),
                           needs_case=needs_case, is_told=sop is not None and sop.is_told,
                           case_problem=(problems or {}).get("case_code", ""), unknown_case=unknown_case,
                           draft=draft, beside=beside)


def _plain(text: str) -> str:
    return "".join(c for c in text if c.isascii() and (c.isalnum() or c in "-_")) or "dokumen"
