"""Mediation: whether the drawing lets a case of sexual violence come to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from engine.lint.answerable import NOON, Values, answer, cases, compiled, distinct, how_many, to_question, written_by
from engine.lint.net import entries
from engine.lint.registry import ADVICE, RULE, Catalogue, Hit
from engine.lint.rules_sop import HUMAN
from engine.lint.subject import Sop
from engine.model import Flow, Node, Scope

rules = Catalogue()
_RECORD = "mediation"
#: What the case file calls sexual violence (`engine.casefile`): a case of which both is said.
_FACTS: Mapping[str, Any] = {"is_tpks": True, "violence_forms": ["sexual"]}
_MOST_ANSWERS = 1_000
_MOST_PLACES = 2_000

Known = Mapping[str, Values]


@rules.sop_rule(
    "mediation-in-sexual-violence",
    RULE,
    ("Kasus kekerasan seksual dapat sampai ke mediasi di gambar ini.", "A case of sexual violence can come to mediation in this drawing."),
    (
        "Timbang lebih dahulu dengan tabel D8 (common/keputusan), dan arahkan “forbidden” ke akhir.",
        'Weigh it first with table D8 (common/keputusan), and lead "forbidden" to an end.',
    ),
)
def mediation_in_sexual_violence(sop: Sop) -> Iterator[Hit]:
    """It is forbidden (UU 12/2022, article 23), and whoever sits there must be told so before. The way is walked with such a case: tables
    are asked, conditions reckoned, every answer of a form is tried. Advice where a condition reads what this check cannot know, or who
    calls the process does.
    """
    if not any(_mediates(placed.node, sop) for diagram in sop.diagrams for placed in diagram.placed):
        return
    is_known = sop.sheet is None or not sop.sheet.is_shared
    called = {found[1].id for diagram in sop.diagrams for placed in diagram.of_type("callActivity")
              if (found := sop.called(placed.node.called_element)) is not None}
    for diagram, process in sop.processes.values():
        if process.id not in called:
            for node, file, is_sure in _Walk(sop).through(process, diagram.file):
                yield Hit(element_id=node.id, line=node.line, file=file, severity=None if is_sure and is_known else ADVICE)


def _mediates(node: Node, sop: Sop) -> bool:
    form = sop.forms.get(node.form or "")
    return node.type in HUMAN and form is not None and form.record == _RECORD


@dataclass(frozen=True)
class _At:
    """Where the case is, what is known of its variables, and whether it surely can be there."""

    file: str
    scope: Scope
    node: Node
    known: Known
    is_sure: bool

    @property
    def key(self) -> str:
        return f"{id(self.scope)} {self.node.id} {self.is_sure} {sorted(self.known.items())!r}"


class _Walk:
    """One case of sexual violence on its way through a process, with every answer that people may give."""

    def __init__(self, sop: Sop) -> None:
        self._sop = sop
        self._answered: dict[str, Values] = {}

    def through(self, process: Scope, file: str) -> Iterator[tuple[Node, str, bool]]:
        """The first steps of mediation it comes to, with their file."""
        waiting = list(self._begun(file, process, {}, True))
        seen = {at.key for at in waiting}
        found: dict[str, tuple[Node, str, bool]] = {}
        while waiting and len(seen) < _MOST_PLACES:
            at = waiting.pop()
            if _mediates(at.node, self._sop):
                was_sure = at.node.id in found and found[at.node.id][2]
                found[at.node.id] = (at.node, at.file, at.is_sure or was_sure)
                continue
            for after in self._after(at):
                if after.key not in seen:
                    seen.add(after.key)
                    waiting.append(after)
        return iter(found.values())

    def _begun(self, file: str, scope: Scope, known: Known, is_sure: bool) -> Iterator[_At]:
        begun = [*(scope.nodes[key] for key in entries(scope)), *(node for node in scope.nodes.values() if node.triggered_by_event)]
        yield from (_At(file, scope, node, known, is_sure) for node in begun)

    def _after(self, at: _At) -> Iterator[_At]:
        node = at.node
        if node.body is not None:
            yield from self._begun(at.file, node.body, at.known, at.is_sure)
        called = self._sop.called(node.called_element) if node.called_element else None
        if called is not None:
            yield from self._begun(called[0].file, called[1], {}, at.is_sure)
        known = self._told(at)
        for edge in at.scope.nodes.values():
            if edge.type == "boundaryEvent" and edge.attached_to == node.id:
                yield _At(at.file, at.scope, edge, known, at.is_sure)
        for flow, is_sure in self._taken(node, known):
            if flow.target in at.scope.nodes:
                yield _At(at.file, at.scope, at.scope.nodes[flow.target], known, at.is_sure and is_sure)

    def _told(self, at: _At) -> Known:
        """What is known after the node: what it wrote is forgotten, unless it is a table that can be asked."""
        node, written = at.node, written_by(self._sop, at.node)
        known = {name: values for name, values in at.known.items() if name not in written}
        if node.type == "businessRuleTask" and node.result and node.loop is None and node.decision and node.decision in self._sop.decisions:
            asked = f"{node.decision} {sorted(at.known.items())!r}"
            if asked not in self._answered:
                self._answered[asked] = self._decided(node.decision, at.known)
            known[node.result] = self._answered[asked]
        return known

    def _decided(self, decision: str, known: Known) -> Values:
        """Every result a table may give; where it gives none the case would stop."""
        table = self._sop.decisions[decision]
        found: dict[str, Any] = {}
        for answers in self._answers(sorted(table.declared), known):
            outcome = table.evaluate(decision, answers, now=NOON)
            if any(problem.code == "limit" for problem in outcome.problems):
                break
            if not outcome.problems:
                found.setdefault(repr(outcome.value), outcome.value)
        return tuple(found.values())

    def _taken(self, node: Node, known: Known) -> Iterator[tuple[Flow, bool]]:
        """The flows it may leave by, and whether that is sure."""
        asks = node.type == "exclusiveGateway"
        default = [flow for flow in node.outgoing if flow.id == node.default_flow]
        for flow in node.outgoing:
            if flow in default:
                continue
            if flow.condition is None:
                yield flow, True
                continue
            truths, is_sure = self._weighed(flow.condition, known)
            if True in truths:
                yield flow, is_sure
            if truths == {True} and is_sure:
                default = []
                if asks:
                    return
        yield from ((flow, True) for flow in default)

    def _weighed(self, condition: str, known: Known) -> tuple[set[bool], bool]:
        expression = compiled(condition)
        if expression is None or not expression.names <= {*_FACTS, *known, *self._asked}:
            return {True, False}, False
        return {answer(expression, answers) is True for answers in self._answers(sorted(expression.names), known)}, True

    def _answers(self, names: Iterable[str], known: Known) -> Iterator[dict[str, Any]]:
        """The facts, with every value of the other names: what is known of them, else whatever a form lets people answer. Where that is
        too much, of boxes ticked together one at a time."""
        choices = {name: known.get(name) or self._asked.get(name) or (None,) for name in names if name not in _FACTS}
        if how_many(choices) > _MOST_ANSWERS:
            choices = {name: tuple(value for value in values if not isinstance(value, list) or len(value) == 1)
                       for name, values in choices.items()}
        yield from ({**_FACTS, **case} for case in islice(cases(choices), _MOST_ANSWERS))

    @cached_property
    def _asked(self) -> Mapping[str, Values]:
        """What people may answer, field by field; None is no answer."""
        found: dict[str, Values] = {}
        for form in self._sop.forms.values():
            for field in form.steering:
                answers = to_question(field)
                if answers is not None:
                    found[field.key] = (*found.get(field.key, (None,)), *answers)
        return {name: distinct(values) for name, values in found.items()}
