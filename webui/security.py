"""What holds for every response and every request: headers, the route guard, who the session cookie stands for."""

from __future__ import annotations

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from webui import context, session
from webui.routes_policy import BY_LINK, POLICY, PUBLIC, SIGNED_IN

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}


def init_app(app: Flask) -> None:
    """Guard every route and stamp every response."""
    app.before_request(guard)
    app.after_request(stamp)


def guard() -> AnyResponse | None:
    """Let a request pass only if the policy table names its route and the actor's roles allow the action.

    An action the roles do not allow answers exactly like a page that does not exist (invariant 10).
    """
    session.load()
    if request.endpoint is None:
        return None  # the router's own 404 or 405
    action = POLICY.get(request.endpoint)
    if action is None:
        current_app.logger.error("route without policy: %s", request.endpoint)
        abort(404)
    if action in (PUBLIC, BY_LINK):
        return None
    if context.account() is None:
        following = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("account.sign_in_page", next=following), code=303)
    if action != SIGNED_IN and not context.engine().allows(g.actor, action):
        abort(404)
    return None


def stamp(response: Response) -> Response:
    """Headers of every response; only the application's own static files may be kept by a browser."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint == "static" and response.status_code < 400:
        response.headers["Cache-Control"] = "public, max-age=3600"
    else:
        response.headers["Cache-Control"] = "no-store"
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
