"""Seeing more than the policy shows, for a while: names, one field, a case in an emergency; its review; the access log."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import EngineError, InvalidSubmission, NotFound
from webui import access_words, case_file, context, limits

pages = Blueprint("access", __name__)
TYPED = 2000  # characters of a reason that are looked at; the engine takes fewer


@pages.post("/kasus/<case_id>/nama")
def show_names(case_id: str) -> Response:
    """"Tampilkan nama": back on the same part of the case, which shows them until the minute is over and then reloads."""
    context.engine().cases.show_names(context.actor(), case_id)
    return redirect(case_file.address(case_id, request.form.get("tab", "")), code=303)


@pages.get("/kasus/<case_id>/buka-isian")
def unmask_page(case_id: str) -> str:
    """Which field, for what purpose, why."""
    return _unmask_page(case_id)


@pages.post("/kasus/<case_id>/buka-isian")
def unmask(case_id: str) -> Response | tuple[str, int]:
    """Unmask one field for half an hour; a second person is told."""
    record, _dot, field = request.form.get("field", "")[:200].partition(".")
    try:
        context.engine().cases.unmask(context.actor(), case_id, record, field, purpose=request.form.get("purpose", "")[:50],
                                      reason=request.form.get("reason", "")[:TYPED])
    except InvalidSubmission as refusal:
        return _unmask_page(case_id, problem=refusal.message(context.language())), 422
    flash("unmasked", "ok")
    return redirect(case_file.address_of(case_id, record), code=303)


@pages.get("/kasus/<case_id>/akses")
def log(case_id: str) -> str:
    """Who saw what of the case, when and why; what stands out on top."""
    number = max(1, min(10_000, request.args.get("hal", 1, type=int)))
    return render_template("access_log.html", log=context.engine().audit.access_log(context.actor(), case_id, number), words=access_words,
                           tabs=case_file.tabs(case_id, with_log=True))


@pages.get("/akses-darurat")
def emergency() -> str:
    """Open a case of others for three hours; those that are open now."""
    return _emergency()


@pages.post("/akses-darurat")
@limits.limiter.limit("5 per minute", key_func=limits.per_account)
def break_glass() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Break the glass. Code and reason by POST: they stay out of addresses and logs."""
    try:
        opened = context.engine().cases.break_glass(
            context.actor(), request.form.get("code", "").strip()[:100], reason=request.form.get("reason", "")[:TYPED],
            passphrase=request.form.get("passphrase", "")[:TYPED], address=request.remote_addr or "")
    except NotFound:
        return _emergency(problem="no-case"), 422
    except EngineError as refusal:
        if refusal.code == "too-many-attempts":
            return _emergency(problem=refusal.message(context.language())), 429, {"Retry-After": str(refusal.ids.get("seconds", 60))}
        if refusal.code not in ("reason-wanted", "sign-in-refused", "nothing-to-break"):
            raise
        return _emergency(problem="passphrase" if refusal.code == "sign-in-refused" else refusal.message(context.language())), 422
    return redirect(url_for("cases.show", case_id=opened.case_id), code=303)


@pages.get("/akses-darurat/tinjauan")
def reviews() -> str:
    """Emergency accesses, those that wait for a review first."""
    return _reviews()


@pages.post("/akses-darurat/tinjauan/<grant_id>")
def review(grant_id: str) -> Response | tuple[str, int]:
    """Wajar or Tidak wajar, with the reason."""
    try:
        context.engine().cases.review_access(context.actor(), grant_id, verdict=request.form.get("verdict", "")[:20],
                                             reason=request.form.get("reason", "")[:TYPED])
    except EngineError as refusal:
        if refusal.code not in ("reason-wanted", "own-access", "already-reviewed"):
            raise
        return _reviews(problem=refusal.message(context.language()), about=grant_id), 422
    flash("access-reviewed", "ok")
    return redirect(url_for("access.reviews"), code=303)


def _unmask_page(case_id: str, *, problem: str = "") -> str:
    fields = context.engine().cases.maskable_fields(context.actor(), case_id)
    records = sorted({each.record for each in fields})
    groups = [(each, [one for one in fields if one.record == each]) for each in records]
    return render_template("unmask.html", case_id=case_id, groups=groups, purposes=access_words.purposes(), problem=problem,
                           typed=request.form)


def _emergency(*, problem: str = "") -> str:
    return render_template("emergency.html", opened=context.engine().cases.opened_cases(context.actor()), problem=problem,
                           typed=request.form)


def _reviews(*, problem: str = "", about: str = "") -> str:
    number = max(1, min(10_000, request.args.get("hal", 1, type=int)))
    return render_template("access_reviews.html", page=context.engine().cases.access_reviews(context.actor(), number), problem=problem,
                           about=about, typed=request.form, words=access_words)
