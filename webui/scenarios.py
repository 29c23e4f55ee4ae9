"""A draft's scenarios: played when asked to, with what goes otherwise in words; written anew or dropped where somebody means it so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import BundleRefused, EngineError, NotAllowed, NotFound
from webui import context, limits, scenario_words, sop_drafts

pages = Blueprint("scenarios", __name__, url_prefix="/sop/skenario")

Answer = str | Response | tuple[str, int]


@pages.get("/<draft_id>")
def show(draft_id: str) -> Answer:
    """The scenarios, and how they went if they were played on this draft."""
    try:
        return page_of(draft_id)
    except BundleRefused:
        return redirect(url_for("sop_drafts.show", draft_id=draft_id), code=303)


@pages.post("/<draft_id>")
@limits.limiter.limit("30 per minute", key_func=limits.per_account)
def play(draft_id: str) -> Answer:
    """Play on, for some seconds; the page says how many are still to be played."""
    sops, actor = context.engine().sops, context.actor()
    try:
        sops.play_scenarios(actor, draft_id)
    except BundleRefused as refusal:
        return sop_drafts.page_of(draft_id, problem=sop_drafts.why(refusal), place="berkas"), 422
    return redirect(url_for("scenarios.show", draft_id=draft_id, lanjut=1), code=303)


@pages.get("/<draft_id>/tulis")
def anew(draft_id: str) -> Answer:
    """What would change in the files of those that can be written anew, or of one of them."""
    board, name = _board(draft_id), request.args.get("nama")
    found = [one for one in board.scenarios if one.anew is not None and name in (None, one.name)]
    if not found:
        raise NotFound(draft_id=draft_id)
    return render_template("sop_scenarios_anew.html", board=board, draft=board.summary, scenarios=found, words=scenario_words)


@pages.post("/<draft_id>/tulis")
@limits.limiter.limit("20 per minute", key_func=limits.per_account)
def write(draft_id: str) -> Answer:
    """Write the chosen ones anew, as the draft's next revision, and play these again."""
    chosen = request.form.getlist("nama")[:1000]
    if not chosen:
        return redirect(url_for("scenarios.show", draft_id=draft_id), code=303)
    return _revised(draft_id, lambda revision: context.engine().sops.write_scenarios_anew(
        context.actor(), draft_id, chosen, expected_revision=revision))


@pages.post("/<draft_id>/hapus")
@limits.limiter.limit("20 per minute", key_func=limits.per_account)
def drop(draft_id: str) -> Answer:
    """The draft without one of its scenarios."""
    return _revised(draft_id, lambda revision: context.engine().sops.drop_scenario(
        context.actor(), draft_id, request.form.get("nama", ""), expected_revision=revision))


@pages.post("/<draft_id>/coba")
@limits.limiter.limit("20 per minute", key_func=limits.per_account)
def take_up(draft_id: str) -> Answer:
    """A trial that stands where one of them cannot be played on."""
    try:
        trial_id = context.engine().sops.take_up_scenario(context.actor(), draft_id, request.form.get("nama", ""))
    except (NotFound, NotAllowed):
        raise
    except EngineError as refusal:
        return page_of(draft_id, problem=refusal.message(context.language())), 409
    return redirect(url_for("trials.show", trial_id=trial_id), code=303)


def _revised(draft_id: str, act: Callable[[int], object]) -> Answer:
    try:
        act(request.form.get("revision", 0, type=int))
    except (NotFound, NotAllowed):
        raise
    except EngineError as refusal:
        return page_of(draft_id, problem=refusal.message(context.language())), 409
    if context.may("sop.try"):
        context.engine().sops.play_scenarios(context.actor(), draft_id)
    return redirect(url_for("scenarios.show", draft_id=draft_id, lanjut=1), code=303)


def _board(draft_id: str) -> Any:
    return context.engine().sops.scenarios(context.actor(), draft_id, language=context.language())


def page_of(draft_id: str, *, problem: str = "") -> str:
    """The scenarios of a draft, with what was refused about them."""
    board = _board(draft_id)
    return render_template(
        "sop_scenarios.html", board=board, draft=board.summary, problem=problem, words=scenario_words,
        goes_on=bool(board.waiting) and "lanjut" in request.args)
