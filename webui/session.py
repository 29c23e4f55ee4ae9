"""Sessions live in the engine's store; the browser holds a random token and nothing else.

Flask's own signed cookie carries only the CSRF secret, the language before sign-in, and codes of messages to show once.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response, current_app, g, request
from flask import session as browser_session
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from webui import context


def cookie_name() -> str:
    """`__Host-` binds the cookie to this host and to TLS; plain HTTP (a demo on one machine) cannot use the prefix."""
    return "__Host-kawal" if current_app.config["SESSION_COOKIE_SECURE"] else "kawal"


def load() -> None:
    """Put the actor and account of the request's token on `g`; without a living session both are None."""
    g.actor = g.account = None
    token = request.cookies.get(cookie_name())
    if not token or request.endpoint == "static":
        return
    found = context.engine().people.actor_of(token)
    if found is not None:
        g.actor, g.account = found


def begin(response: AnyResponse, token: str) -> None:
    """Hand `token` to the browser. Whatever the browser's session held before is dropped: no fixation."""
    browser_session.clear()
    response.set_cookie(
        cookie_name(), token, httponly=True, samesite="Lax", path="/",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )


def end(response: Response) -> None:
    """End the session on the server, then have the browser forget what it kept of this site."""
    token = request.cookies.get(cookie_name())
    if token:
        context.engine().people.sign_out(token)
    language = context.language()
    browser_session.clear()
    browser_session["language"] = language
    response.delete_cookie(
        cookie_name(), path="/", httponly=True, samesite="Lax",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )
    response.headers["Clear-Site-Data"] = '"cache", "storage"'


def safe_next(target: str | None, fallback: str) -> str:
    """`target` if it is the path of a page of ours that can be shown by GET, else `fallback`.

    `target` came from the browser: it may choose a page here, never another site, whatever slashes it hides.
    """
    if not target or len(target) > 500 or not target.startswith("/") or any(c in target for c in "\\\r\n\t\0"):
        return fallback
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or target.startswith("//"):
        return fallback
    try:
        current_app.url_map.bind("").match(parts.path, method="GET")
    except HTTPException:
        return fallback
    return target
