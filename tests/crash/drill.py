"""Crash drills: a process is killed without warning at a named point, its database is opened again, and nothing may be missing.

A drill is a world, a way to bring it to the moment before, and one act of a server or worker. The act is first done undisturbed,
and the content of the database noted after each commit: those are the only contents a crash may leave behind. Then, for every
point, the world is set back, the act is done in a child that kills itself there (SIGKILL: no `finally`, no rollback, no flush),
and a fresh process looks at what is left, lets the downtime pass, and does the act again as its user or worker would.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy
from sqlalchemy import LargeBinary

import engine as front_door
import handlers
from engine.clock import ManualClock
from engine.results import InboxFilters
from engine.settings import Settings
from engine.types import Actor, OperationCall
from storage.compiled import CompiledStatements
from storage.schema import metadata
from storage.unit_of_work import UnitOfWork

LOCK_RUNS_OUT = timedelta(minutes=3)  # a dead worker's jobs are taken over after two minutes
#: Made by chance, or counting how often something was tried: not part of what a database says.
_BY_CHANCE = ("id", "hash", "digest", "key", "keys", "sha256", "_hmac", "source_instance")
_BY_TRIES = ("fence", "attempts", "locked_by", "error_code", "at", "_from", "_until", "_sort", "_seconds")
#: In an answer kept for a second click: the instants it says something of, and by how much that was late, as the columns that end so.
_SAID_AT = re.compile(r"('(?:\w+_at|overrun)': )(?:'[^']*'|\d+)")
_RANDOM_ID = re.compile(r"\b[0-9a-f]{32}\b")
_COMPILED = CompiledStatements()   # the questions are the same in every child
_SAID = frozenset({"element_id", "actor_id", "assignee_id", "account_id", "process_id"})


class World:
    """The product in one process, on its database, at a moment."""

    def __init__(self, settings: Settings, now: datetime) -> None:
        self.clock = ManualClock(now)
        self.engine = front_door.Engine.open(settings, clock=self.clock, operations=handlers.operations())
        self.operations = dict(handlers.functions(handlers.Desk(engine=self.engine)))
        self.agency_id = self.engine.people.operator().agency_id

    def person(self, role: str) -> Actor:
        return Actor(account_id=f"stage-{role}", agency_id=self.agency_id, name=role, roles=frozenset({role}))

    def task(self, role: str, element_id: str) -> Any:
        boxes = [self.engine.tasks.inbox(self.person(role), InboxFilters(box=box)) for box in ("mine", "pool")]
        return next((task for box in boxes for task in box.rows if task.element_id == element_id), None)

    def work(self) -> None:
        handlers.Worker(self.engine.jobs, self.operations, worker_id="w").run_until_idle()

    def complete(self, role: str, element_id: str, answers: Mapping[str, Any]) -> None:
        """As a person does it who finds the page again after a crash: what is done already is not done again."""
        task = self.task(role, element_id)
        if task is not None:
            claimed = self.engine.tasks.claim(self.person(role), task.id)
            self.engine.tasks.complete(self.person(role), task.id, answers, expected_revision=claimed.revision, idempotency_key=task.id)


@dataclass(frozen=True, kw_only=True)
class Drill:
    """`before` brings a new world to the moment; `act` is what is struck. `downtime` passes before anybody comes back."""

    name: str
    now: datetime
    before: Callable[[World], None]
    act: Callable[[World], None]
    downtime: timedelta = LOCK_RUNS_OUT


@dataclass
class Points:
    """Where a process may die. `die_at` counts from 1; `passed` names the points it came by."""

    die_at: int = 0
    passed: list[str] = field(default_factory=list)
    on_commit: Callable[[], None] = lambda: None

    def here(self, name: str) -> None:
        self.passed.append(name)
        if len(self.passed) == self.die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def plant(self, world: World) -> None:
        """Between any two writes, round each commit, round each call of an operation."""
        execute, prepared, commit = UnitOfWork.execute, UnitOfWork.run, UnitOfWork.commit

        def writing(uow: UnitOfWork, statement: Any, parameters: Any = None) -> Any:
            answer = execute(uow, statement, parameters)
            if getattr(statement, "is_dml", False):
                self.here(f"after a write to {statement.table.name}")
            return answer

        def writing_prepared(uow: UnitOfWork, statement: Any, parameters: Any) -> Any:
            answer = prepared(uow, statement, parameters)
            if statement._statement.is_dml:
                self.here(f"after a write to {statement._statement.table.name}")
            return answer

        def committing(uow: UnitOfWork) -> None:
            self.here("before a commit")
            commit(uow)
            self.on_commit()
            self.here("after a commit")

        UnitOfWork.execute = writing  # type: ignore[method-assign]
        UnitOfWork.run = writing_prepared  # type: ignore[method-assign]
        UnitOfWork.commit = committing  # type: ignore[method-assign]
        for name, run in list(world.operations.items()):
            world.operations[name] = self._round(name, run)

    def _round(self, name: str, run: Callable[[OperationCall], Any]) -> Callable[[OperationCall], Any]:
        def operation(call: OperationCall) -> Any:
            self.here(f"before {name}")
            answer = run(call)
            self.here(f"after {name}, before its answer is handed back")
            return answer

        return operation


def in_child(work: Callable[[], Any]) -> Any:
    """What `work` answers in a process of its own; `None` if it was killed. Anything it raises is raised here."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            told = {"answer": work(), "raised": ""}
        except BaseException as raised:  # noqa: BLE001 - told to the parent
            told = {"answer": None, "raised": f"{type(raised).__name__}: {raised}"}
        with os.fdopen(writing, "w") as out:
            json.dump(told, out)
        sys.stdout.flush()
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as into:
        said = into.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return None
    told = json.loads(said)
    assert not told["raised"], told["raised"]
    return told["answer"]


def content(database_url: str, *, tries: bool) -> str:
    """What the database says, whatever ids and keys chance gave: the digest of every row of every table. Without `tries`
    also when it was said and how often it was tried are left out."""
    left_out = _BY_CHANCE if tries else _BY_CHANCE + _BY_TRIES
    store = sqlalchemy.create_engine(
        database_url, poolclass=sqlalchemy.NullPool, execution_options={"compiled_cache": _COMPILED})
    said: dict[str, list[str]] = {}
    with store.connect() as connection:
        for table in metadata.sorted_tables:
            columns = [column for column in table.columns if not isinstance(column.type, LargeBinary)
                       and (column.name in _SAID or not column.name.endswith(left_out))]
            count = connection.execute(sqlalchemy.select(sqlalchemy.func.count()).select_from(table)).scalar_one()
            rows = connection.execute(sqlalchemy.select(*columns)).all() if columns else []
            words = [_RANDOM_ID.sub("*", repr(tuple(row))) for row in rows]
            said[table.name] = [str(count), *sorted(words if tries else [_SAID_AT.sub(r"\1*", each) for each in words])]
    return json.dumps(said) if os.environ.get("KAWAL_CRASH_VERBOSE") else hashlib.sha256(json.dumps(said).encode()).hexdigest()


def verified(world: World) -> set[str]:
    """The replay verdicts of all instances: what was recorded is what happened."""
    store = sqlalchemy.create_engine(world.engine.settings.database_url, poolclass=sqlalchemy.NullPool)
    with store.connect() as connection:
        instances = connection.execute(sqlalchemy.select(metadata.tables["instance"].c.id)).scalars().all()
    return {world.engine.audit.replay(world.person("auditor"), instance_id).verdict.value for instance_id in instances}
