"""What a version would do to the cases that run by others: told case by case by the function that would do it, nothing written."""

from __future__ import annotations

from engine import authorization, errors, migration, versions
from engine.advance import LiveInstance
from engine.definitions import Definition
from engine.executor import Context
from engine.migration import Effect, MigrationVerdict
from engine.sop_results import CaseEffect, ClockMoved, EffectPage, InTheWay, StepMoved
from engine.spiff.moving import Obstacle
from engine.transition import Migrate
from storage import instances, tasks

PAGE = 50


def page(context: Context, version_id: str, after: str = "") -> EffectPage:
    """The next `PAGE` running cases of the SOP whose version or draft this is; `after` is where the page before ended.

    Raises:
        NotFound: there is no such version that the actor may see.
        BundleRefused: a draft that cannot run.
    """
    authorization.require(context.actor, "sop.preview_migration")
    version = versions.find(context, version_id)
    key, agency_id = version.definition.sheet.key, context.actor.agency_id
    found = instances.running_of_sop(context.uow, agency_id, key, after=after, limit=PAGE + 1)
    return EffectPage(
        title=version.title, number=version.number, is_draft=version.is_draft, version_id=version.id,
        running=instances.count_running_of_sop(context.uow, agency_id, key, but=version.digest),
        cases=tuple(_told(context, row, version.definition) for row in found[:PAGE] if row.definition != version.digest),
        following=found[PAGE - 1].id if len(found) > PAGE else None)


def _told(context: Context, row: instances.InstanceRow, definition: Definition) -> CaseEffect:
    try:
        live = _opened(context, row)
    except (errors.StateCorrupt, errors.KeyDestroyed) as unreadable:
        return CaseEffect(instance_id=row.id, business_key=row.business_key, version=row.sop_version, steps=(), clocks=(),
                          verdict=MigrationVerdict.BLOCKED, in_the_way=(InTheWay(element_id="", name="", reason=unreadable.code),))
    kept, anew = (_effect(context, live, definition, clocks) for clocks in ("keep", "anew"))
    return CaseEffect(
        instance_id=row.id, business_key=row.business_key, version=row.sop_version, verdict=kept.verdict,
        steps=_steps(context, live, definition, kept), clocks=_clocks(live, definition, kept, anew),
        in_the_way=tuple(_in_the_way(obstacle, live.definition, definition) for obstacle in kept.obstacles))


def _opened(context: Context, row: instances.InstanceRow) -> LiveInstance:
    key = context.case_key(row.case_id or "", row.wrapped_key)
    return LiveInstance.load(row, context.executor.definition(context.uow, row.deployment_id), context.tables, key)


def _effect(context: Context, live: LiveInstance, definition: Definition, clocks: str) -> Effect:
    return migration.effect(live.definition.program, definition.program, live.state, Migrate(clocks=clocks),
                            max(context.now, live.last_at), context.tables)


def _steps(context: Context, live: LiveInstance, definition: Definition, effect: Effect) -> tuple[StepMoved, ...]:
    held = {row.token_id for row in tasks.open_of(context.uow, live.id) if row.assignee_id is not None}
    after = {} if effect.after is None else {task.token_id: task.element_id for task in effect.after.view.tasks}
    return tuple(
        StepMoved(
            element_id=task.element_id, name=_name(live.definition, task.element_id),
            role=live.definition.role_of(task.element_id, live.parameters),
            role_after=definition.role_of(after[task.token_id], live.parameters) if task.token_id in after else "",
            is_held=task.token_id in held)
        for task in live.view.tasks)


def _clocks(live: LiveInstance, definition: Definition, kept: Effect, anew: Effect) -> tuple[ClockMoved, ...]:
    again = {clock.token_id: clock.due_after for clock in anew.clocks}
    return tuple(
        ClockMoved(element_id=clock.element_id,
                   name=_name(live.definition if clock.due_after is None else definition, clock.element_id), due_at=clock.due_at,
                   due_kept=clock.due_after, due_anew=again.get(clock.token_id))
        for clock in kept.clocks)


def _in_the_way(obstacle: Obstacle, before: Definition, after: Definition) -> InTheWay:
    name = _name(before, obstacle.element_id)
    return InTheWay(
        element_id=obstacle.element_id, reason=obstacle.reason,
        name=_name(after, obstacle.element_id) if name == obstacle.element_id else name,
        choices=tuple((choice, _name(after, choice)) for choice in obstacle.choices))


def _name(definition: Definition, element_id: str) -> str:
    """What people call it: its own name, that of the step it sits on, or its id."""
    try:
        node = definition.element(element_id)
        return node.name or (definition.element(node.attached_to).name if node.attached_to else "") or element_id
    except errors.UnknownElement:
        return element_id
