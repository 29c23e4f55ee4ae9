"""The part of `engine.cases` for forms that were sent: reading every version, correcting, and the word of the one in charge."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from engine import authorization, errors, facts, filings, idempotency
from engine.case_documents import summary
from engine.commands import access, documents, form_drafts, reissue
from engine.commands import corrections as commands
from engine.executor import Context, Executor
from engine.filing_desk import CORRECT, FilingDesk
from engine.filing_results import CorrectionResult, Difference, FilingDetail, FilingRow, WaitingCorrection
from engine.results import FormView
from engine.types import Actor
from storage import cases, instances
from storage import documents as document_rows
from storage import journal as journal_rows


class CaseCorrections:
    """Sent forms and their corrections. The first answers are never overwritten; what steered the process stays as it went."""

    _executor: Executor

    def filings(self, actor: Actor, case_id: str) -> tuple[FilingRow, ...]:
        """The forms of a case that the actor may read, in the order they were sent."""

        def query(context: Context) -> tuple[FilingRow, ...]:
            desk = FilingDesk(context, case_id)
            return tuple(desk.row(one) for one in filings.of_case(context, case_id) if desk.may_read(one))

        return self._executor.read(actor, query)

    def filing(self, actor: Actor, case_id: str, instance_id: str, seq: int) -> FilingDetail:
        """One sent form with all its versions; its reading stands in the access log."""

        def command(context: Context) -> FilingDetail:
            desk = FilingDesk(context, case_id)
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
            desk = FilingDesk(context, row.case_id)
            for one in filings.of_instance(context, row):
                if one.is_task and one.token_id == task_id and desk.may_read(one):
                    return row.case_id, row.id, one.seq
            raise errors.NotFound(task_id=task_id)

        return self._executor.read(actor, query)

    def correction_form(self, actor: Actor, case_id: str, instance_id: str, seq: int) -> FormView:
        """The questions of a sent form that the actor may answer anew, without the answers: nothing of the case is read by it. Raises
        `NotFound`."""

        def query(context: Context) -> FormView:
            desk = FilingDesk(context, case_id)
            return desk.to_fill(desk.to_correct(instance_id, seq), {})

        return self._executor.read(actor, query)

    def differences(self, actor: Actor, case_id: str, instance_id: str, seq: int, submission: Mapping[str, Any]) -> tuple[Difference, ...]:
        """What a correction would change, before anybody decides on it; nothing is kept.

        Raises:
            InvalidSubmission: fields need attention. NothingCorrected: nothing differs.
        """

        def query(context: Context) -> tuple[Difference, ...]:
            desk = FilingDesk(context, case_id)
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
            desk = FilingDesk(context, case_id)
            desk.to_see(instance_id)
            live = commands.lock(context, instance_id)
            found = desk.to_correct(instance_id, seq)
            before = {row.id for row in _void(context, case_id)}
            read = commands.read(context, found, submission, desk.sight, live)
            made = commands.correct(context, found, read, live, reason=reason, seen=seen)
            form_drafts.drop(context, form_drafts.CORRECTION, f"{instance_id}:{seq}", case_id=case_id)
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
            desk = FilingDesk(context, case_id)
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
            desk = FilingDesk(context, case_id)
            authorization.require(actor, CORRECT, desk.about)
            row = document_rows.get(context.uow, document_id)
            if row is None or row.case_id != case_id or not documents.visible(context, [row], desk.sight.classes):
                raise errors.NotFound(document_id=document_id)
            reissue.order(context, row)

        self._executor.run(actor, command)

    def corrections_waiting(self, actor: Actor) -> tuple[WaitingCorrection, ...]:
        """Corrections of the agency's cases, and steps that are to begin again, that wait for somebody in authority, the longest waiting
        first."""
        authorization.require(actor, commands.CONSENT)

        def query(context: Context) -> tuple[WaitingCorrection, ...]:
            waiting: list[WaitingCorrection] = []
            for case_id in journal_rows.cases_asked(context.uow, actor.agency_id):
                row = cases.get(context.uow, case_id)
                if row is None or row.wrapped_key is None or not authorization.allows(actor, commands.CONSENT, facts.of_case(context, row)):
                    continue
                with suppress(errors.StateCorrupt):    # the case's own page says so; the other cases' decisions wait no less
                    desk = FilingDesk(context, case_id)
                    waiting += [
                        WaitingCorrection(case_id=case_id, business_key=row.business_key, instance_id=one.chain_id, seq=one.seq, at=each.at)
                        for one in filings.of_case(context, case_id) if desk.may_read(one) for each in one.asked if each.waits]
            return tuple(sorted(waiting, key=lambda one: one.at))

        return self._executor.read(actor, query)


def _void(context: Context, case_id: str) -> list[document_rows.DocumentRow]:
    return [row for row in document_rows.of_case(context.uow, case_id) if row.status == "void"]


def _to_json(result: CorrectionResult) -> Mapping[str, Any]:
    return {"case_id": result.case_id, "instance_id": result.instance_id, "seq": result.seq, "waits": result.waits}


def _from_json(plain: Mapping[str, Any]) -> CorrectionResult:
    """The answer again, without the letters: which are void the case says."""
    return CorrectionResult(**plain)
