"""The case file in storage: records sealed under the case key, each version kept.

The only writer of case records. Whatever it writes can be dropped and made again from the journal's submissions.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine import canonical, seal
from engine.advance import LiveInstance
from engine.casefile.case import Case, Changes, Submission
from engine.casefile.records import apply
from engine.executor import Context
from engine.types import Value
from storage import cases


def project(context: Context, live: LiveInstance, record: str, values: Mapping[str, Value], *, seq: int, item: Value = None,
            actor_id: str | None = None) -> Changes:
    """Apply the submission of journal entry `seq` to the case file: new versions of the records it changed.

    The answer says which status and risk follow; the case row is the caller's to write.

    Raises:
        storage.Duplicate("pk_case_record"): another command wrote a version of the same record; read again.
    """
    stored = cases.latest_records(context.uow, live.case_id)
    case = Case(records={row.record: opened(live.key, row) for row in stored})
    changes = apply(record, case, Submission(values=values, item=item))
    versions = {row.record: row.version for row in stored}
    cases.add_records(context.uow, [
        cases.CaseRecordRow(
            case_id=live.case_id, record=name, version=versions.get(name, 0) + 1, at=live.last_at,
            actor_id=actor_id or context.actor.account_id, chain_id=live.id, seq=seq,
            ciphertext=live.sealed(dict(content), binding(live.case_id, name, versions.get(name, 0) + 1)))
        for name, content in sorted(changes.records.items())])
    return changes


def opened(key: bytes, row: cases.CaseRecordRow) -> dict[str, Value]:
    """What a stored version says. Raises StateCorrupt where it does not open under this key."""
    content = canonical.loads(seal.unseal(key, row.ciphertext, bound_to=binding(row.case_id, row.record, row.version)))
    assert isinstance(content, dict)
    return content


def binding(case_id: str, record: str, version: int) -> str:
    """What a version is sealed to: it opens in no other place."""
    return f"record:{case_id}:{record}:{version}"
