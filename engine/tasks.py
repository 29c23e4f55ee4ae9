"""`engine.tasks`: human work, as its inbox and its forms see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from engine import (
    authorization,
    canonical,
    errors,
    explanations,
    facts,
    filling,
    forewarning,
    forms,
    idempotency,
    own_referrals,
    plan_beside,
    projection,
    ran_by,
    refused_letters,
    seal,
    shown,
    substitution,
    summaries,
    task_rows,
)
from engine.advance import LiveInstance
from engine.casefile import kept
from engine.casefile.case import Case, Submission
from engine.commands import handling
from engine.commands import tasks as commands
from engine.definitions import Definition
from engine.directory import agencies as agency_files
from engine.executor import Context, Executor
from engine.forms_schema import Form
from engine.results import CompletionResult, FormField, TaskDetail
from engine.stated_times import StatedTimes
from engine.task_boxes import Boxes
from engine.task_handling import VERBS, Handling
from engine.types import Actor, InstanceStatus, TaskSummary, Text, Value
from storage import agencies, inbox
from storage import instances as instance_rows
from storage import tasks as rows
from storage.inbox import InboxRow

CLASSES = frozenset({"C0", "C1", "C2", "C3", "C4"})


class Tasks(Boxes, Handling, StatedTimes):
    """Inbox, task pages, who works at what, drafts, completion."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def get(self, actor: Actor, task_id: str) -> TaskDetail:
        """One task with its form and draft; `NotFound` for one the actor may not see."""
        return self._executor.read(actor, lambda context: self._detail(context, task_rows.seen(context, task_id)))

    def for_typing(self, actor: Actor, task_id: str) -> TaskDetail:
        """As `get`, also for who is of the task's team while a colleague holds it: who that is, the form, and one's own draft, so that
        what was typed into it a minute ago can be read and kept. Nothing of the case beside it. Raises `NotFound` for anybody else."""

        def query(context: Context) -> TaskDetail:
            row = self._typed(context, task_id)
            about = facts.of_inbox(context, [row])[0]
            if authorization.allows(actor, task_rows.READ, about):
                return self._detail(context, row)
            form = _form(context, context.executor.definition(context.uow, row.deployment_id), row.task)
            typed, saved_at = self._draft(context, row)
            summary = facts.limited(replace(summaries.of_inbox(row), case_id=None), row.task.sensitivity, actor, about)
            return replace(_limited(summary), draft=typed, draft_saved_at=saved_at,
                           form=forms.to_fill(form, typed, CLASSES) if form else None)

        return self._executor.read(actor, query)

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
            form = _form(context, context.executor.definition(context.uow, seen.deployment_id), row)
            filled: list[commands.Filled] = []
            acting_for = substitution.acting_for(context, row.role)

            def fill(live: LiveInstance) -> commands.Filled:
                filled.append(filling.fill(context, live, form, submission, facts.of_inbox(context, [seen])[0]))
                return filled[0]

            live, after = commands.complete(context, row, typed=submission, fill=fill, expected_revision=expected_revision,
                                            has_drafts=seen.has_drafts, stated_at=stated_at, acting_for=acting_for)
            if after is None:
                return CompletionResult(instance_id=live.id, case_id=row.case_id, opened=(), status=InstanceStatus.ACTIVE, verdict="")
            item = None if row.item is None else live.unsealed(row.item, projection.item_binding(row.token_id))
            filling.keep(context, live, form, filled[0], kind="complete_task", element_id=row.element_id, item=item, acting_for=acting_for)
            done, judged = live.completed_tokens[row.token_id], live.verdicts[row.token_id]
            return CompletionResult(
                instance_id=live.id, case_id=row.case_id, status=after.outcome.status, verdict=judged.official,
                handling_verdict=judged.handling_verdict, completed_at=done.at, stated_at=done.stated_at, stated_verdict=judged.if_accepted,
                overrun=judged.overrun, opened=tuple(self._opened(context, live, task) for task in live.opened),
                begun=explanations.begun(live.definition, after.trace))

        def once(context: Context) -> CompletionResult:
            asked = ["complete", task_id, submission] if stated_at is None else ["complete", task_id, submission, stated_at]
            return idempotency.once(context, idempotency_key, asked, lambda: command(context),
                                    summaries.completion_from_json, summaries.completion_to_json)

        return self._executor.run(actor, once)

    # --- inside --------------------------------------------------------------------------------------------------

    def _typed(self, context: Context, task_id: str) -> InboxRow:
        """The task for somebody who typed into it. Whoever is of its team may have held it a minute ago: what they typed
        is kept, and they are told who has it, though they may not read it any more."""
        row = inbox.get(context.uow, task_id, context.actor.account_id)
        if row is not None and task_rows.is_of_team(context, row):
            return row
        return task_rows.seen(context, task_id)

    def _detail(self, context: Context, seen: InboxRow) -> TaskDetail:
        task, actor = seen.task, context.actor
        about = facts.of_inbox(context, [seen])[0]
        classes = authorization.visible_sensitivity(actor, about)
        versions = ran_by.of(context, seen)
        definition = ran_by.of_task(context, versions, task)
        node = definition.element(task.element_id)
        form = _form(context, definition, task)
        typed, saved_at = self._draft(context, seen)
        summary = task_rows.summary(context, seen, about)
        if not summary.element_id and not authorization.allows(actor, "task.complete", about):  # whoever holds it has to do it
            return _limited(summary)

        @cache
        def case() -> Case:
            return kept.case_file(context, task.case_id or "", context.case_key(task.case_id or "", seen.wrapped_key))

        view, plan = forms.to_fill(form, typed, CLASSES) if form else None, None  # one's own draft: nothing in it is news
        if (form is not None and view is not None and task.case_id is not None and task.state == commands.OPEN
                and plan_beside.belongs(form, node.inputs, task.role)):
            view, plan = plan_beside.beside(case(), definition, view, typed, classes)
        return TaskDetail(
            summary=summary, form=view, plan=plan,
            draft=typed, draft_saved_at=saved_at, left_over=_left_over(versions, form, typed),
            warnings=explanations.task_warnings(definition), clause_texts=explanations.clause_texts(definition, node),
            grounds=explanations.grounds(definition, node), inputs=node.inputs, outputs=node.outputs,
            why_mine=_why_mine(context, definition, seen, summary, about),
            why_due=explanations.why_due(summary, task_rows.calendar(context, seen), task.standard_from),
            after_this=explanations.after_this(definition, node), makes=explanations.papers_made(definition, node),
            may=frozenset(verb for verb in VERBS if authorization.allows(actor, f"task.{verb}", about)),
            handled=handling.acts(context, seen),
            item=_item(summary.item, forms.named(definition.forms.values(), classes)),
            shown=self._shown(context, seen, definition, classes),
            forewarning=_forewarning(context, seen, definition, about, typed, summary.item, case),
            refused_letters=refused_letters.of_task(context, seen, summary.item))

    def _draft(self, context: Context, seen: InboxRow) -> tuple[Mapping[str, Value], datetime | None]:
        """What the actor typed into the task so far, and when it was kept."""
        draft = rows.get_draft(context.uow, seen.task.id, context.actor.account_id)
        if draft is None:
            return {}, None
        key = context.case_key(seen.task.case_id or "", seen.wrapped_key)
        bound_to = commands.draft_binding(seen.task.id, context.actor.account_id)
        typed: Mapping[str, Value] = canonical.loads(seal.unseal(key, draft.ciphertext, bound_to=bound_to))
        return typed, draft.saved_at

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

    def _opened(self, context: Context, live: LiveInstance, task: rows.TaskRow) -> TaskSummary:
        summary = summaries.task_summary(task, business_key=live.business_key, risk=live.risk)
        about = authorization.ObjectFacts(agency_id=task.agency_id, role=task.role, is_open=True, worked_on=True)
        return facts.limited(summary, task.sensitivity, context.actor, about)


def _form(context: Context, definition: Definition, task: rows.TaskRow) -> Form | None:
    """What the task asks of the actor."""
    return own_referrals.form_of(context, definition.forms.get(task.form_key or ""))


def _limited(summary: TaskSummary) -> TaskDetail:
    """The page of a step whose class the actor does not see: that it is there, its case, its deadline, and nothing it could reveal."""
    nothing = Text("", "")
    return TaskDetail(summary=summary, form=None, draft={}, draft_saved_at=None, warnings=(), clause_texts=(), inputs=(), outputs=(),
                      why_mine=nothing, why_due=nothing, after_this=nothing, may=frozenset())


def _forewarning(context: Context, seen: InboxRow, definition: Definition, about: authorization.ObjectFacts, typed: Mapping[str, Value],
                 item: Value, case: Callable[[], Case]) -> Text | None:
    """To whoever of the unit may send the form; only then the case is opened."""
    task, form = seen.task, definition.forms.get(seen.task.form_key or "")
    if (form is None or form.record is None or task.case_id is None or seen.wrapped_key is None or task.state != commands.OPEN
            or task.role in authorization.OUTSIDE or not authorization.allows(context.actor, "task.complete", about)):
        return None
    submission = Submission(values=typed, item=item, actor_id=context.actor.account_id,
                            acting_for=frozenset(substitution.acting_for(context, task.role)))
    return forewarning.of_form(definition, form, case(), submission, risk=seen.risk, on=context.now.date())


def _left_over(versions: ran_by.RanBy, form: Form | None, typed: Mapping[str, Value]) -> tuple[FormField, ...]:
    asked = {field.key for field in form.fields} if form is not None else set()
    before = forms.merged(form for each in versions.versions[:-1] for form in each.forms.values())
    return forms.read_fields([field for key, field in before.items() if key in typed and key not in asked], typed, CLASSES)


def _why_mine(context: Context, definition: Definition, seen: InboxRow, summary: TaskSummary, about: authorization.ObjectFacts) -> Text:
    reason = authorization.reason(context.actor, task_rows.READ, about)
    assert reason is not None  # whoever may not read it never gets here
    return explanations.why_mine(context.actor, reason, summary, _printed(context, definition, seen.task))


def _printed(context: Context, definition: Definition, task: rows.TaskRow) -> str:
    """Who does it, as the SOP prints it; where the SOP says it abstractly, what the agency calls whoever that is."""
    if definition.role_of(task.element_id, None) == task.role:
        return task.lane
    agency = agencies.get(context.uow, task.agency_id)
    return task.lane if agency is None else agency_files.role_title(agency, task.role).id


def _item(item: Value, known: Mapping[str, FormField]) -> tuple[FormField, ...]:
    values = item if isinstance(item, Mapping) else {}
    return tuple(replace(known[key], value=value) for key, value in values.items() if key in known and value is not None)
