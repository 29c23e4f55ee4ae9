"""What a letter of the case may say, gathered from what was submitted, and the PDF that says it.

A template never sees the case file: it sees `data.json`, and only what this module puts there. The shape stands in
docs/letters.md. Fields of class C4 stay out of every letter.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from engine import canonical, errors, recorded
from engine.date_words import day_in_words
from engine.definitions import Definition
from engine.executor import Context
from engine.forms_schema import Field, FieldType, Form
from engine.replay import Step
from engine.transition import CompleteTask, OpenTask, Start
from engine.types import Text, Value
from storage import agencies, instances

SHOWN_CLASSES = frozenset({"", "C0", "C1", "C2", "C3"})


@dataclass(frozen=True, kw_only=True)
class LetterSource:
    """A letter ready to be set: the deployment's template, and of the case file what this letter may say."""

    template: bytes
    data: Mapping[str, Any]
    files: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """SHA-256 over template and data: what the QR code on the paper says."""
        return hashlib.sha256(self.template + b"\0" + _json(self.data)).hexdigest()

    def pdf(self, images: Mapping[str, bytes]) -> bytes:
        """The letter; the same bytes for the same source. `images` are files the template may show by name."""
        from engine.render.typst import pdf

        data = {**self.data, "digest": self.digest, "images": sorted(images)}
        return pdf(self.template, data, files={**self.files, **images})


@dataclass(frozen=True, kw_only=True)
class Filled:
    """One form as it was filled in this instance, and the multi-instance item it was filled for."""

    form: Form
    submission: Mapping[str, Value]
    at: datetime
    item: Value = None


def source(context: Context, row: instances.InstanceRow, *, code: str, number: str, line: Value = None) -> LetterSource:
    """The letter `code` of this instance as it stands now.

    `line` names the row of a multi-instance element (its `line_no`) the letter is about: forms filled for other rows stay out.

    Raises:
        UnknownElement: the SOP has no such document, or no template for it.
    """
    definition = context.executor.definition(context.uow, row.deployment_id)
    document, folder = definition.documents.get(code, (None, ""))
    template = definition.files.get(f"{folder}documents/{document.template}.typ") if document else None
    agency = agencies.get(context.uow, row.agency_id)
    if document is None or template is None or agency is None:
        raise errors.UnknownElement(document=code)
    zone = ZoneInfo(agency.zone)
    filled = filled_forms(context, row, definition)
    chosen = [one for one in filled if line is None or one.item is None or _line_no(one.item) == line]
    item = next((one.item for one in reversed(chosen) if one.item is not None and line is not None), None)
    profile = agency.profile if isinstance(agency.profile, Mapping) else {}
    data: dict[str, Any] = {
        "code": code,
        "number": number,
        "title": document.title.id,
        "date": day_in_words(context.now.astimezone(zone).date()),
        "agency": {"code": agency.code, "name": agency.name, "region": agency.region, "letterhead": profile.get("letterhead", {})},
        "case": {"code": row.business_key, "risk": row.risk},
        "line": _plain(item, zone),
        "records": _by_record(chosen, zone, labels=False),
        "words": _by_record(chosen, zone, labels=True),
    }
    shelf = f"{folder}documents/"
    files = {path.removeprefix(shelf): content for path, content in definition.files.items()
             if path.startswith(shelf) and _is_beside(path, definition.files)}
    return LetterSource(template=template, data=data, files=files)


def _is_beside(path: str, files: Mapping[str, bytes]) -> bool:
    """Whether a template may show or import it: an image, or Typst that is no document itself (one has a sample)."""
    return path.endswith((".svg", ".png")) or path.endswith(".typ") and f"{path[:-4]}.sample.json" not in files


def filled_forms(context: Context, row: instances.InstanceRow, definition: Definition) -> list[Filled]:
    """Every form of the instance in the order it was submitted, read from the journal: what was typed, not what was projected."""
    found: list[Filled] = []
    waiting: dict[str, OpenTask] = {}

    def on_step(step: Step) -> None:
        form, item = _form_of(step, definition, waiting)
        if form is not None and step.submission is not None:
            found.append(Filled(form=form, submission=step.submission, at=step.entry.at, item=item))
        waiting.clear()
        waiting.update({task.token_id: task for task in step.transition.view.tasks})

    recorded.replayed(context, row, on_step=on_step)
    return found


def _form_of(step: Step, definition: Definition, waiting: Mapping[str, OpenTask]) -> tuple[Form | None, Value]:
    if isinstance(step.stimulus, Start):
        return definition.forms.get(definition.sheet.start_form or ""), None
    if not isinstance(step.stimulus, CompleteTask) or step.stimulus.token_id not in waiting:
        return None, None
    task = waiting[step.stimulus.token_id]
    return definition.forms.get(definition.element(task.element_id).form or ""), task.item


def _line_no(item: Value) -> Value:
    return item.get("line_no") if isinstance(item, Mapping) else None


def _by_record(filled: Iterable[Filled], zone: tzinfo, *, labels: bool) -> dict[str, dict[str, Any]]:
    """Per record (or form, where it makes none) the latest answer of each field a letter may show."""
    records: dict[str, dict[str, Any]] = {}
    for one in filled:
        record = records.setdefault(one.form.record or one.form.key, {})
        record.update(_answers(one.form.fields, one.submission, zone, labels=labels))
    return records


def _answers(fields: Iterable[Field], submission: Mapping[str, Value], zone: tzinfo, *, labels: bool) -> dict[str, Any]:
    shown = [one for one in fields if one.sensitivity in SHOWN_CLASSES and one.key in submission]
    return {one.key: _answer(one, submission[one.key], zone, labels=labels) for one in shown}


def _answer(asked: Field, value: Value, zone: tzinfo, *, labels: bool) -> Any:
    if asked.type is FieldType.ROWS and isinstance(value, list):
        return [_answers(asked.fields, row, zone, labels=labels) for row in value if isinstance(row, Mapping)]
    if labels:
        return _words(asked, value, zone)
    return _plain(value, zone)


def _words(asked: Field, value: Value, zone: tzinfo) -> Any:
    """The answer as a person would read it in Indonesian."""
    known: Mapping[str, Text] = {option.value: option.label for option in asked.options}
    if isinstance(value, list):
        return ", ".join(str(_words(asked, one, zone)) for one in value)
    if isinstance(value, str) and value in known:
        return known[value].id
    if isinstance(value, bool):
        return "Ya" if value else "Tidak"
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
