"""The rows of a decision table held against what its inputs can be: which match together, and for which inputs none does.

Names are given their values one after the other, so that columns that read the same name stay of one mind, and a question that is not
shown stays without an answer. A column that reads what nothing tells of may pass any row; the search is bounded, and raises `FeelLimit`
past its bound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from engine import feel
from engine.decision_graph import Node
from engine.decision_run import DecisionRun
from engine.decision_tables import Table
from engine.decision_types import Misfit, Types
from engine.feel.runtime import Scope, admit
from engine.lint.answerable import NOON, Source, Values, answer, compiled, distinct
from engine.table_check import Column, samples
from engine.table_trial import KINDS
from engine.forms_schema import Field, FieldType
from engine.types import Value

_MOST_WORK: Final = 40_000   # cells asked, and steps of the search
Case = Mapping[str, Value]


@dataclass(frozen=True, kw_only=True)
class Example:
    """Rows, counted from 1, and the inputs that they take or leave out."""

    rows: tuple[int, ...]
    case: Case


@dataclass(frozen=True)
class _Column:
    """`names` is what its expression reads; None where it cannot be read here."""

    place: int
    names: frozenset[str] | None
    is_plain: bool   # it is a name, and nothing more


@dataclass(kw_only=True)
class Rows:
    """One table, and what is told of its names. `guess`: what nothing tells of may be whatever its cells name."""

    node: Node
    table: Table
    sources: Mapping[str, Source]
    is_met: Callable[[Case], bool]   # whether such inputs come to it
    guess: bool = False
    _left: int = field(default=_MOST_WORK, init=False)

    def overlap(self) -> Example | None:
        """Two rows that match together, and an input that both take; of an ANY table, rows that do not say the same."""
        said = _said(self.node) if self.table.policy == "ANY" else list(range(len(self.table.rules)))
        for case, sure, _ in self._walk(lambda sure, *_: sure.bit_count() > 1):
            rows = [row for row in range(len(self.table.rules)) if sure >> row & 1]
            other = next((row for row in rows if said[row] != said[rows[0]]), None)
            if other is not None and self._comes(case):
                return Example(rows=(rows[0] + 1, other + 1), case=case)
        return None

    def gap(self) -> Example | None:
        """An input that no row takes."""
        ends = [self._passing(at) for at in range(len(self._order) + 1)]
        for case, _, may in self._walk(lambda sure, may, at: not sure & ends[at]):
            if not may and self._comes(case):
                return Example(rows=(), case=case)
        return None

    def unused(self) -> tuple[int, ...]:
        """The rows, counted from 1, that no input takes or, under FIRST, earlier ones always take from them. Raises `FeelLimit`."""
        used = 0
        for _, sure, may in self._walk(lambda *_: True):
            first = sure & -sure
            used |= may & (first | first - 1) if first and self.table.policy == "FIRST" else may
        return tuple(row + 1 for row in range(len(self.table.rules)) if not used >> row & 1)

    def refused(self) -> Example | None:
        """An input that the table does not even read: of another type than its column's, or none of its allowed values."""
        for name, values in self._choices.items():
            for value in values:
                try:
                    self._given(name, value)
                    for column in self._columns:
                        if column.names == frozenset({name}):
                            self._value(column, {name: value})
                except Misfit:
                    if self._comes({name: value}):
                        return Example(rows=(), case={name: value})
        return None

    # --- the search ---------------------------------------------------------------------------------------------

    def _walk(self, goes_on: Callable[[int, int, int], bool]) -> Iterator[tuple[Case, int, int]]:
        """Every case with the rows that surely take it and those that may, as bits; only where `goes_on`, asked with both and the number
        of names that have a value, lets it be looked for."""
        everything = (1 << len(self.table.rules)) - 1
        blind = [column for column in self._columns if not self._is_known(column)]
        sure = everything
        for column in blind:
            sure &= self._open(column)
        waiting: list[tuple[dict[str, Value], int, int]] = [({}, sure, everything)]
        while waiting:
            self._spend(1 + len(self.table.rules) // 50)
            case, sure, may = waiting.pop()
            if not goes_on(sure, may, len(case)):
                continue
            if len(case) == len(self._order) or not may:
                yield case, sure, may
                continue
            name = self._order[len(case)]
            for value in reversed(self._values(name, case)):
                more = {**case, name: value}
                try:
                    passed = [self._masks(column, more) for column in self._columns
                              if self._is_known(column) and name in (column.names or ()) and (column.names or set()) <= more.keys()]
                except Misfit:
                    continue   # told as refused
                now_sure, now_may = sure, may
                for surely, maybe in passed:
                    now_sure, now_may = now_sure & surely, now_may & maybe
                waiting.append((more, now_sure, now_may))

    def _spend(self, work: int) -> None:
        """Raises `FeelLimit` past the bound."""
        self._left -= work
        if self._left < 0:
            raise feel.FeelLimit()

    def _comes(self, case: Case) -> bool:
        self._spend(100)
        return self.is_met(case)

    def _values(self, name: str, case: Case) -> Values:
        shown = self._shown.get(name)
        if shown is not None and shown.names <= case.keys() and answer(shown, case) is not True:
            return (None,)
        return self._choices[name]

    def _passing(self, at: int) -> int:
        """The rows that ask nothing of the names from this one on."""
        later = set(self._order[at:])
        rows = (1 << len(self.table.rules)) - 1
        for column in self._columns:
            if self._is_known(column) and (column.names or set()) & later:
                rows &= self._open(column)
        return rows

    def _masks(self, column: _Column, case: Case) -> tuple[int, int]:
        tests = [rule.tests[column.place] for rule in self.table.rules]
        key = column.place, repr([case[name] for name in sorted(column.names or ())])
        if key not in self._seen:
            self._spend(len(tests))
            value = self._value(column, case)
            scope = Scope({}, None, self._run)
            sure = sum(1 << row for row, test in enumerate(tests) if not test.required and test.within(value, scope) is True)
            self._seen[key] = sure, sure | sum(1 << row for row, test in enumerate(tests) if test.required)
        return self._seen[key]

    def _value(self, column: _Column, case: Case) -> Any:
        """What a column reads. Raises `Misfit`."""
        drawn = self.table.inputs[column.place]
        bound = {name: self._given(name, case[name]) for name in column.names or ()}
        value = self.table.types.fit(drawn.logic(Scope(bound, None, self._run)), drawn.type, self._run)
        if drawn.values is not None and value is not None and drawn.values.within(value, Scope({}, None, self._run)) is not True:
            raise Misfit("allowed-values")
        return value

    def _given(self, name: str, value: Value) -> Any:
        wanted = next((each.type for each in self.node.inputs if name in each.names), None)
        given = admit(value, self._run)
        return given if wanted is None else self._types.fit(given, wanted, self._run)

    # --- what is known ------------------------------------------------------------------------------------------

    @cached_property
    def _run(self) -> DecisionRun:
        return DecisionRun(NOON)

    @property
    def _types(self) -> Types:
        return self.table.types

    @cached_property
    def _seen(self) -> dict[tuple[int, str], tuple[int, int]]:
        return {}

    @cached_property
    def _columns(self) -> list[_Column]:
        return [_Column(place, *read) for place, read in enumerate(columns(self.node))]

    def _is_known(self, column: _Column) -> bool:
        return column.names is not None and column.names <= self._choices.keys()

    def _open(self, column: _Column) -> int:
        return sum(1 << row for row, rule in enumerate(self.table.rules) if rule.tests[column.place].anything)

    @cached_property
    def _shown(self) -> dict[str, feel.Expression]:
        """Under which condition a question is asked, where one form asks it."""
        read = {name: compiled(told.questions[0].show_if or "") for name, told in self.sources.items()
                if len(told.questions) == 1 and not told.words}
        return {name: condition for name, condition in read.items() if condition is not None}

    @cached_property
    def _choices(self) -> dict[str, Values]:
        """What each name can be, of those of which that is known."""
        found: dict[str, Values] = {}
        for name in dict.fromkeys([*(name for column in self._columns for name in sorted(column.names or ())),
                                   *(name for shown in self._shown.values() for name in sorted(shown.names))]):
            told = self.sources.get(name)
            values = told.values if told is not None else None
            if values is None:
                values = self._sampled(name, told)
            if values:
                found[name] = values
        return {name: self._told_apart(name, values) for name, values in found.items()}

    def _told_apart(self, name: str, values: Values) -> Values:
        """Of values that one column alone reads, and that it takes alike, the first."""
        reading = [column for column in self._columns if name in (column.names or ())]
        depends = name in self._shown or any(name in each.names for each in self._shown.values())
        if depends or len(reading) != 1 or reading[0].names != frozenset({name}):
            return values
        found: dict[tuple[int, int] | None, Value] = {}
        for value in values:
            try:
                found.setdefault(self._masks(reading[0], {name: value}), value)
            except Misfit:
                found.setdefault(None, value)
        return tuple(found.values())

    def _sampled(self, name: str, told: Source | None) -> Values | None:
        """Values of a name that cannot be listed: those that the cells of its columns tell apart."""
        plain = [column for column in self._columns if column.is_plain and column.names == frozenset({name})]
        if len(plain) != 1 or any(name in (column.names or ()) for column in self._columns if column not in plain):
            return None
        drawn, tests = self.table.inputs[plain[0].place], [rule.tests[plain[0].place] for rule in self.table.rules]
        allowed = drawn.values or self._types.allowed_of(drawn.type)
        if told is None:
            if not self.guess:
                return None
            kinds = Column(label="", kind=drawn.type.kind.removeprefix("Any"))
            return distinct(value for value, _ in samples(kinds, tests, allowed))
        found: list[Value] = list(told.words)
        for question in told.questions:
            kind = KINDS.get(question.type, "")
            if kind in ("", "list"):
                return None
            of = Column(label="", kind=kind, is_whole=question.type is FieldType.INTEGER)
            found += [value for value, _ in samples(of, tests, None) if value is not None and _is_taken(question, value)]
            found += [] if question.required else [None]
        return distinct(found)

    @cached_property
    def _order(self) -> list[str]:
        """Names in the order they get their values: what a question depends on before the question."""
        order: list[str] = []

        def place(name: str, under: frozenset[str]) -> None:
            if name in order or name in under or name not in self._choices:
                return
            for before in sorted(self._shown[name].names) if name in self._shown else ():
                place(before, under | {name})
            order.append(name)

        for column in self._columns:
            if self._is_known(column):
                for name in sorted(column.names or ()):
                    place(name, frozenset())
        return order


def columns(node: Node) -> list[tuple[frozenset[str] | None, bool]]:
    """What each input column of a table reads, and whether that is one name and nothing more."""
    found: list[tuple[frozenset[str] | None, bool]] = []
    declared = [name for each in (*node.inputs, *node.requires) for name in each.names]
    for drawn in node.element.iterfind("{*}decisionTable/{*}input/{*}inputExpression"):
        text = "".join(each.text or "" for each in drawn.iterfind("{*}text")).strip()
        try:
            read = feel.compile_expression(text, names=declared)
            found.append((read.names, {" ".join(text.split())} == read.names))
        except (feel.FeelSyntaxError, feel.FeelLimit):
            found.append((None, False))
    return found


def _said(node: Node) -> list[Any]:
    """What each row answers, as written."""
    return [tuple(" ".join("".join(cell.itertext()).split()) for cell in rule.iterfind("{*}outputEntry"))
            for rule in node.element.iterfind("{*}decisionTable/{*}rule")]


def _is_taken(question: Field, value: Value) -> bool:
    """Whether the question surely takes the answer: one whose rule reads others may not."""
    rule = compiled(question.rule) if question.rule else None
    return not question.rule or (rule is not None and rule.names <= {question.key} and answer(rule, {question.key: value}) is True)
