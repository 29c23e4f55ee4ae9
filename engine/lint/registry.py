"""The catalogue of everything lint can say: each code with its severity, its reason, its fix, in Indonesian and English.

A rule is one generator function over a `Diagram` (one BPMN file) or a `Sop` (the whole bundle). It yields `Hit`s; the texts
stand at its `@rule`. Nothing of a file's content reaches a text: only ids, lines and words of the BPMN vocabulary.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.types import Severity, Text

if TYPE_CHECKING:
    from engine.lint.subject import Diagram, Sop

ERROR, RULE, ADVICE = Severity.ERROR, Severity.RULE, Severity.ADVICE


@dataclass(frozen=True, kw_only=True)
class Hit:
    """Where a rule found something. `word` is of BPMN's own vocabulary, or of ids, and helps a person; `severity` overrides the rule's."""

    element_id: str | None = None
    line: int | None = None
    file: str | None = None
    word: str | Text = ""
    severity: Severity | None = None


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One entry of the catalogue. `reason` is the first paragraph of the function's docstring."""

    code: str
    severity: Severity
    message: Text
    instead: Text
    reason: str
    on_diagram: Callable[[Diagram], Iterable[Hit]] | None = None
    on_sop: Callable[[Sop], Iterable[Hit]] | None = None


class Catalogue:
    """The rules in the order their modules list them; a code stands for one thing only."""

    def __init__(self) -> None:
        self.rules: dict[str, Rule] = {}

    def diagram_rule(
        self,
        code: str,
        severity: Severity,
        message: tuple[str, str],
        instead: tuple[str, str],
    ) -> Callable[[Callable[[Diagram], Iterable[Hit]]], Callable[[Diagram], Iterable[Hit]]]:
        """Register a rule about one BPMN file. Texts are (Indonesian, English)."""

        def add(check: Callable[[Diagram], Iterable[Hit]]) -> Callable[[Diagram], Iterable[Hit]]:
            self._add(
                Rule(
                    code=code,
                    severity=severity,
                    message=Text(*message),
                    instead=Text(*instead),
                    reason=_reason(check.__doc__),
                    on_diagram=check,
                )
            )
            return check

        return add

    def sop_rule(
        self,
        code: str,
        severity: Severity,
        message: tuple[str, str],
        instead: tuple[str, str],
    ) -> Callable[[Callable[[Sop], Iterable[Hit]]], Callable[[Sop], Iterable[Hit]]]:
        """Register a rule about the bundle as a whole."""

        def add(check: Callable[[Sop], Iterable[Hit]]) -> Callable[[Sop], Iterable[Hit]]:
            self._add(
                Rule(
                    code=code,
                    severity=severity,
                    message=Text(*message),
                    instead=Text(*instead),
                    reason=_reason(check.__doc__),
                    on_sop=check,
                )
            )
            return check

        return add

    def _add(self, rule: Rule) -> None:
        if rule.code in self.rules:
            raise ValueError(f"lint code {rule.code} stands for two rules")
        self.rules[rule.code] = rule


def _reason(docstring: str | None) -> str:
    return " ".join((docstring or "").strip().split("\n\n")[0].split())
