"""By what the cases of a period are told apart: the dimensions of Simfoni PPA, as far as the agency's own forms ask for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from engine.forms_schema import Form
from engine.types import Text, Value

IDENTIFICATION: Final = "identification"
PLAN: Final = "plan"
RECORDS: Final = (IDENTIFICATION, PLAN, "public_report")
Records = Mapping[str, Mapping[str, Value]]

UNRECORDED: Final = ("", Text("Belum dicatat", "Not recorded"))
#: The age groups of Simfoni PPA: first year of each.
_AGES: Final = ((0, "0-5"), (6, "6-12"), (13, "13-17"), (18, "18-24"), (25, "25-44"), (45, "45-59"), (60, "60+"))
_OLDEST: Final = 130


@dataclass(frozen=True, kw_only=True)
class Question:
    """One dimension. `answers` gives the categories of one case, opened on a day; none: nothing is recorded. `options` are the
    categories in the order shown; None: whatever was written (a place)."""

    key: str
    title: Text
    answers: Callable[[Records, date], Sequence[str]]
    options: Sequence[tuple[str, Text]] | None
    several: bool = False


def asked(forms: Iterable[Form]) -> list[Question]:
    """The dimensions that these forms ask for."""
    known = {(form.record, field.key): field for form in forms for field in form.fields}
    options = {at: [(each.value, each.label) for each in field.options] for at, field in known.items()}
    for (record, key), field in list(known.items()):
        for column in field.fields:
            options[record, f"{key}.{column.key}"] = [(each.value, each.label) for each in column.options]
    found = []
    for question in _CHOICES:
        given = options.get(question.at)
        if given:
            found.append(question.as_question(given))
    has = known.keys()
    if (IDENTIFICATION, "birth_date") in has or (IDENTIFICATION, "age") in has:
        found.insert(min(2, len(found)), Question(
            key="age", title=Text("Kelompok umur", "Age group"), answers=_age, options=[(name, Text(name, name)) for _, name in _AGES]))
    if (IDENTIFICATION, "disability") in has:
        found.append(Question(key="disability", title=Text("Disabilitas", "Disability"), answers=_disability,
                              options=[("yes", Text("Ya", "Yes")), ("no", Text("Tidak", "No"))]))
    if any(at in has for at in _PLACES):
        found.append(Question(key="place", title=Text("Wilayah", "Place"), answers=_place, options=None))
    return found


@dataclass(frozen=True, kw_only=True)
class _Choice:
    """A question whose answers are the options of a field."""

    key: str
    at: tuple[str, str]
    title: Text
    several: bool = False

    def as_question(self, options: Sequence[tuple[str, Text]]) -> Question:
        known = {value for value, _ in options}

        def answers(records: Records, _: date) -> Sequence[str]:
            return [each for each in dict.fromkeys(_given(records, *self.at)) if each in known]

        return Question(key=self.key, title=self.title, answers=answers, options=options, several=self.several)


_CHOICES: Final = (
    _Choice(key="case_type", at=(IDENTIFICATION, "case_type"), title=Text("Jenis kasus", "Type of case")),
    _Choice(key="sex", at=(IDENTIFICATION, "sex"), title=Text("Jenis kelamin", "Sex")),
    _Choice(key="violence", at=(IDENTIFICATION, "violence_forms"), title=Text("Bentuk kekerasan", "Form of violence"), several=True),
    _Choice(key="domain", at=(IDENTIFICATION, "relation_domain"), title=Text("Ranah", "Domain")),
    _Choice(key="relation", at=(IDENTIFICATION, "perpetrator_relation"),
            title=Text("Hubungan terlapor dengan korban", "Relation of the alleged perpetrator")),
    _Choice(key="scene", at=(IDENTIFICATION, "incident_place"), title=Text("Tempat kejadian", "Scene")),
    _Choice(key="service", at=(PLAN, "plan_lines.service_type"), title=Text("Layanan yang direncanakan", "Services planned"),
            several=True),
)
_PLACES: Final = ((IDENTIFICATION, "victim_region"), (IDENTIFICATION, "incident_region"), ("public_report", "report_district"))


def _given(records: Records, record: str, key: str) -> Iterable[str]:
    name, _, column = key.partition(".")
    value: Any = records.get(record, {}).get(name)
    if column:
        value = [row.get(column) for row in value if isinstance(row, Mapping)] if isinstance(value, list | tuple) else []
    return [each for each in (value if isinstance(value, list | tuple) else [value]) if isinstance(each, str)]


def _age(records: Records, on: date) -> Sequence[str]:
    told = records.get(IDENTIFICATION, {})
    born, age = told.get("birth_date"), told.get("age")
    if isinstance(born, date):
        years = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    elif age is not None and not isinstance(age, str | bool):
        years = int(age)
    else:
        return []
    return [name for first, name in _AGES if first <= years][-1:] if 0 <= years <= _OLDEST else []


def _disability(records: Records, _: date) -> Sequence[str]:
    told = records.get(IDENTIFICATION, {}).get("disability")
    return [] if not isinstance(told, bool) else ["yes" if told else "no"]


def _place(records: Records, _: date) -> Sequence[str]:
    """As written, so far as spelling is the same; the first place that is known."""
    told = [records.get(record, {}).get(key) for record, key in _PLACES]
    return [" ".join(each.split()).title()[:80] for each in told if isinstance(each, str) and each.strip()][:1]
