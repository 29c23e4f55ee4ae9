"""What the supervisor's desk shows: frozen values, already cut to what the actor may see. Codes of cases, never a beneficiary's name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.results import FormField, RefusedLetter

# --- one case and those who work on it --------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ConflictOfInterest:
    """Somebody who sees nothing of the case, since when, by whose word, and why."""

    account_id: str
    name: str
    declared_by: str
    declared_at: datetime
    reason: str


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """The case was given to somebody, or handed on, with what was said then."""

    at: datetime
    by: str
    to_name: str
    from_name: str
    note: str


@dataclass(frozen=True, kw_only=True)
class CaseStaff:
    """Who answers for a case and who is shut out of it. `conflicts` are for those who may declare them. From entry `broken_from` on the
    case's own chain does not hold: what it says from there on, handing on and reasons, is left out."""

    case_id: str
    business_key: str
    risk: str
    is_open: bool
    owner_id: str | None
    owner_name: str
    assignments: tuple[Assignment, ...]
    conflicts: tuple[ConflictOfInterest, ...]
    may: frozenset[str]                     # assign, conflict
    wanted: frozenset[str] = frozenset()    # roles for which tasks of the case wait now
    broken_from: int | None = None


# --- the desk -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One number of the desk; it stops at 1,000. `lists` is tasks or cases; `proposed`: after how long is a proposal of ours."""

    key: str
    count: int
    lists: str
    after: tuple[timedelta, ...] = ()
    proposed: bool = False


@dataclass(frozen=True, kw_only=True)
class QuietCase:
    """A case in a list of the desk."""

    id: str
    business_key: str
    risk: str
    status: str
    opened_at: datetime
    acted_at: datetime | None
    owner_name: str


@dataclass(frozen=True, kw_only=True)
class Comment:
    """What was said before in the same record: an earlier answer, its reason, a note."""

    at: datetime
    by: str
    fields: tuple[FormField, ...]


@dataclass(frozen=True, kw_only=True)
class PaperHeld:
    """A document that the SOP names among what a step needs. `at`: when the case's last one was written; None: it has none, or
    (not `is_shown`) that is not the viewer's to know."""

    code: str
    at: datetime | None
    is_shown: bool = True


@dataclass(frozen=True, kw_only=True)
class ConsentHeld:
    """What was last recorded of the consent to the services, and when; nothing yet: both None."""

    status: FormField | None
    at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What one record of an assessment found, in its choices and its yes or no; the sentences stand in the case."""

    record: str
    at: datetime
    fields: tuple[FormField, ...]


@dataclass(frozen=True, kw_only=True)
class CaseStanding:
    """What a case has while somebody must decide about it; none of it is judged here."""

    papers: tuple[PaperHeld, ...]                # none: the SOP names nothing
    consent: ConsentHeld | None                  # None: not the viewer's to know
    lines: tuple[tuple[str, int], ...]           # of the plan in force: status, how many lines
    open_steps: tuple[str, ...]                  # the names of the other tasks that wait, one each
    refused_letters: tuple[RefusedLetter, ...]
    unanswered: tuple[datetime, ...]             # referrals without an answer, each since when; the oldest first


@dataclass(frozen=True, kw_only=True)
class DecisionBrief:
    """What stands beside the form of a decision; what tables found stands in the form itself (its `shows`)."""

    requested_by: tuple[str, ...]
    requested_at: datetime | None
    comments: tuple[Comment, ...]
    standing: CaseStanding | None = None         # None: the task is of no case, or of one that the viewer may not read
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Workload:
    """One person of the unit. `load` is by `WEIGHTS`, a proposal of ours: it orders this list and judges nobody."""

    account_id: str
    name: str
    roles: tuple[str, ...]
    open_cases: int
    high_risk: int
    load: int
    open_tasks: int
    late_tasks: int
    away_until: date | None
    qualifications: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class StepTime:
    """How long one step of an SOP took, from ready to done as the clock on the wall ran, and how often on time."""

    sop_key: str
    sop_title: str
    sop_title_en: str                       # "" where its sheet has none
    element_id: str
    name: str
    role: str
    done: int
    median: timedelta
    p90: timedelta
    judged: int                             # how many had a standard to be judged by
    on_time: int
    handled_judged: int
    handled_on_time: int


# --- duty and escalation ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Shift:
    """Somebody on duty from one instant to another."""

    id: str
    account_id: str
    name: str
    phone: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class ChainLink:
    """One step of an escalation chain: who, reached how, told when. `told`: it has happened, to these; `missed`: its turn came, and
    nobody was there."""

    step: str                               # holder, supervisor, duty_officer, head_of_unit
    role: str
    names: tuple[str, ...]
    phone: str
    at: datetime
    told: bool
    missed: bool = False


@dataclass(frozen=True, kw_only=True)
class Escalation:
    """Whom a late task reaches, in order. `proposed`: steps and delays are ours, no SOP sets them."""

    links: tuple[ChainLink, ...]
    proposed: bool


@dataclass(frozen=True, kw_only=True)
class Vacancy:
    """Roles that work waits for and nobody in the agency holds today; who may give them to somebody, who leads it, who is on duty now."""

    roles: tuple[str, ...]
    givers: tuple[str, ...]
    heads: tuple[str, ...]
    on_duty: tuple[Shift, ...]


# --- supervision --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class SupervisionTask:
    """Something agreed in a session, with its day."""

    what: str
    until: date | None


@dataclass(frozen=True, kw_only=True)
class SupervisionNote:
    """One session, for the two people and the head of the unit."""

    id: str
    held_on: date
    supervisor: str
    worker: str
    cases: tuple[tuple[str, str], ...]      # (case id where the reader may open it, else "", code)
    advice: str
    wellbeing: str
    tasks: tuple[SupervisionTask, ...]
    written_at: datetime


#: How much one open case counts in a workload, by risk; what is not assessed counts like medium. Proposed: no seed gives weights.
WEIGHTS: Mapping[str, int] = {"high": 3, "medium": 2, "low": 1, "": 2}
