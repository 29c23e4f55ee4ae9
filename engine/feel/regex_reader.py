"""Reads a regular expression (the XPath subset without back-references, look-arounds and set subtraction) into a program.

A program is a flat list of steps, as in Pike's machine; its length is capped and its making is paid for, because a
repeat count multiplies what it repeats.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from engine.feel import limits
from engine.feel.runtime import Run

PROGRAM_LENGTH = 2_000
GROUP_COUNT = 20

Accepts = Callable[[str], bool]
#: ("char", accepts) | ("edge", which) | ("chain", trees) | ("either", trees) | ("group", (number, tree))
#: | ("repeat", (tree, least, most, lazy))
_Tree = tuple[str, Any]


@dataclass
class Step:
    """`char` consumes one character; `split` tries `next` before `other`; `save` notes the position in slot `other`;
    `edge` holds only at a start or end; `match` is the end."""

    kind: str
    next: int = 0
    other: int = 0
    accepts: Accepts | None = None


@dataclass
class Program:
    steps: list[Step] = field(default_factory=list)
    groups: int = 0


class Refused(Exception):
    """The pattern is outside the subset."""


def read(run: Run, pattern: str, flags: str) -> Program:
    """The program of `pattern`; raises `Refused`."""
    return _Reader(run, pattern, flags).program()


class _Reader:
    """Recursive descent over the pattern; each part yields a fragment of steps with relative jumps resolved at once."""

    def __init__(self, run: Run, pattern: str, flags: str) -> None:
        self._run = run
        self._pattern = pattern
        self._flags = flags
        self._at = 0
        self._depth = 0
        self._groups = 0

    def program(self) -> Program:
        if "q" in self._flags:
            tree: _Tree = ("chain", [("char", _folded({char}, self._flags)) for char in self._pattern])
        else:
            tree = self._alternatives()
            if self._at < len(self._pattern):
                raise Refused
        program = Program(groups=self._groups)
        _emit(self._run, program, tree)
        program.steps.append(Step("match"))
        return program

    def _alternatives(self) -> _Tree:
        self._depth += 1
        if self._depth > limits.NESTING:
            raise Refused
        branches = [self._branch()]
        while self._take("|"):
            branches.append(self._branch())
        self._depth -= 1
        return ("either", branches)

    def _branch(self) -> _Tree:
        parts: list[_Tree] = []
        while (char := self._peek()) and char not in "|)":
            if "x" in self._flags and char.isspace():
                self._at += 1
                continue
            parts.append(self._repeated(self._atom()))
        return ("chain", parts)

    def _repeated(self, atom: _Tree) -> _Tree:
        char = self._peek()
        if not char or char not in "*+?{":
            return atom
        if atom[0] == "edge":
            raise Refused
        self._at += 1
        least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(char) or self._counts()
        lazy = self._take("?")
        if self._peek() and self._peek() in "*+?{":
            raise Refused
        return ("repeat", (atom, least, most, lazy))

    def _counts(self) -> tuple[int, int | None]:
        body, closed, _ = self._pattern[self._at:].partition("}")
        low, comma, high = body.partition(",")
        if not closed or not low.isdecimal() or len(body) > 9 or (high and not high.isdecimal()):
            raise Refused
        self._at += len(body) + 1
        least, most = int(low), int(high) if high else None if comma else int(low)
        if max(least, most or 0) > PROGRAM_LENGTH or (most is not None and most < least):
            raise Refused
        return least, most

    def _atom(self) -> _Tree:
        char = self._pattern[self._at]
        self._at += 1
        lines = 2 if "m" in self._flags else 0
        match char:
            case "(":
                return self._group()
            case "[":
                return ("char", self._set())
            case ".":
                return ("char", (lambda one: True) if "s" in self._flags else (lambda one: one not in "\n\r"))
            case "^":
                return ("edge", lines)
            case "$":
                return ("edge", lines + 1)
            case "\\":
                return ("char", self._escape())
            case "*" | "+" | "?" | "{" | "}" | "]" | ")":
                raise Refused
        return ("char", _folded({char}, self._flags))

    def _group(self) -> _Tree:
        if self._pattern.startswith("?:", self._at):
            self._at += 2
            inner = self._alternatives()
        else:
            self._groups += 1
            number = self._groups
            if number > GROUP_COUNT:
                raise Refused
            inner = ("group", (number, self._alternatives()))
        if not self._take(")"):
            raise Refused
        return inner

    def _escape(self) -> Accepts:
        char = self._pattern[self._at:self._at + 1]
        self._at += 1
        if char.lower() == "p" and char:
            return self._category(negated=char == "P")
        if char and char in _CLASSES:
            return _CLASSES[char]
        if char and char in "nrt":
            return _folded({{"n": "\n", "r": "\r", "t": "\t"}[char]}, "")
        if not char or char.isalnum():
            raise Refused  # back-references among them
        return _folded({char}, "")

    def _category(self, *, negated: bool) -> Accepts:
        name, closed, _ = self._pattern[self._at:].removeprefix("{").partition("}")
        if not self._pattern.startswith("{", self._at) or not closed or not name.isalpha() or len(name) > 2:
            raise Refused
        self._at += len(name) + 2
        return lambda one: unicodedata.category(one).startswith(name) is not negated

    def _set(self) -> Accepts:
        negated = self._take("^")
        chars: set[str] = set()
        ranges: list[tuple[str, str]] = []
        classes: list[Accepts] = []
        first = True
        while first or self._peek() != "]":
            first = False
            char = self._peek()
            if not char or char == "[":
                raise Refused  # unclosed, or a subtraction
            self._at += 1
            if char == "\\":
                if (follower := self._peek()) and (follower in _CLASSES or follower in "pP"):
                    classes.append(self._escape())
                    continue
                char = self._plain_escape()
            if self._peek() == "-" and self._pattern[self._at + 1:self._at + 2] not in {"]", ""}:
                self._at += 1
                last = self._pattern[self._at]
                self._at += 1
                last = self._plain_escape() if last == "\\" else last
                if last < char or last == "[":
                    raise Refused
                ranges.append((char, last))
            else:
                chars.add(char)
        self._at += 1
        folds = "i" in self._flags

        def accepts(one: str) -> bool:
            forms = {one, one.lower(), one.upper()} if folds else {one}
            found = any(form in chars or any(low <= form <= high for low, high in ranges) or any(test(form) for test in classes)
                        for form in forms)
            return found is not negated

        return accepts

    def _plain_escape(self) -> str:
        char = self._pattern[self._at:self._at + 1]
        self._at += 1
        if char and char in "nrt":
            return {"n": "\n", "r": "\r", "t": "\t"}[char]
        if not char or char.isalnum():
            raise Refused
        return char

    def _peek(self) -> str:
        return self._pattern[self._at:self._at + 1]

    def _take(self, char: str) -> bool:
        if not self._pattern.startswith(char, self._at):
            return False
        self._at += len(char)
        return True


def _folded(chars: set[str], flags: str) -> Accepts:
    """Accepts one of `chars`, in either case under the flag `i`."""
    if "i" not in flags:
        return chars.__contains__
    folded = {char.casefold() for char in chars}
    return lambda one: one.casefold() in folded


def _name_start(one: str) -> bool:
    return one.isalpha() or one in "_:"


def _name_part(one: str) -> bool:
    return one.isalnum() or one in "_:-."


_CLASSES: dict[str, Accepts] = {
    "d": str.isdecimal, "D": lambda one: not one.isdecimal(),
    "s": lambda one: one in " \t\n\r", "S": lambda one: one not in " \t\n\r",
    "w": lambda one: unicodedata.category(one)[0] not in "PZC", "W": lambda one: unicodedata.category(one)[0] in "PZC",
    "i": _name_start, "I": lambda one: not _name_start(one),
    "c": _name_part, "C": lambda one: not _name_part(one),
}


def _emit(run: Run, program: Program, tree: _Tree) -> None:
    run.spend()
    kind, content = tree
    match kind:
        case "char":
            _step(program, Step("char", accepts=content))
        case "edge":
            _step(program, Step("edge", other=content))
        case "chain":
            for part in content:
                _emit(run, program, part)
        case "group":
            number, inner = content
            _step(program, Step("save", other=2 * number))
            _emit(run, program, inner)
            _step(program, Step("save", other=2 * number + 1))
        case "either":
            _emit_either(run, program, content)
        case "repeat":
            _emit_repeat(run, program, *content)


def _emit_either(run: Run, program: Program, branches: list[_Tree]) -> None:
    jumps: list[Step] = []
    for branch in branches[:-1]:
        fork = _step(program, Step("split"))
        _emit(run, program, branch)
        jumps.append(_step(program, Step("split")))
        fork.other = len(program.steps)
    _emit(run, program, branches[-1])
    for jump in jumps:
        jump.next = jump.other = len(program.steps)


def _emit_repeat(run: Run, program: Program, tree: _Tree, least: int, most: int | None, lazy: bool) -> None:
    for _ in range(least):
        _emit(run, program, tree)
    forks: list[Step] = []
    top = len(program.steps)
    for _ in range(1 if most is None else most - least):
        forks.append(_step(program, Step("split")))
        _emit(run, program, tree)
    if most is None:
        _step(program, Step("split", top, top)).next = top
    for fork in forks:
        fork.other = len(program.steps)
        if lazy:
            fork.next, fork.other = fork.other, fork.next


def _step(program: Program, step: Step) -> Step:
    """Append `step`; it goes on to the one after it unless told otherwise later."""
    if len(program.steps) >= PROGRAM_LENGTH:
        raise Refused
    program.steps.append(step)
    step.next = len(program.steps)
    return step
