"""Which inputs hit two rows of a decision table where only one may, and which hit none, each with an example in words.

Every column is looked at for the values that its cells tell apart: those they name, those between and beside them, those of the
question it reads. Columns are taken to be independent of one another, as the table's reader takes them; a cell that reads more than its
own column is neither held against its row nor counted as covering nothing. The search is bounded, and says so where it ended early.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from engine.decision_run import DecisionRun
from engine.decision_tables import Table
from engine.editing_results import TableCheck, TableExample
from engine.feel import FeelLimit, FeelSyntaxError, MonthsDuration, UnaryTests
from engine.feel.constants import constants
from engine.feel.runtime import Scope
from engine.feel.values import kind_of
from engine.types import Text

MOST_FOUND: Final = 5
_MOST_SAMPLES, _MOST_LOOKS = 300, 50_000
#: Policies of which one answer is expected: no row that hits is no answer.
SINGLE = frozenset({"UNIQUE", "ANY", "FIRST", "PRIORITY"})
_OTHER = Text("selain yang disebut di kolom ini", "other than this column names")
_NOT_ANSWERED = Text("tidak dijawab", "not answered")
_ANY = Text("apa pun", "anything")
_STEPS: dict[type, Any] = {date: timedelta(days=1), datetime: timedelta(seconds=1), timedelta: timedelta(seconds=1)}


@dataclass(frozen=True, kw_only=True)
class Column:
    """What is known of an input column beside its cells. `kind` is FEEL's, "" for unknown, "?" where its cells calculate with what they
    are given, so that no list of values tells them apart; `options` are all its values, where known."""

    label: str
    kind: str = ""
    options: tuple[tuple[str, Text], ...] = ()
    is_whole: bool = False   # of numbers


@dataclass(frozen=True)
class _Class:
    """A value of a column, and the rows whose cell it passes, as bits: surely, and perhaps."""

    words: Text
    sure: int
    may: int


@dataclass(kw_only=True)
class _Search:
    looks: int = _MOST_LOOKS
    ended_early: bool = False

    def look(self) -> bool:
        self.looks -= 1
        self.ended_early |= self.looks < 0
        return self.looks >= 0


def check(table: Table, columns: Sequence[Column], outputs: Sequence[tuple[str, ...]], *, now: datetime) -> TableCheck:
    """The check of a compiled table; `outputs` are its rows' answers as written, for rows that may overlap while they agree."""
    run, search = DecisionRun(now), _Search()
    unsure = tuple(number for number, rule in enumerate(table.rules, 1) if any(test.required for test in rule.tests))
    overlaps: list[TableExample] = []
    gaps: list[TableExample] = []
    if not table.rules:
        return TableCheck(overlaps=(), gaps=(), unsure=(), is_whole=True)
    try:
        found = [_classes(table, place, column, run) for place, column in enumerate(columns)]
        if table.policy in ("UNIQUE", "ANY"):
            overlaps = list(_overlaps(table, columns, found, outputs, search))
        if table.policy in SINGLE and all(column.default is None for column in table.outputs):
            gaps = list(_gaps(table, columns, found, search))
    except (FeelLimit, RecursionError):
        search.ended_early = True
    return TableCheck(overlaps=tuple(overlaps), gaps=tuple(gaps), unsure=unsure,
                      is_whole=not search.ended_early and max(len(overlaps), len(gaps)) < MOST_FOUND)


def _overlaps(table: Table, columns: Sequence[Column], found: list[list[_Class]], outputs: Sequence[tuple[str, ...]], search: _Search,
              ) -> Iterator[TableExample]:
    told = 0
    for second in range(1, len(table.rules)):
        for first in range(second):
            if not search.look() or told == MOST_FOUND:
                return
            if table.policy == "ANY" and outputs[first] == outputs[second]:
                continue
            both = 1 << first | 1 << second
            shared = [next((each for each in classes if each.sure & both == both), None) for classes in found]
            if all(shared):
                told += 1
                yield TableExample(rows=(first + 1, second + 1), inputs=_inputs(table, columns, [each for each in shared if each]))


def _gaps(table: Table, columns: Sequence[Column], found: list[list[_Class]], search: _Search) -> Iterator[TableExample]:
    waiting: list[tuple[int, list[_Class]]] = [((1 << len(table.rules)) - 1, [])]
    told = 0
    while waiting:
        if not search.look() or told == MOST_FOUND:
            return
        rows, chosen = waiting.pop()
        if not rows:
            told += 1
            yield TableExample(inputs=_inputs(table, columns, chosen))
        elif len(chosen) < len(found):
            waiting += [(rows & each.may, [*chosen, each]) for each in reversed(found[len(chosen)])]


def _inputs(table: Table, columns: Sequence[Column], chosen: list[_Class]) -> tuple[tuple[str, Text], ...]:
    """The example in words, without columns that no row asks."""
    return tuple((column.label, each.words) for place, (column, each) in enumerate(zip(columns, chosen, strict=False))
                 if not all(rule.tests[place].anything for rule in table.rules))


def _classes(table: Table, place: int, column: Column, run: DecisionRun) -> list[_Class]:
    """The values of a column that its cells tell apart: one for each set of rows."""
    tests = [rule.tests[place] for rule in table.rules]
    scope, found, seen = Scope({}, None, run), list[_Class](), set[tuple[int, int]]()
    passed = sum(1 << number for number, test in enumerate(tests) if test.anything)
    if column.kind == "?":
        return [_Class(_ANY, passed, (1 << len(tests)) - 1)]
    unsure = sum(1 << number for number, test in enumerate(tests) if test.required)
    allowed = table.inputs[place].values or table.types.allowed_of(table.inputs[place].type)
    before = None
    for value, words in samples(column, tests, allowed):
        if allowed is not None and value is not None and allowed.within(value, scope) is not True:
            continue
        sure = sum(1 << number for number, test in enumerate(tests) if not test.required and test.within(value, scope) is True)
        rows = sure, sure | unsure
        # Of values that no row takes each is told: every text, and of numbers and days one for each stretch.
        if rows not in seen or (not any(rows) and (isinstance(value, str) or rows != before)):
            seen.add(rows)
            found.append(_Class(words, *rows))
        before = rows
    return found or [_Class(_ANY, passed, passed | unsure)]


def samples(column: Column, tests: list[UnaryTests], allowed: UnaryTests | None) -> Iterator[tuple[Any, Text]]:
    """The values that these cells of a column could tell apart, in words; some may be none of the allowed ones."""
    named = list(_named(tests))
    known = [*named, *_named([allowed] if allowed is not None else [])]
    kinds = {column.kind} - {""} or {kind_of(value) for value in known} - {""}
    for kind in sorted(kinds):
        of_kind = [value for value in known if kind_of(value) == kind]
        yield from list(_of_kind(kind, of_kind or known if kind == "list" else of_kind, column, allowed is not None))[:_MOST_SAMPLES]
    if any(value is None for value in named):
        yield None, _NOT_ANSWERED


def _named(tests: Sequence[UnaryTests]) -> Iterator[Any]:
    for test in tests:
        try:
            yield from constants(test.source)
        except FeelSyntaxError:   # names with spaces: what the cell names is not known, its row is found by others
            continue


def _of_kind(kind: str, known: list[Any], column: Column, is_closed: bool) -> Iterator[tuple[Any, Text]]:
    """Values of one kind that cells naming `known` could tell apart."""
    labels = dict(column.options)
    match kind:
        case "boolean":
            yield from ((True, Text("ya", "yes")), (False, Text("tidak", "no")))
        case "string":
            for value in dict.fromkeys([*known, *labels]):
                yield value, _quoted(value, labels.get(value))
            if not is_closed and not labels:
                yield "\0", _OTHER
        case "number":
            yield from ((value, Text(f"{value.normalize():f}", f"{value.normalize():f}")) for value in _numbers(known, column.is_whole))
        case "list":
            members = list(dict.fromkeys(value for value in known if isinstance(value, str)))
            for several in ([], *([each] for each in members), members):
                text = ", ".join(several) or "—"
                yield list(several), Text(text, text)
        case "years and months duration":
            beside = {MonthsDuration(value.months + step) for value in known for step in (-1, 0, 1)}
            yield from ((value, Text(str(value), str(value))) for value in sorted(beside))
        case _:
            moments = {each for value in known for each in _beside(value)}
            yield from ((value, Text(str(value), str(value))) for value in sorted(moments, key=str))


def _beside(value: Any) -> Iterator[Any]:
    """A day, a moment or a length, and its neighbours, where the calendar has them."""
    yield value
    step = _STEPS.get(type(value))
    for move in (step, -step) if step is not None else ():
        try:
            yield value + move
        except OverflowError:
            continue


def _numbers(known: list[Decimal], is_whole: bool) -> list[Decimal]:
    named = sorted(set(known))
    if not named:
        return [Decimal(0)]
    between = [low + 1 if is_whole else (low + high) / 2 for low, high in zip(named, named[1:], strict=False)]
    return sorted({*named, *between, named[0] - 1, named[-1] + 1})


def _quoted(value: str, label: Text | None) -> Text:
    return Text(f"“{value}”", f"“{value}”") if label is None else Text(f"{label.id} (“{value}”)", f"{label.en} (“{value}”)")
