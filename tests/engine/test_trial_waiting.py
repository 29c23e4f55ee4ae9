"""What waits in an instance and what wakes it: messages, signals, operations, incidents, late clocks, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from engine import errors, rebuild
from engine.bundle import SopBundle
from engine.commands import instances as instance_commands
from engine.commands import jobs as job_commands
from engine.commands import tasks as task_commands
from engine.results import ReplayVerdict
from engine.trial import Trial
from engine.types import OperationCall, Value
from storage import jobs, messages
from storage.schema import history, running
from tests.support import bpmn
from tests.support.play import NOON

MINUTE = timedelta(minutes=1)


def opened(*processes: str, roots: str = "", url: str = "sqlite://", **operations: Callable[[OperationCall], Mapping[str, Value]]) -> Trial:
    bundle = SopBundle.from_files({"p.bpmn": bpmn.document(*processes, roots=roots)})
    return Trial.open(bundle, now=NOON, database_url=url, operations={name.replace("_", "."): run for name, run in operations.items()})


def straight(process_id: str, *elements: tuple[str, str], start: str = "") -> str:
    """A start, these elements one after another, an end."""
    names = [name for name, _ in elements]
    return bpmn.process(process_id, bpmn.start("s", start), *(part for _, part in elements), bpmn.end("e"),
                        bpmn.flows("s", *names, "e"))


def catching(name: str = "reply") -> str:
    return straight("p", ("ask", bpmn.user("ask")), ("wait", bpmn.catch("wait", bpmn.event("message", name))), ("after", bpmn.user("after")))


def open_ids(trial: Trial, instance_id: str) -> list[str]:
    return [task.element_id for task in trial.open_tasks(instance_id)]


def confirmed(trial: Trial, *ids: str) -> bool:
    return all(trial.replay(each).verdict is ReplayVerdict.CONFIRMED for each in ids)


# --- messages and signals -------------------------------------------------------------------------------------------


def test_a_message_reaches_the_one_instance_its_business_key_names(database_url):
    trial = opened(catching(), roots=bpmn.message("reply"), url=database_url)
    ids = [trial.start(business_key=f"case-{n}") for n in range(3)]
    for task in trial.open_tasks():
        trial.complete(task.id)

    assert trial.send_message("reply", {"x": 1}, keys={"business_key": "case-1"}) == [ids[1]]

    assert [open_ids(trial, each) for each in ids] == [[], ["after"], []]
    assert trial.variables(ids[1]) == {"x": Decimal(1)}
    assert confirmed(trial, *ids)


def test_keys_that_no_diagram_draws_are_compared_with_variables():
    trial = opened(catching(), roots=bpmn.message("reply"))
    ids = [trial.start(variables={"number": n, "kind": "letter"}) for n in (1, 2)]
    for task in trial.open_tasks():
        trial.complete(task.id)

    assert trial.send_message("reply", keys={"number": 3}) == []
    assert trial.send_message("reply", keys={"number": 2, "kind": "letter"}) == [ids[1]]
    assert trial.send_message("reply", keys={"unheard_of": 1}) == []


def test_a_message_that_comes_too_early_is_kept_until_somebody_waits(database_url):
    trial = opened(catching(), roots=bpmn.message("reply"), url=database_url)
    instance_id = trial.start(business_key="case-1")
    assert trial.send_message("reply", {"early": True}, keys={"business_key": "case-1"}) == []
    other = trial.start(business_key="case-2")
    for each in (other, instance_id):
        trial.complete(trial.open_tasks(each)[0].id)

    assert open_ids(trial, instance_id) == ["after"]
    assert open_ids(trial, other) == []
    assert trial.variables(instance_id) == {"early": True}
    assert trial.send_message("reply", keys={"business_key": "case-1"}) == []  # it was delivered once; this one is kept again


def test_a_message_starts_what_begins_with_it_and_only_that():
    trial = opened(straight("p", ("u", bpmn.user("u"))), straight("q", ("v", bpmn.user("v")), start=bpmn.event("message", "report"))
                   .replace('id="s"', 'id="s2"').replace('id="e"', 'id="e2"').replace('"s__', '"s2__').replace("__e\"", "__e2\"")
                   .replace('sourceRef="s"', 'sourceRef="s2"').replace('targetRef="e"', 'targetRef="e2"'), roots=bpmn.message("report"))

    (started,) = trial.send_message("report", {"who": "anybody"})

    assert open_ids(trial, started) == ["v"]
    assert trial.variables(started) == {"who": "anybody"}


def test_a_signal_reaches_everybody_who_waits_and_is_never_kept(database_url):
    waiting = straight("p", ("ask", bpmn.user("ask")), ("wait", bpmn.catch("wait", bpmn.event("signal", "flood"))), ("after", bpmn.user("after")))
    trial = opened(waiting, roots=bpmn.signal("flood"), url=database_url)
    assert trial.send_signal("flood") == []
    ids = [trial.start() for _ in range(3)]
    for task in trial.open_tasks()[:2]:
        trial.complete(task.id)
    those = [each for each in ids if not trial.open_tasks(each)]

    assert sorted(trial.send_signal("flood", {"level": 3})) == sorted(those)

    assert sorted(open_ids(trial, each) for each in ids) == [["after"], ["after"], ["ask"]]
    assert confirmed(trial, *ids)


def test_two_workers_who_deliver_one_message_deliver_it_once(database_url):
    """Two jobs may stand for one early message, one of each instance that waits for its name."""
    trial = opened(catching(), roots=bpmn.message("reply"), url=database_url)
    trial.send_message("reply", {"once": True})
    ids = [trial.start() for _ in range(2)]
    held = trial._settle
    trial._settle = lambda: None  # type: ignore[method-assign]
    for task in trial.open_tasks():
        trial.complete(task.id)
    due = trial._read(lambda context: jobs.due(context.uow, context.now, kind="message"))
    gate = threading.Barrier(len(due))

    def deliver(job: jobs.JobRow) -> None:
        gate.wait(30)
        trial._run(lambda context: job_commands.deliver(context, job.id, job.fence))

    threads = [threading.Thread(target=deliver, args=(job,)) for job in due]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    trial._settle = held  # type: ignore[method-assign]
    trial._settle()

    assert due
    assert sorted(open_ids(trial, each) for each in ids) == [[], ["after"]]
    assert trial._read(lambda context: messages.undelivered(context.uow, trial._actor.agency_id, "reply")) == []


# --- operations and incidents ---------------------------------------------------------------------------------------


def test_an_operation_that_fails_for_good_waits_for_a_person_and_then_goes_on():
    broken = [True]

    def letter(call: OperationCall) -> Mapping[str, Value]:
        if broken[0]:
            raise errors.PermanentFailure("SITI")
        return {"number": 7}

    trial = opened(straight("p", ("send", bpmn.service("send", "do.letter")), ("u", bpmn.user("u"))), do_letter=letter)
    instance_id = trial.start()
    assert trial.outcome(instance_id).status == "incident"
    (row,) = trial._read(lambda context: jobs.incidents(context.uow, trial._actor.agency_id))
    assert "SITI" not in repr(row)

    broken[0] = False
    trial._run(lambda context: instance_commands.resolve(context, row.id, variables={}, reason="mended"))
    trial.advance(MINUTE)

    with trial._executor.database.reading() as uow:
        logged = uow.execute(select(history.access_log.c.what, history.access_log.c.purpose)).one()
    assert tuple(logged) == ("resolve", "mended")
    assert open_ids(trial, instance_id) == ["u"]
    assert trial.variables(instance_id) == {"number": Decimal(7)}
    with pytest.raises(errors.NotFound):
        trial._run(lambda context: instance_commands.resolve(context, row.id, variables={}, reason="again"))


def test_an_operation_is_tried_again_under_the_same_key_after_1_5_30_minutes():
    calls: list[tuple[str, timedelta]] = []

    def later(call: OperationCall) -> Mapping[str, Value]:
        calls.append((call.idempotency_key, call.now - NOON))
        raise errors.TransientFailure

    trial = opened(straight("p", ("send", bpmn.service("send", "do.letter"))), do_letter=later)
    instance_id = trial.start()
    trial.advance(timedelta(hours=3))

    assert [at for _, at in calls] == [0 * MINUTE, 1 * MINUTE, 6 * MINUTE, 36 * MINUTE]
    assert len({key for key, _ in calls}) == 1
    assert trial.outcome(instance_id).status == "incident"


def test_an_expression_without_an_answer_is_an_incident_that_a_person_resolves():
    trial = opened(bpmn.process("p", bpmn.start(), bpmn.user("a"), bpmn.exclusive("g", "g__n"), bpmn.user("y"), bpmn.user("n"), bpmn.end("e"),
                                bpmn.flows("s", "a", "g"), bpmn.flow("g", "y", "x > 3"), bpmn.flow("g", "n"), bpmn.flow("y", "e"),
                                bpmn.flow("n", "e")))
    instance_id = trial.start()
    trial.complete(trial.open_tasks()[0].id, {"x": "no number"})
    assert (trial.outcome(instance_id).status, trial.open_tasks()) == ("incident", [])
    (row,) = trial._read(lambda context: jobs.incidents(context.uow, trial._actor.agency_id))

    trial._run(lambda context: instance_commands.resolve(context, row.id, variables={"x": Decimal(4)}, reason="typed wrongly"))

    assert open_ids(trial, instance_id) == ["y"]
    assert trial.outcome(instance_id).status == "active"
    assert confirmed(trial, instance_id)


# --- time -----------------------------------------------------------------------------------------------------------


def with_edge(interrupting: bool, text: str, kind: str = "timeDuration") -> str:
    return bpmn.process("p", bpmn.start(), bpmn.user("u"), bpmn.boundary("t", "u", bpmn.timer(text, kind), interrupting=interrupting),
                        bpmn.user("h"), bpmn.end("e"), bpmn.end("f"), bpmn.flows("s", "u", "e"), bpmn.flow("t", "h"), bpmn.flow("h", "f"))


def entries(trial: Trial, instance_id: str) -> list[Any]:
    return trial._read(lambda context: list(context.uow.execute(
        select(history.journal.c.kind, history.journal.c.at)
        .where(history.journal.c.chain_id == instance_id).order_by(history.journal.c.seq))))


def test_a_command_fires_what_is_due_first_each_at_its_own_instant_and_keeps_what_was_typed():
    trial = opened(with_edge(True, "PT10M"))
    instance_id = trial.start()
    task = trial.open_tasks()[0]
    trial._clock.advance(25 * MINUTE)  # no worker came by meanwhile

    with pytest.raises(errors.TaskGone):
        trial.complete(task.id, {"typed": "kept"})

    assert [(row.kind, row.at - NOON) for row in entries(trial, instance_id)] == [("start", 0 * MINUTE), ("fire_timer", 10 * MINUTE)]
    assert open_ids(trial, instance_id) == ["h"]
    with trial._executor.database.reading() as uow:
        assert uow.execute(select(running.draft.c.task_id)).scalar_one() == task.id
    assert confirmed(trial, instance_id)


def test_a_reminder_that_comes_late_comes_once_not_in_a_burst():
    trial = opened(with_edge(False, "R/PT10M", "timeCycle"))
    instance_id = trial.start()
    trial._clock.advance(timedelta(days=30))

    trial._settle()

    assert len(trial.open_tasks(instance_id)) <= 3
    assert confirmed(trial, instance_id)
    trial.advance(20 * MINUTE)
    assert 3 <= len(trial.open_tasks(instance_id)) <= 5


def test_time_inside_an_instance_never_runs_backwards():
    trial = opened(with_edge(False, "PT10M"))
    instance_id = trial.start()
    trial.advance(10 * MINUTE)
    trial._clock._now = NOON + MINUTE  # another machine's clock is nine minutes behind

    for task in trial.open_tasks():
        trial.complete(task.id)

    instants = [row.at for row in entries(trial, instance_id)]
    assert instants == sorted(instants)
    assert trial.outcome(instance_id).status == "completed"
    assert confirmed(trial, instance_id)


def test_two_completions_of_one_task_at_once_make_one_entry(database_url):
    trial = opened(straight("p", ("u", bpmn.user("u")), ("v", bpmn.user("v"))), url=database_url)
    instance_id = trial.start()
    task, gate, answers = trial.open_tasks()[0], threading.Barrier(4), []

    def complete() -> None:
        gate.wait(30)
        try:
            trial._run(lambda context: _complete(context, task.id))
            answers.append("done")
        except errors.EngineError as refusal:
            answers.append(refusal.code)

    threads = [threading.Thread(target=complete) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(answers) == ["done", "task-gone", "task-gone", "task-gone"]
    assert [row.kind for row in entries(trial, instance_id)] == ["start", "complete_task"]
    assert open_ids(trial, instance_id) == ["v"]


def _complete(context: Any, task_id: str) -> None:
    row = task_commands.visible(context, task_id)
    if row.state == "open":
        task_commands.claim(context, row)
    task_commands.complete(context, task_commands.visible(context, task_id), typed={}, expected_revision=None,
                           fill=lambda _: task_commands.Filled(variables={}, submission={}))


def test_another_trial_in_the_same_store_sees_nothing_of_this_one(sqlite_url):
    mine, theirs = (opened(catching(), roots=bpmn.message("reply"), url=sqlite_url) for _ in range(2))
    instance_id = mine.start(business_key="case-1")
    mine.complete(mine.open_tasks()[0].id)
    other = theirs.start(business_key="case-1")

    assert theirs.send_message("reply", keys={"business_key": "case-1"}) == []
    for ask in (theirs.trace, theirs.variables, theirs.outcome, theirs.replay, theirs.open_tasks, theirs.event_log):
        with pytest.raises(errors.NotFound):
            ask(instance_id)
    with pytest.raises(errors.NotFound):
        mine.complete(theirs.open_tasks(other)[0].id)
    assert open_ids(mine, instance_id) == []


def test_what_nobody_saw_between_two_entries_of_one_command_is_not_rebuilt():
    trial = opened(with_edge(False, "PT10M"))
    instance_id = trial.start()
    trial._clock.advance(20 * MINUTE)
    trial._run(lambda context: instance_commands.cancel(context, instance_id, reason="r"))  # the late timer's task opens and goes
    every = select(running.task.c.id, running.task.c.element_id, running.task.c.state)
    before = trial._read(lambda context: context.uow.execute(every).all())
    case_id = trial._read(lambda context: context.uow.execute(select(running.case_file.c.id)).scalar_one())

    trial._run(lambda context: rebuild.rebuild(context, case_id))

    assert [row.kind for row in entries(trial, instance_id)] == ["start", "fire_timer", "cancel"]
    assert [(row.element_id, row.state) for row in before] == [("u", "cancelled")]
    assert trial._read(lambda context: context.uow.execute(every).all()) == before
