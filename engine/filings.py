"""What people sent with forms for a case, in the order of writing, and what was said of it since: read from the journals.

A correction never changes the entry it is about. What was first sent, each correction and each word on one stay readable; the answers
that count are those of the last correction in effect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from engine import entrances, errors, journal, recorded
from engine.definitions import Definition
from engine.executor import Context
from engine.forms_schema import Form
from engine.replay import Step
from engine.results import ReplayVerdict
from engine.spiff import going_back
from engine.spiff.build import Program
from engine.spiff.codec import State
from engine.transition import (
    AnswerCorrection,
    AskCorrection,
    AskModify,
    CompleteTask,
    Correct,
    Migrate,
    Modify,
    RefuseModify,
    Start,
    View,
)
from engine.types import Value
from storage import instances
from storage import journal as journal_rows


@dataclass(frozen=True, kw_only=True)
class Correction:
    """New answers to a form. `answered_by` is empty while consent is waited for, and where none was needed."""

    seq: int
    place: int
    at: datetime
    actor_id: str
    submission: Mapping[str, Any]
    reason: str
    needs_consent: bool
    is_accepted: bool = False
    answered_by: str = ""
    answered_at: datetime | None = None
    answer_place: int = 0
    answer_seq: int = 0
    answer_reason: str = ""

    @property
    def counts(self) -> bool:
        """Whether its answers are in effect."""
        return self.is_accepted or not self.needs_consent

    @property
    def waits(self) -> bool:
        """Whether somebody in authority still has to say a word."""
        return self.needs_consent and not self.answered_by


@dataclass(frozen=True, kw_only=True)
class Modification:
    """A request that a step which was done begin again. `steps`: the tasks over by that; `answered_by` is empty while it waits."""

    seq: int
    at: datetime
    actor_id: str
    reason: str
    steps: tuple[str, ...]
    is_done: bool = False
    answered_by: str = ""
    answered_at: datetime | None = None
    answer_seq: int = 0
    answer_reason: str = ""

    @property
    def waits(self) -> bool:
        """Whether somebody in authority still has to say a word."""
        return not self.answered_by


@dataclass(kw_only=True)
class Filing:
    """One form that was sent: with a task, an action or the start. `variables` are those it was asked under, `definition` the version
    in force then. `over`: what would be over if its step began again now; None where no way leads back to it."""

    chain_id: str
    seq: int
    place: int
    at: datetime
    actor_id: str
    form: Form
    definition: Definition
    element_id: str
    token_id: str
    submission: Mapping[str, Any]
    item: Value
    variables: Mapping[str, Value]
    is_task: bool
    acting_for: frozenset[str] = frozenset()
    corrections: list[Correction] = field(default_factory=list)
    modifications: list[Modification] = field(default_factory=list)
    stood: going_back.Place | None = None
    over: going_back.Over | None = None

    @property
    def asked(self) -> tuple[Correction | Modification, ...]:
        """What was asked of it since."""
        return *self.corrections, *self.modifications

    @property
    def answers(self) -> Mapping[str, Any]:
        """The answers that count now."""
        return next((one.submission for one in reversed(self.in_effect)), self.submission)

    @property
    def in_effect(self) -> list[Correction]:
        """The corrections that count, in the order they came into effect."""
        return sorted((one for one in self.corrections if one.counts), key=lambda one: one.answer_place or one.place)

    @property
    def ended_steps(self) -> tuple[str, ...]:
        """The tasks that would be over if its step began again now."""
        return ids(self.chain_id, self.over.steps) if self.over is not None else ()

    @property
    def last_seq(self) -> int:
        """The entry at which anything was last said of it: who corrects it names what they saw."""
        return max((max(one.seq, one.answer_seq) for one in self.corrections), default=self.seq)


def ids(chain_id: str, numbers: Iterable[int]) -> tuple[str, ...]:
    """Tokens by number as they are called outside, in order."""
    return tuple(f"{chain_id}.{number}" for number in sorted(numbers))


def of_case(context: Context, case_id: str, *, until: int | None = None) -> list[Filing]:
    """Every form of the case in the order they were sent; with `until`, as the case stood at that place among its entries.

    Raises:
        StateCorrupt: a journal of the case does not verify.
    """
    places = journal_rows.places(context.uow, case_id)
    rows = instances.of_case(context.uow, case_id)
    found = [one for row in rows for one in _of_instance(context, row, {seq: place for (chain, seq), place in places.items()
                                                                        if chain == row.id}, until)]
    return sorted(found, key=lambda one: one.place)


def of_instance(context: Context, row: instances.InstanceRow) -> list[Filing]:
    """As `of_case`, for one instance."""
    return _of_instance(context, row, {}, None)


def named(found: Iterable[Filing], instance_id: str, seq: int) -> Filing:
    """The filing of that entry; `NotFound` where no form came with it."""
    for one in found:
        if (one.chain_id, one.seq) == (instance_id, seq):
            return one
    raise errors.NotFound(instance_id=instance_id)


def _of_instance(context: Context, row: instances.InstanceRow, places: Mapping[int, int], until: int | None) -> list[Filing]:
    reader = _Reader(recorded.definition_by_digest(context), row.id, places, until)
    report = recorded.replayed(context, row, on_step=reader.take)
    if report.verdict is ReplayVerdict.BROKEN:
        raise errors.StateCorrupt(instance_id=row.id)
    reader.find_ways_back()
    return list(reader.found.values())


class _Reader:
    """The filings of one journal, step by step."""

    def __init__(self, definition_for: Callable[[str], Definition], chain_id: str, places: Mapping[int, int], until: int | None) -> None:
        self._definition_for, self._chain_id, self._places, self._until = definition_for, chain_id, places, until
        self._before = View()
        self._state: tuple[Program, State] | None = None
        self.found: dict[int, Filing] = {}

    def take(self, step: Step) -> None:
        place = self._places.get(step.entry.seq, step.entry.seq)
        if self._until is None or place <= self._until:
            match step.stimulus:
                case Correct() | AskCorrection():
                    self._correct(step, step.stimulus, place)
                case AnswerCorrection():
                    self._answer(step, step.stimulus, place)
                case AskModify():
                    self.found[step.stimulus.entry].modifications.append(Modification(
                        seq=step.entry.seq, at=step.entry.at, actor_id=step.entry.actor_id, steps=tuple(step.stimulus.steps),
                        reason=str(step.note.get(journal.REASON, ""))))
                case Modify() | RefuseModify():
                    self._answer_modification(step, step.stimulus)
                case Migrate():
                    for each in self.found.values():
                        each.stood = None      # a standing of the other version need not be one of this
                case _ if step.submission is not None:
                    self._file(step, place)
        self._before = step.transition.view
        self._state = self._definition_for(step.entry.definition).program, step.transition.state

    def find_ways_back(self) -> None:
        """Says of each step that was done which tokens its beginning again would end now."""
        if self._state is not None:
            for one in self.found.values():
                if one.stood is not None:
                    one.over = going_back.over(*self._state, one.stood)

    def _file(self, step: Step, place: int) -> None:
        definition = self._definition_for(step.entry.definition)
        form = entrances.form_of(definition, step.stimulus, self._before)
        if form is None or step.submission is None:
            return
        token = str(getattr(step.stimulus, "token_id", ""))
        waiting: list[Any] = [*self._before.tasks, *self._before.subscriptions]
        waited = next((each for each in waiting if each.token_id == token), None)
        self.found[step.entry.seq] = Filing(
            chain_id=self._chain_id, seq=step.entry.seq, place=place, at=step.entry.at, actor_id=step.entry.actor_id, form=form,
            definition=definition,
            element_id=waited.element_id if waited is not None else entrances.start_of(definition, step.stimulus)
            if isinstance(step.stimulus, Start) else "",
            token_id=token, submission=step.submission, item=waited.item if waited is not None else None,
            variables=self._before.variables, is_task=isinstance(step.stimulus, CompleteTask),
            acting_for=frozenset(step.note.get(journal.ACTING_FOR, ())),
            stood=going_back.place_of(*self._state, token) if self._state and isinstance(step.stimulus, CompleteTask) else None)

    def _correct(self, step: Step, said: Correct | AskCorrection, place: int) -> None:
        self.found[said.entry].corrections.append(Correction(
            seq=step.entry.seq, place=place, at=step.entry.at, actor_id=step.entry.actor_id, submission=step.submission or {},
            reason=str(step.note.get(journal.REASON, "")), needs_consent=isinstance(said, AskCorrection)))

    def _answer(self, step: Step, said: AnswerCorrection, place: int) -> None:
        for filing in self.found.values():
            filing.corrections = [
                replace(one, is_accepted=said.is_accepted, answered_by=step.entry.actor_id, answered_at=step.entry.at, answer_place=place,
                        answer_seq=step.entry.seq, answer_reason=str(step.note.get(journal.REASON, "")))
                if one.seq == said.entry else one for one in filing.corrections]

    def _answer_modification(self, step: Step, said: Modify | RefuseModify) -> None:
        for filing in self.found.values():
            filing.modifications = [
                replace(one, is_done=isinstance(said, Modify), answered_by=step.entry.actor_id, answered_at=step.entry.at,
                        answer_seq=step.entry.seq, answer_reason=str(step.note.get(journal.REASON, "")))
                if one.seq == said.entry else one for one in filing.modifications]
