"""What stands beside the form of a decision: who asks for it, since when, what was said in the same record before, how the case stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from engine import case_standing, facts
from engine.advance import SYSTEM
from engine.authorization import ObjectFacts
from engine.casefile import approval, kept
from engine.definitions import Definition
from engine.executor import Context
from engine.forms_schema import Field, FieldType, Form
from engine.masking import Sight
from engine.office_results import Comment, DecisionBrief
from engine.types import Happening, Value
from storage import accounts, cases, journal, trace
from storage.inbox import InboxRow

_MOST_COMMENTS: Final = 20
_END, _WHY_IT_ENDS = "termination", "termination_reason"
_SPOKEN: Final = frozenset({FieldType.LONGTEXT, FieldType.CHOICE})


def asking(forms: Mapping[str, Form]) -> frozenset[str]:
    """Which of an SOP's forms ask for a decision: one of the steering choices is `approved`; or, where no form of the SOP has the answer
    to a proposed end, the form says why the case ends, and with that ends it."""
    proposes_end = any(field.key == approval.DECISIONS[_END] for form in forms.values() for field in form.fields)
    return frozenset(key for key, form in forms.items() if any(map(_approves, form.fields)) or (
        form.record == _END and not proposes_end and any(field.key == _WHY_IT_ENDS and field.required for field in form.fields)))


def _approves(field: Field) -> bool:
    return field.steering and field.type is FieldType.CHOICE and approval.APPROVED in {option.value for option in field.options}


def brief(context: Context, row: InboxRow, definition: Definition, about: ObjectFacts) -> DecisionBrief:
    """For a task whose form asks for a decision. Answers of a class the viewer does not see are masked as everywhere."""
    form = definition.forms[row.task.form_key or ""]
    asked_by, comments = _asked_by(context, row), []
    if form.record is not None and row.task.case_id is not None and row.wrapped_key is not None:
        key = context.case_key(row.task.case_id, row.wrapped_key)
        versions = cases.records(context.uow, row.task.case_id, record=form.record)
        opened = [kept.opened(key, version) for version in versions]
        if opened and (proposers := approval.proposers(opened[-1])):
            asked_by = proposers
        told = list(zip(versions, opened, strict=True))
        comments = _comments(context, form.record, definition, told, facts.sight_of(context.actor, about))
    names = accounts.names(context.uow, asked_by)
    known = case_standing.known_to(context, [row] if row.task.completed_at is None else []).get(row.task.id)
    return DecisionBrief(
        requested_by=tuple(names[each] for each in sorted(asked_by) if each in names), requested_at=row.task.ready_at,
        comments=tuple(comments[-_MOST_COMMENTS:]), standing=case_standing.beside(known, row, definition) if known else None,
        findings=case_standing.findings(known) if known else ())


def _asked_by(context: Context, row: InboxRow) -> frozenset[str]:
    """Whoever did what led here: the actor of the entry with which the step began."""
    began = [each.seq for each in trace.of_instance(context.uow, row.task.instance_id)
             if each.element_id == row.task.element_id and each.happened == Happening.ENTERED]
    entries = journal.entries(context.uow, row.task.instance_id, after=began[-1] - 1, until=began[-1]) if began else []
    return frozenset(each.actor_id for each in entries) - {SYSTEM}


def _comments(context: Context, record: str, definition: Definition, versions: list[tuple[cases.CaseRecordRow, dict[str, Value]]],
              sight: Sight) -> list[Comment]:
    """Per version of the record what it said new, in choices and sentences, the oldest first."""
    fields: dict[str, Field] = {field.key: field for form in definition.forms.values() if form.record == record for field in form.fields
                                if field.type in _SPOKEN}
    names = accounts.names(context.uow, {version.actor_id for version, _ in versions})
    found, before = [], dict[str, Value]()
    for version, said in versions:
        new = [field for key, field in fields.items() if said.get(key) not in (None, "", before.get(key))]
        if new:
            found.append(Comment(at=version.at, by=names.get(version.actor_id, ""), fields=sight.read(record, new, said)))
        before = said
    return found
