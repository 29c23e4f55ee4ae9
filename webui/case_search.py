"""Search before create: a look for the person's case, then either leave to see it or a new one with its reason. What is typed travels
by POST only: no name in an address, a log or the history of a shared computer."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import InvalidSubmission
from engine.results import Anew, LikelyCase
from engine.types import Value
from webui import context, forms

pages = Blueprint("case_search", __name__, url_prefix="/kasus/mirip")
ASKED = ("name", "nik", "phone", "birth_year")
TYPED = 2000
#: Where the draft of a start form keeps why a new case is made.
REASON, ALIKE = "anew_reason", "anew_alike"


@pages.get("")
def page() -> str:
    """The empty question."""
    return _page()


@pages.post("")
def search() -> Response | str | tuple[str, int]:
    """Cases like the person asked for; or on to a new case, with the reason where some looked like it."""
    try:
        found = context.engine().cases.likely(context.actor(), **{key: request.form.get(key, "").strip()[:200] for key in ASKED})
    except InvalidSubmission as refusal:
        return _page(problems=forms.problems_of(refusal)), 422
    key = request.form.get("sop", "")[:100]
    if not key:
        return _page(found=found)
    try:
        if found:
            _keep(key, context.engine().cases.reason_for_anew(request.form.get("reason", "")[:TYPED], [each.case_id for each in found]))
    except InvalidSubmission as refusal:
        return _page(found=found, problems=forms.problems_of(refusal)), 422
    return redirect(url_for("cases.start_page", key=key), code=303)


@pages.post("/<case_id>/minta-akses")
def ask_access(case_id: str) -> Response | tuple[str, int]:
    """Tell who answers for the case that somebody asks to see it."""
    try:
        context.engine().cases.ask_access(context.actor(), case_id, reason=request.form.get("reason", "")[:TYPED])
    except InvalidSubmission as refusal:
        return _page(problems=forms.problems_of(refusal)), 422
    flash("access-asked", "ok")
    return redirect(url_for("case_search.page"), code=303)


def anew_of(draft: Mapping[str, Value]) -> Anew | None:
    """Why a new case is made, as the draft of its start form keeps it."""
    reason, alike = draft.get(REASON), draft.get(ALIKE)
    return Anew(reason=str(reason), alike=tuple(str(each) for each in alike)) if reason and isinstance(alike, list | tuple) else None


def _keep(key: str, anew: Anew) -> None:
    cases = context.engine().cases
    context.engine().sops.start_form(context.actor(), key)  # an SOP that is not theirs to start answers like none
    before, _saved_at = cases.start_draft(context.actor(), key)
    cases.save_start_draft(context.actor(), key, {**before, REASON: anew.reason, ALIKE: list(anew.alike)})


def _page(*, found: tuple[LikelyCase, ...] | None = None, problems: dict[str, str] | None = None) -> str:
    return render_template("case_search.html", found=found, problems=problems or {}, typed=request.form,
                           sops=context.engine().sops.startable(context.actor()))
