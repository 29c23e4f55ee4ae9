"""Signing in and out, locking the screen, changing the language."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask import session as browser_session
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from engine.errors import EngineError
from webui import context, limits, session

pages = Blueprint("account", __name__)
MAX_TYPED = 1024  # characters: a longer passphrase never reaches the hash


@pages.get("/masuk")
def sign_in_page() -> AnyResponse | str:
    """The sign-in form; somebody already signed in goes on."""
    if context.account() is not None:
        return redirect(url_for("inbox.home"), code=303)
    # A token that no longer opens anything: the session ended by itself (leaving and locking take the token away).
    return _form(request.args.get("next"), ended=session.cookie_name() in request.cookies)


@pages.post("/masuk")
@limits.limiter.limit("5 per minute", key_func=limits.who_and_where)
@limits.limiter.limit("60 per minute")
def sign_in() -> AnyResponse | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Exchange a sign-in name and passphrase for a session; every refusal reads the same."""
    name, passphrase = request.form.get("sign_in", ""), request.form.get("passphrase", "")
    following = session.safe_next(request.form.get("next"), url_for("inbox.home"))
    token = ""
    if name.strip() and passphrase and len(name) + len(passphrase) <= MAX_TYPED:
        try:
            token = context.engine().people.sign_in(name.strip(), passphrase, address=request.remote_addr or "")
        except EngineError as refusal:
            if refusal.code == "too-many-attempts":
                wait = {"Retry-After": str(refusal.ids.get("seconds", 60))}
                return _form(following, problem=refusal.message(context.language())), 429, wait
    if not token:
        return _form(following, problem=_("Nama masuk atau frasa sandi tidak cocok. Periksa keduanya, lalu coba lagi.")
                     ), 422
    response = redirect(following, code=303)
    session.begin(response, token)
    return response


@pages.post("/keluar")
def sign_out() -> Response:
    """End the session here and on the server, and have the browser forget what it kept."""
    response = make_response(redirect(url_for("account.sign_in_page"), code=303))
    session.end(response)
    return response


@pages.post("/kunci")
def lock() -> Response:
    """Leave the counter: like signing out, but the next sign-in returns to the same page. Drafts stay."""
    following = session.safe_next(request.form.get("next"), url_for("inbox.home"))
    response = make_response(redirect(url_for("account.sign_in_page", next=following), code=303))
    session.end(response)
    return response


@pages.post("/bahasa")
def set_language() -> AnyResponse:
    """Switch the language and stay on the page; kept with the account once signed in."""
    chosen = "en" if request.form.get("language") == "en" else "id"
    browser_session["language"] = chosen
    if context.account() is not None:
        context.engine().people.set_language(context.actor(), chosen)
    return redirect(session.safe_next(request.form.get("next"), url_for("account.sign_in_page")), code=303)


def _form(following: str | None, *, problem: str = "", ended: bool = False) -> str:
    return render_template("sign_in.html", problem=problem, following=following or "", ended=ended)
