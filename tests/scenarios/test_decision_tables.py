"""The shared tables D1 to D13 against the rules as they were written down: each row reached, no gap, no overlap where one row must win."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import product
from pathlib import Path

import pytest
from lxml import etree

from engine.casefile import release
from engine.decisions import DecisionOutcome, Decisions, read_decisions
from engine.directory.agencies import parameters_of
from engine.sop_toml import read_agency

TABLES = Path(__file__).resolve().parents[2] / "bpmn" / "common" / "keputusan"
NOW = datetime(2026, 11, 10, 1, 30, tzinfo=UTC)
DMN = "{https://www.omg.org/spec/DMN/20191111/MODEL/}"


@cache
def _by_decision() -> dict[str, Decisions]:
    found: dict[str, Decisions] = {}
    for path in sorted(TABLES.glob("*.dmn")):
        read = read_decisions(path.read_bytes(), file=path.name)
        for name in read.names:
            assert name not in found, f"{name} stands in two places"
            found[name] = read
    return found


def outcome(decision: str, **inputs: object) -> DecisionOutcome:
    found = _by_decision()[decision].evaluate(decision, {"parameters": None, **inputs}, now=NOW)
    assert found.problems == ()
    return found


def value(decision: str, **inputs: object) -> object:
    return outcome(decision, **inputs).value


# One row of these: the inputs that a reading of the rule gives, the number of the row, and what it says.
# Rows without a number are the same rule met in another way.
ROWS: dict[str, list[tuple[dict[str, object], int, object]]] = {
    "eligibility": [
        ({"immediate_danger": True}, 1, "emergency"),
        ({"immediate_danger": True, "woman_or_child": False, "suffers": "no"}, 1, "emergency"),
        ({"woman_or_child": True, "suffers": "yes", "immediate_danger": False}, 2, "accept"),
        ({"woman_or_child": True, "suffers": "no", "immediate_danger": False}, 3, "other_service"),
        ({"woman_or_child": False, "suffers": "yes", "immediate_danger": False}, 4, "refer_outside"),
        ({"woman_or_child": False, "suffers": "unclear", "immediate_danger": False}, 5, "to_verify"),
        ({}, 5, "to_verify"),
        ({"woman_or_child": False, "suffers": "no", "immediate_danger": False}, 6, "information"),
    ],
    "authority": [
        ({"unit_level": "province", "asked_by_regency": True, "all_in_own_region": True}, 1,
         {"result": "own", "authority_level": "own", "receivers": [], "monitor": False}),
        ({"unit_level": "center", "foreign": True}, 2, {"result": "own", "authority_level": "own", "receivers": [], "monitor": False}),
        ({"unit_level": "regency_city", "foreign": True}, 3,
         {"result": "transfer", "authority_level": "center", "receivers": ["kemenpppa_sapa129"], "monitor": False}),
        ({"unit_level": "province", "foreign": True, "asked_by_regency": True}, 3,
         {"result": "transfer", "authority_level": "center", "receivers": ["kemenpppa_sapa129"], "monitor": False}),
        ({"unit_level": "province", "cross_regency": True}, 4,
         {"result": "own", "authority_level": "own", "receivers": [], "monitor": False}),
        ({"unit_level": "regency_city", "cross_regency": True}, 5,
         {"result": "transfer", "authority_level": "province", "receivers": ["province"], "monitor": False}),
        ({"unit_level": "center", "cross_regency": True}, 5,
         {"result": "transfer", "authority_level": "province", "receivers": ["province"], "monitor": False}),
        ({"unit_level": "regency_city", "all_in_own_region": True}, 6,
         {"result": "own", "authority_level": "own", "receivers": [], "monitor": False}),
        ({"unit_level": "regency_city", "all_in_own_region": False}, 7,
         {"result": "transfer", "authority_level": "regency_city", "receivers": ["uptd_ppa", "dinas_pppa", "province"], "monitor": False}),
        ({"unit_level": "province", "all_in_own_region": True}, 8,
         {"result": "transfer", "authority_level": "regency_city", "receivers": ["uptd_ppa", "dinas_pppa", "province"], "monitor": True}),
    ],
    "management_mode": [
        ({"authority": "transfer", "emergency_line": True, "handover_signed": False}, 1, "provide"),
        ({"authority": {"result": "transfer"}, "emergency_line": True, "handover_signed": True}, 2, "transfer"),
        ({"authority": {"result": "transfer"}, "service_in_authority": True, "own_capacity": True}, 2, "transfer"),
        ({"authority": "own", "conflict_of_interest": True, "service_in_authority": True, "own_capacity": True}, 3, "transfer"),
        ({"authority": "own", "service_type": "accompaniment", "service_in_authority": False}, 4, "provide"),
        ({"authority": "own", "line": {"service_type": "medical_treatment"}, "service_in_authority": True, "own_capacity": True}, 5, "refer"),
        ({"authority": "own", "service_type": "psychosocial", "service_in_authority": True, "own_capacity": True}, 6, "provide"),
        ({"authority": "own", "service_type": "psychosocial", "service_in_authority": True, "own_capacity": False}, 7, "refer"),
        ({"authority": "own", "service_type": "health_support", "service_in_authority": False, "own_capacity": True}, 8, "refer"),
    ],
    "risk_schedule": [
        ({"risk": "high"}, 1, {
            "first_service_clock": "intake.high", "calendar": "CAL-24", "emergency_first": True, "reassess_after": timedelta(hours=24),
            "contact_within": timedelta(hours=48), "contact_text": "paling sedikit 2 kali seminggu, pertama dalam 48 jam (usulan)"}),
        ({"risk": "medium"}, 2, {
            "first_service_clock": "intake.medium", "calendar": "CAL-24", "emergency_first": False, "reassess_after": timedelta(days=3),
            "contact_within": timedelta(days=7), "contact_text": "setiap minggu (usulan)"}),
        ({"risk": "low"}, 3, {
            "first_service_clock": "tt.plan", "calendar": "CAL-N", "emergency_first": False, "reassess_after": timedelta(days=14),
            "contact_within": timedelta(days=28), "contact_text": "setiap 2 sampai 4 minggu (usulan)"}),
    ],
    "approver": [
        ({"decision_kind": "case_review"}, 1, "case_authority"),
        ({"decision_kind": "referral_letter"}, 2, "referral_letter_signer"),
        ({"decision_kind": "transfer"}, 3, "transfer_approver"),
        ({"decision_kind": "plan_adaptation"}, 4, "plan_adaptation_approver"),
        ({"decision_kind": "termination"}, 5, "termination_approver"),
        ({"decision_kind": "reopening"}, 6, "reopen_approver"),
        ({"decision_kind": "break_glass"}, 7, "case_authority"),
        ({"decision_kind": "family_skip"}, 8, "family_skip_approver"),
        ({"decision_kind": "complaint_closure"}, 9, "complaint_closer"),
        ({"decision_kind": "complaint_closure", "complaint_about_head": True}, 10, "dinas_pppa"),
    ],
    "consent_giver": [
        ({"vital_interest": True, "is_child": True, "guardian_status": "safe"}, 1, "none_vital_interest"),
        ({"is_child": False}, 2, "beneficiary"),
        ({"is_child": False, "can_understand": False}, 3, "guardian"),
        ({"is_child": True, "age": Decimal(15), "refuses_guardian_contact": True, "guardian_status": "safe"}, 4,
         "case_authority_best_interest"),
        ({"is_child": True, "age": Decimal(16), "refuses_guardian_contact": True, "danger_if_not_told": True, "guardian_status": "safe"}, 5,
         "guardian"),
        ({"is_child": True, "age": Decimal(14), "refuses_guardian_contact": True, "guardian_status": "safe"}, 5, "guardian"),
        ({"is_child": True, "age": Decimal(9), "guardian_status": "alleged_perpetrator"}, 6, "trusted_adult"),
        ({"is_child": True, "age": Decimal(9), "guardian_status": "unsafe"}, 6, "trusted_adult"),
        ({"is_child": True, "guardian_status": "absent"}, 6, "trusted_adult"),
        ({"is_child": True, "guardian_status": "safe", "guardian_is_alleged_perpetrator": True}, 6, "trusted_adult"),
    ],
    "mediation": [
        ({"is_tpks": True, "dispute_kind": "civil_family", "readiness_assessed": True, "asks_for_mediation": True}, 1, "forbidden"),
        ({"violence_forms": ["physical", "sexual"], "risk": "low"}, 1, "forbidden"),
        ({"risk": "high", "dispute_kind": "civil_family", "readiness_assessed": True, "asks_for_mediation": True}, 2, "deferred"),
        ({"risk": "low", "fear_or_pressure": True}, 3, "deferred"),
        ({"risk": "low", "is_child": True, "violence_forms": ["neglect"]}, 4, "deferred"),
        ({"risk": "low", "dispute_kind": "civil_family", "readiness_assessed": True, "asks_for_mediation": True}, 5, "allowed"),
        ({"risk": "low", "dispute_kind": "labour", "readiness_assessed": True, "asks_for_mediation": True}, 5, "allowed"),
        ({"risk": "low", "dispute_kind": "complaint_offence", "proceedings_unwanted": True, "readiness_assessed": True,
          "asks_for_mediation": True}, 6, "allowed"),
        ({"risk": "low", "dispute_kind": "complaint_offence", "readiness_assessed": True, "asks_for_mediation": True}, 7, "case_conference"),
        ({"risk": "low", "dispute_kind": "labour", "readiness_assessed": True}, 7, "case_conference"),
        ({"risk": "low", "dispute_kind": "labour", "asks_for_mediation": True}, 7, "case_conference"),
        ({}, 7, "case_conference"),
    ],
    "next_provider_step": [
        ({"next_provider": "in_consent"}, 1, "next_provider"), ({"next_provider": "outside_consent"}, 2, "new_consent"),
        ({"next_provider": "none"}, 3, "conference"), ({}, 3, "conference"),
    ],
    "referral_next_step": [
        ({"provider_answer": "accepted", "reject_reason": None}, 1, "hand_over"),
        ({"provider_answer": "rejected", "reject_reason": "incomplete_documents"}, 2, "resend"),
        ({"provider_answer": "rejected", "reject_reason": "jurisdiction", "next_provider": "in_consent"}, 3, "authority"),
        ({"provider_answer": "rejected", "reject_reason": "incomplete_documents", "documents_completed": True,
          "next_provider": "in_consent"}, 4, "next_provider"),
        ({"provider_answer": "rejected", "reject_reason": "capacity", "next_provider": "in_consent"}, 4, "next_provider"),
        ({"provider_answer": "rejected", "reject_reason": "out_of_scope", "next_provider": "outside_consent"}, 4, "new_consent"),
        ({"provider_answer": "rejected", "reject_reason": "safety", "next_provider": "none"}, 4, "conference"),
        ({"provider_answer": "no_answer", "next_provider": "in_consent"}, 5, "escalate"),
    ],
    "skm_band": [
        ({"nrr": [Decimal(4)] * 9}, 1, {"band": "A", "quality": "sangat baik"}),
        ({"nrr": [Decimal("3.2"), Decimal("3.1"), Decimal("2.9"), Decimal(4), Decimal("3.3"), Decimal("3.4"), Decimal("3.5"), Decimal(3),
                  Decimal("3.1")]}, 2, {"band": "B", "quality": "baik"}),
        ({"nrr": [Decimal("2.6")] * 9}, 3, {"band": "C", "quality": "kurang baik"}),
        ({"nrr": [Decimal(1)] * 9}, 4, {"band": "D", "quality": "tidak baik"}),
    ],
}

CLOCKS: dict[str, tuple[str, str | None, str | None, str | None]] = {  # as printed, duration, kind of clock, start
    **{f"kalbar.r{row}": (text, f"PT{minutes}M", "working_minutes", "task_ready") for row, text, minutes in [
        (1, "10 menit", 10), (2, "40 menit", 40), (3, "30 Menit", 30), (5, "60 menit", 60), (8, "60 Menit", 60), (10, "30 menit", 30)]},
    "kalbar.r4": ("tergantung jenis intervensi", None, None, None),
    "tt.plan": ("24 Jam", "PT24H", "elapsed", "received_at"),
    "sapa.decision": ("5 Hari kerja", "P5D", "working_days", "consent_complete"),
    "bdg.complaint.direct": ("hari yang sama", "P0D", "same_day", "received_at"),
    "bdg.complaint.indirect": ("paling lama 24 jam", "PT24H", "elapsed", "system_received_at"),
    "law.tpks_police": ("3 x 24 jam", "PT72H", "elapsed", "victim_reported_at"),
    "law.pdp_withdraw": ("3 x 24 jam", "PT72H", "elapsed", "withdrawn_at"),
    "law.pdp_access": ("3 x 24 jam", "PT72H", "elapsed", "requested_at"),
    "law.pdp_correct": ("3 x 24 jam", "PT72H", "elapsed", "requested_at"),
    "law.pdp_restrict": ("3 x 24 jam", "PT72H", "elapsed", "requested_at"),
    "law.pdp_breach": ("3 x 24 jam", "PT72H", "elapsed", "detected_at"),
    "intake.high": ("langsung", None, "elapsed", "received_at"),
    "intake.medium": ("± 6 jam", "PT6H", "elapsed", "received_at"),
}

FLAGS: dict[str, tuple[dict[str, bool], list[str], list[str], list[str]]] = {  # what raises it, tasks, documents, blocks
    "hiv": ({"hiv": True}, ["record_hiv_consent", "coordinate_vct_clinic", "show_anti_stigma_notice"], ["F06"],
            ["status_c4", "no_status_in_f10_outside_health"]),
    "child": ({"is_child": True}, ["check_guardian", "coordinate_family", "record_child_view", "choose_child_friendly_provider"],
              ["F05", "F07"], ["no_mediation_for_child_victim", "no_contact_with_alleged_perpetrator"]),
    "guardian_is_alleged_perpetrator": ({"guardian_is_alleged_perpetrator": True},
                                        ["find_alternative_guardian", "write_best_interest_note"], ["F07"], ["guardian_excluded"]),
    "disability": ({"disability": True}, ["know_condition_before_visit", "arrange_communication_aid", "coordinate_family"], ["F07"], []),
    "disaster": ({"disaster": True}, ["tell_provider", "documents_later", "check_displaced_authority"], [], []),
    "conflict": ({"conflict_situation": True}, ["tell_provider", "documents_later", "check_displaced_authority"], [], ["location_c4"]),
    "is_tpks": ({"is_tpks": True}, ["report_to_police", "offer_forensic_examination", "inform_rights"], ["F23"], ["mediation_blocked"]),
    "trafficking_or_foreign": ({"trafficking": True}, ["coordinate_center", "arrange_interpreter", "contact_consulate_with_consent"], [], []),
    "shelter": ({"shelter": True}, ["record_shelter_consent", "watch_shelter_stay"], ["F19"], ["address_c4"]),
    "wants_secrecy": ({"reporter_wants_secrecy": True}, [], [], ["reporter_c4"]),
    "staff_conflict": ({"staff_conflict": True}, ["exclude_users", "reassign"], [], ["no_view"]),
}

LEAVING: list[tuple[dict[str, object], tuple[int, ...], list[str], list[str]]] = [
    ({"receiver_kind": "health"}, (1,), ["identity", "injuries", "history", "special_needs"], []),
    ({"receiver_kind": "health", "hiv_consent_given": True}, (1, 2), ["identity", "injuries", "history", "special_needs", "hiv"], []),
    ({"receiver_kind": "police", "hiv_consent_given": True, "consent_given": True}, (3,), ["identity", "facts", "contact"], []),
    ({"receiver_kind": "police", "asked_in_law": True}, (3, 4), ["identity", "facts", "contact", "psychological_notes"], []),
    ({"receiver_kind": "legal_aid"}, (5,), ["chronology", "chosen_documents"], []),
    ({"receiver_kind": "shelter"}, (6,), ["alias", "risk", "needs", "children"], ["court_papers"]),
    ({"receiver_kind": "school_village", "consent_given": True}, (7,), ["minimum"], ["violence_forms"]),
    ({"receiver_kind": "school_village"}, (), [], []),
    ({"receiver_kind": "conference"}, (8,), ["alias", "needs", "actions"], []),
    ({"receiver_kind": "simfoni"}, (9,), ["prescribed_fields"], []),
    ({"receiver_kind": "public"}, (10,), ["aggregates"], ["cells_under_5"]),
    ({"receiver_kind": "somebody_else", "consent_given": True}, (), [], []),
    ({}, (), [], []),
]

READY = {  # everything that domain.md D9 asks of a case that ends as completed
    "termination_kind": "completed", "termination_reason": "goals_met", "risk": "low", "recommendation_present": True,
    "line_reviews": [{"line_no": Decimal(1), "line_status": "fulfilled"}, {"line_no": Decimal(2), "line_status": "cancelled"}],
    "legal_clock_running": False, "obligations_handed_over": True, "beneficiary_informed": True, "simfoni_updated": True}
MOVED = {"termination_reason": "transferred", "transfer_accepted": True, "handover_signed": True, "recommendation_present": True}
LOST = {"termination_kind": "closed", "termination_reason": "unreachable", "contact_tries": Decimal(3)}
FINDINGS: list[tuple[dict[str, object], dict[str, object], int, str]] = [
    (READY, {"line_reviews": [{"line_no": Decimal(1), "line_status": "not_fulfilled"}]}, 1, "lines_open"),
    (READY, {"line_reviews": None}, 1, "lines_open"), (READY, {"all_lines_closed": False}, 1, "lines_open"),
    (READY, {"recommendation_present": None}, 2, "recommendation_missing"),
    (READY, {"risk": "high", "safety_plan_reviewed": True}, 3, "risk_not_low"), (READY, {"risk": "medium"}, 3, "risk_not_low"),
    (READY, {"risk": None}, 3, "risk_not_low"),
    (READY, {"legal_clock_running": True}, 4, "legal_clock_running"),
    (READY, {"legal_clock_running": None, "is_tpks": True}, 4, "legal_clock_running"),
    (READY, {"obligations_handed_over": False}, 5, "obligations_open"),
    (READY, {"beneficiary_informed": None}, 6, "beneficiary_not_informed"),
    (READY, {"beneficiary_agrees": False}, 7, "beneficiary_disagrees"),
    (READY, {"simfoni_updated": False}, 8, "simfoni_not_updated"),
    (READY, {"proposer_is_approver": True}, 9, "same_person"), (LOST, {"proposer_is_approver": True}, 9, "same_person"),
    (MOVED, {"proposer_is_approver": True}, 9, "same_person"),
    (LOST, {"termination_reason": None}, 10, "reason_missing"),
    (LOST, {"contact_tries": Decimal(2)}, 11, "contact_tries_missing"), (LOST, {"contact_tries": None}, 11, "contact_tries_missing"),
    (MOVED, {"transfer_accepted": False}, 12, "transfer_not_accepted"), (MOVED, {"handover_signed": None}, 13, "handover_not_signed"),
    (MOVED, {"recommendation_present": False}, 14, "recommendation_missing"),
]

#: Tables of several outputs whose first one is enough to know the row.
MAIN = {"consent_giver": "giver", "management_mode": "mode"}

RISKS = [  # what is met, and what follows
    *[({"risk_items": [code]}, number, "high") for number, code in enumerate(["R01", "R02", "R03", "R04"], 1)],
    ({"risk_items": ["R05"], "violence_continues": True}, 5, "high"), ({"risk_items": ["R05"]}, 6, "medium"),
    ({"risk_items": ["R06"]}, 7, "high"), ({"risk_items": ["R07"]}, 8, "high"), ({"risk_items": ["R08"]}, 9, "medium"),
    ({"risk_items": ["R09"]}, 10, "medium"), ({"risk_items": ["R10"]}, 11, "medium"), ({"risk_items": ["R11"]}, 12, "low"),
    ({"risk_unknown": ["R07"], "source": "phone"}, 13, "medium"), ({"risk_unknown": ["R01"], "source": "whatsapp"}, 13, "medium"),
]


@pytest.mark.parametrize(("decision", "row"), [(name, row) for name, rows in ROWS.items() for row in rows],
                         ids=lambda given: given if isinstance(given, str) else str(given[1]))
def test_a_row_says_what_the_rule_says(decision, row):
    inputs, number, expected = row
    found = outcome(decision, **inputs)
    said = found.value[MAIN[decision]] if decision in MAIN else found.value
    assert (found.rules, said) == ((number,), expected)


@pytest.mark.parametrize(("inputs", "number", "level"), RISKS)
def test_each_criterion_of_risk_gives_its_level(inputs, number, level):
    assert outcome("risk_criteria", **inputs).rules == (number,)
    assert value("risk_level", **inputs) == level


def test_risk_is_the_highest_of_what_is_met():
    assert value("risk_level", risk_items=["R11", "R08", "R03"]) == "high"
    assert value("risk_level", risk_items=["R11", "R08"]) == "medium"
    assert value("risk_level") == value("risk_level", risk_items=[], risk_unknown=["R01"], source="direct") == "low"
    assert value("risk_level", risk_unknown=["R08"], source="phone") == "low", "only R01 to R07 are feared while unknown"
    assert value("urgent_health", risk_items=["R06"]) is True
    assert value("urgent_health", risk_items=["R01"]) is value("urgent_health") is False


@pytest.mark.parametrize(("number", "flag"), list(enumerate(FLAGS, 1)))
def test_a_flag_adds_its_tasks_documents_and_blocks(number, flag):
    raised, tasks, documents, blocks = FLAGS[flag]
    found = outcome("special_handling", **raised)
    assert found.rules == (number,)
    assert found.value == [{"flag": flag, "tasks": tasks, "documents": documents, "blocks": blocks}]


def test_flags_add_up_and_nothing_is_asked_twice():
    raised = {"is_child": True, "hiv": True, "disability": True, "foreign": True, "trafficking": True}
    assert outcome("special_handling", **raised).rules == (1, 2, 4, 8)
    tasks = value("special_tasks", **raised)
    assert isinstance(tasks, list) and tasks.count("coordinate_family") == 1 and "coordinate_center" in tasks
    assert value("special_documents", **raised) == ["F06", "F05", "F07"]
    assert value("special_blocks", **raised) == FLAGS["hiv"][3] + FLAGS["child"][3]
    assert [row["flag"] for row in value("handling_to_show", **raised)] == ["child", "disability", "trafficking_or_foreign"], "hiv is C4"
    assert value("special_tasks") == value("special_documents") == value("special_blocks") == value("handling_to_show") == []


@pytest.mark.parametrize(("age", "assent"), [(5, "too_young"), (6, "given"), (11, "given"), (12, "written"), (14, "written"), (15, "decisive")])
def test_a_child_is_heard_according_to_age(age, assent):
    asked = value("consent_giver", is_child=True, age=Decimal(age), guardian_status="safe")
    assert isinstance(asked, dict) and (asked["giver"], asked["assent"]) == ("guardian", assent)


def test_who_consents_where_the_first_cannot():
    unsafe = value("consent_giver", is_child=True, age=Decimal(13), guardian_status="alleged_perpetrator")
    assert isinstance(unsafe, dict)
    assert (unsafe["otherwise"], unsafe["assent"], unsafe["documents"]) == (["dinas_sosial", "case_authority_best_interest"], "written", ["F05", "F07"])
    unable = value("consent_giver", can_understand=False)
    assert isinstance(unable, dict)
    assert (unable["otherwise"], unable["extra"]) == (["court", "trusted_adult", "case_authority"], ["capacity_note"])
    refuses = value("consent_giver", is_child=True, age=Decimal(17), refuses_guardian_contact=True)
    assert isinstance(refuses, dict) and (refuses["review_after"], refuses["extra"]) == (timedelta(hours=72), ["reason"])


@pytest.mark.parametrize(("base", "change", "number", "finding"), FINDINGS)
def test_one_missing_thing_is_one_finding(base, change, number, finding):
    found = outcome("termination_findings", **{**base, **change})
    assert (found.rules, found.value) == ((number,), [finding])
    assert value("ready_to_terminate", **{**base, **change}) is False


@pytest.mark.parametrize("case", [
    READY, MOVED, LOST, {**READY, "risk": "medium", "safety_plan_reviewed": True}, {**READY, "beneficiary_agrees": None},
    {"termination_kind": "closed", "termination_reason": "relocated"}])
def test_ready_is_when_nothing_is_missing_and_approved_is_one_step_more(case):
    assert value("ready_to_terminate", **case) is True
    assert value("may_terminate", **case) is False
    assert value("may_terminate", **{**case, "termination_decision": "approved"}) is True
    assert value("may_terminate", termination_decision="approved") is False


@pytest.mark.parametrize("key", CLOCKS)
def test_a_clock_is_as_printed(key):
    found = outcome("clocks", clock_key=key)
    said = found.value
    assert isinstance(said, dict) and len(found.rules) == 1
    assert (said["text"], said["duration"], said["clock"], said["start"]) == CLOCKS[key]
    assert said["proposed"] is False


def _drawn() -> list[tuple[str, str, str, str]]:
    """Every time standard of every diagram: where, as printed, how long, on which clock."""
    found = []
    for path in sorted(TABLES.parents[1].glob("*/*/*.bpmn")):
        for standard in etree.parse(str(path)).getroot().iter("{urn:sop:bpmn:1}standard"):
            event = standard.getparent().getparent()
            length = event.findtext("{*}timerEventDefinition/{*}timeDuration")
            found.append((f"{path.parent.name} {event.get('id')}", standard.get("text"), length, standard.get("clock")))
    return found


@pytest.mark.parametrize("standard", _drawn(), ids=lambda one: one[0])
def test_a_standard_that_a_diagram_draws_is_one_of_the_table(standard):
    """No diagram has a number of its own."""
    _, text, length, clock = standard
    days = {"P0D", "PT24H", "P1D"} if clock == "same_day" else {length}   # a day that ends with itself has no length
    assert [key for key, (printed, duration, kind, _) in CLOCKS.items()
            if kind == clock and duration in days and text.casefold() in printed.casefold()], standard


def test_minutes_run_day_and_night_when_the_risk_is_high():
    assert value("clocks", clock_key="kalbar.r2")["calendar"] == "CAL-N"
    assert value("clocks", clock_key="kalbar.r2", risk="high")["calendar"] == "CAL-24"


def test_the_level_of_a_unit_is_its_agencys_unless_said_otherwise():
    here = {"all_in_own_region": True, "parameters": {"unit_level": "regency_city"}}
    assert value("authority", **here)["result"] == "own"
    assert value("authority", **here, unit_level="province")["result"] == "transfer"


# D5 as written, by agency; a star: its SOP is silent, the value is proposed.
WHO = {
    "case_review": ("head_of_unit", "supervisor", "supervisor*", "case_manager", "supervisor"),
    "referral_letter": ("head_of_unit*", "supervisor*", "head_of_unit*", "case_manager*", "supervisor*"),
    "transfer": ("head_of_unit", "supervisor", "supervisor*", "case_manager*", "supervisor"),
    "plan_adaptation": ("head_of_unit*", "supervisor", "supervisor*", "case_manager", "supervisor*"),
    "termination": ("head_of_unit", "supervisor*", "supervisor*", "case_manager", "supervisor"),
    "reopening": ("head_of_unit*", "supervisor*", "supervisor*", "case_manager*", "supervisor*"),
    "break_glass": ("head_of_unit", "supervisor", "supervisor*", "case_manager", "supervisor"),
    "family_skip": ("head_of_unit*", "supervisor*", "supervisor*", "case_manager*", "supervisor*"),
    "complaint_closure": ("head_of_unit*",) * 5,
}


@pytest.mark.parametrize(("kind", "agency", "who"), [
    (kind, agency, who) for kind, row in WHO.items()
    for agency, who in zip(("depok", "sapa129", "bandung", "kalbar", "tebing_tinggi"), row, strict=True)])
def test_who_approves_at_each_agency_is_who_the_table_names(kind, agency, who):
    sheet = read_agency((TABLES.parents[1] / agency / "agency.toml").read_bytes())
    given = parameters_of(sheet)
    assert value("approver_here", decision_kind=kind, parameters=given) == who.rstrip("*")
    if who.endswith("*"):
        assert sheet.parameters[str(value("approver", decision_kind=kind))]["proposed"] is True, "the SOP is silent"
    about_head = value("approver_here", decision_kind="complaint_closure", complaint_about_head=True, parameters=given)
    assert about_head == "dinas_pppa"


def test_an_indirect_complaint_counts_from_where_the_agency_says():
    officer = outcome("clocks", clock_key="bdg.complaint.indirect", complaint_receipt="officer_receipt")
    assert officer.value["start"] == "officer_received_at"
    assert outcome("clocks", clock_key="bdg.complaint.indirect", parameters={"complaint_receipt": "officer_receipt"}) == officer


@pytest.mark.parametrize(("inputs", "rules", "data", "never"), LEAVING)
def test_what_may_leave_is_what_the_receiver_needs(inputs, rules, data, never):
    assert outcome("leaving_data", **inputs).rules == rules
    assert (value("may_leave", **inputs), value("may_never_leave", **inputs)) == (data, never)


KINDS = {"IDENTITY": {"identity"}, "HEALTH": {"injuries"}, "HIV": {"hiv"}, "NEEDS": {"special_needs", "needs"}, "CONTACT": {"contact"},
         "FACTS": {"facts"}, "STORY": {"chronology", "facts"}, "CHOSEN": {"chosen_documents"}, "RISK": {"risk"}, "CHILDREN": {"children"},
         "ACTIONS": {"actions"}}  # how the engine calls what the table names


@pytest.mark.parametrize("receiver", ["health", "police", "legal_aid", "shelter", "school_village", "conference"])
def test_what_letters_let_out_is_what_the_table_says(receiver):
    said = value("may_leave", receiver_kind=receiver, hiv_consent_given=True, consent_given=True)
    assert isinstance(said, list)
    permitted = {kind.name for kind in release.PERMITTED[release.Receiver(receiver)]}
    assert {kind: bool(words & set(said)) for kind, words in KINDS.items()} == {kind: kind in permitted for kind in KINDS}


@pytest.mark.parametrize(("average", "index", "band"), [
    ("1.00", "25.00", "D"), ("2.5996", "64.99", "D"), ("2.60", "65.00", "C"), ("3.064", "76.60", "C"), ("3.0644", "76.61", "B"),
    ("3.532", "88.30", "B"), ("3.5324", "88.31", "A"), ("4.00", "100.00", "A")])
def test_the_survey_index_has_the_printed_bands(average, index, band):
    given = [Decimal(average)] * 9
    assert value("ikm", nrr=given) == Decimal(index)
    assert value("skm_band", nrr=given)["band"] == band


def test_the_survey_of_the_example_is_weighed_exactly():
    given = [Decimal(text) for text in "3.20 3.10 2.90 4.00 3.30 3.40 3.50 3.00 3.10".split()]
    assert value("ikm", nrr=given) == Decimal("81.94"), "the printed weight 0.111 would give 81.86"
    assert value("skm_weakest", nrr=given) == ["U3"]
    assert value("ikm", nrr=[Decimal("2.6002")] * 9) == Decimal("65.01"), "65.005 is rounded half up"
    assert value("ikm", nrr=given[:8]) is None


# Every combination of these answers finds exactly one row: no gap (FIRST, UNIQUE), no overlap (UNIQUE is a problem otherwise).
YES_NO = [True, False, None]
ANSWERS: dict[str, dict[str, list[object]]] = {
    "eligibility": {"woman_or_child": YES_NO, "suffers": ["yes", "no", "unclear", None], "immediate_danger": YES_NO},
    "authority": {"foreign": YES_NO, "cross_regency": YES_NO, "all_in_own_region": [True, False], "asked_by_regency": YES_NO,
                  "unit_level": ["center", "province", "regency_city"]},
    "management_mode": {"authority": ["own", "transfer"], "conflict_of_interest": YES_NO, "service_in_authority": [True, False],
                        "own_capacity": [True, False], "emergency_line": YES_NO, "handover_signed": YES_NO,
                        "service_type": ["psychosocial", "case_management", "police", None]},
    "risk_schedule": {"risk": ["high", "medium", "low"]},
    "consent_giver": {"vital_interest": YES_NO, "is_child": YES_NO, "age": [None, Decimal(3), Decimal(17)], "can_understand": YES_NO,
                      "refuses_guardian_contact": YES_NO, "danger_if_not_told": YES_NO,
                      "guardian_status": ["safe", "alleged_perpetrator", "unsafe", "absent", None]},
    "mediation": {"is_tpks": YES_NO, "violence_forms": [None, ["physical"]], "risk": ["high", "low", None], "fear_or_pressure": YES_NO,
                  "is_child": YES_NO, "dispute_kind": ["civil_family", "complaint_offence", "other", None], "proceedings_unwanted": YES_NO},
    "next_provider_step": {"next_provider": ["in_consent", "outside_consent", "none", None]},
    "referral_next_step": {"provider_answer": ["accepted", "rejected", "no_answer"], "documents_completed": YES_NO,
                           "reject_reason": ["incomplete_documents", "capacity", "out_of_scope", "safety", "jurisdiction", "other"],
                           "next_provider": ["in_consent", "outside_consent", "none", None]},
    "approver": {"decision_kind": [inputs["decision_kind"] for inputs, _, _ in ROWS["approver"]], "complaint_about_head": YES_NO},
    "clocks": {"clock_key": list(CLOCKS), "complaint_receipt": ["system_receipt", "officer_receipt", None], "risk": ["high", None]},
    "skm_band": {"nrr": [[Decimal(average) / 100] * 9 for average in range(100, 401)]},
}


@pytest.mark.parametrize("decision", ANSWERS)
def test_no_answer_falls_between_two_rows(decision):
    names = list(ANSWERS[decision])
    for answers in product(*ANSWERS[decision].values()):
        given = dict(zip(names, answers, strict=True))
        found = outcome(decision, **given)
        assert found.value is not None and len(found.rules) == 1, given


def test_every_row_of_every_table_is_reached():
    reached: dict[str, set[int]] = {}
    asked = [(name, inputs) for name, rows in ROWS.items() for inputs, _, _ in rows]
    asked += [("risk_criteria", inputs) for inputs, _, _ in RISKS] + [("leaving_data", inputs) for inputs, *_ in LEAVING]
    asked += [("special_handling", dict(raised)) for raised, *_ in FLAGS.values()]
    asked += [("termination_findings", {**base, **change}) for base, change, *_ in FINDINGS]
    asked += [("clocks", {"clock_key": key, "complaint_receipt": start}) for key in CLOCKS for start in (None, "officer_receipt")]
    for name, inputs in asked:
        reached.setdefault(name, set()).update(outcome(name, **inputs).rules)
    rows = {
        str(decision.get("name")): set(range(1, len(table.findall(f"{DMN}rule")) + 1))
        for path in TABLES.glob("*.dmn") for decision in etree.parse(str(path)).getroot().iter(f"{DMN}decision")
        for table in decision.findall(f"{DMN}decisionTable")}
    assert reached == rows


def test_thirteen_tables_stand_in_one_place_each():
    assert [path.name[:3] for path in sorted(TABLES.glob("*.dmn"))] == [f"d{number:02}" for number in range(1, 14)]
    assert {"eligibility", "authority", "management_mode", "risk_level", "approver", "special_handling", "consent_giver", "mediation",
            "ready_to_terminate", "clocks", "referral_next_step", "may_leave", "skm_band"} <= _by_decision().keys()
