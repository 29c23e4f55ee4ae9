"""The figures of an agency: how times are kept, where an SOP is late, what is late now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from markupsafe import Markup

from engine.errors import BundleRefused, EngineError, NotFound
from engine.report_results import Period, SopFigures, Spent, StepTime, TimeReport
from webui import context, times

pages = Blueprint("reports", __name__, url_prefix="/laporan")
_QUARTERS: Final = ("I", "II", "III", "IV")
PARTS: Final = ("unit", "partner", "paused", "off_hours")


@pages.get("")
def show() -> str:
    """How times are kept."""
    period = _period()
    report: TimeReport = context.engine().reports.times(context.actor(), period)
    return _page("reports_times.html", period, report=report, shares=_shares, spent=_spent)


@pages.get("/peta/<key>")
def heat_map(key: str) -> str:
    """Where one SOP is late."""
    period = _period()
    engine, who = context.engine(), context.actor()
    report: TimeReport = engine.reports.times(who, period)
    sop = next((each for each in report.sops if each.key == key), None)
    drawing: Markup | None = None
    try:
        drawing = Markup(engine.reports.heat_map(who, key, period, language=context.language()).decode())  # noqa: S704 - our own drawing
    except NotFound:
        raise
    except (BundleRefused, EngineError):
        drawing = None  # no layout: the table says the same
    return _page("reports_map.html", period, sop=sop, key=key, drawing=drawing)


@pages.get("/lewat")
def overdue() -> str:
    """What is late now."""
    return render_template("reports_overdue.html", report=context.engine().reports.overdue(context.actor()))


def _page(template: str, period: Period, **values: Any) -> str:
    return render_template(template, period=period, this_month=_this_month(), period_word=period_word, PARTS=PARTS, part_word=part_word,
                           **values)


def _period() -> Period:
    """The one the address names (`masa`), else this month."""
    asked = request.args.get("masa", "")
    return Period.read(asked) if asked else _this_month()


def _this_month() -> Period:
    return Period.month_of(context.now().astimezone(context.zone()).date())


def period_word(period: Period) -> str:
    """November 2026, or Triwulan IV 2026."""
    if period.months == 1:
        return f"{times.MONTHS[context.language()][period.first - 1]} {period.year}"
    return str(_("Triwulan %(number)s %(year)s", number=_QUARTERS[(period.first - 1) // 3], year=period.year))


def part_word(part: str) -> str:
    """Whose time it was."""
    return {"unit": _("unit, jam kerja"), "partner": _("mitra"), "paused": _("jeda (menunggu klien atau pihak lain)"),
            "off_hours": _("di luar jam kerja")}[part]


# --- what the charts draw: shares of a hundred, and the same in words -------------------------------------------------------


def _shares(sop: SopFigures) -> list[dict[str, Any]]:
    """One row for each step that a standard judges."""
    return [{"label": each.times.name, "bars": (_share(each.times.on_time, each.times.judged),
                                                _share(each.times.handled_on_time, each.times.handled_judged)),
             "note": _share_words(each.times)}
            for each in sop.steps if each.times.judged]


def _share_words(step: StepTime) -> str:
    official = _("resmi %(share)s %%", share=_share(step.on_time, step.judged))
    if not step.handled_judged:
        return str(official)
    return f"{official} · " + str(_("penanganan %(share)s %%", share=_share(step.handled_on_time, step.handled_judged)))


def _share(part: int, whole: int) -> int:
    """In percent, rounded down: what was late once is never a hundred."""
    return 100 * part // whole if whole else 0


def _spent(label: str, spent: Spent) -> dict[str, Any]:
    """One row: the four parts of the time, which add up to a hundred but for rounding."""
    whole = spent.whole or timedelta(microseconds=1)
    parts = {name: 100 * (getattr(spent, name) / whole) for name in PARTS}
    note = " · ".join(f"{part_word(name)} {round(share)} %" for name, share in parts.items() if share)
    return {"label": label, "parts": parts, "note": note}

