"""Commands that deliver messages and signals: to who waits, to what they start, else to the buffer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine import canonical, errors, interpreter, projection, seal, standards
from engine.advance import SYSTEM, LiveInstance
from engine.commands import cases, instances, starts
from engine.executor import Context
from engine.model import EventKind
from engine.transition import ReceiveMessage, ReceiveSignal
from engine.types import Value
from storage import agencies, crypto, deployments, jobs, messages, subscriptions
from storage import errors as storage_errors

MAX_HOPS = 1_000               # messages that lead to messages, nobody and nothing else between: more is a storm
EVERYBODY = 1_000_000          # a signal leaves out nobody who waits
BUSINESS_KEY = "business_key"  # the correlation key every instance has, whatever its diagram draws


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A message or signal on its way. `keys` are plain JSON, as subscriptions keep theirs."""

    name: str
    variables: Mapping[str, Value]
    keys: Mapping[str, Any]
    source: str | None = None
    came_from: Mapping[str, str] | None = None  # another agency's code, and a reference that it can follow


def send_message(context: Context, name: str, variables: Mapping[str, Value], keys: Mapping[str, Value]) -> list[str]:
    """Delivers a message from outside: the instances reached or started. One that came too early is kept until somebody waits."""
    letter = Letter(name=name, variables=variables, keys=standards.keys_to_json(keys))
    reached = _deliver_message(context, letter, actor_id=context.actor.account_id)
    if not reached:
        _keep(context, letter, hops=0)
    return reached


def send_signal(context: Context, name: str, variables: Mapping[str, Value]) -> list[str]:
    """Broadcasts a signal in the agency: every waiting instance catches it, every signal start begins one. Never kept."""
    return _broadcast(context, Letter(name=name, variables=variables, keys={}), actor_id=context.actor.account_id)


class MessageStorm(errors.EngineError):
    """Messages lead to messages without end; this one waits for a person."""

    code = "message-storm"
    indonesian = "Pesan memicu pesan tanpa henti; pesan ini menunggu keputusan orang."


class UnknownAgency(errors.EngineError):
    """The message is for an agency that is not registered here; register it or correct the SOP, then let it go again."""

    code = "unknown-agency"
    indonesian = "Pesan ini untuk lembaga yang belum terdaftar di sini; daftarkan lembaganya atau perbaiki SOP, lalu ulangi."


def deliver(context: Context, message_id: str) -> bool:
    """Delivers one message of the outbox; False when nobody waits for it yet. A second delivery does nothing.

    Raises:
        MessageStorm: 1,000 messages led to this one without a person, timer or operation between.
        UnknownAgency: it is for an agency that nobody knows here.
    """
    row = messages.get(context.uow, message_id)
    if row is None or row.delivered_at is not None:
        return True
    assert row.payload is not None
    key = context.executor.message_key(row.agency_id)
    content = canonical.loads(seal.unseal(key, row.payload, bound_to=projection.message_binding(message_id)))
    if content["hops"] >= MAX_HOPS:
        raise MessageStorm(message_id=message_id)
    context.hops = content["hops"] + 1
    letter = Letter(name=row.name, variables=content["variables"], keys=row.keys, source=row.source_instance,
                    came_from=content.get("came_from"))
    if row.to_agency is not None:
        _hand_over(context, row, letter, hops=content["hops"])
    elif row.kind == projection.SIGNAL:
        _broadcast(context, letter, actor_id=SYSTEM)
    elif not _deliver_message(context, letter, actor_id=SYSTEM):
        return False
    if not messages.mark_delivered(context.uow, message_id, context.now):
        raise storage_errors.Conflict  # another worker delivered it meanwhile: nothing of this delivery may stay
    return True


def reference_of(message_id: str) -> str:
    """By what two agencies speak of a message from one to the other: it says nothing of the case it left."""
    return crypto.digest(f"handover:{message_id}".encode())[:16].upper()


def _hand_over(context: Context, row: messages.MessageRow, letter: Letter, *, hops: int) -> None:
    """Takes a message into the agency it is for. Only its variables and keys travel; what it begins there is a case of that agency."""
    sender = agencies.get(context.uow, row.agency_id)
    assert sender is not None and row.to_agency is not None
    if projection.ALONE_AS in sender.profile:
        return  # a trial has no neighbours: what leaves it is gone
    receiver = agencies.by_code(context.uow, row.to_agency)
    if receiver is None:
        raise UnknownAgency(message_id=row.id)
    there = context.inside(receiver.id)
    letter = replace(letter, source=None, came_from={"agency": sender.code, "reference": reference_of(row.id)})
    if not _deliver_message(there, letter, actor_id=SYSTEM):
        _keep(there, letter, hops=hops)


def _keep(context: Context, letter: Letter, *, hops: int) -> None:
    """Keeps a message until somebody waits for it, or an SOP comes into force that it starts."""
    agency_id, message_id = context.actor.agency_id, context.executor.new_id(context.now)
    projection.keep(context.uow, agency_id, context.executor.message_key(agency_id), message_id=message_id, kind=projection.MESSAGE,
                    name=letter.name, keys=letter.keys, variables=letter.variables, now=context.now, source=None, hops=hops,
                    came_from=letter.came_from)
    if chance := starts.next_chance(context, letter.name):
        jobs.insert_many(context.uow, [projection.job_of_message(agency_id, message_id, letter.name, at=chance, kept_at=context.now)])


def _deliver_message(context: Context, letter: Letter, *, actor_id: str) -> list[str]:
    """One message has one receiver: the subscription that insists on most of its keys, the oldest of equals; else a start."""
    business_key = letter.keys.get(BUSINESS_KEY)
    waiting = subscriptions.waiting(context.uow, context.actor.agency_id, projection.MESSAGE, letter.name,
                                    keys={**_retrieved(context, letter), **letter.keys},
                                    business_key=business_key if isinstance(business_key, str) else None)
    waiting.sort(key=lambda row: -len(row.keys))
    for row in waiting:
        live = context.instance(row.instance_id)
        live.fire_due(context.now)
        target = next((each for each in live.view.subscriptions
                       if each.token_id == row.token_id and each.kind == projection.MESSAGE and each.name == letter.name), None)
        if target is not None and _fits(live, letter, row.keys):
            instances.move(context, live, ReceiveMessage(token_id=target.token_id, name=letter.name, variables=letter.variables),
                           actor_id=actor_id)
            return [live.id]
    for deployment, process_id, element_id in starts.begun_by(context, EventKind.MESSAGE, letter.name):
        return [_start(context, deployment, process_id, element_id, letter, actor_id).id]
    return []


def _retrieved(context: Context, letter: Letter) -> Mapping[str, Any]:
    """What the diagrams in force read out of a message's own variables; keys named by the sender go before these."""
    found: dict[str, Any] = {}
    for deployment in deployments.all_in_force(context.uow, context.actor.agency_id, context.local_day()):
        program = context.executor.definition(context.uow, deployment.id).program
        found |= standards.keys_to_json(interpreter.correlation_of(program, letter.name, letter.variables, context.now))
    return found


def _fits(live: LiveInstance, letter: Letter, insisted: Mapping[str, Any]) -> bool:
    """Keys the diagram draws no correlation for are compared with the business key and the process variables of that name."""
    for name, wanted in letter.keys.items():
        if name in insisted:
            continue
        if name == BUSINESS_KEY:
            has: Any = live.business_key
        elif name in live.view.variables:
            has = standards.keys_to_json({name: live.view.variables[name]})[name]
        else:
            return False
        if has != wanted:
            return False
    return True


def _broadcast(context: Context, letter: Letter, *, actor_id: str) -> list[str]:
    reached: list[str] = []
    waiting = subscriptions.waiting(context.uow, context.actor.agency_id, projection.SIGNAL, letter.name, limit=EVERYBODY)
    for instance_id in dict.fromkeys(row.instance_id for row in waiting if row.instance_id != letter.source):
        live = context.instance(instance_id)
        live.fire_due(context.now)
        if any(each.kind == projection.SIGNAL and each.name == letter.name for each in live.view.subscriptions):
            instances.move(context, live, ReceiveSignal(name=letter.name, variables=letter.variables), actor_id=actor_id)
            reached.append(instance_id)
    for deployment, process_id, element_id in starts.begun_by(context, EventKind.SIGNAL, letter.name):
        reached.append(_start(context, deployment, process_id, element_id, letter, actor_id).id)
    return reached


def _start(
    context: Context, deployment: deployments.DeploymentRow, process_id: str, element_id: str, letter: Letter, actor_id: str
) -> LiveInstance:
    # Another agency's number is not ours: what it hands over is a case with a number of our own.
    business_key = None if letter.came_from else letter.keys.get(BUSINESS_KEY)
    case = cases.in_hand(context, business_key if isinstance(business_key, str) and business_key else None, came_from=letter.came_from)
    return instances.start(context, deployment, case, process_id=process_id, variables=letter.variables,
                           start_element=element_id, actor_id=actor_id)
