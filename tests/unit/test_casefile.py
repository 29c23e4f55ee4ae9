"""The case file: what submissions lead to, record by record, the same however often it is rebuilt."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import canonical, casefile
from engine.casefile import PROJECTORS, Case, CaseStatus, Submission, after, ownership

ALL = ("C0", "C1", "C2", "C3", "C4")
FORMS = sorted((Path(__file__).parents[2] / "bpmn").glob("*/*/forms/*.json"))


def sent(record: str, item: Any = None, **values: Any) -> tuple[str, Submission]:
    return record, Submission(values=values, item=item)


def line(number: Any, **values: Any) -> dict[str, Any]:
    return {"line_no": number, "service_type": "health_support", **values}


INTAKE = sent("identification", alias_code="K-1", risk="high", is_child=True, hiv=True, consent_status="not_yet",
              plan_goals="pulih", plan_lines=[line(Decimal(1)), line(Decimal(2))])
LINE_1 = {"line_no": Decimal(1)}


def lines(case: Case) -> dict[str, str]:
    return {str(row["line_no"]): row["line_status"] for row in case.record("plan")["plan_lines"]}


def test_an_intake_makes_identification_plan_and_consent() -> None:
    case = casefile.rebuilt([INTAKE])
    assert (case.status, case.risk) == (CaseStatus.UNDER_REVIEW, "high")
    assert case.record("identification")["alias_code"] == "K-1"
    assert "plan_lines" not in case.record("identification")
    assert case.record("plan")["plan_goals"] == "pulih"
    assert lines(case) == {"1": "planned", "2": "planned"}
    assert case.record("consent") == {"consent_status": "not_yet"}


STORY = [
    (INTAKE, "under_review", {"1": "planned", "2": "planned"}),
    (sent("consent", consent_status="given", explained_limits=True), "under_review", {"1": "planned", "2": "planned"}),
    (sent("review", decision="approved"), "planned", {"1": "planned", "2": "planned"}),
    (sent("consent", item={"line_no": Decimal(2)}, line_consent="refused"), "planned", {"1": "planned", "2": "refused"}),
    (sent("referral", item=LINE_1, provider="RSUD", provider_answer="rejected"), "planned", {"1": "planned", "2": "refused"}),
    (sent("referral", item=LINE_1, provider="Puskesmas", provider_answer="accepted"), "planned", {"1": "in_referral", "2": "refused"}),
    (sent("handover", item=LINE_1, received_by="petugas"), "in_service", {"1": "in_delivery", "2": "refused"}),
    (sent("follow_up", item=LINE_1, condition="membaik"), "in_service", {"1": "in_delivery", "2": "refused"}),
    (sent("provider_report", item=LINE_1, recommendation="continue"), "in_service", {"1": "in_delivery", "2": "refused"}),
    (sent("review", review_outcome="not_fulfilled", line_reviews=[{"line_no": "1", "line_status": "not_fulfilled"}]),
     "in_service", {"1": "not_fulfilled", "2": "refused"}),
    (sent("provider_report", item=LINE_1, recommendation="complete"), "in_service", {"1": "reported", "2": "refused"}),
    (sent("review", review_outcome="adapt", line_reviews=[{"line_no": Decimal("1.0"), "line_status": "fulfilled"}]),
     "planned", {"1": "fulfilled", "2": "refused"}),
    (sent("plan", plan_lines=[line(Decimal(1)), line(Decimal(3))], adaptation_reason="rumah aman"),
     "planned", {"1": "fulfilled", "3": "planned", "2": "refused"}),
    (sent("plan_approval", plan_decision="approved"), "planned", {"1": "fulfilled", "3": "planned", "2": "refused"}),
    (sent("handover", item={"line_no": 3}), "in_service", {"1": "fulfilled", "3": "in_delivery", "2": "refused"}),
    (sent("review", review_outcome="fulfilled", line_reviews=[{"line_no": 3, "line_status": "fulfilled", "finding": "baik"}]),
     "in_service", {"1": "fulfilled", "3": "fulfilled", "2": "refused"}),
    (sent("termination", termination_reason="goals_met"), "awaiting_termination", {"1": "fulfilled", "3": "fulfilled", "2": "refused"}),
    (sent("documentation", simfoni_updated=True), "terminated", {"1": "fulfilled", "3": "fulfilled", "2": "refused"}),
    (sent("reopening", reopen_trigger="new_incident"), "terminated", {"1": "fulfilled", "3": "fulfilled", "2": "refused"}),
    (sent("reopening", reopen_decision="approved"), "reopened", {"1": "fulfilled", "3": "fulfilled", "2": "refused"}),
]


def test_a_case_goes_its_whole_way() -> None:
    case = Case()
    for number, ((record, submission), status, line_states) in enumerate(STORY):
        case = after(case, casefile.apply(record, case, submission))
        assert (case.status, lines(case)) == (status, line_states), f"step {number}: {record}"
    assert case.risk == "high"
    assert case.record("termination") == {}
    plan_lines = {row["line_no"]: row for row in case.record("plan")["plan_lines"]}
    assert plan_lines[Decimal(1)]["provider"] == "Puskesmas"
    assert plan_lines[Decimal(3)]["finding"] == "baik"


def test_a_line_left_out_of_a_revised_plan_is_cancelled_and_not_lost() -> None:
    case = casefile.rebuilt([INTAKE, sent("handover", item=LINE_1), sent("plan", plan_lines=[line(Decimal(2))])])
    assert lines(case) == {"2": "planned", "1": "cancelled"}


def test_a_rejected_report_ends_the_case_here() -> None:
    assert casefile.rebuilt([INTAKE, sent("review", decision="rejected", reason="bukan kewenangan")]).status == CaseStatus.TERMINATED


@pytest.mark.parametrize(("withdrawn", "left", "status"), [
    ([], {"1": "awaiting_consent", "2": "awaiting_consent"}, "withdrawn"),      # everything
    ([{"line_no": 2}], {"1": "planned", "2": "awaiting_consent"}, "given"),     # one line only
])
def test_a_consent_taken_back_stops_what_it_covered(withdrawn: list[Any], left: dict[str, str], status: str) -> None:
    case = casefile.rebuilt([INTAKE, sent("consent", consent_status="given"), sent("withdrawal", withdrawn_lines=withdrawn)])
    assert lines(case) == left
    assert case.record("consent")["consent_status"] == status


def test_a_transfer_ends_our_responsibility_only_when_it_moved() -> None:
    case = casefile.rebuilt([INTAKE, sent("transfer", reason="outside_authority")])
    assert case.status == CaseStatus.IN_TRANSFER
    claimed = casefile.rebuilt([INTAKE, sent("transfer", responsibility_moves_at=datetime(2026, 11, 10, tzinfo=UTC))])
    assert (claimed.status, ownership.owner(claimed)) == (CaseStatus.IN_TRANSFER, ""), "saying so moves nothing"


def test_a_new_level_of_risk_is_the_cases() -> None:
    assert casefile.rebuilt([INTAKE, sent("assessment", risk="low")]).risk == "low"
    assert casefile.rebuilt([INTAKE, sent("assessment", psychological="...")]).risk == "high"


def test_two_forms_fill_one_record_and_a_special_consent_stands_alone() -> None:
    case = casefile.rebuilt([
        sent("family_coordination", family_coordination="skipped", skip_reason="safety"),
        sent("family_coordination", skip_decision="approved"),
        sent("hiv_consent", special_consent="given", special_receiver="VCT"), sent("hiv_consent", special_consent="refused")])
    assert case.record("family_coordination") == {"family_coordination": "skipped", "skip_reason": "safety", "skip_decision": "approved"}
    assert case.record("hiv_consent") == {"special_consent": "refused"}


def test_a_record_nobody_knows_is_kept_as_it_was_sent() -> None:
    assert casefile.rebuilt([sent("guest_book", visitors=Decimal(3))]).records == {"guest_book": {"visitors": Decimal(3)}}


def test_flags_show_what_must_not_be_overlooked_and_only_to_who_may_see_it() -> None:
    case = casefile.rebuilt([INTAKE])
    assert [flag.en for flag in casefile.flags(case, ALL)] == ["Child", "Special health status", "No consent yet"]
    assert [flag.en for flag in casefile.flags(case, ("C0", "C1", "C2", "C3"))] == ["Child", "No consent yet"]
    assert casefile.flags(case, ("C0", "C1")) == ()
    assert casefile.flags(casefile.rebuilt([INTAKE, sent("consent", consent_status="given")]), ("C2",)) == ()


def test_the_existence_of_a_special_consent_is_as_secret_as_its_content() -> None:
    assert casefile.sensitivity_of("hiv_consent") == "C4"
    assert casefile.sensitivity_of("handover") == "C1"


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_every_form_of_an_sop_makes_its_record_whatever_is_answered(path: Path) -> None:
    """With every field answered, and with none."""
    form = json.loads(path.read_text())
    full = {field["key"]: _an_answer(field) for field in form["fields"]}
    for values in (full, {}):
        changes = casefile.apply(form.get("record") or form["key"], casefile.rebuilt([INTAKE]), Submission(values=values, item=LINE_1))
        name, kind = form.get("record") or form["key"], values.get("consent_kind")
        assert {name, f"{name}_{kind}"} & changes.records.keys()  # a consent to something of its own is a record of its own
        canonical.dumps(dict(changes.records))  # can be stored


def test_an_answer_adds_to_what_was_asked_of_that_provider_and_another_provider_begins_anew() -> None:
    asked = casefile.rebuilt([INTAKE, sent("referral", item=LINE_1, provider="RSUD", provider_kind="health", provider_answer="awaited")])
    assert lines(asked)["1"] == "planned"
    told = casefile.rebuilt([INTAKE, sent("referral", item=LINE_1, provider="RSUD", provider_kind="health", provider_answer="awaited"),
                             sent("referral", item=LINE_1, provider_answer="accepted")])
    assert (lines(told)["1"], told.record("plan")["plan_lines"][0]["provider"]) == ("in_referral", "RSUD")
    assert told.record("referral")["provider_kind"] == "health"
    other = after(told, casefile.apply("referral", told, Submission(values={"provider": "LBH"}, item={"line_no": 2})))
    assert "provider_kind" not in other.record("referral") and lines(other)["1"] == "in_referral"
    recalled = after(told, casefile.apply("referral", told, Submission(values={"referral_status": "recalled"}, item=LINE_1)))
    assert lines(recalled)["1"] == "awaiting_consent"


VALUES = st.none() | st.booleans() | st.integers(-10**15, 10**15).map(Decimal) | st.text(max_size=6) | st.sampled_from(
    ["given", "refused", "approved", "accepted", "complete", "adapt", "rejected", "high", "cancelled"])
ROWS = st.lists(st.dictionaries(st.sampled_from(["line_no", "line_status", "line_decision", "goal"]), VALUES, max_size=4), max_size=4)
SUBMISSIONS = st.builds(
    Submission,
    values=st.dictionaries(st.sampled_from(
        ["decision", "review_outcome", "risk", "line_consent", "provider_answer", "recommendation", "consent_status", "note"]), VALUES)
    .flatmap(lambda plain: st.dictionaries(
        st.sampled_from(["plan_lines", "line_reviews", "line_consents", "withdrawn_lines"]), ROWS | VALUES)
        .map(lambda rows: {**plain, **rows})),
    item=st.none() | VALUES | st.fixed_dictionaries({"line_no": VALUES}))
HISTORIES = st.lists(st.tuples(st.sampled_from([*PROJECTORS, "guest_book"]), SUBMISSIONS), max_size=8)


@given(HISTORIES)
def test_any_history_leads_somewhere_without_changing_what_was_sent(history: list[tuple[str, Submission]]) -> None:
    before = copy.deepcopy(history)
    case = Case()
    for record, submission in history:
        changes = casefile.apply(record, case, submission)
        assert changes.records
        assert set(case.records) <= set(after(case, changes).records)  # a record may change, it never disappears
        case = after(case, changes)
        # What is stored and read again is the same case file: nothing hangs on an object in memory.
        case = Case(status=case.status, risk=case.risk, records=canonical.loads(canonical.dumps(dict(case.records))))
    assert history == before
    assert case == casefile.rebuilt(history)
    assert case.status in set(CaseStatus)


def _an_answer(field: dict[str, Any]) -> Any:
    kind = field["type"]
    if kind in ("choice", "choices"):
        first = field["options"][0]["value"]
        return first if kind == "choice" else [first]
    if kind == "rows":
        return [{column["key"]: _an_answer(column) for column in field["fields"]}]
    if kind == "file":
        return {"sha256": "0" * 64, "media_type": "application/pdf", "size": Decimal(1)}
    return {"boolean": True, "integer": Decimal(1), "decimal": Decimal("1.5"), "date": datetime(2026, 1, 1, tzinfo=UTC).date(),
            "datetime": datetime(2026, 1, 1, tzinfo=UTC)}.get(kind, "teks")
