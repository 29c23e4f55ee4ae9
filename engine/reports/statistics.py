"""Whom an agency served in a month or quarter that has ended, told apart by the dimensions of Simfoni PPA.

Read from case records, in the engine, and told as numbers only. Everybody who may read them reads the same numbers: what two readers
compared would tell is told to nobody. While a period runs it has none, since each new case would show as a difference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Final

from engine import errors
from engine.casefile import kept
from engine.executor import Context
from engine.report_results import Category, Dimension, Period, Statistics
from engine.reports import questions, small_cells, times
from engine.reports.questions import IDENTIFICATION, RECORDS, UNRECORDED, Question, Records
from engine.types import Text
from storage import cases, deployments
from storage.reports import opened

MOST: Final = 5_000
_OTHERS: Final = ("*", Text("Lainnya", "Others"))
Case = tuple[date, Records]


class PeriodRuns(errors.EngineError):
    """This period has not ended: its figures come with its end."""

    code = "period-runs"
    indonesian = "Masa ini belum berakhir: angkanya tersedia sesudah masa itu berakhir."


class PeriodTooLarge(errors.EngineError):
    """This period has more cases than one report reads; ask for its months."""

    code = "period-too-large"
    indonesian = "Masa ini memuat lebih banyak kasus daripada yang dibaca satu laporan; mintalah bulannya."


def report(context: Context, period: Period) -> Statistics:
    """The statistics of one period.

    Raises:
        PeriodRuns, PeriodTooLarge: see there.
    """
    zone = times.office_zone(context)
    if period.ends(zone) > context.now:
        raise PeriodRuns()
    months = [_cases(context, each) for each in period.each_month()]
    totals = [len(month) for month in months]
    total = sum(totals)
    gone = [small_cells.of_row([count], None) for count in totals]
    is_hidden = bool(gone[0] if len(months) == 1 else small_cells.of_sum([[count] for count in totals], gone, several=True))
    forms = [form for row in deployments.all_in_force(context.uow, context.actor.agency_id, context.local_day())
             for form in context.executor.definition(context.uow, row.id).forms.values()]
    return Statistics(
        period=period, total=None if is_hidden else total,
        dimensions=tuple(_dimension(question, months) for question in questions.asked(forms)) if total and not is_hidden else ())


def _cases(context: Context, month: Period) -> list[Case]:
    """Identified cases opened in the month; a case whose key was destroyed is in no figure any more."""
    zone = times.office_zone(context)
    rows = [row for row in opened.cases(context.uow, context.actor.agency_id, since=month.begins(zone), until=month.ends(zone),
                                        limit=MOST + 1)]
    if len(rows) > MOST:
        raise PeriodTooLarge()
    records: dict[str, dict[str, cases.CaseRecordRow]] = {}
    for record in cases.latest_of(context.uow, [row.id for row in rows], RECORDS):
        records.setdefault(record.case_id, {})[record.record] = record
    found: list[Case] = []
    for row in rows:
        told = records.get(row.id, {})
        if row.wrapped_key is not None and IDENTIFICATION in told:
            key = context.case_key(row.id, row.wrapped_key)
            found.append((row.opened_at.astimezone(zone).date(), {name: kept.opened(key, each) for name, each in told.items()}))
    return found


def _dimension(question: Question, months: Sequence[Sequence[Case]]) -> Dimension:
    counted = [Counter(_answers(question, month)) for month in months]
    options = [*(_written(counted) if question.options is None else question.options), UNRECORDED]
    if question.options is None:
        counted, options = _folded(counted, options)
    counts = [[month[key] for key, _ in options] for month in counted]
    hidden = [small_cells.of_row(row, None if question.several else sum(row)) if small_cells.tells(len(month))
              else frozenset(range(len(options))) for row, month in zip(counts, months, strict=True)]
    sums = [sum(column) for column in zip(*counts, strict=True)]
    gone = hidden[0] if len(months) == 1 else small_cells.of_sum(counts, hidden, several=question.several)
    return Dimension(key=question.key, title=question.title, several=question.several, rows=tuple(
        Category(key=key, label=label, count=None if number in gone else sums[number]) for number, (key, label) in enumerate(options)))


def _answers(question: Question, month: Sequence[Case]) -> list[str]:
    return [each for day, records in month for each in (question.answers(records, day) or [UNRECORDED[0]])]


def _written(counted: Sequence[Counter[str]]) -> list[tuple[str, Text]]:
    """Places by name; one that is in fewer cases than may show is not even named: people write there what they like."""
    named = sum(counted, Counter[str]())
    return [(place, Text(place, place)) for place in sorted(named) if place != UNRECORDED[0] and named[place] >= small_cells.FEWEST]


def _folded(counted: Sequence[Counter[str]], options: Sequence[tuple[str, Text]]) -> tuple[list[Counter[str]], list[tuple[str, Text]]]:
    """The same with every place that is not named under one heading."""
    named = {key for key, _ in options}
    folded = []
    for month in counted:
        kept_apart = Counter({key: count for key, count in month.items() if key in named})
        kept_apart[_OTHERS[0]] = sum(count for key, count in month.items() if key not in named)
        folded.append(kept_apart)
    return folded, [*options[:-1], _OTHERS, options[-1]]
