"""The part of `engine.sops` that shows the documents of a draft, set with their samples."""

from __future__ import annotations

from engine import authorization, document_preview
from engine.document_preview import DraftDocument
from engine.editing_results import DocumentBoard
from engine.executor import Executor
from engine.types import Actor


class Previewing:
    """Whoever may read a draft may look at its documents, also who is to approve it. Documents are set after what was read is closed."""

    _executor: Executor

    def document_board(self, actor: Actor, draft_id: str, *, file: str = "", text: str | None = None) -> DocumentBoard:
        """One document template of a draft or version, "" for the first: its pages, or what is wrong with it; with `text` as typed, which
        is not stored. Raises `NotFound`, `InvalidSubmission`."""
        return document_preview.told(self._document(actor, draft_id, file, text))

    def document_page(self, actor: Actor, draft_id: str, file: str, page: int) -> bytes:
        """One page of it as a PNG. Raises `NotFound`, also where it cannot be set."""
        return document_preview.picture(self._document(actor, draft_id, file), page)

    def document_pdf(self, actor: Actor, draft_id: str, file: str) -> bytes:
        """The whole of it. Raises `NotFound`, also where it cannot be set."""
        return document_preview.pdf(self._document(actor, draft_id, file))

    def _document(self, actor: Actor, draft_id: str, file: str, text: str | None = None) -> DraftDocument:
        authorization.require(actor, "sop.read_drafts")
        return self._executor.read(actor, lambda context: document_preview.taken(context, draft_id, file, text=text))
