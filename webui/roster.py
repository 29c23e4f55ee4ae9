"""The duty roster: who can be called when."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from engine.errors import InvalidSubmission
from engine.results import FormView
from engine.types import Text, Value
from webui import context, forms, sheets

pages = Blueprint("roster", __name__, url_prefix="/piket")


@pages.get("")
def show() -> str:
    """Who is on duty now and later."""
    return _page(_after_the_last())


def _after_the_last() -> dict[str, Value]:
    """How a roster goes on: where the last shift ends, with the same telephone."""
    last = max(context.engine().roster.shifts(context.actor()), key=lambda each: each.ends_at, default=None)
    return {} if last is None else {"starts_at": last.ends_at, "phone": last.phone}


@pages.post("")
def add() -> Response | tuple[str, int]:
    """One more shift."""
    typed = forms.read(_form(), request.form)
    try:
        starts_at, ends_at = sheets.instants(typed, "starts_at", "ends_at")
        context.engine().roster.add_shift(context.actor(), str(typed.get("account", "")), starts_at=starts_at, ends_at=ends_at,
                                          phone=str(typed.get("phone", "")))
    except InvalidSubmission as refusal:
        return _page(typed, forms.problems_of(refusal)), 422
    flash("shift-added", "ok")
    return redirect(url_for("roster.show"), code=303)


@pages.post("/<shift_id>/hapus")
def remove(shift_id: str) -> Response:
    """Take a shift off the roster."""
    context.engine().roster.remove_shift(context.actor(), shift_id)
    flash("shift-removed", "ok")
    return redirect(url_for("roster.show"), code=303)


def _page(typed: Mapping[str, Value], problems: Mapping[str, str] | None = None) -> str:
    shifts = context.engine().roster.shifts(context.actor())
    return sheets.draw("roster.html", _form(), typed, problems=problems, shifts=shifts,
                       on_duty=[each for each in shifts if each.starts_at <= context.now()])


def _form() -> FormView:
    people = context.engine().desk.workload(context.actor()) if context.may("roster.change") else ()
    return sheets.sheet(
        "duty_shift", Text("Tambah piket", "Add a shift"),
        sheets.field("account", "choice", Text("Petugas", "Person"), required=True,
                     options=sorted(((each.account_id, each.name) for each in people), key=lambda pair: pair[1])),
        sheets.field("starts_at", "datetime", Text("Mulai", "Begins"), required=True),
        sheets.field("ends_at", "datetime", Text("Sampai", "Ends"), required=True),
        sheets.field("phone", "text", Text("Nomor telepon", "Telephone number"), required=True,
                     help=Text("Nomor piket, bukan nomor pribadi bila ada. Terlihat oleh petugas unit.",
                               "The number of the duty, not a private one if there is one. People of the unit see it.")))
