"""The values that cross `engine`'s front door: what callers hand in and what they get back.

Ids are strings, instants aware UTC `datetime`s, durations `timedelta`s. Everything is a frozen dataclass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

#: A process variable or FEEL value: None | bool | str | Decimal | date | time | datetime | timedelta | list | dict.
#: Whole numbers become Decimal at the door; a year-month duration is `engine.feel.MonthsDuration`.
Value = Any
Scalar = None | bool | str | Decimal | date | time | datetime | timedelta


@dataclass(frozen=True)
class Text:
    """One message in both languages; Indonesian is the one people see first."""

    id: str
    en: str

    def in_language(self, language: str) -> str:
        """The text for `language`; anything but `"en"` is Indonesian."""
        return self.en if language == "en" else self.id


class Severity(StrEnum):
    """What a lint finding means for a deployment."""

    ERROR = "error"    #: The file cannot run; nothing may deploy it.
    RULE = "rule"      #: It runs in a `Trial`, but an agency's SOP needs it mended.
    ADVICE = "advice"  #: It runs; a person should look.


@dataclass(frozen=True, kw_only=True)
class LintFinding:
    """One thing wrong with a bundle, where it is, and what to draw instead."""

    code: str
    severity: Severity
    file: str
    line: int | None
    element_id: str | None
    message: Text
    instead: Text


class ClockKind(StrEnum):
    """How the minutes of a time standard are counted (design.md 2)."""

    ELAPSED = "elapsed"                  #: Every minute counts, day and night.
    WORKING_MINUTES = "working_minutes"  #: Only minutes inside office hours count.
    WORKING_DAYS = "working_days"        #: Start day not counted; due at closing time of the last day.
    SAME_DAY = "same_day"                #: Due at 24:00 local time, or at closing time if the standard says so.


@dataclass(frozen=True, kw_only=True)
class TimeStandard:
    """A printed time standard (*mutu baku waktu*): `duration` is ISO-8601 (PT40M, P5D, PT24H)."""

    duration: str
    clock: ClockKind
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class OperationCall:
    """What a service task asks its operation to do; `idempotency_key` is the same on every retry."""

    name: str
    arguments: Mapping[str, Value]
    element_id: str
    business_key: str
    idempotency_key: str
    now: datetime


Operation = Callable[[OperationCall], Mapping[str, Value]]


@dataclass(frozen=True, kw_only=True)
class OperationSpec:
    """An operation a deployment may name: its dotted name and the arguments it requires."""

    name: str
    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    title: Text = Text("", "")


class Happening(StrEnum):
    """What a trace entry says about an element."""

    ENTERED = "entered"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    FAILED = "failed"
    THROWN = "thrown"
    CAUGHT = "caught"


@dataclass(frozen=True, kw_only=True)
class TraceEntry:
    """One thing that happened to one element; `seq` counts from 1 within the instance."""

    seq: int
    at: datetime
    instance_id: str
    element_id: str
    element_type: str
    happened: Happening


class InstanceStatus(StrEnum):
    """Where a process instance stands."""

    ACTIVE = "active"        #: Waiting for people, timers, messages or operations.
    INCIDENT = "incident"    #: Something waits for a person to decide; other branches go on.
    COMPLETED = "completed"  #: No unfinished element anywhere.
    CANCELLED = "cancelled"  #: Ended by a person, with a reason.


class OutcomeKind(StrEnum):
    """Whether an instance ended through an event nobody caught."""

    NONE = "none"
    ERROR = "error"
    ESCALATION = "escalation"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How an instance stands or ended."""

    status: InstanceStatus
    kind: OutcomeKind = OutcomeKind.NONE
    code: str | None = None


@dataclass(frozen=True, kw_only=True)
class MaskedPerson:
    """Whom a case is about, as far as a list says it. `sex` is female, male or empty; `age` in whole years today."""

    initials: str
    sex: str = ""
    age: int | None = None


@dataclass(frozen=True, kw_only=True)
class TaskSummary:
    """One row of the inbox. `name`, `lane`, `role` are empty where the viewer may not see them (invariant 14)."""

    id: str
    instance_id: str
    element_id: str
    name: str
    lane: str = ""
    role: str = ""
    ready_at: datetime
    due_at: datetime | None = None
    warn_at: datetime | None = None
    standard: TimeStandard | None = None
    case_id: str | None = None
    business_key: str = ""
    sop_title: str = ""                  # Indonesian; `sop_title_en` where the SOP has one in English
    sop_title_en: str = ""
    risk: str = ""
    assignee_id: str | None = None
    assignee_name: str = ""
    claimed_at: datetime | None = None
    completed_at: datetime | None = None
    is_over: bool = False                 # it ended undone, at `completed_at`: the process took it back
    verdict: str = ""
    overrun: timedelta | None = None
    handling_verdict: str = ""
    stated_at: datetime | None = None     # when it was done, where it was written down only afterwards
    stated_verdict: str = ""              # the official verdict if that is accepted
    accepted_at: datetime | None = None   # when somebody in authority accepted it
    revision: int = 0
    form_key: str | None = None
    item: Value = None
    paused: bool = False                 # its working clock stands still
    aside_until: datetime | None = None  # its holder set it aside till then
    given_by_name: str = ""              # who gave it to its holder
    held_since: datetime | None = None   # in its holder's own boxes: since when it is in their hands
    owner_id: str | None = None          # who answers for its case, to whoever may list cases
    owner_name: str = ""
    person: MaskedPerson | None = None   # whom its case is about, in the boxes of whoever may know that much
    opens_case: bool = False             # this viewer may read its case
    mark: str = ""                       # for this viewer: new, changed, or nothing since they last looked
    why: Text | None = None              # why this viewer sees it; beside it in lists: why it is due then, and what comes after it
    why_due: Text | None = None
    after_this: Text | None = None

    @property
    def official(self) -> str:
        """The verdict that counts: of the recorded instant, or of the stated one once that was accepted."""
        return self.stated_verdict if self.accepted_at is not None else self.verdict


@dataclass(frozen=True, kw_only=True)
class StandIn:
    """A colleague who is away today, and the roles that the actor holds in their place (Plt.)."""

    account_id: str
    name: str
    roles: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who asks. Roles are the abstract roles of domain.md 2.4 and 5.1, held in `agency_id` today, own ones and others' alike."""

    account_id: str
    agency_id: str
    name: str
    roles: frozenset[str] = field(default_factory=frozenset)
    stands_in_for: tuple[StandIn, ...] = ()
    deputy_roles: frozenset[str] = frozenset()     # of `roles` those that are held in a colleague's place only
    session: str = ""                              # which of the account's sessions asks: leave given to one is not another's
    provider_id: str | None = None                 # of a partner's person: the provider they answer for, "" for none; None: of the unit

    def acts_for(self, role: str) -> tuple[str, ...]:
        """In whose place the actor does work of `role`: account ids; nobody's where the role is their own."""
        return tuple(sorted(each.account_id for each in self.stands_in_for if role in each.roles)) if role in self.deputy_roles else ()

    @property
    def team(self) -> frozenset[str]:
        """The roles whose common notices are the actor's; a partner's role is shared with other partners, so none."""
        return self.roles if self.provider_id is None else frozenset()

    def holds(self, *roles: str) -> bool:
        """Whether the actor holds at least one of `roles`."""
        return not self.roles.isdisjoint(roles)
