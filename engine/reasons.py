"""What counts as a reason where one is asked for: words that somebody can later judge."""

from __future__ import annotations

from typing import Final

from engine.errors import InvalidSubmission

MOST_CHARACTERS: Final = 1000
_FEWEST_WORDS, _FEWEST_WRITTEN, _FEWEST_DIFFERENT = 3, 10, 5


class ReasonWanted(InvalidSubmission):
    """Say why, in a sentence of at least three words that somebody can judge tomorrow."""

    code = "reason-wanted"
    indonesian = "Tuliskan alasannya dalam satu kalimat, sedikitnya tiga kata, yang besok dapat dinilai orang lain."

    def __init__(self) -> None:
        super().__init__({"reason": (self.indonesian, type(self).english())})


def stated(reason: str) -> str:
    """The reason with its spaces tidied. Raises `ReasonWanted` for a dot, a word, or a key held down."""
    text = " ".join(reason.split())
    written = [each for each in text.casefold() if each.isalnum()]   # the number of a decree is a word, too
    letters = {each for each in written if each.isalpha()}
    if (len(text) > MOST_CHARACTERS or len(text.split()) < _FEWEST_WORDS or len(written) < _FEWEST_WRITTEN
            or len(letters) < _FEWEST_DIFFERENT or not text.isprintable()):
        raise ReasonWanted()
    return text
