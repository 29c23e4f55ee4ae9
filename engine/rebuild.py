"""All projections of a case made again from its journals (invariant 3): tasks, jobs, subscriptions, trace, records, states.

What people and workers do outside journals is no projection, and is kept where its row still stands: who holds an open task,
its drafts, revision and warning; a job's attempts, lock and incident; messages on their way. Where such a row is lost the rebuilt
one begins anew: the task waits for a claim, the job for its first attempt. The journals, their payloads and the anchor in the
instance row (`seq`, `head_hash`) are never touched: from them everything else follows.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from engine import case_chain, entrances, errors, journal, projection, recorded
from engine.advance import Done, LiveInstance
from engine.casefile import kept
from engine.commands import case_acts, corrections
from engine.commands.cases import OPEN
from engine.executor import Context
from engine.forms_schema import Form
from engine.replay import Step
from engine.results import ReplayReport, ReplayVerdict
from engine.transition import AcceptStatedTime, AnswerCorrection, ChangeTables, CompleteTask, Correct, Migrate, Resume, Start, Suspend, View
from engine.types import Value
from storage import case_search, cases, conflicts, deployments, instances, jobs, subscriptions, tasks, trace
from storage import journal as journal_rows

ALL = 10_000_000  # rows of one instance; the queries' own limits are for pages
_OF_WORKERS = ("available_at", "state", "locked_by", "fence", "attempts", "error_code")


def rebuild(context: Context, case_id: str) -> tuple[ReplayReport, ...]:
    """Rebuilds a case and says what the replay of each of its instances found; unless all are confirmed, nothing changes.

    Raises:
        NotFound: there is no such case in the actor's agency.
    """
    row = cases.get(context.uow, case_id)
    if row is None or row.agency_id != context.actor.agency_id:
        raise errors.NotFound(case_id=case_id)
    cases.move(context.uow, case_id, entries=0)  # nobody moves the case meanwhile
    told = [_Instance(context, each.id) for each in instances.of_case(context.uow, case_id, limit=ALL)]
    reports = tuple(each.report for each in told)
    if all(report.verdict is ReplayVerdict.CONFIRMED for report in reports):
        for each in told:
            each.drop()
        cases.delete_records(context.uow, case_id)
        case_search.delete_of_case(context.uow, case_id)
        places = journal_rows.places(context.uow, case_id)
        turns: list[tuple[int, _Instance | None, Any]] = [
            (places[each.live.id, command[0].entry.seq], each, command) for each in told for command in each.commands()]
        turns += [(places[case_id, entry.seq], None, entry) for entry in case_chain.read(context, row)]
        conflicts.delete_of_case(context.uow, case_id)
        row = dataclasses.replace(row, status=OPEN, risk="", closed_at=None, owner_id=None)
        for _, each_or_none, what in sorted(turns, key=lambda turn: turn[0]):
            if each_or_none is None:
                row = case_acts.RETOLD[what.kind](context, row, what)
                continue
            each_or_none.retell(what)
            if each_or_none.moved_the_case():
                row = projection.case_after(row, each_or_none.live, running=any(one.runs for one in told))
            each_or_none.live.saved()
        projection.save_case(context.uow, row)
        for each in told:
            each.finish()
    return reports


class _Instance:
    """One instance while it is told again, command by command."""

    def __init__(self, context: Context, instance_id: str) -> None:
        row = instances.for_update(context.uow, instance_id)
        assert row is not None
        self._context, self._row = context, row
        self._steps: list[Step] = []
        self.report = recorded.replayed(context, row, on_step=self._steps.append)
        if self.report.verdict is not ReplayVerdict.CONFIRMED or not self._steps:
            return
        start = self._steps[0].stimulus
        assert isinstance(start, Start)
        first = self._first_deployment()
        self.live = LiveInstance(
            id=row.id, agency_id=row.agency_id, case_id=row.case_id or "", business_key=row.business_key,
            deployment_id=first, sop_key=row.sop_key, process_id=row.process_id,
            definition=context.executor.definition(context.uow, first), tables=context.tables,
            calendar_digest=start.calendar, parameters_digest=start.parameters, risk=start.risk,
            key=context.case_key(row.case_id or "", row.wrapped_key), started_at=row.started_at, last_at=row.started_at)

    def _first_deployment(self) -> str:
        """The one it began with: its own, unless it was migrated since."""
        migrated = next((step for step in self._steps if isinstance(step.stimulus, Migrate)), None)
        return self._row.deployment_id if migrated is None else self._deployment(migrated.note[journal.VERSIONS][0])

    def _deployment(self, version: int) -> str:
        row = deployments.of_version(self._context.uow, self._row.agency_id, self._row.sop_key, version)
        if row is None:
            raise errors.StateCorrupt(instance_id=self._row.id)
        return row.id

    @property
    def runs(self) -> bool:
        """Whether it was started, as far as it is told, and has not ended."""
        return self.live.after is not None and not self.live.has_ended

    def commands(self) -> list[list[Step]]:
        """The entries by the command that made them: between those of one command nobody saw the instance."""
        found: list[list[Step]] = []
        for step in self._steps:
            if found and step.note.get(journal.SAME_COMMAND):
                found[-1].append(step)
            else:
                found.append([step])
        return found

    def drop(self) -> None:
        """Takes away what will be made again, remembering what no journal says."""
        uow = self._context.uow
        self._tasks = {row.id: row for row in tasks.of_instance(uow, self._row.id, limit=ALL)}
        self._drafts = tasks.drafts_of_instance(uow, self._row.id)
        self._jobs = {row.id: row for row in self._take_jobs()}
        tasks.delete_of_instance(uow, self._row.id)
        subscriptions.replace(uow, self._row.id, [])
        trace.delete_of_instance(uow, self._row.id)

    def retell(self, command: Sequence[Step]) -> None:
        """One command again: what it left in tasks, jobs, trace and records."""
        for step in command:
            self._take(step)
        projection.save_tasks(self._context.uow, self.live)
        projection.save_jobs(self._context.uow, self.live)
        projection.save_trace(self._context.uow, self.live)

    def moved_the_case(self) -> bool:
        """Whether the case row follows the command that was told last."""
        live = self.live
        ends = live.has_ended and not live.had_ended
        return live.stored_seq == 0 or ends or live.case_status is not None or live.risk != live.stored_risk

    def finish(self) -> None:
        """What waits at the end, the state, and what no journal says."""
        uow, live = self._context.uow, self.live
        jobs.insert_many(uow, [
            dataclasses.replace(row, **{name: getattr(self._jobs[row.id], name) for name in _OF_WORKERS})
            if row.id in self._jobs else row for row in self._take_jobs()])
        projection.save_subscriptions(uow, live)
        made = tasks.of_instance(uow, live.id, limit=ALL)
        tasks.delete_of_instance(uow, live.id)
        tasks.insert_many(uow, [self._as_held(row) for row in made])
        for draft in self._drafts:
            if any(row.id == draft.task_id for row in made):
                tasks.put_draft(uow, draft)
        instances.save(uow, live.id, expected_seq=self._row.seq, **projection.instance_fields(live) | {
            "seq": self._row.seq, "head_hash": self._row.head_hash})

    def _take_jobs(self) -> list[jobs.JobRow]:
        """Takes away the jobs of what waits; messages on their way are left alone."""
        uow = self._context.uow
        found = [row for row in jobs.of_instance(uow, self._row.id) if row.kind not in projection.BESIDE]
        jobs.delete_many(uow, [row.id for row in found])
        return found

    def _as_held(self, row: tasks.TaskRow) -> tasks.TaskRow:
        known = self._tasks.get(row.id)
        if known is None:
            return row
        row = dataclasses.replace(row, revision=known.revision, warned_at=known.warned_at)
        if row.state == "completed":
            return row
        return dataclasses.replace(row, assignee_id=known.assignee_id, claimed_at=known.claimed_at,
                                   aside_until=known.aside_until, given_by=known.given_by)

    def _take(self, step: Step) -> None:
        live, stimulus, at = self.live, step.stimulus, step.entry.at
        if isinstance(stimulus, Migrate):
            deployment_id = self._deployment(step.note[journal.VERSIONS][1])
            live.runs_by(deployment_id, self._context.executor.definition(self._context.uow, deployment_id))
        form, item = self._form_of(step)
        if isinstance(stimulus, CompleteTask):
            claimed_at: datetime | None = step.note.get(journal.CLAIMED_AT)
            live.completed_tokens[stimulus.token_id] = Done(
                by=step.entry.actor_id, at=at, claimed_at=claimed_at, stated_at=stimulus.stated_at)
        elif isinstance(stimulus, AcceptStatedTime):
            live.accepted_tokens[stimulus.token_id] = Done(by=step.entry.actor_id, at=at)
        elif isinstance(stimulus, Suspend):
            live.suspended_at = at
        elif isinstance(stimulus, Resume):
            live.suspended_at = None
        elif isinstance(stimulus, ChangeTables):
            live.calendar_digest = stimulus.calendar or live.calendar_digest
            live.parameters_digest = stimulus.parameters or live.parameters_digest
            live.risk = live.risk if stimulus.risk is None else stimulus.risk
        live.seq = step.entry.seq
        live.stands(step.transition, at)
        if isinstance(stimulus, Correct | AnswerCorrection):
            corrections.retell(self._context, live, stimulus)
        live.trace.extend((live.seq, each) for each in step.transition.trace)
        if form is not None and form.record is not None and step.submission is not None:
            live.case_status = kept.project(self._context, live, form.record, step.submission, seq=live.seq, item=item,
                                            actor_id=step.entry.actor_id, acting_for=step.note.get(journal.ACTING_FOR, ()),
                                            is_retold=True).status

    def _form_of(self, step: Step) -> tuple[Form | None, object]:
        """The form an entry's submission came with, and the item its task worked on."""
        definition = self.live.definition
        if step.submission is None:
            return None, None
        before = View() if isinstance(step.stimulus, Start) else self.live.view
        token = getattr(step.stimulus, "token_id", None)
        items: dict[str, Value] = {each.token_id: each.item for each in before.tasks}
        items |= {each.token_id: each.item for each in before.subscriptions}
        item = items.get(token or "")
        return entrances.form_of(definition, step.stimulus, before), item
