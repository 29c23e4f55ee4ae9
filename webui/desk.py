"""The desk of those who answer for decisions: tiles, the lists behind them, the people of the unit, how long steps take."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from flask import Blueprint, Flask, abort, render_template, request

from engine.results import DecisionBrief, Escalation, Tile, Vacancy
from engine.types import TaskSummary
from webui import context, inbox, times, words

pages = Blueprint("desk", __name__, url_prefix="/meja")
PERIODS = (30, 90, 365)
ASSIGNED_FROM = ("late", "today")   # lists whose tasks are given out as they stand


def init_app(app: Flask) -> None:
    """What the task page says of a late task and of a decision."""
    app.jinja_env.globals.update(escalation_of=escalation_of, vacancy_of=vacancy_of, decision_brief=decision_brief, day_word=day_word,
                                 access_reviews_waiting=access_reviews_waiting, corrections_waiting=corrections_waiting,
                                 sop_changes_waiting=sop_changes_waiting, table_changes_waiting=table_changes_waiting)
    app.jinja_env.filters["role_name"] = words.role_word
    app.jinja_env.filters["tel"] = lambda phone: "".join(each for each in phone if each.isdigit() or each == "+")


def escalation_of(task_id: str) -> Escalation | None:
    """Whom a task reaches when it is late."""
    found: Escalation | None = context.engine().roster.escalation(context.actor(), task_id)
    return found


def vacancy_of(tasks: Iterable[TaskSummary]) -> Vacancy | None:
    """The roles that these tasks wait for while nobody holds them; None where somebody does, and for a partner's person."""
    waited_for = {task.role for task in tasks if task.role and task.completed_at is None and task.assignee_id is None}
    waited_for -= context.actor().roles
    if not waited_for or not context.may("roster.read"):
        return None
    found: Vacancy | None = context.engine().roster.vacancy(context.actor(), waited_for)
    return found


def decision_brief(task_id: str) -> DecisionBrief | None:
    """What stands beside the form of a decision."""
    found: DecisionBrief | None = context.engine().desk.decision(context.actor(), task_id)
    return found


def access_reviews_waiting() -> int:
    """How many cases were opened in an emergency and nobody has looked at why."""
    return int(context.engine().cases.reviews_waiting(context.actor()))


def corrections_waiting() -> int:
    """How many corrections and stated instants wait for a decision."""
    engine, who = context.engine(), context.actor()
    return len(engine.cases.corrections_waiting(who)) + int(engine.tasks.stated_waiting(who).total)


def sop_changes_waiting() -> int:
    """How many changed and withdrawn SOPs wait for somebody's approval."""
    sops, who = context.engine().sops, context.actor()
    return sum(draft.state == "in_review" for draft in sops.drafts(who)) + sum(sop.withdrawal_waits for sop in sops.list(who))


def table_changes_waiting() -> int:
    """How many changes of the calendar and of parameters wait for approval."""
    return sum(change.state == "in_review" for change in context.engine().people.table_changes(context.actor()))


def day_word(day: date) -> str:
    """A day of an office in words; no zone, since it is a day there."""
    return times.day(day, language=context.language())


@pages.get("")
def show() -> str:
    """The tiles."""
    engine, who = context.engine(), context.actor()
    tiles: tuple[Tile, ...] = engine.desk.tiles(who)
    return render_template("desk.html", tiles=tiles, on_duty=engine.roster.on_duty(who))


@pages.get("/daftar/<tile>")
def listed(tile: str) -> str:
    """The list behind a tile."""
    engine, who = context.engine(), context.actor()
    number = max(1, min(10_000, request.args.get("hal", 1, type=int)))
    found = next((each for each in engine.desk.tiles(who) if each.key == tile), None)
    if found is None:
        abort(404)
    if found.lists == "tasks":
        page = engine.desk.tasks(who, tile, page=number)
        standings = engine.desk.standings(who, [each.id for each in page.rows]) if tile == "decisions" else {}
        colleagues = inbox.who_may_take(page.rows) if tile in ASSIGNED_FROM and context.may("task.assign") else []
        return render_template("desk_tasks.html", tile=found, page=page, standings=standings, colleagues=colleagues)
    return render_template("desk_cases.html", tile=found, page=engine.desk.cases(who, tile, page=number))


@pages.get("/penugasan")
def workload() -> str:
    """Who carries how much."""
    return render_template("workload.html", people=context.engine().desk.workload(context.actor()))


@pages.get("/waktu")
def step_times() -> str:
    """How long each step took."""
    days = request.args.get("hari", 90, type=int)
    days = days if days in PERIODS else 90
    return render_template("step_times.html", steps=context.engine().desk.step_times(context.actor(), days=days), days=days,
                           periods=PERIODS)
