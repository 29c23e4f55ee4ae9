"""Sent forms and drafts of start forms, as the double of the engine keeps them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from engine import errors
from engine.commands.corrections import CorrectedMeanwhile, NothingCorrected
from engine.commands.modifications import ModifiedMeanwhile
from engine.filing_results import CorrectionResult, Difference, FilingDetail, FilingRow, WaitingCorrection
from engine.reasons import stated
from engine.results import FormView
from engine.types import Actor


@dataclass
class FakeFilings:
    """What stands, and what was asked of it."""

    details: dict[tuple[str, str, int], FilingDetail] = field(default_factory=dict)
    corrected: list[dict[str, Any]] = field(default_factory=list)
    answered: list[tuple[int, bool, str]] = field(default_factory=list)
    asked_again: list[tuple[int, tuple[str, ...], str]] = field(default_factory=list)
    answered_again: list[tuple[int, bool, str]] = field(default_factory=list)
    start_drafts: dict[tuple[str, str], tuple[Mapping[str, Any], datetime]] = field(default_factory=dict)
    form_drafts: dict[tuple[str, str, str], tuple[Mapping[str, Any], datetime]] = field(default_factory=dict)


class CaseFilings:
    """The part of `engine.cases` of that name, with its signatures. The engine has `filings` and a clock."""

    _engine: Any

    def filings(self, actor: Actor, case_id: str) -> tuple[FilingRow, ...]:
        return tuple(each.row for (case, _, _), each in self._engine.filings.details.items() if case == case_id)

    def filing(self, actor: Actor, case_id: str, instance_id: str, seq: int) -> FilingDetail:
        found: FilingDetail | None = self._engine.filings.details.get((case_id, instance_id, seq))
        if found is None:
            raise errors.NotFound()
        return found

    def filing_of_task(self, actor: Actor, task_id: str) -> tuple[str, str, int]:
        if not self._engine.filings.details:
            raise errors.NotFound()
        return next(iter(self._engine.filings.details))  # type: ignore[no-any-return]

    def correction_form(self, actor: Actor, case_id: str, instance_id: str, seq: int) -> FormView:
        return self.filing(actor, case_id, instance_id, seq).form

    def differences(self, actor: Actor, case_id: str, instance_id: str, seq: int, submission: Mapping[str, Any]) -> tuple[Difference, ...]:
        fields = self.filing(actor, case_id, instance_id, seq).form.fields
        found = tuple(Difference(before=each, now=replace(each, value=submission.get(each.key)), steers=each.steering)
                      for each in fields if submission.get(each.key) != each.value)
        if not found:
            raise NothingCorrected()
        return found

    def correct(self, actor: Actor, case_id: str, instance_id: str, seq: int, submission: Mapping[str, Any], *, reason: str, seen: int,
                idempotency_key: str | None = None) -> CorrectionResult:
        found = self.differences(actor, case_id, instance_id, seq, submission)
        stated(reason)
        if seen != self.filing(actor, case_id, instance_id, seq).last_seq:
            raise CorrectedMeanwhile()
        self._engine.filings.corrected.append(dict(submission))
        return CorrectionResult(case_id=case_id, instance_id=instance_id, seq=9, waits=any(each.steers for each in found))

    def answer_correction(self, actor: Actor, case_id: str, instance_id: str, asked_seq: int, *, is_accepted: bool,
                          reason: str) -> CorrectionResult:
        self._engine.filings.answered.append((asked_seq, is_accepted, stated(reason)))
        return CorrectionResult(case_id=case_id, instance_id=instance_id, seq=asked_seq, waits=False)

    def ask_modification(self, actor: Actor, case_id: str, instance_id: str, seq: int, *, steps: Collection[str], reason: str) -> None:
        found = self.filing(actor, case_id, instance_id, seq)
        stated(reason)
        if found.way_back is None or list(steps) != [each.id for each in found.way_back.steps]:
            raise ModifiedMeanwhile()
        self._engine.filings.asked_again.append((seq, tuple(steps), reason))

    def answer_modification(self, actor: Actor, case_id: str, instance_id: str, asked_seq: int, *, is_accepted: bool, reason: str) -> None:
        self._engine.filings.answered_again.append((asked_seq, is_accepted, stated(reason)))

    def corrections_waiting(self, actor: Actor) -> tuple[WaitingCorrection, ...]:
        return ()

    def start_draft(self, actor: Actor, key: str) -> tuple[Mapping[str, Any], datetime | None]:
        return self._engine.filings.start_drafts.get((actor.account_id, key), ({}, None))  # type: ignore[no-any-return]

    def save_start_draft(self, actor: Actor, key: str, submission: Mapping[str, Any]) -> datetime:
        now: datetime = self._engine.clock.now()
        self._engine.filings.start_drafts[actor.account_id, key] = (dict(submission), now)
        return now

    def drop_start_draft(self, actor: Actor, key: str) -> None:
        self._engine.filings.start_drafts.pop((actor.account_id, key), None)

    def form_draft(self, actor: Actor, case_id: str, form: str) -> tuple[Mapping[str, Any], datetime | None]:
        return self._engine.filings.form_drafts.get((actor.account_id, case_id, form), ({}, None))  # type: ignore[no-any-return]

    def save_form_draft(self, actor: Actor, case_id: str, form: str, submission: Mapping[str, Any]) -> datetime:
        now: datetime = self._engine.clock.now()
        self._engine.filings.form_drafts[actor.account_id, case_id, form] = (dict(submission), now)
        return now

    def drop_form_draft(self, actor: Actor, case_id: str, form: str) -> None:
        self._engine.filings.form_drafts.pop((actor.account_id, case_id, form), None)
