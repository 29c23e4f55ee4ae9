"""What people without an account are shown: frozen values without a name, a case code or an id of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from engine.results import SopStep
from engine.types import Text


class Door(StrEnum):
    """What somebody without an account can send an agency."""

    REPORT = "report"          #: A report of violence.
    COMPLAINT = "complaint"    #: A complaint or suggestion about the service.
    SURVEY = "survey"          #: An answer to the satisfaction survey, with a code handed out by staff.


class PublicStage(StrEnum):
    """How far it is, in five words; never what it is about."""

    RECEIVED = "received"
    LOOKED_AT = "looked_at"    #: Somebody has read it and is looking into it.
    HELPED = "helped"          #: Help is planned or given.
    DONE = "done"
    WITHDRAWN = "withdrawn"    #: Whoever sent it took it back.


@dataclass(frozen=True, kw_only=True)
class PublicAgency:
    """An agency with public pages; `doors` are those its SOPs in force open, `sops` the keys of its SOPs in force."""

    code: str
    name: str
    doors: frozenset[Door]
    sops: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class PromisedTime:
    """A time standard that the agency's source prints, with the clause it stands in; `step` is the drawn step it is measured on, "" where
    the source gives it for the service as a whole."""

    step: str
    text: str
    clause: str


@dataclass(frozen=True, kw_only=True)
class PublicReceipt:
    """What whoever sent something takes away. `code` is shown this once and kept nowhere."""

    code: str
    at: datetime
    zone: str
    promised: tuple[PromisedTime, ...]


@dataclass(frozen=True, kw_only=True)
class PublicSop:
    """An SOP in force."""

    key: str
    kind: str
    title: Text
    number: str                 # as the sheet prints it; "" where it prints none
    version: int
    effective_from: date
    deployment_id: str


@dataclass(frozen=True, kw_only=True)
class PublicSopDetail:
    """An SOP in force with its identity sheet and its steps in reading order; `drawing` is SVG, None for one that has no layout."""

    sop: PublicSop
    identity: Mapping[str, object]
    steps: tuple[SopStep, ...]
    drawing: bytes | None


@dataclass(frozen=True, kw_only=True)
class MeasuredPromise:
    """A printed time standard beside what was measured. `count` and `on_time` (whole percent) are None where there are too few to
    publish."""

    sop: Text
    promised: PromisedTime
    count: int | None
    on_time: int | None


@dataclass(frozen=True, kw_only=True)
class PublicPromises:
    """What the agency promises and how it kept it in the twelve months before `until`, and what it publishes of complaints."""

    since: datetime
    until: datetime
    zone: str
    measured: tuple[MeasuredPromise, ...]
    settlements: tuple[str, ...]
