"""A condition in the words of the forms that answer it; one that does more than compare answers, as it is written."""

from __future__ import annotations

import re
from typing import Final

from engine.definitions import Definition
from engine.forms_schema import Field
from engine.types import Text

_COMPARISON: Final = re.compile(r'(\w+)\s*(!?=)\s*(?:"([^"]*)"|(true|false))')
_JOINT: Final = re.compile(r"\s+(and|or)\s+")
_JOINTS: Final = {"and": Text("dan", "and"), "or": Text("atau", "or")}
_ANSWERS: Final = {"true": Text("ya", "yes"), "false": Text("tidak", "no")}


def in_words(definition: Definition, feel: str) -> Text:
    """The condition as people say it: labels of fields and of choices instead of keys."""
    parts = _JOINT.split(feel.strip())   # comparisons, with a joint between each two
    said = [_JOINTS.get(part) if number % 2 else _compared(definition, part) for number, part in enumerate(parts)]
    if any(one is None for one in said):
        return Text(feel, feel)
    return Text(" ".join(one.id for one in said if one), " ".join(one.en for one in said if one))


def label(definition: Definition, key: str) -> Text | None:
    """What the form that asks for an answer calls it."""
    asked = _asked(definition, key)
    return asked.label if asked is not None else None


def _compared(definition: Definition, part: str) -> Text | None:
    read = _COMPARISON.fullmatch(part)
    asked = _asked(definition, read[1]) if read is not None else None
    if read is None or asked is None:
        return None
    is_it = read[2] == "="
    value = _ANSWERS[read[4]] if read[4] else next((one.label for one in asked.options if one.value == read[3]), Text(read[3], read[3]))
    return Text(f"“{asked.label.id}” {'adalah' if is_it else 'bukan'} “{value.id}”",
                f"“{asked.label.en}” {'is' if is_it else 'is not'} “{value.en}”")


def _asked(definition: Definition, key: str) -> Field | None:
    return next((found for form in definition.forms.values() if (found := form.field(key)) is not None and found.steering), None)
