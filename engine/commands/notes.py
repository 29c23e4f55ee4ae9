"""Notes that people write about a case, each with a class, perhaps with a file: acts in the case's own chain. A note is never
overwritten: what is written anew stands beside what was written before."""

from __future__ import annotations

from typing import Any, Final

from engine import case_chain, errors, form_values, seal
from engine.case_chain import CaseEntry
from engine.commands import documents, form_drafts
from engine.executor import Context
from engine.form_values import Upload
from storage import crypto, randomness
from storage import documents as document_rows
from storage.cases import CaseRow

NOTE: Final = "note"
KINDS: Final = ("contact", "visit", "coordination", "observation", "other")
CLASSES: Final = ("C2", "C3", "C4")
LENGTH: Final = 8000


def write(context: Context, row: CaseRow, classes: frozenset[str], *, kind: str, sensitivity: str, text: str, file: Any = None,
          of: int | None = None) -> int:
    """Adds a note, or a new version of the one numbered `of`; its number in the case's chain. Nobody writes what they may not read.

    Raises:
        InvalidSubmission: a field needs attention.
        NotFound: `of` is no note of this case, or another person's.
    """
    said, problems = text.strip(), dict[str, tuple[str, str]]()
    if kind not in KINDS:
        problems["kind"] = ("Pilih jenis catatan.", "Choose the kind of note.")
    if sensitivity not in CLASSES or sensitivity not in classes:
        problems["sensitivity"] = ("Pilih siapa yang boleh membacanya.", "Choose who may read it.")
    if not (said or file) or len(said) > LENGTH:
        problems["text"] = (f"Tulis catatan, paling banyak {LENGTH} huruf, atau lampirkan berkas.",
                            f"Write a note of at most {LENGTH} characters, or attach a file.")
    upload = None
    try:
        upload = form_values.read_upload(file) if file else None
    except form_values.Unusable as refusal:
        problems["file"] = refusal.problem
    if problems:
        raise errors.InvalidSubmission(problems)
    if of is not None and not any(each.kind == NOTE and each.seq == of and "of" not in each.content
                                  and each.actor_id == context.actor.account_id for each in case_chain.read(context, row)):
        raise errors.NotFound(case_id=row.id)
    form_drafts.drop(context, form_drafts.NOTE, "" if of is None else str(of), case_id=row.id)
    kept = {"document": _keep(context, row, upload, sensitivity)} if upload is not None else {}
    return case_chain.append(context, row, NOTE, {
        "kind": kind, "sensitivity": sensitivity, "text": said, **kept, **({} if of is None else {"of": of})})


def retell(context: Context, row: CaseRow, entry: CaseEntry) -> CaseRow:
    """A note changes nothing but what is written: it is read from the chain."""
    return row


def _keep(context: Context, row: CaseRow, upload: Upload, sensitivity: str) -> str:
    document_id = randomness.new_id()
    nonce, key = randomness.random_bytes(seal.NONCE_BYTES), context.case_key(row.id, row.wrapped_key)
    document_rows.add(context.uow, document_rows.DocumentRow(
        id=document_id, agency_id=row.agency_id, case_id=row.id, instance_id=None, element_id="", code=documents.ATTACHMENT,
        title="Lampiran catatan", number="", status="issued", issued_at=context.now, media_type=upload.media_type,
        sha256=crypto.digest(upload.content), sensitivity=sensitivity,
        ciphertext=seal.seal(key, upload.content, nonce=nonce, bound_to=documents.binding(document_id))))
    return document_id
