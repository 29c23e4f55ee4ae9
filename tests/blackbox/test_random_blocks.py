"""Random block-structured processes against an oracle that never sees a token: it walks the tree of blocks itself.

A block is a generator of what it offers: the set of moves that wait in it. The engine plays the same moves, forgetting everything
before each of them; after every move both must offer the same.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from engine import SopBundle, Trial
from tests.blackbox.drawing import NOW, boundary, flows, for_each, node, service, timer, xml

SEEDS = range(30)


@dataclass
class Live:
    """A running block: `offers` names what waits, `move` plays one of them, `over` says whether it has ended."""

    offers: Callable[[], Counter[str]]
    move: Callable[[str], None]
    over: Callable[[], bool]


@dataclass
class Block:
    """Drawn as `nodes` and `paths` between `first` and `last`; `begin` is the oracle."""

    nodes: str
    paths: str
    first: str
    last: str
    begin: Callable[[], Live]


@dataclass
class Maker:
    """Draws random blocks; numbers make ids."""

    chance: random.Random
    number: int = 0

    def name(self, kind: str) -> str:
        self.number += 1
        return f"{kind}{self.number}"

    def block(self, depth: int) -> Block:
        kinds = [self.task, self.wait, self.task] if depth <= 0 else [
            self.task, self.sequence, self.sequence, self.parallel, self.inclusive, self.choice, self.loop, self.nested, self.each,
            self.timed]
        return self.chance.choice(kinds)(depth)

    def task(self, depth: int) -> Block:
        id = self.name("u")
        return Block(node("userTask", id), "", id, id, lambda: _waiting(id))

    def wait(self, depth: int) -> Block:
        id = self.name("t")
        return Block(node("intermediateCatchEvent", id, timer("PT1H")), "", id, id, lambda: _waiting("hour"))

    def sequence(self, depth: int) -> Block:
        parts = [self.block(depth - 1) for _ in range(self.chance.randint(2, 3))]
        joints = ";".join(f"{a.last}>{b.first}" for a, b in zip(parts, parts[1:], strict=False))
        return Block(_nodes(parts), _paths(parts) + joints + ";", parts[0].first, parts[-1].last,
                     lambda: _one_after_another([part.begin for part in parts]))

    def parallel(self, depth: int) -> Block:
        parts = [self.block(depth - 1) for _ in range(self.chance.randint(2, 3))]
        fork, join = self.name("f"), self.name("j")
        ways = "".join(f"{fork}>{part.first};{part.last}>{join};" for part in parts)
        return Block(_nodes(parts) + node("parallelGateway", fork) + node("parallelGateway", join), _paths(parts) + ways, fork, join,
                     lambda: _all_at_once([part.begin for part in parts]))

    def inclusive(self, depth: int) -> Block:
        parts = [self.block(depth - 1) for _ in range(self.chance.randint(2, 3))]
        taken = [self.chance.random() < 0.6 for _ in parts]
        if not any(taken):
            taken[0] = True
        fork, join = self.name("f"), self.name("j")
        ways = "".join(f"{part.last}>{join};" for part in parts)
        asked = "\n".join(f"{fork}>{part.first} ? {str(yes).lower()}" for part, yes in zip(parts, taken, strict=True))
        return Block(_nodes(parts) + node("inclusiveGateway", fork) + node("inclusiveGateway", join),
                     _paths(parts) + ways + f"\n{asked}\n", fork, join,
                     lambda: _all_at_once([part.begin for part, yes in zip(parts, taken, strict=True) if yes]))

    def choice(self, depth: int) -> Block:
        parts = [self.block(depth - 1) for _ in range(2)]
        taken = self.chance.randint(0, 1)
        fork, join = self.name("x"), self.name("m")
        asked = "\n".join(f"{fork}>{part.first} ? {taken} = {place}" for place, part in enumerate(parts))
        ways = "".join(f"{part.last}>{join};" for part in parts)
        return Block(_nodes(parts) + node("exclusiveGateway", fork) + node("exclusiveGateway", join),
                     _paths(parts) + ways + f"\n{asked}\n", fork, join, parts[taken].begin)

    def loop(self, depth: int) -> Block:
        part, rounds = self.block(depth - 1), self.chance.randint(1, 3)
        enter, leave, count = self.name("m"), self.name("x"), self.name("c")
        # The counter ends as null, so that the loop begins anew when an outer loop comes round again.
        again = f"{enter}>{part.first};{part.last}>{count}>{leave}\n{leave}>{enter} ? {count} != null\n"
        last = self.name("m")
        return Block(part.nodes + node("exclusiveGateway", enter) + node("exclusiveGateway", leave) + node("exclusiveGateway", last)
                     + service(count, "count", name=f'"{count}"', value=count, rounds=str(rounds)),
                     part.paths + again + f"{leave}>{last} ? {count} = null\n", enter, last,
                     lambda: _one_after_another([part.begin] * rounds))

    def nested(self, depth: int) -> Block:
        part, id = self.block(depth - 1), self.name("s")
        inner = node("startEvent", f"{id}b") + part.nodes + node("endEvent", f"{id}e") \
            + flows(part.paths + f"\n{id}b>{part.first};{part.last}>{id}e")
        return Block(node("subProcess", id, inner), "", id, id, part.begin)

    def each(self, depth: int) -> Block:
        id, items, in_turn = self.name("e"), self.chance.randint(0, 3), self.chance.random() < 0.5
        # Side by side only a plain row of tasks: two instances at one task are then alike, whichever of them the engine moves.
        part = self.block(depth - 1) if in_turn else self.sequence(0)
        inner = for_each(str(list(range(items))), f"{id}i", sequential=in_turn) + node("startEvent", f"{id}b") + part.nodes \
            + node("endEvent", f"{id}e") + flows(part.paths + f"\n{id}b>{part.first};{part.last}>{id}e")
        several = _one_after_another if in_turn else _all_at_once
        return Block(node("subProcess", id, inner), "", id, id, lambda: several([part.begin] * items))

    def timed(self, depth: int) -> Block:
        """A sub-process that ends after an hour whatever happens in it; what is left inside is cancelled."""
        host, id, edge, meet = self.name("u"), self.name("s"), self.name("b"), self.name("m")
        inner = node("startEvent", f"{id}b") + node("userTask", host) + node("endEvent", f"{id}e") + flows(f"{id}b>{host}>{id}e")
        return Block(node("subProcess", id, inner) + boundary(edge, id, timer("PT1H")) + node("exclusiveGateway", meet),
                     f"{id}>{meet};{edge}>{meet};", id, meet, lambda: _waiting(host, "hour"))


def _nodes(parts: list[Block]) -> str:
    return "".join(part.nodes for part in parts)


def _paths(parts: list[Block]) -> str:
    return "".join(part.paths + "\n" for part in parts)


def _waiting(*names: str) -> Live:
    """Waits for one of these, whichever comes first."""
    done: list[str] = []
    return Live(lambda: Counter() if done else Counter(names), done.append, lambda: bool(done))


def _one_after_another(begins: list[Callable[[], Live]]) -> Live:
    left = list(begins)
    now: list[Live] = []

    def go_on() -> None:
        while left and (not now or now[0].over()):
            now[:] = [left.pop(0)()]

    def move(name: str) -> None:
        now[0].move(name)
        go_on()

    go_on()
    return Live(lambda: now[0].offers() if now else Counter(), move, lambda: not left and (not now or now[0].over()))


def _all_at_once(begins: list[Callable[[], Live]]) -> Live:
    parts = [begin() for begin in begins]

    def move(name: str) -> None:
        having = [part for part in parts if part.offers()[name]]
        for part in having if name == "hour" else having[:1]:
            part.move(name)

    return Live(lambda: sum((part.offers() for part in parts), Counter()), move, lambda: all(part.over() for part in parts))


def count(call: Any) -> dict[str, Any]:
    """One round more; null when all rounds are done."""
    done = (call.arguments["value"] or 0) + 1
    return {call.arguments["name"]: None if done == call.arguments["rounds"] else done}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_random_process_offers_what_its_blocks_offer_after_every_move(seed: int) -> None:
    chance = random.Random(f"blocks {seed}")
    top = Maker(chance).block(4)
    drawn = xml('<process id="p" isExecutable="true">' + node("startEvent", "s") + top.nodes + node("endEvent", "e")
                + flows(top.paths + f"\ns>{top.first};{top.last}>e") + "</process>")
    trial = Trial.open(SopBundle.from_files({"p.bpmn": drawn}), now=NOW, operations={"count": count})
    instance = trial.start()
    oracle = top.begin()
    for _ in range(40):
        trial.reload()
        said = oracle.offers()
        hours = said.pop("hour", 0)
        assert Counter(task.element_id for task in trial.open_tasks(instance)) == said
        assert (trial.outcome(instance).status == "completed") is oracle.over()
        if oracle.over():
            break
        # Timers run from where they were reached: an hour is only passed where nothing else waits, so that all are due together.
        if said and not (hours and chance.random() < 0.2):
            name = chance.choice(sorted(said))
            task = next(task for task in trial.open_tasks(instance) if task.element_id == name)
            trial.complete(task.id)
            oracle.move(name)
        else:
            trial.advance(timedelta(hours=1))
            oracle.move("hour")
    assert trial.replay(instance).verdict == "confirmed"
