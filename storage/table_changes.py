"""Changes of an agency's calendar and parameters: what was proposed, what another person decided, how far running cases follow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, insert, select, update

from storage import rows
from storage.schema import drafted
from storage.unit_of_work import UnitOfWork

change = drafted.table_change


@dataclass(frozen=True, kw_only=True)
class ChangeRow:
    """One change. The digests are what its approval put in force; `carried_to` and `carried_at` say how far running instances follow."""

    id: str
    agency_id: str
    kind: str
    content: Any
    source: str
    reason: str
    made_at: datetime
    made_by: str
    state: str
    proposed_at: datetime | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None
    decided_reason: str | None = None
    calendar_digest: str | None = None
    parameters_digest: str | None = None
    carried_to: str = ""
    carried_at: datetime | None = None
    moved: int = 0


_ALL = select(*rows.columns(ChangeRow, change))


def add(uow: UnitOfWork, row: ChangeRow) -> None:
    """A new change."""
    uow.execute(insert(change), rows.values_of(row))


def get(uow: UnitOfWork, change_id: str) -> ChangeRow | None:
    """The change with this id."""
    return rows.one_of(ChangeRow, uow.execute(_ALL.where(change.c.id == change_id)))


def of_agency(uow: UnitOfWork, agency_id: str, *, limit: int = 200) -> list[ChangeRow]:
    """An agency's changes in every state, the latest first."""
    return rows.all_of(ChangeRow, uow.execute(
        _ALL.where(change.c.agency_id == agency_id).order_by(change.c.made_at.desc(), change.c.id).limit(limit)))


def approved(uow: UnitOfWork, agency_id: str) -> list[ChangeRow]:
    """Everything that was approved, in the order it came into force."""
    return rows.all_of(ChangeRow, uow.execute(
        _ALL.where(change.c.agency_id == agency_id, change.c.state == "approved").order_by(change.c.decided_at, change.c.id)))


def move(uow: UnitOfWork, change_id: str, *, was: str, **values: Any) -> bool:
    """Another state, with what goes with it. False: it is not in the state `was` any more."""
    return uow.execute(update(change).where(change.c.id == change_id, change.c.state == was).values(values)).rowcount == 1


def to_carry(uow: UnitOfWork, agency_id: str | None = None) -> ChangeRow | None:
    """The approved change that running instances (of one agency, or of any) still have to follow."""
    waits = _ALL.where(change.c.state == "approved", change.c.carried_at.is_(None))
    if agency_id is not None:
        waits = waits.where(change.c.agency_id == agency_id)
    return rows.one_of(ChangeRow, uow.execute(waits.order_by(change.c.decided_at, change.c.id).limit(1)))


def carried(uow: UnitOfWork, change_id: str, *, to: str, moved: int) -> None:
    """One more instance was looked at, and so many of its deadlines moved."""
    uow.execute(update(change).where(change.c.id == change_id).values(
        carried_to=case((change.c.carried_to < to, to), else_=change.c.carried_to), moved=change.c.moved + moved))


def end(uow: UnitOfWork, change_id: str, *, at: datetime) -> None:
    """No running instance is left that has to follow it."""
    uow.execute(update(change).where(change.c.id == change_id, change.c.carried_at.is_(None)).values(carried_at=at))


def supersede(uow: UnitOfWork, agency_id: str, *, at: datetime) -> None:
    """What still followed an earlier change of the agency follows the next one instead."""
    uow.execute(update(change).where(
        change.c.agency_id == agency_id, change.c.state == "approved", change.c.carried_at.is_(None)).values(carried_at=at))
