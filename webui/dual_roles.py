"""Where one person both proposed and approved, for whoever reads the access log."""

from __future__ import annotations

from flask import Blueprint, render_template

from webui import context

pages = Blueprint("dual_roles", __name__)


@pages.get("/rangkap-peran")
def show() -> str:
    """The latest first, each with the reason that was given."""
    return render_template("dual_roles.html", found=context.engine().audit.dual_roles(context.actor()))
