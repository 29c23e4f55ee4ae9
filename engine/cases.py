"""`engine.cases`: the beneficiary's file and the process instances that run for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from engine import actions, authorization, canonical, case_summaries, entrances, errors, facts, filling, forms, idempotency, summaries
from engine.case_access import CaseAccess
from engine.case_documents import CaseDocuments
from engine.case_notes import CaseNotes
from engine.case_reading import CaseReading
from engine.case_runs import CaseRuns
from engine.case_search import CaseSearch
from engine.case_simfoni import CaseSimfoni
from engine.case_staffing import CaseStaffing
from engine.casefile import kept
from engine.commands import documents, form_drafts, instances, made_anew, messages
from engine.commands import cases as commands
from engine.corrections import CaseCorrections
from engine.executor import Context, Executor
from engine.form_drafts import FormDrafts
from engine.modifying import CaseModifying
from engine.results import Anew, CaseAction, CaseSummary, CompletionResult, FormView, Page
from engine.settings import Settings
from engine.sop_toml import IN_CASE_REQUIRED
from engine.types import Actor, Value
from storage import access_grants, cases, deployments, inbox, journal

T = TypeVar("T")
PAGE = 25
_TOLD = "told"    # in the kept answer of an action: its element
_STATUSES = {"open": True, "closed": False}


class Cases(CaseReading, CaseNotes, CaseSearch, CaseDocuments, CaseStaffing, CaseCorrections, CaseModifying, CaseAccess,
            CaseSimfoni, CaseRuns, FormDrafts):
    """Find, open, read; start, pause, end; what operations ask of a case."""

    def __init__(self, executor: Executor, settings: Settings) -> None:
        self._executor, self._settings = executor, settings

    def find(self, actor: Actor, *, business_key: str | None = None, status: str | None = None, page: int = 1) -> Page[CaseSummary]:
        """Cases of the agency the actor may list, newest first, by code; who may only see their own sees only those, and what they
        opened in an emergency while that lasts."""
        authorization.require(actor, "case.list")

        def query(context: Context) -> Page[CaseSummary]:
            ids = None
            if not authorization.allows(actor, "case.read", authorization.ObjectFacts(agency_id=actor.agency_id)):
                begun = journal.cases_begun(context.uow, actor.account_id)   # who took a report in finds it again (domain.md 5.1)
                opened = {each.case_id for each in access_grants.running_of(context.uow, actor.account_id, context.now)
                          if (each.kind, each.session) == (access_grants.BREAK_GLASS, actor.session)}
                ids = sorted({*inbox.cases_of(context.uow, actor.account_id), *begun, *opened})
            chosen: dict[str, Any] = {"business_key": business_key, "is_open": _STATUSES.get(status or ""), "ids": ids,
                                      "reader": actor.account_id}
            number = max(page, 1)
            rows = cases.find(context.uow, actor.agency_id, **chosen, limit=PAGE, offset=(number - 1) * PAGE)
            return Page(rows=tuple(case_summaries.of_rows(context, rows)), total=cases.count(context.uow, actor.agency_id, **chosen),
                        number=number, size=PAGE)

        return self._executor.read(actor, query)

    def start(
        self, actor: Actor, key: str, *, submission: Mapping[str, Any], business_key: str | None = None,
        must_stand: bool = False, idempotency_key: str | None = None, anew: Anew | None = None,
        draft_saved_at: datetime | None = None,
    ) -> CompletionResult:
        """Starts the SOP in force under `key` for a new case (or the agency's case of that business key). `anew`: why a new one, where
        cases like it were shown before; kept with the case. The draft that was kept at `draft_saved_at` goes; one kept since, perhaps for
        somebody else, stays.

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
            if definition.sheet.in_case == IN_CASE_REQUIRED and not business_key:
                raise errors.InvalidSubmission({"case_code": (
                    "Isi kode kasus: SOP ini hanya berjalan pada kasus yang sudah ada.",
                    "Give the code of the case: this SOP runs only in a case that stands.")})
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
            if draft_saved_at is not None:
                form_drafts.drop(context, form_drafts.START, key, saved_at=draft_saved_at)
            context.save()
            if anew is not None and not business_key:
                stored = cases.get(context.uow, case.id)
                assert stored is not None  # saved a line ago
                made_anew.keep(context, stored, anew)
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
            _, about = facts.seen_case(context, case_id, actions.ACT)
            return actions.of_case(context, case_id, about)

        return self._executor.read(actor, query)

    def action_form(self, actor: Actor, case_id: str, action_id: str) -> FormView:
        """The form of an action, named by its id or its element's; `NotFound` where nothing of that name waits for the actor."""

        def query(context: Context) -> FormView:
            _, about = facts.seen_case(context, case_id, actions.ACT)
            form = actions.named(context, case_id, about, action_id).form
            return forms.to_fill(form, {}, authorization.visible_sensitivity(actor, about))

        return self._executor.read(actor, query)

    def act(
        self, actor: Actor, case_id: str, action_id: str, submission: Mapping[str, Any], *, idempotency_key: str | None = None,
        stated_at: datetime | None = None,
    ) -> CompletionResult:
        """Tells the case. The same `idempotency_key` again gives the same answer and does nothing. `stated_at` is when it was done, where
        it is only written down now; never for an action whose form asks that (`CaseAction.stated_from`).

        Raises:
            NotFound: nothing of that name waits, or not for the actor. ActionGone: a timer was faster.
            InvalidSubmission: fields need attention.
        """

        def once(context: Context) -> CompletionResult:
            _, about = facts.seen_case(context, case_id, actions.ACT)
            told: list[str] = []

            def command() -> CompletionResult:
                chosen = actions.named(context, case_id, about, action_id)
                told.append(chosen.row.element_id)
                return actions.act(context, case_id, about, chosen, submission, stated_at=stated_at)

            asked = ["act", case_id, action_id, submission, *([] if stated_at is None else [stated_at])]
            return idempotency.once(context, idempotency_key, asked, command, summaries.completion_from_json,
                                    lambda result: {**summaries.completion_to_json(result), _TOLD: told[0]})

        return self._executor.run(actor, once)

    def told_form(self, actor: Actor, case_id: str, action_id: str, idempotency_key: str) -> FormView:
        """The form of an action that the actor told the case under this key, also where it waits no longer: for the second click of a page.
        Raises `NotFound`."""

        def query(context: Context) -> FormView:
            _, about = facts.seen_case(context, case_id, actions.ACT)
            answer = idempotency.answered(context, idempotency_key)
            if answer.get("case_id") != case_id or _TOLD not in answer:
                raise errors.NotFound(action_id=action_id)
            definition = context.instance(answer["instance_id"]).definition
            form = definition.forms[definition.element(answer[_TOLD]).form or ""]
            return forms.to_fill(form, {}, authorization.visible_sensitivity(actor, about))

        return self._executor.read(actor, query)

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


def may_start(actor: Actor, start_roles: tuple[str, ...]) -> None:
    """Whether the SOP's sheet lets one of the actor's roles start it."""
    if start_roles and not actor.holds(*start_roles):
        raise errors.NotAllowed(action="case.start")
