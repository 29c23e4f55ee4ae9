"""A draft's scenarios: played when asked to, with the first thing that goes otherwise in words and the flows that none of them takes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.errors import BundleRefused
from webui import context, limits, sop_drafts, words

pages = Blueprint("scenarios", __name__, url_prefix="/sop/skenario")


@pages.get("/<draft_id>")
def show(draft_id: str) -> str | Response:
    """The scenarios, and how they went if this revision was played."""
    try:
        board = context.engine().sops.scenarios(context.actor(), draft_id, language=context.language())
    except BundleRefused:
        return redirect(url_for("sop_drafts.show", draft_id=draft_id), code=303)
    return render_template("sop_scenarios.html", board=board, draft=board.summary, state_word=state_word, differs=differs)


@pages.post("/<draft_id>")
@limits.limiter.limit("6 per minute", key_func=limits.per_account)
def play(draft_id: str) -> Response | tuple[str, int]:
    """Play them all on the draft as it stands."""
    try:
        context.engine().sops.play_scenarios(context.actor(), draft_id)
    except BundleRefused as refusal:
        return sop_drafts.page_of(draft_id, problem=sop_drafts.why(refusal), place="berkas"), 422
    return redirect(url_for("scenarios.show", draft_id=draft_id), code=303)


def state_word(scenario: Any) -> str:
    """How it went."""
    return {
        "as_written": _("berjalan seperti tertulis"), "otherwise": _("berjalan lain"), "unreadable": _("berkasnya tidak dapat dibaca"),
        "not_played": _("tidak dimainkan"), "": _("belum dimainkan"),
    }[scenario.state]


def differs(found: Any) -> str:
    """The first thing that went otherwise, with the step at which it did."""
    place = {0: _("Saat dimulai"), -1: _("Pada akhirnya")}.get(found.step, _("Langkah %(number)s", number=found.step))
    return f"{place}: {_difference(found)}"


def _difference(found: Any) -> str:
    written, seen = _word(found.what, found.written), _word(found.what, found.seen)
    return {
        "refused": _("%(name)s ditolak: %(seen)s", name=found.name or _("ini"), seen=seen),
        "not-refused": _("%(name)s seharusnya ditolak, tetapi dikerjakan", name=found.name or _("ini")),
        "not-open": _("tugas %(name)s tidak terbuka", name=found.name),
        "not-written": _("tugas %(name)s terbuka (%(seen)s), tetapi tidak tertulis", name=found.name, seen=seen),
        "role": _("%(name)s untuk %(seen)s, tertulis %(written)s", name=found.name or _("ini"), seen=seen, written=written),
        "due": _("tenggat tugas %(name)s %(seen)s, tertulis %(written)s", name=found.name, seen=seen, written=written),
        "completed": _("prosesnya selesai, tertulis belum") if found.seen else _("prosesnya belum selesai, tertulis selesai"),
        "documents": _("dokumen yang terbit %(seen)s, tertulis %(written)s", seen=seen, written=written),
    }.get(found.what) or _("penilaian waktu %(name)s %(seen)s, tertulis %(written)s", name=found.name, seen=seen, written=written)


def _word(what: str, value: Any) -> str:
    if isinstance(value, Mapping):   # a refusal in both languages, and the fields it is about
        fields = ", ".join(value["fields"])
        return f"{value['en' if context.language() == 'en' else 'id']}{f' ({fields})' if fields else ''}"
    if isinstance(value, datetime):
        return words.exact(value)
    if isinstance(value, timedelta):
        return words.span(value)
    if value in (None, ""):
        return _("tidak ada")
    if what in ("role", "not-written"):
        return ", ".join(words.role_word(role) for role in str(value).split(", "))
    return words.verdict_word(str(value)) if what in ("verdict", "handling_verdict") else str(value)
