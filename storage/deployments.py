"""Deployed bytes and which version is in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, insert, select

from storage import rows
from storage.schema import defined, drafted
from storage.unit_of_work import UnitOfWork

deployment = defined.deployment
deployment_file = defined.deployment_file
resource = defined.resource
withdrawal = drafted.sop_withdrawal


@dataclass(frozen=True, kw_only=True)
class DeploymentRow:
    """One version of one agency's SOP; `digest` is the bundle's."""

    id: str
    agency_id: str
    key: str
    version: int
    digest: str
    title: Any
    process_id: str
    effective_from: date
    deployed_at: datetime
    deployed_by: str
    findings: Any


def add(uow: UnitOfWork, row: DeploymentRow, files: Mapping[str, tuple[str, bytes]]) -> None:
    """A new version with its files (path -> SHA-256, bytes). Raises Duplicate when the version number was taken."""
    uow.execute(insert(deployment), rows.values_of(row))
    keep_bytes(uow, files)
    if files:
        uow.execute(insert(deployment_file), [
            {"deployment_id": row.id, "path": path, "digest": digest} for path, (digest, _) in sorted(files.items())])


def keep_bytes(uow: UnitOfWork, files: Mapping[str, tuple[str, bytes]]) -> None:
    """Keeps the bytes of files (path -> SHA-256, bytes), each once however many bundles hold it."""
    digests = {digest for digest, _ in files.values()}
    known = set(uow.execute(select(resource.c.digest).where(resource.c.digest.in_(sorted(digests)))).scalars())
    fresh = {digest: data for digest, data in files.values() if digest not in known}
    if fresh:
        uow.execute(insert(resource), [{"digest": digest, "bytes": data} for digest, data in sorted(fresh.items())])


def get(uow: UnitOfWork, deployment_id: str) -> DeploymentRow | None:
    """The deployment with this id."""
    return rows.one_of(DeploymentRow, uow.execute(
        select(*rows.columns(DeploymentRow, deployment)).where(deployment.c.id == deployment_id)))


def by_digest(uow: UnitOfWork, digest: str, *, limit: int = 100) -> list[DeploymentRow]:
    """Deployments of the same bundle bytes, oldest first."""
    return rows.all_of(DeploymentRow, uow.execute(
        select(*rows.columns(DeploymentRow, deployment)).where(deployment.c.digest == digest)
        .order_by(deployment.c.deployed_at, deployment.c.id).limit(limit)))


def of_version(uow: UnitOfWork, agency_id: str, key: str, version: int) -> DeploymentRow | None:
    """The version of that number."""
    return rows.one_of(DeploymentRow, uow.execute(
        select(*rows.columns(DeploymentRow, deployment))
        .where(deployment.c.agency_id == agency_id, deployment.c.key == key, deployment.c.version == version)))


def in_force(uow: UnitOfWork, agency_id: str, key: str, day: date) -> DeploymentRow | None:
    """The version of `key` in force on `day`: of those already effective, the highest; None where that one is withdrawn by then.

    What it replaced does not come back. A version withdrawn before its own day never replaced anything.
    """
    return rows.one_of(DeploymentRow, uow.execute(_in_force(agency_id, day).where(deployment.c.key == key)))


def all_in_force(uow: UnitOfWork, agency_id: str, day: date, *, limit: int = 1000) -> list[DeploymentRow]:
    """One row per SOP key of the agency that has a version in force on `day`: that version."""
    return rows.all_of(DeploymentRow, uow.execute(_in_force(agency_id, day).order_by(deployment.c.key).limit(limit)))


def _in_force(agency_id: str, day: date) -> Select[Any]:
    highest = (
        select(deployment.c.key, func.max(deployment.c.version).label("version"))
        .where(deployment.c.agency_id == agency_id, deployment.c.effective_from <= day, ~_is_withdrawn(deployment.c.effective_from))
        .group_by(deployment.c.key).subquery())
    return (
        select(*rows.columns(DeploymentRow, deployment))
        .join(highest, (deployment.c.key == highest.c.key) & (deployment.c.version == highest.c.version))
        .where(deployment.c.agency_id == agency_id, ~_is_withdrawn(day)))


def _is_withdrawn(by: date | ColumnElement[date]) -> ColumnElement[bool]:
    return exists().where(withdrawal.c.deployment_id == deployment.c.id, withdrawal.c.state == "approved",
                          withdrawal.c.withdrawn_from <= by)


def to_come(uow: UnitOfWork, agency_id: str, day: date, *, limit: int = 1000) -> list[DeploymentRow]:
    """Versions that come into force after `day`, the next first; not those withdrawn before."""
    return rows.all_of(DeploymentRow, uow.execute(
        select(*rows.columns(DeploymentRow, deployment))
        .where(deployment.c.agency_id == agency_id, deployment.c.effective_from > day, ~_is_withdrawn(deployment.c.effective_from))
        .order_by(deployment.c.effective_from, deployment.c.key, deployment.c.version).limit(limit)))


def of_agency(uow: UnitOfWork, agency_id: str, *, limit: int = 1000) -> list[DeploymentRow]:
    """All versions of the agency's SOPs, by key, newest version first."""
    return rows.all_of(DeploymentRow, uow.execute(
        select(*rows.columns(DeploymentRow, deployment)).where(deployment.c.agency_id == agency_id)
        .order_by(deployment.c.key, deployment.c.version.desc()).limit(limit)))


def latest_version(uow: UnitOfWork, agency_id: str, key: str) -> int:
    """The highest version number given so far; 0 when there is none."""
    return int(uow.execute(select(func.coalesce(func.max(deployment.c.version), 0)).where(
        deployment.c.agency_id == agency_id, deployment.c.key == key)).scalar_one())


def files(uow: UnitOfWork, deployment_id: str) -> dict[str, bytes]:
    """The stored bytes of a deployment by path. A bundle's number of files is capped at deployment."""
    found = uow.execute(
        select(deployment_file.c.path, resource.c.bytes)
        .join(resource, resource.c.digest == deployment_file.c.digest)
        .where(deployment_file.c.deployment_id == deployment_id).order_by(deployment_file.c.path))
    return {row[0]: row[1] for row in found}
