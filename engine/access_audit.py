"""The access part of `engine.audit`: who read what of a case, and the acts that a replay shows beside the process's own steps."""

from __future__ import annotations

from typing import Final

from engine import access_reading, authorization, errors, facts
from engine.access_results import AccessEntry, AccessLog
from engine.commands import access
from engine.executor import Context, Executor
from engine.results import Page
from engine.types import Actor
from storage import access_log, cases

PAGE: Final = 50


class AccessAudit:
    """Reading the access log. Its reading is an entry too."""

    _executor: Executor

    def access_log(self, actor: Actor, case_id: str, page: int = 1) -> AccessLog:
        """The log of a case, newest first, its chain verified anew; with what stands out: who read very many cases within an hour, and
        who read this one without working on it."""

        def command(context: Context) -> AccessLog:
            case = _seen(context, case_id, "case.access_log")
            rows = access_log.whole(context.uow, case_id)
            people = access_reading.People(context)
            number = max(page, 1)
            newest = rows[::-1][(number - 1) * PAGE:number * PAGE]
            found = AccessLog(
                case_id=case_id, business_key=case.business_key, first_bad=access.first_bad(rows),
                page=Page(rows=access_reading.entries(context, newest, case_id, people), total=len(rows), number=number, size=PAGE),
                outsiders=access_reading.outsiders(context, rows, case, people), busy=access_reading.busy(context, people))
            access.log(context, case_id, what=access.READ, field_group=access.LOG)
            return found

        return self._executor.run(actor, command)

    def acts(self, actor: Actor, case_id: str) -> tuple[AccessEntry, ...]:
        """What people did to see more than they see otherwise, in order: unmasking, emergency access, its review, a dual role."""

        def query(context: Context) -> tuple[AccessEntry, ...]:
            _seen(context, case_id, "case.access_log")
            rows = [row for row in access_log.whole(context.uow, case_id) if row.what in access.ACTS]
            return access_reading.entries(context, rows, case_id, access_reading.People(context))

        return self._executor.read(actor, query)


def _seen(context: Context, case_id: str, action: str) -> cases.CaseRow:
    row = cases.get(context.uow, case_id)
    if row is None:
        raise errors.NotFound(case_id=case_id)
    authorization.require(context.actor, action, facts.of_case(context, row))
    return row
