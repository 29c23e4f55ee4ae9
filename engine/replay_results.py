"""What a replay finds, and an instance as it once stood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from engine.task_results import FormField
from engine.types import TraceEntry, Value


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
    definition: str                         # digest of the version the instance ran by once the entry was written
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
    versions: tuple[int, ...] = ()          # of a migration: the numbers of the version before and of the one since
