"""Nobody is referred to a provider whose name tells her HIV status before she agreed that it knows (D12, F06)."""

from __future__ import annotations

from typing import Any

import pytest

from engine import casefile
from engine.casefile import Case, Submission, after, rules

KNOWN = ("identification", {"hiv": True})
GIVEN, REFUSED = ("hiv_consent", {"special_consent": "given"}), ("hiv_consent", {"special_consent": "refused"})
NAMED = ("hiv_consent", {"special_consent": "given", "special_receiver": "Klinik VCT Contoh"})
TAKEN_BACK = ("withdrawal", {"withdrawal_scope": "all"})
CLINIC_TAKEN_BACK = ("withdrawal", {"receiver": "Klinik VCT Contoh"})
Told = tuple[str, dict[str, Any]]


def case_of(*history: Told) -> Case:
    case = Case()
    for record, values in history:
        case = after(case, casefile.apply(record, case, Submission(values=values)))
    return case


def refused(case: Case, record: str = "referral", **values: Any) -> str | None:
    found = rules.refusal(record, case, Submission(values=values))
    return None if found is None else found.code


@pytest.mark.parametrize(("history", "may"), [
    ((), True), ((KNOWN,), False), ((KNOWN, REFUSED), False), ((REFUSED,), False), ((KNOWN, GIVEN), True), ((KNOWN, NAMED), True),
    ((KNOWN, GIVEN, REFUSED), False), ((KNOWN, REFUSED, GIVEN), True), ((KNOWN, GIVEN, TAKEN_BACK), False),
    ((KNOWN, NAMED, CLINIC_TAKEN_BACK), False)])
@pytest.mark.parametrize("where", [{"provider": "Klinik VCT Contoh"}, {"provider": "klinik vct contoh, lantai 2"}])
def test_a_name_that_tells_waits_for_the_special_consent(history: tuple[Told, ...], may: bool, where: dict[str, str]) -> None:
    case = case_of(*history)
    assert refused(case, provider_kind="health", provider_answer="accepted", **where) == (None if may else "receiver-tells-too-much")
    assert refused(case, provider="RSUD Contoh", provider_kind="health") is None, "a hospital's name tells nothing"


def test_the_kind_tells_as_much_as_the_name_and_a_consent_to_one_is_none_to_another() -> None:
    assert refused(case_of(KNOWN, REFUSED), provider="RSUD Contoh", provider_kind="vct_clinic") == "receiver-tells-too-much"
    assert refused(case_of(KNOWN, NAMED), provider="Klinik VCT Lain", provider_kind="vct_clinic") == "receiver-tells-too-much"
    assert refused(case_of(KNOWN, NAMED), provider="Klinik VCT Contoh", provider_kind="vct_clinic") is None


def test_care_in_an_emergency_waits_for_no_consent_and_a_correction_is_judged_too() -> None:
    case = case_of(KNOWN, REFUSED)
    assert refused(case, "emergency", emergency_outcome="safe", provider="Klinik VCT Contoh") is None
    found = rules.correction_refusal("referral", case, Submission(values={"provider": "Klinik VCT Contoh"}))
    assert found is not None and found.code == "receiver-tells-too-much"
    assert "VCT" not in found.message() and "HIV" not in found.message() + found.message("en")
