"""Scenario files: a story of one case, told as steps with the inbox that should stand before each (design.md 1).

`read_scenario` makes values of a file; `play_scenario` acts them out through the front door, on a clock set by hand, and says
where what happened differs from what is written. Whoever plays brings engine, people and worker, so the same story drives
tests, `kawal scenario` and the demo.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from engine import errors
from engine.clock import ManualClock
from engine.results import CompletionResult, InboxFilters, ReplayVerdict
from engine.types import Actor, InstanceStatus, TaskSummary, TraceEntry

_KINDS = ("complete", "claim", "message", "signal", "wait_until")
_STEP = frozenset({*_KINDS, "open", "as", "at", "with", "line", "verdict", "handling", "refuse", "keys"})
_START = frozenset({"at", "as", "with", "business_key"})
_END = frozenset({"completed", "documents"})
_WHOLE = frozenset({"source", "start", "step", "end"})


@dataclass(frozen=True, kw_only=True)
class Expected:
    """One row the inbox should hold; what is None is not looked at."""

    task: str
    role: str | None = None
    due: datetime | None = None
    line: Any = None


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing somebody does, or time passing. Exactly one of `complete`, `claim`, `message`, `signal`, `wait_until` is set."""

    expected: tuple[Expected, ...] | None = None    # the whole inbox before the step, in any order; None: not looked at
    complete: str | None = None
    claim: str | None = None
    message: str | None = None
    signal: str | None = None
    wait_until: datetime | None = None
    role: str | None = None
    at: datetime | None = None
    submission: Mapping[str, Any] = field(default_factory=dict)
    keys: Mapping[str, Any] = field(default_factory=dict)
    line: Any = None                                # which row of a multi-instance element, by its `line_no`
    verdict: str | None = None
    handling: str | None = None                     # the second verdict: claimed to done
    refuse: str | None = None                       # the error code the step must be refused with

    @property
    def acts_on(self) -> str | None:
        """The element whose task this step works on."""
        return self.complete or self.claim


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One story."""

    source: str
    role: str
    at: datetime
    submission: Mapping[str, Any]
    business_key: str | None
    steps: tuple[Step, ...]
    completed: bool | None
    documents: tuple[str, ...] | None


@dataclass(frozen=True, kw_only=True)
class ScenarioResult:
    """How a story went. No problems: as written."""

    file: str
    problems: tuple[str, ...]
    trace: tuple[TraceEntry, ...] = ()
    case_id: str | None = None
    instance_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What a story is played on. `work` does all jobs that are due; `reload` forgets everything cached."""

    engine: Any
    clock: ManualClock
    actor_of: Callable[[str], Actor]
    work: Callable[[], object]
    reload: Callable[[], object] = lambda: None


class ScenarioUnreadable(errors.EngineError):
    """This scenario file does not have the shape of docs/scenarios.md."""

    code = "scenario-unreadable"
    indonesian = "Berkas skenario ini tidak berbentuk seperti docs/scenarios.md."


def read_scenario(data: bytes) -> Scenario:
    """The story in a file. Raises `ScenarioUnreadable` for anything it would otherwise pass over in silence."""
    try:
        raw = _decimals(tomllib.loads(data.decode()))
        start = raw["start"]
        end = raw.get("end", {})
        if unknown := set(raw) - _WHOLE | set(start) - _START | set(end) - _END:
            raise ScenarioUnreadable(unknown=sorted(unknown))
        return Scenario(
            source=raw.get("source", ""), role=start["as"], at=_instant(start["at"]), submission=start.get("with", {}),
            business_key=start.get("business_key"), steps=tuple(_step(one) for one in raw.get("step", [])),
            completed=end.get("completed"), documents=tuple(end["documents"]) if "documents" in end else None)
    except (ValueError, KeyError, TypeError) as problem:
        raise ScenarioUnreadable(problem=type(problem).__name__) from None


def play_scenario(scenario: Scenario, stage: Stage, *, file: str = "", key: str, only_steps: int | None = None) -> ScenarioResult:
    """Act the story out on SOP `key`. A step that cannot be done ends it there; every other difference is one problem.

    `only_steps` stops after so many steps, with the case as it then stands; what `[end]` says is then not looked at.
    """
    return _Playing(scenario, stage, file, key).run(only_steps)


def pass_time(stage: Stage, until: datetime) -> None:
    """Let time pass: jobs that fall due on the way are done each at its own instant, in order."""
    stage.work()
    while (due := stage.engine.jobs.next_due()) is not None and due <= until:
        if due > stage.clock.now():
            stage.clock.advance(due - stage.clock.now())
        before = due
        stage.work()
        if stage.engine.jobs.next_due() == before:
            break  # a job nobody can do must not stop the clock; the inbox that follows will show it
    if until > stage.clock.now():
        stage.clock.advance(until - stage.clock.now())
    stage.work()


def inbox(stage: Stage, actors: Iterable[Actor]) -> list[TaskSummary]:
    """Every open task that one of these people sees, once, in the order it became ready."""
    found: dict[str, TaskSummary] = {}
    for actor in actors:
        for box in ("mine", "pool"):
            number = 1
            while True:
                page = stage.engine.tasks.inbox(actor, InboxFilters(box=box), number)
                found |= {task.id: task for task in page.rows}
                if not page.rows or page.number * page.size >= page.total:
                    break
                number += 1
    return sorted(found.values(), key=lambda task: (task.ready_at, task.element_id, task.id))


class _Playing:
    def __init__(self, scenario: Scenario, stage: Stage, file: str, key: str) -> None:
        self._scenario, self._stage, self._file, self._key = scenario, stage, file, key
        self._problems: list[str] = []
        self._case_id: str | None = None
        self._instance_id = ""
        self._roles = {scenario.role} | {step.role for step in scenario.steps if step.role} | {
            one.role for step in scenario.steps for one in step.expected or () if one.role}

    def run(self, only_steps: int | None) -> ScenarioResult:
        pass_time(self._stage, self._scenario.at)
        started: CompletionResult = self._stage.engine.cases.start(
            self._stage.actor_of(self._scenario.role), self._key, submission=self._scenario.submission,
            business_key=self._scenario.business_key)
        self._case_id, self._instance_id = started.case_id, started.instance_id
        self._stage.work()
        steps = self._scenario.steps if only_steps is None else self._scenario.steps[:only_steps]
        for number, step in enumerate(steps, 1):
            self._stage.reload()
            if not self._do(number, step):
                break
        trace = self._end() if only_steps is None else ()
        return ScenarioResult(file=self._file, problems=tuple(self._problems), trace=trace, case_id=self._case_id,
                              instance_id=self._instance_id)

    def _do(self, number: int, step: Step) -> bool:
        """False: the story cannot go on."""
        if step.expected is not None:
            self._compare(number, step.expected)
        if until := step.wait_until or step.at:
            pass_time(self._stage, until)
        try:
            verdicts = self._act(step)
        except errors.EngineError as refused:
            if refused.code == step.refuse:
                return True
            fields = ", ".join(refused.problems) if isinstance(refused, errors.InvalidSubmission) else ""
            self._problems.append(f"step {number}: refused with {refused.code} {fields}".rstrip())
            return False
        if step.refuse is not None:
            self._problems.append(f"step {number}: {step.refuse} was expected, but it was done")
        for what, wanted, got in zip(("verdict", "handling verdict"), (step.verdict, step.handling), verdicts, strict=True):
            if wanted is not None and wanted != got:
                self._problems.append(f"step {number}: {what} {got or 'none'} instead of {wanted}")
        return True

    def _act(self, step: Step) -> tuple[str, str]:
        engine = self._stage.engine
        actor = self._stage.actor_of(step.role or self._scenario.role)
        if step.message is not None:
            engine.cases.correlate_message(actor, step.message, keys=step.keys, submission=step.submission)
        elif step.signal is not None:
            engine.cases.broadcast_signal(actor, step.signal, step.submission)
        elif step.acts_on is not None:
            task = self._task(actor, step.acts_on, step.line)
            claimed = engine.tasks.claim(actor, task.id)
            if step.complete is not None:
                engine.tasks.complete(actor, task.id, step.submission, expected_revision=claimed.revision)
                self._stage.work()
                return self._verdicts(actor, task.id)
        self._stage.work()
        return "", ""

    def _task(self, actor: Actor, element_id: str, line: Any) -> TaskSummary:
        for task in inbox(self._stage, [actor]):
            if task.element_id == element_id and task.case_id == self._case_id and (line is None or line == _line_no(task)):
                return task
        raise errors.UnknownElement(element_id=element_id)

    def _verdicts(self, actor: Actor, task_id: str) -> tuple[str, str]:
        done = self._stage.engine.tasks.inbox(actor, InboxFilters(box="done"))
        found = next((task for task in done.rows if task.id == task_id), None)
        return (found.verdict, found.handling_verdict) if found else ("", "")

    def _compare(self, number: int, expected: Sequence[Expected]) -> None:
        people = [self._stage.actor_of(role) for role in sorted(self._roles)]
        found = [task for task in inbox(self._stage, people) if task.case_id == self._case_id]
        for one in expected:
            match = next((task for task in found if task.element_id == one.task and (one.line is None or one.line == _line_no(task))
                          and (one.due is None or one.due == task.due_at)), None)
            if match is None:
                dues = [task.due_at.isoformat() if task.due_at else "no due" for task in found if task.element_id == one.task]
                self._problems.append(f"step {number}: {one.task} is not open as written; it is open with {dues or 'nothing'}")
                continue
            found.remove(match)
            if one.role is not None and one.role != match.role:
                self._problems.append(f"step {number}: {one.task} waits for {match.role} instead of {one.role}")
        for task in found:
            self._problems.append(f"step {number}: {task.element_id} is open and not written")

    def _end(self) -> tuple[TraceEntry, ...]:
        engine, scenario = self._stage.engine, self._scenario
        self._stage.reload()
        auditor = self._stage.actor_of("auditor")
        report = engine.audit.replay(auditor, self._instance_id)
        if report.verdict is not ReplayVerdict.CONFIRMED:
            self._problems.append(f"end: the replay is {report.verdict} at entry {report.first_bad_seq}: {report.reason}")
        case = engine.cases.get(self._stage.actor_of("case_manager"), self._case_id)
        ended = all(one.status is InstanceStatus.COMPLETED for one in case.instances)
        if scenario.completed is not None and scenario.completed != ended:
            self._problems.append(f"end: the case is {'' if ended else 'not '}completed")
        if scenario.documents is not None:
            found = Counter(document.code for document in case.documents)
            if found != Counter(scenario.documents):
                self._problems.append(f"end: documents are {sorted(found.elements())} instead of {sorted(scenario.documents)}")
        return tuple(report.trace)


def _line_no(task: TaskSummary) -> Any:
    return task.item.get("line_no") if isinstance(task.item, Mapping) else None


def _step(raw: Mapping[str, Any]) -> Step:
    kinds = [kind for kind in _KINDS if kind in raw]
    if unknown := set(raw) - _STEP:
        raise ScenarioUnreadable(unknown=sorted(unknown))
    if len(kinds) > 1 or not kinds and "open" not in raw:
        raise ScenarioUnreadable(kinds=kinds)
    return Step(
        expected=tuple(_expected(one) for one in raw["open"]) if "open" in raw else None, complete=raw.get("complete"),
        claim=raw.get("claim"), message=raw.get("message"), signal=raw.get("signal"),
        wait_until=_instant(raw["wait_until"]) if "wait_until" in raw else None, role=raw.get("as"),
        at=_instant(raw["at"]) if "at" in raw else None, submission=raw.get("with", {}), keys=raw.get("keys", {}),
        line=raw.get("line"), verdict=raw.get("verdict"), handling=raw.get("handling"), refuse=raw.get("refuse"))


def _expected(raw: Mapping[str, Any]) -> Expected:
    if unknown := set(raw) - {"task", "role", "due", "line"}:
        raise ScenarioUnreadable(unknown=sorted(unknown))
    due = _instant(raw["due"]) if "due" in raw else None
    return Expected(task=raw["task"], role=raw.get("role"), due=due, line=raw.get("line"))


def _instant(value: Any) -> datetime:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError("an instant with its zone")
    return value


def _decimals(value: Any) -> Any:
    """TOML's numbers as the engine's, so that nothing is rounded on the way."""
    if isinstance(value, dict):
        return {key: _decimals(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_decimals(one) for one in value]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return Decimal(str(value))
    return value
