"""The part of `engine.sops` that changes single files of a draft: its forms, its decision tables and its identity sheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine import (
    authorization, document_preview, draft_reading, errors, form_board, form_edit, form_uses, identity_sheet, table_board, table_shape,
)
from engine.bundle import SopBundle
from engine.commands import drafts as commands
from engine.draft_edits import ColumnEdit, FieldEdit, TableEdit
from engine.editing_results import FormBoard, IdentityBoard, TableBoard
from engine.executor import Context
from engine.publishing import Publishing
from engine.resolving import SHEET, folder_of
from engine.types import Actor, Text


class Editing(Publishing):
    """Forms of a draft, question by question, and its decision tables. Each change is the draft's next revision, whose number it
    returns; everything that does not say it stays.

    All of them raise `NotFound`, `StaleRevision` where somebody saved the draft since `expected_revision`, `DraftClosed`,
    `InvalidSubmission` by the box of the page, and `BundleRefused` where the file cannot be read as it is.
    """

    def form_board(self, actor: Actor, draft_id: str, *, file: str = "", key: str = "") -> FormBoard:
        """One form of a draft or version, "" for the first, and where its question `key` is used. Raises `NotFound`."""
        authorization.require(actor, "sop.read_drafts")
        return self._executor.read(actor, lambda context: form_board.board(context, draft_id, file, key=key))

    def save_field(
        self, actor: Actor, draft_id: str, file: str, edit: FieldEdit, *, key: str = "", parent: str = "", after: str | None = None,
        expected_revision: int,
    ) -> int:
        """One question as typed, in the place of `key` or ("") as a new one; `form_edit.with_field` says what the others mean."""
        return self._with_form(actor, draft_id, file, lambda data: form_edit.with_field(
            data, file, edit, key=key, parent=parent, after=after), note=edit.key, expected_revision=expected_revision)

    def move_field(
        self, actor: Actor, draft_id: str, file: str, key: str, *, parent: str = "", up: bool, expected_revision: int,
    ) -> int:
        """One question a place up or down."""
        return self._with_form(actor, draft_id, file, lambda data: form_edit.moved(data, file, key, parent=parent, up=up),
                               note=key, expected_revision=expected_revision)

    def remove_field(self, actor: Actor, draft_id: str, file: str, key: str, *, parent: str = "", expected_revision: int) -> int:
        """The form without a question, also where something still names it: the check finds that."""
        return self._with_form(actor, draft_id, file, lambda data: form_edit.without_field(data, file, key, parent=parent),
                               note=f"- {key}", expected_revision=expected_revision)

    def save_form_head(self, actor: Actor, draft_id: str, file: str, *, title: Text, help: Text, expected_revision: int) -> int:
        """The form's title and what stands above its questions."""
        return self._with_form(actor, draft_id, file, lambda data: form_edit.with_head(data, file, title=title, help=help),
                               note=title.id, expected_revision=expected_revision)

    def add_form(self, actor: Actor, draft_id: str, *, key: str, title: Text, expected_revision: int) -> str:
        """A form that asks nothing yet; its file."""
        authorization.require(actor, "sop.draft")
        file, data = form_edit.new_form(key, title)
        bundle = self._bundle(actor, draft_id, expected_revision)
        if any(path.rpartition("/")[2] == f"{key}.json" for path in bundle.forms()):
            raise errors.InvalidSubmission({"key": ("Kunci itu sudah dipakai formulir lain SOP ini.",
                                                    "Another form of this SOP has that key.")})
        self._next(actor, draft_id, SopBundle.from_files({**bundle.files, file: data}), f"+ {key}", expected_revision)
        return file

    def remove_form(self, actor: Actor, draft_id: str, file: str, *, expected_revision: int) -> int:
        """The draft without a form of its own that nothing uses any more."""
        authorization.require(actor, "sop.draft")
        bundle = self._bundle(actor, draft_id, expected_revision)
        if file not in bundle.forms() or folder_of(file):
            raise errors.NotFound(file=file)
        if users := [name if isinstance(name, Text) else Text(name, name) for name in form_uses.opened_by(bundle, file)]:
            id, en = (", ".join(f"“{name}”" for name in names) for names in zip(*((one.id, one.en) for one in users), strict=True))
            raise errors.InvalidSubmission({"": (f"Masih dipakai oleh {id}.", f"Still used by {en}.")})
        kept = {path: data for path, data in bundle.files.items() if path != file}
        return self._next(actor, draft_id, SopBundle.from_files(kept), f"- {file}", expected_revision)

    def table_board(
        self, actor: Actor, draft_id: str, *, file: str = "", decision: str = "", typed: TableEdit | None = None,
        text: str | None = None, tried: Mapping[str, str] | None = None,
    ) -> TableBoard:
        """One decision of a draft or version, "" for the first: as written, or as typed with what would be wrong with it.

        `text` is what was typed of an expression. With `tried`, inputs by name as typed, also what it answers to them. Nothing is stored.
        Raises `NotFound`.
        """
        authorization.require(actor, "sop.read_drafts")
        return self._executor.read(actor, lambda context: table_board.board(
            context, draft_id, file, decision, typed=typed, text=text, tried=tried))

    def save_table(
        self, actor: Actor, draft_id: str, file: str, decision: str, edit: TableEdit, *, expected_revision: int,
    ) -> int:
        """The rows and the hit policy of a decision table as typed; `problems` of a refusal are by cell, as `TableBoard.wrong`."""
        return self._with_table(actor, draft_id, file, lambda data: table_board.saved(data, file, decision, edit),
                                note=decision, expected_revision=expected_revision)

    def save_column(
        self, actor: Actor, draft_id: str, file: str, decision: str, edit: ColumnEdit, *, column: str, expected_revision: int,
    ) -> int:
        """A column of a table as typed; `table_shape.with_column` says what `column` means."""
        return self._with_table(actor, draft_id, file, lambda data: table_shape.with_column(data, file, decision, edit, column=column),
                                note=f"{decision}: {edit.label}", expected_revision=expected_revision)

    def remove_column(self, actor: Actor, draft_id: str, file: str, decision: str, column: str, *, expected_revision: int) -> int:
        """The table without a column, and what its rows said of it."""
        return self._with_table(actor, draft_id, file, lambda data: table_shape.without_column(data, file, decision, column),
                                note=f"{decision}: - {column}", expected_revision=expected_revision)

    def save_expression(self, actor: Actor, draft_id: str, file: str, decision: str, text: str, *, expected_revision: int) -> int:
        """A decision that is one FEEL text, as typed."""
        return self._with_table(actor, draft_id, file, lambda data: table_shape.with_expression(data, file, decision, text),
                                note=decision, expected_revision=expected_revision)

    def add_table(self, actor: Actor, draft_id: str, *, key: str, first: ColumnEdit, answer: ColumnEdit, expected_revision: int) -> str:
        """A table without rows, with one input and one answer; its file."""
        authorization.require(actor, "sop.draft")
        file, data = table_shape.new_table(key, first, answer)
        bundle = self._bundle(actor, draft_id, expected_revision)
        if file in bundle.files or key in table_board.decided(bundle):
            raise errors.InvalidSubmission({"key": ("Kunci itu sudah dipakai keputusan lain SOP ini.",
                                                    "Another decision of this SOP has that key.")})
        self._next(actor, draft_id, SopBundle.from_files({**bundle.files, file: data}), f"+ {file}", expected_revision)
        return file

    def remove_decision(self, actor: Actor, draft_id: str, file: str, decision: str, *, expected_revision: int) -> int:
        """The draft without a decision that no step asks any more; a file that held nothing else goes, too."""
        authorization.require(actor, "sop.draft")
        bundle = self._bundle(actor, draft_id, expected_revision)
        if file not in bundle.named(".dmn"):
            raise errors.NotFound(file=file)
        if asked := list(table_board.asking(bundle, decision)):
            names = ", ".join(f"“{name}”" for name in asked)
            raise errors.InvalidSubmission({"": (f"Masih ditanya oleh langkah {names}.", f"Steps still ask it: {names}.")})
        after = table_shape.without_decision(bundle.files[file], file, decision)
        kept = {path: data for path, data in bundle.files.items() if path != file} | ({} if after is None else {file: after})
        return self._next(actor, draft_id, SopBundle.from_files(kept), f"- {decision}", expected_revision)

    def save_template(self, actor: Actor, draft_id: str, file: str, text: str, *, expected_revision: int) -> int:
        """A document's template as typed, as long as it can be set with its sample."""
        authorization.require(actor, "sop.draft")
        bundle = self._bundle(actor, draft_id, expected_revision)
        typed = self._executor.read(actor, lambda context: document_preview.taken(context, draft_id, file, text=text))
        if typed.board.file is None:
            raise errors.NotFound(file=file)
        return self._changed(actor, draft_id, bundle, typed.board.file.path, lambda _: document_preview.saved(typed), note="",
                             expected_revision=expected_revision)

    def identity_board(self, actor: Actor, draft_id: str) -> IdentityBoard:
        """The printed identity of a draft."""
        authorization.require(actor, "sop.draft")

        def query(context: Context) -> IdentityBoard:
            draft_reading.edited(context, draft_id)
            held = draft_reading.held(context, draft_id)
            if SHEET not in held.bundle.files:
                raise errors.NotFound(file=SHEET)
            return IdentityBoard(summary=held.summary, parts=identity_sheet.said(held.bundle))

        return self._executor.read(actor, query)

    def save_identity(self, actor: Actor, draft_id: str, parts: Mapping[str, identity_sheet.Said], *, expected_revision: int) -> int:
        """These parts of the printed identity, and nothing else changed."""
        authorization.require(actor, "sop.draft")
        bundle = self._bundle(actor, draft_id, expected_revision)
        if SHEET not in bundle.files:
            raise errors.NotFound(file=SHEET)
        return self._changed(actor, draft_id, bundle, SHEET, lambda data: identity_sheet.written(bundle, data, parts), note="",
                             expected_revision=expected_revision)

    # --- inside ------------------------------------------------------------------------------------------------------

    def _with_form(self, actor: Actor, draft_id: str, file: str, change: Callable[[bytes], bytes], *, note: str,
                   expected_revision: int) -> int:
        authorization.require(actor, "sop.draft")
        bundle = self._bundle(actor, draft_id, expected_revision)
        if file not in bundle.forms():
            raise errors.NotFound(file=file)
        return self._changed(actor, draft_id, bundle, file, change, note=note, expected_revision=expected_revision)

    def _with_table(self, actor: Actor, draft_id: str, file: str, change: Callable[[bytes], bytes], *, note: str,
                    expected_revision: int) -> int:
        authorization.require(actor, "sop.draft")
        bundle = self._bundle(actor, draft_id, expected_revision)
        if file not in bundle.named(".dmn"):
            raise errors.NotFound(file=file)
        return self._changed(actor, draft_id, bundle, file, change, note=note, expected_revision=expected_revision)

    def _changed(self, actor: Actor, draft_id: str, bundle: SopBundle, file: str, change: Callable[[bytes], bytes], *, note: str,
                 expected_revision: int) -> int:
        """The next revision, or the one there is where the change changes nothing."""
        after = change(bundle.files[file])
        if after == bundle.files[file]:
            return expected_revision
        said = f"{file}: {note}" if note else file
        return self._next(actor, draft_id, SopBundle.from_files({**bundle.files, file: after}), said, expected_revision)

    def _next(self, actor: Actor, draft_id: str, bundle: SopBundle, note: str, expected_revision: int) -> int:
        checked = self._checked(actor, bundle, draft_id=draft_id)
        return self._executor.run(actor, lambda context: commands.save(
            context, draft_id, checked, expected_revision=expected_revision, note=note))

    def _bundle(self, actor: Actor, draft_id: str, expected_revision: int) -> SopBundle:
        """The files as the author saw them: what a change says of others must not be said of files that are no longer those."""
        def query(context: Context) -> SopBundle:
            row = draft_reading.edited(context, draft_id)
            if row.revision != expected_revision:
                raise errors.StaleRevision()
            return SopBundle.from_files(commands.files_of(context, row))

        return self._executor.read(actor, query)
