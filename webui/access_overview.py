"""The access log over all cases of an agency."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, render_template, request

from webui import access_words, context

pages = Blueprint("access_overview", __name__)


@pages.get("/log-akses")
def show() -> str:
    """Newest first, of one kind of entry and some days if asked for."""
    number, asked = max(1, min(10_000, request.args.get("hal", 1, type=int))), request.args.get("jenis", "")
    days = {name: request.args.get(name, type=_day) for name in ("dari", "sampai")}
    found = context.engine().audit.access_of_agency(
        context.actor(), what=asked or None, since=days["dari"], until=days["sampai"], page=number)
    chosen = {name: value for name, value in {"jenis": asked, **days}.items() if value}
    return render_template("access_overview.html", found=found, chosen=chosen, kinds=access_words.KINDS, words=access_words)


def _day(typed: str) -> date:
    """A day of these centuries. Raises ValueError for anything else, which is then not asked for."""
    day = date.fromisoformat(typed)
    if not 2000 <= day.year < 2200:
        raise ValueError(typed)
    return day
