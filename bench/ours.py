"""The product as its clients use it: an engine on a database of its own, one person per lane, a clock set by hand."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import yardstick
from engine import Engine, ManualClock
from engine.settings import KEY_BYTES, Settings
from engine.types import Actor, TaskSummary

BEGIN = datetime(2026, 11, 10, 1, 30, tzinfo=UTC)   # a Tuesday morning in Pontianak


class Product:
    """The engine with the yardstick in force."""

    def __init__(self, database_url: str, home: Path) -> None:
        settings = Settings(data_dir=home, database_url=database_url, key=secrets.token_bytes(KEY_BYTES))
        self.clock = ManualClock(BEGIN)
        Engine.prepare(settings)
        self.engine = Engine.open(settings, clock=self.clock)
        self.agency_id = self.engine.people.register_agency(yardstick.AGENCY)
        self.engine.sops.deploy(self.engine.people.operator(), yardstick.bundle())

    def person(self, role: str) -> Actor:
        """Whoever performs this role; or audits, for `auditor`."""
        return Actor(account_id=f"bench-{role}", agency_id=self.agency_id, name=role, roles=frozenset({role}))

    def start(self) -> Case:
        """A new case with its instance."""
        begun = self.engine.cases.start(self.person("intake_operator"), yardstick.KEY, submission=yardstick.submission("receive"))
        return Case(self, begun.instance_id, begun.opened)


class Case:
    """One running yardstick. What waits is known from the answers, as a client would know it."""

    def __init__(self, product: Product, instance_id: str, opened: tuple[TaskSummary, ...]) -> None:
        self._product = product
        self.instance_id = instance_id
        self._waiting: dict[str, list[TaskSummary]] = defaultdict(list)
        self._claimed: tuple[Actor, TaskSummary] | None = None
        self._note(opened)

    def claim(self, task: str) -> None:
        """Somebody of the lane takes the task: an act of its own, before the work is done."""
        waiting = self._waiting[task].pop(0)
        person = self._product.person(waiting.role)
        self._claimed = person, self._product.engine.tasks.claim(person, waiting.id)

    def complete(self, _task: str, submission: Mapping[str, Any]) -> None:
        """The claimed task is completed, durably: what is measured."""
        assert self._claimed is not None
        person, task = self._claimed
        done = self._product.engine.tasks.complete(person, task.id, submission, expected_revision=task.revision)
        self._note(done.opened)

    def play(self, steps: list[yardstick.Step]) -> None:
        """Steps that nobody measures."""
        for task, submission in steps:
            self.claim(task)
            self.complete(task, submission)

    def _note(self, opened: tuple[TaskSummary, ...]) -> None:
        for task in opened:
            self._waiting[task.element_id].append(task)

