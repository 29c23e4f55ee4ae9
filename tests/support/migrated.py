"""Random cases that go on by random other versions of their drawing, each in a trial of its own."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import timedelta
from typing import Any

from engine import errors
from engine.bundle import SopBundle
from engine.commands import migrations
from engine.sop_results import Migrated
from engine.trial import Trial
from engine.types import Actor
from storage import deployments, subscriptions
from tests.support.edited import Edit
from tests.support.journals import step, with_messages
from tests.support.play import NOON
from tests.support.random_process import FAMILIES, SHARED, Block, Generator, to_bpmn

#: Every loop is left, every gateway has one way on.
ONWARD = dict.fromkeys(SHARED, 3)


class Case:
    """One random case in a trial of its own, and the version it may go on by."""

    def __init__(self, seed: int, database_url: str = "sqlite://") -> None:
        rnd = random.Random(f"migration/{seed}")
        drawn = Generator(rnd, FAMILIES[rnd.choice(["flow", "scopes", "instances", "everything"])]).process(3)
        self.trial = Trial.open(_bundle(drawn), now=NOON, database_url=database_url)
        self.instance_id = self.trial.start("p", dict.fromkeys(SHARED, 0), business_key=f"case-{seed}")
        for _ in range(rnd.randrange(8)):
            if not self.ended:
                step(self.trial, self.instance_id, rnd)
        self.edit = Edit(rnd, drawn)
        self.changes = _bundle(self.edit.drawn).digest != _bundle(drawn).digest
        self.clocks = rnd.choice(["keep", "anew"])
        self.owner = Actor(account_id="owner", agency_id=self.trial._actor.agency_id, name="", roles=frozenset({"process_owner"}))

    @property
    def ended(self) -> bool:
        return self.trial.outcome(self.instance_id).status in ("completed", "cancelled")

    def put_in_force(self) -> str:
        self.trial.put_in_force(_bundle(self.edit.drawn), effective_from=NOON.date())
        return self.trial._read(lambda context: deployments.of_agency(context.uow, self.owner.agency_id)[0].id)

    def migrate(self, version: str) -> Migrated:
        return self.trial._executor.run(self.owner, lambda context: migrations.migrate(
            context, version, self.instance_id, reason="Diuji dengan kasus acak.", mapping={}, clocks=self.clocks))

    def open(self) -> dict[str, Any]:
        return {task.id: task.due_at for task in self.trial.open_tasks(self.instance_id)}

    def finish(self) -> bool:
        for _ in range(300):
            if self.ended:
                return True
            self.trial.reload()
            tasks = self.trial.open_tasks(self.instance_id)
            waiting = self.trial._read(lambda context: subscriptions.of_instance(context.uow, self.instance_id))
            if tasks:
                with suppress(errors.TaskGone):   # an edge that is new, and was due before it was drawn, came first
                    self.trial.complete(tasks[0].id, ONWARD)
            elif waiting:
                self.trial.send_message(waiting[0].name, ONWARD)
            else:
                self.trial.advance(timedelta(minutes=9_000))
        return False


def _bundle(drawn: Block) -> SopBundle:
    return SopBundle.from_files({"p.bpmn": with_messages(to_bpmn(drawn))})
