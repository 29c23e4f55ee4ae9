"""What would be refused on sending is said on the step's page, by the same rules, as far as it is known by then."""

from __future__ import annotations

from engine.results import CompletionResult
from engine.types import Actor
from tests.support.office import Office


def coordinating(office: Office, **answers: object) -> tuple[Actor, CompletionResult]:
    """A case whose first line waits for a call to a provider, held by whom it waits for."""
    bima, case = office.hire("Bima", "case_manager"), office.start(answers)
    office.scene.work()
    office.complete(bima, office.task(case, "approve_case_report"), {"decision": "approved", "assessment_is_relevant": True})
    for asked in office.pool(office.actor("companion"), case):
        if asked.element_id == "record_hiv_consent":
            office.complete(office.actor("companion"), asked, {
                "special_consent": "refused", "special_giver": "beneficiary", "special_given_at": office.clock.now()})
    office.engine.tasks.claim(bima, office.task(case, "coordinate_provider").id)
    return bima, case


def told(office: Office, who: Actor, case: CompletionResult, draft: dict[str, str]) -> str:
    task = office.task(case, "coordinate_provider")
    office.engine.tasks.save_draft(who, task.id, draft, expected_revision=task.revision)
    found = office.engine.tasks.get(who, task.id).forewarning
    return found.id if found is not None else ""


def test_a_provider_nobody_agreed_to_is_said_before_the_call_is_recorded(office: Office) -> None:
    bima, case = coordinating(office)
    assert told(office, bima, case, {"coordination_note": "Menelepon."}) == "", "she agreed to whom the plan names"
    assert told(office, bima, case, {"provider": "Klinik B", "provider_kind": "health"}).startswith("Persetujuan yang tercatat tidak mencakup")
    assert told(office, bima, case, {"provider": "Klinik B"}) == "", "what kind it is has not been said yet"
    assert told(office, bima, case, {"provider": "RSUD A", "provider_kind": "health"}) == ""
    head = office.engine.tasks.get(office.actor("head_of_unit"), office.task(case, "coordinate_provider").id)
    assert head.forewarning is None, "it is for whoever fills it in"


def test_a_name_that_tells_too_much_is_said_before_it_is_sent(office: Office) -> None:
    bima, case = coordinating(office, hiv=True)
    said = told(office, bima, case, {"provider": "Klinik VCT Contoh", "provider_kind": "health"})
    assert said.startswith("Belum dapat dikirim begini. Nama penyelenggara ini saja") and "VCT" not in said
