"""The parameters of an agency as its people read and set them: a number with a unit, a role, yes or no (domain.md 2.4).

What is written in words only (a channel, a list of papers) and what guards consent is no parameter that is set here: the first steers
nothing, the second is changed with its SOP, where the data protection officer decides too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from engine import durations, proposals
from engine.authorization import ABSTRACT_ROLES, KNOWN_ROLES, OVERSIGHT
from engine.errors import EngineError
from engine.table_results import Amount, ParameterDetail, ParameterKind
from engine.types import Text

MOST = 1000                 # of any unit: three years of days


class Unit(StrEnum):
    """What a number of time counts."""

    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    MONTHS = "months"
    TIMES = ""              #: a plain number, or what its own words say it counts


_WRITTEN: Final = {Unit.MINUTES: "PT{}M", Unit.HOURS: "PT{}H", Unit.DAYS: "P{}D", Unit.MONTHS: "P{}M"}
#: What may take the place of what: a day is no number of working hours, a month no number of days.
_FAMILIES: Final = ((Unit.MINUTES, Unit.HOURS), (Unit.DAYS,), (Unit.MONTHS,))
_ANY_EXACT: Final = (Unit.MINUTES, Unit.HOURS, Unit.DAYS)
_DAY: Final = timedelta(days=1)
_GUARDS_CONSENT: Final = frozenset({"require_consent"})

#: What the proposals of ours are about (`engine.proposals`), where the agency's profile has no words of its own.
_ABOUT: Final[Mapping[str, Text]] = {
    "unassigned_after_high": Text("Pengingat kasus berisiko tinggi tanpa penanggung jawab",
                                  "Reminder of a high-risk case nobody answers for"),
    "unassigned_after": Text("Pengingat kasus lain tanpa penanggung jawab", "Reminder of any other case nobody answers for"),
    "silent_after": Text("Pengingat kasus tanpa kegiatan", "Reminder of a case in which nothing happens"),
    "provider_check_after": Text("Selang pemeriksaan data penyelenggara", "How often a provider's data are checked"),
    "escalate_supervisor_after": Text("Tugas lewat tenggat diteruskan ke penyelia sesudah",
                                      "A late task goes to the supervisor after"),
    "escalate_duty_officer_after": Text("Tugas lewat tenggat diteruskan ke petugas piket sesudah",
                                        "A late task goes to the officer on duty after"),
    "escalate_head_of_unit_after": Text("Tugas lewat tenggat diteruskan ke kepala unit sesudah",
                                        "A late task goes to the head of unit after"),
}


def every(profile: Mapping[str, Any], *, read: Collection[str]) -> tuple[ParameterDetail, ...]:
    """All of an agency, in its profile's order, then our proposals it is silent on. `read` names those that an SOP in force reads: what
    nothing reads cannot be set, since nothing would come of it."""
    said = profile.get("parameters", {})
    own = [_parameter(name, one, read) for name, one in said.items()]
    silent = [_parameter(name, {}, read) for name in proposals.PROPOSED if name not in said]
    return tuple(own + silent)


def one(profile: Mapping[str, Any], name: str, *, read: Collection[str]) -> ParameterDetail | None:
    """The parameter of this name that can be set; None for any other."""
    return next((each for each in every(profile, read=read) if each.name == name and each.is_settable), None)


def amount_of(value: object) -> Amount | None:
    """A number with its unit; None for a value that is none, or one of several units."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Amount(number=value, unit=Unit.TIMES)
    try:
        read = durations.parse_duration(str(value))
    except EngineError:
        return None
    if read.months:
        return Amount(number=read.months, unit=Unit.MONTHS) if not read.exact else None
    if "T" not in str(value):
        return Amount(number=read.exact.days, unit=Unit.DAYS)
    return None if read.days or read.weeks else _time(read.time)


def typed(parameter: ParameterDetail, text: str, unit: str) -> str | int | None:
    """The value somebody typed or chose, as an `agency.toml` writes it; None where it is none that this parameter can have."""
    text = text.strip()
    if parameter.kind in (ParameterKind.ROLE, ParameterKind.YES_NO):
        return text if text in parameter.choices else None
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(MOST)) and int(text) <= MOST and unit in parameter.units):
        return None
    number = int(text)
    if number == 0:
        return None     # what is to happen every no days would never stop
    return number if Unit(unit) is Unit.TIMES else _WRITTEN[Unit(unit)].format(number)


def _parameter(name: str, said: Mapping[str, Any], read: Collection[str]) -> ParameterDetail:
    value = said.get("value")
    span = proposals.span({"parameters": {name: said}}, name) if name in proposals.PROPOSED else None
    amount = _length(span.length) if span is not None else amount_of(value)
    is_proposed = span.proposed if span is not None else said.get("proposed") is True
    about = Text(str(said["text"]), str(said["text"])) if said.get("text") else _ABOUT.get(name, Text(name, name))
    kind, choices, units = ParameterKind.WORDS, tuple[str, ...](), tuple[Unit, ...]()
    if name in ABSTRACT_ROLES:
        kind, choices = ParameterKind.ROLE, tuple(sorted(KNOWN_ROLES - set(OVERSIGHT) | {str(value)}))
    elif value in ("yes", "no"):
        kind, choices = ParameterKind.YES_NO, ("yes", "no")
    elif amount is not None:
        kind, units = ParameterKind.AMOUNT, _units(name, Unit(amount.unit))
    return ParameterDetail(
        name=name, about=about, kind=kind, value=str(value if value is not None else ""), amount=amount, is_proposed=is_proposed,
        source=str(said.get("source", "")), choices=choices, units=tuple(unit.value for unit in units),
        is_settable=(kind is not ParameterKind.WORDS and name not in _GUARDS_CONSENT
                     and (name in read or name in proposals.PROPOSED)))


def _units(name: str, unit: Unit) -> tuple[Unit, ...]:
    if name in proposals.PROPOSED:
        return _ANY_EXACT
    return next((family for family in _FAMILIES if unit in family), (unit,))


def _length(length: timedelta) -> Amount | None:
    return _time(length) if length % _DAY or not length else Amount(number=length // _DAY, unit=Unit.DAYS)


def _time(length: timedelta) -> Amount | None:
    for unit, whole in ((Unit.HOURS, timedelta(hours=1)), (Unit.MINUTES, timedelta(minutes=1))):
        if not length % whole and (length or unit is Unit.MINUTES):
            return Amount(number=length // whole, unit=unit)
    return None
