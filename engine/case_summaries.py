"""Cases as rows of a list: code, stage, next deadline, initials; each cut to what the actor may see of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter

from engine import authorization, facts, masking, summaries
from engine.casefile import kept
from engine.executor import Context
from engine.results import CaseSummary, MaskedPerson
from engine.types import Value
from storage import accounts, cases, inbox
from storage import instances as instance_rows


def of_rows(context: Context, rows: Sequence[cases.CaseRow],
            abouts: Sequence[authorization.ObjectFacts] | None = None) -> list[CaseSummary]:
    """The rows as a list shows them, in their order, with the same few questions to the database however many there are."""
    ids = [row.id for row in rows]
    latest = {each.case_id: each for each in instance_rows.of_cases(context.uow, ids)} if ids else {}
    open_tasks: dict[str | None, list[inbox.InboxRow]] = {}
    for task in inbox.open_of_cases(context.uow, ids) if ids else []:
        open_tasks.setdefault(task.task.case_id, []).append(task)
    owners = accounts.names(context.uow, {row.owner_id for row in rows if row.owner_id})
    known = facts.of_cases(context, rows) if abouts is None else abouts
    people = people_of(context, {row.id: row.wrapped_key for row, about in zip(rows, known, strict=True)
                                 if row.wrapped_key is not None and may_know_whom(context, about)})
    return [_summary(context, row, about, latest.get(row.id), open_tasks.get(row.id, []), owners, people.get(row.id))
            for row, about in zip(rows, known, strict=True)]


def may_know_whom(context: Context, about: authorization.ObjectFacts) -> bool:
    """Whether a list says to the actor whom a case is about: initials are personal data, and a partner has a packet for that."""
    return "C2" in authorization.visible_sensitivity(context.actor, about) and not context.actor.holds(authorization.PROVIDER)


def people_of(context: Context, keys: Mapping[str, bytes]) -> dict[str, MaskedPerson]:
    """Whom these cases are about as a list says it; `keys` are their wrapped keys."""
    said: dict[str, dict[str, Mapping[str, Value]]] = {}
    for record in cases.latest_of(context.uow, list(keys), masking.IDENTIFYING):
        key = context.case_key(record.case_id, keys[record.case_id])
        said.setdefault(record.case_id, {})[record.record] = kept.opened(key, record)
    today = context.local_day()
    return {case_id: found for case_id, records in said.items() if (found := masking.person(records, today)) is not None}


def _summary(context: Context, row: cases.CaseRow, about: authorization.ObjectFacts, latest: instance_rows.InstanceRow | None,
             tasks: Sequence[inbox.InboxRow], owners: Mapping[str, str], person: MaskedPerson | None) -> CaseSummary:
    seen = authorization.visible_sensitivity(context.actor, about)
    names = [task.task.name if task.task.sensitivity in seen else facts.LIMITED for task in tasks]
    dues = [(task.task.due_at, task.task.warn_at) for task in tasks if task.task.due_at is not None and task.task.sensitivity in seen]
    due_at, warn_at = min(dues, key=itemgetter(0), default=(None, None))
    return CaseSummary(
        id=row.id, business_key=row.business_key, status=row.status, risk=latest.risk if latest else row.risk,
        **summaries.sop_titles(latest.sop_title if latest else None), opened_at=row.opened_at,
        owner_name=owners.get(row.owner_id or "", ""), stage="; ".join(dict.fromkeys(names)), next_due_at=due_at,
        next_warn_at=warn_at, paused=not dues and any(task.suspended_at is not None for task in tasks), person=person)
