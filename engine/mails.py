"""What a mail says: a code and a verb in the reader's language, and where they stand with their deadlines. Never content, never names.

It is put together when it is about to be sent: what was read, done, or is not theirs any more is not sent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from engine import canonical, deadlines, due_words, errors, own_referrals, summaries
from engine.commands import mails
from engine.commands.notices import words
from engine.deadlines import DeadlineState
from engine.directory import persons
from engine.executor import Context
from engine.notice_kinds import Where
from engine.types import Actor, OperationCall, TaskSummary, Text
from storage import accounts, agencies, inbox, jobs, notice_choices, notices

#: The operation of the worker that hands a mail over. No diagram may name it.
SEND = "mail.send"
LISTED = 20          # lines of a digest; a longer list is read in the product
LOOKED_AT = 500      # tasks of one person

_FOOTER = Text("Surel ini dikirim otomatis; jangan dibalas. Atur surel Anda di Kawal, halaman Setelan saya.",
               "This mail was sent automatically; please do not reply. Choose your mail in Kawal, page My settings.")
_DIGEST = Text("ringkasan pagi", "morning summary")
_HELD = Text("Tugas yang Anda pegang: ", "Tasks you hold: ")
_NONE_DUE = Text("tidak ada yang lewat, mendekati, atau jatuh tenggat hari ini.", "none is late, due soon or due today.")
_COUNTED = (
    (DeadlineState.LATE, Text("lewat tenggat", "past due")),
    (DeadlineState.SOON, Text("mendekati tenggat", "due soon")),
    (DeadlineState.TODAY, Text("tenggat hari ini", "due today")),
)
_DEADLINE = Text("Tenggat", "Deadline")


class MailRefused(errors.EngineError):
    """The mail server refused the mail, or the name and password it is asked with; check the KAWAL_SMTP_ settings."""

    code = "mail-refused"
    indonesian = "Server surel menolak surelnya, atau nama dan sandi yang dipakai; periksa pengaturan KAWAL_SMTP_."


class MailAddressRefused(errors.EngineError):
    """The mail server does not know the receiver's address; they can change it in their settings."""

    code = "mail-address-refused"
    indonesian = "Server surel tidak mengenal alamat penerimanya; ia dapat mengubahnya di setelannya."


class MailNotSetUp(errors.EngineError):
    """This worker knows no mail server; check that it has the same KAWAL_SMTP_ settings."""

    code = "mail-not-set-up"
    indonesian = "Pekerja ini tidak mengenal server surel; periksa apakah pengaturan KAWAL_SMTP_-nya sama."


def call_of(context: Context, row: jobs.JobRow) -> OperationCall | None:
    """The call that sends a job's mail; None where there is nothing to say to them any more."""
    told = canonical.loads(row.payload or b"{}")
    account = accounts.get(context.uow, told["account"])
    agency = agencies.get(context.uow, row.agency_id)
    if account is None or agency is None or account.disabled_at is not None:
        return None
    choice = mails.choice_of(notice_choices.of_accounts(context.uow, [account.id]).get(account.id))
    to = mails.address_of(account, choice)
    actor = persons.actor(context, account, agency)
    zone, language = ZoneInfo(agency.zone), account.language
    if row.name == mails.NOTICE:
        said = _notice(context, actor, told["about"], zone, language) if told["about"] else None
    else:
        said = _digest(context, actor, choice.codes(Where.DIGEST), datetime.fromisoformat(told["since"]), zone, language)
    if said is None or to is None:
        return None
    subject, lines = said
    return OperationCall(
        name=SEND, element_id="", business_key="", idempotency_key=row.token_id, now=context.now,
        arguments={"to": to, "subject": f"Kawal: {subject}", "text": "\n".join(lines), "footer": _FOOTER.in_language(language),
                   "notice": told["about"] if row.name == mails.NOTICE else ""})


def _notice(context: Context, actor: Actor, notice_id: str, zone: ZoneInfo, language: str) -> tuple[str, list[str]] | None:
    row = notices.for_reader(context.uow, notice_id, actor.agency_id, actor.account_id, actor.team)
    if row is None or row.read_at is not None:
        return None
    said = words(row.code, row.business_key or "").in_language(language)
    lines = [said]
    seen = inbox.get(context.uow, row.task_id, actor.account_id) if row.task_id is not None else None
    if seen is not None:
        task = summaries.of_inbox(seen)
        state = deadlines.deadline_word(deadlines.state_of(task, now=context.now, zone=zone)).in_language(language).lower()
        due = f", {due_words.instant_in_words(task.due_at, zone, language)}" if task.due_at is not None else ""
        lines.append(f"{_DEADLINE.in_language(language)}: {state}{due}")
    return said, lines


def _digest(context: Context, actor: Actor, codes: frozenset[str], since: datetime, zone: ZoneInfo,
            language: str) -> tuple[str, list[str]] | None:
    unread = notices.unread_since(context.uow, actor.agency_id, actor.account_id, actor.team, codes=codes, since=since, limit=LISTED + 1)
    counted = Counter(deadlines.state_of(task, now=context.now, zone=zone) for task in held(context, actor))
    due = [f"{counted[state]} {word.in_language(language)}" for state, word in _COUNTED if counted[state]]
    if not unread and not due:
        return None
    lines = [_HELD.in_language(language) + (", ".join(due) + "." if due else _NONE_DUE.in_language(language))]
    lines += ["", *(f"- {words(row.code, row.business_key or '').in_language(language)}" for row in unread[:LISTED])] if unread else []
    if len(unread) > LISTED:
        lines.append(Text("- dan lainnya", "- and more").in_language(language))
    return _DIGEST.in_language(language), lines


def held(context: Context, actor: Actor) -> Sequence[TaskSummary]:
    """The open tasks a person holds, set aside or not."""
    return [summaries.of_inbox(row) for row in held_rows(context, actor)]


def held_rows(context: Context, actor: Actor) -> list[inbox.InboxRow]:
    """The same as rows, with their classes."""
    whose = inbox.Whose(agency_id=actor.agency_id, account_id=actor.account_id, roles=actor.roles, now=context.now)
    found = [row for box in ("mine", "aside") for row in inbox.page(context.uow, whose, box=box, limit=LOOKED_AT)]
    elsewhere = own_referrals.of_others(context, [row.task for row in found])
    return [row for row, is_elsewhere in zip(found, elsewhere, strict=True) if not is_elsewhere]
