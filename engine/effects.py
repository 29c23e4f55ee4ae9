"""What a version would do to the cases that run by others: told case by case by the function that would do it, nothing written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from engine import authorization, errors, facts, migration, projection, ran_by, versions
from engine.advance import LiveInstance
from engine.definitions import Definition
from engine.executor import Context
from engine.migration import Effect, MigrationVerdict, Past
from engine.sop_results import CaseEffect, ClockMoved, EffectCount, EffectPage, InTheWay, StepMoved
from engine.reports import times
from engine.spiff.moving import Obstacle
from engine.transition import Migrate
from storage import conflicts, deployments, instances, tasks, trace

PAGE = 50
COUNTED = 1_000    # at once: a second or two


def page(context: Context, version_id: str, after: str = "") -> EffectPage:
    """The next `PAGE` running cases of the SOP whose version or draft this is, without those the actor has a conflict of interest in;
    `after` is where the page before ended. A step of a class that figures do not tell the actor is told as limited.

    Raises:
        NotFound: there is no such version that the actor may see.
        BundleRefused: a draft that cannot run.
    """
    authorization.require(context.actor, "sop.preview_migration")
    version = versions.find(context, version_id)
    key, agency_id = version.key, context.actor.agency_id
    found = instances.running_of_sop(context.uow, agency_id, key, but=version.digest, after=after, limit=PAGE + 1)
    # Beside a case's code even the name of a step may say too much.
    classes = times.known_classes(context)
    barred = conflicts.cases_barred_to(context.uow, context.actor.account_id, {row.case_id for row in found if row.case_id is not None})
    asked = [row for row in found[:PAGE] if row.case_id not in barred]
    pasts = _pasts(context, asked)
    return EffectPage(
        **_of(context, version),
        cases=tuple(_told(context, row, version.definition, classes, pasts[row.id]) for row in asked),
        following=found[PAGE - 1].id if len(found) > PAGE else None)


def count(context: Context, version_id: str, after: str) -> EffectCount:
    """How many of the next `COUNTED` running cases after `after` could go on by this version. Of the same cases as `page`, by the same
    function, and raising the same."""
    authorization.require(context.actor, "sop.preview_migration")
    version = versions.find(context, version_id)
    verdicts: Counter[MigrationVerdict] = Counter()
    following: str | None = after
    for _ in range(COUNTED // PAGE):
        if following is None:
            break
        found = instances.running_of_sop(
            context.uow, context.actor.agency_id, version.key, but=version.digest, after=following, limit=PAGE)
        barred = conflicts.cases_barred_to(
            context.uow, context.actor.account_id, {row.case_id for row in found if row.case_id is not None})
        asked = [row for row in found if row.case_id not in barred]
        pasts = _pasts(context, asked)
        verdicts.update(_verdict(context, row, version.definition, pasts[row.id]) for row in asked)
        following = found[-1].id if len(found) == PAGE else None
    return EffectCount(
        **_of(context, version), safe=verdicts[MigrationVerdict.SAFE], mapping=verdicts[MigrationVerdict.MAPPING],
        blocked=verdicts[MigrationVerdict.BLOCKED], following=following)


def _of(context: Context, version: versions.Version) -> dict[str, Any]:
    may_migrate = (not version.is_draft and authorization.allows(context.actor, "sop.migrate")
                   and is_in_force(context, version.id, version.key))
    return {
        "title": version.title, "number": version.number, "is_draft": version.is_draft, "version_id": version.id,
        "running": instances.count_running_of_sop(context.uow, context.actor.agency_id, version.key, but=version.digest),
        "may_migrate": may_migrate}


def is_in_force(context: Context, version_id: str, key: str) -> bool:
    """Whether a version is the one by which new cases of the agency begin today."""
    row = deployments.in_force(context.uow, context.actor.agency_id, key, context.local_day())
    return row is not None and row.id == version_id


def in_the_way(context: Context, obstacles: Iterable[Obstacle], before: Definition, after: Definition) -> tuple[InTheWay, ...]:
    """Why a case cannot go on by another version, in the words of the two, as the actor may know them."""
    classes = times.known_classes(context)
    return tuple(_in_the_way(obstacle, Names(before, classes), Names(after, classes)) for obstacle in obstacles)


def unreadable(refusal: errors.EngineError) -> InTheWay:
    """What is in the way of a case that cannot be told at all."""
    return InTheWay(element_id="", name="", reason=refusal.code)


#: What a case may be found to be when it is opened or let run: nothing can be told of it.
UNREADABLE: Final = (errors.StateCorrupt, errors.KeyDestroyed, errors.RunawayProcess)


def _pasts(context: Context, rows: Sequence[instances.InstanceRow]) -> dict[str, Past]:
    return {each: Past.of(happened) for each, happened in trace.happened(context.uow, [row.id for row in rows]).items()}


def _verdict(context: Context, row: instances.InstanceRow, definition: Definition, past: Past) -> MigrationVerdict:
    try:
        return _effect(context, _opened(context, row), definition, "keep", past).verdict
    except UNREADABLE:
        return MigrationVerdict.BLOCKED


def _told(
    context: Context, row: instances.InstanceRow, definition: Definition, classes: Collection[str], past: Past,
) -> CaseEffect:
    try:
        live = _opened(context, row)
        kept = _effect(context, live, definition, "keep", past)
        anew = _effect(context, live, definition, "anew", past) if kept.after is not None else kept
    except UNREADABLE as refusal:
        return CaseEffect(instance_id=row.id, business_key=row.business_key, version=row.sop_version, steps=(), clocks=(),
                          verdict=MigrationVerdict.BLOCKED, in_the_way=(unreadable(refusal),))
    before, after = Names(live.definition, classes), Names(definition, classes)
    return CaseEffect(
        instance_id=row.id, business_key=row.business_key, version=row.sop_version, verdict=kept.verdict,
        steps=_steps(context, live, definition, kept, before), clocks=_clocks(kept, anew, before, after),
        in_the_way=tuple(_in_the_way(obstacle, before, after) for obstacle in kept.obstacles))


def _opened(context: Context, row: instances.InstanceRow) -> LiveInstance:
    key = context.case_key(row.case_id or "", row.wrapped_key)
    return LiveInstance.load(row, context.executor.definition(context.uow, row.deployment_id), context.tables, key)


def _effect(context: Context, live: LiveInstance, definition: Definition, clocks: str, past: Past) -> Effect:
    return migration.effect(live.definition.program, definition.program, live.state, Migrate(clocks=clocks),
                            max(context.now, live.last_at), context.tables, past)


def _steps(context: Context, live: LiveInstance, definition: Definition, effect: Effect, names: Names) -> tuple[StepMoved, ...]:
    held = {row.token_id for row in tasks.open_of(context.uow, live.id) if row.assignee_id is not None}
    after = {} if effect.after is None else {task.token_id: task.element_id for task in effect.after.view.tasks}
    return tuple(
        StepMoved(
            element_id=names.id(task.element_id), name=names.name(task.element_id),
            role=live.definition.role_of(task.element_id, live.parameters) if names.may_tell(task.element_id) else "",
            role_after=definition.role_of(after[task.token_id], live.parameters)
            if task.token_id in after and names.may_tell(task.element_id) else "",
            is_held=task.token_id in held, ran_out_at=due if due is not None and due <= context.now else None)
        for task in live.view.tasks for due, _ in [projection.dues(live, task)])


def _clocks(kept: Effect, anew: Effect, before: Names, after: Names) -> tuple[ClockMoved, ...]:
    again = {clock.token_id: clock.due_after for clock in anew.clocks}
    return tuple(
        ClockMoved(element_id=names.id(clock.element_id), name=names.name(clock.element_id), due_at=clock.due_at,
                   due_kept=clock.due_after, due_anew=again.get(clock.token_id))
        for clock in kept.clocks for names in [before if clock.due_after is None else after])


def _in_the_way(obstacle: Obstacle, before: Names, after: Names) -> InTheWay:
    names = before if before.knows(obstacle.element_id) else after
    return InTheWay(
        element_id=names.id(obstacle.element_id), reason=obstacle.reason, name=names.name(obstacle.element_id),
        choices=tuple((after.id(choice), after.name(choice)) for choice in obstacle.choices))


@dataclass(frozen=True)
class Names:
    """What one version calls its elements, without those of classes that the reader does not see."""

    definition: Definition
    classes: Collection[str]

    def knows(self, element_id: str) -> bool:
        """Whether the version has it."""
        return ran_by.find(self.definition, element_id) is not None

    def may_tell(self, element_id: str) -> bool:
        """Whether it, and the step it sits on, are of classes that the reader sees; of what nobody knows, no."""
        node = ran_by.find(self.definition, element_id)
        host = ran_by.find(self.definition, node.attached_to) if node is not None and node.attached_to else node
        return node is not None and host is not None and {node.sensitivity or "C1", host.sensitivity or "C1"} <= set(self.classes)

    def id(self, element_id: str) -> str:
        """The id, or nothing."""
        return element_id if self.may_tell(element_id) else ""

    def name(self, element_id: str) -> str:
        """That of the step it sits on, its own, or its id; of a limited one, that it is."""
        node = ran_by.find(self.definition, element_id)
        if node is None or not self.may_tell(element_id):
            return facts.LIMITED
        host = ran_by.find(self.definition, node.attached_to) if node.attached_to else None
        return (host.name if host is not None else "") or node.name or element_id
