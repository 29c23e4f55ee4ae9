"""What lists of cases and the pages of one case show: frozen values, already cut to what the actor may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from engine.task_results import FormField
from engine.types import InstanceStatus, TaskSummary, Text, Value


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
