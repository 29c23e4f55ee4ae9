"""What `engine.sops` says of deployed SOPs: frozen values, already cut to what the actor may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from engine.types import LintFinding


@dataclass(frozen=True, kw_only=True)
class Beginning:
    """When an SOP is the one to begin, in its own words (Indonesian): what has happened, and the step that follows ("": none named)."""

    event: str
    first: str


@dataclass(frozen=True, kw_only=True)
class SopSummary:
    """A deployed SOP version."""

    deployment_id: str
    key: str
    agency_code: str
    title: str
    version: int
    digest: str
    effective_from: date
    running: int
    findings: int
    kind: str = ""              # what its sheet says it is about: intake, case, service, request, community, oversight
    state: str = ""             # in_force | to_come | replaced | withdrawn, where versions are listed
    in_case: str = ""           # "required": it begins only in a case that is named
    begins: Beginning | None = None  # when to begin it, where SOPs are listed to be begun
    is_told: bool = False       # its form speaks to the public: whoever else begins it writes down somebody's answers
    title_en: str = ""          # where its sheet has one
    number: str = ""            # the SOP's own number, where its sheet gives one
    decree: str = ""            # number of the decree it came into force by; "" for one the machine's operator deployed
    withdrawn_from: date | None = None  # the first day on which nothing begins by it, where that was approved
    withdrawal_decree: str = ""
    withdrawal_waits: bool = False  # it is proposed to be withdrawn; told whoever may read drafts


@dataclass(frozen=True, kw_only=True)
class Withdrawal:
    """A proposal to withdraw a version, and what became of it. People by name; `is_own`: the viewer proposed it, and does not decide."""

    id: str
    decree: str
    withdrawn_from: date
    reason: str
    proposed_at: datetime
    proposed_by: str
    state: str                  # in_review | approved | sent_back
    decided_at: datetime | None
    decided_by: str
    decided_reason: str
    is_own: bool


@dataclass(frozen=True, kw_only=True)
class SopStep:
    """One activity of the SOP in reading order, as a line of text."""

    element_id: str
    name: str
    lane: str
    role: str
    standard_text: str
    clauses: tuple[str, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    done_by: str = "people"     # or "system", or "steps" for what holds further steps


@dataclass(frozen=True, kw_only=True)
class AgencyParameter:
    """A value of the agency's profile that the SOP uses. `proposed`: no source states it; it reminds and never judges."""

    name: str
    text: str
    value: str
    proposed: bool


@dataclass(frozen=True, kw_only=True)
class SopDetail:
    """One deployed SOP: identity sheet, steps, findings, and the bundle's files for drawing."""

    summary: SopSummary
    identity: Mapping[str, object]
    steps: tuple[SopStep, ...]
    findings: tuple[LintFinding, ...]
    files: Mapping[str, bytes]
    process_id: str
    parameters: tuple[AgencyParameter, ...] = ()
