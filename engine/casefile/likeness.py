"""What of a case file may say that two cases are about one person, and how much each of it says. The weights are proposals of ours."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from engine import phonetics
from engine.types import Value

NIK, NAME, PHONE, YEAR = "nik", "name", "phone", "year"
#: Of a hundred: the same number of the identity card is the same person; a year alone is nobody.
WEIGHTS: Final[Mapping[str, int]] = {NIK: 100, NAME: 60, PHONE: 40, YEAR: 20}
LIKELY: Final = 40
RECORDS: Final = frozenset({"guest_book", "identification"})
_NAMES: Final = ("full_name", "client_name", "nickname")
_PHONES: Final = ("safe_contact", "phone", "client_phone")
_NIK_DIGITS, _PHONE_DIGITS = 16, 7

Mark = tuple[str, str]  #: Kind and plain value; never stored as it is.


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Whom somebody looks for; what is not known is empty."""

    name: str = ""
    nik: str = ""
    phone: str = ""
    birth_year: str = ""


def marks_of(records: Mapping[str, Mapping[str, Value]]) -> frozenset[Mark]:
    """The marks of a case by what its records say of whom it is about."""
    found: set[Mark] = set()
    for values in (records[name] for name in RECORDS & records.keys()):
        born = values.get("birth_date")
        for name in _NAMES:
            found |= marks(Asked(name=_text(values.get(name))))
        for phone in _PHONES:
            found |= marks(Asked(phone=_text(values.get(phone))))
        found |= marks(Asked(nik=_text(values.get("nik")), birth_year=str(born.year) if isinstance(born, date) else ""))
    return frozenset(found)


def marks(asked: Asked) -> frozenset[Mark]:
    """The marks to look for; what is too short to mean anybody is left out."""
    nik, phone, year = (re.sub(r"\D", "", each) for each in (asked.nik, asked.phone, asked.birth_year))
    found = {(NAME, word) for word in phonetics.words(asked.name)}
    if len(nik) == _NIK_DIGITS:
        found.add((NIK, nik))
    phone = re.sub(r"^(?:62|0)", "", phone)
    if len(phone) >= _PHONE_DIGITS:
        found.add((PHONE, phone))
    if len(year) == 4:
        found.add((YEAR, year))
    return frozenset(found)


def score(asked: Collection[Mark], shared: Collection[Mark]) -> tuple[int, tuple[str, ...]]:
    """How alike two are, 0 to 100, and by what. Of a name as much as the part of its words that sound the same."""
    words = sum(kind == NAME for kind, _ in asked)
    total, why = 0.0, []
    for kind, weight in WEIGHTS.items():
        same = sum(each == kind for each, _ in shared)
        if same:
            total += weight * same / words if kind == NAME else weight
            why.append(kind)
    return min(100, round(total)), tuple(why)


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""
