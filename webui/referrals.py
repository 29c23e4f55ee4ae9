"""What a case's referrals wait for, the links of their partners, and an answer written down in a partner's place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import EngineError, InvalidSubmission
from engine.partner_results import NewLink
from engine.types import Value
from webui import context, form_drafts, forms, sheets
from webui.form_drafts import FormDraft
from webui.versions import Line

pages = Blueprint("referrals", __name__, url_prefix="/kasus/<case_id>/rujukan")
OVER = ("task-gone", "task-already-claimed", "instance-not-active")


@pages.get("")
def show(case_id: str) -> str:
    """The referrals of the case."""
    return _page(case_id)


@pages.post("/tautan")
def issue(case_id: str) -> Response | tuple[str, int] | str:
    """A new link, on this answer and nowhere else."""
    task_id = request.form.get("task", "")
    try:
        made = context.engine().partner.issue_link(context.actor(), case_id, task_id, contact=request.form.get("contact", ""))
    except InvalidSubmission as refusal:
        return _page(case_id, problems={task_id: forms.problems_of(refusal)["contact"]}), 422
    except EngineError as refusal:
        if refusal.code != "not-shareable":
            raise
        return _page(case_id, problems={task_id: refusal.message(context.language())}), 409
    return _page(case_id, made=made, place=current_app.config["BASE_URL"] + url_for("partner.face", token=made.token))


@pages.post("/tautan/cabut")
def revoke(case_id: str) -> Response:
    """End a link at once."""
    context.engine().partner.revoke_link(context.actor(), case_id, request.form.get("link", ""))
    flash("link-revoked", "ok")
    return redirect(url_for("referrals.show", case_id=case_id), code=303)


@pages.get("/jawaban/<task_id>")
def proxy_page(case_id: str, task_id: str) -> str:
    """The partner's form, for whoever was told the answer."""
    draft, provider = _draft(case_id, task_id)
    return _proxy(case_id, task_id, draft, provider, draft.values)


@pages.post("/jawaban/<task_id>")
def proxy(case_id: str, task_id: str) -> Response | tuple[str, int] | str:
    """Write it down, with who said it and when."""
    draft, provider = _draft(case_id, task_id)
    remove_row = request.form.get("remove_row", "")
    typed = draft.typed(remove_row=remove_row)
    if beside := draft.written_elsewhere(typed):
        return _proxy(case_id, task_id, draft, provider, typed, beside=beside), 409
    if request.form.get("add_row") or remove_row:
        return _proxy(case_id, task_id, draft.keep(typed), provider, typed, add_row_to=request.form.get("add_row", ""))
    try:
        context.engine().partner.answer_for(context.actor(), case_id, task_id, typed)
    except InvalidSubmission as refusal:
        problems = forms.problems_of(refusal)
        draft = draft.keep(typed, problems)
        return _proxy(case_id, task_id, draft, provider, draft.values, problems=problems), 422
    except EngineError as refusal:
        if refusal.code not in OVER:
            raise
        flash("action-gone", "warn")
        return redirect(url_for("referrals.show", case_id=case_id), code=303)
    flash("acted", "ok")
    return redirect(url_for("cases.show", case_id=case_id), code=303)


@pages.post("/jawaban/<task_id>/draf")
def save_draft(case_id: str, task_id: str) -> form_drafts.Answer:
    """Keep what was typed so far, or forget it."""
    draft, provider = _draft(case_id, task_id)
    return form_drafts.answer(draft, url_for("referrals.proxy_page", case_id=case_id, task_id=task_id),
                              lambda draft, typed, beside: _proxy(case_id, task_id, draft, provider, typed, beside=beside))


def _draft(case_id: str, task_id: str) -> tuple[FormDraft, str]:
    form, provider = context.engine().partner.proxy_form(context.actor(), case_id, task_id)
    return form_drafts.of_case(form, case_id, f"answer:{task_id}"), provider


def _page(case_id: str, *, problems: Mapping[str, str] | None = None, made: NewLink | None = None, place: str = "") -> str:
    found = context.engine().partner.referrals(context.actor(), case_id)
    return render_template("referrals.html", referrals=found, problems=problems or {}, made=made, place=place,
                           typed=request.form.get("contact", ""))


def _proxy(case_id: str, task_id: str, draft: FormDraft, provider: str, values: Mapping[str, Value], *,
           problems: Mapping[str, str] | None = None, add_row_to: str = "", beside: Sequence[Line] = ()) -> str:
    return sheets.draw("referral_answer.html", draft.form, values, problems=problems, add_row_to=add_row_to, case_id=case_id,
                       task_id=task_id, provider=provider, draft=draft, beside=beside)
