"""The figures of an agency: how times are kept, where an SOP is late, what is late now, whom it served; and how they leave the house."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from flask import Blueprint, Response, abort, make_response, render_template, request
from flask_babel import gettext as _

from engine.errors import BundleRefused, EngineError, InvalidSubmission, NotFound
from engine.report_results import Period, SopFigures, StepTime, Table, TimeReport
from engine.results import FormView
from engine.types import Text, Value
from webui import context, forms, report_tables, sheets, words
from webui.report_tables import PARTS, part_word, period_word

pages = Blueprint("reports", __name__, url_prefix="/laporan")
TIMES, OVERDUE, STATISTICS = "waktu", "lewat", "statistik"
_TYPES: Final = {"csv": "text/csv; charset=utf-8",
                 "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@pages.get("")
def show() -> str:
    """How times are kept."""
    period = _period()
    report: TimeReport = context.engine().reports.times(context.actor(), period)
    return _page("reports_times.html", period, report=report, tables=report_tables, shares=_shares, spent=_spent)


@pages.get("/peta/<key>")
def heat_map(key: str) -> str:
    """Where one SOP is late."""
    period = _period()
    engine, who = context.engine(), context.actor()
    report: TimeReport = engine.reports.times(who, period)
    sop = next((each for each in report.sops if each.key == key), None)
    drawing: bytes | None = None
    try:
        drawing = engine.reports.heat_map(who, key, period, language=context.language())
    except NotFound:
        raise
    except (BundleRefused, EngineError):
        drawing = None  # no layout: the table says the same
    return _page("reports_map.html", period, sop=sop, key=key, drawing=drawing, tables=report_tables)


@pages.get("/lewat")
def overdue() -> str:
    """What is late now."""
    report = context.engine().reports.overdue(context.actor())
    return render_template("reports_overdue.html", report=report, table=report_tables.overdue(report), unset="")


@pages.get("/statistik")
def statistics() -> str:
    """Whom the agency served."""
    period = _period(_latest_ended())
    if period.moved(1) > (_this_month() if period.months == 1 else _this_month().quarter):
        abort(404)
    report = context.engine().reports.statistics(context.actor(), period)
    latest = _latest_ended() if period.months == 1 else _this_month().quarter.moved(-1)
    return _page("reports_statistics.html", period, tables=report_tables.of_statistics(report), latest=latest)


@pages.get("/ekspor")
def export_page() -> str:
    """Why, and as what kind of file."""
    return _export_page(request.args.get("laporan", ""), request.args.get("masa", ""), {})


@pages.post("/ekspor")
def export() -> Response | tuple[str, int]:
    """The file."""
    name, period = request.form.get("laporan", ""), request.form.get("masa", "")
    typed = forms.read(_form(), request.form)
    media = str(typed.get("media") or "csv")
    tables = _tables(name, period)
    try:
        content = context.engine().reports.export(context.actor(), tables, report=name, period=period, media=media,
                                                  reason=str(typed.get("reason") or ""))
    except InvalidSubmission as refusal:
        return _export_page(name, period, typed, forms.problems_of(refusal)), 422
    answer = make_response(content)
    answer.headers["Content-Type"] = _TYPES[media]
    answer.headers["Content-Disposition"] = f'attachment; filename="kawal-{name}{"-" + period if period else ""}.{media}"'
    return answer


def _export_page(name: str, period: str, typed: Mapping[str, Value], problems: Mapping[str, str] | None = None) -> str:
    _tables(name, period)  # a report that is none, or a period that has none, has no export either
    return sheets.draw("reports_export.html", _form(), typed, problems=problems, name=name, period=period,
                       title=period_word(Period.read(period)) if period else "", report_word=_report_word,
                       exports=context.engine().reports.exports(context.actor()))


def _form() -> FormView:
    return sheets.sheet(
        "report_export", Text("Bawa keluar angka", "Take figures out"),
        sheets.field("media", "choice", Text("Jenis berkas", "Kind of file"), required=True, options=(("csv", "CSV"), ("xlsx", "XLSX"))),
        sheets.field("reason", "text", Text("Untuk apa", "What for"), required=True,
                     help=Text("Tercatat bersama nama Anda dan waktunya. Tanpa nama orang atau kode kasus.",
                               "Kept with your name and the time. No names of people or case codes.")))


def _tables(name: str, period: str) -> list[Table]:
    """The tables of one report; `NotFound` where there is no such one."""
    reports, who = context.engine().reports, context.actor()
    if name == OVERDUE and not period:
        return [report_tables.overdue(reports.overdue(who))]
    if name == TIMES:
        return report_tables.of_times(reports.times(who, Period.read(period)))
    if name == STATISTICS:
        return report_tables.of_statistics(reports.statistics(who, Period.read(period)))
    raise NotFound(report=name[:20])


def _report_word(name: str) -> str:
    return {TIMES: _("Laporan waktu"), OVERDUE: _("Lewat tenggat sekarang"), STATISTICS: _("Statistik")}.get(name, name)


def _page(template: str, period: Period, **values: Any) -> str:
    return render_template(template, period=period, this_month=_this_month(), period_word=period_word, PARTS=PARTS, part_word=part_word,
                           unset=report_tables.unset(), **values)


def _period(default: Period | None = None) -> Period:
    """The one the address names (`masa`), else this month or `default`."""
    asked = request.args.get("masa", "")
    return Period.read(asked) if asked else default or _this_month()


def _this_month() -> Period:
    return Period.month_of(context.now().astimezone(context.zone()).date())


def _latest_ended() -> Period:
    return _this_month().moved(-1)


# --- what the charts draw: shares of a hundred, and the same in words -------------------------------------------------------


def _shares(sop: SopFigures) -> list[dict[str, Any]]:
    """One row for each step that a standard judges."""
    return [{"label": words.step_cell(each.times.name), "bars": (_share(each.times.on_time, each.times.judged),
                                                _share(each.times.handled_on_time, each.times.handled_judged)),
             "note": _share_words(each.times)}
            for each in sop.steps if each.times.judged]


def _share_words(step: StepTime) -> str:
    official = _("resmi %(share)s %%", share=_share(step.on_time, step.judged))
    if not step.handled_judged:
        return str(official)
    return f"{official} · " + str(_("penanganan %(share)s %%", share=_share(step.handled_on_time, step.handled_judged)))


def _share(part: int, whole: int) -> int:
    return 100 * part // whole if whole else 0


def _spent(sop: SopFigures) -> dict[str, Any]:
    """One row: the four parts of the time, which add up to a hundred but for rounding."""
    whole = sop.spent.whole or timedelta(microseconds=1)
    parts = {name: 100 * (getattr(sop.spent, name) / whole) for name in PARTS}
    note = " · ".join(f"{part_word(name)} {round(share)} %" for name, share in parts.items() if share)
    return {"label": words.sop_cell(sop.title, sop.title_en), "parts": parts, "note": note}
