"""Notes about a case: read, written, written anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.errors import InvalidSubmission
from engine.results import CaseNote, FormView
from engine.types import Text, Value
from webui import case_file, context, form_drafts, forms, sheets
from webui.form_drafts import FormDraft
from webui.versions import Line

pages = Blueprint("notes", __name__, url_prefix="/kasus/<case_id>/catatan")
_KINDS = {
    "contact": Text("Kontak", "Contact"), "visit": Text("Kunjungan", "Visit"), "coordination": Text("Koordinasi", "Coordination"),
    "observation": Text("Pengamatan", "Observation"), "other": Text("Lainnya", "Other")}
_CLASSES = {
    "C2": Text("Petugas unit yang membaca kasus ini", "Staff of the unit who read this case"),
    "C3": Text("Hanya yang menangani kasus dan pimpinannya", "Only those who work on the case, and their leads"),
    "C4": Text("Sangat rahasia: kesehatan, keselamatan", "Most secret: health, safety")}


@pages.get("")
def index(case_id: str) -> Response:
    """The notes the reader may see."""
    part = context.engine().cases.notes(context.actor(), case_id)
    return case_file.page("case_notes.html", part, "catatan", kinds=_KINDS, classes=_CLASSES)


@pages.get("/baru")
def write_page(case_id: str) -> str:
    """A note, empty or as it was left."""
    draft = _draft(case_id, None)
    return _page(case_id, None, draft, draft.values)


@pages.post("/baru")
def write(case_id: str) -> AnyResponse | tuple[str, int]:
    """Keep a note. The key in the form makes a double click one note."""
    return _keep(case_id, None)


@pages.post("/baru/draf")
def save_draft(case_id: str) -> form_drafts.Answer:
    """Keep what was typed of a new note, or forget it."""
    return _keep_draft(case_id, None)


@pages.get("/<int:number>")
def revise_page(case_id: str, number: int) -> str:
    """One's own note, to be written anew."""
    note, draft = _own(case_id, number), _draft(case_id, number)
    known: dict[str, Value] = {"kind": note.kind, "sensitivity": note.sensitivity, "text": note.versions[0].text}
    return _page(case_id, number, draft, draft.shown(known))


@pages.post("/<int:number>")
def revise(case_id: str, number: int) -> AnyResponse | tuple[str, int]:
    """Keep the new version beside the old one."""
    return _keep(case_id, number)


@pages.post("/<int:number>/draf")
def save_draft_of_revision(case_id: str, number: int) -> form_drafts.Answer:
    """Keep what was typed of a new version, or forget it."""
    _own(case_id, number)
    return _keep_draft(case_id, number)


def _keep(case_id: str, number: int | None) -> AnyResponse | tuple[str, int]:
    draft = _draft(case_id, number)
    typed = draft.typed()
    if beside := draft.written_elsewhere(typed):
        return _page(case_id, number, draft, typed, beside=beside), 409
    try:
        context.engine().cases.write_note(
            context.actor(), case_id, kind=str(typed.get("kind", "")), sensitivity=str(typed.get("sensitivity", "")),
            text=str(typed.get("text", "")), file=typed.get("file"), of=number, idempotency_key=request.form.get("once", "")[:64] or None)
    except InvalidSubmission as refusal:
        problems = forms.problems_of(refusal)
        draft = draft.keep(typed, problems)
        return _page(case_id, number, draft, draft.values, problems), 422
    flash("note-kept", "ok")
    return redirect(url_for("notes.index", case_id=case_id), code=303)


def _keep_draft(case_id: str, number: int | None) -> form_drafts.Answer:
    return form_drafts.answer(_draft(case_id, number), _address("write_page", "revise_page", case_id, number),
                              lambda draft, typed, beside: _page(case_id, number, draft, typed, beside=beside))


def _draft(case_id: str, number: int | None) -> FormDraft:
    return form_drafts.of_case(_form(case_id), case_id, "note" if number is None else f"note:{number}")


def _page(case_id: str, number: int | None, draft: FormDraft, values: Mapping[str, Value], problems: Mapping[str, str] | None = None, *,
          beside: Sequence[Line] = ()) -> str:
    return sheets.draw("case_note_form.html", draft.form, values, problems=problems, case_id=case_id, is_new=number is None,
                       address=_address("write", "revise", case_id, number), once=request.form.get("once") or context.once(),
                       draft=draft, draft_address=_address("save_draft", "save_draft_of_revision", case_id, number), beside=beside)


def _address(new: str, again: str, case_id: str, number: int | None) -> str:
    return (url_for(f"notes.{new}", case_id=case_id) if number is None
            else url_for(f"notes.{again}", case_id=case_id, number=number))


def _own(case_id: str, number: int) -> CaseNote:
    notes = context.engine().cases.notes(context.actor(), case_id).content
    found: CaseNote | None = next((each for each in notes if each.number == number and each.may_revise), None)
    return found if found is not None else abort(404)


def _form(case_id: str) -> FormView:
    choices = context.engine().cases.note_form(context.actor(), case_id)
    return sheets.sheet(
        "note", Text("Catatan kasus", "Case note"),
        sheets.choice("kind", Text("Jenis", "Kind"), [(each, _KINDS[each]) for each in choices.kinds]),
        sheets.choice("sensitivity", Text("Siapa yang boleh membaca", "Who may read it"),
                      [(each, _CLASSES[each]) for each in choices.classes]),
        sheets.field("text", "longtext", Text("Catatan", "Note"),
                     help=Text("Tulis apa yang terjadi dan apa yang disepakati; boleh kosong bila ada lampiran. Versi lama tetap terbaca.",
                               "What happened and what was agreed; may stay empty beside an attachment. Earlier versions stay readable.")),
        sheets.field("file", "file", Text("Lampiran", "Attachment"),
                     help=Text("PDF, JPEG, atau PNG. Keterangan kamera dan lokasi dibuang.",
                               "PDF, JPEG or PNG. What a camera wrote, and where, is dropped.")))
