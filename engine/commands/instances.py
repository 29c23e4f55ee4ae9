"""Commands on a process instance: start it, move it, pause it, end it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine import errors, recorded
from engine.advance import SYSTEM, LiveInstance
from engine.casefile import kept, rules
from engine.commands import access
from engine.executor import Context
from engine.replay import Step
from engine.results import ReplayVerdict
from engine.transition import Cancel, ChangeTables, Resume, RetryElement, Start, Stimulus, Suspend, Transition
from engine.types import InstanceStatus, Value
from storage import agencies, deployments, jobs
from storage import instances as instance_rows

RISK = "risk"  # the steering field that is also the instance's risk: it orders the inbox and opens the clocks
RISKS = frozenset({"high", "medium", "low"})
#: Who says there is danger now comes first until somebody has assessed it (domain.md D4, R01): nobody waits in line for a form.
DANGER = ("danger_now", "emergency_now")


@dataclass(frozen=True, kw_only=True)
class CaseInHand:
    """The case an instance belongs to, with its opened key."""

    id: str
    business_key: str
    key: bytes


def start(
    context: Context,
    deployment: deployments.DeploymentRow,
    case: CaseInHand,
    *,
    process_id: str,
    variables: Mapping[str, Value],
    submission: Mapping[str, Any] | None = None,
    start_element: str | None = None,
    actor_id: str | None = None,
) -> LiveInstance:
    """A new instance of one process of a deployment, pinned to it and to the agency's tables of this moment.

    Raises:
        EngineError: `casefile.rules` refuse this SOP for what the case is about.
    """
    definition = context.executor.definition(context.uow, deployment.id)
    if process_id not in definition.processes:
        raise errors.NotFound(process_id=process_id)
    if rules.is_of_mediation(deployment.key):
        refused = rules.start_refusal(deployment.key, kept.case_file(context, case.id, case.key).records)
        if refused is not None:
            raise refused
    agency = agencies.get(context.uow, deployment.agency_id)
    assert agency is not None
    if any(variables.get(name) is True for name in DANGER):
        variables = {RISK: "high", **variables}
    risk = variables.get(RISK)
    live = context.hold(LiveInstance(
        id=context.executor.new_id(context.now), agency_id=deployment.agency_id, case_id=case.id, business_key=case.business_key,
        deployment_id=deployment.id, sop_key=deployment.key, process_id=process_id, definition=definition,
        tables=context.tables, calendar_digest=agency.calendar_digest, parameters_digest=agency.parameters_digest, key=case.key,
        started_at=context.now, is_new=True, last_at=context.now, risk=risk if risk in RISKS else ""))
    live.apply(
        Start(process_id=process_id, instance_id=live.id, business_key=case.business_key, variables=variables,
              calendar=live.calendar_digest, parameters=live.parameters_digest, risk=live.risk, start_element=start_element),
        at=context.now, recorded_at=context.now, actor_id=actor_id or context.actor.account_id, submission=submission)
    return live


def move(
    context: Context, live: LiveInstance, stimulus: Stimulus, *, actor_id: str, submission: Mapping[str, Any] | None = None,
    note: Mapping[str, Any] | None = None,
) -> Transition:
    """One stimulus now; a risk that it changed follows as a stimulus of its own, since it moves due instants."""
    return follow_risk(context, live, live.apply(
        stimulus, at=context.now, recorded_at=context.now, actor_id=actor_id, submission=submission, note=note))


def follow_risk(context: Context, live: LiveInstance, after: Transition) -> Transition:
    """The instance once a risk that its last stimulus changed is its own."""
    risk = after.view.variables.get(RISK)
    if risk in RISKS and risk != live.risk and after.outcome.status in (InstanceStatus.ACTIVE, InstanceStatus.INCIDENT):
        live.risk = str(risk)
        after = live.apply(ChangeTables(risk=live.risk), at=context.now, recorded_at=context.now, actor_id=SYSTEM)
    return after


def standing(context: Context, instance_id: str) -> LiveInstance:
    """The instance as it stands, its due timers fired, or as it ended: for what is only said of it."""
    live = context.instance(instance_id)
    if live.state is not None:
        live.fire_due(context.now)
    elif live.has_ended:
        as_it_ended(context, live)
    return live


def as_it_ended(context: Context, live: LiveInstance) -> None:
    """Gives an ended instance the state it ended with, which only its journal tells. Raises `StateCorrupt` for one that does not verify."""
    row = instance_rows.get(context.uow, live.id)
    assert row is not None
    steps: list[Step] = []
    report = recorded.replayed(context, row, on_step=steps.append)
    if report.verdict is not ReplayVerdict.CONFIRMED:
        raise errors.StateCorrupt(instance_id=live.id)
    live.state = steps[-1].transition.state


def held(context: Context, instance_id: str) -> LiveInstance:
    """The instance, its due timers fired, still running. Raises `InstanceNotActive` for one that has ended."""
    live = context.instance(instance_id)
    if live.state is not None:
        live.fire_due(context.now)
    if live.has_ended:
        raise errors.InstanceNotActive(instance_id=instance_id)
    return live


def suspend(context: Context, instance_id: str, *, reason: str) -> None:
    """Pauses working clocks; nobody can complete its tasks meanwhile. Suspending twice is refused."""
    live = held(context, instance_id)
    if live.suspended_at is not None:
        raise errors.InstanceNotActive(instance_id=instance_id)
    move(context, live, Suspend(), actor_id=context.actor.account_id, note={"reason": reason})
    live.suspended_at = live.last_at


def resume(context: Context, instance_id: str, *, reason: str) -> None:
    """Ends a suspension."""
    live = held(context, instance_id)
    if live.suspended_at is None:
        raise errors.InstanceNotActive(instance_id=instance_id)
    move(context, live, Resume(), actor_id=context.actor.account_id, note={"reason": reason})
    live.suspended_at = None


def cancel(context: Context, instance_id: str, *, reason: str) -> None:
    """Ends the instance for good; its open tasks are cancelled, its journal stays."""
    live = held(context, instance_id)
    move(context, live, Cancel(), actor_id=context.actor.account_id, note={"reason": reason})


def retry(context: Context, instance_id: str, token_id: str, *, variables: Mapping[str, Value], reason: str) -> None:
    """A parked element is tried again; raises `UnknownElement` when it no longer waits for a decision."""
    live = held(context, instance_id)
    if token_id not in {incident.token_id for incident in live.view.incidents}:
        raise errors.UnknownElement(instance_id=instance_id)
    move(context, live, RetryElement(token_id=token_id, variables=variables), actor_id=context.actor.account_id,
         note={"reason": reason})


def resolve(context: Context, job_id: str, *, variables: Mapping[str, Value], reason: str) -> None:
    """Decides an incident: a parked element is tried again, a failed operation runs again from its first attempt.

    The instance stands still while an operation is tried, so who let it run again and why is in the access log of its case.
    """
    row = jobs.get(context.uow, job_id)
    if row is None or row.agency_id != context.actor.agency_id or row.state != "incident":
        raise errors.NotFound(incident_id=job_id)
    if row.instance_id is None:
        jobs.resolve_incident(context.uow, job_id, available_at=context.now)  # it belongs to no case whose log could say who and why
    elif row.kind == "incident":
        retry(context, row.instance_id, row.token_id, variables=variables, reason=reason)
    else:
        case_id = context.instance(row.instance_id).case_id
        access.log(context, case_id, what="resolve", field_group=row.element_id, purpose=reason)
        jobs.resolve_incident(context.uow, job_id, available_at=context.now)
