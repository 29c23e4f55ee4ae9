"""Commands on who works at a task and when: give it on, take it back, set it aside, ask for help.

Who holds an open task is no projection of the journal (rebuild.py): these acts stand in the task's own trail, their notes sealed
under the case key.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from engine import canonical, errors, facts, own_referrals, seal
from engine.executor import Context
from engine.results import HandlingAct
from storage import accounts, agencies, conflicts, handling, notices, randomness, tasks
from storage.handling import HandlingRow
from storage.inbox import InboxRow
from storage.tasks import TaskRow

DELEGATE: Final = "delegate"
ASSIGN: Final = "assign"
HAND_OVER: Final = "hand_over"
TAKE_BACK: Final = "take_back"
TAKE_OVER: Final = "take_over"    # by who stands in for the holder
SET_ASIDE: Final = "set_aside"
BRING_BACK: Final = "bring_back"
ASK_HELP: Final = facts.ASKED

#: Acts by which a task comes into somebody's hands, beside claiming it.
GIVES: Final = frozenset({DELEGATE, ASSIGN, HAND_OVER, TAKE_BACK, TAKE_OVER})

NOTE_LENGTH: Final = 2000


class NotEligible(errors.EngineError):
    """This colleague does not hold the role that does this step."""

    code = "not-eligible"
    indonesian = "Rekan ini tidak memegang peran pelaksana langkah ini."


class NoteMissing(errors.EngineError):
    """Say why, in a few words; at most 2,000 characters."""

    code = "note-missing"
    indonesian = "Tulis alasan atau catatannya dengan singkat; paling banyak 2.000 huruf."


class TooPressing(errors.EngineError):
    """A task that is late or close to its deadline cannot be set aside."""

    code = "too-pressing"
    indonesian = "Tugas yang lewat atau mendekati tenggat tidak dapat ditunda."


class NotAhead(errors.EngineError):
    """Choose a day after today, within a year."""

    code = "not-ahead"
    indonesian = "Pilih hari sesudah hari ini, paling lama setahun lagi."


def give(context: Context, seen: InboxRow, *, to: str, verb: str, note: str, expected_revision: int | None) -> None:
    """Somebody else holds the task now. Given to who holds it already, nothing changes: two clicks are one wish.

    What the time standards count goes on: giving a task on starts no new handling.
    """
    row = _still_open(seen.task)
    if row.assignee_id == to:
        return
    note = checked_note(note, needed=verb == HAND_OVER or (verb == ASSIGN and row.assignee_id is not None))
    barred = conflicts.cases_barred_to(context.uow, to, {row.case_id} if row.case_id else set())
    if to not in eligible(context, row) or row.case_id in barred or not own_referrals.may_be_given(context, row, to):
        raise NotEligible(task_id=row.id)
    own = to == context.actor.account_id
    _change(context, row, {"assignee_id": to, "claimed_at": row.claimed_at or context.now, "aside_until": None,
                           "given_by": None if own else context.actor.account_id}, expected_revision)
    _told(context, seen, verb, to=to, note=note)
    _notify(context, row, to, "task_given")
    if verb == ASSIGN:
        _notify(context, row, row.assignee_id, "task_taken")


def take_back(context: Context, seen: InboxRow, *, note: str, expected_revision: int | None) -> None:
    """The actor has the task again where the step is one of their role's, else it waits for its team. Whoever did not give it
    themselves says why."""
    row = _still_open(seen.task)
    if row.assignee_id in (None, context.actor.account_id):
        return
    note = checked_note(note, needed=row.given_by != context.actor.account_id)
    to = context.actor.account_id if context.actor.account_id in eligible(context, row) else None
    _change(context, row, {"assignee_id": to, "claimed_at": row.claimed_at if to else None, "aside_until": None, "given_by": None},
            expected_revision)
    _told(context, seen, TAKE_BACK, to=to, note=note)
    _notify(context, row, row.assignee_id, "task_taken")


def taken_over(context: Context, row: TaskRow) -> None:
    """Whoever stands in for the holder has taken the task: into the trail, and said to the holder."""
    handling.add(context.uow, HandlingRow(
        task_id=row.id, agency_id=row.agency_id, at=context.now, actor_id=context.actor.account_id, verb=TAKE_OVER,
        from_id=row.assignee_id, to_id=context.actor.account_id, n=handling.next_number(context.uow, row.id)))
    _notify(context, row, row.assignee_id, "task_taken")


def released(context: Context, held: Sequence[TaskRow]) -> None:
    """Says it to whoever held one of these open tasks, where nobody does any more: the step became another role's."""
    waiting = {row.id for instance_id in {row.instance_id for row in held} for row in tasks.open_of(context.uow, instance_id)
               if row.assignee_id is None}
    for row in held:
        if row.id in waiting:
            _notify(context, row, row.assignee_id, "task_taken")


def set_aside(context: Context, seen: InboxRow, *, until: date, note: str, expected_revision: int | None) -> None:
    """Out of the holder's sight until the morning of `until`, or until its deadline comes close: whatever is first."""
    row = _still_open(seen.task)
    _held(context, row)
    note = checked_note(note, needed=True)
    today = context.local_day()
    if not 0 < (until - today).days <= 366:
        raise NotAhead(task_id=row.id)
    if any(at is not None and at <= context.now for at in (row.due_at, row.warn_at)):
        raise TooPressing(task_id=row.id)
    at = _midnight(context, until)
    _change(context, row, {"aside_until": at}, expected_revision)
    _told(context, seen, SET_ASIDE, to=row.assignee_id, note=note, until=at)


def bring_back(context: Context, seen: InboxRow, *, expected_revision: int | None) -> None:
    """Sets a task aside no longer."""
    row = _still_open(seen.task)
    _held(context, row)
    if row.aside_until is not None:
        _change(context, row, {"aside_until": None}, expected_revision)
        _told(context, seen, BRING_BACK, to=row.assignee_id)


def ask_help(context: Context, seen: InboxRow, *, of: Collection[str], note: str) -> None:
    """Those asked may read the task as long as it is open, and are told. Asking the same person again changes nothing."""
    row = _still_open(seen.task)
    _held(context, row)
    note = checked_note(note, needed=True)
    asked = sorted(set(of) - {context.actor.account_id})
    if not asked:
        raise NotEligible(task_id=row.id)
    for account_id in asked:
        if not handling.asked_of(context.uow, account_id, [row.id], verb=ASK_HELP):
            _told(context, seen, ASK_HELP, to=account_id, note=note)
            _notify(context, row, account_id, "help_wanted")


def eligible(context: Context, row: TaskRow) -> tuple[str, ...]:
    """Who of the agency could do the step today: account ids, by name, those in somebody's place last."""
    return accounts.holders(context.uow, row.agency_id, [row.role], context.local_day()).get(row.role, ())


def checked_note(note: str, *, needed: bool) -> str:
    """The note without blanks around it. Raises `NoteMissing` for none where one is needed, and for one too long."""
    note = note.strip()
    if len(note) > NOTE_LENGTH or (needed and not any(letter.isalnum() for letter in note)):
        raise NoteMissing()
    return note


def acts(context: Context, seen: InboxRow) -> tuple[HandlingAct, ...]:
    """The trail of a task with its notes, the latest first."""
    found = handling.of_task(context.uow, seen.task.id)
    if not found:
        return ()
    names = accounts.names(context.uow, {one for row in found for one in (row.actor_id, row.from_id, row.to_id) if one})
    key = context.case_key(seen.task.case_id or "", seen.wrapped_key)
    return tuple(
        HandlingAct(at=row.at, verb=row.verb, actor_name=names.get(row.actor_id, row.actor_id), from_name=names.get(row.from_id or "", ""),
                    to_name=names.get(row.to_id or "", ""), until=row.until,
                    note="" if row.note is None else canonical.loads(seal.unseal(key, row.note, bound_to=_binding(row.task_id, row.n))))
        for row in found)


# --- inside ----------------------------------------------------------------------------------------------------------


def _still_open(row: TaskRow) -> TaskRow:
    if row.state != "open":
        raise errors.TaskGone(task_id=row.id)
    return row


def _held(context: Context, row: TaskRow) -> None:
    if row.assignee_id != context.actor.account_id:
        raise errors.NotClaimed(task_id=row.id)


def _change(context: Context, row: TaskRow, changes: dict[str, object], expected_revision: int | None) -> None:
    """As the person saw it, or as this command read it: whoever moved it in between was first."""
    seen = row.revision if expected_revision is None else expected_revision
    if not tasks.update_one(context.uow, row.id, changes, expected_revision=seen):
        raise errors.StaleRevision(task_id=row.id)


def _told(context: Context, seen: InboxRow, verb: str, *, to: str | None, note: str = "", until: datetime | None = None) -> None:
    row = seen.task
    n = handling.next_number(context.uow, row.id)
    sealed = None
    if note:
        sealed = seal.seal(context.case_key(row.case_id or "", seen.wrapped_key), canonical.dumps(note),
                           nonce=randomness.random_bytes(seal.NONCE_BYTES), bound_to=_binding(row.id, n))
    handling.add(context.uow, HandlingRow(
        task_id=row.id, agency_id=row.agency_id, at=context.now, actor_id=context.actor.account_id, verb=verb, from_id=row.assignee_id,
        to_id=to, until=until, note=sealed, n=n))


def _binding(task_id: str, n: int) -> str:
    return f"handling:{task_id}:{n}"


def _notify(context: Context, row: TaskRow, account_id: str | None, code: str) -> None:
    if account_id not in (None, context.actor.account_id):
        notices.add(context.uow, notices.NoticeRow(
            id=randomness.new_id(), agency_id=row.agency_id, account_id=account_id, role=None, at=context.now, code=code,
            case_id=row.case_id, task_id=row.id))


def _midnight(context: Context, day: date) -> datetime:
    agency = agencies.get(context.uow, context.actor.agency_id)
    assert agency is not None
    return datetime.combine(day, time(0), ZoneInfo(agency.zone))
