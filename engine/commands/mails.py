"""Writing out what mail is owed: one job for each notice and receiver, and one each morning for whoever reads a digest.

The notice itself is the outbox: it stands in the same transaction as what it tells of, and what follows here, and the mail server
after it, can fail without any case noticing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine import canonical
from engine.executor import Context
from engine.notice_kinds import USUAL, Choice, Where, kind_of
from engine.work_calendar import WorkCalendar
from storage import accounts, agencies, conflicts, jobs, notice_choices, notices, randomness
from storage import settings as setting_rows
from storage.accounts import AccountRow
from storage.agencies import AgencyRow

NOTICE, DIGEST = "notice", "digest"
LOOKED_AT_ONCE = 100
FIRST_DIGEST_COVERS = timedelta(days=1)


def write_out(context: Context, *, mailing: bool) -> int:
    """Jobs for the notices not looked at yet, and for the digests of this morning; how many jobs.

    Without a mail server nothing is owed. The notices count as looked at all the same, so that setting one up tells nobody
    what is long past.
    """
    found = notices.to_mail(context.uow, limit=LOOKED_AT_ONCE)
    written = [job for row in found for job in _of_notice(context, row)] if mailing else []
    notices.mark_mailed(context.uow, [row.id for row in found], context.now)
    if mailing:
        for agency in agencies.every(context.uow):
            written += _digests(context, agency)
    jobs.insert_many(context.uow, written)
    return len(written)


def choice_of(row: notice_choices.ChoiceRow | None) -> Choice:
    """A stored choice; what is usual where nothing was chosen."""
    if row is None:
        return USUAL
    quiet = None if row.quiet_from is None or row.quiet_until is None else (_time(row.quiet_from), _time(row.quiet_until))
    known = {where.value for where in Where}
    return Choice(by_kind={kind: Where(where) for kind, where in row.by_kind.items() if where in known}, email=row.email, quiet=quiet)


def address_of(account: AccountRow, choice: Choice) -> str | None:
    """Where this person's mail goes: the address they gave, else their sign-in name where that is one."""
    if choice.email is not None:
        return choice.email
    return account.sign_in if "@" in account.sign_in else None


def receivers(context: Context, row: notices.NoticeRow) -> list[str]:
    """Accounts a notice is for today, without those who have a conflict of interest in its case."""
    if row.account_id is not None:
        return [row.account_id]
    agency = agencies.get(context.uow, row.agency_id)
    if agency is None or row.role is None:
        return []
    day = context.now.astimezone(ZoneInfo(agency.zone)).date()
    barred = {each.account_id for each in conflicts.of_case(context.uow, row.case_id)} if row.case_id else set()
    return [one for one in accounts.holders(context.uow, row.agency_id, [row.role], day).get(row.role, ()) if one not in barred]


def _of_notice(context: Context, row: notices.NoticeRow) -> list[jobs.JobRow]:
    kind = kind_of(row.code)
    if kind is None:
        return []
    written = []
    for account, choice in _people(context, receivers(context, row)):
        if choice.where(kind) is Where.NOW and address_of(account, choice) is not None:
            zone = ZoneInfo(agencies.zone(context.uow, account.agency_id) or "UTC")
            written.append(_job(context, account, NOTICE, row.id, available_at=choice.not_before(context.now, kind, zone)))
    return written


def _digests(context: Context, agency: AgencyRow) -> list[jobs.JobRow]:
    """At opening time of a working day, once, for everybody of this agency who reads some kind of notices in a digest."""
    zone = ZoneInfo(agency.zone)
    local = context.now.astimezone(zone)
    key = f"digest:{agency.id}"
    last = setting_rows.get(context.uow, key)
    since = datetime.fromisoformat(last) if last is not None else context.now - FIRST_DIGEST_COVERS
    if last is not None and since.astimezone(zone).date() >= local.date():
        return []
    calendar: WorkCalendar | None = None if agency.calendar_digest is None else context.tables[agency.calendar_digest]
    hours = calendar.hours_on(local.date()) if calendar is not None else ()
    if not hours or local.time() < hours[0][0]:
        return []
    setting_rows.put(context.uow, key, context.now.isoformat())
    people = _people(context, [row.id for row in accounts.of_agency(context.uow, agency.id)])
    return [
        _job(context, account, DIGEST, local.date().isoformat(), available_at=context.now, since=since)
        for account, choice in people if choice.codes(Where.DIGEST) and address_of(account, choice) is not None]


def _people(context: Context, account_ids: Collection[str]) -> list[tuple[AccountRow, Choice]]:
    chosen: Mapping[str, notice_choices.ChoiceRow] = notice_choices.of_accounts(context.uow, account_ids)
    found = [accounts.get(context.uow, account_id) for account_id in account_ids]
    return [(row, choice_of(chosen.get(row.id))) for row in found if row is not None and row.disabled_at is None]


def _job(context: Context, account: AccountRow, name: str, about: str, *, available_at: datetime,
         since: datetime | None = None) -> jobs.JobRow:
    """`about` (a notice, or a day) and the account say which mail it is: there is never a second job for it."""
    told = {"account": account.id, "about": about} | ({"since": since.isoformat()} if since is not None else {})
    return jobs.JobRow(
        id=randomness.new_id(), instance_id=None, agency_id=account.agency_id, kind=jobs.MAIL, token_id=f"{name}.{about}.{account.id}",
        element_id="", name=name, due_at=context.now, available_at=available_at, payload=canonical.dumps(told))


def _time(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)
