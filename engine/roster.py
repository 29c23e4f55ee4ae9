"""`engine.roster`: who is on duty, whom a late task reaches next, and what waits for nobody."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from engine import authorization, errors, escalation, facts, seal, vacancies
from engine.authorization import STAFF, ObjectFacts
from engine.commands import escalations as commands
from engine.executor import Context, Executor
from engine.office_results import ChainLink, Escalation, Shift, Vacancy
from engine.types import Actor
from storage import accounts, duty, escalations, notices, randomness, tasks

LONGEST_SHIFT = timedelta(days=31)
_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{4,22}[0-9]")


class Roster:
    """The duty roster of an agency. Several people may be on duty at once; an hour may be nobody's, and then the desk says so."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def shifts(self, actor: Actor) -> tuple[Shift, ...]:
        """Shifts that run or are to come, by their beginning."""
        authorization.require(actor, "roster.read")
        return self._executor.read(actor, lambda context: _shown(context, duty.to_come(context.uow, actor.agency_id, context.now)))

    def on_duty(self, actor: Actor) -> tuple[Shift, ...]:
        """Who is on duty now; who began last comes first. Empty: nobody can be reached outside office hours."""
        authorization.require(actor, "roster.read")
        return self._executor.read(actor, lambda context: _shown(context, duty.on_duty(context.uow, actor.agency_id, context.now)))

    def add_shift(self, actor: Actor, account_id: str, *, starts_at: datetime, ends_at: datetime, phone: str) -> str:
        """Puts somebody of the unit on duty; the shift's id. The same shift of the same person twice is one.

        Raises:
            InvalidSubmission: the person, the hours or the telephone number cannot be used.
        """

        def command(context: Context) -> str:
            authorization.require(actor, "roster.change", ObjectFacts(agency_id=actor.agency_id))
            number = " ".join(phone.split())
            problems: dict[str, tuple[str, str]] = {}
            if not _can_serve(context, account_id):
                problems["account"] = ("Pilih orang yang berperan di unit hari ini.", "Choose somebody who holds a role of the unit today.")
            if not timedelta(0) < ends_at - starts_at <= LONGEST_SHIFT or ends_at <= context.now:
                problems["ends_at"] = ("Piket berakhir sesudah mulai, paling lama 31 hari, dan belum lewat.",
                                       "A shift ends after it begins, lasts 31 days at most, and is not over yet.")
            if not _PHONE.fullmatch(number):
                problems["phone"] = ("Tulis nomor telepon, misalnya 0812-0000-0000.", "Give a telephone number, such as 0812-0000-0000.")
            if problems:
                raise errors.InvalidSubmission(problems)
            for known in duty.to_come(context.uow, actor.agency_id, context.now):
                if (known.account_id, known.starts_at, known.ends_at) == (account_id, starts_at, ends_at):
                    return known.id
            shift_id = randomness.new_id()
            sealed = seal.seal(_key(context), number.encode(), nonce=randomness.random_bytes(seal.NONCE_BYTES), bound_to=_binding(shift_id))
            duty.add(context.uow, duty.ShiftRow(
                id=shift_id, agency_id=actor.agency_id, account_id=account_id, starts_at=starts_at, ends_at=ends_at, phone=sealed,
                set_by=actor.account_id, set_at=context.now))
            return shift_id

        return self._executor.run(actor, command)

    def remove_shift(self, actor: Actor, shift_id: str) -> None:
        """Takes a shift off the roster. Raises `NotFound`: none of this agency's."""

        def command(context: Context) -> None:
            row = duty.get(context.uow, shift_id)
            if row is None:
                authorization.require(actor, "roster.change")
                raise errors.NotFound(shift_id=shift_id)
            authorization.require(actor, "roster.change", ObjectFacts(agency_id=row.agency_id))
            duty.remove(context.uow, shift_id)

        self._executor.run(actor, command)

    def escalation(self, actor: Actor, task_id: str) -> Escalation | None:
        """Whom the task reaches when it is late, and who was told; None where the SOP gives it no time, or it waits no longer."""

        def query(context: Context) -> Escalation | None:
            task = tasks.get(context.uow, task_id)
            if task is None:
                raise errors.NotFound(task_id=task_id)
            authorization.require(actor, "task.read", facts.of_task(context, task))
            chain = commands.chain_of(context, task) if task.state == "open" else None
            return None if chain is None else _told(context, task, chain)

        return self._executor.read(actor, query)

    def vacancy(self, actor: Actor, roles: Collection[str]) -> Vacancy | None:
        """Which of these roles nobody in the actor's agency holds today, so that what waits for them waits for nobody; None where somebody
        holds each."""
        authorization.require(actor, "roster.read")
        return self._executor.read(actor, lambda context: vacancies.of(
            context, roles, lambda: _shown(context, duty.on_duty(context.uow, actor.agency_id, context.now))))


def _told(context: Context, task: tasks.TaskRow, chain: escalation.Chain) -> Escalation:
    begun = escalations.get(context.uow, task.id)
    done = begun.told if begun is not None else 0
    holders = accounts.holders(context.uow, task.agency_id, {link.role for link in chain.links if link.role}, context.local_day())
    on_duty = _shown(context, duty.on_duty(context.uow, task.agency_id, context.now))
    went_to = _went_to(context, task, holders)
    reached = [went_to.get(link.step, ()) if number < done else _reached(link, task, holders, on_duty)
               for number, link in enumerate(chain.links)]
    names = accounts.names(context.uow, {each for people in reached for each in people})
    phones = {each.account_id: each.phone for each in on_duty}
    return Escalation(proposed=chain.proposed, links=tuple(
        ChainLink(step=link.step, role=link.role, names=tuple(names.get(each, "") for each in people), at=link.at,
                  told=number < done and bool(people), missed=number < done and not people,
                  phone=next((phones[each] for each in people if each in phones), ""))
        for number, (link, people) in enumerate(zip(chain.links, reached, strict=True))))


def _went_to(context: Context, task: tasks.TaskRow, holders: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    """step -> the accounts its notice went to. One for a role that nobody holds went to nobody."""
    found: dict[str, tuple[str, ...]] = {}
    for row in notices.of_task(context.uow, task.id):
        step = commands.step_of(row)
        people = holders.get(row.role, ()) if row.role is not None else (row.account_id,) if row.account_id is not None else ()
        found[step] = (*found.get(step, ()), *people)
    return found


def _reached(link: escalation.Link, task: tasks.TaskRow, holders: Mapping[str, tuple[str, ...]],
             on_duty: tuple[Shift, ...]) -> tuple[str, ...]:
    """The accounts a link means now."""
    if link.step == escalation.DUTY_OFFICER:
        return tuple(each.account_id for each in on_duty)
    if link.step == escalation.HOLDER and task.assignee_id is not None:
        return (task.assignee_id,)
    return holders.get(link.role, ())


def _can_serve(context: Context, account_id: str) -> bool:
    account = accounts.get(context.uow, account_id)
    return (account is not None and account.agency_id == context.actor.agency_id and account.disabled_at is None
            and not accounts.roles_held(context.uow, account_id, context.local_day()).isdisjoint(STAFF))


def _shown(context: Context, rows: list[duty.ShiftRow]) -> tuple[Shift, ...]:
    names = accounts.names(context.uow, {row.account_id for row in rows})
    return tuple(Shift(id=row.id, account_id=row.account_id, name=names.get(row.account_id, ""), starts_at=row.starts_at,
                       ends_at=row.ends_at, phone=seal.unseal(_key(context), row.phone, bound_to=_binding(row.id)).decode())
                 for row in rows)


def _key(context: Context) -> bytes:
    """Telephone numbers belong to no case: they are kept under a key of their agency."""
    return seal.derived(context.executor.master_key, f"roster of {context.actor.agency_id}")


def _binding(shift_id: str) -> str:
    return f"duty:{shift_id}"
