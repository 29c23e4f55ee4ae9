"""Process instances: one row each, moved by conditional updates on `seq`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, insert, null, or_, select, update

from storage import rows
from storage.prepared import Prepared
from storage.schema import defined, running
from storage.unit_of_work import UnitOfWork

instance = running.instance
case_file = running.case_file
deployment = defined.deployment


@dataclass(frozen=True, kw_only=True)
class InstanceRow:
    """One instance, with what its deployment and case say about it (read along, not written)."""

    id: str
    agency_id: str
    case_id: str | None
    deployment_id: str
    process_id: str
    business_key: str
    status: str
    outcome_kind: str
    outcome_code: str | None
    seq: int
    head_hash: str
    last_at: datetime
    state: bytes | None
    calendar_digest: str | None
    parameters_digest: str | None
    risk: str
    started_at: datetime
    ended_at: datetime | None = None
    suspended_at: datetime | None = None
    former_deployments: Any = None       # ids of those it ran by before, oldest first; None: it was never migrated
    # read along:
    definition: str = ""                 # digest of the deployed bundle
    sop_key: str = ""
    sop_version: int = 0
    sop_title: Any = None
    wrapped_key: bytes | None = None     # of the case; None without a case, or when the key was destroyed
    case_status: str | None = None


_READ_ALONG = {
    "definition": deployment.c.digest, "sop_key": deployment.c.key, "sop_version": deployment.c.version,
    "sop_title": deployment.c.title, "wrapped_key": case_file.c.wrapped_key, "case_status": case_file.c.status,
}


def _rows(*, with_state: bool) -> Select[Any]:
    others = dict(_READ_ALONG) if with_state else {**_READ_ALONG, "state": null()}
    return (
        select(*rows.columns(InstanceRow, instance, **others))
        .join_from(instance, deployment, deployment.c.id == instance.c.deployment_id)
        .outerjoin(case_file, case_file.c.id == instance.c.case_id))


_ONE = _rows(with_state=True).where(instance.c.id == bindparam("instance_id"))
_BY_ID = Prepared(_ONE)
_FOR_UPDATE = Prepared(_ONE.with_for_update(of=instance))
_INSERT = Prepared(insert(instance))
_SAVE = Prepared(
    update(instance)
    .where(instance.c.id == bindparam("instance_id"), instance.c.seq == bindparam("expected_seq"))
    .values({name: bindparam(f"new_{name}") for name in (
        "seq", "head_hash", "last_at", "state", "status", "outcome_kind", "outcome_code", "calendar_digest",
        "parameters_digest", "risk", "ended_at", "suspended_at", "deployment_id", "former_deployments")}))


def add(uow: UnitOfWork, row: InstanceRow) -> None:
    """A new instance; what is read along is not written."""
    uow.run(_INSERT, {name: value for name, value in rows.values_of(row).items() if name not in _READ_ALONG})


def get(uow: UnitOfWork, instance_id: str) -> InstanceRow | None:
    """The instance, with its state, for reading."""
    return rows.one_of(InstanceRow, uow.run(_BY_ID, {"instance_id": instance_id}))


def for_update(uow: UnitOfWork, instance_id: str) -> InstanceRow | None:
    """The instance, with its state, for a command. PostgreSQL locks the row; `save` is what keeps it correct."""
    return rows.one_of(InstanceRow, uow.run(_FOR_UPDATE, {"instance_id": instance_id}))


def save(uow: UnitOfWork, instance_id: str, *, expected_seq: int, seq: int, head_hash: str, last_at: datetime,
         state: bytes | None, status: str, outcome_kind: str, outcome_code: str | None, calendar_digest: str | None,
         parameters_digest: str | None, risk: str, ended_at: datetime | None, suspended_at: datetime | None, deployment_id: str,
         former_deployments: Any) -> bool:
    """Move the instance from `expected_seq` on. False: another command moved it first, nothing was written."""
    return uow.run(_SAVE, {
        "instance_id": instance_id, "expected_seq": expected_seq, "new_seq": seq, "new_head_hash": head_hash,
        "new_last_at": last_at, "new_state": state, "new_status": status, "new_outcome_kind": outcome_kind,
        "new_outcome_code": outcome_code, "new_calendar_digest": calendar_digest,
        "new_parameters_digest": parameters_digest, "new_risk": risk, "new_ended_at": ended_at,
        "new_suspended_at": suspended_at, "new_deployment_id": deployment_id, "new_former_deployments": former_deployments,
    }).rowcount == 1


def of_case(uow: UnitOfWork, case_id: str, *, limit: int = 200) -> list[InstanceRow]:
    """The instances of a case, oldest first, without their state."""
    return rows.all_of(InstanceRow, uow.execute(
        _rows(with_state=False).where(instance.c.case_id == case_id)
        .order_by(instance.c.started_at, instance.c.id).limit(limit)))


def has_running(uow: UnitOfWork, case_id: str) -> bool:
    """Whether any instance of the case has not ended."""
    return uow.execute(select(instance.c.id).where(
        instance.c.case_id == case_id, instance.c.ended_at.is_(None)).limit(1)).first() is not None


def of_cases(uow: UnitOfWork, case_ids: Collection[str], *, limit: int = 1000) -> list[InstanceRow]:
    """The instances of several cases, by case, oldest first, without their state."""
    return rows.all_of(InstanceRow, uow.execute(
        _rows(with_state=False).where(instance.c.case_id.in_(sorted(case_ids)))
        .order_by(instance.c.case_id, instance.c.started_at, instance.c.id).limit(limit)))


def of_agency(uow: UnitOfWork, agency_id: str, *, status: str | None = None, deployment_id: str | None = None,
              after: str = "", limit: int = 500) -> list[InstanceRow]:
    """Instances of the agency in id order, without their state; page on with the last id."""
    chosen = [instance.c.agency_id == agency_id, instance.c.id > after]
    if status is not None:
        chosen.append(instance.c.status == status)
    if deployment_id is not None:
        chosen.append(instance.c.deployment_id == deployment_id)
    return rows.all_of(InstanceRow, uow.execute(
        _rows(with_state=False).where(*chosen).order_by(instance.c.id).limit(limit)))


def running_of_sop(uow: UnitOfWork, agency_id: str, sop_key: str, *, but: str, after: str = "", limit: int = 500) -> list[InstanceRow]:
    """Instances of an SOP that have not ended and run by another version than the one of digest `but`, with their state, in id order; page
    on with the last id."""
    return rows.all_of(InstanceRow, uow.execute(
        _rows(with_state=True).where(instance.c.agency_id == agency_id, deployment.c.key == sop_key, instance.c.ended_at.is_(None),
                                     deployment.c.digest != but, instance.c.id > after).order_by(instance.c.id).limit(limit)))


def count_running_of_sop(uow: UnitOfWork, agency_id: str, sop_key: str, *, but: str) -> int:
    """How many of them run by another version than the one of digest `but`."""
    return int(uow.execute(
        select(func.count()).select_from(instance.join(deployment, deployment.c.id == instance.c.deployment_id))
        .where(instance.c.agency_id == agency_id, deployment.c.key == sop_key, instance.c.ended_at.is_(None),
               deployment.c.digest != but)).scalar_one())


def running_on_other_tables(
    uow: UnitOfWork, agency_id: str, *, calendar: str | None, parameters: str | None, after: str = "", limit: int = 500,
    started_by: datetime | None = None,
) -> list[InstanceRow]:
    """Instances of the agency that have not ended and are pinned to other tables than these, with their state, in id order; only those
    `started_by` an instant where one is given. Page on with the last id."""
    others = or_(instance.c.calendar_digest.is_distinct_from(calendar), instance.c.parameters_digest.is_distinct_from(parameters))
    chosen = [instance.c.agency_id == agency_id, instance.c.ended_at.is_(None), instance.c.id > after, others]
    if started_by is not None:
        chosen.append(instance.c.started_at <= started_by)
    return rows.all_of(InstanceRow, uow.execute(_rows(with_state=True).where(*chosen).order_by(instance.c.id).limit(limit)))


def ids(uow: UnitOfWork, *, after: str = "", limit: int = 500) -> list[str]:
    """Instance ids of all agencies in order, for checks of the whole database; page on with the last id."""
    return list(uow.execute(select(instance.c.id).where(instance.c.id > after).order_by(instance.c.id).limit(limit)).scalars())


def running_by_deployment(uow: UnitOfWork, agency_id: str) -> Mapping[str, int]:
    """deployment id -> how many instances have not ended."""
    found = uow.execute(
        select(instance.c.deployment_id, func.count())
        .where(instance.c.agency_id == agency_id, instance.c.ended_at.is_(None))
        .group_by(instance.c.deployment_id).order_by(instance.c.deployment_id))
    return {row[0]: row[1] for row in found}
