"""Actions: what a person tells a case that waits for it, each a form of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from engine.errors import EngineError, InvalidSubmission, NotFound
from engine.types import Value
from webui import context, form_drafts, forms, sheets, stated_time
from webui.form_drafts import FormDraft
from webui.versions import Line

pages = Blueprint("actions", __name__, url_prefix="/kasus/<case_id>/tindakan")
GONE = ("action-gone", "instance-not-active")


@pages.get("/<action_id>")
def show(case_id: str, action_id: str) -> str:
    """The form of one action, as it was left."""
    draft = _draft(case_id, action_id)
    return _page(case_id, action_id, draft, draft.shown(forms.known_values(draft.form)))


@pages.post("/<action_id>")
def act(case_id: str, action_id: str) -> Response | tuple[str, int] | str:
    """Tell the case, and go back to it. The key in the form makes a double click one act, not two."""
    try:
        draft = _draft(case_id, action_id)
    except NotFound:
        return _again(case_id, action_id)
    remove_row = request.form.get("remove_row", "")
    typed, stated = draft.typed(remove_row=remove_row), stated_time.read(request.form)
    if beside := draft.written_elsewhere(typed):
        return _page(case_id, action_id, draft, typed, beside=beside), 409
    if request.form.get("add_row") or remove_row:
        return _page(case_id, action_id, draft.keep({**typed, **stated.as_draft()}), typed, add_row_to=request.form.get("add_row", ""))
    try:
        if stated.is_unreadable:
            raise InvalidSubmission({stated_time.FIELD: stated_time.UNREADABLE})
        more = {"stated_at": stated.at} if stated.at is not None else {}
        context.engine().cases.act(
            context.actor(), case_id, action_id, typed, idempotency_key=request.form.get("once", "")[:64] or None, **more)
    except InvalidSubmission as refusal:
        problems = forms.problems_of(refusal)
        draft = draft.keep({**typed, **stated.as_draft()}, problems)
        return _page(case_id, action_id, draft, draft.values, problems=problems), 422
    except EngineError as refusal:
        if refusal.code not in GONE:
            raise
        return _gone(case_id)
    flash("acted", "ok")
    return redirect(url_for("cases.show", case_id=case_id), code=303)


@pages.post("/<action_id>/draf")
def save_draft(case_id: str, action_id: str) -> form_drafts.Answer:
    """Keep what was typed so far, or forget it."""
    return form_drafts.answer(_draft(case_id, action_id), url_for("actions.show", case_id=case_id, action_id=action_id),
                              lambda draft, typed, beside: _page(case_id, action_id, draft, typed, beside=beside),
                              stated_time.read(request.form).as_draft())


def _draft(case_id: str, action_id: str) -> FormDraft:
    form = context.engine().cases.action_form(context.actor(), case_id, action_id)
    return form_drafts.of_case(form, case_id, f"action:{action_id}")


def _again(case_id: str, action_id: str) -> Response:
    """What waits no longer: the second click of a page gets the answer of the first; else somebody acted, or a timer did, while this
    person typed."""
    cases, once, stated = context.engine().cases, request.form.get("once", "")[:64], stated_time.read(request.form)
    more = {"stated_at": stated.at} if stated.at is not None else {}
    try:
        form = cases.told_form(context.actor(), case_id, action_id, once)
        cases.act(context.actor(), case_id, action_id, forms.read(form, request.form, request.files), idempotency_key=once, **more)
    except EngineError:
        return _gone(case_id)  # never told with this page, or something else with it
    flash("acted", "ok")
    return redirect(url_for("cases.show", case_id=case_id), code=303)


def _gone(case_id: str) -> Response:
    """Back to the case, which says how it stands now; a case that is not the actor's answers like none."""
    context.engine().cases.overview(context.actor(), case_id)
    flash("action-gone", "warn")
    return redirect(url_for("cases.show", case_id=case_id), code=303)


def _page(case_id: str, action_id: str, draft: FormDraft, values: Mapping[str, Value], *, problems: Mapping[str, str] | None = None,
          add_row_to: str = "", beside: Sequence[Line] = ()) -> str:
    part = context.engine().cases.overview(context.actor(), case_id)
    action = next((one for one in part.content.actions if action_id in (one.id, one.element_id)), None)
    stated = stated_time.read(request.form) if request.method == "POST" else stated_time.of_draft(draft.values)
    in_form = {key: said for key, said in (problems or {}).items() if key != stated_time.FIELD}
    return sheets.draw("action.html", draft.form, values, problems=in_form, add_row_to=add_row_to, case=part.head.summary, action=action,
                       action_id=action_id, stated=stated, stated_problem=(problems or {}).get(stated_time.FIELD, ""),
                       once=request.form.get("once") or context.once(), draft=draft, beside=beside)
