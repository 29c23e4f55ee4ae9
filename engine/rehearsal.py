"""Plays the stories of an SOP on trials of it, and says where each goes otherwise than it is written (docs/scenarios.md).

Forms are filled in as people would. Who may do what, the case file and audits are played by `engine.scenario`, through the whole front
door; here it must be quick enough for a page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any, Final

from engine import flow_coverage
from engine.bundle import SopBundle
from engine.calendars import WorkCalendar
from engine.errors import EngineError, InvalidSubmission, NotFound
from engine.scenario_file import Expected, Scenario, Step
from engine.scenario_results import Otherwise
from engine.staffed_trial import Work
from engine.trial_story import ToldTrial
from engine.types import Happening, InstanceStatus, LintFinding, Value

#: How long before its story an SOP that a timer starts comes into force: a timer start event counts from there.
BEFORE_A_TIMER: Final = timedelta(days=35)
#: Who may do a step in place of its role: the companion writes down what a provider without a login reports (domain.md 2.4).
PROXIES: Final = {"external_provider": "companion"}


@dataclass(frozen=True, kw_only=True)
class Rehearsed:
    """How a story went; `otherwise` None: as written. `taken` are the sequence flows it certainly went through."""

    otherwise: Otherwise | None
    taken: frozenset[str]


class OutOfTime(Exception):
    """The story was stopped: `is_over` said so."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What stories are played with: the SOP as checked, and the tables of the agency that plays it."""

    bundle: SopBundle
    findings: Sequence[LintFinding]
    operations: Iterable[str]
    calendar: WorkCalendar | None
    parameters: Mapping[str, Value] | None


def rehearse(setting: Setting, scenario: Scenario, *, is_over: Callable[[], bool] = lambda: False) -> Rehearsed:
    """Plays one story. Raises `OutOfTime` once `is_over`; it is asked between steps."""
    return _Rehearsal(setting, scenario, is_over).play()


class _Differs(Exception):
    def __init__(self, what: str, name: str = "", *, written: Value = None, seen: Value = None) -> None:
        super().__init__(what)
        self.what, self.name, self.written, self.seen = what, name, written, seen


class _Rehearsal:
    def __init__(self, setting: Setting, scenario: Scenario, is_over: Callable[[], bool]) -> None:
        self.scenario, self.parameters, self.is_over = scenario, setting.parameters, is_over
        opened = scenario.at.astimezone(UTC) - (BEFORE_A_TIMER if scenario.timer else timedelta(0))
        self.trial = ToldTrial.staged(setting.bundle, now=opened, operations=setting.operations, calendar=setting.calendar,
                                      parameters=setting.parameters, findings=setting.findings)
        self.number = 0
        self.otherwise: Otherwise | None = None
        self.cases: dict[str, str] = {}   # instances by what the story calls their case; "" for its first

    def play(self) -> Rehearsed:
        try:
            self.cases[""] = self._begin()
            for step in self.scenario.steps:
                self.number += 1
                if self.is_over():
                    raise OutOfTime
                self._step(step)
            self.number = -1
            self._end()
        except _Differs as found:
            self._note(found)
        except EngineError as refused:
            self._note(_Differs("refused", seen=_said(refused)))
        return Rehearsed(otherwise=self.otherwise, taken=flow_coverage.taken_in(self.trial.processes(), self.trial.trace()))

    def _note(self, found: _Differs) -> None:
        """The first difference is told. What is only expected otherwise ends no story: what it goes through counts all the same."""
        if self.otherwise is None:
            self.otherwise = Otherwise(step=self.number, what=found.what, name=found.name, written=found.written, seen=found.seen)

    def _expect(self, look: Callable[[], None]) -> None:
        try:
            look()
        except _Differs as found:
            self._note(found)

    def _begin(self) -> str:
        told = self.scenario
        if told.message is not None:
            reached = self.trial.send_message(told.message, told.submission, keys=told.keys)
        elif told.timer is not None:
            self.trial.advance(told.at.astimezone(UTC) - self.trial.now)
            reached = [one.instance_id for one in self.trial.trace() if (one.element_id, one.happened) == (told.timer, Happening.CAUGHT)]
        else:
            beginning = self.trial.beginning()
            if beginning is not None and beginning.roles and told.role not in beginning.roles:
                raise _Differs("role", written=told.role, seen=", ".join(beginning.roles))
            return self.trial.begin(told.submission, business_key=told.business_key or "")
        if not reached:
            raise NotFound()
        return reached[-1]

    def _step(self, step: Step) -> None:
        if until := step.at or step.wait_until:
            self.trial.advance(max(until - self.trial.now, timedelta(0)))
        if (expected := step.expected) is not None:
            instance_id = self.cases.get(step.case if step.start is None else "", "")   # "": a case the story never began
            self._expect(lambda: self._compare(instance_id, expected))
        name = self.trial.name_of(step.acts_on or step.act or "")
        try:
            work = self._act(step)
        except EngineError as refused:
            if refused.code != step.refuse:
                raise _Differs("refused", name, written=step.refuse, seen=_said(refused)) from None
            return
        if step.refuse is not None:
            raise _Differs("not-refused", name, written=step.refuse)
        if work is not None and step.complete is not None:
            self._expect(lambda: self._judge(step, work))

    def _act(self, step: Step) -> Work | None:
        trial, instance_id = self.trial, self.cases.get(step.case, "")
        if step.message is not None:
            reached = trial.send_message(step.message, step.submission, keys=step.keys)
            if reached and trial.outcome(instance_id).status is InstanceStatus.COMPLETED:
                self.cases[step.case] = reached[-1]   # a new episode: the story goes on there
        elif step.signal is not None:
            trial.send_signal(step.signal, step.submission)
        elif step.start is not None:
            self.cases[step.start] = trial.begin(step.submission)
        elif (element_id := step.acts_on or step.act) is not None:
            work = self._work(step, element_id, instance_id)
            if step.claim is None:
                trial.submit(work.id, step.submission)
            else:
                trial.claim(work.id)
            return work
        return None

    def _work(self, step: Step, element_id: str, instance_id: str) -> Work:
        is_action = step.act is not None
        found = next((work for work in self.trial.waiting(instance_id) if work.element_id == element_id
                      and work.is_action is is_action and step.item.items() <= work.item.items()), None)
        if found is None:
            raise _Differs("not-open", self.trial.name_of(element_id), seen=step.refuse) if step.refuse is None else NotFound()
        if step.role not in (None, found.role, PROXIES.get(found.role)):
            if step.refuse is None:
                raise _Differs("role", found.name, written=step.role, seen=found.role)
            raise NotFound()   # who may not is told that there is no such thing
        return found

    def _compare(self, instance_id: str, expected: Sequence[Expected]) -> None:
        """The whole inbox of the case, no more and no less."""
        waiting = [work for work in self.trial.waiting(instance_id) if not work.is_action]
        for one in expected:
            alike = [work for work in waiting if work.element_id == one.task and one.item.items() <= work.item.items()]
            if not alike:
                raise _Differs("not-open", self.trial.name_of(one.task), written=one.due)
            work = next((each for each in alike if (each.role, each.due_at) == (one.role, one.due)), alike[0])
            waiting.remove(work)
            if work.role != one.role:
                raise _Differs("role", work.name, written=one.role, seen=work.role)
            if work.due_at != one.due:
                raise _Differs("due", work.name, written=one.due, seen=work.due_at)
        if waiting:
            raise _Differs("not-written", waiting[0].name, seen=waiting[0].role)

    def _judge(self, step: Step, work: Work) -> None:
        done = self.trial.done(work.id)
        for what in ("verdict", "handling_verdict", "overrun"):
            written, seen = getattr(step, what), getattr(done, what)
            if written is not None and written != seen:
                raise _Differs(what, work.name, written=written, seen=seen)

    def _end(self) -> None:
        told, trial = self.scenario, self.trial
        completed = trial.outcome(self.cases[""]).status is InstanceStatus.COMPLETED
        if told.completed not in (None, completed):
            raise _Differs("completed", written=told.completed, seen=completed)
        issued = tuple(sorted(trial.desk.documents))
        if told.documents is not None and tuple(sorted(told.documents)) != issued:
            raise _Differs("documents", written=", ".join(sorted(told.documents)), seen=", ".join(issued))


def _said(refused: EngineError) -> dict[str, Any]:
    """The refusal in both languages, and the fields it is about."""
    fields = list(refused.problems) if isinstance(refused, InvalidSubmission) else []
    return {"id": refused.message("id"), "en": refused.message("en"), "fields": fields}
