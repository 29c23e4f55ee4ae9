"""The values that unary tests name, so that a table can be looked through without knowing every possible input."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from typing import Any

from engine.feel import syntax
from engine.feel.compiler import Compiler
from engine.feel.errors import FeelLimit, FeelSyntaxError
from engine.feel.functions import BUILTINS, PROPERTIES
from engine.feel.lexer import normal_name
from engine.feel.parser import Parser
from engine.feel.runtime import Run, Scope

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)   # of what stands here nothing asks for the instant


def constants(source: str, *, names: Collection[str] = ()) -> tuple[Any, ...]:
    """Every value written out in unary tests, null among them: literals, negative numbers, calls of literals such as `date("...")`.

    Raises:
        FeelSyntaxError: as `compile_unary_tests`.
    """
    _, trees = Parser(source, frozenset([*map(normal_name, names), *BUILTINS, *PROPERTIES])).whole_tests()
    return tuple(value for tree in trees for value in _values(tree))


def _values(node: Any) -> Iterator[Any]:
    if isinstance(node, syntax.Literal):
        yield node.value
    elif _is_closed(node):
        try:
            yield Compiler(frozenset()).code(node)(Scope({}, None, Run(_NEVER)))
        except (FeelLimit, FeelSyntaxError, RecursionError):
            return
    else:
        for child in _children(node):
            yield from _values(child)


def _is_closed(node: Any) -> bool:
    if isinstance(node, syntax.Negate):
        return isinstance(node.operand, syntax.Literal)
    return isinstance(node, syntax.Call) and bool(node.arguments) and not node.named \
        and all(isinstance(each, syntax.Literal) for each in node.arguments)


def _children(node: Any) -> Iterator[Any]:
    for field in dataclasses.fields(node) if dataclasses.is_dataclass(node) else ():
        yield from _nodes(getattr(node, field.name))


def _nodes(value: Any) -> Iterator[Any]:
    if isinstance(value, tuple):
        for each in value:
            yield from _nodes(each)
    elif dataclasses.is_dataclass(value):
        yield value
