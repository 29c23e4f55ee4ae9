"""Kalbar's letters say what their receiver needs, and nothing that is none of the receiver's business.

What a letter keeps to itself is shown by changing it: two letters whose secret differs are the same bytes.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.render import typst

DOCUMENTS = Path(__file__).parents[2] / "bpmn" / "kalbar" / "pengelolaan-kasus" / "documents"
NAMES = ("surat-rujukan", "berita-acara-penyerahan", "resume-kasus")
Change = Callable[[dict[str, Any]], None]


def letter(name: str, *changes: Change) -> bytes:
    data = copy.deepcopy(json.loads((DOCUMENTS / f"{name}.sample.json").read_text("utf-8")))
    for change in changes:
        change(data)
    return typst.pdf((DOCUMENTS / f"{name}.typ").read_bytes(), data, accessible=True)


def answer(record: str, key: str, value: object) -> Change:
    """The answer to one question, as data and in words alike."""

    def change(data: dict[str, Any]) -> None:
        for side in ("records", "words"):
            data[side].setdefault(record, {})[key] = value

    return change


@pytest.mark.parametrize("name", NAMES)
def test_a_letter_is_set_accessibly_from_its_sample_and_from_an_empty_file(name: str) -> None:
    def empty(data: dict[str, Any]) -> None:
        data |= {"records": {}, "words": {}, "line": None, "agency": {**data["agency"], "letterhead": {}}}

    assert letter(name).startswith(b"%PDF")
    assert letter(name, empty).startswith(b"%PDF")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("field", ["full_name", "nik", "safe_contact", "address_domicile", "reporter_name", "hiv"])
def test_no_letter_says_who_she_is(name: str, field: str) -> None:
    assert letter(name, answer("identification", field, "RAHASIA")) == letter(name)


@pytest.mark.parametrize("name", NAMES)
def test_every_letter_carries_her_code(name: str) -> None:
    assert letter(name, answer("identification", "alias_code", "KLB-K-99")) != letter(name)


@pytest.mark.parametrize(("receiver", "says"), [
    ("police", True), ("legal_aid", True),                                              # they need the story
    ("health", False), ("shelter", False), ("social", False), ("school_village", False), ("other", False),
])
def test_only_police_and_legal_aid_read_what_happened(receiver: str, says: bool) -> None:
    to = answer("referral", "provider_kind", receiver)
    assert (letter("surat-rujukan", to) != letter("surat-rujukan", to, answer("identification", "chronology", "LAIN"))) is says


@pytest.mark.parametrize("receiver", ["health", "police", "legal_aid", "shelter", "social", "school_village", "other"])
def test_special_health_needs_go_to_health_services_only(receiver: str) -> None:
    to = answer("referral", "provider_kind", receiver)
    told = answer("referral", "special_needs_told", ["disability", "health"])
    untold = answer("referral", "special_needs_told", ["disability"])
    assert (letter("surat-rujukan", to, told) != letter("surat-rujukan", to, untold)) is (receiver == "health")


def test_a_school_is_told_neither_reason_nor_injuries() -> None:
    to = answer("referral", "provider_kind", "school_village")
    assert letter("surat-rujukan", to, answer("referral", "coordination_note", "LAIN")) == letter("surat-rujukan", to)
    assert letter("surat-rujukan", to, answer("identification", "assessment_physical", "LAIN")) == letter("surat-rujukan", to)


def test_a_letter_claims_consent_only_where_it_was_given() -> None:
    other_basis = answer("identification", "consent_status", "other_basis")
    assert letter("surat-rujukan", other_basis) != letter("surat-rujukan")


def test_a_referral_letter_speaks_of_its_own_line_only() -> None:
    def two_lines(goal: str) -> Change:
        def change(data: dict[str, Any]) -> None:
            for side in ("records", "words"):
                data[side]["identification"]["plan_lines"].append({"line_no": 2, "service_type": "legal_support", "goal": goal})

        return change

    assert letter("surat-rujukan", two_lines("A")) == letter("surat-rujukan", two_lines("B")) == letter("surat-rujukan")


def test_a_revised_plan_replaces_the_first_one() -> None:
    revised = answer("plan", "plan_lines", [{"line_no": 1, "service_type": "Layanan kesehatan", "goal": "Tujuan baru"}])
    assert letter("surat-rujukan", revised, answer("identification", "plan_lines", [])) == letter("surat-rujukan", revised)
