"""Trying an SOP out: one tester does every role's work through its real forms, on a clock set by hand, and keeps it as a scenario."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.errors import BundleRefused, EngineError, InvalidSubmission, NotFound, TrialNotRepeatable, UnknownElement
from engine.results import FormView
from engine.types import Value
from webui import context, forms, limits, sop_drafts

pages = Blueprint("trials", __name__, url_prefix="/sop/coba")
UNITS = {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1), "days": timedelta(days=1)}
MOST = timedelta(days=3660)
LINES = 100
START = "mulai"   # the start form, where a page says which form it shows
_LINE = re.compile(r"^\s*([A-Za-z_]\w{0,63})\s*=\s*(.*?)\s*$")

Answer = str | Response | tuple[str, int]


class BadLine(Exception):
    """A line of variables that is not `name = value`."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(number)


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What was typed into the one form of the page, and what has to be mended in it."""

    values: Mapping[str, Value] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    add_row_to: str = ""


@pages.post("/buka/<version_id>")
@limits.limiter.limit("20 per minute", key_func=limits.per_account)
def begin(version_id: str) -> Answer:
    """A trial of a draft as it stands, or of a version."""
    try:
        trial_id = context.engine().sops.try_version(context.actor(), version_id)
    except BundleRefused as refusal:
        return sop_drafts.page_of(version_id, problem=sop_drafts.why(refusal), place="berkas"), 422
    return redirect(url_for("trials.show", trial_id=trial_id), code=303)


@pages.errorhandler(TrialNotRepeatable)
def lost(refusal: TrialNotRepeatable) -> Answer:
    """What was done in it is there, but cannot be done again: said, with where to begin anew."""
    return render_template("trial_lost.html", problem=refusal.message(context.language()), tried=refusal.ids.get("version_id"),
                           is_draft=refusal.ids.get("is_draft")), 409


@pages.get("/<trial_id>")
def show(trial_id: str) -> str:
    """The trial as it stands: who has to do what, clock, diagram, variables, trace."""
    return _page(trial_id, _trial(trial_id))


@pages.post("/<trial_id>/mulai")
def start(trial_id: str) -> Answer:
    """Open a case with the start form; of a bundle without one, start a process."""
    trial = _trial(trial_id)
    if request.form.get("work_id") == START and (beginning := trial.beginning()) is not None:
        return _send(trial_id, trial, beginning.form, trial.begin)
    process_id = request.form.get("process_id", "")
    return _act(trial_id, lambda trial: trial.start(
        process_id if process_id in trial.process_ids else None, read_values(request.form.get("variables", ""))))


@pages.post("/<trial_id>/selesai")
def complete(trial_id: str) -> Answer:
    """Do one of the things that wait for a person: with its form, or where it has none with variables."""
    trial = _trial(trial_id)
    work = next((each for each in trial.waiting() if each.id == request.form.get("work_id")), None)
    if work is None:
        return _page(trial_id, trial, problem=UnknownElement().message(context.language())), 422
    if work.form is not None:
        return _send(trial_id, trial, work.form, lambda typed: trial.submit(work.id, typed))
    return _act(trial_id, lambda trial: trial.submit(work.id, read_values(request.form.get("variables", ""))))


@pages.post("/<trial_id>/baris")
def rows(trial_id: str) -> str:
    """The form with a row more or less; nothing is done."""
    trial = _trial(trial_id)
    form = _form_of(trial, request.form.get("work_id", ""))
    if form is None:
        return _page(trial_id, trial)
    typed = forms.read(form, request.form, request.files, remove_row=request.form.get("remove_row", ""))
    return _page(trial_id, trial, typed=Typed(values=typed, add_row_to=request.form.get("add_row", "")))


@pages.post("/<trial_id>/maju")
def advance(trial_id: str) -> Answer:
    """Let time pass, so much or until something falls due; each due timer fires at its own instant."""
    if request.form.get("do") == "next":
        return _act(trial_id, lambda trial: trial.advance(min((trial.next_deadline() or trial.now) - trial.now, MOST)))
    amount = request.form.get("amount", 0, type=int)
    by = UNITS.get(request.form.get("unit", ""), timedelta(0)) * max(0, min(amount, 1_000_000))
    return _act(trial_id, lambda trial: trial.advance(min(by, MOST)))


@pages.post("/<trial_id>/kirim")
def send(trial_id: str) -> Answer:
    """Send a message or a signal into the trial."""
    name = request.form.get("name", "").strip()[:200]
    values = request.form.get("variables", "")
    if request.form.get("kind") == "signal":
        return _act(trial_id, lambda trial: trial.send_signal(name, read_values(values)))
    keys = request.form.get("keys", "")
    return _act(trial_id, lambda trial: trial.send_message(name, read_values(values), keys=read_values(keys)))


@pages.post("/<trial_id>/simpan")
@limits.limiter.limit("20 per minute", key_func=limits.per_account)
def save(trial_id: str) -> Answer:
    """Keep the run so far as a scenario of the draft."""
    trial = _trial(trial_id)
    try:
        draft_id = context.engine().sops.save_scenario(
            context.actor(), trial_id, name=request.form.get("name", "").strip()[:100], source=request.form.get("source", ""))
    except NotFound:
        raise
    except InvalidSubmission as refusal:
        return _page(trial_id, trial, kept=forms.problems_of(refusal)), 422
    except EngineError as refusal:
        return _page(trial_id, trial, kept={"": refusal.message(context.language())}), 409
    return redirect(url_for("sop_drafts.show", draft_id=draft_id, _anchor="skenario"), code=303)


def read_values(text: str) -> dict[str, Value]:
    """Lines of `name = value`. Numbers, dates, true and false are recognised; quotes make anything text."""
    values: dict[str, Value] = {}
    for number, line in enumerate(text.splitlines()[:LINES], start=1):
        if not line.strip():
            continue
        match = _LINE.match(line)
        if match is None:
            raise BadLine(number)
        values[match[1]] = _value(match[2])
    return values


def _value(text: str) -> Value:
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return text[1:-1]
    if text.startswith("[") and text.endswith("]"):
        return [_value(part.strip()) for part in text[1:-1].split(",") if part.strip()]
    words = {"true": True, "ya": True, "false": False, "tidak": False, "null": None, "": None}
    if text.casefold() in words:
        return words[text.casefold()]
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return date.fromisoformat(text)
        if re.fullmatch(r"-?\d{1,30}([.]\d{1,30})?", text):
            return Decimal(text)
    except (ValueError, InvalidOperation):
        return text
    return text


def _trial(trial_id: str) -> Any:
    return context.engine().sops.trial(context.actor(), trial_id)


def _form_of(trial: Any, work_id: str) -> FormView | None:
    found = trial.beginning() if work_id == START else next((each for each in trial.waiting() if each.id == work_id), None)
    return None if found is None else found.form


def _send(trial_id: str, trial: Any, form: FormView | None, act: Callable[[Mapping[str, Value]], object]) -> Answer:
    """What was typed into a form, as a person sends it; what is refused stands beside its field."""
    typed = forms.read(form, request.form, request.files) if form is not None else {}
    try:
        act(typed)
    except InvalidSubmission as refusal:
        return _page(trial_id, trial, typed=Typed(values=typed, problems=forms.problems_of(refusal))), 422
    except EngineError as refusal:
        return _page(trial_id, _trial(trial_id), problem=refusal.message(context.language())), 422
    return _back(trial_id)


def _act(trial_id: str, act: Callable[[Any], object]) -> Answer:
    trial = _trial(trial_id)
    try:
        act(trial)
    except BadLine as bad:
        return _page(trial_id, trial, problem=_("Baris %(number)s: tulis nama = nilai.", number=bad.number)), 422
    except EngineError as refusal:
        return _page(trial_id, _trial(trial_id), problem=refusal.message(context.language())), 422
    return _back(trial_id)


def _back(trial_id: str) -> Response:
    return redirect(url_for("trials.show", trial_id=trial_id, peran=_role() or None), code=303)


def _role() -> str:
    """The role whose work the page shows; "" for everybody's."""
    return request.values.get("peran", "")[:64]


def _page(trial_id: str, trial: Any, *, problem: str = "", typed: Typed | None = None, kept: Mapping[str, str] | None = None) -> str:
    trace, waiting, beginning = list(trial.trace()), trial.waiting(), trial.beginning()
    instances = list(dict.fromkeys(entry.instance_id for entry in trace))[:20]
    listed = [work for work in waiting if _role() in ("", work.role)]
    asked = request.form.get("work_id") if typed is not None else request.args.get("tugas")
    is_start = beginning is not None and (asked == START or not trace)
    chosen = None if is_start else next((work for work in listed if work.id == asked), next(iter(listed), None))
    form = beginning.form if is_start else None if chosen is None else chosen.form
    typed = typed or Typed()
    drawn = () if form is None else forms.controls(form, typed.values, typed.problems, add_row_to=typed.add_row_to)
    return render_template(
        "trial.html", trial_id=trial_id, trial=trial, problem=problem, waiting=listed, roles=sorted({work.role for work in waiting}),
        role=_role(), beginning=beginning, is_start=is_start, chosen=chosen, form=form, controls=drawn, summary=forms.summary(drawn),
        loose=forms.loose(drawn, typed.problems), has_problems=bool(typed.problems), trace=trace[-200:], START=START,
        row_action=url_for("trials.rows", trial_id=trial_id), next_deadline=trial.next_deadline() if trace else None,
        drawing=trial.drawing(language=context.language()), kept=kept or {}, typed=request.form,
        instances=[(i, trial.outcome(i), trial.variables(i)) for i in instances])
