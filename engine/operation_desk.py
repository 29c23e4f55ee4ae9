"""`engine.desk`: what an operation may ask of the engine while it works for a job: a number, a letter, a place for it, a notice.

The authority is the job itself: its id comes with the call as idempotency key, so each of these happens once however often
the operation is tried, and reaches no other case than the job's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from engine import errors, letters, seal
from engine.advance import SYSTEM
from engine.commands import cases
from engine.executor import Context, Executor
from engine.results import DocumentRow
from engine.types import Actor, OperationCall, Text, Value
from storage import accounts, crypto, documents, instances, jobs, notices, randomness

T = TypeVar("T")

#: What a notice says: a verb, never content. Codes are given by the diagram (`notice.send`).
NOTICES = {
    "task_overdue": Text("ada tugas yang melewati waktu bakunya", "a task has passed its time standard"),
    "legal_duty_overdue": Text("ada kewajiban hukum yang melewati batas waktunya", "a legal duty has passed its time limit"),
    "task_waiting": Text("ada tugas baru yang menunggu", "a new task waits"),
    "decision_wanted": Text("ada keputusan yang ditunggu", "a decision is awaited"),
    "information": Text("ada perkembangan yang perlu Anda ketahui", "something happened that you should know"),
}


@dataclass(frozen=True, kw_only=True)
class NoticeSent:
    """What a notice says, and the mail addresses of those it is for."""

    text: Text
    addresses: tuple[str, ...]


class OperationDesk:
    """One part of the front door, for operations only."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def case_number(self, call: OperationCall) -> str:
        """The number of the job's case in its agency and year; a case has one, however often it is asked for."""
        return self._for_job(call, lambda context, row: cases.next_number(context, issued_for=row.case_id or row.id))

    def document_number(self, call: OperationCall, *, code: str) -> str:
        """The next number of this kind of document; one per job."""
        return self._for_job(call, lambda context, _: cases.next_number(context, issued_for=call.idempotency_key, series=code))

    def letter(self, call: OperationCall, *, code: str, number: str, line: Value = None) -> letters.LetterSource:
        """The letter as it would be written now; raises `UnknownElement` where the SOP has no such document."""
        return self._for_job(call, lambda context, row: letters.source(context, row, code=code, number=number, line=line))

    def attach_document(self, call: OperationCall, *, code: str, number: str, media_type: str, content: bytes) -> DocumentRow:
        """Keeps a document with its case, sealed under the case key. A second try gets the document of the first."""
        def command(context: Context, row: instances.InstanceRow) -> DocumentRow:
            document_id = crypto.digest(f"{call.idempotency_key}:{code}".encode())[:32]
            known = documents.get(context.uow, document_id)
            if known is None:
                key = context.case_key(row.case_id or "", row.wrapped_key)
                sealed = seal.seal(key, content, nonce=randomness.random_bytes(seal.NONCE_BYTES), bound_to=binding(document_id))
                definition = context.executor.definition(context.uow, row.deployment_id)
                title = next((one.title.id for one in definition.sheet.documents if one.code == code), code)
                known = documents.DocumentRow(
                    id=document_id, agency_id=row.agency_id, case_id=row.case_id, instance_id=row.id, element_id=call.element_id,
                    code=code, title=title, number=number, status="issued", issued_at=context.now, media_type=media_type,
                    sha256=crypto.digest(content), ciphertext=sealed)
                documents.add(context.uow, known)
            return DocumentRow(
                id=known.id, code=known.code, title=known.title, number=known.number, status=known.status,
                issued_at=known.issued_at, sha256=known.sha256, element_id=known.element_id, media_type=known.media_type)

        return self._for_job(call, command)

    def notify(self, call: OperationCall, *, role: str, code: str) -> NoticeSent:
        """Puts one notice before everybody who holds `role` today; raises `InvalidValue` for a code without words."""
        if code not in NOTICES:
            raise errors.InvalidValue(notice=code)

        def command(context: Context, row: instances.InstanceRow) -> NoticeSent:
            notices.add(context.uow, notices.NoticeRow(
                id=randomness.random_id(), agency_id=row.agency_id, account_id=None, role=role, at=context.now, code=code,
                case_id=row.case_id, once=call.idempotency_key))
            holders = accounts.holders(context.uow, row.agency_id, [role], context.local_day()).get(role, ())
            found = [accounts.get(context.uow, holder) for holder in holders]
            addresses = tuple(sorted(one.sign_in for one in found if one is not None and "@" in one.sign_in))
            return NoticeSent(text=_with_case(NOTICES[code], row.business_key), addresses=addresses)

        return self._for_job(call, command)

    def _for_job(self, call: OperationCall, command: Callable[[Context, instances.InstanceRow], T]) -> T:
        """Runs `command` on the instance the call's job belongs to; a job that is gone has nothing left to ask for."""
        def find(context: Context) -> instances.InstanceRow:
            job = jobs.get(context.uow, call.idempotency_key)
            row = instances.get(context.uow, job.instance_id) if job is not None else None
            if row is None:
                raise errors.NotFound(job_id=call.idempotency_key)
            return row

        row = self._executor.read(_system(""), find)
        return self._executor.run(_system(row.agency_id), lambda context: command(context, row))


def binding(document_id: str) -> str:
    """What a document is sealed to."""
    return f"document:{document_id}"


def _with_case(text: Text, business_key: str) -> Text:
    if not business_key:
        return text
    return Text(f"Kasus {business_key}: {text.id}", f"Case {business_key}: {text.en}")


def _system(agency_id: str) -> Actor:
    return Actor(account_id=SYSTEM, agency_id=agency_id, name=SYSTEM)
