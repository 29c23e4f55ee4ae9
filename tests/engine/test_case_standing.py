"""Beside a decision stands what the case has: the papers its step asks for and since when, the consent, what is open, what was found."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine import case_standing
from engine.errors import NotAllowed
from engine.executor import Context
from engine.office_results import CaseStanding, DecisionBrief
from engine.results import CompletionResult
from engine.types import Actor
from storage import inbox
from tests.support.office import Office


def manager(office: Office) -> Actor:
    return office.actor("case_manager", name="case_manager")


def asked(office: Office, case: CompletionResult, element_id: str) -> DecisionBrief:
    found = office.engine.desk.decision(manager(office), office.task(case, element_id).id)
    assert found is not None
    return found


def standing(office: Office, case: CompletionResult, element_id: str) -> CaseStanding:
    found = asked(office, case, element_id).standing
    assert found is not None
    return found


def test_a_paper_that_the_step_asks_for_is_there_since_it_was_written_or_it_is_missing(office: Office) -> None:
    bare, told = office.start(), office.start({"assessment_physical": "Memar di lengan."})
    began = office.clock.now()
    assert [(each.code, each.at) for each in standing(office, bare, "approve_case_report").papers] == [("F03", None), ("F04", began)]
    assert [(each.code, each.at) for each in standing(office, told, "approve_case_report").papers] == [("F03", began), ("F04", began)]


def test_a_revised_plan_is_as_old_as_its_revision_and_its_lines_are_counted(office: Office) -> None:
    case = office.follow("a03_adaptasi_rencana", until="approve_plan")
    versions = office.engine.cases.plan(manager(office), case.case_id or "").content.versions
    found = standing(office, case, "approve_plan")
    assert [each.code for each in found.papers] == ["F04", "F05"]
    assert found.papers[0].at == versions[0].at > versions[-1].at
    assert sum(count for _, count in found.lines) == len(versions[0].lines) > 1
    assert found.consent is not None and found.consent.status is not None and found.consent.status.value == "given"


def test_what_is_not_recorded_is_said_to_be_missing(office: Office) -> None:
    found = standing(office, office.start({"consent_status": "not_yet"}), "approve_case_report")
    assert found.consent is not None and found.consent.status is not None and found.consent.status.value == "not_yet"
    assert (found.open_steps, found.refused_letters, found.unanswered) == ((), (), ())


def test_whoever_says_why_a_case_ends_decides_it_where_the_sop_asks_nobody_else(office: Office) -> None:
    case = office.follow("a01_rujukan_kesehatan", until="decide_intervention_complete")
    listed = office.engine.desk.tasks(manager(office), "decisions").rows
    assert [each.element_id for each in listed] == ["decide_intervention_complete"]
    (report,) = standing(office, case, "decide_intervention_complete").papers
    assert report.code == "F15" and report.at is not None and report.at < office.clock.now()
    assert office.engine.desk.standings(manager(office), [listed[0].id]) == {
        listed[0].id: standing(office, case, "decide_intervention_complete")}


def test_letters_refused_and_other_open_steps_stand_beside(office: Office) -> None:
    case = office.start({"plan_lines": [
        {"line_no": 1, "service_type": "health_support", "goal": "Pemulihan luka", "provider": "RSUD A"},
        {"line_no": 2, "service_type": "legal_support", "goal": "Pendampingan hukum", "provider": "LBH A"}]})
    office.scene.work()
    approval = office.task(case, "approve_case_report")
    office.complete(manager(office), approval, {"decision": "approved", "assessment_is_relevant": True})
    call = next(each for each in office.pool(manager(office), case) if each.item["line_no"] == 1)
    office.complete(manager(office), call, {"provider": "Klinik B", "provider_kind": "health", "provider_answer": "accepted"})
    office.scene.work()   # she agreed to another one

    def query(context: Context) -> CaseStanding:
        row = inbox.get(context.uow, approval.id, context.actor.account_id)
        assert row is not None
        known = case_standing.known_to(context, [row]).get(row.task.id)
        assert known is not None
        return case_standing.beside(known, row, context.executor.definition(context.uow, row.deployment_id))

    found = office.executor.read(manager(office), query)
    assert [each.code for each in found.refused_letters] == ["F10"] and found.open_steps == (call.name,)


def test_findings_are_coded_answers_and_reading_them_is_logged(office: Office) -> None:
    case = office.start({"risk": "medium", "risk_items": ["R08"], "assessment_physical": "Memar di lengan."})
    (found,) = asked(office, case, "approve_case_report").findings
    assert {field.key for field in found.fields} == {"risk", "risk_items"} and "Memar" not in repr(found)
    log = office.engine.audit.access_log(office.actor("head_of_unit"), case.case_id or "").page.rows
    assert [each.about for each in log if each.about == "part.decision"] == ["part.decision"]


def test_the_list_of_decisions_tells_nothing_to_who_may_not_read(office: Office) -> None:
    task = office.task(office.start(), "approve_case_report")
    office.clock.advance(timedelta(minutes=1))
    assert office.engine.desk.standings(office.stranger(), [task.id]) == {}
    with pytest.raises(NotAllowed):
        office.engine.desk.standings(office.actor("companion"), [task.id])
