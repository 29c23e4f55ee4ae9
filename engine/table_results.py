"""What `engine.people` says of an agency's calendar and parameters, and of what changes them: frozen values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from engine.types import Text
from engine.work_calendar import Hours, Season


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
    """The calendar in force, as of one year. `week` maps weekdays (0 is Monday) to local hours."""

    zone: str
    year: int
    years: tuple[int, ...]
    week: Mapping[int, Hours]
    seasons: Sequence[Season]
    days: tuple[DayOff, ...]


@dataclass(frozen=True, kw_only=True)
class TableChange:
    """A change of the calendar (`first` to `last`, both included) or of one parameter, and what became of it. People by name."""

    id: str
    kind: str                   # calendar | parameters
    first: date | None
    last: date | None
    name: str                   # of the day off
    works: bool                 # these days become days of work
    parameter: ParameterDetail | None   # as it is, with the name that changes
    value: str                  # what it becomes
    amount: Amount | None
    source: str
    reason: str
    made_at: datetime
    made_by: str
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
class TableEffect:
    """What a change does to the next running cases: of `looked_at` cases, those of `unreadable` could not be opened and stay as they are.
    `following`: where the next page begins."""

    steps: tuple[StepMoves, ...]
    looked_at: int
    unreadable: tuple[str, ...]
    following: str | None

    @property
    def moved(self) -> int:
        """How many deadlines."""
        return sum(one.due_at != one.due_after for step in self.steps for one in step.moved)

    @property
    def handed_on(self) -> int:
        """How many open tasks wait for another role then."""
        return sum(bool(one.role and one.role_after) and one.role != one.role_after for step in self.steps for one in step.moved)
