"""Documents of a case: the letter ready to be set, its place with the case. The authority is the job of the calling operation.

The job's id comes with the call as idempotency key, so each of these happens once however often an operation is tried, and
reaches no other case than the job's.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine import errors, letters, seal
from engine.advance import SYSTEM, LiveInstance
from engine.executor import Context, Executor
from engine.form_values import Upload
from engine.letters import LetterSource
from engine.types import Actor, OperationCall
from storage import crypto, documents, instances, jobs, randomness

ATTACHMENT = "LAMPIRAN"
__all__ = ["ATTACHMENT", "keep_uploads", "LetterSource", "actor_of", "attach", "binding", "instance_of", "letter_source"]


def actor_of(executor: Executor, call: OperationCall) -> Actor:
    """The system, in the agency of the call's job; raises `NotFound` for a job that is gone: nothing is left to ask for."""
    nowhere = Actor(account_id=SYSTEM, agency_id="", name=SYSTEM)
    row = executor.read(nowhere, lambda context: jobs.get(context.uow, call.idempotency_key))
    if row is None:
        raise errors.NotFound(job_id=call.idempotency_key)
    return Actor(account_id=SYSTEM, agency_id=row.agency_id, name=SYSTEM)


def instance_of(context: Context, call: OperationCall) -> instances.InstanceRow:
    """The instance the call's job belongs to."""
    job = jobs.get(context.uow, call.idempotency_key)
    row = instances.get(context.uow, job.instance_id or "") if job is not None else None
    if row is None or row.agency_id != context.actor.agency_id:
        raise errors.NotFound(job_id=call.idempotency_key)
    return row


def letter_source(context: Context, call: OperationCall, *, code: str, number: str) -> LetterSource:
    """The letter as it would be written now, about the call's `line` if it names one. Raises `UnknownElement`."""
    return letters.source(context, instance_of(context, call), code=code, number=number, line=call.arguments.get("line"))


def attach(
    context: Context, call: OperationCall, *, code: str, number: str, media_type: str, content: bytes
) -> documents.DocumentRow:
    """Keeps a document with its case, sealed under the case key. A second try gets the document of the first."""
    document_id = crypto.digest(f"{call.idempotency_key}:{code}".encode())[:32]
    known = documents.get(context.uow, document_id)
    if known is not None:
        return known
    row = instance_of(context, call)
    key = context.case_key(row.case_id or "", row.wrapped_key)
    template, _ = context.executor.definition(context.uow, row.deployment_id).documents.get(code, (None, ""))
    title = template.title.id if template else code
    kept = documents.DocumentRow(
        id=document_id, agency_id=row.agency_id, case_id=row.case_id, instance_id=row.id, element_id=call.element_id, code=code,
        title=title, number=number, status="issued", issued_at=context.now, media_type=media_type, sha256=crypto.digest(content),
        ciphertext=seal.seal(key, content, nonce=randomness.random_bytes(seal.NONCE_BYTES), bound_to=binding(document_id)))
    documents.add(context.uow, kept)
    return kept


def keep_uploads(context: Context, live: LiveInstance, element_id: str, uploads: Iterable[Upload]) -> None:
    """Keeps the files that came with a form beside the letters of the case; the submission names each by its digest."""
    for upload in uploads:
        document_id = randomness.new_id()
        documents.add(context.uow, documents.DocumentRow(
            id=document_id, agency_id=live.agency_id, case_id=live.case_id, instance_id=live.id, element_id=element_id, code=ATTACHMENT,
            title="Lampiran", number="", status="issued", issued_at=context.now, media_type=upload.media_type, sha256=upload.sha256,
            ciphertext=seal.seal(live.key, upload.content, nonce=randomness.random_bytes(seal.NONCE_BYTES),
                                 bound_to=binding(document_id))))


def binding(document_id: str) -> str:
    """What a document is sealed to."""
    return f"document:{document_id}"
