"""Random processes against an independent token oracle, the state dumped and loaded after every step.

`KAWAL_FUZZ` sets how many processes each family gets; `make soak` runs 1,500 of each.
"""

from __future__ import annotations

import os
import random
from datetime import timedelta
from typing import Any

import pytest

from tests.support import side_by_side
from tests.support.play import NOON, Play, compile_bytes
from tests.support.random_process import FAMILIES, SHARED, Generator, to_bpmn
from tests.support.stock_spiff import StockPlay
from tests.support.token_oracle_events import Oracle

PROCESSES = int(os.environ.get("KAWAL_FUZZ", "60"))
STEPS = 80


def differs(play: Play, oracle: Oracle) -> str | None:
    """What the engine shows that the oracle does not, or the other way round."""
    scopes = [variables for _, variables in play.last.meaning["scopes"]]
    for what, got, wanted in (
        ("tasks", sorted(((t.element_id, t.item) for t in play.view.tasks), key=repr), oracle.open_tasks()),
        ("timers", sorted((t.element_id, (t.due_at - NOON) / timedelta(minutes=1)) for t in play.view.timers),
         oracle.open_timers()),
        ("messages", sorted(s.element_id for s in play.view.subscriptions), sorted(m.name for m in oracle.messages)),
        ("variables", play.variables, oracle.top.variables),
        ("scopes", sorted(map(canonical, scopes)), sorted(map(canonical, oracle.scopes()))),
        ("finished", play.done, oracle.finished),
        ("incidents", play.incidents, []),
    ):
        if _plain(got) != _plain(wanted):
            return f"{what}: engine {got!r}, oracle {wanted!r}"
    return None


def canonical(variables: dict[str, Any]) -> str:
    return repr(sorted((name, _plain(value)) for name, value in variables.items()))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, str | bool) or value is None:
        return value
    return int(value)


def life(family: str, seed: int) -> str | None:
    """Play one random process; what went wrong first, if anything."""
    rnd = random.Random(f"{family}/{seed}")
    block = Generator(rnd, FAMILIES[family]).process()
    program = compile_bytes(to_bpmn(block))
    play, oracle = Play(program, v0=0, v1=0, v2=0, v3=0), Oracle(block, dict.fromkeys(SHARED, 0))
    for step in range(STEPS):
        if wrong := differs(play, oracle):
            return f"{family}/{seed} step {step}: {wrong}"
        if oracle.finished:
            return None
        side_by_side.step(play, oracle, rnd)
    return None


@pytest.mark.parametrize("family", FAMILIES)
def test_random_processes_run_as_the_oracle_says(family):
    wrong = [problem for seed in range(PROCESSES) if (problem := life(family, seed))]

    assert not wrong, f"{len(wrong)} of {PROCESSES}: {wrong[0]}"


@pytest.mark.soak
@pytest.mark.parametrize("hundred", range(15))
@pytest.mark.parametrize("family", FAMILIES)
def test_fifteen_hundred_random_processes_of_each_family(family, hundred):
    wrong = [problem for seed in range(100 * hundred, 100 * hundred + 100) if (problem := life(family, seed))]

    assert not wrong, f"{len(wrong)} of 100: {wrong[0]}"


def stock_life(allowed: tuple[str, ...], seed: int, *, stock: bool) -> bool:
    """Whether stock SpiffWorkflow, or else ours, shows the oracle's open tasks all through one process.

    Every completion writes every variable, so that stock's merging of data at joins cannot be what differs.
    """
    rnd = random.Random(f"stock/{seed}")
    block = Generator(rnd, allowed).process(3)
    data = to_bpmn(block)
    zero = dict.fromkeys(SHARED, 0)
    play: Any = StockPlay(data, **zero) if stock else Play(data, **zero)
    oracle = Oracle(block, zero)
    for _ in range(STEPS):
        if play.open != [name for name, _ in oracle.open_tasks()] or play.done != oracle.finished:
            return False
        if oracle.finished:
            return True
        name = rnd.choice(sorted(t.name for t in oracle.tasks))
        written = dict.fromkeys(SHARED, rnd.randrange(3))
        play.complete(name, **written)
        next(t for t in oracle.tasks if t.name == name).complete(written)
    return True


@pytest.mark.parametrize(("allowed", "stock_is_right"), [
    (("u", "seq", "xor", "loop"), True),            # the same oracle and harness find nothing wrong where nothing is
    (("u", "seq", "loop", "and", "and"), False),    # a parallel join in a loop fires early from the second round on
    (("u", "seq", "loop", "or", "or"), False),      # so does an inclusive one, and one whose branch holds a loop
])
def test_the_oracle_finds_what_stock_spiffworkflow_does_wrong(allowed, stock_is_right):
    seeds = range(max(20, PROCESSES // 3))

    assert all(stock_life(allowed, seed, stock=False) for seed in seeds)
    stock_wrong = [seed for seed in seeds if not stock_life(allowed, seed, stock=True)]
    assert (not stock_wrong) == stock_is_right, f"{len(stock_wrong)} of {len(seeds)}"
