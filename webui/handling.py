"""Who works at a task: give it on, take it back, set it aside, ask for help; one task at a time, or several with a result each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.errors import EngineError, NotFound
from engine.results import Colleague
from engine.types import TaskSummary
from webui import context, desk, forms

pages = Blueprint("handling", __name__, url_prefix="/tugas")
MOST_AT_ONCE = 50
AUTHORITY = "authority"  # in the list of colleagues to ask: whoever decides over the case
#: A verb as the address names it -> as `engine.tasks` does.
VERBS = {"delegasi": "delegate", "serahkan": "hand_over", "tugaskan": "assign", "tarik": "take_back", "tunda": "set_aside",
         "bantuan": "ask_help"}
NEED_COLLEAGUE = frozenset({"delegate", "hand_over", "assign", "ask_help"})
NEED_NOTE = frozenset({"hand_over", "set_aside", "ask_help"})
AT_ONCE = ("claim", "unclaim", "hand_over", "assign")


@dataclass(frozen=True, kw_only=True)
class RowResult:
    """What became of one of several tasks."""

    task_id: str
    name: str
    business_key: str
    done: bool
    text: str


@pages.get("/<task_id>/urus/<verb>")
def page(task_id: str, verb: str) -> str:
    """The form of one verb."""
    return _page(task_id, verb)


@pages.post("/<task_id>/urus/<verb>")
def act(task_id: str, verb: str) -> Response | tuple[str, int]:
    """Do it; a refusal shows the form again with what was typed."""
    if verb not in VERBS:
        abort(404)
    try:
        _call(VERBS[verb], task_id)
    except NotFound:
        raise
    except EngineError as refusal:
        return _page(task_id, verb, problem=refusal.message(context.language())), 422
    flash(f"handled {VERBS[verb]}", "ok")
    return redirect(url_for("task.show", task_id=task_id) if VERBS[verb] == "ask_help" else _back(), code=303)


@pages.post("/<task_id>/munculkan")
def bring_back(task_id: str) -> Response:
    """Set aside no longer."""
    context.engine().tasks.bring_back(context.actor(), task_id)
    flash("handled bring_back", "ok")
    return redirect(url_for("inbox.show"), code=303)


@pages.post("/banyak")
def many() -> Response | str:
    """One command per chosen row; what became of each is said row by row."""
    verb = request.form.get("tindakan", "")
    chosen = [given.partition(":") for given in request.form.getlist("tugas")][:MOST_AT_ONCE]
    if verb not in AT_ONCE or not chosen:
        flash("none-chosen", "warn")
        return redirect(_back(), code=303)
    results = [_one_of_many(verb, task_id, revision) for task_id, _colon, revision in chosen]
    return render_template("many_done.html", results=results, verb=verb, back=_back(), from_desk=bool(_desk_list()))


def _desk_list() -> str:
    """Which list of the desk the page was reached from; "" for none."""
    asked = request.values.get("meja", "")
    return asked if asked in desk.ASSIGNED_FROM else ""


def _back() -> str:
    tile = _desk_list()
    return url_for("desk.listed", tile=tile) if tile else url_for("inbox.show", kotak=request.form.get("kotak") or None)


@pages.app_template_global("colleagues_for")
def colleagues_for(role: str) -> list[Colleague]:
    """Whom a task of this role may be given to."""
    everybody: tuple[Colleague, ...] = context.engine().tasks.colleagues(context.actor())
    return [one for one in everybody if role in one.roles and one.id != context.actor().account_id]


def _call(verb: str, task_id: str) -> TaskSummary:
    given: dict[str, Any] = {"note": request.form.get("catatan", ""), "expected_revision": request.form.get("revision", None, type=int)}
    if verb == "ask_help":
        given.pop("expected_revision")
        given["of"] = None if request.form.get("kepada", AUTHORITY) == AUTHORITY else request.form["kepada"]
    elif verb in NEED_COLLEAGUE:
        given["to"] = request.form.get("kepada", "")
    elif verb == "set_aside":
        given["until"] = forms.typed_day(request.form, "sampai") or date.min  # no day at all: refused with the engine's words
    call: Callable[..., TaskSummary] = getattr(context.engine().tasks, verb)
    return call(context.actor(), task_id, **given)


def _one_of_many(verb: str, task_id: str, revision: str) -> RowResult:
    tasks, actor = context.engine().tasks, context.actor()
    try:
        if verb in ("claim", "unclaim"):
            row = getattr(tasks, verb)(actor, task_id)
        else:
            row = getattr(tasks, verb)(actor, task_id, to=request.form.get("kepada", ""), note=request.form.get("catatan", ""),
                                       expected_revision=int(revision) if revision.isdecimal() and len(revision) < 10 else -1)
    except EngineError as refusal:
        seen = _seen(task_id)
        return RowResult(task_id=task_id if seen else "", name=seen.name if seen else "", business_key=seen.business_key if seen else "",
                         done=False, text=refusal.message(context.language()))
    said = {"claim": _("Anda ambil"), "unclaim": _("dikembalikan ke antrean tim")}.get(
        verb, _("diserahkan kepada %(name)s", name=row.assignee_name))
    return RowResult(task_id=row.id, name=row.name, business_key=row.business_key, done=True, text=said)


def _seen(task_id: str) -> TaskSummary | None:
    try:
        found: TaskSummary = context.engine().tasks.get(context.actor(), task_id).summary
    except EngineError:
        return None  # not theirs to see, or gone: the row says no more than the refusal does
    return found


def _page(task_id: str, verb: str, *, problem: str = "") -> str:
    detail = context.engine().tasks.get(context.actor(), task_id)
    is_elsewhere = detail.summary.assignee_id not in (None, context.actor().account_id)
    if VERBS.get(verb) not in detail.may or (VERBS[verb] == "take_back" and not is_elsewhere):
        abort(404)
    today = context.now().astimezone(context.zone()).date()
    return render_template(
        "handle.html", detail=detail, task=detail.summary, verb=VERBS[verb], path=verb, problem=problem, authority=AUTHORITY,
        needs_colleague=VERBS[verb] in NEED_COLLEAGUE,
        needs_note=VERBS[verb] in NEED_NOTE or (VERBS[verb] == "assign" and detail.summary.assignee_id is not None)
        or (VERBS[verb] == "take_back" and detail.summary.given_by_name != context.actor().name),
        colleagues=_choosable(VERBS[verb], detail.summary.role),
        first_day=today + timedelta(days=1), typed=request.form, desk_list=_desk_list())


def _choosable(verb: str, role: str) -> list[Colleague]:
    """Whom the form of a verb offers; to who assigns, whoever carries least comes first."""
    if verb == "ask_help":
        return _of_the_house(role)
    if verb != "assign" or not context.may("desk.read"):
        return colleagues_for(role)
    lightest = [one.account_id for one in context.engine().desk.workload(context.actor())]
    return sorted(colleagues_for(role), key=lambda one: lightest.index(one.id) if one.id in lightest else len(lightest))


def _of_the_house(role: str) -> list[Colleague]:
    return [one for one in context.engine().tasks.colleagues(context.actor())
            if one.id != context.actor().account_id and (role in one.roles or not one.is_outside)]
