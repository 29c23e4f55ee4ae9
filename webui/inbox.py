"""The inbox: what is mine, what my team may take, what is done. Late first."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.results import InboxFilters
from webui import context

pages = Blueprint("inbox", __name__)
BOXES = ("mine", "pool", "done")
RISKS = ("high", "medium", "low")


@pages.get("/")
def home() -> Response:
    """Where a person begins: at the tasks, or at what else the role is for."""
    if context.may("task.list"):
        return redirect(url_for("inbox.show"), code=303)
    return redirect(url_for("cases.index" if context.may("case.list") else
                            "sops.index" if context.may("sop.list") else "notices.show"), code=303)


@pages.get("/tugas")
def show() -> str:
    """One box of the inbox. The filters are ids and enumerations, so that no address ever holds a person's words."""
    filters = read_filters()
    number = max(1, min(10_000, request.args.get("hal", 1, type=int)))
    tasks = context.engine().tasks
    return render_template(
        "inbox.html", filters=filters, page=tasks.inbox(context.actor(), filters, number),
        counts=tasks.counts(context.actor()), boxes=BOXES, risks=RISKS,
        orphans=tasks.orphans(context.actor()) if context.may("task.assign") else {},
    )


def read_filters() -> InboxFilters:
    """The filters in the address; what is not one of ours is ignored."""
    box, risk = request.args.get("kotak", "mine"), request.args.get("risiko", "")
    return InboxFilters(
        box=box if box in BOXES else "mine",
        sop_key=(request.args.get("sop") or None) and request.args["sop"][:100],
        element_id=(request.args.get("langkah") or None) and request.args["langkah"][:100],
        risk=risk if risk in RISKS else None,
        late_only=request.args.get("lewat") == "1",
    )
