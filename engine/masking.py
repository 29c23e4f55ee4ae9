"""Whose name an answer tells, and what of a case's answers one viewer sees at this moment.

Names are masked for everybody until asked for (screens.md 5.0): whoever works on a case knows whom it is about without a list or an
open screen saying so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from engine import forms
from engine.forms_schema import Field, FieldType
from engine.results import FormField, MaskedPerson
from engine.types import Value

#: Names, and the numbers that stand for one, whatever class a form gives them.
NAMES: Final = frozenset("""full_name nickname client_name reporter_name complainant guardian guardian_name alternative_guardian
    family_member other_party parties with_whom mother_name father_name spouse_name nik family_card_no""".split())

#: Short answers of a restricted class that name nobody of the beneficiary's side: places, offices, numbers, what is to be done.
NOT_NAMES: Final = frozenset("""contact_hours court decision_text family_relation finding goal incident_region police_report_no
    police_unit receiver reporter_relation special_purpose special_receiver success_measure technique victim_region""".split())

_RESTRICTED: Final = frozenset({"C3", "C4"})
#: The records that say whose case it is, and their questions.
IDENTIFYING: Final = ("guest_book", "identification")
_IDENTITY: Final = ("full_name", "client_name")
_UNSAID: Final = ("", "unknown", "not_asked", "declined")


def is_name(field: Field | FormField) -> bool:
    """Whether the answer names a person of the beneficiary's side, or may.

    Every signature does; and a short text of a restricted class does unless the vocabulary knows better: a question that a process
    owner adds is masked, not shown, until somebody says what it asks.
    """
    if field.type == FieldType.SIGNATURE or field.key in NAMES:
        return True
    return field.type == FieldType.TEXT and field.sensitivity in _RESTRICTED and field.key not in NOT_NAMES


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What a viewer sees of a case now: classes, whether names are shown, and single fields (`record.field`) unmasked for a while,
    of the classes `opens`."""

    classes: frozenset[str]
    shows_names: bool = False
    unmasked: frozenset[str] = frozenset()
    opens: frozenset[str] = frozenset()

    def read(self, record: str, fields: Sequence[Field], values: Mapping[str, Value]) -> tuple[FormField, ...]:
        """The answers of `record` as this viewer sees them."""
        seen = forms.read_fields(fields, values, self.classes)
        wider = forms.read_fields(fields, values, self.classes | self.opens) if self.unmasked else seen
        return tuple(
            opened if f"{record}.{field.key}" in self.unmasked else self._without_names(shown)
            for field, shown, opened in zip(fields, seen, wider, strict=True))

    def _without_names(self, field: FormField) -> FormField:
        if self.shows_names or field.masked or field.value in (None, "", []):
            return field
        if is_name(field):
            return replace(field, value=None, masked=True)
        named = {column.key for column in field.fields if is_name(column)}
        if not named or not isinstance(field.value, list | tuple):
            return field
        return replace(
            field, fields=tuple(replace(column, masked=True) if column.key in named else column for column in field.fields),
            value=[{key: value for key, value in row.items() if key not in named} for row in field.value])


def person(records: Mapping[str, Mapping[str, Value]], today: date) -> MaskedPerson | None:
    """The beneficiary as a list may say it; None where nobody wrote a name, sex or age down."""
    found: dict[str, Any] = {}
    for values in records.values():
        found |= {key: value for key, value in values.items() if value not in (None, *_UNSAID)}
    name = name_in(records)
    sex = found.get("sex") if found.get("sex") in ("female", "male") else ""
    age = _age(found.get("birth_date"), today)
    if not name and not sex and age is None:
        return None
    return MaskedPerson(initials=initials(name), sex=str(sex), age=age)


def name_in(records: Mapping[str, Mapping[str, Value]]) -> str:
    """The beneficiary's name as it was written down last; "" where it was not."""
    said = {key: str(values[key]) for values in records.values() for key in _IDENTITY if values.get(key) not in (None, *_UNSAID)}
    return next((said[key] for key in _IDENTITY if key in said), "")


def initials(name: str) -> str:
    """`S*** R***`: always three stars, so that they tell no length; at most three words."""
    return " ".join(f"{word[0].upper()}***" for word in name.split()[:3])


def _age(born: Any, today: date) -> int | None:
    if not isinstance(born, date) or isinstance(born, datetime) or born > today:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
