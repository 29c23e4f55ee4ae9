"""The agency's calendar and parameters, and what becomes of a change of them: looked at with the deadlines it moves, proposed, decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import EngineError, InvalidSubmission, NotAllowed, NotFound
from engine.results import TableEffect
from webui import context, forms, limits, sop_drafts, table_words

pages = Blueprint("agency_tables", __name__, url_prefix="/kalender-instansi")

Answer = str | Response | tuple[str, int]


@pages.get("")
def show() -> str:
    """What is in force, and what was proposed."""
    people, actor, year = context.engine().people, context.actor(), request.args.get("tahun", type=int)
    calendar = people.working_calendar(actor)
    if year in calendar.years and year != calendar.year:
        calendar = people.working_calendar(actor, year=year)
    return render_template(
        "agency_tables.html", calendar=calendar, parameters=people.parameters(actor),
        changes=people.table_changes(actor) if context.may("calendar.history") else (), **table_words.every())


@pages.get("/perubahan/<change_id>")
def change(change_id: str) -> str:
    """One change: what it says, the deadlines it moves, what became of it."""
    return _change_page(change_id)


@pages.post("/perubahan/<change_id>/ajukan")
def propose(change_id: str) -> Answer:
    """Lay it before those who approve."""
    return _decided(change_id, lambda: context.engine().people.propose_change(
        context.actor(), change_id, accepted=request.form.get("accepted", "")))


@pages.post("/perubahan/<change_id>/tarik")
def take_back(change_id: str) -> Answer:
    """A proposal becomes a draft again."""
    return _decided(change_id, lambda: context.engine().people.take_back_change(context.actor(), change_id))


@pages.post("/perubahan/<change_id>/buang")
def give_up(change_id: str) -> Answer:
    """A draft that is not proposed."""
    return _decided(change_id, lambda: context.engine().people.give_up_change(context.actor(), change_id))


@pages.post("/perubahan/<change_id>/sahkan")
@limits.limiter.limit("10 per minute", key_func=limits.per_account)
def approve(change_id: str) -> Answer:
    """In force from now on; the passphrase is asked again."""
    return _decided(change_id, lambda: context.engine().people.approve_change(
        context.actor(), change_id, reason=request.form.get("reason", ""), passphrase=request.form.get("passphrase", ""),
        proposed_at=_instant(request.form.get("proposed_at", "")), address=request.remote_addr or ""))


@pages.post("/perubahan/<change_id>/kembalikan")
@limits.limiter.limit("20 per minute", key_func=limits.per_account)
def send_back(change_id: str) -> Answer:
    """Everything stays as it is."""
    return _decided(change_id, lambda: context.engine().people.send_back_change(
        context.actor(), change_id, reason=request.form.get("reason", "")), place="kembali")


def _instant(text: str) -> datetime | None:
    """Of the proposal that the page showed. One that cannot be read is none that was ever made."""
    try:
        return None if not text else datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return datetime.min.replace(tzinfo=UTC)


def _change_page(change_id: str, *, problem: str = "", wrong: Mapping[str, str] = {}, place: str = "") -> str:
    people, actor = context.engine().people, context.actor()
    found = people.table_change(actor, change_id)
    effect: TableEffect | None = None
    if found.state in ("draft", "in_review") and context.may("sop.preview_migration"):
        try:
            effect = people.effect_of_change(actor, change_id, after=request.args.get("sesudah", "")[:100])
        except (NotFound, NotAllowed):
            raise
        except EngineError as refusal:
            problem = problem or sop_drafts.why(refusal)
    return render_template(
        "table_change.html", change=found, effect=effect, problem=problem, wrong=wrong, place=place, typed=request.form,
        is_first_page=not request.args.get("sesudah"), **table_words.every())


def _decided(change_id: str, act: Callable[[], None], *, place: str = "") -> Answer:
    try:
        act()
    except (NotFound, NotAllowed):
        raise
    except InvalidSubmission as refusal:
        return _change_page(change_id, wrong=forms.problems_of(refusal), place=place), 422
    except EngineError as refusal:
        return _change_page(change_id, problem=sop_drafts.why(refusal)), 422
    return redirect(url_for("agency_tables.change", change_id=change_id), code=303)
