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


@pages.get("/pemberitahuan/<notice_id>")
def follow(notice_id: str) -> Response:
    """Where a mail leads: the task or case of one notice, else the list. The address itself tells nothing."""
    notice = context.engine().people.notice(context.actor(), notice_id)
    if notice.task_id is not None:
        return redirect(url_for("task.show", task_id=notice.task_id), code=303)
    if notice.code == "decision_wanted" and context.may("case.consent_correction"):
        return redirect(url_for("corrections.waiting"), code=303)
    if notice.case_id is not None and notice.code.startswith("partner_") and context.may("case.refer"):
        return redirect(url_for("referrals.show", case_id=notice.case_id), code=303)
    if notice.case_id is not None and context.may("case.read"):
        return redirect(url_for("cases.show", case_id=notice.case_id), code=303)
    if notice.code.startswith("table_") and context.may("calendar.history"):
        return redirect(url_for("agency_tables.show", _anchor="perubahan"), code=303)
    if notice.code.startswith("sop_") and context.may("sop.list"):
        return redirect(url_for("sops.index", _anchor="draf"), code=303)
    return redirect(url_for("notices.show"), code=303)


@pages.post("/pemberitahuan/<notice_id>/baca")
def mark_read(notice_id: str) -> Response:
    """Mark one notice as read."""
    context.engine().people.mark_read(context.actor(), notice_id)
    return redirect(url_for("notices.show"), code=303)
