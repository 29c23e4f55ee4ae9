"""The part of `engine.cases` about an instance as a whole: paused, continued, ended before its time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from engine import authorization, case_parts, errors, facts, reasons, standards
from engine.audit import Viewer
from engine.commands import access, instances
from engine.executor import Context, Executor
from engine.results import CasePart, CaseRun, RunningClock
from engine.transition import WaitingTimer
from engine.types import Actor
from storage import instances as instance_rows

_DONE: Final[Mapping[str, Callable[..., None]]] = {
    "suspend": instances.suspend, "resume": instances.resume, "cancel": instances.cancel}


class CaseRuns:
    """Each is an entry in the instance's own journal, with its reason."""

    _executor: Executor

    def suspend(self, actor: Actor, instance_id: str, *, reason: str) -> None:
        """Pauses working clocks, never legal ones."""
        self._act(actor, instance_id, "suspend", reason)

    def resume(self, actor: Actor, instance_id: str, *, reason: str) -> None:
        """Ends a pause."""
        self._act(actor, instance_id, "resume", reason)

    def cancel(self, actor: Actor, instance_id: str, *, reason: str) -> None:
        """Ends an instance for good; its journal and documents stay."""
        self._act(actor, instance_id, "cancel", reason)

    def run_of(self, actor: Actor, case_id: str, instance_id: str) -> CasePart[CaseRun]:
        """One instance with the clocks that run in it, for who may pause or end it. `NotFound` for an instance of another case."""

        def command(context: Context) -> CasePart[CaseRun]:
            case, about = facts.seen_case(context, case_id, "case.suspend")
            row = _of_case(context, case_id, instance_id)
            access.log(context, case_id, what=access.READ, field_group="part.sop")
            known = case_parts.known(context, case, about)
            clocks = () if row.ended_at is not None else _clocks(context, row, Viewer(context, row, known.sight.classes))
            return CasePart(head=case_parts.head(known), content=CaseRun(
                instance=case_parts.instance_summary(row), clocks=clocks, may=_may(context, row, about),
                open_tasks=tuple(each for each in known.open_tasks if each.instance_id == instance_id)))

        return self._executor.run(actor, command)

    def decide_run(self, actor: Actor, case_id: str, instance_id: str, verb: str, *, reason: str) -> None:
        """suspend | resume | cancel of an instance of this case, for a reason that somebody could judge tomorrow.

        Raises:
            ReasonWanted. InstanceNotActive: it ended meanwhile, or stands so already. NotFound: of another case, or no such verb.
        """
        if verb not in _DONE:
            raise errors.NotFound(verb=verb)
        said = reasons.stated(reason)

        def command(context: Context) -> None:
            facts.seen_case(context, case_id, f"case.{verb}")
            _of_case(context, case_id, instance_id)
            _DONE[verb](context, instance_id, reason=said)

        self._executor.run(actor, command)

    def _act(self, actor: Actor, instance_id: str, verb: str, reason: str) -> None:
        def command(context: Context) -> None:
            row = instance_rows.get(context.uow, instance_id)
            if row is None or row.case_id is None:
                raise errors.NotFound(instance_id=instance_id)
            facts.seen_case(context, row.case_id, f"case.{verb}")
            _DONE[verb](context, instance_id, reason=reason)

        self._executor.run(actor, command)


def _of_case(context: Context, case_id: str, instance_id: str) -> instance_rows.InstanceRow:
    row = instance_rows.get(context.uow, instance_id)
    if row is None or row.case_id != case_id:
        raise errors.NotFound(instance_id=instance_id)
    return row


def _may(context: Context, row: instance_rows.InstanceRow, about: authorization.ObjectFacts) -> frozenset[str]:
    open_to = () if row.ended_at is not None else ("resume", "cancel") if row.suspended_at is not None else ("suspend", "cancel")
    return frozenset(verb for verb in open_to if authorization.allows(context.actor, f"case.{verb}", about))


def _clocks(context: Context, row: instance_rows.InstanceRow, viewer: Viewer) -> tuple[RunningClock, ...]:
    """Every running clock by the step it is drawn on; of steps that are not the viewer's to know, none."""
    live = context.instance(row.id)

    def clock(timer: WaitingTimer) -> RunningClock | None:
        node = viewer.definition.element(timer.element_id)
        element_id, name = viewer.element(node.attached_to or node.id)
        if not element_id or not viewer.may_see(timer.element_id):
            return None
        return RunningClock(name=name, due_at=timer.due_at, pauses=standards.pauses(timer.standard),
                            standard=timer.standard.text if timer.standard is not None else "")

    found = [each for timer in live.view.timers if (each := clock(timer)) is not None]
    return tuple(sorted(found, key=lambda each: (each.due_at, each.name)))
