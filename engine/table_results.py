"""What `engine.people` says of an agency's calendar and parameters, and of what changes them: frozen values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from engine.agency_hours import DayHours, OrdinaryHours
from engine.types import Text
from engine.work_calendar import Hours, Season, Week


class ParameterKind(StrEnum):
    """How the value of a parameter is given."""

    AMOUNT = "amount"    #: A number, with a unit where it is a time.
    ROLE = "role"
    YES_NO = "yes_no"
    WORDS = "words"      #: Anything else; it is not set here.


@dataclass(frozen=True, kw_only=True)
class Amount:
    """A number and what it counts: minutes, hours, days, months, or "" for what its own words say."""

    number: int
    unit: str


@dataclass(frozen=True, kw_only=True)
class ParameterDetail:
    """One parameter. `is_proposed`: no source states it; it reminds and never judges. `source` is the decree by which the agency set it.
    `choices` are roles, or yes and no; `units` those its number may be given in."""

    name: str
    about: Text
    kind: ParameterKind
    value: str
    amount: Amount | None
    is_proposed: bool
    source: str
    choices: tuple[str, ...]
    units: tuple[str, ...]
    is_settable: bool


@dataclass(frozen=True, kw_only=True)
class DayOff:
    """A day off, or a day of work that the national calendar has as one. `source`: the decree; "" for the national calendar's own."""

    day: date
    name: Text
    works: bool = False
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class AgencyCalendar:
    """The calendar in force, as of one year. `week` maps weekdays (0 is Monday) to local hours, as they are ordinarily today; `planned`
    are those decided for later. `other_days` are single days with hours of their own, from today on."""

    zone: str
    today: date
    year: int
    years: tuple[int, ...]
    ordinary: OrdinaryHours
    planned: tuple[OrdinaryHours, ...]
    seasons: Sequence[Season]
    other_days: tuple[DayHours, ...]
    same_day_closes: bool       # what is due on the same day is due at closing time, not at 24.00
    days: tuple[DayOff, ...]

    @property
    def week(self) -> Mapping[int, Hours]:
        """The hours that are ordinary today."""
        return self.ordinary.week


@dataclass(frozen=True, kw_only=True)
class HoursChange:
    """What a change says of hours. `shape`: week | season | day | closing. `first` to `last`: the days it is about (`last` None: from then
    on). `week`: the new hours, None where they end. `was`: what those days have now, weekday by weekday. `of`: the season it changes or
    ends, `until` when that one ends then."""

    shape: str
    first: date | None
    last: date | None = None
    week: Week | None = None
    was: Week | None = None
    on_holidays: bool = False
    of: date | None = None
    until: date | None = None
    closes: bool = False

    @property
    def is_always(self) -> bool:
        """Day and night, every day."""
        return self.week == dict.fromkeys(range(7), ((time(0), time(0)),))


@dataclass(frozen=True, kw_only=True)
class TableChange:
    """A change of days (`first` to `last`, both included), of hours, or of one parameter, and what became of it. People by name."""

    id: str
    kind: str                   # calendar | parameters
    first: date | None
    last: date | None
    name: str                   # of the day off, the season, the day with other hours; or the parameter's own
    works: bool                 # these days become days of work
    hours: HoursChange | None
    parameter: ParameterDetail | None   # as it is, with the name that changes
    value: str                  # what it becomes
    amount: Amount | None
    source: str
    reason: str
    accepted: str               # why it was proposed although nobody holds the role, or one hand approves its own work
    made_at: datetime
    made_by: str
    proposed_at: datetime | None
    state: str                  # draft | in_review | approved | sent_back | given_up
    decided_at: datetime | None
    decided_by: str
    decided_reason: str
    moved: int                  # deadlines moved by it so far
    is_carried: bool            # every running case follows it
    is_own: bool                # the viewer made it, and does not decide


@dataclass(frozen=True, kw_only=True)
class DeadlineMoved:
    """A task or clock of a running case that a change moves. A step of a class that the reader does not see is told as limited. `due_at`
    None: there was none; `due_after` None: there is none any more. Roles are "" for a clock."""

    business_key: str
    sop: Text
    name: str
    is_task: bool
    due_at: datetime | None
    due_after: datetime | None
    role: str
    role_after: str
    is_late_at_once: bool       # its new deadline has passed already


@dataclass(frozen=True, kw_only=True)
class StepMoves:
    """The tasks and clocks of one step that a change moves, or gives to another role."""

    sop: Text
    name: str
    moved: tuple[DeadlineMoved, ...]


@dataclass(frozen=True, kw_only=True)
class OneHand:
    """A step in which a role approves what it did itself just before."""

    sop: Text
    name: str


@dataclass(frozen=True, kw_only=True)
class RoleEffect:
    """What a role does that a parameter would name: `unheld`, that role, where nobody of the agency holds it today; the steps of the SOPs
    in force in which one hand would come to approve its own work."""

    unheld: str = ""
    one_hand: tuple[OneHand, ...] = ()

    @property
    def is_any(self) -> bool:
        """Whether there is something to accept."""
        return bool(self.unheld or self.one_hand)


@dataclass(frozen=True, kw_only=True)
class TableEffect:
    """What a change does to the next running cases: of `looked_at` cases, those of `unreadable` could not be opened and stay as they are.
    `following`: where the next page begins."""

    steps: tuple[StepMoves, ...]
    looked_at: int
    unreadable: tuple[str, ...]
    following: str | None
    role: RoleEffect

    @property
    def moved(self) -> int:
        """How many deadlines."""
        return sum(one.due_at != one.due_after for step in self.steps for one in step.moved)

    @property
    def handed_on(self) -> int:
        """How many open tasks wait for another role then."""
        return sum(bool(one.role and one.role_after) and one.role != one.role_after for step in self.steps for one in step.moved)
