"""`engine.desk`: what wants somebody's attention in an agency, for those who answer for decisions.

Each tile of the desk counts what its list shows, by the same question. Nothing here changes anything.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from engine import authorization, case_standing, deadlines, desk_figures, errors, facts, proposals, task_rows
from engine.authorization import OUTSIDE
from engine.commands import access
from engine.definitions import Definition, nodes_of
from engine.desk_brief import asking, brief
from engine.executor import Context, Executor
from engine.office_results import CaseStanding, DecisionBrief, QuietCase, StepTime, Tile, Workload
from engine.proposals import Span
from engine.results import Page
from engine.types import Actor, TaskSummary
from storage import accounts, agencies, deployments, desk, inbox
from storage.desk import Wanted, WantedCases

PAGE: Final = 25
DECISIONS, LATE, TODAY, REFERRALS, UNASSIGNED, SILENT = "decisions", "late", "today", "referrals", "unassigned", "silent"
TASK_TILES: Final = (DECISIONS, LATE, TODAY, REFERRALS)
CASE_TILES: Final = (UNASSIGNED, SILENT)
_REFERRAL: Final = "referral"  # the record an answer to a referral is written into


@dataclass(frozen=True)
class _Steps:
    """Which steps of one deployment ask for a decision, and which wait for a partner's answer."""

    decisions: frozenset[str]
    answers: frozenset[str]


@dataclass
class _Asked:
    """One question to the desk: whose it is, the office's day, and what the agency's sheet says."""

    context: Context
    profile: Mapping[str, Any] = field(default_factory=dict)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Jakarta"))

    @property
    def who(self) -> Actor:
        return self.context.actor

    def span(self, name: str) -> Span:
        return proposals.span(self.profile, name)


class Desk:
    """Tiles, their lists, what stands beside a decision, the people of the unit, how long steps take."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._steps: dict[str, _Steps] = {}  # by deployment, which never changes

    def tiles(self, actor: Actor) -> tuple[Tile, ...]:
        """The numbers of the desk, in the order they are worked off."""
        authorization.require(actor, "desk.read")

        def query(context: Context) -> tuple[Tile, ...]:
            asked = self._asked(context)
            tasks = [Tile(key=key, lists="tasks", count=desk.count_tasks(context.uow, actor.agency_id, actor.account_id, wanted))
                     for key in TASK_TILES for wanted in [self._tasks(asked, key)]]
            return (*tasks, *(self._case_tile(asked, key) for key in CASE_TILES))

        return self._executor.read(actor, query)

    def tasks(self, actor: Actor, tile: str, *, page: int = 1) -> Page[TaskSummary]:
        """The tasks behind a tile. Raises `NotFound` for a tile that lists none."""
        authorization.require(actor, "desk.read")

        def query(context: Context) -> Page[TaskSummary]:
            if tile not in TASK_TILES:
                raise errors.NotFound(tile=tile)
            wanted, number = self._tasks(self._asked(context), tile), max(1, page)
            ids = desk.tasks(context.uow, actor.agency_id, actor.account_id, wanted, limit=PAGE, offset=(number - 1) * PAGE)
            rows = inbox.of_ids(context.uow, ids, actor.account_id)
            known = facts.of_inbox(context, [rows[each] for each in ids])
            return Page(rows=tuple(task_rows.summary(context, rows[each], about) for each, about in zip(ids, known, strict=True)),
                        total=desk.count_tasks(context.uow, actor.agency_id, actor.account_id, wanted), number=number, size=PAGE)

        return self._executor.read(actor, query)

    def cases(self, actor: Actor, tile: str, *, page: int = 1) -> Page[QuietCase]:
        """The cases behind a tile: codes, never names. Raises `NotFound` for a tile that lists none."""
        authorization.require(actor, "desk.read")

        def query(context: Context) -> Page[QuietCase]:
            if tile not in CASE_TILES:
                raise errors.NotFound(tile=tile)
            wanted, number = _cases(self._asked(context), tile), max(1, page)
            found = desk.cases(context.uow, actor.agency_id, actor.account_id, wanted, limit=PAGE, offset=(number - 1) * PAGE)
            owners = accounts.names(context.uow, {line.case.owner_id for line in found if line.case.owner_id})
            return Page(rows=tuple(QuietCase(
                id=line.case.id, business_key=line.case.business_key, risk=line.case.risk, status=line.case.status,
                opened_at=line.case.opened_at, acted_at=line.acted_at, owner_name=owners.get(line.case.owner_id or "", ""))
                for line in found),
                total=desk.count_cases(context.uow, actor.agency_id, actor.account_id, wanted), number=number, size=PAGE)

        return self._executor.read(actor, query)

    def decision(self, actor: Actor, task_id: str) -> DecisionBrief | None:
        """What stands beside the form of a task that asks for a decision: who asks, since when, what was said before, how its case
        stands, what the assessment found (that stands in the access log). None for a task that asks for none; `NotFound` for one the
        actor may not see."""

        def command(context: Context) -> DecisionBrief | None:
            row = inbox.get(context.uow, task_id, actor.account_id)
            if row is None:
                raise errors.NotFound(task_id=task_id)
            about = facts.of_inbox(context, [row])[0]
            authorization.require(actor, "task.read", about)
            definition = context.executor.definition(context.uow, row.deployment_id)
            if row.task.element_id not in self._of(context, row.deployment_id).decisions:
                return None
            found = brief(context, row, definition, about)
            if found.findings and row.task.case_id is not None:
                access.log(context, row.task.case_id, what=access.READ, field_group="part.decision")
            return found

        return self._executor.run(actor, command)

    def standings(self, actor: Actor, task_ids: Collection[str]) -> Mapping[str, CaseStanding]:
        """task id -> how its case stands, for open decisions on one page of a list; nothing of those that the actor may not read."""
        authorization.require(actor, "desk.read")

        def query(context: Context) -> Mapping[str, CaseStanding]:
            rows = {task_id: row for task_id, row in inbox.of_ids(context.uow, task_ids, actor.account_id).items()
                    if row.task.element_id in self._of(context, row.deployment_id).decisions}
            known = case_standing.known_to(context, rows.values())
            return {task_id: case_standing.beside(case, row, context.executor.definition(context.uow, row.deployment_id))
                    for task_id, case in known.items() for row in [rows[task_id]]}

        return self._executor.read(actor, query)

    def workload(self, actor: Actor) -> tuple[Workload, ...]:
        """The people of the unit with what each of them carries, the lightest load first."""
        authorization.require(actor, "desk.read")
        return self._executor.read(actor, desk_figures.workload)

    def step_times(self, actor: Actor, *, days: int = 90) -> tuple[StepTime, ...]:
        """How long each step took over the last `days` (at most a year), of the classes the actor may know of in any case."""
        authorization.require(actor, "desk.read")
        since = timedelta(days=min(max(1, days), 366))
        return self._executor.read(actor, lambda context: desk_figures.step_times(context, since))

    # --- inside ---------------------------------------------------------------------------------------------------

    def _asked(self, context: Context) -> _Asked:
        agency = agencies.get(context.uow, context.actor.agency_id)
        return _Asked(context) if agency is None else _Asked(context, agency.profile, ZoneInfo(agency.zone))

    def _tasks(self, asked: _Asked, tile: str) -> Wanted:
        context, now = asked.context, asked.context.now
        if tile == LATE:
            return Wanted(due_before=now)
        if tile == TODAY:
            return Wanted(due_from=now, due_by=deadlines.day_ends(now, asked.zone))
        steps = [self._of(context, row.id) for row in deployments.of_agency(context.uow, asked.who.agency_id)]
        if tile == REFERRALS:
            return Wanted(elements=frozenset().union(*(each.answers for each in steps)), roles=frozenset(OUTSIDE))
        return Wanted(elements=frozenset().union(*(each.decisions for each in steps)), roles=asked.who.roles,
                      free_or_of=asked.who.account_id)

    def _case_tile(self, asked: _Asked, tile: str) -> Tile:
        names = ("unassigned_after_high", "unassigned_after") if tile == UNASSIGNED else ("silent_after",)
        spans = [asked.span(name) for name in names]
        count = desk.count_cases(asked.context.uow, asked.who.agency_id, asked.who.account_id, _cases(asked, tile))
        return Tile(key=tile, lists="cases", count=count, after=tuple(each.length for each in spans),
                    proposed=any(each.proposed for each in spans))

    def _of(self, context: Context, deployment_id: str) -> _Steps:
        known = self._steps.get(deployment_id)
        if known is None:
            known = self._steps[deployment_id] = _steps(context.executor.definition(context.uow, deployment_id))
        return known


def _cases(asked: _Asked, tile: str) -> WantedCases:
    now = asked.context.now
    if tile == SILENT:
        return WantedCases(quiet_since=now - asked.span("silent_after").length)
    return WantedCases(unowned_before=now - asked.span("unassigned_after").length,
                       high_unowned_before=now - asked.span("unassigned_after_high").length)


def _steps(definition: Definition) -> _Steps:
    deciding = asking(definition.forms)
    answering = {key for key, form in definition.forms.items() if form.record == _REFERRAL}
    nodes = [node for process in definition.processes.values() for node in nodes_of(process) if node.form]
    return _Steps(decisions=frozenset(node.id for node in nodes if node.form in deciding),
                  answers=frozenset(node.id for node in nodes if node.form in answering))
