"""`engine.audit`: what happened, replayed step by step and provable without trusting us."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from engine import (
    authorization, case_chain, drawings, errors, facts, forms, journal, pack, ran_by, rebuild, recorded, remarks, replay, shown,
    substitution,
)
from engine.access_audit import AccessAudit
from engine.acts_reading import CHANGE_TABLES, OF_INSTANCES
from engine.advance import SYSTEM
from engine.commands import access
from engine.definitions import Definition
from engine.executor import Context, Executor
from engine.facts import LIMITED
from engine.forms_schema import Form
from engine.masking import Sight
from engine.replay import Step
from engine.results import FormField, HistoryRow, ReplayReport, ReplayVerdict, StateAt
from engine.transition import CompleteTask, View
from engine.types import Actor, Happening, Value
from storage import access_log, accounts, cases, deployments, instances, tasks
from storage import journal as journal_rows
from storage import trace as trace_rows

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class DualRole:
    """Somebody approved what they had proposed themselves, and said why one person held both roles. Who: as everywhere, by replay."""

    case_id: str
    business_key: str
    at: datetime
    record: str
    reason: str


class Audit(AccessAudit):
    """History, replay, state at any entry, proof."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def history(self, actor: Actor, instance_id: str) -> tuple[HistoryRow, ...]:
        """What happened to which element, in order, as the viewer may see it."""

        def query(context: Context) -> tuple[HistoryRow, ...]:
            row, viewer = self._seen(context, instance_id, "audit.history", "audit.replay", "case.read")
            return history_of(context, row, viewer)

        return self._executor.read(actor, query)

    def replay(self, actor: Actor, instance_id: str) -> ReplayReport:
        """Runs the journal through the interpreter again: confirmed, or the first bad entry."""
        return self._executor.read(actor, lambda context: recorded.replayed(
            context, self._seen(context, instance_id, "audit.replay", "audit.verify")[0]))

    def verify(self, actor: Actor, instance_id: str) -> ReplayReport:
        """As `replay`, and the case's own chain too: what people decided beside this instance."""
        return self._executor.read(actor, lambda context: _verified(
            context, self._seen(context, instance_id, "audit.replay", "audit.verify")[0]))

    def steps(self, actor: Actor, instance_id: str) -> tuple[StateAt, ...]:
        """The instance after each journal entry, by replaying it once. Stops before the first bad entry."""

        def query(context: Context) -> tuple[StateAt, ...]:
            row, viewer = self._seen(context, instance_id, "audit.replay")
            return tuple(_states(context, row, viewer, None))

        return self._logged(actor, instance_id, "replay", query)

    def state_at(self, actor: Actor, instance_id: str, seq: int) -> StateAt:
        """The instance after entry `seq`; `NotFound` when the journal has no such entry, or it cannot be confirmed that far."""

        def query(context: Context) -> StateAt:
            row, viewer = self._seen(context, instance_id, "audit.replay")
            if not 1 <= seq <= row.seq:
                raise errors.NotFound(instance_id=instance_id)
            states = _states(context, row, viewer, seq)
            if not states or states[-1].seq != seq:
                raise errors.NotFound(instance_id=instance_id)
            return states[-1]

        return self._logged(actor, instance_id, "replay", query)

    def diagram(self, actor: Actor, instance_id: str, seq: int | None = None, *, language: str = "id") -> bytes:
        """The SOP's drawing as SVG, with what was done, what waits and what is late after entry `seq` (default: the last)."""

        def query(context: Context) -> bytes:
            row, viewer = self._seen(context, instance_id, "audit.replay", "case.read")
            states = _states(context, row, viewer, seq)
            if not states:
                raise errors.NotFound(instance_id=instance_id)
            last = states[-1]
            definition = recorded.definition_by_digest(context)(last.definition)
            return drawings.of_instance(definition, row.process_id, done=last.done_elements, waiting=last.open_elements,
                                        dues=last.dues, at=last.at if seq else context.now, hidden=lambda each: not viewer.may_see(each),
                                        language=language)

        return self._executor.read(actor, query)

    def export_pack(self, actor: Actor, instance_id: str) -> bytes:
        """Everything a stranger needs to verify the instance, the case key included: as secret as the case. Logged."""

        def query(context: Context) -> bytes:
            row, _ = self._seen(context, instance_id, "audit.export")
            return packed(context, row)

        return self._logged(actor, instance_id, "export", query)

    def rebuild(self, actor: Actor, case_id: str) -> tuple[ReplayReport, ...]:
        """Makes the case's inbox rows, jobs, history, records and states again from its journals; see `engine/rebuild.py`."""
        authorization.require(actor, "case.rebuild", authorization.ObjectFacts(agency_id=actor.agency_id))
        return self._executor.run(actor, lambda context: rebuild.rebuild(context, case_id))

    def dual_roles(self, actor: Actor) -> tuple[DualRole, ...]:
        """Where one person of the agency both proposed and approved, the latest first."""
        authorization.require(actor, "access_log.read")
        return self._executor.read(actor, lambda context: tuple(
            DualRole(case_id=row.case_id, business_key=row.business_key, at=row.at, record=row.field_group, reason=row.purpose)
            for row in access_log.dual_roles(context.uow, actor.agency_id)))

    def _logged(self, actor: Actor, instance_id: str, what: str, query: Callable[[Context], T]) -> T:
        """A query whose reading itself stands in the case's access log."""

        def command(context: Context) -> T:
            result = query(context)
            row = instances.get(context.uow, instance_id)
            if row is not None and row.case_id is not None:
                access.log(context, row.case_id, what=what, field_group=instance_id)
            return result

        return self._executor.run(actor, command)

    def _seen(self, context: Context, instance_id: str, *actions: str) -> tuple[instances.InstanceRow, Viewer]:
        row = instances.get(context.uow, instance_id)
        case = cases.get(context.uow, row.case_id) if row is not None and row.case_id is not None else None
        if row is None or case is None:
            raise errors.NotFound(instance_id=instance_id)
        about = facts.of_case(context, case)
        if not any(authorization.allows(context.actor, action, about) for action in actions):
            authorization.require(context.actor, actions[0], about)
        return row, Viewer(context, row, authorization.visible_sensitivity(context.actor, about), facts.sight_of(context.actor, about))


class Viewer:
    """What one viewer may see of one instance: names of people as roles, sensitive steps and fields not at all."""

    def __init__(self, context: Context, row: instances.InstanceRow, allowed: frozenset[str], sight: Sight | None = None) -> None:
        self.allowed = allowed
        self.sight = sight or Sight(classes=allowed)
        self.ran_by = ran_by.of(context, row)
        self.definition = self.ran_by.now
        self.parameters = context.parameters(row.parameters_digest)
        self._context = context
        self._people: dict[str, tuple[str, str]] = {}
        # What one version keeps from the viewer, no other tells.
        self._hidden_fields = {
            each.key for form in self.ran_by.forms for field in form.steering for each in (field, *field.fields)
            if each.sensitivity not in allowed}.union(*(shown.hidden(each.forms.values(), allowed) for each in self.ran_by.versions))
        latest = self.ran_by.forms[::-1]
        self.fields: Mapping[str, FormField] = {**shown.names(latest, allowed), **forms.named(latest, allowed)}

    def may_see(self, element_id: str) -> bool:
        """Whether the step's own class is one the viewer sees, in every version that has it."""
        return all((node.sensitivity or "C1") in self.allowed for node in self.ran_by.nodes(element_id))

    def element(self, element_id: str, definition: Definition | None = None) -> tuple[str, str]:
        """Id and name of a step, or ("", "langkah terbatas"); as `definition` calls it, else as the latest version that has it."""
        if not element_id:
            return "", ""
        if not self.may_see(element_id):
            return "", LIMITED
        known = ran_by.find(definition or self.ran_by.with_element(element_id), element_id)
        return element_id, (known.name if known is not None else "") or element_id

    def person(self, account_id: str) -> tuple[str, str]:
        """Name and role of whoever acted; `system` for timers and operations, `public` for who has no account, `partner` for
        a referral partner's link."""
        if account_id not in self._people:
            self.meet({account_id})
        return self._people[account_id]

    def meet(self, account_ids: Collection[str]) -> None:
        """Looks these people up in one question, before `person` asks for each."""
        # An auditor sees who acted by role; names stay with those who work together (domain.md 5.1).
        staff = self._context.actor.holds(*authorization.STAFF)
        names = accounts.names(self._context.uow, account_ids) if staff and account_ids else {}
        for account_id in account_ids:
            kind = account_id.partition(":")[0]
            role = kind if kind in (SYSTEM, authorization.PUBLIC, authorization.PARTNER) else ""
            self._people[account_id] = (names.get(account_id, ""), role)

    def role_that_acts_on(self, element_id: str) -> str:
        """Who fills the form of an event; "" for one without: its message may come from anybody."""
        definition = self.ran_by.with_element(element_id)
        return definition.role_of(element_id, self.parameters) if definition.element(element_id).form else ""

    def variables(self, values: Mapping[str, Value]) -> dict[str, Value]:
        """Steering values without those of a class the viewer does not see, also where a decision made rows of them."""
        return {name: self._seen(value) for name, value in values.items() if name not in self._hidden_fields}

    def _seen(self, value: Value) -> Value:
        if isinstance(value, Mapping):
            return {key: self._seen(item) for key, item in value.items() if key not in self._hidden_fields}
        return [self._seen(item) for item in value] if isinstance(value, list | tuple) else value


def history_of(context: Context, row: instances.InstanceRow, viewer: Viewer) -> tuple[HistoryRow, ...]:
    """The readable rows of an instance."""
    entries = {entry.seq: entry for entry in journal_rows.entries(context.uow, row.id)}
    finished = {(task.element_id, task.completed_at): task for task in tasks.of_instance(context.uow, row.id) if task.completed_at}
    viewer.meet({entry.actor_id for entry in entries.values()})
    stood_in_for = substitution.names_at(context, {task.completed_by for task in finished.values() if task.completed_by})
    definition_for = recorded.definition_by_digest(context)
    stated = remarks.stated_instants(context, row, entries)
    found = []
    for item in trace_rows.of_instance(context.uow, row.id):
        entry = entries.get(item.seq)
        done = finished.get((item.element_id, item.at)) if item.happened == Happening.COMPLETED else None
        element_id, name = viewer.element(item.element_id, definition_for(entry.definition) if entry else None)
        who, role = viewer.person(entry.actor_id) if entry else ("", "")
        if entry is not None and entry.kind == "receive_message" and item.happened == Happening.CAUGHT:
            role = role or viewer.role_that_acts_on(item.element_id)
        if who and done is not None and entry is not None and (away := stood_in_for(entry.actor_id, done.role, item.at)):
            who = f"{who} (Plt. {', '.join(away)})"  # both names, as the delegation asks
        found.append(HistoryRow(
            seq=item.seq, at=item.at, recorded_at=entry.recorded_at if entry else item.at, actor_name=who,
            actor_role=(done.role if done else role) if element_id else "", kind=entry.kind if entry else "", element_id=element_id,
            element_name=name, happened=item.happened, verdict=done.verdict if done and element_id else "",
            due_at=done.due_at if done and element_id else None,
            **(_stated(done) if done and element_id else
               {"stated_at": stated.get(item.seq)} if item.happened == Happening.CAUGHT and element_id else {})))
    found += remarks.history(context, row, entries, viewer)
    return tuple(sorted(found, key=lambda line: line.seq))


def _stated(done: tasks.TaskRow) -> dict[str, Any]:
    return {name: getattr(done, name) for name in ("handling_verdict", "stated_at", "stated_verdict", "accepted_at")}


def _verified(context: Context, row: instances.InstanceRow) -> ReplayReport:
    report = recorded.replayed(context, row)
    case = cases.get(context.uow, row.case_id or "")
    if report.verdict is ReplayVerdict.BROKEN or case is None:
        return report
    return replay.with_acts(report, case_chain.first_break(context, case))


def packed(context: Context, row: instances.InstanceRow) -> bytes:
    """The pack of one instance, with the own chain of its case."""
    read = recorded.of(context, row)
    digests = {item.entry.definition for item in read}
    files = {digest: deployments.files(context.uow, deployments.by_digest(context.uow, digest, limit=1)[0].id) for digest in digests}
    key = None if row.wrapped_key is None else context.case_key(row.case_id or "", row.wrapped_key)
    tables = {digest: pack.table_content(context.tables[digest]) for digest in recorded.tables_of(row, read, key)}
    case = cases.get(context.uow, row.case_id or "")
    return pack.write(row.id, [(item.entry, item.ciphertext) for item in read], head=bytes.fromhex(row.head_hash), length=row.seq,
                      key=key, files=files, tables=tables, exported_at=context.now,
                      acts=case_chain.stored(context, case) if case is not None else ())


def _states(context: Context, row: instances.InstanceRow, viewer: Viewer, until: int | None) -> list[StateAt]:
    states: list[StateAt] = []
    done: Counter[str] = Counter()
    before: list[View] = [View()]
    definition_for = recorded.definition_by_digest(context)
    told = remarks.Told(definition_for)

    def on_step(step: Step) -> None:
        done.update(item.element_id for item in step.transition.trace if item.happened is Happening.COMPLETED)
        states.append(_state(step, told.take(step, before[0]), done, row, viewer, definition_for(step.entry.definition)))
        before[0] = step.transition.view

    recorded.replayed(context, row, on_step=on_step, until=until)
    return states


def _state(
    step: Step, told: tuple[str, Form | None], done: Counter[str], row: instances.InstanceRow, viewer: Viewer, definition: Definition,
) -> StateAt:
    view = step.transition.view
    moved, form = told
    element_id, _ = viewer.element(moved)
    name, role = viewer.person(step.entry.actor_id)
    if element_id and (isinstance(step.stimulus, CompleteTask) or step.submission is not None):
        role = definition.role_of(element_id, viewer.parameters)
    return StateAt(
        instance_id=row.id, seq=step.entry.seq, last_seq=row.seq, at=step.entry.at, kind=step.entry.kind, actor_name=name,
        actor_role=role, element_id=element_id,
        open_elements=tuple(each if viewer.may_see(each) else "" for each in view.open_elements),
        done_elements={each: times for each, times in done.items() if viewer.may_see(each)},
        variables=viewer.variables(view.variables), submission=_submission(step, form, moved, viewer), dues=_dues(view, viewer),
        fields=viewer.fields, definition=step.entry.definition, versions=tuple(step.note.get(journal.VERSIONS, ())),
        stated_at=getattr(step.stimulus, "stated_at", None), reason=_reason(step, viewer))


def _dues(view: View, viewer: Viewer) -> Mapping[str, datetime]:
    return {task.element_id: task.due_at for task in view.tasks if task.due_at is not None and viewer.may_see(task.element_id)}


_WITH_REASON = remarks.KINDS | frozenset(OF_INSTANCES)


def _reason(step: Step, viewer: Viewer) -> str:
    """Why somebody said something of an earlier entry, or paused or ended it: of the class of what people write to each other of a case.
    Why the agency's calendar or parameters changed says nothing of one."""
    if step.entry.kind == CHANGE_TABLES:
        return str(step.note.get(journal.REASON, ""))
    return str(step.note.get(journal.REASON, "")) if step.entry.kind in _WITH_REASON and "C2" in viewer.allowed else ""


def _submission(step: Step, form: Form | None, element_id: str, viewer: Viewer) -> tuple[FormField, ...]:
    if form is None or step.submission is None or not viewer.may_see(element_id or getattr(step.stimulus, "start_element", None) or ""):
        return ()
    return viewer.sight.read(form.record or "", form.fields, step.submission)
