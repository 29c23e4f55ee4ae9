"""What stops many of a draft's scenarios, answered once: a step they never do (`langkah`), or what a form refuses (`formulir`). Its
questions, what becomes of the scenarios with the answers, and their files written anew."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import FormAnswer, StepAnswer
from engine.errors import BundleRefused, EngineError, InvalidSubmission, NotAllowed, NotFound
from engine.results import FormView
from webui import context, forms, limits, scenario_words, scenarios

pages = Blueprint("answered_steps", __name__, url_prefix="/sop/skenario/<draft_id>/<any(langkah, formulir):asked>/<key>")
MOST_MINUTES = 527_040   # a year

Answer = str | Response | tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What was typed into the page, and what has to be mended in it."""

    values: Mapping[str, Any] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    add_row_to: str = ""


@pages.get("")
def show(draft_id: str, asked: str, key: str) -> Answer:
    """The questions, and the scenarios that stop there."""
    try:
        return _page(_found(draft_id, asked, key), Typed())
    except BundleRefused:
        return redirect(url_for("sop_drafts.show", draft_id=draft_id), code=303)


@pages.post("/baris")
def rows(draft_id: str, asked: str, key: str) -> str:
    """The form with a row more or less; nothing is played."""
    found = _found(draft_id, asked, key)
    typed = _typed(found.form, remove_row=request.form.get("remove_row", ""))
    return _page(found, Typed(values=typed, add_row_to=request.form.get("add_row", "")))


@pages.post("")
@limits.limiter.limit("30 per minute", key_func=limits.per_account)
def play(draft_id: str, asked: str, key: str) -> Answer:
    """The chosen scenarios with the answers, played for some seconds; once all are, what would change in their files."""
    found, chosen = _found(draft_id, asked, key), request.form.getlist("nama")[:1000]
    carried = request.form.get("jawaban")
    values = _typed(found.form) if carried is None else _carried(carried)
    if asked == "formulir":   # what was left empty was asked all the same
        values = {**dict.fromkeys(each.key for each in found.form.fields), **values}
    if not chosen:
        return _page(found, Typed(values=values), chosen=chosen), 422
    try:
        board = context.engine().sops.play_with_answer(context.actor(), draft_id, chosen, _answer(asked, key, values))
    except InvalidSubmission as refusal:
        return _page(found, Typed(values=values, problems=forms.problems_of(refusal)), chosen=chosen), 422
    return render_template("sop_scenarios_answered.html", found=found, name=_name(found), draft=found.summary, board=board,
                           words=scenario_words, answer=json.dumps(values), minutes=_minutes(), title=_title(found))


@pages.post("/simpan")
@limits.limiter.limit("20 per minute", key_func=limits.per_account)
def write(draft_id: str, asked: str, key: str) -> Answer:
    """The chosen ones written anew with the answers in them, as the draft's next revision, and played again."""
    sops, actor = context.engine().sops, context.actor()
    answer = _answer(asked, key, _carried(request.form.get("jawaban", "{}")))
    try:
        sops.write_scenarios_anew(actor, draft_id, request.form.getlist("nama")[:1000], answer=answer,
                                  expected_revision=request.form.get("revision", 0, type=int))
    except (NotFound, NotAllowed):
        raise
    except EngineError as refusal:
        return scenarios.page_of(draft_id, problem=refusal.message(context.language())), 409
    sops.play_scenarios(actor, draft_id)
    return redirect(url_for("scenarios.show", draft_id=draft_id, lanjut=1), code=303)


def _found(draft_id: str, asked: str, key: str) -> Any:
    sops = context.engine().sops
    return {"langkah": sops.unanswered_step, "formulir": sops.unanswered_form}[asked](context.actor(), draft_id, key)


def _typed(form: FormView | None, *, remove_row: str = "") -> dict[str, Any]:
    return {} if form is None else forms.read(form, request.form, request.files, remove_row=remove_row)


def _carried(text: str) -> dict[str, Any]:
    """What was typed one page earlier. It came back from the browser: the form reads it again before any of it is used."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _answer(asked: str, key: str, values: Mapping[str, Any]) -> StepAnswer | FormAnswer:
    if asked == "formulir":
        return FormAnswer(form=key, submission=values)
    return StepAnswer(element_id=key, submission=values, after=timedelta(minutes=_minutes()))


def _minutes() -> int:
    return max(0, min(request.form.get("menit", 0, type=int), MOST_MINUTES))


def _name(found: Any) -> str:
    """What the drawing calls the step; of a form its title."""
    return getattr(found, "name", "") or context.say(found.form.title)


def _title(found: Any) -> str:
    return context.say(found.summary.title) or found.summary.key


def _page(found: Any, typed: Typed, *, chosen: list[str] | None = None) -> str:
    drawn = () if found.form is None else forms.controls(found.form, typed.values, typed.problems, add_row_to=typed.add_row_to)
    return render_template(
        "sop_scenarios_step.html", found=found, name=_name(found), draft=found.summary, controls=drawn, summary=forms.summary(drawn),
        loose=forms.loose(drawn, typed.problems), has_problems=bool(typed.problems), minutes=_minutes(),
        chosen=[one.name for one in found.scenarios] if chosen is None else chosen, words=scenario_words,
        row_action=url_for("answered_steps.rows", **(request.view_args or {})), title=_title(found))
