"""A document template of a draft or version, set with its sample: pages as pictures, the PDF, or what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine import draft_reading, errors, letters, resolving, sop_toml
from engine.editing_results import DocumentBoard
from engine.errors import BundleRefused
from engine.executor import Context
from engine.letters import LetterSource
from engine.render import typst
from engine.types import Text

LARGEST_SAMPLE = 512 * 1024
LINES_AROUND, LONGEST_LINE = 2, 200
_FAILED = Text(typst.DocumentFailed.indonesian, "The template of this document has a mistake, or does not fit the data it is given.")
_TOO_LARGE = Text(typst.DocumentTooLarge.indonesian, "This document needs more time, memory or room than a document may.")
_NO_SAMPLE = Text("Tidak ada berkas contoh yang dapat dibaca di samping templat ini; tambahkan <nama>.sample.json.",
                  "There is no readable sample beside this template; add <name>.sample.json.")
_WRONG_NAME = Text("Nama satu berkas di samping templat ini tidak boleh dipakai.",
                   "The name of a file beside this template may not be used.")


@dataclass(frozen=True, kw_only=True)
class DraftDocument:
    """A template taken out of a draft: what its page shows, and what it is set from; `source` None without a readable sample."""

    board: DocumentBoard
    source: LetterSource | None


def taken(context: Context, draft_id: str, file: str) -> DraftDocument:
    """The template in `file`, "" for the first. Raises `NotFound`: the draft or version, or the file, is none of the agency's."""
    found = draft_reading.held(context, draft_id)
    files = found.bundle.files
    listed = draft_reading.listed(_titles(files))
    chosen = draft_reading.chosen_of(listed, file)
    board = DocumentBoard(summary=found.summary, files=listed, file=chosen)
    if chosen is None:
        return DraftDocument(board=board, source=None)
    data = _sample(files.get(_beside(chosen.path), b""))
    if data is None:
        return DraftDocument(board=replace(board, failure=_NO_SAMPLE), source=None)
    place = f"{chosen.path.rpartition('/')[0]}/"
    return DraftDocument(
        board=replace(board, sample=json.dumps(data, ensure_ascii=False, indent=1)),
        source=LetterSource(template=files[chosen.path], data=data, files=letters.beside(files, place)))


def told(document: DraftDocument) -> DocumentBoard:
    """The board with how many pages there are, or with what is wrong. Sets the document: not within a transaction."""
    board, source = document.board, document.source
    if source is None:
        return board
    try:
        _, pages = typst.page_of_sample(source.template, source.whole(), files=source.files)
    except typst.DocumentFailed as failed:
        return replace(board, failure=_FAILED, line=failed.line, said=failed.said, around=_around(source.template, failed.line))
    except typst.DocumentTooLarge:
        return replace(board, failure=_TOO_LARGE)
    except ValueError:
        return replace(board, failure=_WRONG_NAME)
    return replace(board, pages=pages)


def picture(document: DraftDocument, page: int) -> bytes:
    """One page as a PNG. Raises `NotFound`: there is no such page, or no page at all."""
    source = document.source
    try:
        found, _ = typst.page_of_sample(source.template, source.whole(), files=source.files, page=page) if source is not None else (b"", 0)
    except (typst.DocumentFailed, typst.DocumentTooLarge, ValueError):
        found = b""
    if not found:
        raise errors.NotFound(page=page)
    return found


def pdf(document: DraftDocument) -> bytes:
    """The document as a case would get it. Raises `NotFound` where it cannot be set."""
    try:
        if document.source is not None:
            return document.source.pdf({})
    except (typst.DocumentFailed, typst.DocumentTooLarge, ValueError):
        pass
    raise errors.NotFound(document=document.board.file.path if document.board.file else "")


def _titles(files: Mapping[str, bytes]) -> dict[str, Text]:
    """The templates that are documents, those the sheets name and those that have a sample, by path."""
    found: dict[str, Text] = {}
    for folder in resolving.folders(files):
        try:
            sheet = sop_toml.read_folder(files, folder)
        except BundleRefused:
            continue
        for document in sheet.documents:
            path = f"{folder}documents/{document.template}.typ"
            if path in files:
                found.setdefault(path, Text(f"{document.code} {document.title.id}", f"{document.code} {document.title.en}"))
    for path in files:
        if path.endswith(".typ") and _beside(path) in files:
            found.setdefault(path, Text(path, path))
    return found


def _beside(template: str) -> str:
    return f"{template.removesuffix('.typ')}.sample.json"


def _sample(content: bytes) -> dict[str, object] | None:
    if len(content) > LARGEST_SAMPLE:
        return None
    try:
        read = json.loads(content, parse_constant=_never)
        json.dumps(read, ensure_ascii=False).encode()   # half a surrogate pair, which JSON can escape, is no text on any page
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None


def _never(_: str) -> object:
    raise ValueError("not JSON")


def _around(template: bytes, line: int | None) -> tuple[tuple[int, str], ...]:
    if line is None:
        return ()
    lines = template.decode("utf-8", "replace").split("\n")
    first = max(line - LINES_AROUND, 1)
    return tuple((number, lines[number - 1].rstrip()[:LONGEST_LINE]) for number in range(first, min(line + LINES_AROUND, len(lines)) + 1))
