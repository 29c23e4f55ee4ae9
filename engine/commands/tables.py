"""An agency's calendar or a parameter of it is changed: drafted and proposed by one person, approved or sent back by another; from then on
cases begin by the new table, and those that run follow one by one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from engine import agency_parameters, authorization, errors, journal, moved_dues, table_changes, table_refusals
from engine.commands import drafts
from engine.directory import agencies as in_force
from engine.executor import Context
from engine.table_changes import CALENDAR, PARAMETERS, Tables
from engine.used_parameters import read_by_steps
from storage import agencies, instances, notices, randomness, tasks
from storage import table_changes as rows

CHANGE, APPROVE = "calendar.change", "calendar.approve"
DRAFT, IN_REVIEW, APPROVED, SENT_BACK, GIVEN_UP = "draft", "in_review", "approved", "sent_back", "given_up"
#: In the note of a change of tables: the id of the change that two people decided.
CHANGED_BY: Final = "table_change"

_NAME = ("Tulis nama harinya, paling banyak 200 huruf.", "Name the day, at most 200 characters.")
_PASSED = ("Hari libur mulai hari ini; hari kerja mulai besok. Yang sudah dihitung tidak diubah.",
           "Days off from today, days of work from tomorrow. What was counted already is not changed.")
_TOO_LONG = ("Paling lama 31 hari, dan hari terakhir tidak sebelum yang pertama.",
             "31 days at most, and the last is not before the first.")
_TOO_FAR = ("Kalender belum dihitung sampai tahun itu.", "The calendar does not reach that year yet.")
_VALUE = ("Isi bilangan bulat dari 1 sampai 1000 dengan satuannya, atau pilih yang tersedia.",
          "Enter a whole number from 1 to 1000 with its unit, or choose one that is offered.")


def draft_days(context: Context, *, first: date, last: date, name: str, works: bool, source: str, reason: str) -> str:
    """Drafts days off, or days that become days of work. The draft's id.

    Raises:
        InvalidSubmission: no name, source or reason, or days that have come, are too many, or lie too far ahead.
        ChangesNothing: they are so already.
    """
    problems = drafts.unsaid(source=source, reason=reason)
    if not works and not 1 <= len(name.strip()) <= 200:
        problems["name"] = _NAME
    if not 0 <= (last - first).days < table_changes.LONGEST_DAYS:
        problems["last"] = _TOO_LONG
    elif _has_come(context, first, works):
        problems["first"] = _PASSED
    elif last.year >= context.now.year + in_force.YEARS_AHEAD:
        problems["last"] = _TOO_FAR
    if problems:
        raise errors.InvalidSubmission(problems)
    return _drafted(context, CALENDAR, table_changes.days(first, last, name=" ".join(name.split()), works=works), source, reason)


def draft_parameter(context: Context, name: str, *, text: str, unit: str, source: str, reason: str) -> str:
    """Drafts another value of a parameter. The draft's id.

    Raises:
        NotFound: there is no such parameter, or nothing reads it.
        InvalidSubmission: no source or reason, or a value that it cannot have.
        ChangesNothing: it has that value by the agency's own decision already.
    """
    agency = own_agency(context)
    known = agency_parameters.one(agency.profile, name, read=read_by_steps(context))
    if known is None:
        raise errors.NotFound(parameter=name)
    problems = drafts.unsaid(source=source, reason=reason)
    value = agency_parameters.typed(known, text, unit)
    if value is None:
        problems["value"] = _VALUE
    if problems or value is None:
        raise errors.InvalidSubmission(problems)
    return _drafted(context, PARAMETERS, table_changes.parameter(name, value), source, reason)


def own(context: Context, change_id: str) -> rows.ChangeRow:
    """The agency's change of this id. Raises `NotFound`."""
    row = rows.get(context.uow, change_id)
    if row is None or row.agency_id != context.actor.agency_id:
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
    if after == before:
        raise table_refusals.ChangesNothing()
    return after


def propose(context: Context, change_id: str) -> None:
    """Lays a draft before those who approve; until then nothing changes.

    Raises:
        NotFound: it is no draft of the actor's.
        DayPassed, ChangesNothing: it can only be given up now.
        StaleRevision: it was proposed or given up already.
    """
    row = _own_draft(context, change_id)
    _refuse_passed(context, row)
    changed(context, row)
    if not rows.move(context.uow, row.id, was=DRAFT, state=IN_REVIEW, proposed_at=context.now):
        raise errors.StaleRevision()
    drafts.tell(context, row.id, "table_proposed", role=drafts.HEAD)


def give_up(context: Context, change_id: str) -> None:
    """A draft of the actor's is not proposed. Raises as `propose`, but for a day that has passed."""
    row = _own_draft(context, change_id)
    if not rows.move(context.uow, row.id, was=DRAFT, state=GIVEN_UP, decided_at=context.now, decided_by=context.actor.account_id):
        raise errors.StaleRevision()


def approve(context: Context, change_id: str, *, reason: str) -> None:
    """In force from now on: cases begin by it, and those that run follow it (`carry`).

    Raises:
        DayPassed, ChangesNothing: it can only be sent back now.
        NotFound, OwnChange, InvalidSubmission, StaleRevision: as `send_back`.
    """
    agencies.hold(context.uow, context.actor.agency_id)    # of two changes approved at once, each is made to what the other left
    row = to_decide(context, change_id, reason)
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


def _drafted(context: Context, kind: str, content: Mapping[str, Any], source: str, reason: str) -> str:
    row = rows.ChangeRow(
        id=randomness.new_id(), agency_id=context.actor.agency_id, kind=kind, content=content, source=" ".join(source.split()),
        reason=reason.strip(), made_at=context.now, made_by=context.actor.account_id, state=DRAFT)
    changed(context, row)
    rows.add(context.uow, row)
    return row.id


def _own_draft(context: Context, change_id: str) -> rows.ChangeRow:
    row = own(context, change_id)
    if row.made_by != context.actor.account_id:
        raise errors.NotFound(change_id=change_id)
    return row


def _decide(context: Context, row: rows.ChangeRow, state: str, reason: str, *, at: datetime, **more: str) -> None:
    if not rows.move(context.uow, row.id, was=IN_REVIEW, state=state, decided_at=at, decided_by=context.actor.account_id,
                     decided_reason=reason.strip(), **more):
        raise errors.StaleRevision()


def _refuse_passed(context: Context, row: rows.ChangeRow) -> None:
    if row.kind == CALENDAR and _has_come(context, table_changes.days_of(row.content)[0], row.content["works"]):
        raise table_refusals.DayPassed()


def _has_come(context: Context, day: date, works: bool) -> bool:
    """Whether a day is counted already. One that becomes a day of work must not have begun: its hours would have passed unannounced."""
    today = context.local_day()
    return day <= today if works else day < today


def _tell_holders(context: Context, row: rows.ChangeRow, instance_id: str, moved: Collection[moved_dues.Moved]) -> None:
    held = {task.token_id: task.assignee_id for task in tasks.open_of(context.uow, instance_id)}
    for one in moved:
        holder = held.get(one.token_id)
        if holder is not None:
            code = "task_taken" if one.is_anothers else "deadline_moved"
            notices.add(context.uow, notices.NoticeRow(
                id=randomness.new_id(), agency_id=row.agency_id, account_id=holder, role=None, at=context.now, code=code,
                once=f"{row.id}.{code}.{holder}"))
