"""The documents part of `engine.cases`: reading them, holding a paper against the record, numbers, what operations ask for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from engine import authorization, errors, facts, seal
from engine.commands import access, documents
from engine.commands import cases as commands
from engine.executor import Context, Executor
from engine.results import DocumentRow, NumberGap, VerifiedDocument
from engine.types import Actor, OperationCall
from storage import agencies, cases, numbers
from storage import documents as document_rows

T = TypeVar("T")


class CaseDocuments:
    """Documents of cases. What was written is never written again; what is void keeps its number."""

    _executor: Executor

    def get_document(self, actor: Actor, document_id: str) -> tuple[DocumentRow, bytes]:
        """A document with its bytes; its reading stands in the access log. One of a class the actor may not see is not there."""

        def command(context: Context) -> tuple[DocumentRow, bytes]:
            row = document_rows.get(context.uow, document_id)
            case = cases.get(context.uow, row.case_id) if row is not None and row.case_id is not None else None
            if row is None or case is None or row.ciphertext is None:
                raise errors.NotFound(document_id=document_id)
            about = facts.of_case(context, case)
            authorization.require(context.actor, "case.read_document", about)
            if not documents.visible(context, [row], authorization.visible_sensitivity(actor, about)):
                raise errors.NotFound(document_id=document_id)
            access.log(context, case.id, what="read", field_group=document_id)
            key = context.case_key(case.id, case.wrapped_key)
            return summary(row), seal.unseal(key, row.ciphertext, bound_to=documents.binding(document_id))

        return self._executor.run(actor, command)

    def verify_document(self, digest: str) -> VerifiedDocument | None:
        """Whether a paper that says this digest was issued, by whom and when; nothing of the case. For anybody."""
        if not documents.DIGEST.fullmatch(digest):
            return None

        def query(context: Context) -> VerifiedDocument | None:
            row = document_rows.by_source(context.uow, digest)
            agency = agencies.get(context.uow, row.agency_id) if row is not None else None
            if row is None or agency is None:
                return None
            return VerifiedDocument(code=row.code, agency=agency.name, zone=agency.zone, issued_at=row.issued_at, status=row.status)

        return self._executor.read(Actor(account_id="", agency_id="", name=""), query)

    def number_gaps(self, actor: Actor, *, year: int | None = None) -> tuple[NumberGap, ...]:
        """Numbers of the agency's series that stand on no document and no case, so that each can be explained."""
        authorization.require(actor, "audit.verify" if authorization.allows(actor, "audit.verify") else "statistics.read")

        def query(context: Context) -> tuple[NumberGap, ...]:
            found = numbers.gaps(context.uow, actor.agency_id, year or context.local_day().year)
            return tuple(NumberGap(series=one.series, number=one.number, written=one.written) for one in found)

        return self._executor.read(actor, query)

    # --- for operations: the call's key is its job, and the job says for which case ------------------------------------

    def next_number(self, call: OperationCall, *, series: str) -> str:
        """The next number of a series of the agency; the same call gets the same number."""
        return self._for_call(call, lambda context: commands.next_number(context, issued_for=call.idempotency_key, series=series))

    def typed_number(self, call: OperationCall, *, code: str, number: str) -> str:
        """A number from the agency's own register for the document the call issues. Raises `NumberTaken`."""
        return self._for_call(call, lambda context: documents.typed_number(context, call, code=code, number=number))

    def letter_source(self, call: OperationCall, *, code: str, number: str = "") -> documents.LetterSource:
        """A letter of the case ready to be set: its template and what of the case file it may say."""
        return self._for_call(call, lambda context: documents.letter_source(context, call, code=code, number=number))

    def attach_document(self, call: OperationCall, *, code: str, number: str, media_type: str, content: bytes,
                        source_digest: str = "", addressee: str = "") -> DocumentRow:
        """Keeps a document with the case; the same call twice keeps one. `addressee`: by name, whom it may be shown to outside."""
        return self._for_call(call, lambda context: summary(documents.attach(
            context, call, code=code, number=number, media_type=media_type, content=content, source_digest=source_digest,
            addressee=addressee)))

    def _for_call(self, call: OperationCall, command: Callable[[Context], T]) -> T:
        return self._executor.run(documents.actor_of(self._executor, call), command)


def summary(row: document_rows.DocumentRow) -> DocumentRow:
    """A stored document as people see it in a list."""
    return DocumentRow(id=row.id, code=row.code, title=row.title, number=row.number, status=row.status, issued_at=row.issued_at,
                       sha256=row.sha256, element_id=row.element_id, media_type=row.media_type)
