"""The part of `engine.tasks` for who works at a task and when: take it, give it on, set it aside, ask for help."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date

from engine import authorization, colleagues, errors, facts, task_rows
from engine.commands import handling
from engine.commands import tasks as commands
from engine.definitions import concrete_role
from engine.executor import Context, Executor
from engine.results import Colleague
from engine.types import Actor, TaskSummary
from storage import accounts, instances
from storage import handling as acts
from storage.inbox import InboxRow

#: The role that decides over a case; each agency's parameter of this name says who that is there.
CASE_AUTHORITY = "case_authority"
VERBS = ("claim", "unclaim", "save_draft", "complete", "delegate", "hand_over", "assign", "take_back", "set_aside", "ask_help")


class Handling:
    """Each method is one command on one task; doing again what is done already changes nothing.

    `expected_revision` is the task as the person saw it: `StaleRevision` where somebody moved it since. `TaskGone` where it no
    longer waits, `NotFound` where it is not the actor's to see, `NotAllowed` where it is theirs to see but not to do this with.
    """

    _executor: Executor

    def claim(self, actor: Actor, task_id: str) -> TaskSummary:
        """Takes a task that waits for a role the actor holds, or that a colleague holds for whom they stand in."""
        return self._change(actor, task_id, "task.claim", lambda context, seen: commands.claim(context, seen.task))

    def unclaim(self, actor: Actor, task_id: str) -> TaskSummary:
        """Gives a task back to its team."""
        return self._change(actor, task_id, "task.unclaim", lambda context, seen: commands.unclaim(context, seen.task))

    def delegate(self, actor: Actor, task_id: str, *, to: str, note: str = "", expected_revision: int | None = None) -> TaskSummary:
        """The holder gives the task to a colleague who holds its role, and may take it back. Raises `NotEligible`."""
        return self._give(actor, task_id, handling.DELEGATE, to, note, expected_revision)

    def hand_over(self, actor: Actor, task_id: str, *, to: str, note: str, expected_revision: int | None = None) -> TaskSummary:
        """As `delegate`, with what the colleague must know. Raises `NoteMissing`, `NotEligible`."""
        return self._give(actor, task_id, handling.HAND_OVER, to, note, expected_revision)

    def assign(self, actor: Actor, task_id: str, *, to: str, note: str = "", expected_revision: int | None = None) -> TaskSummary:
        """Somebody in authority gives the task to who holds its role; away from its holder only with a reason."""
        return self._give(actor, task_id, handling.ASSIGN, to, note, expected_revision)

    def take_back(self, actor: Actor, task_id: str, *, note: str = "", expected_revision: int | None = None) -> TaskSummary:
        """Whoever gave the task away has it again; somebody in authority may too, with a reason."""
        return self._change(actor, task_id, "task.take_back", lambda context, seen: handling.take_back(
            context, seen, note=note, expected_revision=expected_revision))

    def set_aside(self, actor: Actor, task_id: str, *, until: date, note: str, expected_revision: int | None = None) -> TaskSummary:
        """The holder sees the task again on the morning of `until`, or as soon as its deadline comes close.

        Raises:
            NoteMissing, NotAhead, TooPressing: no reason; no day ahead; it cannot wait.
        """
        return self._change(actor, task_id, "task.set_aside", lambda context, seen: handling.set_aside(
            context, seen, until=until, note=note, expected_revision=expected_revision))

    def bring_back(self, actor: Actor, task_id: str, *, expected_revision: int | None = None) -> TaskSummary:
        """The holder wants to see a task again that was set aside."""
        return self._change(actor, task_id, "task.set_aside", lambda context, seen: handling.bring_back(
            context, seen, expected_revision=expected_revision))

    def ask_help(self, actor: Actor, task_id: str, *, of: str | None = None, note: str) -> TaskSummary:
        """The holder asks a colleague, or (None) whoever decides over the case, who may then read the task while it is open.

        Raises:
            NoteMissing, NotEligible: nothing asked; nobody there to be asked.
        """

        def ask(context: Context, seen: InboxRow) -> None:
            handling.ask_help(context, seen, of=_helpers(context, seen, of), note=note)

        return self._change(actor, task_id, "task.ask_help", ask)

    def look(self, actor: Actor, task_id: str) -> None:
        """The actor has seen the task as it stands: its marks are gone until it changes."""

        def command(context: Context) -> None:
            row = task_rows.seen(context, task_id)
            if row.seen_revision != row.task.revision:
                acts.saw(context.uow, actor.account_id, task_id, row.task.revision, context.now)

        self._executor.run(actor, command)

    def colleagues(self, actor: Actor) -> tuple[Colleague, ...]:
        """Everybody of the actor's agency who holds a role of those that do tasks, by name: whom a task may be given to."""
        authorization.require(actor, "task.list")

        return self._executor.read(actor, colleagues.of_agency)

    # --- inside --------------------------------------------------------------------------------------------------

    def _give(self, actor: Actor, task_id: str, verb: str, to: str, note: str, expected_revision: int | None) -> TaskSummary:
        return self._change(actor, task_id, f"task.{verb}", lambda context, seen: handling.give(
            context, seen, to=to, verb=verb, note=note, expected_revision=expected_revision))

    def _change(self, actor: Actor, task_id: str, action: str, change: Callable[[Context, InboxRow], None]) -> TaskSummary:
        def command(context: Context) -> TaskSummary:
            seen = task_rows.found(context, task_id)
            about = facts.of_inbox(context, [seen])[0]
            if not authorization.allows(actor, action, about):
                # Somebody who may see it, or is of its team, learns who has it; anybody else that there is nothing here.
                if not (task_rows.is_of_team(context, seen) and authorization.allows(actor, action)):
                    authorization.require(actor, task_rows.READ, about)
                if seen.task.state != commands.OPEN:
                    raise errors.TaskGone(task_id=task_id)
                raise errors.TaskAlreadyClaimed(task_id=task_id) if seen.task.assignee_id else errors.NotAllowed(action=action)
            change(context, seen)
            again = task_rows.found(context, task_id)
            acts.saw(context.uow, actor.account_id, task_id, again.task.revision, context.now)  # one's own act is no news
            return task_rows.summary(context, again, facts.of_inbox(context, [again])[0])

        return self._executor.run(actor, command)


def _helpers(context: Context, seen: InboxRow, of: str | None) -> Collection[str]:
    """The colleague, if it is one of the house; without, everybody who decides over the case today."""
    row = seen.task
    if of is not None:
        account = accounts.get(context.uow, of)
        is_colleague = account is not None and account.agency_id == row.agency_id and account.disabled_at is None
        held = accounts.roles_held(context.uow, of, context.local_day())
        return [of] if is_colleague and colleagues.is_of_the_house(held, asking_for=row.role) else []
    instance = instances.get(context.uow, row.instance_id)
    role = concrete_role(CASE_AUTHORITY, context.parameters(instance.parameters_digest if instance else None))
    return accounts.holders(context.uow, row.agency_id, [role], context.local_day()).get(role, ())
