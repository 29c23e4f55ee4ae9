"""Documents of a case: the letter ready to be set, its place with the case. The authority is the job of the calling operation.

The job's id comes with the call as idempotency key, so each of these happens once however often an operation is tried, and
reaches no other case than the job's.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from engine import canonical, errors, letters, ran_by, seal
from engine.advance import SYSTEM, LiveInstance
from engine.casefile.case import line_key
from engine.casefile.release_consent import plain
from engine.executor import Context, Executor
from engine.form_values import Upload
from engine.forms_schema import FieldType
from engine.letters import LetterSource
from engine.types import Actor, OperationCall
from storage import crypto, documents, instances, jobs, numbers, randomness

ATTACHMENT = "LAMPIRAN"
DIGEST: Final = re.compile(r"[0-9a-f]{64}")
NUMBER_FIELD: Final = "document_number"       # a form's question for a number from the agency's own register
_FILES: Final = frozenset({FieldType.FILE, FieldType.SIGNATURE})
_CLASSES: Final = ("", "C0", "C1", "C2", "C3", "C4")
__all__ = ["ATTACHMENT", "DIGEST", "LetterSource", "NumberTaken", "actor_of", "attach", "binding", "id_of", "instance_of", "keep_number",
           "keep_uploads", "letter_source", "released_to", "typed_number", "visible"]


class NumberTaken(errors.EngineError):
    """A document of this year already bears this number; look it up in the register and type another one."""

    code = "number-taken"
    indonesian = "Nomor ini sudah dipakai dokumen lain pada tahun ini; periksa buku agenda, lalu isi nomor yang lain."


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


def keep_number(context: Context, instance_id: str, submission: Mapping[str, Any]) -> None:
    """Keeps the number that a form was filled with for this instance.

    Raises:
        InvalidSubmission: it stands elsewhere already.
    """
    number = submission.get(NUMBER_FIELD)
    if isinstance(number, str) and number.strip():
        if not numbers.claim(context.uow, context.actor.agency_id, context.local_day().year, number, instance_id=instance_id,
                             at=context.now):
            raise errors.InvalidSubmission({NUMBER_FIELD: (NumberTaken.indonesian, NumberTaken.english())})


def typed_number(context: Context, call: OperationCall, *, code: str, number: str) -> str:
    """The number as the document will bear it: kept for this instance, and on no other document. Raises `NumberTaken`."""
    row = instance_of(context, call)
    text = " ".join(number.split())
    if documents.get(context.uow, _document_id(call, code)) is None:
        if not numbers.claim(context.uow, row.agency_id, context.local_day().year, text, instance_id=row.id, at=context.now):
            raise NumberTaken()
    return text


def visible(context: Context, rows: Sequence[documents.DocumentRow], allowed: Collection[str]) -> list[documents.DocumentRow]:
    """The documents of the classes a viewer may see: that there is one of another class can tell already."""
    about = {each: instances.get(context.uow, each) for each in {row.instance_id for row in rows if row.instance_id}}
    return [row for row in rows if _class_of(context, row, about.get(row.instance_id or "")) in allowed]


def _class_of(context: Context, row: documents.DocumentRow, instance: instances.InstanceRow | None) -> str:
    """The class of a document: its template's own, or that of the step that made it; of a file that came with a form the highest
    that form asks files of; of one that came with none what its sender said."""
    if instance is None:
        return row.sensitivity or "C1"
    classes = ["C1"]
    for definition in ran_by.of(context, instance).versions:   # of those that made or ask for it, the strictest
        template, _ = definition.documents.get(row.code, (None, ""))
        step = ran_by.find(definition, row.element_id) if row.element_id else None
        classes += [template.sensitivity if template is not None else "", (step.sensitivity or "") if step is not None else ""]
        if row.code == ATTACHMENT:
            form = definition.forms.get((step.form if step is not None else "" if row.element_id else definition.sheet.start_form) or "")
            classes += [asked.sensitivity for asked in (form.fields if form is not None else ()) if asked.type in _FILES]
    return max(classes, key=_CLASSES.index)


def attach(
    context: Context, call: OperationCall, *, code: str, number: str, media_type: str, content: bytes, source_digest: str = "",
    addressee: str = "",
) -> documents.DocumentRow:
    """Keeps a document with its case, sealed under the case key. A second try gets the document of the first."""
    document_id = _document_id(call, code)
    known = documents.get(context.uow, document_id)
    if known is not None:
        return known
    row = instance_of(context, call)
    key = context.case_key(row.case_id or "", row.wrapped_key)
    template, _ = ran_by.of(context, row).with_document(code).documents.get(code, (None, ""))
    title = template.title.id if template else code
    kept = documents.DocumentRow(
        id=document_id, agency_id=row.agency_id, case_id=row.case_id, instance_id=row.id, element_id=call.element_id, code=code,
        title=title, number=number, status="issued", issued_at=context.now, media_type=media_type, sha256=crypto.digest(content),
        ciphertext=seal.seal(key, content, nonce=randomness.random_bytes(seal.NONCE_BYTES), bound_to=binding(document_id)),
        source_digest=source_digest or None,
        released_to=released_to(key, addressee, line_key(line) if (line := call.arguments.get("line")) is not None else None))
    documents.add(context.uow, kept)
    return kept


def _document_id(call: OperationCall, code: str) -> str:
    return id_of(call.idempotency_key, code)


def id_of(job_id: str, code: str) -> str:
    """The id of the document that a job made."""
    return crypto.digest(f"{job_id}:{code}".encode())[:32]


def keep_uploads(context: Context, live: LiveInstance, element_id: str, uploads: Iterable[Upload]) -> None:
    """Keeps the files that came with a form beside the letters of the case; the submission names each by its digest."""
    for upload in uploads:
        document_id = randomness.new_id()
        documents.add(context.uow, documents.DocumentRow(
            id=document_id, agency_id=live.agency_id, case_id=live.case_id, instance_id=live.id, element_id=element_id, code=ATTACHMENT,
            title="Lampiran", number="", status="issued", issued_at=context.now, media_type=upload.media_type, sha256=upload.sha256,
            ciphertext=seal.seal(live.key, upload.content, nonce=randomness.random_bytes(seal.NONCE_BYTES),
                                 bound_to=binding(document_id))))


def released_to(key: bytes, addressee: str, line_no: str | None) -> str | None:
    """What a document that leaves says of whom it is for: a digest under the case key, for a receiver's name can tell a secret."""
    if not plain(addressee):
        return None
    return hmac.new(seal.mac_key(key), canonical.dumps(["released to", plain(addressee), line_no]), hashlib.sha256).hexdigest()


def binding(document_id: str) -> str:
    """What a document is sealed to."""
    return f"document:{document_id}"
