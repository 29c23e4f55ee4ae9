"""What `engine.reports` and `engine.providers` answer with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.deployed_results import AgencyParameter
from engine.office_results import StepTime as StepTime
from engine.periods import Period as Period
from engine.types import Text


@dataclass(frozen=True, kw_only=True)
class Spent:
    """Where the time from ready to done went, summed over steps.

    `unit` is working time of the unit's own steps; `off_hours` the rest of theirs; `partner` the time of steps that wait for another
    agency; `client` the time of the unit's steps that record the beneficiary's own answer (a consent, her word on the plan), which end when
    she has given it; `paused` the time in which the case was suspended, which belongs to none of them.
    """

    unit: timedelta = timedelta(0)
    off_hours: timedelta = timedelta(0)
    partner: timedelta = timedelta(0)
    client: timedelta = timedelta(0)
    paused: timedelta = timedelta(0)

    @property
    def whole(self) -> timedelta:
        """All of it."""
        return self.unit + self.off_hours + self.partner + self.client + self.paused

    def plus(self, other: Spent) -> Spent:
        """Both together."""
        return Spent(unit=self.unit + other.unit, off_hours=self.off_hours + other.off_hours, partner=self.partner + other.partner,
                     client=self.client + other.client, paused=self.paused + other.paused)


@dataclass(frozen=True, kw_only=True)
class StepFigures:
    """One step of an SOP over a period."""

    times: StepTime
    spent: Spent


@dataclass(frozen=True, kw_only=True)
class SopFigures:
    """One SOP over a period; `spent` is the sum over its steps. `drawn`: its diagram can be shown with these figures."""

    key: str
    title: str
    title_en: str
    steps: tuple[StepFigures, ...]
    spent: Spent
    drawn: bool
    clocks: tuple[AgencyParameter, ...] = ()    # by the agency's choice some times count from another instant: what it chose


@dataclass(frozen=True, kw_only=True)
class Flow:
    """What came in and went out in one period."""

    period: Period
    opened: int
    closed: int
    done: int
    judged: int
    on_time: int


@dataclass(frozen=True, kw_only=True)
class RoleLoad:
    """What waits for one role now."""

    role: str
    waiting: int
    held: int
    late: int


@dataclass(frozen=True, kw_only=True)
class TimeReport:
    """How an agency kept its times in a period. `is_whole` is False where the period held more steps than are read for `spent`."""

    period: Period
    sops: tuple[SopFigures, ...]
    flow: tuple[Flow, ...]              # this period and those before it, the earliest first
    loads: tuple[RoleLoad, ...]         # now, whatever the period
    is_whole: bool


@dataclass(frozen=True, kw_only=True)
class OverdueTask:
    """One late task without its case and without whoever holds it."""

    sop_title: str
    sop_title_en: str
    name: str
    role: str
    risk: str
    ready_at: datetime
    due_at: datetime
    is_held: bool


@dataclass(frozen=True, kw_only=True)
class OverdueReport:
    """What is late at `at`, by the rule of every inbox. `limited`: late tasks of steps the reader may not know of; `more`: how many are
    late beyond those looked at."""

    at: datetime
    tasks: tuple[OverdueTask, ...]
    limited: int
    more: int


@dataclass(frozen=True, kw_only=True)
class Category:
    """One row of a statistic. `count` None: hidden, since a small number could point at somebody."""

    key: str
    label: Text
    count: int | None


@dataclass(frozen=True, kw_only=True)
class Dimension:
    """The cases of a period told apart by one question. `several`: a case may stand in more than one row."""

    key: str
    title: Text
    rows: tuple[Category, ...]
    several: bool = False


@dataclass(frozen=True, kw_only=True)
class Statistics:
    """Whom the agency served: its identified cases of a period. `total` None: hidden itself."""

    period: Period
    total: int | None
    dimensions: tuple[Dimension, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table of a report as it is shown and as it leaves the house: a whole number or a text in each cell."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str | int, ...], ...]


@dataclass(frozen=True, kw_only=True)
class ExportEntry:
    """Who took which figures out of the house, when and why."""

    at: datetime
    who: str
    report: str
    period: str
    media: str
    reason: str
