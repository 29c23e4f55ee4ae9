"""The part of `engine.tasks` that lists: the boxes of the inbox, their counts, saved filters, tasks nobody could take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime

from engine import authorization, case_summaries, errors, facts, own_referrals, projection, task_rows
from engine.authorization import ObjectFacts
from engine.commands.handling import GIVES
from engine.executor import Context, Executor
from engine.results import InboxFilters, Page, SavedFilter
from engine.types import Actor, TaskSummary
from storage import accounts, cases, handling, inbox, randomness, saved_filters
from storage import tasks as rows
from storage.saved_filters import SavedFilterRow

PAGE = 25
LIST = "task.list"
SAVE, SHARE = "filter.save", "filter.share"
MOST_SAVED = 50
MOST_REFERRALS = 1000   # of an agency at one time that are looked at, whose each is
NAME_LENGTH = 60
BOXES = ("mine", "pool", "aside", "done")


class FilterRefused(errors.EngineError):
    """Give the filter a short name, of at most 60 characters; there is room for 50 filters."""

    code = "filter-refused"
    indonesian = "Beri saringan ini nama singkat, paling banyak 60 huruf; tempatnya untuk 50 saringan."


class Boxes:
    """Tasks as lists."""

    _executor: Executor

    def inbox(self, actor: Actor, filters: InboxFilters = InboxFilters(), page: int = 1) -> Page[TaskSummary]:
        """One page of a box (mine, pool, aside, done), by risk, due instant, ready instant. `total` stops at 1,000.

        The pool also shows what colleagues hold whom the actor stands in for.
        """
        authorization.require(actor, LIST)

        def query(context: Context) -> Page[TaskSummary]:
            whose, narrowing = _whose(context, filters.role), _narrowing(context, filters)
            number = max(page, 1)
            if own_referrals.is_restricted(actor):
                own = _own(context, whose, filters.box, narrowing)
                found, total = own[(number - 1) * PAGE:number * PAGE], len(own)
            else:
                found = inbox.page(context.uow, whose, box=filters.box, narrowing=narrowing, limit=PAGE, offset=(number - 1) * PAGE)
                total = inbox.total(context.uow, whose, box=filters.box, narrowing=narrowing)
            known = facts.of_inbox(context, found)
            people = case_summaries.people_of(context, {
                row.task.case_id: row.wrapped_key for row, about in zip(found, known, strict=True)
                if row.task.case_id is not None and row.wrapped_key is not None and case_summaries.may_know_whom(context, about)})
            held = _held_since(context, found) if filters.box in ("mine", "aside") else {}
            return Page(rows=tuple(replace(task_rows.explained(context, row, task_rows.summary(context, row, about)),
                                           person=people.get(row.task.case_id or ""), held_since=held.get(row.task.id))
                                   for row, about in zip(found, known, strict=True)), total=total, number=number, size=PAGE)

        return self._executor.read(actor, query)

    def counts(self, actor: Actor) -> Mapping[str, int]:
        """mine, pool, aside, done, late (of mine); each stops at 1,000."""
        authorization.require(actor, LIST)

        def query(context: Context) -> Mapping[str, int]:
            whose = _whose(context, None)
            if not own_referrals.is_restricted(actor):
                return inbox.counts(context.uow, whose)
            own = {box: _own(context, whose, box, inbox.Narrowing()) for box in BOXES}
            late = [row for row in own["mine"] if row.task.due_at is not None and row.task.due_at < context.now]
            return {**{box: len(rows) for box, rows in own.items()}, "late": len(late)}

        return self._executor.read(actor, query)

    def case_of_code(self, actor: Actor, code: str) -> str | None:
        """The id of the case with this code, if a task of it stands in one of the actor's boxes: an address may hold that, never more."""
        authorization.require(actor, LIST)

        def query(context: Context) -> str | None:
            row = cases.by_business_key(context.uow, actor.agency_id, code.strip())
            if row is None:
                return None
            narrowing = inbox.Narrowing(case_id=row.id)
            whose = _whose(context, None)
            is_there = ((lambda box: _own(context, whose, box, narrowing)) if own_referrals.is_restricted(actor)
                        else lambda box: inbox.total(context.uow, whose, box=box, narrowing=narrowing))
            return row.id if any(is_there(box) for box in BOXES) else None

        return self._executor.read(actor, query)

    def orphans(self, actor: Actor) -> Mapping[str, int]:
        """role -> open tasks that wait for it while nobody in the agency holds it today: invariant 5's alarm.

        For those who assign work, and for the machine's operator; empty is as it should be.
        """
        if not (authorization.allows(actor, "task.assign") or authorization.allows(actor, "incident.list")):
            raise errors.NotAllowed(action="task.assign")

        def query(context: Context) -> Mapping[str, int]:
            waiting = rows.unclaimed_by_role(context.uow, actor.agency_id)
            held = accounts.holders(context.uow, actor.agency_id, waiting, context.local_day()) if waiting else {}
            return {role: number for role, number in waiting.items() if not held.get(role)}

        return self._executor.read(actor, query)

    # --- saved filters ------------------------------------------------------------------------------------------------

    def saved_filters(self, actor: Actor) -> tuple[SavedFilter, ...]:
        """The actor's own, and those shared with a role they hold, by name."""
        authorization.require(actor, LIST)
        return self._executor.read(actor, lambda context: tuple(
            SavedFilter(id=row.id, name=row.name, role=row.role, filters=InboxFilters(**row.filters),
                        may_remove=authorization.allows(actor, SHARE if row.role else SAVE, _owned(row)))
            for row in saved_filters.for_reader(context.uow, actor.agency_id, actor.account_id, actor.roles)))

    def save_filter(self, actor: Actor, name: str, filters: InboxFilters, *, role: str | None = None) -> str:
        """Keeps a filter for the actor, or for whoever holds `role`, one of the actor's own; its id. The same name again replaces it.

        One case is no filter worth keeping: it is left out.
        """
        authorization.require(actor, SHARE if role else SAVE, ObjectFacts(agency_id=actor.agency_id, owner_id=actor.account_id))
        shown = " ".join(name.split())
        if not 1 <= len(shown) <= NAME_LENGTH or not shown.isprintable():
            raise FilterRefused()
        if role is not None and not actor.holds(role):
            raise errors.NotAllowed(action=SHARE)

        def command(context: Context) -> str:
            known = saved_filters.for_reader(context.uow, actor.agency_id, actor.account_id, actor.roles)
            replaced = [row for row in known if (row.name, row.role) == (shown, role)]
            if len(known) - len(replaced) >= MOST_SAVED:
                raise FilterRefused()
            for row in replaced:
                saved_filters.remove(context.uow, row.id)
            new = SavedFilterRow(id=randomness.new_id(), agency_id=actor.agency_id, account_id=actor.account_id, role=role, name=shown,
                                 filters=asdict(replace(filters, case_id=None)), at=context.now)
            saved_filters.add(context.uow, new)
            return new.id

        return self._executor.run(actor, command)

    def remove_filter(self, actor: Actor, filter_id: str) -> None:
        """Removes one's own filter, or, for those who may share, a shared one. Raises `NotFound` for any other."""

        def command(context: Context) -> None:
            row = saved_filters.get(context.uow, filter_id)
            if row is None:
                raise errors.NotFound(filter_id=filter_id)
            authorization.require(actor, SHARE if row.role else SAVE, _owned(row))
            saved_filters.remove(context.uow, filter_id)

        self._executor.run(actor, command)


def _owned(row: SavedFilterRow) -> ObjectFacts:
    return ObjectFacts(agency_id=row.agency_id, owner_id=row.account_id)


def _held_since(context: Context, held: Sequence[inbox.InboxRow]) -> Mapping[str, datetime]:
    """task id -> since when it is in the actor's hands: claimed, or given to them by somebody since (a clock of handling goes on then)."""
    given = handling.given_at(context.uow, context.actor.account_id, [row.task.id for row in held], verbs=GIVES) if held else {}
    both = {row.task.id: [at for at in (row.task.claimed_at, given.get(row.task.id)) if at is not None] for row in held}
    return {task_id: max(instants) for task_id, instants in both.items() if instants}


def _own(context: Context, whose: inbox.Whose, box: str, narrowing: inbox.Narrowing) -> list[inbox.InboxRow]:
    """A box of a partner's person, without what is another provider's: as far as `MOST_REFERRALS` of their role go."""
    found = inbox.page(context.uow, whose, box=box, narrowing=narrowing, limit=MOST_REFERRALS)
    elsewhere = own_referrals.of_others(context, [row.task for row in found])
    return [row for row, is_elsewhere in zip(found, elsewhere, strict=True) if not is_elsewhere]


def _whose(context: Context, role: str | None) -> inbox.Whose:
    """The actor's inbox now; of one role only where that is asked for, so that no other role's queue is read."""
    actor = context.actor
    return inbox.Whose(
        agency_id=actor.agency_id, account_id=actor.account_id, now=context.now,
        roles=frozenset(each for each in actor.roles if role in (None, each)),
        stands_in=tuple((each.account_id, held) for each in actor.stands_in_for for held in sorted(each.roles) if role in (None, held)))


def _narrowing(context: Context, filters: InboxFilters) -> inbox.Narrowing:
    return inbox.Narrowing(
        sop_key=filters.sop_key, element_id=filters.element_id, role=filters.role, case_id=filters.case_id,
        risk_rank=None if filters.risk is None else projection.RISK_RANKS.get(filters.risk, projection.NOT_ASSESSED),
        late_at=context.now if filters.late_only else None)
