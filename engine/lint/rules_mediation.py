"""Mediation: whether the drawing lets a case of sexual violence come to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from engine.lint.answerable import Values, answer, compiled, distinct, to_question, written_by
from engine.lint.net import entries, following
from engine.lint.outcomes import outcomes, read_by, spread
from engine.lint.registry import ADVICE, RULE, Catalogue, Hit
from engine.lint.rules_sop import HUMAN
from engine.lint.subject import Sop
from engine.model import DataMapping, Flow, Node, Process, Scope
from engine.types import Value

rules = Catalogue()
_RECORD: Final = "mediation"
_SEXUAL: Final = "sexual"
_MOST_FORMS: Final = 2   # forms of violence that are tried together
_WORK: Final = frozenset({*HUMAN, "businessRuleTask", "serviceTask", "sendTask"})
_MOST_PLACES: Final = 2_000
_AMBIENT: Final = frozenset({"risk", "parameters"})   # what a called process reads without being handed it

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
    are asked, conditions reckoned, every answer of a form is tried, and a called process knows what the call hands it. Advice where a
    condition reads what this check cannot know, or who calls the process does.
    """
    if not any(_mediates(placed.node, sop) for diagram in sop.diagrams for placed in diagram.placed):
        return
    is_known = sop.sheet is None or not sop.sheet.is_shared
    called = {found[1].id for diagram in sop.diagrams for placed in diagram.of_type("callActivity")
              if (found := sop.called(placed.node.called_element)) is not None}
    for diagram, process in sop.processes.values():
        if process.id not in called or (sop.sheet is not None and process.id == sop.sheet.process):
            for node, file, is_sure in _Walk(sop).through(process, diagram.file):
                yield Hit(element_id=node.id, line=node.line, file=file, severity=None if is_sure and is_known else ADVICE)


def _mediates(node: Node, sop: Sop) -> bool:
    form = sop.forms.get(node.form or "")
    return node.type in HUMAN and form is not None and form.record == _RECORD


def _signs(forms: Values) -> Iterator[Known]:
    """What a case of sexual violence says of itself (`engine.casefile`): either sign is enough, so each is tried without the other."""
    said: Values = distinct(([_SEXUAL], *(value for value in forms if _is_said(value) and _is_short(value))))
    unsaid: Values = distinct((None, *(value for value in forms if not _is_said(value) and _is_short(value))))
    yield {"is_tpks": (True,), "violence_forms": said}
    yield {"is_tpks": (True,), "violence_forms": unsaid}
    yield {"is_tpks": (False, None), "violence_forms": said}


def _is_said(value: Value) -> bool:
    return value == _SEXUAL or (isinstance(value, list) and _SEXUAL in value)


def _is_short(value: Value) -> bool:
    return not isinstance(value, list) or len(value) <= _MOST_FORMS


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
        self._facts: Known = {}
        self._answered: dict[str, Values] = {}
        self._after_each: dict[int, dict[str, list[str]]] = {}

    def through(self, process: Scope, file: str) -> Iterator[tuple[Node, str, bool]]:
        """The first steps of mediation it comes to, with their file."""
        found: dict[str, tuple[Node, str, bool]] = {}
        for facts in _signs(self._asked.get("violence_forms", ())):
            self._facts = facts
            for at in self._comes_to(process, file):
                was_sure = at.node.id in found and found[at.node.id][2]
                found[at.node.id] = (at.node, at.file, at.is_sure or was_sure)
        return iter(found.values())

    def _comes_to(self, process: Scope, file: str) -> Iterator[_At]:
        waiting = list(self._begun(file, process, self._facts, True))
        seen = {at.key for at in waiting}
        while waiting and len(seen) < _MOST_PLACES:
            at = waiting.pop()
            if _mediates(at.node, self._sop):
                yield at
                continue
            for after in self._after(at):
                if after.key not in seen:
                    seen.add(after.key)
                    waiting.append(after)

    def _begun(self, file: str, scope: Scope, known: Known, is_sure: bool) -> Iterator[_At]:
        begun = [*(scope.nodes[key] for key in entries(scope)), *(node for node in scope.nodes.values() if node.triggered_by_event)]
        yield from (_At(file, scope, node, known, is_sure) for node in begun)

    def _after(self, at: _At) -> Iterator[_At]:
        node = at.node
        if node.body is not None:
            yield from self._begun(at.file, node.body, self._inside(at), at.is_sure)
        called = self._sop.called(node.called_element) if node.called_element else None
        if called is not None:
            yield from self._begun(called[0].file, called[1], self._handed(at, called[1]), at.is_sure)
        known = self._told(at)
        flows = {flow.target for flow in node.outgoing}
        for key in self._following(at.scope)[node.id]:   # by its links, and the events at its edge
            if key not in flows:
                yield _At(at.file, at.scope, at.scope.nodes[key], known, at.is_sure)
        for flow, is_sure in self._taken(node, known):
            if flow.target in at.scope.nodes:
                yield _At(at.file, at.scope, at.scope.nodes[flow.target], known, at.is_sure and is_sure)

    def _following(self, scope: Scope) -> dict[str, list[str]]:
        if id(scope) not in self._after_each:
            self._after_each[id(scope)] = following(scope)
        return self._after_each[id(scope)]

    # --- what is known ------------------------------------------------------------------------------------------

    def _inside(self, at: _At) -> Known:
        """What a step sees while it is done: what stands round it, and over that what is mapped into it. Of a loop, the item is unknown."""
        items = _items(at.node)
        seen = {**at.known, **self._mapped(at.node.input_mappings, at.known)}
        return {name: values for name, values in seen.items() if name not in items}

    def _handed(self, at: _At, called: Process) -> Known:
        """What a called process sees: what the call maps, and null for whatever else it reads."""
        free = _items(at.node) | _AMBIENT
        handed = self._mapped(at.node.input_mappings, at.known)
        mapped = {mapping.target for mapping in at.node.input_mappings}
        outside = {name: values for name, values in at.known.items() if name in called.data_inputs}
        unread = self._reads(called) - mapped - free - set(called.data_inputs)
        return {**dict.fromkeys(unread, (None,)), **outside, **handed}

    def _told(self, at: _At) -> Known:
        """What is known after the node: what it wrote is forgotten, unless it is a table that can be asked or is mapped from what is known.
        Whoever answers what the case is about says what it is."""
        node, written = at.node, written_by(self._sop, at.node)
        known = {name: values for name, values in at.known.items() if name not in written}
        known |= {name: values for name, values in self._facts.items() if name in written}
        if node.type == "businessRuleTask" and node.result and node.loop is None and node.decision and node.decision in self._sop.decisions:
            known[node.result] = self._decided(node.decision, self._inside(at))
        if node.body is None and node.called_element is None and node.type in _WORK:
            known |= self._mapped(node.output_mappings, known)
        return known

    def _mapped(self, mappings: Iterable[DataMapping], known: Known) -> Known:
        """What mappings give, of those whose source is known here."""
        found: dict[str, Values] = {}
        for mapping in mappings:
            source = compiled(mapping.source) if mapping.is_expression else None
            if not mapping.is_expression and mapping.source in {*known, *self._asked}:
                found[mapping.target] = self._values(mapping.source, known)
            elif source is not None and source.names <= {*known, *self._asked}:
                found[mapping.target] = distinct(answer(source, answers) for answers in self._answers(source.names, known))
        return found

    def _decided(self, decision: str, known: Known) -> Values:
        """Every result a table may give here."""
        table = self._sop.decisions[decision]
        choices = {name: self._values(name, known) for name in sorted(read_by(table, decision))}
        asked = f"{decision} {choices!r}"
        if asked not in self._answered:
            self._answered[asked] = outcomes(table, decision, choices)
        return self._answered[asked]

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
        if expression is None or not expression.names <= {*known, *self._asked}:
            return {True, False}, False
        return {answer(expression, answers) is True for answers in self._answers(expression.names, known)}, True

    def _answers(self, names: Iterable[str], known: Known) -> Iterator[dict[str, Value]]:
        """Every value of the names: what is known of them, else whatever a form lets people answer."""
        return spread({name: self._values(name, known) for name in sorted(names)})

    def _values(self, name: str, known: Known) -> Values:
        return known.get(name) or self._asked.get(name) or (None,)

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

    def _reads(self, scope: Scope) -> frozenset[str]:
        """The names whose values a process asks for: its conditions, tables and mappings, and what it holds."""
        texts = [flow.condition or "" for flow in scope.flows]
        found: set[str] = set()
        for node in scope.nodes.values():
            texts += [mapping.source for mapping in (*node.input_mappings, *node.output_mappings)]
            if node.decision and node.decision in self._sop.decisions:
                found |= read_by(self._sop.decisions[node.decision], node.decision)
            called = self._sop.called(node.called_element) if node.called_element else None
            found |= set(called[1].data_inputs) if called is not None else set()
            found |= self._reads(node.body) if node.body is not None else frozenset()
        return frozenset(found.union(*(read.names for text in texts if (read := compiled(text)) is not None)))


def _items(node: Node) -> frozenset[str]:
    """The names that a loop gives to each of its turns."""
    loop = node.loop
    if loop is None:
        return frozenset()
    return frozenset({"loopCounter", loop.input_item or "", loop.for_each.item if loop.for_each is not None else ""})
