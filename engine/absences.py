"""The part of `engine.people` for who is away, and who holds their roles meanwhile (Plt.)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from engine import authorization, errors
from engine.authorization import ObjectFacts
from engine.colleagues import is_of_the_house, of_agency, roles_that_do_tasks
from engine.directory import qualifications
from engine.executor import Context, Executor
from engine.results import Absence, Colleague
from engine.types import Actor, StandIn
from storage import absences as rows
from storage import accounts, agencies, randomness
from storage import qualifications as confirmed
from storage.absences import AbsenceRow, StoodFor
from storage.accounts import AccountRow

RECORD = "absence.record"
DECREE_LENGTH = 200
LONGEST_DAYS = 366


class AbsenceRefused(errors.EngineError):
    """Give the days (from today on, at most a year), the roles, and the written delegation."""

    code = "absence-refused"
    indonesian = "Isi tanggalnya (mulai hari ini, paling lama setahun), perannya, dan surat penugasannya."


class SubstituteRefused(errors.EngineError):
    """This colleague cannot stand in: yourself, away on those days, not of this office, or not qualified for the role."""

    code = "substitute-refused"
    indonesian = "Rekan ini tidak dapat menjadi pengganti: Anda sendiri, sedang tidak ada pada tanggal itu, bukan dari unit ini, atau " \
                 "belum memenuhi kualifikasi perannya."


class AlreadyAway(errors.EngineError):
    """An absence is recorded for some of these days already; end it first."""

    code = "already-away"
    indonesian = "Untuk sebagian tanggal itu sudah tercatat tidak ada di tempat; akhiri dahulu catatan itu."


class Absences:
    """Days away with a substitute. A substitute hands nothing on: only roles held in one's own right can be stood in for."""

    _executor: Executor

    def absences(self, actor: Actor) -> tuple[Absence, ...]:
        """Those of the actor's agency that run or are to come, by first day."""
        authorization.require(actor, RECORD)

        def query(context: Context) -> tuple[Absence, ...]:
            today = context.local_day()
            found = rows.of_agency(context.uow, actor.agency_id, today)
            roles = rows.roles_of(context.uow, [row.id for row in found])
            names = accounts.names(context.uow, {one for row in found for one in (row.account_id, row.substitute_id)})
            return tuple(
                Absence(id=row.id, account_id=row.account_id, name=names[row.account_id], substitute_id=row.substitute_id,
                        substitute_name=names[row.substitute_id], roles=roles.get(row.id, ()), from_date=row.from_date,
                        until_date=row.until_date, decree=row.decree, runs=row.from_date <= today,
                        may_end=authorization.allows(actor, RECORD, _about(row.agency_id, row.account_id)))
                for row in found)

        return self._executor.read(actor, query)

    def may_be_away(self, actor: Actor) -> tuple[Colleague, ...]:
        """Whose days away the actor may record: their own, or, for those in authority, everybody's who does tasks."""
        authorization.require(actor, RECORD)
        return self._executor.read(actor, lambda context: tuple(
            one for one in of_agency(context) if authorization.allows(actor, RECORD, _about(actor.agency_id, one.id))))

    def record_absence(
        self, actor: Actor, *, account_id: str, substitute_id: str, roles: Collection[str], from_date: date, until_date: date, decree: str,
    ) -> str:
        """Somebody is away from a day through another; its id. One's own, or, for those in authority, a colleague's.

        Raises:
            NotFound: nobody of the agency, or not the actor's to record.
            AbsenceRefused, AlreadyAway, SubstituteRefused: what is wrong with what was given.
        """

        def command(context: Context) -> str:
            away = _person(context, account_id)
            authorization.require(actor, RECORD, _about(away.agency_id if away else "", account_id))
            assert away is not None
            today = context.local_day()
            own = {role for day in (from_date, until_date) for role in accounts.roles_held(context.uow, account_id, day)}
            if not (today <= from_date <= until_date and (until_date - today).days <= LONGEST_DAYS):
                raise AbsenceRefused()
            # Who audits or keeps the machine is appointed, not stood in for.
            if not roles or not set(roles) <= own & roles_that_do_tasks() or not 3 <= len(decree.strip()) <= DECREE_LENGTH:
                raise AbsenceRefused()
            if rows.overlapping(context.uow, account_id, from_date, until_date):
                raise AlreadyAway()
            _check_substitute(context, away, substitute_id, roles, from_date, until_date)
            new = AbsenceRow(
                id=randomness.new_id(), agency_id=away.agency_id, account_id=account_id, substitute_id=substitute_id, from_date=from_date,
                until_date=until_date, decree=" ".join(decree.split()), recorded_by=actor.account_id, recorded_at=context.now)
            rows.add(context.uow, new, roles)
            return new.id

        return self._executor.run(actor, command)

    def end_absence(self, actor: Actor, absence_id: str) -> None:
        """The person is back, or it was recorded by mistake: the substitute's roles end at once. Ended already, nothing changes."""

        def command(context: Context) -> None:
            row = rows.get(context.uow, absence_id)
            authorization.require(actor, RECORD, _about(row.agency_id if row else "", row.account_id if row else ""))
            rows.end(context.uow, absence_id, by=actor.account_id, at=context.now)

        self._executor.run(actor, command)


def stand_ins(found: Iterable[StoodFor]) -> tuple[StandIn, ...]:
    """Roles by the person they are held for."""
    roles: dict[tuple[str, str], set[str]] = {}
    for each in found:
        roles.setdefault((each.account_id, each.name), set()).add(each.role)
    return tuple(StandIn(account_id=account_id, name=name, roles=frozenset(held)) for (account_id, name), held in sorted(roles.items()))


def _person(context: Context, account_id: str) -> AccountRow | None:
    row = accounts.get(context.uow, account_id)
    return None if row is None or row.disabled_at is not None else row


def _about(agency_id: str, account_id: str) -> ObjectFacts:
    return ObjectFacts(agency_id=agency_id, owner_id=account_id)


def _check_substitute(
    context: Context, away: AccountRow, substitute_id: str, roles: Collection[str], from_date: date, until_date: date,
) -> None:
    row = _person(context, substitute_id)
    # Nobody appoints themselves, a substitute in authority not either.
    if row is None or row.agency_id != away.agency_id or row.id in (away.id, context.actor.account_id):
        raise SubstituteRefused()
    # Nobody stands in for anybody while away: so two people never stand in for each other.
    if rows.overlapping(context.uow, substitute_id, from_date, until_date):
        raise SubstituteRefused()
    held = accounts.roles_held(context.uow, substitute_id, from_date)
    if not held or not held <= roles_that_do_tasks() or not all(is_of_the_house(held, asking_for=role) for role in roles):
        raise SubstituteRefused()
    agency = agencies.get(context.uow, away.agency_id)
    asked = qualifications.asked(agency) if agency is not None else {}
    proven = {(one.role, one.qualification) for one in confirmed.of_account(context.uow, substitute_id)}
    if any((role, one) not in proven for role in roles for one in asked.get(role, ())):
        raise SubstituteRefused()
