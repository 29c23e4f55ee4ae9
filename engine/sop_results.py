"""What `engine.sops` tells of drafts, proposals and comparisons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from engine.comparing_parts import Change
from engine.results import SopStep
from engine.types import LintFinding, Text, TimeStandard


class DraftState(StrEnum):
    """Where a draft stands on its way."""

    DRAFT = "draft"          #: Being edited.
    IN_REVIEW = "in_review"  #: Proposed; nobody edits it until it is sent back.
    APPROVED = "approved"    #: A version, in force from its effective date.
    WITHDRAWN = "withdrawn"  #: Given up.


@dataclass(frozen=True, kw_only=True)
class DraftSummary:
    """A draft in the list. `based_on_version` None: an SOP of which there is no version yet."""

    id: str
    key: str
    title: Text
    state: DraftState
    revision: int
    based_on: str | None
    based_on_version: int | None
    saved_at: datetime
    saved_by: str                   # a name
    findings: int                   # those that keep it from being proposed


@dataclass(frozen=True, kw_only=True)
class DraftRevision:
    """One saving."""

    revision: int
    saved_at: datetime
    saved_by: str
    note: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What one person decided, in which role, and why."""

    name: str
    role: str
    approved: bool
    reason: str
    decided_at: datetime


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """One revision laid before those who approve. `waits_for`: the roles that have not approved yet; `is_own`: the viewer edited or
    proposed it, and so does not decide."""

    id: str
    draft_id: str
    revision: int
    decree: str
    effective_from: date
    reason: str
    weakens_consent: bool
    proposed_at: datetime
    proposed_by: str
    state: str                      # in_review | approved | sent_back | withdrawn
    deployment_id: str | None
    decisions: tuple[Decision, ...]
    waits_for: tuple[str, ...]
    is_own: bool = False


@dataclass(frozen=True, kw_only=True)
class DraftDetail:
    """One draft: its steps, what keeps it back, what it changes, and everything that was done with it.

    Where the files cannot run there are no steps and no changes, only findings. `times` are the standards that may be edited.
    """

    summary: DraftSummary
    steps: tuple[SopStep, ...]
    times: Mapping[str, TimeStandard]
    findings: tuple[LintFinding, ...]
    changes: tuple[Change, ...]
    revisions: tuple[DraftRevision, ...]
    proposals: tuple[Proposal, ...]
    file_names: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ComparedVersion:
    """One side of a comparison. `number` is the version's; of a draft its revision. `drawing` is SVG; None: there is no layout."""

    id: str
    number: int
    is_draft: bool
    effective_from: date | None
    digest: str
    drawing: bytes | None


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What changes from one version to another, the grave first, with both drawings marked."""

    title: Text
    old: ComparedVersion
    new: ComparedVersion
    changes: tuple[Change, ...]
