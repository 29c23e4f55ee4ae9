"""Plays one instance through the interpreter alone, its state dumped and loaded after every step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from engine import bpmn_xml, interpreter
from engine.spiff import build, codec
from engine.transition import (
    Cancel,
    ChangeTables,
    CompleteOperation,
    CompleteTask,
    FailOperation,
    FireTimer,
    OpenTask,
    ReceiveMessage,
    ReceiveSignal,
    Resume,
    RetryElement,
    Start,
    Suspend,
    Transition,
    View,
)
from engine.types import Happening, Outcome, TraceEntry, Value

NOON = datetime(2026, 11, 10, 5, 0, tzinfo=UTC)  # a Tuesday, 12:00 in Jakarta


def compile_bytes(data: bytes, decisions: Mapping[str, Any] | None = None) -> build.Program:
    model = bpmn_xml.read_model(data, file="test.bpmn")
    return build.compile_program(model.processes, decisions, correlation_paths=model.correlation_paths)


def value(given: Any) -> Value:
    """Python numbers as FEEL numbers, all the way down."""
    if isinstance(given, dict):
        return {key: value(item) for key, item in given.items()}
    if isinstance(given, list | tuple):
        return [value(item) for item in given]
    return Decimal(given) if isinstance(given, int) and not isinstance(given, bool) else given


class Play:
    """One instance. `now` moves only by `wait`; a timer fires at its own instant unless told otherwise."""

    def __init__(self, program: build.Program | bytes, process_id: str = "p", *, tables: Mapping[str, Any] | None = None,
                 now: datetime = NOON, reload: bool = True, start: Mapping[str, Any] | None = None, **variables: Any) -> None:
        self.program = compile_bytes(program) if isinstance(program, bytes) else program
        self.tables = dict(tables or {})
        self.now = now
        self.reload = reload
        self.state: codec.State | None = None
        self.trace: list[TraceEntry] = []
        self.thrown: list[Any] = []
        self.apply(Start(process_id=process_id, instance_id="i", variables=value(variables), **(start or {})))

    def apply(self, stimulus: Any, at: datetime | None = None) -> Transition:
        after = interpreter.apply(self.program, self.state, stimulus, at or self.now, self.tables)
        self.now = max(self.now, at or self.now)
        self.last = after
        self.trace += after.trace
        self.thrown += after.thrown
        self.state = codec.load(self.program, codec.dump(after.state)) if self.reload else after.state
        return after

    # --- what a person or an auditor could see ---

    @property
    def view(self) -> View:
        return self.last.view

    @property
    def outcome(self) -> Outcome:
        return self.last.outcome

    @property
    def open(self) -> list[str]:
        """Element ids of the open tasks, sorted, with repeats."""
        return [task.element_id for task in self.view.tasks]

    @property
    def done(self) -> bool:
        return self.outcome.status.value == "completed"

    @property
    def variables(self) -> dict[str, Value]:
        return dict(self.view.variables)

    @property
    def incidents(self) -> list[tuple[str, str]]:
        return [(i.element_id, i.code) for i in self.view.incidents]

    def task(self, element_id: str, nth: int = 0) -> OpenTask:
        return [task for task in self.view.tasks if task.element_id == element_id][nth]

    def completed(self) -> list[str]:
        return [e.element_id for e in self.trace if e.happened is Happening.COMPLETED]

    def happened(self, element_id: str) -> list[str]:
        return [e.happened.value for e in self.trace if e.element_id == element_id]

    # --- what people and the outside world do ---

    def complete(self, element_id: str, nth: int = 0, **variables: Any) -> Play:
        self.apply(CompleteTask(token_id=self.task(element_id, nth).token_id, variables=value(variables)))
        return self

    def wait(self, **duration: float) -> Play:
        """Let time pass; each due timer fires at its own instant, in order."""
        until = self.now + timedelta(**duration)
        while due := [t for t in self.view.timers if t.due_at <= until]:
            first = min(due, key=lambda t: t.due_at)
            self.apply(FireTimer(token_id=first.token_id), max(first.due_at, self.now))
        self.now = until
        return self

    def fire(self, element_id: str, at: datetime | None = None) -> Play:
        timer = next(t for t in self.view.timers if t.element_id == element_id)
        self.apply(FireTimer(token_id=timer.token_id), at or max(timer.due_at, self.now))
        return self

    def due(self, element_id: str) -> datetime | None:
        return next((t.due_at for t in self.view.timers if t.element_id == element_id), None)

    def send(self, name: str, **variables: Any) -> Play:
        found = next(s for s in self.view.subscriptions if s.name == name and s.kind == "message")
        self.apply(ReceiveMessage(token_id=found.token_id, name=name, variables=value(variables)))
        return self

    def signal(self, name: str, **variables: Any) -> Play:
        self.apply(ReceiveSignal(name=name, variables=value(variables)))
        return self

    def answer(self, element_id: str, nth: int = 0, **result: Any) -> Play:
        self.apply(CompleteOperation(token_id=self._operation(element_id, nth), result=value(result)))
        return self

    def fail(self, element_id: str, code: str) -> Play:
        self.apply(FailOperation(token_id=self._operation(element_id, 0), error_code=code))
        return self

    def retry(self, element_id: str, **variables: Any) -> Play:
        found = next(i for i in self.view.incidents if i.element_id == element_id)
        self.apply(RetryElement(token_id=found.token_id, variables=value(variables)))
        return self

    def suspend(self) -> Play:
        self.apply(Suspend())
        return self

    def resume(self) -> Play:
        self.apply(Resume())
        return self

    def cancel(self) -> Play:
        self.apply(Cancel())
        return self

    def change(self, **tables: str) -> Play:
        self.apply(ChangeTables(**tables))
        return self

    def _operation(self, element_id: str, nth: int) -> str:
        return [o for o in self.view.operations if o.element_id == element_id][nth].token_id
