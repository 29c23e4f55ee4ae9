"""Rows with sensible values, so that a test names only what it is about."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from storage import UnitOfWork, agencies, cases, deployments, instances, jobs, tasks

NOW = datetime(2026, 11, 10, 1, 30, tzinfo=UTC)


def an_agency(uow: UnitOfWork, agency_id: str = "agency-1", **changes: Any) -> str:
    agencies.add(uow, agencies.AgencyRow(**{
        "id": agency_id, "code": agency_id, "name": "Unit", "level": "province", "region": "61", "zone": "Asia/Pontianak",
        "calendar_digest": None, "parameters_digest": None, "profile": {}, **changes}))
    return agency_id


def a_deployment(uow: UnitOfWork, deployment_id: str = "deployment-1", agency_id: str = "agency-1", **changes: Any) -> str:
    deployments.add(uow, deployments.DeploymentRow(**{
        "id": deployment_id, "agency_id": agency_id, "key": "pengelolaan-kasus", "version": 1, "digest": "d1",
        "title": {"id": "Pengelolaan Kasus", "en": "Case management"}, "process_id": "main", "effective_from": date(2026, 11, 1),
        "deployed_at": NOW, "deployed_by": "account-1", "findings": [], **changes}), {"a.bpmn": ("r1", b"<xml/>")})
    return deployment_id


def a_case(uow: UnitOfWork, case_id: str = "case-1", agency_id: str = "agency-1", **changes: Any) -> str:
    cases.add(uow, cases.CaseRow(**{
        "id": case_id, "agency_id": agency_id, "business_key": f"KLB-{case_id}", "status": "received", "risk": "low",
        "owner_id": None, "wrapped_key": b"wrapped", "opened_at": NOW, "closed_at": None, "updated_at": NOW, **changes}))
    return case_id


def an_instance(uow: UnitOfWork, instance_id: str = "instance-1", **changes: Any) -> str:
    instances.add(uow, instances.InstanceRow(**{
        "id": instance_id, "agency_id": "agency-1", "case_id": "case-1", "deployment_id": "deployment-1", "process_id": "main",
        "business_key": "KLB-case-1", "status": "active", "outcome_kind": "none", "outcome_code": None, "seq": 1,
        "head_hash": "h1", "last_at": NOW, "state": b"state", "calendar_digest": None, "parameters_digest": None, "risk": "low",
        "started_at": NOW, **changes}))
    return instance_id


def a_running_instance(uow: UnitOfWork) -> str:
    """Agency, deployment, case and instance, all numbered 1."""
    an_agency(uow)
    a_deployment(uow)
    a_case(uow)
    return an_instance(uow)


def a_task(task_id: str, **changes: Any) -> tasks.TaskRow:
    return tasks.TaskRow(**{
        "id": task_id, "instance_id": "instance-1", "token_id": f"token-{task_id}", "agency_id": "agency-1", "case_id": "case-1",
        "sop_key": "pengelolaan-kasus", "element_id": "approve_case_report", "name": "Menyetujui laporan", "lane": "Manajer Kasus",
        "role": "case_manager", "form_key": "approve_case_report", "sensitivity": "C1", "ready_at": NOW, **changes})


def a_job(job_id: str, due_at: datetime = NOW, **changes: Any) -> jobs.JobRow:
    return jobs.JobRow(**{
        "id": job_id, "instance_id": "instance-1", "agency_id": "agency-1", "kind": "timer", "token_id": f"token-{job_id}",
        "element_id": "reminder", "name": "", "due_at": due_at, "available_at": due_at, **changes})
