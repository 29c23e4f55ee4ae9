"""What the inbox and the page of one task show: frozen values, already cut to what the actor may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.types import InstanceStatus, TaskSummary, Text, Value


@dataclass(frozen=True, kw_only=True)
class InboxFilters:
    """What the inbox shows. `box` is mine | pool | aside | done. Ids and enumerations only, never free text."""

    box: str = "mine"
    sop_key: str | None = None
    element_id: str | None = None
    risk: str | None = None
    late_only: bool = False
    role: str | None = None
    case_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class FormField:
    """One field as the viewer may see it; `value` is None where nothing was typed or `masked` is true."""

    key: str
    type: str
    label: Text
    help: Text
    required: bool
    steering: bool
    sensitivity: str
    options: tuple[tuple[str, Text], ...] = ()
    show_if: str | None = None
    clause: str = ""
    allow_unknown: bool = False
    fields: tuple[FormField, ...] = ()      # of one row, for `rows`
    value: Value = None
    masked: bool = False
    group: Text = Text("", "")              # the heading it stands under


@dataclass(frozen=True, kw_only=True)
class FormView:
    """A form ready to be drawn: fields the viewer may fill, in order, with what is known already."""

    key: str
    title: Text
    help: Text
    clause: str
    fields: tuple[FormField, ...]


@dataclass(frozen=True, kw_only=True)
class HandlingAct:
    """Who gave a task to whom, set it aside until when, or asked whom for help, and what they said with it."""

    at: datetime
    verb: str                               # delegate, assign, hand_over, take_back, take_over, set_aside, bring_back, ask_help
    actor_name: str
    from_name: str = ""
    to_name: str = ""
    until: datetime | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class SavedFilter:
    """A filter of the inbox under a name; shared with whoever holds `role`, or the saver's own. `may_remove`: by who asks."""

    id: str
    name: str
    role: str | None
    filters: InboxFilters
    may_remove: bool


@dataclass(frozen=True, kw_only=True)
class RefusedLetter:
    """A letter that was not written: no consent covers its receiver, a name or else a kind (`engine.casefile.release_consent`)."""

    incident_id: str
    code: str
    title: Text
    receiver: str
    receiver_kind: str
    line_no: str                            # of the plan; "" for the whole case
    since: datetime
    may_retry: bool


@dataclass(frozen=True, kw_only=True)
class TaskDetail:
    """One task, its form, its draft, and why it looks as it does."""

    summary: TaskSummary
    form: FormView | None
    draft: Mapping[str, Value]
    draft_saved_at: datetime | None
    warnings: tuple[str, ...]               # printed warnings of the SOP for every task screen
    clause_texts: tuple[str, ...]           # the quoted source clauses of this element
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    why_mine: Text
    why_due: Text
    after_this: Text
    may: frozenset[str]                     # verbs of engine.tasks: claim, unclaim, complete, save_draft, delegate, assign, ...
    handled: tuple[HandlingAct, ...] = ()   # who gave it on, set it aside, asked for help; the latest first
    item: tuple[FormField, ...] = ()        # what a repeated step is about this time, in the words of the SOP's forms
    shown: tuple[FormField, ...] = ()      # what tables propose to whoever decides, each a table of rows; no rows: nothing to propose
    refused_letters: tuple[RefusedLetter, ...] = ()  # those that this finished task led to, to whoever may read the case
    forewarning: Text | None = None         # what stands against the form as it is filled in so far, to whoever may send it
    makes: tuple[str, ...] = ()             # documents that the system makes as soon as it is done
    left_over: tuple[FormField, ...] = ()   # what the draft holds that a former version asked and this one does not
    plan: FormField | None = None           # the plan's lines, where the form speaks of them
    grounds: tuple[tuple[str, str], ...] = ()  # what the step stands on that the source does not print: law or proposal, and its words


@dataclass(frozen=True, kw_only=True)
class CompletionResult:
    """What a completed task led to: which tasks opened now, and whether the instance ended."""

    instance_id: str
    case_id: str | None
    opened: tuple[TaskSummary, ...]
    status: InstanceStatus
    verdict: str
    handling_verdict: str = ""
    completed_at: datetime | None = None    # the recorded instant
    stated_at: datetime | None = None       # when it was done, where it was written down only afterwards
    stated_verdict: str = ""                # the official verdict if somebody in authority accepts that
    overrun: timedelta | None = None        # by how much it was late, on its standard's own clock
    begun: tuple[str, ...] = ()             # the steps nobody does by hand that began with it, as letters; limited ones are left out
