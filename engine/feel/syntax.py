"""The tree a FEEL text is read into. Chains of operators, paths and else-branches are flat, so depth is only true nesting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Literal:
    value: Any


@dataclass(frozen=True)
class Name:
    """A variable; `?` is the value under test, `item` the element under a filter."""

    name: str
    position: int


@dataclass(frozen=True)
class Path:
    base: Node
    name: str


@dataclass(frozen=True)
class Filter:
    base: Node
    condition: Node


@dataclass(frozen=True)
class Call:
    function: Node
    arguments: tuple[Node, ...]
    named: tuple[tuple[str, Node], ...]
    position: int


@dataclass(frozen=True)
class Arithmetic:
    """`first op operand op operand ...`, all of one precedence, applied from the left."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True)
class Negate:
    operand: Node


@dataclass(frozen=True)
class Comparison:
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Logic:
    """`and` or `or` over all its parts, in three-valued logic."""

    operator: str
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Between:
    value: Node
    low: Node
    high: Node


@dataclass(frozen=True)
class In:
    value: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True)
class Open:
    """A comparison without a left side: `> 5`. As a test it compares, as a value it is a range open to infinity."""

    operator: str
    operand: Node


@dataclass(frozen=True)
class Interval:
    start: Node
    end: Node
    start_included: bool
    end_included: bool


@dataclass(frozen=True)
class Conditional:
    branches: tuple[tuple[Node, Node], ...]
    otherwise: Node


@dataclass(frozen=True)
class Iteration:
    """One `name in domain`; with `until` the domain runs by ones from `domain` to `until`, up or down."""

    name: str
    domain: Node
    until: Node | None


@dataclass(frozen=True)
class For:
    iterations: tuple[Iteration, ...]
    body: Node


@dataclass(frozen=True)
class Quantified:
    every: bool
    iterations: tuple[Iteration, ...]
    condition: Node


@dataclass(frozen=True)
class ListOf:
    items: tuple[Node, ...]


@dataclass(frozen=True)
class ContextOf:
    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True)
class Definition:
    """A function defined in the text."""

    parameters: tuple[str, ...]
    body: Node


@dataclass(frozen=True)
class InstanceOf:
    value: Node
    type: Type


@dataclass(frozen=True)
class Type:
    """A type's name with what stands between its angle brackets, e.g. `list<number>`, `context<a: string>`."""

    name: str
    arguments: tuple[Type, ...] = ()
    keys: tuple[str, ...] = ()


Node = (
    Literal | Name | Path | Filter | Call | Arithmetic | Negate | Comparison | Logic | Between | In | Open | Interval
    | Conditional | For | Quantified | ListOf | ContextOf | Definition | InstanceOf
)
