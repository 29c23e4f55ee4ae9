"""Plays scenario files (`engine/scenario_file.py`) through the front door, on a clock set by hand, and says where what happened differs
from what is written. Whoever plays brings engine, people and worker, so the same story drives tests, `kawal scenario` and the demo.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine import definitions, errors, scenario_changes, scenario_evidence
from engine.bundle import SopBundle
from engine.clock import ManualClock
from engine.commands import documents, notices
from engine.results import CaseDetail, CompletionResult, InboxFilters, InstanceSummary, ReplayVerdict
from engine.scenario_file import Expected, Scenario, ScenarioUnreadable, Step, read_scenario
from engine.types import Actor, Happening, InstanceStatus, TaskSummary, TraceEntry

__all__ = ["Expected", "Scenario", "ScenarioResult", "ScenarioUnreadable", "Stage", "Step", "Story", "inbox", "pass_time", "play_scenario",
           "read_scenario"]


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
    """What a story is played on. `work` does all jobs that are due; `reload` forgets everything cached; `passphrase` is that of
    everybody who signs in."""

    engine: Any
    clock: ManualClock
    actor_of: Callable[[str], Actor]
    work: Callable[[], object]
    reload: Callable[[], object] = lambda: None
    passphrase: str = ""


def play_scenario(scenario: Scenario, stage: Stage, *, file: str = "", key: str, only_steps: int | None = None) -> ScenarioResult:
    """Act the story out on SOP `key`. A step that cannot be done ends it there; every other difference is one problem.

    `only_steps` stops after so many steps, with the case as it then stands; what `[end]` says is then not looked at.
    """
    return Story(scenario, stage, key=key, file=file).run(only_steps)


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


class Story:
    """A scenario being played; whoever plays several at once takes turns between their steps, in the order of their instants."""

    def __init__(self, scenario: Scenario, stage: Stage, *, key: str, file: str = "") -> None:
        self._scenario, self._stage, self._file, self._key = scenario, stage, file, key
        self._problems: list[str] = []
        self._cases: dict[str, tuple[str | None, str]] = {"": (None, "")}   # by their names in the story: case, instance
        self._case = ""
        self._roles = {scenario.role} | {step.role for step in scenario.steps if step.role and step.revise is None} | {
            one.role for step in scenario.steps for one in step.expected or ()}

    @property
    def _case_id(self) -> str | None:
        return self._cases[self._case][0]

    @property
    def _instance_id(self) -> str:
        return self._cases[self._case][1]

    def run(self, only_steps: int | None = None) -> ScenarioResult:
        """The whole story, or its first steps."""
        if not self.begin():
            return self.result(ended=False)
        for number in range(1, 1 + (len(self._scenario.steps) if only_steps is None else only_steps)):
            self._stage.reload()
            if not self.do(number):
                break
        return self.result(ended=only_steps is None)

    def begin(self) -> bool:
        """The case is opened and its process started; False: it was refused, and `result` says why."""
        scenario, engine = self._scenario, self._stage.engine
        pass_time(self._stage, scenario.at)
        actor = self._stage.actor_of(scenario.role)
        try:
            if scenario.timer is not None:
                self._find(lambda one: one.sop_key == self._key)
            elif scenario.message is not None:
                reached = engine.cases.correlate_message(actor, scenario.message, keys=scenario.keys, submission=scenario.submission)
                self._find(lambda one: one.id in reached)
            else:
                started: CompletionResult = engine.cases.start(
                    actor, self._key, submission=scenario.submission, business_key=scenario.business_key)
                self._cases[""] = started.case_id, started.instance_id
        except errors.EngineError as refused:
            self._problems.append(f"start: {_refusal(refused)}")
            return False
        self._stage.work()
        return True

    def _find(self, is_it: Callable[[InstanceSummary], bool]) -> None:
        """The case opened last that holds such an instance: it began without a person. Raises `NotFound`."""
        engine, manager = self._stage.engine, self._stage.actor_of("case_manager")
        for row in engine.cases.find(manager).rows:
            for one in engine.cases.get(manager, row.id).instances:
                if is_it(one):
                    self._cases[self._case] = row.id, one.id
                    return
        raise errors.NotFound(sop=self._key)

    def do(self, number: int) -> bool:
        """Step `number`, from 1; False: the story cannot go on, and `result` says why."""
        return self._do(number, self._scenario.steps[number - 1])

    def result(self, *, ended: bool) -> ScenarioResult:
        """How it went; where it `ended`, the replay and what `[end]` says are looked at, too."""
        self._case = ""
        trace = self._end() if ended else ()
        return ScenarioResult(file=self._file, problems=tuple(self._problems), trace=trace, case_id=self._case_id,
                              instance_id=self._instance_id)

    def _do(self, number: int, step: Step) -> bool:
        """False: the story cannot go on."""
        if until := step.at or step.wait_until:
            pass_time(self._stage, until)
        self._case = step.case if step.start is None else ""
        if step.expected is not None:
            self._compare(number, step.expected)
        try:
            done = self._act(step)
        except errors.EngineError as refused:
            if refused.code == step.refuse:
                return True
            self._problems.append(f"step {number}: {_refusal(refused)}")
            return False
        if step.refuse is not None:
            self._problems.append(f"step {number}: {step.refuse} was expected, but it was done")
        for what in ("verdict", "handling_verdict", "overrun"):
            wanted, got = getattr(step, what), getattr(done, what, None)
            if wanted is not None and wanted != got:
                self._problems.append(f"step {number}: {what} {got or 'none'} instead of {wanted}")
        if step.version not in (None, version := self._instance().version if step.version is not None else None):
            self._problems.append(f"step {number}: version {version} instead of {step.version}")
        return True

    def _act(self, step: Step) -> TaskSummary | None:
        """The task this step completed, as it stands afterwards."""
        engine = self._stage.engine
        actor = self._stage.actor_of(step.role or self._scenario.role)
        if step.message is not None:
            engine.cases.correlate_message(actor, step.message, keys=step.keys, submission=step.submission)
        elif step.act is not None:
            engine.cases.act(actor, self._case_id, self._action(actor, step.act, step.item), step.submission)
        elif step.revise is not None:
            scenario_changes.revise(self._stage, actor, self._key, step.revise, reason=self._scenario.source)
        elif step.start is not None:
            self._case = step.start
            started = engine.cases.start(actor, self._key, submission=step.submission)
            self._cases[step.start] = started.case_id, started.instance_id
        elif step.signal is not None:
            engine.cases.broadcast_signal(actor, step.signal, step.submission)
        elif step.acts_on is not None:
            task = self._task(actor, step.acts_on, step.item)
            claimed = engine.tasks.claim(actor, task.id)
            if step.complete is not None:
                engine.tasks.complete(actor, task.id, step.submission, expected_revision=claimed.revision)
                self._stage.work()
                done = engine.tasks.inbox(actor, InboxFilters(box="done"))
                return next((row for row in done.rows if row.id == task.id), None)
        self._stage.work()
        return None

    def _action(self, actor: Actor, element_id: str, item: Mapping[str, Any]) -> str:
        """The action meant: of several on one element the one whose message carries `item`."""
        found = self._stage.engine.cases.actions(actor, self._case_id) if item else ()
        return next((one.id for one in found if one.element_id == element_id and item.items() <= one.item.items()), element_id)

    def _task(self, actor: Actor, element_id: str, item: Mapping[str, Any]) -> TaskSummary:
        for task in inbox(self._stage, [actor]):
            if task.element_id == element_id and task.case_id == self._case_id and _holds(task, item):
                return task
        raise errors.UnknownElement(element_id=element_id)

    def _compare(self, number: int, expected: Sequence[Expected]) -> None:
        people = [self._stage.actor_of(role) for role in sorted(self._roles)]
        found = [task for task in inbox(self._stage, people) if task.case_id == self._case_id]
        for one in expected:
            match = next((task for task in found if task.element_id == one.task and _holds(task, one.item)), None)
            if match is None:
                self._problems.append(f"step {number}: {one.task} is not open")
                continue
            found.remove(match)
            for what, wanted, got in (("role", one.role, match.role), ("due", one.due, match.due_at)):
                if wanted != got:
                    self._problems.append(f"step {number}: {one.task}: {what} {got or 'none'} instead of {wanted or 'none'}")
        for task in found:
            self._problems.append(f"step {number}: {task.element_id} is open and not written")

    def _end(self) -> tuple[TraceEntry, ...]:
        engine, scenario = self._stage.engine, self._scenario
        self._stage.reload()
        auditor = self._stage.actor_of("auditor")
        reports = {name: engine.audit.replay(auditor, instance_id) for name, (_, instance_id) in self._cases.items()}
        for name, each in reports.items():
            if each.verdict is not ReplayVerdict.CONFIRMED:
                self._problems.append(f"end: the replay {name} is {each.verdict} at entry {each.first_bad_seq}: {each.reason}")
        report = reports[""]
        case = engine.cases.get(self._stage.actor_of("case_manager"), self._case_id)
        completed = [entry.element_id for entry in report.trace if entry.happened is Happening.COMPLETED]
        found = {
            "completed": all(one.status is InstanceStatus.COMPLETED for one in case.instances),
            "documents": sorted(self._documents(case)),
            "outputs": sorted(self._outputs(completed)),
            "ended_at": scenario.end.get("ended_at") if scenario.end.get("ended_at") in completed else None,
            "notices": sorted(self._notices()),
            "version": self._instance().version,
        }
        for what, written in scenario.end.items():
            wanted = sorted(written) if isinstance(written, list) else written
            if wanted != found[what]:
                self._problems.append(f"end: {what}: {found[what]} instead of {wanted}")
        for number, audit in enumerate(scenario.audits, 1):
            pass_time(self._stage, audit.at)
            self._stage.reload()
            self._problems += [f"audit {number}: {problem}" for problem in scenario_evidence.problems(
                audit, engine, self._stage.actor_of, case_id=self._case_id or "", instance_id=self._instance_id)]
        return tuple(report.trace)

    def _instance(self) -> InstanceSummary:
        case = self._stage.engine.cases.get(self._stage.actor_of("case_manager"), self._case_id)
        found: InstanceSummary = next(one for one in case.instances if one.id == self._instance_id)
        return found

    def _documents(self, case: CaseDetail) -> list[str]:
        """The codes of the documents of the case, with those that only who worked on it may see."""
        seen = {document.id: document.code for document in case.documents}
        if sorted(seen.values()) != sorted(self._scenario.documents or seen.values()):
            for role in sorted(self._roles):
                with contextlib.suppress(errors.EngineError):
                    one = self._stage.engine.cases.get(self._stage.actor_of(role), self._case_id)
                    seen |= {document.id: document.code for document in one.documents}
        return [code for code in seen.values() if code != documents.ATTACHMENT]   # what people attached or signed was not issued

    def _outputs(self, completed: Sequence[str]) -> set[str]:
        """The documents that the completed steps should have led to, as the SOP says."""
        engine, owner = self._stage.engine, self._stage.actor_of("process_owner")
        deployment = next(sop for sop in engine.sops.list(owner) if sop.digest == self._instance().digest)
        definition = definitions.load(SopBundle.from_files(engine.sops.get(owner, deployment.deployment_id).files))
        return {code for element_id in completed for code in definition.element(element_id).outputs}

    def _notices(self) -> list[str]:
        """What the diagram had sent, by role; the engine's own 80 % warnings are no part of an SOP's story."""
        return [
            f"{role} {notice.code}"
            for role in sorted(self._roles | {"head_of_unit", "case_manager"})
            for notice in self._stage.engine.people.notices(self._stage.actor_of(role))
            if notice.case_id == self._case_id and notice.code not in notices.OWN]


def _refusal(refused: errors.EngineError) -> str:
    fields = ", ".join(refused.problems) if isinstance(refused, errors.InvalidSubmission) else ""
    return f"refused with {refused.code} {fields}".rstrip()


def _holds(task: TaskSummary, item: Mapping[str, Any]) -> bool:
    return not item or isinstance(task.item, Mapping) and all(task.item.get(name) == value for name, value in item.items())
