"""Boxed expressions of DMN compiled to closures (DMN 7.3 and 10.2): every kind the standard has, tables included."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine import decision_tables, feel
from engine.decision_run import Logic
from engine.decision_tables import Input, Output, Rule, Table
from engine.decision_types import ANY, ItemType, Types
from engine.decisions_xml import Reading
from engine.feel import Expression, FeelSyntaxError, UnaryTests, loops
from engine.feel.runtime import Run, Scope
from engine.feel.values import Function
from engine.types import Text

EXPRESSIONS = ("decisionTable", "literalExpression", "context", "invocation", "relation", "list", "functionDefinition",
               "conditional", "for", "some", "every", "filter")
MAX_RULES = 5_000
#: What one called function counts towards the depth of calls, beside what its own text nests.
_CALL_DEPTH = 8


class Boxes:
    """Compiles boxed expressions of one file; `names` are all names the file introduces anywhere.

    With `closed`, an expression may use no others: the file declares its inputs, so another name is a misspelling.
    """

    def __init__(self, reading: Reading, names: frozenset[str], *, closed: bool) -> None:
        self._reading = reading
        self._names = names
        self._closed = closed
        self.types = Types(reading, self.tests)
        self._rules = 0

    # --- FEEL texts ----------------------------------------------------------------------------------------------

    def tests(self, element: Any) -> UnaryTests | None:
        """The unary tests written in `element`."""
        try:
            tests = feel.compile_unary_tests(self._reading.text(element), names=self._names)
        except FeelSyntaxError as error:
            self._syntax(element, error)
            return None
        self._check_names(element, tests.required)
        return tests

    def expression(self, element: Any) -> Expression | None:
        """The expression written in `element`."""
        text = self._reading.text(element)
        if not text.strip():
            self._reading.find("dmn-expression-missing", element)
            return None
        try:
            expression = feel.compile_expression(text, names=self._names)
        except FeelSyntaxError as error:
            self._syntax(element, error)
            return None
        self._check_names(element, expression.required)
        return expression

    def _check_names(self, element: Any, required: frozenset[str]) -> None:
        strange = sorted(required - self._names - {"item", "partial", "?"})
        if self._closed and strange:
            name = strange[0][:60]
            self._reading.find("dmn-name-unknown", element, Text(f'{name}; bila itu teks, tulis "{name}"',
                                                                 f'{name}; if it is text, write "{name}"'))

    def _syntax(self, element: Any, error: FeelSyntaxError) -> None:
        place = Text(f"posisi {error.position + 1}: {error.reason.id}", f"position {error.position + 1}: {error.reason.en}")
        self._reading.find("dmn-expression-syntax", element, place)

    # --- any boxed expression ------------------------------------------------------------------------------------

    def logic(self, element: Any) -> Logic:
        """The closure of a boxed expression, its result made to fit the element's `typeRef`."""
        made = getattr(self, f"_{self._reading.local(element)}")(element)
        if self._reading.local(element) != "decisionTable" and (wanted := self.type_of(element)) is not ANY:
            return decision_tables.fitted(self.types, made, wanted, element.get("id"))
        return made  # type: ignore[no-any-return]

    def inside(self, element: Any) -> Logic:
        """The closure of the only boxed expression in `element`."""
        found = [self.logic(child) for child in self._reading.children(element, *EXPRESSIONS)]
        if len(found) != 1:
            self._reading.find("dmn-expression-missing", element)
            return _null
        return found[0]

    def type_of(self, element: Any) -> ItemType:
        """The type that the element's own `typeRef` names."""
        return self.types.named(element.get("typeRef"), element)

    def function(self, element: Any) -> Callable[[Scope], Function]:
        """The function of a `functionDefinition` or `encapsulatedLogic`."""
        if (element.get("kind") or "FEEL").strip().upper() != "FEEL":
            self._reading.find("dmn-function-kind", element)
        parameters: list[tuple[str, ItemType]] = []
        bodies: list[Logic] = []
        for child in self._reading.children(element, "formalParameter", *EXPRESSIONS):
            if self._reading.local(child) == "formalParameter":
                parameters.append((self._reading.name(child), self.type_of(child)))
            else:
                bodies.append(self.logic(child))
        if len(bodies) != 1:
            self._reading.find("dmn-expression-missing", element)
            bodies = [_null]
        body, names, types, element_id = bodies[0], tuple(name for name, _ in parameters), self.types, element.get("id")

        def made(scope: Scope) -> Function:
            def run_body(run: Run, arguments: dict[str, Any]) -> Any:
                bound = {name: decision_tables.fit_or_note(types, arguments[name], wanted, element_id, run, "input")
                         for name, wanted in parameters}
                return run.call(_CALL_DEPTH, lambda: body(Scope(bound, scope, run)))

            def call(run: Run, arguments: tuple[Any, ...]) -> Any:
                return run_body(run, dict(zip(names, arguments, strict=True))) if len(arguments) == len(names) else None

            def by_name(run: Run, arguments: dict[str, Any]) -> Any:
                return run_body(run, arguments) if arguments.keys() == set(names) else None

            return Function(names, call, by_name)

        return made

    # --- one method per kind; its name is the element's ----------------------------------------------------------

    def _literalExpression(self, element: Any) -> Logic:
        expression = self.expression(element)
        return expression.within if expression is not None else _null

    def _context(self, element: Any) -> Logic:
        entries: list[tuple[str, Logic]] = []
        result: Logic | None = None
        for child in self._reading.children(element, "contextEntry"):
            name = ""
            wanted = ANY
            logics: list[Logic] = []
            for part in self._reading.children(child, "variable", *EXPRESSIONS):
                if self._reading.local(part) == "variable":
                    name, wanted = self._reading.name(part), self.type_of(part)
                else:
                    logics.append(self.logic(part))
            if len(logics) != 1 or result is not None:
                self._reading.find("dmn-expression-missing", child)
            elif name:
                entries.append((name, decision_tables.fitted(self.types, logics[0], wanted, child.get("id"))))
            else:
                result = logics[0]
        if len({name for name, _ in entries}) < len(entries):
            self._reading.find("dmn-name-duplicate", element)

        def make(scope: Scope) -> Any:
            made: dict[str, Any] = {}
            inner = Scope(made, scope, scope.run)
            for name, logic in entries:
                made[name] = logic(inner)
            return result(inner) if result is not None else made

        return make

    def _invocation(self, element: Any) -> Logic:
        callee: Logic | None = None
        bindings: dict[str, Logic] = {}
        for child in self._reading.children(element, "binding", *EXPRESSIONS):
            if self._reading.local(child) != "binding":
                callee = self.logic(child)
                continue
            name = ""
            value: Logic = _null
            for part in self._reading.children(child, "parameter", *EXPRESSIONS):
                if self._reading.local(part) == "parameter":
                    name = self._reading.name(part)
                else:
                    value = self.logic(part)
            if name in bindings:
                self._reading.find("dmn-name-duplicate", child)
            bindings[name] = value
        if callee is None:
            self._reading.find("dmn-expression-missing", element)
        function_of = callee or _null

        def invoke(scope: Scope) -> Any:
            function = function_of(scope)
            if not isinstance(function, Function):
                return None
            return function.by_name(scope.run, {name: value(scope) for name, value in bindings.items()})

        return invoke

    def _functionDefinition(self, element: Any) -> Logic:
        return self.function(element)

    def _list(self, element: Any) -> Logic:
        items = [self.logic(child) for child in self._reading.children(element, *EXPRESSIONS)]
        return lambda scope: [item(scope) for item in items]

    def _relation(self, element: Any) -> Logic:
        columns: list[str] = []
        rows: list[list[Logic]] = []
        for child in self._reading.children(element, "column", "row"):
            if self._reading.local(child) == "column":
                columns.append(self._reading.name(child))
            else:
                rows.append([self.logic(cell) for cell in self._reading.children(child, *EXPRESSIONS)])
                if len(rows[-1]) != len(columns):
                    self._reading.find("dmn-rule-shape", child)
        return lambda scope: [{name: cell(scope) for name, cell in zip(columns, row, strict=True)} for row in rows]

    def _conditional(self, element: Any) -> Logic:
        condition, then, otherwise = self._parts(element, "if", "then", "else")
        return lambda scope: then(scope) if condition(scope) is True else otherwise(scope)

    def _for(self, element: Any) -> Logic:
        values, body = self._parts(element, "in", "return")
        domains = [loops.Domain(self._iterator(element), values, None)]
        return lambda scope: loops.mapped(scope, domains, body, keeps_partial=True)

    def _some(self, element: Any) -> Logic:
        values, condition = self._parts(element, "in", "satisfies")
        domains = [loops.Domain(self._iterator(element), values, None)]
        every = self._reading.local(element) == "every"
        return lambda scope: loops.quantified(scope, domains, condition, every=every)

    _every = _some

    def _filter(self, element: Any) -> Logic:
        closed, self._closed = self._closed, False  # the entries of the elements are names that no file declares
        values, condition = self._parts(element, "in", "match")
        self._closed = closed
        return lambda scope: loops.filtered(scope, values(scope), condition)

    def _iterator(self, element: Any) -> str:
        name = " ".join((element.get("iteratorVariable") or "").split())
        if not name:
            self._reading.find("dmn-name-missing", element)
        return name

    def _parts(self, element: Any, *tags: str) -> list[Logic]:
        found = self._reading.only(element, *tags)
        for tag in tags:
            if tag not in found:
                self._reading.find("dmn-expression-missing", element)
        return [self.inside(found[tag]) if tag in found else _null for tag in tags]

    def _decisionTable(self, element: Any) -> Logic:
        table = self.table(element)
        return lambda scope: table.decide(scope)[0]

    # --- tables --------------------------------------------------------------------------------------------------

    def table(self, element: Any, output_type: ItemType = ANY) -> Table:
        """The compiled table; `output_type` lends allowed values to a single output that has none of its own."""
        reading = self._reading
        policy = " ".join((element.get("hitPolicy") or "UNIQUE").split())
        aggregation = (element.get("aggregation") or "").strip()
        parts: dict[str, list[Any]] = {"input": [], "output": [], "rule": []}
        for child in reading.children(element, *parts):
            parts[reading.local(child)].append(child)
        self._rules += len(parts["rule"])
        if self._rules > MAX_RULES:
            reading.find("dmn-too-large", element)
            parts["rule"] = []
        inputs = tuple(self._input(child) for child in parts["input"])
        single = len(parts["output"]) == 1
        outputs = tuple(self._output(child, output_type if single else ANY, named=not single) for child in parts["output"])
        if not outputs:
            reading.find("dmn-output-missing", element)
        if not single and len({output.name for output in outputs}) < len(outputs):
            reading.find("dmn-name-duplicate", element)
        if policy not in decision_tables.POLICIES:
            reading.find("dmn-hit-policy", element)
        if policy in {"PRIORITY", "OUTPUT ORDER"} and all(output.values is None for output in outputs):
            reading.find("dmn-priority-values", element)
        if aggregation and (aggregation not in decision_tables.AGGREGATIONS or policy != "COLLECT" or not single):
            reading.find("dmn-aggregation", element)
        rules = tuple(self._rule(child, len(inputs), len(outputs)) for child in parts["rule"])
        return Table(id=element.get("id"), policy=policy, aggregation=aggregation, inputs=inputs, outputs=outputs,
                     rules=tuple(rule for rule in rules if rule is not None), types=self.types)

    def _input(self, element: Any) -> Input:
        found = self._reading.only(element, "inputExpression", "inputValues")
        expression = self.expression(found["inputExpression"]) if "inputExpression" in found else None
        if "inputExpression" not in found:
            self._reading.find("dmn-expression-missing", element)
        wanted = self.type_of(found["inputExpression"]) if "inputExpression" in found else ANY
        return Input(id=element.get("id"), logic=expression.within if expression else _null, type=wanted,
                     values=self._values(found.get("inputValues")))

    def _output(self, element: Any, inherited: ItemType, *, named: bool) -> Output:
        found = self._reading.only(element, "outputValues", "defaultOutputEntry")
        wanted = self.type_of(element)
        values = self._values(found.get("outputValues"))
        if values is None:
            values = self.types.allowed_of(wanted if wanted is not ANY else inherited)
        default = self.expression(found["defaultOutputEntry"]) if "defaultOutputEntry" in found else None
        return Output(id=element.get("id"), name=self._reading.name(element) if named else (element.get("name") or ""),
                      type=wanted, values=values, default=default.within if default else None)

    def _values(self, element: Any | None) -> UnaryTests | None:
        """Allowed values; an empty list of them allows everything, as an absent one does."""
        tests = self.tests(element) if element is not None else None
        return None if tests is None or tests.anything else tests

    def _rule(self, element: Any, input_count: int, output_count: int) -> Rule | None:
        tests: list[UnaryTests | None] = []
        outputs: list[Expression | None] = []
        for child in self._reading.children(element, "inputEntry", "outputEntry"):
            if self._reading.local(child) == "inputEntry":
                tests.append(self.tests(child))
            else:
                outputs.append(self.expression(child))
        if (len(tests), len(outputs)) != (input_count, output_count):
            self._reading.find("dmn-rule-shape", element)
            return None
        if None in tests or None in outputs:
            return None
        return Rule(tests=tuple(test for test in tests if test), outputs=tuple(output.within for output in outputs if output))


def _null(scope: Scope) -> Any:
    return None
