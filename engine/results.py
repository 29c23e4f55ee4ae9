"""What queries of the six parts return, beside `types.TaskSummary`: frozen values, already cut to what the actor may see. A module
for each subject; here all of them under one roof."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from engine.case_results import Anew as Anew
from engine.case_results import Awaited as Awaited
from engine.case_results import CaseAct as CaseAct
from engine.case_results import CaseAction as CaseAction
from engine.case_results import CaseCopy as CaseCopy
from engine.case_results import CaseDetail as CaseDetail
from engine.case_results import CaseHead as CaseHead
from engine.case_results import CaseNote as CaseNote
from engine.case_results import CaseOverview as CaseOverview
from engine.case_results import CasePart as CasePart
from engine.case_results import CasePlan as CasePlan
from engine.case_results import CaseProcess as CaseProcess
from engine.case_results import CaseServices as CaseServices
from engine.case_results import CaseStages as CaseStages
from engine.case_results import CaseSummary as CaseSummary
from engine.case_results import CaseTimeline as CaseTimeline
from engine.case_results import DocumentRow as DocumentRow
from engine.case_results import Handover as Handover
from engine.case_results import HistoryRow as HistoryRow
from engine.case_results import InstanceSummary as InstanceSummary
from engine.case_results import LikelyCase as LikelyCase
from engine.types import MaskedPerson as MaskedPerson
from engine.case_results import NoteChoices as NoteChoices
from engine.case_results import NoteVersion as NoteVersion
from engine.case_results import NumberGap as NumberGap
from engine.case_results import Part as Part
from engine.case_results import PlanLine as PlanLine
from engine.case_results import PlanVersion as PlanVersion
from engine.case_results import ProcessStep as ProcessStep
from engine.case_results import RecordView as RecordView
from engine.case_results import ServiceLine as ServiceLine
from engine.case_results import VerifiedDocument as VerifiedDocument
from engine.deployed_results import AgencyParameter as AgencyParameter
from engine.deployed_results import SopDetail as SopDetail
from engine.deployed_results import SopStep as SopStep
from engine.deployed_results import SopSummary as SopSummary
from engine.deployed_results import Withdrawal as Withdrawal
from engine.job_results import IncidentRow as IncidentRow
from engine.job_results import Job as Job
from engine.job_results import JobOutcome as JobOutcome
from engine.office_results import DecisionBrief as DecisionBrief
from engine.office_results import Escalation as Escalation
from engine.office_results import SupervisionTask as SupervisionTask
from engine.office_results import Tile as Tile
from engine.office_results import Vacancy as Vacancy
from engine.people_results import Absence as Absence
from engine.people_results import Account as Account
from engine.people_results import Colleague as Colleague
from engine.people_results import ConfirmedQualification as ConfirmedQualification
from engine.people_results import NoticeSettings as NoticeSettings
from engine.replay_results import ReplayReport as ReplayReport
from engine.replay_results import ReplayVerdict as ReplayVerdict
from engine.replay_results import StateAt as StateAt
from engine.run_results import CaseRun as CaseRun
from engine.run_results import RunningClock as RunningClock
from engine.simfoni_results import SimfoniMark as SimfoniMark
from engine.simfoni_results import SimfoniPart as SimfoniPart
from engine.simfoni_results import SimfoniSheet as SimfoniSheet
from engine.table_results import AgencyCalendar as AgencyCalendar
from engine.agency_hours import DayHours as DayHours
from engine.agency_hours import OrdinaryHours as OrdinaryHours
from engine.table_results import Amount as Amount
from engine.table_results import DayOff as DayOff
from engine.table_results import DeadlineMoved as DeadlineMoved
from engine.table_results import HoursChange as HoursChange
from engine.table_results import OneHand as OneHand
from engine.table_results import RoleEffect as RoleEffect
from engine.table_results import ParameterDetail as ParameterDetail
from engine.table_results import StepMoves as StepMoves
from engine.table_results import TableChange as TableChange
from engine.table_results import TableEffect as TableEffect
from engine.task_results import CompletionResult as CompletionResult
from engine.task_results import FormField as FormField
from engine.task_results import FormView as FormView
from engine.task_results import HandlingAct as HandlingAct
from engine.task_results import InboxFilters as InboxFilters
from engine.task_results import RefusedLetter as RefusedLetter
from engine.task_results import SavedFilter as SavedFilter
from engine.task_results import TaskDetail as TaskDetail
from engine.typed_hours import day_boxes as day_boxes
from engine.typed_hours import week_boxes as week_boxes
from engine.types import Text

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Page(Generic[T]):
    """One page of a list. `total` counts all rows the actor may see under the filter."""

    rows: tuple[T, ...]
    total: int
    number: int = 1
    size: int = 25


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
