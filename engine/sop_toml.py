"""`sop.toml` and `agency.toml` as frozen values: who, on what legal ground, from which clause of the source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from engine import resolving
from engine.toml_files import line_of, read_toml
from engine.errors import BundleRefused
from engine.types import LintFinding, Severity, Text


#: The `agency` of folders that are there for others to use.
SHARED = "common"
#: What a sheet says where its source gives nothing.
NOT_GIVEN = "belum ditetapkan dalam SOP"
CLAUSE_KINDS = frozenset({
    "step", "role", "input", "time", "output", "branch", "requirement", "product", "warning", "legal_basis", "qualification", "linkage",
    "equipment", "channel", "fee", "identity", "heading"})
#: Kinds that the identity sheet itself carries out; all others need elements, or a reason why there are none.
SHEET_KINDS = frozenset({"warning", "legal_basis", "qualification", "linkage", "equipment", "channel", "fee", "identity", "heading"})
SOURCE_KINDS = frozenset({"law", "proposal"})


#: What an SOP is about, in the order people meet it: a report comes in, a case is managed, a service given; people ask about
#: their data or complain about the service; the public is informed; the unit looks at its own work.
SOP_KINDS = ("intake", "case", "service", "request", "community", "oversight")


@dataclass(frozen=True, kw_only=True)
class Clause:
    """One clause of the source and the elements that carry it out, or why nothing does."""

    id: str
    text: str
    elements: tuple[str, ...] = ()
    sha256: str = ""
    kind: str = ""
    reason: str = ""
    origin: str = ""  # the adopted folder whose source it quotes; "" for the SOP's own


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where elements come from that no clause of the source asks for: a law, or our own proposal."""

    elements: tuple[str, ...]
    text: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class DocumentTemplate:
    """A document the SOP makes: its code (F10) and the Typst template under `documents/`."""

    code: str
    template: str
    title: Text
    aliases: tuple[str, ...] = ()  # other names a source prints for it
    sensitivity: str = ""  # C4: it shows answers of that class, and only who may see them sees the document
    leaves: bool = False  # it goes to a receiver outside the agency: what it says passes `engine.casefile.release`
    receiver: str = ""  # the receiver's kind, or `record.field` where it was answered; by the code's nature where not given
    receiver_name: str = ""  # the same for its name


IN_CASE_REQUIRED = "required"


@dataclass(frozen=True, kw_only=True)
class SopSheet:
    """What `sop.toml` says. Missing parts are empty: what an agency must have is lint's business."""

    key: str = ""
    agency: str = ""
    process: str = ""
    kind: str = ""  # what people look for it under, one of SOP_KINDS
    title: Text = Text("", "")
    start_form: str | None = None
    start_roles: tuple[str, ...] = ()
    in_case: str = ""  # "required": it begins only in a case that is named
    identity: Mapping[str, Any] = field(default_factory=dict)
    lanes: Mapping[str, str] = field(default_factory=dict)  # printed lane name -> abstract role
    clauses: tuple[Clause, ...] = ()
    documents: tuple[DocumentTemplate, ...] = ()
    extends: str | None = None  # the folder this SOP adopts
    uses: tuple[str, ...] = ()  # the folders whose processes, forms, tables and documents it calls
    sources: tuple[Source, ...] = ()

    @property
    def grounded(self) -> frozenset[str]:
        """The elements that a clause or another source asks for."""
        named = [*(one.elements for one in self.clauses), *(one.elements for one in self.sources)]
        return frozenset(element for elements in named for element in elements)

    @property
    def number(self) -> str:
        """The SOP's own number as its source writes it, "" where it gives none."""
        given = self.identity.get("number", "")
        said = given.get("text", "") if isinstance(given, Mapping) else given
        return said if isinstance(said, str) and said != NOT_GIVEN else ""

    @property
    def is_shared(self) -> bool:
        """Whether this is a folder for other SOPs to use, in force at no agency."""
        return self.agency == SHARED

    @property
    def only_lends(self) -> bool:
        """Whether it needs no diagram: it only lends tables, forms or letters."""
        return self.is_shared and not self.process


@dataclass(frozen=True, kw_only=True)
class AgencySheet:
    """What `agency.toml` says."""

    code: str
    name: str
    level: str = ""
    region: str = ""
    timezone: str = "Asia/Jakarta"
    calendar: Mapping[str, Any] = field(default_factory=dict)
    roles: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    clauses: tuple[Clause, ...] = ()  # what of the source belongs to no SOP, each with the reason


_REFUSALS = {
    "toml-unreadable": ("Berkas TOML tidak dapat dibaca.", "The TOML file cannot be read."),
    "toml-shape": (
        "Isi berkas TOML tidak berbentuk seperti di docs/architecture.md.",
        "The TOML file is not of the shape docs/architecture.md gives.",
    ),
}
_INSTEAD = Text(
    "Perbaiki berkas menurut contoh di docs/architecture.md.", "Mend the file after the example in docs/architecture.md."
)


def read_sop(data: bytes, *, file: str = "sop.toml") -> SopSheet:
    """The identity sheet in `data`, by itself.

    Raises:
        BundleRefused: `toml-unreadable` or `toml-shape`.
    """
    return _sheet(_toml(data, file), file)


def read_folder(files: Mapping[str, bytes], folder: str = "") -> SopSheet:
    """The identity sheet of one folder of a bundle, over the sheet it adopts; an empty one where there is none.

    Raises:
        BundleRefused: as `read_sop`.
    """
    return _sheet(resolving.merged(resolving.layers(files, folder, read=_layer)), f"{folder}{resolving.SHEET}")


def _sheet(raw: dict[str, Any], file: str) -> SopSheet:
    try:
        return SopSheet(
            key=_word(raw, "key"),
            agency=_word(raw, "agency"),
            process=_word(raw, "process"),
            kind=_kind(raw),
            title=_text(raw.get("title", {})),
            start_form=_word(raw, "start_form") or None,
            start_roles=_words(raw.get("start_roles", [])),
            in_case=_in_case(raw),
            identity=_table(raw, "identity"),
            lanes={" ".join(name.split()): _str(role) for name, role in _table(raw, "lanes").items()},
            clauses=_clauses(raw),
            documents=tuple(
                DocumentTemplate(code=_word(one, "code"), template=_word(one, "template"), title=_text(one.get("title", {})),
                                 aliases=_words(one.get("aliases", [])), sensitivity=_class(one),
                                 leaves=one.get("leaves") is True, receiver=_word(one, "receiver"),
                                 receiver_name=_word(one, "receiver_name"))
                for one in _tables(raw, "document")
            ),
            extends=_word(raw, "extends") or None,
            uses=_words(raw.get("uses", [])),
            sources=tuple(
                Source(elements=_words(one.get("elements", [])), text=_word(one, "text"), kind=_word(one, "kind"))
                for one in _tables(raw, "source")
            ),
        )
    except TypeError:
        raise _refused("toml-shape", file) from None


def read_agency(data: bytes, *, file: str = "agency.toml") -> AgencySheet:
    """The agency in `data`.

    Raises:
        BundleRefused: `toml-unreadable` or `toml-shape`.
    """
    raw = _toml(data, file)
    try:
        sheet = AgencySheet(
            code=_word(raw, "code"),
            name=_word(raw, "name"),
            level=_word(raw, "level"),
            region=_word(raw, "region"),
            timezone=_word(raw, "timezone") or "Asia/Jakarta",
            calendar=_table(raw, "calendar"),
            roles={name: _mapping(role) for name, role in _table(raw, "roles").items()},
            parameters={name: _mapping(one) for name, one in _table(raw, "parameters").items()},
            clauses=_clauses(raw),
        )
        for role in sheet.roles.values():
            _words(role.get("qualification", []))
    except TypeError:
        raise _refused("toml-shape", file) from None
    if not sheet.code or not sheet.name:
        raise _refused("toml-shape", file)
    return sheet


def _clauses(raw: Mapping[str, Any]) -> tuple[Clause, ...]:
    return tuple(
        Clause(
            id=_word(one, "id"),
            text=_word(one, "text"),
            elements=_words(one.get("elements", [])),
            sha256=_word(one, "sha256"),
            kind=_word(one, "kind"),
            reason=_word(one, "reason"),
            origin=_word(one, "origin"),
        )
        for one in _tables(raw, "clause")
    )


def codes() -> frozenset[str]:
    """Every code these readers can refuse with."""
    return frozenset(_REFUSALS)


def _toml(data: bytes, file: str) -> dict[str, Any]:
    try:
        return read_toml(data)
    except ValueError as wrong:
        raise _refused("toml-unreadable", file, line_of(wrong)) from None


# A sheet that is adopted or used is read for every SOP that does so; `merged` makes new dictionaries and changes none.
_layer = lru_cache(maxsize=256)(_toml)


def _refused(code: str, file: str, line: int | None = None) -> BundleRefused:
    indonesian, english = _REFUSALS[code]
    return BundleRefused(
        [
            LintFinding(
                code=code,
                severity=Severity.ERROR,
                file=file,
                line=line,
                element_id=None,
                message=Text(indonesian, english),
                instead=_INSTEAD,
            )
        ]
    )


def _str(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _kind(raw: Any) -> str:
    kind = _word(raw, "kind")
    if kind not in ("", *SOP_KINDS):
        raise TypeError
    return kind


def _in_case(raw: Any) -> str:
    said = _word(raw, "in_case")
    if said not in ("", IN_CASE_REQUIRED):
        raise TypeError
    return said


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError
    return value


def _word(raw: Any, name: str) -> str:
    return _str(_mapping(raw).get(name, "")).strip()


def _class(raw: Any) -> str:
    named = _word(raw, "sensitivity")
    if named not in ("", "C0", "C1", "C2", "C3", "C4"):
        raise TypeError
    return named


def _words(raw: Any) -> tuple[str, ...]:
    if not isinstance(raw, list):
        raise TypeError
    return tuple(_str(one).strip() for one in raw)


def _table(raw: Mapping[str, Any], name: str) -> dict[str, Any]:
    return _mapping(raw.get(name, {}))


def _tables(raw: Mapping[str, Any], name: str) -> list[Any]:
    found = raw.get(name, [])
    if not isinstance(found, list):
        raise TypeError
    return found


def _text(raw: Any) -> Text:
    return Text(_word(raw, "id"), _word(raw, "en") or _word(raw, "id"))
