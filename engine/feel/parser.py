"""From FEEL text to a syntax tree (DMN 1.4, chapter 10.3.1.2), by precedence climbing, bounded in depth and nodes."""

from __future__ import annotations

import re
from collections.abc import Callable

from engine.feel import limits, syntax, temporal
from engine.feel.cursor import Cursor
from engine.feel.errors import FeelSyntaxError
from engine.feel.lexer import NAME, normal_name
from engine.feel.syntax import Node
from engine.types import Text

_COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
#: Binding strength of the arithmetic operators, all of which associate to the left.
_STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2, "**": 3}
_AFTER_VALUE = frozenset({"end", ")", "]", ",", "}", "and", "or", "then", "else", "return", "satisfies"})
#: The words before a colon. Nothing in it can match in two ways, so a long text without colon is read once.
_LABEL = re.compile(r'([^\s\d:"(){}\[\],?@<>=!][^:"(){}\[\],?@<>=!]*):')
_TYPES = (
    "years and months duration", "days and time duration", "date and time", "number", "string", "boolean", "date", "time",
    "list", "context", "function", "range", "Any", "Null", "any", "null", "dateTime", "dayTimeDuration", "yearMonthDuration",
)
_TYPE_ALIASES = {"any": "Any", "null": "Null", "dateTime": "date and time", "dayTimeDuration": "days and time duration",
                 "yearMonthDuration": "years and months duration"}


class Parser(Cursor):
    """One reading of one text. Names that contain spaces or symbols are recognised when they are in `names`."""

    # --- whole texts ---------------------------------------------------------------------------------------------

    def whole_expression(self) -> Node:
        node = self._expression()
        self._finish()
        return node

    def whole_tests(self) -> tuple[bool, tuple[Node, ...]]:
        """Unary tests: whether they are negated, and the tests. `-` and an empty text are no tests: anything matches."""
        if self._now.kind == "end":
            return False, ()
        if self._now.kind == "-" and self._lexer.token(self._now.end).kind == "end":
            return False, ()
        if self._now.kind == "name" and self._now.value == "not":
            if (negated := self._attempt(self._negated_tests)) is not None:
                return True, negated
        tests = self._tests()
        self._finish()
        return False, tests

    def _negated_tests(self) -> tuple[Node, ...]:
        self._advance()
        self._expect("(")
        tests = self._tests()
        self._expect(")")
        self._finish()
        return tests

    def _tests(self) -> tuple[Node, ...]:
        return self._separated(self._test)

    def _test(self) -> Node:
        """One positive unary test: a comparison without left side, or any expression."""
        if self._now.kind in _COMPARISONS:
            operator = self._advance().kind
            return self._node(syntax.Open(operator, self._arithmetic(1)))
        return self._expression()

    # --- expressions, loosest first ------------------------------------------------------------------------------

    def _expression(self) -> Node:
        self._depth += 1
        if self._depth > limits.NESTING:
            self._fail("terlalu bertingkat", "nested too deep")
        try:
            match self._now.kind:
                case "if":
                    return self._conditional()
                case "for":
                    return self._for()
                case "some" | "every":
                    return self._quantified()
                case "function":
                    return self._definition()
                case _:
                    return self._logic("or", lambda: self._logic("and", self._comparison))
        finally:
            self._depth -= 1

    def _logic(self, operator: str, part: Callable[[], Node]) -> Node:
        parts = [part()]
        while self._accept(operator):
            parts.append(part())
        return parts[0] if len(parts) == 1 else self._node(syntax.Logic(operator, tuple(parts)))

    def _comparison(self) -> Node:
        left = self._arithmetic(1)
        for _ in range(limits.NESTING):
            kind = self._now.kind
            if kind in _COMPARISONS:
                self._advance()
                left = self._node(syntax.Comparison(kind, left, self._arithmetic(1)))
            elif kind == "between":
                self._advance()
                low = self._arithmetic(1)
                self._expect("and")
                left = self._node(syntax.Between(left, low, self._arithmetic(1)))
            elif kind == "in":
                self._advance()
                left = self._node(syntax.In(left, self._right_of_in()))
            else:
                return left
        return self._fail("terlalu banyak perbandingan berantai", "too many chained comparisons")

    def _right_of_in(self) -> tuple[Node, ...]:
        if self._now.kind == "(" and (tests := self._attempt(self._tests_in_brackets)) is not None:
            return tests
        if self._now.kind in _COMPARISONS:
            return (self._test(),)
        return (self._arithmetic(1),)

    def _tests_in_brackets(self) -> tuple[Node, ...]:
        self._expect("(")
        tests = self._tests()
        self._expect(")")
        if self._now.kind in _STRENGTH or self._now.kind in {".", "[", "instance"}:
            self._fail("bukan daftar uji", "not a list of tests")
        return tests

    def _arithmetic(self, weakest: int) -> Node:
        """Operators at least as strong as `weakest`; a run of one strength becomes one flat node."""
        left = self._unary()
        for strength in (3, 2, 1):
            if strength < weakest:
                break
            rest: list[tuple[str, Node]] = []
            while _STRENGTH.get(self._now.kind) == strength:
                operator = self._advance().kind
                rest.append((operator, self._arithmetic(strength + 1)))
            if rest:
                left = self._node(syntax.Arithmetic(left, tuple(rest)))
        return left

    def _unary(self) -> Node:
        """A minus binds tighter than any other operator: `-3 ** 2` is 9. An even number of them still asks for a number."""
        signs = 0
        while self._accept("-"):
            signs += 1
        node = self._postfix()
        for _ in range(2 - signs % 2 if signs else 0):
            node = self._node(syntax.Negate(node))
        return node

    def _postfix(self) -> Node:
        node = self._primary()
        links = 0
        while True:
            links += 1
            if links > limits.NESTING:
                self._fail("terlalu panjang berantai", "too long a chain")
            if self._accept("."):
                node = self._node(syntax.Path(node, self._member()))
            elif self._now.kind == "[":
                if self._closes_interval():
                    return node
                self._advance()
                condition = self._expression()
                self._expect("]")
                node = self._node(syntax.Filter(node, condition))
            elif self._now.kind == "(":
                node = self._call(node)
            elif self._now.kind == "instance":
                self._advance()
                self._expect_word("of")
                node = self._node(syntax.InstanceOf(node, self._type()))
            else:
                return node

    def _closes_interval(self) -> bool:
        """Inside `[a..b[` the last bracket closes the interval; it is no filter when no expression can follow it."""
        return self._lexer.token(self._now.end).kind in _AFTER_VALUE

    # --- primaries -----------------------------------------------------------------------------------------------

    def _primary(self) -> Node:
        token = self._now
        match token.kind:
            case "number" | "string":
                self._advance()
                return self._node(syntax.Literal(token.value))
            case "true" | "false" | "null":
                self._advance()
                return self._node(syntax.Literal({"true": True, "false": False}.get(token.kind)))
            case "name":
                self._advance()
                return self._node(syntax.Name(token.value, token.start))
            case "?":
                self._advance()
                return self._node(syntax.Name("?", token.start))
            case "@":
                return self._at_literal()
            case "{":
                return self._context()
            case "(" | "[" | "]":
                return self._bracketed()
            case _:
                return self._fail("di sini diharapkan sebuah nilai", "a value is expected here")

    def _bracketed(self) -> Node:
        """A list, an interval, or an expression in parentheses."""
        opening = self._advance().kind
        if opening == "[" and self._accept("]"):
            return self._node(syntax.ListOf(()))
        first = self._test() if opening == "(" else self._expression()
        if self._accept(".."):
            if isinstance(first, syntax.Open):
                self._fail("batas rentang tidak sah", "not an end of a range")
            end = self._expression()
            closing = self._advance().kind
            if closing not in {"]", ")", "["}:
                self._fail("rentang tidak ditutup", "the range is never closed")
            return self._node(syntax.Interval(first, end, opening == "[", closing == "]"))
        if opening == "(":
            self._expect(")")
            return first
        if opening == "]":
            self._fail("rentang tanpa dua titik", "a range without its two dots")
        items = [first]
        while self._accept(","):
            items.append(self._expression())
        self._expect("]")
        return self._node(syntax.ListOf(tuple(items)))

    def _at_literal(self) -> Node:
        position = self._advance().start
        token = self._now
        if token.kind != "string":
            self._fail("setelah @ diharapkan teks dalam tanda kutip", "a quoted text is expected after @")
        self._advance()
        value = temporal.any_temporal(token.value)
        if value is None:
            raise FeelSyntaxError(position, Text("tanggal, waktu, atau durasi ini tidak ada",
                                                 "there is no such date, time or duration"))
        return self._node(syntax.Literal(value))

    def _context(self) -> Node:
        self._expect("{")
        entries: list[tuple[str, Node]] = []
        if not self._accept("}"):
            while True:
                name = self._key()
                entries.append((name, self._expression()))
                if not self._accept(","):
                    break
            self._expect("}")
        return self._node(syntax.ContextOf(tuple(entries)))

    def _key(self) -> str:
        if self._now.kind == "string":
            name = str(self._advance().value)
            self._lexer.declare(name)
            self._expect(":")
            return name
        if (label := self._label()) is None:
            return self._fail("di sini diharapkan nama isian", "the name of an entry is expected here")
        return label

    def _label(self) -> str | None:
        """Reads `any name :` if that stands here. The name need not be known."""
        found = _LABEL.match(self._source, self._now.start)
        if found is None:
            return None
        name = normal_name(found.group(1))
        self._lexer.declare(name)
        self._now = self._lexer.token(found.end())
        return name

    def _call(self, function: Node) -> Node:
        position = self._advance().start
        arguments: list[Node] = []
        named: list[tuple[str, Node]] = []
        if not self._accept(")"):
            while True:
                if (label := self._label()) is not None:
                    named.append((label, self._expression()))
                else:
                    arguments.append(self._expression())
                if not self._accept(","):
                    break
            self._expect(")")
        if named and arguments:
            raise FeelSyntaxError(position, Text("argumen bernama dan berurutan tidak boleh dicampur",
                                                 "named and positional arguments cannot be mixed"))
        return self._node(syntax.Call(function, tuple(arguments), tuple(named), position))

    # --- words ---------------------------------------------------------------------------------------------------

    def _conditional(self) -> Node:
        branches: list[tuple[Node, Node]] = []
        while self._accept("if"):
            condition = self._expression()
            self._expect("then")
            branches.append((condition, self._expression()))
            self._expect("else")
        return self._node(syntax.Conditional(tuple(branches), self._expression()))

    def _for(self) -> Node:
        self._expect("for")
        iterations = self._iterations(may_count=True)
        self._expect("return")
        return self._node(syntax.For(iterations, self._expression()))

    def _quantified(self) -> Node:
        every = self._advance().kind == "every"
        iterations = self._iterations(may_count=True)
        self._expect("satisfies")
        return self._node(syntax.Quantified(every, iterations, self._expression()))

    def _iterations(self, *, may_count: bool) -> tuple[syntax.Iteration, ...]:
        return self._separated(lambda: self._iteration(may_count))

    def _iteration(self, may_count: bool) -> syntax.Iteration:
        name = self._new_name("in")
        self._expect("in")
        domain = self._expression()
        until = self._expression() if may_count and self._accept("..") else None
        return syntax.Iteration(name, domain, until)

    def _definition(self) -> Node:
        self._expect("function")
        self._expect("(")
        parameters: tuple[str, ...] = ()
        if not self._accept(")"):
            parameters = self._separated(self._parameter)
            self._expect(")")
        if self._now.kind == "external":
            self._fail("fungsi luar tidak diizinkan", "external functions are refused")
        return self._node(syntax.Definition(parameters, self._expression()))

    def _parameter(self) -> str:
        name = self._new_name(",", ")", ":")
        if self._accept(":"):
            self._type()
        return name

    def _new_name(self, *until: str) -> str:
        """A name being introduced: the words up to one of `until`."""
        words: list[str] = []
        while self._now.kind not in until:
            if self._now.kind in {"end", "(", "[", "{", "string", "?"} or len(words) > 30:
                self._fail("di sini diharapkan sebuah nama", "a name is expected here")
            words.append(self._source[self._now.start:self._now.end])
            self._advance()
        name = normal_name(" ".join(words))
        if not words or not NAME.match(name):
            self._fail("di sini diharapkan sebuah nama", "a name is expected here")
        self._lexer.declare(name)
        return name

    def _member(self) -> str:
        token = self._now
        if token.kind == "name" or NAME.fullmatch(token.kind) and token.kind not in {"number", "string", "end"}:
            self._advance()
            return str(token.value)
        return self._fail("di sini diharapkan nama isian", "the name of an entry is expected here")

    def _type(self) -> syntax.Type:
        self._depth += 1
        if self._depth > limits.NESTING:
            self._fail("terlalu bertingkat", "nested too deep")
        start = self._now.start
        found = next((name for name in _TYPES if (hit := re.compile(
            r"\s+".join(map(re.escape, name.split())) + r"\b").match(self._source, start)) and self._jump(hit.end())), None)
        if found is None:
            self._fail("jenis nilai ini tidak dikenal", "this type is not known")
        name = _TYPE_ALIASES.get(found, found)
        arguments: list[syntax.Type] = []
        keys: list[str] = []
        if name in {"list", "range", "context", "function"} and self._accept("<"):
            while self._now.kind != ">":
                if name == "context":
                    keys.append(self._key())
                arguments.append(self._type())
                if not self._accept(","):
                    break
            self._expect(">")
            if name == "function":
                self._expect("->")
                arguments.append(self._type())
        self._depth -= 1
        return syntax.Type(name, tuple(arguments), tuple(keys))
