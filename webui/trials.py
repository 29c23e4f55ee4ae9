"""Trying an SOP out: the engine's `Trial` behind a page. One tester may do everything, on a clock set by hand."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.errors import EngineError, NotFound
from engine.types import Value
from webui import context

pages = Blueprint("trials", __name__, url_prefix="/sop/coba/<trial_id>")
UNITS = {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1), "days": timedelta(days=1)}
MOST = timedelta(days=3660)
LINES = 100
_LINE = re.compile(r"^\s*([A-Za-z_]\w{0,63})\s*=\s*(.*?)\s*$")

Answer = str | Response | tuple[str, int]


class BadLine(Exception):
    """A line of variables that is not `name = value`."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(number)


@pages.get("")
def show(trial_id: str) -> str:
    """The trial as it stands: open tasks, clock, variables, trace."""
    return _page(trial_id, _trial(trial_id))


@pages.post("/mulai")
def start(trial_id: str) -> Answer:
    """Start a process of the bundle."""
    process_id = request.form.get("process_id", "")
    return _act(trial_id, lambda trial: trial.start(
        process_id if process_id in trial.process_ids else None, read_values(request.form.get("variables", ""))))


@pages.post("/selesai")
def complete(trial_id: str) -> Answer:
    """Complete one of the open tasks."""
    return _act(trial_id, lambda trial: trial.complete(
        request.form.get("task_id", ""), read_values(request.form.get("variables", ""))))


@pages.post("/maju")
def advance(trial_id: str) -> Answer:
    """Let time pass; each due timer fires at its own instant."""
    amount = request.form.get("amount", 0, type=int)
    by = UNITS.get(request.form.get("unit", ""), timedelta(0)) * max(0, min(amount, 1_000_000))
    return _act(trial_id, lambda trial: trial.advance(min(by, MOST)))


@pages.post("/kirim")
def send(trial_id: str) -> Answer:
    """Send a message or a signal into the trial."""
    name = request.form.get("name", "").strip()[:200]
    values = request.form.get("variables", "")
    if request.form.get("kind") == "signal":
        return _act(trial_id, lambda trial: trial.send_signal(name, read_values(values)))
    keys = request.form.get("keys", "")
    return _act(trial_id, lambda trial: trial.send_message(name, read_values(values), keys=read_values(keys)))


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


def _act(trial_id: str, act: Callable[[Any], object]) -> Answer:
    trial = _trial(trial_id)
    try:
        act(trial)
    except BadLine as bad:
        return _page(trial_id, trial, problem=_("Baris %(number)s: tulis nama = nilai.", number=bad.number)), 422
    except NotFound:
        raise
    except EngineError as refusal:
        return _page(trial_id, trial, problem=refusal.message(context.language())), 422
    return redirect(url_for("trials.show", trial_id=trial_id), code=303)


def _page(trial_id: str, trial: Any, *, problem: str = "") -> str:
    trace = list(trial.trace())
    instances = list(dict.fromkeys(entry.instance_id for entry in trace))[:20]
    return render_template(
        "trial.html", trial_id=trial_id, trial=trial, problem=problem, tasks=trial.open_tasks(), trace=trace[-200:],
        instances=[(i, trial.outcome(i), trial.variables(i)) for i in instances], typed=request.form,
    )
