"""How the words of a clause compare with the words of an SOP: white space, letter case and punctuation do not count."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final

from engine import time_words
from engine.date_words import day_in_words
from engine.model import Node
from engine.time_words import PrintedTime

_WORDS: Final = re.compile(r"\w+")
#: The number once more in words, as in "5 (lima) hari kerja".
_IN_WORDS: Final = re.compile(r"(?<=\d)\s*\([^\d()]*\)")


def plain(text: str) -> str:
    """The words of a text in small letters, one space between them; "5 (lima)" is 5."""
    return " ".join(_WORDS.findall(_IN_WORDS.sub(" ", text.casefold())))


def same(one: str, other: str) -> bool:
    """Whether two texts are the same words."""
    return plain(one) == plain(other) != ""


def says(words: str, texts: Iterable[str]) -> bool:
    """Whether one of `texts` says `words` somewhere, as whole words."""
    wanted = plain(words)
    return bool(wanted) and any(f" {wanted} " in f" {plain(text)} " for text in texts)


def says_one_of_the_other(one: str, other: str) -> bool:
    """Whether one of the two says all the other says: an element may carry part of a clause, or a clause part of an element."""
    return says(one, [other]) or says(other, [one])


def named_in(text: str, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """The pairs of `names` whose name stands in the text; a longer name goes before a shorter one that is part of it."""
    left, found = f" {plain(text)} ", []
    for name, code in sorted(names.items(), key=lambda pair: -len(plain(pair[0]))):
        wanted = f" {plain(name)} "
        if wanted.strip() and wanted in left:
            left = left.replace(wanted, "  ")
            found.append((name, code))
    return found


def is_standard(node: Node, wanted: PrintedTime, text: str) -> bool:
    """Whether the time standard on this event is the printed one: its wording, its clock and its length."""
    if node.standard is None or not node.events or not says_one_of_the_other(node.standard.text, text):
        return False
    worded = time_words.read(node.standard.text)
    if node.standard.clock not in wanted.clocks or worded is None or not worded.is_as_long_as(wanted):
        return False
    return node.standard.clock == "same_day" or wanted.is_length(node.events[0].timer_text or "")


def texts_of(value: Any) -> Iterator[str]:
    """Every text in an identity sheet, however deep; dates as a source prints them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, date):
        yield day_in_words(value)
    elif isinstance(value, dict):
        for one in value.values():
            yield from texts_of(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from texts_of(one)
