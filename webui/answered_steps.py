"""A step that stops many of a draft's scenarios, answered once: its form, what becomes of them with it, and their files written anew."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import StepAnswer
from engine.errors import BundleRefused, EngineError, InvalidSubmission, NotAllowed, NotFound
from webui import context, forms, limits, scenario_words, scenarios

pages = Blueprint("answered_steps", __name__, url_prefix="/sop/skenario/<draft_id>/langkah/<element_id>")
MOST_MINUTES = 527_040   # a year

Answer = str | Response | tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What was typed into the page, and what has to be mended in it."""

    values: Mapping[str, Any] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    add_row_to: str = ""


@pages.get("")
def show(draft_id: str, element_id: str) -> Answer:
    """The step's own form, and the scenarios that stop there."""
    try:
        return _page(_step(draft_id, element_id), Typed())
    except BundleRefused:
        return redirect(url_for("sop_drafts.show", draft_id=draft_id), code=303)


@pages.post("/baris")
def rows(draft_id: str, element_id: str) -> str:
    """The form with a row more or less; nothing is played."""
    step = _step(draft_id, element_id)
    typed = _typed(step, remove_row=request.form.get("remove_row", ""))
    return _page(step, Typed(values=typed, add_row_to=request.form.get("add_row", "")))


@pages.post("")
@limits.limiter.limit("30 per minute", key_func=limits.per_account)
def play(draft_id: str, element_id: str) -> Answer:
    """The chosen scenarios with the step in them, played for some seconds; once all are, what would change in their files."""
    step, chosen = _step(draft_id, element_id), request.form.getlist("nama")[:1000]
    carried = request.form.get("jawaban")
    values = _typed(step) if carried is None else _carried(carried)
    if not chosen:
        return _page(step, Typed(values=values), chosen=chosen), 422
    try:
        board = context.engine().sops.play_with_answer(context.actor(), draft_id, chosen, _answer(element_id, values))
    except InvalidSubmission as refusal:
        return _page(step, Typed(values=values, problems=forms.problems_of(refusal)), chosen=chosen), 422
    return render_template("sop_scenarios_answered.html", step=step, draft=step.summary, board=board, words=scenario_words,
                           answer=json.dumps(values), minutes=_minutes(), title=context.say(step.summary.title) or step.summary.key)


@pages.post("/simpan")
@limits.limiter.limit("20 per minute", key_func=limits.per_account)
def write(draft_id: str, element_id: str) -> Answer:
    """The chosen ones written anew with the step in them, as the draft's next revision, and played again."""
    sops, actor = context.engine().sops, context.actor()
    answer = _answer(element_id, _carried(request.form.get("jawaban", "{}")))
    try:
        sops.write_scenarios_anew(actor, draft_id, request.form.getlist("nama")[:1000], answer=answer,
                                  expected_revision=request.form.get("revision", 0, type=int))
    except (NotFound, NotAllowed):
        raise
    except EngineError as refusal:
        return scenarios.page_of(draft_id, problem=refusal.message(context.language())), 409
    sops.play_scenarios(actor, draft_id)
    return redirect(url_for("scenarios.show", draft_id=draft_id, lanjut=1), code=303)


def _step(draft_id: str, element_id: str) -> Any:
    return context.engine().sops.unanswered_step(context.actor(), draft_id, element_id)


def _typed(step: Any, *, remove_row: str = "") -> dict[str, Any]:
    return {} if step.form is None else forms.read(step.form, request.form, request.files, remove_row=remove_row)


def _carried(text: str) -> dict[str, Any]:
    """What was typed one page earlier. It came back from the browser: the form reads it again before any of it is used."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _answer(element_id: str, values: Mapping[str, Any]) -> StepAnswer:
    return StepAnswer(element_id=element_id, submission=values, after=timedelta(minutes=_minutes()))


def _minutes() -> int:
    return max(0, min(request.form.get("menit", 0, type=int), MOST_MINUTES))


def _page(step: Any, typed: Typed, *, chosen: list[str] | None = None) -> str:
    drawn = () if step.form is None else forms.controls(step.form, typed.values, typed.problems, add_row_to=typed.add_row_to)
    return render_template(
        "sop_scenarios_step.html", step=step, draft=step.summary, controls=drawn, summary=forms.summary(drawn),
        loose=forms.loose(drawn, typed.problems), has_problems=bool(typed.problems), minutes=_minutes(),
        chosen=[one.name for one in step.scenarios] if chosen is None else chosen, words=scenario_words,
        row_action=url_for("answered_steps.rows", draft_id=step.summary.id, element_id=step.element_id),
        title=context.say(step.summary.title) or step.summary.key)
