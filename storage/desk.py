"""The supervisor's desk: lists of an agency's tasks and cases that want somebody's attention, each read from an index in its order.

Whatever the reader has a conflict of interest in is in no list and in no count. Counts stop at `COUNTED_UP_TO`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal_column, or_, select

from storage import conflicts, rows
from storage.cases import CaseRow
from storage.inbox import COUNTED_UP_TO
from storage.schema import running
from storage.unit_of_work import UnitOfWork

task = running.task
case_file = running.case_file

# As literals, so that the database sees that its partial indexes apply.
_OPEN: ColumnElement[bool] = literal_column("task.state = 'open'")
_CASE_OPEN: ColumnElement[bool] = literal_column("case_file.closed_at IS NULL")
_RISKS = ("high", "medium", "low")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which tasks: due from, before or at the latest at an instant, on some elements, waiting for some roles; `free_or_of`: nobody's, or
    this account's."""

    due_from: datetime | None = None
    due_before: datetime | None = None
    due_by: datetime | None = None
    elements: frozenset[str] | None = None
    roles: frozenset[str] | None = None
    free_or_of: str | None = None


@dataclass(frozen=True, kw_only=True)
class WantedCases:
    """Which open cases: nobody's and opened before an instant (`high` risk: another), or with nobody acting on them since one."""

    unowned_before: datetime | None = None
    high_unowned_before: datetime | None = None
    quiet_since: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class CaseLine:
    """A case, and when a person last acted on it."""

    case: CaseRow
    acted_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Load:
    """What one account carries: open cases by risk, tasks it holds, how many of them are late."""

    cases: Mapping[str, int] = field(default_factory=dict)
    tasks: int = 0
    late: int = 0


def tasks(uow: UnitOfWork, agency_id: str, reader: str, wanted: Wanted, *, limit: int, offset: int = 0) -> list[str]:
    """Ids of such open tasks: by due instant where that was asked for, else by how long they wait."""
    order = task.c.ready_at if wanted.elements is not None else task.c.due_sort
    return list(uow.execute(
        select(task.c.id).where(*_tasks(agency_id, reader, wanted)).order_by(order, task.c.id).limit(limit).offset(offset)).scalars())


def count_tasks(uow: UnitOfWork, agency_id: str, reader: str, wanted: Wanted) -> int:
    """How many there are."""
    found = select(task.c.id).where(*_tasks(agency_id, reader, wanted)).limit(COUNTED_UP_TO).subquery()
    return int(uow.execute(select(func.count()).select_from(found)).scalar_one())


def cases(uow: UnitOfWork, agency_id: str, reader: str, wanted: WantedCases, *, limit: int, offset: int = 0) -> list[CaseLine]:
    """Such open cases: the ones that wait longest first; of nobody's, those of the highest risk before them."""
    chosen = _cases(agency_id, reader, wanted)
    if wanted.quiet_since is not None:
        return _lines(uow, chosen, case_file.c.acted_at, limit, offset)
    found: list[CaseLine] = []
    for of_risk in (*(case_file.c.risk == risk for risk in _RISKS), case_file.c.risk.not_in(_RISKS)):  # each in the order of the index
        found += _lines(uow, [*chosen, of_risk], case_file.c.opened_at, limit + offset - len(found))
    return found[offset:]


def _lines(uow: UnitOfWork, chosen: list[ColumnElement[Any]], order: ColumnElement[Any], limit: int, offset: int = 0) -> list[CaseLine]:
    found = uow.execute(
        select(*rows.columns(CaseRow, case_file), case_file.c.acted_at.label("last_act"))
        .where(*chosen).order_by(order, case_file.c.id).limit(limit).offset(offset))
    return [CaseLine(case=rows.all_of(CaseRow, [each[:-1]])[0], acted_at=each[-1]) for each in found]


def count_cases(uow: UnitOfWork, agency_id: str, reader: str, wanted: WantedCases) -> int:
    """How many there are."""
    found = select(case_file.c.id).where(*_cases(agency_id, reader, wanted)).limit(COUNTED_UP_TO).subquery()
    return int(uow.execute(select(func.count()).select_from(found)).scalar_one())


def loads(uow: UnitOfWork, agency_id: str, account_ids: Collection[str], now: datetime) -> dict[str, Load]:
    """What each of these accounts carries; those who carry nothing are not in it."""
    people = sorted(account_ids)
    by_risk: dict[str, dict[str, int]] = {}
    for owner_id, risk, number in uow.execute(
            select(case_file.c.owner_id, case_file.c.risk, func.count())
            .where(case_file.c.agency_id == agency_id, _CASE_OPEN, case_file.c.owner_id.in_(people))
            .group_by(case_file.c.owner_id, case_file.c.risk).order_by(case_file.c.owner_id, case_file.c.risk)):
        by_risk.setdefault(owner_id, {})[risk] = number
    held: dict[str, tuple[int, int]] = {}
    late = func.sum(case((task.c.due_sort < now, 1), else_=0))
    for assignee_id, number, overdue in uow.execute(
            select(task.c.assignee_id, func.count(), late)
            .where(task.c.assignee_id.in_(people), task.c.agency_id == agency_id, _OPEN)
            .group_by(task.c.assignee_id).order_by(task.c.assignee_id)):
        held[assignee_id] = (number, int(overdue))
    return {each: Load(cases=by_risk.get(each, {}), tasks=held.get(each, (0, 0))[0], late=held.get(each, (0, 0))[1])
            for each in people if each in by_risk or each in held}


def _tasks(agency_id: str, reader: str, wanted: Wanted) -> list[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = [task.c.agency_id == agency_id, _OPEN, ~conflicts.is_barred(task.c.case_id, reader)]
    if wanted.due_from is not None:
        chosen.append(task.c.due_sort >= wanted.due_from)
    if wanted.due_before is not None:
        chosen.append(task.c.due_sort < wanted.due_before)
    if wanted.due_by is not None:
        chosen.append(task.c.due_sort <= wanted.due_by)
    if wanted.elements is not None:
        chosen.append(task.c.element_id.in_(sorted(wanted.elements)))
    if wanted.roles is not None:
        chosen.append(task.c.role.in_(sorted(wanted.roles)))
    if wanted.free_or_of is not None:
        chosen.append(or_(task.c.assignee_id.is_(None), task.c.assignee_id == wanted.free_or_of))
    return chosen


def _cases(agency_id: str, reader: str, wanted: WantedCases) -> list[ColumnElement[Any]]:
    chosen: list[ColumnElement[Any]] = [case_file.c.agency_id == agency_id, _CASE_OPEN, ~conflicts.is_barred(case_file.c.id, reader)]
    if wanted.unowned_before is not None:
        chosen += [literal_column("case_file.owner_id IS NULL"), or_(
            case_file.c.opened_at < wanted.unowned_before,
            and_(case_file.c.risk == "high", case_file.c.opened_at < wanted.high_unowned_before))]
    if wanted.quiet_since is not None:
        chosen.append(case_file.c.acted_at < wanted.quiet_since)
    return chosen
