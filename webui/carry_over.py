"""An overtaken draft is carried over to the version that overtook it: what both changed otherwise is chosen here, part by part."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.errors import EngineError, NotAllowed, NotFound
from webui import context, limits, sop_drafts

pages = Blueprint("carry_over", __name__, url_prefix="/sop/draf")
CHOICE = "pilih."

Answer = str | Response | tuple[str, int]


@pages.get("/<draft_id>/bawa")
def show(draft_id: str) -> Answer:
    """What carrying the draft over would make of it; a draft that nothing overtook, or that nobody edits now, is shown as it stands."""
    try:
        found = context.engine().sops.carried_over(context.actor(), draft_id)
    except (NotFound, NotAllowed):
        raise
    except EngineError:
        found = None
    return _draft(draft_id) if found is None else _page(found)


@pages.post("/<draft_id>/bawa")
@limits.limiter.limit("20 per minute", key_func=limits.per_account)
def save(draft_id: str) -> Answer:
    """The draft's next revision, once everything is chosen."""
    choices = {name.removeprefix(CHOICE): side for name, side in request.form.items() if name.startswith(CHOICE)}
    try:
        left = context.engine().sops.carry_over(
            context.actor(), draft_id, onto=request.form.get("onto", ""), choices=choices,
            expected_revision=request.form.get("revision", 0, type=int))
    except (NotFound, NotAllowed):
        raise
    except EngineError as refusal:
        return sop_drafts.page_of(draft_id, problem=sop_drafts.why(refusal), place="berkas"), 422
    return _draft(draft_id) if left is None else (_page(left, problem=_("Pilih satu untuk setiap bagian di bawah.")), 422)


def _draft(draft_id: str) -> Response:
    return redirect(url_for("sop_drafts.show", draft_id=draft_id), code=303)


def _page(found: Any, *, problem: str = "") -> str:
    fates = [(fate, [path for path, one in found.fates.items() if one == fate]) for fate in ("draft", "in_force", "both")]
    return render_template("sop_carry_over.html", found=found, draft=found.summary, problem=problem, CHOICE=CHOICE, place_word=place_word,
                           fates=fates)


def place_word(where: str) -> str:
    """Where in a part something stands, in words; what has none stays as the file calls it."""
    words = {
        "extensionElements": "", "timerEventDefinition": "", "clause": _("pasal sumber"),
        "#": _("jenis"), "#order": _("urutan"), "name": _("nama"), "default": _("bawaan"), "conditionExpression": _("syarat"),
        "sop:form": _("formulir"), "sop:clause": _("pasal sumber"), "sop:inputs": _("kelengkapan"), "sop:outputs": _("hasil"),
        "sop:operation": _("operasi"), "sop:decision": _("keputusan"), "sop:standard": _("waktu baku"), "clock": _("jenis jam"),
        "timeDuration": _("lama"), "text": _("bunyi"), "label": _("pertanyaan"), "id": _("Indonesia"), "en": _("Inggris"),
        "documentation": _("keterangan"), "inputEntry": _("masukan"), "outputEntry": _("keluaran"), "→": _("menuju"),
    }
    return " ".join(filter(None, (words.get(one.removeprefix("@"), one.removeprefix("@")) for one in where.split())))
