"""Commands on the way a process took: ask that a step which was done begin again, and the word of somebody else on it.

Nothing that happened is undone: what was sent stays sent, letters stay written, the first verdict stays given. The step waits anew,
with a clock of its own, and the case goes on from there.
"""

from __future__ import annotations

from typing import Final

from engine import authorization, errors, journal, reasons
from engine.advance import LiveInstance
from engine.definitions import concrete_role
from engine.executor import Context
from engine.filings import Filing, Modification, ids
from engine.spiff import going_back
from engine.transition import AskModify, Modify, RefuseModify
from storage import notices, randomness, tasks

MODIFY: Final = "case.modify"


class ModifiedMeanwhile(errors.EngineError):
    """The case moved on, or somebody else asked or answered: look at what waits now, then decide again."""

    code = "modified-meanwhile"
    indonesian = "Kasus ini sudah bergerak, atau sudah diminta atau dijawab orang lain. Periksa yang menunggu sekarang, lalu putuskan lagi."


class OwnModification(errors.EngineError):
    """Nobody answers their own request: ask another person in authority."""

    code = "own-modification"
    indonesian = "Permintaan Anda sendiri harus dijawab oleh penanggung jawab lain."


def ask(context: Context, filing: Filing, live: LiveInstance, *, steps: tuple[str, ...], reason: str) -> None:
    """Asks that the step of `filing` begin again; nothing moves yet. `steps` are the tasks over by that, as the actor saw them.

    Raises:
        ModifiedMeanwhile, ReasonWanted. InstanceNotActive: the process is paused.
    """
    why = reasons.stated(reason)
    now = _over(live, filing)
    if now is None or steps != ids(live.id, now.steps) or any(one.waits and one.steps == steps for one in filing.modifications):
        raise ModifiedMeanwhile()
    if live.suspended_at is not None:
        raise errors.InstanceNotActive(instance_id=live.id)
    live.apply(AskModify(entry=filing.seq, steps=steps), at=context.now, recorded_at=context.now, actor_id=context.actor.account_id,
               note={journal.REASON: why})
    role = concrete_role("case_authority", live.parameters)
    if role in authorization.KNOWN_ROLES:
        _tell(context, live, "decision_wanted", role=role)


def answer(context: Context, filing: Filing, asked: Modification, live: LiveInstance, *, is_accepted: bool, reason: str) -> None:
    """Lets the step of `filing` begin again, or refuses that. Whoever held a task that is over by it is told.

    Raises:
        OwnModification, ModifiedMeanwhile, ReasonWanted. InstanceNotActive: the process is paused.
    """
    why = reasons.stated(reason)
    now = _over(live, filing)
    if not asked.waits or is_accepted and (now is None or asked.steps != ids(live.id, now.steps)):
        raise ModifiedMeanwhile()
    if asked.actor_id == context.actor.account_id:
        raise OwnModification()
    said: Modify | RefuseModify = RefuseModify(entry=asked.seq)
    if is_accepted and now is not None:
        said = Modify(entry=asked.seq, begin=filing.element_id, end=ids(live.id, now.tokens))
    live.apply(said, at=context.now, recorded_at=context.now, actor_id=context.actor.account_id, note={journal.REASON: why})
    for row in tasks.of_instance(context.uow, live.id) if is_accepted else ():
        if row.id in asked.steps and row.assignee_id is not None:
            _tell(context, live, "task_taken", account_id=row.assignee_id, about=row.id)
    _tell(context, live, "information", account_id=asked.actor_id)


def _over(live: LiveInstance, filing: Filing) -> going_back.Over | None:
    """As the instance stands in this command: its due timers have fired since the filing was read."""
    if filing.stood is None or live.has_ended:
        return None
    return going_back.over(live.definition.program, live.state, filing.stood)


def _tell(
    context: Context, live: LiveInstance, code: str, *, role: str | None = None, account_id: str | None = None, about: str = "",
) -> None:
    notices.add(context.uow, notices.NoticeRow(
        id=randomness.new_id(), agency_id=live.agency_id, account_id=account_id, role=role, at=context.now, code=code,
        case_id=live.case_id, once=f"modification:{live.id}:{live.seq}:{about}"))
