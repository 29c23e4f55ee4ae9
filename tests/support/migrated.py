"""Random cases that go on by random other versions of their drawing, each in a trial of its own."""

from __future__ import annotations

import random
from collections.abc import Iterator
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
from tests.support.journals import step, with_messages
from tests.support.play import NOON
from tests.support.random_process import FAMILIES, SHARED, Block, Generator, to_bpmn

TIMED = ("cut", "late", "often")
#: Every loop is left, every gateway has one way on.
ONWARD = dict.fromkeys(SHARED, 3)


class Edit:
    """A random change to a drawing; `owed` are the steps that every case has to visit from now on."""

    def __init__(self, rnd: random.Random, drawn: Block) -> None:
        self._rnd, self.owed, self.kinds = rnd, set[str](), list[str]()
        self.drawn = drawn
        for number in range(rnd.choice([1, 1, 2])):
            self._change(f"new{number}", rnd.choice(["put", "put", "put", "drop", "rename", "beside", "retime", "edge", "bare"]))

    def _change(self, new: str, kind: str) -> None:
        rows = [place for place in _places(self.drawn) if place[1][0] == "seq"]
        steps = [place for place in _places(self.drawn) if place[1][0] == "u" and _stands_alone(self.drawn, place[0])]
        timed = [place for place in _places(self.drawn) if place[1][0] in TIMED]
        self.kinds.append(kind)
        if kind == "put":
            path, block, is_certain = self._rnd.choice(rows)
            at = self._rnd.randrange(len(block[1]) + 1)
            self._replace(path, ("seq", [*block[1][:at], ("u", new), *block[1][at:]]))
        elif kind == "drop":
            path, block, is_certain = self._rnd.choice(rows)
            gone = next((one for one in block[1] if one[0] == "u" and len(block[1]) > 1), None)
            self.owed -= {gone[1]} if gone is not None else set()
            self._replace(path, ("seq", [one for one in block[1] if one is not gone]))
            return
        elif kind == "edge" and steps:
            path, block, _ = self._rnd.choice(steps)
            self._replace(path, (self._rnd.choice(TIMED), f"{new}_timer", block, new, self._rnd.choice([1, 600])))
            return
        elif kind == "bare" and timed:
            path, block, _ = self._rnd.choice(timed)
            self._replace(path, block[2])
            return
        elif kind == "retime" and timed:
            path, block, _ = self._rnd.choice(timed)
            self._replace(path, (*block[:4], block[4] + self._rnd.choice([1, 600])))
            return
        elif kind in ("rename", "beside") and steps:
            path, block, is_certain = self._rnd.choice(steps)
            self._replace(path, ("u", f"{block[1]}_{new}") if kind == "rename" else ("and", f"{new}_gate", [block, ("u", new)]))
            self.owed -= {block[1]} if kind == "rename" else set()
            is_certain = is_certain and kind == "beside"
        else:
            return
        if is_certain:
            self.owed.add(new)

    def _replace(self, path: tuple[Any, ...], block: Block) -> None:
        def put(into: Any, path: tuple[Any, ...]) -> Any:
            if not path:
                return block
            made = [put(one, path[1:]) if number == path[0] else one for number, one in enumerate(into)]
            return made if isinstance(into, list) else tuple(made)

        self.drawn = put(self.drawn, path)


def _places(drawn: Any, path: tuple[Any, ...] = (), is_certain: bool = True) -> Iterator[tuple[tuple[Any, ...], Block, bool]]:
    """Every block with the way to it, and whether every run goes through it: rows of rows, branches that all are taken, what lies inside."""
    if isinstance(drawn, tuple) and drawn and isinstance(drawn[0], str):
        yield path, drawn, is_certain
        is_certain = is_certain and drawn[0] in ("seq", "and", "sub", "call")
    if isinstance(drawn, tuple | list):
        for number, one in enumerate(drawn):
            if isinstance(one, tuple | list):
                yield from _places(one, (*path, number), is_certain)


def _stands_alone(drawn: Any, path: tuple[Any, ...]) -> bool:
    """Whether the block is one of a row or a branch, and no host of an edge or inside of a loop."""
    for number in path[:-1]:
        drawn = drawn[number]
    return bool(path) and isinstance(drawn, list)


class Case:
    """One random case in a trial of its own, and the version it may go on by."""

    def __init__(self, seed: int) -> None:
        rnd = random.Random(f"migration/{seed}")
        drawn = Generator(rnd, FAMILIES[rnd.choice(["flow", "scopes", "instances", "everything"])]).process(3)
        self.trial = Trial.open(_bundle(drawn), now=NOON)
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
