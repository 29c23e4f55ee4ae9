"""Actions: what a person tells a case that waits for it, each a form of its own."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import EngineError, InvalidSubmission, NotFound
from engine.results import FormView
from engine.types import Value
from webui import context, forms

pages = Blueprint("actions", __name__, url_prefix="/kasus/<case_id>/tindakan")
GONE = ("action-gone", "instance-not-active")


@pages.get("/<action_id>")
def show(case_id: str, action_id: str) -> str:
    """The form of one action."""
    form = context.engine().cases.action_form(context.actor(), case_id, action_id)
    return _page(case_id, action_id, form, forms.known_values(form))


@pages.post("/<action_id>")
def act(case_id: str, action_id: str) -> Response | tuple[str, int] | str:
    """Tell the case, and go back to it. The key in the form makes a double click one act, not two."""
    try:
        form = context.engine().cases.action_form(context.actor(), case_id, action_id)
    except NotFound:
        return _gone(case_id)  # somebody acted, or a timer did, while this person typed
    remove_row = request.form.get("remove_row", "")
    typed = forms.read(form, request.form, request.files, remove_row=remove_row)
    shown, again = forms.unkept(form, typed)
    if request.form.get("add_row") or remove_row:
        return _page(case_id, action_id, form, shown, problems=again, add_row_to=request.form.get("add_row", ""))
    try:
        context.engine().cases.act(
            context.actor(), case_id, action_id, typed, idempotency_key=request.form.get("once", "")[:64] or None)
    except InvalidSubmission as refusal:
        return _page(case_id, action_id, form, shown, problems=again | forms.problems_of(refusal)), 422
    except EngineError as refusal:
        if refusal.code not in GONE:
            raise
        return _gone(case_id)
    flash("acted", "ok")
    return redirect(url_for("cases.show", case_id=case_id), code=303)


def _gone(case_id: str) -> Response:
    """Back to the case, which says how it stands now; a case that is not the actor's answers like none."""
    context.engine().cases.overview(context.actor(), case_id)
    flash("action-gone", "warn")
    return redirect(url_for("cases.show", case_id=case_id), code=303)


def _page(case_id: str, action_id: str, form: FormView, values: Mapping[str, Value], *, problems: Mapping[str, str] | None = None,
          add_row_to: str = "") -> str:
    drawn = forms.controls(form, values, problems, add_row_to=add_row_to)
    loose = forms.loose(drawn, problems)
    part = context.engine().cases.overview(context.actor(), case_id)
    action = next((one for one in part.content.actions if one.id == action_id), None)
    return render_template("action.html", case=part.head.summary, action=action, action_id=action_id, form=form, controls=drawn,
                           summary=forms.summary(drawn), loose=loose, has_problems=bool(problems),
                           once=request.form.get("once") or context.once())
