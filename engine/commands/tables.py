"""An agency's calendar or a parameter of it is changed: proposed by the person who drafted it (`table_drafts`), approved or sent back by
another; from then on cases begin by the new table, and those that run follow one by one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from engine import agency_hours, authorization, errors, journal, moved_dues, role_effects, table_changes, table_refusals
from engine.agency_hours import AgencyHours
from engine.commands import drafts
from engine.directory import agencies as in_force
from engine.executor import Context
from engine.table_changes import CALENDAR, Tables
from engine.work_calendar import Season, WorkCalendar
from storage import agencies, instances, notices, randomness, tasks
from storage import table_changes as rows

CHANGE, APPROVE = "calendar.change", "calendar.approve"
DRAFT, IN_REVIEW, APPROVED, SENT_BACK, GIVEN_UP = "draft", "in_review", "approved", "sent_back", "given_up"
#: In the note of a change of tables: the id of the change that two people decided.
CHANGED_BY: Final = "table_change"
_ACCEPTED = ("Tulis mengapa ini tetap diusulkan, paling banyak 2000 huruf.",
             "Say why it is proposed all the same, 2000 characters at most.")

def own(context: Context, change_id: str) -> rows.ChangeRow:
    """The agency's change of this id. Raises `NotFound`."""
    row = rows.get(context.uow, change_id)
    if row is None or row.agency_id != context.actor.agency_id:
        raise errors.NotFound(change_id=change_id)
    return row


def own_draft(context: Context, change_id: str) -> rows.ChangeRow:
    """A change of the actor's, who may go on with it while it is a draft. Raises `NotFound`."""
    row = own(context, change_id)
    if row.made_by != context.actor.account_id:
        raise errors.NotFound(change_id=change_id)
    return row


def own_agency(context: Context) -> agencies.AgencyRow:
    """The agency of whoever asks."""
    row = agencies.get(context.uow, context.actor.agency_id)
    assert row is not None
    return row


def changed(context: Context, row: rows.ChangeRow) -> Tables:
    """The agency's tables as they are in force now, with this change. Raises `ChangesNothing` where they say so already."""
    before = in_force.in_force(context, own_agency(context))
    after = table_changes.changed(before, row.kind, row.content, row.source)
    if after.calendar == before.calendar if row.kind == CALENDAR else after == before:
        raise table_refusals.ChangesNothing()
    return after


def propose(context: Context, change_id: str, *, accepted: str) -> None:
    """Lays a draft before those who approve; until then nothing changes. `accepted`: why, where a role would have nobody or one hand
    would approve its own work (`role_effects`).

    Raises:
        NotFound: it is no draft of the actor's.
        InvalidSubmission: it has to say why it is accepted.
        DayPassed, SeasonsOverlap, ChangesNothing: it can only be changed or given up now.
        StaleRevision: it was proposed or given up already.
    """
    row = own_draft(context, change_id)
    _refuse_passed(context, row)
    changed(context, row)
    content = dict(row.content)
    if role_effects.of(context, row).is_any:
        if drafts.unsaid(accepted=accepted):
            raise errors.InvalidSubmission({"accepted": _ACCEPTED})
        content["accepted"] = accepted.strip()
    if not rows.move(context.uow, row.id, was=DRAFT, state=IN_REVIEW, proposed_at=context.now, content=content):
        raise errors.StaleRevision()
    # Once for each time it is proposed: it may have been taken back in between.
    drafts.tell(context, f"{row.id}.{context.now.isoformat()}", "table_proposed", role=drafts.HEAD)


def take_back(context: Context, change_id: str) -> None:
    """A proposal of the actor's that nobody decided yet is their draft again.

    Raises:
        NotFound: it is none of the actor's.
        StaleRevision: it was decided already, or never proposed.
    """
    row = own_draft(context, change_id)
    if row.proposed_at is None or not rows.move(context.uow, row.id, was=IN_REVIEW, state=DRAFT, proposed_at=None):
        raise errors.StaleRevision()
    notices.recall(context.uow, [drafts.told_once(f"{row.id}.{row.proposed_at.isoformat()}", "table_proposed", drafts.HEAD)])


def give_up(context: Context, change_id: str) -> None:
    """A draft of the actor's is not proposed. Raises as `propose`, but for a day that has passed."""
    row = own_draft(context, change_id)
    if not rows.move(context.uow, row.id, was=DRAFT, state=GIVEN_UP, decided_at=context.now, decided_by=context.actor.account_id):
        raise errors.StaleRevision()


def approve(context: Context, change_id: str, *, reason: str, proposed_at: datetime | None) -> None:
    """In force from now on: cases begin by it, and those that run follow it (`carry`). `proposed_at`: of the proposal that was read; it may
    have been taken back, changed and proposed again since.

    Raises:
        DayPassed, SeasonsOverlap, ChangesNothing: it can only be sent back now.
        NotFound, OwnChange, InvalidSubmission, StaleRevision: as `send_back`.
    """
    agencies.hold(context.uow, context.actor.agency_id)    # of two changes approved at once, each is made to what the other left
    row = to_decide(context, change_id, reason)
    if proposed_at is not None and proposed_at != row.proposed_at:
        raise errors.StaleRevision()
    _refuse_passed(context, row)
    tables = changed(context, row)
    earlier = [each.decided_at for each in rows.approved(context.uow, row.agency_id) if each.decided_at is not None]
    rows.supersede(context.uow, row.agency_id, at=context.now)
    # Two of one instant come one after the other: in this order they are made to the agency's sheet whenever it is read again.
    at = max([context.now, *(one + timedelta(microseconds=1) for one in earlier)])
    _decide(context, row, APPROVED, reason, at=at, calendar_digest=tables.calendar_digest, parameters_digest=tables.parameters_digest)
    in_force.put_in_force(context, own_agency(context), tables)
    drafts.tell(context, row.id, "table_approved", account_id=row.made_by)


def send_back(context: Context, change_id: str, *, reason: str) -> None:
    """Everything stays as it is.

    Raises:
        NotFound: the agency has no such proposal, or it is not the actor's to decide.
        OwnChange: they proposed it.
        InvalidSubmission: no reason.
        StaleRevision: it was decided already.
    """
    row = to_decide(context, change_id, reason)
    _decide(context, row, SENT_BACK, reason, at=context.now)
    drafts.tell(context, row.id, "table_sent_back", account_id=row.made_by)


def carry(context: Context, row: rows.ChangeRow, instance_id: str) -> None:
    """Has one running instance follow an approved change, through its journal; whoever holds a task that moves is told once of all."""
    live = context.instance(instance_id)
    moved: tuple[moved_dues.Moved, ...] = ()
    if not live.has_ended and (live.calendar_digest, live.parameters_digest) != (row.calendar_digest, row.parameters_digest):
        moved = moved_dues.carry(context, live, calendar=row.calendar_digest, parameters=row.parameters_digest, note=note_of(row))
        _tell_holders(context, row, instance_id, moved)
    rows.carried(context.uow, row.id, to=instance_id, moved=sum(one.moves_due for one in moved))


def note_of(row: rows.ChangeRow) -> Mapping[str, Any]:
    """What the journal of each case says of it: why, on which decree, and by which change of the agency's tables."""
    return {journal.REASON: f"{row.source}: {row.reason}", CHANGED_BY: row.id}


def waiting(context: Context, row: rows.ChangeRow, *, limit: int) -> list[str]:
    """The next running instances that have not followed an approved change."""
    found = instances.running_on_other_tables(
        context.uow, row.agency_id, calendar=row.calendar_digest, parameters=row.parameters_digest, after=row.carried_to,
        started_by=row.decided_at, limit=limit)
    return [each.id for each in found]


def to_decide(context: Context, change_id: str, reason: str) -> rows.ChangeRow:
    """The proposal that the actor decides. Raises as `send_back`."""
    row, actor = own(context, change_id), context.actor
    if row.state in (DRAFT, GIVEN_UP) or not authorization.allows(actor, APPROVE):
        raise errors.NotFound(change_id=change_id)
    if row.made_by == actor.account_id:
        raise table_refusals.OwnChange()
    drafts.require_reason(reason)
    return row


def _decide(context: Context, row: rows.ChangeRow, state: str, reason: str, *, at: datetime, **more: str) -> None:
    if not rows.move(context.uow, row.id, was=IN_REVIEW, state=state, decided_at=at, decided_by=context.actor.account_id,
                     decided_reason=reason.strip(), **more):
        raise errors.StaleRevision()


def _refuse_passed(context: Context, row: rows.ChangeRow) -> None:
    if has_come(context, row.kind, row.content):
        raise table_refusals.DayPassed()
    if overlapped(context, row.content) is not None:
        raise table_refusals.SeasonsOverlap()


def hours_in_force(context: Context) -> tuple[AgencyHours, WorkCalendar]:
    """The hours of the actor's agency, and the calendar they come to."""
    tables = in_force.in_force(context, own_agency(context))
    return agency_hours.of(tables.profile, tables.calendar), tables.calendar


def overlapped(context: Context, content: Mapping[str, Any]) -> Season | None:
    """The season in force that a change's own would lie over."""
    return agency_hours.overlapped(hours_in_force(context)[0], content)


def has_come(context: Context, kind: str, content: Mapping[str, Any]) -> bool:
    """Whether a day it changes is counted already. Today may become a day off or a shorter day; time that becomes a time of work must
    not have begun: it would have passed unannounced."""
    first, today = table_changes.starts(kind, content), context.local_day()
    if first is None or first > today:
        return False
    if first < today:
        return True
    if table_changes.is_of_days(kind, content):
        return bool(content["works"])
    return content["shape"] != agency_hours.DAY or "hours" not in content or not agency_hours.only_shortens(
        hours_in_force(context)[1], today, agency_hours.hours_of(content))


def _tell_holders(context: Context, row: rows.ChangeRow, instance_id: str, moved: Collection[moved_dues.Moved]) -> None:
    held = {task.token_id: task.assignee_id for task in tasks.open_of(context.uow, instance_id)}
    for one in moved:
        holder = held.get(one.token_id)
        if holder is not None:
            code = "task_taken" if one.is_anothers else "deadline_moved"
            notices.add(context.uow, notices.NoticeRow(
                id=randomness.new_id(), agency_id=row.agency_id, account_id=holder, role=None, at=context.now, code=code,
                once=f"{row.id}.{code}.{holder}"))
