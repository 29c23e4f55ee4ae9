"""Supervision sessions: what two people agreed, for them and the head of the unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import InvalidSubmission
from engine.results import FormView, SupervisionTask
from engine.types import Text, Value
from webui import context, form_drafts, forms, sheets
from webui.form_drafts import FormDraft
from webui.versions import Line

pages = Blueprint("supervision", __name__, url_prefix="/supervisi")


@pages.get("")
def index() -> str:
    """The sessions this person may read."""
    number = max(1, min(10_000, request.args.get("hal", 1, type=int)))
    return render_template("supervision.html", page=context.engine().supervision.sessions(context.actor(), page=number))


@pages.get("/baru")
def write_page() -> str:
    """A new session, as it was left."""
    draft = _draft()
    return _page(draft, draft.shown({"held_on": context.now().astimezone(context.zone()).date().isoformat()}))


@pages.post("/baru")
def write() -> Response | tuple[str, int] | str:
    """Keep a session. The key in the form makes a double click one session."""
    draft, remove_row = _draft(), request.form.get("remove_row", "")
    typed = draft.typed(remove_row=remove_row)
    if beside := draft.written_elsewhere(typed):
        return _page(draft, typed, beside=beside), 409
    if request.form.get("add_row") or remove_row:
        return _page(draft.keep(typed), typed, add_row_to=request.form.get("add_row", ""))
    try:
        session_id = context.engine().supervision.write(
            context.actor(), str(typed.get("worker", "")), held_on=sheets.day(typed, "held_on"),
            case_codes=str(typed.get("cases", "")).replace(",", " ").split(), advice=str(typed.get("advice", "")),
            wellbeing=str(typed.get("wellbeing", "")), tasks=_tasks(typed), idempotency_key=request.form.get("once", "")[:64] or None)
    except InvalidSubmission as refusal:
        return _page(draft.keep(typed), typed, forms.problems_of(refusal)), 422
    flash("session-kept", "ok")
    return redirect(url_for("supervision.show", session_id=session_id), code=303)


@pages.post("/baru/draf")
def save_draft() -> form_drafts.Answer:
    """Keep what was typed so far, or forget it."""
    return form_drafts.answer(_draft(), url_for("supervision.write_page"), lambda draft, typed, beside: _page(draft, typed, beside=beside))


@pages.get("/<session_id>")
def show(session_id: str) -> str:
    """One session."""
    return render_template("supervision_note.html", note=context.engine().supervision.get(context.actor(), session_id))


def _tasks(typed: Mapping[str, Value]) -> tuple[SupervisionTask, ...]:
    rows = typed.get("tasks")
    found = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    return tuple(SupervisionTask(what=str(row.get("what", "")), until=_until(row)) for row in found if row.get("what"))


def _until(row: Mapping[str, Value]) -> date | None:
    try:
        return sheets.day(row, "until") if row.get("until") else None
    except InvalidSubmission as refusal:
        raise InvalidSubmission({"tasks": refusal.problems["until"]}) from None


def _draft() -> FormDraft:
    kept, actor = context.engine().supervision, context.actor()
    values, saved_at = kept.draft(actor)
    return FormDraft(form=_form(), values=values, saved_at=saved_at, save=lambda typed: kept.save_draft(actor, typed),
                     forget=lambda: kept.drop_draft(actor))


def _page(draft: FormDraft, typed: Mapping[str, Value], problems: Mapping[str, str] | None = None, *, add_row_to: str = "",
          beside: Sequence[Line] = ()) -> str:
    return sheets.draw("supervision_form.html", draft.form, typed, problems=problems, add_row_to=add_row_to,
                       once=request.form.get("once") or context.once(), row_action=url_for("supervision.write"), draft=draft, beside=beside)


def _form() -> FormView:
    me = context.actor().account_id
    people = [each for each in context.engine().desk.workload(context.actor()) if each.account_id != me]
    return sheets.sheet(
        "supervision", Text("Catatan supervisi", "Supervision note"),
        sheets.field("worker", "choice", Text("Rekan", "Colleague"), required=True,
                     options=sorted(((each.account_id, each.name) for each in people), key=lambda pair: pair[1])),
        sheets.field("held_on", "date", Text("Tanggal sesi", "Day of the session"), required=True),
        sheets.field("cases", "text", Text("Kasus yang dibahas", "Cases discussed"),
                     help=Text("Kode kasus saja, pisahkan dengan spasi. Jangan tulis nama.",
                               "Codes only, with spaces between. Never a name.")),
        sheets.field("advice", "longtext", Text("Arahan", "Advice"), required=True),
        sheets.field("wellbeing", "longtext", Text("Keadaan rekan", "How the colleague is doing"),
                     help=Text("Beban, kelelahan, dukungan yang diperlukan.", "Load, fatigue, support that is needed.")),
        sheets.field("tasks", "rows", Text("Tugas yang disepakati", "Tasks agreed"), fields=(
            sheets.field("what", "text", Text("Tugas", "Task")), sheets.field("until", "date", Text("Sampai", "Until")))))
