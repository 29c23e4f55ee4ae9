"""For which provider of the directory each partner's person with an account answers."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webui import context

pages = Blueprint("partner_accounts", __name__, url_prefix="/akun-mitra")


@pages.get("")
def show() -> str:
    """Everybody of theirs, with a choice each."""
    return render_template("partner_accounts.html", found=context.engine().people.partner_accounts(context.actor()))


@pages.post("/<account_id>")
def bind(account_id: str) -> Response:
    """The chosen provider, or none."""
    context.engine().people.bind_to_provider(context.actor(), account_id, request.form.get("penyelenggara") or None)
    flash("partner-bound", "ok")
    return redirect(url_for("partner_accounts.show"), code=303)
