"""What an agency publishes: its SOPs in force, the times they promise, and how those were kept. Nothing here is about one case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from engine import definitions, drawings, errors, ran_by
from engine.casefile import kept
from engine.definitions import Definition
from engine.executor import Context
from engine.model import Node
from engine.public_results import MeasuredPromise, PromisedTime, PublicPromises, PublicSop, PublicSopDetail
from engine.steps import steps_of
from engine.types import Text
from storage import agencies, cases, deployments, outside
from storage import instances as instance_rows

FEWEST: Final = 5              # a smaller number could point at somebody (design.md 8)
MEASURED: Final = timedelta(days=365)
SETTLEMENTS: Final = 20        # the latest; each is opened under its own case's key
COMPLAINT: Final = "complaint"
CASE_DECISION: Final = "sla_case_decision"   # the agency's parameter
_PUBLIC: Final = "C0"


def in_force(context: Context) -> list[deployments.DeploymentRow]:
    """The agency's SOPs in force today."""
    return deployments.all_in_force(context.uow, context.actor.agency_id, context.local_day())


def sop(context: Context, row: deployments.DeploymentRow) -> PublicSop:
    """One of them."""
    sheet = context.executor.definition(context.uow, row.id).sheet
    number = sheet.identity.get("number")
    return PublicSop(key=row.key, kind=sheet.kind, title=sheet.title, number=number if isinstance(number, str) else "",
                     version=row.version, effective_from=row.effective_from, deployment_id=row.id)


def detail(context: Context, key: str) -> PublicSopDetail:
    """One of them as text and drawing. Raises `NotFound` for one that is not in force."""
    row = deployments.in_force(context.uow, context.actor.agency_id, key, context.local_day())
    if row is None:
        raise errors.NotFound(sop=key)
    definition = context.executor.definition(context.uow, row.id)
    drawing: bytes | None
    try:
        drawing = drawings.of_definition(definition, row.process_id)
    except errors.EngineError:
        drawing = None  # no layout: the text says everything the picture would
    return PublicSopDetail(sop=sop(context, row), identity=definition.sheet.identity,
                           steps=steps_of(definition, context.parameters_in_force()), drawing=drawing)


def promised(definition: Definition) -> tuple[PromisedTime, ...]:
    """The time standards of the SOP's own process that a clause of its source prints. A proposed one promises nobody anything."""
    return tuple(one for _, one in _promised(definition))


def promised_of_cases(context: Context) -> tuple[PromisedTime, ...]:
    """What the agency's source says of the time in which a reported case is decided; nothing where it says nothing."""
    agency = agencies.get(context.uow, context.actor.agency_id)
    given = agency.profile.get("parameters", {}).get(CASE_DECISION, {}) if agency is not None else {}
    if given.get("proposed") is not False or given.get("value", "none") == "none":
        return ()
    return (PromisedTime(step="", text=str(given["value"]), clause=str(given.get("text", ""))),)


def promises(context: Context) -> PublicPromises:
    """Every printed standard beside what was measured in the twelve months up to this local day, and the published settlements."""
    agency = agencies.get(context.uow, context.actor.agency_id)
    if agency is None:
        raise errors.NotFound(agency_id=context.actor.agency_id)
    until = datetime.combine(context.local_day(), time(0), ZoneInfo(agency.zone))
    counted: dict[tuple[str, str], dict[str, int]] = {}
    for row in outside.measured(context.uow, agency.id, since=until - MEASURED, until=until):
        counted.setdefault((row.sop_key, row.element_id), {})[row.verdict] = row.count
    measured = []
    for deployment in in_force(context):
        definition = context.executor.definition(context.uow, deployment.id)
        for element_id, promise in _promised(definition):
            measured.append(_measured(definition.sheet.title, promise, counted.get((deployment.key, element_id), {})))
    return PublicPromises(since=until - MEASURED, until=until, zone=agency.zone, measured=tuple(measured),
                          settlements=tuple(_settlements(context)))


def _measured(title: Text, promise: PromisedTime, verdicts: Mapping[str, int]) -> MeasuredPromise:
    count = sum(verdicts.values())
    if count < FEWEST:
        return MeasuredPromise(sop=title, promised=promise, count=None, on_time=None)
    return MeasuredPromise(sop=title, promised=promise, count=count, on_time=100 * verdicts.get("on_time", 0) // count)


def _promised(definition: Definition) -> Iterator[tuple[str, PromisedTime]]:
    """Element measured, promise. What an element reveals is data: of a sensitive step not even its time is published."""
    process = definition.processes[definition.main_process or next(iter(definition.processes))]
    nodes = {node.id: node for node in definitions.nodes_of(process)}
    clauses = {clause.id: clause.text for sheet in definition.sheets.values() for clause in sheet.clauses}
    for node in nodes.values():
        if node.standard is not None and node.standard.clause in clauses and node.attached_to in nodes:
            step = nodes[node.attached_to]
            if _is_open(step) and _is_open(node):
                yield step.id, PromisedTime(step=step.name or step.id, text=node.standard.text, clause=clauses[node.standard.clause])


def _is_open(node: Node) -> bool:
    return (node.sensitivity or "C1") in (_PUBLIC, "C1")


def _settlements(context: Context) -> Iterator[str]:
    """What the agency wrote for everybody (class C0) when it closed a complaint. One that turned out to tell of violence is none."""
    for case_id in outside.ended_with_record(context.uow, context.actor.agency_id, COMPLAINT, limit=SETTLEMENTS):
        row = cases.get(context.uow, case_id)
        if row is None or row.wrapped_key is None:
            continue
        values = kept.case_file(context, case_id, context.case_key(case_id, row.wrapped_key)).record(COMPLAINT)
        if values.get("discloses_violence") is True:
            continue
        texts = [values.get(key) for key in _written_for_everybody(context, case_id)]
        yield from (text for text in texts if isinstance(text, str) and text.strip())


def _written_for_everybody(context: Context, case_id: str) -> list[str]:
    found: dict[str, None] = {}
    for each in instance_rows.of_case(context.uow, case_id):
        for field in (field for form in ran_by.of(context, each).forms if form.record == COMPLAINT for field in form.fields):
            if field.sensitivity == _PUBLIC:
                found[field.key] = None
    return list(found)
