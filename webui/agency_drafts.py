"""The pages on which a change of the agency's calendar or parameters is written: new, or again from one that was drafted or sent back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import TypedDict

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import Season
from engine.errors import EngineError, InvalidSubmission, NotAllowed, NotFound
from engine.results import AgencyCalendar, ParameterDetail, TableChange, day_boxes, week_boxes
from webui import context, forms, limits, sop_drafts, table_words

pages = Blueprint("agency_drafts", __name__, url_prefix="/kalender-instansi")

Answer = str | Response | tuple[str, int]
Typed = Mapping[str, str]
_SHAPE = "<any('hari', 'jam', 'musim', 'akhir-musim', 'satu-hari', 'hapus-satu-hari', 'tutup'):shape>"
#: As the page has its boxes; those of hours stand before the last two, in the order in which they were read.
_FIRST, _LAST = ("value", "first", "last", "day", "name"), ("source", "reason")
_NO_DAY = ("Isi tanggalnya, misalnya 3/11/2026.", "Enter the date, 3/11/2026 for instance.")


@pages.get(f"/{_SHAPE}")
def show(shape: str) -> str:
    """The boxes for a change of the calendar; with `dari`, as that change has them."""
    calendar, change = context.engine().people.working_calendar(context.actor()), _again()
    if change is not None:
        if change.kind != "calendar" or table_words.page_of(change) != shape:
            abort(404)
        return _page(shape, {**_of_change(change), **_grounds(change)}, calendar)
    return _page(shape, _BEGUN[shape](calendar), calendar)


@pages.post(f"/{_SHAPE}")
@limits.limiter.limit("30 per minute", key_func=limits.per_account)
def save(shape: str) -> Answer:
    """A draft, on whose page the deadlines stand that it moves."""
    def page(wrong: Mapping[str, str], problem: str) -> str:
        return _page(shape, request.form, context.engine().people.working_calendar(context.actor()), wrong=wrong, problem=problem)

    return _saved(lambda: _DRAFTED[shape](request.form, _said(request.form)), page)


@pages.get("/parameter/<parameter>")
def show_parameter(parameter: str) -> str:
    """The boxes for another value of a parameter, likewise."""
    known, change = _settable(parameter), _again()
    if change is not None and (change.parameter is None or change.parameter.name != parameter):
        abort(404)
    value, amount = (change.value, change.amount) if change is not None else (known.value, known.amount)
    typed = {"value": str(amount.number) if amount is not None else value, "unit": amount.unit if amount is not None else ""}
    return _parameter_page(known, {**typed, **(_grounds(change) if change is not None else {})})


@pages.post("/parameter/<parameter>")
@limits.limiter.limit("30 per minute", key_func=limits.per_account)
def save_parameter(parameter: str) -> Answer:
    """A draft, likewise."""
    return _saved(
        lambda: context.engine().people.draft_parameter(
            context.actor(), parameter, value=request.form.get("value", ""), unit=request.form.get("unit", ""), **_said(request.form)),
        lambda wrong, problem: _parameter_page(_settable(parameter), request.form, wrong=wrong, problem=problem))


def _saved(draft: Callable[[], str], page: Callable[[Mapping[str, str], str], str]) -> Answer:
    try:
        change_id = draft()
    except (NotFound, NotAllowed):
        raise
    except InvalidSubmission as refusal:
        wrong = forms.problems_of(refusal)
        boxes = [*_FIRST, *(box for box in wrong if box not in (*_FIRST, *_LAST)), *_LAST]
        return page({box: wrong[box] for box in boxes if box in wrong}, ""), 422
    except EngineError as refusal:
        return page({}, sop_drafts.why(refusal)), 422
    return redirect(url_for("agency_tables.change", change_id=change_id), code=303)


def _page(shape: str, typed: Typed, calendar: AgencyCalendar, *, wrong: Mapping[str, str] = {}, problem: str = "") -> str:
    return render_template(
        "table_draft.html", shape=shape, typed=typed, wrong=wrong, problem=problem, season=_season(calendar, typed.get("of", "")),
        calendar=calendar, parameter=None, **table_words.every())


def _parameter_page(known: ParameterDetail, typed: Typed, *, wrong: Mapping[str, str] = {}, problem: str = "") -> str:
    return render_template(
        "table_draft.html", shape="parameter", typed=typed, wrong=wrong, problem=problem, season=None, calendar=None, parameter=known,
        **table_words.every())


def _again() -> TableChange | None:
    """The change that this one begins from, where the address names one that the reader may see."""
    given = request.args.get("dari", "")
    return context.engine().people.table_change(context.actor(), given[:100]) if given else None


def _settable(name: str) -> ParameterDetail:
    found = next((one for one in context.engine().people.parameters(context.actor()) if one.name == name and one.is_settable), None)
    if found is None:
        abort(404)
    return found


# --- what the boxes hold at first ---------------------------------------------------------------------------------------


def _of_change(change: TableChange) -> dict[str, str]:
    hours = change.hours
    if hours is None:
        last = change.last if change.last != change.first else None
        return {"name": change.name, "works": "yes" if change.works else "no", **_boxes("first", change.first), **_boxes("last", last)}
    if hours.shape == "closing":
        return {"closes": "yes" if hours.closes else "no"}
    if hours.shape == "day":
        blocks = next(iter((hours.week or {}).values()), ())
        return {"name": change.name, **_boxes("day", hours.first), **day_boxes(blocks, "day")}
    of = hours.of.isoformat() if hours.of is not None else ""
    if hours.week is None:
        return {"of": of, **_boxes("last", hours.until)}
    return {"name": change.name, "of": of, "always": "yes" if hours.is_always else "no", "on_holidays": "yes" if hours.on_holidays else "",
            **_boxes("first", hours.first), **_boxes("last", hours.last), **week_boxes(hours.week)}


def _new_week(calendar: AgencyCalendar) -> dict[str, str]:
    """As it is today; from the day of the address on, or (`ubah`) as it was planned from that day on."""
    planned = next((one for one in calendar.planned if one.first.isoformat() == request.args.get("mulai")), None)
    shown = planned if planned is not None and "ubah" in request.args else calendar.ordinary
    return {**_boxes("first", planned.first if planned is not None else None), **week_boxes(shown.week),
            "on_holidays": "yes" if shown.on_holidays else ""}


def _new_season(calendar: AgencyCalendar) -> dict[str, str]:
    """As the season of the address has it, from tomorrow on where it has begun; else with the ordinary hours."""
    season = _season(calendar, request.args.get("musim", ""))
    if season is None:
        return week_boxes(calendar.week)
    first = max(season.first, calendar.today + timedelta(days=1))
    return {"of": season.first.isoformat(), "name": season.name, **_boxes("first", first), **_boxes("last", season.last),
            **week_boxes(season.week)}


def _ended_season(calendar: AgencyCalendar) -> dict[str, str]:
    season = _season(calendar, request.args.get("musim", ""))
    if season is None:
        abort(404)
    return {"of": season.first.isoformat(), **_boxes("last", calendar.today if season.first <= calendar.today else None)}


def _new_day(calendar: AgencyCalendar) -> dict[str, str]:
    found = next((one for one in calendar.other_days if one.day.isoformat() == request.args.get("hari")), None)
    return {} if found is None else {"name": found.name, **_boxes("day", found.day), **day_boxes(found.hours, "day")}


def _ended_day(calendar: AgencyCalendar) -> dict[str, str]:
    return _new_day(calendar) or abort(404)


def _days_off(calendar: AgencyCalendar) -> dict[str, str]:
    """With the day of the address, as one that becomes a day of work."""
    found = next((one for one in calendar.days if one.day.isoformat() == request.args.get("hari")), None)
    return {} if found is None else {"works": "yes", **_boxes("first", found.day)}


_BEGUN: Mapping[str, Callable[[AgencyCalendar], dict[str, str]]] = {
    "hari": _days_off, "jam": _new_week, "musim": _new_season, "akhir-musim": _ended_season,
    "satu-hari": _new_day, "hapus-satu-hari": _ended_day,
    "tutup": lambda calendar: {"closes": "yes" if calendar.same_day_closes else "no"},
}


def _grounds(change: TableChange) -> dict[str, str]:
    """An own draft is written on; from any other a new one begins."""
    draft = {"change": change.id} if change.state == "draft" and change.is_own else {}
    return {"source": change.source, "reason": change.reason, **draft}


def _boxes(name: str, day: date | None) -> dict[str, str]:
    if day is None:
        return {}
    return {f"{name}.d": str(day.day), f"{name}.m": str(day.month), f"{name}.y": str(day.year)}


def _season(calendar: AgencyCalendar, first: str) -> Season | None:
    return next((one for one in calendar.seasons if one.first.isoformat() == first and one.last >= calendar.today), None)


# --- what was typed ------------------------------------------------------------------------------------------------------


class Said(TypedDict):
    """What every change rests on, and the draft that is written on."""

    source: str
    reason: str
    change_id: str | None


def _said(typed: Typed) -> Said:
    return {"source": typed.get("source", ""), "reason": typed.get("reason", ""), "change_id": typed.get("change") or None}


def _needed(typed: Typed, *names: str, spare: str = "") -> list[date]:
    """The days of these boxes. Raises `InvalidSubmission` for what is no date, in them or in those of `spare`, which may be empty."""
    found = {name: day for name in names if (day := forms.typed_day(typed, name)) is not None}
    wrong = [name for name in names if name not in found]
    if spare and forms.typed_day(typed, spare) is None and any(typed.get(f"{spare}.{part}", "").strip() for part in "dmy"):
        wrong.append(spare)
    if wrong:
        raise InvalidSubmission(dict.fromkeys(wrong, _NO_DAY))
    return list(found.values())


def _iso(text: str) -> date:
    """A day that a page of ours wrote."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        abort(404)


def _draft_days(typed: Typed, said: Said) -> str:
    (first,) = _needed(typed, "first", spare="last")
    return context.engine().people.draft_days(
        context.actor(), first=first, last=forms.typed_day(typed, "last") or first, name=typed.get("name", ""),
        works=typed.get("works") == "yes", **said)


def _draft_week(typed: Typed, said: Said) -> str:
    return context.engine().people.draft_week(
        context.actor(), first=forms.typed_day(typed, "first"), hours=typed, always=typed.get("always") == "yes",
        on_holidays=typed.get("on_holidays") == "yes", **said)


def _draft_season(typed: Typed, said: Said) -> str:
    return context.engine().people.draft_season(
        context.actor(), of=_iso(typed["of"]) if typed.get("of") else None, name=typed.get("name", ""),
        first=forms.typed_day(typed, "first"), last=forms.typed_day(typed, "last"), hours=typed, **said)


def _end_season(typed: Typed, said: Said) -> str:
    _needed(typed, spare="last")
    return context.engine().people.end_season(
        context.actor(), of=_iso(typed.get("of", "")), last=forms.typed_day(typed, "last"), **said)


def _draft_day_hours(typed: Typed, said: Said) -> str:
    return context.engine().people.draft_day_hours(
        context.actor(), day=forms.typed_day(typed, "day"), name=typed.get("name", ""), hours=typed, **said)


def _end_day_hours(typed: Typed, said: Said) -> str:
    (day,) = _needed(typed, "day")
    return context.engine().people.end_day_hours(context.actor(), day=day, **said)


def _draft_closing(typed: Typed, said: Said) -> str:
    return context.engine().people.draft_closing(context.actor(), closes=typed.get("closes") == "yes", **said)


_DRAFTED: Mapping[str, Callable[[Typed, Said], str]] = {
    "hari": _draft_days, "jam": _draft_week, "musim": _draft_season, "akhir-musim": _end_season, "satu-hari": _draft_day_hours,
    "hapus-satu-hari": _end_day_hours, "tutup": _draft_closing,
}
