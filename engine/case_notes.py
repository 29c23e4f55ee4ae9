"""The notes of a case, as `engine.cases` reads and writes them."""

from __future__ import annotations

from typing import Any, Final

from engine import authorization, case_parts, facts, idempotency
from engine.case_chain import CaseEntry
from engine.case_parts import Known
from engine.commands import access, notes
from engine.executor import Context, Executor
from engine.results import CaseNote, CasePart, NoteChoices, NoteVersion
from engine.types import Actor
from storage import accounts

_RECORD: Final = "case.record"


class CaseNotes:
    """What people write about a case beside its forms."""

    _executor: Executor

    def notes(self, actor: Actor, case_id: str) -> CasePart[tuple[CaseNote, ...]]:
        """Notes of the classes the actor may see, the latest first, each with what stood there before."""

        def command(context: Context) -> CasePart[tuple[CaseNote, ...]]:
            row, about = facts.seen_case(context, case_id, "case.read")
            access.log(context, case_id, what=access.READ, field_group="part.notes")
            known = case_parts.known(context, row, about)
            return CasePart(head=case_parts.head(known), content=_notes(known), broken_from=known.chain.broken_from)

        return self._executor.run(actor, command)

    def note_form(self, actor: Actor, case_id: str) -> NoteChoices:
        """What somebody may choose who writes a note about this case."""

        def query(context: Context) -> NoteChoices:
            _, about = facts.seen_case(context, case_id, _RECORD)
            classes = facts.sight_of(actor, about).classes
            return NoteChoices(kinds=notes.KINDS, classes=tuple(each for each in notes.CLASSES if each in classes))

        return self._executor.read(actor, query)

    def write_note(self, actor: Actor, case_id: str, *, kind: str, sensitivity: str, text: str, file: Any = None,
                   of: int | None = None, idempotency_key: str | None = None) -> int:
        """Adds a note, or a new version of one's own note `of`; its number. `file` as forms send one: {"content": base64}. The same
        `idempotency_key` again gives the same answer and does nothing.

        Raises:
            InvalidSubmission: a field needs attention.
        """

        def command(context: Context) -> int:
            row, about = facts.seen_case(context, case_id, _RECORD)
            classes = facts.sight_of(actor, about).classes
            return idempotency.once(
                context, idempotency_key, ["note", case_id, kind, sensitivity, text, of],
                lambda: notes.write(context, row, classes, kind=kind, sensitivity=sensitivity, text=text, file=file, of=of),
                lambda kept: int(kept["number"]), lambda number: {"number": number})

        return self._executor.run(actor, command)


def _notes(known: Known) -> tuple[CaseNote, ...]:
    gathered: dict[int, list[CaseEntry]] = {}
    for entry in known.chain.entries:
        if entry.kind == notes.NOTE:
            gathered.setdefault(entry.content.get("of", entry.seq), []).append(entry)
    # A note is of the highest class any of its versions had: what is shut once is not opened by writing it anew.
    seen = {number: entries for number, entries in gathered.items()
            if {str(each.content["sensitivity"]) for each in entries} <= known.sight.classes}
    names = accounts.names(known.context.uow, {each.actor_id for entries in seen.values() for each in entries})
    found = [CaseNote(
        number=number, kind=str(entries[-1].content["kind"]), sensitivity=str(entries[-1].content["sensitivity"]),
        by=names.get(entries[0].actor_id, ""), may_revise=entries[0].actor_id == known.context.actor.account_id
        and authorization.allows(known.context.actor, _RECORD, known.about),
        versions=tuple(NoteVersion(at=each.at, text=str(each.content["text"]), document_id=each.content.get("document"))
                       for each in reversed(entries)))
        for number, entries in seen.items()]
    return tuple(sorted(found, key=lambda note: note.versions[0].at, reverse=True))
