"""Sequence flows: whether a token that starts can reach every step, and an end."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn_reading import ACTIVITIES
from engine.lint.inside import may_end
from engine.lint.net import entries, following
from engine.lint.registry import ERROR, RULE, Catalogue, Hit
from engine.lint.subject import Diagram

rules = Catalogue()


@rules.diagram_rule(
    "dangling-flow",
    ERROR,
    ("Ujung alur ini tidak menunjuk ke elemen mana pun.", "An end of this flow points at nothing."),
    ("Sambungkan kedua ujung alur ke langkah.", "Connect both ends of the flow to a step."),
)
def dangling_flow(diagram: Diagram) -> Iterator[Hit]:
    """A token on such a flow would vanish."""
    return (diagram.hit(flow) for flow in diagram.flows if not {flow.source, flow.target} <= diagram.by_id.keys())


@rules.diagram_rule(
    "flow-crosses-border",
    ERROR,
    ("Alur ini melintasi batas pool atau sub-proses.", "This flow crosses the border of a pool or sub-process."),
    (
        "Di antara pool pakai pesan; ke dalam sub-proses masuk lewat awalnya.",
        "Between pools use a message; enter a sub-process by its start event.",
    ),
)
def flow_crosses_border(diagram: Diagram) -> Iterator[Hit]:
    """A sequence flow stays inside one process and one sub-process (BPMN 2.0.2, 7.6.1, 8.3.13)."""
    for scope, _, _ in diagram.scopes:
        for flow in scope.flows:
            if {flow.source, flow.target} <= diagram.by_id.keys() and not {flow.source, flow.target} <= scope.nodes.keys():
                yield diagram.hit(flow)


@rules.diagram_rule(
    "start-with-incoming",
    ERROR,
    ("Alur masuk ke peristiwa awal.", "A flow enters a start event."),
    ("Arahkan alur ke langkah sesudah peristiwa awal.", "Lead the flow to the step after the start event."),
)
def start_with_incoming(diagram: Diagram) -> Iterator[Hit]:
    """Nothing can happen before the start (BPMN 2.0.2, 10.5.2)."""
    return (diagram.hit(p) for p in diagram.of_type("startEvent") if p.node.id in diagram.entered)


@rules.diagram_rule(
    "start-without-outgoing",
    RULE,
    ("Tidak ada alur yang keluar dari peristiwa awal ini.", "No flow leaves this start event."),
    ("Sambungkan ke langkah pertama, atau hapus.", "Lead it to the first step, or remove it."),
)
def start_without_outgoing(diagram: Diagram) -> Iterator[Hit]:
    """What begins here would be over at once, with nothing done (BPMN 2.0.2, 10.5.2)."""
    return (diagram.hit(p) for p in diagram.of_type("startEvent") if p.node.id not in diagram.left)


@rules.diagram_rule(
    "end-with-outgoing",
    ERROR,
    ("Alur keluar dari peristiwa akhir.", "A flow leaves an end event."),
    ("Ganti dengan peristiwa antara, atau hapus alurnya.", "Use an intermediate event, or remove the flow."),
)
def end_with_outgoing(diagram: Diagram) -> Iterator[Hit]:
    """Nothing can happen after the end (BPMN 2.0.2, 10.5.3)."""
    return (diagram.hit(p) for p in diagram.of_type("endEvent") if p.node.id in diagram.left)


@rules.diagram_rule(
    "boundary-with-incoming",
    ERROR,
    ("Alur masuk ke peristiwa batas.", "A flow enters a boundary event."),
    ("Arahkan alur ke langkah tempat peristiwa itu menempel.", "Lead the flow to the step it is attached to."),
)
def boundary_with_incoming(diagram: Diagram) -> Iterator[Hit]:
    """A boundary event is reached by its trigger only (BPMN 2.0.2, 10.5.4)."""
    return (diagram.hit(p) for p in diagram.of_type("boundaryEvent") if p.node.id in diagram.entered)


@rules.diagram_rule(
    "event-without-incoming",
    ERROR,
    ("Tidak ada alur yang masuk ke peristiwa antara ini.", "No flow enters this intermediate event."),
    ("Sambungkan dari langkah sebelumnya.", "Connect it from the step before."),
)
def event_without_incoming(diagram: Diagram) -> Iterator[Hit]:
    """It could never happen. Only the catching half of a link begins without a flow (BPMN 2.0.2, 10.5.4)."""
    for placed in diagram.of_type("intermediateCatchEvent", "intermediateThrowEvent"):
        catches_link = placed.node.type == "intermediateCatchEvent" and any(e.kind == "link" for e in placed.node.events)
        if not placed.node.incoming and not catches_link:
            yield diagram.hit(placed)


@rules.diagram_rule(
    "event-without-outgoing",
    ERROR,
    ("Tidak ada alur yang keluar dari peristiwa antara ini.", "No flow leaves this intermediate event."),
    ("Sambungkan ke langkah berikutnya, atau jadikan peristiwa akhir.", "Connect it to the next step, or make it an end event."),
)
def event_without_outgoing(diagram: Diagram) -> Iterator[Hit]:
    """The line would stop here unseen (BPMN 2.0.2, 10.5.4). Only the throwing half of a link ends without a flow."""
    for placed in diagram.of_type("intermediateCatchEvent", "intermediateThrowEvent"):
        throws_link = placed.node.type == "intermediateThrowEvent" and any(e.kind == "link" for e in placed.node.events)
        if not placed.node.outgoing and not throws_link:
            yield diagram.hit(placed)


@rules.diagram_rule(
    "boundary-without-outgoing",
    RULE,
    ("Tidak ada alur yang keluar dari peristiwa batas ini.", "No flow leaves this boundary event."),
    ("Gambar apa yang harus terjadi.", "Draw what should happen."),
)
def boundary_without_outgoing(diagram: Diagram) -> Iterator[Hit]:
    """It would take the step away, or pass, without anybody being asked. A time standard alone needs no flow."""
    return (
        diagram.hit(p)
        for p in diagram.of_type("boundaryEvent")
        if not p.node.outgoing and p.node.standard is None and not any(e.kind == "compensate" for e in p.node.events)
    )


@rules.diagram_rule(
    "unreachable",
    RULE,
    ("Langkah ini tidak pernah tercapai.", "This step can never be reached."),
    ("Sambungkan dari awal proses, atau hapus.", "Connect it from the start, or remove it."),
)
def unreachable(diagram: Diagram) -> Iterator[Hit]:
    """A step nobody reaches is a promise of the SOP that is never kept. So is what follows on a sub-process or a call that has no end."""
    for scope, _, _ in diagram.scopes:
        after = following(scope)
        reached = {*entries(scope), *(n.id for n in scope.nodes.values() if n.triggered_by_event)}
        todo = list(reached)
        while todo:
            node = scope.nodes[todo.pop()]
            is_left = may_end(node, diagram.sop)
            for target in after[node.id]:
                if target not in reached and (is_left or scope.nodes[target].attached_to == node.id):
                    reached.add(target)
                    todo.append(target)
        yield from (diagram.hit(node) for node in scope.nodes.values() if node.id not in reached and not node.is_for_compensation)


@rules.diagram_rule(
    "never-starts",
    ERROR,
    ("Tidak ada tempat untuk memulai.", "There is nowhere to start."),
    ("Gambar satu peristiwa awal.", "Draw one start event."),
)
def never_starts(diagram: Diagram) -> Iterator[Hit]:
    """Every step waits for another one: a token can appear nowhere."""
    for scope, process, holder in diagram.scopes:
        if scope.nodes and not any(True for _ in entries(scope)):
            yield diagram.hit(holder or process)


@rules.diagram_rule(
    "no-start-event",
    RULE,
    ("Proses tidak mempunyai peristiwa awal.", "The process has no start event."),
    ("Gambar satu peristiwa awal.", "Draw one start event."),
)
def no_start_event(diagram: Diagram) -> Iterator[Hit]:
    """Without one every step nobody leads to begins at once, which few readers of an SOP would guess."""
    return (
        diagram.hit(holder or process)
        for scope, process, holder in diagram.scopes
        if scope.nodes and not any(n.type == "startEvent" for n in scope.nodes.values())
    )


@rules.diagram_rule(
    "several-start-events",
    RULE,
    ("Ada lebih dari satu peristiwa awal biasa.", "There is more than one plain start event."),
    (
        "Sisakan satu awal biasa; yang lain mulai dari pesan atau sinyal.",
        "Keep one plain start; let others start by message or signal.",
    ),
)
def several_start_events(diagram: Diagram) -> Iterator[Hit]:
    """Nobody could tell where a case begins."""
    for scope, _, _ in diagram.scopes:
        plain = [n for n in scope.nodes.values() if n.type == "startEvent" and not n.events]
        yield from (diagram.hit(node) for node in plain[1:])


@rules.diagram_rule(
    "no-end-event",
    RULE,
    ("Langkah terakhir ini tidak berujung pada peristiwa akhir.", "This last step leads to no end event."),
    ("Sambungkan ke peristiwa akhir yang bernama keadaan.", "Lead it to an end event named as a state."),
)
def no_end_event(diagram: Diagram) -> Iterator[Hit]:
    """It runs, yet an auditor cannot see which ending a case had. What only an event at its edge ends leads there by that event."""
    return (
        diagram.hit(p)
        for p in diagram.placed
        if p.node.type in ACTIVITIES | {"exclusiveGateway", "parallelGateway", "inclusiveGateway"}
        and not p.node.outgoing
        and not p.node.is_for_compensation
        and not p.node.triggered_by_event
        and (may_end(p.node, diagram.sop) or p.node.id not in diagram.attached)
    )
