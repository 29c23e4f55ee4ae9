"""What `engine.cases` says of forms that were sent and corrected: frozen values, already cut to what the viewer may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.results import DocumentRow, FormField, FormView
from engine.types import Text


@dataclass(frozen=True, kw_only=True)
class FilingRow:
    """One form of a case that was sent. `waits`: a correction of it waits for consent."""

    instance_id: str
    seq: int
    at: datetime
    title: Text
    element_name: str
    actor_name: str
    corrected: int
    waits: bool
    may_correct: bool


@dataclass(frozen=True, kw_only=True)
class FilingVersion:
    """One version of the answers: the first, or a correction. `status` is first | counts | waits | refused | replaced."""

    seq: int
    at: datetime
    actor_name: str
    status: str
    reason: str
    fields: tuple[FormField, ...]
    answered_by: str = ""
    answered_at: datetime | None = None
    answer_reason: str = ""


@dataclass(frozen=True, kw_only=True)
class EndedStep:
    """A task that waits and would be over. `name` is empty where the viewer may not see it, `holder` where nobody took it."""

    id: str
    name: str
    holder: str


@dataclass(frozen=True, kw_only=True)
class WayBack:
    """That the step may begin again, and what would be over by that; a request names it, so that nothing else ends."""

    steps: tuple[EndedStep, ...]
    may_ask: bool


@dataclass(frozen=True, kw_only=True)
class ModificationRow:
    """A request that the step begin again. `status` is waits | lapsed (it waits, and the case has moved on) | done | refused."""

    seq: int
    at: datetime
    actor_name: str
    status: str
    reason: str
    may_answer: bool
    answered_by: str = ""
    answered_at: datetime | None = None
    answer_reason: str = ""


@dataclass(frozen=True, kw_only=True)
class FilingDetail:
    """A form that was sent: its answers now, all versions of them, oldest first, and what may be done.

    `form` holds the fields the viewer may correct, filled in; `closed` those that stay as they are. `last_seq` names what the viewer
    saw: a correction hands it back.
    """

    row: FilingRow
    case_id: str
    form: FormView
    closed: tuple[FormField, ...]
    versions: tuple[FilingVersion, ...]
    last_seq: int
    may_answer: int | None = None      # the entry of the correction that the viewer may consent to, or refuse
    way_back: WayBack | None = None    # none: the step cannot begin again as the case stands
    modifications: tuple[ModificationRow, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One answer before and after; `steers`: it moved the process when it was given, and that stays as it was."""

    before: FormField
    now: FormField
    steers: bool


@dataclass(frozen=True, kw_only=True)
class CorrectionResult:
    """What a correction led to: it `waits` for consent, or counts; the letters that are void with it."""

    case_id: str
    instance_id: str
    seq: int
    waits: bool
    voided: tuple[DocumentRow, ...] = ()


@dataclass(frozen=True, kw_only=True)
class WaitingCorrection:
    """A correction that waits for consent: where it is, nothing of what it says."""

    case_id: str
    business_key: str
    instance_id: str
    seq: int
    at: datetime
