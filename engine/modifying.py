"""The part of `engine.cases` for going back: a step that was done begins again, when two people say so."""

from __future__ import annotations

from collections.abc import Collection

from engine import authorization
from engine.commands import corrections as correction_commands
from engine.commands import modifications as commands
from engine.executor import Context, Executor
from engine.filing_desk import FilingDesk
from engine.types import Actor


class CaseModifying:
    """The way that a process took stays as it was; the way on may lead through a step once more."""

    _executor: Executor

    def ask_modification(
        self, actor: Actor, case_id: str, instance_id: str, seq: int, *, steps: Collection[str], reason: str
    ) -> None:
        """Asks that the step whose form came with entry `seq` begin again. `steps` are those of `WayBack`, by id, as the actor saw them.
        Asking what is asked already is refused.

        Raises:
            NotFound: no such form, or neither its step nor its decision is the actor's.
            ModifiedMeanwhile: look again first. ReasonWanted. InstanceNotActive: the process is paused.
        """

        def command(context: Context) -> None:
            desk = FilingDesk(context, case_id)
            desk.to_see(instance_id)
            live = correction_commands.lock(context, instance_id)
            commands.ask(context, desk.to_ask_again(instance_id, seq), live, steps=tuple(sorted(steps, key=_number)), reason=reason)

        self._executor.run(actor, command)

    def answer_modification(
        self, actor: Actor, case_id: str, instance_id: str, asked_seq: int, *, is_accepted: bool, reason: str
    ) -> None:
        """Lets the step begin again, or refuses it. Never one's own request.

        Raises:
            OwnModification, ReasonWanted. ModifiedMeanwhile: somebody answered, or the case moved on. InstanceNotActive: it is paused.
        """

        def command(context: Context) -> None:
            desk = FilingDesk(context, case_id)
            authorization.require(actor, commands.MODIFY, desk.about)
            desk.to_see(instance_id)
            live = correction_commands.lock(context, instance_id)
            found, asked = desk.asked_again(instance_id, asked_seq)
            commands.answer(context, found, asked, live, is_accepted=is_accepted, reason=reason)

        self._executor.run(actor, command)


def _number(token_id: str) -> int:
    number = token_id.rpartition(".")[2]
    return int(number) if number.isdecimal() else 0
