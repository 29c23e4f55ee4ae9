"""The parts of a case page in memory, each cut from the whole case."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from engine import errors, reasons
from engine.case_search import CaseSearch
from engine.casefile import parts
from engine.commands import notes
from engine.results import (
    CaseCopy, CaseDetail, CaseHead, CaseNote, CaseOverview, CasePart, CasePlan, CaseProcess, CaseServices, CaseTimeline, LikelyCase, NoteChoices, NoteVersion, Part, ProcessStep,
)
from engine.types import Actor


class CaseFile:
    """Part of the fake cases."""

    _engine: Any
    part_of = staticmethod(parts.part_of)

    def get(self, actor: Actor, case_id: str) -> CaseDetail:
        if case_id not in self._engine.case_details:
            raise errors.NotFound(case=case_id)
        found: CaseDetail = self._engine.case_details[case_id]
        return found

    def _under_head(self, actor: Actor, case_id: str, content: Any) -> CasePart[Any]:
        whole = self.get(actor, case_id)
        return CasePart(head=CaseHead(**{each.name: getattr(whole, each.name) for each in fields(CaseHead)}), content=content(whole))

    def _of(self, whole: CaseDetail, part: Part) -> tuple[Any, ...]:
        return tuple(each for each in whole.records if parts.part_of(each.record) is part)

    def overview(self, actor: Actor, case_id: str) -> CasePart[CaseOverview]:
        return self._under_head(actor, case_id, lambda whole: CaseOverview(
            open_tasks=whole.open_tasks, actions=whole.actions, records=self._of(whole, Part.OVERVIEW)))

    def timeline(self, actor: Actor, case_id: str) -> CasePart[CaseTimeline]:
        return self._under_head(actor, case_id, lambda whole: CaseTimeline(history=whole.history, acts=whole.acts))

    def records(self, actor: Actor, case_id: str, part: Part) -> CasePart[Any]:
        return self._under_head(actor, case_id, lambda whole: self._of(whole, part))

    def plan(self, actor: Actor, case_id: str) -> CasePart[CasePlan]:
        return self._under_head(actor, case_id, lambda whole: CasePlan(versions=(), records=self._of(whole, Part.PLAN)))

    def services(self, actor: Actor, case_id: str) -> CasePart[CaseServices]:
        return self._under_head(actor, case_id, lambda whole: CaseServices(lines=(), records=self._of(whole, Part.SERVICES)))

    def documents(self, actor: Actor, case_id: str) -> CasePart[Any]:
        return self._under_head(actor, case_id, lambda whole: whole.documents)

    def printed(self, actor: Actor, case_id: str) -> CasePart[CaseCopy]:
        return self._under_head(actor, case_id, lambda whole: CaseCopy(
            number=1, records=whole.records, history=whole.history, documents=whole.documents, open_tasks=whole.open_tasks))

    def process(self, actor: Actor, case_id: str, instance_id: str | None = None) -> CasePart[CaseProcess]:
        whole = self.get(actor, case_id)
        known = {each.id: each for each in whole.instances}
        if instance_id is not None and instance_id not in known:
            raise errors.NotFound(instance_id=instance_id)
        shown = known.get(instance_id or next(iter(known), ""))
        steps = self._engine.sops.detail.steps if shown is not None else ()
        return self._under_head(actor, case_id, lambda _: CaseProcess(
            instance=shown, steps=tuple(ProcessStep(step=each, state="done" if n == 0 else "") for n, each in enumerate(steps))))

    def notes(self, actor: Actor, case_id: str) -> CasePart[Any]:
        return self._under_head(actor, case_id, lambda whole: self._engine.case_notes.get(case_id, ()))

    def note_form(self, actor: Actor, case_id: str) -> NoteChoices:
        self.get(actor, case_id)
        return NoteChoices(kinds=notes.KINDS, classes=("C2", "C3"))

    def write_note(self, actor: Actor, case_id: str, *, text: str, kind: str, sensitivity: str, **more: Any) -> int:
        if not text or not kind or not sensitivity:
            raise errors.InvalidSubmission({"text": ("Tulis catatan.", "Write a note.")})
        self._engine.case_notes[case_id] = (CaseNote(
            number=1, kind=kind, sensitivity=sensitivity, by="Dayang Rekaan", may_revise=True,
            versions=(NoteVersion(at=self._engine.clock.now(), text=text),)),)
        return 1

    reason_for_anew = staticmethod(CaseSearch.reason_for_anew)

    def likely(self, actor: Actor, *, name: str = "", **more: str) -> tuple[LikelyCase, ...]:
        """Whoever is called Melati has a case; somebody of another name has none."""
        if not name and not any(more.values()):
            raise errors.InvalidSubmission({"name": ("Isi nama.", "Give a name.")})
        summary = self.get(actor, "case-2").summary
        return (LikelyCase(case_id="case-2", business_key=summary.business_key, unit="UPT PPA", owner_name="", is_open=True,
                           last_at=self._engine.clock.now(), score=60, why=("name",), may_read=False),) if name == "Melati" else ()

    def ask_access(self, actor: Actor, case_id: str, *, reason: str) -> None:
        self.get(actor, case_id)
        reasons.stated(reason)
