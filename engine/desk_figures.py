"""Figures of the desk: what each person of the unit carries, how long each step takes. They inform; no number here is a verdict."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from engine import authorization
from engine.authorization import STAFF, ObjectFacts
from engine.executor import Context
from engine.office_results import WEIGHTS, StepTime, Workload
from engine.reports import times
from storage import absences, accounts, desk, qualifications


def workload(context: Context) -> tuple[Workload, ...]:
    """Everybody who holds a role of the unit today, the lightest load first."""
    agency_id, day = context.actor.agency_id, context.local_day()
    held: dict[str, set[str]] = {}
    for role, people in accounts.holders(context.uow, agency_id, STAFF, day).items():
        for account_id in people:
            held.setdefault(account_id, set()).add(role)
    names = accounts.names(context.uow, held)
    loads = desk.loads(context.uow, agency_id, held, context.now)
    away = {row.account_id: row.until_date for row in absences.of_agency(context.uow, agency_id, day) if row.from_date <= day}
    confirmed: dict[str, list[str]] = {}
    for row in qualifications.of_accounts(context.uow, held):
        if row.qualification not in confirmed.setdefault(row.account_id, []):
            confirmed[row.account_id].append(row.qualification)
    found = [_workload(account_id, names.get(account_id, ""), roles, loads.get(account_id, desk.Load()), away.get(account_id),
                       tuple(confirmed.get(account_id, ()))) for account_id, roles in held.items()]
    return tuple(sorted(found, key=lambda each: (each.away_until is not None, each.load, each.open_tasks, each.name, each.account_id)))


def _workload(account_id: str, name: str, roles: set[str], load: desk.Load, away_until: Any, confirmed: tuple[str, ...]) -> Workload:
    return Workload(
        account_id=account_id, name=name, roles=tuple(sorted(roles)), open_cases=sum(load.cases.values()),
        high_risk=load.cases.get("high", 0), load=sum(number * WEIGHTS.get(risk, WEIGHTS[""]) for risk, number in load.cases.items()),
        open_tasks=load.tasks, late_tasks=load.late, away_until=away_until, qualifications=confirmed)


def step_times(context: Context, over: timedelta) -> tuple[StepTime, ...]:
    """Steps completed in the time before now, by SOP, those seldom on time first. Classes that the actor sees only of their own cases
    are left out: that a step was done at all can tell."""
    allowed = authorization.visible_sensitivity(context.actor, ObjectFacts(agency_id=context.actor.agency_id))
    return tuple(times.step_times(context, context.now - over, context.now + timedelta(microseconds=1), allowed))
