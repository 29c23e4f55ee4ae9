"""A trial as the people of the agency would work in it: through the SOP's forms, each step as its role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine import canonical, drawings, entrances, errors, filling, forms, projection, shown
from engine.advance import LiveInstance
from engine.commands import instances, tasks
from engine.commands.tasks import Filled
from engine.entrances import Entrance
from engine.executor import Context
from engine.forms_schema import Form
from engine.model import Process
from engine.render.layout import DiagramWithoutLayout
from engine.results import FormField, FormView
from engine.summaries import task_summary
from engine.transition import ReceiveMessage, Subscription
from engine.trial import Trial, told_by
from engine.types import Happening, TaskSummary, Text, Value
from storage import instances as instance_rows
from storage import tasks as task_rows

JOBS_PER_CALL = 500   # a page must answer
EVERY_CLASS = frozenset({"C0", "C1", "C2", "C3", "C4"})   # nothing in a trial is anybody's

_ACTION = "act-"       # ids of what is no task


@dataclass(frozen=True, kw_only=True)
class Work:
    """What waits for a person: a task, or an event (`is_action`) that a person may tell something. Its `item` is that of the loop instance
    it stands in. `shown` stands beside the form, as the diagram's tables computed it."""

    id: str
    instance_id: str
    element_id: str
    name: str
    lane: str
    role: str
    due_at: datetime | None
    item: Mapping[str, Value]
    is_action: bool
    form: FormView | None
    shown: tuple[FormField, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Beginning:
    """The form that starts the SOP, and who may; `form` None: it asks nothing."""

    form: FormView | None
    roles: tuple[str, ...]


class StaffedTrial(Trial):
    """As `Trial`; nobody is refused for who they are."""

    jobs_per_call = JOBS_PER_CALL

    def beginning(self) -> Beginning | None:
        """How a person starts the SOP; None where none does."""

        def query(context: Context) -> Beginning | None:
            found = self._entrance(context)
            return None if found is None else Beginning(form=_to_fill(found.form), roles=found.roles)

        return self._read(query)

    def begin(self, submission: Mapping[str, Any], *, business_key: str) -> str:
        """A case is opened with the start form; its instance. Raises `InvalidSubmission`, and `NotFound` where no person starts the SOP."""
        return self.start(variables=self.answered(submission).variables, business_key=business_key)

    def waiting(self, instance_id: str | None = None) -> list[Work]:
        """What waits for people, the tasks first."""
        found = [self._task(each) for each in self.open_tasks(instance_id)]

        def actions(context: Context) -> list[Work]:
            return [_action(live, each) for live in self._running(context, instance_id) for each in live.view.subscriptions
                    if _is_action(live, each)]

        return [*found, *self._read(actions)]

    def submit(self, work_id: str, submission: Mapping[str, Any]) -> Mapping[str, Value]:
        """A task or an action is done with its form; what is without one takes variables. What was read of them.

        Raises:
            InvalidSubmission: the fields that need attention.
            NotFound, TaskGone: it waits no more.
        """
        if work_id.startswith(_ACTION):
            instance_id, _, token_id = work_id.removeprefix(_ACTION).partition(".")
            read = self._run(lambda context: self._tell(context, instance_id, token_id, submission))
        else:
            read = self._run(lambda context: _complete(context, work_id, submission))
        self._settle()
        return read

    def claim(self, task_id: str) -> None:
        """Somebody takes a task of the team, and has not done it yet."""
        self._run(lambda context: tasks.claim(context, tasks.visible(context, task_id)))

    def done(self, task_id: str) -> TaskSummary:
        """A task as it stands, also once it is done."""
        return self._read(lambda context: task_summary(tasks.visible(context, task_id)))

    def name_of(self, element_id: str) -> str:
        """What the diagram calls an element; the id of one without a name, or that it has not."""

        def query(context: Context) -> str:
            try:
                return self._definition(context).element(element_id).name or element_id
            except errors.EngineError:
                return element_id

        return self._read(query)

    def processes(self) -> tuple[Process, ...]:
        """The SOP's processes, those it uses among them."""
        return self._read(lambda context: tuple(self._definition(context).processes.values()))

    def next_deadline(self) -> datetime | None:
        """The next instant at which something falls due: a task, a timer, another job."""
        due = [task.due_at for task in self.open_tasks() if task.due_at is not None and task.due_at > self.now]
        job = self.next_due()
        return min([*due, *([] if job is None else [job])], default=None)

    def drawing(self, *, language: str = "id") -> bytes | None:
        """The SOP's diagram with where its newest instance stands; None where it cannot be drawn or nothing began."""
        trace = self.trace()
        if not trace:
            return None
        newest = trace[-1].instance_id
        done = [each.element_id for each in trace if each.instance_id == newest and each.happened is Happening.COMPLETED]
        waiting = self.waiting(newest)
        dues = {each.element_id: each.due_at for each in waiting if each.due_at is not None}

        def query(context: Context) -> bytes | None:
            row, definition = self._instance(context, newest), self._definition(context)
            try:
                return drawings.of_instance(
                    definition, row.process_id, done=done, waiting=[each.element_id for each in waiting], dues=dues, at=context.now,
                    hidden=lambda _: False, language=language)
            except (DiagramWithoutLayout, errors.NotFound):
                return None

        return self._read(query)

    def answered(self, submission: Mapping[str, Any]) -> Filled:
        """The start form as read. Raises as `begin`."""

        def query(context: Context) -> Filled:
            found = self._entrance(context)
            if found is None:
                raise errors.NotFound()
            return _filled(context, None, found.form, submission)

        return self._read(query)

    # --- inside ------------------------------------------------------------------------------------------------------

    def _entrance(self, context: Context) -> Entrance | None:
        return entrances.entrance(self._definition(context), context.parameters_in_force())

    def _task(self, task: TaskSummary) -> Work:
        def query(context: Context) -> Work:
            live = context.instance(task.instance_id)
            form = live.definition.forms.get(task.form_key or "")
            row = task_rows.get(context.uow, task.id)
            beside = () if form is None or row is None or not form.shows else shown.beside(
                form, live.definition.forms, live.readable_by(row.token_id), EVERY_CLASS)
            return Work(id=task.id, instance_id=task.instance_id, element_id=task.element_id, name=task.name or task.element_id,
                        lane=task.lane, role=task.role, due_at=task.due_at, is_action=False, form=_to_fill(form), shown=beside,
                        item=task.item if isinstance(task.item, Mapping) else {})

        return self._read(query)

    def _running(self, context: Context, instance_id: str | None) -> list[LiveInstance]:
        rows = self._instances(context) if instance_id is None else [self._instance(context, instance_id)]
        return [context.instance(row.id) for row in rows if row.ended_at is None]

    def _tell(self, context: Context, instance_id: str, token_id: str, submission: Mapping[str, Any]) -> Mapping[str, Value]:
        row: instance_rows.InstanceRow = self._instance(context, instance_id)
        if row.ended_at is not None:
            raise errors.NotFound(instance_id=instance_id)
        live = context.instance(instance_id)
        live.fire_due(context.now)
        each = next((one for one in live.view.subscriptions if one.token_id == token_id and _is_action(live, one)), None)
        if each is None:
            raise errors.NotFound(token_id=token_id)
        filled = _filled(context, live, _form_at(live, each.element_id), submission)
        instances.move(context, live, ReceiveMessage(token_id=token_id, name=each.name, variables=filled.variables),
                       actor_id=context.actor.account_id, submission=filled.submission)
        return filled.submission


def _complete(context: Context, task_id: str, submission: Mapping[str, Any]) -> Mapping[str, Value]:
    tasks.claim(context, tasks.visible(context, task_id))
    row, read = tasks.visible(context, task_id), []

    def fill(live: LiveInstance) -> Filled:
        read.append(_filled(context, live, live.definition.forms.get(row.form_key or ""), submission))
        return read[0]

    tasks.complete(context, row, typed=submission, expected_revision=None, fill=fill)
    return read[0].submission if read else {}   # nothing: a timer took it away, and the refusal follows


def _filled(context: Context, live: LiveInstance | None, form: Form | None, submission: Mapping[str, Any]) -> Filled:
    """As `engine.filling.fill`, without a case that keeps anything."""
    if form is None:
        given = canonical.variables(submission)
        return Filled(variables=given, submission=given)
    read = forms.answers(form, submission, variables=live.view.variables if live is not None else {}, now=context.now,
                         zone=filling.zone_of(context, live))
    return Filled(variables=canonical.variables(read.variables), submission=read.submission)


def _form_at(live: LiveInstance, element_id: str) -> Form | None:
    return live.definition.forms.get(live.definition.element(element_id).form or "")


def _is_action(live: LiveInstance, each: Subscription) -> bool:
    return each.kind == projection.MESSAGE and _form_at(live, each.element_id) is not None


def _action(live: LiveInstance, each: Subscription) -> Work:
    node, form = live.definition.element(each.element_id), _form_at(live, each.element_id)
    title = form.title if form is not None else Text("", "")
    return Work(id=f"{_ACTION}{live.id}.{each.token_id}", instance_id=live.id, element_id=node.id, name=node.name or title.id,
                lane=node.lane, role=live.definition.role_of(node.id, live.parameters), due_at=None, item=told_by(each), is_action=True,
                form=_to_fill(form))


def _to_fill(form: Form | None) -> FormView | None:
    return None if form is None else forms.to_fill(form, {}, EVERY_CLASS)
