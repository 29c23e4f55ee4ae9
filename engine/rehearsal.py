"""Plays the stories of an SOP on trials of it, and says where each goes otherwise than it is written (docs/scenarios.md).

Forms are filled in as people would. Who may do what, the case file and audits are played by `engine.scenario`, through the whole front
door; here it must be quick enough for a page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from engine import answering, flow_coverage
from engine.answering import AnswerRefused
from engine.bundle import SopBundle
from engine.calendars import WorkCalendar
from engine.definitions import nodes_of
from engine.draft_edits import FormAnswer, StepAnswer
from engine.errors import EngineError, InvalidSubmission, NotFound
from engine.results import FormView
from engine.scenario_file import Expected, Scenario, Step
from engine.scenario_results import Otherwise
from engine.staffed_trial import Work
from engine.trial_story import ToldTrial, telling
from engine.types import Happening, InstanceStatus, LintFinding, Value

#: How long before its story an SOP that a timer starts comes into force: a timer start event counts from there.
BEFORE_A_TIMER: Final = timedelta(days=35)
#: Who may do a step in place of its role: the companion writes down what a provider without a login reports (domain.md 2.4).
PROXIES: Final = {"external_provider": "companion"}
#: How often an answered step is put into one story: one that goes round it for ever is stopped by itself.
MOST_PUT_IN: Final = 20


@dataclass(frozen=True, kw_only=True)
class Rehearsed:
    """How a story went: what was otherwise than written, in order. `taken` are the sequence flows it certainly went through.

    `seen` is the story with what was seen in the place of what is written, and `steps` are which of its steps these are, counted from 0,
    None for one put in. None where it could not be played on and nothing was put in: `stopped`, the last difference says why, and
    `waits_for` are the tasks that wait there and that the story never does, by element with their names.
    """

    differences: tuple[Otherwise, ...]
    taken: frozenset[str]
    seen: Scenario | None
    steps: tuple[int | None, ...] = ()
    stopped: bool = False
    waits_for: Mapping[str, str] = field(default_factory=dict)


class OutOfTime(Exception):
    """The story was stopped: `is_over` said so."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What stories are played with: the SOP as checked, and the tables of the agency that plays it, by its code. `answer` is put in where
    they need it; `before` are the names of elements that the SOP may have lost."""

    bundle: SopBundle
    findings: Sequence[LintFinding]
    operations: Iterable[str]
    agency: str
    calendar: WorkCalendar | None
    parameters: Mapping[str, Value] | None
    answer: StepAnswer | FormAnswer | None = None
    before: Mapping[str, str] = field(default_factory=dict)


def rehearse(setting: Setting, scenario: Scenario, *, is_over: Callable[[], bool] = lambda: False) -> Rehearsed:
    """Plays one story. Raises `OutOfTime` once `is_over`, which is asked between steps, and `AnswerRefused`."""
    trial = ToldTrial.staged(setting.bundle, now=opening(scenario), operations=setting.operations, calendar=setting.calendar,
                             parameters=setting.parameters, findings=setting.findings)
    return _Rehearsal(trial, scenario, is_over, answer=setting.answer, before=setting.before).play()


def rehearse_in(trial: ToldTrial, scenario: Scenario, *, is_over: Callable[[], bool] = lambda: False) -> Rehearsed:
    """As `rehearse`, in a trial opened at the story's `opening`: it stands where the story ends or cannot be played on."""
    return _Rehearsal(trial, scenario, is_over).play()


def opening(scenario: Scenario) -> datetime:
    """When a trial is opened for a story to be played in it."""
    return scenario.at.astimezone(UTC) - (BEFORE_A_TIMER if scenario.timer else timedelta(0))


class _Stopped(Exception):
    """The story cannot be played on. What is only expected otherwise stops none: what it goes through counts all the same."""


class _Rehearsal:
    def __init__(self, trial: ToldTrial, scenario: Scenario, is_over: Callable[[], bool], *,
                 answer: StepAnswer | FormAnswer | None = None, before: Mapping[str, str] = {}) -> None:
        self.trial, self.scenario, self.is_over, self.answer, self.before = trial, scenario, is_over, answer, before
        self.number = 0
        self.form: FormView | None = None   # that which was sent last
        self.differences: list[Otherwise] = []
        self.cases: dict[str, str] = {}   # instances by what the story calls their case; "" for its first
        self.told: list[tuple[int | None, Step]] = []   # the steps as they went, and which of the story's they are
        self.elements = frozenset(node.id for process in trial.processes() for node in nodes_of(process))

    def play(self) -> Rehearsed:
        role, submission, end = self.scenario.role, self.scenario.submission, self.scenario.end
        stopped = False
        try:
            role, submission = self._begin()
            for number, step in enumerate(self.scenario.steps):
                self.number = number + 1
                if self.is_over():
                    raise OutOfTime
                self._told(number, step)
            self.number = -1
            if self.scenario.completed:
                self._put_in(None)
            end = self._end()
        except _Stopped:
            stopped = True
        except EngineError as refused:
            self._note("refused", seen=answering.said(refused, self.form))
            stopped = True
        left = self._left() if stopped else ()
        told = [*self.told, *((number, self.scenario.steps[number]) for number in left)]
        is_told = not stopped or any(each.what in ("put-in", "answered") for each in self.differences)
        return Rehearsed(
            differences=tuple(self.differences), stopped=stopped, steps=tuple(number for number, _ in told),
            seen=replace(self.scenario, role=role, submission=submission, end=end,
                         steps=tuple(step for _, step in told)) if is_told else None,
            taken=flow_coverage.taken_in(self.trial.processes(), self.trial.trace()), waits_for=self._waits_for() if stopped else {})

    def _left(self) -> range:
        """The steps still to be done, that at which it stands among them."""
        count = len(self.scenario.steps)
        return range(count if self.number < 0 else max(self.number - 1, 0), count)

    def _waits_for(self) -> dict[str, str]:
        if self.differences[-1].what not in ("not-open", "completed"):
            return {}
        done = {self.scenario.steps[number].acts_on for number in self._left()}
        return {work.element_id: work.name for instance_id in self.cases.values() for work in self.trial.waiting(instance_id)
                if not work.is_action and work.element_id not in done}

    def _told(self, number: int, step: Step) -> None:
        """One step of the story as it went, after what had to be put in before it; one whose element is gone is left out."""
        self._put_in(step.at or step.wait_until or self.trial.now)
        if step.at is not None:
            self.trial.advance(max(step.at - self.trial.now, timedelta(0)))
            self._put_in(self.trial.now)
        element_id = step.acts_on or step.act
        if element_id is not None and element_id not in self.elements and step.refuse != NotFound.code:
            self._note("gone", self._name_of(element_id))
        else:
            self.told.append((number, self._step(step)))

    def _put_in(self, until: datetime | None) -> None:
        """The answered step, wherever it waits and the story does not do it later. It is done by `until`, with which the story goes on."""
        answer = self.answer
        if not isinstance(answer, StepAnswer) or any(self.scenario.steps[number].acts_on == answer.element_id for number in self._left()):
            return
        while sum(number is None for number, _ in self.told) < MOST_PUT_IN and (found := self._asked_for(answer.element_id)) is not None:
            case, work = found
            self.trial.advance(max(answer.after if until is None else min(answer.after, until - self.trial.now), timedelta(0)))
            inbox = self.trial.inbox(work.instance_id)
            try:
                read = self.trial.submit(work.id, answer.submission)
            except InvalidSubmission as refused:
                raise AnswerRefused(refused.problems) from None
            at = self.trial.now.astimezone(self.scenario.at.tzinfo)
            self._note("put-in", work.name, written=work.role, seen=at)
            self.told.append((None, Step(
                expected=inbox, complete=work.element_id, role=work.role or None, at=at, item=telling(work.item), case=case,
                submission=self.trial.as_told(work.form, answer.submission, read))))

    def _asked_for(self, element_id: str) -> tuple[str, Work] | None:
        """The first task of an element that waits, and what the story calls its case."""
        return next(((case, work) for case, instance_id in self.cases.items() for work in self.trial.waiting(instance_id)
                     if work.element_id == element_id and not work.is_action), None)

    def _name_of(self, element_id: str) -> str:
        return self.trial.name_of(element_id) if element_id in self.elements else self.before.get(element_id) or element_id

    def _note(self, what: str, name: str = "", *, written: Value = None, seen: Value = None) -> None:
        self.differences.append(Otherwise(step=self.number, what=what, name=name, written=written, seen=seen))

    def _stop(self, what: str, name: str = "", *, written: Value = None, seen: Value = None) -> _Stopped:
        self._note(what, name, written=written, seen=seen)
        return _Stopped()

    def _begin(self) -> tuple[str, Mapping[str, Value]]:
        """Who began it, and with what."""
        told = self.scenario
        if told.message is not None:
            reached = self.trial.send_message(told.message, told.submission, keys=told.keys)
        elif told.timer is not None:
            self.trial.advance(told.at.astimezone(UTC) - self.trial.now)
            reached = [one.instance_id for one in self.trial.trace() if (one.element_id, one.happened) == (told.timer, Happening.CAUGHT)]
        else:
            return self._begun_by_hand()
        if not reached:
            raise NotFound()
        self.cases[""] = reached[-1]
        return told.role, told.submission

    def _begun_by_hand(self) -> tuple[str, Mapping[str, Value]]:
        told, beginning = self.scenario, self.trial.beginning()
        role, roles = told.role, () if beginning is None else beginning.roles
        if roles and role not in roles:
            self._note("role", written=role, seen=", ".join(roles))
            role = roles[0]
        self.cases[""], submission = self._begun(told.submission, business_key=told.business_key or "")
        return role, submission

    def _begun(self, submission: Mapping[str, Value], *, business_key: str = "") -> tuple[str, Mapping[str, Value]]:
        """The instance of a case begun with the start form, and what was sent."""
        beginning, begun = self.trial.beginning(), list[str]()

        def send(typed: Mapping[str, Value]) -> Mapping[str, Value]:
            begun.append(self.trial.begin(typed, business_key=business_key))
            return self.trial.answered(typed).submission

        sent = self._sent(None if beginning is None else beginning.form, submission, send)
        return begun[0], sent

    def _sent(self, form: FormView | None, submission: Mapping[str, Value],
              send: Callable[[Mapping[str, Value]], Mapping[str, Value]]) -> Mapping[str, Value]:
        """What a form was sent, with the answers that were needed in it; a step that must be refused needs none."""
        self.form, is_refused = form, self.number > 0 and self.scenario.steps[self.number - 1].refuse is not None
        needed, read = answering.answered(None if is_refused else self.answer, form, submission, send)
        if not needed:
            return submission
        told = self.trial.as_told(form, {**submission, **needed}, read)
        for key in needed:
            self._note("answered", key, written=submission.get(key), seen=told.get(key))
        stays = {key: value for key, value in submission.items() if key not in needed or key in told}
        return {**stays, **{key: told[key] for key in needed if key in told}}

    def _step(self, step: Step) -> Step:
        """The step as it went."""
        if until := step.at or step.wait_until:
            self.trial.advance(max(until - self.trial.now, timedelta(0)))
        if step.expected is not None:
            instance_id = self.cases.get(step.case if step.start is None else "", "")   # "": a case the story never began
            step = replace(step, expected=self._compared(instance_id, step.expected))
        name = self._name_of(step.acts_on or step.act or "")
        try:
            step, work = self._act(step)
        except EngineError as refused:
            if refused.code != step.refuse:
                raise self._stop("refused", name, written=step.refuse, seen=answering.said(refused, self.form)) from None
            return step
        if step.refuse is not None:
            raise self._stop("not-refused", name, written=step.refuse)
        if work is None:
            return step
        if not _may(step, work):
            step = replace(step, role=work.role)
        return step if step.complete is None else self._judged(step, work)

    def _act(self, step: Step) -> tuple[Step, Work | None]:
        trial, instance_id, self.form = self.trial, self.cases.get(step.case, ""), None
        if step.message is not None:
            reached = trial.send_message(step.message, step.submission, keys=step.keys)
            if reached and trial.outcome(instance_id).status is InstanceStatus.COMPLETED:
                self.cases[step.case] = reached[-1]   # a new episode: the story goes on there
        elif step.signal is not None:
            trial.send_signal(step.signal, step.submission)
        elif step.start is not None:
            self.cases[step.start], sent = self._begun(step.submission)
            return replace(step, submission=sent), None
        elif (element_id := step.acts_on or step.act) is not None:
            work = self._work(step, element_id, instance_id)
            if step.claim is None:
                sent = self._sent(work.form, step.submission, lambda typed: trial.submit(work.id, typed))
                return replace(step, submission=sent), work
            trial.claim(work.id)
            return step, work
        return step, None

    def _work(self, step: Step, element_id: str, instance_id: str) -> Work:
        is_action = step.act is not None
        waiting = self.trial.waiting(instance_id)
        found = next((work for work in waiting if work.element_id == element_id
                      and work.is_action is is_action and step.item.items() <= work.item.items()), None)
        if found is None and step.refuse is None:
            others = ", ".join(dict.fromkeys(work.name for work in waiting if not work.is_action))
            raise self._stop("not-open", self._name_of(element_id), seen=others)
        if found is None:
            raise NotFound()
        if not _may(step, found):
            if step.refuse is not None:
                raise NotFound()   # who may not is told that there is no such thing
            self._note("role", found.name, written=step.role, seen=found.role)
        return found

    def _compared(self, instance_id: str, expected: Sequence[Expected]) -> tuple[Expected, ...]:
        """The whole inbox of the case, no more and no less, as it was seen: what is written of it in its order, then the others."""
        waiting, seen = [work for work in self.trial.waiting(instance_id) if not work.is_action], []
        for one in expected:
            alike = [work for work in waiting if work.element_id == one.task and one.item.items() <= work.item.items()]
            if not alike:
                self._note("not-open", self._name_of(one.task), written=one.due)
                continue
            work = next((each for each in alike if (each.role, each.due_at) == (one.role, one.due)), alike[0])
            waiting.remove(work)
            if work.role != one.role:
                self._note("role", work.name, written=one.role, seen=work.role)
            if work.due_at != one.due:
                self._note("due", work.name, written=one.due, seen=work.due_at)
            seen.append(replace(one, role=work.role, due=self._local(work.due_at)))
        for work in waiting:
            self._note("not-written", work.name, seen=work.role)
            seen.append(Expected(task=work.element_id, role=work.role, due=self._local(work.due_at), item=telling(work.item)))
        return tuple(seen)

    def _local(self, at: datetime | None) -> datetime | None:
        """An instant as the story's clock shows it."""
        return None if at is None else at.astimezone(self.scenario.at.tzinfo)

    def _judged(self, step: Step, work: Work) -> Step:
        done = self.trial.done(work.id)
        for what in ("verdict", "handling_verdict", "overrun"):
            written, seen = getattr(step, what), getattr(done, what)
            if written is not None and written != seen:
                self._note(what, work.name, written=written, seen=seen)
        return replace(step, **{what: getattr(done, what) for what in ("verdict", "handling_verdict", "overrun")
                                if getattr(step, what) is not None})

    def _end(self) -> Mapping[str, Any]:
        told, trial, seen = self.scenario, self.trial, dict(self.scenario.end)
        completed = trial.outcome(self.cases[""]).status is InstanceStatus.COMPLETED
        issued = tuple(sorted(trial.desk.documents))
        if told.documents is not None and tuple(sorted(told.documents)) != issued:
            self._note("documents", written=", ".join(sorted(told.documents)), seen=", ".join(issued))
            seen["documents"] = _in_the_order_of(told.documents, issued)
        if told.completed is not None and told.completed is not completed:
            if told.completed:   # what is left to do is not written: the story stops short
                raise self._stop("completed", written=True, seen=False)
            self._note("completed", written=False, seen=True)
            seen["completed"] = True
        return seen


def _may(step: Step, work: Work) -> bool:
    return step.role in (None, work.role, PROXIES.get(work.role))


def _in_the_order_of(written: Iterable[str], seen: Iterable[str]) -> list[str]:
    """What was seen, what is written of it first and in its order."""
    left, found = list(seen), []
    for one in written:
        if one in left:
            left.remove(one)
            found.append(one)
    return [*found, *left]
