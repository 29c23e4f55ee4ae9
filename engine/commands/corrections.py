"""Commands on what was sent before: correct it, ask for consent where it steered, answer that.

Nothing that moved the process is moved again: a correction is an entry of its own, the case file is told again with the new answers
in the place of the old, and letters that say the old ones are void.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Mapping
from typing import Any, Final

from engine import authorization, canonical, errors, filings, forms, journal, masking, ran_by, reasons
from engine.advance import LiveInstance
from engine.casefile import Case, Submission, after, apply, kept, rules
from engine.commands import documents, instances
from engine.definitions import Definition, concrete_role
from engine.executor import Context
from engine.filings import Correction, Filing
from engine.filling import zone_of
from engine.forms_schema import Field, FieldType, Form
from engine.masking import Sight
from engine.transition import AnswerCorrection, AskCorrection, Correct
from engine.types import Value
from storage import cases, notices, randomness
from storage import documents as document_rows
from storage import instances as instance_rows
from storage import journal as journal_rows

CONSENT: Final = "case.consent_correction"
CORRECTED: Final = "corrected"                  # why a document is void
#: What nobody signs or photographs a second time: a new paper is attached beside the old one.
_NOT_TYPED: Final = frozenset({FieldType.FILE, FieldType.SIGNATURE})
_LETTERS: Final = frozenset({"issued", "sent"})


class NothingCorrected(errors.EngineError):
    """The answers are those that stand already."""

    code = "nothing-corrected"
    indonesian = "Tidak ada isian yang berubah."


class CorrectedMeanwhile(errors.EngineError):
    """Somebody else corrected this meanwhile, or asked to: look at what stands now, then decide again."""

    code = "corrected-meanwhile"
    indonesian = "Isian ini baru saja dikoreksi, atau diminta dikoreksi, orang lain. Periksa yang berlaku sekarang, lalu putuskan lagi."


class OwnCorrection(errors.EngineError):
    """Nobody consents to their own correction: ask another person in authority."""

    code = "own-correction"
    indonesian = "Koreksi Anda sendiri harus disetujui oleh penanggung jawab lain."


@dataclasses.dataclass(frozen=True, kw_only=True)
class Corrected:
    """Answers that passed: all of them, what differs, and which of that steered."""

    submission: Mapping[str, Value]
    changed: tuple[Field, ...]

    @property
    def steers(self) -> tuple[Field, ...]:
        return tuple(one for one in self.changed if one.steering)


def open_fields(form: Form, sight: Sight) -> tuple[Field, ...]:
    """The fields that whoever sees this much may correct: a table only whole, a name only while names are shown."""
    def is_open(one: Field) -> bool:
        return (one.type not in _NOT_TYPED and one.sensitivity in sight.classes and (sight.shows_names or not masking.is_name(one))
                and all(map(is_open, one.fields)))

    return tuple(filter(is_open, form.fields))


def read(context: Context, filing: Filing, raw: Mapping[str, Any], sight: Sight, live: LiveInstance | None = None) -> Corrected:
    """The corrected answers: what may be typed anew from `raw`, the rest as it stands.

    Raises:
        InvalidSubmission: fields need attention. NothingCorrected: nothing differs.
    """
    standing = filing.answers
    open_ = open_fields(filing.form, sight)
    kept_answers = {key: value for key, value in standing.items() if key not in {one.key for one in open_}}
    read = forms.answers(dataclasses.replace(filing.form, fields=open_), raw, variables={**filing.variables, **kept_answers},
                         now=context.now, zone=zone_of(context, live))
    given = {**kept_answers, **read.submission}
    # As it comes back from the journal, so that equal answers are equal.
    submission = canonical.loads(canonical.dumps({one.key: given[one.key] for one in filing.form.fields if one.key in given}))
    changed = tuple(one for one in filing.form.fields if submission.get(one.key) != standing.get(one.key))
    if not changed:
        raise NothingCorrected()
    return Corrected(submission=submission, changed=changed)


def correct(context: Context, filing: Filing, corrected: Corrected, live: LiveInstance, *, reason: str, seen: int) -> Correction:
    """Writes the correction; where an answer steered, it waits for consent and nothing else changes yet.

    Raises:
        CorrectedMeanwhile: more was said of it than the actor `seen` (the number of an entry). ReasonWanted.
        EngineError: a rule of every case refuses the new answers.
    """
    why = reasons.stated(reason)
    if filing.last_seq != seen or any(one.waits for one in filing.corrections):
        raise CorrectedMeanwhile()
    _check(context, live, filing, corrected)
    asks = bool(corrected.steers)
    stimulus = AskCorrection(entry=filing.seq) if asks else Correct(entry=filing.seq)
    live.apply(stimulus, at=context.now, recorded_at=context.now, actor_id=context.actor.account_id, submission=corrected.submission,
               note={journal.REASON: why})
    context.save()
    if asks:
        role = concrete_role("case_authority", live.parameters)
        _tell(context, live, role=None if role not in authorization.KNOWN_ROLES else role, code="decision_wanted")
    else:
        project(context, live)
        void_documents(context, filing, corrected.changed)
    return Correction(seq=live.seq, place=0, at=live.last_at, actor_id=context.actor.account_id, submission=corrected.submission,
                      reason=why, needs_consent=asks)


def answer(context: Context, filing: Filing, asked: Correction, live: LiveInstance, *, is_accepted: bool, reason: str) -> None:
    """Consents to a correction that steered, or refuses it. The way the process took stays as it is.

    Raises:
        OwnCorrection, CorrectedMeanwhile, ReasonWanted
    """
    why = reasons.stated(reason)
    if not asked.waits:
        raise CorrectedMeanwhile()
    if asked.actor_id == context.actor.account_id:
        raise OwnCorrection()
    changed = tuple(one for one in filing.form.fields if asked.submission.get(one.key) != filing.answers.get(one.key))
    live.apply(AnswerCorrection(entry=asked.seq, is_accepted=is_accepted), at=context.now, recorded_at=context.now,
               actor_id=context.actor.account_id, note={journal.REASON: why})
    context.save()
    if is_accepted:
        project(context, live)
        void_documents(context, filing, changed)
    _tell(context, live, account_id=asked.actor_id, code="information")


def retell(context: Context, live: LiveInstance, said: Correct | AnswerCorrection) -> None:
    """What the last entry of `live` changed, made again from the journals."""
    if isinstance(said, Correct) or said.is_accepted:
        project(context, live)


def project(context: Context, live: LiveInstance) -> None:
    """The case file told again with the answers that count after the last entry of `live`: a new version of each record that says
    something else now. Status and risk of the case are the process's to say, and stay."""
    until = journal_rows.places(context.uow, live.case_id)[live.id, live.seq]
    found = filings.of_case(context, live.case_id, until=until)
    actor_id = next(one.actor_id for filing in found if filing.chain_id == live.id for one in filing.corrections
                    if live.seq in (one.seq, one.answer_seq))
    case = Case()
    for filing in found:
        if filing.form.record is not None:
            said = Submission(values=filing.answers, item=filing.item, actor_id=filing.actor_id, acting_for=filing.acting_for)
            case = after(Case(records=case.records), apply(filing.form.record, Case(records=case.records), said))
    _seen, stored = cases.latest_records(context.uow, live.case_id)
    before = {row.record: (row.version, kept.opened(live.key, row)) for row in stored}
    new = {name: canonical.loads(canonical.dumps(dict(content))) for name, content in case.records.items()}
    cases.add_records(context.uow, [
        cases.CaseRecordRow(
            case_id=live.case_id, record=name, version=version + 1, at=live.last_at, actor_id=actor_id, chain_id=live.id, seq=live.seq,
            ciphertext=live.sealed(content, kept.binding(live.case_id, name, version + 1)))
        for name, content in sorted(new.items())
        for version, old in [before.get(name, (0, None))] if content != old])


def void_documents(context: Context, filing: Filing, changed: Collection[Field]) -> None:
    """Letters of the case that say one of the changed answers are void; they keep their numbers and stay readable."""
    live = context.instance(filing.chain_id)
    record = filing.form.record or filing.form.key
    for row in document_rows.of_case(context.uow, live.case_id):
        if row.status in _LETTERS and row.code != documents.ATTACHMENT and row.issued_at >= filing.at and row.instance_id is not None:
            instance = instance_rows.get(context.uow, row.instance_id)
            assert instance is not None
            definition = ran_by.of(context, instance).with_document(row.code)
            if any(_says(definition, row.code, record, one.key) for one in changed):
                document_rows.make_void(context.uow, row.id, reason=CORRECTED)


def _says(definition: Definition, code: str, record: str, key: str) -> bool:
    """Whether the letter's template names this answer of this record. A template that is gone says everything: better void once too
    often than a paper that says what is wrong."""
    document, folder = definition.documents.get(code, (None, ""))
    template = definition.files.get(f"{folder}documents/{document.template}.typ") if document is not None else None
    if template is None:
        return True
    return all(re.search(rf"\b{re.escape(word)}\b".encode(), template) for word in (record, key))


def _check(context: Context, live: LiveInstance, filing: Filing, corrected: Corrected) -> None:
    if filing.form.record is None:
        return
    case = kept.case_file(context, live.case_id, live.key)
    said = Submission(values=corrected.submission, item=filing.item, actor_id=filing.actor_id, acting_for=filing.acting_for)
    refused = rules.correction_refusal(filing.form.record, case, said)
    if refused is not None:
        raise refused


def _tell(context: Context, live: LiveInstance, *, code: str, role: str | None = None, account_id: str | None = None) -> None:
    if role is not None or account_id is not None:
        notices.add(context.uow, notices.NoticeRow(
            id=randomness.new_id(), agency_id=live.agency_id, account_id=account_id, role=role, at=context.now, code=code,
            case_id=live.case_id, once=f"correction:{live.id}:{live.seq}"))


def lock(context: Context, instance_id: str) -> LiveInstance:
    """The instance as it stands or ended, its case held: nobody else writes to it until this command has."""
    live = instances.standing(context, instance_id)
    cases.move(context.uow, live.case_id, entries=0)
    return live
