"""Decision tables: which rules match, and what the hit policy makes of them (DMN 8.2 and 8.3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.decision_run import Logic, note
from engine.decision_types import ItemType, Misfit, Types
from engine.feel import UnaryTests
from engine.feel.functions import BUILTINS
from engine.feel.operations import equal
from engine.feel.runtime import Run, Scope


@dataclass(frozen=True, kw_only=True)
class Input:
    """One input column."""

    id: str | None
    logic: Logic
    type: ItemType
    values: UnaryTests | None


@dataclass(frozen=True, kw_only=True)
class Output:
    """One output column; `values` also says which outputs come first."""

    id: str | None
    name: str
    type: ItemType
    values: UnaryTests | None
    default: Logic | None


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One row."""

    tests: tuple[UnaryTests, ...]
    outputs: tuple[Logic, ...]


@dataclass(frozen=True, kw_only=True)
class Table:
    """A compiled decision table. `policy` is the hit policy as the standard writes it, `aggregation` empty for none."""

    id: str | None
    policy: str
    aggregation: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    types: Types

    def decide(self, scope: Scope) -> tuple[Any, tuple[int, ...]]:
        """The table's value and the numbers of the rules that matched, counted from 1.

        A FIRST table stops at its first match. Problems are noted on the run; the value is then None.
        """
        values = self._inputs(scope)
        if values is None:
            return None, ()
        hits: list[int] = []
        for number, rule in enumerate(self.rules, 1):
            if self._matches(rule, values, scope):
                hits.append(number)
                if self.policy == "FIRST":
                    break
        if not hits:
            return self._default(scope), ()
        rows = [self._row(self.rules[number - 1], scope) for number in hits]
        return _POLICIES[self.policy](self, rows, scope), tuple(hits)

    def _inputs(self, scope: Scope) -> list[Any] | None:
        values: list[Any] = []
        failed = False
        for column in self.inputs:
            value = column.logic(scope)
            try:
                value = self.types.fit(value, column.type, scope.run)
                if column.values is not None and value is not None and column.values.within(value, scope) is not True:
                    raise Misfit("allowed-values")
            except Misfit as misfit:
                note(scope.run, f"input-{misfit.code}", column.id)
                failed = True
            values.append(value)
        return None if failed else values

    @staticmethod
    def _matches(rule: Rule, values: list[Any], scope: Scope) -> bool:
        scope.run.spend()
        return all(test.within(value, scope) is True for test, value in zip(rule.tests, values, strict=True))

    def _row(self, rule: Rule, scope: Scope) -> tuple[Any, ...]:
        return tuple(self._output(column, logic(scope), scope) for column, logic in zip(self.outputs, rule.outputs, strict=True))

    def _output(self, column: Output, value: Any, scope: Scope) -> Any:
        try:
            value = self.types.fit(value, column.type, scope.run)
            if column.values is not None and value is not None and column.values.within(value, scope) is not True:
                raise Misfit("allowed-values")
        except Misfit as misfit:
            note(scope.run, f"output-{misfit.code}", column.id)
            return None
        return value

    def _default(self, scope: Scope) -> Any:
        if all(column.default is None for column in self.outputs):
            return None
        row = tuple(self._output(column, column.default(scope) if column.default else None, scope) for column in self.outputs)
        value = self._value(row)
        return [value] if self.policy in _LISTS and not self.aggregation else value

    def _value(self, row: tuple[Any, ...]) -> Any:
        """A row of outputs as a value: the output itself, or a context of several."""
        return row[0] if len(row) == 1 else {column.name: value for column, value in zip(self.outputs, row, strict=True)}

    def _rank(self, row: tuple[Any, ...], scope: Scope) -> tuple[int, ...]:
        """Smaller comes first: by the first output that has an order, then by the next. Outside the order comes last."""
        ranks: list[int] = []
        for column, value in zip(self.outputs, row, strict=True):
            if column.values is not None and not column.values.anything:
                position = column.values.position(value, scope)
                ranks.append(len(self.rules) + 1_000_000 if position is None else position)
        return tuple(ranks)


_Row = tuple[Any, ...]


def _unique(table: Table, rows: list[_Row], scope: Scope) -> Any:
    if len(rows) > 1:
        note(scope.run, "unique-overlap", table.id)
        return None
    return table._value(rows[0])


def _first(table: Table, rows: list[_Row], scope: Scope) -> Any:
    return table._value(rows[0])


def _any(table: Table, rows: list[_Row], scope: Scope) -> Any:
    if not all(equal(scope.run, list(rows[0]), list(row)) is True for row in rows[1:]):
        note(scope.run, "any-differs", table.id)
        return None
    return table._value(rows[0])


def _priority(table: Table, rows: list[_Row], scope: Scope) -> Any:
    return table._value(min(rows, key=lambda row: table._rank(row, scope)))


def _output_order(table: Table, rows: list[_Row], scope: Scope) -> Any:
    return [table._value(row) for row in sorted(rows, key=lambda row: table._rank(row, scope))]


def _collect(table: Table, rows: list[_Row], scope: Scope) -> Any:
    values = [table._value(row) for row in rows]
    if not table.aggregation:
        return values
    result = BUILTINS[table.aggregation.lower()].call(scope.run, (values,))
    if result is None:
        note(scope.run, "aggregation-type", table.id)
    return result


_POLICIES: dict[str, Callable[[Table, list[_Row], Scope], Any]] = {
    "UNIQUE": _unique, "FIRST": _first, "ANY": _any, "PRIORITY": _priority, "OUTPUT ORDER": _output_order,
    "COLLECT": _collect, "RULE ORDER": _collect,
}
_LISTS = frozenset({"OUTPUT ORDER", "COLLECT", "RULE ORDER"})
POLICIES = frozenset(_POLICIES)
AGGREGATIONS = frozenset({"SUM", "MIN", "MAX", "COUNT"})


def fitted(types: Types, logic: Logic, wanted: ItemType, element_id: str | None) -> Logic:
    """`logic` with its result made to fit a type; a misfit is a problem and null."""

    def fit(scope: Scope) -> Any:
        return fit_or_note(types, logic(scope), wanted, element_id, scope.run)

    return fit


def fit_or_note(types: Types, value: Any, wanted: ItemType, element_id: str | None, run: Run, side: str = "output") -> Any:
    """`value` made to fit `wanted`, or None and a problem noted."""
    try:
        return types.fit(value, wanted, run)
    except Misfit as misfit:
        note(run, f"{side}-{misfit.code}", element_id)
        return None
