"""Random journals: random processes played through `Trial`, with people, time and messages in random order."""

from __future__ import annotations

import random
import re
from datetime import timedelta
from typing import Any

from engine import audit
from engine.bundle import SopBundle
from engine.trial import Trial
from storage import instances, subscriptions
from tests.support.play import NOON
from tests.support.random_process import FAMILIES, SHARED, Generator, to_bpmn


def told(seed: int, *, family: str = "everything", steps: int = 14, database_url: str = "sqlite://") -> tuple[Trial, str]:
    """A trial of a random process, and its instance after at most `steps` steps."""
    rnd = random.Random(f"journal/{family}/{seed}")
    data = with_messages(to_bpmn(Generator(rnd, FAMILIES[family]).process(3)))
    trial = Trial.open(SopBundle.from_files({"p.bpmn": data}), now=NOON, database_url=database_url)
    instance_id = trial.start("p", dict.fromkeys(SHARED, 0), business_key=f"case-{seed}")
    for _ in range(steps):
        if not step(trial, instance_id, rnd):
            break
    return trial, instance_id


def with_messages(data: bytes) -> bytes:
    """The file with a message of its own for each receive task: where the interpreter does without, lint does not."""
    names = [name.decode() for name in re.findall(rb'<bpmn:receiveTask id="(\w+)"', data)]
    roots = "".join(f'<bpmn:message id="{name}_m" name="{name}"/>' for name in names)
    data = re.sub(rb'<bpmn:receiveTask id="(\w+)"', rb'<bpmn:receiveTask id="\1" messageRef="\1_m"', data)
    return data.replace(b"<bpmn:process ", roots.encode() + b"<bpmn:process ", 1)


def step(trial: Trial, instance_id: str, rnd: random.Random) -> bool:
    """One random thing that may happen; False when nothing can any more."""
    if trial.outcome(instance_id).status in ("completed", "cancelled"):
        return False
    waiting = trial._read(lambda context: subscriptions.of_instance(context.uow, instance_id))
    tasks = trial.open_tasks(instance_id)
    if waiting and rnd.random() < .3:
        name = rnd.choice(sorted({each.name for each in waiting}))
        trial.send_message(name, {rnd.choice(SHARED): rnd.randrange(4)}, keys={"business_key": tasks[0].business_key} if tasks else {})
    elif tasks and rnd.random() < .85:
        trial.complete(rnd.choice(tasks).id, {v: rnd.randrange(4) for v in SHARED if rnd.random() < .4})
    else:
        trial.advance(timedelta(minutes=rnd.choice([30, 400, 3_000])))
    return True


def pack_of(trial: Trial, instance_id: str) -> bytes:
    """What an auditor would export."""
    def query(context: Any) -> bytes:
        row = instances.get(context.uow, instance_id)
        assert row is not None
        return audit.packed(context, row)

    return trial._read(query)


__all__ = ["pack_of", "step", "told"]
