"""`forms/<key>.json` as frozen values: what a form asks, and which answers steer the process (docs/architecture.md)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from engine.errors import BundleRefused
from engine.types import LintFinding, Severity, Text

MAX_FORM_BYTES = 512 * 1024
MAX_FIELDS = 300
MAX_OPTIONS = 500

KEY = re.compile(r"[a-z][a-z0-9_]{0,63}\Z")
SENSITIVITIES = ("C0", "C1", "C2", "C3", "C4")
#: Names that FEEL or the engine itself uses; a field of that name could not be told apart from them.
RESERVED = frozenset(
    {
        "true",
        "false",
        "null",
        "and",
        "or",
        "not",
        "if",
        "then",
        "else",
        "in",
        "for",
        "return",
        "some",
        "every",
        "satisfies",
        "between",
        "instance",
        "of",
        "function",
        "external",
        "date",
        "time",
        "duration",
        "string",
        "number",
        "now",
        "today",
        "item",
        "partial",
        "list",
        "context",
        "years",
        "days",
        "months",
        "csrf_token",
        "expected_revision",
        "idempotency_key",
        "token_id",
        "task_id",
        "instance_id",
        "case_id",
        "business_key",
        "case_code",
        "stated_at",
        "loop_counter",
        "parameters",
        "calendar",
    }
)


class FieldType(StrEnum):
    """What a field takes and what value it becomes."""

    TEXT = "text"  #: one line -> str
    LONGTEXT = "longtext"  #: several lines -> str
    CHOICE = "choice"  #: one of `options` -> str
    CHOICES = "choices"  #: some of `options` -> list of str
    BOOLEAN = "boolean"  #: yes or no -> bool
    INTEGER = "integer"  #: a whole number -> Decimal
    DECIMAL = "decimal"  #: a number -> Decimal
    DATE = "date"  #: a day -> date
    DATETIME = "datetime"  #: an instant -> aware datetime
    FILE = "file"  #: an upload -> its digest
    SIGNATURE = "signature"  #: drawn on screen, a thumbprint or a scan -> who signed, as what, how, and its digest
    ROWS = "rows"  #: a table of `fields` -> list of dict


@dataclass(frozen=True, kw_only=True)
class Option:
    """One answer of a choice: the stored value and what people read."""

    value: str
    label: Text


@dataclass(frozen=True, kw_only=True)
class Field:
    """One question. `show_if` is FEEL over the form's own answers; `fields` are the columns of `rows`. `group` is the heading it
    stands under: that of the field before it, where its own file names none."""

    key: str
    type: FieldType
    label: Text
    help: Text = Text("", "")
    required: bool = False
    steering: bool = False
    sensitivity: str = "C1"
    options: tuple[Option, ...] = ()
    show_if: str | None = None
    rule: str | None = None  # FEEL that a given answer must make true
    clause: str = ""
    allow_unknown: bool = False
    fields: tuple[Field, ...] = ()
    group: Text = Text("", "")


@dataclass(frozen=True, kw_only=True)
class Form:
    """One form. `record` names the projector of the case file its submission feeds (None: it makes no record).

    `shows` names variables that whoever fills it in may read beside it; the form of that key says what stands in each.
    """

    key: str
    title: Text
    help: Text = Text("", "")
    clause: str = ""
    record: str | None = None
    shows: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()

    def field(self, key: str) -> Field | None:
        """The field of that key, if the form has it."""
        return next((field for field in self.fields if field.key == key), None)

    @property
    def steering(self) -> tuple[Field, ...]:
        """The fields that become process variables."""
        return tuple(field for field in self.fields if field.steering)


_REFUSALS = {
    "form-unreadable": (
        "Berkas formulir bukan JSON yang utuh, atau terlalu besar.",
        "The form file is not sound JSON, or too large.",
    ),
    "form-shape": (
        "Formulir tidak berbentuk seperti di docs/architecture.md.",
        "The form is not of the shape docs/architecture.md gives.",
    ),
    "form-unknown-word": ("Formulir memuat kata kunci yang tidak dikenal.", "The form holds a key word nobody reads."),
    "form-field-key": (
        "Kunci isian tidak boleh dipakai: huruf kecil, angka dan garis bawah, bukan kata FEEL.",
        "A field key may not be used: lower case, digits and underscores, no word of FEEL.",
    ),
    "form-field-type": ("Jenis isian tidak dikenal.", "A field type is unknown."),
    "form-field-twice": ("Dua isian berkunci sama.", "Two fields have the same key."),
    "form-options": ("Isian pilihan tanpa pilihan, atau pilihan kembar.", "A choice without options, or with an option twice."),
    "form-steering-type": (
        "Berkas, tanda tangan dan teks panjang tidak boleh mengarahkan proses.",
        "Files, signatures and long texts may not steer the process.",
    ),
}
_INSTEAD = Text(
    "Perbaiki forms/<kunci>.json menurut docs/architecture.md; nama isian tertera pada temuan.",
    "Mend forms/<key>.json as docs/architecture.md shows; the finding names the field.",
)
_FORM_WORDS = {"key", "title", "help", "clause", "record", "shows", "fields"}
_FIELD_WORDS = {
    "key",
    "type",
    "label",
    "help",
    "required",
    "steering",
    "sensitivity",
    "options",
    "showIf",
    "rule",
    "clause",
    "allowUnknown",
    "fields",
    "group",
}
_NOT_STEERING = {FieldType.FILE, FieldType.SIGNATURE, FieldType.LONGTEXT}


class _Malformed(Exception):
    def __init__(self, code: str, field: str | None = None) -> None:
        self.code, self.field = code, field


def read_form(data: bytes, *, file: str) -> Form:
    """The form in one JSON file; its key must be the file's name without `.json`.

    Raises:
        BundleRefused: with one finding; `element_id` is the key of the field it is about.
    """
    try:
        return _form(_json(data), file)
    except _Malformed as problem:
        raise BundleRefused([_finding(problem.code, file, problem.field)]) from None


def codes() -> frozenset[str]:
    """Every code `read_form` can refuse with."""
    return frozenset(_REFUSALS)


def _finding(code: str, file: str, field: str | None) -> LintFinding:
    indonesian, english = _REFUSALS[code]
    return LintFinding(
        code=code,
        severity=Severity.ERROR,
        file=file,
        line=None,
        element_id=field if field and KEY.match(field) else None,
        message=Text(indonesian, english),
        instead=_INSTEAD,
    )


def _json(data: bytes) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({name for name, _ in pairs}) != len(pairs):
            raise ValueError("a name twice")
        return dict(pairs)

    def never(_: str) -> Any:
        raise ValueError("not JSON")

    if len(data) > MAX_FORM_BYTES:
        raise _Malformed("form-unreadable")
    try:
        read = json.loads(data.decode("utf-8-sig"), object_pairs_hook=once, parse_constant=never)
        json.dumps(read, ensure_ascii=False).encode()   # half a surrogate pair, which JSON can escape, is no text on any page
        return read
    except (ValueError, RecursionError):
        raise _Malformed("form-unreadable") from None


def _form(raw: Any, file: str) -> Form:
    if not isinstance(raw, dict) or not isinstance(raw.get("fields"), list):
        raise _Malformed("form-shape")
    if not raw.keys() <= _FORM_WORDS:
        raise _Malformed("form-unknown-word")
    key = raw.get("key")
    if not isinstance(key, str) or not KEY.match(key) or file.rpartition("/")[2] != f"{key}.json":
        raise _Malformed("form-shape")
    return Form(
        key=key,
        title=_text(raw.get("title"), required=True),
        help=_text(raw.get("help")),
        clause=_word(raw, "clause") or "",
        record=_word(raw, "record"),
        shows=_shows(raw.get("shows", [])),
        fields=_fields(raw["fields"], nested=False),
    )


def _shows(raw: Any) -> tuple[str, ...]:
    if not isinstance(raw, list) or not all(isinstance(name, str) and KEY.match(name) for name in raw) or len(set(raw)) != len(raw):
        raise _Malformed("form-shape")
    return tuple(raw)


def _fields(raw: list[Any], *, nested: bool) -> tuple[Field, ...]:
    if len(raw) > MAX_FIELDS:
        raise _Malformed("form-shape")
    fields = tuple(_field(one, nested=nested) for one in raw)
    seen: set[str] = set()
    for field in fields:
        if field.key in seen:
            raise _Malformed("form-field-twice", field.key)
        seen.add(field.key)
    return _grouped(fields)


def _grouped(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    group, found = Text("", ""), []
    for field in fields:
        group = field.group if field.group.id else group
        found.append(field if field.group == group else replace(field, group=group))
    return tuple(found)


def _field(raw: Any, *, nested: bool) -> Field:
    if not isinstance(raw, dict):
        raise _Malformed("form-shape")
    key = raw.get("key")
    if not isinstance(key, str) or not KEY.match(key) or key in RESERVED:
        raise _Malformed("form-field-key", key if isinstance(key, str) else None)
    try:
        kind = FieldType(str(raw.get("type")))
    except ValueError:
        raise _Malformed("form-field-type", key) from None
    if not raw.keys() <= _FIELD_WORDS:
        raise _Malformed("form-unknown-word", key)
    steering = _flag(raw, "steering", key)
    if steering and kind in _NOT_STEERING:
        raise _Malformed("form-steering-type", key)
    sensitivity = raw.get("sensitivity", "C1")
    inner = raw.get("fields", [])
    if (
        sensitivity not in SENSITIVITIES
        or not isinstance(inner, list)
        or bool(inner) != (kind is FieldType.ROWS)
        or (inner and nested)
    ):
        raise _Malformed("form-shape", key)
    try:
        return Field(
            key=key,
            type=kind,
            label=_text(raw.get("label"), required=True),
            help=_text(raw.get("help")),
            required=_flag(raw, "required", key),
            steering=steering,
            sensitivity=sensitivity,
            options=_options(raw, kind, key),
            show_if=_word(raw, "showIf"),
            rule=_word(raw, "rule"),
            clause=_word(raw, "clause") or "",
            allow_unknown=_flag(raw, "allowUnknown", key),
            fields=_fields(inner, nested=True),
            group=_text(raw.get("group")),
        )
    except _Malformed as problem:
        raise _Malformed(problem.code, problem.field or key) from None


def _options(raw: Mapping[str, Any], kind: FieldType, key: str) -> tuple[Option, ...]:
    given = raw.get("options", [])
    if not isinstance(given, list) or len(given) > MAX_OPTIONS or bool(given) != (kind in (FieldType.CHOICE, FieldType.CHOICES)):
        raise _Malformed("form-options", key)
    options: list[Option] = []
    for one in given:
        if not isinstance(one, dict) or not isinstance(one.get("value"), str) or not one["value"]:
            raise _Malformed("form-options", key)
        options.append(Option(value=one["value"], label=_text(one.get("label"), required=True)))
    if len({option.value for option in options}) != len(options):
        raise _Malformed("form-options", key)
    return tuple(options)


def _text(raw: Any, *, required: bool = False) -> Text:
    if raw is None and not required:
        return Text("", "")
    if not isinstance(raw, dict) or not isinstance(raw.get("id"), str) or not isinstance(raw.get("en", ""), str):
        raise _Malformed("form-shape")
    return Text(raw["id"], raw.get("en") or raw["id"])


def _word(raw: Mapping[str, Any], name: str) -> str | None:
    value = raw.get(name)
    if value is not None and not isinstance(value, str):
        raise _Malformed("form-shape")
    return (value or "").strip() or None


def _flag(raw: Mapping[str, Any], name: str, key: str) -> bool:
    value = raw.get(name, False)
    if not isinstance(value, bool):
        raise _Malformed("form-shape", key)
    return value
