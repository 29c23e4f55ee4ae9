"""How an agency kept its times: each step's median and share on time, whose time it was, what came in and went out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import reduce
from itertools import groupby
from typing import Any, Final
from zoneinfo import ZoneInfo

from engine import authorization, consent_gates, used_parameters
from engine.authorization import OUTSIDE, ObjectFacts
from engine.calendars import WorkCalendar
from engine.definitions import nodes_of
from engine.deployed_results import AgencyParameter
from engine.executor import Context
from engine.office_results import StepTime
from engine.report_results import Flow, Period, RoleLoad, SopFigures, Spent, StepFigures, TimeReport
from storage import agencies, deployments
from storage.reports import flow, spent
from storage.reports import step_times as kept

READ_FOR_SPENT: Final = 50_000    # steps of a period whose time is told apart
PERIODS_BACK: Final = 6           # that the flow shows, the asked one included
_KNOWN_TO_ALL: Final = frozenset({"C0", "C1"})
Step = tuple[str, str]            # SOP, element


def known_classes(context: Context) -> frozenset[str]:
    """Classes of steps that figures may tell this actor of: those they see of any case, and those whose times are public anyway."""
    return _KNOWN_TO_ALL | authorization.visible_sensitivity(context.actor, ObjectFacts(agency_id=context.actor.agency_id))


def report(context: Context, period: Period) -> TimeReport:
    """The figures of one period, with the flow of those before it."""
    agency = agencies.get(context.uow, context.actor.agency_id)
    assert agency is not None
    agency_id, classes, zone = agency.id, known_classes(context), ZoneInfo(agency.zone)
    since, until = period.begins(zone), period.ends(zone)
    done = spent.done(context.uow, agency_id, since=since, until=until, sensitivities=classes, limit=READ_FOR_SPENT + 1)
    stops = _pauses(spent.stops(context.uow, agency_id, since=since, until=until), until)
    calendar, _ = context.tables_of_agency()
    hers = _steps_of_the_client(context, {row.sop_key for row in done})
    whose: dict[Step, Spent] = {}
    for row in done[:READ_FOR_SPENT]:
        step = (row.sop_key, row.element_id)
        whose[step] = whose.get(step, Spent()).plus(_spent(row, stops.get(row.instance_id, ()), calendar, is_hers=step in hers))
    in_force = _in_force(context)
    sops = []
    for key, steps in groupby(_step_times(context, since, until, classes, in_force), key=lambda step: step.sop_key):
        figures = tuple(StepFigures(times=step, spent=whose.get((key, step.element_id), Spent())) for step in steps)
        sops.append(SopFigures(
            key=key, title=figures[0].times.sop_title, title_en=figures[0].times.sop_title_en, steps=figures, drawn=key in in_force,
            spent=_sum(each.spent for each in figures), clocks=_clocks(context, agency.profile, in_force.get(key))))
    return TimeReport(period=period, sops=tuple(sops), flow=_flow(context, period, zone, classes), is_whole=len(done) <= READ_FOR_SPENT,
                      loads=tuple(RoleLoad(role=row.role, waiting=row.waiting, held=row.held, late=row.late) for row in flow.waiting(
                          context.uow, agency_id, now=context.now, sensitivities=classes)))


def step_times(context: Context, since: datetime, until: datetime, classes: Collection[str]) -> list[StepTime]:
    """Steps of these classes completed in `since` <= instant < `until`, by SOP, those seldom on time first."""
    return _step_times(context, since, until, classes, _in_force(context))


def _step_times(context: Context, since: datetime, until: datetime, classes: Collection[str],
                in_force: Mapping[str, deployments.DeploymentRow]) -> list[StepTime]:
    titles = {key: row.title for key, row in in_force.items()}
    rows = kept.step_times(context.uow, context.actor.agency_id, since=since, until=until, sensitivities=classes)
    rows.sort(key=lambda row: (row.sop_key, row.judged == 0, row.on_time / max(1, row.judged), row.name, row.element_id))
    return [StepTime(
        sop_key=row.sop_key, sop_title=str(titles.get(row.sop_key, {}).get("id", row.sop_key)),
        sop_title_en=str(titles.get(row.sop_key, {}).get("en", "")), element_id=row.element_id, name=row.name, role=row.role,
        done=row.done, median=timedelta(microseconds=row.median), p90=timedelta(microseconds=row.p90), judged=row.judged,
        on_time=row.on_time, handled_judged=row.handled_judged, handled_on_time=row.handled_on_time) for row in rows]


def _in_force(context: Context) -> Mapping[str, deployments.DeploymentRow]:
    return {row.key: row for row in deployments.all_in_force(context.uow, context.actor.agency_id, context.local_day())}


def office_zone(context: Context) -> ZoneInfo:
    """The zone of the actor's agency, whose months these are."""
    return ZoneInfo(agencies.zone(context.uow, context.actor.agency_id) or "Asia/Jakarta")


def _flow(context: Context, period: Period, zone: ZoneInfo, classes: Collection[str]) -> tuple[Flow, ...]:
    periods = [period.moved(back) for back in range(1 - PERIODS_BACK, 1)]
    edges = [each.begins(zone) for each in (*periods, period.moved(1))]
    agency_id = context.actor.agency_id
    came, went = flow.opened(context.uow, agency_id, edges), flow.closed(context.uow, agency_id, edges)
    done = {row.period: row for row in flow.done(context.uow, agency_id, edges, sensitivities=classes)}
    nothing = flow.DoneInPeriod(period=0, done=0, judged=0, on_time=0)
    return tuple(Flow(period=each, opened=came.get(number, 0), closed=went.get(number, 0), done=row.done, judged=row.judged,
                      on_time=row.on_time)
                 for number, each in enumerate(periods) for row in [done.get(number, nothing)])


def _clocks(context: Context, profile: Mapping[str, Any], row: deployments.DeploymentRow | None) -> tuple[AgencyParameter, ...]:
    return () if row is None else used_parameters.of_clocks(profile, context.executor.definition(context.uow, row.id))


# --- whose time it was ------------------------------------------------------------------------------------------------------

Interval = tuple[datetime, datetime]


def _pauses(stops: Sequence[spent.StopRow], until: datetime) -> Mapping[str, list[Interval]]:
    """When each instance stood still: from a suspension to the next resumption, or on."""
    found: dict[str, list[Interval]] = {}
    for chain_id, rows in groupby(stops, key=lambda row: row.chain_id):
        since: datetime | None = None
        for row in rows:
            if row.kind == "suspend":
                since = since or row.at
            elif since is not None:
                found.setdefault(chain_id, []).append((since, row.at))
                since = None
        if since is not None:
            found.setdefault(chain_id, []).append((since, max(since, until)))
    return found


def _steps_of_the_client(context: Context, keys: Collection[str]) -> frozenset[Step]:
    """Which steps of these SOPs, in whatever version, end with the beneficiary's own answer."""
    versions = [row for row in deployments.of_agency(context.uow, context.actor.agency_id) if row.key in keys]
    return frozenset(
        (row.key, node.id) for row in versions for definition in [context.executor.definition(context.uow, row.id)]
        for process in definition.processes.values() for node in nodes_of(process)
        if consent_gates.waits_for_the_client(definition, node))


def _spent(row: spent.DoneRow, pauses: Sequence[Interval], calendar: WorkCalendar | None, *, is_hers: bool) -> Spent:
    whole = row.completed_at - row.ready_at
    still = [(max(begun, row.ready_at), min(ended, row.completed_at)) for begun, ended in pauses
             if begun < row.completed_at and ended > row.ready_at]
    paused = sum((ended - begun for begun, ended in still), timedelta(0))
    if row.role in OUTSIDE:
        return Spent(partner=whole - paused, paused=paused)
    if is_hers:
        return Spent(client=whole - paused, paused=paused)
    if calendar is None:  # an agency without hours works always
        return Spent(unit=whole - paused, paused=paused)
    working = calendar.working_time(row.ready_at, row.completed_at) - sum(
        (calendar.working_time(begun, ended) for begun, ended in still), timedelta(0))
    return Spent(unit=working, off_hours=whole - paused - working, paused=paused)


def _sum(parts: Iterable[Spent]) -> Spent:
    return reduce(Spent.plus, parts, Spent())
