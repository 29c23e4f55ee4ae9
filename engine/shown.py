"""What stands beside a form's questions: variables that the diagram's tables computed, a proposal to whoever decides.

A form's `shows` names the variables. What stands in one is said by the form whose key is the variable's name: its title, its
fields, their classes. A variable is a context, a list of contexts, or (where the description has one field) a bare value or
a list of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from engine import forms
from engine.forms_schema import Field, FieldType, Form
from engine.results import FormField
from engine.types import Value


def beside(form: Form, among: Mapping[str, Form], variables: Mapping[str, Value], allowed: Collection[str]) -> tuple[FormField, ...]:
    """What `form` shows, as fields of type rows; one that a table never computed here, or of which the viewer may see nothing, is left
    out. No rows: the table was asked and proposes nothing."""
    described = [among[name] for name in form.shows if name in variables and name in among and among[name].fields]
    return tuple(read for each in described for read in _read(each, _rows(each, variables[each.key]), allowed))


def names(many: Iterable[Form], allowed: Collection[str]) -> dict[str, FormField]:
    """The shown variables and what stands in them by key, without values: what a reader may call them."""
    found: dict[str, FormField] = {}
    for each in _descriptions(many):
        for read in _read(each, None, allowed):
            for field in (read, *read.fields):
                found.setdefault(field.key, field)
    return found


def hidden(many: Iterable[Form], allowed: Collection[str]) -> frozenset[str]:
    """The shown variables that hold anything of a class outside `allowed`."""
    return frozenset(each.key for each in _descriptions(many) if any(field.sensitivity not in allowed for field in each.fields))


def _descriptions(many: Iterable[Form]) -> list[Form]:
    by_key = {form.key: form for form in many}
    return [by_key[name] for name in sorted({name for form in by_key.values() for name in form.shows} & by_key.keys())]


def _read(description: Form, rows: Value, allowed: Collection[str]) -> tuple[FormField, ...]:
    fields = tuple(field for field in description.fields if field.sensitivity in allowed)
    if not fields:
        return ()
    table = Field(key=description.key, type=FieldType.ROWS, label=description.title, help=description.help, sensitivity="C0", fields=fields)
    return forms.read_fields((table,), {description.key: rows}, allowed)


def _rows(description: Form, value: Value) -> list[dict[str, Any]]:
    many = value if isinstance(value, list | tuple) else [value]
    only = description.fields[0].key
    rows = [one if isinstance(one, Mapping) else {only: one} for one in many if one is not None]
    return [{key: item for key, item in row.items() if item is not None and item != []} for row in rows]
