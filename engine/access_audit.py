"""The access part of `engine.audit`: who read what of a case, and the acts that a replay shows beside the process's own steps."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from engine import access_reading, acts_reading, authorization, case_chain, errors, facts
from engine.access_results import KINDS, AccessEntry, AccessLog, AgencyAccess, CaseAccess
from engine.commands import access
from engine.executor import Context, Executor
from engine.results import CaseAct, Page
from engine.types import Actor
from storage import access_log, cases, instances

PAGE: Final = 50
COUNTED_UP_TO: Final = 1000


class AccessAudit:
    """Reading the access log. Its reading is an entry too."""

    _executor: Executor

    def access_log(self, actor: Actor, case_id: str, page: int = 1) -> AccessLog:
        """The log of a case, newest first, its chain verified anew; with what stands out: who read very many cases within an hour, and
        who read this one without working on it."""

        def command(context: Context) -> AccessLog:
            case = _seen(context, case_id, "case.access_log")
            rows, head = access_log.whole(context.uow, case_id), access_log.head(context.uow, case_id)
            people = access_reading.People(context)
            number = max(page, 1)
            newest = rows[::-1][(number - 1) * PAGE:number * PAGE]
            found = AccessLog(
                case_id=case_id, business_key=case.business_key, first_bad=access.first_bad(rows, head), head=head[1] if head else "",
                page=Page(rows=access_reading.entries(context, newest, case_id, people), total=len(rows), number=number, size=PAGE),
                outsiders=access_reading.outsiders(context, rows, case, people), busy=access_reading.busy(context, people))
            access.log(context, case_id, what=access.READ, field_group=access.LOG)
            return found

        return self._executor.run(actor, command)

    def access_of_agency(self, actor: Actor, *, what: str | None = None, since: date | None = None, until: date | None = None,
                         page: int = 1) -> AgencyAccess:
        """The access logs of all cases of the actor's agency, but those they have a conflict of interest in, newest first; of one kind
        of entry (`KINDS`), from and up to a day there. Whether a chain is whole, each case's own log says."""
        authorization.require(actor, "access_log.read")

        def query(context: Context) -> AgencyAccess:
            chosen = access_log.Chosen(what=what if what in KINDS else None, since=None if since is None else context.begins(since),
                                       until=None if until is None else context.begins(until + timedelta(days=1)))
            number, people = max(page, 1), access_reading.People(context)
            rows = access_log.of_agency(context.uow, actor.agency_id, actor.account_id, chosen, limit=PAGE, offset=(number - 1) * PAGE)
            total = access_log.count_of_agency(context.uow, actor.agency_id, actor.account_id, chosen, most=COUNTED_UP_TO)
            return AgencyAccess(busy=access_reading.busy(context, people), page=Page(total=total, number=number, size=PAGE, rows=tuple(
                CaseAccess(case_id=row.entry.case_id, business_key=row.business_key,
                           entry=access_reading.entries(context, [row.entry], row.entry.case_id, people)[0]) for row in rows)))

        return self._executor.read(actor, query)

    def acts(self, actor: Actor, case_id: str) -> tuple[AccessEntry, ...]:
        """What people did to see more than they see otherwise, in order: unmasking, emergency access, its review, a dual role."""

        def query(context: Context) -> tuple[AccessEntry, ...]:
            _seen(context, case_id, "case.access_log")
            rows = [row for row in access_log.whole(context.uow, case_id) if row.what in access.ACTS]
            return access_reading.entries(context, rows, case_id, access_reading.People(context))

        return self._executor.read(actor, query)

    def decisions(self, actor: Actor, case_id: str) -> tuple[CaseAct, ...]:
        """What people decided about the case beside its SOPs' steps, in order: who answers for it, conflicts of interest, pauses.

        Raises `StateCorrupt` where the case's own chain does not verify.
        """

        def query(context: Context) -> tuple[CaseAct, ...]:
            row, about = facts.seen_case(context, case_id, "audit.replay")
            chain = case_chain.read(context, row) if row.wrapped_key is not None else []
            return acts_reading.of_case(context, row, about, facts.sight_of(actor, about), instances.of_case(context.uow, case_id), chain)

        return self._executor.read(actor, query)


def _seen(context: Context, case_id: str, action: str) -> cases.CaseRow:
    row = cases.get(context.uow, case_id)
    if row is None:
        raise errors.NotFound(case_id=case_id)
    authorization.require(context.actor, action, facts.of_case(context, row))
    return row
