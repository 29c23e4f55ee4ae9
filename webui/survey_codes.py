"""Codes for the satisfaction survey, to be printed and handed out: the office keeps no list of who got which."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for

from engine.errors import InvalidSubmission
from webui import context, forms

pages = Blueprint("survey_codes", __name__, url_prefix="/survei/kode")


@pages.get("")
def show() -> str:
    """How many are wanted."""
    return render_template("survey_codes.html", codes=())


@pages.post("")
def issue() -> str | tuple[str, int]:
    """New codes, shown this once."""
    typed = request.form.get("count", "")
    try:
        codes = context.engine().public.issue_survey_codes(context.actor(), int(typed) if typed.isdecimal() and len(typed) < 4 else 0)
    except InvalidSubmission as refusal:
        return render_template("survey_codes.html", codes=(), typed=typed,
                               problem=forms.problems_of(refusal)["count"]), 422
    where = url_for("public_sending.survey_page", code=context.engine().public.code_of(context.actor()), _external=True)
    return render_template("survey_codes.html", codes=codes, where=where)
