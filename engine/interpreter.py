"""The one function that moves a process instance. No database, no clock, no chance: the same arguments give the same answer.

Live running, replay, migration preview, conformance and simulation all go through `apply`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from engine import errors
from engine.model import EventKind
from engine.spiff import arming, board, faults, going_back, moving, scopes, views
from engine.spiff.activities import HumanSpec, OperationSpec
from engine.spiff.build import Program
from engine.spiff.codec import State
from engine.spiff.elements import ElementSpec
from engine.spiff.expressions import Unusable
from engine.spiff.tokens import READY, STARTED, WAITING, Token
from engine.spiff.workflow import InstanceWorkflow
from engine.transition import (
    AcceptStatedTime,
    AnswerCorrection,
    AskCorrection,
    AskModify,
    Cancel,
    ChangeTables,
    CompleteOperation,
    CompleteTask,
    Correct,
    FailOperation,
    FireTimer,
    Migrate,
    Modify,
    ReceiveMessage,
    ReceiveSignal,
    RefuseModify,
    Remark,
    Resume,
    RetryElement,
    Start,
    Stimulus,
    Suspend,
    Transition,
    View,
)
from engine.types import Happening, InstanceStatus, Outcome, OutcomeKind, TraceEntry, Value


class NotDue(errors.EngineError):
    """This timer is not due yet."""

    code = "not-due"
    indonesian = "Pewaktu ini belum jatuh tempo."


class CannotStart(errors.EngineError):
    """This process cannot begin there: it has no such start event."""

    code = "cannot-start"
    indonesian = "Proses ini tidak dapat dimulai di situ: tidak ada peristiwa mulainya."


def apply(program: Program, state: State | None, stimulus: Stimulus, now: datetime,
          tables: Mapping[str, Any]) -> Transition:
    """Move an instance by one stimulus, as of `now`, until it waits again. `state` is left as it was.

    Timers other than the one of a `FireTimer` never fire here, however late `now` is: the caller orders them. A cycle
    that fires late counts every hit up to `now` as one. Messages go out in `thrown`, also those this very instance
    waits for; signals and escalations have reached the instance's own elements when `apply` returns.

    Raises:
        UnknownElement: nothing waits under that token for this stimulus.
        InstanceNotActive: the instance has ended, or is suspended and this is a person's step.
        InvalidValue: a variable or result is of a kind that variables cannot hold.
        NotDue, TimeWentBack: the clock of the stimulus is too early.
        RunawayProcess: the diagram ran on for 2,000 steps, or called itself 20 deep; nothing of it is kept.
    """
    now = _utc(now)
    _check_values(stimulus)
    if isinstance(stimulus, Start):
        if state is not None:
            raise errors.EngineError(instance=stimulus.instance_id)
        top = _start(program, stimulus, now, tables)
    else:
        if state is None:
            raise errors.InstanceNotActive
        top = board.opened(program, state, now, tables)
        if top.completed and not isinstance(stimulus, Remark):
            raise errors.InstanceNotActive(instance=top.header["instance"])
        if now < top.header["last"]:
            raise errors.TimeWentBack(instance=top.header["instance"])
        top.header["last"] = now
        _move(top, stimulus)
    top.settle()
    return _answer(top)


def migrate(former: Program, program: Program, state: State, stimulus: Migrate, now: datetime, tables: Mapping[str, Any]) -> Transition:
    """Move an instance of `former` to `program`, as of `now`: the same tokens, claims, drafts and counters at the same elements. Edges
    and event sub-processes that are new begin to wait, their clocks from when the activity began; those no longer drawn are gone.

    Raises:
        CannotMove: with every element that has no place there; nothing moves.
        InstanceNotActive, TimeWentBack: as `apply`.
    """
    now = _utc(now)
    top = board.opened(program, moving.moved(former, program, state, stimulus.mapping), now, tables)
    if top.completed:
        raise errors.InstanceNotActive(instance=top.header["instance"])
    if now < top.header["last"]:
        raise errors.TimeWentBack(instance=top.header["instance"])
    top.header["last"] = now
    arming.rearm(top, anew=stimulus.clocks == "anew")
    top.is_dirty = True    # conditions may be drawn otherwise
    top.settle()
    return _answer(top)


def view(program: Program, state: State, tables: Mapping[str, Any]) -> View:
    """What waits in an instance as it stands."""
    return views.view(board.opened(program, state, state.header["last"], tables))


def readable_by(program: Program, state: State, token_id: str, tables: Mapping[str, Any]) -> Mapping[str, Value]:
    """The variables that the element waiting under this token may read; none where nothing waits under it."""
    top = board.opened(program, state, state.header["last"], tables)
    token = next((token for token in top.all_tokens() if top.token_id(token) == token_id), None)
    return {} if token is None else scopes.copied(dict(scopes.around(token)))


def correlation_of(program: Program, name: str, variables: Mapping[str, Value], now: datetime) -> dict[str, Value]:
    """The correlation values that the retrieval expressions of the diagram find in what message `name` carries.

    An expression that finds nothing usable gives no key: the message then reaches nobody who insists on it.
    """
    found: dict[str, Value] = {}
    for property_name, paths in program.correlation_paths.items():
        if name in paths:
            try:
                value = scopes.copied(paths[name].evaluate(variables, _utc(now)))
            except Unusable:
                continue
            if value is not None:
                found[property_name] = value
    return found


def _check_values(stimulus: Stimulus) -> None:
    """Refuse what no variable can hold before anything has moved; a diagram must not meet it half way."""
    try:
        scopes.copied(dict(getattr(stimulus, "variables", None) or getattr(stimulus, "result", None) or {}))
    except Unusable:
        raise errors.InvalidValue from None


def _start(program: Program, stimulus: Start, now: datetime, tables: Mapping[str, Any]) -> InstanceWorkflow:
    header = {"instance": stimulus.instance_id, "business_key": stimulus.business_key, "calendar": stimulus.calendar,
              "parameters": stimulus.parameters, "risk": stimulus.risk, "tokens": 0, "trace": 0, "last": now}
    top = board.new(program, stimulus.process_id, header, now, tables)
    starts: list[ElementSpec]
    if stimulus.start_element is None:
        starts = top.spec.starts()
    else:
        found = top.spec.by_id.get(stimulus.start_element)
        starts = [found] if found is not None and found.node.type == "startEvent" else []
    if not starts:
        raise CannotStart(process=stimulus.process_id, element=stimulus.start_element)
    top.data = scopes.copied(dict(stimulus.variables))
    top.begin(top, starts)
    return top


def _move(top: InstanceWorkflow, stimulus: Stimulus) -> None:
    match stimulus:
        case CompleteTask():
            token = _waiting(top, stimulus.token_id)
            if not isinstance(token.task_spec, HumanSpec) or token._state != READY:
                raise errors.UnknownElement(token=stimulus.token_id)
            if top.header.get("suspended") is not None:
                raise errors.InstanceNotActive(instance=top.header["instance"])
            scopes.write(token, stimulus.variables)
            top.attempt(token, token.run)
        case FireTimer():
            _fire(top, _waiting(top, stimulus.token_id))
        case CompleteOperation():
            token = _operation(top, stimulus.token_id)
            scopes.write(token, stimulus.result)
            top.attempt(token, token.complete)
        case FailOperation():
            token = _operation(top, stimulus.token_id)
            top.record(token, Happening.FAILED)
            token.note(quiet=True)
            faults.throw_error(token, stimulus.error_code)
        case ReceiveMessage():
            token = _waiting(top, stimulus.token_id)
            listener = token.task_spec.listener
            if token._state != WAITING or listener is None or listener.kind is not EventKind.MESSAGE \
                    or listener.name != stimulus.name:
                raise errors.UnknownElement(token=stimulus.token_id)
            top.attempt(token, token.task_spec.trigger, token, stimulus.variables)
        case ReceiveSignal():
            faults.broadcast(top, stimulus.name, stimulus.variables)
        case RetryElement():
            token = _token(top, stimulus.token_id)
            if "incident" not in token.internal_data:
                raise errors.UnknownElement(token=stimulus.token_id)
            scopes.write(token, stimulus.variables)
            top.resume(token)
        case ChangeTables():
            _change_tables(top, stimulus)
        case Suspend():
            if top.header.get("suspended") is not None:
                raise errors.InstanceNotActive(instance=top.header["instance"])
            top.header["suspended"] = top.now
        case Resume():
            _resume(top)
        case Cancel():
            top.cancel_scope(top)
            top.header["status"] = InstanceStatus.CANCELLED.value
        case Modify():
            if top.header.get("suspended") is not None:
                raise errors.InstanceNotActive(instance=top.header["instance"])
            going_back.go_back(top, stimulus.begin, frozenset(int(_token(top, each).id) for each in stimulus.end))
        case AcceptStatedTime() | Correct() | AskCorrection() | AnswerCorrection() | AskModify() | RefuseModify():
            pass
        case _:
            raise errors.EngineError(instance=top.header["instance"])


def _fire(top: InstanceWorkflow, token: Token) -> None:
    due = token.internal_data.get("due")
    if token._state != WAITING or due is None or "fired" in token.internal_data:
        raise errors.UnknownElement(token=top.token_id(token))
    listener = token.task_spec.listener
    if top.now < due or (listener is not None and listener.timer is not None and listener.timer.is_working
                         and top.header.get("suspended") is not None):
        raise NotDue(token=top.token_id(token))
    top.attempt(token, token.task_spec.trigger, token, {})


def _change_tables(top: InstanceWorkflow, stimulus: ChangeTables) -> None:
    for name in ("calendar", "parameters", "risk"):
        value = getattr(stimulus, name)
        if value is not None:
            top.header[name] = value
    top.is_dirty = True   # conditions may read the agency's parameters
    _recompute(top)


def _resume(top: InstanceWorkflow) -> None:
    since = top.header.pop("suspended", None)
    if since is None:
        raise errors.InstanceNotActive(instance=top.header["instance"])
    for token in top.all_tokens():
        listener = token.task_spec.listener
        if listener is not None and listener.timer is not None and listener.timer.is_working:
            token.note(pauses=[*token.internal_data.get("pauses", ()), [since, top.now]])
    _recompute(top)


def _recompute(top: InstanceWorkflow) -> None:
    for token in list(top.all_tokens()):
        listener = token.task_spec.listener
        if listener is not None and listener.timer is not None and "incident" not in token.internal_data:
            top.attempt(token, listener.timer.recompute, token)


def _answer(top: InstanceWorkflow) -> Transition:
    header = top.header
    first = header["trace"]
    header["trace"] = first + len(top.trace)
    trace = tuple(TraceEntry(seq=first + n, at=top.now, instance_id=header["instance"], element_id=element,
                             element_type=kind, happened=happened)
                  for n, (element, kind, happened) in enumerate(top.trace, start=1))
    seen = views.view(top)
    kind, code = header.get("outcome") or (OutcomeKind.NONE.value, None)
    if header.get("status") is not None:
        status = InstanceStatus(header["status"])
    elif not top.tasks:
        status = InstanceStatus.COMPLETED
    else:
        status = InstanceStatus.INCIDENT if seen.incidents else InstanceStatus.ACTIVE
    return Transition(state=board.closed(top), view=seen, meaning=views.meaning(top, seen), trace=trace,
                      thrown=tuple(top.thrown), outcome=Outcome(status=status, kind=OutcomeKind(kind), code=code))


def _token(top: InstanceWorkflow, token_id: str) -> Token:
    instance, _, number = token_id.rpartition(".")
    token = top.tokens.get(int(number)) if instance == top.header["instance"] and number.isdecimal() else None
    if token is None:
        raise errors.UnknownElement(token=token_id)
    return token


def _waiting(top: InstanceWorkflow, token_id: str) -> Token:
    token = _token(top, token_id)
    if "incident" in token.internal_data:
        raise errors.UnknownElement(token=token_id)
    return token


def _operation(top: InstanceWorkflow, token_id: str) -> Token:
    token = _waiting(top, token_id)
    if not isinstance(token.task_spec, OperationSpec) or token._state != STARTED:
        raise errors.UnknownElement(token=token_id)
    return token


def _utc(now: datetime) -> datetime:
    if now.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return now.astimezone(UTC)
