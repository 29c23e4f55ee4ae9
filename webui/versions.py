"""Two versions of one form side by side: which answers differ, in words. For corrections, and for two who typed at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.results import FormField, FormView
from engine.types import Value
from webui import context, forms


@dataclass(frozen=True, kw_only=True)
class Line:
    """One question with both answers in words."""

    label: str
    mine: str
    theirs: str
    differs: bool


def side_by_side(form: FormView, mine: Mapping[str, Value], theirs: Mapping[str, Value]) -> list[Line]:
    """Every question that either version answers, in the order of the form; what is masked is left out."""
    found = []
    for field in form.fields:
        one, other = mine.get(field.key), theirs.get(field.key)
        if not field.masked and (one not in (None, "", []) or other not in (None, "", [])):
            said, stands = in_words(field, one), in_words(field, other)
            found.append(Line(label=context.say(field.label), mine=said, theirs=stands, differs=said != stands))
    return found


def in_words(field: FormField, value: Value) -> str:
    """An answer as people read it, typed on a page or kept by the engine: the same answer gives the same words."""
    if field.type == "rows":
        rows = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list | tuple) else []
        told = ["; ".join(f"{context.say(column.label)}: {in_words(column, row[column.key])}" for column in field.fields
                          if row.get(column.key) not in (None, "", [])) for row in rows]
        return " | ".join(one for one in told if one) or "—"
    if field.type in ("date", "datetime"):
        return forms.in_words(forms.as_date(value, context.zone()) or value)
    if field.type == "boolean" and value in ("true", "false"):
        value = value == "true"
    if field.type in ("file", "signature") and isinstance(value, Mapping):
        value = {key: item for key, item in value.items() if key != "content"}
    return forms.shown_value(replace(field, value=value))
