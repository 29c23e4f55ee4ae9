"""What a letter of the case may say, gathered from what was submitted, and the PDF that says it.

A template never sees the case file: it sees `data.json`, and only what this module puts there. The shape stands in
docs/letters.md. What leaves the agency passes `engine.casefile.release`, whatever the template shows of it; a document that stays
in the file says nothing of class C4 unless it is of that class itself.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from engine import canonical, definitions, errors, filings, ran_by, signatures
from engine.casefile import kept, release, rules, statements
from engine.casefile.release_fields import Data, kind_of
from engine.commands import instances as standing
from engine.date_words import day_in_words
from engine.definitions import Definition
from engine.executor import Context
from engine.forms_schema import Field, FieldType, Form
from engine.sop_toml import DocumentTemplate
from engine.types import Text, Value
from storage import agencies, instances

#: The record that holds what decision tables gave: no form made it.
DECISIONS = "decisions"
SHOWN_CLASSES = frozenset({"", "C0", "C1", "C2", "C3"})
UNKNOWN = Field(key="unknown", type=FieldType.TEXT, label=Text("", ""))


@dataclass(frozen=True, kw_only=True)
class LetterSource:
    """A letter ready to be set: the deployment's template, and of the case file what this letter may say."""

    template: bytes
    data: Mapping[str, Any]
    files: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """SHA-256 over template, its library and data: what the QR code on the paper says."""
        library = b"".join(name.encode() + b"\0" + self.files[name] for name in sorted(self.files))
        return hashlib.sha256(self.template + b"\0" + library + b"\0" + _json(self.data)).hexdigest()

    @property
    def addressee(self) -> str:
        """Whom it leaves the agency for, by name; empty for one that stays in the file."""
        return str((self.data.get("release") or {}).get("name", ""))

    def numbered(self, number: str) -> LetterSource:
        """The same letter under its number."""
        return dataclasses.replace(self, data={**self.data, "number": number})

    def whole(self, images: Mapping[str, bytes] = {}) -> dict[str, Any]:
        """All that the template is given: the data, its digest, and the names of what it may show."""
        own = [name for name in self.files if not name.endswith(".typ")]
        return {**self.data, "digest": self.digest, "images": sorted([*own, *images])}

    def pdf(self, images: Mapping[str, bytes]) -> bytes:
        """The letter; the same bytes for the same source. `images` are files the template may show by name."""
        from engine.render.typst import DocumentFailed, pdf

        data, files = self.whole(images), {**self.files, **images}
        try:
            return pdf(self.template, data, files=files, accessible=True)
        except DocumentFailed:  # a template that gives its paper no title is no PDF/UA, and a letter all the same
            return pdf(self.template, data, files=files)


@dataclass(frozen=True, kw_only=True)
class Filled:
    """One form as it was filled in for this case, and the multi-instance item it was filled for."""

    form: Form
    submission: Mapping[str, Value]
    at: datetime
    item: Value = None

    @property
    def record(self) -> str:
        return self.form.record or self.form.key


@dataclass(kw_only=True)
class _Answers:
    """The latest answer to each question, by record (or form, where it makes none), and the field that asked it."""

    values: dict[str, dict[str, Value]] = field(default_factory=dict)
    fields: dict[tuple[str, str], Field] = field(default_factory=dict)

    def take(self, one: Filled) -> None:
        for asked in one.form.fields:
            if asked.key in one.submission:
                self.values.setdefault(one.record, {})[asked.key] = one.submission[asked.key]
                self.fields[one.record, asked.key] = asked

    def decide(self, decided: Mapping[str, Value]) -> None:
        """Add what decision tables gave, under the record "decisions"."""
        if decided:
            self.values[DECISIONS] = dict(decided)
            self.fields |= {(DECISIONS, name): UNKNOWN for name in decided}


def source(context: Context, row: instances.InstanceRow, *, code: str, number: str, line: Value = None) -> LetterSource:
    """The letter `code` of this instance as it stands now.

    `line` names the row of a multi-instance element (its `line_no`) the letter is about: forms filled for other rows stay out.

    Raises:
        UnknownElement: the SOP has no such document, or no template for it.
        NotReleased: it would tell its receiver what nobody agreed to.
        EngineError: a rule of every case forbids it.
    """
    definition = ran_by.of(context, row).with_document(code)
    document, _ = definition.documents.get(code, (None, ""))
    found = shelf(definition, code)
    agency = agencies.get(context.uow, row.agency_id)
    if document is None or found is None or agency is None:
        raise errors.UnknownElement(document=code)
    zone = ZoneInfo(agency.zone)
    today = context.now.astimezone(zone).date()
    filled = filled_forms(context, row)
    chosen = _about(filled, line)
    answers = _Answers()
    for one in chosen:
        answers.take(one)
    everything = _Answers()
    for one in filled:
        everything.take(one)
    decided = _decided(context, row, definition)
    answers.decide(decided)
    everything.decide(decided)
    said, to = _may_say(context, row, document, answers, everything, line, today)
    signed = signatures.of(said, answers.fields)
    item = next((one.item for one in reversed(chosen) if one.item is not None and line is not None), None)
    profile = agency.profile if isinstance(agency.profile, Mapping) else {}
    images = signatures.images(context, row, signed)
    data: dict[str, Any] = {
        "code": code,
        "number": number,
        "title": document.title.id,
        "date": day_in_words(today),
        "agency": {"code": agency.code, "name": agency.name, "region": agency.region, "letterhead": profile.get("letterhead", {})},
        "case": {"code": row.business_key, "risk": row.risk if to is None else ""},
        "line": _plain(item, zone) if to is None else None if item is None else {"line_no": _plain(_line_no(item), zone)},
        "records": {record: _told(record, values, answers.fields, zone, labels=False) for record, values in said.items()},
        "words": {record: _told(record, values, answers.fields, zone, labels=True) for record, values in said.items()},
        "signatures": [{**one.as_data(), "image": one.file if one.file in images else None} for one in signed],
        "release": to,
    }
    template, lent = found
    return LetterSource(template=template, data=data, files={**lent, **images})


def addressee(context: Context, row: instances.InstanceRow, document: DocumentTemplate, *, line: Value = None) -> release.Addressee | None:
    """To whom this document would go as the case stands now; None: it stays in the file."""
    answers = _Answers()
    for one in _about(filled_forms(context, row), line):
        answers.take(one)
    return _addressed(document, answers, line)


def shelf(definition: Definition, code: str) -> tuple[bytes, dict[str, bytes]] | None:
    """The template of a document, and by name what it may show or import; None where the SOP has none."""
    document, folder = definition.documents.get(code, (None, ""))
    template = definition.files.get(f"{folder}documents/{document.template}.typ") if document else None
    if template is None:
        return None
    return template, beside(definition.files, f"{folder}documents/")


def beside(files: Mapping[str, bytes], place: str) -> dict[str, bytes]:
    """What a template of the folder `place` may show or import, by its name there."""
    return {path.removeprefix(place): content for path, content in files.items() if path.startswith(place) and _is_beside(path, files)}


def _decided(context: Context, row: instances.InstanceRow, definition: Definition) -> dict[str, Value]:
    """The results of the process's decision tables, as they are now."""
    process = definition.processes.get(row.process_id)
    results = {node.result for node in definitions.nodes_of(process) if node.result} if process is not None else set()
    if not results:
        return {}
    live = context.instance(row.id)
    if live.has_ended:
        standing.as_it_ended(context, live)
    variables = live.view.variables
    return {name: variables[name] for name in sorted(results & variables.keys())}


def filled_forms(context: Context, row: instances.InstanceRow) -> list[Filled]:
    """Every form of the instance's case in the order they were submitted, read from the journals: what was typed, not what was
    projected."""
    found = filings.of_case(context, row.case_id) if row.case_id is not None else filings.of_instance(context, row)
    return [Filled(form=one.form, submission=one.answers, at=one.at, item=one.item if one.is_task else None) for one in found]


def _line_no(item: Value) -> Value:
    return item.get("line_no") if isinstance(item, Mapping) else None


def _is_beside(path: str, files: Mapping[str, bytes]) -> bool:
    """Whether a template may show or import it: an image, or Typst that is no document itself (one has a sample)."""
    return path.endswith((".svg", ".png")) or path.endswith(".typ") and f"{path[:-4]}.sample.json" not in files


# --- what may be said --------------------------------------------------------------------------------------------


def _may_say(
    context: Context, row: instances.InstanceRow, document: DocumentTemplate, answers: _Answers, everything: _Answers, line: Value,
    today: date,
) -> tuple[dict[str, dict[str, Value]], dict[str, str] | None]:
    """The answers this document may show; and for one that leaves, to whom and on what ground."""
    case = kept.case_file(context, row.case_id, context.case_key(row.case_id, row.wrapped_key)) if row.case_id is not None else None
    if case is not None and (refused := rules.document_refusal(document.code, case.records)) is not None:
        raise refused
    to = _addressed(document, answers, line)
    if to is None:
        allowed = SHOWN_CLASSES | {document.sensitivity}
        return {record: {key: _without(answers.fields[record, key], value, allowed) for key, value in values.items()
                         if answers.fields[record, key].sensitivity in allowed}
                for record, values in answers.values.items()}, None
    said = statements.said(case) if case is not None else ()
    flags = release.flags_of(case.records) if case is not None else frozenset[str]()
    told = release.released(document.code, to, answers.values, said, flags, on=today, beside=everything.values)
    passed = {record: {key: _outside(answers.fields.get((record, key), UNKNOWN), record, value) for key, value in values.items()
                       if _may_leave(answers.fields.get((record, key), UNKNOWN), record)} for record, values in told.items()}
    return passed, {"receiver": to.kind.value, "name": to.name, "basis": release.basis_of(document.code, to, said, flags, on=today)}


def _addressed(document: DocumentTemplate, answers: _Answers, line: Value) -> release.Addressee | None:
    outward = release.outward_of(document.code, answers.values)
    if outward is None and not document.leaves:
        return None
    receiver = document.receiver or (outward.receiver if outward is not None else "")
    name = document.receiver_name or (outward.name if outward is not None else "")
    return release.addressee_of(answers.values, receiver, name, line=line)


def _about(filled: Sequence[Filled], line: Value) -> list[Filled]:
    """What was filled in about one row of a multi-instance element, or about none."""
    return [one for one in filled if line is None or one.item is None or _line_no(one.item) == line]


def _without(asked: Field, value: Value, allowed: frozenset[str]) -> Value:
    """The rows of a table without the columns of other classes."""
    if asked.type is not FieldType.ROWS or not isinstance(value, list | tuple):
        return value
    shown = {column.key for column in asked.fields if column.sensitivity in allowed}
    return [{key: one for key, one in row.items() if key in shown} for row in value if isinstance(row, Mapping)]


def _may_leave(asked: Field, record: str) -> bool:
    """Of class C4 nothing leaves but what the special consent is about."""
    return asked.sensitivity in SHOWN_CLASSES or kind_of(record, asked.key) is Data.HIV


def _outside(asked: Field, record: str, value: Value) -> Value:
    if asked.type is not FieldType.ROWS or not isinstance(value, list | tuple):
        return value
    shown = {column.key for column in asked.fields if _may_leave(column, record)}
    return [{key: one for key, one in row.items() if key in shown} for row in value if isinstance(row, Mapping)]


# --- how it is said ----------------------------------------------------------------------------------------------


def _told(record: str, values: Mapping[str, Value], fields: Mapping[tuple[str, str], Field], zone: tzinfo, *,
          labels: bool) -> dict[str, Any]:
    return {key: _answer(fields.get((record, key), UNKNOWN), value, zone, labels=labels) for key, value in values.items()}


def _answer(asked: Field, value: Value, zone: tzinfo, *, labels: bool) -> Any:
    if asked.type is FieldType.ROWS and isinstance(value, list):
        columns = {column.key: column for column in asked.fields}
        return [{key: _answer(columns.get(key, UNKNOWN), one, zone, labels=labels) for key, one in row.items()}
                for row in value if isinstance(row, Mapping)]
    if asked.type is FieldType.SIGNATURE and isinstance(value, Mapping):
        return ", ".join(str(value[part]) for part in ("name", "position") if value.get(part))
    return _words(asked, value, zone) if labels else _plain(value, zone)


def _words(asked: Field, value: Value, zone: tzinfo) -> Any:
    """The answer as a person would read it in Indonesian."""
    known: Mapping[str, Text] = {option.value: option.label for option in asked.options}
    if isinstance(value, list):
        return ", ".join(str(_words(asked, one, zone)) for one in value)
    if isinstance(value, str) and value in known:
        return known[value].id
    if isinstance(value, bool):
        return "Ya" if value else "Tidak"
    if isinstance(value, Decimal) and value != value.to_integral_value():
        return canonical.number_text(value).replace(".", ",")
    if isinstance(value, datetime):
        local = value.astimezone(zone)
        return f"{day_in_words(local.date())} pukul {local:%H.%M}"
    return day_in_words(value) if isinstance(value, date) else _plain(value, zone)


def _plain(value: Value, zone: tzinfo) -> Any:
    """JSON that a template can print: whole numbers as numbers, instants in the agency's own time."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one, zone) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one, zone) for one in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else canonical.number_text(value)
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(timespec="minutes") if value.tzinfo else value.replace(tzinfo=UTC).isoformat()
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return int(value.total_seconds())
    return value


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
