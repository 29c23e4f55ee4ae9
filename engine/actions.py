"""Actions: what a person may tell a running case, where its diagram waits for a message and the waiting event has a form.

The lane of the event says who; the one policy table says on which cases. What was filled in is validated, encrypted and journaled
as for a task. There is no claiming: whoever acts first has acted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from engine import authorization, errors, facts, filling, journal, projection, standards, substitution, summaries
from engine.commands import form_drafts, instances, stated_times
from engine.definitions import Definition
from engine.executor import Context
from engine.forms_schema import Form
from engine.model import Node
from engine.results import CaseAction, CompletionResult
from engine.transition import ReceiveMessage
from engine.types import InstanceStatus, Value
from storage import instances as instance_rows
from storage import subscriptions

ACT = "case.act"
_ASKED_ALREADY: Final = ("Formulir ini sudah menanyakan waktunya.", "This form asks for the instant itself.")


class ActionGone(errors.EngineError):
    """The case no longer waits for this; look at the case again."""

    code = "action-gone"
    indonesian = "Kasus ini tidak lagi menunggu tindakan ini; lihat kembali keadaan kasusnya."


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One message subscription of a running instance, with the form of its event, the role that may fill it, the item of the
    loop instance it stands in, and since when the instance runs."""

    row: subscriptions.SubscriptionRow
    node: Node
    form: Form
    role: str
    item: Value
    since: datetime


def waiting(context: Context, case_id: str, about: authorization.ObjectFacts) -> Iterator[Waiting]:
    """What the actor may tell the case now, by instance and element. Sensitive events only for who may see their class."""
    if not authorization.allows(context.actor, ACT, about):
        return
    seen = authorization.visible_sensitivity(context.actor, about)
    for instance in instance_rows.of_case(context.uow, case_id):
        if instance.ended_at is None and instance.suspended_at is None and instance.wrapped_key is not None:
            definition = context.executor.definition(context.uow, instance.deployment_id)
            rows = [row for row in subscriptions.of_instance(context.uow, instance.id) if row.kind == projection.MESSAGE]
            parameters = context.parameters(instance.parameters_digest)
            for row in sorted(rows, key=lambda each: (each.element_id, len(each.token_id), each.token_id)):  # the oldest first
                found = _waiting(context, definition, parameters, row, instance.started_at)
                if found is not None and context.actor.holds(found.role) and (found.node.sensitivity or "C1") in seen:
                    yield found


def _waiting(
    context: Context, definition: Definition, parameters: Mapping[str, Value] | None, row: subscriptions.SubscriptionRow, since: datetime
) -> Waiting | None:
    node = definition.element(row.element_id)
    form = definition.forms.get(node.form or "")
    if form is None:
        return None
    events = context.instance(row.instance_id).view.subscriptions
    item = next((each.item for each in events if each.token_id == row.token_id), None)
    return Waiting(row=row, node=node, form=form, item=item, role=definition.role_of(node.id, parameters), since=since)


def of_case(context: Context, case_id: str, about: authorization.ObjectFacts) -> tuple[CaseAction, ...]:
    """Those of `waiting` as people see them."""
    return tuple(
        CaseAction(id=each.row.token_id, instance_id=each.row.instance_id, element_id=each.row.element_id, message=each.row.name,
                   name=each.node.name or each.form.title.id, title=each.form.title, form_key=each.form.key, role=each.role,
                   stated_from=None if asks_its_instant(each.form) else each.since,
                   item={**(each.item if isinstance(each.item, Mapping) else {}), **standards.keys_from_json(each.row.keys)})
        for each in waiting(context, case_id, about))


def asks_its_instant(form: Form) -> bool:
    """Whether the form asks for an instant itself: then nobody states another one beside it."""
    return any(field.type == "datetime" for field in form.fields)


def named(context: Context, case_id: str, about: authorization.ObjectFacts, action_id: str) -> Waiting:
    """The action of that id, or the first on that element. Raises `NotFound`: also for one that is not the actor's."""
    found = list(waiting(context, case_id, about))
    for each in found:
        if each.row.token_id == action_id:
            return each
    for each in found:
        if each.row.element_id == action_id:
            return each
    raise errors.NotFound(action_id=action_id)


def act(
    context: Context, case_id: str, about: authorization.ObjectFacts, chosen: Waiting, submission: Mapping[str, Any],
    *, stated_at: datetime | None = None,
) -> CompletionResult:
    """Sends the message of a `named` action to the one event that waits for it. Timers due now act first. `stated_at` is when it was
    done, where that was earlier and the form does not ask it.

    Raises:
        ActionGone: they took the event away. InvalidSubmission: the form needs attention.
    """
    live = context.instance(chosen.row.instance_id)
    live.fire_due(context.now)
    if not any(each.token_id == chosen.row.token_id and each.name == chosen.row.name for each in live.view.subscriptions):
        context.refuse(ActionGone(action_id=chosen.row.token_id))
        return CompletionResult(instance_id=live.id, case_id=case_id, opened=(), status=InstanceStatus.ACTIVE, verdict="")
    filled = filling.fill(context, live, chosen.form, submission, about)
    if stated_at is not None:
        if asks_its_instant(chosen.form):
            raise errors.InvalidSubmission({stated_times.FIELD: _ASKED_ALREADY})
        stated_at = stated_times.checked(stated_at, ready_at=chosen.since, now=context.now, too_early=stated_times.BEFORE_IT_RAN)
    acting_for = substitution.acting_for(context, chosen.role)
    after = instances.move(context, live, ReceiveMessage(token_id=chosen.row.token_id, name=chosen.row.name, variables=filled.variables,
                                                         stated_at=stated_at),
                           actor_id=context.actor.account_id, submission=filled.submission,
                           note={journal.ACTING_FOR: list(acting_for)} if acting_for else None)
    filling.keep(context, live, chosen.form, filled, kind="receive_message", element_id=chosen.row.element_id, item=chosen.item,
                 acting_for=acting_for)
    form_drafts.drop_all(context, form_drafts.ACTION, chosen.row.token_id, case_id=case_id)
    return CompletionResult(
        instance_id=live.id, case_id=case_id, status=after.outcome.status, verdict="", stated_at=stated_at,
        opened=tuple(facts.limited(summaries.task_summary(task, business_key=live.business_key, risk=live.risk), task.sensitivity,
                                   context.actor, about) for task in live.opened))
