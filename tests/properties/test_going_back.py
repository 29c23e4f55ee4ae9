"""Going back in random processes: wherever a way leads back, the process comes to its end afterwards, and nothing beside it moved.

`KAWAL_FUZZ` sets how many processes each family gets; `make soak` runs 1,500 of each.
"""

from __future__ import annotations

import os
import random
from decimal import Decimal

import pytest

from engine.spiff import going_back
from engine.transition import CompleteTask, Modify
from tests.support.play import Play, compile_bytes
from tests.support.random_process import FAMILIES, SHARED, Generator, to_bpmn

PROCESSES = int(os.environ.get("KAWAL_FUZZ", "60"))
STEPS, PATIENCE = 12, 2_000


def standing(play: Play) -> set[str]:
    """The tasks that wait, by id."""
    return {each.token_id for each in play.view.tasks}


def life(family: str, seed: int) -> tuple[str | None, int]:
    """Some steps, each going back where it can, then on to the end: what went wrong first, and how often it went back."""
    rnd = random.Random(f"back/{family}/{seed}")
    program = compile_bytes(to_bpmn(Generator(rnd, FAMILIES[family]).process()))
    play, done, back = Play(program, v0=0, v1=0, v2=0, v3=0), [], 0
    for step in range(PATIENCE):
        if play.done:
            return None, back
        view = play.view
        assert play.state is not None
        ways = [(place, end) for place in done if (end := going_back.over(program, play.state, place))] if step < STEPS else []
        if ways and rnd.random() < .5:
            place, end = rnd.choice(ways)
            untouched = standing(play) - {f"i.{number}" for number in end.steps}
            play.apply(Modify(entry=1, begin=place.element_id, end=tuple(f"i.{number}" for number in sorted(end.tokens))))
            back += 1
            if not untouched <= standing(play) or place.element_id not in play.open:
                return f"{family}/{seed} step {step}: {place} took more away than it said, or did not begin again", back
        elif view.tasks:
            task = rnd.choice(view.tasks)
            if (place := going_back.place_of(program, play.state, task.token_id)) is not None:
                done.append(place)
            written = {name: Decimal(rnd.randrange(4)) for name in SHARED if rnd.random() < .4}
            play.apply(CompleteTask(token_id=task.token_id, variables=written))
        elif view.subscriptions:
            play.send(rnd.choice(view.subscriptions).name)
        elif view.timers:
            play.fire(min(view.timers, key=lambda each: each.due_at).element_id)
        else:
            return f"{family}/{seed} step {step}: nothing waits, and it has not ended", back
    return f"{family}/{seed}: no end in sight", back


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_a_process_that_went_back_comes_to_its_end(family: str) -> None:
    lives = [life(family, seed) for seed in range(PROCESSES)]
    assert [wrong for wrong, _ in lives if wrong] == []
    assert sum(back for _, back in lives) > PROCESSES / 4
