"""A running case goes on by the version in force: one instance in one transaction, with everything it keeps."""

from __future__ import annotations

from collections.abc import Mapping

from engine import authorization, effects, errors, facts, journal, ran_by, sop_refusals
from engine.commands import drafts, handling
from engine.commands.instances import follow_risk
from engine.executor import Context
from engine.sop_results import InTheWay, Migrated, MigrationOutcome
from engine.spiff.moving import CannotMove
from engine.transition import Migrate
from storage import cases, conflicts, deployments, instances, tasks, trace

MIGRATE = "sop.migrate"
MIGRATED_AT_ONCE = 200    # in one request: a few seconds


def target(context: Context, version_id: str) -> deployments.DeploymentRow:
    """The version that cases may be migrated to.

    Raises:
        NotFound: the agency has no such version.
        NotInForce: new cases do not begin by it.
    """
    row = drafts.own_version(context, version_id)
    if not effects.is_in_force(context, row.id, row.key):
        raise sop_refusals.NotInForce(version_id=version_id)
    return row


def running(context: Context, version_id: str, after: str) -> tuple[tuple[str, ...], str | None]:
    """The next running instances of the version's SOP that run by another, without those of cases the actor has a conflict in, and where
    the ones after them begin. Raises as `target`."""
    version = target(context, version_id)
    found = instances.running_of_sop(
        context.uow, version.agency_id, version.key, but=version.digest, after=after, limit=MIGRATED_AT_ONCE)
    barred = conflicts.cases_barred_to(context.uow, context.actor.account_id, {row.case_id for row in found if row.case_id is not None})
    return (tuple(row.id for row in found if row.case_id not in barred),
            found[-1].id if len(found) == MIGRATED_AT_ONCE else None)


def migrate(context: Context, version_id: str, instance_id: str, *, reason: str, mapping: Mapping[str, str], clocks: str) -> Migrated:
    """One instance. Timers that are due fire first, also where it then stays; of `mapping` counts what its own version has and the other
    has not.

    Raises:
        NotFound, NotInForce: as `target`.
        StateCorrupt, KeyDestroyed, RunawayProcess: it cannot be opened, or by that version it never comes to rest.
    """
    version = target(context, version_id)
    row = instances.get(context.uow, instance_id)
    if row is None or row.sop_key != version.key or not _may_migrate(context, row):
        return Migrated(instance_id=instance_id, outcome=MigrationOutcome.NOT_FOUND)

    def came_to(outcome: MigrationOutcome, in_the_way: tuple[InTheWay, ...] = ()) -> Migrated:
        return Migrated(instance_id=row.id, outcome=outcome, business_key=row.business_key, version=row.sop_version, in_the_way=in_the_way)

    if row.definition == version.digest:
        return came_to(MigrationOutcome.ALREADY)
    definition = context.executor.definition(context.uow, version.id)
    live = context.instance(instance_id)
    if not live.has_ended:
        live.fire_due(context.now)
    if live.has_ended:
        return came_to(MigrationOutcome.ENDED)
    held = [each for each in tasks.open_of(context.uow, live.id) if each.assignee_id is not None]
    named = {element: place for element, place in mapping.items()
             if ran_by.find(live.definition, element) is not None and ran_by.find(definition, element) is None}
    try:
        after = live.migrate(version.id, definition, Migrate(mapping=named, clocks=clocks), at=context.now,
                             actor_id=context.actor.account_id,
                             note={journal.REASON: reason, journal.VERSIONS: [row.sop_version, version.version]},
                             happened=trace.happened(context.uow, [live.id])[live.id])
    except CannotMove as refusal:
        return came_to(MigrationOutcome.REFUSED, effects.in_the_way(context, refusal.obstacles, live.definition, definition))
    follow_risk(context, live, after)
    context.save()
    handling.released(context, held)
    return came_to(MigrationOutcome.MIGRATED)


def unreadable(context: Context, instance_id: str, refusal: errors.EngineError) -> Migrated:
    """What came of an instance that could not be opened or let run, after which nothing of it was kept."""
    row = instances.get(context.uow, instance_id)
    return Migrated(instance_id=instance_id, outcome=MigrationOutcome.REFUSED, business_key=row.business_key if row is not None else "",
                    version=row.sop_version if row is not None else 0, in_the_way=(effects.unreadable(refusal),))


def _may_migrate(context: Context, row: instances.InstanceRow) -> bool:
    if row.case_id is None:
        return row.agency_id == context.actor.agency_id
    case = cases.get(context.uow, row.case_id)
    return case is not None and authorization.allows(context.actor, MIGRATE, facts.of_case(context, case))
