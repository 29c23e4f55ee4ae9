"""Running instances follow the tables that two people approved: one by one, each in a transaction of its own."""

from __future__ import annotations

from engine import errors
from engine.advance import SYSTEM
from engine.commands import tables as commands
from engine.effects import UNREADABLE
from engine.executor import Executor
from engine.types import Actor
from storage import table_changes as rows

CARRIED_AT_ONCE = 100    # a second or two


def carry(executor: Executor, *, agency_id: str | None = None) -> int:
    """Has the next instances (of one agency, or of whichever waits longest) follow; how many were looked at. 0: none is left.

    One that cannot be opened stays as it is, and the others go on.
    """
    nobody = Actor(account_id=SYSTEM, agency_id=agency_id or "", name=SYSTEM)
    change = executor.read(nobody, lambda context: rows.to_carry(context.uow, agency_id))
    if change is None:
        return 0
    system, waits = Actor(account_id=SYSTEM, agency_id=change.agency_id, name=SYSTEM), change
    ids = executor.read(system, lambda context: commands.waiting(context, waits, limit=CARRIED_AT_ONCE))
    for instance_id in ids:
        try:
            _carry(executor, system, waits, instance_id)
        except errors.LostRace:
            return len(ids)    # next time: somebody is at work on it
    if len(ids) < CARRIED_AT_ONCE:
        executor.run(system, lambda context: rows.end(context.uow, waits.id, at=context.now))
    return len(ids)


def _carry(executor: Executor, system: Actor, change: rows.ChangeRow, instance_id: str) -> None:
    try:
        executor.run(system, lambda context: commands.carry(context, change, instance_id))
    except (*UNREADABLE, errors.NotFound):
        executor.run(system, lambda context: rows.carried(context.uow, change.id, to=instance_id, moved=0))
