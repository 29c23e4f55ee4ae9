"""The access log and emergency accesses as people read them: who by name or number, in which role, what stands out."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from engine import authorization, facts, ran_by
from engine.access_results import AccessEntry, AccessReview, BusyReader, OutsideReader
from engine.advance import SYSTEM
from engine.commands import access
from engine.executor import Context
from engine.types import Text
from storage import access_grants, access_log, accounts, agencies, cases, inbox
from storage import instances as instance_rows
from storage import journal as journal_rows

BUSY_VIEWS: Final = 200                     # cases read within one hour (issue 4): no caseload needs so many
BUSY_WITHIN: Final = timedelta(hours=1)
LOOKED_BACK: Final = timedelta(days=7)
#: Who is told who it was by name: who answers for the case, and who answers for personal data. An audit judges roles.
_NAMED_TO: Final = (*authorization.AUTHORITY, "data_protection_officer")


class People:
    """Who did something: a name and the roles of that day. Whoever judges roles gets a number for a name, the same in one reading."""

    def __init__(self, context: Context) -> None:
        self._context, self._numbers = context, dict[str, int]()
        self._zone = ZoneInfo(agencies.zone(context.uow, context.actor.agency_id) or "Asia/Jakarta")
        self._roles: dict[tuple[str, object], tuple[str, ...]] = {}
        self._names: dict[str, str] = {}

    def who(self, account_id: str) -> str:
        """Their name, or `#n`."""
        if account_id == SYSTEM:
            return SYSTEM
        if is_partner(account_id):
            return authorization.PARTNER
        if not self._context.actor.holds(*_NAMED_TO):
            return f"#{self._numbers.setdefault(account_id, len(self._numbers) + 1)}"
        if account_id not in self._names:
            row = accounts.get(self._context.uow, account_id)
            self._names[account_id] = row.name if row is not None else account_id
        return self._names[account_id]

    def roles(self, account_id: str, at: datetime) -> tuple[str, ...]:
        """The roles they held on that day."""
        if is_partner(account_id):
            return (authorization.PARTNER,)
        day = at.astimezone(self._zone).date()
        if (account_id, day) not in self._roles:
            self._roles[account_id, day] = tuple(sorted(accounts.roles_held(self._context.uow, account_id, day)))
        return self._roles[account_id, day]


def is_partner(account_id: str) -> bool:
    """Whether this is no account but a referral partner's link: what it may read was released to it."""
    return account_id.partition(":")[0] == authorization.PARTNER


def entries(context: Context, rows: Iterable[access_log.AccessRow], case_id: str, people: People) -> tuple[AccessEntry, ...]:
    """Log rows as people read them."""
    rows = list(rows)
    labels = _labels(context, case_id) if any(row.what == access.UNMASK for row in rows) else {}
    return tuple(
        AccessEntry(seq=row.seq, at=row.at, who=people.who(row.account_id), roles=people.roles(row.account_id, row.at), what=row.what,
                    about=row.field_group, why=row.purpose, label=labels.get(row.field_group))
        for row in rows)


def outsiders(context: Context, rows: Sequence[access_log.AccessRow], case: cases.CaseRow, people: People) -> tuple[OutsideReader, ...]:
    """Who read of the case without working on it, and how often; most often first. Who reads the log reads nothing of the case."""
    views = Counter(row.account_id for row in rows if row.what == access.READ and row.field_group != access.LOG)
    strangers = [
        account_id for account_id in views
        if account_id not in (case.owner_id, SYSTEM) and not is_partner(account_id)
        and not inbox.cases_worked_on(context.uow, account_id, [case.id])
        and not journal_rows.acted_in(context.uow, account_id, case.id)]
    return tuple(OutsideReader(who=people.who(each), roles=people.roles(each, context.now), views=views[each])
                 for each in sorted(strangers, key=lambda each: (-views[each], each)))


def busy(context: Context, people: People) -> tuple[BusyReader, ...]:
    """Who of the agency read `BUSY_VIEWS` cases or more within an hour, lately."""
    since = context.now - LOOKED_BACK
    found = []
    for account_id in access_log.busy_readers(context.uow, context.actor.agency_id, since=since, at_least=BUSY_VIEWS):
        views, began = busiest(access_log.read_at(context.uow, context.actor.agency_id, account_id, since=since))
        if views >= BUSY_VIEWS:
            found.append(BusyReader(who=people.who(account_id), roles=people.roles(account_id, began), views=views, since=began))
    return tuple(sorted(found, key=lambda each: (-each.views, each.since)))


def busiest(times: Sequence[datetime]) -> tuple[int, datetime]:
    """The most of these (at least one, in order) that lie within one hour, and when that hour began."""
    window: deque[datetime] = deque()
    most, began = 0, times[0]
    for at in times:
        window.append(at)
        while at - window[0] > BUSY_WITHIN:
            window.popleft()
        if len(window) > most:
            most, began = len(window), window[0]
    return most, began


def reviews(context: Context, rows: Sequence[access_grants.BrokenGlassRow]) -> tuple[AccessReview, ...]:
    """Emergency accesses for who may list them, without those of cases they have a conflict in."""
    people = People(context)
    known = {row.id: row for row in (cases.get(context.uow, each) for each in {row.grant.case_id for row in rows}) if row is not None}
    about = dict(zip(known, facts.of_cases(context, list(known.values())), strict=True))
    return tuple(_review(context, row, about[row.grant.case_id], people) for row in rows
                 if row.grant.case_id in about and authorization.allows(context.actor, "access.list", about[row.grant.case_id]))


def _review(context: Context, row: access_grants.BrokenGlassRow, about: authorization.ObjectFacts, people: People) -> AccessReview:
    grant = row.grant
    log = {each.seq: each for each in access_log.of_case(context.uow, grant.case_id, after=grant.entry - 1)}
    meanwhile = Counter(each.what for each in log.values() if each.account_id == grant.account_id and each.seq > grant.entry
                        and grant.granted_at <= each.at <= grant.until)
    reviewed = log.get(grant.review_entry or 0)
    return AccessReview(
        id=grant.id, case_id=grant.case_id, business_key=row.business_key, who=people.who(grant.account_id),
        roles=people.roles(grant.account_id, grant.granted_at), at=grant.granted_at, until=grant.until,
        reason=log[grant.entry].purpose if grant.entry in log else "", viewed=meanwhile, verdict=grant.verdict or "",
        review_reason=reviewed.purpose if reviewed is not None else "", reviewed_at=grant.reviewed_at,
        reviewed_by=people.who(grant.reviewed_by) if grant.reviewed_by else "",
        may_review=grant.verdict is None and grant.account_id != context.actor.account_id
        and authorization.allows(context.actor, "access.review", about))


def _labels(context: Context, case_id: str) -> dict[str, Text]:
    return {f"{form.record}.{field.key}": field.label for instance in instance_rows.of_case(context.uow, case_id)
            for form in ran_by.of(context, instance).forms for field in form.fields}
