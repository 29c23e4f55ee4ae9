"""A document template of a draft or version, set with its sample: pages as pictures, the PDF, or what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from engine import draft_reading, errors, forms_schema, letters, resolving, sop_toml
from engine.bundle import SopBundle
from engine.editing_results import DocumentBoard
from engine.errors import BundleRefused, InvalidSubmission
from engine.executor import Context
from engine.forms_schema import FieldType
from engine.letters import LetterSource
from engine.render import typst
from engine.types import Text

LARGEST_SAMPLE = 512 * 1024
LARGEST_TEMPLATE = 100_000
LINES_AROUND, LONGEST_LINE = 2, 200
_FAILED = Text(typst.DocumentFailed.indonesian, "The template of this document has a mistake, or does not fit the data it is given.")
_TOO_LARGE = Text(
    f"Dokumen ini memerlukan lebih dari {typst.SECONDS_OF_SAMPLE} detik, atau terlalu banyak memori. Kurangi pengulangan, tabel, atau "
    "gambar dalam templatnya.",
    f"This document needs more than {typst.SECONDS_OF_SAMPLE} seconds, or too much memory. Take repetitions, tables or pictures out of its "
    "template.")
_TOO_LONG = Text(
    f"Dengan data contohnya dokumen ini lebih dari {typst.MOST_PAGES} halaman. Pendekkan templat atau data contohnya.",
    f"With its sample this document has more than {typst.MOST_PAGES} pages. Shorten the template or its sample.")
_NO_SAMPLE = Text("Tidak ada berkas contoh yang dapat dibaca di samping templat ini; tambahkan <nama>.sample.json.",
                  "There is no readable sample beside this template; add <name>.sample.json.")
_WRONG_NAME = Text("Nama satu berkas di samping templat ini tidak boleh dipakai.",
                   "The name of a file beside this template may not be used.")


@dataclass(frozen=True, kw_only=True)
class DraftDocument:
    """A template taken out of a draft: what its page shows, and what it is set from; `source` None without a readable sample."""

    board: DocumentBoard
    source: LetterSource | None


def taken(context: Context, draft_id: str, file: str, *, text: str | None = None) -> DraftDocument:
    """The template in `file`, "" for the first; with `text` as typed. Raises `NotFound`: the draft or version, or the file, is none of the
    agency's."""
    found = draft_reading.held(context, draft_id)
    files = found.bundle.files
    listed = draft_reading.listed(_titles(files))
    chosen = draft_reading.chosen_of(listed, file)
    board = DocumentBoard(summary=found.summary, files=listed, file=chosen)
    if chosen is None:
        return DraftDocument(board=board, source=None)
    template = files[chosen.path] if text is None else _encoded(text)
    board = replace(board, template=template.decode("utf-8", "replace"), placeholders=tuple(_placeholders(found.bundle)))
    data = _sample(files.get(_beside(chosen.path), b""))
    if data is None:
        return DraftDocument(board=replace(board, failure=_NO_SAMPLE), source=None)
    place = f"{chosen.path.rpartition('/')[0]}/"
    return DraftDocument(
        board=replace(board, sample=json.dumps(data, ensure_ascii=False, indent=1)),
        source=LetterSource(template=template, data=data, files=letters.beside(files, place)))


def saved(document: DraftDocument) -> bytes:
    """The template's bytes, where it can be set with its sample. Raises `InvalidSubmission`. Sets it: not within a transaction."""
    board = told(document)
    if document.source is None or board.file is None:
        raise InvalidSubmission({"template": (_NO_SAMPLE.id, _NO_SAMPLE.en)})
    if board.failure is not None:
        raise InvalidSubmission({"template": (board.failure.id, board.failure.en)})
    return document.source.template


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
    except typst.DocumentTooLong:
        return replace(board, failure=_TOO_LONG)
    except ValueError:
        return replace(board, failure=_WRONG_NAME)
    return replace(board, pages=pages)


def picture(document: DraftDocument, page: int) -> bytes:
    """One page as a PNG. Raises `NotFound`: there is no such page, or no page at all."""
    source = document.source
    try:
        found, _ = typst.page_of_sample(source.template, source.whole(), files=source.files, page=page) if source is not None else (b"", 0)
    except (typst.DocumentFailed, typst.DocumentTooLarge, typst.DocumentTooLong, ValueError):
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


def _encoded(text: str) -> bytes:
    """What was typed, as a template is kept. Raises `InvalidSubmission`."""
    try:
        data = text.replace("\r\n", "\n").encode("utf-8")
    except UnicodeEncodeError:
        data = b""
    if not 0 < len(data) <= LARGEST_TEMPLATE:
        raise InvalidSubmission({"template": (f"Wajib diisi, paling banyak {LARGEST_TEMPLATE} bita.",
                                              f"Required, at most {LARGEST_TEMPLATE} bytes.")})
    return data


def _placeholders(bundle: SopBundle) -> Iterator[tuple[Text, str]]:
    """What a template may say of the forms' answers, in words, and how it says it; `letters` decides what it is then given."""
    told_already = set()
    for path, data in bundle.forms().items():
        try:
            form = forms_schema.read_form(data, file=path)
        except BundleRefused:
            continue
        for field in form.fields:
            code = f'#data.words.at("{form.record or form.key}", default: (:)).at("{field.key}", default: none)'
            if field.type not in (FieldType.FILE, FieldType.SIGNATURE, FieldType.ROWS) and code not in told_already:
                told_already.add(code)
                yield Text(f"{form.title.id}: {field.label.id}", f"{form.title.en}: {field.label.en}"), code


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
