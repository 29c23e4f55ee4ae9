"""Which part of the case page a record stands in. What no part names stands in the overview: nothing kept is out of sight."""

from __future__ import annotations

from typing import Final

from engine.results import Part

_RECORDS: Final = {
    Part.ASSESSMENT: """assessment emergency outreach risk_review problem_identification analysis counselling_intake
        authority_review client_status client_visit""",
    Part.PLAN: "plan plan_agreement plan_approval review case_review case_decision followup_decision",
    Part.SERVICES: """referral handover follow_up monitoring provider_report shelter mediation accompaniment counselling counselling_report
        police_report transfer transfer_handover networking networking_request networking_result coordination assignment
        contact_try unreachable""",
    Part.CONFERENCES: "case_conference",
    Part.CONSENTS: """consent service_consent hiv_consent withdrawal withdrawal_notice withdrawal_confirmation withdrawal_options
        family_coordination information options options_offered offered_help""",
}
_PART_OF: Final = {record: part for part, records in _RECORDS.items() for record in records.split()}
#: A consent to something of its own (a shelter, a photograph) is a record of that name.
_CONSENT_TO: Final = "consent_"


def part_of(record: str) -> Part:
    """The part of the page where a record is looked for."""
    return Part.CONSENTS if record.startswith(_CONSENT_TO) else _PART_OF.get(record, Part.OVERVIEW)
