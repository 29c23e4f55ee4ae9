"""What a change of an agency's tables does to the cases that run: each is opened, moved as the approval will move it, and thrown away."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from engine import effects, moved_dues, role_effects
from engine.advance import LiveInstance
from engine.commands import tables as commands
from engine.executor import Context
from engine.reports import times
from engine.table_changes import Tables
from engine.table_results import DeadlineMoved, StepMoves, TableEffect
from engine.types import Text
from storage import conflicts, instances
from storage import table_changes as rows

PAGE = 200    # running cases in one answer: a second or two


def page(context: Context, row: rows.ChangeRow, after: str) -> TableEffect:
    """What it does to the next `PAGE` running cases, without those the actor has a conflict of interest in; step by step, the step with
    the most deadlines first, each step's earliest first.

    Raises:
        ChangesNothing: the tables in force say so already.
    """
    tables = commands.changed(context, row)
    found = instances.running_on_other_tables(
        context.uow, row.agency_id, calendar=tables.calendar_digest, parameters=tables.parameters_digest, after=after, limit=PAGE + 1)
    barred = conflicts.cases_barred_to(context.uow, context.actor.account_id, {each.case_id for each in found if each.case_id is not None})
    shown = [each for each in found[:PAGE] if each.case_id not in barred]
    classes, overlay = times.known_classes(context), _Overlay(tables, context.tables)
    steps: dict[tuple[Text, str], list[DeadlineMoved]] = {}
    unreadable = []
    for each in shown:
        try:
            for moved in _moved(context, each, tables, overlay, commands.note_of(row), classes):
                steps.setdefault((moved.sop, moved.name), []).append(moved)
        except effects.UNREADABLE:
            unreadable.append(each.business_key)
    return TableEffect(
        steps=tuple(StepMoves(sop=sop, name=name, moved=tuple(sorted(moved, key=_order)))
                    for (sop, name), moved in sorted(steps.items(), key=lambda one: (-len(one[1]), one[0][0].id, one[0][1]))),
        looked_at=len(shown), unreadable=tuple(unreadable), following=found[PAGE - 1].id if len(found) > PAGE else None,
        role=role_effects.of(context, row))


def _moved(
    context: Context, row: instances.InstanceRow, tables: Tables, overlay: Mapping[str, Any], note: Mapping[str, Any],
    classes: Collection[str],
) -> Iterator[DeadlineMoved]:
    key = context.case_key(row.case_id or "", row.wrapped_key)
    live = LiveInstance.load(row, context.executor.definition(context.uow, row.deployment_id), overlay, key)
    moved = moved_dues.carry(
        context, live, calendar=tables.calendar_digest, parameters=tables.parameters_digest, note=note)
    names, title = effects.Names(live.definition, classes), row.sop_title or {}
    sop = Text(str(title.get("id") or row.sop_key), str(title.get("en") or title.get("id") or row.sop_key))
    for one in moved:
        after = None if one.after is None else one.after.due_at
        may_tell = names.may_tell(one.known.element_id)
        yield DeadlineMoved(
            business_key=row.business_key, sop=sop, name=names.name(one.known.element_id), is_task=one.known.is_task,
            due_at=None if one.before is None else one.before.due_at, due_after=after,
            role=one.before.role if one.before is not None and may_tell else "",
            role_after=one.after.role if one.after is not None and may_tell else "",
            is_late_at_once=after is not None and after <= context.now)


def _order(moved: DeadlineMoved) -> tuple[bool, Any, str]:
    due = moved.due_after or moved.due_at
    return (due is None, due, moved.business_key)


class _Overlay(Mapping[str, Any]):
    """Tables that are not in force, before those that are kept."""

    def __init__(self, tables: Tables, kept: Mapping[str, Any]) -> None:
        self._first = {tables.calendar_digest: tables.calendar, tables.parameters_digest: tables.parameters}
        self._kept = kept

    def __getitem__(self, digest: str) -> Any:
        return self._first[digest] if digest in self._first else self._kept[digest]

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)
