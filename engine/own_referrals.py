"""Partners' people with an account: each answers for one provider of the directory and sees the referrals to it, as its links would.

Whose referral a task is stands in the case file, sealed, and changes with it: it is asked anew each time. What consent no longer covers,
what was recalled or refused, and what waits for another provider is not there for them.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine import errors, partner_scope, ran_by
from engine.authorization import PROVIDER
from engine.definitions import Definition
from engine.directory import providers as sheets
from engine.executor import Context
from engine.forms_schema import Form
from engine.partner_scope import Opened
from engine.types import Actor
from storage import accounts, cases, instances, providers, tasks
from storage.tasks import TaskRow


def is_restricted(actor: Actor) -> bool:
    """Whether the actor works for a provider and not for the unit."""
    return actor.provider_id is not None


def of_others(context: Context, rows: Sequence[TaskRow]) -> list[bool]:
    """Which of these tasks are no referral to the actor's own provider, whoever did what in the case before; none of them for whoever
    works for the unit."""
    actor = context.actor
    if actor.provider_id is None:
        return [False] * len(rows)
    names = _names(context, actor.provider_id)
    return [row.role != PROVIDER or not _is_to(context, row, names) for row in rows]


def form_of(context: Context, form: Form | None) -> Form | None:
    """The form as the actor is asked it: a partner's person nothing of what the unit writes down of an answer it was told."""
    return form if form is None or not is_restricted(context.actor) else partner_scope.form_of(form)


def may_be_given(context: Context, row: TaskRow, account_id: str) -> bool:
    """Whether this account may hold the task: a referral goes only to who answers for its provider, or to who works for the unit."""
    if row.role != PROVIDER or not accounts.roles_held(context.uow, account_id, context.local_day()) <= {PROVIDER}:
        return True
    account = accounts.get(context.uow, account_id)
    return account is not None and account.provider_id is not None and _is_to(context, row, _names(context, account.provider_id))


def people_of(context: Context, row: TaskRow) -> tuple[str, ...]:
    """The accounts that a referral waits for, in their agency's context: those whose provider was asked."""
    held = accounts.holders(context.uow, row.agency_id, [PROVIDER], context.local_day()).get(PROVIDER, ())
    of = {each: account.provider_id for each in held if (account := accounts.get(context.uow, each)) is not None}
    asked = {each for each in set(of.values()) if each is not None and _is_to(context, row, _names(context, each))}
    return tuple(each for each in held if of.get(each) in asked)


def referral(context: Context, task_id: str) -> tuple[Opened, str | None, Definition]:
    """The case, the line and the SOP of an open referral to the actor's own provider. Raises `NotFound` for any other task, and to whoever
    works for the unit: they have the case."""
    row = tasks.get(context.uow, task_id)
    if row is None or row.state != "open" or not is_restricted(context.actor) or row.agency_id != context.actor.agency_id \
            or of_others(context, [row])[0] or not _is_referral(context, row):
        raise errors.NotFound(task_id=task_id)
    case, instance = cases.get(context.uow, row.case_id or ""), instances.get(context.uow, row.instance_id)
    assert case is not None and instance is not None  # or it were no referral
    opened = partner_scope.opened(context, case)
    return opened, partner_scope.line_of_task(opened, row), context.executor.definition(context.uow, instance.deployment_id)


def providers_of(context: Context) -> tuple[tuple[str, str], ...]:
    """The agency's providers: id, and the name that cases say; by that name."""
    known = [sheets.opened(context, row, due_before=row.checked_on) for row in providers.of_agency(context.uow, context.actor.agency_id)]
    return tuple(sorted(((each.id, each.display_name) for each in known), key=lambda each: (each[1].casefold(), each[0])))


def _names(context: Context, provider_id: str) -> tuple[str, ...]:
    """What cases may call the provider; nothing where the directory no longer knows it."""
    row = providers.get(context.uow, provider_id)
    if row is None or row.agency_id != context.actor.agency_id:
        return ()
    known = sheets.opened(context, row, due_before=row.checked_on)
    return (known.display_name, str(known.values["name"]))


def _is_to(context: Context, row: TaskRow, names: Sequence[str]) -> bool:
    case = cases.get(context.uow, row.case_id) if row.case_id is not None else None
    if case is None or not names:
        return False
    try:
        opened = partner_scope.opened(context, case)
    except errors.KeyDestroyed:
        return False
    line_no = partner_scope.line_of_task(opened, row)
    if _is_referral(context, row):
        return any(partner_scope.may_see(context, opened, line_no, name) for name in names)
    return any(partner_scope.was_asked(opened, line_no, name) for name in names)


def _is_referral(context: Context, row: TaskRow) -> bool:
    """Whether the task is to answer one or to report on it, which ends with the consent; else it is what a provider owes afterwards."""
    instance = instances.get(context.uow, row.instance_id)
    form = None if instance is None else ran_by.of(context, instance).with_element(row.element_id).forms.get(row.form_key or "")
    return form is None or form.record in (partner_scope.ANSWER, partner_scope.REPORT)
