"""What the machine could not do alone: work and mail that were given up, and a way to let them be tried again."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webui import context

pages = Blueprint("incidents", __name__, url_prefix="/kendala")
REASON_LENGTH = 500


@pages.get("")
def show() -> str:
    """Incidents of the actor's agency, the oldest first."""
    return render_template("incidents.html", incidents=context.engine().jobs.incidents(context.actor()), reason_length=REASON_LENGTH)


@pages.post("/<incident_id>/ulangi")
def resolve(incident_id: str) -> Response:
    """Let it be tried again, for a stated reason."""
    reason = request.form.get("alasan", "").strip()[:REASON_LENGTH]
    if reason:
        context.engine().jobs.resolve_incident(context.actor(), incident_id, reason=reason)
        flash("incident-resolved", "ok")
    return redirect(url_for("incidents.show"), code=303)
