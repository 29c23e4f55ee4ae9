"""A case as it is entered into Simfoni PPA: fields to copy, and the mark that it was entered."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.errors import InvalidSubmission
from engine.results import FormView, SimfoniSheet
from engine.types import Text, Value
from webui import case_file, context, forms, sheets

pages = Blueprint("simfoni", __name__, url_prefix="/kasus/<case_id>/simfoni")
#: The question by which the forms of the SOPs' own Simfoni steps are known.
ASKED_BY_STEPS = "simfoni_updated"
_ENTERED, _NOT_ENTERED = "entered", "not_entered"


@pages.get("")
def show(case_id: str) -> Response:
    """The sheet."""
    return _page(case_id)


@pages.post("/nama")
def show_names(case_id: str) -> AnyResponse:
    """Names for a minute, on this sheet, for who enters it."""
    context.engine().cases.show_simfoni_names(context.actor(), case_id)
    return redirect(url_for("simfoni.show", case_id=case_id), code=303)


@pages.post("")
def mark(case_id: str) -> AnyResponse | tuple[Response, int]:
    """"Tandai sudah", or a correction of it."""
    typed = forms.read(_form(is_marked=True), request.form)
    try:
        is_entered = typed.get("state") != _NOT_ENTERED
        context.engine().cases.mark_simfoni(
            context.actor(), case_id, is_entered=is_entered, entered_at=sheets.instants(typed, "entered_at")[0] if is_entered else None,
            reference=str(typed.get("reference", "")), reason=str(typed.get("reason", "")))
    except InvalidSubmission as refusal:
        return _page(case_id, typed, forms.problems_of(refusal)), 422
    flash("simfoni-marked", "ok")
    return redirect(url_for("simfoni.show", case_id=case_id), code=303)


def _page(case_id: str, typed: Mapping[str, Value] | None = None, problems: Mapping[str, str] | None = None) -> Response:
    part = context.engine().cases.simfoni(context.actor(), case_id)
    sheet: SimfoniSheet = part.content
    standing = sheet.marks[0] if sheet.marks else None
    form = _form(is_marked=standing is not None)
    known: dict[str, Value] = {"entered_at": context.now()}
    if standing is not None:
        known = {"state": _ENTERED, "entered_at": standing.entered_at or context.now(), "reference": standing.reference}
    elif filed := next((field.value for record in sheet.filed for field in record.fields
                        if field.key == "simfoni_reference" and not field.masked), None):
        known["reference"] = filed
    controls = forms.controls(form, known if typed is None else typed, problems)
    return case_file.page("case_simfoni.html", part, "simfoni", form=form, controls=controls, standing=standing,
                          summary=forms.summary(controls), loose=forms.loose(controls, problems), has_problems=bool(problems))


def _form(*, is_marked: bool) -> FormView:
    entered_at = sheets.field("entered_at", "datetime", Text("Dimasukkan pada", "Entered at"), required=True)
    reference = sheets.field(
        "reference", "text", Text("Nomor registrasi Simfoni PPA", "Simfoni PPA registration number"),
        help=Text("Boleh menyusul: tandai lagi bila nomornya sudah ada.", "It may follow: mark again once there is a number."))
    if not is_marked:
        return sheets.sheet("simfoni", Text("Tandai sudah dimasukkan", "Mark as entered"), entered_at, reference)
    state = sheets.choice("state", Text("Keadaannya", "How it stands"), (
        (_ENTERED, Text("Sudah dimasukkan", "It is entered")),
        (_NOT_ENTERED, Text("Ternyata belum dimasukkan", "It turned out not to be entered"))))
    reason = sheets.field("reason", "longtext", Text("Mengapa diperbaiki", "Why it is corrected"), required=True,
                          help=Text("Tanda sebelumnya tetap terbaca.", "The mark before stays readable."))
    return sheets.sheet("simfoni", Text("Perbaiki tanda", "Correct the mark"), state, entered_at, reference, reason)
