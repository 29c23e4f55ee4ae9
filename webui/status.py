"""Whether the pages answer at all: one word, no detail (security.md D2)."""

from __future__ import annotations

from flask import Blueprint, Response

pages = Blueprint("status", __name__)


@pages.get("/sehat")
def healthy() -> Response:
    """For a load balancer."""
    return Response("ok\n", mimetype="text/plain")
