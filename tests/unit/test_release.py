"""What may leave the agency (domain.md D12): by receiver, by consent, by legal ground. What is written here is D12's own table,
by hand; the canaries run through every field of every form that ships.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.casefile import release
from engine.casefile.release import Addressee, NotReleased, Receiver, Said, released
from engine.casefile.release_consent import coverage
from engine.casefile.release_fields import Data
from engine.decisions import read_decisions
from engine.forms_schema import Field, FieldType, read_form

DAY = date(2026, 11, 12)
ROOT = Path(__file__).resolve().parents[2] / "bpmn"
PARTNERS = [Receiver.HEALTH, Receiver.POLICE, Receiver.LEGAL_AID, Receiver.SHELTER, Receiver.SOCIAL, Receiver.SCHOOL_VILLAGE,
            Receiver.CONFERENCE, Receiver.AGENCY, Receiver.OTHER]
#: Of D12, by hand: an answer, and who may read it with her consent. Who is not named may not.
TABLE: Mapping[str, frozenset[str]] = {
    "full_name": frozenset({"health", "police"}),
    "address_domicile": frozenset({"health", "police"}),
    "phone": frozenset({"police"}),
    "chronology": frozenset({"police", "legal_aid"}),
    "violence_forms": frozenset({"police"}),
    "perpetrator_relation": frozenset({"police"}),
    "incident_at": frozenset({"police"}),
    "assessment_physical": frozenset({"health"}),
    "medical_history": frozenset({"health"}),
    "assessment_psychological": frozenset(),
    "needs": frozenset({"health", "shelter", "social", "conference", "agency"}),
    "risk": frozenset({"shelter", "agency"}),
    "dependants": frozenset({"shelter", "social", "agency"}),
    "police_report_no": frozenset({"police"}),
    "documents_chosen": frozenset({"legal_aid"}),
    "decisions": frozenset({"conference"}),
    "safe_contact": frozenset(),
    "shelter_address": frozenset(),
    "reporter_name": frozenset(),
    "withhold_from": frozenset(),
    "a_field_nobody_knows": frozenset(),
    "alias_code": frozenset(kind.value for kind in PARTNERS),
    "service_type": frozenset(kind.value for kind in PARTNERS) - {"conference"},
}


def plan(provider: str = "RSUD Contoh", *, line: int = 1) -> Said:
    return Said(record="plan", values={"plan_lines": [{"line_no": Decimal(line), "provider": provider}]})


def said(record: str = "consent", line_no: str | None = None, **values: Any) -> Said:
    return Said(record=record, values=values, line_no=line_no)


def to(kind: str | Receiver = "health", name: str = "RSUD Contoh", line: str | None = "1") -> Addressee:
    return Addressee(kind=Receiver(kind), name=name, line_no=line)


def may(addressee: Addressee, *statements: Said, on: date = DAY) -> bool:
    return coverage(addressee, statements, on=on).allows


def agreed(kind: str | Receiver) -> tuple[Said, ...]:
    """A consent that names this kind of receiver."""
    return (said(consent_status="given", receivers=[str(kind)]),)


# --- D12, receiver by receiver -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", PARTNERS)
@pytest.mark.parametrize("answer", sorted(TABLE))
def test_a_receiver_reads_what_d12_gives_it_and_nothing_else(kind: Receiver, answer: str) -> None:
    answers = {"identification": {name: f"canary {name}" for name in TABLE}}
    told = released("F10", to(kind), answers, agreed(kind), on=DAY).get("identification", {})
    assert (answer in told) is (kind.value in TABLE[answer])


def test_hiv_reaches_health_only_under_its_own_consent_naming_that_clinic() -> None:
    answers = {"identification": {"hiv": True, "alias_code": "K-1"}, "hiv_consent": {"special_data": "hasil"},
               "referral": {"special_needs_told": ["disability", "hiv", "health"]}}
    own = said("hiv_consent", special_consent="given", special_receiver="Klinik VCT Contoh")

    def told(kind: str, name: str, *more: Said) -> tuple[bool, Any]:
        found = released("F10", to(kind, name), answers, (said(consent_status="given", receivers=["health", "police"]), *more), on=DAY)
        return "special_data" in found.get("hiv_consent", {}) and "hiv" in found.get("identification", {}), found.get("referral", {})

    assert told("health", "Klinik VCT Contoh", own)[0]
    assert not told("health", "Klinik VCT Contoh")[0]
    assert not told("health", "RSUD Lain", own)[0]
    assert not told("police", "Klinik VCT Contoh", own)[0]
    assert not told("health", "Klinik VCT Contoh", own, said("hiv_consent", special_consent="refused"))[0]
    assert not told("health", "Klinik VCT Contoh", said("hiv_consent", special_consent="given"))[0], "it names nobody"
    assert told("health", "RSUD Lain", own)[1]["special_needs_told"] == ["disability", "health"]
    assert told("police", "Polres", own)[1] == {}


@pytest.mark.parametrize("word", ["HIV positif", "riwayat odha", "klinik VCT", "obat ARV"])
def test_a_text_that_speaks_of_hiv_goes_to_nobody_who_may_not_know(word: str) -> None:
    answers = {"referral": {"coordination_note": f"Perlu pendampingan, {word}.", "provider": "RSUD Contoh"}}
    for kind in ("health", "police", "shelter"):
        assert "coordination_note" not in released("F10", to(kind), answers, agreed(kind), on=DAY)["referral"]


def test_a_text_repeats_neither_her_name_nor_a_hidden_place() -> None:
    answers = {
        "identification": {"full_name": "Ani Contoh", "nik": "1234567890123456", "alias_code": "K-7", "reporter_name": "Budi Contoh"},
        "shelter": {"shelter_address": "Jalan Sunyi 9"},
        "referral": {"coordination_note": "ANI CONTOH (1234567890123456), dilaporkan Budi Contoh, tinggal di Jalan Sunyi 9."}}
    told = released("F10", to("health"), answers, agreed("health"), on=DAY)
    assert told["identification"]["full_name"] == "Ani Contoh", "who may know her name reads it in its place, and nowhere else"
    note = told["referral"]["coordination_note"]
    assert note == released("F10", to("legal_aid"), answers, agreed("legal_aid"), on=DAY)["referral"]["coordination_note"]
    assert note == "K-7 (K-7), dilaporkan (dirahasiakan), tinggal di (dirahasiakan)."
    beside = released("F10", to("legal_aid"), {"referral": answers["referral"]}, agreed("legal_aid"), on=DAY, beside=answers)
    assert beside["referral"]["coordination_note"] == note, "also where the secret stands in another form"


def test_an_officer_may_be_called_as_she_is() -> None:
    answers = {"identification": {"nickname": "Ani", "alias_code": "K-7"}, "handover": {"handed_by": "Ani Contoh, Pendamping PPA"},
               "referral": {"coordination_note": "Ani menunggu."}}
    told = released("F12", to(), answers, agreed("health"), on=DAY)
    assert (told["handover"]["handed_by"], told["referral"]["coordination_note"]) == ("Ani Contoh, Pendamping PPA", "K-7 menunggu.")


def test_a_letter_about_one_line_says_nothing_of_the_others() -> None:
    answers = {"plan": {"plan_lines": [{"line_no": Decimal(1), "goal": "A"}, {"line_no": Decimal(2), "goal": "B"}]}}
    assert released("F10", to(), answers, agreed("health"), on=DAY)["plan"]["plan_lines"] == [{"line_no": Decimal(1), "goal": "A"}]
    whole = released("F11", to("agency", line=None), answers, agreed("agency"), on=DAY)
    assert len(whole["plan"]["plan_lines"]) == 2


def test_special_circumstances_take_more_away() -> None:
    answers = {"identification": {"address_domicile": "Jalan Contoh", "guardian_name": "Wali", "full_name": "Ani Contoh"}}

    def told(**flag: bool) -> set[str]:
        found = released("F10", to(), {**answers, "flags": dict(flag)}, agreed("health"), on=DAY)
        return set(found["identification"])

    assert told() == {"address_domicile", "guardian_name", "full_name"}
    assert told(conflict_situation=True) == {"guardian_name", "full_name"}
    assert told(guardian_is_alleged_perpetrator=True) == {"address_domicile", "full_name"}


#: The words of the decision table D12 (`may_leave`) for kinds of data.
WORDS = {"identity": Data.IDENTITY, "injuries": Data.HEALTH, "history": Data.HEALTH, "special_needs": Data.NEEDS, "hiv": Data.HIV,
         "facts": Data.FACTS, "contact": Data.CONTACT, "chronology": Data.STORY, "chosen_documents": Data.CHOSEN, "risk": Data.RISK,
         "needs": Data.NEEDS, "children": Data.CHILDREN, "actions": Data.ACTIONS, "aggregates": Data.PUBLIC, "alias": Data.LETTER,
         "minimum": Data.SERVICE}


@pytest.mark.parametrize("kind", ["health", "police", "legal_aid", "shelter", "school_village", "conference", "public"])
def test_the_decision_table_d12_and_the_engine_say_the_same(kind: str) -> None:
    table = read_decisions((ROOT / "common" / "keputusan" / "d12-data-keluar.dmn").read_bytes())
    found = table.evaluate("may_leave", {"receiver_kind": kind, "hiv_consent_given": True, "asked_in_law": False, "consent_given": True},
                           now=datetime(2026, 11, 12, tzinfo=UTC))
    assert isinstance(found.value, list) and found.value
    in_table = {WORDS[str(word)] for word in found.value}
    implied = {Data.STORY} if Data.FACTS in in_table else set()
    assert in_table <= release.PERMITTED[Receiver(kind)]
    assert release.PERMITTED[Receiver(kind)] & set(WORDS.values()) - {Data.LETTER, Data.SERVICE} <= in_table | implied


# --- consent -----------------------------------------------------------------------------------------------------


CONSENT_WORDS = frozenset({
    "plan_lines", "consent_status", "line_consent", "line_consents", "receivers", "providers", "withhold_from", "data_categories",
    "valid_until", "child_assent", "other_basis", "special_receiver", "special_consent", "withdrawn_lines", "withdrawn_receivers",
    "receiver", "consent_kind", "explained_limits"})
ODD = st.recursive(
    st.none() | st.booleans() | st.decimals(allow_nan=False, allow_infinity=False) | st.dates() | st.sampled_from([
        "given", "refused", "all", "health", "school_village", "SD Contoh", "RSUD Contoh, SD Contoh", "vital_interest", "legal_duty", "service"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["line_no", "line_decision", "receiver", "provider"]), inner, max_size=3), max_leaves=6)


@pytest.mark.parametrize(("statements", "covered"), [
    ((), False),
    ((said(consent_status="given"),), False),                                                   # it names nobody
    ((plan(), said(consent_status="given")), True),                                             # whom the plan named
    ((plan("RSUD Lain"), said(consent_status="given")), False),
    ((said(consent_status="given"), plan()), False),                                            # named only afterwards
    ((said(consent_status="given", receivers=["health"]),), True),
    ((said(consent_status="given", receivers=["police"]),), False),
    ((said(consent_status="given", providers="rsud  CONTOH, LBH B"),), True),
    ((said(consent_status="given", providers="RSUD Lain", receivers=["health"]),), False),      # a name says it more closely
    ((said(consent_status="given", providers="RSUD"),), False),                                 # a name half given is none
    ((said(consent_status="refused", receivers=["health"]),), False),
    ((said(consent_status="not_yet", receivers=["health"]),), False),
    ((said(line_no="1", line_consent="given", receivers=["health"]),), True),
    ((said(line_no="2", line_consent="given", receivers=["health"]),), False),
    ((said(receivers=["health"], line_consents=[{"line_no": Decimal(1), "line_decision": "given"}]),), True),
    ((said(receivers=["health"], line_consents=[{"line_no": Decimal(2), "line_decision": "given"}]),), False),
    ((plan(line=2), said(consent_status="given", receivers=["health"])), False),                # the line is newer than the consent
    ((said(consent_status="given", receivers=["health"], explained_limits=False),), False),
    ((said(consent_status="given", receivers=["health"], child_assent="refused"),), False),
    ((said(consent_status="given", receivers=["health"], valid_until=date(2026, 11, 11)),), False),
    ((said(consent_status="given", receivers=["health"], valid_until=DAY),), True),
    ((said(consent_status="given", receivers=["health"], withhold_from="RSUD Contoh dan suami"),), False),
    ((said(consent_status="given", receivers=["health"], withhold_from="rumah sakit mana pun"),), False),
    ((said(consent_status="given", receivers=["health"], withhold_from="keluarga suami"),), True),
    ((said(consent_status="given", consent_kind="mediation", receivers=["health"]),), False),
    ((*agreed("health"), said(consent_status="refused")), False),                               # the later word counts
    ((said(consent_status="refused"), *agreed("health")), True),
    ((*agreed("health"), said(line_no="1", line_consent="refused")), False),
    ((*agreed("health"), said(line_no="2", line_consent="refused")), True),
    ((plan(), said(consent_status="given"), said(line_no="1", line_consent="refused", providers="Klinik B")), True),
    ((*agreed("health"), said("withdrawal", withdrawal_scope="all")), False),
    ((*agreed("health"), said("withdrawal", receiver="RSUD Contoh")), False),
    ((*agreed("health"), said("withdrawal", receiver="LBH B")), True),
    ((*agreed("health"), said("withdrawal", withdrawn_receivers=["health"])), False),
    ((*agreed("health"), said("withdrawal", withdrawn_receivers=["police"])), True),
    ((plan(), *agreed("health"), said("withdrawal", withdrawn_lines=[{"line_no": Decimal(1)}])), False),
    ((plan(), plan(line=2), *agreed("health"), said("withdrawal", withdrawn_lines=[{"line_no": Decimal(2)}])), True),
    ((*agreed("health"), said("withdrawal", withdrawal_scope="all"), *agreed("health")), True),  # agreed anew
])
def test_a_consent_covers_whom_it_names_for_as_long_as_it_stands(statements: tuple[Said, ...], covered: bool) -> None:
    assert may(to(), *statements) is covered


@given(st.lists(st.tuples(
    st.sampled_from(["consent", "plan", "withdrawal", "hiv_consent", "identification"]),
    st.dictionaries(st.sampled_from(sorted(CONSENT_WORDS)), ODD, max_size=5)), max_size=5))
def test_whatever_was_said_is_understood_or_passed_over(statements: list[tuple[str, dict[str, Any]]]) -> None:
    """An agency's own form may ask in any shape; a question of consent never fails, and never opens what nobody named."""
    found = coverage(to("school_village", "SD Contoh"), [Said(record=record, values=values) for record, values in statements], on=DAY)
    assert not found.allows or any("school_village" in str(values) or "SD Contoh" in str(values) for _, values in statements)


def test_a_consent_may_name_the_data_too() -> None:
    answers = {"identification": {"alias_code": "K", "full_name": "Ani Contoh", "needs": "rawat", "assessment_physical": "luka"},
               "plan": {"plan_lines": [{"line_no": Decimal(1), "service_type": "health_support"}]}}
    limited = said(consent_status="given", receivers=["health"], data_categories=["health"])
    told = released("F10", to(), answers, (limited,), on=DAY)
    assert set(told["identification"]) == {"alias_code", "assessment_physical"}
    assert told["plan"]["plan_lines"] == [{"line_no": Decimal(1), "service_type": "health_support"}]


@pytest.mark.parametrize(("ground", "kind", "covered"), [
    ("vital_interest", "health", True), ("vital_interest", "police", True), ("vital_interest", "school_village", False),
    ("vital_interest", "conference", False), ("vital_interest", "other", False), ("vital_interest", "legal_aid", False),
    ("legal_duty", "police", True), ("legal_duty", "health", False), ("public_service", "health", False), ("public_service", "police", False),
])
def test_a_recorded_legal_ground_stands_in_for_consent_where_the_law_says_so(ground: str, kind: str, covered: bool) -> None:
    statement = said(consent_status="other_basis", other_basis=ground)
    assert may(to(kind), statement) is covered
    if covered:
        told = released("F10", to(kind), {"identification": {"hiv": True, "alias_code": "K"}}, (statement,), on=DAY)
        assert told == {"identification": {"alias_code": "K"}}, "never HIV without its own consent"


def test_her_refusal_ends_a_vital_interest_and_not_a_legal_duty() -> None:
    vital, duty, refusal = (said(other_basis="vital_interest"), said(other_basis="legal_duty"), said(consent_status="refused"))
    assert not may(to("health"), vital, refusal)
    assert may(to("police"), duty, refusal)
    assert may(to("health"), refusal, vital)


def test_the_police_report_needs_no_consent_where_the_law_demands_it() -> None:
    answers = {"identification": {"chronology": "x", "assessment_psychological": "y", "full_name": "Ani Contoh"}}
    told = released("F23", to("police", line=None), answers, (said(consent_status="refused"),), {"is_tpks"}, on=DAY)
    assert set(told["identification"]) == {"chronology", "full_name"}
    with pytest.raises(NotReleased):
        released("F23", to("police", line=None), answers, (), on=DAY)


@pytest.mark.parametrize("code", ["F10", "F11", "F12", "F23", "S99"])
@pytest.mark.parametrize("kind", PARTNERS)
def test_without_consent_no_letter_that_is_about_her(code: str, kind: Receiver) -> None:
    with pytest.raises(NotReleased) as refused:
        released(code, to(kind), {"identification": {"alias_code": "K"}}, (), on=DAY)
    assert refused.value.code == "consent-missing" and "K" not in refused.value.message()


def test_minutes_of_a_transfer_go_where_the_transfer_goes() -> None:
    answers = {"handover": {"handover_kind": "transfer"}, "transfer": {"receiving_agency": "UPTD B"},
               "referral": {"provider_kind": "school_village", "provider": "SD"}}
    outward = release.outward_of("F12", answers)
    assert outward is not None
    assert release.addressee_of(answers, outward.receiver, outward.name) == Addressee(kind=Receiver.AGENCY, name="UPTD B")
    assert release.outward_of("F13", answers) is None


# --- canaries: every field of every form that ships --------------------------------------------------------------


def shipped() -> Iterator[tuple[str, Field]]:
    for path in sorted(ROOT.glob("*/*/forms/*.json")):
        form = read_form(path.read_bytes(), file=path.name)
        for field in form.fields:
            yield form.record or form.key, field


def canary(record: str, field: Field) -> Any:
    token = f"canary/{record}/{field.key}"
    if field.type is FieldType.ROWS:
        return [{column.key: f"{token}/{column.key}" for column in field.fields if column.key != "line_no"}]
    return [token] if field.type is FieldType.CHOICES else token


CONSENTS: Mapping[str, tuple[Said, ...]] = {
    "none": (),
    "refused": (said(consent_status="refused"),),
    "withdrawn": (said(consent_status="given", receivers=[kind.value for kind in PARTNERS]), said("withdrawal", withdrawal_scope="all")),
    "someone else": (said(consent_status="given", providers="Orang Lain"),),
    "all": (said(consent_status="given", receivers=[kind.value for kind in PARTNERS]),),
    "needs only": (said(consent_status="given", receivers=[kind.value for kind in PARTNERS], data_categories=["needs"]),),
    "vital": (said(other_basis="vital_interest"),),
    "all and hiv": (said(consent_status="given", receivers=[kind.value for kind in PARTNERS]),
                    said("hiv_consent", special_consent="given", special_receiver="RSUD Contoh")),
}
#: Never outside, whoever asks and whatever was agreed.
NEVER = ("psych", "safe_contact", "shelter_address", "reporter_", "withhold_from", "session_note", "process_note", "excluded_persons")
#: Words of fields that only these receivers may see the content of.
ONLY: Mapping[str, frozenset[Receiver]] = {
    "chronology": frozenset({Receiver.POLICE, Receiver.LEGAL_AID}),
    "violence_forms": frozenset({Receiver.POLICE}),
    "perpetrator_": frozenset({Receiver.POLICE}),
    "incident_": frozenset({Receiver.POLICE}),
    "full_name": frozenset({Receiver.HEALTH, Receiver.POLICE}),
    "/nik": frozenset({Receiver.HEALTH, Receiver.POLICE}),
    "assessment_physical": frozenset({Receiver.HEALTH}),
    "risk_items": frozenset({Receiver.SHELTER, Receiver.AGENCY}),
    "special_data": frozenset({Receiver.HEALTH}),
    "/hiv": frozenset({Receiver.HEALTH}),
}


def test_no_field_of_any_form_reaches_a_receiver_outside_d12_and_the_consent() -> None:
    answers: dict[str, dict[str, Any]] = {}
    for record, field in shipped():
        answers.setdefault(record, {})[field.key] = canary(record, field)
    assert sum(map(len, answers.values())) > 300, "the forms that ship"
    looked_at = 0
    flags = [frozenset(chosen) for count in range(3) for chosen in itertools.combinations(
        ("conflict_situation", "guardian_is_alleged_perpetrator", "is_tpks", "hiv"), count)]
    for kind, (name, statements), raised, code in itertools.product(Receiver, CONSENTS.items(), flags, ("F10", "F11", "F23", "F09", "F24")):
        try:
            told = json.dumps(released(code, to(kind), answers, statements, raised, on=DAY))
        except NotReleased:
            assert name in ("none", "refused", "withdrawn", "someone else", "vital") and kind in PARTNERS
            continue
        looked_at += 1
        assert not [word for word in NEVER if word in told], (kind, name)
        assert not [word for word, receivers in ONLY.items() if word in told and kind not in receivers], (kind, name)
        if name != "all and hiv" or kind is not Receiver.HEALTH:
            assert "special_data" not in told and "/hiv" not in told, (kind, name)
        if kind in (Receiver.SCHOOL_VILLAGE, Receiver.OTHER):
            assert "/needs" not in told and "goal" not in told and "coordination_note" not in told
        if name in ("none", "refused", "withdrawn", "someone else") and kind in PARTNERS and not (code == "F23" and "is_tpks" in raised):
            assert not [word for word in ("/sex", "needs", "service_type", "goal", "plan_goals", "is_child") if word in told], (kind, name)
        if "conflict_situation" in raised:
            assert "address_domicile" not in told
        if "guardian_is_alleged_perpetrator" in raised:
            assert "guardian_name" not in told
    assert looked_at > 1000


def test_what_is_reported_to_the_police_as_sexual_violence_is_suspected_to_be_it() -> None:
    assert release.flags_of({"police_report": {"police_route": "report"}}) == {"is_tpks"}
    assert release.flags_of({"police_report": {"police_route": "legal_review"}}) == frozenset()
