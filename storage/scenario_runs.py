"""How the scenarios of drafts went: a projection that may be thrown away, since they can be played again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select

from storage import rows
from storage.schema import drafted
from storage.unit_of_work import UnitOfWork

run = drafted.scenario_run


@dataclass(frozen=True, kw_only=True)
class RunRow:
    """How one scenario went. `state` is the digest of what it was played on, `story` that of its file, `went` canonical bytes."""

    agency_id: str
    state: str
    story: str
    went: bytes
    played_at: datetime


def of_state(uow: UnitOfWork, agency_id: str, state: str, *, limit: int = 10_000) -> dict[str, RunRow]:
    """Everything that was played on one state, by story."""
    found = rows.all_of(RunRow, uow.execute(
        select(*rows.columns(RunRow, run)).where(run.c.agency_id == agency_id, run.c.state == state).limit(limit)))
    return {row.story: row for row in found}


def add(uow: UnitOfWork, found: Sequence[RunRow]) -> None:
    """More of them. Raises Duplicate("pk_scenario_run") where another process played one at the same time."""
    if found:
        uow.execute(insert(run), rows.values_of_all(found))


def forget(uow: UnitOfWork, agency_id: str, *, before: datetime) -> None:
    """Throws away what an agency's scenarios gave before an instant."""
    uow.execute(delete(run).where(run.c.agency_id == agency_id, run.c.played_at < before))
