"""What begins instances by itself: the timer, message and signal start events of an agency's SOPs.

Each timer start event of a deployment has one waiting job, which belongs to no instance. It is armed when the SOP is deployed, and
goes when a newer version is in force by the time it is due, or the version is withdrawn. A message kept for nobody is tried again
when an SOP comes into force that it starts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine import projection, resolving
from engine.advance import SYSTEM
from engine.calendars import WorkCalendar
from engine.commands import cases, instances
from engine.definitions import Definition
from engine.executor import Context
from engine.model import EventDefinition, EventKind, Node, Process
from engine.spiff import timers
from engine.spiff.expressions import Unusable
from engine.types import Value
from storage import agencies, crypto, deployments, jobs, messages

WORKING_DAYS_AHEAD = 400   # the FEEL of a timer start event chooses among the working days of so many days
ARM = "arm"                # the name of a start job that only asks again when it is due: its expression gave no date so far


def begun_by(context: Context, kind: EventKind, name: str) -> Iterator[tuple[deployments.DeploymentRow, str, str]]:
    """Start events of the agency's SOPs in force that this message or signal begins: deployment, process, element."""
    for deployment in deployments.all_in_force(context.uow, context.actor.agency_id, context.local_day()):
        for process, node in _starts(context.executor.definition(context.uow, deployment.id)):
            if any(event.kind is kind and event.name == name for event in node.events):
                yield deployment, process.id, node.id


def next_chance(context: Context, message_name: str) -> datetime | None:
    """When an SOP that is deployed already comes into force that this message starts; None where none does."""
    for deployment in deployments.to_come(context.uow, context.actor.agency_id, context.local_day()):
        if message_name in _message_names(context.executor.definition(context.uow, deployment.id)):
            return in_force_from(context, deployment)
    return None


def in_force_from(context: Context, deployment: deployments.DeploymentRow) -> datetime:
    """The first instant at which the version is in force: when it was deployed, or 00:00 of its day where its agency is."""
    return max(deployment.deployed_at, datetime.combine(deployment.effective_from, time(0), _zone(context, deployment)).astimezone(UTC))


def deployed(context: Context, deployment: deployments.DeploymentRow) -> None:
    """Arms the timer start events of a new version, takes away those it replaces today, and wakes messages kept for it."""
    definition = context.executor.definition(context.uow, deployment.id)
    since = in_force_from(context, deployment)
    if since <= context.now:
        older = [row.id for row in deployments.of_agency(context.uow, deployment.agency_id)
                 if row.key == deployment.key and row.version < deployment.version]
        jobs.delete_many(context.uow, [row.id for row in jobs.starts_of(context.uow, older)])
    turns = (_job(context, deployment, *found, since=since, has_fired=False) for found in _timers(definition))
    jobs.insert_many(context.uow, [turn for turn in turns if turn is not None])
    for name in sorted(_message_names(definition)):
        jobs.wake(context.uow, deployment.agency_id, projection.MESSAGE, name, at=since)
        jobs.insert_many(context.uow, [
            job for kept in messages.undelivered(context.uow, deployment.agency_id, name) if kept.source_instance is None
            for job in [projection.job_of_message(kept.agency_id, kept.id, name, at=since, kept_at=kept.at)]
            if jobs.get(context.uow, job.id) is None])


def withdrawn(context: Context, deployment: deployments.DeploymentRow) -> None:
    """Takes away the turns of a version by which nothing begins any more."""
    jobs.delete_many(context.uow, [row.id for row in jobs.starts_of(context.uow, [deployment.id])])


def fire(context: Context, job: jobs.JobRow) -> bool:
    """Begins an instance for a timer start event that is due, in a case of its own, and waits for its next turn.

    However many turns were missed, it is one instance, and its clock is now: nobody is late for what could not be seen.
    False: the version is in force no more, or has no such event; the job is gone.
    """
    jobs.delete_many(context.uow, [job.id])
    deployment = deployments.get(context.uow, job.deployment_id or "")
    if deployment is None:
        return False
    current = deployments.in_force(context.uow, deployment.agency_id, deployment.key, context.local_day())
    definition = context.executor.definition(context.uow, deployment.id)
    found = next((each for each in _timers(definition) if _token(deployment, *each[:2]) == job.token_id), None)
    if found is None or current is None or current.id != deployment.id:
        return False
    process, node, event = found
    following = _job(context, deployment, process, node, event, since=in_force_from(context, deployment), has_fired=job.name != ARM)
    jobs.insert_many(context.uow, [following] if following is not None else [])
    if job.name != ARM:
        instances.start(context, deployment, cases.in_hand(context, None), process_id=process.id, variables={}, start_element=node.id,
                        actor_id=SYSTEM)
    return True


def _job(
    context: Context, deployment: deployments.DeploymentRow, process: Process, node: Node, event: EventDefinition, *,
    since: datetime, has_fired: bool,
) -> jobs.JobRow | None:
    """The next turn of a timer start event: None for no more, an incident where its expression gives no date."""
    after, error_code = max(since, context.now), None
    try:
        due = timers.start_due(event, since=since, after=after, has_fired=has_fired, zone=_zone(context, deployment),
                               surroundings=_surroundings(context, deployment, after))
    except Unusable as unusable:
        due, error_code = after, unusable.code
    if due is None:
        return None
    token = _token(deployment, process, node)
    turn = crypto.digest(f"start:{token}:{due.isoformat()}:{error_code}".encode())
    return jobs.JobRow(
        id=f"{0:08d}.{turn}", instance_id=None, deployment_id=deployment.id, agency_id=deployment.agency_id, kind=projection.START,
        token_id=token, element_id=node.id, name=ARM if error_code else deployment.key, due_at=due,
        available_at=None if error_code else due, state="incident" if error_code else "waiting", error_code=error_code)


def _token(deployment: deployments.DeploymentRow, process: Process, node: Node) -> str:
    return f"{deployment.id}.{process.id}.{node.id}"


def _surroundings(context: Context, deployment: deployments.DeploymentRow, after: datetime) -> Mapping[str, Value]:
    """What the FEEL of a timer start event reads: the agency's parameters and the working days that come."""
    agency = agencies.get(context.uow, deployment.agency_id)
    assert agency is not None
    calendar: WorkCalendar | None = None if agency.calendar_digest is None else context.tables[agency.calendar_digest]
    first = after.astimezone(ZoneInfo(agency.zone)).date()
    days = [first + timedelta(days=number) for number in range(WORKING_DAYS_AHEAD)]
    parameters = context.parameters(agency.parameters_digest)
    return {"parameters": None if parameters is None else dict(parameters), "risk": None,
            "working_days": [day for day in days if calendar is None or calendar.hours_on(day)]}


def _timers(definition: Definition) -> Iterator[tuple[Process, Node, EventDefinition]]:
    for process, node in _starts(definition):
        for event in node.events:
            if event.kind is EventKind.TIMER:
                yield process, node, event


def _starts(definition: Definition) -> Iterator[tuple[Process, Node]]:
    """The start events of the SOP's own processes: what it only uses is called, and is begun by events where it is deployed itself."""
    for process in definition.processes.values():
        if process.is_executable is not False and resolving.folder_of(process.file) == "":
            yield from ((process, node) for node in process.nodes.values() if node.type == "startEvent")


def _message_names(definition: Definition) -> set[str]:
    return {event.name for _, node in _starts(definition) for event in node.events if event.kind is EventKind.MESSAGE and event.name}


def _zone(context: Context, deployment: deployments.DeploymentRow) -> ZoneInfo:
    return ZoneInfo(agencies.zone(context.uow, deployment.agency_id) or "UTC")
