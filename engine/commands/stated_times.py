"""Work written down afterwards: when it was done, as its performer says, beside the instant it was recorded at."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from engine import errors, journal, reasons
from engine.advance import Done
from engine.commands import instances
from engine.executor import Context
from engine.transition import AcceptStatedTime
from storage import tasks

FIELD: Final = "stated_at"   # where a refusal stands, as the key of a form's field would
_TOO_EARLY: Final = ("Isi waktu sesudah tugas ini siap dikerjakan.", "Enter an instant after this task became ready.")
BEFORE_IT_RAN: Final = ("Isi waktu sesudah proses kasus ini dimulai.", "Enter an instant after this process of the case began.")
_TOO_LATE: Final = ("Isi waktu yang sudah lewat.", "Enter an instant that has passed.")


class NothingStated(errors.EngineError):
    """This task has no other instant than the recorded one, or its stated one was accepted already."""

    code = "nothing-stated"
    indonesian = "Tugas ini tidak memuat waktu lain yang menunggu diterima."


class OwnStatement(errors.EngineError):
    """Nobody accepts the instant they stated themselves: ask another person in authority."""

    code = "own-statement"
    indonesian = "Waktu yang Anda nyatakan sendiri harus diterima oleh penanggung jawab lain."


def checked(stated_at: datetime, *, ready_at: datetime, now: datetime, too_early: tuple[str, str] = _TOO_EARLY) -> datetime:
    """The stated instant, between ready and now. People state minutes: what lies in the minute of `ready_at` counts as that instant.

    Raises:
        InvalidSubmission: under the key `stated_at`; `too_early` is what it says of one before `ready_at`.
    """
    if stated_at > now:
        raise errors.InvalidSubmission({FIELD: _TOO_LATE})
    if stated_at < ready_at.replace(second=0, microsecond=0):
        raise errors.InvalidSubmission({FIELD: too_early})
    return max(stated_at, ready_at)


def accept(context: Context, row: tasks.TaskRow, *, reason: str) -> None:
    """Takes the stated instant of a finished task for its official one: an act of its own in the journal, with its reason.

    Raises:
        NothingStated, OwnStatement, ReasonWanted
    """
    if row.stated_at is None or row.accepted_at is not None:
        raise NothingStated(task_id=row.id)
    if row.completed_by == context.actor.account_id:
        raise OwnStatement(task_id=row.id)
    why = reasons.stated(reason)
    live = instances.standing(context, row.instance_id)
    live.accepted_tokens[row.token_id] = Done(by=context.actor.account_id, at=max(context.now, live.last_at))
    live.apply(AcceptStatedTime(token_id=row.token_id), at=context.now, recorded_at=context.now, actor_id=context.actor.account_id,
               note={journal.REASON: why})
