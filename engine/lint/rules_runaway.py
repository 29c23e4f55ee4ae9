"""Diagrams that would run on without anybody: loops and calls in which nothing ever waits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from engine import correspondence
from engine.definitions import local_name
from engine.lint.answerable import answer, compiled
from engine.lint.net import following
from engine.lint.registry import ADVICE, ERROR, RULE, Catalogue, Hit
from engine.lint.rules_time import literal_duration
from engine.lint.subject import Diagram, Sop
from engine.model import AGENCY, EventKind, Node, Scope

rules = Catalogue()
READS_CLOCK = re.compile(r"\b(?:now|today)\s*\(")
_WAITS = frozenset({"userTask", "manualTask", "task", "serviceTask", "receiveTask", "eventBasedGateway", "scriptTask"})
CHANGES = frozenset({"businessRuleTask", "subProcess", "transaction", "adHocSubProcess", "callActivity"})


def waits(node: Node) -> bool:
    """Whether a step lets others come between: a person, a timer, a message, or a job."""
    if node.type in _WAITS or (node.type == "sendTask" and node.operation):
        return True
    if node.type == "intermediateCatchEvent":
        for event in node.events:
            length = literal_duration(event)
            if event.kind == "link" or (length is not None and length.is_zero) or _always_holds(event.condition):
                return False
        return bool(node.events)
    return False


def _always_holds(condition: str | None) -> bool:
    """Whether a condition reads neither answers nor a clock, and is true."""
    read = compiled(condition) if condition is not None else None
    return read is not None and not read.names and not READS_CLOCK.search(read.source) and answer(read, {}) is True


def cycles(edges: Mapping[str, list[str]], keep: set[str]) -> list[set[str]]:
    """Strongly connected parts of the graph on `keep` that hold a cycle (Tarjan, without recursion)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    found: list[set[str]] = []
    for root in keep:
        if root in index:
            continue
        work: list[tuple[str, Iterator[str]]] = [(root, iter(edges.get(root, ())))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            key, ahead = work[-1]
            for target in ahead:
                if target not in keep:
                    continue
                if target not in index:
                    index[target] = low[target] = len(index)
                    stack.append(target)
                    on_stack.add(target)
                    work.append((target, iter(edges.get(target, ()))))
                    break
                if target in on_stack:
                    low[key] = min(low[key], index[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[key])
                if low[key] == index[key]:
                    part: set[str] = set()
                    while key not in part:
                        part.add(stack.pop())
                    on_stack -= part
                    if len(part) > 1 or key in edges.get(key, ()):
                        found.append(part)
    return found


@rules.diagram_rule(
    "runaway-loop",
    ERROR,
    ("Putaran ini tidak pernah menunggu siapa pun.", "Nothing in this loop ever waits."),
    ("Letakkan tugas orang, pewaktu atau pesan di dalam putaran.", "Put a person's task, a timer or a message into the loop."),
)
def runaway_loop(diagram: Diagram) -> Iterator[Hit]:
    """No person, timer, message, operation or decision in it: once taken, its condition never changes and it never ends."""
    for scope, _, _ in diagram.scopes:
        still = {n.id for n in scope.nodes.values() if not waits(n) and n.type not in CHANGES and n.loop is None}
        yield from (diagram.hit(scope.nodes[min(part)]) for part in cycles(following(scope), still))


def _calls(scope: Scope, *, immediate: bool) -> set[str]:
    """The processes a scope calls; only those reached without waiting if `immediate`."""
    called: set[str] = set()
    for node in _at_once(scope) if immediate else scope.nodes.values():
        if node.called_element:
            called |= {node.called_element, local_name(node.called_element)}
        if node.body is not None:
            called |= _calls(node.body, immediate=immediate)
    return called


def _at_once(scope: Scope) -> list[Node]:
    """The nodes a token comes to before anything waits."""
    edges = following(scope)
    if any(n.type == "startEvent" for n in scope.nodes.values()):
        todo = [n.id for n in scope.nodes.values() if n.type == "startEvent"]
    else:
        todo = [n.id for n in scope.nodes.values() if not n.incoming and not n.triggered_by_event]
    reached = set(todo)
    while todo:
        node = scope.nodes[todo.pop()]
        if waits(node):
            continue
        for target in edges[node.id]:
            if target not in reached:
                reached.add(target)
                todo.append(target)
    return [scope.nodes[key] for key in reached]


def _recursive(sop: Sop, *, immediate: bool) -> set[str]:
    edges = {key: sorted(_calls(process, immediate=immediate)) for key, (_, process) in sop.processes.items()}
    return set().union(*cycles(edges, set(edges))) if edges else set()


@rules.sop_rule(
    "call-recursion",
    ERROR,
    ("Proses ini memanggil dirinya sendiri tanpa pernah menunggu.", "This process calls itself without ever waiting."),
    ("Gambar putaran di dalam satu proses.", "Draw a loop inside one process."),
)
def call_recursion(sop: Sop) -> Iterator[Hit]:
    """Each call opens the next at once, until the machine stops."""
    for key in sorted(_recursive(sop, immediate=True)):
        diagram, process = sop.processes[key]
        yield diagram.hit(process)


@rules.sop_rule(
    "call-cycle",
    ADVICE,
    ("Proses ini memanggil dirinya sendiri.", "This process calls itself."),
    (
        "Gambar putaran di dalam satu proses; panggilan paling dalam 20 tingkat.",
        "Draw a loop inside one process; calls go 20 deep at most.",
    ),
)
def call_cycle(sop: Sop) -> Iterator[Hit]:
    """It goes one level deeper each time, and stops as an incident at the twentieth."""
    for key in sorted(_recursive(sop, immediate=False) - _recursive(sop, immediate=True)):
        diagram, process = sop.processes[key]
        yield diagram.hit(process)


@rules.sop_rule(
    "wakes-itself",
    RULE,
    ("Yang dimulai di sini memulai dirinya lagi dengan pesan atau sinyalnya sendiri, tanpa pernah menunggu.",
     "What begins here begins itself again by its own message or signal, without ever waiting."),
    ("Letakkan tugas orang atau pewaktu sebelum pesan atau sinyal itu, atau beri nama lain.",
     "Put a person's task or a timer before the message or signal, or give it another name."),
)
def wakes_itself(sop: Sop) -> Iterator[Hit]:
    """Each time begins the next at once, until a thousand messages stop it as an incident."""
    begun = {placed.node.id: (diagram, placed) for diagram in sop.diagrams for placed in diagram.of_type("startEvent")
             if placed.node.events and (placed.holder is None or (placed.holder.triggered_by_event and not placed.node.is_interrupting))}
    thrown = {key: _thrown_at_once(placed.scope, sop) for key, (_, placed) in begun.items()}
    edges = {key: [other for other, (_, placed) in begun.items() if thrown[key] & _heard(placed.node)] for key in begun}
    for key in sorted(set().union(*cycles(edges, set(edges)))) if edges else ():
        yield begun[key][0].hit(begun[key][1])


def _thrown_at_once(scope: Scope, sop: Sop) -> set[tuple[str, str]]:
    """The messages and signals that are sent before anything waits, within the agency; also by what is held and called at once."""
    found: set[tuple[str, str]] = set()
    waiting, seen = [scope], {id(scope)}
    while waiting:
        for node in _at_once(waiting.pop()):
            if AGENCY not in node.arguments:
                found |= {(EventKind.MESSAGE, name) for name in correspondence.sent_by(node)}
                found |= {(EventKind.SIGNAL, event.name or "") for event in node.events
                          if event.kind is EventKind.SIGNAL and node.type in ("endEvent", "intermediateThrowEvent")}
            called = sop.called(node.called_element) if node.called_element else None
            inside: Scope | None = node.body if node.body is not None else called[1] if called is not None else None
            if inside is not None and not node.triggered_by_event and id(inside) not in seen:
                seen.add(id(inside))
                waiting.append(inside)
    return found


def _heard(node: Node) -> set[tuple[str, str]]:
    return {(event.kind, event.name or "") for event in node.events if event.kind in (EventKind.MESSAGE, EventKind.SIGNAL)}
