"""What is waited for: whether anybody can send or throw it."""

from __future__ import annotations

from collections.abc import Iterator

from engine import correspondence
from engine.lint.inside import may_throw
from engine.lint.registry import ADVICE, Catalogue, Hit
from engine.lint.subject import Diagram, Placed, Sop

rules = Catalogue()


@rules.sop_rule(
    "message-from-nobody",
    ADVICE,
    ("Pesan yang ditunggu di sini tidak dikirim langkah mana pun di SOP ini, dan tidak ada formulir untuk mencatatnya.",
     "The message waited for here is sent by no step of this SOP, and no form writes it down."),
    (
        "Samakan nama pesannya dengan pengirimnya, atau beri formulir agar petugas dapat mencatatnya. Bila SOP lain atau sistem luar "
        "yang mengirim, jelaskan saat mengusulkan.",
        "Give the message its sender's name, or a form by which an officer writes it down. Where another SOP or an outside system "
        "sends it, say so when you propose.",
    ),
)
def message_from_nobody(sop: Sop) -> Iterator[Hit]:
    """Whoever waits for it waits for ever. One that begins a case keeps nobody waiting; an arrow from another pool draws who sends it."""
    known = correspondence.sent(process for _, process in sop.processes.values())
    for diagram in sop.diagrams if sop.sheet is not None else ():
        drawn = {flow.target for flow in diagram.model.message_flows}
        for placed in diagram.placed:
            if not placed.node.form and placed.node.id not in drawn and _waits_in_a_case(placed) and not known.issuperset(
                    correspondence.heard_by(placed.node)):
                yield diagram.hit(placed)


@rules.diagram_rule(
    "event-never-thrown",
    ADVICE,
    ("Tidak ada langkah di dalamnya yang memicu peristiwa ini: yang sesudahnya tidak pernah dikerjakan.",
     "No step inside triggers this event: what follows on it is never done."),
    ("Gambar akhir kesalahan atau eskalasi dengan kode yang sama di dalamnya, atau hapus peristiwa ini.",
     "Draw an error or escalation end of the same code inside, or remove this event."),
)
def event_never_thrown(diagram: Diagram) -> Iterator[Hit]:
    """An error, an escalation or a cancellation comes from inside: from an end or throwing event of that code, or, an error, from an
    operation. A person's step raises none."""
    if diagram.sop.sheet is None:
        return
    for placed, event in diagram.events:
        if event.kind not in ("error", "escalation", "cancel"):
            continue
        host = placed.scope.nodes.get(placed.node.attached_to or "") if placed.node.type == "boundaryEvent" else None
        if host is not None:
            inside = iter((host,))
        elif placed.node.type == "startEvent" and placed.holder is not None and placed.holder.triggered_by_event:
            holder = placed.holder
            inside = (node for node in diagram.by_id[holder.id].scope.nodes.values() if node is not holder)
        else:
            continue
        if not may_throw(inside, event, diagram.sop):
            yield diagram.hit(placed)


def _waits_in_a_case(placed: Placed) -> bool:
    return placed.node.type != "startEvent" or (placed.holder is not None and placed.holder.triggered_by_event)
