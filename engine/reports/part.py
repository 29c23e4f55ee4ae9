"""`engine.reports`: the figures of an agency, for those who answer for it, keep its data, own its SOPs or audit it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from engine import authorization
from engine.executor import Context, Executor
from engine.report_results import OverdueReport, Period, TimeReport
from engine.reports import heat, overdue, times
from engine.types import Actor

T = TypeVar("T")


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

    def _read(self, actor: Actor, query: Callable[[Context], T]) -> T:
        authorization.require(actor, "statistics.read")
        return self._executor.read(actor, query)
