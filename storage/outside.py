"""Receipts and survey codes of people without an account, and what the agency publishes of how it keeps its promises."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, exists, func, insert, or_, select, update

from storage import rows, tasks
from storage.schema import running
from storage.schema.outside import public_receipt, survey_code
from storage.unit_of_work import UnitOfWork

task, instance, case_record = running.task, running.instance, running.case_record


@dataclass(frozen=True, kw_only=True)
class ReceiptRow:
    """What somebody sent: the case and the instance it became."""

    code_hash: str
    agency_id: str
    case_id: str
    instance_id: str
    at: datetime
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class MeasuredRow:
    """How many tasks of one step ended with one official verdict."""

    sop_key: str
    element_id: str
    verdict: str
    count: int


def add_receipt(uow: UnitOfWork, row: ReceiptRow) -> None:
    """Raises Duplicate("pk_public_receipt") when the same thing was sent meanwhile."""
    uow.execute(insert(public_receipt), rows.values_of(row))


def receipt(uow: UnitOfWork, agency_id: str, code_hash: str) -> ReceiptRow | None:
    """The agency's receipt of this digest."""
    return rows.one_of(ReceiptRow, uow.execute(
        select(*rows.columns(ReceiptRow, public_receipt))
        .where(public_receipt.c.code_hash == code_hash, public_receipt.c.agency_id == agency_id)))


def withdraw(uow: UnitOfWork, code_hash: str, at: datetime) -> bool:
    """Whoever sent it takes it back; False: they did already."""
    return uow.execute(
        update(public_receipt).where(public_receipt.c.code_hash == code_hash, public_receipt.c.withdrawn_at.is_(None))
        .values(withdrawn_at=at)).rowcount == 1


def add_survey_codes(uow: UnitOfWork, agency_id: str, code_hashes: Collection[str], issued_on: date) -> None:
    """New codes, each for one answer."""
    if code_hashes:
        uow.execute(insert(survey_code), [
            {"code_hash": code_hash, "agency_id": agency_id, "issued_on": issued_on} for code_hash in sorted(code_hashes)])


def use_survey_code(uow: UnitOfWork, agency_id: str, code_hash: str) -> bool:
    """Takes the code away; False: there is none, or it was used."""
    return uow.execute(delete(survey_code).where(
        survey_code.c.code_hash == code_hash, survey_code.c.agency_id == agency_id)).rowcount == 1


def was_worked_on(uow: UnitOfWork, case_id: str) -> bool:
    """Whether somebody has taken or done a task of the case."""
    return bool(uow.execute(select(exists().where(
        task.c.case_id == case_id, or_(task.c.assignee_id.is_not(None), task.c.state == "completed")))).scalar_one())


def measured(uow: UnitOfWork, agency_id: str, *, since: datetime, until: datetime) -> list[MeasuredRow]:
    """How the agency's finished tasks with a time standard ended, by step; an accepted stated instant counts as the official one."""
    return rows.all_of(MeasuredRow, uow.execute(
        select(task.c.sop_key, task.c.element_id, tasks.OFFICIAL.label("verdict"), func.count().label("count"))
        .where(task.c.agency_id == agency_id, task.c.verdict.in_(("on_time", "late")),
               task.c.completed_at >= since, task.c.completed_at < until)
        .group_by(task.c.sop_key, task.c.element_id, tasks.OFFICIAL).order_by(task.c.sop_key, task.c.element_id, tasks.OFFICIAL)))


def ended_with_record(uow: UnitOfWork, agency_id: str, record: str, *, limit: int) -> list[str]:
    """Cases of the agency that hold such a record of an instance that ran to its end, the latest first."""
    found = uow.execute(
        select(instance.c.case_id, func.max(instance.c.ended_at).label("ended"))
        .where(instance.c.agency_id == agency_id, instance.c.status == "completed", instance.c.ended_at.is_not(None),
               instance.c.id.in_(select(case_record.c.chain_id).where(case_record.c.record == record)))
        .group_by(instance.c.case_id).order_by(func.max(instance.c.ended_at).desc()).limit(limit))
    return [row.case_id for row in found]
