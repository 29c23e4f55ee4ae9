"""One task: why it is here, its form, its draft, claiming it, completing it. What was typed is never lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from engine.errors import (
    EngineError,
    InstanceNotActive,
    InvalidSubmission,
    NotAllowed,
    NotClaimed,
    NotFound,
    StaleRevision,
    TaskAlreadyClaimed,
    TaskGone,
)
from engine.partner_results import PartnerPacket
from engine.results import TaskDetail
from engine.types import Value
from webui import cases, context, form_drafts, forms, partner, simfoni, stated_time, versions, words

pages = Blueprint("task", __name__, url_prefix="/tugas")


@pages.get("/<task_id>")
def show(task_id: str) -> str:
    """The task's page."""
    detail = context.engine().tasks.get(context.actor(), task_id)
    if detail.summary.mark:
        context.engine().tasks.look(context.actor(), task_id)  # it was new, or changed: now it has been seen
    return _page(detail, _known(detail))


@pages.get("/<task_id>/berkas/<document_id>")
def packet_document(task_id: str, document_id: str) -> Response:
    """A document of a referral's packet for a partner's person, under a name that says nothing of the person."""
    return cases.download(*context.engine().partner.packet_document(context.actor(), task_id, document_id))


@pages.post("/<task_id>/ambil")
def claim(task_id: str) -> AnyResponse:
    """Take a task of the team. On purpose no error for the loser of a race: the list says that it waits no longer.

    To who may not see a colleague's task it has vanished; an address that never was one answers the same.
    """
    try:
        context.engine().tasks.claim(context.actor(), task_id)
    except TaskAlreadyClaimed:
        flash(f"taken {context.engine().tasks.for_typing(context.actor(), task_id).summary.assignee_name}", "warn")
        return redirect(url_for("inbox.show", kotak="pool"), code=303)
    except (TaskGone, NotFound):
        flash("gone", "warn")
        return redirect(url_for("inbox.show", kotak="pool"), code=303)
    return redirect(url_for("task.show", task_id=task_id), code=303)


@pages.post("/<task_id>/lepas")
def unclaim(task_id: str) -> AnyResponse:
    """Give a task back to the team; its draft stays with the one who typed it."""
    context.engine().tasks.unclaim(context.actor(), task_id)
    flash("released", "ok")
    return redirect(url_for("inbox.show"), code=303)


@pages.post("/<task_id>/draf")
def save_draft(task_id: str) -> AnyResponse | tuple[Response | str, int] | str:
    """Keep what was typed so far: from the button, from the autosave, or because a row was added or taken away."""
    wants_json = form_drafts.wants_json()
    detail = context.engine().tasks.for_typing(context.actor(), task_id)
    add_row, remove_row = request.form.get("add_row", ""), request.form.get("remove_row", "")
    typed = _typed(detail, remove_row=remove_row)
    if beside := _written_elsewhere(detail, typed):
        said = _elsewhere_words(detail)
        if wants_json:
            return jsonify(code="draft-elsewhere", text=said), 409
        return _page(detail, typed, conflict=said, beside=beside), 409
    try:
        saved_at = context.engine().tasks.save_draft(
            context.actor(), task_id, {**typed, **stated_time.read(request.form).as_draft()}, expected_revision=_revision())
    except EngineError as refusal:
        if wants_json:
            return jsonify(code=refusal.code, text=refusal.message(context.language())), 409
        return _refused(detail, typed, refusal)
    if wants_json:
        return jsonify(text=words.clock(saved_at), at=saved_at.isoformat())
    if add_row or remove_row:
        return _page(detail, typed, add_row_to=add_row, draft_seen=saved_at)
    flash("draft", "ok")
    return redirect(url_for("task.show", task_id=task_id), code=303)


@pages.post("/<task_id>/selesai")
def complete(task_id: str) -> tuple[str, int] | str:
    """Complete the task and say what happens next.

    The key makes a second click or a reload of the answer harmless: the engine answers both the same.
    """
    detail = context.engine().tasks.for_typing(context.actor(), task_id)
    typed = _typed(detail)
    revision, stated = _revision(), stated_time.read(request.form)
    if beside := _written_elsewhere(detail, typed):
        return _page(detail, typed, conflict=_elsewhere_words(detail), beside=beside), 409
    try:
        if stated.is_unreadable:
            raise InvalidSubmission({stated_time.FIELD: stated_time.UNREADABLE})
        more = {"stated_at": stated.at} if stated.at is not None else {}
        result = context.engine().tasks.complete(
            context.actor(), task_id, typed, expected_revision=revision, idempotency_key=f"{task_id}:{revision}", **more)
    except InvalidSubmission as refusal:
        problems = forms.problems_of(refusal)
        if detail.form is not None:
            typed = forms.without_refused_files(detail.form, typed, problems, detail.draft)
        kept_at = _keep(task_id, {**typed, **stated.as_draft()}, revision)
        return _page(detail, typed, problems=problems, draft_seen=kept_at), 422
    except EngineError as refusal:
        return _refused(detail, typed, refusal)
    return render_template("task_done.html", detail=detail, result=result, ahead=_ahead(detail, typed))


@pages.get("/<task_id>/selesai")
def after_sending(task_id: str) -> AnyResponse:
    """A phone that opens its last address again, when the page there had answered a form: to the task, with what was kept of it."""
    context.engine().tasks.get(context.actor(), task_id)
    return redirect(url_for("task.show", task_id=task_id), code=303)


@pages.post("/<task_id>/terima-waktu")
def accept_stated(task_id: str) -> AnyResponse | tuple[str, int]:
    """Take the stated instant of a finished task for its official one."""
    try:
        context.engine().tasks.accept_stated(context.actor(), task_id, reason=request.form.get("reason", "")[:500])
    except EngineError as refusal:
        if isinstance(refusal, NotFound | NotAllowed):
            raise
        detail = context.engine().tasks.get(context.actor(), task_id)
        return _page(detail, {}, accept_problem=refusal.message(context.language())), 422
    flash("stated-accepted", "ok")
    return redirect(url_for("task.show", task_id=task_id), code=303)


def _refused(detail: TaskDetail, typed: Mapping[str, Value], refusal: EngineError) -> tuple[str, int]:
    """Somebody or something was faster: show the newest state beside what was typed, and let the person decide."""
    if isinstance(refusal, TaskGone | InstanceNotActive):
        return render_template("task_gone.html", detail=detail, message=refusal.message(context.language()),
                               beside=_sent_instead(detail, typed)), 410
    if isinstance(refusal, StaleRevision | NotClaimed | TaskAlreadyClaimed):
        newest = context.engine().tasks.for_typing(context.actor(), detail.summary.id)
        return _page(newest, typed, conflict=refusal.message(context.language())), 409
    raise refusal


def _sent_instead(detail: TaskDetail, typed: Mapping[str, Value]) -> list[versions.Line]:
    """What was typed beside what somebody else completed the task with, where the reader may see that; else what was typed alone."""
    if detail.form is None:
        return []
    sent: dict[str, Value] = {}
    try:
        cases = context.engine().cases
        filing = cases.filing(context.actor(), *cases.filing_of_task(context.actor(), detail.summary.id))
        sent = {field.key: field.value for field in filing.versions[-1].fields if not field.masked}
    except (NotFound, NotAllowed):
        pass
    return versions.side_by_side(detail.form, typed, sent)


def _written_elsewhere(detail: TaskDetail, typed: Mapping[str, Value]) -> list[versions.Line]:
    return [] if detail.form is None else form_drafts.written_elsewhere(detail.form, typed, detail.draft, detail.draft_saved_at)


def _elsewhere_words(detail: TaskDetail) -> str:
    return form_drafts.elsewhere_words(detail.draft_saved_at)


def _packet(task_id: str) -> PartnerPacket | None:
    """What a partner's person is told beside the form; nothing for the unit's own, and for what is no referral."""
    if not context.only_outside():
        return None
    try:
        found: PartnerPacket = context.engine().partner.packet(context.actor(), task_id)
    except NotFound:
        return None
    return found


def _ahead(detail: TaskDetail, typed: Mapping[str, Value]) -> list[tuple[str, datetime]]:
    """The instants to come that were typed into the form, such as the next contact: question and instant, the first first."""
    asked = detail.form.fields if detail.form is not None else ()
    typed_in = [(context.say(each.label), datetime.fromisoformat(str(typed[each.key]))) for each in asked
                if each.type == "datetime" and typed.get(each.key) not in (None, "", *forms.UNKNOWN_ANSWERS)]
    return sorted((each for each in typed_in if each[1] > context.now()), key=lambda each: each[1])


def _keep(task_id: str, typed: Mapping[str, Value], revision: int) -> datetime | None:
    """Store a refused submission as the draft, so that closing the browser now loses nothing either."""
    try:
        kept_at: datetime = context.engine().tasks.save_draft(context.actor(), task_id, typed, expected_revision=revision)
        return kept_at
    except EngineError:
        return None  # the page still holds everything; a failed draft must not hide what has to be mended


def _known(detail: TaskDetail) -> dict[str, Value]:
    known = forms.known_values(detail.form) if detail.form is not None else {}
    return {**known, **detail.draft}


def _typed(detail: TaskDetail, *, remove_row: str = "") -> dict[str, Value]:
    if detail.form is None:
        return {}
    typed = forms.read(detail.form, request.form, request.files, remove_row=remove_row)
    return forms.with_kept_files(detail.form, typed, detail.draft, forms.taken_out(detail.form, request.form))


def _revision() -> int:
    """The revision the person saw; a page without one (never ours) counts as the oldest."""
    return request.form.get("revision", -1, type=int)


def _left(detail: TaskDetail) -> list[versions.Line]:
    """What was typed for a task that ended undone: it is read here, and nowhere else."""
    return versions.side_by_side(detail.form, detail.draft, {}) if detail.form is not None and detail.summary.is_over else []


def _page(detail: TaskDetail, values: Mapping[str, Value], *, problems: Mapping[str, str] | None = None,
          conflict: str = "", beside: Sequence[versions.Line] = (), add_row_to: str = "", accept_problem: str = "",
          draft_seen: datetime | None = None) -> str:
    drawn = forms.controls(detail.form, values, problems, add_row_to=add_row_to) if detail.form is not None else ()
    stated_problem = (problems or {}).get(stated_time.FIELD, "")
    stated = stated_time.read(request.form) if request.method == "POST" else stated_time.of_draft(detail.draft)
    loose = forms.loose(drawn, problems, beside=(stated_time.FIELD,))
    return render_template("task.html", detail=detail, task=detail.summary, controls=drawn,
                           summary=forms.summary(drawn) + ([("stated_at", _("Dikerjakan pada"), stated_problem)] if stated_problem else []),
                           loose=loose, conflict=conflict, stated=stated, stated_problem=stated_problem,
                           packet=_packet(detail.summary.id), data_word=partner.data_word,
                           has_problems=bool(problems), accept_problem=accept_problem, beside=beside,
                           left=_left(detail),
                           draft_seen=(seen.isoformat() if (seen := draft_seen or detail.draft_saved_at) else ""),
                           row_action=url_for("task.save_draft", task_id=detail.summary.id),
                           asks_simfoni=any(drawn_one.field.key == simfoni.ASKED_BY_STEPS for drawn_one in drawn))
