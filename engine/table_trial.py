"""Trying a decision table: what it is asked with, what was typed as values, what it answers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal

from engine import feel
from engine.decision_graph import Node
from engine.decisions import Decisions
from engine.draft_edits import TableEdit
from engine.editing_results import AskedInput, TriedTable
from engine.feel import Expression, UnaryTests
from engine.forms_schema import Field, FieldType
from engine.table_file import WrittenTable
from engine.types import Text, Value

LONGEST_INPUT = 500
#: What an answer becomes, in FEEL's words.
KINDS = {FieldType.TEXT: "string", FieldType.CHOICE: "string", FieldType.BOOLEAN: "boolean", FieldType.INTEGER: "number",
          FieldType.DECIMAL: "number", FieldType.DATE: "date", FieldType.DATETIME: "date and time", FieldType.CHOICES: "list",
          FieldType.ROWS: "list"}
_UNKNOWN_ANSWERS = (
    ("not_asked", Text("belum ditanyakan", "not asked yet")), ("declined", Text("tidak bersedia menjawab", "declined to answer")),
    ("unknown", Text("tidak tahu", "does not know")))
_ALWAYS = frozenset({"?", "item", "partial", "parameters"})
_NUMBER = re.compile(r"-?\d{1,20}(?:[.,]\d{1,10})?")
_UNREADABLE = Text("Ini tidak dapat dibaca sebagai nilai masukan.", "This cannot be read as a value.")


def options_of(question: Field | None) -> tuple[tuple[str, Text], ...]:
    """What a question may be answered with; "not asked" is an answer that conditions can read."""
    if question is None or not question.options:
        return ()
    return (*((option.value, option.label) for option in question.options), *(_UNKNOWN_ANSWERS if question.allow_unknown else ()))


def inputs_of(node: Node, read: Iterable[str], questions: Mapping[str, Field]) -> tuple[AskedInput, ...]:
    """What the decision, and those it requires, are given from outside: of the names that it `read`s, and those it declares. `questions`
    are those that steer, by key."""
    found = []
    declared = {source.name: source.type.kind for each in node.order for source in each.inputs}
    known = {name for each in node.order for name in each.names} | _ALWAYS
    for name in dict.fromkeys([*declared, *(name for name in read if name not in known)]):
        question = questions.get(name)
        kind = declared.get(name, "").removeprefix("Any") or (KINDS.get(question.type, "") if question is not None else "")
        found.append(AskedInput(name=name, label=question.label if question is not None else Text(name, name), kind=kind,
                                options=options_of(question)))
    return tuple(found)


def read_by_table(table: WrittenTable, edit: TableEdit) -> Iterator[str]:
    """The names that the table's texts read, in order; those with spaces are declared, and known without."""
    for text in (column.text for column in table.inputs):
        yield from read_by(text)
    for rule in edit.rules:
        for text in rule.inputs:
            yield from _required(feel.compile_unary_tests, text)
        for text in rule.outputs:
            yield from read_by(text)


def read_by(text: str) -> list[str]:
    """The names that an expression reads."""
    return _required(feel.compile_expression, text)


def _required(read: Callable[[str], Expression | UnaryTests], text: str) -> list[str]:
    try:
        return sorted(read(text).required)
    except feel.FeelSyntaxError:
        return []


def answer(
    decisions: Decisions, decision: str, inputs: tuple[AskedInput, ...], typed: Mapping[str, str], *, parameters: Mapping[str, Value],
    now: datetime,
) -> TriedTable:
    """What the decision answers to inputs as typed, by the rules that a running case meets."""
    values: dict[str, Value] = {"parameters": dict(parameters)}
    wrong: dict[str, Text] = {}
    for asked in inputs:
        try:
            values[asked.name] = _value(asked, typed.get(asked.name, "").strip(), now)
        except ValueError:
            wrong[asked.name] = _UNREADABLE
    if wrong:
        return TriedTable(rows=(), answer="", problems=(), wrong=wrong)
    outcome = decisions.evaluate(decision, values, now=now)
    return TriedTable(rows=outcome.rules, answer=_shown(outcome.value), problems=tuple(each.message for each in outcome.problems), wrong={})


def _value(asked: AskedInput, text: str, now: datetime) -> Value:
    """A typed input as a value; nothing typed is no answer. Raises `ValueError`."""
    if not text:
        return None
    if len(text) > LONGEST_INPUT:
        raise ValueError("longer than an input may be")
    match asked.kind:
        case "string":
            return text
        case "boolean":
            return {"true": True, "false": False}[text] if text in ("true", "false") else _refuse()
        case "number":
            return Decimal(text.replace(",", ".")) if _NUMBER.fullmatch(text) else _refuse()
        case "date":
            return date.fromisoformat(text)
    try:
        expression = feel.compile_expression(text)
        return text if expression.required else expression.evaluate({}, now=now)
    except feel.FeelSyntaxError:
        return text
    except feel.FeelLimit:
        return _refuse()


def _refuse() -> Value:
    raise ValueError("not of this kind")


def _shown(value: Value) -> str:
    """A value as FEEL writes it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_shown(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_shown, value)) + "]"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
