"""From a syntax tree to closures. Names stay names until evaluation; everything else is decided here, once."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from engine.feel import functions, limits, loops, operations, syntax, temporal, types
from engine.feel.errors import FeelSyntaxError
from engine.feel.runtime import Run, Scope
from engine.feel.syntax import Node
from engine.feel.values import Function, Range, kind_of
from engine.types import Text

#: What a node becomes.
Code = Callable[[Scope], Any]


#: What is read as a condition, and not as a value to compare with, where the value tested is no truth itself.
_CONDITIONS = (syntax.Comparison, syntax.Logic, syntax.Between, syntax.In, syntax.InstanceOf, syntax.Quantified)


class Compiler:
    """Compiles one tree. `known` are the names the caller's scope may hold; functions may be among them."""

    def __init__(self, known: Collection[str]) -> None:
        self._known = known
        self._depth = 0
        self._deepest = 0
        self._bound: list[str] = []
        self._filters = 0
        #: Names that must come from outside, and those that an element under a filter might provide instead.
        self.required: set[str] = set()
        self.possible: set[str] = set()

    def code(self, node: Node) -> Code:
        """The closure for `node`."""
        self._depth += 1
        self._deepest = max(self._deepest, self._depth)
        if self._depth > limits.TREE_DEPTH:
            raise FeelSyntaxError(0, Text("terlalu bertingkat", "nested too deep"))
        try:
            return _COMPILE[type(node)](self, node)
        finally:
            self._depth -= 1

    def test(self, node: Node) -> Callable[[Scope, Any], bool | None]:
        """The closure of a positive unary test: does this value pass? (FEEL 7.3.2 and 10.3.2.9)"""
        if isinstance(node, syntax.Open):
            operator, operand = node.operator, self.code(node.operand)
            return lambda scope, value: operations.related(scope.run, operator, value, operand(scope))
        asks, is_condition = _mentions(node, "?"), isinstance(node, _CONDITIONS)
        code = self._within({"?"}, node)

        def answer(scope: Scope, value: Any) -> bool | None:
            found = code(Scope({"?": value}, scope, scope.run))
            if asks:
                return found is True if isinstance(found, bool) else None
            if is_condition and isinstance(found, bool) and not isinstance(value, bool):
                return found is True  # a condition over other names decides by itself
            return operations.belongs(scope.run, value, found)

        return answer

    # --- helpers -------------------------------------------------------------------------------------------------

    def _codes(self, nodes: tuple[Node, ...]) -> list[Code]:
        return [self.code(node) for node in nodes]

    def _within(self, names: Collection[str], node: Node) -> Code:
        """`node` compiled where `names` are bound."""
        before = len(self._bound)
        self._bound.extend(names)
        try:
            return self.code(node)
        finally:
            del self._bound[before:]

    # --- nodes ---------------------------------------------------------------------------------------------------

    def _literal(self, node: syntax.Literal) -> Code:
        value = node.value
        return lambda scope: value

    def _name(self, node: syntax.Name) -> Code:
        name = node.name
        builtin = functions.BUILTINS.get(name)
        if name not in self._bound and (builtin is None or name in self._known):
            (self.possible if self._filters else self.required).add(name)
        if builtin is None:
            return lambda scope: scope.find(name)
        # A variable may bear a built-in's name (`date`, `count`); it then stands before it.
        return lambda scope: builtin if (value := scope.find(name)) is None else value

    def _path(self, node: syntax.Path) -> Code:
        base, name = self.code(node.base), node.name
        return lambda scope: member(scope.run, base(scope), name)

    def _filter(self, node: syntax.Filter) -> Code:
        base = self.code(node.base)
        if isinstance(node.condition, syntax.Literal):
            constant = node.condition.value
            return lambda scope: loops.filtered(scope, base(scope), lambda inner: constant)
        self._filters += 1
        try:
            condition = self._within({"item"}, node.condition)
        finally:
            self._filters -= 1
        return lambda scope: loops.filtered(scope, base(scope), condition)

    def _call(self, node: syntax.Call) -> Code:
        callee = self._callee(node)
        if node.named:
            named = [(name, self.code(argument)) for name, argument in node.named]
            duplicate = len({name for name, _ in named}) < len(named)

            def call_by_name(scope: Scope) -> Any:
                function = callee(scope)
                if not isinstance(function, Function) or duplicate:
                    return None
                scope.run.spend()
                return function.by_name(scope.run, {name: code(scope) for name, code in named})

            return call_by_name
        arguments = self._codes(node.arguments)

        def call(scope: Scope) -> Any:
            function = callee(scope)
            if not isinstance(function, Function):
                return None
            scope.run.spend()
            return function.call(scope.run, tuple([code(scope) for code in arguments]))

        return call

    def _callee(self, node: syntax.Call) -> Code:
        """The function called. A plain name nobody defines is refused here: it is a misspelling, not a value."""
        if not isinstance(node.function, syntax.Name):
            return self.code(node.function)
        name = node.function.name
        builtin = functions.BUILTINS.get(name)
        if builtin is None:
            if name not in self._bound and name not in self._known and not self._filters:
                raise FeelSyntaxError(node.function.position, Text("fungsi ini tidak dikenal", "there is no such function"))
            return self._name(node.function)
        if name not in self._bound and name not in self._known:
            return lambda scope: builtin

        def shadowed(scope: Scope) -> Any:
            value = scope.find(name)
            return value if isinstance(value, Function) else builtin

        return shadowed

    def _arithmetic(self, node: syntax.Arithmetic) -> Code:
        first, rest = self.code(node.first), [(operator, self.code(operand)) for operator, operand in node.rest]

        def calculate(scope: Scope) -> Any:
            value = first(scope)
            for operator, operand in rest:
                value = operations.calculate(scope.run, operator, value, operand(scope))
            return value

        return calculate

    def _negate(self, node: syntax.Negate) -> Code:
        operand = self.code(node.operand)
        return lambda scope: operations.negate(operand(scope))

    def _comparison(self, node: syntax.Comparison) -> Code:
        operator, left, right = node.operator, self.code(node.left), self.code(node.right)
        return lambda scope: operations.related(scope.run, operator, left(scope), right(scope))

    def _logic(self, node: syntax.Logic) -> Code:
        parts, decides = self._codes(node.parts), node.operator == "or"

        def decide(scope: Scope) -> bool | None:
            answer: bool | None = not decides
            for part in parts:
                value: Any = part(scope)
                if value is decides:
                    return bool(decides)
                if not isinstance(value, bool):
                    answer = None
            return answer

        return decide

    def _between(self, node: syntax.Between) -> Code:
        value, low, high = self.code(node.value), self.code(node.low), self.code(node.high)

        def between(scope: Scope) -> bool | None:
            tested = value(scope)
            return operations.conjunction([operations.related(scope.run, ">=", tested, low(scope)),
                                           operations.related(scope.run, "<=", tested, high(scope))])

        return between

    def _in(self, node: syntax.In) -> Code:
        value, tests = self.code(node.value), [self.test(test) for test in node.tests]

        def member_of(scope: Scope) -> bool | None:
            tested = value(scope)
            return operations.disjunction([test(scope, tested) for test in tests])

        return member_of

    def _open(self, node: syntax.Open) -> Code:
        operator, operand = node.operator, self.code(node.operand)

        def half_line(scope: Scope) -> Range | None:
            end = operand(scope)
            if end is None or operator == "!=":
                return None
            if operator == "=":
                return Range(end, end)
            included = operator.endswith("=")
            return Range(end, None, included, False) if operator[0] == ">" else Range(None, end, False, included)

        return half_line

    def _interval(self, node: syntax.Interval) -> Code:
        start, end = self.code(node.start), self.code(node.end)

        def interval(scope: Scope) -> Range | None:
            low, high = start(scope), end(scope)
            if low is None and high is None:
                return None
            if low is not None and high is not None and operations.compare(low, high) is None:
                return None
            return Range(low, high, node.start_included and low is not None, node.end_included and high is not None)

        return interval

    def _conditional(self, node: syntax.Conditional) -> Code:
        branches = [(self.code(condition), self.code(then)) for condition, then in node.branches]
        otherwise = self.code(node.otherwise)

        def choose(scope: Scope) -> Any:
            for condition, then in branches:
                if condition(scope) is True:
                    return then(scope)
            return otherwise(scope)

        return choose

    def _iterations(self, iterations: tuple[syntax.Iteration, ...]) -> tuple[list[loops.Domain], list[str]]:
        domains: list[loops.Domain] = []
        names: list[str] = []
        for iteration in iterations:
            domain = self._within(names, iteration.domain)
            until = self._within(names, iteration.until) if iteration.until is not None else None
            domains.append(loops.Domain(iteration.name, domain, until))
            names.append(iteration.name)
        return domains, names

    def _for(self, node: syntax.For) -> Code:
        domains, names = self._iterations(node.iterations)
        body = self._within([*names, "partial"], node.body)
        keeps_partial = _mentions(node.body, "partial")
        return lambda scope: loops.mapped(scope, domains, body, keeps_partial=keeps_partial)

    def _quantified(self, node: syntax.Quantified) -> Code:
        domains, names = self._iterations(node.iterations)
        condition, every = self._within(names, node.condition), node.every
        return lambda scope: loops.quantified(scope, domains, condition, every=every)

    def _list(self, node: syntax.ListOf) -> Code:
        items = self._codes(node.items)

        def make(scope: Scope) -> list[Any]:
            scope.run.spend(len(items))
            return [item(scope) for item in items]

        return make

    def _context(self, node: syntax.ContextOf) -> Code:
        entries: list[tuple[str, Code]] = []
        for index, (key, entry) in enumerate(node.entries):
            # An entry sees those before it; a function also sees itself, so it may call itself.
            seen = node.entries[:index + 1] if isinstance(entry, syntax.Definition) else node.entries[:index]
            entries.append((key, self._within([name for name, _ in seen], entry)))
        duplicate = len({key for key, _ in entries}) < len(entries)

        def make(scope: Scope) -> dict[str, Any] | None:
            if duplicate:
                return None
            scope.run.spend(len(entries))
            made: dict[str, Any] = {}
            inner = Scope(made, scope, scope.run)
            for key, entry in entries:
                made[key] = entry(inner)
            return made

        return make

    def _definition(self, node: syntax.Definition) -> Code:
        deepest, self._deepest = self._deepest, self._depth
        parameters, body = node.parameters, self._within(node.parameters, node.body)
        depth = self._deepest - self._depth
        self._deepest = max(deepest, self._deepest)
        return lambda scope: closure(parameters, body, scope, depth)

    def _instance_of(self, node: syntax.InstanceOf) -> Code:
        value, wanted = self.code(node.value), node.type
        return lambda scope: types.is_instance(scope.run, value(scope), wanted)


def closure(parameters: tuple[str, ...], body: Code, scope: Scope | None, depth: int) -> Function:
    """A function whose body sees its arguments, then the scope it was written in; `depth` is how deep the body nests."""

    def call(run: Run, arguments: tuple[Any, ...]) -> Any:
        if len(arguments) != len(parameters):
            return None
        bound = dict(zip(parameters, arguments, strict=True))
        return run.call(depth, lambda: body(Scope(bound, scope, run)))

    def by_name(run: Run, arguments: dict[str, Any]) -> Any:
        if arguments.keys() != set(parameters):
            return None
        return run.call(depth, lambda: body(Scope(arguments, scope, run)))

    return Function(parameters, call, by_name)


def member(run: Run, value: Any, name: str) -> Any:
    """`value.name`: an entry, a property, or for a list the entries of its elements."""
    match value:
        case dict():
            return value.get(name)
        case list():
            run.spend_list(len(value))
            return [member(run, element, name) for element in value]
        case Range():
            return {"start": value.start, "end": value.end, "start included": value.start_included,
                    "end included": value.end_included}.get(name)
    return temporal.property_of(value, name) if kind_of(value) else None


def _mentions(node: Any, name: str) -> bool:
    """Whether `name` occurs anywhere under `node`."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, syntax.Name):
            if one.name == name:
                return True
        elif isinstance(one, tuple):
            waiting.extend(one)
        elif hasattr(one, "__dataclass_fields__"):
            waiting.extend(getattr(one, field) for field in one.__dataclass_fields__)
    return False


_COMPILE: dict[type, Callable[[Compiler, Any], Code]] = {
    syntax.Literal: Compiler._literal, syntax.Name: Compiler._name, syntax.Path: Compiler._path,
    syntax.Filter: Compiler._filter, syntax.Call: Compiler._call, syntax.Arithmetic: Compiler._arithmetic,
    syntax.Negate: Compiler._negate, syntax.Comparison: Compiler._comparison, syntax.Logic: Compiler._logic,
    syntax.Between: Compiler._between, syntax.In: Compiler._in, syntax.Open: Compiler._open,
    syntax.Interval: Compiler._interval, syntax.Conditional: Compiler._conditional, syntax.For: Compiler._for,
    syntax.Quantified: Compiler._quantified, syntax.ListOf: Compiler._list, syntax.ContextOf: Compiler._context,
    syntax.Definition: Compiler._definition, syntax.InstanceOf: Compiler._instance_of,
}
