"""The engine and the oracle take the same random steps."""

from __future__ import annotations

import random

from tests.support.play import Play
from tests.support.random_process import SHARED
from tests.support.token_oracle_events import Oracle


def step(play: Play, oracle: Oracle, rnd: random.Random) -> None:
    """One thing that may happen, to both."""
    timers, messages, tasks = oracle.open_timers(), oracle.messages, oracle.tasks
    if timers and (rnd.random() < .12 or not (tasks or messages)):
        name, _ = min(timers, key=lambda t: (t[1], t[0]))
        play.fire(name)
        oracle.fire(name, 0)
    elif messages and (rnd.random() < .3 or not tasks):
        name = rnd.choice(sorted({m.name for m in messages}))
        carried = {v: rnd.randrange(4) for v in (*SHARED, "carried") if rnd.random() < .4}
        play.send(name, **carried)
        next(m for m in messages if m.name == name).came(carried)
    else:
        name = rnd.choice(sorted({t.name for t in tasks}))
        nth = rnd.randrange(len([t for t in tasks if t.name == name]))
        written = {v: rnd.randrange(4) for v in SHARED if rnd.random() < .4}
        play.complete(name, nth, **written)
        [t for t in tasks if t.name == name][nth].complete(written)
