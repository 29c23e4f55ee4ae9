"""A message to another agency: it begins or reaches a case of that agency, once; only its variables travel; nobody sees across."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from engine import SopBundle, Trial, errors
from engine.commands import messages, tasks
from engine.executor import Context
from engine.types import InstanceStatus
from storage import messages as message_rows
from tests.support import bpmn, neighbours
from tests.support.neighbours import AWAY, HOME, OPENS, Neighbours


def sends(to: str | None, *, name: str = "case_transferred", tag: str = "throw", arguments: str = "") -> bytes:
    """A process that sends one message and ends; `to` is FEEL."""
    agency = "" if to is None else f"<sop:argument name='agency' value='{to}'/>"
    told = f"<bpmn:extensionElements>{agency}{arguments}</bpmn:extensionElements>"
    sender = (bpmn.throw("t", told + bpmn.event("message", name)) if tag == "throw" else
              bpmn.element("sendTask", "t", told, messageRef=name))
    return bpmn.document(bpmn.process("sender", bpmn.start(), sender, bpmn.end(), bpmn.flows("s", "t", "e")), roots=bpmn.message(name))


RISK = '<sop:argument name="risk" value="risk"/><sop:argument name="line" value="&quot;health&quot;"/>'
INTAKE = bpmn.document(
    bpmn.process("intake", bpmn.start("s", bpmn.event("message", "case_transferred")), bpmn.user("receive"), bpmn.end(),
                 bpmn.flows("s", "receive", "e")), roots=bpmn.message("case_transferred"))
WAITS = bpmn.document(
    bpmn.process("waits", bpmn.start(), bpmn.user("prepare"), bpmn.catch("answer", bpmn.event("message", "case_transferred")),
                 bpmn.user("read"), bpmn.end(), bpmn.flows("s", "prepare", "answer", "read", "e")), roots=bpmn.message("case_transferred"))


@pytest.fixture
def both(tmp_path: Path, database_url: str) -> Neighbours:
    return neighbours.opened(tmp_path, database_url)


@pytest.mark.parametrize("tag", ["throw", "send"])
def test_it_begins_a_case_of_the_other_agency_with_only_what_the_message_says(both: Neighbours, tag: str) -> None:
    both.deploy(AWAY, "intake", INTAKE)
    sop = both.deploy(HOME, "transfer", sends('"tetangga"', tag=tag, arguments=RISK))

    sent = both.start(HOME, sop, {"risk": "high", "secret": "stays here"})
    both.work()

    (there,) = both.cases(AWAY)
    (here,) = both.cases(HOME)
    assert [task.element_id for task in there.open_tasks] == ["receive"]
    assert both.variables(AWAY, there.instances[0].id) == {"risk": "high", "line": "health"}
    assert there.summary.business_key.startswith("TTG-") and here.summary.business_key.startswith("KLB-")
    assert there.came_from is not None and there.came_from.agency == HOME
    (gone,) = here.handed_over
    assert (gone.agency, gone.reference) == (AWAY, there.came_from.reference)
    assert sent not in gone.reference and here.summary.id not in gone.reference
    assert here.came_from is None and there.handed_over == ()
    for code, case in ((HOME, there), (AWAY, here)):
        with pytest.raises(errors.NotFound):
            both.engine.cases.get(both.actor(code), case.summary.id)
    assert both.engine.audit.replay(both.actor(AWAY), there.instances[0].id).verdict == "confirmed"


def test_it_reaches_who_waits_there_and_not_who_waits_here(both: Neighbours) -> None:
    waits = both.deploy(AWAY, "waits", WAITS)
    both.deploy(HOME, "intake", INTAKE)
    waiting = both.start(AWAY, waits)
    prepare = both.cases(AWAY)[0].open_tasks[0]
    both.executor.run(both.actor(AWAY), lambda context: _complete(context, prepare.id))

    both.start(HOME, both.deploy(HOME, "transfer", sends('"tetangga"')))
    both.work()

    assert [task.element_id for task in both.cases(AWAY)[0].open_tasks] == ["read"]
    assert both.case_of(waiting).came_from is None  # it was theirs before
    assert len(both.cases(HOME)) == 1


def test_the_own_agency_s_code_is_home(both: Neighbours) -> None:
    both.deploy(HOME, "intake", INTAKE)
    both.deploy(AWAY, "intake", INTAKE)

    both.start(HOME, both.deploy(HOME, "transfer", sends('"kalbar"')))
    both.work()

    assert len(both.cases(HOME)) == 2 and both.cases(AWAY) == []
    assert all(case.came_from is None and case.handed_over == () for case in both.cases(HOME))


def test_an_unknown_agency_waits_for_a_person_and_goes_once_it_is_known(both: Neighbours) -> None:
    both.start(HOME, both.deploy(HOME, "transfer", sends('"baru"', arguments=RISK)), {"risk": "low"})
    both.work()

    (incident,) = both.engine.jobs.incidents(both.actor(HOME))
    assert incident.code == "unknown-agency"
    assert "belum terdaftar" in incident.says.id and "not registered" in incident.says.en
    sheet = (neighbours.KALBAR / "agency.toml").read_bytes()
    both.engine.people.register_agency(sheet.replace(b'"kalbar"', b'"baru"'))
    both.ids = {**both.ids, "baru": both.engine.people.operator("baru").agency_id}
    both.deploy("baru", "intake", INTAKE)
    both.engine.jobs.resolve_incident(both.actor(HOME), incident.id, reason="lembaga didaftarkan")
    both.work()

    (there,) = both.cases("baru")
    assert both.variables("baru", there.instances[0].id) == {"risk": "low", "line": "health"}
    assert both.engine.jobs.incidents(both.actor(HOME)) == ()


def test_an_agency_that_nobody_names_is_an_incident_and_not_the_own_one(both: Neighbours) -> None:
    both.deploy(HOME, "intake", INTAKE)
    sent = both.start(HOME, both.deploy(HOME, "transfer", sends("receiving_agency")))
    both.work()

    (incident,) = both.engine.jobs.incidents(both.actor(HOME))
    assert (incident.instance_id, incident.element_id, incident.code) == (sent, "t", "agency-unusable")
    assert len(both.cases(HOME)) == 1


def test_early_messages_begin_their_cases_when_an_sop_is_deployed_once_and_in_order(both: Neighbours) -> None:
    sop = both.deploy(HOME, "transfer", sends('"tetangga"', arguments='<sop:argument name="number" value="number"/>'))
    for number in range(3):
        both.start(HOME, sop, {"number": number})
        both.work()
        both.clock.advance(timedelta(minutes=1))
    assert both.cases(AWAY) == [] and both.engine.jobs.incidents(both.actor(HOME)) == ()
    assert all(len(case.handed_over) == 1 for case in both.cases(HOME))

    both.deploy(AWAY, "intake", INTAKE)
    both.work()
    both.deploy(AWAY, "intake", INTAKE.replace(b"receive", b"receive_it"))
    both.work()

    there = both.cases(AWAY)
    assert [int(both.variables(AWAY, case.instances[0].id)["number"]) for case in there] == [0, 1, 2]  # type: ignore[arg-type]
    sent = [case.handed_over[0].reference for case in both.cases(HOME)]
    assert [case.came_from.reference for case in there if case.came_from] == sent


def test_a_message_waits_for_the_day_from_which_an_sop_is_in_force(both: Neighbours) -> None:
    sop = both.deploy(HOME, "transfer", sends('"tetangga"'))
    both.start(HOME, sop)
    both.work()
    both.deploy(AWAY, "intake", INTAKE, effective_from=date(2026, 11, 12))
    both.start(HOME, sop)  # one came before the deployment, one after it
    both.work()

    both.clock.advance(timedelta(days=1))
    both.work()
    assert both.cases(AWAY) == []
    both.clock.advance(timedelta(hours=15, minutes=30))  # 00:00 of the 12th in Pontianak
    both.work()

    assert len(both.cases(AWAY)) == 2


def test_early_messages_reach_who_begins_to_wait_one_each(both: Neighbours) -> None:
    waits = both.deploy(AWAY, "waits", WAITS)
    sop = both.deploy(HOME, "transfer", sends('"tetangga"', arguments='<sop:argument name="number" value="number"/>'))
    for number in range(2):
        both.start(HOME, sop, {"number": number})
        both.work()
        both.clock.advance(timedelta(minutes=1))
    waiting = []
    for _ in range(2):
        waiting.append(both.start(AWAY, waits))
        (task,) = [task for case in both.cases(AWAY) for task in case.open_tasks if task.element_id == "prepare"]
        both.executor.run(both.actor(AWAY), lambda context, task=task: _complete(context, task.id))
        both.work()

    assert [int(both.variables(AWAY, each)["number"]) for each in waiting] == [0, 1]  # type: ignore[arg-type]


def test_agencies_that_write_to_each_other_without_end_are_stopped(both: Neighbours, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "MAX_HOPS", 9)
    for code, hears, says, to in ((HOME, "pong", "ping", AWAY), (AWAY, "ping", "pong", HOME)):
        told = f"<bpmn:extensionElements><sop:argument name='agency' value='\"{to}\"'/></bpmn:extensionElements>"
        both.deploy(code, "storm", bpmn.document(
            bpmn.process("p", bpmn.start("s", bpmn.event("message", hears)), bpmn.throw("t", told + bpmn.event("message", says)), bpmn.end(),
                         bpmn.flows("s", "t", "e")), roots=bpmn.message(hears) + bpmn.message(says)))

    both.engine.cases.correlate_message(both.actor(HOME), "pong", keys={}, submission={})
    both.work()

    found = [incident for code in (HOME, AWAY) for incident in both.engine.jobs.incidents(both.actor(code))]
    assert [incident.code for incident in found] == ["message-storm"]
    assert len(both.cases(HOME)) + len(both.cases(AWAY)) == 10


def test_a_worker_that_lost_its_lock_hands_nothing_over_twice(both: Neighbours) -> None:
    both.deploy(AWAY, "intake", INTAKE)
    both.start(HOME, both.deploy(HOME, "transfer", sends('"tetangga"')))
    (job,) = both.engine.jobs.acquire("slow", limit=5, lock_for=timedelta(minutes=1))
    both.clock.advance(timedelta(minutes=2))
    both.work()

    assert both.engine.jobs.deliver(job) == "gone"
    assert len(both.cases(AWAY)) == 1


def test_a_handover_that_breaks_in_the_middle_leaves_both_agencies_as_they_were(both: Neighbours, monkeypatch: pytest.MonkeyPatch) -> None:
    both.deploy(AWAY, "intake", INTAKE)
    both.start(HOME, both.deploy(HOME, "transfer", sends('"tetangga"')))
    (job,) = both.engine.jobs.acquire("killed", limit=5, lock_for=timedelta(minutes=1))
    with monkeypatch.context() as broken:
        broken.setattr(message_rows, "mark_delivered", _killed)
        with pytest.raises(SystemExit):
            both.engine.jobs.deliver(job)
    assert both.cases(AWAY) == [] and both.cases(HOME)[0].handed_over == ()

    both.clock.advance(timedelta(minutes=2))
    both.work()

    assert len(both.cases(AWAY)) == 1 and len(both.cases(HOME)[0].handed_over) == 1


def _killed(*_: object) -> bool:
    raise SystemExit


def test_what_left_for_another_agency_is_still_told_when_delivered_messages_are_forgotten(both: Neighbours) -> None:
    both.deploy(AWAY, "intake", INTAKE)
    both.start(HOME, both.deploy(HOME, "transfer", sends('"tetangga"')))
    both.work()

    both.executor.run(both.actor(HOME), lambda context: message_rows.delete_delivered(context.uow, both.clock.now() + timedelta(days=400)))

    assert len(both.cases(HOME)[0].handed_over) == 1


def test_in_a_trial_a_message_to_another_agency_leaves_and_one_to_its_own_comes_home() -> None:
    told = '<bpmn:extensionElements><sop:argument name="agency" value="to"/></bpmn:extensionElements>'
    diagram = bpmn.document(
        bpmn.process("sender", bpmn.start(), bpmn.throw("t", told + bpmn.event("message", "m")), bpmn.end(), bpmn.flows("s", "t", "e")),
        bpmn.process("intake", bpmn.start("i", bpmn.event("message", "m")), bpmn.user("receive"), bpmn.end("ie"),
                     bpmn.flows("i", "receive", "ie")), roots=bpmn.message("m"))
    trial = Trial.open(SopBundle.from_files({"a.bpmn": diagram, "sop.toml": b'key = "x"\nagency = "kalbar"\n'}), now=OPENS)

    away = trial.start("sender", {"to": "tetangga"})
    assert trial.outcome(away).status is InstanceStatus.COMPLETED and trial.open_tasks() == []
    trial.start("sender", {"to": "kalbar"})
    assert [task.element_id for task in trial.open_tasks()] == ["receive"]


def _complete(context: Context, task_id: str) -> None:
    """Bare diagrams have no lanes, so nobody is offered their tasks."""
    tasks.claim(context, tasks.visible(context, task_id))
    tasks.complete(context, tasks.visible(context, task_id), typed={}, expected_revision=None,
                   fill=lambda _: tasks.Filled(variables={}, submission={}))

