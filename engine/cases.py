"""`engine.cases`: the beneficiary's file and the process instances that run for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from engine import actions, authorization, canonical, case_documents, drawings, entrances, errors, facts, filling, forms, idempotency
from engine import masking, summaries
from engine.audit import Viewer, history_of
from engine.case_access import CaseAccess
from engine.case_documents import CaseDocuments
from engine.case_staffing import CaseStaffing
from engine.casefile import kept, ownership, rules
from engine.casefile import records as casefile
from engine.casefile.case import Case
from engine.commands import access, documents, instances, messages
from engine.commands import cases as commands
from engine.corrections import CaseCorrections
from engine.executor import Context, Executor
from engine.results import (
    CaseAction, CaseDetail, CaseSummary, CompletionResult, FormView, Handover, InstanceSummary, MaskedPerson, Page, RecordView,
)
from engine.settings import Settings
from engine.start_drafts import StartDrafts
from engine.types import Actor, Happening, InstanceStatus, TaskSummary, Value
from storage import access_grants, accounts, agencies, cases, deployments, inbox, start_drafts
from storage import documents as document_rows
from storage import instances as instance_rows
from storage import messages as message_rows
from storage import tasks as task_rows
from storage import trace as trace_rows

T = TypeVar("T")
PAGE = 25
_STATUSES = {"open": True, "closed": False}


class Cases(CaseDocuments, CaseStaffing, CaseCorrections, CaseAccess, StartDrafts):
    """Find, open, read; start, pause, end; what operations ask of a case."""

    def __init__(self, executor: Executor, settings: Settings) -> None:
        self._executor, self._settings = executor, settings

    def find(self, actor: Actor, *, business_key: str | None = None, status: str | None = None, page: int = 1) -> Page[CaseSummary]:
        """Cases of the agency the actor may list, newest first, by code; who may only see their own sees only those."""
        authorization.require(actor, "case.list")

        def query(context: Context) -> Page[CaseSummary]:
            ids = None
            if not authorization.allows(actor, "case.read", authorization.ObjectFacts(agency_id=actor.agency_id)):
                ids = inbox.cases_of(context.uow, actor.account_id)
            chosen: dict[str, Any] = {"business_key": business_key, "is_open": _STATUSES.get(status or ""), "ids": ids,
                                      "reader": actor.account_id}
            number = max(page, 1)
            rows = cases.find(context.uow, actor.agency_id, **chosen, limit=PAGE, offset=(number - 1) * PAGE)
            return Page(rows=tuple(self._summaries(context, rows)), total=cases.count(context.uow, actor.agency_id, **chosen),
                        number=number, size=PAGE)

        return self._executor.read(actor, query)

    def get(self, actor: Actor, case_id: str) -> CaseDetail:
        """The case page; its reading stands in the access log."""

        def command(context: Context) -> CaseDetail:
            row, about = self._seen(context, case_id, "case.read")
            access.log(context, case_id, what="read", field_group="case")
            found = instance_rows.of_case(context.uow, case_id)
            history = [line for each in found for line in history_of(
                context, each, Viewer(context, each, authorization.visible_sensitivity(actor, about)))]
            known = self._case_file(context, row)
            return CaseDetail(
                summary=self._summaries(context, [row])[0], instances=tuple(_instance(each) for each in found),
                open_tasks=tuple(self._open_tasks(context, case_id, about)), history=tuple(sorted(history, key=lambda line: line.at)),
                documents=tuple(case_documents.summary(each) for each in documents.visible(
                    context, document_rows.of_case(context.uow, case_id), authorization.visible_sensitivity(actor, about))),
                records=tuple(self._records(context, row, found, about)),
                flags=casefile.flags(known, authorization.visible_sensitivity(actor, about)),
                responsible_agency=_responsible(context, row, known),
                actions=actions.of_case(context, case_id, about), came_from=_came_from(context, row), handed_over=tuple(
                    _handover(context, sent.to_agency or "", messages.reference_of(sent.id), sent.at)
                    for sent in message_rows.handed_over(context.uow, [each.id for each in found])),
                names_until=facts.leave_until(context, case_id, access_grants.NAMES) if about.names_shown else None,
                opened_until=facts.leave_until(context, case_id, access_grants.BREAK_GLASS) if about.opened else None,
                may=frozenset(verb for verb in ("show_names", "unmask", "access_log")
                              if authorization.allows(actor, f"case.{verb}", about)))

        return self._executor.run(actor, command)

    def start(
        self, actor: Actor, key: str, *, submission: Mapping[str, Any], business_key: str | None = None,
        must_stand: bool = False, idempotency_key: str | None = None,
    ) -> CompletionResult:
        """Starts the SOP in force under `key` for a new case (or the agency's case of that business key).

        Raises:
            NotFound: no such SOP is in force here, or no such case stands though it `must_stand`.
            InvalidSubmission: the start form needs attention.
        """

        def command(context: Context) -> CompletionResult:
            deployment = deployments.in_force(context.uow, actor.agency_id, key, context.local_day())
            if deployment is None:
                raise errors.NotFound(sop=key)
            definition = context.executor.definition(context.uow, deployment.id)
            entered = entrances.entrance(definition, context.parameters_in_force())
            if entered is None:
                raise errors.NotFound(sop=key)
            may_start(actor, entered.roles)
            form = entered.form
            about = authorization.ObjectFacts(agency_id=actor.agency_id, worked_on=True)
            filled = filling.fill(context, None, form, submission, about)
            case = commands.in_hand(context, business_key, must_stand=must_stand)
            live = instances.start(context, deployment, case, process_id=deployment.process_id, variables=filled.variables,
                                   submission=filled.submission, start_element=entered.element_id)
            if form is not None and form.record is not None:
                live.case_status = kept.project(context, live, form.record, filled.submission, seq=1).status
            documents.keep_number(context, live.id, filled.submission)
            documents.keep_uploads(context, live, "", filled.uploads)
            start_drafts.drop(context.uow, actor.account_id, key)
            context.save()
            assert live.after is not None
            return CompletionResult(
                instance_id=live.id, case_id=case.id, status=live.after.outcome.status, verdict="",
                opened=tuple(facts.limited(summaries.task_summary(task, business_key=live.business_key, risk=live.risk), task.sensitivity,
                                           actor, about) for task in live.opened))

        def once(context: Context) -> CompletionResult:
            authorization.require(actor, "case.start")
            return idempotency.once(context, idempotency_key, ["start", key, business_key, submission], lambda: command(context),
                                    summaries.completion_from_json, summaries.completion_to_json)

        return self._executor.run(actor, once)

    def actions(self, actor: Actor, case_id: str) -> tuple[CaseAction, ...]:
        """What the actor may tell the case now: messages it waits for, each with a form that the actor's role fills."""

        def query(context: Context) -> tuple[CaseAction, ...]:
            _, about = self._seen(context, case_id, actions.ACT)
            return actions.of_case(context, case_id, about)

        return self._executor.read(actor, query)

    def action_form(self, actor: Actor, case_id: str, action_id: str) -> FormView:
        """The form of an action, named by its id or its element's; `NotFound` where nothing of that name waits for the actor."""

        def query(context: Context) -> FormView:
            _, about = self._seen(context, case_id, actions.ACT)
            form = actions.named(context, case_id, about, action_id).form
            return forms.to_fill(form, {}, authorization.visible_sensitivity(actor, about))

        return self._executor.read(actor, query)

    def act(
        self, actor: Actor, case_id: str, action_id: str, submission: Mapping[str, Any], *, idempotency_key: str | None = None
    ) -> CompletionResult:
        """Tells the case. The same `idempotency_key` again gives the same answer and does nothing.

        Raises:
            NotFound: nothing of that name waits, or not for the actor. ActionGone: a timer was faster.
            InvalidSubmission: fields need attention.
        """

        def once(context: Context) -> CompletionResult:
            _, about = self._seen(context, case_id, actions.ACT)
            return idempotency.once(context, idempotency_key, ["act", case_id, action_id, submission],
                                    lambda: actions.act(context, case_id, about, action_id, submission),
                                    summaries.completion_from_json, summaries.completion_to_json)

        return self._executor.run(actor, once)

    def suspend(self, actor: Actor, instance_id: str, *, reason: str) -> None:
        """Pauses working clocks, never legal ones."""
        self._act(actor, instance_id, "case.suspend", lambda context: instances.suspend(context, instance_id, reason=reason))

    def resume(self, actor: Actor, instance_id: str, *, reason: str) -> None:
        """Ends a pause."""
        self._act(actor, instance_id, "case.resume", lambda context: instances.resume(context, instance_id, reason=reason))

    def cancel(self, actor: Actor, instance_id: str, *, reason: str) -> None:
        """Ends an instance for good; its journal and documents stay."""
        self._act(actor, instance_id, "case.cancel", lambda context: instances.cancel(context, instance_id, reason=reason))

    def correlate_message(self, actor: Actor, name: str, *, keys: Mapping[str, Value], submission: Mapping[str, Value]) -> tuple[str, ...]:
        """Delivers a message to the one instance its keys name, or starts one; kept if nobody waits yet."""
        authorization.require(actor, "message.send")
        given, known = canonical.variables(submission), canonical.variables(keys)
        return tuple(self._executor.run(actor, lambda context: messages.send_message(context, name, given, known)))

    def broadcast_signal(self, actor: Actor, name: str, submission: Mapping[str, Value]) -> tuple[str, ...]:
        """Every waiting instance of the agency catches the signal."""
        authorization.require(actor, "message.send")
        given = canonical.variables(submission)
        return tuple(self._executor.run(actor, lambda context: messages.send_signal(context, name, given)))

    def diagram(self, actor: Actor, instance_id: str, *, language: str = "id") -> bytes:
        """The SOP's drawing with what the instance has done and what waits now."""

        def query(context: Context) -> bytes:
            row = instance_rows.get(context.uow, instance_id)
            if row is None or row.case_id is None:
                raise errors.NotFound(instance_id=instance_id)
            _, about = self._seen(context, row.case_id, "case.read")
            viewer = Viewer(context, row, authorization.visible_sensitivity(actor, about))
            done = [each.element_id for each in trace_rows.of_instance(context.uow, instance_id) if each.happened == Happening.COMPLETED]
            waiting = task_rows.open_of(context.uow, instance_id)
            return drawings.of_instance(
                viewer.definition, row.process_id, done=filter(viewer.may_see, done), waiting=[task.element_id for task in waiting],
                dues={task.element_id: task.due_at for task in waiting if task.due_at}, at=context.now,
                hidden=lambda each: not viewer.may_see(each), language=language)

        return self._executor.read(actor, query)

    # --- inside --------------------------------------------------------------------------------------------------------

    def _seen(self, context: Context, case_id: str, action: str) -> tuple[cases.CaseRow, authorization.ObjectFacts]:
        row = cases.get(context.uow, case_id)
        if row is None:
            raise errors.NotFound(case_id=case_id)
        about = facts.of_case(context, row)
        authorization.require(context.actor, action, about)
        return row, about

    def _act(self, actor: Actor, instance_id: str, action: str, command: Any) -> None:
        def checked(context: Context) -> None:
            row = instance_rows.get(context.uow, instance_id)
            if row is None or row.case_id is None:
                raise errors.NotFound(instance_id=instance_id)
            self._seen(context, row.case_id, action)
            command(context)

        self._executor.run(actor, checked)

    def _summaries(self, context: Context, rows: list[cases.CaseRow]) -> list[CaseSummary]:
        ids = [row.id for row in rows]
        latest = {each.case_id: each for each in instance_rows.of_cases(context.uow, ids)} if ids else {}
        open_tasks: dict[str | None, list[inbox.InboxRow]] = {}
        for task in inbox.open_of_cases(context.uow, ids) if ids else []:
            open_tasks.setdefault(task.task.case_id, []).append(task)
        owners = accounts.names(context.uow, {row.owner_id for row in rows if row.owner_id})
        abouts = facts.of_cases(context, rows)
        people = self._people(context, rows, abouts)
        return [_summary(context, row, about, latest.get(row.id), open_tasks.get(row.id, []), owners, people.get(row.id))
                for row, about in zip(rows, abouts, strict=True)]

    def _people(self, context: Context, rows: list[cases.CaseRow], abouts: list[authorization.ObjectFacts]) -> dict[str, MaskedPerson]:
        """Whom these cases are about as a list says it, for who may know that much: initials are personal data."""
        shown = {row.id: row for row, about in zip(rows, abouts, strict=True)
                 if row.wrapped_key is not None and "C2" in authorization.visible_sensitivity(context.actor, about)}
        said: dict[str, dict[str, Mapping[str, Value]]] = {}
        for record in cases.latest_of(context.uow, list(shown), masking.IDENTIFYING):
            key = context.case_key(record.case_id, shown[record.case_id].wrapped_key)
            said.setdefault(record.case_id, {})[record.record] = kept.opened(key, record)
        today = context.local_day()
        return {case_id: found for case_id, records in said.items() if (found := masking.person(records, today)) is not None}

    def _open_tasks(self, context: Context, case_id: str, about: authorization.ObjectFacts) -> list[TaskSummary]:
        return [
            facts.limited(summaries.of_inbox(row), row.task.sensitivity, context.actor, about)
            for row in inbox.open_of_cases(context.uow, [case_id], context.actor.account_id)]

    def _records(self, context: Context, row: cases.CaseRow, found: list[instance_rows.InstanceRow],
                 about: authorization.ObjectFacts) -> list[RecordView]:
        if row.wrapped_key is None or not found:
            return []
        key = context.case_key(row.id, row.wrapped_key)
        sight = facts.sight_of(context.actor, about)
        known = [form for each in found for form in context.executor.definition(context.uow, each.deployment_id).forms.values()]
        anyones = forms.merged(known)
        views = []
        for record in cases.records(context.uow, row.id):
            # That there is such a record at all can tell: who may not know sees nothing of it.
            if casefile.sensitivity_of(record.record) in sight.classes and record.record not in rules.DERIVED:
                values = kept.opened(key, record)
                fields = {**anyones, **forms.merged(form for form in known if form.record == record.record)}
                shown = [fields[name] for name in fields if name in values]
                views.append(RecordView(record=record.record, version=record.version, at=record.at,
                                        fields=sight.read(record.record, shown, values)))
        return views

    def _case_file(self, context: Context, row: cases.CaseRow) -> Case:
        if row.wrapped_key is None:
            return Case()
        return kept.case_file(context, row.id, context.case_key(row.id, row.wrapped_key))


def _responsible(context: Context, row: cases.CaseRow, case: Case) -> str:
    """The name of the agency that answers for the beneficiary; one that is not here as it was written down."""
    taken_over = ownership.owner(case)
    found = agencies.by_code(context.uow, taken_over) if taken_over else agencies.get(context.uow, row.agency_id)
    return found.name if found is not None else taken_over


def may_start(actor: Actor, start_roles: tuple[str, ...]) -> None:
    """Whether the SOP's sheet lets one of the actor's roles start it."""
    if start_roles and not actor.holds(*start_roles):
        raise errors.NotAllowed(action="case.start")


def _came_from(context: Context, row: cases.CaseRow) -> Handover | None:
    told = row.came_from
    return None if told is None else _handover(context, told["agency"], told["reference"], row.opened_at)


def _handover(context: Context, code: str, reference: str, at: datetime) -> Handover:
    other = agencies.by_code(context.uow, code)
    return Handover(agency=code, agency_name=other.name if other else code, reference=reference, at=at)


def _summary(context: Context, row: cases.CaseRow, about: authorization.ObjectFacts, latest: instance_rows.InstanceRow | None,
             tasks: list[inbox.InboxRow], owners: Mapping[str, str], person: MaskedPerson | None) -> CaseSummary:
    seen = authorization.visible_sensitivity(context.actor, about)
    names = [task.task.name if task.task.sensitivity in seen else facts.LIMITED for task in tasks]
    dues = [task.task.due_at for task in tasks if task.task.due_at is not None and task.task.sensitivity in seen]
    return CaseSummary(
        id=row.id, business_key=row.business_key, status=row.status, risk=latest.risk if latest else row.risk,
        sop_title=(latest.sop_title or {}).get("id", "") if latest else "", opened_at=row.opened_at,
        owner_name=owners.get(row.owner_id or "", ""), stage="; ".join(dict.fromkeys(names)), next_due_at=min(dues, default=None),
        person=person)


def _instance(row: instance_rows.InstanceRow) -> InstanceSummary:
    return InstanceSummary(
        id=row.id, sop_key=row.sop_key, sop_title=(row.sop_title or {}).get("id", ""), version=row.sop_version, digest=row.definition,
        process_id=row.process_id, status=InstanceStatus(row.status), started_at=row.started_at, ended_at=row.ended_at, seq=row.seq)
