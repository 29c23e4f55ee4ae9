"""The tables of a report in the reader's words: what the page shows and what leaves the house are these, cell for cell."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import gettext as _

from engine.report_results import Dimension, OverdueReport, Period, SopFigures, Statistics, StepFigures, Table, TimeReport
from webui import context, times, words

_QUARTERS = ("I", "II", "III", "IV")
PARTS = ("unit", "partner", "client", "paused", "off_hours")


def of_times(report: TimeReport) -> list[Table]:
    """What came, went and waits; whose time it was; each SOP's steps."""
    return [table for table in (flow(report), loads(report), whose(report), *(steps(sop) for sop in report.sops)) if table.rows]


def flow(report: TimeReport) -> Table:
    """What came in and went out."""
    return Table(
        title=_("Enam masa sampai dengan yang dipilih"),
        heads=(_("Masa"), _("Kasus masuk"), _("Kasus ditutup"), _("Langkah selesai"), _("Tepat waktu (resmi)")),
        rows=tuple((period_word(one.period), one.opened, one.closed, one.done, share(one.on_time, one.judged) if one.judged else "—")
                   for one in report.flow))


def loads(report: TimeReport) -> Table:
    """What waits for whom now."""
    return Table(title=_("Menunggu sekarang, menurut peran"),
                 heads=(_("Peran"), _("Tugas terbuka"), _("Sudah diambil"), _("Lewat tenggat")),
                 rows=tuple((words.role_word(one.role), one.waiting, one.held, one.late) for one in report.loads))


def whose(report: TimeReport) -> Table:
    """Whose time each SOP took."""
    return Table(title=_("Waktu siapa"), heads=("SOP", *(_upper(part_word(part)) for part in PARTS)),
                 rows=tuple((words.sop_cell(sop.title, sop.title_en), *(_span(getattr(sop.spent, part)) for part in PARTS))
                            for sop in report.sops))


def steps(sop: SopFigures) -> Table:
    """One SOP's steps."""
    return Table(
        title=words.sop_cell(sop.title, sop.title_en),
        heads=(_("Langkah"), _("Peran"), _("Jumlah"), _("Median"), _("Sembilan dari sepuluh selesai dalam"), _("Tepat waktu (resmi)"),
               _("Tepat waktu (penanganan)"), *(_upper(part_word(part)) for part in PARTS)),
        rows=tuple(_step(step) for step in sop.steps))


def overdue(report: OverdueReport) -> Table:
    """What is late now."""
    return Table(
        title=_("Tugas yang lewat tenggat"),
        heads=(_("Langkah"), "SOP", _("Peran"), _("Risiko"), _("Siap"), _("Tenggat"), _("Diambil")),
        rows=tuple((words.step_cell(one.name), words.sop_cell(one.sop_title, one.sop_title_en), words.role_word(one.role),
                    words.risk_word(one.risk), words.exact(one.ready_at), words.due(one.due_at), _("Ya") if one.is_held else _("Tidak"))
                   for one in report.tasks))


def of_statistics(report: Statistics) -> list[Table]:
    """The total, then each dimension."""
    total = Table(title=_("Kasus teridentifikasi"), heads=(_("Masa"), _("Kasus")),
                  rows=((period_word(report.period), _hidden() if report.total is None else report.total),))
    return [total, *(_dimension(each) for each in report.dimensions)]


def period_word(period: Period) -> str:
    """November 2026, or Triwulan IV 2026."""
    if period.months == 1:
        return f"{times.MONTHS[context.language()][period.first - 1]} {period.year}"
    return str(_("Triwulan %(number)s %(year)s", number=_QUARTERS[(period.first - 1) // 3], year=period.year))


def part_word(part: str) -> str:
    """Whose time it was."""
    return {"unit": _("unit, jam kerja"), "partner": _("mitra"), "client": _("klien"), "paused": _("jeda (kasus ditangguhkan)"),
            "off_hours": _("di luar jam kerja")}[part]


def share(part: int, whole: int) -> str:
    """So many of so many; nothing where no standard judges. Rounded down: what was late once is never a hundred."""
    return f"{100 * part // whole} % ({part}/{whole})" if whole else unset()


def unset() -> str:
    """What stands where the SOP gives no time."""
    return str(_("belum ditetapkan dalam SOP"))


def _hidden() -> str:
    return str(_("disembunyikan"))


def _dimension(one: Dimension) -> Table:
    title = context.say(one.title)
    several = _("satu kasus dapat masuk beberapa baris")
    return Table(title=f"{title} ({several})" if one.several else title, heads=(title, _("Kasus")),
                 rows=tuple((context.say(row.label), _hidden() if row.count is None else row.count) for row in one.rows))


def _step(step: StepFigures) -> tuple[str | int, ...]:
    kept = step.times
    return (words.step_cell(kept.name), words.role_word(kept.role), kept.done, words.span(kept.median), words.span(kept.p90),
            share(kept.on_time, kept.judged), share(kept.handled_on_time, kept.handled_judged),
            *(_span(getattr(step.spent, part)) for part in PARTS))


def _span(length: timedelta) -> str | int:
    return words.span(length) if length else 0


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
