"""A diagram without a single gate, every form open at once to people of every role: the rules of every case hold all the same."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from engine import errors
from engine.results import CaseDetail, CompletionResult
from engine.types import Actor
from tests.support import bpmn, neighbours
from tests.support.neighbours import HOME, Neighbours

RECORDS = {  # task -> the record its form makes
    "identify": "identification", "plan": "plan", "agree": "consent", "refer": "referral", "hand_over": "handover", "ask": "transfer",
    "hand_case_over": "handover", "decide_transfer": "transfer", "mediate": "mediation", "propose": "termination", "decide": "termination",
    "ask_again": "reopening", "reopen": "reopening", "assess": "assessment", "rescue": "emergency", "forge": "responsibility",
    "survey": "skm_response"}
FIELDS: Mapping[str, str] = {
    "risk": "text", "is_tpks": "boolean", "consent_status": "text", "receivers": "text", "provider": "text", "provider_kind": "text",
    "provider_answer": "text", "handover_kind": "text", "receiving_agency": "text", "transfer_answer": "text", "transfer_decision": "text",
    "handed_signature": "text", "received_signature": "text", "mediation_outcome": "text", "termination_reason": "text",
    "termination_decision": "text", "reopen_decision": "text", "dual_role": "boolean", "dual_role_reason": "text", "note": "text",
    "responsible_agency": "text", "u1": "integer"}


def form(record: str) -> dict[str, Any]:
    fields = [{"key": key, "type": kind, "label": {"id": key}, "sensitivity": "C1", "steering": key == "risk"} for key, kind in FIELDS.items()]
    rows = [{"key": key, "type": kind, "label": {"id": key}, "sensitivity": "C1"} for key, kind in
            [("line_no", "integer"), ("service_type", "text"), ("provider", "text")]]
    return {"title": {"id": record}, "record": record, "fields": [*fields, {
        "key": "plan_lines", "type": "rows", "label": {"id": "plan_lines"}, "fields": rows}]}


def everything_at_once(*tasks: str) -> bytes:
    """start -> fork -> every task: no gate, no order, one lane."""
    return bpmn.document(bpmn.process(
        "p", bpmn.element("laneSet", "lanes", '<bpmn:lane id="all" name="Semua">' + "".join(
            f"<bpmn:flowNodeRef>{task}</bpmn:flowNodeRef>" for task in tasks) + "</bpmn:lane>"),
        bpmn.start(), bpmn.parallel("fork"), bpmn.flow("s", "fork"),
        *(bpmn.user(task, sop_form=task) + bpmn.end(f"{task}_done") + bpmn.flows("fork", task, f"{task}_done") for task in tasks)))


class Case:
    """One case of the hostile SOP. Every answer is `None`, or the code it was refused with."""

    def __init__(self, office: Neighbours, key: str = "lawless", business_key: str | None = None) -> None:
        self.office = office
        self.started: CompletionResult = office.engine.cases.start(self.person("sari"), key, submission={}, business_key=business_key)

    def person(self, name: str) -> Actor:
        return self.office.actor(HOME, "companion", "intake_operator", "head_of_unit", name=name)

    @property
    def detail(self) -> CaseDetail:
        return self.office.engine.cases.get(self.office.actor(HOME, "head_of_unit"), self.started.case_id or "")

    def do(self, element_id: str, by: str = "sari", **values: Any) -> str | None:
        (task,) = [task for task in self.detail.open_tasks if task.element_id == element_id]
        actor = self.person(by)
        claimed = self.office.engine.tasks.claim(actor, task.id)
        try:
            self.office.engine.tasks.complete(actor, task.id, values, expected_revision=claimed.revision)
        except errors.InvalidSubmission as refused:
            self.office.engine.tasks.unclaim(actor, task.id)
            assert refused.code == "invalid-submission" or refused.problems[""] == (refused.indonesian, type(refused).english())
            return refused.code
        return None


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Neighbours:
    made = neighbours.opened(tmp_path, database_url)
    for key in ("lawless", "layanan-mediasi"):
        made.deploy(HOME, key, everything_at_once(*RECORDS), lanes={"Semua": "companion"},
                    forms={task: form(record) for task, record in RECORDS.items()})
    return made


LINE = [{"line_no": 1, "service_type": "health_support", "provider": "RSUD Melati"}]
MEDIATION = [{"line_no": 1, "service_type": "mediation"}]
SIGNED = {"handover_kind": "transfer", "handed_signature": "Ani", "received_signature": "Budi"}


def test_no_mediation_after_sexual_violence_by_any_way(office: Neighbours) -> None:
    case = Case(office)
    assert case.do("identify", is_tpks=True) is None
    assert case.do("plan", plan_lines=MEDIATION) == "mediation-forbidden"
    for outcome in ("ready", "agreed", "not_agreed"):
        assert case.do("mediate", mediation_outcome=outcome) == "mediation-forbidden"
    with pytest.raises(errors.InvalidSubmission) as refused:
        Case(office, "layanan-mediasi", case.detail.summary.business_key)
    assert refused.value.code == "mediation-forbidden"
    assert case.do("mediate", mediation_outcome="stopped") is None
    assert len(case.detail.instances) == 1


def test_a_mediation_under_way_cannot_be_agreed_once_sexual_violence_is_known(office: Neighbours) -> None:
    case = Case(office, "layanan-mediasi")
    assert case.do("plan", plan_lines=MEDIATION) is None
    assert case.do("identify", is_tpks=True) is None
    assert case.do("mediate", mediation_outcome="agreed") == "mediation-forbidden"


def test_responsibility_moves_only_with_acceptance_and_both_signatures(office: Neighbours) -> None:
    ours, theirs = "UPT Perlindungan Perempuan dan Anak Provinsi Kalimantan Barat", "bandung"
    case = Case(office)
    assert case.detail.responsible_agency == ours
    assert case.do("hand_case_over", **SIGNED) == "handover-before-acceptance"
    assert case.do("forge", responsible_agency=theirs) == "record-derived"
    assert case.do("ask", receiving_agency=theirs) is None
    assert case.do("hand_case_over", **SIGNED) == "handover-before-acceptance"
    assert case.do("decide_transfer", by="kepala", transfer_answer="accepted", transfer_decision="approved") is None
    assert case.detail.responsible_agency == ours
    assert case.do("hand_case_over", **{**SIGNED, "received_signature": ""}) is None
    assert case.detail.responsible_agency == ours
    assert case.do("hand_over", handover_kind="transfer", received_signature="Budi") is None
    assert case.detail.responsible_agency == theirs
    assert case.do("ask_again", note="x") is None
    assert case.do("reopen", by="kepala", reopen_decision="approved") is None
    assert case.detail.responsible_agency == ours


def test_nobody_is_handed_over_without_consent(office: Neighbours) -> None:
    case = Case(office)
    assert case.do("plan", plan_lines=LINE) is None
    assert case.do("refer", provider="RSUD Melati", provider_kind="health", provider_answer="accepted") is None
    assert case.do("hand_over", note="x") == "handover-without-consent"
    assert case.do("agree", consent_status="given") is None
    assert case.do("hand_over", note="x") is None


@pytest.mark.parametrize(("proposal", "decision", "field"), [
    ("propose", "decide", "termination_decision"), ("ask", "decide_transfer", "transfer_decision"), ("ask_again", "reopen", "reopen_decision")])
def test_who_proposes_does_not_approve_unless_it_is_said_and_then_the_auditor_reads_it(
        office: Neighbours, proposal: str, decision: str, field: str) -> None:
    auditor = office.actor(HOME, "auditor", name="audit")
    case = Case(office)
    assert case.do(decision, by="kepala", **{field: "approved"}) == "same-person", "what nobody proposed nobody approves"
    assert case.do(proposal, by="sari", note="x") is None
    assert case.do(decision, by="sari", **{field: "approved"}) == "same-person"
    assert case.do(decision, by="sari", **{field: "approved"}, dual_role=True) == "same-person"
    assert office.engine.audit.dual_roles(auditor) == ()
    assert case.do(decision, by="sari", **{field: "approved"}, dual_role=True, dual_role_reason="unit berdua") is None
    (found,) = office.engine.audit.dual_roles(auditor)
    assert (found.case_id, found.business_key, found.record, found.reason) == (
        case.started.case_id, case.detail.summary.business_key, RECORDS[decision], "unit berdua")
    with pytest.raises(errors.NotAllowed):
        office.engine.audit.dual_roles(case.person("sari"))
    assert office.engine.audit.dual_roles(office.actor("tetangga", "auditor")) == ()


def test_two_people_need_no_word_of_explanation(office: Neighbours) -> None:
    case = Case(office)
    assert case.do("propose", by="sari", termination_reason="goals_met") is None
    assert case.do("decide", by="kepala", termination_decision="approved") is None
    assert office.engine.audit.dual_roles(office.actor(HOME, "auditor")) == ()


def test_in_danger_papers_wait_for_the_emergency_response(office: Neighbours) -> None:
    case = Case(office)
    assert case.do("identify", risk="high") is None
    assert case.do("assess", note="x") == "emergency-first"
    assert case.do("rescue", note="aman") is None
    assert case.do("assess", note="x") is None
    calm = Case(office)
    assert calm.do("assess", risk="high") is None, "the assessment that finds the danger is no paper before it"


def test_a_survey_is_never_answered_inside_a_case(office: Neighbours) -> None:
    case = Case(office)
    assert case.do("identify", risk="low") is None
    assert case.do("survey", u1=4) == "survey-linked"


def test_what_was_refused_left_nothing_behind_and_a_rebuild_tells_the_same(office: Neighbours) -> None:
    case = Case(office)
    case.do("identify", is_tpks=True)
    case.do("plan", plan_lines=MEDIATION)
    case.do("propose", by="sari", note="x")
    case.do("decide", by="sari", termination_decision="approved", dual_role=True, dual_role_reason="unit berdua")
    before = case.detail
    operator = office.engine.people.operator(HOME)
    office.engine.audit.rebuild(operator, case.started.case_id or "")
    assert case.detail.records == before.records
    assert [record.record for record in before.records] == ["identification", "termination", "termination"]
    assert len(office.engine.audit.dual_roles(office.actor(HOME, "auditor"))) == 1, "a rebuild adds nothing to the access log"


def test_a_message_does_not_start_a_mediation_either(office: Neighbours) -> None:
    office.deploy(HOME, "mediasi-lewat-pesan", bpmn.document(bpmn.process(
        "by_message", bpmn.start(inner=bpmn.event("message", "mediation_wanted")), bpmn.user("talk"), bpmn.end(), bpmn.flows("s", "talk", "e")),
        roots=bpmn.message("mediation_wanted")))
    case, other = Case(office), Case(office)
    assert case.do("identify", is_tpks=True) is None
    asking = office.actor(HOME, "case_manager", name="MK")
    keys = [{"business_key": one.detail.summary.business_key} for one in (case, other)]
    with pytest.raises(errors.InvalidSubmission) as refused:
        office.engine.cases.correlate_message(asking, "mediation_wanted", keys=keys[0], submission={})
    assert refused.value.code == "mediation-forbidden"
    assert office.engine.cases.correlate_message(asking, "mediation_wanted", keys=keys[1], submission={})
    assert [len(one.detail.instances) for one in (case, other)] == [1, 2]
