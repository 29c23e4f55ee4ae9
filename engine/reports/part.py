"""`engine.reports`: the figures of an agency, for those who answer for it, keep its data, own its SOPs or audit it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from engine import access_reading, authorization, errors
from engine.authorization import ObjectFacts
from engine.executor import Context, Executor
from engine.render import sheet
from engine.report_results import ExportEntry, OverdueReport, Period, Statistics, Table, TimeReport
from engine.reports import heat, overdue, statistics, times
from engine.types import Actor
from storage import randomness
from storage.reports import exports

T = TypeVar("T")
LONGEST_REASON: Final = 500
_MEDIA: Final = {"csv": sheet.csv_bytes, "xlsx": sheet.xlsx_bytes}


class Reports:
    """Each figure is of the actor's agency, over one period. Nothing here says of which case it is made."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def times(self, actor: Actor, period: Period) -> TimeReport:
        """Share on time of each step, whose time it was, what came in, went out and waits."""
        return self._read(actor, lambda context: times.report(context, period))

    def heat_map(self, actor: Actor, sop_key: str, period: Period, *, language: str = "id") -> bytes:
        """The SOP in force as SVG, each step tinted by its share on time. Raises `NotFound` for one that is not in force, and what
        drawing it raises."""
        return self._read(actor, lambda context: heat.drawing(context, sop_key, period, language))

    def overdue(self, actor: Actor) -> OverdueReport:
        """What is late now."""
        return self._read(actor, overdue.report)

    def statistics(self, actor: Actor, period: Period) -> Statistics:
        """Whom the agency served. Raises `PeriodRuns` for a period that has not ended, `PeriodTooLarge`."""
        return self._read(actor, lambda context: statistics.report(context, period))

    def export(self, actor: Actor, tables: Sequence[Table], *, report: str, period: str, media: str, reason: str) -> bytes:
        """These tables of `report` as a file ("csv" or "xlsx"), and in the list of exports who took them and why.

        Raises:
            NotFound: no such kind of file.
            InvalidSubmission: no reason, or a very long one.
        """
        said = " ".join(reason.split())

        def command(context: Context) -> bytes:
            authorization.require(actor, "statistics.export", ObjectFacts(agency_id=actor.agency_id))
            if media not in _MEDIA:
                raise errors.NotFound(media=media[:10])
            if not said or len(said) > LONGEST_REASON:
                raise errors.InvalidSubmission({"reason": (
                    f"Tulis untuk apa angka ini dibawa keluar, paling banyak {LONGEST_REASON} huruf.",
                    f"Say what these figures are taken out for, in at most {LONGEST_REASON} characters.")})
            content = _MEDIA[media](tables)
            exports.add(context.uow, exports.ExportRow(
                id=randomness.new_id(), agency_id=actor.agency_id, account_id=actor.account_id, at=context.now, report=report,
                period=period, media=media, reason=said, sha256=hashlib.sha256(content).hexdigest()))
            return content

        return self._executor.run(actor, command)

    def exports(self, actor: Actor) -> tuple[ExportEntry, ...]:
        """Who took figures out of the house, the latest first: by name for who answers for cases, else by number."""
        authorization.require(actor, "statistics.export")

        def query(context: Context) -> tuple[ExportEntry, ...]:
            people = access_reading.People(context)
            return tuple(ExportEntry(at=row.at, who=people.who(row.account_id), report=row.report, period=row.period, media=row.media,
                                     reason=row.reason) for row in exports.of_agency(context.uow, actor.agency_id))

        return self._executor.read(actor, query)

    def _read(self, actor: Actor, query: Callable[[Context], T]) -> T:
        authorization.require(actor, "statistics.read")
        return self._executor.read(actor, query)
