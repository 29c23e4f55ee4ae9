"""The agency's calendar and parameters, and their change: drafted, looked at with the deadlines it moves, proposed, decided by another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import format_date
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.errors import EngineError, InvalidSubmission, NotAllowed, NotFound
from engine.results import Amount, ParameterDetail, TableEffect
from webui import context, forms, limits, sop_drafts, times, words

pages = Blueprint("agency_tables", __name__, url_prefix="/kalender-instansi")

Answer = str | Response | tuple[str, int]
_LENGTHS = {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1), "days": timedelta(days=1)}
_A_MONDAY = date(2024, 1, 1)


@pages.get("")
def show() -> str:
    """What is in force, and what was proposed."""
    return _page()


@pages.post("/hari")
@limits.limiter.limit("30 per minute", key_func=limits.per_account)
def draft_days() -> Answer:
    """Days off, or days of work: a draft, on whose page the deadlines stand that it moves."""
    def act() -> str:
        first, last = (forms.typed_day(request.form, name) for name in ("first", "last"))
        if first is None or (last is None and any(request.form.get(f"last.{part}", "").strip() for part in "dmy")):
            raise InvalidSubmission({"first": ("Isi tanggalnya, misalnya 3/11/2026.", "Enter the date, 3/11/2026 for instance.")})
        return context.engine().people.draft_days(
            context.actor(), first=first, last=last or first, name=request.form.get("name", ""),
            works=request.form.get("works") == "yes", source=request.form.get("source", ""), reason=request.form.get("reason", ""))

    return _drafted(act, place="hari")


@pages.post("/parameter/<parameter>")
@limits.limiter.limit("30 per minute", key_func=limits.per_account)
def draft_parameter(parameter: str) -> Answer:
    """Another value of a parameter, likewise."""
    return _drafted(lambda: context.engine().people.draft_parameter(
        context.actor(), parameter, value=request.form.get("value", ""), unit=request.form.get("unit", ""),
        source=request.form.get("source", ""), reason=request.form.get("reason", "")), place=parameter)


@pages.get("/perubahan/<change_id>")
def change(change_id: str) -> str:
    """One change: what it says, the deadlines it moves, what became of it."""
    return _change_page(change_id)


@pages.post("/perubahan/<change_id>/ajukan")
def propose(change_id: str) -> Answer:
    """Lay it before those who approve."""
    return _decided(change_id, lambda: context.engine().people.propose_change(context.actor(), change_id))


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
        address=request.remote_addr or ""))


@pages.post("/perubahan/<change_id>/kembalikan")
@limits.limiter.limit("20 per minute", key_func=limits.per_account)
def send_back(change_id: str) -> Answer:
    """Everything stays as it is."""
    return _decided(change_id, lambda: context.engine().people.send_back_change(
        context.actor(), change_id, reason=request.form.get("reason", "")))


def day_word(day: date) -> str:
    """A day with its weekday."""
    return str(format_date(day, "EEEE, d MMMM y"))


def weekday_word(weekday: int) -> str:
    """Monday is 0."""
    return str(format_date(_A_MONDAY + timedelta(days=weekday), "EEEE"))


def unit_word(unit: str) -> str:
    """What a number of time counts."""
    return {"minutes": _("menit"), "hours": _("jam"), "days": _("hari"), "months": _("bulan")}.get(unit, "")


def value_word(parameter: ParameterDetail | None, value: str, amount: Amount | None) -> str:
    """A value of a parameter as people say it."""
    if amount is not None and amount.unit == "months":
        return _("1 bulan") if amount.number == 1 else _("%(count)s bulan", count=amount.number)
    if amount is not None:
        length = amount.number * _LENGTHS.get(amount.unit, timedelta())
        return times.span(length, language=context.language()) if length else f"{amount.number} {unit_word(amount.unit)}".strip()
    if value in ("yes", "no"):
        return _("ya") if value == "yes" else _("tidak")
    said = {"": _("tidak ada"), "none": _("tidak ada"), "province": _("provinsi"), "regency_city": _("kabupaten/kota"),
            "calendar": _("menurut kalender instansi")}
    if value in said:
        return said[value]
    return words.role_word(value) if parameter is not None and parameter.kind == "role" else value


def _page(*, problem: str = "", place: str = "") -> str:
    people, actor, year = context.engine().people, context.actor(), request.args.get("tahun", type=int)
    calendar = people.working_calendar(actor)
    if year in calendar.years and year != calendar.year:
        calendar = people.working_calendar(actor, year=year)
    return render_template(
        "agency_tables.html", calendar=calendar, parameters=people.parameters(actor), problem=problem, place=place, typed=request.form,
        changes=people.table_changes(actor) if context.may("calendar.history") else (), **_words())


def _change_page(change_id: str, *, problem: str = "") -> str:
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
        "table_change.html", change=found, effect=effect, problem=problem, typed=request.form,
        is_first_page=not request.args.get("sesudah"), **_words())


def _words() -> dict[str, Callable[..., str]]:
    return {"day_word": day_word, "weekday_word": weekday_word, "unit_word": unit_word, "value_word": value_word}


def _drafted(act: Callable[[], str], *, place: str) -> Answer:
    try:
        change_id = act()
    except (NotFound, NotAllowed):
        raise
    except EngineError as refusal:
        return _page(problem=sop_drafts.why(refusal), place=place), 422
    return redirect(url_for("agency_tables.change", change_id=change_id), code=303)


def _decided(change_id: str, act: Callable[[], None]) -> Answer:
    try:
        act()
    except (NotFound, NotAllowed):
        raise
    except EngineError as refusal:
        return _change_page(change_id, problem=sop_drafts.why(refusal)), 422
    return redirect(url_for("agency_tables.change", change_id=change_id), code=303)
