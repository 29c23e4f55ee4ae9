"""What each person sets for themselves: language, notices, keys, calendar address, passphrase. Everybody's own, never another's."""

from __future__ import annotations

from datetime import time

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.errors import EngineError, InvalidSubmission
from webui import context, limits, session

pages = Blueprint("settings", __name__)
MAX_TYPED = 1024


@pages.get("/setelan")
def show() -> str:
    """The settings as they stand."""
    return _page()


@pages.post("/setelan/pemberitahuan")
def choose_notices() -> AnyResponse | tuple[str, int]:
    """Keep where notices are read, and when mail keeps quiet; a refusal shows the form again with what was typed."""
    people = context.engine().people
    by_kind = {kind.key: request.form.get(f"jenis-{kind.key}", "") for kind, _ in people.notice_settings(context.actor()).kinds}
    try:
        people.choose_notices(context.actor(), by_kind=by_kind, email=request.form.get("surel", ""), quiet=_quiet())
    except InvalidSubmission as refused:
        return _page(problems={key: texts[context.language() == "en"] for key, texts in refused.problems.items()}), 422
    flash("settings-kept", "ok")
    return _back("pemberitahuan")


@pages.post("/setelan/kalender")
@limits.limiter.limit("20 per hour", key_func=limits.per_account)
def renew_calendar() -> AnyResponse:
    """A calendar address, or another in place of the present one."""
    context.engine().people.renew_calendar(context.actor())
    flash("calendar-made", "ok")
    return _back("kalender")


@pages.post("/setelan/kalender/cabut")
def revoke_calendar() -> AnyResponse:
    """The calendar address opens nothing any more."""
    context.engine().people.revoke_calendar(context.actor())
    flash("calendar-revoked", "ok")
    return _back("kalender")


@pages.post("/setelan/frasa-sandi")
@limits.limiter.limit("5 per minute", key_func=limits.per_account)
def change_passphrase() -> AnyResponse | tuple[str, int]:
    """Another passphrase. Every other session of the account ends; this one goes on under a new token."""
    old, new = request.form.get("lama", "")[:MAX_TYPED], request.form.get("baru", "")[:MAX_TYPED]
    if new != request.form.get("ulang", ""):
        return _page(phrase_problem="different"), 422
    account, people = context.account(), context.engine().people
    assert account is not None  # the guard lets nobody else in
    try:
        people.change_passphrase(context.actor(), old, new)
        token = people.sign_in(account.sign_in, new, address=request.remote_addr or "")
    except EngineError as refused:
        return _page(phrase_problem=refused.message(context.language())), 422
    response = redirect(url_for("settings.show", _anchor="frasa"), code=303)
    session.begin(response, token)
    flash("passphrase-changed", "ok")
    return response


@pages.get("/kalender/<feed>.ics")
@limits.limiter.limit("120 per hour")
def calendar(feed: str) -> Response:
    """The deadlines of whoever made this address. It carries no session: calendars of telephones cannot sign in."""
    return Response(context.engine().people.calendar(feed), content_type="text/calendar; charset=utf-8")


def _page(*, problems: dict[str, str] | None = None, phrase_problem: str = "") -> str:
    people = context.engine().people
    token = people.calendar_token(context.actor())
    address = None if token is None else current_app.config["BASE_URL"].rstrip("/") + url_for("settings.calendar", feed=token)
    return render_template("settings.html", settings=people.notice_settings(context.actor()), calendar_address=address, typed=request.form,
                           problems=problems or {}, phrase_problem=phrase_problem)


def _quiet() -> tuple[time, time] | None:
    """The quiet hours that were typed. Half of them, or what is no time, is refused as hours that end when they begin."""
    begins, ends = request.form.get("tenang-dari", ""), request.form.get("tenang-sampai", "")
    if not begins and not ends:
        return None
    try:
        return time.fromisoformat(begins), time.fromisoformat(ends)
    except ValueError:
        return time(0), time(0)


def _back(anchor: str) -> AnyResponse:
    return redirect(url_for("settings.show", _anchor=anchor), code=303)
