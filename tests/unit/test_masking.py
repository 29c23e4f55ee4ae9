"""Names are masked for everybody, in every form that is shipped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from engine import masking
from engine.forms_schema import Field, FieldType, read_form
from engine.masking import Sight
from engine.types import Text

BPMN = Path(__file__).resolve().parents[2] / "bpmn"
ALL = frozenset({"C0", "C1", "C2", "C3", "C4"})
SOUNDS_LIKE_A_NAME = re.compile(r"nama|name|siapa|\bnik\b|\bwho|person|orang|pihak|\bwali\b|keluarga|family|guardian|pelapor|reporter|"
                                r"terlapor|saksi|witness|oleh|\bby\b|kepada|petugas|officer", re.IGNORECASE)
#: Questions that sound like a person of the beneficiary's side and are not: officers at work, institutions, things, what to do.
OF_OFFICE = frozenset("""accepted_by companion_name consulted_with contact_person coordinated_with delivered_to external_with handed_by
    forward_to handed_to internal_with item_name notified_person on_behalf_of received_by receiving_agency reported_to sent_to shelter_contact
    verified_with witness""".split())
SAID_OF_HER = frozenset("""dual_role_reason excluded_persons family_relation readiness_note reporter_relation restriction_exception
    safe_contact special_data suggestion withhold_from""".split())


def shipped() -> Iterator[tuple[str, Field]]:
    for path in sorted(BPMN.glob("**/forms/*.json")):
        for field in read_form(path.read_bytes(), file=path.name).fields:
            yield from ((path.stem, each) for each in (field, *field.fields))


def asks(key: str, kind: FieldType = FieldType.TEXT, sensitivity: str = "C3", *columns: Field) -> Field:
    return Field(key=key, type=kind, label=Text(key, key), sensitivity=sensitivity, fields=columns)


def test_no_question_for_a_name_escapes() -> None:
    found = list(shipped())
    assert {"full_name", "client_name", "reporter_name", "family_member", "nik", "beneficiary_signature"} <= {
        field.key for _, field in found if masking.is_name(field)}
    escaped = {
        (form, field.key) for form, field in found
        if field.type in (FieldType.TEXT, FieldType.LONGTEXT) and not masking.is_name(field)
        and SOUNDS_LIKE_A_NAME.search(f"{field.key} {field.label.id} {field.label.en}")
        and not (field.key in SAID_OF_HER or (field.key in OF_OFFICE and field.sensitivity in ("C1", "C2")))}
    assert not escaped, "a name, or write down in this test why it is none"


def test_a_new_short_question_of_a_restricted_class_is_masked_until_somebody_says_what_it_asks() -> None:
    assert masking.is_name(asks("nama_tetangga"))
    assert not masking.is_name(asks("nama_tetangga", sensitivity="C1"))
    assert not masking.is_name(asks("police_unit"))
    assert masking.is_name(asks("full_name", sensitivity="C1")), "a name whatever class a form gives it"


def test_names_are_masked_also_in_rows_and_come_back_when_asked_for() -> None:
    fields = (asks("full_name"), asks("goal"), asks("people", FieldType.ROWS, "C3", asks("family_member"), asks("goal")))
    values = {"full_name": "Siti Rahma", "goal": "Pulih", "people": [{"family_member": "Ibu Ani", "goal": "Mendampingi"}]}

    name, goal, people = Sight(classes=ALL).read("identification", fields, values)
    assert (name.value, name.masked) == (None, True)
    assert (goal.value, goal.masked) == ("Pulih", False)
    assert people.value == [{"goal": "Mendampingi"}]
    assert [column.masked for column in people.fields] == [True, False]
    assert "Siti" not in repr((name, goal, people)) and "Ani" not in repr((name, goal, people))

    shown = Sight(classes=ALL, shows_names=True).read("identification", fields, values)
    assert [field.value for field in shown] == list(values.values())


def test_one_field_of_one_record_is_unmasked_and_no_class_beyond_what_may_be_opened() -> None:
    fields = (asks("full_name"), asks("chronology", FieldType.LONGTEXT), asks("hiv", FieldType.BOOLEAN, "C4"))
    values = {"full_name": "Siti Rahma", "chronology": "Panjang", "hiv": True}
    sight = Sight(classes=frozenset({"C0", "C1"}), unmasked=frozenset({"identification.chronology", "identification.hiv"}),
                  opens=frozenset({"C0", "C1", "C2", "C3"}))

    name, chronology, hiv = sight.read("identification", fields, values)
    assert (name.value, name.masked, name.label.en) == (None, True, "Limited field")
    assert (chronology.value, chronology.masked) == ("Panjang", False)
    assert (hiv.value, hiv.masked, hiv.label.en) == (None, True, "Limited field")
    assert all(field.masked for field in sight.read("assessment", fields, values)), "another record was not asked for"


@pytest.mark.parametrize(("name", "initials"), [
    ("Siti Rahma", "S*** R***"), ("siti", "S***"), ("", ""), ("A B C D E", "A*** B*** C***"), ("  Åsa  ", "Å***")])
def test_initials_tell_no_length(name: str, initials: str) -> None:
    assert masking.initials(name) == initials


def test_a_list_says_initials_sex_and_age() -> None:
    today = date(2026, 11, 22)
    said = {"identification": {"full_name": "Siti Rahma", "sex": "female", "birth_date": date(2012, 11, 23), "nik": "3271"}}
    person = masking.person(said, today)
    assert person is not None
    assert (person.initials, person.sex, person.age) == ("S*** R***", "female", 13), "her birthday is tomorrow"
    assert masking.person({"identification": {"risk": "high", "birth_date": "not_asked", "sex": "unknown"}}, today) is None
    assert masking.person({"identification": {"full_name": "declined", "age": Decimal(3)}}, today) is None
