"""What is taken as a reason: words that somebody can judge, a decree's number among them."""

from __future__ import annotations

import pytest

from engine import reasons


@pytest.mark.parametrize("said", ["Sesuai SK 188.4/101/2026", "Menurut Perda 4/2021", "Keluarga minta dijadwalkan ulang"])
def test_a_sentence_is_a_reason_also_where_a_number_makes_its_length(said: str) -> None:
    assert reasons.stated(f"  {said} ") == said


@pytest.mark.parametrize("said", ["", "ya", "188.4/101/2026 dan 12/2026", "12 34 5678901", "aaaa aaaa aaaa", "asdfghjklqwerty", "a b c d e"])
def test_a_word_a_number_alone_and_a_key_held_down_are_none(said: str) -> None:
    with pytest.raises(reasons.ReasonWanted):
        reasons.stated(said)
