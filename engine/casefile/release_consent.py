"""To whom the beneficiary agreed to give her data, read from what was said about consent in the order it was said.

Names of providers are compared as people write them, whatever the capitals and commas. A consent that names nobody covers
whom the plan named for that service when it was given; one given before anybody was named covers nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from engine.casefile.case import line_key
from engine.casefile.release_fields import Data
from engine.types import Value


class Receiver(StrEnum):
    """A kind of receiver, as D12 tells them apart."""

    HEALTH = "health"
    POLICE = "police"
    LEGAL_AID = "legal_aid"
    SHELTER = "shelter"
    SOCIAL = "social"
    SCHOOL_VILLAGE = "school_village"
    CONFERENCE = "conference"
    AGENCY = "agency"                #: Another unit for women and children, to which a case goes or from which it came.
    OTHER = "other"
    BENEFICIARY = "beneficiary"
    COMPLAINANT = "complainant"
    AUTHORITY = "authority"          #: Who watches over the protection of personal data.
    PUBLIC = "public"


_ALSO: Final[Mapping[Receiver, str]] = {
    Receiver.HEALTH: "hospital puskesmas vct_clinic clinic",
    Receiver.POLICE: "police_ppa prosecutor",
    Receiver.LEGAL_AID: "lpsk court advocate",
    Receiver.SOCIAL: "dinas_sosial ngo religious bapas bp2mi",
    Receiver.SCHOOL_VILLAGE: "school village education",
    Receiver.AGENCY: "uptd_ppa dinas_pppa kemenpppa",
}
_KINDS: Final = {**{kind.value: kind for kind in Receiver},
                 **{name: kind for kind, names in _ALSO.items() for name in names.split()}}
#: How people call a kind of receiver when they say who must not know.
_CALLED: Final[Mapping[Receiver, str]] = {
    Receiver.HEALTH: "kesehatan rumah sakit rsud puskesmas klinik",
    Receiver.POLICE: "polisi kepolisian polres polsek polda",
    Receiver.LEGAL_AID: "lbh bantuan hukum advokat",
    Receiver.SHELTER: "rumah aman penampungan",
    Receiver.SOCIAL: "dinas sosial",
    Receiver.SCHOOL_VILLAGE: "sekolah guru desa kelurahan rt rw",
}
_TWO_WORDS: Final = frozenset({"rumah sakit", "rumah aman", "bantuan hukum", "dinas sosial"})
_AGREED: Final = frozenset({"given", "agreed", "yes"})
_DECISIONS: Final = frozenset({"consent_status", "line_consent", "line_consents"})
_REFUSED: Final = frozenset({"refused", "no", "withdrawn", "not_yet"})
#: Legal grounds that stand in for consent, and whom they let know (D7 row 1, UU TPKS 41). Public service is none.
_GROUNDS: Final[Mapping[str, frozenset[Receiver]]] = {
    "vital_interest": frozenset({Receiver.HEALTH, Receiver.POLICE, Receiver.SHELTER, Receiver.SOCIAL, Receiver.AGENCY}),
    "legal_duty": frozenset({Receiver.POLICE, Receiver.AUTHORITY}),
}


@dataclass(frozen=True, kw_only=True)
class Addressee:
    """Who is to receive something: kind, name, and the line of the plan it is about (None: the whole case)."""

    kind: Receiver
    name: str = ""
    line_no: str | None = None


@dataclass(frozen=True, kw_only=True)
class Said:
    """One submission: the record it made, its answers, the line of the plan it was about."""

    record: str
    values: Mapping[str, Value]
    line_no: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Whether an addressee may be told, and what. `data` None: whatever D12 allows that kind of receiver."""

    is_consented: bool = False
    ground: str = ""                       #: The legal ground where there is no consent: `vital_interest`, `legal_duty`.
    data: frozenset[Data] | None = None
    is_hiv_agreed: bool = False

    @property
    def allows(self) -> bool:
        return self.is_consented or bool(self.ground)


@dataclass(frozen=True, kw_only=True)
class _Grant:
    """A consent as given. `line_no` None: every line the plan had then (`lines`, None where there was no plan yet)."""

    line_no: str | None
    lines: frozenset[str] | None
    names: tuple[str, ...]
    kinds: frozenset[Receiver]
    data: frozenset[Data] | None
    until: date | None
    not_lines: frozenset[str] = frozenset()  # refused or withdrawn since
    not_names: tuple[str, ...] = ()
    not_kinds: frozenset[Receiver] = frozenset()


@dataclass
class _Standing:
    """What stands while the statements are read."""

    grants: list[_Grant] = field(default_factory=list)
    grounds: set[str] = field(default_factory=set)
    planned: dict[str, str] = field(default_factory=dict)      # line number -> the provider its plan names
    hiv: tuple[str, ...] = ()                                  # whom the special consent names
    is_hiv_agreed: bool | None = None                          # None: nobody was asked for it
    withheld: str = ""


def receiver_of(kind: str) -> Receiver:
    """The receiver's kind by any of its names; one nobody knows is told least."""
    return _KINDS.get(kind.strip().lower(), Receiver.OTHER)


def coverage(to: Addressee, said: Iterable[Said], *, on: date) -> Coverage:
    """What the statements, in their order, allow for this addressee on that day."""
    standing = _Standing()
    for one in said:
        _read(standing, one)
    hiv = to.kind is Receiver.HEALTH and any(_names(entry, to.name) for entry in standing.hiv)
    grants = [grant for grant in standing.grants if _covers(grant, to, on)]
    if grants and not _is_withheld(to, standing.withheld):
        limits = [grant.data for grant in grants if grant.data is not None]
        data = frozenset().union(*limits) if len(limits) == len(grants) else None
        return Coverage(is_consented=True, data=data, is_hiv_agreed=hiv)
    ground = next((one for one in sorted(standing.grounds, reverse=True) if to.kind in _GROUNDS[one]), "")
    return Coverage(ground=ground)


def agrees_to_telling(name: str, said: Iterable[Said]) -> bool | None:
    """Whether the special consent, as the statements leave it, lets this provider know; None: nobody was asked for one. A consent that
    names nobody is to whom she is referred."""
    standing = _Standing()
    for one in said:
        _read(standing, one)
    if not standing.is_hiv_agreed:
        return standing.is_hiv_agreed
    return not standing.hiv or any(_names(entry, name) for entry in standing.hiv)


def _read(standing: _Standing, one: Said) -> None:
    values = one.values
    for row in _rows(values.get("plan_lines")):
        if row.get("line_no") is not None:
            standing.planned[line_key(row["line_no"])] = _text(row.get("provider"))
    ground = _text(values.get("other_basis")) or _text(values.get("legal_basis_if_none"))
    if ground in _GROUNDS:
        standing.grounds.add(ground)
    kind = _text(values.get("consent_kind"))
    if one.record == "hiv_consent" or kind == "hiv_referral":
        is_given = _text(values.get("special_consent", values.get("consent_status"))) in _AGREED
        standing.hiv = (_entries(values.get("special_receiver")) or _entries(values.get("providers"))) if is_given else ()
        standing.is_hiv_agreed = is_given
    elif one.record == "withdrawal":
        _withdraw(standing, values, one.line_no)
    elif kind in ("", "service", "information_sharing") and _DECISIONS & values.keys():
        _consent(standing, one)


def _consent(standing: _Standing, one: Said) -> None:
    values = one.values
    if values.get("withhold_from"):
        standing.withheld = f"{standing.withheld} {_text(values['withhold_from'])}"
    decisions: list[tuple[str | None, str, str]] = [
        (line_key(row["line_no"]), _text(row.get("line_decision")), _text(row.get("receiver")))
        for row in _rows(values.get("line_consents")) if row.get("line_no") is not None]
    if values.get("line_consent") is not None:
        decisions.append((one.line_no, _text(values["line_consent"]), ""))
    if values.get("consent_status") is not None:
        decisions.append((one.line_no, _text(values["consent_status"]), ""))
    # A child that says no is heard (D7); who was not told how far secrecy goes has not agreed yet.
    says_no = values.get("child_assent") == "refused"
    is_informed = values.get("explained_limits") is not False
    named = _entries(values.get("providers"))
    for line_no, decision, receiver in decisions:
        if decision in _AGREED and not says_no:
            if not is_informed:
                continue
            kinds = frozenset(receiver_of(str(kind)) for kind in _list(values.get("receivers")))
            names = (_entries(receiver) or named)
            if not names and not kinds:
                names = tuple(who for number, who in standing.planned.items() if who and line_no in (None, number))
            standing.grants.append(_Grant(
                line_no=line_no, lines=frozenset(standing.planned) or None, names=names, kinds=kinds,
                data=_data(values.get("data_categories")), until=_day(values.get("valid_until"))))
        elif decision in _REFUSED or decision in _AGREED:
            _take_back(standing, line_no, named)
            if line_no is None:
                standing.grounds.discard("vital_interest")


def _take_back(standing: _Standing, line_no: str | None, names: Sequence[str]) -> None:
    """A refusal: of one line, and of one provider where it names some; of everything where it names nothing."""
    kept: list[_Grant] = []
    for grant in standing.grants:
        if line_no is not None and grant.line_no not in (None, line_no):
            kept.append(grant)
        elif names and (still := tuple(who for who in grant.names if not any(_names(name, who) for name in names))):
            kept.append(replace(grant, names=still))
        elif line_no is not None and grant.line_no is None and not names:
            kept.append(replace(grant, not_lines=grant.not_lines | {line_no}))
    standing.grants = kept


def _withdraw(standing: _Standing, values: Mapping[str, Value], line_no: str | None) -> None:
    lines = {line_key(row["line_no"]) for row in _rows(values.get("withdrawn_lines")) if row.get("line_no") is not None}
    kinds = {receiver_of(str(kind)) for kind in _list(values.get("withdrawn_receivers")) or _list(values.get("receivers"))}
    names = _entries(values.get("receiver")) or _entries(values.get("withdrawn_from"))
    if not lines and line_no is not None and values.get("withdrawal_scope") != "all":
        lines = {line_no}
    kept: list[_Grant] = []
    for grant in standing.grants:
        if names or kinds:
            kept.append(replace(grant, not_names=grant.not_names + names, not_kinds=grant.not_kinds | kinds))
        elif lines and grant.line_no not in lines:
            kept.append(replace(grant, not_lines=grant.not_lines | lines))
    standing.grants = kept
    had = standing.hiv
    if not lines and not names and not kinds:
        standing.hiv, standing.is_hiv_agreed = (), False if standing.is_hiv_agreed is not None else None
        standing.grounds.discard("vital_interest")
    standing.hiv = tuple(who for who in standing.hiv if Receiver.HEALTH not in kinds and not any(_names(one, who) for one in names))
    if standing.is_hiv_agreed and (Receiver.HEALTH in kinds or (had and not standing.hiv)):
        standing.is_hiv_agreed = False


def _covers(grant: _Grant, to: Addressee, on: date) -> bool:
    if grant.until is not None and on > grant.until:
        return False
    if grant.line_no is not None and to.line_no != grant.line_no:
        return False
    if grant.line_no is None and to.line_no is not None and grant.lines is not None and to.line_no not in grant.lines:
        return False
    if to.line_no in grant.not_lines or to.kind in grant.not_kinds or any(_names(entry, to.name) for entry in grant.not_names):
        return False
    if grant.names:
        return any(_names(entry, to.name) for entry in grant.names)
    return to.kind in grant.kinds


def _is_withheld(to: Addressee, text: str) -> bool:
    """Whether the words say that this addressee must not know: by name, or by what its kind is called."""
    if not text.strip():
        return False
    said = f" {plain(text)} "
    if to.name and (f" {plain(to.name)} " in said or any(_names(entry, to.name) for entry in _entries(text))):
        return True
    called = _CALLED.get(to.kind, "")
    words = [two for two in _TWO_WORDS if two in called]
    for two in words:
        called = called.replace(two, "")
    return any(f" {word} " in said for word in (*words, *called.split()))


def _names(entry: str, name: str) -> bool:
    """Whether an entry of a list of names means this one: the same words, or its first ones (two at least)."""
    meant, given = plain(entry), plain(name)
    if not meant or not given:
        return False
    return meant == given or (" " in meant and given.startswith(f"{meant} "))


def plain(text: str) -> str:
    """A name as it is compared: its words, whatever the capitals and commas."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def _entries(value: Value) -> tuple[str, ...]:
    """A list of names as people type one: with commas, semicolons, line ends or *dan* between them."""
    return tuple(part.strip() for part in re.split(r"[,;\n]|\bdan\b", _text(value)) if plain(part))


def _data(value: Value) -> frozenset[Data] | None:
    named = _list(value)
    return frozenset(kind for kind in Data if kind.value in map(_text, named)) if named else None


def _day(value: Value) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def _rows(value: Value) -> list[Mapping[str, Value]]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list | tuple) else []


def _list(value: Value) -> list[Value]:
    return list(value) if isinstance(value, list | tuple) else []


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""
