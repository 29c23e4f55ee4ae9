"""The keys that act on pages: what they do, and a switch for who does not want them."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webui import context

pages = Blueprint("keys", __name__, url_prefix="/tombol")


@pages.get("")
def show() -> str:
    """The list of keys."""
    return render_template("keys.html")


@pages.post("")
def switch() -> Response:
    """Single keys on or off for this account."""
    context.engine().people.set_shortcuts(context.actor(), request.form.get("tombol") == "1")
    return redirect(url_for("keys.show"), code=303)
