"""Decisions of a DMN file: read once, evaluated as often as asked (DMN 1.1 to 1.5, FEEL only).

A decision sees the inputs, decisions and knowledge models it requires, and whatever the caller hands in under a name the
file does not declare. Absent inputs are null. A problem anywhere on the way leaves the asked decision without a value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine import decision_graph, decision_tables
from engine.decision_graph import Graph, Node
from engine.decision_run import DecisionProblem, DecisionRun
from engine.decisions_xml import Reading
from engine.feel import FeelLimit
from engine.feel.lexer import normal_name
from engine.feel.runtime import Scope, admit
from engine.types import Value

__all__ = ["DecisionOutcome", "DecisionProblem", "Decisions", "read_decisions"]


@dataclass(frozen=True, kw_only=True)
class DecisionOutcome:
    """What a decision gave. `value` None without problems is the standard's null.

    `rules` are the matched rules of the asked decision's table, counted from 1; a FIRST table stops at its first.
    """

    value: Value
    rules: tuple[int, ...] = ()
    problems: tuple[DecisionProblem, ...] = ()


class Decisions:
    """The decisions of one file, in its order."""

    def __init__(self, graph: Graph) -> None:
        self.names: tuple[str, ...] = tuple(node.name for node in graph.decisions)
        self._types = graph.types
        #: The names it reads or makes, of inputs and decisions alike.
        self.declared = graph.declared
        self._by_name = {**{node.id: node for node in graph.decisions if node.id},
                         **{node.name: node for node in graph.decisions}}

    def evaluate(self, decision: str, inputs: Mapping[str, Value], *, now: datetime) -> DecisionOutcome:
        """The value of a decision, asked for by name or id.

        Never raises for what it is given: a wrong input, an unknown decision, too much work are problems of the outcome.
        """
        run = DecisionRun(now)
        node = self._by_name.get(decision) or self._by_name.get(normal_name(decision))
        value: Value = None
        rules: tuple[int, ...] = ()
        if node is None:
            run.note("unknown-decision", None)
        else:
            try:
                value, rules = self._evaluate(node, inputs, run)
            except (FeelLimit, RecursionError):
                run.note("limit", node.id)
        return DecisionOutcome(value=None if run.problems else value, rules=rules, problems=tuple(run.problems))

    def needed(self, decision: str) -> tuple[Node, ...]:
        """What stands behind a decision, itself last; nothing for one that the file does not have."""
        node = self._by_name.get(decision)
        return () if node is None else node.order

    def _evaluate(self, asked: Node, inputs: Mapping[str, Value], run: DecisionRun) -> tuple[Any, tuple[int, ...]]:
        given = {normal_name(name): value for name, value in inputs.items()}
        free = {name: admit(value, run) for name, value in given.items() if name not in self.declared}
        made: dict[Node, Any] = {}
        rules: tuple[int, ...] = ()
        for node in asked.order:
            bound = dict(free) if node.function is None else {}
            for source in [*node.inputs, *node.requires]:
                if source not in made:
                    made[source] = self._input(source, given, run)
                bound.update(dict.fromkeys(source.names, made[source]))
            made[node], rules = node.value(Scope(bound, None, run), self._types, run)
        return made[asked], rules

    def _input(self, source: Node, given: Mapping[str, Value], run: DecisionRun) -> Any:
        value = next((given[name] for name in source.names if name in given), None)
        return decision_tables.fit_or_note(self._types, admit(value, run), source.type, source.id, run, "input")


def read_decisions(data: bytes, *, file: str = "decisions.dmn") -> Decisions:
    """Read and compile every decision of a DMN file.

    Raises:
        BundleRefused: it is not DMN, or holds something that would not run exactly as written; the findings say where.
    """
    return Decisions(decision_graph.read_graph(Reading(data, file)))
