"""Plays a scenario file of an SOP through `Trial` and compares what people would see with what the file expects.

A scenario is a list of steps; each first lets time pass until its instant, then compares the whole inbox (`open`: nothing more,
nothing less, and a row without `due` has none), then acts. The format stands in design.md 1; beyond it a step may name the
multi-instance `item` its task works on, `claim` a task, and expect `overrun` and `handling_verdict`; `[end]` may expect
`notices` ("role code"), `outputs` (document codes of the steps done) and the end event (`ended_at`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from engine import calendars, definitions, durations, sop_toml
from engine.bundle import SopBundle
from engine.calendars import Season, WorkCalendar
from engine.commands import tasks as task_commands
from engine.definitions import Definition
from engine.errors import EngineError
from engine.results import ReplayReport
from engine.summaries import task_summary
from engine.trial import Trial
from engine.types import Happening, InstanceStatus, Operation, OperationCall, TaskSummary, TraceEntry, Value
from engine.work_calendar import week_from_json
from storage import tasks as task_rows

#: Who may do a step in place of its role: the companion writes down what a provider without a login reports (domain.md 2.4).
PROXIES = {"external_provider": "companion"}


class Mismatch(AssertionError):
    """The run and the scenario file disagree; the message names the step."""


@dataclass(frozen=True, kw_only=True)
class Played:
    """What a scenario left behind."""

    trace: tuple[TraceEntry, ...]
    replay: ReplayReport
    documents: tuple[str, ...]
    notices: tuple[str, ...]
    verdicts: tuple[tuple[str, str], ...]      # element id, official verdict, in the order of completion


@dataclass
class _Desk:
    """Stands in for the world outside: remembers what service tasks asked for."""

    documents: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def operations(self) -> dict[str, Operation]:
        return {"case.number": self._number, "document.issue": self._issue, "notice.send": self._notify}

    def _number(self, call: OperationCall) -> Mapping[str, Value]:
        return {"case_number": call.business_key or f"TRIAL-{call.now.year}-000001"}

    def _issue(self, call: OperationCall) -> Mapping[str, Value]:
        self.documents.append(str(call.arguments["code"]))
        return {}

    def _notify(self, call: OperationCall) -> Mapping[str, Value]:
        self.notices.append(f"{call.arguments['role']} {call.arguments['code']}")
        return {}


def agency_calendar(agency: Path, *, years: range = range(2025, 2029)) -> WorkCalendar:
    """The working calendar that `agency.toml` describes, with the holidays of these years."""
    sheet = sop_toml.read_agency(agency.read_bytes())
    return WorkCalendar(
        ZoneInfo(sheet.timezone), week_from_json(sheet.calendar["week"]), calendars.indonesia(years),
        tuple(Season(name=one["name"], first=one["first"], last=one["last"], week=week_from_json(one["week"]))
              for one in sheet.calendar.get("season", ())))


def play(scenario: Path, *, reload_between_steps: bool = False) -> Played:
    """Runs one scenario of the SOP its folder belongs to.

    Raises:
        Mismatch: something differs from what the file expects.
    """
    sop = scenario.parent.parent
    return _Run(SopBundle.from_dir(sop), agency_calendar(sop.parent / "agency.toml"), tomllib.loads(scenario.read_text("utf-8")),
                reload_between_steps).play()


class _Run:
    def __init__(self, bundle: SopBundle, calendar: WorkCalendar, script: Mapping[str, Any], reload_between_steps: bool) -> None:
        self.script, self.reload_between_steps = script, reload_between_steps
        self.definition: Definition = definitions.load(bundle)
        self.desk = _Desk()
        self.trial = Trial.open(bundle, now=_instant(script["start"]["at"]), operations=self.desk.operations(), calendar=calendar)
        self.instance_id = ""
        self.verdicts: list[tuple[str, str]] = []

    def play(self) -> Played:
        start = self.script["start"]
        _same("start", "role", start["as"] in self.definition.sheet.start_roles, True)
        self.instance_id = self.trial.start(variables=start.get("with", {}), business_key="KLB-UJI")
        for number, step in enumerate(self.script["step"], 1):
            self._step(f"step {number} ({step.get('complete') or step.get('claim') or 'wait'})", step)
        self._settled()
        trace = tuple(self.trial.trace(self.instance_id))
        self._end(self.script["end"], trace)
        return Played(trace=trace, replay=self.trial.replay(self.instance_id), documents=tuple(self.desk.documents),
                      notices=tuple(self.desk.notices), verdicts=tuple(self.verdicts))

    def _settled(self) -> None:
        if self.reload_between_steps:
            self.trial.reload()

    def _step(self, name: str, step: Mapping[str, Any]) -> None:
        self._settled()
        self.trial.advance(_instant(step.get("at") or step["wait_until"]) - self.trial.now)
        self._settled()
        if "open" in step:
            _same(name, "inbox", sorted(map(_seen, self.trial.open_tasks(self.instance_id))), sorted(map(_expected, step["open"])))
        given = step.get("with", {})
        act: Callable[[], object] | None = None
        if "message" in step:
            act = lambda: self.trial.send_message(step["message"], given, keys=step.get("keys", {}))  # noqa: E731
        elif "signal" in step:
            act = lambda: self.trial.send_signal(step["signal"], given)  # noqa: E731
        elif "claim" in step:
            task = self._task(name, step, step["claim"])
            act = lambda: self.trial._run(lambda c: task_commands.claim(c, task_commands.visible(c, task.id)))  # noqa: E731
        elif "complete" in step:
            task = self._task(name, step, step["complete"])
            act = lambda: self._complete(name, step, task)  # noqa: E731
        if act is not None:
            self._do(name, step, act)

    def _do(self, name: str, step: Mapping[str, Any], act: Callable[[], object]) -> None:
        try:
            act()
        except EngineError as refusal:
            _same(name, "refusal", refusal.code, step.get("refuse"))
        else:
            _same(name, "refusal", None, step.get("refuse"))

    def _task(self, name: str, step: Mapping[str, Any], element_id: str) -> TaskSummary:
        wanted = step.get("item", {})
        found = [task for task in self.trial.open_tasks(self.instance_id)
                 if task.element_id == element_id and wanted.items() <= (task.item or {}).items()]
        _same(name, "tasks of that name", len(found), 1)
        _same(name, "role", step["as"] in (found[0].role, PROXIES.get(found[0].role)), True)
        return found[0]

    def _complete(self, name: str, step: Mapping[str, Any], task: TaskSummary) -> None:
        self.trial.complete(task.id, step.get("with", {}))
        row = self.trial._read(lambda context: task_rows.get(context.uow, task.id))
        assert row is not None
        done = task_summary(row)
        self.verdicts.append((done.element_id, done.verdict))
        _same(name, "verdict", done.verdict, step.get("verdict", done.verdict))
        _same(name, "handling verdict", done.handling_verdict, step.get("handling_verdict", done.handling_verdict))
        if "overrun" in step:
            _same(name, "overrun", done.overrun, durations.parse_duration(step["overrun"]))

    def _end(self, end: Mapping[str, Any], trace: tuple[TraceEntry, ...]) -> None:
        status = self.trial.outcome(self.instance_id).status
        _same("end", "completed", status is InstanceStatus.COMPLETED, end["completed"])
        _same("end", "documents", self.desk.documents, end["documents"])
        if "notices" in end:
            _same("end", "notices", self.desk.notices, end["notices"])
        done = [entry.element_id for entry in trace if entry.happened is Happening.COMPLETED]
        if "ended_at" in end:
            _same("end", "end event", end["ended_at"] in done, True)
        if "outputs" in end:
            _same("end", "outputs", sorted({code for id in done for code in self.definition.element(id).outputs}), end["outputs"])


def _instant(value: datetime) -> datetime:
    return value.astimezone(UTC)


def _seen(task: TaskSummary) -> str:
    line = task.item.get("line_no", "") if isinstance(task.item, Mapping) else ""
    return _row(task.element_id, task.role, line, task.due_at)


def _expected(row: Mapping[str, Any]) -> str:
    return _row(row["task"], row["role"], row.get("item", {}).get("line_no", ""), row.get("due"))


def _row(element_id: str, role: str, line: Value, due: datetime | None) -> str:
    return f"{element_id} {role} line={line} due={_instant(due).isoformat() if due else 'none'}"


def _same(name: str, what: str, seen: object, expected: object) -> None:
    if seen != expected:
        raise Mismatch(f"{name}: {what}: expected {expected!r}, saw {seen!r}")
