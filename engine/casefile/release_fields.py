"""Which answer is which kind of data, by the name of its field: the vocabulary of domain.md 5 that forms keep to.

A field that does not stand here is of no kind, and therefore leaves the agency in no document.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Data(StrEnum):
    """A kind of data, as a consent names it and as D12 allows it to a receiver."""

    LETTER = "letter"                #: The letter's own affairs: code name, provider, contact persons, times. Says nothing of her.
    SERVICE = "service"              #: Which service, from when, until when.
    PLAN = "plan"                    #: What the service is to achieve.
    REASON = "reason"                #: Why this receiver is asked.
    DESCRIPTION = "description"      #: Sex, child or adult.
    IDENTITY = "identity"
    LOCATION = "location"            #: Where she lives; in a conflict nobody is told.
    CONTACT = "contact"
    FACTS = "facts"                  #: What happened.
    STORY = "story"                  #: The chronology alone.
    HEALTH = "health"                #: Injuries and relevant history.
    NEEDS = "needs"
    RISK = "risk"
    CHILDREN = "children"
    ACTIONS = "actions"              #: What a conference decides.
    LEGAL = "legal"                  #: Police and court papers.
    CHOSEN = "chosen"                #: Documents that she chose to give.
    RESULTS = "results"              #: How services went.
    HANDOVER = "handover"            #: Her condition when she was handed over.
    HIV = "hiv"
    WITHDRAWAL = "withdrawal"        #: What is taken back, and until when to stop.
    OWN = "own"                      #: Her own signature and consent, for her own copy.
    STAY = "stay"                    #: A stay in the shelter, without its place.
    MEDIATION = "mediation"
    COMPLAINT = "complaint"
    BREACH = "breach"
    PUBLIC = "public"                #: What is written to be published; aggregates.


_FIELDS: Final = {
    Data.LETTER: """alias_code provider provider_kind contact_person coordinated_at handed_at handover_place handed_by received_by
        witness accompanied items item_name copies pages documents_later documents_sent simfoni_reference reply_due_at
        feedback_due_at receiving_agency consulted_at accepted_at accepted_by responsibility_moves_at sender sender_reference
        start_date starts_at provider_answer transfer_answer transfer_decision reject_reason line_no consent_status line_consent
        handed_signature received_signature witness_signature signer_signature signer_name signer_position enclosures copies_to
        companion_name companion_contact office_contact invited_at held_at held_place conference_kind attendees recipient
        recipient_position police_unit receiver receiver_kind reply_contact handover_kind invitees invitee attending attendee
        participants planned_at confirmed_for place confidentiality_signed confidentiality_read consulted_with notified_at
        officer_signature chair_signature minutes_signature transfer_signature referral_signature shelter_signature""",
    Data.SERVICE: "plan_lines service_type planned_from planned_to frequency mode interim_services",
    Data.PLAN: "goal success_measure plan_goals",
    Data.REASON: "coordination_note referral_reason transfer_reason authority_reason",
    Data.DESCRIPTION: "sex is_child age",
    Data.IDENTITY: """full_name nickname nik family_card_no birth_date birth_date_is_estimate birth_place religion marital_status
        education education_status occupation nationality guardian guardian_name guardian_relation guardian_contact""",
    Data.LOCATION: "address_ktp address_domicile current_location domicile",
    Data.CONTACT: "phone email",
    Data.FACTS: """violence_forms relation_domain incident_at incident_place incident_region incident_address case_type is_tpks
        victim_reported_at reported_at victim_wish perpetrator_name perpetrator_relation perpetrator_sex perpetrator_age
        perpetrator_lives_with_victim perpetrator_has_weapon perpetrator_is_child perpetrator_occupation perpetrator_address
        perpetrators facts_for_report""",
    Data.STORY: "chronology",
    Data.HEALTH: "assessment_physical physical injuries medical_history pregnant forensic_offered",
    Data.NEEDS: """needs hopes special_needs_told special_flags communication_needs disability disability_types condition
        beneficiary_consulted""",
    Data.RISK: "risk risk_level risk_items",
    Data.CHILDREN: "dependants children children_with_her",
    Data.ACTIONS: "agenda decisions decision_text decision_owner decision_due next_plan conference_outcome shared_scope",
    Data.LEGAL: "police_report_no legal_stage court_papers receipt_no",
    Data.CHOSEN: "documents_chosen chosen_documents",
    Data.RESULTS: """services_given service_from service_to result recommendation professional progress goal_status line_reviews
        line_status finding recommendations line_recommendation""",
    Data.HANDOVER: "condition_note",
    Data.HIV: "hiv hiv_status_known special_consent special_giver special_data special_purpose special_given_at special_receiver",
    Data.WITHDRAWAL: """withdrawn_at withdrawal_scope withdrawn_lines withdrawn_receivers stop_deadline_at receiver_confirmed_at
        requested_action asked_for""",
    Data.OWN: "beneficiary_signature guardian_signature giver child_assent given_at method",
    Data.STAY: "shelter_explained shelter_decision admitted_at stay_until extended_until left_at leave_reason shelter_rules",
    Data.MEDIATION: """dispute_kind mediation_outcome mediator terms readiness_assessed parties party_name party_role other_party
        supervision supervised_until party_signature other_party_signature mediator_signature mediation_place""",
    Data.COMPLAINT: """number channel directness submitted_at first_response_at final_response_at text category corrective_action
        response channelled_to within_authority understood action_due response_channel""",
    Data.BREACH: "breach_at breach_detected_at breach_data breach_how breach_remedy breach_contact",
    Data.PUBLIC: """public_summary period service respondents ikm band nrr element score lowest_element recommendation_text
        survey_results""",
}

#: Field name -> its kind of data.
KIND_OF: Final = MappingProxyType({name: kind for kind, names in _FIELDS.items() for name in names.split()})

#: Answers of one record whose name means something else in another: they are of no kind except here.
KIND_IN_RECORD: Final = MappingProxyType({
    ("transfer", "reason"): Data.REASON,
    ("complaint", "text"): Data.COMPLAINT,
    ("complaint", "number"): Data.COMPLAINT,
    ("complaint", "category"): Data.COMPLAINT,
})
_ONLY_IN_THEIR_RECORD: Final = frozenset(name for _, name in KIND_IN_RECORD)


def kind_of(record: str, name: str) -> Data | None:
    """The kind of data of an answer; None: it never leaves."""
    if name in _ONLY_IN_THEIR_RECORD:
        return KIND_IN_RECORD.get((record, name))
    return KIND_OF.get(name)
