"""Plays a scenario file of an SOP through `Trial`: no accounts, no forms, only the diagram, its clocks and its journal.

`engine.scenario` plays the same files through the whole front door; here nothing but the process can be at fault, and a run may
forget everything cached between any two calls. The format stands in docs/scenarios.md.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from engine import calendars, definitions, entrances, sop_toml, trial
from engine.bundle import SopBundle
from engine.calendars import Season, WorkCalendar
from engine.commands import tasks as task_commands
from engine.directory.agencies import parameters_of
from engine.errors import EngineError, NotFound
from engine.lint import lint
from engine.results import ReplayReport
from engine.scenario import Expected, Scenario, Step, read_scenario
from engine.summaries import task_summary
from engine.trial import Trial
from engine.trial_desk import TrialDesk
from engine.types import Happening, InstanceStatus, LintFinding, TaskSummary, TraceEntry, Value
from engine.work_calendar import week_from_json
from storage import tasks as task_rows

#: Who may do a step in place of its role: the companion writes down what a provider without a login reports (domain.md 2.4).
PROXIES = {"external_provider": "companion"}


#: How long before its story an SOP that a timer starts comes into force.
BEFORE_A_TIMER = timedelta(days=35)


class Mismatch(AssertionError):
    """The run and the scenario file disagree; the message names the step."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What one completed task was worth."""

    element_id: str
    official: str
    handling: str
    overrun: timedelta | None


@dataclass(frozen=True, kw_only=True)
class Played:
    """What a scenario left behind. `documents` and `notices` ("role code") in the order they were asked for."""

    trace: tuple[TraceEntry, ...]
    replay: ReplayReport
    documents: tuple[str, ...]
    notices: tuple[str, ...]
    verdicts: tuple[Verdict, ...]


def agency_calendar(agency: Path, *, years: range = range(2025, 2029)) -> WorkCalendar:
    """The working calendar that `agency.toml` describes, with the holidays of these years."""
    sheet = sop_toml.read_agency(agency.read_bytes())
    seasons = (Season(name=one["name"], first=one["first"], last=one["last"], week=week_from_json(one["week"]))
               for one in sheet.calendar.get("season", ()))
    return WorkCalendar(ZoneInfo(sheet.timezone), week_from_json(sheet.calendar["week"]), calendars.indonesia(years), tuple(seasons))


@functools.cache
def bundle_of(sop: Path) -> SopBundle:
    """The folder as it stands when a test run first asks for it."""
    return SopBundle.from_dir(sop)


_findings: dict[tuple[str, frozenset[str]], list[LintFinding]] = {}


def _check_once(bundle: SopBundle, *, operations: frozenset[str] = frozenset()) -> list[LintFinding]:
    """What the check said of these very files before in this run; a hundred stories of one SOP need it once."""
    key = (bundle.digest, operations)
    if key not in _findings:
        _findings[key] = lint(bundle, operations=operations)
    return list(_findings[key])


trial.lint = _check_once  # the name that `Trial.open` calls


def play(path: Path, *, reload_between_steps: bool = False) -> Played:
    """Runs one scenario of the SOP its folder belongs to.

    Raises:
        Mismatch: something differs from what the file expects.
    """
    sop = path.parent.parent
    scenario = read_scenario(path.read_bytes())
    agency = (sop.parent.parent / scenario.agency if scenario.agency else sop.parent) / "agency.toml"
    return _Run(bundle_of(sop), agency, scenario, reload_between_steps).play()


class _Run:
    def __init__(self, bundle: SopBundle, agency: Path, scenario: Scenario, reload_between_steps: bool) -> None:
        self.scenario, self.reload_between_steps = scenario, reload_between_steps
        parameters = parameters_of(sop_toml.read_agency(agency.read_bytes()))
        self.definition, self.parameters = definitions.load(bundle), parameters
        self.desk = TrialDesk(parameters)
        # A timer start event counts from the deployment: what began at `at` was deployed before.
        opened = scenario.at.astimezone(UTC) - (BEFORE_A_TIMER if scenario.timer else timedelta(0))
        self.trial = Trial.open(bundle, now=opened, operations=self.desk.operations(),
                                calendar=agency_calendar(agency), parameters=parameters)
        self.cases: dict[str, str] = {}   # instances by what the story calls their case; "" for its first
        self.instance_id = ""
        self.bundle = bundle
        self.verdicts: list[Verdict] = []

    def play(self) -> Played:
        self.instance_id = self.cases[""] = self._begin()
        for number, step in enumerate(self.scenario.steps, 1):
            self._step(f"step {number} ({step.acts_on or 'wait'})", step)
        self._settled()
        self.instance_id = self.cases[""]
        status = self.trial.outcome(self.instance_id).status
        _same("end", "completed", status is InstanceStatus.COMPLETED, self.scenario.completed)
        _same("end", "documents", tuple(self.desk.documents), self.scenario.documents)
        return Played(trace=tuple(self.trial.trace(self.instance_id)), replay=self.trial.replay(self.instance_id),
                      documents=tuple(self.desk.documents), notices=tuple(self.desk.notices), verdicts=tuple(self.verdicts))

    def _begin(self) -> str:
        """The instance the story is about: begun by a message, by a timer, or by a person who may."""
        told = self.scenario
        if told.message is not None:
            reached = self.trial.send_message(told.message, told.submission, keys=told.keys)
            _same("start", "instances reached", len(reached), 1)
            return reached[0]
        if told.timer is not None:
            self.trial.advance(told.at.astimezone(UTC) - self.trial.now)
            begun = [one.instance_id for one in self.trial.trace() if (one.element_id, one.happened) == (told.timer, Happening.CAUGHT)]
            _same("start", f"{told.timer} began an instance", bool(begun), True)
            return begun[-1]
        entered = entrances.entrance(self.definition, self.parameters)
        _same("start", "may start", entered is not None and (told.role in entered.roles or not entered.roles), True)
        return self.trial.start(variables=told.submission, business_key="KLB-UJI")

    def _settled(self) -> None:
        if self.reload_between_steps:
            self.trial.reload()

    def _step(self, name: str, step: Step) -> None:
        self._settled()
        self.instance_id = self.cases.get(step.case, "")
        if step.expected is not None:
            self._compare(name, step.expected)
        if until := step.wait_until or step.at:
            self.trial.advance(until - self.trial.now)
            self._settled()
        refusal = None
        try:
            self._act(name, step)
        except EngineError as error:
            refusal = error.code
        _same(name, "refusal", refusal, step.refuse if step.revise is None else None)
        self.cases[step.case] = self.instance_id

    def _act(self, name: str, step: Step) -> None:
        if step.message is not None:
            reached = self.trial.send_message(step.message, step.submission, keys=step.keys)
            if reached and self.trial.outcome(self.instance_id).status is InstanceStatus.COMPLETED:
                self.instance_id = reached[-1]  # a new episode: the story goes on there
        elif step.act is not None:
            self._may_act(name, step.role, step.act)
            self.trial.act(step.act, step.submission, keys=step.item)
        elif step.revise is not None:
            # Nobody has to approve anything in a trial: what people are refused, `engine.scenario` plays.
            if step.refuse is None:
                self.bundle = step.revise.applied(self.bundle)
                self.trial.put_in_force(self.bundle, effective_from=step.revise.effective_from)
        elif step.start is not None:
            self.instance_id = self.trial.start(variables=step.submission, business_key=f"KLB-UJI-{step.start}")
        elif step.signal is not None:
            self.trial.send_signal(step.signal, step.submission)
        elif step.acts_on is not None:
            task = self._task(name, step)
            if step.complete is None:
                self.trial._run(lambda context: task_commands.claim(context, task_commands.visible(context, task.id)))
                return
            self.trial.complete(task.id, step.submission)
            self._judge(name, step, task.id)

    def _may_act(self, name: str, role: str | None, element_id: str) -> None:
        """A waiting message with a form is for the role of its lane; who else tries is told that there is no such thing."""
        node = self.definition.element(element_id)
        _same(name, "has a form", node.form is not None, True)
        if role != self.definition.role_of(element_id, self.parameters):
            raise NotFound(element_id=element_id)

    def _task(self, name: str, step: Step) -> TaskSummary:
        found = [task for task in self.trial.open_tasks(self.instance_id)
                 if task.element_id == step.acts_on and step.line in (None, _line_no(task))]
        _same(name, "tasks of that name", len(found), 1)
        _same(name, "role", step.role in (found[0].role, PROXIES.get(found[0].role)), True)
        return found[0]

    def _judge(self, name: str, step: Step, task_id: str) -> None:
        row = self.trial._read(lambda context: task_rows.get(context.uow, task_id))
        assert row is not None
        done = task_summary(row)
        self.verdicts.append(
            Verdict(element_id=done.element_id, official=done.verdict, handling=done.handling_verdict, overrun=done.overrun))
        _same(name, "verdict", done.verdict, step.verdict or done.verdict)
        _same(name, "handling verdict", done.handling_verdict, step.handling or done.handling_verdict)

    def _compare(self, name: str, expected: tuple[Expected, ...]) -> None:
        """The whole inbox of the case, no more and no less."""
        waiting = self.trial.open_tasks(self.instance_id)
        for one in expected:
            match = next((task for task in waiting if _fits(one, task)), None)
            _same(name, f"{one.task} line {one.line} due {one.due} among {sorted(map(_words, waiting))}", match is not None, True)
            assert match is not None
            waiting.remove(match)
        _same(name, "open and not written", sorted(map(_words, waiting)), [])


def _fits(one: Expected, task: TaskSummary) -> bool:
    return (one.task == task.element_id and one.role in (None, task.role) and one.due in (None, task.due_at)
            and one.line in (None, _line_no(task)))


def _line_no(task: TaskSummary) -> Value:
    return task.item.get("line_no") if isinstance(task.item, Mapping) else None


def _words(task: TaskSummary) -> str:
    due: datetime | None = task.due_at
    return f"{task.element_id} ({task.role}) line {_line_no(task)} due {due.isoformat() if due else 'none'}"


def _same(name: str, what: str, seen: object, expected: object) -> None:
    if seen != expected:
        raise Mismatch(f"{name}: {what}: expected {expected!r}, saw {seen!r}")
