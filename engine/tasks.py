"""`engine.tasks`: human work, as its inbox and its forms see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from engine import authorization, canonical, errors, explanations, facts, filling, forms, idempotency, projection, seal, shown, summaries
from engine.advance import LiveInstance
from engine.calendars import WorkCalendar
from engine.casefile import kept
from engine.commands import documents
from engine.commands import tasks as commands
from engine.definitions import Definition
from engine.directory import agencies as agency_files
from engine.executor import Context, Executor
from engine.results import CompletionResult, FormField, InboxFilters, Page, TaskDetail
from engine.stated_times import StatedTimes
from engine.types import Actor, InstanceStatus, TaskSummary, Value
from storage import accounts, agencies, inbox
from storage import instances as instance_rows
from storage import tasks as rows
from storage.inbox import InboxRow

PAGE = 25
CLASSES = frozenset({"C0", "C1", "C2", "C3", "C4"})


class Tasks(StatedTimes):
    """Inbox, task pages, claims, drafts, completion."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def inbox(self, actor: Actor, filters: InboxFilters = InboxFilters(), page: int = 1) -> Page[TaskSummary]:
        """One page of a box (mine, pool, done), by risk, due instant, ready instant. `total` stops at 1,000."""
        authorization.require(actor, "task.list")

        def query(context: Context) -> Page[TaskSummary]:
            narrowing = inbox.Narrowing(
                sop_key=filters.sop_key, element_id=filters.element_id,
                risk_rank=None if filters.risk is None else projection.RISK_RANKS.get(filters.risk, projection.NOT_ASSESSED),
                late_at=context.now if filters.late_only else None)
            whose: dict[str, Any] = {"agency_id": actor.agency_id, "account_id": actor.account_id, "roles": actor.roles,
                                     "box": filters.box, "narrowing": narrowing}
            found = inbox.page(context.uow, **whose, limit=PAGE, offset=(max(page, 1) - 1) * PAGE)
            known = facts.of_tasks(context, [row.task for row in found])
            return Page(rows=tuple(self._summary(context, row, about) for row, about in zip(found, known, strict=True)),
                        total=inbox.total(context.uow, **whose), number=max(page, 1), size=PAGE)

        return self._executor.read(actor, query)

    def counts(self, actor: Actor) -> Mapping[str, int]:
        """mine, pool, done, late (of mine); each stops at 1,000."""
        authorization.require(actor, "task.list")
        return self._executor.read(actor, lambda context: inbox.counts(
            context.uow, agency_id=actor.agency_id, account_id=actor.account_id, roles=actor.roles, now=context.now))

    def orphans(self, actor: Actor) -> Mapping[str, int]:
        """role -> open tasks that wait for it while nobody in the agency holds it today: invariant 5's alarm.

        For those who assign work, and for the machine's operator; empty is as it should be.
        """
        if not (authorization.allows(actor, "task.assign") or authorization.allows(actor, "incident.list")):
            raise errors.NotAllowed(action="task.assign")

        def query(context: Context) -> Mapping[str, int]:
            waiting = rows.unclaimed_by_role(context.uow, actor.agency_id)
            held = accounts.holders(context.uow, actor.agency_id, waiting, context.local_day()) if waiting else {}
            return {role: number for role, number in waiting.items() if not held.get(role)}

        return self._executor.read(actor, query)

    def get(self, actor: Actor, task_id: str) -> TaskDetail:
        """One task with its form and draft; `NotFound` for one the actor may not see."""
        return self._executor.read(actor, lambda context: self._detail(context, self._seen(context, task_id, "task.read")))

    def claim(self, actor: Actor, task_id: str) -> TaskSummary:
        """Takes a task that waits for a role the actor holds. Taking one's own again changes nothing."""
        return self._change(actor, task_id, "task.claim", commands.claim)

    def unclaim(self, actor: Actor, task_id: str) -> TaskSummary:
        """Gives a task back to its team."""
        return self._change(actor, task_id, "task.unclaim", commands.unclaim)

    def save_draft(self, actor: Actor, task_id: str, submission: Mapping[str, Any], *, expected_revision: int) -> datetime:
        """Keeps what was typed so far, unvalidated; when. Kept also where the task was taken away meanwhile."""

        def command(context: Context) -> datetime:
            row = self._typed(context, task_id)
            commands.keep_draft(context, task_id, context.case_key(row.task.case_id or "", row.wrapped_key), submission)
            if row.task.state == commands.OPEN and row.task.assignee_id not in (None, actor.account_id):
                context.refuse(errors.TaskAlreadyClaimed(task_id=task_id))
            elif row.task.state == commands.OPEN and row.task.revision != expected_revision:
                context.refuse(errors.StaleRevision(task_id=task_id))
            return context.now

        return self._executor.run(actor, command)

    def complete(
        self, actor: Actor, task_id: str, submission: Mapping[str, Any], *, expected_revision: int, idempotency_key: str | None = None,
        stated_at: datetime | None = None,
    ) -> CompletionResult:
        """Completes a task the actor claimed. The same `idempotency_key` again gives the same answer and does nothing.

        `stated_at` is when the work was done, where it is only written down now.

        Raises:
            InvalidSubmission: fields need attention; nothing was lost.
            TaskGone, StaleRevision, TaskAlreadyClaimed, NotClaimed, InstanceNotActive: the typed form is kept as a draft.
        """

        def command(context: Context) -> CompletionResult:
            seen = self._typed(context, task_id)
            row = seen.task
            form = context.executor.definition(context.uow, seen.deployment_id).forms.get(row.form_key or "")
            filled: list[commands.Filled] = []

            def fill(live: LiveInstance) -> commands.Filled:
                filled.append(filling.fill(context, live, form, submission, facts.of_task(context, row)))
                return filled[0]

            live, after = commands.complete(context, row, typed=submission, fill=fill, expected_revision=expected_revision,
                                            has_drafts=seen.has_drafts, stated_at=stated_at)
            if after is None:
                return CompletionResult(instance_id=live.id, case_id=row.case_id, opened=(), status=InstanceStatus.ACTIVE, verdict="")
            if form is not None and form.record is not None:
                item = None if row.item is None else live.unsealed(row.item, projection.item_binding(row.token_id))
                journaled = next(entry.seq for entry, _ in reversed(live.entries) if entry.kind == "complete_task")
                live.case_status = kept.project(context, live, form.record, filled[0].submission, seq=journaled, item=item).status
            documents.keep_uploads(context, live, row.element_id, filled[0].uploads)
            context.save()
            done, judged = live.completed_tokens[row.token_id], live.verdicts[row.token_id]
            return CompletionResult(
                instance_id=live.id, case_id=row.case_id, status=after.outcome.status, verdict=judged.official,
                handling_verdict=judged.handling_verdict, completed_at=done.at, stated_at=done.stated_at, stated_verdict=judged.if_accepted,
                opened=tuple(self._opened(context, live, task) for task in live.opened))

        def once(context: Context) -> CompletionResult:
            asked = ["complete", task_id, submission] if stated_at is None else ["complete", task_id, submission, stated_at]
            return idempotency.once(context, idempotency_key, asked, lambda: command(context),
                                    summaries.completion_from_json, summaries.completion_to_json)

        return self._executor.run(actor, once)

    # --- inside --------------------------------------------------------------------------------------------------

    def _seen(self, context: Context, task_id: str, action: str) -> InboxRow:
        row = inbox.get(context.uow, task_id)
        if row is None:
            raise errors.NotFound(task_id=task_id)
        authorization.require(context.actor, action, facts.of_task(context, row.task))
        return row

    def _typed(self, context: Context, task_id: str) -> InboxRow:
        """The task for somebody who typed into it. Whoever is of its team may have held it a minute ago: what they typed
        is kept, and they are told who has it, though they may not read it any more."""
        row = inbox.get(context.uow, task_id)
        if row is not None and row.task.agency_id == context.actor.agency_id and row.task.role in context.actor.roles:
            return row
        return self._seen(context, task_id, "task.read")

    def _change(self, actor: Actor, task_id: str, action: str, change: Any) -> TaskSummary:
        def command(context: Context) -> TaskSummary:
            seen = inbox.get(context.uow, task_id)
            if seen is None:
                raise errors.NotFound(task_id=task_id)
            if not authorization.allows(actor, action, facts.of_task(context, seen.task)):
                # Somebody who may see it learns who has it; anybody else that there is nothing here.
                authorization.require(actor, "task.read", facts.of_task(context, seen.task))
                raise errors.TaskAlreadyClaimed(task_id=task_id) if seen.task.assignee_id else errors.NotAllowed(action=action)
            change(context, seen.task)
            again = inbox.get(context.uow, task_id)
            assert again is not None
            return self._summary(context, again, facts.of_task(context, again.task))

        return self._executor.run(actor, command)

    def _summary(self, context: Context, row: InboxRow, about: authorization.ObjectFacts) -> TaskSummary:
        task = row.task
        item: Value = None
        if task.item is not None and row.wrapped_key is not None:
            key = context.case_key(task.case_id or "", row.wrapped_key)
            item = canonical.loads(seal.unseal(key, task.item, bound_to=projection.item_binding(task.token_id)))
        known = summaries.task_summary(
            task, item=item, business_key=row.business_key, risk=row.risk, assignee_name=row.assignee_name or "",
            sop_title=(row.sop_title or {}).get("id", ""))
        return facts.limited(known, task.sensitivity, context.actor, about)

    def _detail(self, context: Context, seen: InboxRow) -> TaskDetail:
        task, actor = seen.task, context.actor
        about = facts.of_task(context, task)
        definition = context.executor.definition(context.uow, seen.deployment_id)
        node = definition.element(task.element_id)
        form = definition.forms.get(task.form_key) if task.form_key else None
        draft = rows.get_draft(context.uow, task.id, actor.account_id)
        typed: Mapping[str, Value] = {}
        if draft is not None:
            key = context.case_key(task.case_id or "", seen.wrapped_key)
            typed = canonical.loads(seal.unseal(key, draft.ciphertext, bound_to=commands.draft_binding(task.id, actor.account_id)))
        summary = self._summary(context, seen, about)
        return TaskDetail(
            summary=summary,
            form=forms.to_fill(form, typed, CLASSES) if form else None,  # one's own draft: nothing in it is news
            draft=typed, draft_saved_at=draft.saved_at if draft else None,
            warnings=explanations.task_warnings(definition), clause_texts=explanations.clause_texts(definition, node),
            grounds=explanations.grounds(definition, node), inputs=node.inputs, outputs=node.outputs,
            why_mine=explanations.why_mine(actor, task.role, _printed(context, definition, task), task.assignee_id),
            why_due=explanations.why_due(summary, self._calendar(context, task), task.standard_from),
            after_this=explanations.after_this(definition, node),
            may=frozenset(verb for verb in ("claim", "unclaim", "save_draft", "complete")
                          if authorization.allows(actor, f"task.{verb}", about)),
            item=_item(summary.item, forms.named(definition.forms.values(), authorization.visible_sensitivity(actor, about))),
            shown=self._shown(context, seen, definition, authorization.visible_sensitivity(actor, about)))

    def _shown(self, context: Context, seen: InboxRow, definition: Definition, allowed: frozenset[str]) -> tuple[FormField, ...]:
        """What the form shows beside its questions, as the case stands; nothing once the task is done."""
        task = seen.task
        form = definition.forms.get(task.form_key or "")
        if form is None or not form.shows or task.state != commands.OPEN:
            return ()
        instance = instance_rows.get(context.uow, task.instance_id)
        assert instance is not None
        live = LiveInstance.load(instance, definition, context.tables, context.case_key(task.case_id or "", seen.wrapped_key))
        return shown.beside(form, definition.forms, live.readable_by(task.token_id), allowed)

    def _calendar(self, context: Context, task: rows.TaskRow) -> WorkCalendar | None:
        instance = instance_rows.get(context.uow, task.instance_id)
        if instance is None or instance.calendar_digest is None:
            return None
        calendar: WorkCalendar = context.tables[instance.calendar_digest]
        return summaries.calendar_of_task(task, calendar, instance.risk)

    def _opened(self, context: Context, live: LiveInstance, task: rows.TaskRow) -> TaskSummary:
        summary = summaries.task_summary(task, business_key=live.business_key, risk=live.risk)
        about = authorization.ObjectFacts(agency_id=task.agency_id, role=task.role, is_open=True, worked_on=True)
        return facts.limited(summary, task.sensitivity, context.actor, about)


def _printed(context: Context, definition: Definition, task: rows.TaskRow) -> str:
    """Who does it, as the SOP prints it; where the SOP says it abstractly, what the agency calls whoever that is."""
    if definition.role_of(task.element_id, None) == task.role:
        return task.lane
    agency = agencies.get(context.uow, task.agency_id)
    return task.lane if agency is None else agency_files.role_title(agency, task.role).id


def _item(item: Value, known: Mapping[str, FormField]) -> tuple[FormField, ...]:
    values = item if isinstance(item, Mapping) else {}
    return tuple(replace(known[key], value=value) for key, value in values.items() if key in known and value is not None)
