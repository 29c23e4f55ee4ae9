"""Where answers live: what is given inside a sub-process, or in one round of a loop, and read outside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine import form_names
from engine.lint.answerable import compiled
from engine.lint.net import entries, following
from engine.lint.registry import RULE, Catalogue, Hit
from engine.lint.rules_expressions import free_names
from engine.lint.subject import Diagram, Placed, Sop
from engine.model import Node, Scope

rules = Catalogue()


@rules.diagram_rule(
    "answer-ends-with-scope",
    RULE,
    ("Di sini dibaca jawaban yang hanya ada di dalam sub-proses dan berakhir bersamanya.",
     "An answer is read here that lives only inside a sub-process and ends with it."),
    ("Gambar objek data bernama sama di luar sub-proses itu, atau tanyakan di luarnya.",
     "Draw a data object of that name outside the sub-process, or ask outside it."),
)
def answer_ends_with_scope(diagram: Diagram) -> Iterator[Hit]:
    """It is null there: a default is always taken, or the case stops as an incident. An answer goes to the nearest scope that has its name,
    else it stays where the step stands (docs/architecture.md, Scopes). A table that some way reaches without it may reckon with null."""
    inner = {id(scope): _inside(scope, diagram.sop) for scope, _, _ in diagram.scopes}
    for placed in diagram.placed:
        lost = inner[id(placed.scope)]
        if not lost:
            continue
        for flow in placed.node.outgoing:
            if (names := _read(flow.condition) & lost.keys()) and _is_lost(diagram, placed, names, lost):
                yield diagram.hit(flow)
        asked = frozenset(name for name in asked_by(placed.node, diagram.sop) if _is_always_before(lost.get(name, frozenset()), placed))
        read = frozenset().union(asked, *(_read(event.condition) for event in placed.node.events),
                                 *(_read(mapping.source) for mapping in placed.node.input_mappings),
                                 *(_read(text) for text in placed.node.arguments.values()))
        if (names := read & lost.keys()) and _is_lost(diagram, placed, names, lost):
            yield diagram.hit(placed)


def _is_lost(diagram: Diagram, reader: Placed, names: frozenset[str], lost: Mapping[str, frozenset[str]]) -> bool:
    """Whether one of the names is given inside before the reader, and by nothing that it can see."""
    for name in names:
        begun = [holder for holder in lost[name] if holder != reader.node.id and reader.node.id in reached(reader.scope, holder)]
        if begun and not _is_seen(diagram, reader, name):
            return True
    return False


def _is_seen(diagram: Diagram, reader: Placed, name: str) -> bool:
    """Whether the name is given in the scope of the reader or one round it, and not first after the reader."""
    scope, holder = reader.scope, reader.holder
    givers = [key for key, node in scope.nodes.items() if name in given(node, diagram.sop)]
    after = reached(scope, reader.node.id) if givers else frozenset()
    if name in scope.data_objects.values() or any(key not in after or reader.node.id in reached(scope, key) for key in givers):
        return True
    while holder is not None:
        if name in _loop_names(holder):
            return True
        above = diagram.by_id[holder.id]
        scope, holder = above.scope, above.holder
        if name in scope.data_objects.values() or any(name in given(node, diagram.sop) for node in scope.nodes.values()):
            return True
    return name in reader.process.data_inputs


def _is_always_before(holders: frozenset[str], reader: Placed) -> bool:
    """Whether no way leads to the reader but through one of the holders."""
    beginnings = [key for key in entries(reader.scope) if key not in holders]
    return not any(reader.node.id == key or reader.node.id in reached(reader.scope, key, holders) for key in beginnings)


def reached(scope: Scope, key: str, without: frozenset[str] = frozenset()) -> frozenset[str]:
    """The nodes that a way leads to from a node, past none of those it must do without."""
    edges = following(scope)
    found: set[str] = set()
    ahead = [key]
    while ahead:
        for target in edges.get(ahead.pop(), ()):
            if target not in found and target not in without:
                found.add(target)
                ahead.append(target)
    return frozenset(found)


def _inside(scope: Scope, sop: Sop) -> dict[str, frozenset[str]]:
    """The names given in what a scope holds, and by which of its nodes."""
    found: dict[str, set[str]] = {}
    for node in scope.nodes.values():
        names = _within(node.body, sop) if node.body is not None else frozenset()
        if node.body is None and _is_each(node):
            names = _of_form(node, sop)
        for name in names - given(node, sop) - form_names.ALWAYS:
            found.setdefault(name, set()).add(node.id)
    return {name: frozenset(holders) for name, holders in found.items()}


def _within(scope: Scope, sop: Sop) -> frozenset[str]:
    return frozenset().union(*(given(node, sop) | _of_form(node, sop) | (_within(node.body, sop) if node.body is not None else frozenset())
                               for node in scope.nodes.values()))


def given(node: Node, sop: Sop) -> frozenset[str]:
    """The names that a node gives in the scope it stands in; not those of its rounds, nor of what it holds."""
    names = {mapping.target for mapping in node.output_mappings}
    each = node.loop.for_each if node.loop is not None else None
    if each is not None:
        names |= {each.into} if each.into else set(each.collect)
    if node.body is None and not _is_each(node):
        names |= _of_form(node, sop) | {node.result or node.decision or ""}
    return frozenset(names - {""})


def _loop_names(holder: Node) -> frozenset[str]:
    loop = holder.loop
    each = loop.for_each if loop is not None else None
    return frozenset({*((each.item, *each.collect) if each is not None else ()), (loop.input_item if loop is not None else None) or ""})


def _is_each(node: Node) -> bool:
    return node.loop is not None and node.loop.kind in ("parallel", "sequential")


def _of_form(node: Node, sop: Sop) -> frozenset[str]:
    form = sop.forms.get(node.form or "")
    return frozenset(field.key for field in form.steering) if form is not None else frozenset()


def _read(text: str | None) -> frozenset[str]:
    read = compiled(text) if text else None
    return read.required if read is not None else frozenset()


def asked_by(node: Node, sop: Sop) -> frozenset[str]:
    """What the decision of a step reads and nothing maps in for it, that of the decisions it needs among it."""
    decisions, name = sop.decisions.get(node.decision or ""), node.decision or ""
    if decisions is None:
        return frozenset()
    asked = {key for each in decisions.needed(name) for drawn in each.inputs for key in drawn.names}
    asked |= {key for each in decisions.needed(name) for key in free_names(each) - decisions.declared}
    return frozenset(asked - {mapping.target for mapping in node.input_mappings})
