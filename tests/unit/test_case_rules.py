"""What every case refuses, whatever a diagram asks for; and whose case it is, over any history of records."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import casefile
from engine.casefile import Case, CaseStatus, Submission, after, mediation, ownership, rules, statements
from engine.casefile.approval import PROPOSERS

TODAY = date(2026, 11, 10)
SIGNED = {"sha256": "0" * 64, "name": "Ani"}


def sent(record: str, by: str = "sari", item: Any = None, **values: Any) -> tuple[str, Submission]:
    return record, Submission(values=values, item=item, actor_id=by)


def told(*history: tuple[str, Submission], case: Case | None = None) -> Case:
    case = case or Case()
    for record, submission in history:
        case = after(case, casefile.apply(record, case, submission))
    return case


def code(case: Case, record: str, by: str = "sari", **values: Any) -> str | None:
    refused = rules.refusal(record, case, Submission(values=values, actor_id=by))
    return None if refused is None else refused.code


# --- (a) no mediation in sexual violence --------------------------------------------------------------------------------

LINE = [{"line_no": Decimal(1), "service_type": "mediation"}]
TPKS = [sent("identification", is_tpks=True), sent("outreach", is_tpks=True), sent("assessment", violence_forms=["physical", "sexual"]),
        sent("complaint", is_tpks=True), sent("guest_book", violence_forms=["sexual"])]


@pytest.mark.parametrize("found", TPKS, ids=lambda found: found[0])
def test_sexual_violence_is_not_mediated_wherever_it_was_written_down(found: tuple[str, Submission]) -> None:
    case, other = told(found), told(sent("identification", is_tpks=False, violence_forms=["physical"]))
    asked: list[tuple[str, dict[str, Any]]] = [
        ("plan", {"plan_lines": LINE}), ("identification", {"plan_lines": LINE}), ("guest_book", {"plan_lines": LINE}),
        ("consent", {"consent_kind": "mediation", "consent_status": "given"}), ("mediation", {"dispute_kind": "labour"}),
        ("mediation", {"mediation_outcome": "ready"}), ("mediation", {"mediation_outcome": "agreed"}),
        ("mediation", {"mediation_outcome": "not_agreed"})]
    for record, values in asked:
        assert code(case, record, **values) == "mediation-forbidden", (record, values)
        assert code(other, record, **values) is None, (record, values)
    assert code(case, "mediation", mediation_outcome="stopped") is None, "what was begun can be written down as stopped"
    for gives_up in ({"fear_or_pressure": True}, {"asks_for_mediation": False}, {"readiness_assessed": False}, {"agreement_kept": "no"}):
        assert code(case, "mediation", **gives_up) is None, "a preparation under way can end as one that is not held"
        assert code(case, "mediation", mediation_outcome="agreed", **gives_up) == "mediation-forbidden"
    assert code(case, "consent", consent_kind="mediation", consent_status="refused") is None
    assert code(case, "plan", plan_lines=[{"line_no": Decimal(2), "service_type": "legal_support"}]) is None
    assert rules.document_refusal("F20", case.records) is not None and rules.document_refusal("F20", other.records) is None
    assert rules.document_refusal("F10", case.records) is None


def test_the_form_that_finds_sexual_violence_cannot_plan_a_mediation_in_the_same_breath() -> None:
    assert code(Case(), "identification", is_tpks=True, plan_lines=LINE) == "mediation-forbidden"
    assert code(Case(), "mediation", is_tpks=True, mediation_outcome="agreed") == "mediation-forbidden"


def test_a_mediation_planned_before_sexual_violence_was_known_is_cancelled() -> None:
    planned = told(sent("plan", plan_lines=[*LINE, {"line_no": Decimal(2), "service_type": "psychosocial"}]))
    known = told(sent("identification", is_tpks=True), case=planned)
    assert [row["line_status"] for row in known.record("plan")["plan_lines"]] == ["cancelled", "planned"]
    assert code(known, "plan", plan_lines=[{**LINE[0], "line_status": "cancelled"}]) is None
    assert mediation.lines_for_mediation(known.record("plan")) == []


@pytest.mark.parametrize(("key", "is_mediation"), [
    ("layanan-mediasi", True), ("mediasi", True), ("bandung/mediasi_luar_pengadilan", True), ("Layanan-Mediation", True),
    ("pengelolaan-kasus", False), ("remediasi-data", False), ("mediasindo", False)])
def test_an_sop_of_mediation_is_not_started_for_such_a_case(key: str, is_mediation: bool) -> None:
    assert rules.is_of_mediation(key) is is_mediation
    assert (rules.start_refusal(key, told(TPKS[0]).records) is not None) is is_mediation
    assert rules.start_refusal(key, Case().records) is None


# --- (b) exactly one agency is responsible -------------------------------------------------------------------------------

ASKED = sent("transfer", receiving_agency="bandung", transfer_reason="outside_authority")
ACCEPTED = sent("transfer", transfer_answer="accepted", accepted_by="Budi")
MINUTES = {"handover_kind": "transfer", "handed_at": datetime(2026, 11, 10, 3, tzinfo=UTC)}
BOTH = sent("handover", **MINUTES, handed_signature=SIGNED, received_signature=SIGNED)


def test_responsibility_moves_when_accepted_and_signed_by_both() -> None:
    accepted = told(ASKED, ACCEPTED)
    assert (ownership.owner(accepted), accepted.status) == ("", CaseStatus.IN_TRANSFER)
    half = told(sent("handover", **MINUTES, handed_signature=SIGNED), case=accepted)
    assert (ownership.owner(half), half.status) == ("", CaseStatus.IN_TRANSFER)
    whole = told(sent("handover", handover_kind="transfer", received_signature=SIGNED), case=half)
    assert (ownership.owner(whole), whole.status) == ("bandung", CaseStatus.AWAITING_TERMINATION)
    assert ownership.owner(told(BOTH, case=accepted)) == "bandung"
    assert whole.record("responsibility")["responsibility_moves_at"] == MINUTES["handed_at"]


def test_a_handover_before_acceptance_or_to_somebody_else_is_refused_and_moves_nothing() -> None:
    for case in (Case(), told(ASKED), told(ASKED, sent("transfer", transfer_answer="refused")),
                 told(ASKED, ACCEPTED, sent("transfer", receiving_agency="bogor"))):
        assert code(case, *BOTH[:1], **BOTH[1].values) == "handover-before-acceptance"
        assert ownership.owner(told(BOTH, case=case)) == ""
    accepted = told(ASKED, ACCEPTED)
    assert code(accepted, "handover", **BOTH[1].values) is None
    assert code(accepted, "handover", **BOTH[1].values, receiving_agency="bogor") == "handover-before-acceptance"
    assert code(accepted, "handover", handed_by="Ani") is None, "minutes of a referral are another thing"


def test_signatures_given_for_one_agency_or_one_acceptance_do_not_count_for_another() -> None:
    half = told(ASKED, ACCEPTED, sent("handover", **MINUTES, handed_signature=SIGNED))
    for again in ([sent("transfer", receiving_agency="bogor", transfer_answer="accepted")],
                  [sent("transfer", transfer_answer="refused"), ACCEPTED]):
        case = told(*again, sent("handover", handover_kind="transfer", received_signature=SIGNED), case=half)
        assert ownership.owner(case) == ""


def test_who_is_not_responsible_transfers_no_more_until_the_case_is_reopened() -> None:
    moved = told(ASKED, ACCEPTED, BOTH)
    assert code(moved, "transfer", receiving_agency="bogor") == code(moved, "handover", **BOTH[1].values) == "not-responsible"
    assert code(moved, "termination", termination_reason="transferred") is None, "the end of the case here is still to be decided"
    again = told(sent("reopening", by="sari", reopen_trigger="new_incident"), case=moved)
    assert ownership.owner(again) == "bandung", "asking is not enough"
    again = told(sent("reopening", by="kepala", reopen_decision="approved"), case=again)
    assert (ownership.owner(again), again.status) == ("", CaseStatus.REOPENED)
    assert ownership.owner(told(BOTH, case=again)) == "", "the old acceptance is history"


@pytest.mark.parametrize("record", ["responsibility", "transfer_handover", "statements"])
def test_no_form_writes_what_the_engine_derives(record: str) -> None:
    assert code(Case(), record, responsible_agency="bandung") == "record-derived"


STEPS = st.one_of(
    st.builds(lambda agency, answer: ("transfer", {"receiving_agency": agency, "transfer_answer": answer}),
              st.sampled_from(["bandung", "bogor", None]), st.sampled_from(["accepted", "refused", "no_answer", None])),
    st.builds(lambda kind, handed, received, to: ("handover", {
        "handover_kind": kind, "handed_signature": handed, "received_signature": received, "receiving_agency": to}),
              st.sampled_from(["transfer", "transfer", "referral", None]), st.sampled_from([SIGNED, None]),
              st.sampled_from([SIGNED, None]), st.sampled_from([None, None, "bandung", "bogor"])),
    st.builds(lambda decision: ("reopening", {"reopen_decision": decision}), st.sampled_from(["approved", "returned", None])),
    st.sampled_from([("transfer", {"transfer_decision": "approved"}), ("transfer", {"responsibility_moves_at": datetime(2026, 1, 1, tzinfo=UTC)}),
                     ("termination", {"termination_decision": "approved"}), ("documentation", {}), ("plan", {"plan_lines": LINE}),
                     ("identification", {"risk": "high"}), ("withdrawal", {}), ("guest_book", {"responsible_agency": "bogor"})]))


class Oracle:
    """Whose case it is, told again in the plainest way: what has been accepted, what has been signed since."""

    def __init__(self) -> None:
        self.owner, self.asked, self.accepted = "", "", False
        self.signed: set[str] = set()

    def step(self, record: str, values: dict[str, Any]) -> None:
        if record == "reopening" and values.get("reopen_decision") == "approved":
            self.__init__()  # type: ignore[misc]
        if self.owner:
            return
        if record == "transfer":
            agency = values.get("receiving_agency")
            if agency and agency != self.asked:
                self.asked, self.accepted, self.signed = agency, False, set()
            if values.get("transfer_answer"):
                self.accepted = values["transfer_answer"] == "accepted"
            if not (self.asked and self.accepted):
                self.signed = set()
        if record == "handover" and values.get("handover_kind") == "transfer" and self.asked and self.accepted:
            if values.get("receiving_agency") in (None, self.asked):
                self.signed |= {name for name in ("handed_signature", "received_signature") if values.get(name)}
                if len(self.signed) == 2:
                    self.owner = self.asked


@given(st.lists(STEPS, max_size=14), st.booleans())
def test_at_every_moment_exactly_one_agency_is_responsible(history: list[tuple[str, dict[str, Any]]], is_guarded: bool) -> None:
    """Over any order of records, with the rules in force and without: responsibility moves with acceptance and both signatures only."""
    case, oracle = Case(), Oracle()
    for record, given_values in history:
        values = {key: value for key, value in given_values.items() if value is not None}
        submission = Submission(values=values, actor_id="sari")
        if is_guarded and rules.refusal(record, case, submission) is not None:
            continue
        before = ownership.owner(case)
        case = after(case, casefile.apply(record, case, submission))
        oracle.step(record, values)
        assert ownership.owner(case) == oracle.owner
        if ownership.owner(case) != before:
            assert record in ("handover", "reopening")
        if ownership.owner(case) and not before:
            minutes = case.record("transfer_handover")
            assert minutes["handed_signature"] and minutes["received_signature"] and case.record("transfer")["transfer_answer"] == "accepted"


# --- (c) nothing leaves without consent ------------------------------------------------------------------------------------

PLAN = sent("plan", plan_lines=[{"line_no": Decimal(1), "provider": "RSUD Melati"}, {"line_no": Decimal(2), "provider": "LBH Adil"}])
TO_RSUD = sent("referral", item={"line_no": Decimal(1)}, provider="RSUD Melati", provider_kind="health", provider_answer="accepted")
GIVEN = sent("consent", consent_status="given", explained_limits=True)
AWAY = Submission(values={"handed_by": "Ani"}, item={"line_no": Decimal(1)})


@pytest.mark.parametrize(("history", "is_allowed"), [
    ([PLAN, TO_RSUD], False),
    ([PLAN, GIVEN, TO_RSUD], True),
    ([PLAN, sent("consent", consent_status="refused"), TO_RSUD], False),
    ([PLAN, sent("consent", consent_status="given", receivers=["health"], explained_limits=True), TO_RSUD], True),
    ([PLAN, sent("consent", consent_status="given", receivers=["legal_aid"], explained_limits=True), TO_RSUD], False),
    ([PLAN, sent("consent", line_consents=[{"line_no": Decimal(2), "line_decision": "given"}]), TO_RSUD], False),
    ([PLAN, GIVEN, sent("withdrawal", withdrawn_receivers=["health"]), TO_RSUD], False),
    ([PLAN, GIVEN, sent("withdrawal", withdrawn_lines=[{"line_no": Decimal(1)}]), TO_RSUD], False),
    ([PLAN, GIVEN, sent("consent", consent_kind="photo_recording", consent_status="refused"), TO_RSUD], True),
    ([PLAN, sent("consent", consent_kind="photo_recording", consent_status="given"), TO_RSUD], False),
    ([PLAN, sent("consent", consent_status="other_basis", other_basis="vital_interest"), TO_RSUD], True),
    ([PLAN, sent("consent", consent_status="other_basis", other_basis="public_service"), TO_RSUD], False),
    ([PLAN, GIVEN, sent("referral", item={"line_no": Decimal(1)}, provider="Klinik Lain", provider_kind="health",
                        provider_answer="accepted")], False),
    ([PLAN, GIVEN, sent("referral", item={"line_no": Decimal(1)}, provider="RSUD Melati", provider_kind="health", provider_answer="awaited"),
      sent("referral", item={"line_no": Decimal(1)}, provider_answer="accepted")], True),
    ([PLAN, GIVEN, sent("referral", item={"line_no": Decimal(1)}, provider="Klinik Lain", provider_kind="health", provider_answer="awaited"),
      sent("referral", item={"line_no": Decimal(1)}, provider_answer="accepted")], False),
    ([PLAN, GIVEN, TO_RSUD, sent("referral", item={"line_no": Decimal(2)}, provider="Klinik Lain", provider_kind="health")], True),
    ([sent("plan", plan_lines=[{"line_no": Decimal(1)}]), GIVEN], True),     # nobody wrote down who it is
    ([sent("plan", plan_lines=[{"line_no": Decimal(1)}])], False),
])
def test_nobody_is_handed_over_without_a_consent_that_covers_the_receiver(history: list[Any], is_allowed: bool) -> None:
    refused = rules.release_refusal("handover", told(*history), AWAY, on=TODAY)
    assert (refused is None) is is_allowed
    assert refused is None or refused.code == "handover-without-consent"
    assert rules.release_refusal("follow_up", told(*history), AWAY, on=TODAY) is None


def test_statements_about_consent_are_kept_in_order_and_without_what_they_do_not_need() -> None:
    case = told(sent("identification", full_name="X", consent_status="not_yet", plan_lines=[{"line_no": 1, "provider": "A", "goal": "g"}]),
                sent("follow_up", condition="x"), sent("consent", item={"line_no": 1}, line_consent="given"))
    assert [(one.record, one.line_no, dict(one.values)) for one in statements.said(case)] == [
        ("identification", None, {"plan_lines": [{"line_no": 1, "provider": "A"}], "consent_status": "not_yet"}),
        ("consent", "1", {"line_consent": "given"})]


# --- (e) emergency before papers -----------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("record", "risk", "history", "is_allowed"), [
    ("assessment", "high", [], False), ("intake_papers", "high", [], False), ("assessment", "medium", [], True),
    ("assessment", "high", [sent("emergency", safe_now=True)], True), ("identification", "high", [], True), ("consent", "high", [], True)])
def test_in_danger_papers_wait_for_the_emergency_response(record: str, risk: str, history: list[Any], is_allowed: bool) -> None:
    refused = rules.papers_refusal(record, told(*history), risk=risk)
    assert (refused is None) is is_allowed
    assert refused is None or refused.code == "emergency-first"


# --- (f) who proposes does not approve -------------------------------------------------------------------------------------------

DECIDED = {"termination": "termination_decision", "transfer": "transfer_decision", "reopening": "reopen_decision",
           "break_glass": "break_glass_decision"}


@pytest.mark.parametrize(("record", "field"), list(DECIDED.items()))
def test_one_person_does_not_propose_and_approve(record: str, field: str) -> None:
    proposed = told(sent(record, by="sari", reason="x"))
    assert code(proposed, record, by="sari", **{field: "approved"}) == "same-person"
    assert code(proposed, record, by="kepala", **{field: "approved"}) is None
    assert code(proposed, record, by="sari", **{field: "returned"}) is None, "taking back one's own proposal harms nobody"
    assert code(Case(), record, by="kepala", **{field: "approved"}) == "same-person", "nobody else proposed it"
    two = told(sent(record, by="budi", note="y"), case=proposed)
    assert {code(two, record, by=who, **{field: "approved"}) for who in ("sari", "budi")} == {"same-person"}
    assert code(two, record, by="kepala", **{field: "approved"}) is None


@pytest.mark.parametrize(("dual", "is_allowed"), [
    ({"dual_role": True, "dual_role_reason": "unit berdua"}, True), ({"dual_role": True}, False),
    ({"dual_role": True, "dual_role_reason": "  "}, False), ({"dual_role": False, "dual_role_reason": "unit berdua"}, False)])
def test_a_small_unit_says_that_one_person_holds_both_roles_and_why(dual: dict[str, Any], is_allowed: bool) -> None:
    proposed = told(sent("termination", by="sari", termination_reason="goals_met"))
    assert (code(proposed, "termination", by="sari", termination_decision="approved", **dual) is None) is is_allowed
    decided = told(sent("termination", by="sari", termination_decision="approved", **dual), case=proposed)
    assert decided.record("termination").get("dual_role") == dual["dual_role"], "what was said is recorded"


def test_what_was_returned_is_proposed_anew_by_whoever_proposes_it_now() -> None:
    returned = told(sent("termination", by="sari", termination_reason="goals_met"), sent("termination", by="kepala", termination_decision="returned"))
    assert returned.status == CaseStatus.IN_SERVICE
    again = told(sent("termination", by="budi", termination_reason="relocated"), case=returned)
    assert again.status == CaseStatus.AWAITING_TERMINATION
    assert again.record("termination")[PROPOSERS] == ["budi"] and "termination_decision" not in again.record("termination")
    assert code(again, "termination", by="sari", termination_decision="approved") is None


# --- the survey ---------------------------------------------------------------------------------------------------------------------

def test_survey_answers_stay_apart_from_the_case() -> None:
    assert code(told(sent("identification", risk="low")), "skm_response", u1=Decimal(4)) == "survey-linked"
    assert code(Case(), "skm_response", u1=Decimal(4)) is None
