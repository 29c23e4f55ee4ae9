"""What queries of the six parts return, beside `types.TaskSummary`: frozen values, already cut to what the actor may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Generic, TypeVar

from engine.deployed_results import AgencyParameter as AgencyParameter
from engine.deployed_results import SopDetail as SopDetail, SopStep as SopStep, SopSummary as SopSummary
from engine.job_results import IncidentRow as IncidentRow
from engine.job_results import Job as Job
from engine.job_results import JobOutcome as JobOutcome
from engine.office_results import DecisionBrief as DecisionBrief
from engine.office_results import Escalation as Escalation
from engine.office_results import SupervisionTask as SupervisionTask
from engine.office_results import Tile as Tile
from engine.types import InstanceStatus, TaskSummary, Text, TraceEntry, Value

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Page(Generic[T]):
    """One page of a list. `total` counts all rows the actor may see under the filter."""

    rows: tuple[T, ...]
    total: int
    number: int = 1
    size: int = 25


@dataclass(frozen=True, kw_only=True)
class InboxFilters:
    """What the inbox shows. `box` is mine | pool | aside | done. Ids and enumerations only, never free text."""

    box: str = "mine"
    sop_key: str | None = None
    element_id: str | None = None
    risk: str | None = None
    late_only: bool = False
    role: str | None = None
    case_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class FormField:
    """One field as the viewer may see it; `value` is None where nothing was typed or `masked` is true."""

    key: str
    type: str
    label: Text
    help: Text
    required: bool
    steering: bool
    sensitivity: str
    options: tuple[tuple[str, Text], ...] = ()
    show_if: str | None = None
    clause: str = ""
    allow_unknown: bool = False
    fields: tuple[FormField, ...] = ()      # of one row, for `rows`
    value: Value = None
    masked: bool = False
    group: Text = Text("", "")              # the heading it stands under


@dataclass(frozen=True, kw_only=True)
class FormView:
    """A form ready to be drawn: fields the viewer may fill, in order, with what is known already."""

    key: str
    title: Text
    help: Text
    clause: str
    fields: tuple[FormField, ...]


@dataclass(frozen=True, kw_only=True)
class HandlingAct:
    """Who gave a task to whom, set it aside until when, or asked whom for help, and what they said with it."""

    at: datetime
    verb: str                               # delegate, assign, hand_over, take_back, take_over, set_aside, bring_back, ask_help
    actor_name: str
    from_name: str = ""
    to_name: str = ""
    until: datetime | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """Somebody of the actor's agency, with the roles they hold today."""

    id: str
    name: str
    roles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SavedFilter:
    """A filter of the inbox under a name; shared with whoever holds `role`, or the saver's own. `may_remove`: by who asks."""

    id: str
    name: str
    role: str | None
    filters: InboxFilters
    may_remove: bool


@dataclass(frozen=True, kw_only=True)
class Absence:
    """Somebody is away from a day through another; the substitute holds `roles` meanwhile (Plt.)."""

    id: str
    account_id: str
    name: str
    substitute_id: str
    substitute_name: str
    roles: tuple[str, ...]
    from_date: date
    until_date: date
    decree: str
    runs: bool                              # today
    may_end: bool                           # by who asks


@dataclass(frozen=True, kw_only=True)
class TaskDetail:
    """One task, its form, its draft, and why it looks as it does."""

    summary: TaskSummary
    form: FormView | None
    draft: Mapping[str, Value]
    draft_saved_at: datetime | None
    warnings: tuple[str, ...]               # printed warnings of the SOP for every task screen
    clause_texts: tuple[str, ...]           # the quoted source clauses of this element
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    why_mine: Text
    why_due: Text
    after_this: Text
    may: frozenset[str]                     # verbs of engine.tasks: claim, unclaim, complete, save_draft, delegate, assign, ...
    handled: tuple[HandlingAct, ...] = ()   # who gave it on, set it aside, asked for help; the latest first
    item: tuple[FormField, ...] = ()        # what a repeated step is about this time, in the words of the SOP's forms
    shown: tuple[FormField, ...] = ()      # what tables propose to whoever decides, each a table of rows; no rows: nothing to propose
    plan: FormField | None = None           # the plan's lines, where the form speaks of them
    grounds: tuple[tuple[str, str], ...] = ()  # what the step stands on that the source does not print: law or proposal, and its words


@dataclass(frozen=True, kw_only=True)
class CompletionResult:
    """What a completed task led to: which tasks opened now, and whether the instance ended."""

    instance_id: str
    case_id: str | None
    opened: tuple[TaskSummary, ...]
    status: InstanceStatus
    verdict: str
    handling_verdict: str = ""
    completed_at: datetime | None = None    # the recorded instant
    stated_at: datetime | None = None       # when it was done, where it was written down only afterwards
    stated_verdict: str = ""                # the official verdict if somebody in authority accepts that


@dataclass(frozen=True, kw_only=True)
class MaskedPerson:
    """Whom a case is about, as far as a list says it. `sex` is female, male or empty; `age` in whole years today."""

    initials: str
    sex: str = ""
    age: int | None = None


@dataclass(frozen=True, kw_only=True)
class CaseSummary:
    """A row of the case list: code, never a name."""

    id: str
    business_key: str
    status: str
    risk: str
    sop_title: str
    opened_at: datetime
    owner_name: str = ""
    stage: str = ""
    next_due_at: datetime | None = None
    person: MaskedPerson | None = None


@dataclass(frozen=True, kw_only=True)
class InstanceSummary:
    """A process instance of a case."""

    id: str
    sop_key: str
    sop_title: str
    version: int
    digest: str
    process_id: str
    status: InstanceStatus
    started_at: datetime
    ended_at: datetime | None
    seq: int


@dataclass(frozen=True, kw_only=True)
class HistoryRow:
    """One readable line of what happened. Limited steps come with an empty element id and name."""

    seq: int
    at: datetime
    recorded_at: datetime
    actor_name: str
    actor_role: str
    kind: str
    element_id: str
    element_name: str
    happened: str
    verdict: str = ""
    due_at: datetime | None = None
    handling_verdict: str = ""
    stated_at: datetime | None = None       # when it was done, as its performer says; `at` is when it was recorded
    stated_verdict: str = ""
    accepted_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class DocumentRow:
    """A document of the case: what it is and the digest of its bytes."""

    id: str
    code: str
    title: str
    number: str
    status: str
    issued_at: datetime
    sha256: str
    element_id: str
    media_type: str


@dataclass(frozen=True, kw_only=True)
class VerifiedDocument:
    """What anybody may know of an issued document who holds its paper; `issued_at` belongs to the `zone` of the agency."""

    code: str
    agency: str
    zone: str
    issued_at: datetime
    status: str


@dataclass(frozen=True, kw_only=True)
class NumberGap:
    """A number that was counted and stands on nothing; `written` is empty where it was passed over."""

    series: str
    number: int
    written: str


@dataclass(frozen=True, kw_only=True)
class RecordView:
    """A projected record of the case file (`engine/casefile`), fields already masked for the viewer."""

    record: str
    version: int
    at: datetime
    fields: tuple[FormField, ...]


@dataclass(frozen=True, kw_only=True)
class CaseAction:
    """Something a person may tell the case now: its diagram waits for `message` at `element_id`, with a form of this `title`."""

    id: str
    instance_id: str
    element_id: str
    message: str
    name: str
    title: Text
    form_key: str
    role: str
    item: Mapping[str, Value] = field(default_factory=dict)  # which of several: the repeated step's item, the keys its message must carry


@dataclass(frozen=True, kw_only=True)
class Handover:
    """A message from one agency to another, as either sees it: the other's code and name, and the reference both can say."""

    agency: str
    agency_name: str
    reference: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class CaseDetail:
    """The case page."""

    summary: CaseSummary
    instances: tuple[InstanceSummary, ...]
    open_tasks: tuple[TaskSummary, ...]
    history: tuple[HistoryRow, ...]
    documents: tuple[DocumentRow, ...]
    records: tuple[RecordView, ...]
    flags: tuple[Text, ...] = ()
    actions: tuple[CaseAction, ...] = ()
    came_from: Handover | None = None       # the agency that handed the case over
    handed_over: tuple[Handover, ...] = ()  # what reached other agencies from it
    responsible_agency: str = ""            # which agency answers for the beneficiary now
    names_until: datetime | None = None     # names are shown to this session that long
    opened_until: datetime | None = None    # the viewer opened the case in an emergency, and may read it that long
    may: frozenset[str] = frozenset()       # show_names, unmask, access_log


class ReplayVerdict(StrEnum):
    """What a replay found."""

    CONFIRMED = "confirmed"  #: Every entry led to the recorded state.
    BROKEN = "broken"        #: The chain, an entry or a state differs; `first_bad_seq` names the first.
    REDACTED = "redacted"    #: The chain verifies; the case key is destroyed, so content cannot be.


@dataclass(frozen=True, kw_only=True)
class ReplayReport:
    """The result of replaying one journal."""

    instance_id: str
    verdict: ReplayVerdict
    entries: int
    head: str
    first_bad_seq: int | None = None
    reason: str = ""
    trace: tuple[TraceEntry, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StateAt:
    """The instance as it stood after journal entry `seq`, computed by replaying up to it."""

    instance_id: str
    seq: int
    last_seq: int
    at: datetime
    kind: str
    actor_name: str
    actor_role: str
    element_id: str
    open_elements: tuple[str, ...]
    done_elements: Mapping[str, int]        # element id -> times completed so far
    variables: Mapping[str, Value]
    submission: tuple[FormField, ...]       # what was typed at this step, masked for the viewer
    dues: Mapping[str, datetime] = field(default_factory=dict)   # open element id -> due
    fields: Mapping[str, FormField] = field(default_factory=dict)   # what the SOP's forms call those variables and their parts
    stated_at: datetime | None = None       # when the work was done, where it was written down only at `at`
    reason: str = ""                        # of what was said of an earlier entry


@dataclass(frozen=True, kw_only=True)
class Account:
    """A person who may sign in. `demo` accounts exist only in a demo database."""

    id: str
    sign_in: str
    name: str
    agency_id: str
    agency_name: str
    roles: tuple[str, ...]
    language: str
    demo: bool
    shortcuts: bool = True          # whether single keys act on pages


@dataclass(frozen=True, kw_only=True)
class ConfirmedQualification:
    """What somebody answered for when a role was granted, in the agency's own wording of that day."""

    role: str
    from_date: date
    qualification: str
    confirmed_by: str
    confirmed_at: datetime


@dataclass(frozen=True, kw_only=True)
class Notice:
    """An in-app notice: a code and a verb, never content."""

    id: str
    at: datetime
    code: str                               # what `notice.send` was told; `text` are its words
    text: Text
    case_id: str | None
    task_id: str | None
    read_at: datetime | None
