"""A form and its answers: what may be sent, which of it steers the process, and what a viewer may see.

`answers` reads a submission whole or refuses it whole, with what to do about each field. The server decides which
questions apply: an answer to one that `showIf` hides is dropped, whoever sent it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from engine import feel, form_values
from engine.errors import InvalidSubmission
from engine.form_values import Problem, Unusable, Upload
from engine.forms_schema import Field, FieldType, Form
from engine.results import FormField, FormView
from engine.types import Text, Value

MAX_ROWS: Final = 60
UNKNOWN_KEY: Final[Problem] = (
    "Ada isian yang tidak dikenal formulir ini. Muat ulang halaman, lalu kirim lagi.",
    "Something was sent that this form does not ask. Reload the page and send it again.")
TOO_MANY_ROWS: Final[Problem] = (f"Paling banyak {MAX_ROWS} baris.", f"At most {MAX_ROWS} rows.")
NOT_ROWS: Final[Problem] = ("Isi sebagai daftar baris.", "Enter a list of rows.")
RULE_BROKEN: Final[Problem] = ("Jawaban ini tidak sesuai dengan aturan isian.", "This answer breaks the rule of the field.")
LIMITED: Final = Text("Isian terbatas", "Limited field")
_RESTRICTED: Final = frozenset({"C3", "C4"})  # even the name of such a field tells something (design.md 3, invariant 14)


@dataclass(frozen=True, kw_only=True)
class Answers:
    """A submission that passed: `submission` is all of it, typed; `variables` the part that steers.

    A steering field that was asked and left empty is None in `variables`; one that was not asked keeps what it was.
    """

    submission: Mapping[str, Value]
    variables: Mapping[str, Value]
    uploads: tuple[Upload, ...] = ()

    @property
    def payload(self) -> Mapping[str, Value]:
        """What does not steer: of this nothing may become a variable."""
        return {key: value for key, value in self.submission.items() if key not in self.variables}


def answers(
    form: Form, raw: Mapping[str, Any], *, variables: Mapping[str, Value], now: datetime, zone: ZoneInfo,
    masked: Collection[str] = (),
) -> Answers:
    """Read a submission of `form`.

    `variables` are the process variables that `showIf` and rules may read beside the form's own answers. `masked` are keys of
    fields that the person may not see: an answer to one is refused like an unknown key, and what is known of it stays.

    Raises:
        InvalidSubmission: nothing of it is used. `problems` names fields (`plan.0.goal` for the first row of `plan`); the
            empty key stands for the submission as a whole.
    """
    fields = tuple(field for field in form.fields if field.key not in masked)
    if not isinstance(raw, Mapping) or not raw.keys() <= {field.key for field in fields}:
        raise InvalidSubmission({"": UNKNOWN_KEY})
    reading = _Reading(now=now, zone=zone)
    typed = reading.group(fields, raw, outer=variables, path="")
    if reading.problems:
        raise InvalidSubmission(reading.problems)
    steering = {
        field.key: _steering_value(field, typed.given.get(field.key)) for field in fields
        if field.steering and field.key in typed.asked
    }
    return Answers(submission=typed.given, variables=steering, uploads=tuple(reading.uploads))


@dataclass(frozen=True, kw_only=True)
class _Group:
    """The answers of one form or one row: which fields were asked, and what was answered."""

    asked: frozenset[str]
    given: dict[str, Value]


class _Reading:
    """One submission being read: problems and uploads gather here."""

    def __init__(self, *, now: datetime, zone: ZoneInfo) -> None:
        self.now, self.zone = now, zone
        self.problems: dict[str, Problem] = {}
        self.uploads: list[Upload] = []

    def group(self, fields: Sequence[Field], raw: Mapping[str, Any], *, outer: Mapping[str, Value], path: str) -> _Group:
        """The typed answers of `fields`. Problems of a field that turns out not to be asked do not count."""
        given: dict[str, Value] = {}
        problems: dict[str, dict[str, Problem]] = {}
        uploads: dict[str, list[Upload]] = {}
        for field in fields:
            if field.type is not FieldType.ROWS and not form_values.is_blank(raw.get(field.key)):
                try:
                    given[field.key] = form_values.read_value(
                        field, raw[field.key], zone=self.zone, uploads=uploads.setdefault(field.key, []))
                except Unusable as unusable:
                    problems[field.key] = {path + field.key: unusable.problem}
        tables = {
            field.key: raw[field.key] for field in fields
            if field.type is FieldType.ROWS and not form_values.is_blank(raw.get(field.key))}
        asked = self._asked(fields, {**given, **tables}, outer)
        given = {key: value for key, value in given.items() if key in asked}
        for field in fields:
            if field.key not in asked:
                continue
            if field.key in tables:
                given[field.key] = self._rows(field, tables[field.key], {**outer, **_scope(fields, given)}, path + field.key)
            if field.key in problems:
                self.problems |= problems[field.key]
            elif field.required and field.key not in given:
                self.problems.setdefault(path + field.key, form_values.REQUIRED)
            self.uploads += uploads.get(field.key, [])
        self._check_rules(fields, given, outer, path)
        return _Group(asked=asked, given={field.key: given[field.key] for field in fields if field.key in given})

    def _asked(self, fields: Sequence[Field], given: Mapping[str, Value], outer: Mapping[str, Value]) -> frozenset[str]:
        """The fields that apply. A hidden field's answer counts as none, which may hide further ones, until nothing changes."""
        asked = frozenset(field.key for field in fields)
        for _ in fields:
            scope = {**outer, **_scope(fields, {key: value for key, value in given.items() if key in asked})}
            still = frozenset(
                field.key for field in fields
                if field.key in asked and (field.show_if is None or self._is_true(field.show_if, scope)))
            if still == asked:
                break
            asked = still
        return asked

    def _rows(self, field: Field, raw: Any, scope: Mapping[str, Value], path: str) -> list[dict[str, Value]]:
        if not isinstance(raw, list | tuple) or not all(isinstance(row, Mapping) for row in raw):
            self.problems[path] = NOT_ROWS
            return []
        if len(raw) > MAX_ROWS:
            self.problems[path] = TOO_MANY_ROWS
            return []
        known = {column.key for column in field.fields}
        rows: list[dict[str, Value]] = []
        for index, row in enumerate(raw):
            if not row.keys() <= known:
                self.problems[""] = UNKNOWN_KEY
            elif not all(form_values.is_blank(value) for value in row.values()):
                rows.append(self.group(field.fields, row, outer=scope, path=f"{path}.{index}.").given)
        if field.required and not rows:
            self.problems.setdefault(path, form_values.REQUIRED)
        return rows

    def _check_rules(self, fields: Sequence[Field], given: Mapping[str, Value], outer: Mapping[str, Value], path: str) -> None:
        scope = {**outer, **_scope(fields, given)}
        for field in fields:
            if field.rule is None or field.key not in given or form_values.holds_unknown(field, given[field.key]):
                continue
            if not self._is_true(field.rule, scope):
                self.problems.setdefault(path + field.key, RULE_BROKEN)

    def _is_true(self, source: str, scope: Mapping[str, Value]) -> bool:
        """Whether a condition holds; null is not true. Lint checked the text at deployment."""
        return bool(_expression(source, tuple(sorted(scope))).evaluate(scope, now=self.now) is True)


@lru_cache(maxsize=2048)
def _expression(source: str, names: tuple[str, ...]) -> feel.Expression:
    return feel.compile_expression(source, names=names)


def _scope(fields: Sequence[Field], given: Mapping[str, Value]) -> dict[str, Value]:
    """The form's own answers for an expression: every field has a name there, unanswered ones are null."""
    return {field.key: given.get(field.key) for field in fields}


def _steering_value(field: Field, value: Value) -> Value:
    """The variable a steering answer becomes: of the declared type, or None. Of rows, the steering columns alone."""
    if field.type is FieldType.ROWS:
        return [
            {column.key: _steering_value(column, row.get(column.key)) for column in field.fields if column.steering}
            for row in value or []]
    if form_values.holds_unknown(field, value) and field.type not in (FieldType.TEXT, FieldType.CHOICE):
        return None
    return value


# --- what people see ---------------------------------------------------------------------------------------------


def to_fill(form: Form, known: Mapping[str, Value], allowed: Collection[str]) -> FormView:
    """The form for whoever fills it in: all its questions, with what is known of those they may see.

    A field whose known value is of a class they may not see is masked, and cannot be answered either (`masked_keys`).
    """
    hidden = masked_keys(form, known, allowed)
    return _view(form, tuple(
        _form_field(field, known.get(field.key), masked=field.key in hidden, anonymous=False, allowed=allowed)
        for field in form.fields))


def masked_keys(form: Form, known: Mapping[str, Value], allowed: Collection[str]) -> frozenset[str]:
    """Fields that hold something the person may not see: `answers` must be told of them."""
    return frozenset(
        field.key for field in form.fields
        if field.sensitivity not in allowed and not form_values.is_blank(known.get(field.key)))


def to_read(form: Form, submission: Mapping[str, Value], allowed: Collection[str]) -> FormView:
    """What was answered, for a reader: values outside `allowed` are masked, and of C3 and C4 not even the question shows."""
    return _view(form, read_fields(form.fields, submission, allowed))


def read_fields(fields: Sequence[Field], values: Mapping[str, Value], allowed: Collection[str]) -> tuple[FormField, ...]:
    """As `to_read`, for fields without their form (records of the case file)."""
    return tuple(
        _form_field(field, values.get(field.key), masked=field.sensitivity not in allowed,
                    anonymous=field.sensitivity not in allowed and field.sensitivity in _RESTRICTED, allowed=allowed, index=index)
        for index, field in enumerate(fields))


def merged(many: Iterable[Form]) -> dict[str, Field]:
    """The fields of several forms by key; what forms say differently of one key is all its options and its strictest class."""
    fields: dict[str, Field] = {}
    for field in (field for form in many for field in form.fields):
        if (before := fields.get(field.key)) is not None:
            said = {option.value for option in field.options}
            field = replace(field, sensitivity=max(field.sensitivity, before.sensitivity),
                            options=(*field.options, *(option for option in before.options if option.value not in said)))
        fields[field.key] = field
    return fields


def named(many: Iterable[Form], allowed: Collection[str]) -> dict[str, FormField]:
    """The steering fields of these forms and their columns by key, without values: what a reader may call the variables."""
    found: dict[str, FormField] = {}
    for field in (field for form in many for field in form.steering):
        for each in read_fields((field, *field.fields), {}, allowed):
            if not each.masked:
                found.setdefault(each.key, each)
    return found


def _view(form: Form, fields: tuple[FormField, ...]) -> FormView:
    return FormView(key=form.key, title=form.title, help=form.help, clause=form.clause, fields=fields)


def _form_field(
    field: Field, value: Value, *, masked: bool, anonymous: bool, allowed: Collection[str], index: int = 0
) -> FormField:
    if anonymous:
        return FormField(key=f"limited_{index}", type=FieldType.TEXT.value, label=LIMITED, help=Text("", ""), required=False,
                         steering=False, sensitivity=field.sensitivity, masked=True)
    shown = None if masked else _without_masked_columns(field, value, allowed)
    return FormField(
        key=field.key, type=field.type.value, label=field.label, help=field.help, required=field.required, steering=field.steering,
        sensitivity=field.sensitivity, options=tuple((option.value, option.label) for option in field.options),
        show_if=field.show_if, clause=field.clause, allow_unknown=field.allow_unknown,
        fields=tuple(
            _form_field(column, None, masked=masked or (column.sensitivity not in allowed and not form_values.is_blank(value)),
                        anonymous=False, allowed=allowed)
            for column in field.fields),
        value=shown, masked=masked, group=field.group)


def _without_masked_columns(field: Field, value: Value, allowed: Collection[str]) -> Value:
    if field.type is not FieldType.ROWS or not isinstance(value, list | tuple):
        return value
    seen = {column.key for column in field.fields if column.sensitivity in allowed}
    return [{key: item for key, item in row.items() if key in seen} for row in value if isinstance(row, Mapping)]
