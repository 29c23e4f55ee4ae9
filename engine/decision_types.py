"""Types of a DMN file: what `typeRef` names, how a value is made to fit it, and which values are allowed (DMN 7.3.2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from engine.decisions_xml import Reading
from engine.feel import UnaryTests
from engine.feel.runtime import Run, Scope
from engine.feel.values import kind_of

_KINDS = {
    "any": "Any", "string": "string", "number": "number", "boolean": "boolean", "date": "date", "time": "time",
    "datetime": "date and time", "date and time": "date and time", "context": "context", "list": "list", "range": "range",
    "function": "function",
    "daytimeduration": "days and time duration", "days and time duration": "days and time duration",
    "yearmonthduration": "years and months duration", "years and months duration": "years and months duration",
}


class Misfit(Exception):
    """A value does not belong to its type, or is none of the allowed values."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class ItemType:
    """`kind` is a FEEL type, or `based_on` the name of another definition, or `components` make a context."""

    kind: str = ""
    based_on: str = ""
    components: tuple[tuple[str, ItemType], ...] | None = None
    is_collection: bool = False
    allowed: UnaryTests | None = None
    #: Allowed values of the whole value (DMN 1.5 `typeConstraint`), also where it is a collection.
    constraint: UnaryTests | None = None


ANY = ItemType(kind="Any")


class Types:
    """The item definitions of one file."""

    def __init__(self, reading: Reading, compile_tests: Callable[[Any], UnaryTests | None]) -> None:
        self._reading = reading
        self._compile_tests = compile_tests
        self._defined: dict[str, ItemType] = {}
        self._elements: dict[str, Any] = {}

    def read(self, elements: list[Any]) -> None:
        """Read every item definition; names first, because they may be used before they are defined."""
        for element in elements:
            name = self._reading.name(element)
            if name in self._elements:
                self._reading.find("dmn-name-duplicate", element)
            self._elements[name] = element
        for name, element in self._elements.items():
            self._defined[name] = self._item(element)
        for name, element in self._elements.items():
            self._refuse_endless(name, element)

    def named(self, reference: str | None, element: Any) -> ItemType:
        """The type a `typeRef` names; a finding at `element` when there is none such."""
        name = " ".join((reference or "").split())
        if not name:
            return ANY
        for candidate in (name, name.rpartition(":")[2]):  # DMN 1.1 writes `feel:string`
            if candidate in self._elements:
                return ItemType(based_on=candidate)
            if candidate.lower() in _KINDS:
                return ItemType(kind=_KINDS[candidate.lower()])
        self._reading.find("dmn-type-unknown", element)
        return ANY

    def allowed_of(self, wanted: ItemType) -> UnaryTests | None:
        """The allowed values of a type, wherever along its chain of definitions they are written."""
        while wanted.allowed is None and wanted.based_on:
            wanted = self._defined[wanted.based_on]
        return wanted.allowed or wanted.constraint

    def fit(self, value: Any, wanted: ItemType, run: Run, depth: int = 0) -> Any:
        """`value` as a value of `wanted`: a list of one for its element and the reverse, a date for its midnight.

        Null belongs to every type. Raises `Misfit`.
        """
        if value is None or wanted is ANY:
            return value
        run.spend()
        if wanted.is_collection:
            elements = value if isinstance(value, list) else [value]
            element_type = ItemType(wanted.kind, wanted.based_on, wanted.components, allowed=wanted.allowed)
            fitted: Any = [self.fit(element, element_type, run, depth + 1) for element in elements]
            self._check(fitted, wanted.constraint, run)
            return fitted
        if wanted.based_on:
            value = self.fit(value, self._defined[wanted.based_on], run, depth + 1)
        elif wanted.components is not None:
            value = self._fit_context(value, wanted.components, run, depth)
        else:
            value = _fit_kind(value, wanted.kind)
        self._check(value, wanted.allowed, run)
        self._check(value, wanted.constraint, run)
        return value

    def _fit_context(self, value: Any, components: tuple[tuple[str, ItemType], ...], run: Run, depth: int) -> Any:
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if not isinstance(value, dict):
            raise Misfit("type")
        return {**value, **{name: self.fit(value.get(name), wanted, run, depth + 1)
                         for name, wanted in components if name in value}}

    @staticmethod
    def _check(value: Any, allowed: UnaryTests | None, run: Run) -> None:
        if allowed is not None and allowed.within(value, Scope({}, None, run)) is not True:
            raise Misfit("allowed-values")

    def _item(self, element: Any) -> ItemType:
        parts: dict[str, Any] = {}
        components: list[tuple[str, ItemType]] = []
        for child in self._reading.children(element, "typeRef", "allowedValues", "typeConstraint", "itemComponent", "functionItem"):
            if (tag := self._reading.local(child)) == "itemComponent":
                components.append((self._reading.name(child), self._item(child)))
            elif tag in parts:
                self._reading.find("dmn-element-unknown", child)
            else:
                parts[tag] = child
        tests = {tag: self._compile_tests(parts[tag]) for tag in ("allowedValues", "typeConstraint") if tag in parts}
        base = ANY
        if "functionItem" in parts:
            base = ItemType(kind="function")
        elif "typeRef" in parts:
            base = self.named(parts["typeRef"].text, parts["typeRef"])
        elif element.get("typeRef"):
            base = self.named(element.get("typeRef"), element)
        return ItemType(base.kind, base.based_on, tuple(components) if components else None,
                        (element.get("isCollection") or "").strip() in {"true", "1"},
                        tests.get("allowedValues"), tests.get("typeConstraint"))

    def _refuse_endless(self, name: str, element: Any) -> None:
        """A definition based on itself has no values; one that holds itself as a component has."""
        seen: set[str] = set()
        while name and name not in seen:
            seen.add(name)
            name = self._defined[name].based_on
        if name:
            self._reading.find("dmn-cycle", element)


def _fit_kind(value: Any, kind: str) -> Any:
    if kind in {"Any", ""}:
        return value
    found = kind_of(value)
    if found == kind:
        return value
    if kind == "list":
        return [value]
    if found == "list" and len(value) == 1:
        return _fit_kind(value[0], kind)
    if kind == "date and time" and type(value) is date:
        return datetime.combine(value, time(), UTC)
    raise Misfit("type")


