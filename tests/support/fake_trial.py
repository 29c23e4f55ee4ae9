"""A trial with one process and one task, enough for the trial's pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from engine import errors
from engine.staffed_trial import Work
from engine.types import Happening, InstanceStatus, LintFinding, Outcome, TaskSummary, TraceEntry


class FakeTrial:
    """One process with one task, enough for the trial's pages."""

    findings: tuple[LintFinding, ...] = ()
    process_ids = ("utama",)
    origin, steps_told = None, 0

    def __init__(self, now: datetime) -> None:
        self.now, self._open, self._trace, self._values = now, [], [], {}  # type: ignore[var-annotated]

    def start(self, process_id: str | None = None, variables: Mapping[str, Any] = {}, *, business_key: str = "") -> str:
        self._values = dict(variables)
        self._open = [TaskSummary(id="t-1", instance_id="i-1", element_id="tugas", name="Memeriksa", lane="Petugas",
                                  ready_at=self.now)]
        self._note("tugas", Happening.ENTERED)
        return "i-1"

    def _note(self, element: str, happened: Happening) -> None:
        self._trace.append(TraceEntry(seq=len(self._trace) + 1, at=self.now, instance_id="i-1", element_id=element,
                                      element_type="userTask", happened=happened))

    def open_tasks(self, instance_id: str | None = None) -> list[TaskSummary]:
        return list(self._open)

    def beginning(self) -> None:
        return None

    def waiting(self, instance_id: str | None = None) -> list[Work]:
        return [Work(id=task.id, instance_id=task.instance_id, element_id=task.element_id, name=task.name, lane=task.lane, role="",
                     due_at=None, item={}, is_action=False, form=None) for task in self._open]

    def next_deadline(self) -> None:
        return None

    def drawing(self, *, language: str = "id") -> None:
        return None

    def submit(self, work_id: str, variables: Mapping[str, Any] = {}) -> None:
        if not any(task.id == work_id for task in self._open):
            raise errors.UnknownElement()
        self._values.update(variables)
        self._open = []
        self._note("tugas", Happening.COMPLETED)

    def advance(self, by: timedelta) -> None:
        self.now += by

    def send_message(self, name: str, variables: Mapping[str, Any] = {}, *, keys: Mapping[str, Any] = {}) -> list[str]:
        return []

    def send_signal(self, name: str, variables: Mapping[str, Any] = {}) -> list[str]:
        return []

    def trace(self, instance_id: str | None = None) -> list[TraceEntry]:
        return list(self._trace)

    def variables(self, instance_id: str) -> Mapping[str, Any]:
        return dict(self._values)

    def outcome(self, instance_id: str) -> Outcome:
        return Outcome(status=InstanceStatus.ACTIVE if self._open else InstanceStatus.COMPLETED)
