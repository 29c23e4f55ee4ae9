"""What waits in an instance, written to tasks, jobs and subscriptions by comparison, beside its journal, state and trace.

Nothing here decides anything: dropping these rows and writing them again from the replayed journal gives the same rows.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from engine import canonical, journal, seal, standards, verdicts
from engine.advance import SYSTEM, LiveInstance
from engine.calendars import WorkCalendar
from engine.casefile.case import CaseStatus
from engine.transition import OpenTask, Thrown
from engine.types import TimeStandard, Value
from storage import agencies, cases, crypto, instances, jobs, messages, payloads, randomness, subscriptions, tasks, trace
from storage import journal as journal_rows
from storage.errors import Conflict
from storage.unit_of_work import UnitOfWork

OPERATION, TIMER, MESSAGE, SIGNAL, INCIDENT, START = "operation", "timer", "message", "signal", "incident", "start"
REISSUE = "reissue"                             # a void letter is to be written again
BESIDE = frozenset({MESSAGE, SIGNAL, REISSUE})  # jobs of an instance that nothing in it waits for
ALONE_AS = "alone_as"  # in the profile of a trial's agency: the code it plays; there is no other agency then
RISK_RANKS = {"high": 0, "medium": 1, "low": 2}  # smaller comes first in the inbox
NOT_ASSESSED = 3


def save(uow: UnitOfWork, live: LiveInstance, now: datetime, message_key: bytes, *, hops: int) -> bool:
    """Writes the instance and all that hangs on it; False when another command moved it first, or its case."""
    fields = instance_fields(live)
    if live.is_new:
        instances.add(uow, instances.InstanceRow(
            id=live.id, agency_id=live.agency_id, case_id=live.case_id or None,
            process_id=live.process_id, business_key=live.business_key, started_at=live.started_at, **fields))
    elif not instances.save(uow, live.id, expected_seq=live.stored_seq, **fields):
        return False
    places = _move_case(uow, live)
    if places is None:
        return False
    _save_history(uow, live, places)
    save_waiting(uow, live)
    if live.is_new or live.has_ended and not live.had_ended:
        follow_case(uow, live)
    for number, thrown in enumerate(live.thrown):
        send(uow, live, message_key, thrown, number=number, now=now, hops=hops)
    return True


def instance_fields(live: LiveInstance) -> dict[str, Any]:
    """What the instance row says of the instance as it stands."""
    assert live.after is not None
    outcome = live.after.outcome
    return {
        "seq": live.seq, "head_hash": live.head.hex(), "last_at": live.last_at,
        "state": None if live.has_ended else live.sealed_state(), "status": outcome.status.value, "outcome_kind": outcome.kind.value,
        "outcome_code": outcome.code, "calendar_digest": live.calendar_digest, "parameters_digest": live.parameters_digest,
        "risk": live.risk, "ended_at": live.ended_at, "suspended_at": live.suspended_at, "deployment_id": live.deployment_id,
        "former_deployments": live.former or None,
    }


def follow_case(uow: UnitOfWork, live: LiveInstance) -> None:
    """The case row as its instances stand after this command."""
    row = cases.get(uow, live.case_id)
    if row is not None:
        save_case(uow, case_after(row, live, running=instances.has_running(uow, live.case_id)))


def case_after(row: cases.CaseRow, live: LiveInstance, *, running: bool) -> cases.CaseRow:
    """Closed when nothing of it is `running`, reopened when something runs again, else what was said of it last."""
    status = live.case_status or row.status
    if not running:
        status = CaseStatus.TERMINATED
    elif row.closed_at is not None:
        status = CaseStatus.REOPENED
    return dataclasses.replace(row, status=str(status), risk=live.risk or row.risk, updated_at=live.last_at,
                               closed_at=None if running else live.last_at)


def save_case(uow: UnitOfWork, row: cases.CaseRow) -> None:
    """Writes what `case_after` found."""
    cases.save(uow, row.id, status=row.status, risk=row.risk, owner_id=row.owner_id, closed_at=row.closed_at, updated_at=row.updated_at)


def _move_case(uow: UnitOfWork, live: LiveInstance) -> list[int | None] | None:
    """Writes what the new entries say of the case. The answer is their places among all entries of the case, the order in which a
    rebuild tells them; None when the case has moved since its records were read."""
    if not live.case_id:
        return [None] * len(live.entries)
    says = live.case_status is not None or live.risk != live.stored_risk
    said: dict[str, Any] = {"status": live.case_status, "risk": live.risk, "at": live.last_at} if says else {}
    by_people = [entry.at for entry, _ in live.entries if entry.actor_id != SYSTEM]
    last = cases.move(uow, live.case_id, entries=len(live.entries), seen=live.case_seen, acted_at=max(by_people, default=None), **said)
    return None if last is None else list(range(last - len(live.entries) + 1, last + 1))


def _save_history(uow: UnitOfWork, live: LiveInstance, places: Sequence[int | None]) -> None:
    journal_rows.append(uow, [_journal_row(live, entry, place) for (entry, _), place in zip(live.entries, places, strict=True)])
    payloads.add_many(uow, [
        payloads.PayloadRow(digest=entry.payload_digest, case_id=live.case_id or None, ciphertext=sealed)
        for entry, sealed in live.entries])
    save_trace(uow, live)


def save_trace(uow: UnitOfWork, live: LiveInstance) -> None:
    """The readable rows of what happened."""
    trace.append(uow, [
        trace.TraceRow(instance_id=live.id, n=item.seq, seq=seq, at=item.at, element_id=item.element_id,
                       element_type=item.element_type, happened=item.happened.value)
        for seq, item in live.trace])


def _journal_row(live: LiveInstance, entry: journal.Entry, place: int | None) -> journal_rows.JournalRow:
    return journal_rows.JournalRow(
        chain_id=entry.chain_id, seq=entry.seq, agency_id=live.agency_id, case_id=live.case_id or None, at=entry.at,
        recorded_at=entry.recorded_at, actor_id=entry.actor_id, kind=entry.kind, body=journal.body_bytes(entry),
        payload_digest=entry.payload_digest, state_digest=entry.state_digest, semantics=entry.semantics,
        definition=entry.definition, prev_hash=entry.prev_hash.hex(), hash=entry.hash.hex(),
        place=place)


def save_waiting(uow: UnitOfWork, live: LiveInstance) -> None:
    """Tasks, jobs and subscriptions of the instance, made equal to what its view says."""
    save_tasks(uow, live)
    stored = save_jobs(uow, live)
    if live.waited_for_events or live.view.subscriptions:
        save_subscriptions(uow, live)
    waited_for = {each.name for each in live.view.subscriptions if each.kind == MESSAGE}
    for name in messages.names_undelivered(uow, live.agency_id, waited_for) if waited_for else ():
        _wake_buffered(uow, live, name, stored)


def calendar_of(live: LiveInstance, standard: TimeStandard | None) -> WorkCalendar | None:
    """The calendar a standard of this instance is counted on; None where the instance has none."""
    if live.calendar_digest is None:
        return None
    return standards.calendar_for(standard, live.tables[live.calendar_digest], live.risk)


# --- tasks -------------------------------------------------------------------------------------------------------


def save_tasks(uow: UnitOfWork, live: LiveInstance) -> None:
    """The open tasks made equal to what the view says; those that are gone are judged, or taken back."""
    view = live.view
    stored = {} if live.is_new else {row.token_id: row for row in tasks.open_of(uow, live.id)}
    waiting = {task.token_id: task for task in view.tasks}
    opened = [_task_row(live, task) for token, task in waiting.items() if token not in stored]
    tasks.insert_many(uow, opened)
    live.opened += opened
    gone = [row for token, row in stored.items() if token not in waiting]
    for row in gone:
        if (done := live.completed_tokens.get(row.token_id)) is not None and not tasks.update_one(
                uow, row.id, _completion(live, row), expected_revision=done.revision):
            raise Conflict  # somebody else holds it since this command read it: it decides again
    tasks.cancel_many(uow, [row.id for row in gone if row.token_id not in live.completed_tokens], live.last_at)
    for token, accepted in live.accepted_tokens.items():
        tasks.accept_stated(uow, token, by=accepted.by, at=accepted.at)
    kept = [(stored[token], task) for token, task in waiting.items() if token in stored]
    if live.is_described_otherwise:
        _describe_anew(uow, live, kept)
    tasks.set_dues(uow, [
        (row.id, *now, task.standard_from) for row, task in kept if (row.due_at, row.warn_at) != (now := dues(live, task))])
    rank = RISK_RANKS.get(live.risk, NOT_ASSESSED)
    if any(row.risk_rank != rank for row, _ in kept):
        tasks.set_risk(uow, live.id, rank)


def _task_row(live: LiveInstance, task: OpenTask) -> tasks.TaskRow:
    node = live.definition.element(task.element_id)
    return tasks.TaskRow(
        id=task.token_id, instance_id=live.id, token_id=task.token_id, agency_id=live.agency_id, case_id=live.case_id or None,
        sop_key=live.sop_key, element_id=task.element_id, name=node.name or node.id, lane=node.lane,
        role=live.definition.role_of(node.id, live.parameters), form_key=node.form, sensitivity=node.sensitivity or "C1",
        ready_at=task.ready_at, due_at=dues(live, task)[0], warn_at=dues(live, task)[1], standard=standards.to_json(task.standard),
        standard_from=task.standard_from, risk_rank=RISK_RANKS.get(live.risk, NOT_ASSESSED),
        item=None if task.item is None else live.sealed(task.item, item_binding(task.token_id)))


def _describe_anew(uow: UnitOfWork, live: LiveInstance, kept: Sequence[tuple[tasks.TaskRow, OpenTask]]) -> None:
    """Tasks that stayed open while their instance went on by another version or other parameters, named and asked as these have it.
    Whoever holds one keeps it, unless it is another role's now: then it waits for that role's people, and what was typed with it."""
    for row, task in kept:
        now = _task_row(live, task)
        # A standard that is counted as before keeps the wording by which its clock runs.
        changes = {name: value for name in _DESCRIBED if (value := getattr(now, name)) != getattr(row, name)}
        if not standards.is_counted_alike(row.standard, now.standard):
            changes["standard"] = now.standard
        if "role" in changes and row.assignee_id is not None:
            changes |= {"assignee_id": None, "claimed_at": None, "given_by": None, "aside_until": None, "revision": row.revision + 1}
        if changes:
            tasks.describe(uow, row.id, changes)


_DESCRIBED = ("element_id", "name", "lane", "role", "form_key", "sensitivity")


def dues(live: LiveInstance, task: OpenTask) -> tuple[datetime | None, datetime | None]:
    """When it is due and when somebody is warned of that. A clock that stands still gives neither, late before or not: whoever
    lists, counts or tells what is late reads nothing else."""
    if live.suspended_at is not None and standards.pauses(task.standard):
        return None, None
    return task.due_at, task.warn_at


def item_binding(token_id: str) -> str:
    """What a task's multi-instance item is sealed to."""
    return f"item:{token_id}"


def _completion(live: LiveInstance, row: tasks.TaskRow) -> Mapping[str, object]:
    done = live.completed_tokens[row.token_id]
    standard = standards.from_json(row.standard)
    claimed_at = row.claimed_at or done.claimed_at
    judged = verdicts.judge(due_at=row.due_at, standard=standard, claimed_at=claimed_at, done_at=done.at,
                            stated_at=done.stated_at, calendar=calendar_of(live, standard))
    live.verdicts[row.token_id] = judged
    return {
        "state": "completed", "completed_at": done.at, "completed_by": done.by, "assignee_id": row.assignee_id or done.by,
        "claimed_at": claimed_at, "verdict": judged.official, "overrun_seconds": _seconds(judged.overrun),
        "handling_verdict": judged.handling_verdict, "handling_seconds": _seconds(judged.handling),
        **({"stated_at": done.stated_at, "stated_verdict": judged.if_accepted} if done.stated_at else {}),
    }


def _seconds(duration: timedelta | None) -> int | None:
    return None if duration is None else int(duration.total_seconds())


# --- jobs --------------------------------------------------------------------------------------------------------

StoredJobs = Mapping[tuple[str, str], jobs.JobRow]


def save_jobs(uow: UnitOfWork, live: LiveInstance) -> StoredJobs:
    """One job of each timer, parked operation and incident that waits; the jobs there were before."""
    stored = {} if live.is_new else {(row.kind, row.token_id): row for row in jobs.of_instance(uow, live.id)}
    wanted = {(row.kind, row.token_id): row for row in _wanted_jobs(live)}
    # A message in the outbox is taken out by its own delivery, never by what waits in the instance that threw it.
    jobs.delete_many(uow, [row.id for key, row in stored.items() if key not in wanted and row.kind not in BESIDE])
    jobs.insert_many(uow, [row for key, row in wanted.items() if key not in stored])
    jobs.place(uow, [(stored[key].id, row.element_id) for key, row in wanted.items()
                     if key in stored and stored[key].element_id != row.element_id])
    jobs.update_due(uow, [
        (stored[key].id, row.due_at, row.due_at)
        for key, row in wanted.items() if key in stored and row.kind == TIMER and stored[key].due_at != row.due_at])
    return stored


def _wanted_jobs(live: LiveInstance) -> Iterator[jobs.JobRow]:
    view = live.view
    for timer in view.timers:
        yield job_of(live, TIMER, timer.token_id, timer.element_id, timer.due_at)
    for call in view.operations:
        yield job_of(live, OPERATION, call.token_id, call.element_id, live.last_at, name=call.name,
                   payload=live.sealed(dict(call.arguments), arguments_binding(call.token_id)))
    for incident in view.incidents:
        yield job_of(live, INCIDENT, incident.token_id, incident.element_id, live.last_at, name=incident.code, state="incident",
                   available_at=None, error_code=incident.code)


def arguments_binding(token_id: str) -> str:
    """What an operation's arguments are sealed to."""
    return f"arguments:{token_id}"


def job_of(
    live: LiveInstance, kind: str, token_id: str, element_id: str, due_at: datetime, *, number: int | None = None, **more: Any,
) -> jobs.JobRow:
    """The job of what waits under `token_id`."""
    # The id is made from what waits: a rebuilt job is the same job to an operation that was asked already. It begins with the
    # number of the token or of the message, since jobs of one instant are taken in the order of their ids.
    number = number_of(token_id) if number is None else number
    return jobs.JobRow(**{
        "id": job_id(kind, live.id, token_id, number), "instance_id": live.id, "agency_id": live.agency_id,
        "kind": kind, "token_id": token_id, "element_id": element_id, "name": "", "due_at": due_at, "available_at": due_at, **more})


def number_of(token_id: str) -> int:
    """The number of a token in its instance."""
    return int(token_id.rpartition(".")[2])


def job_id(kind: str, instance_id: str, token_id: str, number: int) -> str:
    """The id of the job of what waits under this token."""
    return f"{number:08d}.{instance_id}.{crypto.digest(f'job:{kind}:{instance_id}:{token_id}'.encode())[:16]}"


# --- messages ----------------------------------------------------------------------------------------------------


def save_subscriptions(uow: UnitOfWork, live: LiveInstance) -> None:
    """Which messages and signals the instance waits for."""
    subscriptions.replace(uow, live.id, [
        subscriptions.SubscriptionRow(instance_id=live.id, token_id=each.token_id, kind=each.kind, name=each.name,
                                      agency_id=live.agency_id, element_id=each.element_id, keys=standards.keys_to_json(each.keys))
        for each in live.view.subscriptions])


def _wake_buffered(uow: UnitOfWork, live: LiveInstance, name: str, stored: StoredJobs) -> None:
    """A message that came too early is tried again as soon as somebody waits for its name."""
    jobs.wake(uow, live.agency_id, MESSAGE, name, at=live.last_at)
    jobs.insert_many(uow, [
        job_of(live, MESSAGE, message.id, "", live.last_at, number=number, name=name)
        for number, message in enumerate(messages.undelivered(uow, live.agency_id, name))
        if message.source_instance is None and (MESSAGE, message.id) not in stored])


def send(uow: UnitOfWork, live: LiveInstance, message_key: bytes, thrown: Thrown, *, number: int, now: datetime, hops: int) -> None:
    """Puts the message or signal thrown as `number` of this command into the outbox, with the job that delivers it afterwards."""
    message_id = f"{live.id}.{live.seq:08d}.{number:04d}"
    to_agency = None if thrown.agency is None or _is_home(uow, live.agency_id, thrown.agency) else thrown.agency
    keep(uow, live.agency_id, message_key, message_id=message_id, kind=thrown.kind, name=thrown.name, keys=thrown.keys,
         variables=thrown.variables, now=now, source=live.id, hops=hops, to_agency=to_agency)
    jobs.insert_many(uow, [job_of(live, thrown.kind, message_id, "", now, number=number, name=thrown.name)])


def _is_home(uow: UnitOfWork, agency_id: str, code: str) -> bool:
    agency = agencies.get(uow, agency_id)
    return agency is not None and code == agency.profile.get(ALONE_AS, agency.code)


def keep(
    uow: UnitOfWork, agency_id: str, message_key: bytes, *, message_id: str, kind: str, name: str, keys: Mapping[str, Value],
    variables: Mapping[str, Value], now: datetime, source: str | None, hops: int = 0, to_agency: str | None = None,
    came_from: Mapping[str, str] | None = None,
) -> None:
    """Keeps a message until somebody takes it. Of messages of one instant the smallest id is the oldest.

    `hops` counts the messages that led to it without a person, timer or operation between; `came_from` is the agency it was
    sent by, with a reference only that agency can follow.
    """
    content = {"variables": dict(variables), "hops": hops, "came_from": came_from}
    messages.add(uow, messages.MessageRow(
        id=message_id, agency_id=agency_id, kind=kind, name=name, keys=standards.keys_to_json(keys),
        payload=seal.seal(message_key, canonical.dumps(content),
                          nonce=randomness.random_bytes(seal.NONCE_BYTES), bound_to=message_binding(message_id)),
        source_instance=source, at=now, delivered_at=None, to_agency=to_agency))


def job_of_message(agency_id: str, message_id: str, name: str, *, at: datetime, kept_at: datetime) -> jobs.JobRow:
    """The job that delivers a kept message to what it is to start, from `at` on; the oldest message comes first."""
    return jobs.JobRow(id=f"{0:08d}.{message_id}", instance_id=None, agency_id=agency_id, kind=MESSAGE, token_id=message_id, element_id="",
                       name=name, due_at=kept_at, available_at=at)


def message_binding(message_id: str) -> str:
    """What a message's variables are sealed to."""
    return f"message:{message_id}"
