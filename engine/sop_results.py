"""What `engine.sops` tells of drafts, proposals and comparisons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from engine.changes import Change
from engine.merging.weighing import Clash
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
    note: str = ""                  # what its editor wrote beside the latest revision


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
    proposed it, and so does not decide. `accepted`: scenario -> why it may go otherwise than it is written. `is_proposer`: they proposed
    it, and may take it back while it is in review."""

    id: str
    draft_id: str
    revision: int
    decree: str
    effective_from: date
    reason: str
    weakens_consent: bool
    proposed_at: datetime
    proposed_by: str
    state: str                      # in_review | approved | sent_back | taken_back | withdrawn
    deployment_id: str | None
    decisions: tuple[Decision, ...]
    waits_for: tuple[str, ...]
    is_own: bool = False
    is_proposer: bool = False
    taken_back_at: datetime | None = None
    accepted: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class DraftDetail:
    """One draft: its steps, what keeps it back, what it changes, and everything that was done with it.

    Where the files cannot run there are no steps and no changes, only findings. `times` are the standards that may be edited. `places`
    says what people call the element of a finding: a step's name, that of the step an event sits on, or what a flow joins.
    `overtaken_by` is the version that was approved since the draft was begun: it cannot be proposed or approved any more.
    """

    summary: DraftSummary
    steps: tuple[SopStep, ...]
    times: Mapping[str, TimeStandard]
    findings: tuple[LintFinding, ...]
    changes: tuple[Change, ...]
    revisions: tuple[DraftRevision, ...]
    proposals: tuple[Proposal, ...]
    file_names: tuple[str, ...]
    overtaken_by: str | None
    places: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class CarryOver:
    """An overtaken draft as a draft of the version that overtook it. `fates` say of each file that differs from the old base whose it
    is: `draft`, `in_force`, or `both` where it is merged; `clashes` what both changed otherwise: one side is chosen for each."""

    summary: DraftSummary
    onto: str
    onto_version: int
    fates: Mapping[str, str]
    clashes: tuple[Clash, ...]

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to choose."""
        return all(clash.chosen is not None for clash in self.clashes)


@dataclass(frozen=True, kw_only=True)
class AskedField:
    """A steering field: what a condition may ask for. `type` is the form's word for it; `options` are values and labels."""

    key: str
    label: Text
    type: str
    options: tuple[tuple[str, Text], ...]


@dataclass(frozen=True, kw_only=True)
class FormChoice:
    """A form that a step may have, with the answers of it that steer."""

    key: str
    title: Text
    fields: tuple[AskedField, ...]


@dataclass(frozen=True, kw_only=True)
class DrawingBoard:
    """One diagram of a draft on the drawing page, and what its steps may be given: ids or codes, most with the words for them.

    `text` is XML that passed every guard. `documents` are the codes that the SOP and what it borrows name; `warnings` are the identity
    sheet's, and whether tasks show them.
    """

    summary: DraftSummary
    file: str
    files: tuple[str, ...]
    text: str
    findings: tuple[LintFinding, ...]
    fixed: tuple[str, ...]          # ids of the version it was begun from: journals name them, so they stay
    start_form: str
    forms: tuple[FormChoice, ...]
    decisions: tuple[str, ...]
    operations: tuple[str, ...]
    documents: tuple[str, ...]
    clauses: tuple[tuple[str, str], ...]
    processes: tuple[tuple[str, str], ...]
    warnings: tuple[tuple[str, bool], ...]
    lanes: Mapping[str, str]        # printed name -> role
    roles: tuple[str, ...]          # that a lane may stand for


class ImportVerdict(StrEnum):
    """What becomes of one element of a file that was drawn elsewhere."""

    REFUSED = "refused"        #: It does not run; its findings say why and what to draw instead.
    INCOMPLETE = "incomplete"  #: It runs once what its findings name is given: a form, a role, a name.
    ADAPTED = "adapted"        #: It runs, with another key or without what only its own tool reads.
    DRAWN = "drawn"            #: People read it; nothing moves by it.
    RUNS = "runs"              #: As drawn.


@dataclass(frozen=True, kw_only=True)
class ImportedElement:
    """One element. `kind` is BPMN's word for it; `before` its id in the file, where it got a key that says something;
    `had_none`: the file gives it none."""

    id: str
    name: str
    kind: str
    before: str
    had_none: bool
    verdict: ImportVerdict
    findings: tuple[LintFinding, ...]


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """What a file would be as a draft. `content` is the diagram as the draft would hold it; `general` are findings of no element;
    `lanes` are those that hold steps, each with the role its name stands for in the agency's SOPs, "" for none; `key` and `title` are
    offers."""

    file: str
    content: bytes
    elements: tuple[ImportedElement, ...]
    general: tuple[LintFinding, ...]
    process_id: str
    key: str
    title: str
    lanes: tuple[tuple[str, str], ...]
    roles: tuple[str, ...]          # that a lane may stand for
    kinds: tuple[str, ...]          # of SOP there are


@dataclass(frozen=True, kw_only=True)
class MarkedPlace:
    """One element of a drawing with a mark: "added", "removed" or "changed". `anchor` is its id on the page."""

    anchor: str
    mark: str
    name: Text


@dataclass(frozen=True, kw_only=True)
class MarkedDrawing:
    """One process of a compared version. `svg` is None where it has no layout, and `places` are those that are drawn."""

    name: str
    svg: bytes | None
    places: tuple[MarkedPlace, ...]


@dataclass(frozen=True, kw_only=True)
class ComparedVersion:
    """One side of a comparison. `number` is the version's; of a draft its revision. `beside`: the processes it calls in which something
    changed."""

    id: str
    number: int
    is_draft: bool
    effective_from: date | None
    digest: str
    drawing: MarkedDrawing
    beside: tuple[MarkedDrawing, ...]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What changes from one version to another, the heaviest first, with both drawings marked."""

    title: Text
    old: ComparedVersion
    new: ComparedVersion
    changes: tuple[Change, ...]


@dataclass(frozen=True, kw_only=True)
class StepMoved:
    """An open step of a running case: who does it by the version the case runs by, and who by the other. "" for no longer there."""

    element_id: str
    name: str
    role: str
    role_after: str
    is_held: bool                   # somebody has taken it
    ran_out_at: datetime | None = None   # when its time ran out; None where it runs still, or there is none


@dataclass(frozen=True, kw_only=True)
class InTheWay:
    """Why a case cannot go on by the other version: the element, and the reason as `engine.spiff.moving` and `.ahead` name it.
    `choices`: elements of that version that could take its place, ids and names."""

    element_id: str
    name: str
    reason: str
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class ClockMoved:
    """A clock that runs, by the name of what it stands on. `due_anew`: when it would be due if it were worked out again from when it
    began; None where there is none any more, and `due_at` None where it would be new."""

    element_id: str
    name: str
    due_at: datetime | None
    due_kept: datetime | None
    due_anew: datetime | None


@dataclass(frozen=True, kw_only=True)
class CaseEffect:
    """What a version would do to one running case. `verdict` is `safe`, `mapping` or `blocked`."""

    instance_id: str
    business_key: str
    version: int
    verdict: str
    steps: tuple[StepMoved, ...]
    in_the_way: tuple[InTheWay, ...]
    clocks: tuple[ClockMoved, ...]


@dataclass(frozen=True, kw_only=True)
class EffectOf:
    """The version or draft whose effect is told. `running` are the cases by other versions than this one; `may_migrate`: the viewer may
    have them go on by it, now."""

    title: Text
    number: int
    is_draft: bool
    version_id: str
    running: int
    may_migrate: bool


@dataclass(frozen=True, kw_only=True)
class EffectPage(EffectOf):
    """Some of the running cases, in the order of their ids; `following` is what the next page begins after, None on the last."""

    cases: tuple[CaseEffect, ...]
    following: str | None


@dataclass(frozen=True, kw_only=True)
class EffectCount(EffectOf):
    """How many of some running cases it would let go on; `following` is where to count on, None at the end."""

    safe: int
    mapping: int
    blocked: int
    following: str | None


class MigrationOutcome(StrEnum):
    """What came of one case that was to go on by another version."""

    MIGRATED = "migrated"
    ALREADY = "already"      #: It runs by that version, or by the same files.
    REFUSED = "refused"      #: It has no place there; `in_the_way` says why.
    ENDED = "ended"          #: It ended meanwhile.
    OVERTAKEN = "overtaken"  #: Somebody worked on it at the same moment; nothing moved.
    NOT_FOUND = "not_found"  #: There is no such running case of this SOP that is the actor's to migrate.


@dataclass(frozen=True, kw_only=True)
class Migrated:
    """What came of one case. `version` is the number it ran by before."""

    instance_id: str
    outcome: MigrationOutcome
    business_key: str = ""
    version: int = 0
    in_the_way: tuple[InTheWay, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MigratedSome:
    """What came of some of the running cases; `following` is where to go on, None when these were the last."""

    cases: tuple[Migrated, ...]
    following: str | None
