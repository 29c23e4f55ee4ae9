"""The part of `engine.cases` for forms that were sent: reading every version, correcting, and the word of the one in charge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine import authorization, errors, facts, filings, forms, idempotency
from engine.case_documents import summary
from engine.commands import access, documents, reissue
from engine.commands import corrections as commands
from engine.executor import Context, Executor
from engine.filing_results import CorrectionResult, Difference, FilingDetail, FilingRow, FilingVersion, WaitingCorrection
from engine.filings import Correction, Filing
from engine.results import FormField
from engine.types import Actor, Value
from storage import accounts, cases, instances
from storage import documents as document_rows
from storage import journal as journal_rows

CORRECT = "case.correct"
REASONS = "C2"      # the class of what people write to each other about a case


class CaseCorrections:
    """Sent forms and their corrections. The first answers are never overwritten; what steered the process stays as it went."""

    _executor: Executor

    def filings(self, actor: Actor, case_id: str) -> tuple[FilingRow, ...]:
        """The forms of a case that the actor may read, in the order they were sent."""

        def query(context: Context) -> tuple[FilingRow, ...]:
            desk = _Desk(context, case_id)
            return tuple(desk.row(one) for one in filings.of_case(context, case_id) if desk.may_read(one))

        return self._executor.read(actor, query)

    def filing(self, actor: Actor, case_id: str, instance_id: str, seq: int) -> FilingDetail:
        """One sent form with all its versions; its reading stands in the access log."""

        def command(context: Context) -> FilingDetail:
            desk = _Desk(context, case_id)
            found = desk.named(instance_id, seq)
            access.log(context, case_id, what="read", field_group=f"{instance_id}:{seq}")
            return desk.detail(found)

        return self._executor.run(actor, command)

    def filing_of_task(self, actor: Actor, task_id: str) -> tuple[str, str, int]:
        """Case, instance and entry of the form that a finished task was completed with; `NotFound` where there is none to see."""

        def query(context: Context) -> tuple[str, str, int]:
            row = instances.get(context.uow, task_id.rpartition(".")[0])
            if row is None or row.case_id is None:
                raise errors.NotFound(task_id=task_id)
            desk = _Desk(context, row.case_id)
            for one in filings.of_instance(context, row):
                if one.is_task and one.token_id == task_id and desk.may_read(one):
                    return row.case_id, row.id, one.seq
            raise errors.NotFound(task_id=task_id)

        return self._executor.read(actor, query)

    def differences(self, actor: Actor, case_id: str, instance_id: str, seq: int, submission: Mapping[str, Any]) -> tuple[Difference, ...]:
        """What a correction would change, before anybody decides on it; nothing is kept.

        Raises:
            InvalidSubmission: fields need attention. NothingCorrected: nothing differs.
        """

        def query(context: Context) -> tuple[Difference, ...]:
            desk = _Desk(context, case_id)
            found = desk.to_correct(instance_id, seq)
            read = commands.read(context, found, submission, desk.sight)
            return desk.differences(found, found.answers, read.submission)

        return self._executor.read(actor, query)

    def correct(
        self, actor: Actor, case_id: str, instance_id: str, seq: int, submission: Mapping[str, Any], *, reason: str, seen: int,
        idempotency_key: str | None = None,
    ) -> CorrectionResult:
        """Corrects a sent form; `seen` is the `last_seq` of what the actor corrects. The same `idempotency_key` again does nothing.

        Where an answer had steered the process, the correction waits for somebody else in authority, and the way the process took stays
        in any case: a review, a reopening or another SOP goes on from what is known now.

        Raises:
            InvalidSubmission, NothingCorrected, ReasonWanted: to be mended. CorrectedMeanwhile: look again first.
        """

        def command(context: Context) -> CorrectionResult:
            desk = _Desk(context, case_id)
            desk.to_see(instance_id)
            live = commands.lock(context, instance_id)
            found = desk.to_correct(instance_id, seq)
            before = {row.id for row in _void(context, case_id)}
            read = commands.read(context, found, submission, desk.sight, live)
            made = commands.correct(context, found, read, live, reason=reason, seen=seen)
            return CorrectionResult(case_id=case_id, instance_id=instance_id, seq=made.seq, waits=made.needs_consent,
                                    voided=tuple(summary(row) for row in _void(context, case_id) if row.id not in before))

        def once(context: Context) -> CorrectionResult:
            return idempotency.once(context, idempotency_key, ["correct", case_id, instance_id, seq, submission, reason],
                                    lambda: command(context), _from_json, _to_json)

        return self._executor.run(actor, once)

    def answer_correction(
        self, actor: Actor, case_id: str, instance_id: str, asked_seq: int, *, is_accepted: bool, reason: str
    ) -> CorrectionResult:
        """Consents to a correction of answers that steered, or refuses it. Never one's own.

        Raises:
            OwnCorrection, ReasonWanted. CorrectedMeanwhile: somebody has answered already.
        """

        def command(context: Context) -> CorrectionResult:
            desk = _Desk(context, case_id)
            authorization.require(actor, commands.CONSENT, desk.about)
            desk.to_see(instance_id)
            live = commands.lock(context, instance_id)
            found, asked = desk.asked(instance_id, asked_seq)
            before = {row.id for row in _void(context, case_id)}
            commands.answer(context, found, asked, live, is_accepted=is_accepted, reason=reason)
            return CorrectionResult(case_id=case_id, instance_id=instance_id, seq=asked_seq, waits=False,
                                    voided=tuple(summary(row) for row in _void(context, case_id) if row.id not in before))

        return self._executor.run(actor, command)

    def issue_again(self, actor: Actor, case_id: str, document_id: str) -> None:
        """Has a void letter of the case written again from what is known now, under a number of its own; a worker writes it.

        Raises:
            NotFound: no such document in this case, or not the actor's. NotToBeWrittenAgain: it is not void, or was replaced.
        """

        def command(context: Context) -> None:
            desk = _Desk(context, case_id)
            authorization.require(actor, CORRECT, desk.about)
            row = document_rows.get(context.uow, document_id)
            if row is None or row.case_id != case_id or not documents.visible(context, [row], desk.sight.classes):
                raise errors.NotFound(document_id=document_id)
            reissue.order(context, row)

        self._executor.run(actor, command)

    def corrections_waiting(self, actor: Actor) -> tuple[WaitingCorrection, ...]:
        """Corrections of the agency's cases that wait for somebody in authority, the longest waiting first."""
        authorization.require(actor, commands.CONSENT)

        def query(context: Context) -> tuple[WaitingCorrection, ...]:
            waiting: list[WaitingCorrection] = []
            for case_id in journal_rows.cases_asked(context.uow, actor.agency_id):
                row = cases.get(context.uow, case_id)
                if row is None or row.wrapped_key is None or not authorization.allows(actor, commands.CONSENT, facts.of_case(context, row)):
                    continue
                waiting += [
                    WaitingCorrection(case_id=case_id, business_key=row.business_key, instance_id=one.chain_id, seq=one.seq, at=each.at)
                    for one in filings.of_case(context, case_id) for each in one.corrections if each.waits]
            return tuple(sorted(waiting, key=lambda one: one.at))

        return self._executor.read(actor, query)


def _void(context: Context, case_id: str) -> list[document_rows.DocumentRow]:
    return [row for row in document_rows.of_case(context.uow, case_id) if row.status == "void"]


def _to_json(result: CorrectionResult) -> Mapping[str, Any]:
    return {"case_id": result.case_id, "instance_id": result.instance_id, "seq": result.seq, "waits": result.waits}


def _from_json(plain: Mapping[str, Any]) -> CorrectionResult:
    """The answer again, without the letters: which are void the case says."""
    return CorrectionResult(**plain)


class _Desk:
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

    def may_read(self, one: Filing) -> bool:
        """That a step of a sensitive class was filled in tells something already."""
        return self._class_of(one) in self.sight.classes

    def may_correct(self, one: Filing) -> bool:
        """Whoever sent it, whoever's step it is, and the one in charge; where there is anything they may type."""
        is_theirs = self._actor.account_id == one.actor_id or self._actor.holds(self._role_of(one)) or self._decides()
        return is_theirs and authorization.allows(self._actor, CORRECT, self.about) and bool(commands.open_fields(one.form, self.sight))

    def row(self, one: Filing) -> FilingRow:
        return FilingRow(
            instance_id=one.chain_id, seq=one.seq, at=one.at, title=one.form.title, element_name=self._name_of(one),
            actor_name=self._person(one.actor_id), corrected=len(one.in_effect), waits=any(each.waits for each in one.corrections),
            may_correct=self.may_correct(one))

    def detail(self, one: Filing) -> FilingDetail:
        view = forms.to_fill(one.form, one.answers, self.sight.classes)
        keys = {field.key for field in commands.open_fields(one.form, self.sight)}
        asked = next((each for each in one.corrections if each.waits), None)
        may_answer = asked is not None and asked.actor_id != self._actor.account_id and self._decides()
        return FilingDetail(
            row=self.row(one), case_id=self._row.id, form=replace(view, fields=tuple(each for each in view.fields if each.key in keys)),
            closed=tuple(each for each in self._fields(one, one.answers) if each.key not in keys),
            versions=tuple(self._versions(one)), last_seq=one.last_seq, may_answer=asked.seq if asked is not None and may_answer else None)

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
        found = accounts.get(self._context.uow, account_id) if self._actor.holds(*authorization.STAFF) else None
        return found.name if found is not None else ""
