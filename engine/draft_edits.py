"""What an author types on the pages of a draft: a question of a form, the rows of a decision table, a step or some questions for all its
stories. Nothing here is checked yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from engine.types import Text, Value

NOTHING = Text("", "")


@dataclass(frozen=True, kw_only=True)
class FieldEdit:
    """One question as typed. `options` are values and labels; None leaves those there are. `heading` begins a part of the form here.
    `lets_go`: options or columns that its type cannot have may go; their author was told which.
    """

    key: str
    type: str
    label: Text
    help: Text = NOTHING
    required: bool = False
    allow_unknown: bool = False
    steering: bool = False
    sensitivity: str = "C1"
    options: tuple[tuple[str, Text], ...] | None = None
    show_if: str = ""
    rule: str = ""
    clause: str = ""
    heading: Text = NOTHING
    lets_go: bool = False


@dataclass(frozen=True, kw_only=True)
class RuleEdit:
    """One row of a decision table as typed. `row` is the row of the file it changes, counted from 0; None for a new one."""

    row: int | None
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ColumnEdit:
    """A column of a decision table as typed. `text` is an input's expression, an answer's name; `values` the allowed ones, as FEEL, of an
    answer also their order for PRIORITY; `type` is FEEL's word, "" for any."""

    label: str
    text: str
    type: str = ""
    values: str = ""


@dataclass(frozen=True, kw_only=True)
class TableEdit:
    """A decision table as typed, its rows in order; rows of the file that it does not name are taken out."""

    policy: str
    aggregation: str
    rules: tuple[RuleEdit, ...]


@dataclass(frozen=True, kw_only=True)
class StepAnswer:
    """A step as it is done wherever a story leaves it undone: with these answers, so long `after` it opened, at the latest when the story
    goes on."""

    element_id: str
    submission: Mapping[str, Value]
    after: timedelta = timedelta(0)


@dataclass(frozen=True, kw_only=True)
class FormAnswer:
    """Some questions of a form, answered wherever a story's own answers to them are refused; None for one that was left empty."""

    form: str
    submission: Mapping[str, Value]
