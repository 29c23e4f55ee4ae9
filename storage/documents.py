"""Documents of cases: what they are, and their bytes, encrypted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, null, select, update

from storage import rows
from storage.schema import history
from storage.unit_of_work import UnitOfWork

document = history.document


@dataclass(frozen=True, kw_only=True)
class DocumentRow:
    """One document; `sha256` is of its plain bytes. Lists leave `ciphertext` out."""

    id: str
    agency_id: str
    case_id: str | None
    instance_id: str | None
    element_id: str
    code: str
    title: str
    number: str
    status: str
    issued_at: datetime
    media_type: str
    sha256: str
    ciphertext: bytes | None
    sensitivity: str | None = None
    source_digest: str | None = None
    void_reason: str | None = None
    released_to: str | None = None


def add(uow: UnitOfWork, row: DocumentRow) -> None:
    """Keep a document. Its id comes from the job that issued it, so issuing twice raises Duplicate("pk_document")."""
    uow.execute(insert(document), rows.values_of(row))


def get(uow: UnitOfWork, document_id: str) -> DocumentRow | None:
    """The document with its bytes, of whatever agency: the caller checks who asks."""
    return rows.one_of(DocumentRow, uow.execute(
        select(*rows.columns(DocumentRow, document)).where(document.c.id == document_id)))


def by_source(uow: UnitOfWork, source_digest: str) -> DocumentRow | None:
    """The document whose paper says this digest, of whatever agency, without its bytes."""
    return rows.one_of(DocumentRow, uow.execute(
        select(*rows.columns(DocumentRow, document, ciphertext=null())).where(document.c.source_digest == source_digest)
        .order_by(document.c.issued_at, document.c.id).limit(1)))


def uploads(uow: UnitOfWork, case_id: str, digests: Collection[str]) -> list[DocumentRow]:
    """The files of a case with these digests, with their bytes."""
    return rows.all_of(DocumentRow, uow.execute(
        select(*rows.columns(DocumentRow, document)).where(document.c.case_id == case_id, document.c.sha256.in_(sorted(digests)))
        .order_by(document.c.issued_at, document.c.id)))


def of_case(uow: UnitOfWork, case_id: str, *, limit: int = 1000) -> list[DocumentRow]:
    """The documents of a case in the order they were issued, without their bytes."""
    return rows.all_of(DocumentRow, uow.execute(
        select(*rows.columns(DocumentRow, document, ciphertext=null())).where(document.c.case_id == case_id)
        .order_by(document.c.issued_at, document.c.number, document.c.id).limit(limit)))


def set_status(uow: UnitOfWork, document_id: str, status: str) -> bool:
    """draft, issued, sent, returned or void."""
    return uow.execute(update(document).where(document.c.id == document_id).values(status=status)).rowcount == 1


def make_void(uow: UnitOfWork, document_id: str, *, reason: str) -> bool:
    """Nobody may use it any more; it keeps its number and its bytes."""
    return uow.execute(
        update(document).where(document.c.id == document_id).values(status="void", void_reason=reason)).rowcount == 1


def erase_of_case(uow: UnitOfWork, case_id: str) -> int:
    """Erasure: title and bytes go; that a document of this code existed, and its digest, stays."""
    return uow.execute(update(document).where(document.c.case_id == case_id).values(ciphertext=None, title="")).rowcount
