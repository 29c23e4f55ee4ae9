"""Decision tables: rows that match together where one may, and inputs that people can give and no row takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar

from engine.decision_graph import Node
from engine.decision_tables import Table
from engine.feel import FeelLimit
from engine.lint.answerable import Source, answer, comes_to, compiled, source, written_by
from engine.lint.registry import ADVICE, RULE, Catalogue, Hit
from engine.lint.subject import Placed, Sop
from engine.lint.table_rows import Example, Rows, columns
from engine.model import Node as Drawn
from engine.table_check import SINGLE
from engine.types import Severity, Text, Value

rules = Catalogue()
T = TypeVar("T")
_ID = re.compile(r"[A-Za-z0-9_.\-]{1,60}")
_NULL = {None: Text("tidak dijawab", "not answered"), True: Text("ya", "yes"), False: Text("tidak", "no")}


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """A table of a file, the step whose question it answers and under what name; no step where the SOP asks it nowhere, no name where
    it only helps another decision."""

    file: str
    node: Node
    table: Table
    step: Placed | None = None
    result: str = ""
    may_be_empty: bool = False   # each question counts as one that may be left open

    def rows(self, sop: Sop, *, guess: bool = False, with_nulls: bool = True) -> Rows:
        """The table with what is told of its inputs; `guess`: what nothing tells of may be what cells name."""
        def is_met(case: Mapping[str, Value]) -> bool:
            step = self.step
            return (with_nulls or None not in case.values()) and (step is None or comes_to(sop, step.scope, step.node, case))

        return Rows(node=self.node, table=self.table, sources=self._sources(sop), is_met=is_met, guess=guess)

    def _sources(self, sop: Sop) -> Mapping[str, Source]:
        found = _sources(sop, self)
        return {name: replace(told, questions=tuple(replace(each, required=False) for each in told.questions))
                for name, told in found.items()} if self.may_be_empty else found

    def hit(self, example: Example, severity: Severity) -> Hit:
        """Where, with the rows and the input in words: of the file's content ids alone."""
        drawn = next(self.node.element.iterfind("{*}decisionTable"))
        at = list(drawn.iterfind("{*}rule"))[example.rows[1] - 1] if example.rows else drawn
        return Hit(file=self.file, line=at.sourceline, element_id=self.node.id or self.node.name, word=_words(example), severity=severity)


@rules.sop_rule(
    "table-overlap",
    RULE,
    ("Dua baris tabel keputusan ini dapat cocok sekaligus, padahal hanya boleh satu jawaban.",
     "Two rows of this decision table can match together, though only one answer may be given."),
    ("Persempit salah satu baris, atau pilih FIRST sebagai cara memilih barisnya.",
     "Narrow one of the rows, or choose FIRST as the way it picks its rows."),
)
def table_overlap(sop: Sop) -> Iterator[Hit]:
    """A case that meets both stops there as an incident. Advice where no form of the SOP gives such an input."""
    for asked in _tables(sop):
        if asked.table.policy not in ("UNIQUE", "ANY"):
            continue
        if found := _first(asked.rows(sop, guess=True).overlap):
            yield asked.hit(found, RULE)
        elif found := _first(replace(asked, step=None).rows(sop, guess=True).overlap):
            yield asked.hit(found, ADVICE)


@rules.sop_rule(
    "table-gap",
    RULE,
    ("Ada jawaban yang tidak cocok dengan baris mana pun di tabel keputusan ini.",
     "There is an answer that no row of this decision table takes."),
    ("Tambahkan baris untuk jawaban itu, atau baris terakhir yang menerima apa pun.",
     "Add a row for that answer, or a last row that takes anything."),
)
def table_gap(sop: Sop) -> Iterator[Hit]:
    """The decision is then null: no condition on it holds, and the case stops at the next choice. Advice where a default leads on there,
    or nothing chooses by it; of a question left open it then says nothing: what was not asked is not decided. Silent where the forms give
    no such input."""
    for asked in _tables(sop):
        if asked.step is None or not asked.result or asked.table.policy not in SINGLE or any(each.default for each in asked.table.outputs):
            continue
        stops = _stops(asked.step, sop, asked.result)
        if found := _first(asked.rows(sop, with_nulls=stops).gap):
            yield asked.hit(found, RULE if stops else ADVICE)


@rules.sop_rule(
    "table-refuses-answer",
    RULE,
    ("Tabel keputusan ini menolak jawaban yang dapat diberikan pada formulir.",
     "This decision table refuses an answer that a form can give."),
    ("Samakan jenis dan nilai yang diizinkan pada kolom masukan dengan pilihan formulirnya.",
     "Bring type and allowed values of the input column in line with the form's options."),
)
def table_refuses_answer(sop: Sop) -> Iterator[Hit]:
    """An input of another type than its column's, or none of its allowed values, stops the case as an incident."""
    for asked in _tables(sop):
        if asked.step is not None and (found := _first(asked.rows(sop).refused)):
            yield asked.hit(found, RULE)


@rules.sop_rule(
    "row-never-matches",
    RULE,
    ("Baris tabel keputusan ini tidak pernah terpakai.", "This row of the decision table is never used."),
    ("Letakkan baris yang menerima apa pun di akhir; samakan sel dengan pilihan di formulir.",
     "Put the row that takes anything last; bring the cell in line with the form's options."),
)
def row_never_matches(sop: Sop) -> Iterator[Hit]:
    """What it says is never said: an earlier row takes anything. Advice where earlier rows together take all, or no answer of the forms
    is what its cells ask for."""
    unused: dict[int, tuple[_Asked, set[int]]] = {}
    for asked in _tables(sop):
        dead = set(_first(replace(asked, may_be_empty=True).rows(sop).unused) or ())
        here = unused.setdefault(id(asked.node), (asked, dead))
        here[1].intersection_update(dead)   # another step may come to it with other answers
    for asked, dead in unused.values():
        catching = [number for number, rule in enumerate(asked.table.rules, 1) if all(test.anything for test in rule.tests)]
        drawn = list(asked.node.element.iterfind("{*}decisionTable/{*}rule"))
        behind = set(range(catching[0] + 1, len(drawn) + 1)) if catching and asked.table.policy == "FIRST" else set()
        for number in sorted((dead | behind) - set(catching[:1])):   # the first that takes anything may stand there for safety
            yield Hit(file=asked.file, line=drawn[number - 1].sourceline, element_id=asked.node.id or asked.node.name,
                      word=Text(f"baris {number}", f"row {number}"), severity=RULE if number in behind else ADVICE)


def _first(look: Callable[[], T | None]) -> T | None:
    """What was found within the work that one table may take."""
    try:
        return look()
    except (FeelLimit, RecursionError):
        return None


def _tables(sop: Sop) -> Iterator[_Asked]:
    """Every table, once for each step that asks it; one that no step asks, too."""
    files = {name: file for file, names in sop.decision_files.items() for name in names}
    reached: set[int] = set()
    for diagram in sop.diagrams:
        for placed in diagram.of_type("businessRuleTask"):
            name = placed.node.decision or ""
            needed = sop.decisions[name].needed(name) if name in sop.decisions else ()
            for node in needed:
                if node.table is not None:
                    reached.add(id(node))
                    yield _Asked(file=files[name], node=node, table=node.table, step=placed,
                                 result=(placed.node.result or name) if node is needed[-1] else "")
    for name, decisions in sop.decisions.items():
        for node in decisions.needed(name)[-1:]:
            if node.table is not None and id(node) not in reached:
                yield _Asked(file=files[name], node=node, table=node.table)


def _sources(sop: Sop, asked: _Asked) -> dict[str, Source]:
    """What may have given the table's names their values before its step, and those on which its questions depend."""
    found: dict[str, Source] = {}
    made = {name for each in asked.node.requires for name in each.names}
    waiting = [name for names, _ in columns(asked.node) for name in sorted(names or ())] if asked.step is not None else []
    seen = set(made)
    while waiting and asked.step is not None:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen.add(name)
        told = source(sop, asked.step.scope, asked.step.node, name)
        if told is not None:
            found[name] = told
            conditions = [compiled(each.show_if) for each in told.questions if each.show_if]
            waiting += [other for condition in conditions if condition is not None for other in sorted(condition.names)]
    return found


def _stops(step: Placed, sop: Sop, result: str) -> bool:
    """Whether a choice after the step surely stops a case whose decision is null."""
    seen, ahead = {step.node.id}, [step.node]
    while ahead:
        for flow in ahead.pop().outgoing:
            node = step.scope.nodes.get(flow.target)
            if node is None or node.id in seen or result in written_by(sop, node):
                continue
            seen.add(node.id)
            if node.type in ("exclusiveGateway", "inclusiveGateway") and _stops_at(node, result):
                return True
            ahead.append(node)
    return False


def _stops_at(choice: Drawn, result: str) -> bool:
    """Whether none of its conditions, the default's apart, can hold for a null, or one then is neither true nor false."""
    ways = [flow for flow in choice.outgoing if flow.id != choice.default_flow]
    conditions = [compiled(flow.condition) if flow.condition is not None else None for flow in ways]
    if not ways or any(one is None for one in conditions) or not any(one is not None and result in one.names for one in conditions):
        return False
    for condition in conditions:
        given = answer(condition, {result: None}) if condition is not None else True
        if given is not False:
            return given is None and condition is not None and condition.names == {result}
    return choice.default_flow is None


def _words(example: Example) -> Text:
    inputs = [(name, _value(value)) for name, value in example.case.items() if _ID.fullmatch(name)]
    said = Text(*(", ".join(f"{name} = {each.id if is_first else each.en}" for name, each in inputs) for is_first in (True, False)))
    if not example.rows:
        return said
    first, second = example.rows
    return Text(f"baris {first} dan {second}" + (f"; {said.id}" if said.id else ""),
                f"rows {first} and {second}" + (f"; {said.en}" if said.en else ""))


def _value(value: Value) -> Text:
    """An input in words; of texts those that are ids, as the options of forms are."""
    if value is None or isinstance(value, bool):
        return _NULL[value]
    if isinstance(value, list):
        said = [_value(each) for each in value]
        return Text(" + ".join(each.id for each in said), " + ".join(each.en for each in said))
    text = f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
    return Text(text, text) if _ID.fullmatch(text) else Text("jawaban lain", "another answer")
