"""What a step holds or calls, as its edge sees it: whether it comes to an end, and what it can throw."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.subject import Sop
from engine.model import EventDefinition, Node, Scope

_ABORTS = frozenset({"error", "cancel"})   # an end that goes on at the edge, never by the flows


def may_end(node: Node, sop: Sop) -> bool:
    """Whether a token may leave by the step's own flows: what it holds or calls has an end that is no error. Whether a way leads there is
    asked where it stands."""
    inside = _inside(node, sop)
    if inside is None or not inside.nodes:
        return True
    return any(_is_end(each) for each in inside.nodes.values()) or any(
        _is_end(each) for begun in inside.nodes.values() if begun.triggered_by_event and begun.body is not None
        for each in begun.body.nodes.values())


def may_throw(nodes: Iterator[Node], event: EventDefinition, sop: Sop) -> bool:
    """Whether one of the nodes, or what they hold and call, throws the error, escalation or cancellation. Any operation may raise any
    error, and a process that is not in the bundle anything."""
    seen: set[int] = set()
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        inside = _inside(node, sop)
        waiting += inside.nodes.values() if inside is not None else ()
        if event.kind == "error" and (node.operation or node.type == "scriptTask") or (node.called_element and inside is None):
            return True
        if node.type in ("endEvent", "intermediateThrowEvent") and any(
                thrown.kind == event.kind and (event.code is None or thrown.code == event.code) for thrown in node.events):
            return True
    return False


def _inside(node: Node, sop: Sop) -> Scope | None:
    if node.body is not None:
        return node.body
    called = sop.called(node.called_element) if node.called_element else None
    return called[1] if called is not None else None


def _is_end(node: Node) -> bool:
    """Whether a token that comes here is done: an end, or a last step that leads nowhere. Half a link leads to its other half."""
    kinds = {event.kind for event in node.events}
    if node.outgoing or node.type == "boundaryEvent" or node.triggered_by_event or node.is_for_compensation:
        return False
    return not (node.type == "endEvent" and kinds & _ABORTS) and not (node.type == "intermediateThrowEvent" and "link" in kinds)
