"""A random walk through an SOP: somebody fills every form in some allowed way, time passes, messages arrive, in any order.

Nothing here knows an SOP. What may be answered is read from the forms, who and what is waited for from the engine's own view.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from engine import forms
from engine.definitions import Definition
from engine.errors import InvalidSubmission
from engine.forms_schema import Field, FieldType, Form
from engine.transition import View
from engine.trial import Trial
from engine.types import InstanceStatus, TaskSummary, Value

ZONE = ZoneInfo("Asia/Jakarta")
MAX_TRIES = 40
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
PDF = b64encode(b"%PDF-1.7 walk").decode()
#: How long a walker waits at most: some standards, retention and reviews lie weeks ahead.
WAITS = (timedelta(minutes=20), timedelta(hours=5), timedelta(days=1), timedelta(days=4), timedelta(days=20))


@dataclass
class Walk:
    """What a walk met. `answers` are the steering answers given so far, by field."""

    trial: Trial
    instance_id: str
    definition: Definition
    rng: Random
    steps: list[str] = field(default_factory=list)
    answers: dict[str, Value] = field(default_factory=dict)

    def go(self, most: int) -> None:
        """At most so many steps; stops when the instance has ended."""
        for _ in range(most):
            if self.trial.outcome(self.instance_id).status is not InstanceStatus.ACTIVE:
                return
            self._step()

    def view(self) -> View:
        """What the instance waits for."""
        return self.trial._read(lambda context: context.instance(self.instance_id).view)

    def _step(self) -> None:
        tasks = self.trial.open_tasks(self.instance_id)
        events = [one for one in self.view().subscriptions if one.kind == "message"]
        turn = self.rng.random()
        if tasks and turn < 0.85:
            self._complete(self.rng.choice(tasks))
        elif events and turn < 0.93:
            self._send(self.rng.choice(events))
        else:
            self.steps.append("wait")
            self.trial.advance(self.rng.choice(WAITS))

    def _complete(self, task: TaskSummary) -> None:
        form = self.definition.forms[self.definition.element(task.element_id).form or ""]
        typed = random_answers(form, self.view().variables, self.trial.now, self.rng)
        self.steps.append(task.element_id)
        self.answers.update(typed)
        self.trial.complete(task.id, typed)

    def _send(self, event: Any) -> None:
        form = self.definition.forms.get(getattr(self.definition.element(event.element_id), "form", None) or "")
        typed = random_answers(form, self.view().variables, self.trial.now, self.rng) if form else {}
        self.steps.append(f"message {event.name}")
        self.trial.send_message(event.name, typed, keys=event.keys)


def random_answers(form: Form, known: Mapping[str, Value], now: datetime, rng: Random) -> dict[str, Value]:
    """The steering part of one submission that the form takes, chosen at random among those it takes."""
    problems: Mapping[str, Any] = {}
    for _ in range(MAX_TRIES):
        raw = {one.key: value for one in form.fields if (value := _raw(one, now, rng)) is not None}
        try:
            return dict(forms.answers(form, raw, variables=known, now=now, zone=ZONE).variables)
        except InvalidSubmission as refused:
            problems = refused.problems
    raise AssertionError(f"no random submission of {form.key} passes: {sorted(problems)}")


def _raw(one: Field, now: datetime, rng: Random, row: int = 0) -> Any:
    if not one.required and rng.random() < 0.3:
        return None
    if one.key == "line_no":
        return row + 1
    if one.type is FieldType.ROWS:
        return [{key.key: value for key in one.fields if (value := _raw(key, now, rng, number)) is not None}
                for number in range(rng.randint(1, 3))]
    if one.allow_unknown and rng.random() < 0.2:
        return rng.choice(("not_asked", "declined", "unknown"))
    match one.type:
        case FieldType.CHOICE:
            return rng.choice(one.options).value
        case FieldType.CHOICES:
            return [option.value for option in one.options if rng.random() < 0.5] or [one.options[0].value]
        case FieldType.BOOLEAN:
            return rng.random() < 0.5
        case FieldType.INTEGER | FieldType.DECIMAL:
            return str(rng.randint(0, 20))
        case FieldType.DATE:
            return (now + timedelta(days=rng.randint(-3, 20))).date().isoformat()
        case FieldType.DATETIME:
            return (now + timedelta(hours=rng.randint(-6, 72))).astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")
        case FieldType.SIGNATURE:
            return {"name": "Contoh", "position": "Contoh", "method": "drawn", "content": PNG}
        case FieldType.FILE:
            return {"content": PDF}
    return "tulisan"
