"""The invariants of the design on random lives: people, workers, clocks and restarts in any order Hypothesis can think of."""

from __future__ import annotations

import os
import random
from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from engine import errors, projection, rebuild
from engine.bundle import SopBundle
from engine.commands import instances as instance_commands
from engine.executor import Context
from engine.results import ReplayVerdict
from engine.trial import Trial
from engine.types import InstanceStatus
from storage import instances, jobs, subscriptions, tasks
from storage.schema import history, running
from tests.support.gone_back import WaysBack
from tests.support.journals import told, with_messages
from tests.support.play import NOON
from tests.support.random_process import FAMILIES, SHARED, Generator, to_bpmn

LIVES = int(os.environ.get("KAWAL_LIVES", "12"))
ENDED = ("completed", "cancelled")


def read(trial: Trial, table: Any) -> list[dict[str, Any]]:
    """The rows of a table; sealed values, each with a nonce of its own, only by whether they are there."""
    with trial._executor.database.reading() as uow:
        found = [dict(row) for row in uow.execute(select(table)).mappings()]
    for row in found:
        for name, value in row.items():
            if isinstance(value, bytes) and name != "wrapped_key":
                row[name] = "sealed"
    return sorted(found, key=repr)


PROJECTED = (running.instance, running.task, running.job, running.subscription, running.case_file, running.draft, history.trace)


class Lives(RuleBasedStateMachine):
    """Instances of one random process. Nobody settles for the worker: it comes when a rule says so."""

    @initialize(seed=st.integers(0, 400))
    def begin(self, seed: int) -> None:
        rnd = random.Random(f"life/{seed}")
        data = with_messages(to_bpmn(Generator(rnd, FAMILIES[rnd.choice(["everything", "reactions"])]).process(3)))
        self.trial = Trial.open(SopBundle.from_files({"p.bpmn": data}), now=NOON)
        self.worker = self.trial._settle
        self.trial._settle = lambda: None  # type: ignore[method-assign]
        self.commits = self.trial._executor.database.commits
        self.ids: list[str] = []
        self.ways = WaysBack(self.trial)
        self.start()

    def one_commit(self) -> None:
        self.commits += 1
        assert self.trial._executor.database.commits == self.commits, "one command is one transaction"

    def unchanged(self) -> None:
        assert self.trial._executor.database.commits in (self.commits, self.commits + 1)  # a refusal may keep timers and a draft
        self.commits = self.trial._executor.database.commits

    @precondition(lambda self: len(self.ids) < 3)
    @rule()
    def start(self) -> None:
        self.ids.append(self.trial.start("p", dict.fromkeys(SHARED, 0), business_key="case"))
        self.one_commit()

    @rule(choice=st.randoms(use_true_random=False), written=st.dictionaries(st.sampled_from(SHARED), st.integers(0, 3)))
    def complete(self, choice: random.Random, written: dict[str, int]) -> None:
        waiting = self.trial.open_tasks()
        if not waiting:
            return
        task = choice.choice(waiting)
        before = self.ways.note(task.instance_id)
        try:
            self.trial.complete(task.id, written)
        except (errors.TaskGone, errors.InstanceNotActive):
            with self.trial._executor.database.reading() as uow:
                assert tasks.get_draft(uow, task.id, self.trial._actor.account_id) is not None
            self.unchanged()
        else:
            self.one_commit()
            self.ways.remember(before, task.instance_id)

    @precondition(lambda self: self.ways.done)
    @rule(choice=st.randoms(use_true_random=False))
    def a_step_begins_again(self, choice: random.Random) -> None:
        try:
            self.ways.go(*choice.choice(self.ways.done))
        except errors.InstanceNotActive:
            self.unchanged()
        else:
            self.one_commit()

    @rule(minutes=st.sampled_from([1, 45, 400, 5_000]))
    def time_passes(self, minutes: int) -> None:
        self.trial._clock.advance(timedelta(minutes=minutes))

    @rule()
    def worker_comes(self) -> None:
        self.worker()
        self.commits = self.trial._executor.database.commits
        due = self.trial._read(lambda context: jobs.due(context.uow, context.now))
        assert due == []

    @rule(choice=st.randoms(use_true_random=False))
    def message(self, choice: random.Random) -> None:
        names = sorted({row["name"] for row in read(self.trial, running.subscription)})
        if names:
            self.trial.send_message(choice.choice(names), {"v0": choice.randrange(4)})
            self.one_commit()

    @rule(choice=st.randoms(use_true_random=False), act=st.sampled_from([instance_commands.suspend, instance_commands.resume,
                                                                         instance_commands.cancel]))
    def office_acts(self, choice: random.Random, act: Any) -> None:
        if act is instance_commands.cancel and choice.random() < .7:
            return
        try:
            self.trial._run(lambda context: act(context, choice.choice(self.ids), reason="r"))
        except errors.InstanceNotActive:
            self.unchanged()
        else:
            self.one_commit()

    @rule()
    def restart(self) -> None:
        self.trial.reload()

    @rule()
    def rebuild(self) -> None:
        before = {table.name: read(self.trial, table) for table in PROJECTED}
        case_id = before["case_file"][0]["id"]
        reports = self.trial._run(lambda context: rebuild.rebuild(context, case_id))
        self.one_commit()
        assert {report.verdict for report in reports} == {ReplayVerdict.CONFIRMED}
        for table in PROJECTED:
            assert read(self.trial, table) == before[table.name], table.name

    @invariant()
    def rows_are_what_the_instance_says(self) -> None:
        """Invariants 1 to 4, 6, 11: what stands in the tables is what the state shows, and both what the journal says."""
        executor = self.trial._executor
        with executor.database.reading() as uow:
            context = Context(executor, uow, self.trial._actor, self.trial.now)
            for instance_id in self.ids:
                row = instances.get(uow, instance_id)
                assert row is not None
                self.check(context, row)

    def check(self, context: Context, row: instances.InstanceRow) -> None:
        uow, open_tasks = context.uow, tasks.open_of(context.uow, row.id)
        waiting = {(job.kind, job.token_id) for job in jobs.of_instance(uow, row.id) if job.kind in ("timer", "operation", "incident")}
        listening = {(each.kind, each.token_id, each.name) for each in subscriptions.of_instance(uow, row.id)}
        entries = list(uow.execute(select(history.journal).where(history.journal.c.chain_id == row.id).order_by(history.journal.c.seq)))
        assert [entry.seq for entry in entries] == list(range(1, row.seq + 1))
        instants = [entry.at for entry in entries]
        assert instants == sorted(instants)
        assert all(entry.recorded_at >= entry.at for entry in entries)
        if row.status in ENDED:
            assert (row.state, open_tasks, waiting, listening) == (None, [], set(), set())
            return
        view = context.instance(row.id).view
        assert {task.token_id for task in open_tasks} == {task.token_id for task in view.tasks}
        assert waiting == {
            *((projection.TIMER, timer.token_id) for timer in view.timers),
            *((projection.OPERATION, call.token_id) for call in view.operations),
            *((projection.INCIDENT, incident.token_id) for incident in view.incidents)}
        assert listening == {(each.kind, each.token_id, each.name) for each in view.subscriptions}
        assert view.tasks or view.timers or view.operations or view.subscriptions or view.incidents, "nothing waits, yet it has not ended"
        assert InstanceStatus(row.status) in (InstanceStatus.ACTIVE, InstanceStatus.INCIDENT)

    def teardown(self) -> None:
        for instance_id in getattr(self, "ids", []):
            report = self.trial.replay(instance_id)
            assert report.verdict is ReplayVerdict.CONFIRMED, (report.first_bad_seq, report.reason)
            assert [each.seq for each in self.trial.trace(instance_id)] == list(range(1, len(report.trace) + 1))


TestLives = Lives.TestCase
TestLives.settings = settings(max_examples=LIVES, stateful_step_count=25)


def test_random_lives_can_be_rebuilt():
    for seed in range(100, 100 + LIVES):
        trial, _ = told(seed)
        before = {table.name: read(trial, table) for table in PROJECTED}

        reports = trial._run(lambda context, before=before: rebuild.rebuild(context, before["case_file"][0]["id"]))

        assert {report.verdict for report in reports} == {ReplayVerdict.CONFIRMED}, seed
        for table in PROJECTED:
            assert read(trial, table) == before[table.name], (seed, table.name)
