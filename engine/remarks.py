"""What was said of earlier entries of a journal, as history and replay show it: where it belongs, and on which form it was typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from engine import entrances, errors, filings, journal, pack, seal
from engine.definitions import Definition
from engine.executor import Context
from engine.forms_schema import Form
from engine.replay import Step
from engine.results import HistoryRow
from engine.transition import (
    AcceptStatedTime,
    AnswerCorrection,
    AskCorrection,
    AskModify,
    CompleteTask,
    Correct,
    Modify,
    ReceiveMessage,
    RefuseModify,
    Start,
    View,
)
from storage import instances, payloads, tasks
from storage.journal import JournalRow

KINDS: Final = frozenset({"accept_stated_time", "correct", "ask_correction", "answer_correction", "ask_modify", "refuse_modify", "modify"})


class Told:
    """While a journal is replayed: the element and the form of each entry, also of those that only say something of another."""

    def __init__(self, definition_for: Callable[[str], Definition]) -> None:
        self._definition_for = definition_for
        self._by_entry: dict[int, tuple[str, Form | None]] = {}
        self._by_task: dict[str, str] = {}

    def take(self, step: Step, before: View) -> tuple[str, Form | None]:
        """The element ("" for none) and the form of this entry; `before` is what waited then. In order, each entry once."""
        found = self._found(step, before)
        definition = self._definition_for(step.entry.definition)
        begun_at = entrances.start_of(definition, step.stimulus) if isinstance(step.stimulus, Start) else ""
        self._by_entry[step.entry.seq] = (found[0] or begun_at, found[1])
        if isinstance(step.stimulus, CompleteTask):
            self._by_task[step.stimulus.token_id] = found[0]
        return found

    def _found(self, step: Step, before: View) -> tuple[str, Form | None]:
        match step.stimulus:
            case AcceptStatedTime():
                return self._by_task.get(step.stimulus.token_id, ""), None
            case Correct() | AskCorrection() | AnswerCorrection() | AskModify() | RefuseModify() | Modify():
                return self._by_entry.get(step.stimulus.entry, ("", None))
        token = getattr(step.stimulus, "token_id", None)
        waiting: list[Any] = [*before.tasks, *before.timers, *before.operations, *before.subscriptions, *before.incidents]
        moved = next((each.element_id for each in waiting if each.token_id == token), "")
        form = None if step.submission is None else entrances.form_of(self._definition_for(step.entry.definition), step.stimulus, before)
        return moved, form


def stated_instants(context: Context, row: instances.InstanceRow, entries: Mapping[int, JournalRow]) -> dict[int, datetime]:
    """Entry -> when the action that it tells of was done, as whoever wrote it down afterwards says. Nothing of an entry that does not open:
    to say so is for who verifies."""
    told = [entry for entry in entries.values() if entry.kind == "receive_message"]
    sealed = payloads.get_many(context.uow, {entry.payload_digest for entry in told if entry.payload_digest}) if told else {}
    found = {}
    for entry in told:
        with suppress(errors.StateCorrupt, errors.KeyDestroyed, KeyError):
            content = seal.unseal(context.case_key(row.case_id or "", row.wrapped_key), sealed[entry.payload_digest or ""],
                                  bound_to=pack.payload_binding(row.id, entry.seq))
            stimulus = journal.read_content(entry.kind, content)[0]
            if isinstance(stimulus, ReceiveMessage) and stimulus.stated_at is not None:
                found[entry.seq] = stimulus.stated_at
    return found


def history(context: Context, row: instances.InstanceRow, entries: Mapping[int, JournalRow], viewer: Any) -> list[HistoryRow]:
    """One readable line per remark; none of a step that the viewer may not see. Reads the journal only where there is one."""
    said = [entry for entry in entries.values() if entry.kind in KINDS]
    if not said or row.wrapped_key is None:
        return []
    places = {seq: each.element_id for each in filings.of_instance(context, row)
              for one in each.asked for seq in (one.seq, one.answer_seq)}
    accepted = {task.accepted_at: task.element_id for task in tasks.of_instance(context.uow, row.id) if task.accepted_at}
    lines = []
    for entry in said:
        element_id, name = viewer.element(accepted.get(entry.at, "") if entry.kind == "accept_stated_time" else places.get(entry.seq, ""))
        if element_id:
            who, role = viewer.person(entry.actor_id)
            lines.append(HistoryRow(seq=entry.seq, at=entry.at, recorded_at=entry.recorded_at, actor_name=who, actor_role=role,
                                    kind=entry.kind, element_id=element_id, element_name=name, happened=entry.kind))
    return lines
