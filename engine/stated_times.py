"""The part of `engine.tasks` for work that was written down afterwards: whose stated instant waits for a word, and giving it."""

from __future__ import annotations

from engine import authorization, errors, facts, summaries
from engine.commands import stated_times
from engine.executor import Context, Executor
from engine.results import Page
from engine.types import Actor, TaskSummary
from storage import inbox
from storage import tasks as rows

ACCEPT = "task.accept_stated"
PAGE = 25


class StatedTimes:
    """Stated instants of finished tasks. The recorded one, and the verdict on it, always stay."""

    _executor: Executor

    def accept_stated(self, actor: Actor, task_id: str, *, reason: str) -> None:
        """The stated instant of a finished task becomes its official one.

        Raises:
            NotFound: no such task, or not the actor's to decide. NothingStated: it states none, or that was accepted.
            OwnStatement: the actor did the task. ReasonWanted: somebody will ask why.
        """

        def command(context: Context) -> None:
            row = rows.get(context.uow, task_id)
            if row is None:
                raise errors.NotFound(task_id=task_id)
            authorization.require(actor, ACCEPT, facts.of_task(context, row))
            stated_times.accept(context, row, reason=reason)

        self._executor.run(actor, command)

    def stated_waiting(self, actor: Actor, page: int = 1) -> Page[TaskSummary]:
        """Finished tasks that are late as recorded and on time as stated, nobody having accepted that yet; the latest first."""
        authorization.require(actor, ACCEPT)

        def query(context: Context) -> Page[TaskSummary]:
            number = max(page, 1)
            found = rows.stated_waiting(context.uow, actor.agency_id, limit=PAGE, offset=(number - 1) * PAGE)
            known = facts.of_tasks(context, found)
            seen = [inbox.get(context.uow, row.id) for row in found]
            return Page(rows=tuple(
                facts.limited(summaries.task_summary(row, business_key=whole.business_key, risk=whole.risk,
                                                     assignee_name=whole.assignee_name or ""), row.sensitivity, actor, about)
                for row, whole, about in zip(found, seen, known, strict=True) if whole is not None),
                total=rows.count_stated_waiting(context.uow, actor.agency_id), number=number, size=PAGE)

        return self._executor.read(actor, query)
