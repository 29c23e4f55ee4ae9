"""The duty roster: who can be called from when to when. Telephone numbers are sealed by the caller."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select

from storage import rows
from storage.schema import office
from storage.unit_of_work import UnitOfWork

duty_shift = office.duty_shift


@dataclass(frozen=True, kw_only=True)
class ShiftRow:
    """One person on duty, `starts_at` <= instant < `ends_at`."""

    id: str
    agency_id: str
    account_id: str
    starts_at: datetime
    ends_at: datetime
    phone: bytes
    set_by: str
    set_at: datetime


def add(uow: UnitOfWork, row: ShiftRow) -> None:
    """One more shift; several people may be on duty at once."""
    uow.execute(insert(duty_shift), rows.values_of(row))


def get(uow: UnitOfWork, shift_id: str) -> ShiftRow | None:
    """The shift with this id, of whatever agency: the caller checks who asks."""
    return rows.one_of(ShiftRow, uow.execute(select(*rows.columns(ShiftRow, duty_shift)).where(duty_shift.c.id == shift_id)))


def remove(uow: UnitOfWork, shift_id: str) -> bool:
    """Takes a shift off the roster."""
    return uow.execute(delete(duty_shift).where(duty_shift.c.id == shift_id)).rowcount == 1


def to_come(uow: UnitOfWork, agency_id: str, now: datetime, *, limit: int = 200) -> list[ShiftRow]:
    """Shifts that run or are still to come, by their beginning."""
    return rows.all_of(ShiftRow, uow.execute(
        select(*rows.columns(ShiftRow, duty_shift)).where(duty_shift.c.agency_id == agency_id, duty_shift.c.ends_at > now)
        .order_by(duty_shift.c.starts_at, duty_shift.c.id).limit(limit)))


def on_duty(uow: UnitOfWork, agency_id: str, at: datetime) -> list[ShiftRow]:
    """Who is on duty at an instant; who began last comes first."""
    return rows.all_of(ShiftRow, uow.execute(
        select(*rows.columns(ShiftRow, duty_shift))
        .where(duty_shift.c.agency_id == agency_id, duty_shift.c.ends_at > at, duty_shift.c.starts_at <= at)
        .order_by(duty_shift.c.starts_at.desc(), duty_shift.c.id).limit(20)))
