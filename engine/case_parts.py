"""What each part of a case page says, from the rows of one reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from engine import authorization, case_chain, case_summaries, errors, explanations, facts, forms, masking, ran_by, summaries, task_rows
from engine.audit import Viewer
from engine.case_chain import Held
from engine.casefile import kept, ownership, plan as plans, rules
from engine.casefile import records as casefile
from engine.casefile.case import Case, line_key
from engine.casefile.parts import part_of
from engine.commands import messages
from engine.executor import Context
from engine.forms_schema import Field, Form
from engine.masking import Sight
from engine.projection import INCIDENT, OPERATION, TIMER
from engine.results import (
    Awaited, CaseHead, CasePlan, CaseProcess, CaseServices, CaseStages, Handover, InstanceSummary, Part, PlanLine, PlanVersion, ProcessStep,
    RecordView, ServiceLine,
)
from engine.steps import steps_of
from engine.types import Happening, InstanceStatus, TaskSummary, Value
from storage import access_grants, agencies, cases, deployments, inbox
from storage import instances as instance_rows
from storage import jobs as job_rows
from storage import messages as message_rows
from storage import trace as trace_rows

PLAN, LINES, NUMBER, STATUS = "plan", "plan_lines", "line_no", "line_status"
_VERBS = ("show_names", "unmask", "access_log", "record", "attach_document", "read_document", "correct", "suspend", "resume", "cancel")


@dataclass(frozen=True, kw_only=True)
class Known:
    """One case while one page of it is made: what several of its parts ask for is read once."""

    context: Context
    row: cases.CaseRow
    about: authorization.ObjectFacts
    sight: Sight
    instances: tuple[instance_rows.InstanceRow, ...]

    @cached_property
    def key(self) -> bytes:
        """The case key; only where the case has one."""
        return self.context.case_key(self.row.id, self.row.wrapped_key)

    @cached_property
    def chain(self) -> Held:
        """What people decided and noted, as far as the case's own chain holds."""
        return case_chain.held(self.context, self.row)

    @cached_property
    def stored(self) -> list[cases.CaseRecordRow]:
        """Every version of every record the viewer may know of."""
        if self.row.wrapped_key is None or not self.instances:
            return []
        # That there is such a record at all can tell: who may not know sees nothing of it.
        return [each for each in cases.records(self.context.uow, self.row.id)
                if casefile.sensitivity_of(each.record) in self.sight.classes and each.record not in rules.DERIVED]

    @cached_property
    def open_tasks(self) -> tuple[TaskSummary, ...]:
        """What waits, with the item a repeated step is about."""
        rows = inbox.open_of_cases(self.context.uow, [self.row.id], self.context.actor.account_id)
        return task_rows.of_case(self.context, rows, self.about)

    @cached_property
    def shown_instance(self) -> instance_rows.InstanceRow | None:
        """What runs, the latest of several; else what ran last."""
        return max(self.instances, key=lambda each: (each.ended_at is None, each.started_at), default=None)

    def fields_of(self, record: str) -> dict[str, Field]:
        """What the SOPs' forms ask for a record; of other questions, what any of them asks."""
        return {**self._anyones, **self.asked(record)}

    def asked(self, record: str) -> dict[str, Field]:
        """What the SOPs' forms ask for a record, and nothing else."""
        return forms.merged(form for form in self.forms if form.record == record)

    @cached_property
    def forms(self) -> list[Form]:
        """The forms of every SOP the case ran by."""
        return [form for each in self.instances for form in ran_by.of(self.context, each).forms]

    @cached_property
    def _anyones(self) -> dict[str, Field]:
        return forms.merged(self.forms)


def known(context: Context, row: cases.CaseRow, about: authorization.ObjectFacts) -> Known:
    """The case as the actor sees it now."""
    return known_of(context, [(row, about)])[0]


def known_of(context: Context, cases_about: Sequence[tuple[cases.CaseRow, authorization.ObjectFacts]]) -> list[Known]:
    """Several cases, in their order, with one question to the database however many there are."""
    instances: dict[str | None, list[instance_rows.InstanceRow]] = {}
    for each in instance_rows.of_cases(context.uow, [row.id for row, _ in cases_about]) if cases_about else []:
        instances.setdefault(each.case_id, []).append(each)
    return [Known(context=context, row=row, about=about, sight=facts.sight_of(context.actor, about),
                  instances=tuple(instances.get(row.id, ()))) for row, about in cases_about]


def head(of: Known) -> CaseHead:
    """What stands above every part."""
    context, row, about = of.context, of.row, of.about
    case = kept.case_file(context, row.id, of.key) if row.wrapped_key is not None else Case()
    handed = message_rows.handed_over(context.uow, [each.id for each in of.instances])
    return CaseHead(
        summary=case_summaries.of_rows(context, [row], [about])[0], instances=tuple(instance_summary(each) for each in of.instances),
        flags=casefile.flags(case, of.sight.classes), stages=_stages(of), responsible_agency=_responsible(context, row, case),
        came_from=_handover(context, row.came_from["agency"], row.came_from["reference"], row.opened_at) if row.came_from else None,
        handed_over=tuple(_handover(context, sent.to_agency or "", messages.reference_of(sent.id), sent.at) for sent in handed),
        names_until=facts.leave_until(context, row.id, access_grants.NAMES) if about.names_shown else None,
        name=masking.name_in({each: case.record(each) for each in masking.IDENTIFYING})
        if of.sight.shows_names and "C3" in of.sight.classes else "",
        opened_until=facts.leave_until(context, row.id, access_grants.BREAK_GLASS) if about.opened else None,
        may=frozenset(verb for verb in _VERBS if authorization.allows(context.actor, f"case.{verb}", about)))


def records(of: Known, part: Part | None = None) -> tuple[RecordView, ...]:
    """The records of one part (of all of them without), every version, as the viewer may see them."""
    return tuple(_view(of, each, kept.opened(of.key, each)) for each in of.stored if part in (None, part_of(each.record)))


def plan(of: Known) -> CasePlan:
    """The plan's versions, newest first, and what was said of it."""
    versions = tuple(_version(of, each, kept.opened(of.key, each)) for each in of.stored if each.record == PLAN)
    said = tuple(_view(of, each, kept.opened(of.key, each)) for each in of.stored
                 if each.record != PLAN and part_of(each.record) is Part.PLAN)
    return CasePlan(versions=versions[::-1], records=said)


def services(of: Known) -> CaseServices:
    """Every line of the plan in force with the latest record of each kind about it; a record says its line, or moved it."""
    drafted = [(each, kept.opened(of.key, each)) for each in of.stored if each.record == PLAN]
    about_line: dict[tuple[str, str], RecordView] = {}
    loose: list[RecordView] = []
    moved = _lines_moved(drafted)
    for each in of.stored:
        if part_of(each.record) is Part.SERVICES:
            values = kept.opened(of.key, each)
            line = line_key(values[NUMBER]) if values.get(NUMBER) is not None else moved.get((each.chain_id, each.seq))
            view = _view(of, each, values)
            if line is None:
                loose.append(view)
            else:
                about_line[line, each.record] = view
    lines = _version(of, *drafted[-1]).lines if drafted else ()
    numbers = {line.number for line in lines}
    return CaseServices(
        lines=tuple(ServiceLine(
            line=line, records=tuple(view for (number, _), view in about_line.items() if number == line.number),
            open_tasks=tuple(task for task in of.open_tasks if _line_of(task.item) == line.number)) for line in lines),
        records=(*loose, *(view for (number, _), view in about_line.items() if number not in numbers)))


def process(of: Known, instance_id: str | None) -> CaseProcess:
    """One instance's steps as text, with what was done and what waits. Raises `NotFound` for an instance of another case."""
    row = of.shown_instance
    if instance_id is not None:
        row = next((each for each in of.instances if each.id == instance_id), None)
        if row is None:
            raise errors.NotFound(instance_id=instance_id)
    if row is None:
        return CaseProcess(instance=None)
    viewer = Viewer(of.context, row, of.sight.classes)
    done = set(_done(of, row))
    waiting = {task.element_id for task in of.open_tasks if task.instance_id == row.id}

    def state(element_id: str) -> str:
        return "" if not viewer.may_see(element_id) else "now" if element_id in waiting else "done" if element_id in done else ""

    former = [deployments.get(of.context.uow, each) for each in row.former_deployments or ()]
    return CaseProcess(
        instance=instance_summary(row), former_versions=tuple(each.version for each in former if each is not None),
        steps=tuple(ProcessStep(step=step, state=state(step.element_id)) for step in steps_of(viewer.definition, viewer.parameters)))


def _stages(of: Known) -> CaseStages | None:
    row = of.shown_instance
    if row is None:
        return None
    viewer = Viewer(of.context, row, of.sight.classes)
    waiting = [task for task in of.open_tasks if task.instance_id == row.id]
    jobs = [each for each in job_rows.of_instance(of.context.uow, row.id)
            if each.kind in (TIMER, OPERATION) and each.state != INCIDENT and row.suspended_at is None and viewer.may_see(each.element_id)]
    nodes = {each.id: viewer.definition.element(each.element_id) for each in jobs}
    awaited = [each for each in jobs if each.kind == TIMER and nodes[each.id].type == "intermediateCatchEvent"]
    before = [*(viewer.definition.element(task.element_id) for task in waiting if task.element_id), *(nodes[each.id] for each in awaited)]
    after = [each for node in before for each in explanations.next_activities(viewer.definition, node)]
    now = list(dict.fromkeys(task.name for task in waiting))
    return CaseStages(
        sop_title=(row.sop_title or {}).get("id", ""), now=tuple(now),
        working=tuple(dict.fromkeys(nodes[each.id].name or each.element_id for each in jobs if each.kind == OPERATION)),
        awaited=tuple(Awaited(name=nodes[each.id].name, at=each.due_at) for each in awaited),
        done=tuple(dict.fromkeys(name for each in _done(of, row) if (name := _activity(viewer, each)))),
        next=tuple(name for name in dict.fromkeys(each.name or each.id for each in after) if name not in now))


def _done(of: Known, row: instance_rows.InstanceRow) -> list[str]:
    return [each.element_id for each in trace_rows.of_instance(of.context.uow, row.id) if each.happened == Happening.COMPLETED]


def _activity(viewer: Viewer, element_id: str) -> str:
    """The name of a step that people did or saw done; "" for what is none, or not the viewer's to know."""
    node = next(iter(viewer.ran_by.nodes(element_id)), None)
    return node.name or "" if node is not None and node.type in explanations.WORK and viewer.may_see(element_id) else ""


def _view(of: Known, row: cases.CaseRecordRow, values: Mapping[str, Value]) -> RecordView:
    fields = of.fields_of(row.record)
    return RecordView(record=row.record, version=row.version, at=row.at, fields=of.sight.read(
        row.record, [field for name, field in fields.items() if name in values], values))


def _version(of: Known, row: cases.CaseRecordRow, values: Mapping[str, Value]) -> PlanVersion:
    fields = of.fields_of(PLAN)
    beside = [field for name, field in fields.items() if name in values and name != LINES]
    asked = fields.get(LINES)
    lines = []
    if asked is not None and asked.sensitivity in of.sight.classes:
        for number, line in plans.rows_by_line(values.get(LINES)).items():
            columns = [column for column in asked.fields if column.key in line and column.key not in (NUMBER, STATUS)]
            lines.append(PlanLine(number=number, status=str(line.get(STATUS) or ""), fields=of.sight.read(PLAN, columns, line)))
    return PlanVersion(version=row.version, at=row.at, fields=of.sight.read(PLAN, beside, values), lines=tuple(lines))


def _lines_moved(drafted: list[tuple[cases.CaseRecordRow, dict[str, Value]]]) -> dict[tuple[str, int], str]:
    """The line that a journal entry moved, by the plan's version it made: a handover says its line no other way."""
    found = {}
    for (_, before), (row, after) in zip(drafted, drafted[1:], strict=False):
        old = plans.rows_by_line(before.get(LINES))
        changed = [number for number, line in plans.rows_by_line(after.get(LINES)).items() if line != old.get(number)]
        if len(changed) == 1:
            found[row.chain_id, row.seq] = changed[0]
    return found


def _line_of(item: Value) -> str | None:
    number = item.get(NUMBER) if isinstance(item, Mapping) else None
    return None if number is None else line_key(number)


def _responsible(context: Context, row: cases.CaseRow, case: Case) -> str:
    """The name of the agency that answers for the beneficiary; one that is not here as it was written down."""
    taken_over = ownership.owner(case)
    found = agencies.by_code(context.uow, taken_over) if taken_over else agencies.get(context.uow, row.agency_id)
    return found.name if found is not None else taken_over


def _handover(context: Context, code: str, reference: str, at: Any) -> Handover:
    other = agencies.by_code(context.uow, code)
    return Handover(agency=code, agency_name=other.name if other else code, reference=reference, at=at)


def instance_summary(row: instance_rows.InstanceRow) -> InstanceSummary:
    """One instance, as every part of the page names it."""
    return InstanceSummary(
        id=row.id, sop_key=row.sop_key, **summaries.sop_titles(row.sop_title), version=row.sop_version, digest=row.definition,
        process_id=row.process_id, status=InstanceStatus(row.status), started_at=row.started_at, ended_at=row.ended_at, seq=row.seq,
        suspended_at=row.suspended_at)
