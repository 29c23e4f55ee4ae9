"""A submission against its form: typed, validated, split into what steers and what stays with the case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from engine import authorization, canonical, errors, forms
from engine.advance import LiveInstance
from engine.casefile import kept
from engine.commands import documents
from engine.commands.tasks import Filled
from engine.executor import Context
from engine.forms_schema import Form
from engine.types import Value
from storage import agencies


def fill(
    context: Context, live: LiveInstance | None, form: Form | None, submission: Mapping[str, Any], about: authorization.ObjectFacts
) -> Filled:
    """The filled form. Without a form only an empty submission passes: a field nobody declared must never steer (ASVS 15.3.3).

    Raises:
        InvalidSubmission: the fields that need attention, in both languages.
    """
    if form is None:
        if submission:
            raise errors.InvalidSubmission({"": forms.UNKNOWN_KEY})
        return Filled(variables={}, submission={})
    hidden = forms.masked_keys(form, {}, authorization.visible_sensitivity(context.actor, about))
    read = forms.answers(form, submission, variables=live.view.variables if live is not None else {}, now=context.now,
                         zone=zone_of(context, live), masked=hidden)
    if live is not None:
        documents.keep_number(context, live.id, read.submission)
    return Filled(variables=canonical.variables(read.variables), submission=read.submission, uploads=tuple(read.uploads))


def zone_of(context: Context, live: LiveInstance | None = None) -> ZoneInfo:
    """The time zone of the actor's office; of a running instance, as the calendar it was started with says."""
    if live is not None and live.calendar_digest is not None:
        zone: ZoneInfo = live.tables[live.calendar_digest].zone
        return zone
    return ZoneInfo(agencies.zone(context.uow, context.actor.agency_id) or "Asia/Jakarta")


def keep(
    context: Context, live: LiveInstance, form: Form | None, filled: Filled, *, kind: str, element_id: str, item: Value = None,
    acting_for: Sequence[str] = (),
) -> None:
    """Keeps what a form said once it moved the process: its record in the case file, told by the last journal entry of that `kind`,
    and its uploads; and saves the instance with it."""
    if form is not None and form.record is not None:
        seq = next(entry.seq for entry, _ in reversed(live.entries) if entry.kind == kind)
        live.case_status = kept.project(context, live, form.record, filled.submission, seq=seq, item=item, acting_for=acting_for).status
    documents.keep_uploads(context, live, element_id, filled.uploads)
    context.save()
