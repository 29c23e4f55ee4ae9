"""The people of one case: who answers for it, handing it on, conflicts of interest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import EngineError, InvalidSubmission
from webui import context, forms

pages = Blueprint("case_staff", __name__, url_prefix="/kasus/<case_id>/petugas")


@pages.get("")
def show(case_id: str) -> str:
    """Who answers for the case."""
    return _page(case_id)


@pages.post("/tugaskan")
def assign(case_id: str) -> Response | tuple[str, int]:
    """Give the case to somebody."""
    return _act(case_id, "assigned", lambda: context.engine().cases.assign_owner(
        context.actor(), case_id, request.form.get("owner", ""), note=request.form.get("note", "")))


@pages.post("/benturan")
def declare(case_id: str) -> Response | tuple[str, int]:
    """Shut somebody out of the case. Whoever shuts themselves out leaves the page, too."""
    who = request.form.get("person", "")
    return _act(case_id, "conflict-declared", lambda: context.engine().cases.declare_conflict(
        context.actor(), case_id, who, reason=request.form.get("reason", "")), leaves=who == context.actor().account_id)


@pages.post("/benturan/cabut")
def lift(case_id: str) -> Response | tuple[str, int]:
    """Let them in again."""
    return _act(case_id, "conflict-lifted", lambda: context.engine().cases.lift_conflict(
        context.actor(), case_id, request.form.get("person", ""), reason=request.form.get("why", "")), fields={"reason": "why"})


def _act(case_id: str, done: str, command: Callable[[], None], *, leaves: bool = False,
         fields: Mapping[str, str] = MappingProxyType({})) -> Response | tuple[str, int]:
    """Carry it out and go back to the page. `fields`: what the page calls a field that the engine calls otherwise."""
    try:
        command()
    except InvalidSubmission as refusal:
        return _page(case_id, {fields.get(key, key): said for key, said in forms.problems_of(refusal).items()}), 422
    except EngineError as refusal:
        if refusal.code not in ("cannot-own", "case-closed"):
            raise
        return _page(case_id, {"owner": refusal.message(context.language())}), 409
    flash(done, "ok")
    return redirect(url_for("desk.show") if leaves else url_for("case_staff.show", case_id=case_id), code=303)


def _page(case_id: str, problems: dict[str, str] | None = None) -> str:
    engine, who = context.engine(), context.actor()
    staff = engine.cases.staff(who, case_id)
    people = sorted(engine.desk.workload(who), key=lambda one: staff.wanted.isdisjoint(one.roles)) if staff.may else ()  # lightest first
    return render_template("case_staff.html", staff=staff, people=people, problems=problems or {}, typed=request.form)
