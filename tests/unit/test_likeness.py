"""One person in two spellings is one; two people are two. How much a case looks like whom somebody asks for."""

from __future__ import annotations

from datetime import date

import pytest

from engine import phonetics
from engine.casefile import likeness
from engine.casefile.likeness import Asked


@pytest.mark.parametrize(("one", "other"), [
    ("Soeharto", "Suharto"), ("Djoko Soesilo", "Joko Susilo"), ("Tjahjono", "Cahjono"), ("Sjarifah", "Syarifah"), ("Achmad", "Ahmad"),
    ("Muhammad Rizki", "Moh. Rizqi"), ("Mochamad Rizky", "M Riski"), ("Siti Fatimah", "siti fatima"), ("Annisa", "Anisa"),
    ("Dr. Hj. Noviyanti", "Noviyanti"), ("Aisyah binti Umar", "Aisya Umar"), ("Nur'aini", "Nuraini"), ("Zulkifli", "Sulkifli"),
    ("Novi", "Nofi"), ("Muhamad", "Muhammed"),
])
def test_one_name_in_two_spellings_sounds_the_same(one, other):
    assert phonetics.words(one) == phonetics.words(other) != frozenset()


@pytest.mark.parametrize(("one", "other"), [("Sari", "Sara"), ("Dewi", "Devi Ayu"), ("Budi", "Badu"), ("Maryam", "Muhammad"), ("Rini", "Rina")])
def test_two_names_stay_two(one, other):
    assert phonetics.words(one) != phonetics.words(other)


def test_a_title_or_a_letter_is_no_name():
    assert phonetics.words("Hj. S. dr 123") == frozenset()


def shared(asked: Asked, **identification) -> tuple[int, tuple[str, ...]]:
    wanted = likeness.marks(asked)
    return likeness.score(wanted, wanted & likeness.marks_of({"identification": identification}))


def test_a_number_of_the_identity_card_is_enough_and_a_year_is_not():
    nik = "6171014507950001"
    assert shared(Asked(nik=nik), nik="6171 0145 0795 0001") == (100, ("nik",))
    assert shared(Asked(birth_year="1995"), birth_date=date(1995, 7, 5)) == (20, ("year",)) and likeness.LIKELY > 20
    assert shared(Asked(nik=nik[:-1]), nik=nik[:-1]) == (0, ())


def test_a_name_counts_as_far_as_its_words_sound_the_same():
    asked = Asked(name="Siti Aisyah", phone="+62 812-0000-1111", birth_year="1995")
    assert shared(asked, full_name="Siti Rahma") == (30, ("name",))
    assert shared(asked, full_name="Aisya Siti", safe_contact="0812 0000 1111", birth_date=date(1995, 1, 1)) == (100, ("name", "phone", "year"))
    assert shared(asked, full_name="Dewi") == (0, ())
