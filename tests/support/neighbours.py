"""Two agencies on one database, each with small SOPs of its own, a worker and a clock set by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import engine as front_door
import handlers
from engine import definitions, pack
from engine.commands import instances, starts
from engine.commands import cases as case_commands
from engine.executor import Context, Executor
from engine.results import CaseDetail
from engine.settings import Settings
from engine.types import Actor, Value
from storage import cases, deployments, randomness
from storage import instances as instance_rows
from tests.support.office import KALBAR

OPENS = datetime(2026, 11, 10, 1, 30, tzinfo=UTC)  # a Tuesday, 08:30 in Pontianak
HOME, AWAY = "kalbar", "tetangga"
EVERYBODY = ("case_manager", "companion", "intake_operator", "head_of_unit", "auditor", "system_admin")


@dataclass
class Neighbours:
    """Kalbar and its neighbour."""

    engine: front_door.Engine
    clock: front_door.ManualClock
    worker: handlers.Worker
    ids: Mapping[str, str]

    @property
    def executor(self) -> Executor:
        return self.engine.audit._executor

    def actor(self, code: str, *roles: str, name: str = "") -> Actor:
        return Actor(account_id=name or f"{code}-{'-'.join(roles or EVERYBODY)}", agency_id=self.ids[code], name=name,
                     roles=frozenset(roles or EVERYBODY))

    def deploy(self, code: str, key: str, diagram: bytes, *, effective_from: date | None = None, lanes: Mapping[str, str] | None = None,
               forms: Mapping[str, Mapping[str, Any]] | None = None, sheet: str = "") -> str:
        """A diagram in force as it is: no lint, since what an agency's SOP needs beside it is not what is tried here."""
        toml = f'key = "{key}"\nagency = "{code}"\ntitle = {{ id = "{key}" }}\n{sheet}\n[lanes]\n' + "".join(
            f'"{lane}" = "{role}"\n' for lane, role in (lanes or {}).items())
        files = {"a.bpmn": diagram, "sop.toml": toml.encode(), **{
            f"forms/{name}.json": json.dumps({"key": name, **form}).encode() for name, form in (forms or {}).items()}}
        bundle = front_door.SopBundle.from_files(files)
        definition = definitions.load(bundle)

        def command(context: Context) -> str:
            row = deployments.DeploymentRow(
                id=randomness.new_id(), agency_id=self.ids[code], key=key, digest=bundle.digest, title={"id": key}, findings=[],
                version=deployments.latest_version(context.uow, self.ids[code], key) + 1, process_id=definition.main_process or "",
                effective_from=effective_from or context.local_day(), deployed_at=context.now, deployed_by="operator")
            deployments.add(context.uow, row, {path: (pack.bytes_digest(data), data) for path, data in bundle.files.items()})
            starts.deployed(context, row)
            return row.id

        return self.executor.run(self.actor(code), command)

    def start(self, code: str, deployment_id: str, variables: Mapping[str, Value] = {}, *, process_id: str = "") -> str:
        """An instance in a new case."""

        def command(context: Context) -> str:
            row = deployments.get(context.uow, deployment_id)
            assert row is not None
            return instances.start(context, row, case_commands.in_hand(context, None), process_id=process_id or row.process_id,
                                   variables=variables).id

        return self.executor.run(self.actor(code), command)

    def work(self) -> int:
        return self.worker.run_until_idle()

    def cases(self, code: str) -> list[CaseDetail]:
        """The agency's cases, the first opened first."""
        rows = self.engine.cases.find(self.actor(code)).rows
        return [self.engine.cases.get(self.actor(code), row.id) for row in sorted(rows, key=lambda row: (row.opened_at, row.business_key))]

    def case_of(self, instance_id: str) -> cases.CaseRow:
        """The case an instance stands in."""

        def query(context: Context) -> cases.CaseRow:
            row = instance_rows.get(context.uow, instance_id)
            found = cases.get(context.uow, (row.case_id if row else None) or "")
            assert found is not None
            return found

        return self.executor.read(self.actor(HOME), query)

    def variables(self, code: str, instance_id: str) -> Mapping[str, Value]:
        """The process variables of an instance that runs."""
        return self.executor.read(self.actor(code), lambda context: dict(context.instance(instance_id).view.variables))


def opened(folder: Path, database_url: str, *, now: datetime = OPENS) -> Neighbours:
    """Both agencies on an empty database."""
    settings = Settings(data_dir=folder, key=bytes(range(32)), demo=True, database_url=database_url)
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    front_door.Engine.prepare(settings)
    clock = front_door.ManualClock(now)
    engine = front_door.Engine.open(settings, clock=clock, operations=handlers.operations())
    sheet = (KALBAR / "agency.toml").read_bytes()
    ids = {}
    for code in (HOME, AWAY):
        mine = sheet.replace(b'"kalbar"', f'"{code}"'.encode())
        engine.people.register_agency(mine if code == HOME else mine.replace(b"KLB-", b"TTG-"))
        ids[code] = engine.people.operator(code).agency_id
    worker = handlers.Worker(engine.jobs, handlers.functions(handlers.Desk(engine=engine)), worker_id="neighbours")
    return Neighbours(engine, clock, worker, ids)
