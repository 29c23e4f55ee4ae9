"""The case file in storage: records sealed under the case key, each version kept.

The only writer of case records. Whatever it writes can be dropped and made again from the journal's submissions.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from engine import canonical, case_index, seal
from engine.advance import LiveInstance
from engine.casefile import approval, likeness, rules
from engine.casefile.case import Case, Changes, Submission
from engine.casefile.records import apply
from engine.commands import access
from engine.definitions import Definition
from engine.errors import EngineError
from engine.executor import Context
from engine.types import Value
from storage import cases


def project(context: Context, live: LiveInstance, record: str, values: Mapping[str, Value], *, seq: int, item: Value = None,
            actor_id: str | None = None, acting_for: Collection[str] = (), is_retold: bool = False) -> Changes:
    """Apply the submission of journal entry `seq` to the case file: new versions of the records it changed.

    The answer says which status and risk follow; the case row is the caller's to write. What the rules of every case forbid is
    refused, unless `is_retold`: what the journal says has happened is told as it happened.

    Raises:
        storage.Duplicate("pk_case_record"): another command wrote a version of the same record; read again.
        EngineError: `rules` refuse this record.
    """
    live.case_seen, stored = cases.latest_records(context.uow, live.case_id)
    case = _case(live.key, stored)
    submission = Submission(values=values, item=item, actor_id=actor_id or context.actor.account_id,
                            acting_for=frozenset(acting_for))
    if not is_retold:
        _check(context, live, record, case, submission, starts=seq == 1)
    changes = apply(record, case, submission)
    versions = {row.record: row.version for row in stored}
    cases.add_records(context.uow, [
        cases.CaseRecordRow(
            case_id=live.case_id, record=name, version=versions.get(name, 0) + 1, at=live.last_at, actor_id=submission.actor_id,
            chain_id=live.id, seq=seq,
            ciphertext=live.sealed(dict(content), binding(live.case_id, name, versions.get(name, 0) + 1)))
        for name, content in sorted(changes.records.items())])
    if not likeness.RECORDS.isdisjoint(changes.records):
        case_index.follow(context, live.case_id, live.agency_id, before=case.records, after={**case.records, **changes.records})
    return changes


def case_file(context: Context, case_id: str, key: bytes) -> Case:
    """The case file as it stands, opened with the case's key."""
    return _case(key, cases.latest_records(context.uow, case_id)[1])


def opened(key: bytes, row: cases.CaseRecordRow) -> dict[str, Value]:
    """What a stored version says. Raises StateCorrupt where it does not open under this key."""
    content = canonical.loads(seal.unseal(key, row.ciphertext, bound_to=binding(row.case_id, row.record, row.version)))
    assert isinstance(content, dict)
    return content


def binding(case_id: str, record: str, version: int) -> str:
    """What a version is sealed to: it opens in no other place."""
    return f"record:{case_id}:{record}:{version}"


def refusal(definition: Definition, record: str, case: Case, submission: Submission, *, risk: str, on: date) -> EngineError | None:
    """Why a step of this SOP may not write this to a case of this risk; None: it may."""
    found = rules.refusal(record, case, submission) or rules.release_refusal(record, case, submission, on=on)
    if found is None and record in rules.PAPERS and any(form.record == rules.EMERGENCY for form in definition.forms.values()):
        return rules.papers_refusal(record, case, risk=risk)
    return found


def _case(key: bytes, stored: list[cases.CaseRecordRow]) -> Case:
    return Case(records={row.record: opened(key, row) for row in stored})


def _check(context: Context, live: LiveInstance, record: str, case: Case, submission: Submission, *, starts: bool) -> None:
    refused = rules.start_refusal(live.sop_key, {**case.records, record: submission.values}) if starts else None
    row = cases.get(context.uow, live.case_id) if record in rules.PAPERS and not live.stored_risk else None
    risk = live.stored_risk or (row.risk if row is not None else "")
    refused = refused or refusal(live.definition, record, case, submission, risk=risk, on=live.last_at.date())
    if refused is not None:
        raise refused
    if approval.approves_alone(record, case, submission):  # with a reason, else it was refused: listed for the auditor
        access.log(context, live.case_id, what=access.DUAL_ROLE, field_group=record, purpose=approval.dual_role_reason(submission))
