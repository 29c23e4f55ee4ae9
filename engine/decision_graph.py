"""What a DMN file holds: inputs, decisions and knowledge models, and which of them requires which (DMN 6.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from engine import decision_tables
from engine.decision_logic import EXPRESSIONS, Boxes
from engine.decision_run import DecisionRun, Logic
from engine.decision_tables import Table
from engine.decision_types import ANY, ItemType, Types
from engine.decisions_xml import Reading, is_feel
from engine.feel.lexer import normal_name
from engine.feel.runtime import Scope
from engine.feel.values import Function

MAX_DECISIONS = 500
#: Attributes and elements that introduce a name an expression may use.
_NAMING = frozenset({"inputData", "decision", "businessKnowledgeModel", "variable", "itemComponent", "formalParameter", "column",
                     "output", "parameter"})


@dataclass(kw_only=True, eq=False)
class Node:
    """An input, a decision or a knowledge model. `names` are its own and, where another, its variable's."""

    element: Any
    id: str | None
    name: str
    names: tuple[str, ...]
    type: ItemType = ANY
    table: Table | None = None
    logic: Logic | None = None
    function: Callable[[Scope], Function] | None = None
    inputs: list[Node] = field(default_factory=list)
    requires: list[Node] = field(default_factory=list)
    #: Everything it requires, directly or not, so that each comes after what it requires; itself last.
    order: tuple[Node, ...] = ()

    def value(self, scope: Scope, types: Types, run: DecisionRun) -> tuple[Any, tuple[int, ...]]:
        """Its value where `scope` holds what it requires, and the rules that matched."""
        if self.function is not None:
            return self.function(scope), ()
        rules: tuple[int, ...] = ()
        value: Any = None
        if self.table is not None:
            value, rules = self.table.decide(scope)
        elif self.logic is not None:
            value = self.logic(scope)
        return decision_tables.fit_or_note(types, value, self.type, self.id, run), rules


@dataclass(frozen=True, kw_only=True)
class Graph:
    """The readable content of one file."""

    decisions: tuple[Node, ...]
    declared: frozenset[str]
    types: Types


def read_graph(reading: Reading) -> Graph:
    """Read and compile the file; raises `BundleRefused` with every finding."""
    graph = _Reader(reading).graph()
    reading.refuse_findings()
    return graph


class _Reader:
    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        has_inputs = any(reading.local(child) == "inputData" for child in reading.root)
        self._boxes = Boxes(reading, frozenset(_names_in(reading)), closed=has_inputs)
        self._nodes: dict[str, list[Node]] = {"inputData": [], "decision": [], "businessKnowledgeModel": []}
        self._by_id: dict[str, tuple[str, Node]] = {}

    def graph(self) -> Graph:
        reading, root = self._reading, self._reading.root
        language = (root.get("expressionLanguage") or "").strip()
        if language and not is_feel(language):
            reading.find("dmn-language", root)
        items: list[Any] = []
        for child in reading.children(root, "itemDefinition", "import", "decisionService", *self._nodes):
            match tag := reading.local(child):
                case "itemDefinition":
                    items.append(child)
                case "import" | "decisionService":
                    reading.find("dmn-import" if tag == "import" else "dmn-service", child)
                case _:
                    self._nodes[tag].append(self._node(tag, child))
        self._boxes.types.read(items)
        if len(self._nodes["decision"]) + len(self._nodes["businessKnowledgeModel"]) > MAX_DECISIONS:
            reading.find("dmn-too-large", root)
            reading.refuse_findings()
        readers = {"inputData": self._read_input, "decision": self._read_decision, "businessKnowledgeModel": self._read_knowledge}
        for tag, nodes in self._nodes.items():
            for node in nodes:
                readers[tag](node)
        everything = [node for nodes in self._nodes.values() for node in nodes]
        self._refuse_duplicates(everything)
        self._order([*self._nodes["businessKnowledgeModel"], *self._nodes["decision"]])
        return Graph(decisions=tuple(self._nodes["decision"]), types=self._boxes.types,
                     declared=frozenset(name for node in everything for name in node.names))

    def _node(self, tag: str, element: Any) -> Node:
        name = self._reading.name(element)
        node = Node(element=element, id=element.get("id"), name=name, names=(name,))
        if node.id:
            if node.id in self._by_id:
                self._reading.find("dmn-name-duplicate", element)
            self._by_id[node.id] = (tag, node)
        return node

    def _variable(self, node: Node, element: Any) -> None:
        node.type = self._boxes.type_of(element)
        for _ in self._reading.children(element):
            pass
        name = normal_name(element.get("name") or "")
        if name and name != node.name:
            node.names = (node.name, name)

    def _read_input(self, node: Node) -> None:
        found = self._reading.only(node.element, "variable")
        if "variable" in found:
            self._variable(node, found["variable"])

    def _read_decision(self, node: Node) -> None:
        logic: list[Any] = []
        variable = None
        requirements = ("informationRequirement", "knowledgeRequirement")
        for child in self._reading.children(node.element, "variable", *requirements, *EXPRESSIONS):
            match self._reading.local(child):
                case "variable":
                    variable = child
                case "informationRequirement":
                    self._require(node, child, {"requiredInput": "inputData", "requiredDecision": "decision"})
                case "knowledgeRequirement":
                    self._require(node, child, {"requiredKnowledge": "businessKnowledgeModel"})
                case _:
                    logic.append(child)
        if variable is not None:
            self._variable(node, variable)
        if len(logic) != 1:
            self._reading.find("dmn-expression-missing", node.element)
        elif self._reading.local(logic[0]) == "decisionTable":
            node.table = self._boxes.table(logic[0], node.type)
        else:
            node.logic = self._boxes.logic(logic[0])

    def _read_knowledge(self, node: Node) -> None:
        found: list[Any] = []
        for child in self._reading.children(node.element, "variable", "encapsulatedLogic", "knowledgeRequirement"):
            match self._reading.local(child):
                case "variable":
                    self._variable(node, child)
                    node.type = ANY  # in some tools the variable names the type of the result, in others of the function
                case "encapsulatedLogic":
                    found.append(child)
                case _:
                    self._require(node, child, {"requiredKnowledge": "businessKnowledgeModel"})
        if len(found) != 1:
            self._reading.find("dmn-expression-missing", node.element)
        else:
            node.function = self._boxes.function(found[0])

    def _require(self, node: Node, element: Any, kinds: dict[str, str]) -> None:
        found = self._reading.only(element, *kinds)
        if len(found) != 1:
            self._reading.find("dmn-reference", element)
        for tag, reference in found.items():
            kind, target = self._by_id.get(self._reading.target(reference), ("", None))
            if target is None or kind != kinds[tag]:
                self._reading.find("dmn-reference", reference)
                continue
            wanted = node.inputs if kind == "inputData" else node.requires
            if target not in wanted:
                wanted.append(target)

    def _refuse_duplicates(self, nodes: list[Node]) -> None:
        seen: set[str] = set()
        for node in nodes:
            if node.name in seen:
                self._reading.find("dmn-name-duplicate", node.element)
            seen.update(node.names)

    def _order(self, nodes: list[Node]) -> None:
        """Give each node its order of evaluation, without recursion; circles are findings."""
        done: list[Node] = []
        state: dict[Node, bool] = {}  # False: being walked, True: done
        for start in nodes:
            waiting = [start]
            while waiting:
                node = waiting[-1]
                if node not in state:
                    state[node] = False
                    if any(state.get(required) is False for required in node.requires):
                        self._reading.find("dmn-cycle", node.element)
                        return
                    waiting += [required for required in node.requires if required not in state]
                else:
                    waiting.pop()
                    if not state[node]:
                        state[node] = True
                        done.append(node)
        for node in nodes:
            needed = {node}
            for other in reversed(done):
                if other in needed:
                    needed.update(other.requires)
            node.order = tuple(other for other in done if other in needed)


def _names_in(reading: Reading) -> Iterable[str]:
    for element in reading.root.iter():
        tag = reading.local(element) if isinstance(element.tag, str) and element.tag.startswith("{") else ""
        if tag in _NAMING and element.get("name"):
            yield normal_name(element.get("name"))
        if element.get("iteratorVariable"):
            yield normal_name(element.get("iteratorVariable"))
