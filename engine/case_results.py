"""What lists of cases and the pages of one case show: frozen values, already cut to what the actor may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from engine.deployed_results import SopStep
from engine.task_results import FormField, RefusedLetter
from engine.types import InstanceStatus, MaskedPerson, TaskSummary, Text, Value

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class CaseSummary:
    """A row of the case list: code, never a name."""

    id: str
    business_key: str
    status: str
    risk: str
    sop_title: str
    opened_at: datetime
    sop_title_en: str = ""
    owner_name: str = ""
    stage: str = ""
    next_due_at: datetime | None = None
    next_warn_at: datetime | None = None       # of the same task
    paused: bool = False                    # no deadline runs because its working clocks stand still
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
    suspended_at: datetime | None = None    # since when it is paused
    sop_title_en: str = ""


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
class CaseAct:
    """Something people decided about the case beside its SOPs' steps. `what` is a word of `engine.acts.KINDS`, simfoni_taken_back, or
    suspend | resume | cancel | migrate (from one of `versions` to the other) of the SOP `sop_title`; `about` is whom it concerns, `said`
    their words, both empty where the viewer may not know them. Who acted comes by name to those who work together, else by the roles of
    that day."""

    seq: int
    at: datetime
    what: str
    actor_name: str = ""
    actor_roles: tuple[str, ...] = ()
    about: str = ""
    said: str = ""
    sop_title: str = ""
    versions: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CaseTimeline:
    """What happened to the steps of every SOP of the case, and what people decided beside them; each in order."""

    history: tuple[HistoryRow, ...]
    acts: tuple[CaseAct, ...] = ()


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
    stated_from: datetime | None = None     # since when it may have been done that is written down now; None: its form asks that itself
    item: Mapping[str, Value] = field(default_factory=dict)  # which of several: the repeated step's item, the keys its message must carry


@dataclass(frozen=True, kw_only=True)
class Handover:
    """A message from one agency to another, as either sees it: the other's code and name, and the reference both can say."""

    agency: str
    agency_name: str
    reference: str
    at: datetime


class Part(StrEnum):
    """The parts of a case page that show records (`engine/casefile/parts.py` says which)."""

    OVERVIEW = "overview"        #: Who it is about, how it began, how it ended, and whatever belongs nowhere else.
    ASSESSMENT = "assessment"
    PLAN = "plan"
    SERVICES = "services"        #: Services and referrals.
    CONFERENCES = "conferences"
    CONSENTS = "consents"


@dataclass(frozen=True, kw_only=True)
class Awaited:
    """An instant that the SOP waits for, by the name it has in the drawing; nobody has to do anything before."""

    name: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class CaseStages:
    """How far the SOP of one instance has come, in names of its steps: what was done (in order, each once), what waits for people
    (`now`), what the system is at work on, which instants are waited for, what is next."""

    sop_title: str
    done: tuple[str, ...] = ()
    now: tuple[str, ...] = ()
    working: tuple[str, ...] = ()
    awaited: tuple[Awaited, ...] = ()
    next: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CaseHead:
    """What stands above every part of the case page."""

    summary: CaseSummary
    instances: tuple[InstanceSummary, ...]
    flags: tuple[Text, ...] = ()
    stages: CaseStages | None = None        # of what runs, else of what ran last
    came_from: Handover | None = None       # the agency that handed the case over
    handed_over: tuple[Handover, ...] = ()  # what reached other agencies from it
    responsible_agency: str = ""            # which agency answers for the beneficiary now
    names_until: datetime | None = None     # names are shown to this session that long
    name: str = ""                          # whom the case is about, while names are shown
    opened_until: datetime | None = None    # the viewer opened the case in an emergency, and may read it that long
    may: frozenset[str] = frozenset()       # verbs of engine.cases: show_names, unmask, access_log, record, suspend, ...


@dataclass(frozen=True, kw_only=True)
class CaseDetail(CaseHead):
    """The whole case at once."""

    open_tasks: tuple[TaskSummary, ...]
    history: tuple[HistoryRow, ...]
    documents: tuple[DocumentRow, ...]
    records: tuple[RecordView, ...]
    actions: tuple[CaseAction, ...] = ()
    acts: tuple[CaseAct, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CasePart(Generic[T]):
    """One part of the case page, under its head. From entry `broken_from` on the case's own chain, of decisions and notes, does not hold,
    and nothing of it is told here; None where it is whole, and on parts that tell nothing of it."""

    head: CaseHead
    content: T
    broken_from: int | None = None


@dataclass(frozen=True, kw_only=True)
class CaseOverview:
    """What waits, what may be told the case, the records of no other part, and letters that want a consent first."""

    open_tasks: tuple[TaskSummary, ...]
    actions: tuple[CaseAction, ...]
    records: tuple[RecordView, ...]
    refused_letters: tuple[RefusedLetter, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PlanLine:
    """One line of a plan as the viewer may see it; `status` is one of `engine.casefile.LineStatus`."""

    number: str
    status: str
    fields: tuple[FormField, ...]


@dataclass(frozen=True, kw_only=True)
class PlanVersion:
    """One version of the plan: what it says beside its lines, and the lines."""

    version: int
    at: datetime
    fields: tuple[FormField, ...]
    lines: tuple[PlanLine, ...]


@dataclass(frozen=True, kw_only=True)
class CasePlan:
    """The plan's versions, newest first, and what was said of it."""

    versions: tuple[PlanVersion, ...]
    records: tuple[RecordView, ...]


@dataclass(frozen=True, kw_only=True)
class ServiceLine:
    """One line of the plan in force with what happened to it: records about this line (the latest of each), and what waits."""

    line: PlanLine
    records: tuple[RecordView, ...]
    open_tasks: tuple[TaskSummary, ...]


@dataclass(frozen=True, kw_only=True)
class CaseServices:
    """Services by line of the plan, and the records of which no line is known."""

    lines: tuple[ServiceLine, ...]
    records: tuple[RecordView, ...]


@dataclass(frozen=True, kw_only=True)
class ProcessStep:
    """One step of the SOP in one instance. `state` is done | now | "" (not yet, or not the viewer's to know)."""

    step: SopStep
    state: str = ""


@dataclass(frozen=True, kw_only=True)
class CaseProcess:
    """One instance: its steps as text, by the version it runs by; `former_versions` are the numbers of those before. None of it where the
    case has no instance."""

    instance: InstanceSummary | None
    steps: tuple[ProcessStep, ...] = ()
    former_versions: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NoteVersion:
    """What a note said since `at`; `document_id` names the file that came with it."""

    at: datetime
    text: str
    document_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class CaseNote:
    """A note about the case; the version in force first. `kind` and `sensitivity` are words of `engine/commands/notes.py`."""

    number: int
    kind: str
    sensitivity: str
    by: str
    versions: tuple[NoteVersion, ...]
    may_revise: bool = False


@dataclass(frozen=True, kw_only=True)
class NoteChoices:
    """Kinds of notes, and the classes their writer may give one: those they may read themselves."""

    kinds: tuple[str, ...]
    classes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class LikelyCase:
    """A case that may be about the person somebody asks for. `why` names what is the same: nik, name, phone, year."""

    case_id: str
    business_key: str
    unit: str
    owner_name: str
    is_open: bool
    last_at: datetime
    score: int
    why: tuple[str, ...]
    may_read: bool


@dataclass(frozen=True, kw_only=True)
class Anew:
    """Why a case is made although these looked like it."""

    reason: str
    alike: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CaseCopy:
    """A case as one reader may take it away on paper. `number` counts the copies of this case, whoever took them."""

    number: int
    records: tuple[RecordView, ...]
    history: tuple[HistoryRow, ...]
    documents: tuple[DocumentRow, ...]
    open_tasks: tuple[TaskSummary, ...]
    acts: tuple[CaseAct, ...] = ()
