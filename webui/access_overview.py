"""The access log over all cases of an agency."""

from __future__ import annotations

from datetime import date
from typing import Final

from flask import Blueprint, render_template, request

from engine.access_results import KINDS
from webui import access_words, context, forms

pages = Blueprint("access_overview", __name__)
_ASKED: Final = ("jenis", *(f"{day}.{part}" for day in ("dari", "sampai") for part in "dmy"))


@pages.get("/log-akses")
def show() -> str:
    """Newest first, of one kind of entry and some days if asked for."""
    number = max(1, min(10_000, request.args.get("hal", 1, type=int)))
    asked = {name: request.args[name] for name in _ASKED if request.args.get(name)}
    found = context.engine().audit.access_of_agency(
        context.actor(), what=asked.get("jenis"), since=_day("dari"), until=_day("sampai"), page=number)
    return render_template("access_overview.html", found=found, asked=asked, kinds=KINDS, words=access_words)


def _day(name: str) -> date | None:
    """A day of these centuries; anything else is not asked for."""
    day = forms.typed_day(request.args, name)
    return day if day is not None and 2000 <= day.year < 2200 else None
