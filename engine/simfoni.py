"""What Simfoni PPA asks of a case (domain.md 3.6), answered with what the case's own forms asked; nothing is asked anew or inferred."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from engine import authorization, case_parts
from engine.case_parts import Known
from engine.casefile import kept
from engine.results import FormField, Part, RecordView, ServiceLine, SimfoniPart, SimfoniSheet
from engine.simfoni_results import FILED, FILED_KEYS
from engine.types import Text, Value

IDENTIFICATION: Final = "identification"
REPORT: Final = "provider_report"
#: Which service, and when: who gave it, and what came of it, are not Simfoni's to know; a clinic's name alone may tell too much.
_LINE_KEYS: Final = ("service_type",)
_REPORT_KEYS: Final = ("services_given", "service_from", "service_to")


@dataclass(frozen=True)
class _Asked:
    """One thing that Simfoni asks: its name, and the questions of our forms that answer it."""

    name: Text
    keys: tuple[str, ...]


_PARTS: Final[tuple[tuple[str, Text, tuple[_Asked, ...]], ...]] = (
    ("victim", Text("Korban", "Victim"), (
        _Asked(Text("nama", "name"), ("full_name", "nik")),
        _Asked(Text("jenis kelamin", "sex"), ("sex",)),
        _Asked(Text("umur", "age"), ("birth_date", "birth_date_is_estimate", "age", "is_child")),
        _Asked(Text("domisili", "domicile"), ("address_domicile", "victim_region")),
        _Asked(Text("disabilitas", "disability"), ("disability", "communication_needs")),
        _Asked(Text("pendidikan", "education"), ("education",)),
        _Asked(Text("pekerjaan", "occupation"), ("occupation",)),
        _Asked(Text("status perkawinan", "marital status"), ("marital_status",)))),
    ("perpetrator", Text("Terlapor", "Alleged perpetrator"), (
        _Asked(Text("hubungan dengan korban", "relation to the victim"), ("perpetrator_relation",)),
        _Asked(Text("jenis kelamin", "sex"), ("perpetrator_sex",)),
        _Asked(Text("umur", "age"), ("perpetrator_age",)))),
    ("place", Text("Waktu dan tempat kejadian", "Time and place"), (
        _Asked(Text("waktu kejadian", "time"), ("incident_at",)),
        _Asked(Text("tempat kejadian", "scene"), ("incident_place",)),
        _Asked(Text("wilayah kejadian", "region"), ("incident_region",)))),
    ("case", Text("Kasus", "Case"), (
        _Asked(Text("jenis kasus", "type of case"), ("case_type",)),
        _Asked(Text("bentuk kekerasan", "forms of violence"), ("violence_forms",)),
        _Asked(Text("ranah", "domain"), ("relation_domain",)),
        _Asked(Text("kronologi", "chronology"), ("chronology",)))),
    ("reporter", Text("Pelapor", "Reporter"), (
        _Asked(Text("pelapor", "reporter"), ("reporter_is_victim", "reporter_name", "reporter_relation")),)),
)


def sheet(of: Known) -> SimfoniSheet:
    """The case as it is entered, cut to what the viewer sees of it: who enters it, all that Simfoni asks up to C3."""
    about, actor = of.about, of.context.actor
    may_enter = authorization.allows(actor, "case.simfoni", about)
    seen = replace(of, sight=replace(
        of.sight, classes=authorization.simfoni_sensitivity(actor, about),
        shows_names=of.sight.shows_names or (may_enter and about.names_shown)))
    services = case_parts.services(seen)
    told = {each.record: each for each in case_parts.records(seen, Part.OVERVIEW)}   # the latest of each
    return SimfoniSheet(
        parts=tuple(_part(seen, *each) for each in _PARTS), services=tuple(map(_line, services.lines)),
        reports=tuple(_cut(each, _REPORT_KEYS) for each in services.records if each.record == REPORT),
        filed=tuple(_cut(told[record], FILED_KEYS) for record in FILED if record in told),
        may_enter=may_enter)


def _part(of: Known, key: str, title: Text, asked: tuple[_Asked, ...]) -> SimfoniPart:
    questions = of.asked(IDENTIFICATION)
    told: Mapping[str, Value] = {}
    if of.row.wrapped_key is not None:
        told = kept.case_file(of.context, of.row.id, of.key).record(IDENTIFICATION)
    fields = [questions[each] for one in asked for each in one.keys if each in questions]
    return SimfoniPart(
        key=key, title=title, fields=of.sight.read(IDENTIFICATION, fields, told),
        unasked=tuple(one.name for one in asked if not any(each in questions for each in one.keys)))


def _line(of: ServiceLine) -> ServiceLine:
    return replace(of, line=replace(of.line, fields=_only(of.line.fields, _LINE_KEYS)), open_tasks=(),
                   records=tuple(_cut(each, _REPORT_KEYS) for each in of.records if each.record == REPORT))


def _cut(record: RecordView, keys: tuple[str, ...]) -> RecordView:
    return replace(record, fields=_only(record.fields, keys))


def _only(fields: tuple[FormField, ...], keys: tuple[str, ...]) -> tuple[FormField, ...]:
    return tuple(field for field in fields if field.key in keys)
