"""The two things a FEEL text can be: an expression, and unary tests. Compile once, evaluate often."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from engine.feel import syntax
from engine.feel.compiler import Code, Compiler
from engine.feel.errors import FeelLimit, FeelSyntaxError
from engine.feel.functions import BUILTINS, PROPERTIES
from engine.feel.lexer import normal_name
from engine.feel.operations import disjunction
from engine.feel.parser import Parser
from engine.feel.runtime import Handed, Run, Scope, admit
from engine.types import Text, Value

_BUILTIN_NAMES = frozenset([*BUILTINS, *PROPERTIES])
_TOO_DEEP = Text("terlalu bertingkat", "nested too deep")


class Expression:
    """A compiled FEEL expression."""

    def __init__(self, source: str, tree: syntax.Node, known: Collection[str]) -> None:
        compiler = Compiler(known)
        self._code: Code = compiler.code(tree)
        self._tree, self._known = tree, known
        required = frozenset(compiler.required)
        self.source = source
        #: Every name it may look up in the scope it is given.
        self.names = required | compiler.possible
        #: Those of `names` that nothing else can provide; the others stand under a filter, where an element's entries come first.
        self.required = required

    def evaluate(self, scope: Mapping[str, Value], *, now: datetime) -> Value:
        """The value in `scope`. `today()` is the date of `now` in the zone that `now` carries.

        Raises:
            FeelLimit: it did more work than one evaluation may do. A type error is no error but null.
        """
        run = Run(now)
        return self.within(Scope(Handed(scope, run), None, run))

    def within(self, scope: Scope) -> Value:
        """The same where the values are FEEL values already and the budget is shared with other evaluations."""
        try:
            return self._code(scope)
        except RecursionError as error:
            raise FeelLimit() from error

    def joined(self, operator: str) -> tuple[Expression, ...]:
        """The conditions that it joins by `and`, or by `or`; none where it joins none so."""
        tree = self._tree
        if not isinstance(tree, syntax.Logic) or tree.operator != operator:
            return ()
        return tuple(Expression(self.source, part, self._known) for part in tree.parts)

    def compared(self) -> tuple[str, Value] | None:
        """The name and the literal that it compares; None where it is anything else."""
        sides = (self._tree.left, self._tree.right) if isinstance(self._tree, syntax.Comparison) else ()
        names = [side.name for side in sides if isinstance(side, syntax.Name)]
        literals = [side.value for side in sides if isinstance(side, syntax.Literal)]
        return (names[0], literals[0]) if names and literals else None


class UnaryTests:
    """Compiled unary tests, as in a cell of a decision table."""

    def __init__(self, source: str, negated: bool, tests: list[Any], names: frozenset[str], required: frozenset[str]) -> None:
        self.source = source
        #: As for an expression; `?` is not among them.
        self.names = names
        self.required = required
        #: True for `-` and for an empty text.
        self.anything = not tests
        self._negated = negated
        self._tests = tests

    def matches(self, value: Value, scope: Mapping[str, Value], *, now: datetime) -> bool | None:
        """Whether `value` passes; None when that cannot be said, which in a decision table is no match.

        Raises:
            FeelLimit: it did more work than one evaluation may do.
        """
        run = Run(now)
        return self.within(admit(value, run), Scope(Handed(scope, run), None, run))

    def within(self, value: Value, scope: Scope) -> bool | None:
        """The same where the values are FEEL values already and the budget is shared with other evaluations."""
        if self.anything:
            return True
        answer = disjunction(self._answers(value, scope))
        return (None if answer is None else not answer) if self._negated else answer

    def position(self, value: Value, scope: Scope) -> int | None:
        """Which of the tests, counted from 0, is the first that `value` passes; None if it passes none."""
        return next((index for index, answer in enumerate(self._answers(value, scope)) if answer), None)

    def _answers(self, value: Value, scope: Scope) -> list[bool | None]:
        try:
            return [test(scope, value) for test in self._tests]
        except RecursionError as error:
            raise FeelLimit() from error


def compile_expression(source: str, *, names: Collection[str] = ()) -> Expression:
    """Read and compile an expression. `names` are the names in scope; those with spaces are only recognised if given.

    Raises:
        FeelSyntaxError: it is not FEEL, or larger than a text may be; says where and why, never with data.
    """
    known = _known(names)
    try:
        return Expression(source, Parser(source, known | _BUILTIN_NAMES).whole_expression(), known)
    except RecursionError as error:
        raise FeelSyntaxError(0, _TOO_DEEP) from error


def compile_unary_tests(source: str, *, names: Collection[str] = ()) -> UnaryTests:
    """Read and compile unary tests: `-`, tests separated by commas, or `not(...)` around them; `?` is the value tested.

    Raises:
        FeelSyntaxError: as for an expression.
    """
    known = _known(names)
    try:
        negated, trees = Parser(source, known | _BUILTIN_NAMES).whole_tests()
        compiler = Compiler(known)
        tests = [compiler.test(tree) for tree in trees]
    except RecursionError as error:
        raise FeelSyntaxError(0, _TOO_DEEP) from error
    required = frozenset(compiler.required - {"?"})
    return UnaryTests(source, negated, tests, required | compiler.possible - {"?"}, required)


def _known(names: Collection[str]) -> frozenset[str]:
    return frozenset(normal_name(name) for name in names)
