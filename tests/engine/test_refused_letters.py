"""A letter that no consent covers: whoever's step it was is told, and the case says which letter, to whom, and what to do."""

from __future__ import annotations

from datetime import timedelta

from engine.results import CompletionResult, RefusedLetter
from engine.types import Actor
from tests.support.office import Office


def coordinated(office: Office, who: Actor, case: CompletionResult, provider: str) -> None:
    office.complete(who, office.task(case, "coordinate_provider"), {
        "provider": provider, "provider_kind": "health", "provider_answer": "accepted"})
    office.scene.work()


def refused(office: Office, actor: Actor, case: CompletionResult) -> tuple[RefusedLetter, ...]:
    found: tuple[RefusedLetter, ...] = office.engine.cases.overview(actor, case.case_id).content.refused_letters
    return found


def test_whoevers_step_it_was_is_told_and_the_case_says_what_to_do(office: Office) -> None:
    bima, sari, kiki = office.hire("Bima", "case_manager"), office.hire("Sari", "companion"), office.hire("Kiki", "case_manager")
    case = office.start()
    office.scene.work()
    office.engine.cases.assign_owner(kiki, case.case_id, sari.account_id)
    approval = office.task(case, "approve_case_report")
    office.complete(kiki, approval, {"decision": "approved", "assessment_is_relevant": True})
    office.clock.advance(timedelta(minutes=1))
    call = office.task(case, "coordinate_provider")
    coordinated(office, bima, case, "Klinik B")   # she agreed to another one

    (letter,) = refused(office, bima, case)
    assert (letter.code, letter.receiver, letter.receiver_kind, letter.line_no, letter.may_retry) == ("F10", "Klinik B", "health", "1", True)
    assert office.engine.tasks.get(bima, call.id).refused_letters == (letter,), "the page of the step that led to it says so too"
    assert office.engine.tasks.get(kiki, approval.id).refused_letters == ()
    (hers,) = refused(office, sari, case)
    assert hers.incident_id == letter.incident_id and not hers.may_retry
    assert [each.code for each in office.engine.people.notices(bima)] == ["letter_refused"], "it was her step"
    assert "letter_refused" in {each.code for each in office.engine.people.notices(sari)}, "it is her case"
    assert [each.code for each in office.engine.people.notices(kiki)] == []
    assert office.engine.people.notices(bima)[0].case_id == case.case_id

    office.engine.jobs.resolve_incident(kiki, letter.incident_id, reason="Dicoba lagi tanpa persetujuan baru.")
    office.scene.work()
    assert len(refused(office, bima, case)) == 1
    assert [each.code for each in office.engine.people.notices(bima)] == ["letter_refused"] * 2, "refused again is said again"


def test_a_letter_that_may_go_is_no_trouble(office: Office) -> None:
    bima, case = office.hire("Bima", "case_manager"), office.start()
    office.scene.work()
    office.complete(bima, office.task(case, "approve_case_report"), {"decision": "approved", "assessment_is_relevant": True})
    coordinated(office, bima, case, "RSUD A")
    assert refused(office, bima, case) == () and office.engine.people.notices(bima) == ()
