"""The reading part of `engine.cases`: the case page, part by part, each cut to what the actor may see and in the access log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields as fields_of
from typing import Any, TypeVar

from engine import actions, acts_reading, authorization, case_documents, case_parts, drawings, errors, facts, refused_letters
from engine.audit import Viewer, history_of
from engine.case_parts import Known
from engine.casefile import parts
from engine.commands import access, documents
from engine.executor import Context, Executor
from engine.results import (
    CaseAct, CaseCopy, CaseDetail, CaseHead, CaseOverview, CasePart, CasePlan, CaseProcess, CaseServices, CaseTimeline, DocumentRow,
    HistoryRow, Part, RecordView,
)
from engine.types import Actor, Happening
from storage import access_log
from storage import documents as document_rows
from storage import instances as instance_rows
from storage import tasks as task_rows
from storage import trace as trace_rows

T = TypeVar("T")


class CaseReading:
    """Each method is one page: one transaction, one entry in the access log, a bounded number of statements."""

    _executor: Executor

    def get(self, actor: Actor, case_id: str) -> CaseDetail:
        """The whole case at once. Pages take the part they show."""

        def whole(known: Known) -> CaseDetail:
            head = case_parts.head(known)
            return CaseDetail(
                **{each.name: getattr(head, each.name) for each in fields_of(CaseHead)}, open_tasks=known.open_tasks,
                history=_history(known), acts=_acts(known), documents=_documents(known), records=case_parts.records(known),
                actions=actions.of_case(known.context, case_id, known.about))

        return self._executor.run(actor, lambda context: whole(_read(context, case_id, "case")))

    @staticmethod
    def part_of(record: str) -> Part:
        """The part of the page where a record is read."""
        return parts.part_of(record)

    def overview(self, actor: Actor, case_id: str) -> CasePart[CaseOverview]:
        """What waits, what may be told the case, the records of no other part, and letters that want a consent first."""
        return self._part(actor, case_id, "case", lambda known: CaseOverview(
            open_tasks=known.open_tasks, actions=actions.of_case(known.context, case_id, known.about),
            records=case_parts.records(known, Part.OVERVIEW), refused_letters=refused_letters.of_case(known)))

    def timeline(self, actor: Actor, case_id: str) -> CasePart[CaseTimeline]:
        """What happened, in order, over all instances, and what people decided beside them."""

        def command(context: Context) -> CasePart[CaseTimeline]:
            known = _read(context, case_id, "part.timeline")
            return CasePart(head=case_parts.head(known), content=CaseTimeline(history=_history(known), acts=_acts(known)),
                            broken_from=known.chain.broken_from)

        return self._executor.run(actor, command)

    def records(self, actor: Actor, case_id: str, part: Part) -> CasePart[tuple[RecordView, ...]]:
        """The records of one part, every version."""
        return self._part(actor, case_id, f"part.{part}", lambda known: case_parts.records(known, part))

    def plan(self, actor: Actor, case_id: str) -> CasePart[CasePlan]:
        """The plan's versions and what was said of it."""
        return self._part(actor, case_id, f"part.{Part.PLAN}", case_parts.plan)

    def services(self, actor: Actor, case_id: str) -> CasePart[CaseServices]:
        """Services and referrals, line by line."""
        return self._part(actor, case_id, f"part.{Part.SERVICES}", case_parts.services)

    def documents(self, actor: Actor, case_id: str) -> CasePart[tuple[DocumentRow, ...]]:
        """Documents of the classes the actor may see."""
        return self._part(actor, case_id, "part.documents", _documents)

    def printed(self, actor: Actor, case_id: str) -> CasePart[CaseCopy]:
        """A numbered copy to print, of what the actor sees at this moment; it stands in the access log as a print."""

        def command(context: Context) -> CasePart[CaseCopy]:
            row, about = facts.seen_case(context, case_id, "case.read")
            number = access_log.count(context.uow, case_id, access.PRINT) + 1
            access.log(context, case_id, what=access.PRINT, field_group=f"copy:{number}")
            known = case_parts.known(context, row, about)
            return CasePart(head=case_parts.head(known), broken_from=known.chain.broken_from, content=CaseCopy(
                number=number, records=case_parts.records(known), history=_history(known), acts=_acts(known),
                documents=_documents(known), open_tasks=known.open_tasks))

        return self._executor.run(actor, command)

    def process(self, actor: Actor, case_id: str, instance_id: str | None = None) -> CasePart[CaseProcess]:
        """The steps of one instance, by default of the one that runs. Raises `NotFound` for an instance of another case."""
        return self._part(actor, case_id, "part.sop", lambda known: case_parts.process(known, instance_id))

    def diagram(self, actor: Actor, instance_id: str, *, language: str = "id") -> bytes:
        """The SOP's drawing with what the instance has done and what waits now."""

        def query(context: Context) -> bytes:
            row = instance_rows.get(context.uow, instance_id)
            if row is None or row.case_id is None:
                raise errors.NotFound(instance_id=instance_id)
            _, about = facts.seen_case(context, row.case_id, "case.read")
            viewer = Viewer(context, row, authorization.visible_sensitivity(actor, about))
            done = [each.element_id for each in trace_rows.of_instance(context.uow, instance_id) if each.happened == Happening.COMPLETED]
            waiting = task_rows.open_of(context.uow, instance_id)
            return drawings.of_instance(
                viewer.definition, row.process_id, done=filter(viewer.may_see, done), waiting=[task.element_id for task in waiting],
                dues={task.element_id: task.due_at for task in waiting if task.due_at}, at=context.now,
                hidden=lambda each: not viewer.may_see(each), language=language)

        return self._executor.read(actor, query)

    def _part(self, actor: Actor, case_id: str, logged_as: str, content: Callable[[Known], T]) -> CasePart[T]:
        def command(context: Context) -> CasePart[Any]:
            known = _read(context, case_id, logged_as)
            return CasePart(head=case_parts.head(known), content=content(known))

        return self._executor.run(actor, command)


def _read(context: Context, case_id: str, logged_as: str) -> Known:
    row, about = facts.seen_case(context, case_id, "case.read")
    access.log(context, case_id, what=access.READ, field_group=logged_as)
    return case_parts.known(context, row, about)


def _history(known: Known) -> tuple[HistoryRow, ...]:
    lines = [line for each in known.instances for line in history_of(known.context, each, Viewer(known.context, each, known.sight.classes))]
    return tuple(sorted(lines, key=lambda line: line.at))


def _acts(known: Known) -> tuple[CaseAct, ...]:
    return acts_reading.of_case(known.context, known.row, known.about, known.sight, known.instances, known.chain.entries)


def _documents(known: Known) -> tuple[DocumentRow, ...]:
    rows = document_rows.of_case(known.context.uow, known.row.id)
    return tuple(case_documents.summary(each) for each in documents.visible(known.context, rows, known.sight.classes))
