"""What somebody without an account sends: each a command of the machine's own actor `public`, which no account ever holds.

The agency's SOPs in force say what is possible: a message start event `public_report` or `public_message` with a form, an SOP
that a complaint begins, an open survey that waits for `skm_response`. A form is filled, validated, encrypted and journaled as for
staff; whoever may do the task that opens is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from engine import authorization, entrances, errors, filling, form_values, forms, projection
from engine.advance import LiveInstance
from engine.casefile import kept
from engine.commands import cases, documents, instances, starts
from engine.definitions import Definition
from engine.executor import Context
from engine.forms_schema import Form
from engine.model import EventKind
from engine.public_results import Door
from engine.transition import ReceiveMessage
from engine.types import Text, Value
from storage import deployments, notices, outside, randomness, subscriptions
from storage import instances as instance_rows

REPORT, MESSAGE, ANSWER = "public_report", "public_message", "skm_response"
OF_THE_PUBLIC = frozenset({REPORT, MESSAGE, ANSWER})
COMPLAINT: Final = "complaint"     # the record that the start form of an SOP about complaints makes
#: What the office writes down of a complaint that comes in person; of one that comes here it is known. The printed channels have no
#: web page: what comes in writing over the net is an electronic letter.
CHANNEL, ELECTRONIC_LETTER = "channel", "email"
_INSTANTS: Final = ("submitted_at", "system_received_at", "officer_received_at")
COMPLAINT_TEXT: Final = "text"     # what it is about: nothing can be sent without it
WITHDRAWN: Final = "withdrawn"
SOURCE: Final = "public_page"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Where something from outside comes in: the start event of an SOP in force, and its form."""

    deployment: deployments.DeploymentRow
    process_id: str
    element_id: str | None
    form: Form
    definition: Definition


def by_message(context: Context, message: str) -> Entry | None:
    """The start event of an SOP in force that this message begins and that has a form; the first where there are several."""
    for deployment, process_id, element_id in starts.begun_by(context, EventKind.MESSAGE, message):
        definition = context.executor.definition(context.uow, deployment.id)
        form = definition.forms.get(definition.element(element_id).form or "")
        if form is not None:
            return Entry(deployment=deployment, process_id=process_id, element_id=element_id, form=form, definition=definition)
    return None


def of_complaints(context: Context) -> Entry | None:
    """The SOP in force that a complaint about the service begins: its start form makes a complaint."""
    parameters = context.parameters_in_force()
    for deployment in deployments.all_in_force(context.uow, context.actor.agency_id, context.local_day()):
        definition = context.executor.definition(context.uow, deployment.id)
        entered = entrances.entrance(definition, parameters)
        if entered is not None and entered.form is not None and entered.form.record == COMPLAINT:
            return Entry(deployment=deployment, process_id=deployment.process_id, element_id=entered.element_id, form=entered.form,
                         definition=definition)
    return None


def asked_of(door: Door, form: Form) -> Form:
    """The form as somebody outside sees it: what it is about first, without what only the office writes down. Whoever leaves a question
    out leaves it empty: why nobody answered is for an officer to say."""
    fields = [replace(field, allow_unknown=False) for field in form.fields]
    if door is Door.COMPLAINT:
        about = [replace(field, required=True, help=Text("", "")) for field in fields if field.key == COMPLAINT_TEXT]
        fields = about + [field for field in fields if field.key not in (COMPLAINT_TEXT, CHANNEL, *_INSTANTS)]
    return replace(form, fields=tuple(fields))


def entry(context: Context, door: Door) -> Entry | None:
    """Where what comes through this door begins an SOP; None where the agency's SOPs in force have no such beginning."""
    return of_complaints(context) if door is Door.COMPLAINT else by_message(context, REPORT)


def receive(context: Context, door: Door, submission: Mapping[str, Any], *, code_hash: str) -> Entry:
    """Takes in a report or a complaint as a new case, under a receipt of this digest. What was taken in before is not taken in again.

    Raises:
        NotFound: no SOP in force takes it in. InvalidSubmission: fields need attention.
    """
    found = entry(context, door)
    if found is None:
        raise errors.NotFound(door=door.value)
    if outside.receipt(context.uow, context.actor.agency_id, code_hash) is not None:
        return found
    if not submission.keys() <= {field.key for field in asked_of(door, found.form).fields}:
        raise errors.InvalidSubmission({"": forms.UNKNOWN_KEY})
    live = _begin(context, found, _with_the_offices(context, door, found.form, submission), None,
                  known=_of_a_report(context) if door is Door.REPORT else {}, notice=f"public_{door.value}")
    outside.add_receipt(context.uow, outside.ReceiptRow(
        code_hash=code_hash, agency_id=context.actor.agency_id, case_id=live.case_id, instance_id=live.id, at=context.now))
    return found


def follow_up(context: Context, receipt: outside.ReceiptRow, business_key: str, submission: Mapping[str, Any]) -> None:
    """Takes a later message of the same reporter into the same case, whatever runs there. Raises `NotFound` where no SOP takes it in."""
    found = by_message(context, MESSAGE)
    if found is None:
        raise errors.NotFound(door=MESSAGE)
    _begin(context, found, submission, business_key, known={}, notice="public_message")
    if submission.get("message_kind") == WITHDRAWN:
        outside.withdraw(context.uow, receipt.code_hash, context.now)


@dataclass(frozen=True, kw_only=True)
class OpenSurvey:
    """A survey that waits for answers: the event of a running instance, and its form."""

    waiting: subscriptions.SubscriptionRow
    form: Form


def open_survey(context: Context) -> OpenSurvey | None:
    """The agency's survey that has been open longest. It is only read: whoever opens a page holds nobody up."""
    for row in subscriptions.waiting(context.uow, context.actor.agency_id, projection.MESSAGE, ANSWER, keys={}):
        instance = instance_rows.get(context.uow, row.instance_id)
        if instance is not None and instance.suspended_at is None:
            definition = context.executor.definition(context.uow, instance.deployment_id)
            form = definition.forms.get(definition.element(row.element_id).form or "")
            if form is not None:
                return OpenSurvey(waiting=row, form=form)
    return None


def answer_survey(context: Context, submission: Mapping[str, Any], *, code_hash: str) -> None:
    """Adds one answer to the open survey and uses up its code; nothing says which code gave which answer.

    Raises:
        NotFound: no survey is open, or the code is not one that can still be used. InvalidSubmission: fields need attention.
    """
    survey = open_survey(context)
    if survey is None or not outside.use_survey_code(context.uow, context.actor.agency_id, code_hash):
        raise errors.NotFound(door=Door.SURVEY.value)
    live = context.instance(survey.waiting.instance_id)
    live.fire_due(context.now)
    token_id = survey.waiting.token_id
    if not any(each.token_id == token_id and each.name == ANSWER for each in live.view.subscriptions):
        raise errors.NotFound(door=Door.SURVEY.value)
    filled = filling.fill(context, live, survey.form, submission, _own(context))
    instances.move(context, live, ReceiveMessage(token_id=token_id, name=ANSWER, variables=filled.variables),
                   actor_id=context.actor.account_id, submission=filled.submission)
    if survey.form.record is not None:
        journaled = next(entry.seq for entry, _ in reversed(live.entries) if entry.kind == "receive_message")
        kept.project(context, live, survey.form.record, filled.submission, seq=journaled)


# --- inside ------------------------------------------------------------------------------------------------------------


def _begin(context: Context, found: Entry, submission: Mapping[str, Any], business_key: str | None, *, known: Mapping[str, Value],
           notice: str) -> LiveInstance:
    filled = filling.fill(context, None, found.form, submission, _own(context))
    case = cases.in_hand(context, business_key, must_stand=business_key is not None)
    live = instances.start(context, found.deployment, case, process_id=found.process_id,
                           variables={**known, **filled.variables}, submission=filled.submission,
                           start_element=found.element_id)
    if found.form.record is not None:
        live.case_status = kept.project(context, live, found.form.record, filled.submission, seq=1).status
    documents.keep_uploads(context, live, "", filled.uploads)
    context.save()
    for task in live.opened:
        notices.add(context.uow, notices.NoticeRow(
            id=randomness.new_id(), agency_id=live.agency_id, account_id=None, role=task.role, at=context.now, code=notice,
            case_id=live.case_id, task_id=task.id, once=f"{notice}:{task.id}"))
    return live


def _of_a_report(context: Context) -> Mapping[str, Value]:
    """What the SOPs that take reports in want to know of every one."""
    return {"source": SOURCE, "received_at": context.now, "victim_reported_at": context.now}


def _with_the_offices(context: Context, door: Door, form: Form, submission: Mapping[str, Any]) -> Mapping[str, Any]:
    if door is not Door.COMPLAINT:
        return submission
    if form_values.is_blank(submission.get(COMPLAINT_TEXT)):
        raise errors.InvalidSubmission({COMPLAINT_TEXT: form_values.REQUIRED})
    keys = {field.key for field in form.fields}
    # No officer has seen it yet: where the office counts from its own receipt, the stricter instant holds.
    known = {CHANNEL: ELECTRONIC_LETTER, **dict.fromkeys(_INSTANTS, context.now)}
    return {**submission, **{key: value for key, value in known.items() if key in keys}}


def _own(context: Context) -> authorization.ObjectFacts:
    return authorization.ObjectFacts(agency_id=context.actor.agency_id)
