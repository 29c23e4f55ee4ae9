"""What authorization needs to know of a task, case or instance, and what a viewer may not see of a step (invariant 14)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from engine import errors, own_referrals
from engine.authorization import ObjectFacts, allows, require, unmaskable, visible_sensitivity
from engine.executor import Context
from engine.masking import Sight
from engine.types import Actor, TaskSummary
from storage import access_grants, cases, conflicts, handling, inbox, journal, tasks

LIMITED = "langkah terbatas"
ASKED = "ask_help"  # the act in a task's trail by which its holder asks somebody for help


def of_task(context: Context, row: tasks.TaskRow) -> ObjectFacts:
    """The facts about one task."""
    return of_tasks(context, [row])[0]


def of_tasks(context: Context, rows: Sequence[tasks.TaskRow]) -> list[ObjectFacts]:
    """The facts about several tasks, in their order, with a few questions to the database however many there are."""
    ids = {row.case_id for row in rows if row.case_id is not None}
    barred, owners = conflicts.cases_barred_to(context.uow, context.actor.account_id, ids), cases.owners(context.uow, ids)
    return _of_tasks(context, rows, [row.case_id in barred for row in rows], [owners.get(row.case_id or "") for row in rows])


def of_inbox(context: Context, rows: Sequence[inbox.InboxRow]) -> list[ObjectFacts]:
    """As `of_tasks`, of rows that were read for the actor: they say already who is barred and who answers for it."""
    return _of_tasks(context, [row.task for row in rows], [row.is_barred for row in rows], [row.owner_id for row in rows])


def _of_tasks(context: Context, rows: Sequence[tasks.TaskRow], barred: Sequence[bool], owners: Sequence[str | None]) -> list[ObjectFacts]:
    account_id = context.actor.account_id
    is_theirs = [account_id in (row.assignee_id, row.completed_by) for row in rows]
    unclear = {row.case_id for row, theirs in zip(rows, is_theirs, strict=True) if not theirs and row.case_id is not None}
    worked_on = inbox.cases_worked_on(context.uow, account_id, unclear) if unclear else frozenset()
    # Who is asked for help is looked up only where nothing else opens the task: neither held nor waiting for a role of theirs.
    others = [row.id for row, theirs in zip(rows, is_theirs, strict=True)
              if not theirs and row.state == "open" and (row.assignee_id is not None or row.role not in context.actor.roles)]
    asked = handling.asked_of(context.uow, account_id, others, verb=ASKED) if others else frozenset()
    elsewhere = own_referrals.of_others(context, rows)
    return [
        ObjectFacts(agency_id=row.agency_id, role=row.role, is_elsewhere=not_theirs, assignee_id=row.assignee_id,
                    is_open=row.state == "open", owner_id=owner, worked_on=theirs or row.case_id in worked_on, given_by=row.given_by,
                    asked=row.id in asked, conflicted=frozenset({account_id}) if is_barred else frozenset())
        for row, theirs, is_barred, owner, not_theirs in zip(rows, is_theirs, barred, owners, elsewhere, strict=True)]


def of_case(context: Context, row: cases.CaseRow) -> ObjectFacts:
    """The facts about one case."""
    return of_cases(context, [row])[0]


def of_cases(context: Context, rows: Sequence[cases.CaseRow]) -> list[ObjectFacts]:
    """The facts about several cases, in their order, with the same few questions to the database however many there are."""
    if not rows:
        return []
    account_id, ids = context.actor.account_id, [row.id for row in rows]
    # Whoever took the report in started its instance: her own intake stays hers to read (domain.md 5.1).
    worked_on = inbox.cases_worked_on(context.uow, account_id, ids) | journal.cases_started(context.uow, account_id, ids)
    barred = conflicts.cases_barred_to(context.uow, account_id, ids)
    leave = [grant for grant in access_grants.running_of(context.uow, account_id, context.now) if grant.session == context.actor.session]
    return [
        ObjectFacts(agency_id=row.agency_id, owner_id=row.owner_id, worked_on=row.id in worked_on,
                    conflicted=frozenset({account_id}) if row.id in barred else frozenset(),
                    opened=any(one.case_id == row.id and one.kind == access_grants.BREAK_GLASS for one in leave),
                    names_shown=any(one.case_id == row.id and one.kind == access_grants.NAMES for one in leave),
                    unmasked=frozenset(one.field for one in leave if one.case_id == row.id and one.kind == access_grants.UNMASK))
        for row in rows]


def seen_case(context: Context, case_id: str, action: str) -> tuple[cases.CaseRow, ObjectFacts]:
    """A case on which the actor may do `action`, and the facts about it. Raises `NotFound`, `NotAllowed` as `authorization.require`."""
    row = cases.get(context.uow, case_id)
    if row is None:
        raise errors.NotFound(case_id=case_id)
    about = of_case(context, row)
    require(context.actor, action, about)
    return row, about


def leave_until(context: Context, case_id: str, kind: str) -> datetime | None:
    """Until when the asking session has leave of this kind (`storage.access_grants`) on a case; None: it has none."""
    return max((grant.until for grant in access_grants.running_of(context.uow, context.actor.account_id, context.now)
                if (grant.case_id, grant.kind, grant.session) == (case_id, kind, context.actor.session)), default=None)


def sight_of(actor: Actor, about: ObjectFacts) -> Sight:
    """What the actor sees of a case's answers now. What the policy no longer allows shows no more, however long the leave still runs."""
    opens = unmaskable(actor, about)
    return Sight(classes=visible_sensitivity(actor, about), shows_names=about.names_shown and allows(actor, "case.show_names", about),
                 unmasked=about.unmasked if opens else frozenset(), opens=opens)


def limited(summary: TaskSummary, sensitivity: str, actor: Actor, facts: ObjectFacts) -> TaskSummary:
    """The summary, or a step without name, element, lane, role or form for who may not see its class."""
    if sensitivity in visible_sensitivity(actor, facts):
        return summary
    return replace(summary, element_id="", name=LIMITED, lane="", role="", form_key=None, item=None, standard=None,
                   why=None, why_due=None, after_this=None)
