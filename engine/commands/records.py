"""The case file as a projection: what a submission says about the case, by the record its form names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.advance import LiveInstance
from engine.executor import Context
from storage import cases


def project(context: Context, live: LiveInstance, record: str, submission: Mapping[str, Any], *, seq: int) -> None:
    """Adds a version of one record, made from journal entry `seq` of the instance. Versions are never overwritten."""
    version = cases.record_versions(context.uow, live.case_id).get(record, 0) + 1
    cases.add_records(context.uow, [cases.CaseRecordRow(
        case_id=live.case_id, record=record, version=version, at=live.last_at, actor_id=context.actor.account_id, chain_id=live.id,
        seq=seq, ciphertext=live.sealed(dict(submission), binding(live.case_id, record, version)))])


def binding(case_id: str, record: str, version: int) -> str:
    """What a record's content is sealed to."""
    return f"record:{case_id}:{record}:{version}"
