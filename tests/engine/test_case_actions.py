"""Actions: what a person of the right lane tells a case that waits for a message with a form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import engine as front_door
from engine import errors
from engine.actions import ActionGone
from engine.executor import Context
from engine.replay import replay_pack
from engine.results import CompletionResult
from engine.types import Actor
from storage import form_drafts, journal, payloads
from tests.support import bpmn, neighbours
from tests.support.neighbours import AWAY, HOME, Neighbours

SECRET = "Ia takut pulang ke rumah kakaknya"


def lane(name: str, *elements: str) -> str:
    return f'<bpmn:lane id="lane_{len(name)}" name="{name}">' + "".join(
        f"<bpmn:flowNodeRef>{one}</bpmn:flowNodeRef>" for one in elements) + "</bpmn:lane>"


def field(key: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "type": "text", "label": {"id": key, "en": key}, "required": True, "sensitivity": "C2", **more}


def form(title: str, *fields: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"title": {"id": title, "en": title}, "clause": "", "fields": list(fields), **more}


FORMS = {
    "begin": form("Mulai", field("source", sensitivity="C1"), field("risk", steering=True, required=False, sensitivity="C1")),
    "withdraw": form("Catat penarikan persetujuan", field("scope", steering=True, sensitivity="C1"),
                     field("told", type="longtext", sensitivity="C3"), record="statement"),
    "raise_risk": form("Catat kenaikan risiko", field("risk", steering=True, sensitivity="C1")),
    "status": form("Catat status kesehatan", field("result", sensitivity="C4")),
    "report": form("Catat laporan penyelenggara", field("answer", steering=True, sensitivity="C1")),
}


def event_sub(name: str, message: str, form_key: str, task: str, **start: Any) -> str:
    return bpmn.element(
        "subProcess", name,
        bpmn.element("startEvent", f"{name}_begins", bpmn.event("message", message), name=f"{name} begins", sop_form=form_key, **start)
        + bpmn.user(task) + bpmn.end(f"{name}_ends") + bpmn.flows(f"{name}_begins", task, f"{name}_ends"), triggeredByEvent=True)


DIAGRAM = bpmn.document(
    bpmn.process(
        "handling",
        bpmn.element("laneSet", "lanes", lane("Pendamping", "handle", "withdrawal", "status_known") + lane("Manajer Kasus", "risk_rises", "gate")
                     + lane("Operator", "s", "reported")),
        bpmn.start(), bpmn.user("handle"), bpmn.element("eventBasedGateway", "gate"),
        bpmn.element("intermediateCatchEvent", "reported", bpmn.event("message", "provider_report"), sop_form="report"),
        bpmn.catch("late", bpmn.timer("PT2H")), bpmn.end(), bpmn.end("too_late"),
        bpmn.flows("s", "handle", "gate", "reported", "e"), bpmn.flows("gate", "late", "too_late"),
        event_sub("withdrawal", "consent_withdrawn", "withdraw", "stop_services", isInterrupting=False),
        event_sub("risk_rises", "risk_raised", "raise_risk", "respond"),
        event_sub("status_known", "status_known", "status", "keep_apart", isInterrupting=False, sop_sensitivity="C4")),
    roots="".join(bpmn.message(name) for name in ("provider_report", "consent_withdrawn", "risk_raised", "status_known")))
SHEET = 'start_form = "begin"\nstart_roles = ["intake_operator"]\n'
LANES = {"Pendamping": "companion", "Manajer Kasus": "case_manager", "Operator": "intake_operator"}


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Neighbours:
    made = neighbours.opened(tmp_path, database_url)
    made.deploy(HOME, "handling", DIAGRAM, lanes=LANES, forms=FORMS, sheet=SHEET)
    return made


def begun(office: Neighbours) -> CompletionResult:
    return office.engine.cases.start(office.actor(HOME, "intake_operator"), "handling", submission={"source": "hotline", "risk": "low"})


def companion(office: Neighbours, started: CompletionResult, name: str = "Sari") -> Actor:
    """A companion who works on the case: she took its task."""
    actor = office.actor(HOME, "companion", name=name)
    office.engine.tasks.claim(actor, started.opened[0].id)
    return actor


def names(office: Neighbours, actor: Actor, started: CompletionResult) -> list[str]:
    return sorted(action.element_id for action in office.engine.cases.actions(actor, started.case_id or ""))


def test_each_role_is_offered_what_stands_in_its_lane_on_cases_that_are_its_own(office: Neighbours) -> None:
    started = begun(office)
    sari = companion(office, started)

    assert names(office, sari, started) == ["status_known_begins", "withdrawal_begins"]
    (action,) = [each for each in office.engine.cases.actions(sari, started.case_id or "") if each.element_id == "withdrawal_begins"]
    assert (action.message, action.title.id, action.form_key, action.role) == (
        "consent_withdrawn", "Catat penarikan persetujuan", "withdraw", "companion")
    assert names(office, office.actor(HOME, "case_manager"), started) == ["risk_rises_begins"]
    assert names(office, office.actor(HOME, "head_of_unit"), started) == []
    assert office.engine.cases.get(sari, started.case_id or "").actions == office.engine.cases.actions(sari, started.case_id or "")
    with pytest.raises(errors.NotFound):
        office.engine.cases.actions(office.actor(HOME, "companion", name="Rina"), started.case_id or "")  # not her case
    for nobody in (office.actor(HOME, "auditor"), office.actor(HOME, "system_admin")):
        with pytest.raises(errors.NotAllowed):
            office.engine.cases.actions(nobody, started.case_id or "")
    with pytest.raises(errors.NotFound):
        office.engine.cases.actions(office.actor(AWAY), started.case_id or "")


def test_what_was_filled_in_is_validated_encrypted_and_journaled(office: Neighbours) -> None:
    started = begun(office)
    sari = companion(office, started)
    case_id, cases = started.case_id or "", office.engine.cases
    (action,) = [each for each in cases.actions(sari, case_id) if each.element_id == "withdrawal_begins"]
    assert [each.key for each in cases.action_form(sari, case_id, action.id).fields] == ["scope", "told"]
    with pytest.raises(errors.InvalidSubmission) as refused:
        cases.act(sari, case_id, action.id, {"scope": "all"})
    assert set(refused.value.problems) == {"told"}
    with pytest.raises(errors.InvalidSubmission):
        cases.act(sari, case_id, action.id, {"scope": "all", "told": "x", "role": "head_of_unit"})

    result = cases.act(sari, case_id, action.id, {"scope": "all", "told": SECRET})

    assert [task.element_id for task in result.opened] == ["stop_services"]
    detail = cases.get(sari, case_id)
    assert {task.element_id for task in detail.open_tasks} == {"handle", "stop_services"}
    (record,) = [each for each in detail.records if each.record == "statement"]
    assert {each.key: each.value for each in record.fields}["told"] == SECRET
    report = office.engine.audit.replay(office.actor(HOME, "auditor"), result.instance_id)
    assert report.verdict == "confirmed"
    (caught,) = [row for row in detail.history if (row.element_id, row.happened) == ("withdrawal_begins", "caught")]
    assert (caught.kind, caught.actor_role) == ("receive_message", "companion")
    state = office.engine.audit.state_at(office.actor(HOME, "auditor"), result.instance_id, caught.seq)
    assert [(each.key, each.value, each.masked) for each in state.submission] == [("scope", "all", False), ("limited_1", None, True)]
    assert (state.element_id, state.actor_role) == ("withdrawal_begins", "companion")
    stored = office.executor.read(office.actor(HOME), lambda context: _stored(context, result.instance_id))
    assert len(stored) == report.entries and all(SECRET.encode() not in each for each in stored)


def test_an_action_written_down_afterwards_states_its_instant_beside_the_recorded_one(office: Neighbours) -> None:
    started = begun(office)
    sari, case_id, cases = companion(office, started), started.case_id or "", office.engine.cases
    began = office.clock.now()
    office.clock.advance(timedelta(hours=3))
    (action,) = [each for each in cases.actions(sari, case_id) if each.element_id == "withdrawal_begins"]
    assert action.stated_from == began
    for wrong in (began - timedelta(minutes=2), office.clock.now() + timedelta(minutes=1)):
        with pytest.raises(errors.InvalidSubmission) as refused:
            cases.act(sari, case_id, action.id, {"scope": "all", "told": "x"}, stated_at=wrong)
        assert set(refused.value.problems) == {"stated_at"}
    stated = began + timedelta(hours=1)
    result = cases.act(sari, case_id, action.id, {"scope": "all", "told": "x"}, stated_at=stated, idempotency_key="k")
    assert result.stated_at == stated
    assert cases.act(sari, case_id, action.id, {"scope": "all", "told": "x"}, stated_at=stated, idempotency_key="k").stated_at == stated
    (caught,) = [row for row in cases.get(sari, case_id).history if (row.element_id, row.happened) == ("withdrawal_begins", "caught")]
    assert (caught.at, caught.stated_at) == (office.clock.now(), stated)
    auditor = office.actor(HOME, "auditor")
    assert office.engine.audit.state_at(auditor, result.instance_id, caught.seq).stated_at == stated
    assert replay_pack(office.engine.audit.export_pack(auditor, result.instance_id)).verdict == "confirmed"


def test_a_form_that_asks_its_instant_is_not_asked_twice(office: Neighbours) -> None:
    asked = {**FORMS, "withdraw": form("Catat", field("withdrawn_at", type="datetime", sensitivity="C1"))}
    office.deploy(HOME, "handling", DIAGRAM, lanes=LANES, forms=asked, sheet=SHEET)
    started = begun(office)
    sari, case_id, cases = companion(office, started), started.case_id or "", office.engine.cases
    (action,) = [each for each in cases.actions(sari, case_id) if each.element_id == "withdrawal_begins"]
    assert action.stated_from is None
    now = office.clock.now()
    with pytest.raises(errors.InvalidSubmission):
        cases.act(sari, case_id, action.id, {"withdrawn_at": now}, stated_at=now)
    cases.act(sari, case_id, action.id, {"withdrawn_at": now})


def test_nobodys_draft_of_an_action_is_left_once_somebody_acted(office: Neighbours) -> None:
    started = begun(office)
    sari, case_id, cases = companion(office, started), started.case_id or "", office.engine.cases
    (action,) = [each for each in cases.actions(sari, case_id) if each.element_id == "withdrawal_begins"]
    colleague = office.actor(HOME, "companion", "case_manager", name="Rina")
    for actor, name in ((sari, action.id), (colleague, action.element_id)):
        cases.save_form_draft(actor, case_id, f"action:{name}", {"told": SECRET})
        assert cases.form_draft(actor, case_id, f"action:{action.id}")[0] == {"told": SECRET}
    cases.act(sari, case_id, action.id, {"scope": "all", "told": "x"})
    with office.executor.database.reading() as uow:
        assert [form_drafts.get(uow, case_id, f"action:{action.id}", actor.account_id) for actor in (sari, colleague)] == [None, None]


def _stored(context: Context, instance_id: str) -> list[bytes]:
    digests = {row.payload_digest for row in journal.entries(context.uow, instance_id) if row.payload_digest}
    return [each for each in payloads.get_many(context.uow, digests).values() if each]


def test_a_case_is_rebuilt_with_what_its_actions_left(office: Neighbours) -> None:
    started = begun(office)
    sari = companion(office, started)
    office.engine.cases.act(sari, started.case_id or "", "withdrawal_begins", {"scope": "all", "told": SECRET})
    before = office.engine.cases.get(sari, started.case_id or "")

    reports = office.engine.audit.rebuild(office.engine.people.operator(HOME), started.case_id or "")

    assert [each.verdict for each in reports] == ["confirmed"]
    after = office.engine.cases.get(sari, started.case_id or "")
    assert (after.records, after.open_tasks, after.actions) == (before.records, before.open_tasks, before.actions)


def test_one_that_does_not_interrupt_may_be_repeated_and_the_same_click_may_not(office: Neighbours) -> None:
    started = begun(office)
    sari, case_id = companion(office, started), started.case_id or ""
    given = {"scope": "line", "told": "a"}

    first = office.engine.cases.act(sari, case_id, "withdrawal_begins", given, idempotency_key="k1")
    again = office.engine.cases.act(sari, case_id, "withdrawal_begins", given, idempotency_key="k1")
    office.engine.cases.act(sari, case_id, "withdrawal_begins", given, idempotency_key="k2")

    assert (again.instance_id, again.status) == (first.instance_id, first.status)
    open_tasks = [task.element_id for task in office.engine.cases.get(sari, case_id).open_tasks]
    assert sorted(open_tasks) == ["handle", "stop_services", "stop_services"]


def test_the_form_of_an_action_that_waits_no_longer_is_known_by_the_key_it_was_told_under(office: Neighbours) -> None:
    case_id, cases, manager = begun(office).case_id or "", office.engine.cases, office.actor(HOME, "case_manager")
    (action,) = [each for each in cases.actions(manager, case_id) if each.element_id == "risk_rises_begins"]
    before, given = cases.action_form(manager, case_id, action.id), {"risk": "high"}
    first = cases.act(manager, case_id, action.id, given, idempotency_key="k1")

    assert cases.actions(manager, case_id) == () and cases.told_form(manager, case_id, action.id, "k1") == before
    assert cases.act(manager, case_id, action.id, given, idempotency_key="k1").instance_id == first.instance_id
    for asked_for, key in ((case_id, "k2"), (case_id, ""), (begun(office).case_id or "", "k1")):
        with pytest.raises(errors.NotFound):
            cases.told_form(manager, asked_for, action.id, key)


def test_one_that_interrupts_takes_everything_else_away(office: Neighbours) -> None:
    started = begun(office)
    sari, manager, case_id = companion(office, started), office.actor(HOME, "case_manager"), started.case_id or ""

    office.engine.cases.act(manager, case_id, "risk_rises_begins", {"risk": "high"})

    assert names(office, manager, started) == [] and names(office, sari, started) == []
    assert [task.element_id for task in office.engine.cases.get(manager, case_id).open_tasks] == ["respond"]
    assert office.engine.cases.get(manager, case_id).summary.risk == "high"
    with pytest.raises(errors.NotFound):
        office.engine.cases.act(manager, case_id, "risk_rises_begins", {"risk": "low"})


def test_the_lane_decides_and_not_only_the_case(office: Neighbours) -> None:
    started = begun(office)
    sari, case_id = companion(office, started), started.case_id or ""

    with pytest.raises(errors.NotFound):
        office.engine.cases.act(sari, case_id, "risk_rises_begins", {"risk": "low"})
    with pytest.raises(errors.NotFound):
        office.engine.cases.action_form(sari, case_id, "risk_rises_begins")


def test_a_sensitive_event_is_known_only_to_who_may_see_its_class(office: Neighbours) -> None:
    office.deploy(HOME, "handling", DIAGRAM, lanes={**LANES, "Pendamping": "intake_operator"}, forms=FORMS, sheet=SHEET)
    started = begun(office)

    assert names(office, office.actor(HOME, "intake_operator"), started) == ["withdrawal_begins"]  # C4 is not hers to see
    with pytest.raises(errors.NotFound):
        office.engine.cases.action_form(office.actor(HOME, "intake_operator"), started.case_id or "", "status_known_begins")


def _waiting_for_a_report(office: Neighbours) -> tuple[CompletionResult, Actor]:
    started = begun(office)
    sari = companion(office, started)
    task = office.engine.tasks.get(sari, started.opened[0].id).summary
    office.engine.tasks.complete(sari, task.id, {}, expected_revision=task.revision)
    return started, office.actor(HOME, "intake_operator")


def test_a_catch_event_with_a_form_is_an_action(office: Neighbours) -> None:
    started, operator = _waiting_for_a_report(office)
    assert names(office, operator, started) == ["reported"]

    result = office.engine.cases.act(operator, started.case_id or "", "reported", {"answer": "accepted"})

    assert result.status == "completed"


def test_a_timer_that_was_due_goes_first(office: Neighbours) -> None:
    started, operator = _waiting_for_a_report(office)
    office.clock.advance(timedelta(hours=3))

    with pytest.raises(ActionGone) as gone:
        office.engine.cases.act(operator, started.case_id or "", "reported", {"answer": "accepted"})

    assert "tidak lagi menunggu" in gone.value.message("id")
    detail = office.engine.cases.get(operator, started.case_id or "")
    assert [each.status for each in detail.instances] == ["completed"]
    assert "too_late" in {row.element_id for row in detail.history}


def test_nothing_is_offered_while_a_case_is_suspended(office: Neighbours) -> None:
    started = begun(office)
    manager = office.actor(HOME, "case_manager")
    office.engine.cases.suspend(manager, started.instance_id, reason="menunggu penetapan")

    assert names(office, manager, started) == []
    office.engine.cases.resume(manager, started.instance_id, reason="sudah ada")
    assert names(office, manager, started) == ["risk_rises_begins"]


def test_a_message_start_with_a_form_is_started_by_its_lane(office: Neighbours) -> None:
    diagram = bpmn.document(
        bpmn.process("requests", bpmn.element("laneSet", "lanes", lane("Operator", "asked", "answer")),
                     bpmn.element("startEvent", "asked", bpmn.event("message", "data_asked"), sop_form="report"), bpmn.user("answer"),
                     bpmn.end(), bpmn.flows("asked", "answer", "e")), roots=bpmn.message("data_asked"))
    office.deploy(HOME, "requests", diagram, lanes=LANES, forms=FORMS)
    operator, manager = office.actor(HOME, "intake_operator"), office.actor(HOME, "case_manager")

    assert {sop.key for sop in office.engine.sops.startable(operator)} == {"handling", "requests"}
    assert {sop.key for sop in office.engine.sops.startable(manager)} == set()
    assert office.engine.sops.start_form(operator, "requests").key == "report"
    with pytest.raises(errors.NotAllowed):
        office.engine.cases.start(manager, "requests", submission={"answer": "x"})
    started = office.engine.cases.start(operator, "requests", submission={"answer": "x"})

    assert [task.element_id for task in started.opened] == ["answer"]
    assert office.variables(HOME, started.instance_id) == {"answer": "x"}
    state = office.engine.audit.state_at(office.actor(HOME, "auditor"), started.instance_id, 1)
    assert [(each.key, each.value) for each in state.submission] == [("answer", "x")]
    assert office.engine.audit.replay(office.actor(HOME, "auditor"), started.instance_id).verdict == "confirmed"


LINES = bpmn.document(
    bpmn.process(
        "lines", bpmn.element("laneSet", "lanes", lane("Operator", "s", "serve", "wait", "refused")), bpmn.start(),
        bpmn.sub("serve", bpmn.start("is"), bpmn.user("wait"), bpmn.end("ie"), bpmn.flows("is", "wait", "ie"),
                 bpmn.element("boundaryEvent", "refused", bpmn.event("message", "provider_report"), attachedToRef="wait", sop_form="report",
                              cancelActivity=True), bpmn.end("re"), bpmn.flow("refused", "re"),
                 loop=bpmn.instances(collection="[{line_no: 1}, {line_no: 2}]", item="line")),
        bpmn.end(), bpmn.flows("s", "serve", "e")), roots=bpmn.message("provider_report"))


def test_actions_of_a_repeated_step_say_which_one_they_are_about(office: Neighbours) -> None:
    report = form("Laporan", field("answer", steering=True, sensitivity="C1"), record="line_answer")
    office.deploy(HOME, "lines", LINES, lanes=LANES, forms={**FORMS, "report": report}, sheet=SHEET)
    operator = office.actor(HOME, "intake_operator")
    started = office.engine.cases.start(operator, "lines", submission={"source": "hotline"})
    case_id = started.case_id or ""
    first, second = office.engine.cases.actions(operator, case_id)
    assert [dict(action.item) for action in (first, second)] == [{"line_no": 1}, {"line_no": 2}]

    office.engine.cases.act(operator, case_id, second.id, {"answer": "refused"})

    assert office.engine.cases.actions(operator, case_id) == (first,)
    (task,) = office.engine.cases.get(operator, case_id).open_tasks
    assert office.engine.tasks.get(office.actor(HOME, "case_manager"), task.id).summary.item == {"line_no": 1}
    reports = office.engine.audit.rebuild(office.engine.people.operator(HOME), case_id)
    assert [each.verdict for each in reports] == ["confirmed"]
    assert office.engine.cases.actions(operator, case_id) == (first,)


STORY = """
start = { at = 2026-11-10T09:00:00+07:00, as = "intake_operator", with = { source = "hotline" } }
[[step]]
act = "risk_rises_begins"
as = "companion"
with = { risk = "high" }
refuse = "not-found"
[[step]]
open = [{ task = "handle", role = "companion" }]
act = "risk_rises_begins"
as = "case_manager"
at = 2026-11-10T09:30:00+07:00
with = { risk = "high" }
[[step]]
open = [{ task = "respond", role = "case_manager" }]
complete = "respond"
as = "case_manager"
[end]
completed = true
documents = []
"""


def test_a_story_acts(office: Neighbours, tmp_path: Path) -> None:
    scene = front_door.Stage(engine=office.engine, clock=office.clock, work=office.work,
                             actor_of=lambda role: office.actor(HOME, role, name=role))

    result = front_door.play_scenario(front_door.read_scenario(STORY.encode()), scene, key="handling")

    assert result.problems == ()
