"""Steps of random processes that begin again, in a trial: what two people agree on, without the two people and their forms."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from engine.commands import instances
from engine.executor import Context
from engine.filings import ids
from engine.spiff import going_back
from engine.transition import Modify
from engine.trial import Trial
from tests.support.journals import step


@dataclass
class WaysBack:
    """Where the steps stood that people have done."""

    trial: Trial
    done: list[tuple[str, going_back.Place]] = field(default_factory=list)

    def note(self, instance_id: str) -> list[tuple[str, going_back.Place]]:
        """Where each step that waits stands; kept for those that are done afterwards."""
        def query(context: Context) -> list[tuple[str, going_back.Place]]:
            live = context.instance(instance_id)
            if live.state is None:
                return []
            found = [(task.token_id, going_back.place_of(live.definition.program, live.state, task.token_id)) for task in live.view.tasks]
            return [(token_id, place) for token_id, place in found if place is not None]

        return self.trial._read(query)

    def remember(self, before: list[tuple[str, going_back.Place]], instance_id: str) -> None:
        """Of what was noted, the steps that wait no longer."""
        open_ids = {task.id for task in self.trial.open_tasks(instance_id)}
        self.done += [(instance_id, place) for token_id, place in before if token_id not in open_ids]

    def go(self, instance_id: str, place: going_back.Place) -> bool:
        """Lets the step begin again; false where no way leads back. Raises `InstanceNotActive` for one that ended or is paused."""
        def command(context: Context) -> bool:
            live = instances.held(context, instance_id)
            over = going_back.over(live.definition.program, live.state, place)
            if over is None:
                return False
            live.apply(Modify(entry=1, begin=place.element_id, end=ids(live.id, over.tokens)), at=context.now, recorded_at=context.now,
                       actor_id=context.actor.account_id, note={"reason": "r"})
            return True

        return self.trial._run(command)


def gone_back(trial: Trial, instance_id: str, seed: int, *, steps: int = 12) -> int:
    """Goes on for some steps, and now and then back; how often it went back."""
    rnd, ways, times = random.Random(f"back/{seed}"), WaysBack(trial), 0
    for _ in range(steps):
        before = ways.note(instance_id)
        if not step(trial, instance_id, rnd):
            break
        ways.remember(before, instance_id)
        if ways.done and trial.outcome(instance_id).status == "active" and rnd.random() < .5:
            times += ways.go(*rnd.choice(ways.done))
    return times
