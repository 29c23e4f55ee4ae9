"""Commands that deliver messages and signals: to who waits, to what they start, else to the buffer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine import canonical, errors, interpreter, projection, seal, standards
from engine.advance import SYSTEM, LiveInstance
from engine.commands import cases, instances
from engine.executor import Context
from engine.model import EventKind
from engine.transition import ReceiveMessage, ReceiveSignal
from engine.types import Value
from storage import deployments, messages, subscriptions
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


def send_message(context: Context, name: str, variables: Mapping[str, Value], keys: Mapping[str, Value]) -> list[str]:
    """Delivers a message from outside: the instances reached or started. One that came too early is kept until somebody waits."""
    letter = Letter(name=name, variables=variables, keys=standards.keys_to_json(keys))
    reached = _deliver_message(context, letter, actor_id=context.actor.account_id)
    if not reached:
        projection.keep(context.uow, context.actor.agency_id, context.executor.message_key(context.actor.agency_id),
                        message_id=context.executor.new_id(context.now), kind=projection.MESSAGE, name=name, keys=keys, variables=variables,
                        now=context.now, source=None)
    return reached


def send_signal(context: Context, name: str, variables: Mapping[str, Value]) -> list[str]:
    """Broadcasts a signal in the agency: every waiting instance catches it, every signal start begins one. Never kept."""
    return _broadcast(context, Letter(name=name, variables=variables, keys={}), actor_id=context.actor.account_id)


class MessageStorm(errors.EngineError):
    """Messages lead to messages without end; this one waits for a person."""

    code = "message-storm"
    indonesian = "Pesan memicu pesan tanpa henti; pesan ini menunggu keputusan orang."


def deliver(context: Context, message_id: str) -> bool:
    """Delivers one message of the outbox; False when nobody waits for it yet. A second delivery does nothing.

    Raises:
        MessageStorm: 1,000 messages led to this one without a person, timer or operation between.
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
    letter = Letter(name=row.name, variables=content["variables"], keys=row.keys, source=row.source_instance)
    if row.kind == projection.SIGNAL:
        _broadcast(context, letter, actor_id=SYSTEM)
    elif not _deliver_message(context, letter, actor_id=SYSTEM):
        return False
    if not messages.mark_delivered(context.uow, message_id, context.now):
        raise storage_errors.Conflict  # another worker delivered it meanwhile: nothing of this delivery may stay
    return True


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
    for deployment, process_id, element_id in _starts(context, EventKind.MESSAGE, letter.name):
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
    for deployment, process_id, element_id in _starts(context, EventKind.SIGNAL, letter.name):
        reached.append(_start(context, deployment, process_id, element_id, letter, actor_id).id)
    return reached


def _starts(context: Context, kind: EventKind, name: str) -> Iterator[tuple[deployments.DeploymentRow, str, str]]:
    """Start events of the agency's SOPs in force that this message or signal begins."""
    for deployment in deployments.all_in_force(context.uow, context.actor.agency_id, context.local_day()):
        for process in context.executor.definition(context.uow, deployment.id).processes.values():
            for node in process.nodes.values():
                begins = node.type == "startEvent" and any(event.kind is kind and event.name == name for event in node.events)
                if begins and process.is_executable is not False:
                    yield deployment, process.id, node.id


def _start(
    context: Context, deployment: deployments.DeploymentRow, process_id: str, element_id: str, letter: Letter, actor_id: str
) -> LiveInstance:
    business_key = letter.keys.get(BUSINESS_KEY)
    case = cases.in_hand(context, business_key if isinstance(business_key, str) and business_key else None)
    return instances.start(context, deployment, case, process_id=process_id, variables=letter.variables,
                           start_element=element_id, actor_id=actor_id)
