"""Who is away from when to when, and who stands in (Plt.)."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import EngineError
from webui import context, forms

pages = Blueprint("absences", __name__, url_prefix="/ketidakhadiran")


@pages.get("")
def show() -> str:
    """What is recorded, and the form for more."""
    return _page()


@pages.post("")
def record() -> Response | tuple[str, int]:
    """Record one; a refusal shows the form again with what was typed."""
    try:
        context.engine().people.record_absence(
            context.actor(), account_id=request.form.get("siapa", ""), substitute_id=request.form.get("pengganti", ""),
            roles=request.form.getlist("peran"), from_date=_day("mulai"), until_date=_day("sampai"), decree=request.form.get("surat", ""))
    except EngineError as refusal:
        return _page(problem=refusal.message(context.language())), 422
    flash("absence-recorded", "ok")
    return redirect(url_for("absences.show"), code=303)


@pages.post("/<absence_id>/akhiri")
def end(absence_id: str) -> Response:
    """The person is back."""
    context.engine().people.end_absence(context.actor(), absence_id)
    flash("absence-ended", "ok")
    return redirect(url_for("absences.show"), code=303)


def _page(*, problem: str = "") -> str:
    actor, engine = context.actor(), context.engine()
    people = engine.people.may_be_away(actor)
    roles = sorted({role for one in people for role in one.roles})
    possible = [one for one in engine.tasks.colleagues(actor)
                if one.id != actor.account_id and not (one.is_outside and set(roles).isdisjoint(one.roles))]
    return render_template(
        "absences.html", absences=engine.people.absences(actor), people=people, roles=roles, problem=problem, typed=request.form,
        colleagues=sorted(possible, key=lambda one: actor.roles.isdisjoint(one.roles)),  # who does the same work first
        today=context.now().astimezone(context.zone()).date())


def _day(name: str) -> date:
    return forms.typed_day(request.form, name) or date.min  # no day at all: refused with the words for that
