"""Forms of a case that were sent: every version of them, correcting one, and the word of the one in charge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.errors import EngineError, InvalidSubmission, NotAllowed, NotFound
from engine.filing_results import Difference, FilingDetail
from engine.types import Value
from webui import context, form_drafts, forms, sheets, versions
from webui.form_drafts import FormDraft

pages = Blueprint("corrections", __name__)
_MEANWHILE, _NOTHING = "corrected-meanwhile", "nothing-corrected"
_SEEN, _REASON = "correction.seen", "correction.reason"   # kept in a draft beside the answers: no field has a key like these
_NOT_AGAIN = "not-to-be-written-again"
_AT = "/kasus/<case_id>/isian"


@pages.get("/koreksi")
def waiting() -> str:
    """Corrections and stated instants that wait for somebody in authority: codes and steps, nothing of what they say."""
    number = max(1, min(1000, request.args.get("hal", 1, type=int)))
    return render_template("corrections.html", rows=context.engine().cases.corrections_waiting(context.actor()),
                           stated=context.engine().tasks.stated_waiting(context.actor(), number))


@pages.get(_AT)
def index(case_id: str) -> str:
    """The forms of a case that were sent."""
    rows = context.engine().cases.filings(context.actor(), case_id)
    return render_template("filings.html", rows=rows, case_id=case_id)


@pages.get("/tugas/<task_id>/isian")
def of_task(task_id: str) -> Response:
    """The form a finished task was completed with."""
    case_id, instance_id, seq = context.engine().cases.filing_of_task(context.actor(), task_id)
    return redirect(url_for("corrections.show", case_id=case_id, instance_id=instance_id, seq=seq), code=303)


@pages.get(f"{_AT}/<instance_id>/<int:seq>")
def show(case_id: str, instance_id: str, seq: int) -> str:
    """One sent form with all its versions."""
    return _shown(_detail(case_id, instance_id, seq))


@pages.get(f"{_AT}/<instance_id>/<int:seq>/koreksi")
def edit(case_id: str, instance_id: str, seq: int) -> str:
    """The form again, filled in with the answers that count, or as it was left."""
    detail = _detail(case_id, instance_id, seq)
    draft = _draft(detail)
    return _form(detail, draft, draft.shown(forms.known_values(detail.form)))


@pages.post(f"{_AT}/<instance_id>/<int:seq>/koreksi")
def correct(case_id: str, instance_id: str, seq: int) -> Response | tuple[str, int] | str:
    """First what would change, then, with a reason, the correction itself. The key in the form makes a double click one act."""
    detail = _detail(case_id, instance_id, seq)
    draft, remove_row = _draft(detail), request.form.get("remove_row", "")
    typed = draft.typed(remove_row=remove_row)
    if beside := draft.written_elsewhere(typed):
        return _form(detail, draft, typed, conflict=draft.elsewhere, beside=beside, theirs=_("Draf dari jendela lain")), 409
    cases, actor = context.engine().cases, context.actor()
    reason = request.form.get("reason", str(draft.values.get(_REASON, "")))[:1000]
    seen = request.form.get("seen", -1, type=int)
    beside_it = {**({_REASON: reason} if reason else {}), _SEEN: seen}
    if request.form.get("add_row") or remove_row or request.form.get("edit"):
        return _form(detail, draft.keep({**typed, **beside_it}), typed, add_row_to=request.form.get("add_row", ""))
    try:
        if not request.form.get("confirm"):
            found = cases.differences(actor, case_id, instance_id, seq, typed)
            return _compared(detail, draft.keep({**typed, **beside_it}), found, reason)
        result = cases.correct(actor, case_id, instance_id, seq, typed, reason=reason, seen=seen,
                               idempotency_key=request.form.get("once", "")[:64] or None)
    except InvalidSubmission as refusal:
        draft = draft.keep({**typed, **beside_it})
        problems = forms.problems_of(refusal)
        if set(problems) == {"reason"}:
            found = cases.differences(actor, case_id, instance_id, seq, typed)
            return _compared(detail, draft, found, reason, reason_problem=problems["reason"]), 422
        return _form(detail, draft, typed, problems=problems), 422
    except EngineError as refusal:
        return _refused(detail, draft, typed, refusal)
    flash("correction-asked" if result.waits else "corrected", "ok")
    return redirect(url_for("corrections.show", case_id=case_id, instance_id=instance_id, seq=seq), code=303)


@pages.post(f"{_AT}/<instance_id>/<int:seq>/koreksi/draf")
def save_draft(case_id: str, instance_id: str, seq: int) -> form_drafts.Answer:
    """Keep what was typed so far, or forget it. What it corrects is kept with it: somebody may correct the same meanwhile."""
    form = context.engine().cases.correction_form(context.actor(), case_id, instance_id, seq)
    draft = form_drafts.of_case(form, case_id, _name(instance_id, seq))
    reason = draft.values.get(_REASON)
    return form_drafts.answer(
        draft, url_for("corrections.edit", case_id=case_id, instance_id=instance_id, seq=seq),
        lambda draft, typed, beside: _form(_detail(case_id, instance_id, seq), draft, typed, conflict=draft.elsewhere, beside=beside,
                                           theirs=_("Draf dari jendela lain")),
        {_SEEN: request.form.get("seen", -1, type=int), **({_REASON: reason} if reason else {})})


@pages.post(f"{_AT}/<instance_id>/<int:seq>/jawab")
def answer(case_id: str, instance_id: str, seq: int) -> Response | tuple[str, int]:
    """Consent to a correction that steered, or refuse it."""
    detail = _detail(case_id, instance_id, seq)
    reason, says = request.form.get("reason", "")[:1000], request.form.get("answer", "")
    if says not in ("accept", "refuse"):
        return _shown(detail, reason=reason, reason_problem=_("Pilih setuju atau tolak.")), 422
    try:
        context.engine().cases.answer_correction(
            context.actor(), case_id, instance_id, request.form.get("asked", -1, type=int), is_accepted=says == "accept", reason=reason)
    except EngineError as refusal:
        if isinstance(refusal, NotFound | NotAllowed):
            raise
        return _shown(_detail(case_id, instance_id, seq), reason=reason, reason_problem=refusal.message(context.language())), 422
    flash("correction-accepted" if says == "accept" else "correction-refused", "ok")
    return redirect(url_for("corrections.show", case_id=case_id, instance_id=instance_id, seq=seq), code=303)


@pages.get(f"{_AT}/<instance_id>/<int:seq>/ulangi")
def again(case_id: str, instance_id: str, seq: int) -> str | tuple[str, int]:
    """What would be over, what stays, and the reason that is asked for."""
    return _again(_detail(case_id, instance_id, seq))


@pages.post(f"{_AT}/<instance_id>/<int:seq>/ulangi")
def ask_again(case_id: str, instance_id: str, seq: int) -> Response | tuple[str, int]:
    """Ask that the step begin again."""
    try:
        context.engine().cases.ask_modification(
            context.actor(), case_id, instance_id, seq, steps=request.form.getlist("step"), reason=request.form.get("reason", ""))
    except (NotFound, NotAllowed):
        raise
    except EngineError as refusal:
        return _again(_detail(case_id, instance_id, seq), refusal), 422
    flash("modification-asked", "ok")
    return redirect(url_for("corrections.show", case_id=case_id, instance_id=instance_id, seq=seq), code=303)


@pages.post(f"{_AT}/<instance_id>/<int:seq>/ulangi/jawab")
def answer_again(case_id: str, instance_id: str, seq: int) -> Response | tuple[str, int]:
    """Let the step begin again, or refuse it."""
    reason, says = request.form.get("reason", "")[:1000], request.form.get("answer", "")
    problem = "" if says in ("accept", "refuse") else _("Pilih setuju atau tolak.")
    if not problem:
        try:
            context.engine().cases.answer_modification(
                context.actor(), case_id, instance_id, request.form.get("asked", -1, type=int), is_accepted=says == "accept", reason=reason)
        except (NotFound, NotAllowed):
            raise
        except EngineError as refusal:
            problem = refusal.message(context.language())
    if problem:
        return _shown(_detail(case_id, instance_id, seq), again_reason=reason, again_problem=problem), 422
    flash("modification-accepted" if says == "accept" else "modification-refused", "ok")
    return redirect(url_for("corrections.show", case_id=case_id, instance_id=instance_id, seq=seq), code=303)


@pages.post("/kasus/<case_id>/dokumen/<document_id>/terbitkan-lagi")
def issue_again(case_id: str, document_id: str) -> Response:
    """Have a void letter written again; a second click, or one that came too late, says so on the case's page."""
    try:
        context.engine().cases.issue_again(context.actor(), case_id, document_id)
        flash("issued-again", "ok")
    except EngineError as refusal:
        if refusal.code != _NOT_AGAIN:
            raise
        flash("not-issued-again", "warn")
    return redirect(url_for("case_file.documents", case_id=case_id), code=303)


def _detail(case_id: str, instance_id: str, seq: int) -> FilingDetail:
    detail: FilingDetail = context.engine().cases.filing(context.actor(), case_id, instance_id, seq)
    return detail


def _draft(detail: FilingDetail) -> FormDraft:
    return form_drafts.of_case(detail.form, detail.case_id, _name(detail.row.instance_id, detail.row.seq))


def _name(instance_id: str, seq: int) -> str:
    return f"correction:{instance_id}:{seq}"


def _refused(detail: FilingDetail, draft: FormDraft, typed: Mapping[str, Value], refusal: EngineError) -> tuple[str, int]:
    """Nothing differs, or somebody was faster: what was typed stays on the page, beside what stands now."""
    if refusal.code not in (_MEANWHILE, _NOTHING):
        raise refusal
    newest = _detail(detail.case_id, detail.row.instance_id, detail.row.seq)
    beside = versions.side_by_side(newest.form, typed, forms.known_values(newest.form)) if refusal.code == _MEANWHILE else []
    return _form(newest, draft.keep({**typed, _SEEN: newest.last_seq}), typed, conflict=refusal.message(context.language()),
                 beside=beside), 409


def _again(detail: FilingDetail, refusal: EngineError | None = None) -> str:
    """The page that asks for a reason; where no way leads back (any more), it says so and keeps what was typed."""
    return render_template("filing_again.html", detail=detail, reason=request.form.get("reason", "")[:1000],
                           problem=refusal.message(context.language()) if refusal is not None else "")


def _shown(detail: FilingDetail, *, reason: str = "", reason_problem: str = "", again_reason: str = "", again_problem: str = "") -> str:
    steered = any(version.status in ("waits", "counts") and version.answered_by or version.status == "waits" for version in detail.versions)
    return render_template("filing.html", detail=detail, lines=_lines(detail), reason=reason, reason_problem=reason_problem,
                           again_reason=again_reason, again_problem=again_problem, ways=_ways(detail) if steered else None)


def _lines(detail: FilingDetail) -> list[list[versions.Line]]:
    """What each correction changed, against the version that counted before it."""
    told, standing = [], {field.key: field.value for field in detail.versions[0].fields}
    for version in detail.versions[1:]:
        now = {field.key: field.value for field in version.fields}
        form = detail.form.__class__(key="", title=detail.form.title, help=detail.form.help, clause="", fields=version.fields)
        told.append([line for line in versions.side_by_side(form, standing, now) if line.differs])
        if version.status in ("counts", "replaced"):
            standing = now
    return told


def _ways(detail: FilingDetail) -> dict[str, object]:
    """The allowed ways on from here: the open steps of the case, what may be told to it, another SOP. Nothing of it rewrites the past."""
    part = context.engine().cases.overview(context.actor(), detail.case_id)
    return {"tasks": part.content.open_tasks, "actions": part.content.actions, "case": part.head.summary,
            "may_start": context.may("case.start"), "filing": detail}


def _compared(detail: FilingDetail, draft: FormDraft, found: tuple[Difference, ...], reason: str, *, reason_problem: str = "") -> str:
    steers = any(each.steers for each in found)
    posted = [(name, value) for name, values in request.form.lists() if name.startswith(f"{forms.PREFIX}.") for value in values]
    return render_template("correction_compared.html", detail=detail, found=found, steers=steers, posted=posted, reason=reason, draft=draft,
                           reason_problem=reason_problem, seen=request.form.get("seen", detail.last_seq, type=int),
                           once=request.form.get("once") or context.once(), ways=_ways(detail) if steers else None)


def _form(detail: FilingDetail, draft: FormDraft, values: Mapping[str, Value], *, problems: Mapping[str, str] | None = None,
          add_row_to: str = "", conflict: str = "", beside: Sequence[versions.Line] = (), theirs: str = "") -> str:
    return sheets.draw("correction_form.html", detail.form, values, problems=problems, add_row_to=add_row_to, detail=detail,
                       conflict=conflict, beside=beside, theirs=theirs or _("Yang berlaku sekarang"), draft=draft,
                       once=request.form.get("once") or context.once(), seen=draft.values.get(_SEEN, detail.last_seq))
