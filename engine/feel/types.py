"""`instance of`: whether a value belongs to a FEEL type (FEEL 10.3.2.9)."""

from __future__ import annotations

from typing import Any

from engine.feel.runtime import Run
from engine.feel.syntax import Type
from engine.feel.values import Function, Range, kind_of


def is_instance(run: Run, value: Any, wanted: Type) -> bool:
    """Null belongs to `Null` only; a list or context belongs when all it holds does."""
    run.spend()
    if wanted.name == "Null" or value is None:
        return wanted.name == "Null" and value is None
    if wanted.name == "Any":
        return True
    if kind_of(value) != wanted.name:
        return False
    if not wanted.arguments:
        return True
    match value:
        case list():
            return all(_allows(run, element, wanted.arguments[0]) for element in value)
        case dict():
            return all(key in value and _allows(run, value[key], argument)
                       for key, argument in zip(wanted.keys, wanted.arguments, strict=True))
        case Range():
            return all(end is None or is_instance(run, end, wanted.arguments[0]) for end in (value.start, value.end))
        case Function():
            return len(value.parameters) == len(wanted.arguments) - 1
    return True


def _allows(run: Run, value: Any, wanted: Type) -> bool:
    return value is None or is_instance(run, value, wanted)
