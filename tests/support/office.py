"""A whole office for engine tests: an agency with a real SOP in force, people of every role, a worker, a clock set by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import engine as front_door
import handlers
from engine.executor import Executor
from engine.results import CompletionResult, InboxFilters
from engine.settings import Settings
from engine.types import Actor, TaskSummary

KALBAR = Path(__file__).resolve().parents[2] / "bpmn" / "kalbar"
SOP = KALBAR / "pengelolaan-kasus"
KEY = "pengelolaan-kasus"
OPENS = datetime(2026, 11, 10, 1, 30, tzinfo=UTC)  # a Tuesday, 08:30 in Pontianak


def story(name: str) -> front_door.Scenario:
    """One of the SOP's own scenarios, for its submissions."""
    return front_door.read_scenario((SOP / "scenarios" / f"{name}.toml").read_bytes())


@dataclass
class Office:
    """Kalbar, and another agency that shares the database."""

    engine: front_door.Engine
    clock: front_door.ManualClock
    scene: front_door.Stage
    agency_id: str
    elsewhere: str

    @property
    def executor(self) -> Executor:
        return self.engine.audit._executor

    @property
    def database(self) -> Any:
        return self.executor.database

    def actor(self, *roles: str, name: str = "") -> Actor:
        """Somebody of Kalbar; the same name is the same person."""
        return Actor(account_id=f"{name or '-'.join(roles)}", agency_id=self.agency_id, name=name, roles=frozenset(roles))

    def hire(self, name: str, *roles: str) -> Actor:
        """Somebody of Kalbar with an account of their own."""
        account = self.engine.people.create_account(
            self.engine.people.operator("kalbar"), sign_in=f"{name.lower()}.rekaan", name=name, passphrase="kuda batu hujan pelan sekali",
            roles=roles, demo=True)
        return Actor(account_id=account.id, agency_id=self.agency_id, name=name, roles=frozenset(roles))

    def stranger(self) -> Actor:
        """Somebody of the other agency, who holds every role there."""
        return Actor(account_id="stranger", agency_id=self.elsewhere, name="stranger", roles=frozenset(ROLES))

    def start(self, submission: Mapping[str, Any] | None = None, **more: Any) -> CompletionResult:
        """A case of the SOP, as the scenario A01 opens it."""
        given = {**story("a01_rujukan_kesehatan").submission, "received_at": self.clock.now(), "victim_reported_at": self.clock.now(),
                 **(submission or {})}
        return self.engine.cases.start(self.actor("intake_operator"), KEY, submission=given, **more)

    def task(self, started: CompletionResult, element_id: str) -> TaskSummary:
        """The open task of an element."""
        detail = self.engine.cases.get(self.actor("head_of_unit"), started.case_id or "")
        (found,) = [each for each in detail.open_tasks if each.element_id == element_id]
        return found

    def pool(self, actor: Actor, started: CompletionResult) -> list[TaskSummary]:
        """What waits in the case for the actor's roles."""
        rows = self.engine.tasks.inbox(actor, InboxFilters(box="pool")).rows
        return [row for row in rows if row.case_id == started.case_id]

    def complete(self, actor: Actor, task: TaskSummary, submission: Mapping[str, Any], **more: Any) -> CompletionResult:
        """Claims and completes."""
        claimed = self.engine.tasks.claim(actor, task.id)
        return self.engine.tasks.complete(actor, task.id, submission, expected_revision=claimed.revision, **more)

    def follow(self, name: str, *, until: str | None = None) -> CompletionResult:
        """Plays one of the SOP's stories, moved to begin now, up to the first step on `until`."""
        told = story(name)
        by = self.clock.now() - told.at

        def moved(value: Any) -> Any:
            if isinstance(value, dict):
                return {key: moved(each) for key, each in value.items()}
            if isinstance(value, list):
                return [moved(each) for each in value]
            return value + by if isinstance(value, datetime) else value

        started = self.engine.cases.start(self.actor(told.role), KEY, submission=moved(dict(told.submission)))
        self.scene.work()
        for step in told.steps:
            if until is not None and step.acts_on == until:
                break
            if at := step.wait_until or step.at:
                front_door.pass_time(self.scene, max(at + by, self.clock.now()))
            if step.acts_on is not None and step.role is not None and step.complete is not None:
                actor = self.actor(step.role)
                tasks = [each for each in self.pool(actor, started) if each.element_id == step.acts_on
                         and (step.line is None or each.item["line_no"] == step.line)]
                self.complete(actor, tasks[0], moved(dict(step.submission)))
                self.scene.work()
        return started


ROLES = ("intake_operator", "companion", "case_manager", "head_of_unit", "supervisor", "data_staff", "auditor", "system_admin",
         "process_owner")


def with_stories(*names: str) -> front_door.SopBundle:
    """The SOP with these of its scenarios alone: whatever is proposed plays them all."""
    kept = {f"scenarios/{name}.toml" for name in names}
    return front_door.SopBundle.from_files({path: data for path, data in front_door.SopBundle.from_dir(SOP).files.items()
                                            if not path.startswith("scenarios/") or path in kept})


def opened(folder: Path, database_url: str, *, now: datetime = OPENS, bundle: front_door.SopBundle | None = None) -> Office:
    """A fresh office on an empty database, with the SOP as it ships or this one in force."""
    settings = Settings(data_dir=folder, key=bytes(range(32)), demo=True, database_url=database_url)
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    front_door.Engine.prepare(settings)
    clock = front_door.ManualClock(now - timedelta(days=1))
    engine = front_door.Engine.open(settings, clock=clock, operations=handlers.operations())
    sheet = (KALBAR / "agency.toml").read_bytes()
    engine.people.register_agency(sheet)
    engine.people.register_agency(sheet.replace(b'"kalbar"', b'"tetangga"'))
    operator = engine.people.operator("kalbar")
    engine.sops.deploy(operator, bundle or front_door.SopBundle.from_dir(SOP))
    clock.advance(timedelta(days=1))
    worker = handlers.Worker(engine.jobs, handlers.functions(handlers.Desk(engine=engine)), worker_id="office")
    scene = front_door.Stage(engine=engine, clock=clock, actor_of=lambda role: Actor(
        account_id=role, agency_id=operator.agency_id, name=role, roles=frozenset({role})), work=worker.run_until_idle)
    return Office(engine, clock, scene, operator.agency_id, engine.people.operator("tetangga").agency_id)
