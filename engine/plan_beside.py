"""The plan of services beside a form that speaks of it: shown, offered as choices, and filled in where rows name them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from engine import forms
from engine.authorization import OUTSIDE
from engine.casefile import Case, LineStatus
from engine.casefile.plan import rows_by_line
from engine.definitions import Definition
from engine.forms_schema import Field, FieldType, Form
from engine.results import FormField, FormView
from engine.types import Text, Value

PLAN: Final = "plan_lines"
LINE: Final = "line_no"
DOCUMENT: Final = "F04"                               # the plan as an SOP's inputs call it
_TOLD: Final = (LINE, "service_type", "provider")     # of a line, what tells it from the others
_OVER: Final = frozenset({LineStatus.FULFILLED, LineStatus.REFUSED, LineStatus.CANCELLED})

Line = Mapping[str, Value]


def belongs(form: Form, inputs: Collection[str], role: str) -> bool:
    """Whether whoever fills this form needs the plan beside it: it speaks of plan lines, by a field or a column for their number, or
    the SOP names the plan among what the step needs. People of another house see their own line only."""
    asks = any(each.key == LINE for field in form.fields for each in (field, *field.fields))
    return asks or (DOCUMENT in inputs and role not in OUTSIDE)


def beside(
    case: Case, definition: Definition, view: FormView, typed: Mapping[str, Value], allowed: Collection[str],
) -> tuple[FormView, FormField | None]:
    """The form with line numbers as choices and its rows begun from the plan, and the plan's visible lines; None without a plan.

    Rows that somebody `typed` already stay as typed. A line that is over is no longer asked about. Of a list that need not be
    filled, whose rows say something of the lines they name (consent withdrawn, a new line agreed to), none is begun: which lines
    those are is for the person to say.
    """
    lines = list(rows_by_line(case.record("plan").get(PLAN)).values())
    described = next((field for each in definition.forms.values() for field in each.fields if field.key == PLAN), None)
    if not lines or described is None:
        return view, None
    columns = tuple(column for column in described.fields if column.key in _TOLD and column.sensitivity in allowed)
    shown = Field(key=PLAN, type=FieldType.ROWS, label=described.label, sensitivity="C0", fields=columns)
    (table,) = forms.read_fields((shown,), {PLAN: lines}, allowed)
    choices = tuple((_number(line), _words(columns, line)) for line in lines if line.get(LINE) is not None)
    running = [line for line in lines if line.get("line_status") not in _OVER]
    return replace(view, fields=tuple(_begun(field, choices, running, typed, allowed) for field in view.fields)), table


def _begun(
    field: FormField, choices: tuple[tuple[str, Text], ...], running: Sequence[Line], typed: Mapping[str, Value], allowed: Collection[str]
) -> FormField:
    if field.key == LINE:
        return replace(field, options=choices)
    if not any(column.key == LINE for column in field.fields) or field.masked:
        return field
    value = field.value
    if value is None and field.key not in typed and (field.required or field.key == PLAN):
        asked = {column.key for column in field.fields if column.sensitivity in allowed} if field.key == PLAN else {LINE}
        value = [{key: item for key, item in line.items() if key in asked} for line in running]
    if field.key == PLAN:   # a plan numbers its own lines, also new ones
        return replace(field, value=value)
    return replace(field, value=value, fields=tuple(
        replace(column, options=choices) if column.key == LINE else column for column in field.fields))


def _number(line: Line) -> str:
    number: Any = line[LINE]
    return str(number.to_integral_value()) if hasattr(number, "to_integral_value") else str(number)


def _words(columns: Sequence[Field], line: Line) -> Text:
    """`1 · Layanan kesehatan · RSUD`: the number and what the viewer may see of the rest."""
    told = [Text(_number(line), _number(line))]
    for column in columns:
        value = line.get(column.key)
        if column.key != LINE and isinstance(value, str) and value:
            told.append(next((option.label for option in column.options if option.value == value), Text(value, value)))
    return Text(" · ".join(one.id for one in told), " · ".join(one.en for one in told))
