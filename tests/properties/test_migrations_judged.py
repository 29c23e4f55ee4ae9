"""The verdict on a running case against an oracle that knows what each block of the run did, and no token, flow or engine.

No case may be called safe that would lose, repeat or hold up something; how many are blocked though nothing would is printed.
`KAWAL_MIGRATIONS` sets how many cases; `make soak` takes 3,000.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Mapping

import pytest

from engine.migration import Effect, MigrationVerdict, Past, effect
from engine.transition import Migrate
from tests.support import side_by_side
from tests.support.edited import Edit
from tests.support.migrated import ONWARD
from tests.support.play import Play, compile_bytes
from tests.support.random_process import FAMILIES, SHARED, Generator, to_bpmn
from tests.support.token_judge import Judge, certain
from tests.support.token_oracle_events import Oracle

CASES = int(os.environ.get("KAWAL_MIGRATIONS", "150"))
NEEDLESS = .02     # of the cases that nothing speaks against, so many may be blocked


class Judged:
    """A random case that runs, a random change, and what both sides say to it."""

    def __init__(self, seed: int) -> None:
        rnd, self.seed = random.Random(f"judged/{seed}"), seed
        while True:
            drawn = Generator(rnd, FAMILIES[rnd.choice(["flow", "scopes", "instances", "everything"])]).process(rnd.choice([3, 4]))
            zero = dict.fromkeys(SHARED, 0)
            self.play, run = Play(compile_bytes(to_bpmn(drawn)), **zero), Oracle(drawn, zero)
            for _ in range(rnd.randrange(1, 10)):
                if not run.finished:
                    side_by_side.step(self.play, run, rnd)
            self.edit = Edit(rnd, drawn)
            if not run.finished and self.edit.drawn != drawn:
                break
        self.program = compile_bytes(to_bpmn(self.edit.drawn))
        self.judge = Judge(run, drawn, self.edit.drawn, self.edit.moved)
        self.clocks = rnd.choice(["keep", "anew"])

    def effect(self, mapping: Mapping[str, str] | None = None) -> Effect:
        past = Past.of((entry.element_id, entry.happened) for entry in self.play.trace)
        stimulus = Migrate(mapping=mapping or {}, clocks=self.clocks)
        return effect(self.play.program, self.program, self.play.state, stimulus, self.play.now, {}, past)

    def goes_on(self, found: Effect) -> None:
        """By the other drawing, to its end; every run of that comes to the steps which are new to this one, those that were others apart."""
        assert found.after is not None
        self.play.program, self.play.state, self.play.last = self.program, found.after.state, found.after
        for _ in range(300):
            if self.play.done:
                break
            if self.play.view.tasks:
                self.play.complete(self.play.view.tasks[0].element_id, **ONWARD)
            elif self.play.view.subscriptions:
                self.play.send(self.play.view.subscriptions[0].name, **ONWARD)
            else:
                self.play.wait(days=7)
        assert self.play.done, self.seed
        new = certain(self.judge.new) - self.judge.was.keys() - set(self.edit.renamed.values())
        assert new <= set(self.play.completed()), (self.seed, new - set(self.play.completed()))


def check(seed: int) -> str:
    """One case: the verdict, and what the oracle thinks of it."""
    case = Judged(seed)
    found = case.effect()
    if set(case.edit.kinds) == {"rename"}:      # whoever says so finds nothing changed
        said = case.effect(case.edit.renamed)
        assert said.verdict is MigrationVerdict.SAFE, (seed, said.obstacles)
        case.goes_on(said)
        return "renamed"
    thought = "harmed" if case.judge.is_harmed else "doubtful" if case.judge.doubtful else "unharmed"
    if found.verdict is MigrationVerdict.SAFE:
        assert not case.judge.is_harmed, (seed, case.edit.kinds, vars(case.judge))
        case.goes_on(found)
        return f"safe {thought}"
    return f"blocked {thought}"


def verdicts(seeds: range) -> Counter[str]:
    """How often what was said of which, printed."""
    came = Counter(check(seed) for seed in seeds)
    needless = came["blocked unharmed"] / (came["blocked unharmed"] + came["safe unharmed"])
    print(f"{dict(came)}; needlessly blocked {needless:.2%}")
    assert needless <= NEEDLESS, came
    return came


def test_no_case_is_called_safe_that_would_miss_repeat_or_hold_up_something() -> None:
    came = verdicts(range(CASES))
    assert came["safe unharmed"] >= CASES // 4 and came["blocked harmed"] >= CASES // 8, came


@pytest.mark.soak
@pytest.mark.parametrize("thousand", range(1, 4))
def test_three_thousand_cases_are_judged_as_the_oracle_does(thousand: int) -> None:
    verdicts(range(1000 * thousand, 1000 * thousand + 1000))
