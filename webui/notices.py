"""Notices: a code and a verb, never content."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from webui import context

pages = Blueprint("notices", __name__)


@pages.get("/pemberitahuan")
def show() -> str:
    """Newest first; unread ones are bold."""
    return render_template("notices.html", notices=context.engine().people.notices(context.actor()))


@pages.post("/pemberitahuan/<notice_id>/baca")
def mark_read(notice_id: str) -> Response:
    """Mark one notice as read."""
    context.engine().people.mark_read(context.actor(), notice_id)
    return redirect(url_for("notices.show"), code=303)
