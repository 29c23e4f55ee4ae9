"""What a worker holds and reports, and what needs a person. Clients take these from `engine.results`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from engine.types import Text


@dataclass(frozen=True, kw_only=True)
class Job:
    """A unit of waiting work a worker holds until `locked_until`; `fence` refuses a worker that lost its lock."""

    id: str
    instance_id: str                        # "" for a timer that begins one
    agency_id: str = ""
    kind: str                               # timer | operation | message | signal | start | mail
    element_id: str
    due_at: datetime
    attempts: int
    fence: int
    name: str = ""
    call: object | None = None              # types.OperationCall for operations


class JobOutcome(StrEnum):
    """What became of a job that a worker held."""

    DONE = "done"                        #: The instance moved on.
    GONE = "gone"                        #: Its element was cancelled meanwhile; nothing to do.
    RETRY_SCHEDULED = "retry-scheduled"  #: Failed for now; due again later.
    INCIDENT_RAISED = "incident-raised"  #: Out of retries, or failed for good; a person must decide.


@dataclass(frozen=True, kw_only=True)
class IncidentRow:
    """Something that needs a person. It belongs to no instance (`instance_id` "") where one was to begin."""

    id: str
    instance_id: str
    case_id: str | None
    element_id: str
    code: str
    says: Text
    since: datetime
    kind: str                               # of the job
    overdue_for: timedelta | None = None
