"""A bundle played by one tester who may do everything, on a clock set by hand (design.md 4).

Lint, command pipeline, journal and replay are production's; only people, forms and cases are left out: every submitted field
becomes a variable. After each call everything that needs no person and no later instant has been done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Self, TypeVar

from engine import canonical, definitions, entrances, errors, eventlog, pack, projection, recorded
from engine.bundle import SopBundle
from engine.calendars import WorkCalendar
from engine.clock import LATEST, ManualClock
from engine.commands import cases, instances, messages, starts, tasks
from engine.commands import jobs as job_commands
from engine.definitions import Definition
from engine.executor import Context, Executor
from engine.lint import lint
from engine.operations import call_of, outcome_of
from engine.results import ReplayReport
from engine.summaries import task_summary
from engine.transition import ReceiveMessage, Subscription
from engine.types import (
    Actor, Happening, InstanceStatus, LintFinding, Operation, OperationSpec, Outcome, OutcomeKind, Severity, TaskSummary,
    TraceEntry, Value,
)
from storage import agencies, deployments, randomness, tables_in_force, trace
from storage import instances as instance_rows
from storage import jobs as job_rows
from storage import tasks as task_rows
from storage.database import Database

T = TypeVar("T")
MAX_JOBS = 20_000  # in one call; a diagram that needs more waits for nobody


class Trial:
    """One bundle, one tester, one clock. Open it with `Trial.open`.

    Every call raises `RunawayProcess` where more than `jobs_per_call` jobs fall due in it; what was done until then stays done.
    """

    jobs_per_call = MAX_JOBS

    def __init__(self, executor: Executor, clock: ManualClock, actor: Actor, key: str, operations: Mapping[str, Operation],
                 findings: tuple[LintFinding, ...]) -> None:
        self.findings = findings
        self._executor, self._clock, self._actor = executor, clock, actor
        self._key, self._operations = key, operations
        self.process_ids = _process_ids(self._read(self._definition))

    @classmethod
    def open(
        cls, bundle: SopBundle, *, now: datetime, operations: Mapping[str, Operation] = {}, calendar: WorkCalendar | None = None,
        parameters: Mapping[str, Value] | None = None, database_url: str = "sqlite://", findings: Sequence[LintFinding] | None = None,
    ) -> Self:
        """Checks and deploys the bundle in a store of its own (`database_url` may name one that others use, too).

        `calendar` and `parameters` are those of the agency that plays it; without parameters abstract roles stand for themselves.
        `findings` are what the check said of these very files before; without them they are checked now.

        Raises:
            BundleRefused: a finding is an ERROR; all findings are in it.
        """
        found = tuple(lint(bundle, operations=frozenset(operations)) if findings is None else findings)
        definition = _runnable(bundle, found)
        database = Database.open(database_url)
        database.create_schema()
        clock = ManualClock(now)
        specs = {name: OperationSpec(name=name) for name in operations}
        executor = Executor(database, clock, randomness.random_bytes(32), specs)
        agency_id = randomness.new_id()
        actor = Actor(account_id=f"tester-{agency_id[:8]}", agency_id=agency_id, name="tester", roles=frozenset())
        executor.run(actor, lambda context: _set_up(context, bundle, definition, calendar, parameters))
        return cls(executor, clock, actor, _key(definition), dict(operations), found)

    def put_in_force(self, bundle: SopBundle, *, effective_from: date) -> None:
        """The next version of what is tried, for what begins on or after a day. Raises `BundleRefused` as `open` does."""
        definition = _runnable(bundle, lint(bundle, operations=frozenset(self._operations)))
        self._run(lambda context: _deploy(context, bundle, definition, key=self._key, effective_from=effective_from))

    def start(self, process_id: str | None = None, variables: Mapping[str, Value] = {}, *, business_key: str = "") -> str:
        """Starts a process (the bundle's main one if none is named); the instance id. Raises `NotFound` for an unknown process."""
        given = canonical.variables(variables)

        def command(context: Context) -> str:
            row = self._in_force(context)
            wanted = process_id or self._definition(context).main_process
            if wanted is None:
                raise errors.NotFound(process_id="")
            case = cases.in_hand(context, business_key or randomness.new_id())
            case = case if business_key else instances.CaseInHand(id=case.id, business_key="", key=case.key)
            entered = None if process_id else entrances.entrance(self._definition(context), None)
            return instances.start(context, row, case, process_id=wanted, variables=given,
                                   start_element=entered.element_id if entered else None).id

        instance_id = self._run(command)
        self._settle()
        return instance_id

    def open_tasks(self, instance_id: str | None = None) -> list[TaskSummary]:
        """The human tasks that wait, of one instance or of all, in the order they became ready."""

        def query(context: Context) -> list[TaskSummary]:
            wanted = self._instances(context) if instance_id is None else [self._instance(context, instance_id)]
            found = [
                task_summary(task, instance=row, item=self._item(context, row, task))
                for row in wanted for task in task_rows.open_of(context.uow, row.id)
            ]
            return sorted(found, key=lambda task: (task.ready_at, task.instance_id, len(task.id), task.id))

        return self._read(query)

    def complete(self, task_id: str, variables: Mapping[str, Value] = {}) -> None:
        """Completes a task with these variables. Raises `NotFound` or `TaskGone`."""
        given = canonical.variables(variables)

        def command(context: Context) -> None:
            tasks.claim(context, tasks.visible(context, task_id))
            tasks.complete(context, tasks.visible(context, task_id), typed=given, expected_revision=None,
                           fill=lambda _: tasks.Filled(variables=given, submission=given))

        self._run(command)
        self._settle()

    def act(self, element_id: str, variables: Mapping[str, Value] = {}, *, keys: Mapping[str, Value] = {},
            instance_id: str | None = None) -> str:
        """Sends the message that an event waits for to that event, as an action of a person does; the instance. Of several events
        of one element the one that insists on these `keys`.

        Raises:
            NotFound: no event of that id waits for a message.
        """
        given, meant = canonical.variables(variables), canonical.variables(keys)

        def command(context: Context) -> str:
            wanted = self._instances(context) if instance_id is None else [self._instance(context, instance_id)]
            for row in (each for each in wanted if each.ended_at is None):
                live = context.instance(row.id)
                live.fire_due(context.now)
                for each in live.view.subscriptions:
                    if (each.element_id, each.kind) == (element_id, projection.MESSAGE) and meant.items() <= told_by(each).items():
                        instances.move(context, live, ReceiveMessage(token_id=each.token_id, name=each.name, variables=given),
                                       actor_id=context.actor.account_id)
                        return row.id
            raise errors.NotFound(element_id=element_id)

        moved = self._run(command)
        self._settle()
        return moved

    def send_message(self, name: str, variables: Mapping[str, Value] = {}, *, keys: Mapping[str, Value] = {}) -> list[str]:
        """Delivers a message: the instances reached or started. One that nobody waits for yet is kept until somebody does."""
        given, known = canonical.variables(variables), canonical.variables(keys)
        reached = self._run(lambda context: messages.send_message(context, name, given, known))
        self._settle()
        return reached

    def send_signal(self, name: str, variables: Mapping[str, Value] = {}) -> list[str]:
        """Broadcasts a signal: the instances reached or started."""
        given = canonical.variables(variables)
        reached = self._run(lambda context: messages.send_signal(context, name, given))
        self._settle()
        return reached

    def advance(self, by: timedelta) -> None:
        """Lets time pass: each due timer fires at its own instant, in order; operations and messages run until idle.

        Raises `TooFarAhead` for an instant past `clock.LATEST`: then nothing happened.
        """
        if by > LATEST - self._clock.now():
            raise errors.TooFarAhead()
        until = self._clock.now() + by
        left = self._settle()
        while True:
            due = self.next_due()
            if due is None or due > until:
                break
            self._clock.advance(max(due - self._clock.now(), timedelta(0)))
            left = self._settle(left)
        self._clock.advance(until - self._clock.now())

    def next_due(self) -> datetime | None:
        """When the next timer or other job falls due; None while only people can move anything."""
        return self._read(lambda context: job_rows.next_due(context.uow, agency_id=self._actor.agency_id))

    def trace(self, instance_id: str | None = None) -> list[TraceEntry]:
        """What happened, in order: of one instance, or of all by time."""

        def query(context: Context) -> list[TraceEntry]:
            wanted = self._instances(context) if instance_id is None else [self._instance(context, instance_id)]
            found = [_entry(row) for each in wanted for row in trace.of_instance(context.uow, each.id)]
            return found if instance_id is not None else sorted(found, key=lambda entry: entry.at)

        return self._read(query)

    def variables(self, instance_id: str) -> Mapping[str, Value]:
        """The variables of the process scope, as they are or as they were when the instance ended."""

        def query(context: Context) -> Mapping[str, Value]:
            row = self._instance(context, instance_id)
            if row.state is not None:
                return dict(context.instance(instance_id).view.variables)
            last: list[Mapping[str, Value]] = [{}]
            recorded.replayed(context, row, on_step=lambda step: last.__setitem__(0, step.transition.view.variables))
            return dict(last[0])

        return self._read(query)

    def outcome(self, instance_id: str) -> Outcome:
        """How the instance stands or ended; `incident` while anything in it waits for a person to decide."""

        def query(context: Context) -> Outcome:
            row = self._instance(context, instance_id)
            status = InstanceStatus(row.status)
            if status is InstanceStatus.ACTIVE and any(job.state == "incident" for job in job_rows.of_instance(context.uow, row.id)):
                status = InstanceStatus.INCIDENT
            return Outcome(status=status, kind=OutcomeKind(row.outcome_kind), code=row.outcome_code)

        return self._read(query)

    def reload(self) -> None:
        """Forgets everything cached: the next call reads deployment, tables and state from the store again."""
        self._executor.forget()

    def event_log(self, instance_id: str) -> bytes:
        """The instance's trace as XES."""

        def query(context: Context) -> bytes:
            row = self._instance(context, instance_id)
            definition = context.executor.definition(context.uow, row.deployment_id)
            nodes = {node.id: node for process in definition.processes.values() for node in definitions.nodes_of(process)}
            parameters = context.parameters(row.parameters_digest)
            roles = {node.id: definition.role_of(node.id, parameters) for node in nodes.values() if node.lane}
            entries = [_entry(row) for row in trace.of_instance(context.uow, row.id)]
            return eventlog.xes(instance_id, entries, nodes, roles=roles)

        return self._read(query)

    def replay(self, instance_id: str) -> ReplayReport:
        """Runs the instance's journal through the interpreter again and compares every digest."""
        return self._read(lambda context: recorded.replayed(context, self._instance(context, instance_id)))

    @property
    def now(self) -> datetime:
        """What the trial's clock says."""
        return self._clock.now()

    # --- inside ------------------------------------------------------------------------------------------------------

    def _run(self, command: Callable[[Context], T]) -> T:
        return self._executor.run(self._actor, command)

    def _read(self, query: Callable[[Context], T]) -> T:
        return self._executor.read(self._actor, query)

    def _definition(self, context: Context) -> Definition:
        return context.executor.definition(context.uow, self._in_force(context).id)

    def _in_force(self, context: Context) -> deployments.DeploymentRow:
        row = deployments.in_force(context.uow, self._actor.agency_id, self._key, context.local_day())
        assert row is not None
        return row

    def _instances(self, context: Context) -> list[instance_rows.InstanceRow]:
        found: list[instance_rows.InstanceRow] = []
        while page := instance_rows.of_agency(context.uow, self._actor.agency_id, after=found[-1].id if found else ""):
            found += page
        return found

    def _instance(self, context: Context, instance_id: str) -> instance_rows.InstanceRow:
        row = instance_rows.get(context.uow, instance_id)
        if row is None or row.agency_id != self._actor.agency_id:
            raise errors.NotFound(instance_id=instance_id)
        return row

    def _item(self, context: Context, row: instance_rows.InstanceRow, task: task_rows.TaskRow) -> Value:
        if task.item is None:
            return None
        return context.instance(row.id).unsealed(task.item, projection.item_binding(task.token_id))

    def _settle(self, most: int | None = None) -> int:
        """Fires what is due and runs what can run, one job at a time in due order, until only people or later instants remain. Of `most`
        jobs, those that are left."""
        for left in range(self.jobs_per_call if most is None else most, 0, -1):
            due = self._read(lambda context: job_rows.due(context.uow, context.now, agency_id=self._actor.agency_id, limit=1))
            if not due:
                return left
            self._do(due[0])
        raise errors.RunawayProcess()

    def _do(self, job: job_rows.JobRow) -> None:
        if job.kind == projection.TIMER:
            self._run(lambda context: job_commands.fire_timer(context, job.id, job.fence))
        elif job.kind == projection.START:
            self._run(lambda context: job_commands.start(context, job.id, job.fence))
        elif job.kind == projection.OPERATION:
            call = self._read(lambda context: call_of(context, job))
            answer = outcome_of(self._operations.get(job.name), call)
            self._run(lambda context: answer(context, job.id, job.fence))
        else:
            self._run(lambda context: job_commands.deliver(context, job.id, job.fence))


def told_by(waiting: Subscription) -> dict[str, Value]:
    """What tells one of several events of one element from the others, as on the case page."""
    return {**(waiting.item if isinstance(waiting.item, Mapping) else {}), **waiting.keys}


def _process_ids(definition: Definition) -> tuple[str, ...]:
    """Every process of the bundle that has something to run, the main one first."""
    running = [process.id for process in definition.processes.values() if process.nodes]
    return tuple(sorted(running, key=lambda process_id: process_id != definition.main_process))


def _runnable(bundle: SopBundle, findings: Sequence[LintFinding]) -> Definition:
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise errors.BundleRefused(findings)
    return definitions.load(bundle)


def _key(definition: Definition) -> str:
    return definition.sheet.key or "trial"


def _set_up(context: Context, bundle: SopBundle, definition: Definition, calendar: WorkCalendar | None,
            parameters: Mapping[str, Value] | None) -> None:
    digests: dict[str, str] = {}
    for kind, table in (("calendar", calendar), ("parameters", parameters)):
        if table is not None:
            content = pack.table_content(table)
            digests[kind] = pack.table_digest(content)
            tables_in_force.put(context.uow, digests[kind], kind, canonical.dumps(content))
    agency_id = context.actor.agency_id
    zone = calendar.zone.key if calendar is not None else "UTC"
    agencies.add(context.uow, agencies.AgencyRow(
        id=agency_id, code=f"trial-{agency_id}", name="Trial", level="", region="", zone=zone, calendar_digest=digests.get("calendar"),
        parameters_digest=digests.get("parameters"), profile={projection.ALONE_AS: definition.sheet.agency}))
    _deploy(context, bundle, definition, key=_key(definition), effective_from=context.local_day())


def _deploy(context: Context, bundle: SopBundle, definition: Definition, *, key: str, effective_from: date) -> None:
    agency_id = context.actor.agency_id
    row = deployments.DeploymentRow(
        id=randomness.new_id(), agency_id=agency_id, key=key, version=deployments.latest_version(context.uow, agency_id, key) + 1,
        digest=bundle.digest, title={"id": definition.sheet.title.id, "en": definition.sheet.title.en},
        process_id=definition.main_process or "", effective_from=effective_from, deployed_at=context.now,
        deployed_by=context.actor.account_id, findings=[])
    deployments.add(context.uow, row, {path: (pack.bytes_digest(data), data) for path, data in bundle.files.items()})
    starts.deployed(context, row)


def _entry(row: Any) -> TraceEntry:
    return TraceEntry(seq=row.n, at=row.at, instance_id=row.instance_id, element_id=row.element_id, element_type=row.element_type,
                      happened=Happening(row.happened))
