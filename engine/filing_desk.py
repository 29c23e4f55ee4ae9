"""One case as somebody may see the forms that were sent in it, and what was asked of them since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine import authorization, errors, facts, filings, forms
from engine.audit import Viewer
from engine.commands import corrections as commands
from engine.commands.modifications import MODIFY
from engine.executor import Context
from engine.filing_results import Difference, EndedStep, FilingDetail, FilingRow, FilingVersion, ModificationRow, WayBack
from engine.filings import Correction, Filing, Modification
from engine.results import FormField, FormView
from engine.types import Value
from storage import accounts, cases, instances, tasks

CORRECT = "case.correct"
REASONS = "C2"      # the class of what people write to each other about a case


class FilingDesk:
    """One case as the actor may see its sent forms. Raises `NotFound` for a case that is not theirs to read."""

    def __init__(self, context: Context, case_id: str) -> None:
        row = cases.get(context.uow, case_id)
        if row is None:
            raise errors.NotFound(case_id=case_id)
        self._context, self._actor, self._row = context, context.actor, row
        self.about = facts.of_case(context, row)
        authorization.require(self._actor, "case.read", self.about)
        self.sight = facts.sight_of(self._actor, self.about)
        self._parameters: dict[str, Mapping[str, Value] | None] = {}     # by instance: asked of every form of the case

    def to_see(self, instance_id: str) -> None:
        """Naming another case's instance answers like one that does not exist."""
        row = instances.get(self._context.uow, instance_id)
        if row is None or row.case_id != self._row.id:
            raise errors.NotFound(instance_id=instance_id)

    def named(self, instance_id: str, seq: int) -> Filing:
        found = filings.named(filings.of_case(self._context, self._row.id), instance_id, seq)
        if not self.may_read(found):
            raise errors.NotFound(instance_id=instance_id)
        return found

    def to_correct(self, instance_id: str, seq: int) -> Filing:
        authorization.require(self._actor, CORRECT, self.about)
        found = self.named(instance_id, seq)
        if not self.may_correct(found):
            raise errors.NotFound(instance_id=instance_id)
        return found

    def asked(self, instance_id: str, asked_seq: int) -> tuple[Filing, Correction]:
        for one in filings.of_case(self._context, self._row.id):
            for each in one.corrections:
                if one.chain_id == instance_id and each.seq == asked_seq and each.needs_consent and self.may_read(one):
                    return one, each
        raise errors.NotFound(instance_id=instance_id)

    def to_ask_again(self, instance_id: str, seq: int) -> Filing:
        authorization.require(self._actor, CORRECT, self.about)
        found = self.named(instance_id, seq)
        if not self._is_theirs(found):
            raise errors.NotFound(instance_id=instance_id)
        return found

    def asked_again(self, instance_id: str, asked_seq: int) -> tuple[Filing, Modification]:
        for one in filings.of_case(self._context, self._row.id):
            for each in one.modifications:
                if one.chain_id == instance_id and each.seq == asked_seq and self.may_read(one):
                    return one, each
        raise errors.NotFound(instance_id=instance_id)

    def may_read(self, one: Filing) -> bool:
        """That a step of a sensitive class was filled in tells something already."""
        return self._class_of(one) in self.sight.classes

    def may_correct(self, one: Filing) -> bool:
        """Whoever's it is; where there is anything they may type."""
        return self._is_theirs(one) and bool(commands.open_fields(one.form, self.sight))

    def row(self, one: Filing) -> FilingRow:
        return FilingRow(
            instance_id=one.chain_id, seq=one.seq, at=one.at, title=one.form.title, element_name=self._name_of(one),
            actor_name=self._person(one.actor_id), corrected=len(one.in_effect), waits=any(each.waits for each in one.corrections),
            may_correct=self.may_correct(one))

    def to_fill(self, one: Filing, answers: Mapping[str, Any]) -> FormView:
        """What the actor may answer anew, filled with `answers`."""
        view = forms.to_fill(one.form, answers, self.sight.classes)
        keys = {field.key for field in commands.open_fields(one.form, self.sight)}
        return replace(view, fields=tuple(each for each in view.fields if each.key in keys))

    def detail(self, one: Filing) -> FilingDetail:
        form = self.to_fill(one, one.answers)
        keys = {field.key for field in form.fields}
        asked = next((each for each in one.corrections if each.waits), None)
        may_answer = asked is not None and asked.actor_id != self._actor.account_id and self._decides()
        return FilingDetail(
            row=self.row(one), case_id=self._row.id, form=form,
            closed=tuple(each for each in self._fields(one, one.answers) if each.key not in keys),
            versions=tuple(self._versions(one)), last_seq=one.last_seq, may_answer=asked.seq if asked is not None and may_answer else None,
            way_back=self._way_back(one), modifications=tuple(self._modification(one, each) for each in one.modifications))

    def differences(self, one: Filing, before: Mapping[str, Value], now: Mapping[str, Value]) -> tuple[Difference, ...]:
        changed = [field for field in one.form.fields if before.get(field.key) != now.get(field.key)]
        record = one.form.record or ""
        old, new = self.sight.read(record, changed, before), self.sight.read(record, changed, now)
        return tuple(Difference(before=was, now=is_, steers=field.steering)
                     for field, was, is_ in zip(changed, old, new, strict=True) if not was.masked)

    def _versions(self, one: Filing) -> list[FilingVersion]:
        counts = one.in_effect[-1].seq if one.in_effect else None
        tells = REASONS in self.sight.classes
        first = FilingVersion(seq=one.seq, at=one.at, actor_name=self._person(one.actor_id), status="first", reason="",
                              fields=self._fields(one, one.submission))
        return [first, *(FilingVersion(
            seq=each.seq, at=each.at, actor_name=self._person(each.actor_id), reason=each.reason if tells else "",
            fields=self._fields(one, each.submission),
            status="waits" if each.waits else "refused" if not each.counts else "counts" if each.seq == counts else "replaced",
            answered_by=self._person(each.answered_by) if each.answered_by else "", answered_at=each.answered_at,
            answer_reason=each.answer_reason if tells else "") for each in one.corrections)]

    def _way_back(self, one: Filing) -> WayBack | None:
        row = instances.get(self._context.uow, one.chain_id)
        if row is None or one.over is None:
            return None
        viewer = Viewer(self._context, row, self.sight.classes)
        steps = tuple(
            EndedStep(id=each.id, holder=self._person(each.assignee_id or ""),
                      name=viewer.element(each.element_id)[1] if viewer.may_see(each.element_id) else "")
            for each in tasks.of_instance(self._context.uow, row.id) if each.id in one.ended_steps)
        is_free = row.suspended_at is None and not any(each.waits and each.steps == one.ended_steps for each in one.modifications)
        return WayBack(steps=steps, may_ask=is_free and self._is_theirs(one))

    def _modification(self, one: Filing, each: Modification) -> ModificationRow:
        tells = REASONS in self.sight.classes
        status = "done" if each.is_done else "refused"
        if each.waits:
            status = "waits" if one.over is not None and each.steps == one.ended_steps else "lapsed"
        return ModificationRow(
            seq=each.seq, at=each.at, actor_name=self._person(each.actor_id), status=status, reason=each.reason if tells else "",
            may_answer=each.waits and each.actor_id != self._actor.account_id and authorization.allows(self._actor, MODIFY, self.about),
            answered_by=self._person(each.answered_by) if each.answered_by else "", answered_at=each.answered_at,
            answer_reason=each.answer_reason if tells else "")

    def _is_theirs(self, one: Filing) -> bool:
        """Whoever sent it, whoever's step it is, and the one in charge."""
        return authorization.allows(self._actor, CORRECT, self.about) and (
            self._actor.account_id == one.actor_id or self._actor.holds(self._role_of(one)) or self._decides())

    def _fields(self, one: Filing, submission: Mapping[str, Any]) -> tuple[FormField, ...]:
        return self.sight.read(one.form.record or "", one.form.fields, submission)

    def _decides(self) -> bool:
        return authorization.allows(self._actor, commands.CONSENT, self.about)

    def _class_of(self, one: Filing) -> str:
        return (one.definition.element(one.element_id).sensitivity or "C1") if one.element_id else "C1"

    def _role_of(self, one: Filing) -> str:
        if not one.element_id:
            return ""
        if one.chain_id not in self._parameters:
            row = instances.get(self._context.uow, one.chain_id)
            assert row is not None
            self._parameters[one.chain_id] = self._context.parameters(row.parameters_digest)
        return str(one.definition.role_of(one.element_id, self._parameters[one.chain_id]))

    def _name_of(self, one: Filing) -> str:
        return str(one.definition.element(one.element_id).name or one.form.title.id) if one.element_id else one.form.title.id

    def _person(self, account_id: str) -> str:
        """Names stay with those who work together; whoever only looks on sees that somebody did it."""
        found = accounts.get(self._context.uow, account_id) if account_id and self._actor.holds(*authorization.STAFF) else None
        return found.name if found is not None else ""
