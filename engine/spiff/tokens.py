"""A token: one Spiff task that is alive. What has finished is gone, so an instance never grows with its history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

if TYPE_CHECKING:
    from engine.spiff.elements import ElementSpec
    from engine.spiff.workflow import ScopeWorkflow

FUTURE = TaskState.FUTURE        # has arrived, not looked at yet
WAITING = TaskState.WAITING      # waits: a join, an event, an incident
READY = TaskState.READY          # may run; a human task stays here until a person completes it
STARTED = TaskState.STARTED      # runs inside or outside: sub-process, loop, operation, event-based gateway
COMPLETED = TaskState.COMPLETED  # done, about to leave along its flows


class Token(Task):  # type: ignore[misc]
    """A Spiff task without look-ahead, clock, random id or data of its own.

    `host` is the token this one lives and dies with: the activity of a boundary event, the loop of an instance, the
    event-based gateway of an event. `internal_data` holds plain values only, which the codec keeps; they are replaced,
    never changed in place, because the state a transition started from must stay what it was.
    """

    workflow: ScopeWorkflow
    task_spec: ElementSpec
    internal_data: dict[str, Any]

    def __init__(self, workflow: ScopeWorkflow, spec: ElementSpec, number: int, *, host: int | None = None,
                 via: int = -1, state: int = FUTURE) -> None:
        # On purpose without Task.__init__: it reads the clock and draws a random id.
        self.id = number
        self.workflow = workflow
        self.task_spec = spec
        self._parent = host
        self._children: list[int] = []
        self._state = state
        self.via = via                  # number of the flow it came along, within its scope
        self.triggered = False
        self.thread_id = 0
        self.data: dict[str, Any] = {}  # stays empty: variables live in scopes
        self.internal_data = {}
        self.last_state_change = 0.0
        workflow.tasks[number] = self
        workflow.top_workflow.tokens[number] = self

    def _set_state(self, value: int) -> None:
        self._state = value

    @property
    def children(self) -> list[Token]:
        """The tokens that live and die with this one, oldest first."""
        return [t for t in self.workflow.tasks.values() if t._parent == self.id]

    @property
    def is_open(self) -> bool:
        """Whether it still stands in its scope."""
        return self.id in self.workflow.tasks

    @property
    def host(self) -> Token | None:
        """The token this one lives and dies with."""
        return None if self._parent is None else self.workflow.tasks.get(self._parent)

    def run(self) -> None:
        """Do the element's work; what it does may take this very token off the board."""
        done = self.task_spec._run(self)
        if self.is_open:
            if done:
                self.complete()
            elif self._state == READY:
                self._set_state(STARTED)

    def note(self, **values: Any) -> None:
        """Keep plain values with the token; None forgets one."""
        for key, value in values.items():
            if value is None:
                self.internal_data.pop(key, None)
            else:
                self.internal_data[key] = value
