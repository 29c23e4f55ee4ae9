"""The part of `engine.people` that is about an agency's calendar and parameters: read them, and change them by two people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from engine import agency_hours, agency_parameters, authorization, carrying, errors, table_changes, table_effects, work_calendar
from engine.agency_drafts import AgencyDrafts
from engine.agency_hours import AgencyHours
from engine.commands import tables as commands
from engine.directory import agencies as in_force
from engine.directory import sign_in
from engine.executor import Context, Executor
from engine.settings import Settings
from engine.table_results import AgencyCalendar, DayOff, HoursChange, ParameterDetail, TableChange, TableEffect
from engine.types import Actor, Text
from engine.used_parameters import read_by_steps
from storage import accounts
from storage import table_changes as rows


class AgencyTables(AgencyDrafts):
    """Whoever proposes a change never approves it. It is in force from the approval on: for cases that begin then, and, through their
    journals, for those that run. What was judged or is late by then stays."""

    _executor: Executor
    _settings: Settings

    def working_calendar(self, actor: Actor, *, year: int | None = None) -> AgencyCalendar:
        """The calendar of the actor's agency in one year (default this one, as the agency counts it)."""
        authorization.require(actor, "calendar.read")
        return self._executor.read(actor, lambda context: _calendar(context, year or context.local_day().year))

    def parameters(self, actor: Actor) -> tuple[ParameterDetail, ...]:
        """The parameters of the actor's agency."""
        authorization.require(actor, "calendar.read")
        return self._executor.read(actor, lambda context: agency_parameters.every(
            commands.own_agency(context).profile, read=read_by_steps(context)))

    def table_changes(self, actor: Actor) -> tuple[TableChange, ...]:
        """Everything drafted, proposed and decided of them, the latest first; of drafts only the actor's own."""
        authorization.require(actor, "calendar.history")
        return self._executor.read(actor, lambda context: _told(context, [
            row for row in rows.of_agency(context.uow, actor.agency_id) if _is_shown(actor, row)]))

    def table_change(self, actor: Actor, change_id: str) -> TableChange:
        """One of them."""
        authorization.require(actor, "calendar.history")
        return self._executor.read(actor, lambda context: _told(context, [_shown(context, change_id)])[0])

    def effect_of_change(self, actor: Actor, change_id: str, *, after: str = "") -> TableEffect:
        """The deadlines of running cases that a draft or proposal moves, told by what the approval does. For who proposes and decides.

        Raises:
            ChangesNothing: the tables in force say so already.
        """
        authorization.require(actor, "sop.preview_migration")
        return self._executor.read(actor, lambda context: table_effects.page(context, _shown(context, change_id), after))

    def propose_change(self, actor: Actor, change_id: str, *, accepted: str = "") -> None:
        """Lays the actor's draft before the head of unit. `accepted`: why, although its effect says that nobody holds the role or that one
        hand approves its own work (`TableEffect.role`).

        Raises:
            InvalidSubmission: it has to say why.
            DayPassed, SeasonsOverlap, ChangesNothing, StaleRevision: it cannot be proposed like this.
        """
        authorization.require(actor, commands.CHANGE)
        self._executor.run(actor, lambda context: commands.propose(context, change_id, accepted=accepted))

    def take_back_change(self, actor: Actor, change_id: str) -> None:
        """The actor's proposal is their draft again, as long as nobody decided. Raises `StaleRevision`."""
        authorization.require(actor, commands.CHANGE)
        self._executor.run(actor, lambda context: commands.take_back(context, change_id))

    def give_up_change(self, actor: Actor, change_id: str) -> None:
        """The actor's draft is not proposed. Raises `StaleRevision`."""
        authorization.require(actor, commands.CHANGE)
        self._executor.run(actor, lambda context: commands.give_up(context, change_id))

    def approve_change(
        self, actor: Actor, change_id: str, *, reason: str, passphrase: str, proposed_at: datetime | None = None, address: str = "",
    ) -> None:
        """In force from now on, confirmed by the passphrase. The first running cases follow at once, the others by the worker.
        `proposed_at`: of the proposal as it was read; one that was taken back, changed and proposed again since is another.

        Raises:
            SignInRefused, TooManyAttempts: the passphrase is not the actor's.
            OwnChange: they proposed it.
            DayPassed, SeasonsOverlap, ChangesNothing, StaleRevision, InvalidSubmission: it cannot come into force like this.
        """
        authorization.require(actor, commands.APPROVE)
        self._executor.read(actor, lambda context: commands.to_decide(context, change_id, reason))
        sign_in.confirm(self._executor, self._settings, actor.account_id, passphrase, address=address)
        self._executor.run(actor, lambda context: commands.approve(
            context, change_id, reason=reason, proposed_at=proposed_at))
        carrying.carry(self._executor, agency_id=actor.agency_id)

    def send_back_change(self, actor: Actor, change_id: str, *, reason: str) -> None:
        """Everything stays. Raises `OwnChange`, `StaleRevision`, `InvalidSubmission`."""
        authorization.require(actor, commands.APPROVE)
        self._executor.run(actor, lambda context: commands.send_back(context, change_id, reason=reason))


def _is_shown(actor: Actor, row: rows.ChangeRow) -> bool:
    return row.state not in (commands.DRAFT, commands.GIVEN_UP) or row.made_by == actor.account_id


def _shown(context: Context, change_id: str) -> rows.ChangeRow:
    row = commands.own(context, change_id)
    if not _is_shown(context.actor, row):
        raise errors.NotFound(change_id=change_id)
    return row


def _calendar(context: Context, year: int) -> AgencyCalendar:
    hours, calendar = commands.hours_in_force(context)
    named, today = work_calendar.indonesian_names(year), context.local_day()
    said: dict[date, DayOff] = {}
    for row in rows.approved(context.uow, context.actor.agency_id):
        for day in table_changes.each_day(row.content) if table_changes.is_of_days(row.kind, row.content) else ():
            own = Text(row.content["name"], row.content["name"]) if row.content["name"] else named.get(day, _UNNAMED)
            said[day] = DayOff(day=day, name=own, works=row.content["works"], source=row.source)
    off = {day: said.get(day) or DayOff(day=day, name=named.get(day, _UNNAMED)) for day in calendar.holidays}
    days = {**{day: one for day, one in said.items() if one.works and day not in off}, **off}
    first = context.now.year
    return AgencyCalendar(
        zone=calendar.zone.key, today=today, year=year, years=tuple(range(first - in_force.YEARS_BACK, first + in_force.YEARS_AHEAD)),
        ordinary=hours.ordinary_on(today), planned=tuple(one for one in hours.ordinary if one.first > today),
        seasons=tuple(sorted(hours.seasons, key=lambda season: season.first)), same_day_closes=calendar.same_day_closes,
        other_days=tuple(one for one in hours.days if one.day >= today),
        days=tuple(days[day] for day in sorted(days) if day.year == year))


def _told(context: Context, found: Iterable[rows.ChangeRow]) -> tuple[TableChange, ...]:
    shown = list(found)
    ids = {one for row in shown for one in (row.made_by, row.decided_by) if one is not None}
    names = {**{one: one for one in ids}, **accounts.names(context.uow, ids)}
    parameters: Mapping[str, ParameterDetail] = {}
    if any(row.kind == table_changes.PARAMETERS for row in shown):
        parameters = {one.name: one for one in agency_parameters.every(
            commands.own_agency(context).profile, read=read_by_steps(context))}
    hours = commands.hours_in_force(context)[0]
    return tuple(_one_told(context, row, names, parameters, hours) for row in shown)


def _one_told(
    context: Context, row: rows.ChangeRow, names: Mapping[str, str], parameters: Mapping[str, ParameterDetail], hours: AgencyHours,
) -> TableChange:
    of_days, of_calendar = table_changes.is_of_days(row.kind, row.content), row.kind == table_changes.CALENDAR
    first, last = table_changes.days_of(row.content) if of_days else (None, None)
    value = "" if of_calendar else row.content["value"]
    return TableChange(
        id=row.id, kind=row.kind, first=first, last=last, name=row.content["name"], works=of_days and row.content["works"],
        hours=_hours(row.content, hours) if of_calendar and not of_days else None,
        parameter=None if of_calendar else parameters.get(row.content["name"]), value=str(value),
        amount=None if of_calendar else agency_parameters.amount_of(value), source=row.source, reason=row.reason,
        accepted=row.content.get("accepted", ""), made_at=row.made_at, proposed_at=row.proposed_at,
        made_by=names[row.made_by], state=row.state, decided_at=row.decided_at,
        decided_by="" if row.decided_by is None else names[row.decided_by], decided_reason=row.decided_reason or "", moved=row.moved,
        is_carried=row.carried_at is not None, is_own=row.made_by == context.actor.account_id)


def _hours(content: Mapping[str, Any], hours: AgencyHours) -> HoursChange:
    """`was` as the hours in force now have it."""
    def day(key: str) -> date | None:
        return date.fromisoformat(content[key]) if key in content else None

    shape, first, of = content["shape"], agency_hours.starts(content), day("of")
    season = hours.season_from(of) if of is not None else None
    week = work_calendar.week_from_json(content["week"]) if "week" in content else None
    was = season.week if season is not None else hours.ordinary_on(first).week if first is not None else None
    if shape == agency_hours.DAY and first is not None:
        week = {first.weekday(): agency_hours.hours_of(content)} if "hours" in content else None
        was = {first.weekday(): agency_hours.on(hours, first)}
    return HoursChange(
        shape=shape, first=day("first") or day("day") or of, last=day("last"), week=week, was=was,
        on_holidays=content.get("on_holidays", False), of=of, until=day("until"), closes=content.get("closes", False))


_UNNAMED = Text("Hari libur instansi", "Agency holiday")
