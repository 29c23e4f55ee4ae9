"""What one referral is: the line of a plan, the provider asked to serve it, what waits for that provider, what it may see.

The provider is whoever the case file says was asked, so a link for one provider ends the moment another is asked, the beneficiary
takes her consent back, or the referral is recalled; also between sending and reading.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from engine import canonical, errors, projection, seal
from engine.advance import LiveInstance
from engine.authorization import PROVIDER
from engine.casefile import kept, plan, release, statements
from engine.casefile.case import Case, LineStatus, line_key
from engine.casefile.release_consent import Addressee, plain
from engine.commands import documents
from engine.definitions import Definition, nodes_of
from engine.executor import Context
from engine.forms_schema import Form
from engine.model import EventKind
from engine.results import FormField
from engine.types import Text, Value
from storage import agencies, cases, instances, tasks
from storage import documents as document_rows
from storage.partner_links import LinkRow

ROLE: Final = PROVIDER
ANSWER, REPORT = "referral", "provider_report"      # the records that a partner's forms make
WITHDRAWAL: Final = "withdrawal"                    # the record of a consent taken back
#: What an agency writes down of an answer that it was told: not asked of the partner itself.
OFFICE: Final = frozenset({"on_behalf_of", "told_at", "received_at"})
_TOLD: Final = ("coordination_note", "special_needs_told", "documents_later")
_OF_LINE: Final = ("planned_from", "planned_to")
_OVER: Final = frozenset({LineStatus.AWAITING_CONSENT.value, LineStatus.REFUSED.value, LineStatus.CANCELLED.value})
_TAKEN_BACK: Final = frozenset({"recalled", "revoked"})
_LETTER: Final = "F10"                              # whose rules of release hold for what the page tells


@dataclass(frozen=True, kw_only=True)
class Asked:
    """An open task of a provider, the form it is done with, and the line it is about."""

    row: tasks.TaskRow
    form: Form
    line_no: str | None
    item: Value
    reply_due: datetime | None
    is_late: bool

    @property
    def is_report(self) -> bool:
        return self.form.record == REPORT


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A case opened for its referrals."""

    row: cases.CaseRow
    key: bytes
    file: Case

    @property
    def lines(self) -> Mapping[str, Mapping[str, Value]]:
        return plan.rows_by_line(self.file.record("plan").get("plan_lines"))

    def provider_of(self, line_no: str | None) -> Addressee | None:
        return statements.provider_of(self.file, line_no)


def form_of(form: Form) -> Form:
    """The form as a partner fills it: without what an agency writes down of an answer it was told."""
    if form.record not in (ANSWER, REPORT):
        return form
    return replace(form, fields=tuple(field for field in form.fields if field.key not in OFFICE))


def opened(context: Context, row: cases.CaseRow) -> Opened:
    """The case with its file. Raises `KeyDestroyed` for one that was erased."""
    key = context.case_key(row.id, row.wrapped_key)
    return Opened(row=row, key=key, file=kept.case_file(context, row.id, key))


def asked_of_providers(context: Context, case: Opened, instance_id: str) -> Iterator[Asked]:
    """What waits for providers in one instance: answers and reports."""
    row = instances.get(context.uow, instance_id)
    if row is None or row.agency_id != context.actor.agency_id:
        return
    definition = context.executor.definition(context.uow, row.deployment_id)
    found = [(each, definition.forms[each.form_key]) for each in tasks.open_of(context.uow, instance_id)
             if each.role == ROLE and each.form_key is not None and each.form_key in definition.forms]
    wanted = [(each, form) for each, form in found if form.record in (ANSWER, REPORT)]
    if not wanted:
        return
    view = LiveInstance.load(row, definition, context.tables, case.key).view
    limits = {timer.attached_to: timer.due_at for timer in reversed(view.timers) if timer.attached_to}
    for each, form in wanted:
        item = _item(case, each)
        due = each.due_at or limits.get(each.token_id)
        yield Asked(row=each, form=form, item=item, line_no=_line_of(item), reply_due=due,
                    is_late=_has_limit(definition, each.element_id) and (due is None or due <= context.now))


def standing(context: Context, link: LinkRow, provider: str, *, ends_after: timedelta) -> tuple[Opened, Asked | None]:
    """The case of a link that still stands, and what it asks of its partner now.

    Raises:
        NotFound: it was revoked or is over, consent or referral was taken back, another provider was asked, or the case is erased.
            All of them alike.
    """
    row = cases.get(context.uow, link.case_id)
    if row is None or row.wrapped_key is None or link.revoked_at is not None:
        raise errors.NotFound(link="")
    case = opened(context, row)
    asked = next((each for each in asked_of_providers(context, case, link.instance_id) if each.line_no == link.line_no), None)
    is_over = row.closed_at is not None if link.done_at is None else context.now >= link.done_at + ends_after
    if (asked is None and is_over) or not may_see(context, case, link.line_no, provider):
        raise errors.NotFound(link="")
    return case, asked


def may_see(context: Context, case: Opened, line_no: str | None, provider: str) -> bool:
    """Whether this provider is the one asked now, consent covers it, and neither side said no."""
    to = case.provider_of(line_no)
    if to is None or plain(to.name) != plain(provider):
        return False
    said = case.file.record(ANSWER)
    is_of_line = said.get("line_no") in (None, line_no)
    is_refused = said.get("provider_answer") == "rejected" and said.get("reject_reason") != "incomplete_documents"
    if is_of_line and (is_refused or said.get("referral_status") in _TAKEN_BACK):
        return False
    if case.lines.get(line_no or "", {}).get("line_status") in _OVER:
        return False
    return statements.covers_handover(case.file, line_no, on=context.local_day()).allows


def was_asked(case: Opened, line_no: str | None, provider: str) -> bool:
    """Whether this provider was asked to serve the line, or is the receiver whom the beneficiary took her consent back from; without
    both, whether it was asked at all. What it owes then, such as giving data back, needs no consent."""
    to = case.provider_of(line_no)
    named = to.name if to is not None else str(case.file.record(WITHDRAWAL).get("receiver") or "")
    asked = [named] if named else [str(line.get("provider_asked") or line.get("provider") or "") for line in case.lines.values()]
    return plain(provider) in {plain(each) for each in asked if each}


def told(context: Context, case: Opened, line_no: str | None, definition: Definition) -> tuple[FormField, ...]:
    """What the provider is told on the page: need and service, through the rules that letters pass. Nobody's name is among it.

    Raises `NotReleased` where it is covered by nothing.
    """
    to = case.provider_of(line_no)
    assert to is not None
    referral = case.file.record(ANSWER)
    answers = {ANSWER: {name: referral[name] for name in _TOLD if name in referral and referral.get("line_no") in (None, line_no)},
               "plan": {name: value for name, value in case.lines.get(line_no or "", {}).items() if name in _OF_LINE}}
    passed = release.released(_LETTER, to, answers, statements.said(case.file), release.flags_of(case.file.records),
                              on=context.local_day(), beside=case.file.records)
    known = {each.key: each for form in definition.forms.values() for field in form.fields for each in (field, *field.fields)}
    values = {**passed.get("plan", {}), **passed.get(ANSWER, {})}
    return tuple(FormField(key=name, type=known[name].type.value, label=known[name].label, help=Text("", ""), required=False,
                           steering=False, sensitivity=known[name].sensitivity, value=value,
                           options=tuple((option.value, option.label) for option in known[name].options))
                 for name, value in values.items() if name in known and value not in (None, "", [], False))


def packet(context: Context, case: Opened, line_no: str | None, provider: str) -> list[document_rows.DocumentRow]:
    """The documents that were released to this provider about this line, without those that became void."""
    mark = documents.released_to(case.key, provider, line_no)
    return [row for row in document_rows.of_case(context.uow, case.row.id) if mark and row.released_to == mark and row.status != "void"]


def consented(context: Context, case: Opened, line_no: str | None) -> tuple[str, ...]:
    """The kinds of data she agreed to give; empty where her consent names none."""
    return tuple(sorted(kind.value for kind in statements.covers_handover(case.file, line_no, on=context.local_day()).data or ()))


def service_of(case: Opened, line_no: str | None, definition: Definition) -> Text:
    """The service of the line, in words."""
    value = case.lines.get(line_no or "", {}).get("service_type")
    for form in definition.forms.values():
        for field in form.fields:
            for each in (field, *field.fields):
                if each.key == "service_type":
                    for option in each.options:
                        if option.value == value:
                            return option.label
    return Text(str(value or ""), str(value or ""))


def zone(context: Context) -> str:
    """Of the agency."""
    return agencies.zone(context.uow, context.actor.agency_id) or "Asia/Jakarta"


def _has_limit(definition: Definition, element_id: str) -> bool:
    return any(node.attached_to == element_id and any(each.kind is EventKind.TIMER for each in node.events)
               for process in definition.processes.values() for node in nodes_of(process))


def line_of_task(case: Opened, row: tasks.TaskRow) -> str | None:
    """Which line of the plan a task of this case is about; None where it is about none."""
    return _line_of(_item(case, row))


def _item(case: Opened, row: tasks.TaskRow) -> Value:
    return None if row.item is None else canonical.loads(
        seal.unseal(case.key, row.item, bound_to=projection.item_binding(row.token_id)))


def _line_of(item: Value) -> str | None:
    number = item.get("line_no") if isinstance(item, Mapping) else None
    return None if number is None else line_key(number)
